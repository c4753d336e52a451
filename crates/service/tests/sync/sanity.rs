//! What is not believed.

use super::documents::{epss, kev, nvd, nvd_page};
use super::server::{Reply, Server};
use super::site::{Site, word};

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("CVE-2024-{number:04}")).collect()
}

fn catalogue(date: &str, count: usize) -> Reply {
    let ids = ids(count);
    Reply::ok(kev(date, &ids.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn follow(name: &str, replies: Vec<Reply>) -> (Server, Site) {
    let server = Server::start();
    server.on("/kev", replies);
    let site = Site::new(name).feed("kev", &server.url("/kev"));
    (server, site)
}

#[test]
fn a_feed_that_shrinks_is_refused_until_it_is_accepted() {
    let (_server, mut site) =
        follow("shrunk", vec![catalogue("2026-11-20", 100), catalogue("2026-11-21", 97)]);
    assert_eq!(site.outcome(), "whole 100");
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "S_SHRUNK");
    assert_eq!(report.feeds[0].records, 100);
    assert!(report.generation.is_none());
    let trouble = site.state().feeds["kev"].error.clone().unwrap();
    assert_eq!(trouble.message, "it shrank from 100 to 97 records");
    assert_eq!(site.outcome(), "S_SHRUNK", "asking again does not make it better");
    site.accept = vec!["kev"];
    assert_eq!(site.outcome(), "whole 97");
    assert!(site.state().feeds["kev"].error.is_none());
}

#[test]
fn a_little_less_is_normal_and_the_limit_can_be_set() {
    let (_server, site) = follow("less", vec![catalogue("2026-11-20", 100), catalogue("2026-11-21", 98)]);
    assert_eq!((site.outcome().as_str(), site.outcome().as_str()), ("whole 100", "whole 98"));
    let (_server, mut site) =
        follow("none-less", vec![catalogue("2026-11-20", 100), catalogue("2026-11-21", 98)]);
    site.settings.feeds.get_mut("kev").unwrap().shrink_percent = Some(0.5);
    assert_eq!((site.outcome().as_str(), site.outcome().as_str()), ("whole 100", "S_SHRUNK"));
}

#[test]
fn an_empty_feed_is_no_success() {
    let (_server, site) = follow("empty", vec![catalogue("2026-11-20", 10), catalogue("2026-11-21", 0)]);
    assert_eq!(site.outcome(), "whole 10");
    assert_eq!(site.outcome(), "S_EMPTY");
    let (_server, site) = follow("empty-first", vec![catalogue("2026-11-20", 0)]);
    assert_eq!(site.outcome(), "S_EMPTY");
    assert!(!site.data().current().exists(), "an index of nothing would answer clean to everything");
}

#[test]
fn time_does_not_go_back() {
    let (_server, site) = follow("older", vec![catalogue("2026-11-20", 10), catalogue("2026-11-19", 10)]);
    assert_eq!(site.outcome(), "whole 10");
    assert_eq!(site.outcome(), "S_OLDER");
    let server = Server::start();
    let scores = |date| Reply::ok(epss(date, &[("CVE-2024-0001", 0.5)]));
    server.on("/epss", vec![scores("2026-11-21T00:00:00Z"), scores("2026-11-20T00:00:00Z")]);
    let site = Site::new("older-scores").feed("epss", &server.url("/epss"));
    assert_eq!(site.outcome(), "whole 1");
    assert_eq!(site.outcome(), "S_OLDER");
}

#[test]
fn records_that_cannot_be_read_are_counted_against_the_feed() {
    let good = |number: usize| nvd(&format!("CVE-2024-{number:04}"), "2026-11-20T00:00:00.000", "1.0");
    let mut records: Vec<String> = (0..200).map(good).collect();
    records.push(r#"{"cve":{"id":"","x":1}}"#.to_owned());
    let folder = |name: &str, records: &[String]| {
        let site = Site::new(name);
        site.write("nvd/page.json", nvd_page(0, records.len(), records).as_bytes());
        let address = site.folder.join("nvd").display().to_string();
        site.feed("nvd2", &address)
    };
    let site = folder("readable", &records);
    assert!(site.outcome().starts_with("whole"), "{:?}", site.state());
    let bad = (0..50).map(|at| if at % 10 == 0 { r#"{"cve":{"id":"","x":1}}"#.to_owned() } else { good(at) });
    let site = folder("unreadable", &bad.collect::<Vec<_>>());
    assert_eq!(site.outcome(), "S_UNREADABLE", "{:?}", site.state());
}

#[test]
fn an_archive_cut_short_is_refused_whole() {
    let site = Site::new("cut-archive");
    let mut tar = formats::bundle::Writer::new(Vec::new());
    for at in 0..500 {
        let text = nvd(&format!("CVE-2024-{at:04}"), "2026-11-20T00:00:00.000", "1.0");
        tar.member(&format!("{at}.json"), text.len() as u64, &mut text.as_bytes()).unwrap();
    }
    let whole = tar.finish().unwrap();
    site.write("nvd/nvd.tar", &whole[..whole.len() / 2 + 600]);
    let address = site.folder.join("nvd").display().to_string();
    let site = site.feed("nvd2", &address);
    assert_eq!(site.outcome(), "S_UNREADABLE", "{:?}", site.state().feeds);
}

/// One feed fails, the others go on, and the failure is remembered.
#[test]
fn one_bad_feed_does_not_stop_the_rest() {
    let server = Server::start();
    server.on("/kev", vec![catalogue("2026-11-20", 5)]);
    server.on("/epss", vec![Reply::status(404)]);
    let site = Site::new("rest").feed("kev", &server.url("/kev")).feed("epss", &server.url("/epss"));
    let report = site.sync();
    let words: Vec<String> = report.feeds.iter().map(word).collect();
    assert_eq!(words, ["S_REFUSED", "whole 5"]);
    assert!(report.generation.is_some() && !report.is_complete());
    let rows = service::sync::overview::overview(
        &site.settings,
        &site.state(),
        "2026-11-26T00:00:00Z".parse().unwrap(),
        false,
    );
    let stale: Vec<bool> = rows.iter().map(|row| row.is_stale).collect();
    assert_eq!(stale, [true, true], "never fetched, and four days old");
    assert_eq!(rows[0].error.as_ref().unwrap().code, "S_REFUSED");
}

#[test]
fn two_syncs_do_not_work_in_one_directory() {
    let (_server, site) = follow("two", vec![catalogue("2026-11-20", 5)]);
    let lock = site.data().lock().unwrap();
    assert!(site.try_sync().unwrap_err().to_string().contains("another sync"));
    drop(lock);
    assert_eq!(site.outcome(), "whole 5");
}

#[test]
fn a_lost_raw_document_is_fetched_again() {
    let (server, site) = follow("lost", vec![catalogue("2026-11-20", 5).with("ETag", "\"one\"")]);
    assert_eq!(site.outcome(), "whole 5");
    std::fs::remove_dir_all(site.data().path("raw")).unwrap();
    server.asked();
    assert_eq!(site.outcome(), "whole 5");
    assert!(!server.asked()[0].headers.contains_key("if-none-match"));
}

#[test]
fn a_feed_that_is_no_longer_set_up_leaves_the_index() {
    let server = Server::start();
    server.on("/kev", vec![catalogue("2026-11-20", 5)]);
    server.on("/epss", vec![Reply::ok(epss("2026-11-21T00:00:00Z", &[("CVE-2024-0001", 0.5)]))]);
    let mut site = Site::new("left").feed("kev", &server.url("/kev")).feed("epss", &server.url("/epss"));
    site.sync();
    assert_eq!(site.index().header().feeds.len(), 2);
    site.settings.feeds.remove("epss");
    assert!(site.sync().generation.is_some());
    assert_eq!(site.index().header().feeds.len(), 1);
}
