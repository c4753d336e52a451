//! The decision that a finding has: the newest that has not ended, of whatever deed.

use model::access::Act;
use model::decision::DecisionState;
use store::decision::{Decision as Row, DecisionFilter};
use store::finding::Finding;
use store::finding_list::FindingFilter;
use store::{Look, Page, Scope};

use super::decide::{every, finding_of};
use super::word;
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// How a decision in a certain version is named, for whoever says which one was seen: `D-2026-012@3`.
pub fn version(row: &Row) -> String {
    format!("{}@{}", row.name, row.version)
}

/// A finding with the newest decision or proposal on it that has not ended.
///
/// # Errors
/// `NotFound` outside of the roles.
pub async fn current(
    house: &House,
    identity: &Identity,
    finding: i64,
) -> Result<(Finding, Option<Row>), Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut look = house.store.look().await?;
    let row = finding_of(&mut look, &scope, finding).await?;
    let decision = of_finding(&mut look, &scope, &row).await?;
    Ok((row, decision))
}

/// The newest decision on the vulnerability and component of a finding in its product that has not ended.
///
/// # Errors
/// When the store cannot be reached.
pub async fn of_finding(look: &mut Look, scope: &Scope, row: &Finding) -> Result<Option<Row>, Fault> {
    let filter = DecisionFilter {
        product: Some(row.product),
        vulnerability: Some(row.vulnerability.clone()),
        ..DecisionFilter::default()
    };
    let (mut newest, mut page): (Option<Row>, _) = (None, Page { after: None, limit: 1000 });
    loop {
        let listed = look.decisions(scope, &filter, &page).await?;
        for decision in listed.rows {
            let is_open = matches!(
                decision.state,
                DecisionState::Proposed | DecisionState::Active | DecisionState::Overtaken
            );
            let is_newer =
                newest.as_ref().is_none_or(|one| (one.changed, one.id) < (decision.changed, decision.id));
            if decision.component == row.component_name && is_open && is_newer {
                newest = Some(decision);
            }
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(newest),
        }
    }
}

/// Decisions of a filter in any of some states (none: in all), the newest first.
///
/// # Errors
/// When the store cannot be reached.
pub async fn decisions(
    house: &House,
    scope: &Scope,
    filter: &DecisionFilter,
    states: &[DecisionState],
) -> Result<Vec<Row>, Fault> {
    let mut look = house.store.look().await?;
    let (mut rows, mut page) = (Vec::new(), Page { after: None, limit: 1000 });
    loop {
        let listed = look.decisions(scope, filter, &page).await?;
        rows.extend(listed.rows.into_iter().filter(|row| states.is_empty() || states.contains(&row.state)));
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(rows),
        }
    }
}

/// The decision of a name.
///
/// # Errors
/// When the store cannot be reached.
pub async fn by_name(house: &House, scope: &Scope, name: &str) -> Result<Option<Row>, Fault> {
    Ok(house.store.look().await?.decision_by_name(scope, name).await?)
}

/// The decisions of one deed, oldest first; none where there is no such deed.
///
/// # Errors
/// `Refused` without a name.
pub async fn of_deed(house: &House, scope: &Scope, deed: &str) -> Result<Vec<Row>, Fault> {
    super::approve::of_deed(&mut house.store.look().await?, scope, deed).await
}

/// The steps of a decision, oldest first, each with what it said then.
///
/// # Errors
/// When the store cannot be reached.
pub async fn steps(
    house: &House,
    scope: &Scope,
    row: &Row,
) -> Result<Vec<(store::decision::DecisionStep, String)>, Fault> {
    let steps = house.store.look().await?.decision_history(scope, row.id).await?;
    let says = |body: &str| word::read(&row.name, body).map(|text| text.says()).unwrap_or_default();
    Ok(steps.into_iter().map(|step| (says(&step.body), step)).map(|(says, step)| (step, says)).collect())
}

/// What a decision says; empty for one that a newer program wrote.
pub fn says(row: &Row) -> String {
    word::read(&row.name, &row.body).map(|text| text.says()).unwrap_or_default()
}

/// Why, in the author's words.
pub fn reason(row: &Row) -> String {
    word::read(&row.name, &row.body).map(|text| text.reason).unwrap_or_default()
}

/// A finding that a decision is about: the newest release's.
///
/// # Errors
/// When the store cannot be reached.
pub async fn finding(house: &House, scope: &Scope, row: &Row) -> Result<Option<i64>, Fault> {
    let filter = FindingFilter {
        product: row.product,
        vulnerability: Some(row.vulnerability.clone()),
        ..FindingFilter::default()
    };
    let rows = every(&mut house.store.look().await?, scope, &filter, 1000).await?.0;
    let same = rows.iter().filter(|one| one.component_name == row.component);
    Ok(same.max_by_key(|one| one.release).map(|one| one.id))
}
