//! `sbom diff A B`: what differs in the contents of two releases.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use model::sbom::Inventory;

use crate::commands::input;
use crate::commands::scan::{self, EvidenceOptions};
use crate::exit::{Exit, Failure};
use crate::output::sbom;

/// Compare the contents of two SBOMs: components added, removed and changed
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright sbom diff gateway-4.0.spdx.json gateway-4.1.spdx.json\n  patchwright sbom diff old.cdx.json new.spdx.json --format json --exit-code\n\nFindings are compared by patchwright compare.\nExit codes: 0 compared · 1 they differ, with --exit-code · 2 wrong usage · 3 an input could not be read"
)]
pub struct Diff {
    /// The old SBOM, or a folder with the files of one release
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The new one
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Compare also what only takes part in builds
    #[arg(long)]
    all: bool,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// End with exit code 1 when they differ
    #[arg(long)]
    exit_code: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
}

impl Diff {
    /// Reads, compares and prints.
    pub fn run(self) -> Result<Exit, Failure> {
        let (old, new) = (read(&self.old)?, read(&self.new)?);
        let mut differences = service::sbom::contents::compare(&old, &new);
        differences.retain(|difference| self.all || !difference.build_only);
        let view = sbom::Compared {
            old: title(&old, &self.old),
            new: title(&new, &self.new),
            differences: &differences,
        };
        if self.json || self.format == Format::Json {
            scan::buffered(|out| view.write_json(out))?;
        } else {
            view.write_table(&mut anstream::stdout().lock(), scan::terminal_width())?;
        }
        Ok(if self.exit_code && !differences.is_empty() { Exit::Failed } else { Exit::Done })
    }
}

fn read(path: &Path) -> Result<Inventory, Failure> {
    scan::read(&scan::request(&input::expanded(&[path.to_owned()])?, &EvidenceOptions::default())?)
}

fn title(inventory: &Inventory, path: &Path) -> String {
    match (inventory.product.as_str(), inventory.release.as_str()) {
        ("", _) => path.display().to_string(),
        (product, release) => format!("{product} {release}").trim_end().to_owned(),
    }
}
