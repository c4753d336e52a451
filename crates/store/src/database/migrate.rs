//! Migrations: forward only, in order, each in the one transaction that also notes it, under a lock.

use sha2::{Digest, Sha256};

use super::{Database, Dialect, Line, Value};
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
pub const MIGRATIONS: &[Migration] = &[
    migration!("0001_begin"),
    migration!("0002_link"),
    migration!("0003_totals"),
    migration!("0004_request"),
    migration!("0005_alias_index"),
    migration!("0006_person_link"),
];

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

/// How far a schema is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Names of the steps that it has.
    pub applied: Vec<String>,
    /// Names of the steps of this program that it lacks.
    pub missing: Vec<&'static str>,
}

/// Brings the schema to the newest step. Nodes that start together wait for each other; a schema newer than the
/// program, or one whose past differs, is refused.
pub(crate) async fn migrate(database: &Database) -> Result<()> {
    // In SQLite the immediate transaction is the lock.
    let mut line = database.change().await?;
    if database.dialect() == Dialect::Postgres {
        line.script(LOCK).await?;
    }
    apply(&mut line).await?;
    line.commit().await
}

/// Applies, within a transaction, what is missing.
pub(crate) async fn apply(line: &mut Line) -> Result<()> {
    let dialect = line.dialect();
    line.script(NOTES).await?;
    let applied = applied(line).await?;
    for next in MIGRATIONS.iter().skip(applied.len()) {
        let text = next.text(dialect);
        line.script(text).await?;
        let note = [Value::from(next.name), Value::from(hash(text))];
        line.run("INSERT INTO migration (name, hash) VALUES ($1, $2)", &note).await?;
    }
    Ok(())
}

/// How far the schema is; nothing is changed.
pub(crate) async fn steps(database: &Database) -> Result<Steps> {
    let mut line = database.look().await?;
    let tables = line.rows(line.dialect().table_names(), &[]).await?;
    let mut is_ours = false;
    for table in &tables {
        is_ours |= table.text(0)? == "migration";
    }
    let applied = if is_ours { applied(&mut line).await? } else { Vec::new() };
    let missing = MIGRATIONS.iter().skip(applied.len()).map(|step| step.name).collect();
    Ok(Steps { applied, missing })
}

/// The steps that a schema has, each one of ours with the text that we know.
async fn applied(line: &mut Line) -> Result<Vec<String>> {
    let dialect = line.dialect();
    let mut names = Vec::new();
    for (at, row) in
        line.rows("SELECT name, hash FROM migration ORDER BY name", &[]).await?.iter().enumerate()
    {
        let name = row.text(0)?;
        let known = MIGRATIONS.get(at).filter(|known| known.name == name).ok_or_else(|| {
            Error::Invalid(format!(
                "the database has the step {name}, which this program does not know; use a newer one"
            ))
        })?;
        if row.text(1)? != hash(known.text(dialect)) {
            return Err(Error::Broken(format!("step {name} was applied to the database with another text")));
        }
        names.push(name);
    }
    Ok(names)
}

fn hash(text: &str) -> String {
    crate::hash::hex(&Sha256::digest(text.as_bytes()))
}
