//! Reading of tab-separated tables: header, comments, errors with their line.

use std::rc::Rc;

/// A row that cannot be used, with its line (counted from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct TableError {
    /// Line in the text.
    pub line: usize,
    /// What is wrong, for the person who wrote it.
    pub why: String,
}

impl TableError {
    pub(super) fn new(line: usize, why: impl Into<String>) -> TableError {
        TableError { line, why: why.into() }
    }
}

/// One data line, with its cells under the names of the header.
pub(super) struct Row<'a> {
    pub(super) line: usize,
    header: Rc<[&'a str]>,
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    /// The cell of a column; `-` and a missing column are empty.
    pub(super) fn cell(&self, column: &str) -> &'a str {
        let place = self.header.iter().position(|known| *known == column);
        match place.and_then(|place| self.cells.get(place)).map(|cell| cell.trim()) {
            None | Some("-") => "",
            Some(cell) => cell,
        }
    }

    /// The words of a cell, separated by spaces.
    pub(super) fn words(&self, column: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.cell(column).split_ascii_whitespace()
    }

    pub(super) fn error(&self, why: impl Into<String>) -> TableError {
        TableError::new(self.line, why)
    }
}

/// Cuts a table into rows. `columns` are all the header may hold, the first of them must be there.
pub(super) fn rows<'a>(text: &'a str, columns: &[&str]) -> Result<Vec<Row<'a>>, Vec<TableError>> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    let Some((line, header)) = lines.next() else { return Ok(Vec::new()) };
    let header: Rc<[&str]> = header.split('\t').map(str::trim).collect();
    let mut errors: Vec<TableError> = header
        .iter()
        .filter(|column| !columns.contains(column))
        .map(|column| TableError::new(line, format!("unknown column `{column}`")))
        .collect();
    let first = columns.first().copied().unwrap_or_default();
    if !header.contains(&first) {
        errors.push(TableError::new(line, format!("no column `{first}` in the header")));
    }
    let mut rows = Vec::new();
    for (line, text) in lines {
        let cells: Vec<&str> = text.split('\t').collect();
        if cells.len() > header.len() {
            errors
                .push(TableError::new(line, format!("{} cells under {} columns", cells.len(), header.len())));
            continue;
        }
        rows.push(Row { line, header: Rc::clone(&header), cells });
    }
    if errors.is_empty() { Ok(rows) } else { Err(errors) }
}

/// True for `YYYY-MM-DD`, `YYYY-MM` or `YYYY` with a sensible month and day.
pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let within = |part: Option<&&str>, length: usize, range: std::ops::RangeInclusive<u32>| {
        part.is_none_or(|part| {
            part.len() == length
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse().is_ok_and(|number: u32| range.contains(&number))
        })
    };
    parts.len() <= 3
        && within(parts.first(), 4, 1970..=2100)
        && within(parts.get(1), 2, 1..=12)
        && within(parts.get(2), 2, 1..=31)
}
