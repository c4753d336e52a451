//! May this decision be made, and by these people? The rules of assessment.md 4.3 and 4.6, as far as a file can show
//! them: a broken one refuses the file, because a decision that is passed over in silence hides that it was made.

use model::assessment::ResponseClass;
use model::decision::{Atom, AtomKind, Attacks, Decision, DecisionState, EvidenceKind, FACTS};
use model::identity::Purl;
use model::vex::{Instant, Justification, VexStatus};
use versions::vers::Vers;

/// A rule that a decision breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Place of the decision.
    pub decision: usize,
    /// The key that is wrong, below the decision (`condition[0].value`); empty = the decision as a whole.
    pub key: String,
    /// The rule: `D01` to `D15` of docs/manual/decisions.md.
    pub rule: &'static str,
    /// What is wrong and what is needed.
    pub text: String,
}

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Days for which a risk may be accepted; an immediate one.
const RISK_DAYS: [i64; 2] = [180, 14];

/// Checks all decisions that are given together, in their order.
pub fn check(decisions: &[Decision]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (at, decision) in decisions.iter().enumerate() {
        let mut one = One { at, decision, broken: &mut broken };
        one.identity(decisions);
        one.says();
        one.time();
        one.status();
        one.class();
        one.risk();
        one.conditions();
        one.attacks();
        one.supersedes(decisions);
    }
    broken
}

struct One<'d> {
    at: usize,
    decision: &'d Decision,
    broken: &'d mut Vec<Broken>,
}

