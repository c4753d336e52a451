//! Has the ground of a decision shifted? Every reason of assessment.md 4.4, with what was and what is.

use std::fmt;

use model::decision::{Atom, Decision};
use model::finding::{Finding, Verdict};
use model::profile::ProfileStatus;
use model::reason::Reason;
use model::vex::Instant;

use super::atoms::{self, Ground, Seen, Subject};
use super::identity;

/// Tenths of a score from which on a new one counts as another.
const RESCORED: u16 = 20;

/// One reason why a decision no longer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shift {
    /// Its time is over.
    Expired(String),
    /// The component's version is outside of the range: range and version.
    LeftRange(String, String),
    /// Whether the version is inside cannot be told: range and why.
    RangeUnverifiable(String, String),
    /// A fact has another value: the condition and the value.
    Changed(Atom, String),
    /// A fact cannot be seen: the condition and why.
    Unverifiable(Atom, String),
    /// The CVE ids of the flaw are others: before and now.
    Aliases(String, String),
    /// The record was rejected.
    Rejected,
    /// The record is disputed.
    Disputed,
    /// The record was scored anew, in tenths: before and now.
    Rescored(u16, u16),
    /// More is known of attacks: before and now.
    Exploitation(&'static str, &'static str),
    /// The computed class rose: before and now.
    Class(&'static str, &'static str),
    /// The deployment profile was retired.
    ProfileRetired(String),
}

impl Shift {
    /// The stable code, for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Shift::Expired(_) => "expired",
            Shift::LeftRange(..) => "left_range",
            Shift::RangeUnverifiable(..) => "range_unverifiable",
            Shift::Changed(..) => "atom_changed",
            Shift::Unverifiable(..) => "atom_unverifiable",
            Shift::Aliases(..) => "aliases_changed",
            Shift::Rejected => "rejected",
            Shift::Disputed => "disputed",
            Shift::Rescored(..) => "rescored",
            Shift::Exploitation(..) => "exploitation_rose",
            Shift::Class(..) => "class_rose",
            Shift::ProfileRetired(_) => "profile_retired",
        }
    }

    /// True where nothing is known to be different, but the ground cannot be seen any more.
    pub fn is_unverifiable(&self) -> bool {
        matches!(self, Shift::Unverifiable(..) | Shift::RangeUnverifiable(..))
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shift::Expired(when) => write!(f, "it ended {when}"),
            Shift::LeftRange(range, version) => write!(f, "version {version} is outside of {range}"),
            Shift::RangeUnverifiable(range, why) => write!(f, "cannot tell whether {range} holds: {why}"),
            Shift::Changed(atom, now) => {
                write!(f, "{} {}: was {}, is {now}", atom.kind.word(), atom.subject, atom.expected)
            }
            Shift::Unverifiable(atom, why) => {
                write!(f, "{} {} = {}: {why}", atom.kind.word(), atom.subject, atom.expected)
            }
            Shift::Aliases(was, now) => write!(f, "the flaw was known as {was}, and is now {now}"),
            Shift::Rejected => f.write_str("the record was rejected"),
            Shift::Disputed => f.write_str("the record is disputed"),
            Shift::Rescored(was, now) => {
                write!(f, "the base score was {}.{}, and is {}.{}", was / 10, was % 10, now / 10, now % 10)
            }
            Shift::Exploitation(was, now) => write!(f, "exploitation was {was}, and is {now}"),
            Shift::Class(was, now) => write!(f, "the computed class was {was}, and is {now}"),
            Shift::ProfileRetired(id) => write!(f, "the deployment profile {id} was retired"),
        }
    }
}

/// Every reason why a decision does not hold on a finding; empty = it holds.
pub fn shifts(
    decision: &Decision,
    ground: &Ground<'_>,
    subject: &Subject<'_>,
    at: Option<Instant>,
) -> Vec<Shift> {
    let mut found = Vec::new();
    found.extend(expiry(decision, at));
    found.extend(range(decision, subject));
    for atom in &decision.conditions {
        match atoms::evaluate(atom, ground, subject) {
            Seen::Same => {}
            Seen::Changed(now) => found.push(Shift::Changed(atom.clone(), now)),
            Seen::Missing(why) => found.push(Shift::Unverifiable(atom.clone(), why)),
        }
    }
    found.extend(aliases(decision, subject.finding));
    found.extend(record(decision, subject));
    if rests_on_profile(decision) && ground.profile.status == ProfileStatus::Retired {
        found
            .push(Shift::ProfileRetired(format!("{} version {}", ground.profile.id, ground.profile.version)));
    }
    found
}

