//! What comes by the clock. Every node goes the round; the store lets one of them queue each thing, so that no node leads.

use store::jobs::Lane;
use store::{Dialect, Moment};

use super::{Node, feeds};
use crate::house::{Fault, House};
use crate::jobs::list::Job;

const HOUR: i64 = 3_600_000;

/// One round: the jobs of the hour, visits to feeds, knowledge that lies ready.
///
/// # Errors
/// When the store cannot be reached, or knowledge cannot be taken over; the next round tries again.
pub(crate) async fn go(node: &Node) -> Result<(), Fault> {
    let now = node.now();
    queue_hour(&node.house, now).await?;
    if feeds::are_set_up(&node.shelf) {
        feeds::queue_due(&node.house, &node.shelf, now).await?;
    }
    keep_up(node).await
}

/// Takes over knowledge that a verb has put into the directory, or that another node has brought.
///
/// # Errors
/// As [`go`].
pub(crate) async fn keep_up(node: &Node) -> Result<(), Fault> {
    if node.shelf.is_ahead().await {
        feeds::take_over(&node.house, &node.shelf, node.now()).await?;
    }
    if node.house.store.dialect() == Dialect::Postgres {
        node.shelf.follow(&node.house).await?;
    }
    Ok(())
}

/// The jobs of the full hour that has begun.
async fn queue_hour(house: &House, now: Moment) -> Result<(), Fault> {
    let due = now.0.div_euclid(HOUR) * HOUR;
    let mut change = house.store.change().await?;
    for (job, lane) in [
        (Job::SendDigests { due }, Lane::Immediate),
        (Job::CheckKnowledge { due }, Lane::Immediate),
        (Job::Sweep, Lane::Background),
    ] {
        change.enqueue_periodic(&job.queued(lane, now), Moment(due), now).await?;
    }
    Ok(change.commit().await?)
}
