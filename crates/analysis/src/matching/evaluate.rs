//! One vulnerability, one component: sources, rules, statements and build evidence become one answer.
//!
//! The order is that of the specification: records (combined by rank), reviewed rules, statements of the
//! SBOM, build evidence. Each later step only touches what would stay on the list.

use index::Vulnerability;
use model::component::Role;
use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;
use model::record::{Record, RecordState, Source};
use model::statement::Statement;
use versions::Order;

use super::build::{BuildAnswer, Prepared, Subject, patch_fixes};
use super::combine::{self, Combined, Voice, combine};
use super::identity::Fit;
use super::knowledge::Knowledge;
use super::lines::Lines;
use super::opinion::{self, Question};
use super::ranges::{ComponentVersion, Detail};
use super::rules;
use super::statements::{self, StatementPolicy, Statements, Weight};

/// Everything a component is judged with.
pub struct Case<'c> {
    /// The knowledge.
    pub knowledge: &'c Knowledge<'c>,
    /// The component in its release.
    pub question: Question<'c>,
    /// Statements that came with the SBOM.
    pub statements: &'c Statements<'c>,
    /// How far they count.
    pub policy: StatementPolicy,
    /// The component's build facts.
    pub build: &'c Prepared<'c>,
    /// Sources past their age limit.
    pub stale: &'c [Source],
    /// The component is a kernel whose branch has reached its end of life.
    pub is_branch_ended: bool,
    /// How its versions are divided into lines.
    pub lines: &'c Lines,
}

/// The answer on one vulnerability in one component.
#[derive(Clone, Debug)]
pub struct Judged<'a> {
    /// The verdict; `None` = no finding: the candidate was removed, or no record speaks of the component.
    pub verdict: Option<Verdict>,
    /// Primary reason.
    pub reason: Reason,
    /// Qualifiers.
    pub qualifiers: Vec<Reason>,
    /// How sure.
    pub confidence: Confidence,
    /// First fixed version on this line.
    pub fixed: String,
    /// The affected files, where the component is a kernel and the finding was open before its build was asked.
    pub files: Vec<String>,
    /// What the sources say, highest rank first.
    pub voices: Vec<Voice>,
    /// The deciding evidence.
    pub evidence: Vec<Evidence>,
    /// Build evidence and statements that were looked at and did not decide.
    pub considered: Vec<Evidence>,
    /// The statements about the pair.
    pub statements: Vec<&'a Statement>,
    /// The vulnerability is rejected.
    pub is_rejected: bool,
    /// The component's own distribution lists the package, but not for its release.
    pub lists_other_release: bool,
}

/// Judges a vulnerability by its decoded records.
pub fn judge<'c>(case: &Case<'c>, vulnerability: &Vulnerability<'_>, records: &[Record<'_>]) -> Judged<'c> {
    judge_with(case, vulnerability, records, |_| true)
}

/// As [`judge`], but only records that `is_detailed` accepts bring their evidence; the verdict is the same.
pub fn judge_with<'c>(
    case: &Case<'c>,
    vulnerability: &Vulnerability<'_>,
    records: &[Record<'_>],
    is_detailed: impl Fn(&Record<'_>) -> bool,
) -> Judged<'c> {
    let question = &case.question;
    let brief =
        Question { version: ComponentVersion { detail: Detail::Brief, ..question.version }, ..*question };
    let is_rejected = is_rejected(records);
    let voices: Vec<Voice> = records
        .iter()
        .filter(|record| is_rejected || !is_withdrawn(record, records))
        .filter(|record| record.state != RecordState::Reserved)
        .filter_map(|record| {
            let question = if is_detailed(record) { question } else { &brief };
            opinion::voice(question, record, records)
        })
        .collect();
    conclude(case, vulnerability, records, voices)
}

