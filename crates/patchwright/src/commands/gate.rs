//! `--fail-on`: the gate of a pipeline, the same for every verb that judges.

use std::path::PathBuf;

use clap::Args;
use model::sbom::Inventory;
use service::gate::{Baseline, Gate, GateEnd, MOST_AGE_DAYS, MOST_UNEVALUATED};
use service::judge::Judged;
use service::knowledge::Knowledge;

use super::knowledge::KnowledgeOptions;
use super::{Global, input};
use crate::exit::{Exit, Failure};
use crate::output::policy;

/// What lets a build fail.
#[derive(Args, Clone, Debug, Default)]
pub struct GateOptions {
    /// End with code 1 when an open finding is of this kind: immediate, planned, routine, ceiling=immediate, affected,
    /// needs_review, kev, fixable, unreviewed, new (several with commas), or one expression such as
    /// 'priority == "immediate" && kev'; see docs/manual/gate.md
    #[arg(long, value_name = "EXPR")]
    pub fail_on: Vec<String>,
    /// The saved JSON of an earlier scan or assess: only what is new or worse since then fails
    #[arg(long, value_name = "FILE", requires = "fail_on")]
    pub baseline: Option<PathBuf>,
    /// End with code 4 when more components than this could not be evaluated, in percent [default: 2]
    #[arg(long, value_name = "PERCENT", requires = "fail_on", value_parser = percent)]
    pub max_unevaluated: Option<f64>,
}

fn percent(text: &str) -> Result<f64, String> {
    let number: f64 =
        text.trim_end_matches('%').trim().parse().map_err(|_| "write it as 2 or 2.5".to_owned())?;
    match (0.0..=100.0).contains(&number) {
        true => Ok(number),
        false => Err("between 0 and 100 percent".to_owned()),
    }
}

/// A gate that was read, before anything is judged.
pub struct ReadGate {
    gate: Gate,
    baseline: Option<Baseline>,
    most_unevaluated: f64,
    most_age_days: i64,
}

impl GateOptions {
    /// Reads condition and baseline: a mistake is told before the work is done.
    pub fn read(&self, knowledge: &KnowledgeOptions) -> Result<Option<ReadGate>, Failure> {
        let mut gate: Option<Gate> = None;
        for text in &self.fail_on {
            let read = Gate::read(text).map_err(|error| refused(&error))?;
            gate = Some(match gate {
                None => read,
                Some(earlier) => earlier.or(read),
            });
        }
        let Some(gate) = gate else { return Ok(None) };
        if self.baseline.is_none() && gate.uses("finding.new") {
            let message = "the gate asks what is new, and there is nothing to compare with";
            return Err(Failure::new(Exit::Usage, message)
                .hint("give the saved JSON of an earlier scan or assess with --baseline"));
        }
        let baseline = self.baseline.as_deref().map(|path| {
            let document = input::document(path).map_err(|failure| {
                failure.hint("save one with: patchwright scan … --json > baseline.json")
            })?;
            service::gate::read_baseline(&document).map_err(|error| {
                Failure::new(Exit::Unreadable, error.to_string())
                    .hint("save one with: patchwright scan … --json > baseline.json")
            })
        });
        Ok(Some(ReadGate {
            gate,
            baseline: baseline.transpose()?,
            most_unevaluated: self.max_unevaluated.unwrap_or(MOST_UNEVALUATED),
            most_age_days: knowledge.max_age_days()?.map_or(MOST_AGE_DAYS, i64::from),
        }))
    }
}

impl ReadGate {
    /// Whether a scan must keep its evidence for it.
    pub fn needs_evidence(&self) -> bool {
        self.gate.needs_evidence()
    }

    /// Asks the gate; the answer stays with what was judged, for the outputs.
    pub fn ask(
        &self,
        knowledge: &Knowledge,
        inventory: &Inventory,
        judged: &mut Judged,
        at: jiff::Timestamp,
    ) {
        let options = service::gate::GateOptions {
            gate: &self.gate,
            baseline: self.baseline.as_ref(),
            most_unevaluated: self.most_unevaluated,
            most_age_days: self.most_age_days,
            at,
        };
        judged.gate = Some(service::gate::ask(knowledge, inventory, judged, &options));
    }
}

/// Tells how the gate ended, and ends so. Without a gate all is well.
pub fn end(judged: &Judged, inventory: &Inventory, global: &Global) -> Result<Exit, Failure> {
    let Some(answer) = &judged.gate else { return Ok(Exit::Done) };
    policy::write_gate(&mut anstream::stderr().lock(), answer, judged, inventory, global.quiet)?;
    Ok(match answer.end() {
        GateEnd::Passed => Exit::Done,
        GateEnd::Failed => Exit::Failed,
        GateEnd::CannotJudge => Exit::CannotJudge,
    })
}

fn refused(error: &service::gate::GateError) -> Failure {
    let (line, column) = error.fault.place(&error.text);
    let mut message = format!("--fail-on:{line}:{column}: {}", error.fault.message);
    for line in error.fault.shown(&error.text).lines() {
        message.push_str(&format!("\n  | {}", crate::output::table::printable(line)));
    }
    let hint = match error.fault.hint.as_str() {
        "" => "the words and names are listed in docs/manual/gate.md",
        hint => hint,
    };
    Failure::new(Exit::Usage, message).hint(hint)
}
