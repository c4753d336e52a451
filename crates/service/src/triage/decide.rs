//! Decisions of a person on a finding: proposed by the evidence, held against roles and rules, written with log and jobs.

use model::access::{Act, May};
use model::decision::{Decision, DecisionState};
use serde_json::{Value, json};
use store::audit::AuditEntry;
use store::decision::{Act as Step, Decision as Row, DecisionText};
use store::finding::Finding;
use store::finding_list::{FindingFilter, Sort};
use store::jobs::Lane;
use store::{Change, Look, Moment, Page, Scope};

use analysis::statements::carry::is_contradiction;

use super::demands;
use super::sight::{Seen, Sight, see};
use super::word::{self, Word};
use crate::access::identity::Identity;
use crate::decisions::Proposal;
use crate::house::{Fault, House};
use crate::intake::judge_release;

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Its id.
    pub id: i64,
    /// Its name (`D-2026-012`).
    pub name: String,
    /// Its version: the next edit names it.
    pub version: i64,
    /// `Active`, or `Proposed` where somebody else has to put it into force.
    pub state: DecisionState,
    /// Releases that are judged again.
    pub releases: Vec<i64>,
}

/// A proposal with what is needed to show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// What the evidence speaks for.
    pub proposal: Proposal,
    /// The finding as stored.
    pub finding: Finding,
    /// Decisions that speak of the finding, each with the stable code of how it stands there and the reasons.
    pub decisions: Vec<Standing>,
}

/// How a decision stands on a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// `active`, `carried`, `overtaken`, `overtaken_unverifiable`, `disagrees`.
    pub code: &'static str,
    /// Why it is overtaken.
    pub why: Vec<String>,
}

/// Proposes a decision on a finding; nothing is written.
///
/// # Errors
/// `NotFound` outside of the roles, `Refused` when the finding is gone.
pub async fn propose(
    house: &House,
    identity: &Identity,
    finding: i64,
    now: Moment,
) -> Result<Proposed, Fault> {
    let scope = identity.scope(Act::Read)?;
    let finding = finding_of(&mut house.store.look().await?, &scope, finding).await?;
    let sight = see(house, &scope, finding.release, now).await?;
    let at = sight.find(&finding)?.at;
    let proposal = sight.proposal(at);
    let proposal = proposal.ok_or_else(|| Fault::Broken(format!("no finding at place {at}")))?;
    let decisions = standings(sight.decisions(), at);
    Ok(Proposed { proposal, finding, decisions })
}

/// How decisions, each with what became of it, stand on the finding at a place.
pub(crate) fn standings<'d>(
    decisions: impl Iterator<Item = (&'d Decision, &'d crate::decisions::DecisionResult)>,
    at: usize,
) -> Vec<Standing> {
    use crate::decisions::Standing::Overtaken;
    let on = decisions.flat_map(|(decision, result)| {
        let uses = result.uses.iter().filter(|one| one.finding == at);
        uses.map(move |one| (decision, &one.standing))
    });
    on.map(|(decision, standing)| Standing {
        name: decision.id.clone(),
        says: decision.says(),
        code: standing.code(),
        why: match standing {
            Overtaken(shifts) => shifts.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        },
    })
    .collect()
}

/// Decides on a finding, or proposes where the roles or the rules want a second person.
///
/// # Errors
/// `Denied` without a role for it, `Refused` when it breaks a rule or contradicts a decision that it does not name.
pub async fn decide(
    house: &House,
    identity: &Identity,
    finding: i64,
    word: &Word,
    now: Moment,
) -> Result<Decided, Fault> {
    let scope = identity.scope(Act::Read)?;
    let row = finding_of(&mut house.store.look().await?, &scope, finding).await?;
    let sight = see(house, &scope, row.release, now).await?;
    let seen = sight.find(&row)?;
    let mut change = house.store.change().await?;
    let name = next_name(&mut change, &scope, now).await?;
    let made = make(&mut change, &scope, identity, &sight, &seen, word, &name, now).await?;
    let decided = put(&mut change, &scope, identity, &made, "", now).await?;
    change.commit().await?;
    Ok(decided)
}

/// A decision that keeps all rules, not yet written.
pub(crate) struct Made {
    pub product: i64,
    pub release: i64,
    pub decision: Decision,
    /// Before and ground, for the log.
    pub explanation: Value,
}

