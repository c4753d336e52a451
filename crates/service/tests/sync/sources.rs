//! Each source in its own way.

use super::documents::{cve, epss, gz, kev, nvd, nvd_page, osv, sha256, zip};
use super::server::{Reply, Server};
use super::site::{Site, fixtures, word};

/// Invariant 19: every feed also works from a directory.
#[test]
fn every_feed_is_synced_from_a_folder() {
    for feed in feeds::list::FEEDS {
        let folder = fixtures().join(feed.id);
        let mut site = Site::new(&format!("folder-{}", feed.id)).feed(feed.id, &folder.display().to_string());
        // The fixtures are odd on purpose.
        site.settings.feeds.get_mut(feed.id).unwrap().unreadable_percent = Some(50.0);
        let report = site.sync();
        assert!(report.feeds[0].records > 0, "{}: {:?}", feed.id, report.feeds);
        assert!(report.generation.is_some(), "{}", feed.id);
        let statuses = site.index().header().feeds.clone();
        assert!(statuses.iter().any(|status| status.id == feed.id && status.records > 0), "{}", feed.id);
        assert_eq!(site.outcome(), "unchanged", "{}", feed.id);
    }
}

/// The names of files tell rejected records from published ones, also when they are kept by their hash.
#[test]
fn the_kernel_tree_keeps_its_names() {
    let site = Site::new("kernel").feed("kernel-cna", &fixtures().join("kernel-cna").display().to_string());
    site.sync();
    let index = site.index();
    let states: Vec<_> = index
        .vulnerabilities()
        .flat_map(|number| {
            index.vulnerability(number).unwrap().records().map(|of| of.state()).collect::<Vec<_>>()
        })
        .collect();
    assert!(states.contains(&model::record::RecordState::Rejected), "{states:?}");
    assert!(states.contains(&model::record::RecordState::Published), "{states:?}");
    assert_eq!(
        index.header().feeds[0].as_of,
        "2026-11-22",
        "its records carry no dates: the day it was fetched"
    );
}

#[test]
fn scores_change_facts_and_nothing_else() {
    let server = Server::start();
    server.on("/kev", vec![Reply::ok(kev("2026-11-20", &["CVE-2026-0001"]))]);
    let scores = |date: &str, score| Reply::ok(gz(&epss(date, &[("CVE-2026-0001", score)])));
    server.on("/epss", vec![scores("2026-11-21T00:00:00Z", 0.1), scores("2026-11-22T00:00:00Z", 0.9)]);
    let site = Site::new("scores").feed("kev", &server.url("/kev")).feed("epss", &server.url("/epss"));
    site.write("nvd/CVE-2026-0001.json", nvd("CVE-2026-0001", "2026-11-20T00:00:00.000", "1.0").as_bytes());
    let address = site.folder.join("nvd").display().to_string();
    let site = site.feed("nvd2", &address);
    assert!(site.sync().generation.unwrap().delta.everything, "there was nothing to compare with");
    let report = site.sync();
    assert_eq!(Site::changes(&report), [("CVE-2026-0001".to_owned(), "facts")]);
    let delta = report.delta().unwrap();
    assert!(delta.keys().is_empty() && !delta.everything, "{delta:?}");
    let number = site.state().generation;
    assert_eq!(service::sync::read_delta(&site.data(), number).unwrap(), (1, delta.clone()));
}

