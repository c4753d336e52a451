//! Options of the verbs that write an SBOM, and the writing itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use model::sbom::Inventory;
use service::sbom::{self, Context, Heading, Target};

use crate::commands::knowledge::KnowledgeOptions;
use crate::commands::{Global, scan};
use crate::exit::{Exit, Failure};
use crate::output::profile::hint;
use crate::output::table::printable;

/// Options of `sbom convert` and `sbom merge`.
#[derive(Args, Clone, Debug)]
pub struct WriteOptions {
    /// The form; without it, the one that the name of --out stands for (.cdx.json, .spdx.json)
    #[arg(long, value_enum, value_name = "FORM")]
    to: Option<Form>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The version of the product
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
    /// Who supplies the product
    #[arg(long, value_name = "NAME")]
    supplier: Option<String>,
    /// Who makes the SBOM: your organisation
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// From what the data comes
    #[arg(long, value_enum)]
    context: Option<Phase>,
    /// The time of the SBOM (ISO 8601); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Forms that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// CycloneDX 1.6, JSON
    #[value(name = "cyclonedx-1.6", alias = "cyclonedx")]
    Cyclonedx,
    /// SPDX 3.0.1, JSON-LD
    #[value(name = "spdx-3.0.1", alias = "spdx-3")]
    Spdx,
}

/// From what an SBOM was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Phase {
    /// Sources, before the build
    Source,
    /// The build
    Build,
    /// Finished files, after the build
    Analyzed,
    /// What is installed on a device
    Deployed,
}

impl WriteOptions {
    /// The form, before anything is read.
    pub fn target(&self) -> Result<Target, Failure> {
        let by_name = || self.out.as_ref().and_then(|out| Target::of_name(&out.to_string_lossy()));
        match self.to {
            Some(Form::Cyclonedx) => Ok(Target::CycloneDx16),
            Some(Form::Spdx) => Ok(Target::Spdx301),
            None => by_name().ok_or_else(|| {
                Failure::new(Exit::Usage, "the form to write is not given")
                    .hint("give --to cyclonedx-1.6 or --to spdx-3.0.1, or a name with --out that ends in .cdx.json or .spdx.json")
            }),
        }
    }

    /// Writes, and tells what the form has no place for.
    pub fn write(&self, inventory: &Inventory, name: Option<&str>, global: &Global) -> Result<Exit, Failure> {
        let clock = KnowledgeOptions { at: self.at.clone(), ..KnowledgeOptions::default() };
        let text = |option: &Option<String>| option.clone().unwrap_or_default();
        let heading = Heading {
            created: clock.time()?.to_string(),
            author: text(&self.author),
            supplier: text(&self.supplier),
            product: name.unwrap_or_default().to_owned(),
            release: text(&self.release),
            context: self.context.map(context),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let written = sbom::write(inventory, &heading, self.target()?)
            .map_err(|error| Failure::new(Exit::Usage, error).hint("give another time with --at"))?;
        match &self.out {
            None => scan::buffered(|out| out.write_all(written.value.as_bytes()))?,
            Some(path) => std::fs::write(path, &written.value).map_err(|error| {
                Failure::new(Exit::Unreadable, format!("cannot write {}: {error}", path.display()))
            })?,
        }
        if !global.quiet {
            for note in &written.notes {
                hint(&printable(&format!("{} {}: {}", note.code.code(), note.place, note.value)))?;
            }
        }
        Ok(if written.notes.is_empty() { Exit::Done } else { Exit::Failed })
    }
}

fn context(phase: Phase) -> Context {
    match phase {
        Phase::Source => Context::Source,
        Phase::Build => Context::Build,
        Phase::Analyzed => Context::Analyzed,
        Phase::Deployed => Context::Deployed,
    }
}
