//! A whole store into another, of either engine, checked by row counts and checksums of every table.

use sha2::{Digest, Sha256};

use crate::Store;
use crate::database::dialect::Kind;
use crate::database::{Line, Row, Value};
use crate::error::{Error, Result};
use crate::hash::hex;

/// Every table with the columns of its key, parents before children.
pub const TABLES: &[(&str, &[&str])] = &[
    ("organisation", &["id"]),
    ("person", &["id"]),
    ("product", &["id"]),
    ("role_grant", &["person", "product", "role"]),
    ("token", &["id"]),
    ("session", &["hash"]),
    ("link", &["hash"]),
    ("person_link", &["issuer", "subject"]),
    ("request", &["organisation", "asker", "key"]),
    ("release", &["id"]),
    ("document", &["id"]),
    ("component", &["id"]),
    ("component_key", &["key", "component"]),
    ("release_component", &["release", "place"]),
    ("coverage_count", &["release", "coverage"]),
    ("vulnerability", &["id"]),
    ("vulnerability_alias", &["alias", "vulnerability"]),
    ("matched", &["component", "vulnerability"]),
    ("basis", &["id"]),
    ("finding", &["id"]),
    ("trend", &["product", "day", "class"]),
    ("finding_count", &["product", "release", "cell", "reason"]),
    ("vulnerability_count", &["organisation", "product", "vulnerability"]),
    ("decision", &["id"]),
    ("decision_history", &["decision", "version"]),
    ("remark", &["id"]),
    ("statement_document", &["id"]),
    ("written", &["id"]),
    ("event", &["id"]),
    ("feed", &["id"]),
    ("generation", &["id"]),
    ("setting", &["organisation", "name"]),
    ("audit", &["organisation", "product", "seq"]),
    ("job", &["id"]),
    ("periodic", &["kind", "due"]),
    ("outbox", &["id"]),
    ("blob", &["hash"]),
];

/// What a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSum {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 over all of them, in the order of the key.
    pub checksum: String,
}

/// Rows at a time.
const STEP: i64 = 5_000;

/// Copies everything of one store into an empty other one, in one transaction, and compares rows and checksums.
///
/// # Errors
/// `Conflict` when the target is not empty, `Broken` when the sums differ; nothing is copied then.
pub async fn copy(from: &Store, to: &Store) -> Result<Vec<TableSum>> {
    let mut source = from.look().await?.line;
    let mut target = to.database.change().await?;
    let sums = pour(&mut source, &mut target).await?;
    target.commit().await?;
    Ok(sums)
}

/// Copies everything within two transactions; whoever commits the second makes it true.
pub(crate) async fn pour(source: &mut Line, target: &mut Line) -> Result<Vec<TableSum>> {
    for (table, _) in TABLES {
        if target.int(format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) t"), &[]).await? > 0 {
            return Err(Error::Conflict(format!("the target is not empty: it has rows in {table}")));
        }
    }
    let mut sums = Vec::with_capacity(TABLES.len());
    for (table, key) in TABLES {
        let columns = columns(source, table, key).await?;
        let mut sum = Sum::default();
        let mut after = None;
        while let Some(rows) = step(source, table, key, &columns, &after).await? {
            insert(target, table, &columns, &rows).await?;
            rows.iter().for_each(|row| sum.add(row));
            after = rows.last().map(|row| row.0.iter().take(key.len()).cloned().collect());
        }
        if let Some(sql) = target.dialect().follow_ids(table).filter(|_| key == &["id"] && has_own_ids(table))
        {
            target.rows(sql, &[]).await?;
        }
        sums.push(sum.done(table));
    }
    for (sum, (table, key)) in sums.iter().zip(TABLES) {
        let there = table_sum(target, table, key).await?;
        if &there != sum {
            return Err(Error::Broken(format!(
                "table {table} differs after the copy: {} rows were {}; nothing was kept",
                there.rows, sum.rows
            )));
        }
    }
    Ok(sums)
}

