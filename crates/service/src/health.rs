//! Whether everything that the server needs is there, and its numbers. They are of the whole installation.

use std::collections::BTreeMap;

use model::access::Role;
use model::assessment::ResponseClass;
use store::jobs::WorkState;
use store::{Moment, Page, Scope};

use crate::house::{Fault, House};
use crate::maker::is_open;

/// Numbers of the installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Open findings by class; `None` = nobody has assessed them. Every class is there.
    pub open: Vec<(Option<ResponseClass>, u64)>,
    /// Releases.
    pub releases: u64,
    /// Jobs by the word of their state.
    pub jobs: Vec<(&'static str, u64)>,
    /// Seconds since each feed was fetched or found unchanged; those that never were are not there.
    pub feeds: Vec<(String, i64)>,
}

/// Asks the store and the knowledge for a sign of life.
///
/// # Errors
/// What is missing.
pub async fn health(house: &House) -> Result<(), Fault> {
    house.store.look().await?.organisations().await?;
    if house.current().generation.is_empty() {
        return Err(Fault::Broken("no knowledge is in use".to_owned()));
    }
    Ok(())
}

/// The numbers of now.
///
/// # Errors
/// When the store cannot be reached.
pub async fn numbers(house: &House, now: Moment) -> Result<Numbers, Fault> {
    let mut look = house.store.look().await?;
    let mut open: BTreeMap<Option<ResponseClass>, u64> = BTreeMap::from([(None, 0)]);
    open.extend(ResponseClass::ALL.iter().map(|class| (Some(*class), 0)));
    let mut releases = 0;
    for organisation in look.organisations().await? {
        let scope = Scope::whole(organisation.id, Role::Admin);
        for count in look.counts_by_product(&scope).await?.iter().filter(|count| is_open(&count.cell)) {
            *open.entry(count.cell.class).or_default() += count.n;
        }
        releases += look.releases(&scope, None, &Page { after: None, limit: 1 }).await?.total;
    }
    let mut jobs = Vec::new();
    for state in WorkState::ALL {
        jobs.push((state.word(), look.jobs(*state, &Page { after: None, limit: 1 }).await?.total));
    }
    let fetched = look.feeds().await?.into_iter().filter(|feed| feed.fetched != Moment::NEVER);
    let feeds = fetched.map(|feed| (feed.id, (now.0 - feed.fetched.0).div_euclid(1000))).collect();
    Ok(Numbers { open: open.into_iter().rev().collect(), releases, jobs, feeds })
}
