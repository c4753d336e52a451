//! The gate of a pipeline: what fails, what cannot be told, and what is new (assessment.md 5.6).

use std::collections::HashMap;

use analysis::policy::facts::{Scene, Subject};
use analysis::policy::gate::Answer;
use analysis::policy::paths::Paths;
use model::assessment::ResponseClass;
use model::component::Coverage;
use model::finding::{Finding, Verdict};
use model::sbom::Inventory;
use model::vex::VexStatus;

pub use analysis::policy::expression::Fault;
pub use analysis::policy::gate::{Gate, GateError};
pub use formats::saved::{Saved, SavedError};

use crate::judge::Judged;
use crate::knowledge::Knowledge;
use crate::scan::Document;
use crate::sentence::sentence;

/// The age that an index may have when a gate asks it, in days.
pub const MOST_AGE_DAYS: i64 = 7;
/// The share of components that may be not evaluable, in percent.
pub const MOST_UNEVALUATED: f64 = 2.0;

/// Reads an earlier answer as a baseline.
///
/// # Errors
/// When it is no JSON of `scan` or `assess`.
pub fn read_baseline(document: &Document) -> Result<Baseline, SavedError> {
    formats::saved::read(&document.bytes, &document.name).map(|saved| Baseline::new(&saved))
}

/// What was known before: the worst that held on each pair of component and vulnerability.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    known: HashMap<(String, String), Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    verdict: Verdict,
    class: Option<ResponseClass>,
}

impl Baseline {
    fn new(saved: &Saved) -> Baseline {
        let mut known: HashMap<(String, String), Known> = HashMap::new();
        for finding in &saved.findings {
            let new = Known { verdict: finding.verdict, class: finding.class };
            for id in &finding.ids {
                let key = (finding.component.to_lowercase(), id.to_uppercase());
                let held = known.entry(key).or_insert(new);
                // `Verdict` is ordered from affected to not affected.
                held.verdict = held.verdict.min(new.verdict);
                held.class = held.class.max(new.class);
            }
        }
        Baseline { known }
    }

    /// Not there, closed there, or of a milder class there. A baseline that does not tell classes compares none.
    fn is_new(&self, finding: &Finding, component: &str, class: Option<ResponseClass>) -> bool {
        let ids = std::iter::once(&finding.vulnerability).chain(&finding.aliases);
        let component = component.to_lowercase();
        let mut known = ids.filter_map(|id| self.known.get(&(component.clone(), id.to_uppercase())));
        !known.any(|known| {
            let is_as_bad = known.class.is_none_or(|held| class.is_none_or(|class| class <= held));
            known.verdict != Verdict::NotAffected && is_as_bad
        })
    }
}

/// What a gate is told.
#[derive(Debug)]
pub struct GateOptions<'o> {
    /// The condition.
    pub gate: &'o Gate,
    /// Only what is new fails.
    pub baseline: Option<&'o Baseline>,
    /// The share of not evaluable components that is taken, in percent.
    pub most_unevaluated: f64,
    /// The age of the index that is taken, in days.
    pub most_age_days: i64,
    /// The given time.
    pub at: jiff::Timestamp,
}

/// How a gate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateEnd {
    /// Nothing fails, and it could see.
    Passed,
    /// Something fails.
    Failed,
    /// Nothing fails that it could see, and it could not see enough.
    CannotJudge,
}

impl GateEnd {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            GateEnd::Passed => "passed",
            GateEnd::Failed => "failed",
            GateEnd::CannotJudge => "cannot_judge",
        }
    }
}

/// A finding that fails the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Its place in the scan.
    pub finding: usize,
    /// The parts of the gate that it fails.
    pub by: Vec<String>,
    /// Its status in effect.
    pub status: VexStatus,
    /// Its class in effect.
    pub class: Option<ResponseClass>,
    /// The answer on it in one sentence.
    pub says: String,
}

/// The answer of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct GateAnswer {
    /// The condition as given.
    pub condition: String,
    /// What fails, the worst class first.
    pub failing: Vec<Failing>,
    /// How many would fail and stood in the baseline already.
    pub known: usize,
    /// Why it cannot see enough; empty where it can.
    pub blind: Vec<String>,
    /// The first fault of evaluation, in the condition: (place of the finding, fault).
    pub fault: Option<(usize, Fault)>,
}

impl GateAnswer {
    /// How it ended: what is seen to fail, fails; blindness stands where it would otherwise be green.
    pub fn end(&self) -> GateEnd {
        match (self.failing.is_empty(), self.blind.is_empty()) {
            (false, _) => GateEnd::Failed,
            (true, false) => GateEnd::CannotJudge,
            (true, true) => GateEnd::Passed,
        }
    }
}

