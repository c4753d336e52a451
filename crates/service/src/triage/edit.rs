//! Decisions said anew or taken back. Nothing here changes what somebody else has written: a new text is a new version by
//! its author, or a decision of its own that takes the place of the old one.

use model::access::{Act, May};
use model::decision::{Decision, DecisionState};
use serde_json::json;
use store::decision::{Act as Step, Decision as Row};
use store::{Change, Moment, Scope};

use super::decide::{
    Decided, Made, decision_of, entry, finding_of, in_state, make, next_name, put, queue, supersede, text_of,
};
use super::demands;
use super::sight::see;
use super::word::{self, Word};
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// Tells whoever edits an older version that somebody was faster.
pub(crate) fn must_be(row: &Row, seen: i64) -> Result<(), Fault> {
    if row.version == seen {
        return Ok(());
    }
    let text = format!(
        "decision {} was changed meanwhile: you saw version {seen}, it is {}; look again",
        row.name, row.version
    );
    Err(store::Error::Conflict(text).into())
}

/// Says it anew. The author's own text gets a new version; the word of somebody else, or one that needs a second person
/// again, becomes a decision of its own that takes the place of the old one as soon as it is in force. The own text said
/// once more, on the same ground, changes nothing.
///
/// # Errors
/// `Conflict` when `seen` is not the newest version; else as [`decide`].
pub async fn edit(
    house: &House,
    identity: &Identity,
    decision: i64,
    seen: i64,
    finding: i64,
    word: &Word,
    now: Moment,
) -> Result<Decided, Fault> {
    let scope = identity.scope(Act::Read)?;
    let (old, row) = {
        let mut look = house.store.look().await?;
        let (old, _) = decision_of(&mut look, &scope, decision).await?;
        (old, finding_of(&mut look, &scope, finding).await?)
    };
    must_be(&old, seen)?;
    if old.vulnerability != row.vulnerability || old.component != row.component_name {
        return Err(Fault::Refused(format!("decision {} is about another finding", old.name)));
    }
    if !matches!(old.state, DecisionState::Proposed | DecisionState::Active | DecisionState::Overtaken) {
        return Err(Fault::Refused(format!("decision {} is {}: make a new one", old.name, old.state.word())));
    }
    let sight = see(house, &scope, row.release, now).await?;
    let place = sight.find(&row)?;
    let mut replacing = word.clone();
    if !replacing.supersedes.contains(&old.name) {
        replacing.supersedes.push(old.name.clone());
    }
    let mut change = house.store.change().await?;
    // Somebody may have been faster while the release was judged.
    must_be(&decision_of(&mut change, &scope, decision).await?.0, seen)?;
    let name = next_name(&mut change, &scope, now).await?;
    let mut made = make(&mut change, &scope, identity, &sight, &place, &replacing, &name, now).await?;
    let is_own = old.author == identity.person && old.reviewer.is_none();
    let stays = old.state == DecisionState::Proposed || made.decision.state == DecisionState::Active;
    let decided = if is_own && stays {
        // The same decision in new words: it takes nobody's place but what the person names.
        made.decision.supersedes.clone_from(&word.supersedes);
        made.decision.supersedes.retain(|name| *name != old.name);
        made.decision.id.clone_from(&old.name);
        if says_nothing_new(&old, &made.decision)? {
            let Row { id, name, version, state, .. } = old;
            return Ok(Decided { id, name, version, state, releases: Vec::new() });
        }
        rewrite(&mut change, &scope, identity, &old, &made, now).await?
    } else {
        put(&mut change, &scope, identity, &made, "", now).await?
    };
    change.commit().await?;
    Ok(decided)
}

/// True where the author's text is there already, in force or proposed, and what it rests on is what it rested on then.
fn says_nothing_new(old: &Row, new: &Decision) -> Result<bool, Fault> {
    let mut same = word::read(&old.name, &old.body)?;
    let holds = old.state == new.state && new.state != DecisionState::Overtaken;
    // When it was said, and when each thing was looked at, is no part of what is said.
    same.created.clone_from(&new.created);
    same.state = new.state;
    same.place = new.place.clone();
    for (old, new) in same.evidence.iter_mut().zip(&new.evidence) {
        old.collected_at.clone_from(&new.collected_at);
    }
    Ok(holds && same == *new)
}

async fn rewrite(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    old: &Row,
    made: &Made,
    now: Moment,
) -> Result<Decided, Fault> {
    let decision = &made.decision;
    let text = text_of(made.product, decision, &old.bulk, old.author, None);
    let hand = identity.hand();
    let step = Step { act: "edited", actor: &hand, note: &decision.reason, at: now };
    let version = change.change_decision(scope, old.id, old.version, &text, &step).await?;
    if decision.state == DecisionState::Active {
        supersede(change, scope, decision, &hand, now).await?;
    }
    let body = json!({ "name": old.name, "version": version, "says": decision.says(), "reason": decision.reason,
        "text": store::sha256(text.body.as_bytes()), "text_before": store::sha256(old.body.as_bytes()),
        "before": made.explanation });
    change.log(scope, &entry(made.product, identity, "decision.edited", old.id, body, now)).await?;
    let releases = queue(change, scope, made.product, decision, version, &[made.release], now).await?;
    Ok(Decided { id: old.id, name: old.name.clone(), version, state: decision.state, releases })
}

/// Takes a decision back: its author, or whoever may decide the same and could lower a class.
///
/// # Errors
/// `Conflict` when `seen` is not the newest version, `Refused` when it has ended already.
pub async fn withdraw(
    house: &House,
    identity: &Identity,
    decision: i64,
    seen: i64,
    why: &str,
    now: Moment,
) -> Result<Decided, Fault> {
    let scope = identity.scope(Act::Read)?;
    if why.trim().is_empty() {
        return Err(Fault::Refused("to withdraw a decision says why: give a reason".to_owned()));
    }
    let mut change = house.store.change().await?;
    let (row, product) = decision_of(&mut change, &scope, decision).await?;
    must_be(&row, seen)?;
    if !row.state.may_become(DecisionState::Withdrawn) {
        let text = format!("decision {} is {} already", row.name, row.state.word());
        return Err(Fault::Refused(text));
    }
    let text = word::read(&row.name, &row.body)?;
    may_withdraw(identity, product, &row, &text)?;
    let hand = identity.hand();
    let step = Step { act: "withdrawn", actor: &hand, note: why, at: now };
    let after = in_state(&row, DecisionState::Withdrawn);
    let version = change.change_decision(&scope, row.id, row.version, &after, &step).await?;
    let body = json!({ "name": row.name, "version": version, "why": why, "says": text.says() });
    change.log(&scope, &entry(product, identity, "decision.withdrawn", row.id, body, now)).await?;
    let releases = queue(&mut change, &scope, product, &text, version, &[], now).await?;
    change.commit().await?;
    Ok(Decided { id: row.id, name: row.name, version, state: DecisionState::Withdrawn, releases })
}

pub(crate) fn may_withdraw(
    identity: &Identity,
    product: i64,
    row: &Row,
    text: &Decision,
) -> Result<(), Fault> {
    // His own roles still have to allow the least of it: who has left the product decides nothing there.
    if row.author == identity.person {
        identity.must(Act::Investigate, product)?;
        return Ok(());
    }
    demands::must_be_second(identity, product, text)?;
    match identity.may(Act::LowerOneStep, product) {
        May::Do => Ok(()),
        _ => Err(Fault::Denied("another's decision is withdrawn by a reviewer or a lead".to_owned())),
    }
}
