//! Channels: what goes out, and what an answer means.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service::notify::channel::{Outcome, Parcel};
use service::notify::compose::compose;
use service::notify::list::Kind;
use service::notify::post::{Answer, NoAnswer};
use service::notify::secret::Secret;
use service::notify::settings::AlertKind;
use service::notify::{facts::Facts, signature};
use store::Moment;

use super::desk::{Recorder, SIGNING, SLACK, TOKEN, findings, hostile, item, outgoing, status};
use crate::loop_house::{NOW, run};

fn parcel() -> Parcel {
    Parcel { key: "immediate-77".to_owned(), target: String::new(), written: NOW, now: NOW.plus(90_500) }
}

/// Delivers facts over a channel; the outcome and what was posted.
fn deliver(
    kind: Kind,
    settings: &Value,
    facts: &Facts,
    answers: Vec<Result<Answer, NoAnswer>>,
) -> (Outcome, std::sync::Arc<Recorder>) {
    let post = Recorder::answering(answers);
    let outgoing = outgoing(&post);
    let channel = kind.open(settings, 1, &outgoing).unwrap();
    let message = compose(facts, "team", &outgoing.base_url);
    let outcome = run(async { channel.deliver(&message, &parcel()).await });
    (outcome, post)
}

fn plain_facts() -> Facts {
    findings(AlertKind::Immediate, vec![item("CVE-2024-1", "curl", "8.1", &["1"])])
}

fn webhook() -> Value {
    json!({ "url": "https://hook.example/x", "signing": "hook-key" })
}

#[test]
fn a_webhook_is_signed_over_time_and_body() {
    let (outcome, post) = deliver(Kind::Webhook, &webhook(), &plain_facts(), vec![]);
    assert_eq!(outcome, Outcome::Accepted);
    let question = post.posted().remove(0);
    assert_eq!((question.method, question.url.expose()), ("POST", "https://hook.example/x"));
    let header = |name| question.headers.iter().find(|one| one.0 == name).unwrap().1.expose().to_owned();
    assert_eq!(header("Idempotency-Key"), "immediate-77");
    assert_eq!(
        header("Patchwright-Signature"),
        signature(&Secret::new(SIGNING), parcel().now, &question.body)
    );
    let body: Value = serde_json::from_slice(&question.body).unwrap();
    assert_eq!(body["id"], "immediate-77");
    assert_eq!(body["kind"], "immediate");
    assert_eq!(body["at"], "2026-09-21T14:13:20Z");
    assert_eq!(body["facts"]["items"][0]["vulnerability"], "CVE-2024-1");
    assert_eq!(body["link"], "https://pw.example/vulnerabilities/CVE-2024-1");
}

/// The vector was computed by `printf '1790000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef`.
#[test]
fn the_signature_is_that_of_other_programs() {
    let signed = signature(&Secret::new(SIGNING), Moment(1_790_000_000_999), b"{}");
    assert_eq!(signed, "t=1790000000,v1=5949482f8f268ce61c6208ee9050323b82d4c3033bad3f5c14c19f657d409d60");
    assert_ne!(signed, signature(&Secret::new(SIGNING), Moment(1_790_000_000_999), b"{ }"));
}

#[test]
fn what_an_answer_means() {
    let outcome =
        |answer: Result<Answer, NoAnswer>| deliver(Kind::Webhook, &webhook(), &plain_facts(), vec![answer]).0;
    assert_eq!(outcome(status(204)), Outcome::Accepted);
    let later = Answer { status: 429, retry_after: Some(90), excerpt: "slow\r\ndown".to_owned() };
    assert_eq!(
        outcome(Ok(later)),
        Outcome::Failed { why: "answered 429: slow down".to_owned(), wait: 90_000 }
    );
    assert_eq!(outcome(status(503)), Outcome::Failed { why: "answered 503".to_owned(), wait: 0 });
    assert!(matches!(outcome(status(302)), Outcome::Refused(why) if why.contains("redirection")));
    assert!(matches!(outcome(status(401)), Outcome::Refused(why) if why.contains("key")));
    assert!(matches!(outcome(status(404)), Outcome::Refused(_)));
    let no_route = NoAnswer::Later("no route".to_owned());
    assert_eq!(outcome(Err(no_route)), Outcome::Failed { why: "no route".to_owned(), wait: 0 });
    let private = NoAnswer::Never("lies in a private network".to_owned());
    assert_eq!(outcome(Err(private)), Outcome::Refused("lies in a private network".to_owned()));
}

