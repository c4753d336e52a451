//! Knowledge changed: which releases does it touch, and what is judged again.
//!
//! From the delta's keys and ids the reverse index leads to distinct components. They are judged once for all releases
//! of equal setting, against the changed vulnerabilities only; what was excluded and stays so touches nobody. The
//! releases of the others are judged again in full, each by a job of its own, queued in the transaction that ends this
//! one. What a component alone cannot answer (conditions on the rest of the release, build evidence, statements) is left
//! to those jobs.
//!
//! A generation is taken into use in the store, with the job that follows its delta ([`announce`]), before nodes open
//! it. Nothing is stored any more that was judged with an older one, so that the rescan sees every judgement that it
//! has to correct.

mod knowledge_delta;
mod outcome;
mod setting;
mod touched;

use model::access::Role;
use store::jobs::{Lane, NewJob};
use store::vulnerability::Vulnerability;
use store::{Change, Moment, Scope};

pub use self::knowledge_delta::KnowledgeDelta;
use self::outcome::Outcome;
pub(crate) use self::setting::Setting;
use self::touched::Touched;
use crate::house::{Fault, House, instant};
use crate::intake::judge_release;
use crate::jobs::list::Job;
use crate::lookup_keys;
use crate::step::reached;

/// What a change of knowledge touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rescanned {
    /// Distinct components that were looked at.
    pub components: usize,
    /// Pairs of component and vulnerability that were judged.
    pub pairs: usize,
    /// Pairs that are judged otherwise than before, or are new, or gone.
    pub changed: usize,
    /// Releases that are judged again, in order.
    pub releases: Vec<i64>,
}

/// Makes a generation the one in use and queues the rescan of what its delta names, in one transaction. `size` is that of
/// its file; `feeds` says what it was made from. Nodes open it afterwards ([`House::renew`] under the same name).
///
/// # Errors
/// Those of the store and of the blobs.
pub async fn announce(
    house: &House,
    generation: &str,
    size: u64,
    feeds: &str,
    delta: &KnowledgeDelta,
    now: Moment,
) -> Result<Option<i64>, Fault> {
    let delta = house.blobs.put(delta.to_bytes()).await?;
    let mut change = house.store.change().await?;
    let job = take_into_use(&mut change, generation, size, feeds, delta, now).await?;
    change.commit().await?;
    Ok(job)
}

/// The same inside a transaction; `delta` is the blob of what differs.
pub(crate) async fn take_into_use(
    change: &mut Change,
    generation: &str,
    size: u64,
    feeds: &str,
    delta: String,
    now: Moment,
) -> Result<Option<i64>, Fault> {
    change.put_generation(generation, size, feeds, now).await?;
    let job = Job::RescanChanged { generation: generation.to_owned(), delta };
    Ok(change.enqueue(&job.queued(Lane::Background, now), now).await?)
}

/// Judges what a delta touches, and queues the releases for which something differs. `finish` runs in the same
/// transaction. A delta whose generation was followed by another is judged with the newest: that is what holds.
///
/// # Errors
/// `Refused` while this node does not have the generation yet.
pub async fn rescan<F>(
    house: &House,
    generation: &str,
    delta: &KnowledgeDelta,
    now: Moment,
    finish: F,
) -> Result<Rescanned, Fault>
where
    F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
{
    let current = house.current();
    let newest = house.store.look().await?.current_generation().await?;
    let wanted = newest.map_or_else(|| generation.to_owned(), |newest| newest.hash);
    if current.generation != wanted {
        return Err(Fault::Refused(format!("generation {wanted} is not in use here yet")));
    }
    lookup_keys::renew(&house.store, &current).await?;
    let at = instant(now);
    let feeds = setting::feeds(&current.knowledge.index, &at);
    let touched = Touched::of(house, delta, &feeds, &at).await?;
    let mut judged = outcome::judge(&current, &touched, &delta.vulnerabilities, now).await?;
    judged.releases.extend(&touched.whole);
    let mut change = house.store.change().await?;
    if !change.hold_generation(&wanted).await? {
        return Err(Fault::Refused(format!("generation {wanted} is not in use any more")));
    }
    let changed = write(&mut change, &judged, now).await?;
    change.enqueue_all(&jobs(&touched, &judged, &wanted, now), now).await?;
    finish(&mut change).await?;
    reached("rescan.written");
    change.commit().await?;
    reached("rescan.committed");
    let releases = judged.releases.into_iter().collect();
    Ok(Rescanned { components: touched.components.len(), pairs: judged.pairs, changed, releases })
}

/// Writes what is known of pairs, whatever releases ship them. Returns how many differ.
async fn write(change: &mut Change, judged: &Outcome, now: Moment) -> Result<usize, Fault> {
    let vulnerabilities: Vec<Vulnerability> = judged.vulnerabilities.values().cloned().collect();
    change.put_vulnerabilities(&vulnerabilities).await?;
    let matches: Vec<_> = judged.matches.values().cloned().collect();
    let written = change.put_matches(&matches, now).await?;
    let removed = change.remove_matches(&judged.gone).await?;
    Ok(usize::try_from(written.saturating_add(removed)).unwrap_or(usize::MAX))
}

fn jobs(touched: &Touched, judged: &Outcome, generation: &str, now: Moment) -> Vec<NewJob> {
    let job = |release: &i64| {
        let scope = Scope::whole(touched.organisation(*release)?, Role::Admin);
        Some(judge_release(&scope, *release, format!("knowledge {generation}"), Lane::Background, now))
    };
    judged.releases.iter().filter_map(job).collect()
}
