//! Lists: as a page, as JSON, and whole as CSV or JSON with the same filter. Exports are streamed page by page; a failure on
//! the way breaks the connection, so that half a list never looks whole.

use super::App;
use super::asked::{Asked, Wants, refused};
use super::errors::Fault;
use super::reply::Reply;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::Show;
use crate::pages::compare::{Compare, Difference};
use crate::pages::list::{Cells, Page, Query, Spec};
use axum::body::Body;
use futures_util::stream::{self, StreamExt};

/// Rows fetched at once by an export.
const AT_ONCE: usize = 1000;

/// A page of rows that comes later.
pub type Asking<Row> = std::pin::Pin<Box<dyn Future<Output = Result<Page<Row>, Failure>> + Send>>;

/// Kinds of exports.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kinds {
    Csv,
    Json,
}

fn kind(word: &str) -> Result<Kinds, Fault> {
    match word {
        "csv" => Ok(Kinds::Csv),
        "json" => Ok(Kinds::Json),
        _ => Err(refused("export", &format!("`{word}` is none of csv, json"))),
    }
}

/// Answers a list.
///
/// # Errors
/// When the address is not understood, or the backend cannot answer.
pub async fn list<Row, View>(
    asked: Asked,
    spec: &'static Spec,
    ask: fn(App, Identity, Query) -> Asking<Row>,
    view: fn(Page<Row>, Query) -> View,
) -> Result<Reply, Fault>
where
    Row: Cells + Send + 'static,
    View: Show,
{
    let mut query = asked.query(spec)?;
    let who = asked.who()?.clone();
    let word = asked.word("export").to_owned();
    if word.is_empty() {
        let page = ask(asked.app.clone(), who, query.clone()).await?;
        let next = next(&asked, &page.next);
        let reply = asked.show(&view(page, query))?;
        return Ok(match next {
            Some(link) if asked.wants == Wants::Json => reply.header(axum::http::header::LINK, link),
            _ => reply,
        });
    }
    let kind = kind(&word)?;
    query.limit = AT_ONCE;
    // The first page is asked before anything is sent, so that what is refused is refused with its status.
    let first = ask(asked.app.clone(), who.clone(), query.clone()).await?;
    let head = match kind {
        Kinds::Csv => line(spec.columns.iter().map(|text| (*text).to_owned())),
        Kinds::Json => "[".to_owned(),
    };
    let rows = stream::unfold(Some((first, query)), move |state| {
        step(state, asked.app.clone(), who.clone(), ask, kind)
    });
    let tail = stream::iter((kind == Kinds::Json).then(|| Ok("]\n".to_owned())));
    let body = Body::from_stream(stream::iter([Ok(head)]).chain(rows).chain(tail));
    let (mime, ending) =
        if kind == Kinds::Csv { ("text/csv; charset=utf-8", "csv") } else { ("application/json", "json") };
    Ok(Reply::stream(mime, &format!("{}.{ending}", spec.noun.1), body))
}

/// What is left to send: the page that was asked, and the query behind it.
type Left<Row> = Option<(Page<Row>, Query)>;

async fn step<Row: Cells>(
    state: Left<Row>,
    app: App,
    who: Identity,
    ask: fn(App, Identity, Query) -> Asking<Row>,
    kind: Kinds,
) -> Option<(Result<String, Failure>, Left<Row>)> {
    let (page, mut query) = state?;
    let is_first = query.after.is_empty();
    let text = page.items.iter().enumerate().map(|(at, row)| write(row, kind, is_first && at == 0)).collect();
    if page.next.is_empty() {
        return Some((Ok(text), None));
    }
    query.after.clone_from(&page.next);
    match ask(app, who, query.clone()).await {
        Ok(page) => Some((Ok(text), Some((page, query)))),
        Err(failure) => {
            tracing::error!(says = failure.says, "an export broke off");
            Some((Err(failure), None))
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Failure {}

fn write<Row: Cells>(row: &Row, kind: Kinds, is_first: bool) -> String {
    match kind {
        Kinds::Csv => line(row.cells()),
        Kinds::Json => {
            let text = serde_json::to_string(row).unwrap_or_default();
            if is_first { text } else { format!(",\n{text}") }
        }
    }
}

/// A line of CSV (RFC 4180). A cell that a table program would run as a formula gets a quote before it.
fn line(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(&cell)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let acts = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let text = if acts { format!("'{cell}") } else { cell.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// The next page of an answer of the API (RFC 8288).
fn next(asked: &Asked, after: &str) -> Option<String> {
    if after.is_empty() {
        return None;
    }
    let path = asked.frames.here.split('?').next().unwrap_or_default();
    let mut pairs: Vec<(&str, String)> = (asked.pairs.iter())
        .filter(|(key, _)| key != "after" && key != "before")
        .map(|(key, value)| (key.as_str(), value.clone()))
        .collect();
    pairs.push(("after", after.to_owned()));
    Some(format!("<{}>; rel=\"next\"", crate::pages::list::address(path, &pairs)))
}

/// The differences of two releases.
///
/// # Errors
/// When the kind is not known.
pub fn compared(view: &Compare, word: &str) -> Result<Reply, Fault> {
    let broken = |error: serde_json::Error| Failure::new(Kind::Broken, format!("cannot write JSON: {error}"));
    match kind(word)? {
        Kinds::Json => Ok(Reply::stream(
            "application/json",
            "compare.json",
            Body::from(serde_json::to_vec(view).map_err(broken)?),
        )),
        Kinds::Csv => {
            let head = ["group", "finding", "vulnerability", "component", "before", "after", "cause", "by"];
            let mut text = line(head.map(str::to_owned));
            for (group, rows) in [("new", &view.new), ("gone", &view.gone), ("changed", &view.changed)] {
                rows.iter().for_each(|row| text.push_str(&difference(group, row)));
            }
            Ok(Reply::stream("text/csv; charset=utf-8", "compare.csv", Body::from(text)))
        }
    }
}

fn difference(group: &str, row: &Difference) -> String {
    let class = |class: Option<crate::pages::class::Class>| class.map_or("", |class| class.word()).to_owned();
    line([
        group.to_owned(),
        row.finding.clone(),
        row.vulnerability.clone(),
        row.component.clone(),
        class(row.before),
        class(row.after),
        row.because.clone(),
        if row.by_build { "build" } else { "knowledge" }.to_owned(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_cells() {
        let cells = ["a,b", "say \"x\"", "=cmd()", "-5", "-x", "@x", "two\nlines", ""].map(str::to_owned);
        assert_eq!(line(cells), "\"a,b\",\"say \"\"x\"\"\",'=cmd(),-5,'-x,'@x,\"two\nlines\",\r\n");
    }
}
