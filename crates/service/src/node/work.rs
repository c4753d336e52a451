//! The workers of a node: one reserved for each lane, so that nothing long is in the way of what somebody waits for; the
//! dispatchers of messages; and the round by the clock. All of them stop when told to, and end what they have begun or
//! give it back.

use std::sync::Arc;
use std::time::Duration;

use store::Ear;
use store::jobs::Lane;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Node, feeds, jitter, round};
use crate::house::Fault;
use crate::jobs::queue::{self, Turn};
use crate::notify::dispatch::{Sent, dispatch_one};

/// Pause after nothing was found: it doubles up to the longest. Work that is queued in this process wakes us at once.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);
/// Pause between two rounds by the clock.
const ROUND: Duration = Duration::from_secs(20);
/// How long what was begun may take after the word to stop.
const GRACE: Duration = Duration::from_secs(20);
/// Messages that leave at the same time.
const DISPATCHERS: usize = 2;

/// The workers. They stop when [`Workers::stop`] is called.
pub struct Workers {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// The word to stop.
type Stop = watch::Receiver<bool>;

impl Workers {
    /// Starts the workers of a node.
    pub fn start(node: &Arc<Node>) -> Workers {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for lane in Lane::ALL {
            tasks.spawn(lane_worker(Arc::clone(node), *lane, stopped.clone()));
        }
        for number in 0..DISPATCHERS {
            tasks.spawn(dispatcher(Arc::clone(node), number, stopped.clone()));
        }
        tasks.spawn(clockwork(Arc::clone(node), stopped));
        Workers { stop, tasks }
    }

    /// Takes no new work, waits for what was begun, and gives back what takes too long.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A pause that ends early when work was queued, or the word to stop came.
struct Rest {
    ear: Ear,
    stop: Stop,
    pause: Duration,
}

impl Rest {
    fn new(node: &Node, stop: Stop) -> Rest {
        Rest { ear: node.house.store.ear(), stop, pause: SHORTEST }
    }

    fn is_over(&self) -> bool {
        *self.stop.borrow()
    }

    async fn short(&mut self) {
        tokio::select! {
            () = self.ear.heard() => self.pause = SHORTEST,
            _ = self.stop.changed() => {}
            () = tokio::time::sleep(self.pause) => self.pause = (self.pause * 2).min(LONGEST),
        }
    }

    async fn long(&mut self, pause: Duration) {
        tokio::select! {
            _ = self.stop.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn lane_worker(node: Arc<Node>, lane: Lane, stop: Stop) {
    let mut rest = Rest::new(&node, stop.clone());
    while !rest.is_over() {
        // Feeds are visited by the node that has them set up; the others leave those jobs to it.
        if lane == Lane::Feeds && !feeds::are_set_up(&node.shelf) {
            rest.long(LONGEST).await;
            continue;
        }
        match one_job(&node, lane, stop.clone()).await {
            Ok(Turn::Idle) => rest.short().await,
            Ok(Turn::Done { kind, key }) => {
                rest.pause = SHORTEST;
                tracing::info!(job = kind, key, lane = lane.word(), "job done");
            }
            Ok(Turn::Failed { kind, key, why }) => {
                tracing::warn!(job = kind, key, lane = lane.word(), why, "job failed");
            }
            Err(fault) => {
                tracing::error!(lane = lane.word(), why = %fault, "the queue cannot be reached");
                rest.long(LONGEST).await;
            }
        }
    }
}

/// Claims and does one job, in a task of its own: one that panics ends itself and not the worker.
async fn one_job(node: &Arc<Node>, lane: Lane, mut stop: Stop) -> Result<Turn, Fault> {
    let worker = format!("{}/{}", node.name, lane.word());
    let Some(row) = queue::claim(&node.house, &[lane], &worker, node.now()).await? else {
        return Ok(Turn::Idle);
    };
    let (at_work, job) = (Arc::clone(node), row.clone());
    let mut task = tokio::spawn(async move {
        let now = || at_work.now();
        queue::work(&at_work.house, Some(&at_work.shelf), &job, &now, jitter()).await
    });
    let stopped = async {
        // Gone without a word is told to stop, too.
        let _ = stop.wait_for(|stop| *stop).await;
        tokio::time::sleep(GRACE).await;
    };
    let ended = tokio::select! {
        ended = &mut task => Some(ended),
        () = stopped => None,
    };
    match ended {
        Some(Ok(turn)) => turn,
        Some(Err(error)) => {
            let why = format!("the job ended unexpectedly: {error}");
            queue::fail(&node.house, &row, &why, node.now(), jitter()).await?;
            Ok(Turn::Failed { kind: row.kind, key: row.key, why })
        }
        None => {
            task.abort();
            let _ = task.await;
            queue::give_back(&node.house, &row, node.now()).await?;
            let why = "given back: the server stops".to_owned();
            Ok(Turn::Failed { kind: row.kind, key: row.key, why })
        }
    }
}

async fn dispatcher(node: Arc<Node>, number: usize, mut stop: Stop) {
    let mut rest = Rest::new(&node, stop.clone());
    let worker = format!("{}/messages-{number}", node.name);
    while !rest.is_over() {
        let now = || node.now();
        let turn = dispatch_one(&node.house, &node.outgoing, &worker, &now, jitter());
        let grace = async {
            let _ = stop.wait_for(|stop| *stop).await;
            tokio::time::sleep(GRACE).await;
        };
        // One that is not sent in time keeps its lease; it is sent again with the same key.
        let sent = tokio::select! {
            sent = turn => sent,
            () = grace => return,
        };
        match sent {
            Ok(Sent::Idle) => rest.short().await,
            Ok(Sent::Accepted { key }) => {
                rest.pause = SHORTEST;
                tracing::info!(key, "message sent");
            }
            Ok(Sent::Waiting { key, why }) => tracing::warn!(key, why, "message not sent yet"),
            Ok(Sent::Parked { key, why }) => {
                tracing::error!(key, why, "message given up; a person has to look")
            }
            Ok(Sent::Lost { key }) => tracing::warn!(key, "message took longer than its lease"),
            Err(fault) => {
                tracing::error!(why = %fault, "messages cannot be looked at");
                rest.long(LONGEST).await;
            }
        }
    }
}

async fn clockwork(node: Arc<Node>, stop: Stop) {
    let mut rest = Rest::new(&node, stop);
    let mut rounds = 0_u32;
    while !rest.is_over() {
        let done = match rounds % ROUNDS {
            0 => round::go(&node).await,
            _ => round::keep_up(&node).await,
        };
        if let Err(fault) = done {
            tracing::warn!(why = %fault, "the round by the clock is not done; it is gone again");
        }
        rounds = rounds.wrapping_add(1);
        rest.long(LOOK).await;
    }
}

/// How often somebody looks for knowledge that lies ready; of so many looks one is a whole round.
const LOOK: Duration = Duration::from_secs(2);
const ROUNDS: u32 = (ROUND.as_secs() / LOOK.as_secs()) as u32;
