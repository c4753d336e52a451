//! Knowledge that verbs put into the directory beside a running or stopped node; workers that stop and give back.

use std::collections::BTreeSet;
use std::sync::Arc;

use service::compile::Silent;
use service::node::work::Workers;
use service::outside::data_directory::DataDirectory;
use service::outside::http::{HttpOptions, Network};
use service::sync::settings::FeedSettings;
use service::sync::state::StateFile;
use service::sync::{SyncOptions, sync};
use store::jobs::{Lane, NewJob, WorkState};
use store::{Moment, Page};

use super::child::{Told, site, work};
use super::kill::{Folder, with_feed};
use crate::loop_house::{NOW, run};

/// As the verb `feeds sync` does it.
fn sync_by_hand(folder: &Folder) {
    let data = DataDirectory::new(&folder.0);
    let settings = FeedSettings::load(&data).unwrap();
    let options = SyncOptions {
        only: BTreeSet::new(),
        accept: BTreeSet::new(),
        replace_imported: false,
        recompile: false,
        now: "2026-11-22T00:00:00Z".parse().unwrap(),
        environment: &|_| None,
    };
    let network = Network::new(&HttpOptions::default(), &Silent).unwrap();
    let report = sync(&data, &settings, &options, &StateFile::of(&data), &network, &Silent).unwrap();
    assert!(report.generation.is_some());
}

#[test]
fn what_was_synced_while_the_server_was_away_is_used_and_judged_again() {
    let folder = Folder::new("away");
    with_feed(&folder.0);
    let told = Told::new(&folder.0, "http://127.0.0.1:9/hook");
    let before = run(async { told.open().await.0.house.current().generation.clone() });
    sync_by_hand(&folder);
    run(async {
        let (node, time) = told.open().await;
        assert_ne!(node.house.current().generation, before);
        assert!(node.house.current().knowledge.index.find("CVE-2023-50868").is_some());
        let (scope, _) = site(&node, &told.hook).await;
        work(&node, &time, &scope).await;
        let page = Page { after: None, limit: 100 };
        let done = node.house.store.look().await.unwrap().jobs(WorkState::Done, &page).await.unwrap();
        let rescans = done.rows.iter().filter(|job| job.kind == "rescan_changed").count();
        assert_eq!(rescans, 2, "one for the starter set, one for what took its place");
    });
}

#[test]
fn a_lease_of_the_process_before_is_free_again_at_the_next_start() {
    let folder = Folder::new("leases");
    let told = Told::new(&folder.0, "");
    run(async {
        let (node, _) = told.open().await;
        let mut change = node.house.store.change().await.unwrap();
        let job = NewJob {
            kind: "sweep".to_owned(),
            key: String::new(),
            lane: Lane::Immediate,
            body: r#"{"kind":"sweep"}"#.to_owned(),
            organisation: None,
            run_after: NOW,
            most_attempts: 3,
        };
        change.enqueue(&job, NOW).await.unwrap();
        for (worker, key) in [("node/a", ""), ("node-2/a", "other")] {
            change.enqueue(&NewJob { key: key.to_owned(), ..job.clone() }, NOW).await.unwrap();
            change.claim(&[Lane::Immediate], worker, 60_000, NOW).await.unwrap().unwrap();
        }
        change.commit().await.unwrap();
    });
    run(async {
        let (node, _) = told.open().await;
        let mut change = node.house.store.change().await.unwrap();
        let claimed = change.claim(&[Lane::Immediate], "node/b", 60_000, NOW).await.unwrap().unwrap();
        assert_eq!((claimed.key.as_str(), claimed.attempts), ("", 2));
        // The lease of a node whose name only begins alike is its own.
        assert_eq!(change.claim(&[Lane::Immediate], "node/b", 60_000, NOW).await.unwrap(), None);
        change.give_back(claimed.id, claimed.lease_no, NOW).await.unwrap();
        let again = change.claim(&[Lane::Immediate], "node/b", 60_000, Moment(NOW.0 + 1)).await.unwrap();
        assert_eq!(again.unwrap().attempts, 2, "an attempt that was given back does not count");
    });
}

#[test]
fn two_servers_in_one_directory_are_refused() {
    let folder = Folder::new("twice");
    let told = Told::new(&folder.0, "");
    run(async {
        let (_node, _) = told.open().await;
        let status =
            Told { task: "jobs", ..told.clone() }.command("").stderr(std::process::Stdio::null()).status();
        assert!(!status.unwrap().success());
    });
}

#[test]
fn workers_hear_of_work_at_once_and_stop_when_told() {
    let folder = Folder::new("workers");
    let told = Told::new(&folder.0, "");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let node = Arc::new(told.open().await.0);
        let mut ear = node.house.store.ear();
        let workers = Workers::start(&node);
        let (scope, product) = site(&node, "http://127.0.0.1:9/hook").await;
        let upload = service::intake::Upload {
            product,
            version: "1.0".to_owned(),
            documents: vec![super::child::sbom()],
            actor: "person/1".to_owned(),
            person: 1,
        };
        let received = service::intake::receive(&node.house, &scope, upload, node.now()).await.unwrap();
        // The judgement queues an alert: its bell is the sign that the job was done.
        loop {
            let release =
                node.house.store.look().await.unwrap().release(&scope, received.release).await.unwrap();
            if release.unwrap().judged != Moment::NEVER {
                break;
            }
            tokio::time::timeout(std::time::Duration::from_secs(60), ear.heard()).await.expect("a bell");
        }
        workers.stop().await;
        let page = Page { after: None, limit: 10 };
        let leased = node.house.store.look().await.unwrap().jobs(WorkState::Leased, &page).await.unwrap();
        assert_eq!(leased.rows, []);
    });
}
