//! Two nodes, as processes, on one PostgreSQL: each job is done once, and knowledge of one is used by the other.

use store::jobs::{Lane, WorkState};
use store::{Page, Store};

use service::intake::{Upload, receive};
use service::scan::Document;

use super::child::{Told, sbom, site};
use super::kill::{Folder, with_feed};
use super::receiver::Receiver;
use crate::loop_house::run;

/// Releases that are judged.
const RELEASES: usize = 200;

/// The URL of a schema of its own; `None` where there is no server.
fn schema(name: &str) -> Option<String> {
    let server = std::env::var("PATCHWRIGHT_TEST_POSTGRES").ok()?;
    let schema = format!("node{}_{name}", std::process::id());
    let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    let done = std::process::Command::new("psql").args([&server, "-q", "-c", &sql]).status();
    assert!(done.expect("psql, which comes with the server").success());
    let sign = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{sign}options[search_path]={schema}"))
}

#[test]
fn two_nodes_do_each_job_once() {
    let Some(database) = schema("once") else {
        eprintln!("skipped: PATCHWRIGHT_TEST_POSTGRES is not set");
        return;
    };
    let (one, two, documents) = (Folder::new("one"), Folder::new("two"), Folder::new("documents"));
    let hook = Receiver::start();
    let told = |folder: &Folder, name| Told {
        database: database.clone(),
        documents: documents.0.display().to_string(),
        name,
        task: "jobs",
        ..Told::new(&folder.0, &hook.url)
    };
    let (first, second) = (told(&one, "one"), told(&two, "two"));
    run(async {
        let (node, _) = first.open().await;
        let (scope, product) = site(&node, &hook.url).await;
        for number in 0..RELEASES {
            let Document { name, bytes } = sbom();
            let text = String::from_utf8(bytes).unwrap().replace("2.89", &format!("2.{number}"));
            let upload = Upload {
                product,
                version: format!("1.{number}"),
                documents: vec![Document { name, bytes: text.into_bytes() }],
                actor: "person/1".to_owned(),
                person: 1,
            };
            receive(&node.house, &scope, upload, node.now()).await.unwrap();
        }
    });
    // Both nodes of the test know the webhook's key.
    let keys = two.0.join("keys");
    std::fs::create_dir_all(&keys).unwrap();
    copy(&one.0.join("keys"), &keys);
    let mut running: Vec<_> = [&first, &second].map(|told| told.command("").spawn().unwrap()).into();
    for node in &mut running {
        assert!(node.wait().unwrap().success());
    }
    run(async {
        let store = Store::open(&database).await.unwrap();
        let mut look = store.look().await.unwrap();
        let page = Page { after: None, limit: 1000 };
        for state in [WorkState::Waiting, WorkState::Leased, WorkState::Parked] {
            assert_eq!(look.jobs(state, &page).await.unwrap().rows, [], "{}", state.word());
        }
        let done = look.jobs(WorkState::Done, &page).await.unwrap().rows;
        let judged = done.iter().filter(|job| job.kind == "analyse_release");
        assert_eq!(judged.clone().count(), RELEASES);
        let again: Vec<_> = (judged.clone())
            .filter(|job| job.lane != Lane::Interactive || job.lease_no != 1)
            .map(|job| (&job.key, job.lane, job.lease_no, job.attempts, &job.error))
            .collect();
        assert_eq!(again, [], "done more than once");
        let organisation = look.organisations().await.unwrap()[0].id;
        let scope = store::Scope::whole(organisation, model::access::Role::Admin);
        let sent = look.messages(&scope, WorkState::Done, &page).await.unwrap();
        // One alert for curl in each release; each message left once.
        assert_eq!(sent.total as usize, hook.messages().len());
        assert!(hook.messages().values().all(|bodies| bodies.len() == 1));
        assert!(sent.rows.iter().all(|message| message.attempts == 1));
    });
}

#[test]
fn knowledge_of_one_node_is_used_by_the_other() {
    let Some(database) = schema("knowledge") else {
        eprintln!("skipped: PATCHWRIGHT_TEST_POSTGRES is not set");
        return;
    };
    let (one, two, documents) = (Folder::new("with-feed"), Folder::new("without"), Folder::new("shared"));
    with_feed(&one.0);
    let hook = Receiver::start();
    let told = |folder: &Folder, name, task| Told {
        database: database.clone(),
        documents: documents.0.display().to_string(),
        name,
        task,
        ..Told::new(&folder.0, &hook.url)
    };
    let before = run(async { told(&two, "two", "jobs").open().await.0.house.current().generation.clone() });
    assert!(told(&one, "one", "way").run().success());
    run(async {
        let (node, _) = told(&two, "two", "jobs").open().await;
        let current = node.house.current();
        assert_ne!(current.generation, before);
        assert!(current.knowledge.index.find("CVE-2023-50868").is_some());
    });
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
