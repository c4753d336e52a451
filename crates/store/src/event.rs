//! What changed, for *Today* and for the history of a finding.

use crate::database::dialect::Kind;
use crate::database::{Row, bulk};
use crate::error::Result;
use crate::page::Order;
use crate::{Change, Listed, Look, Moment, Page, Scope};

/// Something that happened to a release or a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id; given by the store.
    pub id: i64,
    /// The product.
    pub product: i64,
    /// The release; 0 = none.
    pub release: i64,
    /// The finding; 0 = none.
    pub finding: i64,
    /// What (`assessment_changed`, `finding_new`).
    pub kind: String,
    /// When.
    pub at: Moment,
    /// The rest (JSON of `service`: from, to, because).
    pub body: String,
}

const COLUMNS: &str = "id, product, release, finding, kind, at, body";

fn read(row: &Row) -> Result<Event> {
    Ok(Event {
        id: row.int(0)?,
        product: row.int(1)?,
        release: row.int(2)?,
        finding: row.int(3)?,
        kind: row.text(4)?,
        at: row.moment(5)?,
        body: row.text(6)?,
    })
}

impl Look {
    /// A page of events since a moment, newest first; `kind` empty = any.
    pub async fn events(
        &mut self,
        scope: &Scope,
        kind: &str,
        since: Moment,
        page: &Page,
    ) -> Result<Listed<Event>> {
        let ids = self.line.dialect().ids("$1");
        let which = format!("FROM event WHERE product IN {ids} AND at >= $2 AND ($3 = '' OR kind = $3)");
        let mut values = vec![self.reach_value(scope).await?, since.into(), kind.into()];
        let total = self.line.int(format!("SELECT count(*) {which}"), &values).await?;
        let span = Order::newest("id").span(page)?;
        let beyond = span.condition(&mut values);
        let sql = format!("SELECT {COLUMNS} {which}{beyond} ORDER BY {} LIMIT {}", span.order(), span.rows());
        let rows: Result<Vec<Event>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        Ok(span.cut(rows?, total.unsigned_abs(), |event| vec![event.id.into()]))
    }

    /// What happened to a finding, oldest first.
    pub async fn events_of_finding(&mut self, scope: &Scope, finding: i64) -> Result<Vec<Event>> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!("SELECT {COLUMNS} FROM event WHERE finding = $2 AND product IN {ids} ORDER BY id");
        let values = [self.reach_value(scope).await?, finding.into()];
        self.line.rows(sql, &values).await?.iter().map(read).collect()
    }
}

impl Change {
    /// Tells events; their ids are given here. Listed in [`crate::unscoped`].
    pub async fn put_events(&mut self, events: &[Event]) -> Result<()> {
        let rows: Vec<_> = events
            .iter()
            .map(|event| (event.product, event.release, event.finding, &event.kind, event.at.0, &event.body))
            .collect();
        let columns = [
            ("product", Kind::Int),
            ("release", Kind::Int),
            ("finding", Kind::Int),
            ("kind", Kind::Text),
            ("at", Kind::Int),
            ("body", Kind::Text),
        ];
        let table = self.line.dialect().table("$1", &columns);
        let sql = format!(
            "INSERT INTO event (product, release, finding, kind, at, body)
             SELECT product, release, finding, kind, at, body FROM {table} t"
        );
        self.line.run(sql, &[bulk(&rows)?]).await?;
        Ok(())
    }
}
