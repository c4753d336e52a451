//! The verbs that ask a server, against one that answers from a script and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::binary::{Ran, scratch};

const TOKEN: &str = "pwk_abc_secret";

/// One request, as the server saw it.
#[derive(Clone, Debug)]
struct Asked {
    line: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

type Script = Box<dyn FnMut(&Asked) -> (u16, String) + Send>;

/// A server of this process.
struct Scripted {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

fn serve(script: impl FnMut(&Asked) -> (u16, String) + Send + 'static) -> Scripted {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let mut script: Script = Box::new(script);
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let Some(request) = read(&line) else { continue };
            kept.lock().unwrap().push(request.clone());
            let (status, body) = script(&request);
            answer(&line, status, &body);
        }
    });
    Scripted { address, asked }
}

fn read(line: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(line);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = first.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Some(Asked { line, headers, body })
}

fn answer(mut line: &TcpStream, status: u16, body: &str) {
    let kind = if status < 400 { "application/json" } else { "application/problem+json" };
    let more = if status == 302 { "location: http://127.0.0.1:1/\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\ndate: Mon, 23 Nov 2026 03:00:00 GMT\r\nconnection: close\r\n{more}\r\n",
        body.len()
    );
    let _ = line.write_all(head.as_bytes()).and_then(|()| line.write_all(body.as_bytes()));
}

fn ask(server: &Scripted, words: &[&str]) -> Ran {
    ask_as(&server.address, TOKEN, words)
}

fn ask_as(address: &str, token: &str, words: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_patchwright"))
        .args(words)
        .env("PATCHWRIGHT_SERVER", address)
        .env("PATCHWRIGHT_TOKEN", token)
        .env_remove("HTTP_PROXY")
        .env_remove("http_proxy")
        .env("NO_PROXY", "*")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    };
    assert!(!ran.err.contains("panicked") && !ran.err.contains("secret"), "{}", ran.err);
    ran
}

fn problem(status: u16, title: &str) -> (u16, String) {
    let body = json!({"type": "urn:x", "title": title, "status": status, "hint": "Do this instead.", "id": "r-17",
                      "errors": [{"field": "comment", "says": "say why"}]});
    (status, body.to_string())
}

/// A server with one product and one release, judged or not.
fn gateway(judged: Option<&str>, unknown: u64) -> impl FnMut(&Asked) -> (u16, String) + Send + use<> {
    let judged = judged.map(str::to_owned);
    move |asked| {
        let path = asked.line.split('?').next().unwrap_or_default();
        let body = match path {
            "GET /api/v1/products/gateway" => {
                json!({"id": "gateway", "name": "Gateway", "releases": [{"id": "7", "version": "4.1.0", "at": "2026-11-01T00:00:00Z",
                       "open": {"immediate": 1}, "components": 20}]})
            }
            "GET /api/v1/releases/7" => {
                json!({"id": "7", "version": "4.1.0", "product_name": "Gateway", "judged": judged, "knowledge": judged,
                       "open": {"immediate": 1, "unknown": 2}, "coverage": {"all": 20, "not_evaluated": unknown},
                       "components": [], "documents": [{"hash": "h1"}]})
            }
            "GET /api/v1/jobs" => json!({"items": [], "total": 0, "next": "", "previous": ""}),
            "GET /api/v1/findings" if asked.line.contains("class=immediate") => {
                json!({"items": [{"id": "4711", "class": "immediate", "vulnerability": "CVE-2024-6387", "component": "openssh",
                       "version": "9.6p1", "product": "Gateway", "release": "4.1.0", "exploited": true, "epss": 0.5,
                       "decision": "none"}], "total": 1, "next": "", "previous": ""})
            }
            "GET /api/v1/findings" => json!({"items": [], "total": 0, "next": "", "previous": ""}),
            line if line.starts_with("POST /api/v1/products/gateway/releases/4.1.0/documents") => {
                json!({"done": "gateway 4.1.0 has it now"})
            }
            _ => return problem(404, "There is no such thing"),
        };
        (200, body.to_string())
    }
}

