//! SQLite: one file, write-ahead log, full synchronous writes, one writer and several readers.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, Column, Executor, Row as _, SqliteConnection, TypeInfo, ValueRef};

use super::{Database, Row, Value};
use crate::error::{Error, Result};

/// How long a connection waits for another process that writes (a backup tool, a second program by mistake).
const BUSY: Duration = Duration::from_secs(20);

/// How long a question waits for a free connection before it says that the database is overloaded.
const WAIT: Duration = Duration::from_secs(60);

/// Readers side by side.
const READERS: u32 = 8;

pub(super) async fn open(url: &str) -> Result<Database> {
    let options = SqliteConnectOptions::new().filename(file(url)?);
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(200)
        .pragma("cache_size", "-65536")
        .pragma("mmap_size", "1073741824")
        .pragma("temp_store", "memory");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WAIT)
        .connect_with(options.clone())
        .await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(WAIT)
        .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
    Ok(Database::Sqlite { writer, readers })
}

/// The file of `sqlite:FILE` or `sqlite://FILE`, taken as it is: a name may hold any letter.
pub(crate) fn file(url: &str) -> Result<PathBuf> {
    let name = url.strip_prefix("sqlite:").unwrap_or(url);
    let name = name.strip_prefix("//").unwrap_or(name);
    if name.is_empty() || name.starts_with(":memory:") {
        return Err(Error::Invalid("sqlite: needs the name of a file".to_owned()));
    }
    Ok(PathBuf::from(name))
}

pub(super) async fn rows(
    connection: &mut SqliteConnection,
    sql: String,
    values: &[Value],
) -> Result<Vec<Row>> {
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments(values)?);
    connection.fetch_all(query).await?.iter().map(read).collect()
}

pub(super) async fn run(connection: &mut SqliteConnection, sql: String, values: &[Value]) -> Result<u64> {
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments(values)?);
    Ok(connection.execute(query).await?.rows_affected())
}

pub(super) async fn script(connection: &mut SqliteConnection, sql: &str) -> Result<()> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
    Ok(())
}

fn arguments(values: &[Value]) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.clone()),
        };
        added.map_err(|error| Error::Broken(error.to_string()))?;
    }
    Ok(arguments)
}

fn read(row: &SqliteRow) -> Result<Row> {
    let mut cells = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at)?;
        if raw.is_null() {
            cells.push(Value::Null);
            continue;
        }
        let kind = raw.type_info().name().to_owned();
        cells.push(match kind.as_str() {
            "INTEGER" | "BOOLEAN" => Value::Int(row.try_get(at)?),
            "TEXT" => Value::Text(row.try_get(at)?),
            other => return Err(Error::Broken(format!("column {} has the type {other}", column.name()))),
        });
    }
    Ok(Row(cells))
}