/// Without a time nothing is known to have ended; a time that cannot be read has.
fn expiry(decision: &Decision, at: Option<Instant>) -> Option<Shift> {
    if decision.expires.is_empty() {
        return None;
    }
    let is_over = match (Instant::parse(&decision.expires), at) {
        (Some(end), Some(at)) => end <= at,
        (None, _) => true,
        (_, None) => false,
    };
    is_over.then(|| Shift::Expired(decision.expires.clone()))
}

fn range(decision: &Decision, subject: &Subject<'_>) -> Option<Shift> {
    let component = subject.component;
    let version = match component.version.as_str() {
        "" => component.purls.iter().map(|purl| purl.version.as_str()).find(|version| !version.is_empty()),
        version => Some(version),
    };
    let range = decision.versions.clone();
    let Some(version) = version else {
        return Some(Shift::RangeUnverifiable(range, "the component has no version".to_owned()));
    };
    match identity::within(&decision.versions, version, None) {
        Ok(()) => None,
        Err(identity::Mismatch::OtherVersion(_)) => Some(Shift::LeftRange(range, version.to_owned())),
        Err(why) => Some(Shift::RangeUnverifiable(range, why.to_string())),
    }
}

/// A merge or split of CVE ids makes it another flaw; further ids of databases do not.
fn aliases(decision: &Decision, finding: &Finding) -> Option<Shift> {
    let group = |first: &String, rest: &[String]| {
        let mut ids: Vec<String> = (std::iter::once(first).chain(rest))
            .map(|id| id.trim().to_ascii_uppercase())
            .filter(|id| id.starts_with("CVE-"))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let was = group(&decision.vulnerability, &decision.aliases);
    let now = group(&finding.vulnerability, &finding.aliases);
    let is_other = !was.is_empty() && was != now;
    is_other.then(|| Shift::Aliases(was.join(" "), now.join(" ")))
}

/// What the world has learned since. What is decided to be affected cannot get worse by it.
fn record(decision: &Decision, subject: &Subject<'_>) -> Vec<Shift> {
    let (finding, seen) = (subject.finding, &decision.seen);
    let mut found = Vec::new();
    if finding.reason == Reason::RRejected {
        found.push(Shift::Rejected);
    }
    if finding.qualifiers.contains(&Reason::RDisputed) && !seen.is_disputed && seen.verdict.is_some() {
        found.push(Shift::Disputed);
    }
    let lowers =
        decision.verdict() == Some(Verdict::NotAffected) || decision.class.is_some() || decision.accepts_risk;
    if !lowers {
        return found;
    }
    if let (Some(was), Some(now)) = (seen.base_tenths, atoms::base_tenths(finding))
        && was.abs_diff(now) >= RESCORED
    {
        found.push(Shift::Rescored(was, now));
    }
    if let (Some(was), Some(now)) = (seen.exploitation, atoms::level(subject))
        && now > was
    {
        found.push(Shift::Exploitation(was.word(), now.word()));
    }
    let now = subject.assessment.map(|assessment| assessment.class);
    if let (Some(was), Some(now)) = (seen.class, now)
        && now > was
        && decision.class.is_none_or(|decided| decided < now)
    {
        found.push(Shift::Class(was.word(), now.word()));
    }
    found
}

/// Justifications 3 to 5, and whatever names a fact of the profile.
fn rests_on_profile(decision: &Decision) -> bool {
    use model::decision::AtomKind::{Profile, ServiceStart};
    decision.justification.is_some_and(|known| known.number() >= 3)
        || decision.conditions.iter().any(|atom| matches!(atom.kind, Profile | ServiceStart))
}