fn release(server: &Server, assets: &[&str]) -> Reply {
    let asset = |name: &&str| {
        format!(
            r#"{{"name":"{name}","size":1,"browser_download_url":"{}","digest":null}}"#,
            server.url(&format!("/dl/{name}"))
        )
    };
    let list: Vec<String> = assets.iter().map(asset).collect();
    Reply::ok(format!(r#"[{{"tag_name":"x","draft":false,"assets":[{}]}}]"#, list.join(",")))
}

fn records(end: &str, updated: &str, ids: &[&str]) -> Vec<u8> {
    let members: Vec<(String, String)> =
        ids.iter().map(|id| (format!("cves/2026/0xxx/{id}.json"), cve(id, updated, end))).collect();
    zip(&members.iter().map(|(name, text)| (name.as_str(), text.clone())).collect::<Vec<_>>())
}

#[test]
fn the_cve_list_comes_whole_then_by_deltas_then_whole() {
    let server = Server::start();
    let site = Site::new("cve-list").feed("cve-list", &server.url("/releases"));
    let (all, first, second) = (
        "2026-11-22_all_CVEs_at_midnight.zip.zip",
        "2026-11-22_delta_CVEs_at_0100Z.zip",
        "2026-11-22_delta_CVEs_at_0200Z.zip",
    );
    server.on(
        &format!("/dl/{all}"),
        vec![Reply::ok(records("1.0", "2026-11-20T00:00:00.000Z", &["CVE-2026-0001", "CVE-2026-0002"]))],
    );
    server.on(
        &format!("/dl/{first}"),
        vec![Reply::ok(records("1.1", "2026-11-22T00:30:00.000Z", &["CVE-2026-0001"]))],
    );
    server.on(
        &format!("/dl/{second}"),
        vec![Reply::ok(records("1.2", "2026-11-22T01:30:00.000Z", &["CVE-2026-0001", "CVE-2026-0003"]))],
    );
    server
        .on("/releases", vec![release(&server, &[first, all]), release(&server, &[second, all, first, all])]);
    assert_eq!(site.outcome(), "whole 2");
    server.asked();
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "delta 3");
    assert_eq!(
        Site::changes(&report),
        [("CVE-2026-0001".to_owned(), "ranges"), ("CVE-2026-0003".to_owned(), "added")]
    );
    assert!(report.delta().unwrap().keys().contains(&"p:thing"), "{:?}", report.delta());
    let paths: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        paths,
        ["/releases?per_page=100".to_owned(), format!("/dl/{second}")],
        "only the new delta was sent"
    );
    assert_eq!(site.outcome(), "unchanged");
    // Two days later; the archives of the days between are there.
    let (day, next, today) = (
        "2026-11-22_delta_CVEs_at_end_of_day.zip",
        "2026-11-23_delta_CVEs_at_end_of_day.zip",
        "2026-11-24_delta_CVEs_at_0300Z.zip",
    );
    let of_day: [(&str, &[&str]); 3] = [
        (day, &["CVE-2026-0001", "CVE-2026-0003", "CVE-2026-0004"]),
        (next, &["CVE-2026-0005"]),
        (today, &["CVE-2026-0006"]),
    ];
    for (name, ids) in of_day {
        server.on(&format!("/dl/{name}"), vec![Reply::ok(records("2.0", "2026-11-24T00:00:00.000Z", ids))]);
    }
    server.on("/releases", vec![release(&server, &[today, next, day])]);
    assert_eq!(site.outcome(), "delta 6");
    // A day is missing, so that only the whole helps; it has not been seen before and shrinks.
    let (later, base) = ("2026-11-27_delta_CVEs_at_0300Z.zip", "2026-11-27_all_CVEs_at_midnight.zip.zip");
    server.on(
        &format!("/dl/{later}"),
        vec![Reply::ok(records("2.0", "2026-11-27T00:00:00.000Z", &["CVE-2026-0007"]))],
    );
    server.on(
        &format!("/dl/{base}"),
        vec![Reply::ok(records("2.0", "2026-11-26T00:00:00.000Z", &["CVE-2026-0001"]))],
    );
    server.on("/releases", vec![release(&server, &[later, base])]);
    assert_eq!(site.outcome(), "S_SHRUNK");
    assert_eq!(site.state().feeds["cve-list"].records, 6);
}

