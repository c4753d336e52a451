//! `plan FILE…`: which upgrades cure most, and what each of them brings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use service::plan::{Aim, Goal, Reach};
use service::scan::Options;

use super::Global;
use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::scan::{self, EvidenceOptions};
use crate::exit::{Exit, Failure};
use crate::output::plan::{self, View};
use crate::output::{plan_html, plan_json};

/// Say which upgrades cure most: each target version is matched as if it were installed
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright plan image.spdx.json\n  patchwright plan image.spdx.json --profile gateway.toml --goal immediate\n  patchwright plan image.spdx.json --kernel-config .config --branch-changes free --format html > plan.html\n\nA component is upgraded on its own line of releases; another line is a branch change and is named so. What a step cures and\nadds is what a scan says of the release with that version installed. Components that only took part in the build are left out.\n\nExit codes: 0 done, also when nothing is to be upgraded · 2 wrong usage · 3 input unreadable · 4 cannot judge · 5 fault"
)]
pub struct Plan {
    /// SBOMs and build evidence of one release
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// What the plan is to cure
    #[arg(long, value_enum, default_value_t = GoalWord::All)]
    goal: GoalWord,
    /// Whether a component may leave its line of releases
    #[arg(long, value_enum, default_value_t = ReachWord::IfNeeded)]
    branch_changes: ReachWord,
    #[command(flatten)]
    grounds: GroundOptions,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum GoalWord {
    /// Immediate findings
    Immediate,
    /// Immediate and planned findings
    Planned,
    /// Everything that is open
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReachWord {
    /// Never
    Never,
    /// Only where its own line has no fix that helps
    IfNeeded,
    /// Wherever it cures more
    Free,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with a chart
    Table,
    /// For machines
    Json,
    /// One page with charts; needs no network
    Html,
}

impl Plan {
    /// Reads, plans, prints.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        let request = scan::request(&self.files, &self.evidence)?;
        let knowledge = self.knowledge.open()?;
        let inventory = scan::read_for(&request, &knowledge)?;
        let grounds = self.grounds.read(&inventory)?;
        let at = self.knowledge.time()?;
        let options = Options {
            at: at.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            verdicts_only: true,
            ..Options::default()
        };
        let plan = service::plan::plan(&knowledge, &inventory, &grounds, &options, self.aim());
        let view =
            View { inventory: &inventory, knowledge: &knowledge, profile: &grounds.profile, plan: &plan, at };
        match self.format {
            _ if self.json => scan::buffered(|out| plan_json::write(out, &view))?,
            Format::Json => scan::buffered(|out| plan_json::write(out, &view))?,
            Format::Html => scan::buffered(|out| plan_html::write(out, &view))?,
            Format::Table => plan::write(&mut anstream::stdout().lock(), &view, scan::terminal_width())?,
        }
        Ok(Exit::Done)
    }

    fn aim(&self) -> Aim {
        Aim {
            goal: match self.goal {
                GoalWord::Immediate => Goal::Immediate,
                GoalWord::Planned => Goal::Planned,
                GoalWord::All => Goal::All,
            },
            reach: match self.branch_changes {
                ReachWord::Never => Reach::OnLine,
                ReachWord::IfNeeded => Reach::IfNeeded,
                ReachWord::Free => Reach::Free,
            },
        }
    }
}
