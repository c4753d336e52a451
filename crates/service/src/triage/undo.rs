//! A deed taken back as a unit, within 30 days. Undoing writes new steps; what had lost its place to the deed comes back
//! as a decision of the same text.

use model::access::Act;
use model::decision::{Decision, DecisionState};
use serde_json::json;
use store::decision::{Act as Step, Decision as Row, DecisionText};
use store::{Change, Moment, Scope};

use super::approve::of_deed;
use super::decide::{entry, in_state, queue};
use super::edit::may_withdraw;
use super::word;
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// How long a deed can be undone, in milliseconds: 30 days.
pub const WITHIN: i64 = 30 * 24 * 3_600_000;

/// What undoing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Names of the decisions that were taken back.
    pub withdrawn: Vec<String>,
    /// Names of those that had ended meanwhile, and stay as they are.
    pub ended: Vec<String>,
    /// Decisions that came back: the name of before, and the name of now.
    pub restored: Vec<(String, String)>,
    /// Releases that are judged again.
    pub releases: Vec<i64>,
}

/// Takes back everything that one deed decided.
///
/// # Errors
/// `NotFound` when there is no such deed, `Refused` after 30 days, `Denied` without the role for one of its decisions.
pub async fn undo(
    house: &House,
    identity: &Identity,
    bulk: &str,
    why: &str,
    now: Moment,
) -> Result<Undone, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut change = house.store.change().await?;
    // The organisation's row is held from here, as in every deed that gives names.
    let rows = of_deed(&mut change, &scope, bulk).await?;
    let Some(first) = rows.first() else {
        return Err(store::Error::NotFound(format!("deed {bulk}")).into());
    };
    if first.created.plus(WITHIN) < now {
        let text = "the deed is older than 30 days: withdraw its decisions one by one";
        return Err(Fault::Refused(text.to_owned()));
    }
    let mut undone = Undone::default();
    for row in &rows {
        if row.state.may_become(DecisionState::Withdrawn) {
            one(&mut change, &scope, identity, row, why, &mut undone, now).await?;
        } else {
            undone.ended.push(row.name.clone());
        }
    }
    undone.releases.sort_unstable();
    undone.releases.dedup();
    change.commit().await?;
    Ok(undone)
}

async fn one(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    row: &Row,
    why: &str,
    undone: &mut Undone,
    now: Moment,
) -> Result<(), Fault> {
    let product =
        row.product.ok_or_else(|| Fault::Broken(format!("decision {} has no product", row.name)))?;
    let text = word::read(&row.name, &row.body)?;
    may_withdraw(identity, product, row, &text)?;
    let hand = identity.hand();
    let step = Step { act: "undone", actor: &hand, note: why, at: now };
    let after = in_state(row, DecisionState::Withdrawn);
    let version = change.change_decision(scope, row.id, row.version, &after, &step).await?;
    let body = json!({ "name": row.name, "version": version, "why": why, "bulk": row.bulk });
    change.log(scope, &entry(product, identity, "decision.undone", row.id, body, now)).await?;
    for name in &text.supersedes {
        let Some(old) = change.decision_by_name(scope, name).await? else { continue };
        if old.state == DecisionState::Superseded {
            let new = restore(change, scope, identity, &old, &row.name, now).await?;
            undone.restored.push((old.name, new));
        }
    }
    undone.withdrawn.push(row.name.clone());
    undone.releases.extend(queue(change, scope, product, &text, version, &[], now).await?);
    Ok(())
}

/// The same word of the same people under a new name: what has ended is never opened again.
async fn restore(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    old: &Row,
    undone: &str,
    now: Moment,
) -> Result<String, Fault> {
    let product =
        old.product.ok_or_else(|| Fault::Broken(format!("decision {} has no product", old.name)))?;
    let before = word::read(&old.name, &old.body)?;
    let prefix = old.name.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let number = change.next_decision_number(scope, prefix).await?;
    let name = format!("{prefix}{number:03}");
    let decision = Decision { id: name.clone(), supersedes: vec![old.name.clone()], ..before };
    let text = DecisionText {
        name: name.clone(),
        bulk: String::new(),
        body: word::text(&decision),
        ..in_state(old, DecisionState::Active)
    };
    let hand = identity.hand();
    let note = format!("{} again: {undone} was undone", old.name);
    let step = Step { act: "restored", actor: &hand, note: &note, at: now };
    let id = change.add_decision(scope, &text, &step).await?;
    let body = json!({ "name": name, "of": old.name, "undone": undone, "author": old.author });
    change.log(scope, &entry(product, identity, "decision.restored", id, body, now)).await?;
    Ok(name)
}
