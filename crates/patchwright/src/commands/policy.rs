//! `policy check|dry-run`: rules of the organisation, checked and tried before they are used.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use service::rules::{RuleSet, RulesFault};
use service::scan::{Document, Options};

use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::policy_verb as output;

/// Faults of a file that are printed; the rest is counted.
const MOST_FAULTS: usize = 20;

/// Check rules of your own, and see what they would change before they do
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright policy check rules.toml\n  patchwright policy dry-run rules.toml --sbom image.spdx.json --profile gateway.toml\n  patchwright scan image.spdx.json --profile gateway.toml --rules rules.toml\n\nManual: docs/manual/rules.md"
)]
pub struct Policy {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Check(Check),
    DryRun(Box<DryRun>),
}

/// Check files of rules: their form, every name and kind in their conditions, what a rule may say
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright policy check rules.toml\n  patchwright policy check rules.toml team-rules.toml --json\n\nExit codes: 0 no error · 1 an error (warnings alone do not fail) · 2 wrong usage · 3 a file could not be read"
)]
struct Check {
    /// Files of rules, TOML or JSON; several are checked together
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Show what rules would change on a release, as if all of them were active: the difference first
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright policy dry-run rules.toml --sbom image.spdx.json --profile gateway.toml\n  patchwright policy dry-run rules.toml --sbom image.spdx.json --index knowledge.pwx --as-written --json\n\nExit codes: 0 done · 1 a condition could not be evaluated on a finding · 2 wrong usage · 3 input unreadable · 4 cannot judge"
)]
struct DryRun {
    /// Files of rules, TOML or JSON
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// SBOMs and build evidence of one release; repeatable
    #[arg(long, value_name = "FILE", required = true)]
    sbom: Vec<PathBuf>,
    /// Leave rules in the modes log and propose as they are
    #[arg(long)]
    as_written: bool,
    #[command(flatten)]
    grounds: GroundOptions,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Policy {
    /// Runs the deed.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Check(check) => check.run(),
            Deed::DryRun(dry_run) => dry_run.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<Exit, Failure> {
        let documents = documents(&self.files)?;
        let checked = match service::rules::read(&documents) {
            Ok(set) => output::Checked { warnings: set.warnings(), set: Some(set), faults: Vec::new() },
            Err(RulesFault::Form(error)) => return Err(refused(RulesFault::Form(error))),
            Err(RulesFault::Content(faults)) => output::Checked { set: None, faults, warnings: Vec::new() },
        };
        if self.json {
            scan::buffered(|out| output::write_check_json(out, &checked))?;
        } else {
            output::write_check(&mut anstream::stdout().lock(), &checked)?;
        }
        Ok(if checked.faults.is_empty() { Exit::Done } else { Exit::Failed })
    }
}

impl DryRun {
    fn run(self) -> Result<Exit, Failure> {
        if !self.grounds.rules.is_empty() {
            let message = "a dry run tries the rules of its files, and none besides";
            return Err(Failure::new(Exit::Usage, message).hint("give all files of rules without --rules"));
        }
        let documents = documents(&self.files)?;
        let read = if self.as_written { service::rules::read } else { service::rules::read_as_active };
        let rules = read(&documents).map_err(refused)?;
        let knowledge = self.knowledge.open()?;
        let inventory = scan::read_for(&scan::request(&self.sbom, &self.evidence)?, &knowledge)?;
        let mut grounds = self.grounds.read(&inventory)?;
        grounds.rules = rules.into();
        let options = Options {
            at: self.knowledge.time()?.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            verdicts_only: true,
            ..Options::default()
        };
        let judged = service::judge::judge(&knowledge, &inventory, &grounds, &options);
        if self.json {
            scan::buffered(|out| output::write_dry_run_json(out, &judged, &inventory))?;
        } else {
            output::write_dry_run(&mut anstream::stdout().lock(), &judged, &inventory)?;
        }
        let failed = judged.policy.applied.reports.iter().any(|report| report.failed > 0);
        Ok(if failed { Exit::Failed } else { Exit::Done })
    }
}

fn documents(files: &[PathBuf]) -> Result<Vec<Document>, Failure> {
    let hint = "give the path of a file of rules; docs/manual/rules.md shows one";
    files.iter().map(|path| input::document(path).map_err(|failure| failure.hint(hint))).collect()
}

/// Reads files of rules; what is wrong with them is told line by line.
pub fn read(files: &[PathBuf]) -> Result<RuleSet, Failure> {
    if files.is_empty() {
        return Ok(RuleSet::default());
    }
    service::rules::read(&documents(files)?).map_err(refused)
}

fn refused(fault: RulesFault) -> Failure {
    let printable = crate::output::table::printable;
    let (mut message, lines): (String, Vec<String>) = match fault {
        RulesFault::Form(error) => {
            let lines = error.faults.iter().map(|fault| printable(&fault.to_string())).collect();
            (format!("cannot read {}", printable(&error.file)), lines)
        }
        RulesFault::Content(faults) => {
            ("these rules cannot be used".to_owned(), faults.iter().map(output::told).collect())
        }
    };
    for line in lines.iter().take(MOST_FAULTS) {
        message.push_str("\n  ");
        message.push_str(&line.replace('\n', "\n  "));
    }
    if lines.len() > MOST_FAULTS {
        message.push_str(&format!("\n  {} more", lines.len() - MOST_FAULTS));
    }
    Failure::new(Exit::Unreadable, message).hint("the keys and names are listed in docs/manual/rules.md")
}