/// Puts a decision together and holds it against roles and rules; its state says whether it is in force at once.
#[expect(clippy::too_many_arguments, reason = "a decision is put together from all that is known")]
pub(crate) async fn make(
    look: &mut Look,
    scope: &Scope,
    identity: &Identity,
    sight: &Sight,
    seen: &Seen<'_>,
    word: &Word,
    name: &str,
    now: Moment,
) -> Result<Made, Fault> {
    let mut decision = word::decision(sight, seen.at, word, name, &identity.login, now)?;
    let may = demands::may(identity, sight.product, &decision)?;
    if may == May::Do && !demands::needs_second(&decision) {
        decision.state = DecisionState::Active;
    }
    let others = named(look, scope, &decision).await?;
    demands::check(&decision, &others, false)?;
    must_hold(sight, seen, &decision, now)?;
    for (other, result) in sight.decisions() {
        let holds = result.uses.iter().any(|one| one.finding == seen.at && one.standing.is_in_force());
        if holds && is_contradiction(other, &decision) && !decision.supersedes.contains(&other.id) {
            return Err(Fault::Refused(format!(
                "decision {} by {} says {}: edit it, or name it in `supersedes`",
                other.id,
                other.author,
                other.says()
            )));
        }
    }
    let explanation = explanation(sight, seen);
    Ok(Made { product: sight.product, release: sight.release, decision, explanation })
}

/// A decision whose ground is not there now would be overtaken as soon as it is made; its evidence would say what
/// nobody has seen.
fn must_hold(sight: &Sight, seen: &Seen<'_>, decision: &Decision, now: Moment) -> Result<(), Fault> {
    let time = crate::house::instant(now);
    let shifts = crate::decisions::shifts(&sight.inventory, &sight.judged, seen.at, decision, &time);
    if shifts.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = shifts.iter().map(ToString::to_string).collect();
    Err(Fault::Refused(format!("it does not hold on this finding: {}", told.join("; "))))
}

/// What held when it was decided, frozen for the log (assessment.md 4.10).
fn explanation(sight: &Sight, seen: &Seen<'_>) -> Value {
    let effect = sight.judged.effects.get(seen.at);
    let profile = &sight.judged.profile;
    let assessment = seen.assessed.map(|one| &one.assessment);
    json!({
        "verdict": seen.finding.verdict.word(),
        "reason": seen.finding.reason.to_string(),
        "evidence": seen.finding.evidence.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>(),
        "status": effect.map(|effect| effect.status.word()),
        "class": effect.and_then(|effect| effect.class).map(|class| class.word()),
        "source": effect.map(|effect| effect.source.clone()),
        "row": assessment.map(|one| one.row.number),
        "computed_class": assessment.map(|one| one.class.word()),
        "profile": if profile.is_inferred { "inferred".to_owned() } else { format!("{}@{}", profile.id, profile.version) },
        "knowledge": sight.generation,
        "release": sight.release,
    })
}

pub(crate) async fn next_name(change: &mut Change, scope: &Scope, now: Moment) -> Result<String, Fault> {
    let year = crate::house::instant(now);
    let prefix = format!("D-{}-", year.get(..4).unwrap_or("0000"));
    let number = change.next_decision_number(scope, &prefix).await?;
    Ok(format!("{prefix}{number:03}"))
}

/// The decisions whose place it takes.
pub(crate) async fn named(
    look: &mut Look,
    scope: &Scope,
    decision: &Decision,
) -> Result<Vec<Decision>, Fault> {
    let mut found = Vec::new();
    for name in &decision.supersedes {
        // One that is missing is told by the rules, with the rest of what is wrong.
        if let Some(row) = look.decision_by_name(scope, name).await? {
            found.push(word::read(name, &row.body)?);
        }
    }
    Ok(found)
}

/// Writes a decision that was made, with log and jobs.
pub(crate) async fn put(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    made: &Made,
    bulk: &str,
    now: Moment,
) -> Result<Decided, Fault> {
    let Made { product, decision, .. } = made;
    let text = text_of(*product, decision, bulk, identity.person, None);
    let act = if decision.state == DecisionState::Active { "made" } else { "proposed" };
    let hand = identity.hand();
    let step = Step { act, actor: &hand, note: &decision.reason, at: now };
    let id = change.add_decision(scope, &text, &step).await?;
    if decision.state == DecisionState::Active {
        supersede(change, scope, decision, &hand, now).await?;
    }
    let before = made.explanation.clone();
    let body = json!({ "name": decision.id, "says": decision.says(), "reason": decision.reason, "bulk": bulk,
        "text": store::sha256(text.body.as_bytes()), "before": before });
    change.log(scope, &entry(*product, identity, &format!("decision.{act}"), id, body, now)).await?;
    let releases = queue(change, scope, *product, decision, 1, &[made.release], now).await?;
    Ok(Decided { id, name: decision.id.clone(), version: 1, state: decision.state, releases })
}

