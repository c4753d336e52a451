//! `store copy`: an installation moved to another engine or another place of documents.

use std::io::Write;

use clap::{Args, Subcommand};
use serde::Serialize;
use service::backup::moving::{self, MovedBlobs};
use service::outside::documents;

use super::Global;
use super::installation::{PLACES, failure, variable};
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::words::colour;

/// Move what a server remembers
#[derive(Args)]
pub struct Store {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Copy(Copy),
}

/// Copy a database into an empty other one, of either engine, and compare every table
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright store copy --from sqlite:data/patchwright.db --to postgres://patchwright@db/patchwright\n  patchwright store copy --from sqlite:data/patchwright.db --to postgres://patchwright@db/patchwright \\\n    --documents-from data/blobs --documents-to 's3://docs?endpoint=https://s3.example.org'\n\nStop the server first, so that nothing is written to the source afterwards. A password is better given as PGPASSWORD.\nExit codes: 0 copied, all sums equal · 1 the target is not empty, or documents are missing · 3 there is no source"
)]
struct Copy {
    /// The database to copy: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "URL")]
    from: String,
    /// The empty database to fill
    #[arg(long, value_name = "URL")]
    to: String,
    /// Copy documents, too: where they lie
    #[arg(long, value_name = "DIR|URL", requires = "documents_to")]
    documents_from: Option<String>,
    /// Where they are to lie
    #[arg(long, value_name = "DIR|URL", requires = "documents_from")]
    documents_to: Option<String>,
    /// JSON for machines
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct View {
    schema: &'static str,
    from: String,
    to: String,
    tables: Vec<Table>,
    documents: Option<Documents>,
}

#[derive(Serialize)]
struct Table {
    table: &'static str,
    rows: u64,
    sha256: String,
}

#[derive(Serialize)]
struct Documents {
    noted: u64,
    copied: u64,
    missing: Vec<String>,
}

impl Store {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Copy(copy) => copy.run(global),
        }
    }
}

impl Copy {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let bar = Bar::new(global.quiet || self.json, "copying");
        let place = |word: &String| {
            documents::open(word, &variable)
                .map_err(|error| Failure::new(Exit::Usage, error.to_string()).hint(PLACES))
        };
        // Places are looked at before anything is copied.
        let places = match (&self.documents_from, &self.documents_to) {
            (Some(from), Some(to)) => Some((place(from)?, place(to)?)),
            _ => None,
        };
        let sums = moving::copy(&self.from, &self.to, &bar).map_err(failure)?;
        let moved = match &places {
            Some((from, to)) => Some(moving::copy_blobs(&self.to, from, to, &bar).map_err(failure)?),
            None => None,
        };
        bar.clear();
        let view = View {
            schema: "patchwright.copy/1",
            from: moving::shown(&self.from),
            to: moving::shown(&self.to),
            tables: sums
                .into_iter()
                .map(|sum| Table { table: sum.table, rows: sum.rows, sha256: sum.checksum })
                .collect(),
            documents: moved.map(|MovedBlobs { noted, copied, missing }| Documents {
                noted,
                copied,
                missing,
            }),
        };
        let mut out = anstream::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &view)?;
            writeln!(out)?;
        } else if !global.quiet {
            view.say(&mut out)?;
        }
        let is_whole = view.documents.is_none_or(|documents| documents.missing.is_empty());
        Ok(if is_whole { Exit::Done } else { Exit::Failed })
    }
}

impl View {
    fn say(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "{}{}{} holds what {} held:", colour::BOLD, self.to, colour::END, self.from)?;
        for table in self.tables.iter().filter(|table| table.rows > 0) {
            let start = table.sha256.get(..16).unwrap_or(&table.sha256);
            writeln!(
                out,
                "  {:<22} {:>10} rows  {}{start}…{}",
                table.table,
                table.rows,
                colour::DIM,
                colour::END
            )?;
        }
        match &self.documents {
            None => writeln!(
                out,
                "documents were not copied: name --documents-from and --documents-to where they move, too"
            ),
            Some(documents) => {
                writeln!(out, "{} documents named, {} copied", documents.noted, documents.copied)?;
                documents.missing.iter().try_for_each(|hash| writeln!(out, "  document {hash} is missing"))
            }
        }
    }
}
