//! Statement documents of suppliers and others (VEX), kept as blobs; nothing of one holds before it is accepted.

use crate::database::Row;
use crate::error::{Error, Result};
use crate::{Change, Look, Moment, Scope};

/// A statement document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementDocument {
    /// Its id.
    pub id: i64,
    /// SHA-256 of the bytes: the key of the blob.
    pub hash: String,
    /// Who published it, as it says.
    pub publisher: String,
    /// Its own id or file name.
    pub name: String,
    /// `quarantined`, `accepted`, `refused` or `ended`; `service` decides.
    pub state: String,
    /// Trust scope under which it holds (JSON of `service`); empty = none.
    pub trust: String,
    /// When it came.
    pub received: Moment,
    /// When its state changed.
    pub changed: Moment,
}

/// The states that a statement document can have.
pub const STATES: &[&str] = &["quarantined", "accepted", "refused", "ended"];

fn read(row: &Row) -> Result<StatementDocument> {
    Ok(StatementDocument {
        id: row.int(0)?,
        hash: row.text(1)?,
        publisher: row.text(2)?,
        name: row.text(3)?,
        state: row.text(4)?,
        trust: row.text(5)?,
        received: row.moment(6)?,
        changed: row.moment(7)?,
    })
}

impl Look {
    /// All statement documents of the organisation, or those of a state; newest first. Needs a scope that reaches all
    /// products, since a statement may touch any.
    pub async fn statement_documents(
        &mut self,
        scope: &Scope,
        state: Option<&str>,
    ) -> Result<Vec<StatementDocument>> {
        if !scope.is_whole() {
            return Ok(Vec::new());
        }
        let sql = "SELECT id, hash, publisher, name, state, trust, received, changed FROM statement_document
                   WHERE organisation = $1 AND ($2 = '' OR state = $2) ORDER BY id DESC";
        let values = [scope.organisation.into(), state.unwrap_or_default().into()];
        self.line.rows(sql, &values).await?.iter().map(read).collect()
    }
}

impl Change {
    /// Notes a statement document in quarantine; the same bytes twice are one. Returns the id and whether it is new.
    pub async fn add_statement_document(
        &mut self,
        scope: &Scope,
        hash: &str,
        publisher: &str,
        name: &str,
        now: Moment,
    ) -> Result<(i64, bool)> {
        let sql = "INSERT INTO statement_document (organisation, hash, publisher, name, state, trust, received, changed)
                   VALUES ($1, $2, $3, $4, 'quarantined', '', $5, $5)
                   ON CONFLICT (organisation, hash) DO NOTHING RETURNING id";
        let values = [scope.organisation.into(), hash.into(), publisher.into(), name.into(), now.into()];
        if let Some(row) = self.line.row(sql, &values).await? {
            return Ok((row.int(0)?, true));
        }
        let known = "SELECT id FROM statement_document WHERE organisation = $1 AND hash = $2";
        Ok((self.line.int(known, &[scope.organisation.into(), hash.into()]).await?, false))
    }

    /// Gives a statement document another state.
    pub async fn judge_statement_document(
        &mut self,
        scope: &Scope,
        id: i64,
        state: &str,
        trust: &str,
        now: Moment,
    ) -> Result<()> {
        if !STATES.contains(&state) {
            return Err(Error::Invalid(format!(
                "no state of a statement document: {state} (one of {})",
                STATES.join(", ")
            )));
        }
        let sql = "UPDATE statement_document SET state = $1, trust = $2, changed = $3 WHERE id = $4 AND organisation = $5";
        let values = [state.into(), trust.into(), now.into(), id.into(), scope.organisation.into()];
        match self.line.run(sql, &values).await? {
            0 => Err(Error::NotFound(format!("statement document {id}"))),
            _ => Ok(()),
        }
    }
}
