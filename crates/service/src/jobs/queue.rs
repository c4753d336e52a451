//! Taking jobs from the queue, one after the other: claimed under a lease, done, and ended in the transaction of their
//! last step. A worker that dies leaves its job to the next one when the lease is over.

use std::task::Poll;
use std::time::Duration;

pub use store::jobs::Lane;
use store::jobs::{Job as Row, backoff};
use store::{Change, Moment, Scope};

use model::access::Role;

use super::list::Job;
use crate::analyse::analyse;
use crate::house::{Fault, House};
use crate::node::shelf::Shelf;
use crate::notify::{digest, knowledge};
use crate::rescan::{KnowledgeDelta, rescan};

/// How long a worker may be silent, in milliseconds.
pub const LEASE: i64 = 60_000;

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is due.
    Idle,
    /// A job was done.
    Done {
        /// Its kind.
        kind: String,
        /// Its key.
        key: String,
    },
    /// A job failed and waits for its next attempt, or was parked after the last.
    Failed {
        /// Its kind.
        kind: String,
        /// Its key.
        key: String,
        /// Why.
        why: String,
    },
}

/// Takes one job that is due in the lanes and does it. `now` is asked at each step; `jitter` spreads retries.
///
/// # Errors
/// When the store cannot be reached; a fault of the job itself is a [`Turn::Failed`].
pub async fn turn(
    house: &House,
    lanes: &[Lane],
    worker: &str,
    now: &(dyn Fn() -> Moment + Sync),
    jitter: u64,
) -> Result<Turn, Fault> {
    match claim(house, lanes, worker, now()).await? {
        Some(row) => work(house, None, &row, now, jitter).await,
        None => Ok(Turn::Idle),
    }
}

/// Claims the job of the lanes that has waited longest.
///
/// # Errors
/// When the store cannot be reached.
pub async fn claim(house: &House, lanes: &[Lane], worker: &str, now: Moment) -> Result<Option<Row>, Fault> {
    let mut change = house.store.change().await?;
    let claimed = change.claim(lanes, worker, LEASE, now).await?;
    change.commit().await?;
    Ok(claimed)
}