#[test]
fn a_release_that_cannot_be_read_or_lies_is_refused() {
    let server = Server::start();
    let site = Site::new("cve-list-bad").feed("cve-list", &server.url("/releases"));
    server.on("/releases", vec![Reply::ok(r#"[{"assets":[{"name":7}]}]"#), Reply::ok("[]")]);
    assert_eq!(site.outcome(), "S_BAD_LISTING");
    assert_eq!(site.outcome(), "S_BAD_LISTING");
    let name = "2026-11-22_all_CVEs_at_midnight.zip.zip";
    server.on(
        &format!("/dl/{name}"),
        vec![Reply::ok(records("1.0", "2026-11-20T00:00:00.000Z", &["CVE-2026-0001"]))],
    );
    let text = format!(
        r#"[{{"assets":[{{"name":"{name}","size":1,"browser_download_url":"{}","digest":"sha256:{}"}}]}}]"#,
        server.url(&format!("/dl/{name}")),
        "0".repeat(64)
    );
    server.on("/releases", vec![Reply::ok(text)]);
    assert_eq!(site.outcome(), "S_CHECKSUM");
}

/// Yearly feeds with checksums first, then windows of the API.
fn nvd_site(name: &str, server: &Server) -> Site {
    for year in [2025, 2026] {
        let text = nvd_page(0, 1, &[nvd(&format!("CVE-{year}-0001"), "2026-11-20T00:00:00.000", "1.0")]);
        let meta = format!("lastModifiedDate:2026-11-22T03:00:00-00:00\r\nsha256:{}\r\n", sha256(&text));
        server.on(&format!("/feeds/nvdcve-2.0-{year}.meta"), vec![Reply::ok(meta)]);
        server.on(&format!("/feeds/nvdcve-2.0-{year}.json.gz"), vec![Reply::ok(gz(&text))]);
    }
    Site::new(name).feed("nvd2", &server.url("/feeds")).parts("nvd2", &[&server.url("/api"), "2025"])
}

fn changed(number: usize) -> String {
    nvd(&format!("CVE-2026-{number:04}"), "2026-11-22T12:30:00.000", "2.0")
}

#[test]
fn nvd_comes_by_years_then_by_windows() {
    let server = Server::start();
    let mut site = nvd_site("nvd", &server);
    assert_eq!(site.outcome(), "whole 2");
    server.asked();
    server.on(
        "/api",
        vec![
            Reply::ok(nvd_page(0, 3, &[changed(1), changed(2)])),
            Reply::ok(nvd_page(2, 3, &[changed(3)])),
            Reply::ok(nvd_page(0, 0, &[])),
        ],
    );
    site.now = "2026-11-22T14:00:00Z".to_owned();
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "delta 4");
    assert_eq!(Site::changes(&report).len(), 3);
    let paths: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths.len(), 2);
    // Two days before the yearly feeds were made, and ten minutes more.
    let window = "lastModStartDate=2026-11-20T02:50:00.000Z&lastModEndDate=2026-11-22T14:00:00.000Z";
    assert_eq!(paths[0], format!("/api?{window}&startIndex=0&resultsPerPage=2000"));
    assert_eq!(paths[1], format!("/api?{window}&startIndex=2&resultsPerPage=2000"));
    site.now = "2026-11-22T16:00:00Z".to_owned();
    assert_eq!(site.outcome(), "unchanged");
    assert!(
        server.asked()[0].path.contains("lastModStartDate=2026-11-22T13:50:00.000Z"),
        "the cursor has moved on"
    );
}

#[test]
fn nvd_windows_are_not_longer_than_120_days() {
    let server = Server::start();
    let mut site = nvd_site("nvd-long", &server);
    site.settings.feeds.get_mut("nvd2").unwrap().full_after_days = Some(1000);
    assert_eq!(site.outcome(), "whole 2");
    server.asked();
    server.on("/api", vec![Reply::ok(nvd_page(0, 0, &[]))]);
    site.now = "2027-06-22T14:00:00Z".to_owned();
    assert_eq!(site.outcome(), "unchanged");
    assert_eq!(server.asked().len(), 2, "214 days are two windows");
}

#[test]
fn nvd_that_changes_under_way_is_read_again() {
    let server = Server::start();
    let mut site = nvd_site("nvd-moving", &server);
    site.sync();
    site.now = "2026-11-22T14:00:00Z".to_owned();
    server.on(
        "/api",
        vec![
            Reply::ok(nvd_page(0, 3, &[changed(1), changed(2)])),
            Reply::ok(nvd_page(2, 4, &[changed(3)])),
            Reply::ok(nvd_page(0, 4, &[changed(1), changed(2), changed(3), changed(4)])),
        ],
    );
    assert_eq!(site.outcome(), "delta 5");
    // It never comes to rest: an error, and the cursor stays.
    let cursor = site.state().feeds["nvd2"].cursor.clone();
    site.now = "2026-11-22T15:00:00Z".to_owned();
    let restless = (0..20).map(|at| Reply::ok(nvd_page(at % 2, 3 + at, &[changed(5)]))).collect();
    server.on("/api", restless);
    assert_eq!(site.outcome(), "S_MOVING");
    assert_eq!(site.state().feeds["nvd2"].cursor, cursor);
}

#[test]
fn nvd_years_are_compared_with_their_checksums() {
    let server = Server::start();
    let mut site = nvd_site("nvd-sum", &server);
    site.sync();
    server.asked();
    // A week later the whole is due; what has the same checksum is not sent again.
    site.now = "2026-11-30T12:00:00Z".to_owned();
    let text = nvd_page(0, 1, &[nvd("CVE-2026-0001", "2026-11-29T00:00:00.000", "1.5")]);
    let meta =
        |sum: String| Reply::ok(format!("lastModifiedDate:2026-11-30T03:00:00-00:00\r\nsha256:{sum}\r\n"));
    server.on("/feeds/nvdcve-2.0-2026.meta", vec![meta("1".repeat(64))]);
    server.on("/feeds/nvdcve-2.0-2026.json.gz", vec![Reply::ok(gz(&text))]);
    assert_eq!(site.outcome(), "S_CHECKSUM");
    server.asked();
    server.on("/feeds/nvdcve-2.0-2026.meta", vec![meta(sha256(&text))]);
    assert_eq!(site.outcome(), "whole 2");
    let paths: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert!(!paths.iter().any(|path| path.ends_with("2025.json.gz")), "{paths:?}");
}

#[test]
fn osv_comes_as_an_archive_then_record_by_record() {
    let server = Server::start();
    let site = Site::new("osv").feed("debian", &server.url("/osv"));
    let (one, two) =
        (osv("DSA-1-1", "2026-11-20T00:00:00Z", "1.0"), osv("DSA-2-1", "2026-11-20T00:00:00Z", "1.0"));
    server.on("/osv/Debian/all.zip", vec![Reply::ok(zip(&[("DSA-1-1.json", one), ("DSA-2-1.json", two)]))]);
    let before = "2026-11-20T00:00:00Z,DSA-1-1\n2026-11-20T00:00:00Z,DSA-2-1\n";
    server.on(
        "/osv/Debian/modified_id.csv",
        vec![Reply::ok(before), Reply::ok(format!("2026-11-21T00:00:00Z,DSA-2-1\n{before}"))],
    );
    server.on("/osv/Debian/DSA-2-1.json", vec![Reply::ok(osv("DSA-2-1", "2026-11-21T00:00:00Z", "1.5"))]);
    assert_eq!(site.outcome(), "whole 2");
    server.asked();
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "delta 2");
    assert_eq!(Site::changes(&report), [("DSA-2-1".to_owned(), "ranges")]);
    assert_eq!(report.delta().unwrap().keys(), ["e:debian/thing"]);
    assert_eq!(server.asked().len(), 2);
    assert_eq!(site.outcome(), "unchanged");
    server.on("/osv/Debian/modified_id.csv", vec![Reply::ok("soon,DSA-1-1\n")]);
    assert_eq!(site.outcome(), "S_BAD_LISTING");
}