/// Judges a vulnerability by what its records say.
pub fn conclude<'c>(
    case: &Case<'c>,
    vulnerability: &Vulnerability<'_>,
    records: &[Record<'_>],
    mut voices: Vec<Voice>,
) -> Judged<'c> {
    let is_rejected = is_rejected(records);
    voices.sort_by(|a, b| {
        let key = |voice: &Voice| (voice.rank, voice.opinion.source);
        key(a).cmp(&key(b)).then_with(|| a.opinion.record.cmp(&b.opinion.record))
    });
    let is_disputed = records.iter().any(|record| record.disputed);
    let pleas = if case.policy.accept_supplier { 0 } else { opinion::withhold(&mut voices) };
    let combined = combine(&voices, is_disputed);
    let fixed = fixed_on_line(case, &voices, &combined);
    let mut judged = Judged {
        verdict: combined.verdict,
        reason: combined.reason,
        qualifiers: combined.qualifiers,
        confidence: combined.confidence,
        fixed,
        files: Vec::new(),
        evidence: deciding_evidence(&voices, combined.winner),
        considered: Vec::new(),
        statements: Vec::new(),
        is_rejected,
        lists_other_release: opinion::lists_other_release(&case.question, records),
        voices,
    };
    let mut ids: Vec<&str> = vec![vulnerability.id()];
    ids.extend_from_slice(vulnerability.aliases());
    if is_rejected {
        reject(&mut judged);
        return judged;
    }
    let Some(_) = judged.verdict else { return judged };
    case.mark_stale(&mut judged, combined.winner);
    if pleas > 0 && judged.verdict == Some(Verdict::Affected) {
        combine::push(&mut judged.qualifiers, Reason::CSourcesDisagree);
    }
    if case.is_branch_ended && judged.verdict != Some(Verdict::NotAffected) {
        combine::push(&mut judged.qualifiers, Reason::KBranchEol);
    }
    case.apply_rules(&mut judged, &ids);
    case.apply_statements(&mut judged, &ids);
    case.apply_build(&mut judged, &ids, records);
    judged
}

/// The first fixed version of the component's own line: the deciding source's, else that of the highest rank which
/// names one of this line. A source may name where another line was mended, which is no upgrade of this one.
fn fixed_on_line(case: &Case<'_>, voices: &[Voice], combined: &Combined) -> String {
    let version = &case.question.version;
    let is_upgrade =
        |fixed: &str| version.is_on_line_of(case.lines, fixed) && matches!(version.order(fixed), Order::Less);
    let deciding = combined.winner.and_then(|at| voices.get(at));
    if deciding.is_some_and(|voice| voice.opinion.verdict == Some(Verdict::NotAffected)) {
        // Of what was mended, the bound that decided is told, wherever it lies.
        return combined.fixed.clone();
    }
    // The kernel's own CNA knows that this line got no fix: a number of this line by anybody else is another one's.
    if combined.reason == Reason::KBranchUnfixed {
        return String::new();
    }
    let others = voices.iter().filter(|voice| voice.opinion.verdict != Some(Verdict::NotAffected));
    let named = deciding.into_iter().chain(others).map(|voice| &voice.opinion.fixed);
    named.into_iter().find(|fixed| !fixed.is_empty() && is_upgrade(fixed)).cloned().unwrap_or_default()
}

/// The record is not published, or stands for the same id of the same source as one that is not.
fn is_withdrawn(record: &Record<'_>, records: &[Record<'_>]) -> bool {
    records.iter().any(|other| {
        other.state != RecordState::Published
            && other.source == record.source
            && other.id == record.id
            // Each advisory stands for itself.
            && (record.source != Some(Source::Csaf) || other.by == record.by)
    })
}

fn deciding_evidence(voices: &[Voice], winner: Option<usize>) -> Vec<Evidence> {
    winner.and_then(|at| voices.get(at)).map(|voice| voice.opinion.evidence.clone()).unwrap_or_default()
}