#[test]
fn a_missing_or_weak_secret_sends_nothing_and_waits() {
    for (name, word) in [("nobody", "there is no secret nobody"), ("short-key", "too short")] {
        let settings = json!({ "url": "https://hook.example/x", "signing": name });
        let (outcome, post) = deliver(Kind::Webhook, &settings, &plain_facts(), vec![]);
        assert!(matches!(&outcome, Outcome::Failed { why, .. } if why.contains(word)), "{outcome:?}");
        assert!(post.posted().is_empty());
    }
}

fn chat(shape: &str) -> Value {
    match shape {
        "matrix" => {
            json!({ "shape": shape, "server": "https://matrix.example/", "room": "!abc:matrix.example", "token": "token" })
        }
        _ => json!({ "shape": shape, "url_secret": "slack" }),
    }
}

#[test]
fn slack_gets_plain_text_blocks_and_calls_nobody() {
    let (outcome, post) = deliver(Kind::Chat, &chat("slack"), &hostile(), vec![]);
    assert_eq!(outcome, Outcome::Accepted);
    assert_eq!(post.posted()[0].url.expose(), SLACK);
    let body = post.bodies().remove(0);
    assert!(!body["text"].as_str().unwrap().contains(['<', '>']), "{body}");
    let mut marked = Vec::new();
    for block in body["blocks"].as_array().unwrap() {
        let text = &block["text"];
        match text["type"].as_str().unwrap() {
            "plain_text" => assert_eq!(text["emoji"], false),
            _ => marked.push(text["text"].as_str().unwrap().to_owned()),
        }
        assert!(text["text"].as_str().unwrap().chars().count() <= 3000);
    }
    // The only marked-up text is our own link.
    assert_eq!(marked, ["<https://pw.example/vulnerabilities/CVE-2024-1|Open the vulnerability>"]);
}

#[test]
fn teams_gets_text_runs_which_read_no_markdown() {
    let (_, post) = deliver(Kind::Chat, &chat("teams"), &hostile(), vec![]);
    let body = post.bodies().remove(0);
    let card = &body["attachments"][0]["content"];
    assert_eq!(card["type"], "AdaptiveCard");
    for block in card["body"].as_array().unwrap() {
        assert_eq!(
            (&block["type"], &block["inlines"][0]["type"]),
            (&json!("RichTextBlock"), &json!("TextRun"))
        );
    }
    assert_eq!(card["actions"][0]["url"], "https://pw.example/vulnerabilities/CVE-2024-1");
}

#[test]
fn matrix_is_put_under_its_key_with_escaped_html_and_calls_nobody() {
    let (_, post) = deliver(Kind::Chat, &chat("matrix"), &hostile(), vec![]);
    let question = post.posted().remove(0);
    assert_eq!(question.method, "PUT");
    assert_eq!(
        question.url.expose(),
        "https://matrix.example/_matrix/client/v3/rooms/%21abc%3Amatrix.example/send/m.room.message/immediate-77"
    );
    let bearer = Secret::new(&format!("Bearer {TOKEN}"));
    assert!(question.headers.contains(&("Authorization", bearer)));
    let body = post.bodies().remove(0);
    let html = body["formatted_body"].as_str().unwrap();
    assert!(!html.contains("<script") && !html.contains("<!channel"), "{html}");
    assert_eq!(body["m.mentions"], json!({}));
}

#[test]
fn long_messages_end_where_a_room_takes_no_more() {
    let mut items = Vec::new();
    for number in 0..25 {
        let mut one = item(&format!("CVE-2024-{number:04}"), "linux", "6.6.21", &["1"]);
        one.says = "x".repeat(500);
        items.push(one);
    }
    let (_, post) = deliver(Kind::Chat, &chat("slack"), &findings(AlertKind::Immediate, items), vec![]);
    let body = post.bodies().remove(0);
    let lines = body["blocks"][2]["text"]["text"].as_str().unwrap();
    assert!(lines.chars().count() <= 3000 && lines.contains("more lines behind the link"), "{}", lines.len());
}

