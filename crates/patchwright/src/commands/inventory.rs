//! `inventory FILE…|DIR`: what was read, without matching.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use model::sbom::Inventory as Read;

use super::scan::{self, EvidenceOptions};
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::json;
use crate::output::table::printable;
use crate::output::words::{self, colour};

/// Show what was read of a release: components, identities, coverage, notes
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright inventory image.spdx.json\n  patchwright inventory tmp/deploy/spdx/ --format json | jq '.components[].name'\n  patchwright inventory rootfs.squashfs\n  patchwright inventory /srv/rootfs"
)]
pub struct Inventory {
    /// Files of one release, or a folder of them; a root file system as directory or image
    #[arg(value_name = "FILE|DIR", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
}

impl Inventory {
    /// Reads and prints.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        let files = input::expanded(&self.files)?;
        let request = scan::request(&files, &self.evidence)?;
        let mut inventory = scan::read(&request)?;
        if self.json || self.format == Format::Json {
            service::scan::add_fingerprints(&mut inventory, &request);
            scan::buffered(|out| json::write_inventory(out, &inventory))?;
        } else {
            write_table(&mut anstream::stdout().lock(), &inventory)?;
        }
        Ok(Exit::Done)
    }
}

fn write_table(out: &mut dyn Write, inventory: &Read) -> std::io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(scan::terminal_width().unwrap_or(120));
    table.set_header(["component", "version", "scope", "role", "identity", "coverage"]);
    for component in &inventory.components {
        let identity = component
            .purls
            .first()
            .map(ToString::to_string)
            .or_else(|| component.cpes.first().map(|cpe| cpe.cpe.to_23()))
            .unwrap_or_else(|| "none".to_owned());
        table.add_row([
            printable(&component.name),
            printable(&component.version),
            component.scope.word().to_owned(),
            component.role.word().to_owned(),
            printable(&identity),
            component.coverage.word().to_owned(),
        ]);
    }
    writeln!(out, "{table}")?;
    let notes: Vec<_> = inventory
        .components
        .iter()
        .flat_map(|component| component.notes.iter())
        .chain(&inventory.notes)
        .collect();
    writeln!(
        out,
        "\n{}{}, {}, {}, {}{}",
        colour::BOLD,
        words::counted(inventory.components.len(), "component", "components"),
        dependencies(inventory),
        words::counted(inventory.statements.len(), "statement", "statements"),
        words::counted(notes.len(), "note", "notes"),
        colour::END
    )?;
    for note in notes.iter().take(20) {
        writeln!(out, "  {} {} {}: {}", note.code, note.file, note.place, printable(&note.value))?;
    }
    if notes.len() > 20 {
        writeln!(out, "  {} more: see --format json", notes.len() - 20)?;
    }
    Ok(())
}

/// How many edges the graph has.
fn dependencies(inventory: &Read) -> String {
    let edges = inventory.components.iter().flat_map(|component| component.needs.iter().flatten()).count();
    words::counted(edges, "dependency", "dependencies")
}
