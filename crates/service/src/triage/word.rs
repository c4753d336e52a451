//! A person's word on a finding, and the decision that it makes: what the person leaves open is taken from the evidence.

use model::assessment::ResponseClass;
use model::decision::{Atom, Attacks, Decision, DecisionState, EvidenceItem};
use model::vex::{Justification, VexStatus};
use store::Moment;

use super::sight::Sight;
use crate::decisions;
use crate::house::{Fault, instant};

/// The tool that machine evidence names. People cannot give it: what they saw themselves they say so.
pub(crate) const TOOL: &str = "patchwright";

/// What a person says. What is `None` is taken from the proposal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// The status.
    pub status: Option<VexStatus>,
    /// Why it is not affected.
    pub justification: Option<Justification>,
    /// Another class.
    pub class: Option<ResponseClass>,
    /// The risk is accepted until `expires`.
    pub accepts_risk: bool,
    /// What is known of attacks.
    pub attacks: Option<Attacks>,
    /// Why, in words.
    pub reason: String,
    /// What is to be done, where it is affected.
    pub action: String,
    /// Range of versions (`vers:`).
    pub versions: Option<String>,
    /// What it rests on; a condition without a value gets the one of now.
    pub conditions: Option<Vec<Atom>>,
    /// What was looked at, beside what the conditions stand for.
    pub evidence: Vec<EvidenceItem>,
    /// When it ends, RFC 3339 or a day; empty = it does not.
    pub expires: String,
    /// Names of decisions whose place it takes.
    pub supersedes: Vec<String>,
}

/// Puts the decision together. Its state is *proposed*; whoever may puts it into force.
///
/// # Errors
/// `Refused` when a condition has no value here, or evidence claims to be the program's own.
pub(crate) fn decision(
    sight: &Sight,
    at: usize,
    word: &Word,
    name: &str,
    author: &str,
    now: Moment,
) -> Result<Decision, Fault> {
    let proposal = sight.proposal(at);
    let finding = sight.judged.scan.findings.get(at);
    let (Some(proposal), Some(finding)) = (proposal, finding) else {
        return Err(Fault::Broken(format!("no finding at place {at}")));
    };
    if word.reason.trim().is_empty() {
        return Err(Fault::Refused("a decision says why: give a reason".to_owned()));
    }
    if word.evidence.iter().any(|item| item.tool.eq_ignore_ascii_case(TOOL)) {
        return Err(Fault::Refused(format!(
            "evidence of the tool {TOOL} is made by the program: name the fact as a condition instead"
        )));
    }
    let conditions = conditions(sight, at, word, &proposal)?;
    let time = instant(now);
    let mut evidence = decisions::evidence(&sight.inventory, &sight.judged, &conditions, &time);
    evidence.extend(word.evidence.iter().cloned());
    Ok(Decision {
        id: name.to_owned(),
        state: DecisionState::Proposed,
        product: sight.slug.clone(),
        component: proposal.component,
        versions: word.versions.clone().unwrap_or(proposal.versions),
        vulnerability: finding.vulnerability.clone(),
        aliases: finding.aliases.clone(),
        status: word.status,
        justification: word.justification,
        class: word.class,
        accepts_risk: word.accepts_risk,
        attacks: word.attacks,
        reason: word.reason.trim().to_owned(),
        action: word.action.trim().to_owned(),
        conditions,
        evidence,
        author: author.to_owned(),
        reviewer: String::new(),
        created: time,
        expires: word.expires.clone(),
        supersedes: word.supersedes.clone(),
        seen: proposal.seen,
        place: Default::default(),
    })
}

/// The conditions as given, each with a value; else those of the proposal, where the decision says that something does
/// not matter.
fn conditions(
    sight: &Sight,
    at: usize,
    word: &Word,
    proposal: &decisions::Proposal,
) -> Result<Vec<Atom>, Fault> {
    let Some(given) = &word.conditions else {
        let is_open =
            word.status.is_some_and(|status| status.verdict() != model::finding::Verdict::NotAffected);
        return Ok(if is_open { Vec::new() } else { proposal.conditions.clone() });
    };
    (given.iter())
        .map(|atom| {
            if !atom.expected.is_empty() {
                return Ok(atom.clone());
            }
            decisions::completed(&sight.inventory, &sight.judged, at, atom).ok_or_else(|| {
                Fault::Refused(format!(
                    "nothing in this release tells the value of {} {}: give it, or leave the condition out",
                    atom.kind.word(),
                    atom.subject
                ))
            })
        })
        .collect()
}

/// The decision as it is kept.
pub(crate) fn text(decision: &Decision) -> String {
    decisions::head() + &decisions::entry(decision)
}

/// A decision that was kept.
pub(crate) fn read(name: &str, body: &str) -> Result<Decision, Fault> {
    let document = crate::scan::Document { name: name.to_owned(), bytes: body.as_bytes().to_vec() };
    let read =
        decisions::read(&document).map_err(|error| Fault::Broken(format!("decision {name}: {error}")))?;
    read.into_iter().next().ok_or_else(|| Fault::Broken(format!("decision {name} is empty")))
}

/// The end of a decision as the store keeps it: a day ends when it is over.
pub(crate) fn end(expires: &str) -> Moment {
    let time = expires.parse::<jiff::Timestamp>().ok();
    let day = || {
        let day = expires.parse::<jiff::civil::Date>().ok()?;
        Some(day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    time.or_else(day).map_or(Moment::NEVER, |at| Moment(at.as_millisecond()))
}