impl One<'_> {
    fn tell(&mut self, rule: &'static str, key: &str, text: impl Into<String>) {
        let (decision, key, text) = (self.at, key.to_owned(), text.into());
        self.broken.push(Broken { decision, key, rule, text });
    }

    fn identity(&mut self, all: &[Decision]) {
        let decision = self.decision;
        if let Some(earlier) = all.iter().take(self.at).find(|earlier| earlier.id == decision.id) {
            let (file, line) = (&earlier.place.file, earlier.place.line(""));
            self.tell(
                "D01",
                "id",
                format!("{:?} is the id of another decision ({file} line {line})", decision.id),
            );
        }
        match Vers::read(&decision.versions) {
            Err(error) => self.tell("D02", "versions", error.to_string()),
            Ok(range) if range.name == "none" => {
                self.tell("D02", "versions", "it holds no version at all");
            }
            Ok(_) => {}
        }
        if !decision.component.purl.is_empty() {
            match Purl::parse(&decision.component.purl) {
                Err(error) => self.tell("D03", "component.purl", error.to_string()),
                Ok(purl) if !purl.version.is_empty() || !purl.qualifiers.is_empty() => {
                    let text = "it must have no version and no qualifiers: the range stands in `versions`";
                    self.tell("D03", "component.purl", text);
                }
                Ok(_) => {}
            }
        }
    }

    fn says(&mut self) {
        let decision = self.decision;
        if !decision.decides() && decision.attacks.is_none() {
            self.tell("D04", "", "it decides nothing: give status, class, accept_risk or exploitation");
        }
        if decision.attacks == Some(Attacks::InProduct) && self.closes() {
            self.tell("D04", "exploitation", "what is exploited in the product is not closed");
        }
        if decision.accepts_risk && decision.class.is_some() {
            self.tell("D04", "class", "an accepted risk has no class of its own: leave one of the two out");
        }
        if decision.accepts_risk && decision.status.is_some_and(|status| status != VexStatus::Affected) {
            self.tell("D04", "accept_risk", "only the risk of what is affected can be accepted");
        }
        if decision.class.is_some() && self.closes() {
            self.tell("D04", "class", "what is not affected has no class");
        }
        let takes_reason = matches!(decision.status, Some(VexStatus::NotAffected | VexStatus::FalsePositive));
        if decision.justification.is_some() && !takes_reason {
            self.tell("D05", "justification", "only not_affected and false_positive have one");
        }
        if decision.status == Some(VexStatus::NotAffected) && decision.justification.is_none() {
            self.tell("D05", "status", "not_affected needs a justification");
        }
        if decision.status == Some(VexStatus::Affected)
            && decision.action.is_empty()
            && !decision.accepts_risk
        {
            self.tell("D06", "status", "affected needs an action: what is to be done");
        }
    }

    /// Only reliable evidence makes a level of exploitation (assessment.md 2.5): it is named, not asserted.
    fn attacks(&mut self) {
        use EvidenceKind::{ExploitSeen, IncidentReport};
        let Some(attacks) = self.decision.attacks else { return };
        let has = |kinds: &[EvidenceKind]| self.decision.evidence.iter().any(|one| kinds.contains(&one.kind));
        let text = match attacks {
            Attacks::InProduct if !has(&[IncidentReport]) => "needs evidence of kind incident_report",
            Attacks::Active | Attacks::PublicPoc if !has(&[IncidentReport, ExploitSeen]) => {
                "needs evidence of kind incident_report or exploit_seen"
            }
            _ => return,
        };
        self.tell("D15", "exploitation", format!("{} {text}: where it is known from", attacks.word()));
    }

    fn time(&mut self) {
        let decision = self.decision;
        if decision.expires.is_empty() {
            return;
        }
        if self.days().is_some_and(|days| days <= 0) {
            self.tell("D07", "expires", "it ends before it begins");
        }
    }

    /// Days from creation to the end, rounded up.
    fn days(&self) -> Option<i64> {
        let decision = self.decision;
        let (from, to) = (Instant::parse(&decision.created)?, Instant::parse(&decision.expires)?);
        let seconds = to.seconds - from.seconds;
        Some(seconds.div_euclid(DAY) + i64::from(seconds.rem_euclid(DAY) > 0))
    }

    fn closes(&self) -> bool {
        self.decision.status.is_some_and(|status| status.verdict() == model::finding::Verdict::NotAffected)
    }

    fn status(&mut self) {
        let decision = self.decision;
        if decision.status == Some(VexStatus::NotAffected)
            && let Some(justification) = decision.justification
        {
            self.evidence(justification);
            self.review(justification);
        }
        let is_proven = self.has(&[EvidenceKind::Identity, EvidenceKind::PlatformMismatch]);
        if decision.status == Some(VexStatus::FalsePositive) && !is_proven {
            self.second_person("D10", "false_positive without evidence of kind identity");
        }
        if matches!(decision.status, Some(VexStatus::Fixed | VexStatus::FixedBackport)) {
            let of = [EvidenceKind::PatchApplied, EvidenceKind::FixedVersion, EvidenceKind::BinaryCheck];
            if !of.iter().any(|kind| self.has(&[*kind])) {
                let text = "fixed needs evidence: patch_applied, fixed_version or binary_check";
                self.tell("D08", "evidence", text);
            }
        }
    }

    fn has(&self, any: &[EvidenceKind]) -> bool {
        self.decision.evidence.iter().any(|item| any.contains(&item.kind))
    }

    /// Each line is enough; all kinds of a line are needed (4.3).
    fn evidence(&mut self, justification: Justification) {
        use EvidenceKind::{
            BinaryCheck, BuildConfig, CallPathAnalysis, CompiledFileList, HardeningBinary, HardeningRuntime,
            InputControlAnalysis, KernelConfig, ModuleList, PackageListAbsence, PatchApplied,
            PlatformMismatch, ProfileFact, SbomAbsence, ServiceNotStarted, TestResult,
        };
        let lines: &[&[EvidenceKind]] = match justification {
            Justification::ComponentNotPresent => &[&[SbomAbsence, PackageListAbsence], &[PlatformMismatch]],
            Justification::VulnerableCodeNotPresent => &[
                &[CompiledFileList],
                &[KernelConfig],
                &[BuildConfig],
                &[PatchApplied],
                &[BinaryCheck],
                &[PlatformMismatch],
            ],
            Justification::VulnerableCodeNotInExecutePath => {
                &[&[ServiceNotStarted, ProfileFact], &[ModuleList, ProfileFact], &[CallPathAnalysis]]
            }
            Justification::VulnerableCodeCannotBeControlledByAdversary => {
                &[&[InputControlAnalysis, ProfileFact]]
            }
            Justification::InlineMitigationsAlreadyExist => {
                &[&[HardeningBinary, TestResult], &[HardeningRuntime, TestResult]]
            }
        };
        if lines.iter().any(|line| line.iter().all(|kind| self.has(&[*kind]))) {
            return;
        }
        let told: Vec<String> = (lines.iter())
            .map(|line| line.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" and "))
            .collect();
        let word = justification.word();
        self.tell("D08", "evidence", format!("{word} needs evidence: {}", told.join("; or ")));
    }

    /// Justifications 3 to 5 rest on the deployment: a second person, a fact that can be watched, and an end.
    fn review(&mut self, justification: Justification) {
        let most = match justification.number() {
            0..=2 => return,
            3 => 365,
            _ => 180,
        };
        let word = justification.word();
        self.second_person("D09", word);
        if self.days().is_none_or(|days| days > most) {
            self.tell("D09", "expires", format!("{word} is looked at again: it must end within {most} days"));
        }
        let of_profile = |atom: &Atom| matches!(atom.kind, AtomKind::Profile | AtomKind::ServiceStart);
        let by_paths = justification.number() == 3 && self.has(&[EvidenceKind::CallPathAnalysis]);
        let is_manual = |atom: &Atom| by_paths && atom.kind == AtomKind::Manual;
        if !self.decision.conditions.iter().any(|atom| of_profile(atom) || is_manual(atom)) {
            let text = format!(
                "{word} rests on the deployment: name the fact as a condition (profile or service_start)"
            );
            self.tell("D09", "condition", text);
        }
    }

    fn second_person(&mut self, rule: &'static str, what: &str) {
        let decision = self.decision;
        if decision.state == DecisionState::Proposed {
            // The second person is the one who makes it active.
            return;
        }
        let same = |one: &str, other: &str| one.trim().eq_ignore_ascii_case(other.trim());
        if decision.reviewer.is_empty() {
            self.tell(rule, "reviewer", format!("{what} needs a second person: name the reviewer"));
        } else if same(&decision.reviewer, &decision.author) {
            let text = format!("{what} needs a second person, and {} is the author", decision.reviewer);
            self.tell(rule, "reviewer", text);
        }
    }

    fn class(&mut self) {
        let Some(class) = self.decision.class else { return };
        let Some(seen) = self.decision.seen.class else {
            let text = "a decision on the class says which class was computed: seen = { class = \"…\" }";
            return self.tell("D11", "class", text);
        };
        let steps = (seen as u8).saturating_sub(class as u8);
        if seen == ResponseClass::Immediate && steps > 0 {
            self.second_person("D11", "to lower the class from immediate");
        } else if steps >= 2 {
            self.second_person("D11", &format!("to lower the class by {steps} steps"));
        }
    }

    fn risk(&mut self) {
        if !self.decision.accepts_risk {
            return;
        }
        let Some(seen) = self.decision.seen.class else {
            let text = "an accepted risk says which class was computed: seen = { class = \"…\" }";
            return self.tell("D12", "accept_risk", text);
        };
        let is_immediate = seen == ResponseClass::Immediate;
        let [usual, immediate] = RISK_DAYS;
        let most = if is_immediate { immediate } else { usual };
        if self.days().is_none_or(|days| days > most) {
            let text =
                format!("a risk of class {} is accepted for {most} days at most: it must end", seen.word());
            self.tell("D12", "expires", text);
        }
        if is_immediate {
            self.second_person("D12", "to accept a risk of class immediate");
        }
    }

    fn conditions(&mut self) {
        let decision = self.decision;
        let lowers = decision.class.zip(decision.seen.class).is_some_and(|(class, seen)| class < seen);
        if decision.conditions.is_empty() && (self.closes() || lowers) {
            let text = "what it rests on is needed: at least one condition, or it would hold for every build to come";
            self.tell("D13", "condition", text);
        }
        for (number, atom) in decision.conditions.iter().enumerate() {
            if let Some((key, text)) = wrong(atom) {
                self.tell("D13", &format!("condition[{number}].{key}"), text);
            }
        }
    }

    fn supersedes(&mut self, all: &[Decision]) {
        for (number, id) in self.decision.supersedes.iter().enumerate() {
            let key = format!("supersedes[{number}]");
            if !all.iter().any(|other| other.id == *id) {
                self.tell("D14", &key, format!("there is no decision {id:?}"));
            } else if reaches(all, id, &self.decision.id) {
                self.tell(
                    "D14",
                    &key,
                    format!("{id:?} supersedes this decision: they would replace each other"),
                );
            }
        }
    }
}

