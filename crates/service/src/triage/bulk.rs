//! Many findings decided at once: looked at first, then written as one deed in one transaction, undone as a unit.

use std::collections::{BTreeMap, BTreeSet};

use model::access::{Act, May};
use model::assessment::ResponseClass;
use model::decision::DecisionState;
use model::finding::Verdict;
use store::finding::Finding;
use store::finding_list::FindingFilter;
use store::{Look, Moment, Scope, sha256};

use super::decide::{Decided, Made, every, finding_of, make, next_name, put};
use super::sight::{Sight, see};
use super::word::Word;
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// Findings of one deed at most.
pub const MOST: usize = 5_000;
/// With more findings than this, or any immediate one, a second person is needed whatever is decided.
pub const ALONE: usize = 200;

/// Which findings.
#[derive(Clone, Copy, Debug)]
pub enum Chosen<'a> {
    /// All of a filter, which names a product.
    Filter(&'a FindingFilter),
    /// These, by id.
    Findings(&'a [i64]),
}

/// How many findings are of each class, the worst first; last those with nothing to do.
pub type Histogram = Vec<(Option<ResponseClass>, usize)>;

/// What a deed would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// To be given when it is done: what was looked at and nothing else is decided.
    pub token: String,
    /// Findings that the filter names.
    pub findings: usize,
    /// Findings that qualify.
    pub qualify: usize,
    /// Distinct components among them, by name.
    pub components: usize,
    /// Decisions that will be written: one for each anchor.
    pub anchors: usize,
    /// Findings that do not qualify, with the reason.
    pub refused: Vec<(Finding, String)>,
    /// Classes of the qualifying ones now.
    pub before: Histogram,
    /// Their classes as the word sets them.
    pub after: Histogram,
    /// It becomes a proposal.
    pub needs_second: bool,
}

/// A deed that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its name: what undoing and approving take.
    pub bulk: String,
    /// Its decisions.
    pub decisions: Vec<Decided>,
    /// Findings that did not qualify.
    pub refused: usize,
}

/// What would happen.
struct Plan {
    preview: Preview,
    made: Vec<Made>,
}

/// Looks at what a deed would do; nothing is written.
///
/// # Errors
/// `Refused` when what is chosen is nothing, too much, or a filter without a product.
pub async fn preview(
    house: &House,
    identity: &Identity,
    chosen: Chosen<'_>,
    word: &Word,
    now: Moment,
) -> Result<Preview, Fault> {
    let scope = identity.scope(Act::Read)?;
    let (rows, sights) = see_all(house, identity, &scope, chosen, now).await?;
    let mut look = house.store.look().await?;
    Ok(plan(&mut look, &scope, identity, &rows, &sights, word, NAMELESS, now).await?.preview)
}

/// Does it, if it is still what was looked at.
///
/// # Errors
/// `Conflict` when something of it has changed since the preview.
pub async fn decide_all(
    house: &House,
    identity: &Identity,
    chosen: Chosen<'_>,
    word: &Word,
    token: &str,
    now: Moment,
) -> Result<Deed, Fault> {
    let scope = identity.scope(Act::Read)?;
    let (rows, sights) = see_all(house, identity, &scope, chosen, now).await?;
    let mut change = house.store.change().await?;
    let name = next_name(&mut change, &scope, now).await?;
    let plan = plan(&mut change, &scope, identity, &rows, &sights, word, &name, now).await?;
    if plan.preview.token != token {
        let text = "the findings have changed since the preview: look again";
        return Err(store::Error::Conflict(text.to_owned()).into());
    }
    let bulk = format!("B-{}", crate::access::secret::random::<8>()?);
    let mut decisions = Vec::with_capacity(plan.made.len());
    for made in &plan.made {
        decisions.push(put(&mut change, &scope, identity, made, &bulk, now).await?);
    }
    change.commit().await?;
    Ok(Deed { bulk, decisions, refused: plan.preview.refused.len() })
}

/// The findings of a choice, before anything is said about them.
///
/// # Errors
/// `Refused` when what is chosen is nothing or too much, `NotFound` outside of the roles.
pub async fn chosen(house: &House, identity: &Identity, ids: &[i64]) -> Result<Vec<Finding>, Fault> {
    let rows = of_ids(house, &identity.scope(Act::Read)?, ids).await?;
    for product in rows.iter().map(|row| row.product).collect::<BTreeSet<i64>>() {
        identity.must(Act::Investigate, product)?;
    }
    Ok(rows)
}

async fn see_all(
    house: &House,
    identity: &Identity,
    scope: &Scope,
    chosen: Chosen<'_>,
    now: Moment,
) -> Result<(Vec<Finding>, BTreeMap<i64, Sight>), Fault> {
    let rows = match chosen {
        Chosen::Filter(filter) => of_filter(house, scope, filter).await?,
        Chosen::Findings(ids) => of_ids(house, scope, ids).await?,
    };
    for product in rows.iter().map(|row| row.product).collect::<BTreeSet<i64>>() {
        identity.must(Act::Investigate, product)?;
    }
    let mut sights = BTreeMap::new();
    for release in rows.iter().map(|row| row.release).collect::<BTreeSet<i64>>() {
        sights.insert(release, see(house, scope, release, now).await?);
    }
    Ok((rows, sights))
}

