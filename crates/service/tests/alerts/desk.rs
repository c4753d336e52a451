//! A client that records, secrets in memory, and facts to write about.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use service::notify::channel::Outgoing;
use service::notify::facts::{Facts, Findings, Item, Place, ProductName};
use service::notify::post::{Answer, Answered, NoAnswer, Post, Question};
use service::notify::secret::{Secret, SecretName, Secrets};
use service::notify::settings::{self, AlertKind, Alerts};
use store::jobs::WorkState;
use store::outbox::Message;
use store::{Moment, Page};

use crate::loop_house::{NOW, Site};

/// Records what is posted and answers as told, in order; then 200.
#[derive(Default)]
pub struct Recorder {
    pub posted: Mutex<Vec<Question>>,
    pub answers: Mutex<Vec<Result<Answer, NoAnswer>>>,
}

impl Recorder {
    pub fn answering(answers: Vec<Result<Answer, NoAnswer>>) -> Arc<Recorder> {
        Arc::new(Recorder { posted: Mutex::default(), answers: Mutex::new(answers) })
    }

    pub fn posted(&self) -> Vec<Question> {
        self.posted.lock().unwrap().clone()
    }

    /// The JSON of each post.
    pub fn bodies(&self) -> Vec<Value> {
        self.posted().iter().map(|question| serde_json::from_slice(&question.body).unwrap()).collect()
    }
}

pub fn status(status: u16) -> Result<Answer, NoAnswer> {
    Ok(Answer { status, ..Answer::default() })
}

impl Post for Recorder {
    fn post<'a>(&'a self, question: &'a Question) -> Answered<'a> {
        self.posted.lock().unwrap().push(question.clone());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.is_empty() { status(200) } else { answers.remove(0) };
        Box::pin(async move { answer })
    }
}

/// Secrets in memory.
pub struct Drawer(pub BTreeMap<&'static str, &'static str>);

impl Secrets for Drawer {
    fn secret(&self, _: i64, name: &SecretName) -> Result<Secret, String> {
        let found = self.0.get(name.as_str());
        found.map(|text| Secret::new(text)).ok_or_else(|| format!("there is no secret {}", name.as_str()))
    }
}

pub const SIGNING: &str = "0123456789abcdef0123456789abcdef";
pub const SLACK: &str = "https://hooks.slack.example/services/T0/B0/very-secret-address";
pub const TOKEN: &str = "syt_very_secret_token";
pub const PASSWORD: &str = "Pa55-of-the-sink";

pub fn outgoing(post: &Arc<Recorder>) -> Outgoing {
    let secrets = [
        ("hook-key", SIGNING),
        ("short-key", "short"),
        ("slack", SLACK),
        ("token", TOKEN),
        ("password", PASSWORD),
        ("wrong-password", "wrong"),
    ];
    Outgoing {
        post: Arc::clone(post) as Arc<dyn Post>,
        secrets: Arc::new(Drawer(secrets.into())),
        base_url: "https://pw.example/".to_owned(),
    }
}

/// A webhook that takes everything of some kinds.
pub fn hook(kinds: Value) -> Alerts {
    Alerts::parse(
        &json!({
            "version": 1,
            "channels": [{ "name": "hook", "kind": "webhook", "settings": { "url": "https://hook.example/x", "signing": "hook-key" } }],
            "subscriptions": [{ "name": "team", "channel": "hook", "kinds": kinds }],
        })
        .to_string(),
    )
    .unwrap()
}

impl Site {
    pub async fn subscribe(&self, alerts: &Alerts) {
        let mut change = self.house.store.change().await.unwrap();
        settings::put(&mut change, &self.scope, alerts, "person/1", NOW).await.unwrap();
        change.commit().await.unwrap();
    }

    /// The messages in a state, oldest first.
    pub async fn messages(&self, state: WorkState) -> Vec<Message> {
        let mut look = self.house.store.look().await.unwrap();
        let mut rows =
            look.messages(&self.scope, state, &Page { after: None, limit: 1000 }).await.unwrap().rows;
        rows.reverse();
        rows
    }

    /// Facts of the waiting messages.
    pub async fn waiting(&self) -> Vec<Value> {
        let rows = self.messages(WorkState::Waiting).await;
        rows.iter().map(|row| serde_json::from_str::<Value>(&row.body).unwrap()["facts"].clone()).collect()
    }
}

pub fn product() -> ProductName {
    ProductName { id: 1, slug: "gateway".to_owned(), name: "Gateway".to_owned() }
}

pub fn item(vulnerability: &str, component: &str, version: &str, releases: &[&str]) -> Item {
    Item {
        vulnerability: vulnerability.to_owned(),
        component: component.to_owned(),
        version: version.to_owned(),
        releases: (10..)
            .zip(releases)
            .map(|(finding, one)| Place { release: (*one).to_owned(), finding })
            .collect(),
        before: None,
        says: "Anyone can attack it.".to_owned(),
        contested: Vec::new(),
        due: None,
    }
}

pub fn findings(kind: AlertKind, items: Vec<Item>) -> Facts {
    Facts::Findings(Findings { kind, product: product(), items })
}

/// A name that tries everything: markup, headers, formatting, calls, another direction.
pub const HOSTILE: &str = "lib<script>alert(1)</script>\"'&\r\nBcc: all@evil.example\n\u{202e}*x* <!channel> @room [a](javascript:b) ]]>";

pub fn hostile() -> Facts {
    let mut item = item("CVE-2024-1", HOSTILE, "1\0<b>", &["4.1\r\nX: y"]);
    item.says = format!("Says {HOSTILE}");
    let Facts::Findings(mut findings) = findings(AlertKind::Immediate, vec![item]) else { unreachable!() };
    findings.product.name = format!("Gate{HOSTILE}");
    Facts::Findings(findings)
}

pub fn later(milliseconds: i64) -> Moment {
    NOW.plus(milliseconds)
}