pub(crate) fn text_of(
    product: i64,
    decision: &Decision,
    bulk: &str,
    author: i64,
    reviewer: Option<i64>,
) -> DecisionText {
    DecisionText {
        product: Some(product),
        name: decision.id.clone(),
        vulnerability: decision.vulnerability.clone(),
        component: decision.component.name.clone(),
        state: decision.state,
        bulk: bulk.to_owned(),
        author,
        reviewer,
        expires: word::end(&decision.expires),
        body: word::text(decision),
    }
}

/// The same text in another state.
pub(crate) fn in_state(row: &Row, state: DecisionState) -> DecisionText {
    DecisionText {
        product: row.product,
        name: row.name.clone(),
        vulnerability: row.vulnerability.clone(),
        component: row.component.clone(),
        state,
        bulk: row.bulk.clone(),
        author: row.author,
        reviewer: row.reviewer,
        expires: row.expires,
        body: row.body.clone(),
    }
}

/// Ends the decisions whose place a decision takes, now that it is in force. Their texts stay.
pub(crate) async fn supersede(
    change: &mut Change,
    scope: &Scope,
    decision: &Decision,
    hand: &str,
    now: Moment,
) -> Result<(), Fault> {
    for name in &decision.supersedes {
        let Some(row) = change.decision_by_name(scope, name).await? else { continue };
        let state = match row.state {
            DecisionState::Active | DecisionState::Overtaken => DecisionState::Superseded,
            DecisionState::Proposed => DecisionState::Withdrawn,
            _ => continue,
        };
        let note = format!("{} took its place", decision.id);
        let step = Step { act: state.word(), actor: hand, note: &note, at: now };
        change.change_decision(scope, row.id, row.version, &in_state(&row, state), &step).await?;
    }
    Ok(())
}

pub(crate) fn entry(
    product: i64,
    identity: &Identity,
    act: &str,
    decision: i64,
    mut body: Value,
    now: Moment,
) -> AuditEntry {
    if let Some(body) = body.as_object_mut() {
        body.insert("person".to_owned(), identity.person.into());
    }
    AuditEntry {
        product: Some(product),
        at: now,
        actor: identity.actor(),
        act: act.to_owned(),
        subject: format!("decision/{decision}"),
        body,
    }
}

/// Queues the releases that a decision can reach: those that have or had a finding of the pair, and those given.
pub(crate) async fn queue(
    change: &mut Change,
    scope: &Scope,
    product: i64,
    decision: &Decision,
    version: i64,
    given: &[i64],
    now: Moment,
) -> Result<Vec<i64>, Fault> {
    let mut releases = given.to_vec();
    for id in std::iter::once(&decision.vulnerability).chain(&decision.aliases) {
        let filter = FindingFilter {
            product: Some(product),
            vulnerability: Some(id.clone()),
            is_active: None,
            ..FindingFilter::default()
        };
        let rows = every(change, scope, &filter, usize::MAX).await?.0;
        let same = rows.iter().filter(|row| row.component_name == decision.component.name);
        releases.extend(same.map(|row| row.release));
    }
    releases.sort_unstable();
    releases.dedup();
    for release in &releases {
        let because = format!("decision {}@{version}", decision.id);
        let job = judge_release(scope, *release, because, Lane::Interactive, now);
        change.enqueue(&job, now).await?;
    }
    Ok(releases)
}

/// All findings of a filter, the most urgent first, up to a number; and how many there are.
pub(crate) async fn every(
    look: &mut Look,
    scope: &Scope,
    filter: &FindingFilter,
    most: usize,
) -> Result<(Vec<Finding>, u64), Fault> {
    let mut rows = Vec::new();
    let limit = u32::try_from(most.min(1000)).unwrap_or(1000);
    let mut page = Page { after: None, limit };
    loop {
        let listed = look.findings(scope, filter, Sort::default(), &page).await?;
        rows.extend(listed.rows);
        match listed.next {
            Some(next) if rows.len() < most => page.after = Some(next),
            _ => {
                rows.truncate(most);
                return Ok((rows, listed.total));
            }
        }
    }
}

pub(crate) async fn finding_of(look: &mut Look, scope: &Scope, id: i64) -> Result<Finding, Fault> {
    let finding = look.finding(scope, id).await?;
    Ok(finding.ok_or_else(|| store::Error::NotFound(format!("finding {id}")))?)
}

pub(crate) async fn decision_of(look: &mut Look, scope: &Scope, id: i64) -> Result<(Row, i64), Fault> {
    let row = look.decision(scope, id).await?;
    let row = row.ok_or_else(|| store::Error::NotFound(format!("decision {id}")))?;
    match row.product {
        Some(product) => Ok((row, product)),
        None => Err(Fault::Refused(format!("decision {} is of the whole organisation", row.name))),
    }
}