/// Asks a gate about a release.
pub fn ask(
    knowledge: &Knowledge,
    inventory: &Inventory,
    judged: &Judged,
    options: &GateOptions<'_>,
) -> GateAnswer {
    let mut answer = GateAnswer {
        condition: options.gate.text().to_owned(),
        failing: Vec::new(),
        known: 0,
        blind: Vec::new(),
        fault: None,
    };
    let paths = Paths::of(inventory);
    let scene = Scene { inventory, profile: &judged.profile, now: options.at.as_second(), paths: &paths };
    let mut unknown = 0;
    for (at, (finding, assessed, effect)) in judged.rows().enumerate() {
        let Some(component) = inventory.components.get(finding.component) else { continue };
        let is_new =
            options.baseline.is_none_or(|known| known.is_new(finding, &component.name, effect.class));
        let assessment = assessed.map(|one| &one.assessment);
        let subject = Subject { scene, finding, component, assessment, effect, is_new };
        match options.gate.ask(&subject) {
            Answer::Passes => {}
            Answer::Fails(_) if !is_new => answer.known += 1,
            Answer::Fails(by) => answer.failing.push(Failing {
                finding: at,
                by,
                status: effect.status,
                class: effect.class,
                says: sentence(finding, assessed, effect),
            }),
            // What stood in the baseline fails nothing, so that nobody needs to tell.
            Answer::Unknown(_) if !is_new => {}
            Answer::Unknown(fault) => {
                unknown += 1;
                answer.fault = answer.fault.or(Some((at, fault)));
            }
        }
    }
    answer.failing.sort_by_key(|one| std::cmp::Reverse(one.class));
    answer.blind = blind(knowledge, judged, options);
    if unknown > 0 {
        let findings = if unknown == 1 { "finding".to_owned() } else { format!("{unknown} findings") };
        answer.blind.push(format!("the condition cannot be answered for {findings}"));
    }
    answer
}

/// Why nothing failing means nothing.
fn blind(knowledge: &Knowledge, judged: &Judged, options: &GateOptions<'_>) -> Vec<String> {
    let mut blind = Vec::new();
    if knowledge.is_starter() {
        blind.push(
            "the starter knowledge knows a few vulnerabilities only; give an index with --index".to_owned(),
        );
    }
    match knowledge.age_days(options.at) {
        None => blind.push("the index does not tell its age".to_owned()),
        Some(days) if days > options.most_age_days => blind.push(format!(
            "the index is {days} days old, more than the {} that a gate takes; build a newer one or raise \
             --max-index-age",
            options.most_age_days
        )),
        Some(_) => {}
    }
    for (feed, names) in [("epss", ["epss", "vuln.epss"]), ("kev", ["kev", "vuln.kev"])] {
        let is_asked = names.iter().any(|name| options.gate.uses(name));
        if is_asked && !knowledge.feeds().iter().any(|known| known.id == feed) {
            blind.push(format!("the condition asks for {feed}, and the index holds no feed {feed}"));
        }
    }
    blind.extend(unevaluated(judged, options.most_unevaluated));
    blind
}

/// The components that nobody could say anything about, where they are too many.
fn unevaluated(judged: &Judged, most: f64) -> Option<String> {
    let is_counted = |state: &Coverage| !matches!(state, Coverage::BuildOnly | Coverage::ByUser);
    let is_evaluated = |state: &Coverage| matches!(state, Coverage::Matched | Coverage::Clean);
    let states = || judged.scan.coverage.iter().map(|(state, _)| state).filter(|state| is_counted(state));
    let all = states().count().max(1);
    let open = states().filter(|state| !is_evaluated(state)).count();
    let share = open as f64 * 100.0 / all as f64;
    (share > most).then(|| {
        let mut states: Vec<(usize, &str)> = Vec::new();
        for state in Coverage::ALL.iter().filter(|state| is_counted(state) && !is_evaluated(state)) {
            let number = judged.scan.coverage.iter().filter(|(of, _)| of == state).count();
            if number > 0 {
                states.push((number, state.word()));
            }
        }
        states.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        let states: Vec<String> =
            states.into_iter().map(|(number, word)| format!("{number} {word}")).collect();
        format!(
            "{open} of {all} components ({share:.1} %) could not be evaluated, more than {most} % ({}); see \
             --max-unevaluated",
            states.join(", ")
        )
    })
}