#[test]
fn a_release_is_sent_once_and_its_gate_fails() {
    let server = serve(gateway(Some("2026-11-23T03:00:01Z"), 0));
    let sbom = scratch("sent.spdx.json", b"{\"an\": \"SBOM\"}");
    let ran = ask(&server, &["upload", "gateway@4.1.0", &sbom, "--fail-on", "immediate"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("Gateway 4.1.0") && ran.out.contains("1 immediate"), "{}", ran.out);
    assert!(
        ran.err.contains("1 open findings are `immediate`") && ran.err.contains("CVE-2024-6387"),
        "{}",
        ran.err
    );
    let again = ask(&server, &["upload", "gateway@4.1.0", &sbom, "--fail-on", "kev", "--json"]);
    assert!(again.out.contains("patchwright.upload/1"), "{}", again.out);
    let asked = server.asked.lock().unwrap();
    let posts: Vec<&Asked> = asked.iter().filter(|asked| asked.line.starts_with("POST")).collect();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].line, "POST /api/v1/products/gateway/releases/4.1.0/documents?name=sent.spdx.json");
    assert_eq!(posts[0].body, b"{\"an\": \"SBOM\"}");
    assert_eq!(posts[0].headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(posts[0].headers["idempotency-key"], posts[1].headers["idempotency-key"]);
    assert_eq!(posts[0].headers["idempotency-key"].len(), 64);
}