async fn of_filter(house: &House, scope: &Scope, filter: &FindingFilter) -> Result<Vec<Finding>, Fault> {
    if filter.product.is_none() {
        return Err(Fault::Refused("choose a product: decisions are made for one".to_owned()));
    }
    let (rows, total) = every(&mut house.store.look().await?, scope, filter, MOST).await?;
    if rows.is_empty() {
        return Err(Fault::Refused("the filter names no finding".to_owned()));
    }
    if total > rows.len() as u64 {
        return Err(Fault::Refused(format!("the filter names {total} findings; {MOST} at most at once")));
    }
    Ok(rows)
}

async fn of_ids(house: &House, scope: &Scope, ids: &[i64]) -> Result<Vec<Finding>, Fault> {
    if ids.is_empty() || ids.len() > MOST {
        return Err(Fault::Refused(format!("choose 1 to {MOST} findings; these are {}", ids.len())));
    }
    let mut look = house.store.look().await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids.iter().collect::<BTreeSet<&i64>>() {
        rows.push(finding_of(&mut look, scope, *id).await?);
    }
    Ok(rows)
}

/// What is not written needs no name of its own.
const NAMELESS: &str = "D-0000-001";

#[expect(clippy::too_many_arguments, reason = "a deed is put together from all that is known")]
async fn plan(
    look: &mut Look,
    scope: &Scope,
    identity: &Identity,
    rows: &[Finding],
    sights: &BTreeMap<i64, Sight>,
    word: &Word,
    first: &str,
    now: Moment,
) -> Result<Plan, Fault> {
    let (mut made, mut refused, mut good): (BTreeMap<String, Made>, _, Vec<&Finding>) =
        (BTreeMap::new(), Vec::new(), Vec::new());
    for row in rows {
        let Some(sight) = sights.get(&row.release) else { continue };
        match one(look, scope, identity, row, sight, word, first, now).await {
            Ok((anchor, one)) => {
                made.entry(anchor).or_insert(one);
                good.push(row);
            }
            // What cannot be decided is told; what cannot be reached ends it.
            Err(Fault::Refused(why) | Fault::Denied(why)) => refused.push((row.clone(), why)),
            Err(fault) => return Err(fault),
        }
    }
    let is_immediate = |row: &&Finding| row.cell.class == Some(ResponseClass::Immediate);
    let is_large = good.len() > ALONE || good.iter().any(is_immediate);
    let mut made: Vec<Made> = made.into_values().collect();
    name(&mut made, is_large);
    let needs_second = made.iter().any(|one| one.decision.state == DecisionState::Proposed);
    let components: BTreeSet<&str> = good.iter().map(|row| row.component_name.as_str()).collect();
    let preview = Preview {
        token: token(identity, rows, word),
        findings: rows.len(),
        qualify: good.len(),
        components: components.len(),
        anchors: made.len(),
        before: histogram(good.iter().map(|row| row.cell.class)),
        after: histogram(good.iter().map(|row| after(row.cell.class, word))),
        refused,
        needs_second,
    };
    Ok(Plan { preview, made })
}

/// The decision of one finding, and its anchor: findings of the same anchor need one decision.
#[expect(clippy::too_many_arguments, reason = "a decision is put together from all that is known")]
async fn one(
    look: &mut Look,
    scope: &Scope,
    identity: &Identity,
    row: &Finding,
    sight: &Sight,
    word: &Word,
    name: &str,
    now: Moment,
) -> Result<(String, Made), Fault> {
    let seen = sight.find(row)?;
    let made = make(look, scope, identity, sight, &seen, word, name, now).await?;
    let decision = &made.decision;
    let anchor = format!(
        "{}\n{:?}\n{}\n{:?}\n{:?}\n{:?}",
        decision.vulnerability,
        decision.component,
        decision.versions,
        decision.conditions,
        decision.seen.class,
        decision.seen.exploitation
    );
    Ok((anchor, made))
}

/// Each was made with the first free name; here they get one after the other. A deed is in force as a whole or proposed as
/// a whole.
fn name(made: &mut [Made], is_large: bool) {
    let is_proposed = is_large || made.iter().any(|one| one.decision.state == DecisionState::Proposed);
    for (after, one) in made.iter_mut().enumerate() {
        let name = one.decision.id.clone();
        let prefix = name.trim_end_matches(|digit: char| digit.is_ascii_digit());
        let first = name.strip_prefix(prefix).and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
        one.decision.id = format!("{prefix}{:03}", first + after);
        if is_proposed {
            one.decision.state = DecisionState::Proposed;
        }
    }
}

/// Of who looks, at what, in which state, and what is to be said.
fn token(identity: &Identity, rows: &[Finding], word: &Word) -> String {
    let mut seen: Vec<(i64, i64, i64)> =
        rows.iter().map(|row| (row.id, row.input_hash, row.cell.number())).collect();
    seen.sort_unstable();
    sha256(format!("{} {seen:?} {word:?}", identity.person).as_bytes())
}

fn after(class: Option<ResponseClass>, word: &Word) -> Option<ResponseClass> {
    match word.status {
        Some(status) if status.verdict() == Verdict::NotAffected => None,
        _ if word.accepts_risk => Some(ResponseClass::None),
        _ => word.class.or(class),
    }
}

fn histogram(classes: impl Iterator<Item = Option<ResponseClass>>) -> Histogram {
    let mut counts: BTreeMap<Option<ResponseClass>, usize> = BTreeMap::new();
    for class in classes {
        *counts.entry(class).or_default() += 1;
    }
    counts.into_iter().rev().collect()
}

/// True when somebody may go through with a deed at all: what a page asks before it offers it.
pub fn may_decide(identity: &Identity, product: i64) -> bool {
    identity.may(Act::Investigate, product) != May::No
}
