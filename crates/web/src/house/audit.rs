//! The audit log.

use model::access::Act;
use serde_json::Value;
use service::maker::{AuditFilter, LogLine, Maker};

use super::HouseBackend;
use super::named::named;
use super::translate::{at, failure, ids, page_of, paged, scope};
use crate::backend::{Failure, Identity};
use crate::pages::audit::Event;
use crate::pages::links;
use crate::pages::list::{Page, Query};

pub(super) async fn audit(of: &HouseBackend, who: &Identity, query: &Query) -> Result<Page<Event>, Failure> {
    let maker = Maker::new(of.house.clone(), scope(who, Act::ReadLog)?);
    let query = &named(&maker, query).await?;
    let filter = AuditFilter {
        actors: query.of("actor").to_vec(),
        acts: query.of("act").to_vec(),
        products: ids(query.of("product")),
        subjects: query.of("subject").to_vec(),
        text: query.find.clone(),
    };
    let listed = maker.log_lines(&filter, query.sort != "old", &page_of(query)).await.map_err(failure)?;
    Ok(paged(listed, row))
}

fn row(line: LogLine) -> Event {
    let LogLine { audited, actor } = line;
    let entry = audited.entry;
    let said = |names: &[&str]| -> String {
        let values = names.iter().filter_map(|name| entry.body.get(name));
        values.map(plain).find(|text| !text.is_empty()).unwrap_or_default()
    };
    let reason = said(&["reason", "why", "note", "because"]);
    Event {
        seq: audited.seq.unsigned_abs(),
        at: at(entry.at),
        actor,
        link: link(&entry.subject),
        before: said(&["before", "from", "old"]),
        after: said(&["after", "to", "new"]),
        reason: if reason.is_empty() { rest(&entry.body) } else { reason },
        act: entry.act,
        subject: entry.subject,
        hash: audited.hash,
    }
}

/// A value as text: texts as they are, everything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What an entry without a reason says: `version 2, release 7`.
fn rest(body: &Value) -> String {
    let members = body.as_object().into_iter().flatten();
    let shown = members
        .filter(|(name, _)| !matches!(name.as_str(), "before" | "after" | "from" | "to" | "old" | "new"))
        .map(|(name, value)| format!("{} {}", name.replace('_', " "), plain(value)));
    shown.collect::<Vec<_>>().join(", ")
}

/// The page of a subject, where it has one.
fn link(subject: &str) -> String {
    match subject.split_once('/') {
        Some(("finding", id)) => links::finding(id),
        Some(("release", id)) => links::release(id),
        Some(("product", id)) => links::product(id),
        _ => String::new(),
    }
}