/// A part that is an address: the publisher's own form beside the bucket, or alone; gone when it is no longer wanted.
#[test]
fn a_publishers_own_form_is_a_part() {
    let server = Server::start();
    let tracker = |status: &str| {
        format!(
            r#"{{"thing":{{"CVE-2026-0001":{{"releases":{{"bookworm":{{"status":"{status}","urgency":"low"}}}}}}}}}}"#
        )
    };
    let address = server.url("/tracker/data/json");
    let site =
        Site::new("own-form").feed("debian", &server.url("/osv")).parts("debian", &["Debian", &address]);
    let one = osv("DSA-1-1", "2026-11-20T00:00:00Z", "1.0");
    server.on("/osv/Debian/all.zip", vec![Reply::ok(zip(&[("DSA-1-1.json", one)]))]);
    server.on("/osv/Debian/modified_id.csv", vec![Reply::ok("2026-11-20T00:00:00Z,DSA-1-1\n")]);
    server.on("/tracker/data/json", vec![Reply::ok(tracker("open")), Reply::ok(tracker("undetermined"))]);
    assert_eq!(site.outcome(), "whole 2");
    server.asked();
    let report = site.sync();
    assert_eq!(word(&report.feeds[0]), "whole 2");
    assert_eq!(Site::changes(&report), [("CVE-2026-0001".to_owned(), "ranges")]);
    assert_eq!(site.outcome(), "unchanged");
    server.on("/tracker/data/json", vec![Reply::ok("<html>later</html>")]);
    assert_eq!(site.outcome(), "S_WRONG_TYPE");
    let alone = site.parts("debian", &[&address]);
    server.on("/tracker/data/json", vec![Reply::ok(tracker("open"))]);
    server.asked();
    assert_eq!(alone.outcome(), "S_SHRUNK", "the other part is gone, which somebody has to accept");
    assert!(server.asked().iter().all(|asked| asked.path == "/tracker/data/json"));
}

