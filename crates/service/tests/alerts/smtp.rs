//! Mail through a real server.

use std::process::Command;

use serde_json::{Value, json};
use service::notify::channel::{Outcome, Parcel};
use service::notify::compose::compose;
use service::notify::facts::Facts;
use service::notify::list::Kind;
use service::notify::settings::AlertKind;

use super::desk::{PASSWORD, Recorder, findings, hostile, item, outgoing};
use super::sink::{Sink, header};
use crate::loop_house::{NOW, run};

fn settings(sink: &Sink, to: &str) -> Value {
    json!({ "host": "127.0.0.1", "port": sink.port, "encryption": "none",
            "from": "Patchwright <patchwright@maker.example>", "to": [to] })
}

fn deliver(settings: &Value, facts: &Facts) -> Outcome {
    let outgoing = outgoing(&Recorder::answering(vec![]));
    let channel = Kind::Mail.open(settings, 1, &outgoing).unwrap();
    let message = compose(facts, "team", &outgoing.base_url);
    let target = settings["to"][0].as_str().unwrap().to_owned();
    let parcel = Parcel { key: "immediate-77".to_owned(), target, written: NOW, now: NOW };
    run(async { channel.deliver(&message, &parcel).await })
}

fn facts() -> Facts {
    findings(AlertKind::Immediate, vec![item("CVE-2024-1", "zlib-größe", "8.1", &["1"])])
}

#[test]
fn a_mail_arrives_in_both_forms_with_its_key() {
    let Some(mut sink) = Sink::start(&[]) else { return };
    assert_eq!(deliver(&settings(&sink, "Team <psirt@maker.example>"), &facts()), Outcome::Accepted);
    let mail = sink.mail();
    assert_eq!(
        (&mail["from"], &mail["to"]),
        (&json!("patchwright@maker.example"), &json!(["psirt@maker.example"]))
    );
    assert_eq!(header(&mail, "Message-ID"), "<immediate-77@maker.example>");
    assert_eq!(header(&mail, "Idempotency-Key"), "immediate-77");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&mail, "Date"), "Mon, 21 Sep 2026 14:13:20 +0000");
    assert!(header(&mail, "From").contains("patchwright@maker.example"));
    let data = mail["data"].as_str().unwrap();
    for part in ["multipart/alternative", "text/plain; charset=utf-8", "text/html; charset=utf-8"] {
        assert!(data.contains(part), "{part} in {data}");
    }
    assert!(data.is_ascii(), "encoded for servers that take nothing else");
}

#[test]
fn hostile_names_add_no_header_and_no_receiver() {
    let Some(mut sink) = Sink::start(&[]) else { return };
    assert_eq!(deliver(&settings(&sink, "psirt@maker.example"), &hostile()), Outcome::Accepted);
    let mail = sink.mail();
    assert_eq!(mail["to"], json!(["psirt@maker.example"]));
    let names: Vec<String> = (mail["data"].as_str().unwrap().split("\r\n\r\n").next().unwrap().lines())
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':').map(|(name, _)| name.to_lowercase()))
        .collect();
    for name in &names {
        let known = [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "idempotency-key",
            "auto-submitted",
            "mime-version",
            "content-type",
        ];
        assert!(known.contains(&name.as_str()), "{names:?}");
    }
}

#[test]
fn what_the_server_refuses_is_refused_and_what_it_postpones_waits() {
    let Some(sink) = Sink::start(&[]) else { return };
    let refused = deliver(&settings(&sink, "refused@maker.example"), &facts());
    assert!(matches!(&refused, Outcome::Refused(why) if why.contains("nobody has this name")), "{refused:?}");
    let later = deliver(&settings(&sink, "later@maker.example"), &facts());
    assert!(matches!(&later, Outcome::Failed { why, .. } if why.contains("not now")), "{later:?}");
    assert_eq!(sink.rest(), Vec::<Value>::new());
}

