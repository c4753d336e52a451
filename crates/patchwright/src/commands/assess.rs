//! `assess FILE… --profile FILE`: is it an immediate threat in the standard deployment, and why?

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use model::assessment::ResponseClass;
use model::profile::Profile;
use service::assess::{Assessed, assess_scan, patched};
use service::scan::Options;

use super::Global;
use super::grounds::GroundOptions;
use super::knowledge::KnowledgeOptions;
use super::outputs::{Kind, OutputOptions};
use super::scan::{self, EvidenceOptions};
use crate::exit::{Exit, Failure};
use crate::output::answer::Answer;
use crate::output::assessment::{self, View};
use crate::output::assessment_json;

/// Judge every finding in the deployment: immediate, planned, routine or none, with reasons
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright assess image.spdx.json --profile gateway.toml\n  patchwright assess image.spdx.json --profile gateway.toml --explain CVE-2024-6387\n  patchwright assess image.spdx.json --profile gateway.toml --what-if service.ssh.zone=internet\n  patchwright assess image.spdx.json --profile gateway.toml --format html > report.html\n  patchwright assess image.spdx.json --fail-on immediate,ceiling=immediate,kev\n\nWithout --profile the deployment is inferred from the SBOM, and every answer says so.\nExit codes: 0 done, gate passed · 1 gate failed · 2 wrong usage · 3 input unreadable · 4 cannot judge · 5 fault"
)]
pub struct Assess {
    /// SBOMs and build evidence of one release
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    grounds: GroundOptions,
    /// One finding in full: every input, way in, and what would change the answer
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Change a fact of the profile and compare; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    what_if: Vec<String>,
    /// End with code 1 when a finding is of this kind: immediate, planned, routine, ceiling=immediate, kev, fixable, affected,
    /// needs_review; several with commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = gate)]
    fail_on: Vec<Gate>,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    outputs: OutputOptions,
}

/// What fails a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Class(ResponseClass),
    Ceiling(ResponseClass),
    Kev,
    Fixable,
    Affected,
    NeedsReview,
}

fn gate(word: &str) -> Result<Gate, String> {
    let class = |word: &str| ResponseClass::parse(word).filter(|class| *class > ResponseClass::None);
    match word {
        "kev" => Ok(Gate::Kev),
        "fixable" => Ok(Gate::Fixable),
        "affected" => Ok(Gate::Affected),
        "needs_review" => Ok(Gate::NeedsReview),
        word => match word.strip_prefix("ceiling=") {
            Some(rest) => class(rest).map(Gate::Ceiling),
            None => class(word).map(Gate::Class),
        }
        .ok_or_else(|| {
            "expected immediate, planned, routine, ceiling=<class>, kev, fixable, affected or needs_review"
                .to_owned()
        }),
    }
}

