//! `explain CVE [COMPONENT] --sbom FILE`: why, who disagrees, and what would change the answer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use service::scan::Options;

use super::Global;
use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use crate::exit::{Exit, Failure};
use crate::output::explanation;

/// Say why: which record, entry, comparison and build fact, who disagrees, what would change the answer
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright explain CVE-2024-47611 --sbom image.spdx.json\n  patchwright explain CVE-2023-52810 linux-yocto --sbom image.spdx.json --kernel-config .config --format json"
)]
pub struct Explain {
    /// The vulnerability: CVE, GHSA or another id
    #[arg(value_name = "CVE")]
    vulnerability: String,
    /// Only this component: its name, CPE product or reference
    #[arg(value_name = "COMPONENT")]
    component: Option<String>,
    /// SBOMs and build evidence of the release; repeatable
    #[arg(long, value_name = "FILE", required = true)]
    sbom: Vec<PathBuf>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For machines
    Json,
}

impl Explain {
    /// Reads, explains, prints.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        let knowledge = self.knowledge.open()?;
        let inventory = scan::read_for(&scan::request(&self.sbom, &self.evidence)?, &knowledge)?;
        let options = Options {
            at: self.knowledge.time()?.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            with_not_affected: true,
            ..Options::default()
        };
        let component = self.component.as_deref();
        let explained =
            service::scan::explain(&knowledge, &inventory, &self.vulnerability, component, &options);
        if !explained.is_known {
            let hint = if knowledge.is_starter() {
                "this is the starter knowledge, which is small; build the full index and give it with --index"
            } else {
                "check the id, or build a newer index"
            };
            let message = format!("{} is not in {}", self.vulnerability, knowledge.name());
            return Err(Failure::new(Exit::Unreadable, message).hint(hint));
        }
        if let (Some(component), true) = (component, explained.components.is_empty()) {
            return Err(Failure::new(Exit::Unreadable, format!("no component is called {component}"))
                .hint("patchwright inventory FILE lists the components"));
        }
        if self.json || self.format == Format::Json {
            scan::buffered(|out| explanation::write_json(out, &explained, &inventory))?;
        } else {
            explanation::write(&mut anstream::stdout().lock(), &explained, &inventory)?;
        }
        Ok(Exit::Done)
    }
}
