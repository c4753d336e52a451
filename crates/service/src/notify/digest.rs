//! The digest: what changed in a day, by product, as the net of all events of a finding. Once a day, at the hour that an
//! organisation has chosen.

use std::collections::{BTreeMap, BTreeSet};

use model::access::Role;
use store::jobs::Lane;
use store::{Change, Look, Moment, Page, Scope};

use super::facts::{Changed, Digest, Envelope, Facts, Group, ProductDigest};
use super::history::{self, Names, rank};
use super::list::Kind;
use super::raise::{envelope, key, send, targets};
use super::settings::{self, AlertKind, Subscription};
use crate::house::{Fault, House};
use crate::jobs::list::Job;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Most lines of a group.
const MOST_LINES: usize = 10;

/// The net change of a finding.
#[derive(Clone, Debug)]
struct Net {
    product: i64,
    release: i64,
    component: i64,
    vulnerability: String,
    was_there: bool,
    is_there: bool,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    New,
    Worse,
    Better,
    Gone,
}

impl Net {
    fn side(&self) -> Option<Side> {
        let (from, to) = (rank(self.from.as_deref()), rank(self.to.as_deref()));
        match (self.was_there, self.is_there) {
            (false, true) => Some(Side::New),
            (true, false) => Some(Side::Gone),
            (true, true) if to > from => Some(Side::Worse),
            (true, true) if to < from => Some(Side::Better),
            _ => None,
        }
    }

    /// The more urgent of both ends: by it lines are ordered.
    fn weight(&self) -> usize {
        rank(self.from.as_deref()).max(rank(self.to.as_deref()))
    }
}

/// What changed within a scope between two moments.
///
/// # Errors
/// Those of the store.
pub async fn digest(look: &mut Look, scope: &Scope, since: Moment, until: Moment) -> Result<Digest, Fault> {
    let mut net: BTreeMap<i64, Net> = BTreeMap::new();
    history::events(look, scope, since, until, |event| {
        let Some(body) = history::body(&event) else { return true };
        let is_new = event.kind == "finding_new";
        // Newest first: the last one seen tells how it began.
        let known = net.entry(event.finding).or_insert_with(|| Net {
            product: event.product,
            release: event.release,
            component: body.component,
            vulnerability: body.vulnerability.unwrap_or_default(),
            was_there: true,
            is_there: event.kind != "finding_gone",
            from: None,
            to: body.class.to.clone(),
        });
        known.was_there = !is_new;
        known.from = body.class.from;
        true
    })
    .await?;
    let net: Vec<Net> = net.into_values().collect();
    let components: BTreeSet<i64> = net.iter().map(|one| one.component).collect();
    let names = Names::of(look, scope, &components, &BTreeSet::new()).await?;
    let products = products(&net, &names);
    let releases = look.releases(scope, None, &Page { after: None, limit: 1 }).await?.total;
    let knowledge = look.feeds().await?.iter().map(|feed| feed.fetched.0).max().unwrap_or(0);
    Ok(Digest {
        since: since.0,
        until: until.0,
        products,
        releases: usize::try_from(releases).unwrap_or(usize::MAX),
        knowledge,
    })
}

fn products(net: &[Net], names: &Names) -> Vec<ProductDigest> {
    let mut sides: BTreeMap<i64, BTreeMap<Side, Vec<&Net>>> = BTreeMap::new();
    for one in net {
        if let Some(side) = one.side() {
            sides.entry(one.product).or_default().entry(side).or_default().push(one);
        }
    }
    let mut products: Vec<ProductDigest> = sides
        .into_iter()
        .filter_map(|(product, mut sides)| {
            let mut take = |side| group(&sides.remove(&side).unwrap_or_default(), names);
            Some(ProductDigest {
                product: names.products.get(&product)?.clone(),
                new: take(Side::New),
                worse: take(Side::Worse),
                better: take(Side::Better),
                gone: take(Side::Gone),
            })
        })
        .collect();
    products.sort_by(|one, other| one.product.slug.cmp(&other.product.slug));
    products
}