/// The state by the highest authority that has one: a rejection by the CNA overrides what NVD still holds, and
/// a published record is not undone by NVD. Withdrawn records of others silence only themselves.
fn is_rejected(records: &[Record<'_>]) -> bool {
    let is_void =
        |record: &Record<'_>| matches!(record.state, RecordState::Rejected | RecordState::Withdrawn);
    let of = |wanted: &[Source]| -> Vec<&Record<'_>> {
        records.iter().filter(|record| record.source.is_some_and(|source| wanted.contains(&source))).collect()
    };
    let own = of(&[Source::Local]);
    if !own.is_empty() {
        return own.into_iter().all(is_void);
    }
    // One CNA in two places: a rejection is its last word, wherever it has arrived first.
    let by_cna = of(&[Source::KernelCna, Source::CveCna]);
    if !by_cna.is_empty() {
        return by_cna.into_iter().any(is_void);
    }
    !records.is_empty() && records.iter().all(is_void)
}

/// A finding of a rejected vulnerability is inactive; without any voice it is none.
fn reject(judged: &mut Judged<'_>) {
    if judged.verdict.is_some() {
        judged.verdict = Some(Verdict::NotAffected);
        judged.confidence = Confidence::High;
        judged.fixed.clear();
        judged.qualifiers.clear();
        judged.evidence = vec![Evidence::Remark("the record is rejected or withdrawn".to_owned())];
    }
    judged.reason = Reason::RRejected;
}

impl Judged<'_> {
    /// The answer alone.
    pub fn without_texts(self) -> Self {
        Judged { voices: Vec::new(), evidence: Vec::new(), considered: Vec::new(), ..self }
    }

    /// Keeps what was concluded before a later step changes it.
    fn note_before(&mut self) {
        if let Some(verdict) = self.verdict {
            self.considered.push(Evidence::Remark(format!("before: {} by {}", verdict.word(), self.reason)));
        }
    }
}

impl<'c> Case<'c> {
    fn is_full(&self) -> bool {
        self.question.version.detail == Detail::Full
    }

    fn mark_stale(&self, judged: &mut Judged<'_>, winner: Option<usize>) {
        let source = winner.and_then(|at| judged.voices.get(at)).map(|voice| voice.opinion.source);
        if source.is_some_and(|source| self.stale.contains(&source)) {
            combine::push(&mut judged.qualifiers, Reason::CStaleSource);
        }
    }

    fn apply_rules(&self, judged: &mut Judged<'_>, ids: &[&str]) {
        let identity = self.question.identity;
        for rule in rules::rules_of(self.knowledge.rules, identity, ids) {
            let effect = rules::apply(rule, identity, self.question.release, self.question.version.trace);
            if self.is_full() {
                judged.voices.push(rule_voice(rule, effect));
            }
            if judged.verdict == Some(Verdict::NotAffected) {
                continue;
            }
            match effect {
                rules::Effect::None => continue,
                rules::Effect::Excluded(reason) => {
                    judged.verdict = Some(Verdict::NotAffected);
                    judged.reason = reason;
                    judged.confidence = Confidence::High;
                    judged.fixed.clear();
                }
                rules::Effect::Open(reason) => {
                    judged.verdict = Some(Verdict::NeedsReview);
                    judged.reason = reason;
                    judged.confidence = Confidence::Low;
                }
            }
            judged.qualifiers.retain(|reason| *reason == Reason::RDisputed);
            if self.is_full() {
                judged.evidence.push(rules::evidence(rule));
            }
        }
    }

