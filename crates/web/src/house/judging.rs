//! Decisions as they stand: the list, one, those of a deed, and what a second person does with them.

use model::access::Act as Right;
use model::decision::DecisionState;
use service::maker::{DecisionFilter, DecisionRow as Stored};
use service::triage::current::{self, of_deed};
use service::triage::{approve, edit, snooze, undo};

use super::HouseBackend;
use super::decide::told;
use super::once::once;
use super::translate::{DAY, at, at_some, failure, id, known, maker, missing, scope};
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::decided::{Decided, Step};
use crate::pages::decisions::DecisionRow;
use crate::pages::deed::Deed;
use crate::pages::list::{Page, Query};
use crate::words::counted;

pub(super) async fn comment(
    of: &HouseBackend,
    act: &Act,
    finding: &str,
    text: &str,
) -> Result<String, Failure> {
    let (who, finding) = (known(&act.who)?, id(finding, "finding")?);
    once(of, act, async |house, _| {
        snooze::comment(&house, who, finding, text, of.moment()).await.map_err(failure)?;
        Ok("The comment is kept".to_owned())
    })
    .await
}

pub(super) async fn sleep(
    of: &HouseBackend,
    act: &Act,
    finding: &str,
    days: u8,
    reason: &str,
) -> Result<String, Failure> {
    let (who, finding, now) = (known(&act.who)?, id(finding, "finding")?, of.moment());
    let until = now.plus(DAY * i64::from(days));
    once(of, act, async |house, _| {
        snooze::snooze(&house, who, finding, until, reason, now).await.map_err(failure)?;
        Ok(match days {
            0 => "It is in the queue again".to_owned(),
            days => format!("Out of the queue for {}", counted(usize::from(days), "day", "days")),
        })
    })
    .await
}

/// Names that rows of decisions are written with.
struct Names {
    people: Vec<(i64, String)>,
    products: Vec<(i64, String, String)>,
}

impl Names {
    async fn read(of: &HouseBackend, who: &Identity) -> Result<Names, Failure> {
        let people = of.door.names(known(who)?).await.map_err(failure)?;
        let products = maker(of, who)?.product_names().await.map_err(failure)?;
        Ok(Names { people, products })
    }

    fn person(&self, id: i64) -> String {
        let known = self.people.iter().find(|(one, _)| *one == id);
        known.map_or_else(|| format!("person {id}"), |(_, name)| name.clone())
    }

    /// Who the history names: `person/5`, `system`.
    fn actor(&self, actor: &str) -> String {
        let id = actor.strip_prefix("person/").and_then(|id| id.parse().ok());
        id.map_or_else(|| actor.to_owned(), |id| self.person(id))
    }

    fn row(&self, stored: &Stored) -> DecisionRow {
        let product = stored.product.and_then(|id| self.products.iter().find(|(one, _, _)| *one == id));
        DecisionRow {
            name: stored.name.clone(),
            state: stored.state.word().to_owned(),
            product: product.map_or_else(|| "all products".to_owned(), |(_, _, name)| name.clone()),
            vulnerability: stored.vulnerability.clone(),
            component: stored.component.clone(),
            says: current::says(stored),
            author: self.person(stored.author),
            reviewer: stored.reviewer.map(|id| self.person(id)).unwrap_or_default(),
            changed: at(stored.changed),
            expires: at_some(stored.expires),
            deed: stored.bulk.clone(),
        }
    }
}

