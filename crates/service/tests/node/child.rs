//! A node in a process of its own: this test binary, started again with the test [`node`] alone and told by variables what
//! to do. Its clock is given, so that nothing waits for back-off.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use service::intake::{Upload, receive};
use service::jobs::queue::{self, Turn};
use service::node::shelf::Starter;
use service::node::{Node, Opening, feeds};
use service::notify::dispatch::{Sent, dispatch_one};
use service::notify::secret::{Secret, SecretName};
use service::notify::settings::{self, Alerts};
use service::outside::http::HttpOptions;
use service::outside::secrets::SecretFolder;
use service::scan::Document;
use service::step;
use store::jobs::{Lane, WorkState};
use store::product::ProductText;
use store::{Moment, Page, Scope};

use crate::loop_house::{NOW, bom, run};

const HOUR: i64 = 3_600_000;

/// What a node is told.
#[derive(Clone)]
pub struct Told {
    pub data: PathBuf,
    pub database: String,
    pub documents: String,
    pub name: &'static str,
    /// `way` (the whole way of an upload and of a feed) or `jobs` (what is queued).
    pub task: &'static str,
    /// Which start it is: each has a later clock.
    pub start: u32,
    pub hook: String,
}

impl Told {
    pub fn new(data: &Path, hook: &str) -> Told {
        Told {
            data: data.to_owned(),
            database: String::new(),
            documents: String::new(),
            name: "node",
            task: "way",
            start: 0,
            hook: hook.to_owned(),
        }
    }

    /// The process that does it; halted at the step that `halt` names.
    pub fn command(&self, halt: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["node::child::node", "--exact", "--nocapture"])
            .env("PATCHWRIGHT_TEST_NODE", self.data.as_os_str())
            .env("PATCHWRIGHT_TEST_NODE_DATABASE", &self.database)
            .env("PATCHWRIGHT_TEST_NODE_DOCUMENTS", &self.documents)
            .env("PATCHWRIGHT_TEST_NODE_NAME", self.name)
            .env("PATCHWRIGHT_TEST_NODE_TASK", self.task)
            .env("PATCHWRIGHT_TEST_NODE_START", self.start.to_string())
            .env("PATCHWRIGHT_TEST_NODE_HOOK", &self.hook)
            .env(step::VARIABLE, halt)
            .stdout(Stdio::null());
        command
    }

    /// Starts it and waits for its end.
    pub fn run(&self) -> ExitStatus {
        self.command("").status().unwrap()
    }

    /// Starts it and kills it, as `kill -9` does, when it has reached a step.
    pub fn killed_at(&self, step: &str) -> ExitStatus {
        let mut child = self.command(step).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        if lines.map_while(Result::ok).any(|line| line == step::HALTED) {
            child.kill().unwrap();
        }
        child.wait().unwrap()
    }

    /// Opens the node in this process.
    pub async fn open(&self) -> (Node, Arc<AtomicI64>) {
        let time = Arc::new(AtomicI64::new(NOW.0 + i64::from(self.start) * 24 * HOUR));
        let clock = Arc::clone(&time);
        let (records, kbuild) = knowledge(&["CVE-2023-38545", "CVE-2024-6387"]);
        let opening = Opening {
            data: self.data.clone(),
            database: self.database.clone(),
            documents: self.documents.clone(),
            name: self.name.to_owned(),
            base_url: "https://patchwright.example".to_owned(),
            outgoing: HttpOptions { private_hosts: vec!["127.0.0.1".to_owned()], ..HttpOptions::default() },
            starter: Starter { records, kbuild },
            every_hours: 0,
            clock: Arc::new(move || Moment(clock.load(Ordering::Relaxed))),
        };
        (Node::open(opening).await.unwrap(), time)
    }
}

