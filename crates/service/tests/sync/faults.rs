//! What servers do wrong.

use std::time::Duration;

use super::documents::{kev, nvd, nvd_page};
use super::server::{Reply, Server};
use super::site::{Site, word};

const PATH: &str = "/kev.json";

/// A site that follows one catalogue of one server.
fn catalogue(name: &str, replies: Vec<Reply>) -> (Server, Site) {
    let server = Server::start();
    server.on(PATH, replies);
    let site = Site::new(name).feed("kev", &server.url(PATH));
    (server, site)
}

fn good() -> Reply {
    Reply::ok(kev("2026-11-21", &["CVE-2024-0001", "CVE-2024-0002"])).with("Content-Type", "application/json")
}

#[test]
fn what_is_unchanged_is_not_sent_again() {
    let (server, site) = catalogue("unchanged", vec![good().with("ETag", "\"one\"")]);
    assert_eq!(site.outcome(), "whole 2");
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "unchanged");
    assert!(report.generation.is_none());
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].headers["if-none-match"], "\"one\"");
    assert!(!asked[0].headers.contains_key("if-none-match"));
}

#[test]
fn the_same_bytes_without_a_tag_are_unchanged_too() {
    let (_server, site) = catalogue("same-bytes", vec![good()]);
    assert_eq!(site.outcome(), "whole 2");
    assert_eq!(site.outcome(), "unchanged");
    assert_eq!(site.state().generation, 1);
}

#[test]
fn too_many_requests_are_waited_for() {
    let (server, site) = catalogue("429", vec![Reply::status(429).with("Retry-After", "77"), good()]);
    assert_eq!(site.outcome(), "whole 2");
    assert_eq!(site.clock.waited(), Duration::from_secs(77));
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_wait_too_long_is_left_to_the_next_sync() {
    let (server, site) = catalogue("429-long", vec![Reply::status(429).with("Retry-After", "7200"), good()]);
    assert_eq!(site.outcome(), "S_UNAVAILABLE");
    assert_eq!(site.clock.waited(), Duration::ZERO);
    assert_eq!(server.asked().len(), 1);
    assert_eq!(site.outcome(), "whole 2");
}

#[test]
fn a_busy_server_is_asked_again_with_growing_waits() {
    let (server, site) = catalogue("503", vec![Reply::status(503), Reply::status(502), good()]);
    assert_eq!(site.outcome(), "whole 2");
    assert_eq!(server.asked().len(), 3);
    // 2 s and 6 s, each with up to as much jitter again.
    assert!(site.clock.waited() >= Duration::from_secs(8), "{:?}", site.clock.waited());
}

#[test]
fn retries_are_bounded_and_the_last_good_state_stays() {
    let (server, site) = catalogue("503-always", vec![good(), Reply::status(503)]);
    assert_eq!(site.outcome(), "whole 2");
    server.asked();
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "S_UNAVAILABLE");
    assert_eq!(server.asked().len(), 5);
    assert_eq!(report.feeds[0].records, 2, "what was there stays");
    assert!(!report.is_complete() && report.generation.is_none());
    let state = site.state();
    assert_eq!(state.feeds["kev"].error.as_ref().unwrap().code, "S_UNAVAILABLE");
    assert_eq!(site.index().header().feeds[0].records, 2);
}

