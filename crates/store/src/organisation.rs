//! Organisations: the outermost border.

use crate::database::Row;
use crate::error::Result;
use crate::{Change, Look, Moment, Scope};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: i64,
    /// Short name for URLs, unique.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// When it was made.
    pub created: Moment,
}

pub(crate) const COLUMNS: &str = "id, slug, name, created";

pub(crate) fn read(row: &Row) -> Result<Organisation> {
    Ok(Organisation { id: row.int(0)?, slug: row.text(1)?, name: row.text(2)?, created: row.moment(3)? })
}

impl Look {
    /// The organisation of the scope.
    pub async fn organisation(&mut self, scope: &Scope) -> Result<Option<Organisation>> {
        let sql = format!("SELECT {COLUMNS} FROM organisation WHERE id = $1");
        self.line.row(sql, &[scope.organisation.into()]).await?.as_ref().map(read).transpose()
    }
}

impl Change {
    /// Gives the organisation of the scope another name for people.
    pub async fn rename_organisation(&mut self, scope: &Scope, name: &str) -> Result<()> {
        let values = [name.into(), scope.organisation.into()];
        self.line.run("UPDATE organisation SET name = $1 WHERE id = $2", &values).await?;
        Ok(())
    }
}
