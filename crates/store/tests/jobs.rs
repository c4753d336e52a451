//! The queue against a model of it, on both engines; two nodes on one database; a worker that dies.

use std::collections::BTreeMap;

use proptest::prelude::*;
use store::jobs::{Lane, NewJob, WorkState, backoff};
use store::outbox::NewMessage;
use store::{Error, Moment, Page, Store};

use crate::harness::{NOW, begin, on_both, postgres_url, run};

fn job(kind: &str, key: &str, lane: Lane) -> NewJob {
    NewJob {
        kind: kind.into(),
        key: key.into(),
        lane,
        body: "{}".into(),
        organisation: None,
        run_after: NOW,
        most_attempts: 2,
    }
}

async fn enqueue(store: &Store, new: &NewJob, now: Moment) -> Option<i64> {
    let mut change = store.change().await.unwrap();
    let id = change.enqueue(new, now).await.unwrap();
    change.commit().await.unwrap();
    id
}

/// What a test does to the queue.
#[derive(Clone, Debug)]
enum Step {
    Enqueue { key: u8, lane: usize, after: i64 },
    Claim { lane: usize, lease: i64 },
    Renew { nth: usize, lease: i64 },
    Complete { nth: usize },
    Fail { nth: usize, wait: i64 },
    Unpark { nth: usize },
    Wait { time: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4_u8, 0..3_usize, 0..50_i64).prop_map(|(key, lane, after)| Step::Enqueue { key, lane, after }),
        (0..3_usize, 1..60_i64).prop_map(|(lane, lease)| Step::Claim { lane, lease }),
        (0..3_usize, 1..60_i64).prop_map(|(lane, lease)| Step::Claim { lane, lease }),
        (0..6_usize, 1..60_i64).prop_map(|(nth, lease)| Step::Renew { nth, lease }),
        (0..6_usize).prop_map(|nth| Step::Complete { nth }),
        (0..6_usize, 0..60_i64).prop_map(|(nth, wait)| Step::Fail { nth, wait }),
        (0..6_usize).prop_map(|nth| Step::Unpark { nth }),
        (1..40_i64).prop_map(|time| Step::Wait { time }),
    ]
}

/// The queue as it should be.
#[derive(Clone, Debug, PartialEq)]
struct Modelled {
    key: String,
    lane: Lane,
    state: WorkState,
    run_after: i64,
    attempts: u32,
    lease_no: i64,
}

fn is_open(job: &Modelled) -> bool {
    matches!(job.state, WorkState::Waiting | WorkState::Leased)
}