#[test]
fn a_csaf_provider_is_followed_by_its_feed_or_its_directory() {
    let server = Server::start();
    let document = r#"{"document":{"csaf_version":"2.0","tracking":{"id":"ACME-1"}},"vulnerabilities":[{"cve":"CVE-2026-1"}]}"#;
    let metadata = format!(
        r#"{{"distributions":[{{"rolie":{{"feeds":[{{"tlp_label":"RED","url":"{0}"}},{{"tlp_label":"WHITE","url":"{1}"}}]}}}}]}}"#,
        server.url("/secret.json"),
        server.url("/feed.json")
    );
    let entry = |date: &str| {
        Reply::ok(format!(
            r#"{{"feed":{{"entry":[{{"id":"x","updated":"{date}","content":{{"src":"{0}"}},"link":[{{"rel":"hash","href":"{0}.sha256"}}]}}]}}}}"#,
            server.url("/2026/acme-1.json")
        ))
    };
    server.on("/provider-metadata.json", vec![Reply::ok(metadata)]);
    server.on("/feed.json", vec![entry("2026-11-20T00:00:00Z")]);
    server.on("/2026/acme-1.json", vec![Reply::ok(document)]);
    server.on("/2026/acme-1.json.sha256", vec![Reply::ok(format!("{}  acme-1.json\n", sha256(document)))]);
    let site = Site::new("csaf").feed("csaf", "").parts("csaf", &[&server.url("/provider-metadata.json")]);
    assert_eq!(site.outcome(), "whole 1");
    assert!(server.asked().iter().all(|asked| asked.path != "/secret.json"));
    assert_eq!(site.outcome(), "unchanged");
    assert_eq!(server.asked().len(), 2, "a document that is not listed as changed is not asked for");
    server.on("/feed.json", vec![entry("2026-11-21T00:00:00Z")]);
    server.on("/2026/acme-1.json.sha256", vec![Reply::ok(format!("{}  x\n", "0".repeat(64)))]);
    assert_eq!(site.outcome(), "S_CHECKSUM");
    let directory = format!(r#"{{"distributions":[{{"directory_url":"{}"}}]}}"#, server.url("/d/"));
    server.on("/provider-metadata.json", vec![Reply::ok(directory)]);
    server.on("/d/changes.csv", vec![Reply::ok("\"2026/acme-1.json\",\"2026-11-21T00:00:00Z\"\n")]);
    server.on("/d/2026/acme-1.json", vec![Reply::ok(document)]);
    assert_eq!(site.outcome(), "whole 1", "{:?}", site.state().feeds["csaf"]);
}

/// Page after page, until as many entries have come as the database says it has.
#[test]
fn the_eus_database_comes_in_pages() {
    let server = Server::start();
    let entry = |number: u32| {
        format!(r#"{{"id":"EUVD-2026-{number}","aliases":"CVE-2026-{number}\n","dateUpdated":"2026-11-20"}}"#)
    };
    let page = |numbers: &[u32], total: u32| {
        let items: Vec<String> = numbers.iter().map(|number| entry(*number)).collect();
        Reply::ok(format!(r#"{{"items":[{}],"total":{total}}}"#, items.join(",")))
    };
    server.on("/search", vec![page(&[1000, 1001], 3), page(&[1002], 3)]);
    let site = Site::new("euvd").feed("euvd", &server.url("/search")).parts("euvd", &["exploited=true"]);
    assert_eq!(site.outcome(), "whole 3");
    let paths: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/search?exploited=true&size=100&page=0", "/search?exploited=true&size=100&page=1"]);
    server.on("/search", vec![page(&[1000], 3), page(&[], 3)]);
    assert_eq!(site.outcome(), "S_BAD_LISTING", "a database that stops in the middle has lost something");
    assert_eq!(site.state().feeds["euvd"].records, 3, "what is in use stays");
}

#[test]
fn lists_of_exploits_are_fetched_each_from_its_own_place() {
    let server = Server::start();
    server.on("/files_exploits.csv", vec![Reply::ok("id,file,description,codes\n7,f,d,CVE-2026-1000\n")]);
    let modules = r#"{"exploit_a":{"fullname":"exploit/a","references":["CVE-2026-1000","CVE-2026-1001"]}}"#;
    server.on("/modules.json", vec![Reply::ok(modules), Reply::ok("<html>sorry</html>")]);
    let site = Site::new("exploit-refs")
        .feed("exploit-refs", &server.url("/files_exploits.csv"))
        .parts("exploit-refs", &[&server.url("/modules.json")]);
    assert_eq!(site.outcome(), "whole 3");
    assert_eq!(site.outcome(), "S_WRONG_TYPE");
}

#[test]
fn the_life_of_branches_is_one_document() {
    let server = Server::start();
    let releases = |end: &str| {
        Reply::ok(format!(
            r#"{{"schema_version":"1.2.0","last_modified":"2026-11-20T00:00:00Z","result":[{{"name":"linux","releases":[{{"name":"6.12","isLts":true,"eolFrom":"{end}"}}]}}]}}"#
        ))
    };
    server.on("/full", vec![releases("2026-12-31"), releases("2028-12-31")]);
    let site = Site::new("lifecycle").feed("lifecycle", &server.url("/full"));
    assert_eq!(site.outcome(), "whole 1");
    assert_eq!(site.index().branches().of("linux", "6.12").unwrap().end_of_life, "2026-12-31");
    let report = site.sync();
    assert_eq!(report.delta().unwrap().surroundings, ["a:linux", "p:linux"], "{:?}", report.delta());
}

/// Two real states of the catalogue make a delta of facts.
#[test]
fn real_catalogues_follow_each_other() {
    let Some(pack) = testkit::shared::shared("data/kev.tar.zst") else { return };
    let bytes = std::fs::read(pack).unwrap();
    let mut files = Vec::new();
    let walked =
        formats::archives::members(&bytes, "kev", &formats::limits::Limits::FEED, &mut |name, bytes| {
            if name.ends_with(".json") && bytes.windows(14).any(|window| window == b"catalogVersion") {
                files.push((name.to_owned(), bytes.to_vec()));
            }
            Ok(std::ops::ControlFlow::Continue(()))
        });
    walked.unwrap();
    files.retain(|(name, _)| !name.contains("schema"));
    assert!(files.len() >= 2, "{:?}", files.iter().map(|(name, _)| name).collect::<Vec<_>>());
    files.sort_by_key(|(_, bytes)| bytes.len());
    let server = Server::start();
    let replies =
        |order: &[usize]| order.iter().map(|at| Reply::ok(files[*at].1.clone())).collect::<Vec<_>>();
    server.on("/kev", replies(&[0, 1, 0]));
    let site = Site::new("real-kev").feed("kev", &server.url("/kev"));
    let words: Vec<String> = (0..3).map(|_| site.outcome()).collect();
    assert_eq!(words[0], "whole 1199");
    assert!(words[1].starts_with("whole 14"), "{words:?}");
    assert_eq!(words[2], "S_SHRUNK", "the old catalogue does not come back");
}
