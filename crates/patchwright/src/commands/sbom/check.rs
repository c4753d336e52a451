//! `sbom check FILE…`: what an SBOM lacks, and how to produce it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use service::sbom::quality::{self, Level, RuleSet};

use crate::commands::{input, scan};
use crate::exit::{Exit, Failure};
use crate::output::sbom::{self, Checked};

/// Check the quality of SBOMs: what is missing, where, and how Yocto and Buildroot produce it
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright sbom check image.spdx.json\n  patchwright sbom check image.cdx.json --rules cisa-2025 --rules bsi-tr-03183-2 --format json\n  patchwright sbom check image.cdx.json --rules ntia --fail-on recommended\n\nExit codes: 0 the gate passed · 1 the gate failed · 2 wrong usage · 3 a file is no SBOM, or damaged"
)]
pub struct Check {
    /// SBOMs, each checked by itself
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Whose rules; repeatable
    #[arg(long, value_enum, value_name = "SET", default_value = "ntia")]
    rules: Vec<Rules>,
    /// What fails the gate
    #[arg(long, value_enum, default_value_t = Gate::Required)]
    fail_on: Gate,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rules {
    /// NTIA minimum elements, July 2021
    Ntia,
    /// CISA minimum elements, draft of August 2025
    #[value(name = "cisa-2025")]
    Cisa2025,
    /// BSI TR-03183-2, versions 2.0 and 2.1
    #[value(name = "bsi-tr-03183-2", alias = "bsi")]
    Bsi,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Gate {
    /// A required rule that fails
    Required,
    /// A required rule that fails, or of which nobody can tell
    Unknown,
    /// Any rule that fails
    Recommended,
    /// Nothing
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
}

impl Check {
    /// Reads, checks, prints, and answers the gate.
    pub fn run(self) -> Result<Exit, Failure> {
        let mut checked = Vec::new();
        for path in &self.files {
            let document = input::document(path)?;
            let survey = service::sbom::survey(&document).map_err(|error| {
                Failure::new(Exit::Unreadable, error)
                    .hint("checked are CycloneDX and SPDX in JSON; see docs/manual/sbom.md")
            })?;
            for rules in &self.rules {
                let set = rules.set();
                let answers = quality::check(&survey, set);
                let passed = !self.fails(&answers);
                checked.push(Checked::new(&survey, set, answers, passed));
            }
        }
        if self.json || self.format == Format::Json {
            scan::buffered(|out| sbom::write_checks_json(out, &checked))?;
        } else {
            sbom::write_checks(&mut anstream::stdout().lock(), &checked)?;
        }
        Ok(if checked.iter().all(|one| one.passed) { Exit::Done } else { Exit::Failed })
    }

    fn fails(&self, answers: &[quality::Answer]) -> bool {
        match self.fail_on {
            Gate::Required => quality::fails(answers, Level::Required, false),
            Gate::Unknown => quality::fails(answers, Level::Required, true),
            Gate::Recommended => quality::fails(answers, Level::Recommended, false),
            Gate::Never => false,
        }
    }
}

impl Rules {
    fn set(self) -> RuleSet {
        match self {
            Rules::Ntia => RuleSet::Ntia,
            Rules::Cisa2025 => RuleSet::Cisa2025,
            Rules::Bsi => RuleSet::Bsi,
        }
    }
}
