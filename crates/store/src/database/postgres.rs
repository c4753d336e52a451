//! PostgreSQL, for several nodes: a plain pool; durability is the server's.

use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Executor, PgConnection, Row as _, TypeInfo, ValueRef};

use super::{Database, Row, Value};
use crate::error::{Error, Result};

/// How long a question waits for a free connection before it says that the database is overloaded.
const WAIT: Duration = Duration::from_secs(60);

/// Connections of one node; a server with the usual limit of 100 carries several nodes.
const CONNECTIONS: u32 = 16;

/// Asks once whether somebody answers: a pool tries again and again until its patience ends.
pub(crate) async fn reach(url: &str) -> Result<()> {
    let line = <PgConnection as sqlx::Connection>::connect_with(&options(url)?).await?;
    Ok(sqlx::Connection::close(line).await?)
}

fn options(url: &str) -> Result<PgConnectOptions> {
    url.parse().map_err(|error: sqlx::Error| {
        Error::Invalid(format!("cannot read the database URL as postgres://USER@HOST/DATABASE: {error}"))
    })
}

/// What a server that knows nothing of our questions would guess wrongly: they are short, and what they touch lies in
/// memory or on a disk without heads. Compiling a question, or sharing it among workers, costs more than answering it.
const PLANNING: [(&str, &str); 3] =
    [("jit", "off"), ("random_page_cost", "1.1"), ("max_parallel_workers_per_gather", "0")];

pub(super) async fn open(url: &str) -> Result<Database> {
    let options = options(url)?.options(PLANNING);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .connect_with(options.statement_cache_capacity(200).application_name("patchwright"))
        .await?;
    Ok(Database::Postgres(pool))
}

pub(super) async fn rows(connection: &mut PgConnection, sql: String, values: &[Value]) -> Result<Vec<Row>> {
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments(values)?);
    connection.fetch_all(query).await?.iter().map(read).collect()
}

pub(super) async fn run(connection: &mut PgConnection, sql: String, values: &[Value]) -> Result<u64> {
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments(values)?);
    Ok(connection.execute(query).await?.rows_affected())
}

pub(super) async fn script(connection: &mut PgConnection, sql: &str) -> Result<()> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await?;
    Ok(())
}

fn arguments(values: &[Value]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
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

fn read(row: &PgRow) -> Result<Row> {
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
            "INT8" => Value::Int(row.try_get(at)?),
            "INT4" => Value::Int(i64::from(row.try_get::<i32, _>(at)?)),
            "INT2" => Value::Int(i64::from(row.try_get::<i16, _>(at)?)),
            "TEXT" | "VARCHAR" | "NAME" => Value::Text(row.try_get(at)?),
            other => return Err(Error::Broken(format!("column {} has the type {other}", column.name()))),
        });
    }
    Ok(Row(cells))
}
