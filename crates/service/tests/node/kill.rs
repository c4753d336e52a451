//! Killed at each step of the loop, as by `kill -9`: after the next start nothing is lost, nothing is double, and each
//! alert has come under one key.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use service::step::STEPS;
use store::finding_list::{FindingFilter, Sort};
use store::jobs::WorkState;
use store::{Moment, Page};

use super::child::{Told, records};
use super::receiver::Receiver;
use crate::loop_house::run;

/// Folders of a test, removed at its end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("patchwright-node-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A data directory whose only feed is a folder with one vulnerability more than the program knows.
pub fn with_feed(data: &Path) {
    let feed = data.join("records");
    std::fs::create_dir_all(&feed).unwrap();
    let all = records(&["CVE-2023-38545", "CVE-2024-6387", "CVE-2023-50868"]);
    std::fs::write(feed.join("local.jsonl"), all).unwrap();
    let text = format!("[feeds.local]\naddress = \"{}\"\n", feed.display());
    std::fs::write(data.join("feeds.toml"), text).unwrap();
}

/// What is there at the end, without what a repetition may change: numbers of rows, times, attempts.
async fn end(told: &Told) -> String {
    let (node, _) = told.open().await;
    let mut look = node.house.store.look().await.unwrap();
    let organisations = look.organisations().await.unwrap();
    let scope = store::Scope::whole(organisations[0].id, model::access::Role::Admin);
    let page = Page { after: None, limit: 1000 };
    let mut lines = Vec::new();
    for release in look.releases(&scope, None, &page).await.unwrap().rows {
        let documents = look.documents(&scope, release.id).await.unwrap().len();
        lines.push(format!(
            "release {} {documents} documents {} components",
            release.version, release.components
        ));
    }
    let found = look.findings(&scope, &FindingFilter::default(), Sort::default(), &page).await.unwrap();
    for one in found.rows {
        lines.push(format!("finding {} {} {:?}", one.component_name, one.vulnerability, one.cell.class));
    }
    let mut events = Vec::new();
    for event in look.events(&scope, "", Moment::NEVER, &page).await.unwrap().rows {
        events.push(format!("event {} {}", event.kind, event.body));
    }
    events.sort();
    lines.extend(events);
    for state in WorkState::ALL.iter().filter(|state| **state != WorkState::Done) {
        let jobs = look.jobs(*state, &page).await.unwrap();
        lines.extend(jobs.rows.iter().map(|job| format!("{} job {} {}", state.word(), job.kind, job.error)));
        let messages = look.messages(&scope, *state, &page).await.unwrap();
        lines.extend(messages.rows.iter().map(|one| format!("{} message {}", state.word(), one.error)));
    }
    let sent = look.messages(&scope, WorkState::Done, &page).await.unwrap().total;
    lines.push(format!("{sent} messages sent"));
    let feeds = look.feeds().await.unwrap();
    lines
        .extend(feeds.iter().map(|feed| format!("feed {} {} records {}", feed.id, feed.records, feed.error)));
    let current = look.current_generation().await.unwrap().unwrap();
    assert_eq!(current.hash, node.house.current().generation, "what is noted is in use");
    lines.join("\n")
}

/// Runs the way, killed at a step, and once more to the end. Returns what is there, and the alerts by what they say.
fn killed_at(step: &str) -> (String, Vec<String>) {
    let folder = Folder::new(&step.replace(['.', ':'], "-"));
    with_feed(&folder.0);
    let hook = Receiver::start();
    let mut told = Told::new(&folder.0, &hook.url);
    if !step.is_empty() {
        let status = told.killed_at(step);
        assert_eq!(status.signal(), Some(9), "{step} was never reached: {status}");
        told.start += 1;
    }
    assert!(told.run().success(), "the start after {step} fails");
    told.start += 1;
    let end = run(end(&told));
    let mut alerts = Vec::new();
    for (key, bodies) in hook.messages() {
        let first = &bodies[0];
        assert!(bodies.iter().all(|body| body == first), "{step}: one key, two messages: {key}");
        let most = if step == "dispatch.delivered" { 2 } else { 1 };
        assert!(bodies.len() <= most, "{step}: {key} was sent {} times", bodies.len());
        let body: serde_json::Value = serde_json::from_str(first).unwrap();
        alerts.push(format!("{} {}", body["kind"], body["summary"]));
    }
    alerts.sort();
    (end, alerts)
}

#[test]
fn killed_at_every_step_nothing_is_lost_and_nothing_double() {
    let (whole, alerts) = killed_at("");
    assert!(whole.contains("curl CVE-2023-38545 Some(Immediate)"), "{whole}");
    assert!(whole.contains("dnsmasq CVE-2023-50868 Some(Immediate)"), "{whole}");
    assert!(whole.contains("2 messages sent"), "{whole}");
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    let mut steps: Vec<String> = STEPS.iter().map(|step| (*step).to_owned()).collect();
    // The second judgement and the second alert are those of the news.
    for step in
        ["analyse.written", "analyse.committed", "rescan.written", "adopt.written", "dispatch.claimed"]
    {
        steps.push(format!("{step}:2"));
    }
    for step in steps {
        let (end, told) = killed_at(&step);
        assert_eq!(end, whole, "after {step}");
        assert_eq!(told, alerts, "after {step}");
    }
}
