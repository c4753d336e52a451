//! `vex check|export|convert`: other people's statements held against a release, and our own published.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use model::note::Note;
use model::sbom::Inventory;
use model::vex::VexFormat;
use serde::Serialize;
use service::judge::Judged;
use service::scan::Options;
use service::statements::{Believed, Publication};

use super::grounds::{GroundOptions, no_vex};
use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::{json, profile as hints, statements, table::printable};

/// Statements (VEX): hold them against a release, publish our own, convert
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright vex check acme.openvex.json --sbom image.spdx.json\n  patchwright vex export image.spdx.json --kernel-config .config --author \"Example GmbH\" --format openvex --out image.openvex.json\n  patchwright vex convert acme.csaf.json --format cyclonedx\n\nManual: docs/manual/vex.md"
)]
pub struct Vex {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Check(Check),
    Export(Export),
    Convert(Convert),
}

/// Say for each statement whether it applies to a release, and why not
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright vex check acme.openvex.json --sbom image.spdx.json\n  patchwright vex check acme.csaf.json --sbom image.spdx.json --product pkg:generic/edge-gateway@4.1.0 --json\n\nExit codes: 0 every statement was held against the release · 2 wrong usage · 3 a file could not be read · 4 cannot judge"
)]
struct Check {
    /// VEX documents, of any form that is read
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// SBOMs and build evidence of the release; repeatable
    #[arg(long, value_name = "SBOM", required = true)]
    sbom: Vec<PathBuf>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    grounds: GroundOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Write what holds on a release as VEX: verdicts with build evidence, statements that were believed, decisions
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright vex export image.spdx.json --author \"Example GmbH\" --format openvex --out image.openvex.json\n  patchwright vex export image.spdx.json --kernel-config .config --decisions patchwright.decisions.toml --format cyclonedx --all\n\nWritten: findings that are open, and those that statements and decisions settled; with --all also what matching and\nbuild evidence exclude. Given back with --vex, the document applies to the same SBOM.\nExit codes: 0 done · 2 wrong usage · 3 a file could not be read, or there is nothing to state · 4 cannot judge"
)]
struct Export {
    /// SBOMs and build evidence of one release
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The form
    #[arg(long, value_enum, default_value_t = Form::Openvex)]
    format: Form,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// State findings that are not affected, too
    #[arg(long)]
    all: bool,
    /// Who says it: your organisation
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    grounds: GroundOptions,
}

/// Write a VEX document in another form
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright vex convert acme.csaf.json --format openvex --out acme.openvex.json\n\nWhat the other form cannot say is left out, and each statement that is left out is told.\nExit codes: 0 all was written · 1 something was left out · 2 wrong usage · 3 the file could not be read or written"
)]
struct Convert {
    /// The document
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The form
    #[arg(long, value_enum)]
    format: Form,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Forms that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// OpenVEX 0.2
    Openvex,
    /// CycloneDX 1.6
    Cyclonedx,
    /// SPDX 3.0.1, security profile
    #[value(name = "spdx-3")]
    Spdx3,
}

impl Form {
    fn word(self) -> VexFormat {
        match self {
            Form::Openvex => VexFormat::OpenVex,
            Form::Cyclonedx => VexFormat::CycloneDx,
            Form::Spdx3 => VexFormat::Spdx3,
        }
    }
}

impl Vex {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Check(check) => check.run(),
            Deed::Export(export) => export.run(global),
            Deed::Convert(convert) => convert.run(global),
        }
    }
}

/// Reads and judges a release with everything that people give.
pub fn judged(
    files: &[PathBuf],
    evidence: &EvidenceOptions,
    knowledge: &KnowledgeOptions,
    grounds: &GroundOptions,
    verdicts_only: bool,
) -> Result<(Inventory, Judged), Failure> {
    let request = scan::request(files, evidence)?;
    let index = knowledge.open()?;
    let inventory = scan::read_for(&request, &index)?;
    let grounds = grounds.read(&inventory)?;
    let options = Options {
        at: knowledge.time()?.to_string(),
        max_index_age_days: knowledge.max_age_days()?,
        with_not_affected: true,
        verdicts_only,
        ..Options::default()
    };
    let judged = service::judge::judge(&index, &inventory, &grounds, &options);
    Ok((inventory, judged))
}

#[derive(Serialize)]
struct Checked<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    applied: usize,
    not_applied: usize,
    statements: Vec<statements::StatementView<'a>>,
    notes: Vec<json::NoteView<'a>>,
}

impl Check {
    fn run(mut self) -> Result<Exit, Failure> {
        self.grounds.vex.splice(0..0, self.files.iter().cloned());
        let (inventory, judged) = judged(&self.sbom, &self.evidence, &self.knowledge, &self.grounds, true)?;
        if !self.json {
            statements::write_statements(&mut anstream::stdout().lock(), &judged, &inventory)?;
            return Ok(Exit::Done);
        }
        let summary = statements::Summary::of(&judged);
        let view = Checked {
            schema: "patchwright/vex-check/1",
            product: &inventory.product,
            release: &inventory.release,
            applied: summary.statements_applied,
            not_applied: summary.statements_not_applied,
            statements: statements::statements(&judged, &inventory),
            notes: judged.vex.iter().flat_map(|input| &input.notes).map(json::note).collect(),
        };
        scan::buffered(|out| json::pretty(out, &view))?;
        Ok(Exit::Done)
    }
}

impl Export {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let (inventory, judged) = judged(&self.files, &self.evidence, &self.knowledge, &self.grounds, false)?;
        let publication = Publication {
            author: self.author.unwrap_or_default(),
            time: self.knowledge.time()?.to_string(),
            product: self.grounds.product.clone().unwrap_or_default(),
            all: self.all,
        };
        let document = service::statements::publish(&inventory, &judged, &publication);
        let written = service::statements::write(&document, self.format.word()).map_err(|error| {
            Failure::new(Exit::Unreadable, error.to_string())
                .hint("without --all only open and settled findings are stated")
        })?;
        save(&written.value, self.out.as_ref())?;
        tell(&written.notes, global)?;
        if publication.author.is_empty() && !global.quiet {
            hints::hint("nobody is named as author: give your organisation with --author")?;
        }
        Ok(Exit::Done)
    }
}

impl Convert {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let document = input::document(&self.file)?;
        let read = service::statements::read(&document, Believed::Nothing.scope(&[])).map_err(no_vex)?;
        let written = service::statements::write(&read.document, self.format.word()).map_err(no_vex)?;
        save(&written.value, self.out.as_ref())?;
        tell(&read.notes, global)?;
        tell(&written.notes, global)?;
        Ok(if written.notes.is_empty() { Exit::Done } else { Exit::Failed })
    }
}

/// To the file, or to standard output.
fn save(text: &str, out: Option<&PathBuf>) -> Result<(), Failure> {
    match out {
        None => scan::buffered(|out| out.write_all(text.as_bytes())),
        Some(path) => std::fs::write(path, text).map_err(|error| {
            Failure::new(Exit::Unreadable, format!("cannot write {}: {error}", path.display()))
        }),
    }
}

/// Notes on standard error, one a line.
fn tell(notes: &[Note], global: &Global) -> Result<(), Failure> {
    if global.quiet {
        return Ok(());
    }
    for note in notes {
        hints::hint(&printable(&format!("{} {}: {}", note.code.code(), note.place, note.value)))?;
    }
    Ok(())
}