/// What is wrong with a condition: key and text.
fn wrong(atom: &Atom) -> Option<(&'static str, String)> {
    let fixed = |word: &str| {
        (atom.expected != word).then(|| ("value", format!("the value of {} is {word:?}", atom.kind.word())))
    };
    match atom.kind {
        AtomKind::Config if super::atoms::symbol(&atom.subject).is_none() => {
            let text = "name file kind and symbol: linux:CONFIG_X, uboot:CONFIG_X or busybox:CONFIG_X";
            Some(("subject", text.to_owned()))
        }
        AtomKind::FileAbsent | AtomKind::PackageAbsent => fixed("absent"),
        AtomKind::Patch => fixed("applied"),
        AtomKind::ServiceStart => fixed("not_enabled"),
        AtomKind::Fact if !FACTS.contains(&atom.subject.as_str()) => {
            Some(("subject", format!("unknown fact {:?}; one of {}", atom.subject, FACTS.join(", "))))
        }
        AtomKind::Exploitation => {
            let known = model::assessment::Exploitation::parse(&atom.expected).is_some();
            (!known).then(|| ("value", "one of none, public_poc, active".to_owned()))
        }
        AtomKind::Manual if atom.hash.is_empty() => {
            Some(("hash", "the analysis is named by its hash: sha256:…".to_owned()))
        }
        _ => None,
    }
}

/// Tells whether following `supersedes` from one decision leads to another.
fn reaches(all: &[Decision], from: &str, to: &str) -> bool {
    let mut open = vec![from];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let next = all.iter().filter(|decision| decision.id == id).flat_map(|decision| &decision.supersedes);
        open.extend(next.map(String::as_str));
    }
    false
}
