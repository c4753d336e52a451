//! The second person: proposals put into force, one or all of one deed. Nobody approves what he had a hand in
//! (assessment.md 4.6).

use model::access::Act;
use model::decision::{Decision, DecisionState};
use serde_json::json;
use store::decision::{Act as Step, Decision as Row, DecisionFilter};
use store::{Change, Look, Moment, Page, Scope};

use super::decide::{Decided, decision_of, entry, named, queue, supersede, text_of};
use super::edit::must_be;
use super::{demands, word};
use crate::access::identity::Identity;
use crate::access::people::FOUR_EYES;
use crate::house::{Fault, House};

/// Puts a proposal into force. `seen` is the version that was looked at.
///
/// # Errors
/// `Denied` for an own proposal or without the role, `Conflict` when it was changed meanwhile.
pub async fn approve(
    house: &House,
    identity: &Identity,
    decision: i64,
    seen: i64,
    note: &str,
    now: Moment,
) -> Result<Decided, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut change = house.store.change().await?;
    let (row, _) = decision_of(&mut change, &scope, decision).await?;
    must_be(&row, seen)?;
    let decided = put_into_force(&mut change, &scope, identity, &row, note, now).await?;
    change.commit().await?;
    Ok(decided)
}

/// Puts all proposals of one deed into force, or none.
///
/// # Errors
/// As [`approve`]; `NotFound` when the deed has no proposals.
pub async fn approve_all(
    house: &House,
    identity: &Identity,
    bulk: &str,
    note: &str,
    now: Moment,
) -> Result<Vec<Decided>, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut change = house.store.change().await?;
    let mut rows = of_deed(&mut change, &scope, bulk).await?;
    rows.retain(|row| row.state == DecisionState::Proposed);
    if rows.is_empty() {
        return Err(store::Error::NotFound(format!("proposals of the deed {bulk}")).into());
    }
    let mut decided = Vec::new();
    for row in &rows {
        decided.push(put_into_force(&mut change, &scope, identity, row, note, now).await?);
    }
    change.commit().await?;
    Ok(decided)
}

/// All decisions of one deed, oldest first.
pub(crate) async fn of_deed(look: &mut Look, scope: &Scope, bulk: &str) -> Result<Vec<Row>, Fault> {
    if bulk.is_empty() {
        return Err(Fault::Refused("name the deed".to_owned()));
    }
    let filter = DecisionFilter { bulk: Some(bulk.to_owned()), ..DecisionFilter::default() };
    let (mut rows, mut page) = (Vec::new(), Page { after: None, limit: 1000 });
    loop {
        let listed = look.decisions(scope, &filter, &page).await?;
        rows.extend(listed.rows);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    rows.reverse();
    Ok(rows)
}

async fn put_into_force(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    row: &Row,
    note: &str,
    now: Moment,
) -> Result<Decided, Fault> {
    let product =
        row.product.ok_or_else(|| Fault::Broken(format!("decision {} has no product", row.name)))?;
    if row.state != DecisionState::Proposed {
        let text = format!("decision {} is {}, and no proposal", row.name, row.state.word());
        return Err(Fault::Refused(text));
    }
    let proposed = word::read(&row.name, &row.body)?;
    demands::must_be_second(identity, product, &proposed)?;
    let is_own = had_a_hand(change, scope, identity, row).await?;
    if is_own {
        must_be_advisory(change, scope, &proposed).await?;
    }
    let reviewer = identity.login.clone();
    let decision = Decision { state: DecisionState::Active, reviewer, ..proposed };
    demands::check(&decision, &named(change, scope, &decision).await?, is_own)?;
    let text = text_of(product, &decision, &row.bulk, row.author, Some(identity.person));
    let hand = identity.hand();
    let note = if is_own { format!("own approval, four_eyes = advisory. {note}") } else { note.to_owned() };
    let step = Step { act: "approved", actor: &hand, note: note.trim(), at: now };
    let version = change.change_decision(scope, row.id, row.version, &text, &step).await?;
    supersede(change, scope, &decision, &hand, now).await?;
    let body = json!({ "name": row.name, "version": version, "says": decision.says(), "note": note.trim(),
        "own": is_own, "author": row.author, "text": store::sha256(text.body.as_bytes()) });
    change.log(scope, &entry(product, identity, "decision.approved", row.id, body, now)).await?;
    let releases = queue(change, scope, product, &decision, version, &[], now).await?;
    Ok(Decided { id: row.id, name: row.name.clone(), version, state: decision.state, releases })
}

/// Whoever wrote a version of it is no second person, whatever he shows: session or token.
async fn had_a_hand(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    row: &Row,
) -> Result<bool, Fault> {
    let hand = identity.hand();
    let steps = change.decision_history(scope, row.id).await?;
    Ok(row.author == identity.person || steps.iter().any(|step| step.actor == hand))
}

async fn must_be_advisory(change: &mut Change, scope: &Scope, decision: &Decision) -> Result<(), Fault> {
    if change.setting(scope, FOUR_EYES).await?.as_deref() != Some("advisory") {
        return Err(Fault::Denied("nobody approves what is his own: ask a second person".to_owned()));
    }
    if demands::lowers_from_immediate(decision) {
        return Err(Fault::Denied(
            "to lower from immediate takes a second person, also where four_eyes is advisory".to_owned(),
        ));
    }
    Ok(())
}
