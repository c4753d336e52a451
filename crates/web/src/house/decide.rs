//! Decisions, one and many.

use model::assessment::ResponseClass;
use model::decision::{Atom, AtomKind, DecisionState, EvidenceItem};
use model::finding::Verdict;
use service::maker::{DecisionRow, FindingRow};
use service::triage::bulk::{self, Chosen, Histogram};
use service::triage::current::{current, version};
use service::triage::decide::{self as deeds, Decided};
use service::triage::edit;
use service::triage::word::Word;

use super::HouseBackend;
use super::once::once;
use super::translate::{failure, id, known};
use crate::backend::{Act, BulkAsked, Failure, Identity, Kind};
use crate::pages::bulk::{Bulk, Refused};
use crate::pages::class::{Class, Counts};
use crate::pages::decision::{Decision, Draft, Proposal};

/// How a fact is named in forms: its kind and what it is about.
pub(super) fn atom_id(atom: &Atom) -> String {
    format!("{} {}", atom.kind.word(), atom.subject)
}

/// The facts that a decision can rest on, as the form offers them.
pub(super) fn proposals(of: &service::decisions::Proposal) -> Vec<Proposal> {
    let says = |atom: &Atom| format!("{} is {}", atom.subject, atom.expected);
    let one =
        |atom: &Atom| Proposal { id: atom_id(atom), kind: atom.kind.word().to_owned(), says: says(atom) };
    of.conditions.iter().map(one).collect()
}

/// What the form holds before anybody writes: what the evidence speaks for, and the version that is seen.
pub(super) fn draft(of: &service::decisions::Proposal, current: Option<&DecisionRow>) -> Draft {
    Draft {
        status: of.status.word().to_owned(),
        justification: of.justification.map_or_else(String::new, |one| one.word().to_owned()),
        evidence: of.conditions.iter().map(atom_id).collect(),
        version: current.map(version).unwrap_or_default(),
        ..Draft::default()
    }
}

fn word(decision: &Decision) -> Result<Word, Failure> {
    let mut conditions = Vec::new();
    for named in &decision.evidence {
        conditions.push(atom(named)?);
    }
    let own = decision.own.as_ref();
    if let Some(own) = own.filter(|own| !own.hash.is_empty()) {
        // A document that was looked at: when another one takes its place, the decision is to be looked at again.
        let (subject, expected) = (own.subject.clone(), own.value.clone());
        conditions.push(Atom { kind: AtomKind::Manual, subject, expected, hash: own.hash.clone() });
    }
    Ok(Word {
        status: Some(decision.status),
        justification: decision.justification,
        class: decision.class,
        accepts_risk: decision.accepts_risk,
        attacks: decision.attacks,
        reason: decision.comment.clone(),
        action: decision.action.clone(),
        conditions: Some(conditions),
        evidence: own.map(item).into_iter().collect(),
        expires: decision.expires.map_or_else(String::new, |day| day.to_string()),
        ..Word::default()
    })
}

fn item(own: &crate::pages::decision::Own) -> EvidenceItem {
    EvidenceItem {
        kind: own.kind,
        subject: own.subject.clone(),
        value: own.value.clone(),
        tool: String::new(),
        tool_version: String::new(),
        collected_at: String::new(),
        release: String::new(),
        hash: own.hash.clone(),
        attachment: String::new(),
    }
}

fn atom(named: &str) -> Result<Atom, Failure> {
    let read = named.split_once(' ').and_then(|(kind, subject)| Some((AtomKind::parse(kind)?, subject)));
    let (kind, subject) = read.ok_or_else(|| {
        Failure::new(Kind::Invalid, "There is no such evidence")
            .field("evidence", format!("`{named}` is none"))
    })?;
    Ok(Atom { kind, subject: subject.to_owned(), expected: String::new(), hash: String::new() })
}

pub(super) async fn decide(
    of: &HouseBackend,
    act: &Act,
    finding: &str,
    decision: Decision,
) -> Result<String, Failure> {
    let (who, finding, now) = (known(&act.who)?, id(finding, "finding")?, of.moment());
    let word = word(&decision)?;
    once(of, act, async |house, _| {
        let (_, seen) = current(&house, who, finding).await.map_err(failure)?;
        must_be(seen.as_ref(), &decision.version)?;
        let decided = match &seen {
            Some(row) => edit::edit(&house, who, row.id, row.version, finding, &word, now).await,
            None => deeds::decide(&house, who, finding, &word, now).await,
        };
        Ok(told(&decided.map_err(failure)?))
    })
    .await
}