#[test]
fn secrets_are_in_no_text() {
    for (kind, settings) in
        [(Kind::Webhook, webhook()), (Kind::Chat, chat("slack")), (Kind::Chat, chat("matrix"))]
    {
        let (_, post) = deliver(kind, &settings, &plain_facts(), vec![]);
        for question in post.posted() {
            let shown = format!("{question:?} {:?} {:?} {settings}", question.url, question.headers);
            let body = String::from_utf8(question.body).unwrap();
            for secret in [SIGNING, SLACK, TOKEN] {
                assert!(!shown.contains(secret) && !body.contains(secret), "{shown}");
            }
        }
    }
    // Nor is what somebody typed where a name belongs.
    let typed = json!({ "url": "https://hook.example/x", "signing": "Tr0ub4dor&3 is my secret" });
    let error = Kind::Webhook.check(&typed).unwrap_err();
    assert!(error.contains("not the name of a secret") && !error.contains("Tr0ub"), "{error}");
}

/// Forms are drawn from the schema: it names the same keys as the settings.
#[test]
fn schemas_and_settings_name_the_same_keys() {
    for kind in Kind::ALL {
        let schema: Value = serde_json::from_str(kind.schema()).unwrap();
        let names: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let example = &schema["examples"][0];
        let shown: BTreeSet<&String> = example.as_object().unwrap().keys().collect();
        assert_eq!(names, shown, "{kind:?}: the example shows every key");
        // What is wrong with the example, where the keys shut each other out, is never a key or a kind of value.
        let error = kind.check(example).err().unwrap_or_default();
        assert!(!error.contains("unknown field") && !error.contains("invalid type"), "{kind:?}: {error}");
        let mut more = example.clone();
        more["surprise"] = json!(1);
        let error = kind.check(&more).unwrap_err();
        assert!(error.contains("unknown field `surprise`"), "{kind:?}: {error}");
        for required in schema["required"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let mut less = example.clone();
            less.as_object_mut().unwrap().remove(required.as_str().unwrap());
            let error = kind.check(&less).unwrap_err();
            assert!(error.contains("missing field"), "{kind:?} without {required}: {error}");
        }
    }
}

#[test]
fn settings_that_cannot_work_are_refused_with_their_place() {
    let check = |kind: Kind, settings: Value, word: &str| {
        let error = kind.check(&settings).unwrap_err();
        assert!(error.contains(word), "{settings}: {error}");
    };
    check(Kind::Webhook, json!({ "signing": "k" }), "give url, or url_secret");
    check(Kind::Webhook, json!({ "signing": "k", "url": "ftp://x" }), "begins with https://");
    check(Kind::Webhook, json!({ "signing": "k", "url": "https://" }), "no host");
    check(Kind::Webhook, json!({ "signing": "k", "url": "https://u:p@h/" }), "stored as a secret");
    check(Kind::Webhook, json!({ "signing": "k", "url": "https://h/\r\nX: y" }), "no blanks");
    check(Kind::Webhook, json!({ "signing": "../key", "url": "https://h/" }), "not the name of a secret");
    check(Kind::Chat, json!({ "shape": "irc" }), "unknown variant `irc`");
    check(Kind::Chat, json!({ "shape": "slack" }), "need url_secret");
    check(
        Kind::Chat,
        json!({ "shape": "matrix", "server": "https://m", "room": "!r" }),
        "needs server, room and token",
    );
    let named = json!({ "shape": "matrix", "server": "https://m", "room": "#r:m", "token": "t" });
    check(Kind::Chat, named, "begins with !");
    let mail = |key: &str, value: Value| {
        let mut settings = json!({ "host": "h", "from": "a@b.example", "to": ["c@d.example"] });
        settings[key] = value;
        settings
    };
    assert_eq!(Kind::Mail.check(&mail("port", json!(2525))), Ok(()));
    check(Kind::Mail, mail("port", json!(0)), "port 0");
    check(Kind::Mail, mail("port", json!(70000)), "invalid value");
    check(Kind::Mail, mail("host", json!("h h")), "no name of a server");
    check(Kind::Mail, mail("from", json!("nobody")), "from \"nobody\" is no mail address");
    check(Kind::Mail, mail("to", json!([])), "to is empty");
    check(Kind::Mail, mail("to", json!(["a@b\r\nBcc: c@d"])), "to[0]");
    check(Kind::Mail, mail("user", json!("u")), "belong together");
    check(Kind::Mail, mail("authority", json!("hello")), "no certificate");
    let clear = json!({ "host": "h", "encryption": "none", "user": "u", "password": "p", "from": "a@b.example", "to": ["c@d.example"] });
    check(Kind::Mail, clear, "readable for all");
    check(Kind::Atom, json!({ "at_least": "loud" }), "at_least \"loud\" is no class");
}
