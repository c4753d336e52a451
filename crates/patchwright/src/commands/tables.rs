//! `tables list|show|check`: the tables that judge, and those of one's own.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use service::tables::{Listed, Replaced, TableSet};

use super::{input, scan};
use crate::exit::{Exit, Failure};
use crate::output::json;

/// List, show and check the decision tables: every judgement is a row of one of them
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright tables list\n  patchwright tables show response > my-tables/response.csv\n  patchwright tables check my-tables\n  patchwright assess image.spdx.json --tables my-tables\n\nManual: docs/manual/tables.md"
)]
pub struct Tables {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    List(List),
    Show(Show),
    Check(Check),
}

/// The tables in force, with id, version and number of rows
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright tables list\n  patchwright tables list --tables my-tables --json"
)]
struct List {
    /// A folder with tables of your own
    #[arg(long, value_name = "DIR")]
    tables: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print a built-in table as a file to start your own from
#[derive(Args)]
#[command(after_help = "Examples:\n  patchwright tables show response > my-tables/response.csv")]
struct Show {
    /// Its name, as in the list
    #[arg(value_name = "NAME")]
    name: String,
}

/// Check a folder of tables: complete, monotone, the same inputs as the built-in ones
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright tables check my-tables\n\nExit codes: 0 all can be used · 3 one cannot"
)]
struct Check {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Tables {
    /// Runs the deed.
    pub fn run(self) -> Result<Exit, Failure> {
        match self.deed {
            Deed::List(list) => list.run()?,
            Deed::Show(show) => show.run()?,
            Deed::Check(check) => check.run()?,
        }
        Ok(Exit::Done)
    }
}

#[derive(Serialize)]
struct Row {
    name: String,
    id: String,
    version: String,
    rows: usize,
}

impl List {
    fn run(self) -> Result<(), Failure> {
        let tables = match &self.tables {
            Some(folder) => read(folder)?.0,
            None => TableSet::default(),
        };
        let listed = service::tables::list(&tables).into_iter();
        let rows: Vec<Row> =
            listed.map(|Listed { name, id, version, rows }| Row { name, id, version, rows }).collect();
        if self.json {
            return scan::buffered(|out| json::pretty(out, &rows));
        }
        let mut out = anstream::stdout().lock();
        for row in rows {
            writeln!(out, "{:24} {:28} {:8} {:4} rows", row.name, row.id, row.version, row.rows)?;
        }
        Ok(())
    }
}

impl Show {
    fn run(self) -> Result<(), Failure> {
        let Some(text) = service::tables::text(&self.name) else {
            let names = service::tables::list(&TableSet::default()).into_iter().map(|table| table.name);
            let message = format!("there is no table {:?}", self.name);
            return Err(Failure::new(Exit::Unreadable, message)
                .hint(format!("tables: {}", names.collect::<Vec<_>>().join(", "))));
        };
        scan::buffered(|out| out.write_all(text.as_bytes()))
    }
}

impl Check {
    fn run(self) -> Result<(), Failure> {
        let (tables, replaced) = read(&self.folder)?;
        let mut out = anstream::stdout().lock();
        for (file, name) in &replaced {
            writeln!(out, "{file}: can take the place of {name}")?;
        }
        writeln!(out, "response table: {}", service::tables::named(&tables))?;
        Ok(())
    }
}

/// Reads the tables of a folder: every `*.csv` in it.
pub fn read(folder: &Path) -> Result<(TableSet, Replaced), Failure> {
    let is_table = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "csv");
    let files: Vec<PathBuf> = input::files_of(folder)?.into_iter().filter(is_table).collect();
    if files.is_empty() {
        let message = format!("{} holds no table (*.csv)", folder.display());
        return Err(Failure::new(Exit::Unreadable, message)
            .hint("make one with: patchwright tables show response > DIR/response.csv"));
    }
    let documents = input::documents(&files)?;
    service::tables::read(&documents).map_err(|error| {
        Failure::new(Exit::Unreadable, format!("cannot use table {error}"))
            .hint("the forms and rules of tables are in docs/manual/tables.md")
    })
}