fn must_be(seen: Option<&DecisionRow>, named: &str) -> Result<(), Failure> {
    let newest = seen.map(version).unwrap_or_default();
    if newest == named {
        return Ok(());
    }
    let says = match seen {
        Some(row) => format!("There is the decision {} that you have not seen", row.name),
        None => "The decision that you have seen has ended".to_owned(),
    };
    Err(Failure::new(Kind::Conflict, says).hint(newest))
}

/// What became of a decision.
pub(super) fn told(decided: &Decided) -> String {
    let releases = crate::words::counted(decided.releases.len(), "release is", "releases are");
    match decided.state {
        DecisionState::Proposed => {
            format!("{} is proposed; a second person puts it into force", decided.name)
        }
        DecisionState::Withdrawn => format!("{} is withdrawn; {releases} judged again", decided.name),
        _ => format!("{} is in force; {releases} judged again", decided.name),
    }
}

fn ids(asked: &BulkAsked) -> Result<Vec<i64>, Failure> {
    asked.findings.iter().map(|finding| id(finding, "finding")).collect()
}

pub(super) async fn preview(of: &HouseBackend, who: &Identity, asked: &BulkAsked) -> Result<Bulk, Failure> {
    let (who, ids) = (known(who)?, ids(asked)?);
    let Some(decision) = &asked.decision else {
        let rows = bulk::chosen(&of.house, who, &ids).await.map_err(failure)?;
        return Ok(unsaid(asked, &rows));
    };
    let word = word(decision)?;
    let seen = bulk::preview(&of.house, who, Chosen::Findings(&ids), &word, of.moment()).await;
    let seen = seen.map_err(failure)?;
    let settles = decision.status.verdict() == Verdict::NotAffected;
    Ok(Bulk {
        findings: asked.findings.clone(),
        components: seen.components as u64,
        before: counts(&seen.before, false),
        after: counts(&seen.after, settles),
        refused: seen.refused.into_iter().map(refused).collect(),
        second: seen.needs_second,
        preview: seen.token,
        draft: Draft::default(),
    })
}

/// The choice before anything is said about it.
fn unsaid(asked: &BulkAsked, rows: &[FindingRow]) -> Bulk {
    let mut before = Counts::default();
    rows.iter().for_each(|row| before.add(super::translate::class(row.cell.class)));
    let mut components: Vec<&str> = rows.iter().map(|row| row.component_name.as_str()).collect();
    components.sort_unstable();
    components.dedup();
    Bulk {
        findings: asked.findings.clone(),
        components: components.len() as u64,
        before,
        after: before,
        refused: Vec::new(),
        second: false,
        preview: String::new(),
        draft: Draft::default(),
    }
}

/// What has no class is settled where the word settles it, and not assessed elsewhere.
fn counts(histogram: &Histogram, settles: bool) -> Counts {
    let mut counts = Counts::default();
    for (class, number) in histogram {
        let number = *number as u64;
        match class {
            Some(ResponseClass::Immediate) => counts.immediate += number,
            Some(ResponseClass::Planned) => counts.planned += number,
            Some(ResponseClass::Routine) => counts.routine += number,
            Some(ResponseClass::None) => counts.none += number,
            None if settles => {}
            None => counts.unknown += number,
        }
    }
    counts
}

fn refused((row, because): (FindingRow, String)) -> Refused {
    Refused {
        finding: row.id.to_string(),
        class: row.cell.class.map_or(Class::Unknown, |class| super::translate::class(Some(class))),
        vulnerability: row.vulnerability,
        component: row.component_name,
        because,
    }
}

pub(super) async fn decide_all(of: &HouseBackend, act: &Act, asked: BulkAsked) -> Result<String, Failure> {
    let (who, ids, now) = (known(&act.who)?, ids(&asked)?, of.moment());
    let missing = || Failure::new(Kind::Invalid, "Say what is decided").field("status", "choose one");
    let word = word(asked.decision.as_ref().ok_or_else(missing)?)?;
    once(of, act, async |house, _| {
        let chosen = Chosen::Findings(&ids);
        let deed =
            bulk::decide_all(&house, who, chosen, &word, &asked.preview, now).await.map_err(failure)?;
        let done = crate::words::counted(deed.decisions.len(), "decision", "decisions");
        let is_proposed = deed.decisions.iter().any(|one| one.state == DecisionState::Proposed);
        let state = if is_proposed { "proposed; a second person puts it into force" } else { "in force" };
        Ok(match deed.refused {
            0 => format!("Deed {}: {done}, {state}", deed.bulk),
            some => format!("Deed {}: {done}, {state}; {some} did not fit", deed.bulk),
        })
    })
    .await
}
