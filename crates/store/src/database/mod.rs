//! The two engines behind one manner of asking: SQL text with `$1`, a list of [`Value`]s in, rows of them out.
//!
//! Everything above this folder is written once. Start with [`Line`]; what differs stands in [`dialect`].

pub mod dialect;
mod migrate;
mod postgres;
mod sqlite;

use std::fmt::Write;

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::error::{Error, Result};

pub(crate) use dialect::Dialect;
pub use migrate::{MIGRATIONS, Steps};
pub(crate) use migrate::{apply, migrate, steps};
pub(crate) use sqlite::file as sqlite_file;

/// A value on its way into or out of the database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// SQL's NULL.
    Null,
    /// Any integer, moments in milliseconds, yes and no as 1 and 0.
    Int(i64),
    /// Text, JSON included.
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Value {
        Value::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// A row of an answer. Cells are taken by place; a cell of another type is a fault of the schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row(pub(crate) Vec<Value>);

impl Row {
    /// The integer at a place; NULL is an error.
    pub(crate) fn int(&self, at: usize) -> Result<i64> {
        self.maybe_int(at)?.ok_or_else(|| self.unexpected(at, "an integer"))
    }

    /// The integer at a place, `None` for NULL.
    pub(crate) fn maybe_int(&self, at: usize) -> Result<Option<i64>> {
        match self.0.get(at) {
            Some(Value::Int(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.unexpected(at, "an integer")),
        }
    }

    /// Yes or no at a place.
    pub(crate) fn flag(&self, at: usize) -> Result<bool> {
        Ok(self.int(at)? != 0)
    }

    /// The text at a place; NULL is an error.
    pub(crate) fn text(&self, at: usize) -> Result<String> {
        self.maybe_text(at)?.ok_or_else(|| self.unexpected(at, "a text"))
    }

    /// The text at a place, `None` for NULL.
    pub(crate) fn maybe_text(&self, at: usize) -> Result<Option<String>> {
        match self.0.get(at) {
            Some(Value::Text(value)) => Ok(Some(value.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(self.unexpected(at, "a text")),
        }
    }

    fn unexpected(&self, at: usize, wanted: &str) -> Error {
        Error::Broken(format!("column {at} of an answer is not {wanted}: {:?}", self.0.get(at)))
    }
}

/// The open database: its pools.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// One writer, several readers.
    Sqlite {
        /// At most one connection, so that writers wait in our queue and not in the engine's.
        writer: SqlitePool,
        /// Connections that may not write.
        readers: SqlitePool,
    },
    /// One pool.
    Postgres(PgPool),
}

impl Database {
    /// Opens what a URL names; the schema is not looked at.
    pub(crate) async fn open(url: &str) -> Result<Database> {
        if url.starts_with("sqlite:") {
            sqlite::open(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres::open(url).await
        } else {
            Err(Error::Invalid(
                "the database is named by a URL: sqlite:FILE, or postgres://USER@HOST/DATABASE".to_owned(),
            ))
        }
    }

    /// Which engine it is.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Database::Sqlite { .. } => Dialect::Sqlite,
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction that only reads, and sees one state from its first question to its last.
    pub(crate) async fn look(&self) -> Result<Line> {
        Ok(match self {
            Database::Sqlite { readers, .. } => Line::Sqlite(readers.begin().await?),
            Database::Postgres(pool) => {
                Line::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Begins a transaction that writes.
    pub(crate) async fn change(&self) -> Result<Line> {
        Ok(match self {
            Database::Sqlite { writer, .. } => Line::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Database::Postgres(pool) => Line::Postgres(pool.begin().await?),
        })
    }

    /// A connection outside of any transaction, for what engines refuse inside of one.
    pub(crate) async fn bare(&self) -> Result<Bare> {
        Ok(match self {
            Database::Sqlite { writer, .. } => Bare::Sqlite(writer.acquire().await?),
            Database::Postgres(pool) => Bare::Postgres(pool.acquire().await?),
        })
    }

    /// Waits until every connection is closed.
    pub(crate) async fn close(&self) {
        match self {
            Database::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Database::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection without a transaction.
#[derive(Debug)]
pub(crate) enum Bare {
    /// SQLite's writer.
    Sqlite(PoolConnection<Sqlite>),
    /// Any of PostgreSQL's.
    Postgres(PoolConnection<Postgres>),
}

impl Bare {
    /// Runs a script of several statements.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        match self {
            Bare::Sqlite(connection) => sqlite::script(connection, sql).await,
            Bare::Postgres(connection) => postgres::script(connection, sql).await,
        }
    }
}

/// A running transaction. Dropped without [`Line::commit`], it never was.
#[derive(Debug)]
pub(crate) enum Line {
    /// In SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// In PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Line {
    /// Which engine answers.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Line::Sqlite(_) => Dialect::Sqlite,
            Line::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows of an answer.
    pub(crate) async fn rows(&mut self, sql: impl Into<String>, values: &[Value]) -> Result<Vec<Row>> {
        let sql = sql.into();
        match self {
            Line::Sqlite(transaction) => sqlite::rows(transaction, sql, values).await,
            Line::Postgres(transaction) => postgres::rows(transaction, sql, values).await,
        }
    }

    /// The first row of an answer, if there is one.
    pub(crate) async fn row(&mut self, sql: impl Into<String>, values: &[Value]) -> Result<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// The one integer that a question answers with (`RETURNING id`, `count(*)`).
    pub(crate) async fn int(&mut self, sql: impl Into<String>, values: &[Value]) -> Result<i64> {
        let row = self.row(sql, values).await?;
        row.ok_or_else(|| Error::Broken("a question without an answer".to_owned()))?.int(0)
    }

    /// Runs a statement and returns the number of rows it touched.
    pub(crate) async fn run(&mut self, sql: impl Into<String>, values: &[Value]) -> Result<u64> {
        let sql = sql.into();
        match self {
            Line::Sqlite(transaction) => sqlite::run(transaction, sql, values).await,
            Line::Postgres(transaction) => postgres::run(transaction, sql, values).await,
        }
    }

    /// Runs a script of several statements without values.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        match self {
            Line::Sqlite(transaction) => sqlite::script(transaction, sql).await,
            Line::Postgres(transaction) => postgres::script(transaction, sql).await,
        }
    }

    /// Takes it back.
    pub(crate) async fn abandon(self) -> Result<()> {
        match self {
            Line::Sqlite(transaction) => transaction.rollback().await?,
            Line::Postgres(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }

    /// Makes it true.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Line::Sqlite(transaction) => transaction.commit().await?,
            Line::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

/// Writes a JSON array of integers: a bulk of ids as one value.
pub(crate) fn ints(ids: impl IntoIterator<Item = i64>) -> Value {
    let mut text = String::from("[");
    for id in ids {
        if text.len() > 1 {
            text.push(',');
        }
        // Writing to a String does not fail.
        let _ = write!(text, "{id}");
    }
    text.push(']');
    Value::Text(text)
}

/// Writes a JSON array: a bulk of texts or rows as one value.
pub(crate) fn bulk<T: serde::Serialize>(items: &[T]) -> Result<Value> {
    Ok(Value::Text(serde_json::to_string(items).map_err(|error| Error::Broken(error.to_string()))?))
}
