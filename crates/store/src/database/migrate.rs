//! Migrations: forward only, in order, each in the one transaction that also notes it, under a lock.

use sha2::{Digest, Sha256};

use super::{Database, Dialect, Value};
use crate::error::{Error, Result};

/// One step of the schema: the name both engines share and each engine's text.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// `0001_begin`, the name of both files.
    pub name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// All steps, oldest first.
pub const MIGRATIONS: &[Migration] =
    &[migration!("0001_begin"), migration!("0002_link"), migration!("0003_alias_index")];

impl Migration {
    /// Its text for an engine.
    pub fn text(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

const NOTES: &str = "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, hash TEXT NOT NULL)";

/// Any number that no other program of the same database uses.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7426913580)";

/// Brings the schema to the newest step. Nodes that start together wait for each other; a schema newer than the
/// program, or one whose past differs, is refused.
pub(crate) async fn migrate(database: &Database) -> Result<()> {
    // In SQLite the immediate transaction is the lock.
    let mut line = database.change().await?;
    let dialect = database.dialect();
    if dialect == Dialect::Postgres {
        line.script(LOCK).await?;
    }
    line.script(NOTES).await?;
    let applied = line.rows("SELECT name, hash FROM migration ORDER BY name", &[]).await?;
    for (at, row) in applied.iter().enumerate() {
        let name = row.text(0)?;
        let known = MIGRATIONS.get(at).filter(|known| known.name == name).ok_or_else(|| {
            Error::Invalid(format!(
                "the database has the step {name}, which this program does not know; use a newer one"
            ))
        })?;
        if row.text(1)? != hash(known.text(dialect)) {
            return Err(Error::Broken(format!("step {name} was applied to the database with another text")));
        }
    }
    for next in MIGRATIONS.iter().skip(applied.len()) {
        let text = next.text(dialect);
        line.script(text).await?;
        let note = [Value::from(next.name), Value::from(hash(text))];
        line.run("INSERT INTO migration (name, hash) VALUES ($1, $2)", &note).await?;
    }
    line.commit().await
}

fn hash(text: &str) -> String {
    crate::hash::hex(&Sha256::digest(text.as_bytes()))
}