impl Assess {
    /// Reads, judges, prints, and answers the gate.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        self.check_outputs()?;
        let request = scan::request(&self.files, &self.evidence)?;
        let knowledge = self.knowledge.open()?;
        let mut inventory = scan::read(&request)?;
        if self.outputs.wants_fingerprints() {
            service::scan::add_fingerprints(&mut inventory, &request);
        }
        let grounds = self.grounds.read(&inventory)?;
        let at = self.knowledge.time()?;
        let mut options = Options {
            at: at.to_string(),
            max_index_age_days: self.knowledge.max_age_days()?,
            ..Options::default()
        };
        self.outputs.prepare(&mut options);
        let judged = service::judge::judge(&knowledge, &inventory, &grounds, &options);
        let changed = self.changed(&judged.profile)?;
        let instead =
            changed.as_ref().map(|profile| assess_scan(&knowledge, &inventory, &judged.scan, profile));
        let view = View {
            inventory: &inventory,
            judged: &judged,
            instead: instead.as_deref(),
            what_if: &self.what_if,
        };
        let answer = Answer { inventory: &inventory, judged: &judged, knowledge: &knowledge, at, all: false };
        self.print(&view, &answer)?;
        Ok(self.gate(&view))
    }

    /// One finding, and a changed fact, are answered by this verb's own forms only.
    fn check_outputs(&self) -> Result<(), Failure> {
        self.outputs.check()?;
        let is_question = self.explain.is_some() || !self.what_if.is_empty();
        if is_question && !matches!(self.outputs.format(), Kind::Table | Kind::Json) {
            let message = "--explain and --what-if are answered as table or json";
            return Err(Failure::new(Exit::Usage, message)
                .hint("--out KIND=FILE writes the release as it is beside the answer"));
        }
        Ok(())
    }

    fn print(&self, view: &View<'_>, answer: &Answer<'_>) -> Result<(), Failure> {
        if let Some(id) = &self.explain {
            let found = view.rows().filter(|row| row.is_called(id)).count();
            if found == 0 {
                let message = format!("{id} is no open finding of this release");
                return Err(Failure::new(Exit::Unreadable, message)
                    .hint("patchwright explain says why a vulnerability is not affected or not found"));
            }
        }
        match self.outputs.format() {
            Kind::Table => self.outputs.write_files(answer)?,
            Kind::Json => {
                self.outputs.write_files(answer)?;
                return scan::buffered(|out| assessment_json::write(out, view, self.explain.as_deref()));
            }
            _ => return self.outputs.write(answer),
        }
        let mut out = anstream::stdout().lock();
        match &self.explain {
            Some(id) => assessment::write_panel(&mut out, view, id)?,
            None => assessment::write(&mut out, view, scan::terminal_width())?,
        }
        Ok(())
    }

    /// The profile with the changed facts.
    fn changed(&self, profile: &Profile) -> Result<Option<Profile>, Failure> {
        let mut changed = None;
        for change in &self.what_if {
            let Some((key, value)) = change.split_once('=') else {
                let message = format!("{change} is no change: write key=value");
                return Err(Failure::new(Exit::Usage, message)
                    .hint("for example --what-if interface.lan0.zone=internet"));
            };
            let base = changed.as_ref().unwrap_or(profile);
            let next = patched(base, key.trim(), value.trim())
                .map_err(|error| Failure::new(Exit::Usage, error.to_string()).hint(keys_of(profile)))?;
            changed = Some(next);
        }
        Ok(changed)
    }

    fn gate(&self, view: &View<'_>) -> Exit {
        let assessed = view.instead.unwrap_or(&view.judged.assessed);
        let mut pairs = view.judged.scan.findings.iter().zip(assessed);
        let fails = pairs.any(|(finding, assessed)| {
            self.fail_on.iter().any(|gate| is_failing(*gate, finding, assessed.as_ref()))
        });
        if fails { Exit::Failed } else { Exit::Done }
    }
}

fn is_failing(gate: Gate, finding: &model::finding::Finding, assessed: Option<&Assessed>) -> bool {
    use model::finding::Verdict;
    let class = assessed.map(|assessed| assessed.assessment.class);
    let ceiling = assessed.map(|assessed| assessed.assessment.ceiling);
    match gate {
        Gate::Class(wanted) => class >= Some(wanted),
        Gate::Ceiling(wanted) => ceiling >= Some(wanted),
        Gate::Kev => finding.facts.kev.is_some() && finding.verdict == Verdict::Affected,
        Gate::Fixable => !finding.fixed.is_empty() && class >= Some(ResponseClass::Routine),
        Gate::Affected => finding.verdict == Verdict::Affected,
        Gate::NeedsReview => finding.verdict == Verdict::NeedsReview,
    }
}

/// The keys that can be asked about, for the hint.
fn keys_of(profile: &Profile) -> String {
    let mut keys: BTreeSet<String> =
        profile.interfaces.iter().map(|interface| format!("interface.{}.zone", interface.id)).collect();
    keys.extend(profile.services.iter().map(|service| format!("service.{}.zone", service.id)));
    keys.extend(profile.conditions.keys().map(|name| format!("condition.{name}.state")));
    keys.insert("access.local_code".to_owned());
    format!("keys of this profile: {}", keys.into_iter().collect::<Vec<_>>().join(", "))
}