#[test]
fn no_is_no() {
    for status in [401, 403, 404, 410] {
        let (server, site) = catalogue(&format!("no-{status}"), vec![Reply::status(status)]);
        assert_eq!(site.outcome(), "S_REFUSED", "{status}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn a_body_cut_short_is_asked_for_again_and_never_used() {
    let (server, site) = catalogue("cut", vec![good().cut(40), good()]);
    assert_eq!(site.outcome(), "whole 2");
    assert_eq!(server.asked().len(), 2);
    let (_server, site) = catalogue("cut-always", vec![good().cut(40)]);
    assert_eq!(site.outcome(), "S_TRUNCATED");
    assert!(!site.data().current().exists());
    assert!(!site.data().path("raw/part").exists(), "nothing half-received stays");
}

#[test]
fn a_server_that_drips_is_heard_to_the_end() {
    let (_server, site) = catalogue("drip", vec![good().dripping()]);
    assert_eq!(site.outcome(), "whole 2");
}

#[test]
fn an_error_page_with_200_is_no_feed() {
    let page = "<!DOCTYPE html><html><body>Making sure you're not a bot</body></html>";
    for content_type in ["text/html; charset=utf-8", "application/json", "application/octet-stream"] {
        let (_server, site) = catalogue("page", vec![Reply::ok(page).with("Content-Type", content_type)]);
        assert_eq!(site.outcome(), "S_WRONG_TYPE", "{content_type}");
    }
    let (_server, site) = catalogue("empty-body", vec![Reply::ok("  \n")]);
    assert_eq!(site.outcome(), "S_WRONG_TYPE");
}

#[test]
fn private_addresses_are_refused_unless_named() {
    let (server, mut site) = catalogue("private", vec![good()]);
    site.settings.private_hosts.clear();
    assert_eq!(site.outcome(), "S_FORBIDDEN_ADDRESS");
    let named = server.url(PATH).replace("127.0.0.1", "localhost");
    site.settings.feeds.get_mut("kev").unwrap().address = named;
    assert_eq!(site.outcome(), "S_FORBIDDEN_ADDRESS", "a name is looked at when it is resolved");
    assert!(server.asked().is_empty(), "nothing was sent");
    site.settings.private_hosts = vec!["localhost".to_owned()];
    assert_eq!(site.outcome(), "whole 2");
}

#[test]
fn a_redirection_leads_to_no_private_address() {
    let targets = [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/",
        "http://0xa000001/x",
        "file:///etc/passwd",
    ];
    for target in targets {
        let (_server, site) = catalogue("redirect", vec![Reply::status(302).with("Location", target)]);
        assert_eq!(site.outcome(), "S_FORBIDDEN_ADDRESS", "{target}");
    }
    let (server, site) = catalogue("redirect-good", vec![Reply::status(302).with("Location", "/there")]);
    server.on("/there", vec![good()]);
    assert_eq!(site.outcome(), "whole 2");
    let (server, site) = catalogue("redirect-round", vec![Reply::status(302).with("Location", PATH)]);
    assert_eq!(site.outcome(), "S_REFUSED");
    assert!(server.asked().len() <= 6);
}

/// The key goes to the host it is for, and nowhere else: not to where that host redirects, not into texts.
#[test]
fn a_key_stays_with_its_host() {
    let (api, other) = (Server::start(), Server::start());
    let elsewhere = other.url("/api").replace("127.0.0.1", "localhost");
    api.on("/api", vec![Reply::status(302).with("Location", &elsewhere)]);
    other.on("/api", vec![Reply::status(403)]);
    let mut site =
        Site::new("key").feed("nvd2", &api.url("/feeds")).parts("nvd2", &[&api.url("/api"), "2026"]);
    site.settings.private_hosts.push("localhost".to_owned());
    site.key = Some("top-secret-0815");
    year(&api);
    assert_eq!(site.outcome(), "whole 1");
    api.asked();
    site.now = "2026-11-22T14:00:00Z".to_owned();
    assert_eq!(site.outcome(), "S_REFUSED");
    let asked = api.asked();
    assert!(
        asked.iter().any(|asked| asked.headers.get("apikey").is_some_and(|key| key == "top-secret-0815"))
    );
    let leaked = other.asked();
    assert!(!leaked.is_empty() && leaked.iter().all(|asked| !format!("{asked:?}").contains("top-secret")));
    let state = std::fs::read_to_string(site.data().path("feeds-state.json")).unwrap();
    assert!(!state.contains("top-secret"));
}

/// Without a key the API is asked five times in thirty seconds, with one fifty times.
#[test]
fn the_pace_of_the_source_is_kept() {
    for (key, at_least, at_most) in [(None, 30, 60), (Some("k"), 0, 0)] {
        let server = Server::start();
        year(&server);
        let mut site = Site::new("pace")
            .feed("nvd2", &server.url("/feeds"))
            .parts("nvd2", &[&server.url("/api"), "2026"]);
        site.key = key;
        assert_eq!(site.outcome(), "whole 1");
        let of = |number: usize| nvd(&format!("CVE-2026-{number:04}"), "2026-11-22T12:30:00.000", "2.0");
        let pages = (0..7).map(|start| Reply::ok(nvd_page(start, 7, &[of(start)]))).collect();
        server.on("/api", pages);
        site.now = "2026-11-22T14:00:00Z".to_owned();
        assert_eq!(site.outcome(), "delta 8");
        let waited = site.clock.waited().as_secs();
        assert!((at_least..=at_most).contains(&waited), "{key:?}: {waited}");
    }
}

/// The feed of 2026 with one record.
fn year(server: &Server) {
    let text = nvd_page(0, 1, &[nvd("CVE-2026-9999", "2026-11-20T00:00:00.000", "1.0")]);
    let meta = format!(
        "lastModifiedDate:2026-11-22T03:00:00-00:00\r\nsize:1\r\nsha256:{}\r\n",
        super::documents::sha256(&text)
    );
    server.on("/feeds/nvdcve-2.0-2026.meta", vec![Reply::ok(meta)]);
    server.on("/feeds/nvdcve-2.0-2026.json.gz", vec![Reply::ok(super::documents::gz(&text))]);
}