#[test]
fn a_gate_that_cannot_see_is_not_green() {
    let sbom = scratch("blind.spdx.json", b"{}");
    let server = serve(gateway(Some("2026-11-23T03:00:01Z"), 5));
    let ran = ask(&server, &["upload", "gateway@4.1.0", &sbom, "--fail-on", "kev"]);
    assert_eq!(ran.code, 4, "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains("5 of 20 components"), "{}", ran.err);
    let unjudged = serve(gateway(None, 0));
    let ran = ask(&unjudged, &["upload", "gateway@4.1.0", &sbom, "--wait", "--timeout", "1"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("not judged within 1 s"), "{}", ran.err);
    let ran = ask(&unjudged, &["upload", "gateway@4.1.0", &sbom]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn lists_are_followed_to_their_end() {
    let server = serve(|asked: &Asked| {
        let row = |id: &str| json!({"id": id, "class": "planned", "vulnerability": "CVE-2024-1", "component": "\u{1b}[2Jx"});
        let body = match asked.line.contains("after=k1") {
            false => json!({"items": [row("1"), row("2")], "total": 3, "next": "k1", "previous": ""}),
            true => json!({"items": [row("3")], "total": 3, "next": "", "previous": "k2"}),
        };
        (200, body.to_string())
    });
    let ran =
        ask(&server, &["findings", "--class", "planned", "--component", "a b&c", "--sort", "epss", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((view["items"].as_array().unwrap().len(), &view["next"]), (3, &json!("")));
    let asked = server.asked.lock().unwrap().clone();
    assert_eq!(asked[0].line, "GET /api/v1/findings?class=planned&component=a+b%26c&sort=epss&limit=50");
    let people = ask(&server, &["findings", "--limit", "2"]);
    assert!(people.out.contains("3 findings") && people.out.contains("2 are shown"), "{}", people.out);
    assert!(!people.out.contains("\u{1b}[2J"), "{:?}", people.out);
}

#[test]
fn a_decision_names_the_version_it_was_made_on() {
    let server = serve(|asked: &Asked| match asked.line.starts_with("GET") {
        true => {
            let view = json!({"id": "4711", "draft": {"version": "3"},
                              "proposals": [{"id": "e9", "kind": "kernel_config", "says": "CONFIG_BT is off"}]});
            (200, view.to_string())
        }
        false => (200, json!({"done": "Decided: not affected"}).to_string()),
    });
    let words =
        ["decide", "4711", "--status", "not_affected", "--justification", "vulnerable_code_not_present"];
    let with = |more: &[&str]| ask(&server, &[&words[..], &["--comment", "off"], more].concat());
    let ran = with(&["--evidence", "kernel_config"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Decided: not affected"), "{}", ran.out);
    let asked = server.asked.lock().unwrap().last().cloned().unwrap();
    assert_eq!(asked.line, "POST /api/v1/findings/4711/decision");
    assert_eq!(asked.headers["if-match"], "\"3\"");
    let body: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
    let expected = json!({"status": "not_affected", "justification": "vulnerable_code_not_present", "comment": "off",
                          "evidence": ["e9"], "version": "3"});
    assert_eq!(body, expected);
    let ran = with(&["--evidence", "rune"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("kernel_config"), "{}", ran.err);
}

#[test]
fn nowhere_is_an_answer() {
    let server = serve(|_: &Asked| {
        (200, json!({"id": "CVE-2024-3094", "is_known": true, "checked": 412, "releases": 0, "not_evaluated": 3}).to_string())
    });
    let ran = ask(&server, &["vulnerability", "CVE-2024-3094", "--fail-if-open"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("nowhere: 412 releases checked"), "{}", ran.out);
    assert!(ran.out.contains("3 components could not be evaluated"), "{}", ran.out);
}

#[test]
fn refusals_have_their_codes() {
    for (status, code) in [(401, 1), (403, 1), (404, 3), (409, 1), (412, 1), (422, 1), (500, 5)] {
        let server = serve(move |_: &Asked| problem(status, "Not so"));
        let ran = ask(&server, &["today"]);
        assert_eq!(ran.code, code, "{status}: {}", ran.err);
        assert!(ran.err.contains("Not so") && ran.err.contains("Do this instead"), "{}", ran.err);
        assert!(ran.err.contains("comment: say why"), "{}", ran.err);
        assert_eq!(status >= 500, ran.err.contains("r-17"), "{}", ran.err);
        assert_eq!(server.asked.lock().unwrap().len(), 1, "{status} is not tried again");
    }
    let foreign = serve(|_: &Asked| (200, "<html>".to_owned()));
    let ran = ask(&foreign, &["today"]);
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert!(ran.err.contains("is it a Patchwright server?"), "{}", ran.err);
    let elsewhere = serve(|_: &Asked| (302, String::new()));
    let ran = ask(&elsewhere, &["today"]);
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert!(ran.err.contains("sends us elsewhere"), "{}", ran.err);
}

#[test]
fn a_busy_server_is_asked_again() {
    let mut first = true;
    let server = serve(move |_: &Asked| match std::mem::take(&mut first) {
        true => problem(503, "Busy"),
        false => (200, json!({"items": [], "total": 0, "next": ""}).to_string()),
    });
    let ran = ask(&server, &["jobs", "--state", "failed"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("0 jobs"), "{}", ran.out);
    assert_eq!(server.asked.lock().unwrap().len(), 2);
}

#[test]
fn wrong_usage_asks_nobody() {
    let server = serve(|_: &Asked| problem(500, "Nobody should ask"));
    let sbom = scratch("unsent.json", b"{}");
    for (words, code, says) in [
        (vec!["upload", "gateway", sbom.as_str()], 2, "PRODUCT@VERSION"),
        (vec!["upload", "gateway@1", "/no/such.json"], 3, "/no/such.json"),
        (vec!["upload", "gateway@1", sbom.as_str(), "--fail-on", "runes"], 2, "`runes` is none of"),
        (
            vec!["upload", "gateway@1", sbom.as_str(), "--fail-on", "kev", "--max-unevaluated", "200"],
            2,
            "100 percent",
        ),
        (vec!["findings", "--rune", "x"], 2, "--rune"),
        (vec!["decide", "1"], 2, "--status"),
        (vec!["today", "--server", "ftp://x"], 2, "https://HOST"),
        (vec!["today", "--server", "http://ada:pw@localhost"], 2, "holds no name"),
    ] {
        let ran = ask(&server, &words);
        assert_eq!(ran.code, code, "{words:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{words:?}: {}", ran.err);
    }
    assert!(server.asked.lock().unwrap().is_empty());
    assert!(ask_as("", TOKEN, &["today"]).err.contains("PATCHWRIGHT_SERVER"));
    assert!(ask_as(&server.address, "", &["today"]).err.contains("PATCHWRIGHT_TOKEN"));
    assert_eq!(ask_as(&server.address, "a\u{1}b", &["today"]).code, 2);
}