/// Gives back what was claimed and is not done, because the node stops. Where the lease is lost, somebody has it already.
///
/// # Errors
/// When the store cannot be reached.
pub async fn give_back(house: &House, row: &Row, now: Moment) -> Result<(), Fault> {
    let mut change = house.store.change().await?;
    match change.give_back(row.id, row.lease_no, now).await {
        Ok(()) => Ok(change.commit().await?),
        Err(store::Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Does a claimed job, and keeps its lease as long as that takes. `shelf` is the node's own knowledge; a test has none.
///
/// # Errors
/// When the store cannot be reached; a fault of the job itself is a [`Turn::Failed`].
pub async fn work(
    house: &House,
    shelf: Option<&Shelf>,
    row: &Row,
    now: &(dyn Fn() -> Moment + Sync),
    jitter: u64,
) -> Result<Turn, Fault> {
    let (kind, key) = (row.kind.clone(), row.key.clone());
    match keeping(house, row, BEAT, now, run(house, shelf, row, now)).await {
        Ok(()) => Ok(Turn::Done { kind, key }),
        Err(fault) => {
            let why = fault.to_string();
            fail(house, row, &why, now(), jitter).await?;
            Ok(Turn::Failed { kind, key, why })
        }
    }
}

/// Ends an attempt that failed.
///
/// # Errors
/// When the store cannot be reached.
pub async fn fail(house: &House, row: &Row, why: &str, now: Moment, jitter: u64) -> Result<(), Fault> {
    let mut change = house.store.change().await?;
    // Where the lease is lost somebody else has the job, and its end is his.
    if change.fail(row.id, row.lease_no, why, backoff(row.attempts, jitter), now).await.is_ok() {
        change.commit().await?;
    }
    Ok(())
}

/// How often a worker that is at it says so.
const BEAT: Duration = Duration::from_secs(20);

/// Does a job's work and keeps its lease meanwhile, renewed at every beat: work that takes longer than a lease is not
/// begun by somebody else beside it. Where the lease is lost all the same, the end of the job refuses.
pub async fn keeping<T>(
    house: &House,
    row: &Row,
    beat: Duration,
    now: &(dyn Fn() -> Moment + Sync),
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    let mut beats = std::pin::pin!(async {
        loop {
            tokio::time::sleep(beat).await;
            // What cannot be renewed now may be at the next beat; a lost lease shows at the end.
            let _ = renew(house, row, now()).await;
        }
    });
    // Side by side: in SQLite a renewal waits for the one writer, which the work may be holding.
    std::future::poll_fn(|context| {
        let done = work.as_mut().poll(context);
        if done.is_pending() {
            let _: Poll<()> = beats.as_mut().poll(context);
        }
        done
    })
    .await
}

async fn renew(house: &House, row: &Row, now: Moment) -> Result<(), Fault> {
    let mut change = house.store.change().await?;
    change.renew(row.id, row.lease_no, LEASE, now).await?;
    Ok(change.commit().await?)
}

async fn run(
    house: &House,
    shelf: Option<&Shelf>,
    row: &Row,
    now: &(dyn Fn() -> Moment + Sync),
) -> Result<(), Fault> {
    let (id, lease_no) = (row.id, row.lease_no);
    let job = Job::read(&row.body).map_err(Fault::Broken)?;
    if let (Some(shelf), Job::AnalyseRelease { .. } | Job::RescanChanged { .. }) = (shelf, &job) {
        // What another node has taken into use is used here before anything is judged.
        shelf.follow(house).await?;
    }
    match job {
        Job::AnalyseRelease { organisation, release, .. } => {
            let scope = Scope::whole(organisation, Role::Admin);
            let at = now();
            analyse(house, &scope, release, at, async |change: &mut Change| {
                Ok(change.complete(id, lease_no, at).await?)
            })
            .await?;
        }
        Job::RescanChanged { generation, delta } => {
            let delta = KnowledgeDelta::read(&house.blobs.get(&delta).await?)?;
            let at = now();
            // A still newer generation answers for the older one: what had changed is judged with what is known now.
            let generation = if shelf.is_some() { house.current().generation.clone() } else { generation };
            rescan(house, &generation, &delta, at, async |change: &mut Change| {
                Ok(change.complete(id, lease_no, at).await?)
            })
            .await?;
        }
        Job::SendDigests { due } => {
            let at = now();
            digest::send_all(house, Moment(due), at, async |change: &mut Change| {
                Ok(change.complete(id, lease_no, at).await?)
            })
            .await?;
        }
        Job::CheckKnowledge { .. } => {
            let at = now();
            // Feeds grow old, kernel branches end and programs are replaced without any change of knowledge: what that
            // touches is judged again.
            let generation = house.current().generation.clone();
            match rescan(house, &generation, &KnowledgeDelta::default(), at, async |_| Ok(())).await {
                Ok(_) | Err(Fault::Refused(_)) => {}
                Err(fault) => return Err(fault),
            }
            knowledge::check(house, at, async |change: &mut Change| {
                Ok(change.complete(id, lease_no, at).await?)
            })
            .await?;
        }
        Job::SyncFeeds { feeds, .. } => {
            let shelf = shelf.ok_or_else(|| Fault::Refused("no feeds are followed here".to_owned()))?;
            let at = now();
            crate::node::feeds::visit(house, shelf, &feeds, at, async |change: &mut Change| {
                Ok(change.complete(id, lease_no, at).await?)
            })
            .await?;
        }
        Job::Sweep => {
            crate::triage::ending::mark_ended(house, now()).await?;
            let mut change = house.store.change().await?;
            change.sweep(now().plus(-KEPT)).await?;
            change.sweep_sessions(now()).await?;
            change.sweep_requests(now().plus(-KEPT)).await?;
            change.complete(id, lease_no, now()).await?;
            change.commit().await?;
        }
    }
    Ok(())
}

/// How long ended jobs stay visible: a week.
const KEPT: i64 = 7 * 24 * 3_600_000;