    fn apply_statements(&self, judged: &mut Judged<'c>, ids: &[&str]) {
        judged.statements = self.statements.about(ids, self.question.identity.component);
        for at in 0..judged.statements.len() {
            let (Some(statement), Some(verdict)) = (judged.statements.get(at).copied(), judged.verdict)
            else {
                break;
            };
            let evidence = statements::evidence(statement);
            match statements::weigh(statement, self.policy, verdict) {
                Weight::Shown => {
                    if statements::contradicts(statement, verdict) {
                        combine::push(&mut judged.qualifiers, Reason::CSourcesDisagree);
                    }
                    judged.considered.push(evidence);
                }
                Weight::Decides(decided, reason, confidence) => {
                    if statements::contradicts(statement, verdict) && !is_about_a_patch(statement) {
                        combine::push(&mut judged.qualifiers, Reason::CSourcesDisagree);
                    }
                    judged.note_before();
                    judged.verdict = Some(decided);
                    judged.reason = reason;
                    judged.confidence = confidence;
                    judged.evidence.push(evidence);
                }
            }
        }
    }

    fn apply_build(&self, judged: &mut Judged<'_>, ids: &[&str], records: &[Record<'_>]) {
        if !matches!(judged.verdict, Some(Verdict::Affected | Verdict::NeedsReview)) {
            return;
        }
        let files = self.program_files(records);
        let commits: Vec<&str> =
            records.iter().flat_map(|record| &record.fix_commits).map(|commit| &**commit).collect();
        let fixes = patch_fixes::of_commits(&self.build.facts().build.fixes, &commits);
        let subject = Subject {
            vulnerability: ids.first().copied().unwrap_or_default(),
            ids,
            program_files: &files,
            fix_commits: &commits,
            fix_diffs: &fixes,
            ..Subject::default()
        };
        let answer = self.build.judge(&subject);
        if self.question.identity.component.role == Role::Kernel {
            judged.files = files.into_iter().map(str::to_owned).collect();
        }
        match answer {
            BuildAnswer::Excluded { reason, confidence, evidence } => {
                judged.verdict = Some(Verdict::NotAffected);
                judged.reason = reason;
                judged.confidence = confidence;
                judged.evidence.extend(evidence);
            }
            BuildAnswer::Kept { qualifiers, evidence, partial } => {
                for qualifier in qualifiers {
                    combine::push(&mut judged.qualifiers, qualifier);
                }
                match partial {
                    Some(Reason::EPatchPartial) => {
                        judged.verdict = Some(Verdict::Affected);
                        judged.reason = Reason::EPatchPartial;
                    }
                    Some(reason) if judged.verdict == Some(Verdict::Affected) => {
                        judged.note_before();
                        judged.verdict = Some(Verdict::NeedsReview);
                        judged.reason = reason;
                    }
                    _ => {}
                }
                judged.considered.extend(evidence);
            }
        }
    }

    /// The affected files as the records about this component name them; the kernel CNA's word counts first.
    fn program_files<'r>(&self, records: &'r [Record<'_>]) -> Vec<&'r str> {
        let kernel = records.iter().filter(|record| record.source == Some(Source::KernelCna));
        let mut files: Vec<&str> = kernel.flat_map(files_of).collect();
        if files.is_empty() {
            let claims = records.iter().flat_map(|record| &record.claims);
            let about = claims
                .filter(|claim| !claim.subject.program_files.is_empty())
                .filter(|claim| matches!(self.question.fits.claim(&claim.subject), Fit::Is(_)));
            files = about.flat_map(|claim| &claim.subject.program_files).map(|file| &**file).collect();
        }
        files.sort_unstable();
        files.dedup();
        files
    }
}

fn files_of<'r>(record: &'r Record<'_>) -> impl Iterator<Item = &'r str> {
    record.claims.iter().flat_map(|claim| &claim.subject.program_files).map(|file| &**file)
}

/// A statement that a patch is applied does not contradict a version; one about the version does.
fn is_about_a_patch(statement: &Statement) -> bool {
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("patch") || text.contains("backport") || text.contains("fix-file")
    };
    says(&statement.justification) || says(&statement.text)
}

fn rule_voice(rule: &index::tables::Rule, effect: rules::Effect) -> Voice {
    Voice {
        opinion: rules::opinion(rule, effect),
        rank: 1,
        foreign_platform: None,
        states_our_platform: false,
        is_by_name: false,
        is_converted: false,
    }
}