/// Runs the steps on both and compares after each. Leases handed out are remembered, so that late workers appear too.
async fn check(store: &Store, steps: &[Step]) {
    let mut model: BTreeMap<i64, Modelled> = BTreeMap::new();
    let mut leases: Vec<(i64, i64)> = Vec::new();
    let mut now = NOW;
    for step in steps {
        let mut change = store.change().await.unwrap();
        let pick = |nth: usize| leases.get(nth % leases.len().max(1)).copied();
        match step {
            Step::Enqueue { key, lane, after } => {
                let mut new = job("work", &key.to_string(), Lane::ALL[*lane]);
                new.run_after = now.plus(*after);
                let is_there = model.values().any(|job| job.key == new.key && is_open(job));
                let id = change.enqueue(&new, now).await.unwrap();
                assert_eq!(id.is_none(), is_there);
                if let Some(id) = id {
                    let (key, lane, run_after) = (new.key, new.lane, new.run_after.0);
                    let fresh = Modelled {
                        key,
                        lane,
                        state: WorkState::Waiting,
                        run_after,
                        attempts: 0,
                        lease_no: 0,
                    };
                    assert!(model.insert(id, fresh).is_none());
                }
            }
            Step::Claim { lane, lease } => {
                let lane = Lane::ALL[*lane];
                for job in model.values_mut().filter(|job| job.lane == lane) {
                    if job.state == WorkState::Leased && job.run_after <= now.0 && job.attempts >= 2 {
                        job.state = WorkState::Parked;
                    }
                }
                let next = model
                    .iter_mut()
                    .filter(|(_, job)| job.lane == lane && is_open(job) && job.run_after <= now.0)
                    .min_by_key(|(id, job)| (job.run_after, **id));
                let claimed = change.claim(&[lane], "w", *lease, now).await.unwrap();
                assert_eq!(claimed.as_ref().map(|job| job.id), next.as_ref().map(|(id, _)| **id));
                if let (Some(claimed), Some((id, job))) = (claimed, next) {
                    job.state = WorkState::Leased;
                    job.run_after = now.plus(*lease).0;
                    job.attempts += 1;
                    job.lease_no += 1;
                    assert_eq!(claimed.lease_no, job.lease_no);
                    leases.push((*id, job.lease_no));
                }
            }
            Step::Renew { nth, lease } => {
                let Some((id, lease_no)) = pick(*nth) else { continue };
                let known = model.get_mut(&id).unwrap();
                let holds = known.state == WorkState::Leased && known.lease_no == lease_no;
                assert_eq!(change.renew(id, lease_no, *lease, now).await.is_ok(), holds);
                if holds {
                    known.run_after = now.plus(*lease).0;
                }
            }
            Step::Complete { nth } => {
                let Some((id, lease_no)) = pick(*nth) else { continue };
                let known = model.get_mut(&id).unwrap();
                let holds = known.state == WorkState::Leased && known.lease_no == lease_no;
                let answer = change.complete(id, lease_no, now).await;
                assert_eq!(answer.is_ok(), holds);
                if holds {
                    known.state = WorkState::Done;
                } else {
                    assert!(matches!(answer, Err(Error::Conflict(_))));
                }
            }
            Step::Fail { nth, wait } => {
                let Some((id, lease_no)) = pick(*nth) else { continue };
                let known = model.get_mut(&id).unwrap();
                let holds = known.state == WorkState::Leased && known.lease_no == lease_no;
                let answer = change.fail(id, lease_no, "no", *wait, now).await;
                assert_eq!(answer.is_ok(), holds);
                if holds {
                    known.state = if known.attempts >= 2 { WorkState::Parked } else { WorkState::Waiting };
                    known.run_after = now.plus(*wait).0;
                    assert_eq!(answer.unwrap(), known.state);
                }
            }
            Step::Unpark { nth } => {
                let Some((id, _)) = pick(*nth) else { continue };
                let key = model[&id].key.clone();
                let is_there = model.values().any(|job| job.key == key && is_open(job));
                let known = model.get_mut(&id).unwrap();
                let may = known.state == WorkState::Parked && !is_there;
                assert_eq!(change.unpark(id, now).await.is_ok(), may);
                if !may {
                    // A refused statement ends a transaction of PostgreSQL; nothing else was done in this one.
                    continue;
                }
                known.state = WorkState::Waiting;
                known.attempts = 0;
                known.run_after = now.0;
            }
            Step::Wait { time } => now = now.plus(*time),
        }
        change.commit().await.unwrap();
        compare(store, &model).await;
    }
}

async fn compare(store: &Store, model: &BTreeMap<i64, Modelled>) {
    let mut look = store.look().await.unwrap();
    let mut stored = BTreeMap::new();
    for state in WorkState::ALL {
        let listed = look.jobs(*state, &Page { after: None, limit: 1000 }).await.unwrap();
        assert_eq!(listed.total, listed.rows.len() as u64);
        for job in listed.rows {
            let (key, lane, lease_no, attempts) = (job.key, job.lane, job.lease_no, job.attempts);
            let run_after = job.run_after.0;
            stored.insert(job.id, Modelled { key, lane, state: job.state, run_after, attempts, lease_no });
        }
    }
    // When a job is parked by a claim, the end of its lease stays in run_after in both.
    assert_eq!(&stored, model);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_queue_is_what_its_model_says(steps in prop::collection::vec(step(), 1..40)) {
        on_both(|store| {
            let steps = steps.clone();
            async move { check(&store, &steps).await }
        });
    }
}

#[test]
fn a_dead_worker_loses_nothing_and_a_late_one_closes_nothing() {
    on_both(|store| async move {
        enqueue(&store, &job("analyse", "1", Lane::Interactive), NOW).await.unwrap();
        let mut change = store.change().await.unwrap();
        let first = change.claim(&[Lane::Interactive], "a", 1000, NOW).await.unwrap().unwrap();
        change.commit().await.unwrap();
        // The second worker finds nothing before the lease ends, and the job after it.
        let mut change = store.change().await.unwrap();
        assert!(change.claim(&[Lane::Interactive], "b", 1000, NOW.plus(999)).await.unwrap().is_none());
        let second = change.claim(&[Lane::Interactive], "b", 1000, NOW.plus(1000)).await.unwrap().unwrap();
        change.commit().await.unwrap();
        assert_eq!((first.id, second.attempts), (second.id, 2));
        let mut change = store.change().await.unwrap();
        let late = change.complete(first.id, first.lease_no, NOW.plus(1001)).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        change.complete(second.id, second.lease_no, NOW.plus(1001)).await.unwrap();
        change.commit().await.unwrap();
    });
}