#[test]
fn a_server_that_dies_before_it_says_so_gets_the_mail_again_under_the_same_id() {
    let Some(mut sink) = Sink::start(&[]) else { return };
    let settings = settings(&sink, "dies@maker.example");
    let first = deliver(&settings, &facts());
    assert!(matches!(first, Outcome::Failed { .. }), "{first:?}");
    assert_eq!(deliver(&settings, &facts()), Outcome::Accepted);
    let ids = [header(&sink.mail(), "Message-ID"), header(&sink.mail(), "Message-ID")];
    assert_eq!(ids, ["<immediate-77@maker.example>", "<immediate-77@maker.example>"]);
    sink.kill();
    let gone = deliver(&settings, &facts());
    assert!(matches!(&gone, Outcome::Failed { why, .. } if why.contains("127.0.0.1")), "{gone:?}");
}

#[test]
fn a_login_that_is_wrong_waits_for_a_person_and_names_no_password() {
    let Some(mut sink) = Sink::start(&["--auth"]) else { return };
    let mut settings = settings(&sink, "psirt@maker.example");
    settings["user"] = json!("patchwright");
    settings["password"] = json!("wrong-password");
    let wrong = deliver(&settings, &facts());
    assert!(
        matches!(&wrong, Outcome::Failed { why, .. } if !why.contains("\"wrong\"") && why.contains("535")),
        "{wrong:?}"
    );
    settings["password"] = json!("password");
    assert_eq!(deliver(&settings, &facts()), Outcome::Accepted);
    let mail = sink.mail();
    assert_eq!(mail["user"], json!(true));
    assert!(!mail["data"].as_str().unwrap().contains(PASSWORD));
}

/// A key and a certificate for `localhost` that nobody else knows; `None` where there is no openssl.
fn certificate() -> Option<(std::path::PathBuf, String)> {
    let folder = std::env::temp_dir().join(format!("patchwright-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(&folder)
        .output();
    match made {
        Ok(output) if output.status.success() => {
            let pem = std::fs::read_to_string(folder.join("cert.pem")).unwrap();
            Some((folder, pem))
        }
        _ => {
            eprintln!("skipped: no openssl");
            None
        }
    }
}

#[test]
fn encryption_is_insisted_on_and_the_server_must_be_the_one_that_is_named() {
    let Some((folder, pem)) = certificate() else { return };
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let words = ["--auth", "--tls", cert.to_str().unwrap(), key.to_str().unwrap()];
    let Some(mut sink) = Sink::start(&words) else { return };
    let mut good = settings(&sink, "psirt@maker.example");
    for (key, value) in [
        ("host", "localhost"),
        ("encryption", "starttls"),
        ("authority", &pem),
        ("user", "patchwright"),
        ("password", "password"),
    ] {
        good[key] = json!(value);
    }
    assert_eq!(deliver(&good, &facts()), Outcome::Accepted);
    assert_eq!(sink.mail()["tls"], json!(true));
    // An authority that nobody knows.
    let mut unknown = good.clone();
    unknown.as_object_mut().unwrap().remove("authority");
    assert!(matches!(deliver(&unknown, &facts()), Outcome::Failed { .. }));
    // The right certificate under another name.
    let mut other = good.clone();
    other["host"] = json!("127.0.0.1");
    assert!(matches!(deliver(&other, &facts()), Outcome::Failed { .. }));
    assert_eq!(sink.rest(), Vec::<Value>::new());
    // A server that offers no encryption gets nothing.
    let Some(plain) = Sink::start(&[]) else { return };
    let mut stripped = good.clone();
    stripped["port"] = json!(plain.port);
    let outcome = deliver(&stripped, &facts());
    assert!(!matches!(outcome, Outcome::Accepted), "{outcome:?}");
    assert_eq!(plain.rest(), Vec::<Value>::new());
    let _ = std::fs::remove_dir_all(folder);
}
