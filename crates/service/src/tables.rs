//! The decision tables in force: listed, shown, and replaced by a user's own.

use analysis::policy::due;
use analysis::risk::{response, ssvc};

pub use analysis::risk::table_set::TableSet;

use crate::scan::Document;

/// Why a folder of tables cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {why}")]
pub struct TablesError {
    /// The file.
    pub file: String,
    /// The first line or row that is wrong, or the combination that is missing.
    pub why: String,
}

/// Files, each with the table that it replaces.
pub type Replaced = Vec<(String, &'static str)>;

/// The built-in tables with those of files in their places, and for each file the table it replaced.
///
/// # Errors
/// The first file that cannot be used, or two files for one table.
pub fn read(documents: &[Document]) -> Result<(TableSet, Replaced), TablesError> {
    let mut tables = TableSet::default();
    let mut replaced = Replaced::new();
    for document in documents {
        let error = |why: String| TablesError { file: document.name.clone(), why };
        let text = std::str::from_utf8(&document.bytes).map_err(|_| error("it is not UTF-8".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let name = tables.replace(text).map_err(|fault| error(fault.to_string()))?;
        if let Some((other, _)) = replaced.iter().find(|(_, known)| *known == name) {
            return Err(error(format!("it is the table {name}, as {other} is")));
        }
        replaced.push((document.name.clone(), name));
    }
    Ok((tables, replaced))
}

/// The response table in force: id and version.
pub fn named(tables: &TableSet) -> String {
    format!("{} {}", tables.response.id(), tables.response.version())
}

/// A table in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Short name.
    pub name: String,
    /// Id; empty where it has none.
    pub id: String,
    /// Version; empty where it has none.
    pub version: String,
    /// How many rows it has.
    pub rows: usize,
}

/// All tables that can be replaced.
pub fn list(tables: &TableSet) -> Vec<Listed> {
    let of = |table: &analysis::risk::tables::Table<'_>| {
        let frame = table.frame();
        let (name, id, version) = (frame.name.to_owned(), frame.id.to_owned(), frame.version.to_owned());
        Listed { name, id, version, rows: table.rows().count() }
    };
    let mut listed = vec![of(tables.response.table())];
    listed.extend(tables.ssvc.all().iter().map(of));
    let deadlines =
        model::assessment::ResponseClass::ALL.iter().map(|class| tables.deadlines.of(*class).len());
    listed.push(Listed {
        name: "deadlines".to_owned(),
        id: String::new(),
        version: String::new(),
        rows: deadlines.sum(),
    });
    listed
}

/// The text of a built-in table, to start one's own from.
pub fn text(name: &str) -> Option<String> {
    match name {
        "response" => Some(response::text()),
        "deadlines" => Some(due::text().to_owned()),
        name => ssvc::text(name).map(str::to_owned),
    }
}
