//! What people give beside the release: the deployment, statements, decisions. Shared by every verb that judges.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use model::decision::Decision;
use model::sbom::Inventory;
use service::decisions::DecisionsError;
use service::judge::Grounds;
use service::scan::Document;
use service::statements::{Believed, VexInput};

use super::input;
use crate::exit::{Exit, Failure};

/// Faults of a file that are printed; the rest is counted.
const MOST_FAULTS: usize = 20;

/// The files that say how the product is meant to be used and what was decided about it.
#[derive(Args, Clone, Debug, Default)]
pub struct GroundOptions {
    /// The deployment profile (TOML or JSON); without it the deployment is inferred from the SBOM
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// The product: a name, package URL or CPE, against which statements and decisions are held; else what the profile
    /// and the SBOM call it
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    /// A VEX document (OpenVEX, CSAF, CycloneDX, SPDX 3, Yocto); repeatable
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<PathBuf>,
    /// How far the VEX documents are believed
    #[arg(long, value_enum, value_name = "WORD", default_value_t = VexTrust::Supplier)]
    pub vex_trust: VexTrust,
    /// Believe the VEX documents on these components only: name or TYPE/NAMESPACE/NAME, * for any text; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub vex_components: Vec<String>,
    /// Decisions of your own: patchwright.decisions.toml, JSON of the same, or a VEX document; repeatable
    #[arg(long, value_name = "FILE")]
    pub decisions: Vec<PathBuf>,
    /// Rules of your own (TOML): what follows from a finding without asking a person; repeatable
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
}

/// How far VEX documents are believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VexTrust {
    /// The own organisation's word: all five justifications, and texts without one
    Own,
    /// A supplier's word: every status; justifications 1 to 3 only, 4 and 5 depend on the deployment
    #[default]
    Supplier,
    /// Shown, nothing applied
    None,
}

impl VexTrust {
    fn believed(self) -> Believed {
        match self {
            VexTrust::Own => Believed::Own,
            VexTrust::Supplier => Believed::Supplier,
            VexTrust::None => Believed::Nothing,
        }
    }
}

impl GroundOptions {
    /// Reads the files.
    pub fn read(&self, inventory: &Inventory) -> Result<Grounds, Failure> {
        let profile = match &self.profile {
            Some(file) => super::profile::read(file)?,
            None => service::profile::infer(inventory),
        };
        let mut grounds = Grounds::new(profile);
        grounds.product = self.product.clone().unwrap_or_default();
        let trust = self.vex_trust.believed().scope(&self.vex_components);
        for path in &self.vex {
            let document = input::document(path).map_err(vex_hint)?;
            grounds.vex.push(service::statements::read(&document, trust.clone()).map_err(no_vex)?);
        }
        let (decisions, own) = read_decisions(&self.decisions)?;
        grounds.decisions = decisions;
        grounds.vex.extend(own);
        grounds.rules = super::policy::read(&self.rules)?.into();
        Ok(grounds)
    }
}

/// Reads files of decisions, and VEX documents that stand for them; all decisions are checked together.
pub fn read_decisions(paths: &[PathBuf]) -> Result<(Vec<Decision>, Vec<VexInput>), Failure> {
    let (mut decisions, mut own) = (Vec::new(), Vec::new());
    for path in paths {
        let document = input::document(path)
            .map_err(|failure| failure.hint("patchwright decisions add makes a file of decisions"))?;
        if service::decisions::is_ours(&document.bytes) {
            decisions.extend(service::decisions::read(&document).map_err(refused)?);
        } else {
            own.push(read_own(&document)?);
        }
    }
    service::decisions::check(&decisions).map_err(refused)?;
    Ok((decisions, own))
}

/// Reads a VEX document as the own organisation's word.
pub fn read_own(document: &Document) -> Result<VexInput, Failure> {
    service::statements::read_own(document).map_err(|error| {
        Failure::new(Exit::Unreadable, error.to_string()).hint(
            "decisions are read as patchwright.decisions.toml, as JSON with its schema, or as a VEX document",
        )
    })
}

fn vex_hint(failure: Failure) -> Failure {
    failure.hint("give the path of a VEX document; the forms are listed in docs/manual/vex.md")
}

/// A document that holds no statements.
pub fn no_vex(error: service::statements::FormatError) -> Failure {
    Failure::new(Exit::Unreadable, error.to_string())
        .hint("the forms that are read are listed in docs/manual/vex.md")
}

/// Every fault of a file of decisions, with its line.
pub fn refused(error: DecisionsError) -> Failure {
    let mut message = format!("cannot read {}", error.file);
    for fault in error.faults.iter().take(MOST_FAULTS) {
        message.push_str(&format!("\n  {}", crate::output::table::printable(&fault.to_string())));
    }
    if error.faults.len() > MOST_FAULTS {
        message.push_str(&format!("\n  {} more", error.faults.len() - MOST_FAULTS));
    }
    Failure::new(Exit::Unreadable, message).hint(
        "docs/manual/decisions.md lists keys and rules; on the command line --condition exploitation:level names a fact it rests on",
    )
}
