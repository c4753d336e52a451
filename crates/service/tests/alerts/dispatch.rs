//! Messages leave: at least once, with one key; retried, parked, let go.

use serde_json::json;
use service::notify::channel::Outcome;
use service::notify::dispatch::{Sent, dispatch_one, test_message};
use service::notify::facts::{Envelope, Facts};
use service::notify::post::Answer;
use service::notify::settings::Alerts;
use store::Moment;
use store::jobs::WorkState;
use store::outbox::NewMessage;
use testkit::records::Knowledge;

use super::desk::{Recorder, SIGNING, hook, later, outgoing, status};
use crate::loop_house::{NOW, Site, run};

/// A house with one message to the webhook `hook`.
async fn house(attempts: u32) -> Site {
    let site = Site::new(Knowledge::new().index(), "g1").await;
    site.subscribe(&hook(json!(["immediate"]))).await;
    let envelope = Envelope {
        subscription: "team".to_owned(),
        channel: "hook".to_owned(),
        target: String::new(),
        facts: Facts::Test { channel: "hook".to_owned() },
    };
    send(&site, "key-1", serde_json::to_string(&envelope).unwrap(), attempts).await;
    site
}

async fn send(site: &Site, key: &str, body: String, most_attempts: u32) {
    let new = NewMessage {
        channel: "webhook".to_owned(),
        key: key.to_owned(),
        body,
        run_after: NOW,
        most_attempts,
    };
    let mut change = site.house.store.change().await.unwrap();
    change.send(&site.scope, &new, NOW).await.unwrap();
    change.commit().await.unwrap();
}

async fn step(site: &Site, post: &std::sync::Arc<Recorder>, at: Moment) -> Sent {
    dispatch_one(&site.house, &outgoing(post), "node", &|| at, 0).await.unwrap()
}

#[test]
fn a_message_is_sent_and_done() {
    run(async {
        let site = house(3).await;
        let post = Recorder::answering(vec![]);
        assert_eq!(step(&site, &post, later(-1)).await, Sent::Idle);
        assert_eq!(step(&site, &post, NOW).await, Sent::Accepted { key: "key-1".to_owned() });
        assert_eq!(step(&site, &post, NOW).await, Sent::Idle);
        assert_eq!(site.messages(WorkState::Done).await.len(), 1);
        assert_eq!(post.posted().len(), 1);
    });
}