/// The sums of every table, from one state of the data.
pub async fn sums(store: &Store) -> Result<Vec<TableSum>> {
    let mut line = store.look().await?.line;
    let mut sums = Vec::with_capacity(TABLES.len());
    for (table, key) in TABLES {
        sums.push(table_sum(&mut line, table, key).await?);
    }
    Ok(sums)
}

/// Tables whose key `id` is counted by the engine.
fn has_own_ids(table: &str) -> bool {
    table != "vulnerability" && table != "feed"
}

async fn table_sum(line: &mut Line, table: &'static str, key: &[&str]) -> Result<TableSum> {
    let columns = columns(line, table, key).await?;
    let mut sum = Sum::default();
    let mut after = None;
    while let Some(rows) = step(line, table, key, &columns, &after).await? {
        rows.iter().for_each(|row| sum.add(row));
        after = rows.last().map(|row| row.0.iter().take(key.len()).cloned().collect());
    }
    Ok(sum.done(table))
}

/// Columns and their kinds: those of the key first, the others by name, so that both engines give one order.
async fn columns(line: &mut Line, table: &str, key: &[&str]) -> Result<Vec<(String, Kind)>> {
    let mut columns = Vec::new();
    for row in line.rows(line.dialect().columns(), &[table.into()]).await? {
        columns.push((row.text(0)?, if row.flag(1)? { Kind::Int } else { Kind::Text }));
    }
    columns.sort_by_key(|(name, _)| {
        let place = key.iter().position(|of_key| of_key == name).unwrap_or(key.len());
        (place, name.clone())
    });
    Ok(columns)
}

async fn step(
    line: &mut Line,
    table: &str,
    key: &[&str],
    columns: &[(String, Kind)],
    after: &Option<Vec<Value>>,
) -> Result<Option<Vec<Row>>> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let order = key.join(", ");
    let mut values = after.clone().unwrap_or_default();
    let beyond = match values.len() {
        0 => String::new(),
        n => {
            let places: Vec<String> = (1..=n).map(|at| format!("${at}")).collect();
            format!("WHERE ({order}) > ({})", places.join(", "))
        }
    };
    values.push(STEP.into());
    let sql =
        format!("SELECT {} FROM {table} {beyond} ORDER BY {order} LIMIT ${}", names.join(", "), values.len());
    let rows = line.rows(sql, &values).await?;
    Ok(Some(rows).filter(|rows| !rows.is_empty()))
}

async fn insert(line: &mut Line, table: &str, columns: &[(String, Kind)], rows: &[Row]) -> Result<()> {
    let cells: Vec<Vec<serde_json::Value>> =
        rows.iter().map(|row| row.0.iter().map(json).collect()).collect();
    let kinds: Vec<(&str, Kind)> = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let source = line.dialect().table("$1", &kinds);
    let sql = format!("INSERT INTO {table} ({names}) SELECT {names} FROM {source} t");
    line.run(sql, &[crate::database::bulk(&cells)?]).await?;
    Ok(())
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

/// A checksum on the way.
#[derive(Default)]
struct Sum {
    rows: u64,
    hasher: Sha256,
}

impl Sum {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        for value in &row.0 {
            // Kind and length stand before each cell, so that no two rows run together to the same bytes.
            match value {
                Value::Null => self.hasher.update(b"n"),
                Value::Int(number) => {
                    self.hasher.update(b"i");
                    self.hasher.update(number.to_le_bytes());
                }
                Value::Text(text) => {
                    self.hasher.update(b"t");
                    self.hasher.update((text.len() as u64).to_le_bytes());
                    self.hasher.update(text.as_bytes());
                }
            }
        }
    }

    fn done(self, table: &'static str) -> TableSum {
        TableSum { table, rows: self.rows, checksum: hex(&self.hasher.finalize()) }
    }
}