pub(super) async fn decisions(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<DecisionRow>, Failure> {
    let scope = scope(who, Right::Read)?;
    let names = Names::read(of, who).await?;
    let one = |key: &str| query.of(key).first().cloned();
    let wanted = one("product");
    let product = wanted.map(|wanted| {
        let known = names.products.iter().find(|(id, slug, _)| *slug == wanted || id.to_string() == wanted);
        known.map(|(id, _, _)| *id).ok_or_else(|| missing("product"))
    });
    let states: Vec<DecisionState> =
        query.of("state").iter().filter_map(|word| DecisionState::parse(word)).collect();
    let filter = DecisionFilter {
        product: product.transpose()?,
        vulnerability: one("vulnerability"),
        bulk: one("deed"),
        ..DecisionFilter::default()
    };
    let rows = current::decisions(&of.house, &scope, &filter, &states).await.map_err(failure)?;
    let rows = rows.iter().map(|stored| names.row(stored)).collect();
    super::people::page(rows, query, |row| &row.name)
}

/// The decision of a name.
async fn by_name(of: &HouseBackend, who: &Identity, name: &str) -> Result<Stored, Failure> {
    let scope = scope(who, Right::Read)?;
    let found = current::by_name(&of.house, &scope, name).await.map_err(failure)?;
    found.ok_or_else(|| missing("decision"))
}

pub(super) async fn decision(of: &HouseBackend, who: &Identity, name: &str) -> Result<Decided, Failure> {
    let stored = by_name(of, who, name).await?;
    let names = Names::read(of, who).await?;
    let scope = scope(who, Right::Read)?;
    let steps = current::steps(&of.house, &scope, &stored).await.map_err(failure)?;
    let steps = steps.into_iter().rev().map(|(step, says)| Step {
        at: at(step.at),
        by: names.actor(&step.actor),
        act: step.act,
        says,
        note: step.note,
    });
    let finding = current::finding(&of.house, &scope, &stored).await.map_err(failure)?;
    Ok(Decided {
        row: names.row(&stored),
        version: stored.version,
        reason: current::reason(&stored),
        text: stored.body.clone(),
        finding: finding.map_or_else(String::new, |id| id.to_string()),
        steps: steps.collect(),
        is_proposed: stored.state == DecisionState::Proposed,
        is_open: stored.state.may_become(DecisionState::Withdrawn),
    })
}

/// A version that is not the newest: the newest is named.
fn stale(fail: Failure, newest: i64) -> Failure {
    if fail.kind == Kind::Conflict { fail.hint(newest.to_string()) } else { fail }
}

pub(super) async fn approve(
    of: &HouseBackend,
    act: &Act,
    name: &str,
    version: i64,
    note: &str,
) -> Result<String, Failure> {
    let stored = by_name(of, &act.who, name).await?;
    let who = known(&act.who)?;
    once(of, act, async |house, _| {
        let done = approve::approve(&house, who, stored.id, version, note, of.moment()).await;
        Ok(told(&done.map_err(|fault| stale(failure(fault), stored.version))?))
    })
    .await
}

pub(super) async fn withdraw(
    of: &HouseBackend,
    act: &Act,
    name: &str,
    version: i64,
    why: &str,
) -> Result<String, Failure> {
    let stored = by_name(of, &act.who, name).await?;
    let who = known(&act.who)?;
    once(of, act, async |house, _| {
        let done = edit::withdraw(&house, who, stored.id, version, why, of.moment()).await;
        Ok(told(&done.map_err(|fault| stale(failure(fault), stored.version))?))
    })
    .await
}

pub(super) async fn deed(of: &HouseBackend, who: &Identity, name: &str) -> Result<Deed, Failure> {
    let scope = scope(who, Right::Read)?;
    let rows = of_deed(&of.house, &scope, name).await.map_err(failure)?;
    let first = rows.first().ok_or_else(|| missing("deed"))?;
    let names = Names::read(of, who).await?;
    Ok(Deed {
        name: name.to_owned(),
        proposed: rows.iter().filter(|row| row.state == DecisionState::Proposed).count(),
        open: rows.iter().filter(|row| row.state.may_become(DecisionState::Withdrawn)).count(),
        is_undoable: first.created.plus(undo::WITHIN) >= of.moment(),
        decisions: rows.iter().map(|row| names.row(row)).collect(),
    })
}

pub(super) async fn approve_deed(
    of: &HouseBackend,
    act: &Act,
    name: &str,
    note: &str,
) -> Result<String, Failure> {
    let who = known(&act.who)?;
    once(of, act, async |house, _| {
        let done = approve::approve_all(&house, who, name, note, of.moment()).await.map_err(failure)?;
        Ok(format!("{} in force", counted(done.len(), "decision is", "decisions are")))
    })
    .await
}

pub(super) async fn undo_deed(
    of: &HouseBackend,
    act: &Act,
    name: &str,
    why: &str,
) -> Result<String, Failure> {
    let who = known(&act.who)?;
    once(of, act, async |house, _| {
        let done = undo::undo(&house, who, name, why, of.moment()).await.map_err(failure)?;
        let back = counted(done.withdrawn.len(), "decision is", "decisions are");
        Ok(match done.restored.len() {
            0 => format!("{back} taken back"),
            some => format!(
                "{back} taken back; {} again in force",
                counted(some, "older one is", "older ones are")
            ),
        })
    })
    .await
}