#[test]
fn a_job_that_kills_its_worker_is_parked_after_the_last_attempt() {
    on_both(|store| async move {
        enqueue(&store, &job("crash", "1", Lane::Background), NOW).await.unwrap();
        for time in [0, 10, 20] {
            let mut change = store.change().await.unwrap();
            let claimed = change.claim(&[Lane::Background], "a", 10, NOW.plus(time)).await.unwrap();
            assert_eq!(claimed.is_some(), time < 20);
            change.commit().await.unwrap();
        }
        let mut look = store.look().await.unwrap();
        let parked = look.jobs(WorkState::Parked, &Page::default()).await.unwrap();
        assert_eq!(parked.rows[0].error, "its worker went away in the last attempt");
    });
}

#[test]
fn a_change_that_is_not_committed_leaves_no_job_and_no_lease() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        change.enqueue(&job("a", "1", Lane::Immediate), NOW).await.unwrap().unwrap();
        change.abandon().await.unwrap();
        enqueue(&store, &job("b", "1", Lane::Immediate), NOW).await.unwrap();
        let mut change = store.change().await.unwrap();
        assert_eq!(change.claim(&[Lane::Immediate], "w", 10, NOW).await.unwrap().unwrap().kind, "b");
        change.abandon().await.unwrap();
        // The fault between claim and commit: the job is still there, with no attempt counted.
        let mut change = store.change().await.unwrap();
        let again = change.claim(&[Lane::Immediate], "w", 10, NOW).await.unwrap().unwrap();
        assert_eq!((again.kind.as_str(), again.attempts), ("b", 1));
        change.commit().await.unwrap();
        // The fault between work and completion: neither is there.
        let mut change = store.change().await.unwrap();
        change.put_basis("work of b").await.unwrap();
        change.complete(again.id, again.lease_no, NOW).await.unwrap();
        change.abandon().await.unwrap();
        let mut look = store.look().await.unwrap();
        assert_eq!(look.jobs(WorkState::Leased, &Page::default()).await.unwrap().total, 1);
        assert_eq!(look.jobs(WorkState::Done, &Page::default()).await.unwrap().total, 0);
    });
}

#[test]
fn a_periodic_job_is_queued_once_however_many_nodes_ask() {
    on_both(|store| async move {
        let new = job("sync_feed", "nvd2", Lane::Background);
        let mut queued = 0;
        for _ in 0..3 {
            let mut change = store.change().await.unwrap();
            let id = change.enqueue_periodic(&new, NOW, NOW).await.unwrap();
            if id.is_some() {
                queued += 1;
                // Even when it is done before the next node asks.
                let claimed = change.claim(&[Lane::Background], "w", 10, NOW).await.unwrap().unwrap();
                change.complete(claimed.id, claimed.lease_no, NOW).await.unwrap();
            }
            change.commit().await.unwrap();
        }
        assert_eq!(queued, 1);
        let mut change = store.change().await.unwrap();
        assert_eq!(change.sweep(NOW.plus(1)).await.unwrap(), 2);
    });
}