fn group(net: &[&Net], names: &Names) -> Group {
    let mut by_name: BTreeMap<&str, Vec<&Net>> = BTreeMap::new();
    for one in net {
        by_name.entry(&one.vulnerability).or_default().push(one);
    }
    let vulnerabilities = by_name.len();
    let mut lines: Vec<(usize, Changed)> =
        by_name.into_values().filter_map(|all| changed(&all, names)).collect();
    lines.sort_by(|one, other| {
        other.0.cmp(&one.0).then_with(|| one.1.vulnerability.cmp(&other.1.vulnerability))
    });
    let lines = lines.into_iter().take(MOST_LINES).map(|(_, changed)| changed).collect();
    Group { vulnerabilities, findings: net.len(), lines }
}

/// A vulnerability by its most urgent finding.
fn changed(all: &[&Net], names: &Names) -> Option<(usize, Changed)> {
    let worst = all.iter().max_by_key(|one| (one.weight(), std::cmp::Reverse(one.component)))?;
    let releases: BTreeSet<i64> = all.iter().map(|one| one.release).collect();
    let (component, version) = names.component(worst.component);
    let changed = Changed {
        vulnerability: worst.vulnerability.clone(),
        component,
        version,
        releases: releases.len(),
        from: worst.from.clone(),
        to: worst.to.clone(),
    };
    Some((worst.weight(), changed))
}

/// Queues the digests of each full hour that has passed since `since`, of at most a day: a server that slept sends what it
/// missed. To be called again and again with the moment of the last call; any number of nodes may do so.
///
/// # Errors
/// Those of the store.
pub async fn queue(house: &House, since: Moment, now: Moment) -> Result<usize, Fault> {
    let first = since.0.max(now.0.saturating_sub(DAY)).div_euclid(HOUR) + 1;
    let hours = first..=now.0.div_euclid(HOUR);
    let mut queued = 0;
    if hours.is_empty() {
        return Ok(queued);
    }
    let mut change = house.store.change().await?;
    for due in hours.map(|hour| Moment(hour * HOUR)) {
        for job in [Job::SendDigests { due: due.0 }, Job::CheckKnowledge { due: due.0 }] {
            let new = job.queued(Lane::Background, now);
            queued += usize::from(change.enqueue_periodic(&new, due, now).await?.is_some());
        }
    }
    change.commit().await?;
    Ok(queued)
}

/// Writes the digests of all organisations whose hour it is. `finish` runs in the same transaction.
pub(crate) async fn send_all<F>(house: &House, due: Moment, now: Moment, finish: F) -> Result<usize, Fault>
where
    F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
{
    // Events are read beside those who write; a repetition finds the same ones, and its messages are there already.
    let wanted = {
        let mut look = house.store.look().await?;
        wanted(&mut look, due).await?
    };
    let mut change = house.store.change().await?;
    let mut written = 0;
    for (scope, kind, envelope) in &wanted {
        let key = key(scope, envelope, &[due.0.to_string()]);
        written += usize::from(send(&mut change, scope, *kind, envelope, &key, now, now).await?);
    }
    finish(&mut change).await?;
    change.commit().await?;
    Ok(written)
}

async fn wanted(look: &mut Look, due: Moment) -> Result<Vec<(Scope, Kind, Envelope)>, Fault> {
    let hour = due.0.div_euclid(HOUR).rem_euclid(24);
    let mut wanted = Vec::new();
    for organisation in look.organisations().await? {
        let scope = Scope::whole(organisation.id, Role::Admin);
        let alerts = settings::get(look, &scope).await?;
        if i64::from(alerts.digest_hour) != hour {
            continue;
        }
        for (subscription, channel) in alerts.wanting(AlertKind::Digest, None) {
            let facts = digest(look, &narrowed(&scope, subscription), due.plus(-DAY), due).await?;
            if facts.products.is_empty() && !subscription.quiet_days {
                continue;
            }
            for target in targets(channel)? {
                let envelope = envelope(subscription, target, Facts::Digest(facts.clone()));
                wanted.push((scope.clone(), channel.kind, envelope));
            }
        }
    }
    Ok(wanted)
}

/// The scope of a subscription.
fn narrowed(scope: &Scope, subscription: &Subscription) -> Scope {
    match &subscription.products {
        Some(ids) => Scope { products: store::Products::Some(ids.clone()), ..scope.clone() },
        None => scope.clone(),
    }
}