/// Some records of the program's starter set, and its map.
pub fn knowledge(ids: &[&str]) -> (&'static [u8], &'static [u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../patchwright/starter");
    let kbuild = std::fs::read(folder.join("linux-6.1.kbuild")).unwrap();
    (records(ids).leak().as_bytes(), kbuild.leak())
}

/// Some records of the program's starter set.
pub fn records(ids: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../patchwright/starter");
    let text = std::fs::read_to_string(folder.join("knowledge.jsonl")).unwrap();
    let wanted = |line: &str| ids.iter().any(|id| line.starts_with(&format!("{{\"id\":\"{id}\"")));
    let lines = text.lines().enumerate().filter(|(at, line)| *at == 0 || wanted(line));
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

pub fn sbom() -> Document {
    bom(&[
        ("curl", "8.3.0", "cpe:2.3:a:haxx:curl:8.3.0:*:*:*:*:*:*:*".to_owned()),
        ("dnsmasq", "2.89", "cpe:2.3:a:thekelleys:dnsmasq:2.89:*:*:*:*:*:*:*".to_owned()),
        ("openssh", "9.6p1", "cpe:2.3:a:openbsd:openssh:9.6:p1:*:*:*:*:*:*".to_owned()),
    ])
}

/// The organisation of the tests with its product; made where it is new.
pub async fn site(node: &Node, hook: &str) -> (Scope, i64) {
    let mut change = node.house.store.change().await.unwrap();
    if let Some(organisation) = change.organisations().await.unwrap().first() {
        let scope = Scope::whole(organisation.id, model::access::Role::Admin);
        let product = change.product_by_slug(&scope, "gateway").await.unwrap().unwrap();
        return (scope, product.id);
    }
    let scope = change.add_organisation("acme", "Acme", NOW).await.unwrap();
    let text = ProductText {
        slug: "gateway".to_owned(),
        name: "Gateway".to_owned(),
        settings: "{}".to_owned(),
        ..ProductText::default()
    };
    let product = change.add_product(&scope, &text, NOW).await.unwrap();
    let alerts = serde_json::json!({
        "version": 1,
        "channels": [{ "name": "hook", "kind": "webhook", "settings": { "url": hook, "signing": "hook-key" } }],
        "subscriptions": [{ "name": "team", "channel": "hook", "kinds": ["immediate"] }],
    });
    let alerts = Alerts::parse(&alerts.to_string()).unwrap();
    settings::put(&mut change, &scope, &alerts, "person/1", NOW).await.unwrap();
    let folder = SecretFolder::new(&node.shelf.data().path("keys/alerts"));
    let name = SecretName::try_from("hook-key".to_owned()).unwrap();
    folder.put(scope.organisation, &name, &Secret::new("0123456789abcdef0123456789abcdef")).unwrap();
    change.commit().await.unwrap();
    (scope, product)
}

/// Does all jobs and sends all messages; where something waits for a later time, the clock goes on.
pub async fn work(node: &Node, time: &AtomicI64, scope: &Scope) {
    let now = || Moment(time.load(Ordering::Relaxed));
    let (worker, sender) = (format!("{}/w", node.name), format!("{}/m", node.name));
    let mut hours = 0;
    while hours < 200 {
        let mut is_idle = true;
        for lane in Lane::ALL {
            while let Some(row) = queue::claim(&node.house, &[*lane], &worker, now()).await.unwrap() {
                is_idle = false;
                let turn = queue::work(&node.house, Some(&node.shelf), &row, &now, 0).await.unwrap();
                if let Turn::Failed { kind, why, .. } = turn {
                    eprintln!("{kind}: {why}");
                }
            }
        }
        while dispatch_one(&node.house, &node.outgoing, &sender, &now, 0).await.unwrap() != Sent::Idle {
            is_idle = false;
        }
        // Another node is at it: were the clock to go on, its lease would seem to be over.
        if !is_idle || is_any(node, scope, WorkState::Leased).await {
            continue;
        }
        if !is_any(node, scope, WorkState::Waiting).await {
            return;
        }
        time.fetch_add(HOUR, Ordering::Relaxed);
        hours += 1;
    }
    panic!("work is left over");
}

async fn is_any(node: &Node, scope: &Scope, state: WorkState) -> bool {
    let mut look = node.house.store.look().await.unwrap();
    let page = Page { after: None, limit: 1 };
    let jobs = look.jobs(state, &page).await.unwrap().total;
    jobs + look.messages(scope, state, &page).await.unwrap().total > 0
}

/// The whole way: an upload by a client that tries again until it is told that it is kept; then a feed that brings news.
async fn way(told: &Told) {
    let (node, time) = told.open().await;
    let (scope, product) = site(&node, &told.hook).await;
    let upload = Upload {
        product,
        version: "1.0".to_owned(),
        documents: vec![sbom()],
        actor: "person/1".to_owned(),
        person: 1,
    };
    receive(&node.house, &scope, upload, node.now()).await.unwrap();
    work(&node, &time, &scope).await;
    feeds::request_sync(&node.house, "local", node.now()).await.unwrap();
    work(&node, &time, &scope).await;
}

async fn jobs(told: &Told) {
    let (node, time) = told.open().await;
    let (scope, _) = site(&node, &told.hook).await;
    work(&node, &time, &scope).await;
}

/// No test of its own: what the processes of the others run.
#[test]
fn node() {
    let Some(data) = std::env::var_os("PATCHWRIGHT_TEST_NODE") else { return };
    let text = |name: &str| std::env::var(format!("PATCHWRIGHT_TEST_NODE_{name}")).unwrap();
    let told = Told {
        database: text("DATABASE"),
        documents: text("DOCUMENTS"),
        name: text("NAME").leak(),
        start: text("START").parse().unwrap(),
        task: text("TASK").leak(),
        ..Told::new(Path::new(&data), &text("HOOK"))
    };
    run(async {
        match told.task {
            "way" => way(&told).await,
            "jobs" => jobs(&told).await,
            task => panic!("no task {task}"),
        }
    });
}