#[test]
fn two_nodes_on_one_database_do_each_job_once() {
    const JOBS: usize = 60;
    run(async {
        let Some(url) = postgres_url().await else {
            eprintln!("skipped: PATCHWRIGHT_TEST_POSTGRES is not set");
            return;
        };
        let (one, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
        for key in 0..JOBS {
            enqueue(&one, &job("work", &key.to_string(), Lane::Background), NOW).await.unwrap();
        }
        let workers: Vec<_> = [(&one, "a"), (&other, "b"), (&one, "c"), (&other, "d")]
            .into_iter()
            .map(|(store, name)| tokio::spawn(work(store.clone(), name)))
            .collect();
        let mut done = Vec::new();
        for worker in workers {
            done.extend(worker.await.unwrap());
        }
        done.sort_unstable();
        let before = done.len();
        done.dedup();
        assert_eq!((before, done.len()), (JOBS, JOBS));
    });
}

async fn work(store: Store, name: &str) -> Vec<i64> {
    let mut done = Vec::new();
    loop {
        let mut change = store.change().await.unwrap();
        let claimed = change.claim(&[Lane::Background], name, 1_000_000, NOW).await.unwrap();
        change.commit().await.unwrap();
        let Some(job) = claimed else { return done };
        tokio::task::yield_now().await;
        let mut change = store.change().await.unwrap();
        change.complete(job.id, job.lease_no, NOW).await.unwrap();
        change.commit().await.unwrap();
        done.push(job.id);
    }
}

#[test]
fn a_message_is_written_once_and_sent_until_accepted() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, _, _) = begin(&mut change, "acme").await;
        let new = NewMessage {
            channel: "mail".into(),
            key: "notice-1".into(),
            body: "{}".into(),
            run_after: NOW,
            most_attempts: 2,
        };
        assert!(change.send(&scope, &new, NOW).await.unwrap().is_some());
        assert!(change.send(&scope, &new, NOW).await.unwrap().is_none());
        assert!(change.claim_message(&["webhook"], "w", 10, NOW).await.unwrap().is_none());
        let message = change.claim_message(&["mail"], "w", 10, NOW).await.unwrap().unwrap();
        assert_eq!(
            change.message_failed(message.id, message.lease_no, "450", 5, NOW).await.unwrap(),
            WorkState::Waiting
        );
        let message = change.claim_message(&["mail"], "w", 10, NOW.plus(5)).await.unwrap().unwrap();
        assert_eq!(
            change.message_failed(message.id, message.lease_no, "550", 5, NOW).await.unwrap(),
            WorkState::Parked
        );
        change.unpark_message(&scope, message.id, NOW).await.unwrap();
        let message = change.claim_message(&["mail"], "w", 10, NOW.plus(5)).await.unwrap().unwrap();
        change.renew_message(message.id, message.lease_no, 10, NOW.plus(6)).await.unwrap();
        change.message_accepted(message.id, message.lease_no, NOW.plus(7)).await.unwrap();
        // Accepted for good: the key is used up.
        assert!(change.send(&scope, &new, NOW).await.unwrap().is_none());
        assert_eq!(change.messages(&scope, WorkState::Done, &Page::default()).await.unwrap().total, 1);
    });
}

#[test]
fn waiting_doubles_up_to_an_hour_and_jitter_adds_at_most_half() {
    assert_eq!([1, 2, 3].map(|attempt| backoff(attempt, 0)), [10_000, 20_000, 40_000]);
    assert_eq!(backoff(40, 0), 3_600_000);
    assert!((0..100_000).step_by(777).all(|jitter| (10_000..=15_000).contains(&backoff(1, jitter))));
    assert!(backoff(u32::MAX, u64::MAX) <= 5_400_000);
}

#[test]
fn a_message_may_grow_until_somebody_tries_to_send_it_and_one_that_is_refused_is_parked_at_once() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let scope = change.add_organisation("grow", "Grow", NOW).await.unwrap();
        let other = change.add_organisation("other", "Other", NOW).await.unwrap();
        let new = NewMessage {
            channel: "mail".into(),
            key: "grows".into(),
            body: "1".into(),
            run_after: NOW,
            most_attempts: 30,
        };
        let id = change.send(&scope, &new, NOW).await.unwrap().unwrap();
        assert!(change.untried_message(&other, "grows").await.unwrap().is_none());
        assert!(!change.amend_message(&other, id, "theirs").await.unwrap());
        assert!(change.amend_message(&scope, id, "1 2").await.unwrap());
        assert_eq!(change.untried_message(&scope, "grows").await.unwrap().unwrap().body, "1 2");
        let message = change.claim_message(&["mail"], "w", 10, NOW).await.unwrap().unwrap();
        assert_eq!((message.id, message.body.as_str()), (id, "1 2"));
        assert!(change.untried_message(&scope, "grows").await.unwrap().is_none());
        assert!(!change.amend_message(&scope, id, "1 2 3").await.unwrap());
        // Nor after an attempt that failed: what was perhaps sent stays what it was.
        change.message_failed(id, message.lease_no, "451", 5, NOW).await.unwrap();
        assert!(!change.amend_message(&scope, id, "1 2 3").await.unwrap());
        let message = change.claim_message(&["mail"], "w", 10, NOW.plus(5)).await.unwrap().unwrap();
        let late = change.message_refused(id, message.lease_no - 1, "550", NOW.plus(6)).await;
        assert!(matches!(late, Err(Error::Conflict(_))));
        change.message_refused(id, message.lease_no, "550", NOW.plus(6)).await.unwrap();
        let parked = change.messages(&scope, WorkState::Parked, &Page::default()).await.unwrap().rows;
        assert_eq!((parked.len(), parked[0].error.as_str(), parked[0].attempts), (1, "550", 2));
    });
}