#[test]
fn it_waits_longer_each_time_with_the_same_key_and_is_parked_in_the_end() {
    run(async {
        let site = house(3).await;
        let slow = Answer { status: 429, retry_after: Some(120), ..Answer::default() };
        let post = Recorder::answering(vec![status(503), Ok(slow), status(500)]);
        let key = "key-1".to_owned();
        let waiting = |why: &str| Sent::Waiting { key: "key-1".to_owned(), why: why.to_owned() };
        assert_eq!(step(&site, &post, NOW).await, waiting("answered 503"));
        assert_eq!(step(&site, &post, later(9_999)).await, Sent::Idle);
        assert_eq!(step(&site, &post, later(10_000)).await, waiting("answered 429"));
        // Our own 20 s would be over; the receiver asked for 120.
        assert_eq!(step(&site, &post, later(129_999)).await, Sent::Idle);
        assert_eq!(
            step(&site, &post, later(130_000)).await,
            Sent::Parked { key, why: "answered 500".to_owned() }
        );
        let parked = site.messages(WorkState::Parked).await;
        assert_eq!((parked.len(), parked[0].error.as_str()), (1, "answered 500"));
        let keys: Vec<String> =
            post.bodies().iter().map(|body| body["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(keys, ["key-1", "key-1", "key-1"]);
        // A person has mended it.
        let mut change = site.house.store.change().await.unwrap();
        change.unpark_message(&site.scope, parked[0].id, later(200_000)).await.unwrap();
        change.commit().await.unwrap();
        assert!(matches!(step(&site, &post, later(200_000)).await, Sent::Accepted { .. }));
    });
}

#[test]
fn what_is_refused_is_parked_at_once() {
    run(async {
        let site = house(30).await;
        let post = Recorder::answering(vec![status(410)]);
        let parked = Sent::Parked { key: "key-1".to_owned(), why: "answered 410".to_owned() };
        assert_eq!(step(&site, &post, NOW).await, parked);
        assert_eq!(step(&site, &post, later(1 << 40)).await, Sent::Idle);
    });
}

#[test]
fn a_node_that_dies_before_it_says_so_sends_again_with_the_same_key() {
    run(async {
        let site = house(3).await;
        let mut change = site.house.store.change().await.unwrap();
        // Another node claims it, posts it, and is gone.
        let claimed = change.claim_message(&["webhook"], "dead", 180_000, NOW).await.unwrap().unwrap();
        change.commit().await.unwrap();
        let post = Recorder::answering(vec![]);
        assert_eq!(step(&site, &post, later(179_999)).await, Sent::Idle);
        assert_eq!(step(&site, &post, later(180_000)).await, Sent::Accepted { key: claimed.key.clone() });
        assert_eq!(post.bodies()[0]["id"], claimed.key.as_str());
        // It comes back and closes nothing.
        let mut change = site.house.store.change().await.unwrap();
        assert!(change.message_refused(claimed.id, claimed.lease_no, "late", later(1)).await.is_err());
    });
}

#[test]
fn a_delivery_that_outlives_its_lease_is_lost_and_not_marked() {
    run(async {
        let site = house(3).await;
        let post = Recorder::answering(vec![]);
        let mut outgoing = outgoing(&post);
        outgoing.post = std::sync::Arc::new(Thief { store: site.house.store.clone() });
        let sent = dispatch_one(&site.house, &outgoing, "slow", &|| NOW, 0).await.unwrap();
        assert_eq!(sent, Sent::Lost { key: "key-1".to_owned() });
        assert_eq!(site.messages(WorkState::Leased).await.len(), 1, "it is the other's");
    });
}

/// While it answers, another node claims the message.
struct Thief {
    store: store::Store,
}

impl service::notify::post::Post for Thief {
    fn post<'a>(&'a self, _: &'a service::notify::post::Question) -> service::notify::post::Answered<'a> {
        Box::pin(async move {
            let mut change = self.store.change().await.unwrap();
            change.claim_message(&["webhook"], "thief", 180_000, later(200_000)).await.unwrap().unwrap();
            change.commit().await.unwrap();
            status(200)
        })
    }
}

#[test]
fn a_message_that_nobody_wants_any_more_is_let_go_and_says_so() {
    run(async {
        let site = house(3).await;
        site.subscribe(&Alerts::default()).await;
        let post = Recorder::answering(vec![]);
        let why = "subscription team is not there any more".to_owned();
        assert_eq!(step(&site, &post, NOW).await, Sent::Parked { key: "key-1".to_owned(), why });
        assert!(post.posted().is_empty());
    });
}

#[test]
fn a_message_of_a_newer_program_waits_for_a_node_of_it() {
    run(async {
        let site = house(3).await;
        send(&site, "key-0", r#"{"about":"something new"}"#.to_owned(), 30).await;
        let post = Recorder::answering(vec![]);
        assert!(matches!(step(&site, &post, NOW).await, Sent::Accepted { .. }));
        let sent = step(&site, &post, NOW).await;
        assert!(
            matches!(&sent, Sent::Waiting { key, why } if key == "key-0" && why.contains("cannot be read")),
            "{sent:?}"
        );
    });
}

#[test]
fn a_test_message_goes_out_at_once_and_says_what_came_of_it() {
    run(async {
        let site = house(3).await;
        let post = Recorder::answering(vec![status(200), status(403)]);
        let outgoing = outgoing(&post);
        let alerts = hook(json!(["immediate"]));
        let channel = &alerts.channels[0];
        let tried = test_message(channel, 1, &outgoing, "a", NOW).await.unwrap();
        assert_eq!(tried, [(String::new(), Outcome::Accepted)]);
        let tried = test_message(channel, 1, &outgoing, "b", NOW).await.unwrap();
        assert!(matches!(&tried[0].1, Outcome::Refused(why) if why.contains("403")), "{tried:?}");
        let bodies = post.bodies();
        assert_eq!(
            (bodies[0]["kind"].as_str(), bodies[0]["subject"].as_str()),
            (Some("test"), Some("Test message of channel hook"))
        );
        assert_ne!(bodies[0]["id"], bodies[1]["id"]);
        // The outbox has nothing to do with it.
        assert_eq!(site.messages(WorkState::Waiting).await.len(), 1);
    });
}

#[test]
fn what_is_stored_and_told_holds_no_secret() {
    run(async {
        let site = house(1).await;
        let post = Recorder::answering(vec![status(500)]);
        let sent = step(&site, &post, NOW).await;
        let rows = format!("{sent:?} {:?}", site.messages(WorkState::Parked).await);
        let mut look = site.house.store.look().await.unwrap();
        let settings = look.setting(&site.scope, "alerts").await.unwrap().unwrap();
        assert!(!rows.contains(SIGNING) && !settings.contains(SIGNING));
    });
}
