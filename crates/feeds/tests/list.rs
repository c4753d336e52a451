//! Every feed of the list works from a directory: its fixtures are known by content alone and give records.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use feeds::feed::ReadSummary;
use feeds::list::{FEEDS, by_id, detect};
use model::record::Item;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/feeds")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Reads all fixtures of a feed under the names that `named` gives them; counts items per feed.
fn read(feed: &str, named: &dyn Fn(&Path) -> String) -> (ReadSummary, BTreeMap<&'static str, u64>) {
    let mut summary = ReadSummary::default();
    let mut items = BTreeMap::new();
    for path in files(&folder().join(feed)) {
        let bytes = std::fs::read(&path).unwrap();
        let name = named(&path);
        let known = detect(&String::from_utf8_lossy(&bytes), &name);
        let known = known.unwrap_or_else(|| panic!("{} is of no known kind", path.display()));
        assert!(known.parse_only(&bytes) > 0, "{}", path.display());
        summary.add(known.read(&bytes, &name, &mut |id, _| *items.entry(id).or_default() += 1));
    }
    (summary, items)
}

fn below_folder(path: &Path) -> String {
    path.strip_prefix(folder()).unwrap().to_string_lossy().replace('\\', "/")
}

#[test]
fn every_feed_works_from_its_directory() {
    let folders: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let listed: BTreeSet<String> = FEEDS.iter().map(|feed| feed.id.to_owned()).collect();
    assert_eq!(folders, listed, "each feed of the list has fixtures, and each folder of fixtures a feed");
    for feed in FEEDS {
        let (summary, items) = read(feed.id, &below_folder);
        assert!(summary.documents > 0, "{}", feed.id);
        assert!(items.get(feed.id).is_some_and(|count| *count > 0), "{}: {items:?}", feed.id);
        assert!(summary.notes.is_empty(), "{}: {:?}", feed.id, summary.notes);
        let tally = summary.tallies.iter().find(|tally| tally.feed == feed.id).unwrap();
        assert!(tally.records > 0, "{}", feed.id);
    }
}

#[test]
fn the_manual_has_a_row_for_each_feed() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/feeds.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    for feed in FEEDS {
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{}` |", feed.id)));
        let row = row.unwrap_or_else(|| panic!("no row for {}", feed.id));
        let age = if feed.max_age_days == 0 {
            "| none |".to_owned()
        } else {
            format!("| {} days |", feed.max_age_days)
        };
        assert!(row.contains(&age), "{row}");
    }
}

/// A user may point at any mixture of folders: names must not be needed.
#[test]
fn names_are_not_needed() {
    let nameless = |path: &Path| match path.extension() {
        // A dyad file does not name its CVE: it cannot be used without its name.
        Some(end) if end == "dyad" => below_folder(path),
        // Nor does a list of repositories that somebody found for one.
        _ if below_folder(path).starts_with("exploit-refs/2024/") => below_folder(path),
        _ => "document".to_owned(),
    };
    for feed in FEEDS {
        let (_, items) = read(feed.id, &nameless);
        assert!(items.get(feed.id).is_some_and(|count| *count > 0), "{}: {items:?}", feed.id);
    }
}

#[test]
fn dates_and_revisions() {
    let newest = |feed: &str| {
        let (summary, _) = read(feed, &below_folder);
        let tally = summary.tallies.into_iter().find(|tally| tally.feed == feed).unwrap();
        (tally.newest, tally.revision)
    };
    let of = |date: &str, revision: &str| (date.to_owned(), revision.to_owned());
    assert_eq!(newest("cve-list"), of("2024-10-02T17:08:53.180Z", ""));
    assert_eq!(newest("kernel-cna"), of("", ""), "the kernel's records carry no dates");
    assert_eq!(newest("nvd2"), of("2024-05-06T07:08:09.000", ""));
    assert_eq!(newest("nvd1"), of("2023-12-01T08:00Z", ""));
    assert_eq!(newest("nvd-overrides"), of("2024-07-01T00:00:00.000Z", ""));
    assert_eq!(newest("debian"), of("2026-07-20", ""), "the tracker bears no date: its folder does");
    assert_eq!(newest("kev"), of("2024-10-22T15:00:10.1234Z", "2024.10.22"));
    assert_eq!(newest("epss"), of("2025-08-01T12:55:00Z", "v2025.03.14"));
    assert_eq!(newest("local"), of("2026-01-31", ""));
}

#[test]
fn other_documents_are_nobodys() {
    for text in [
        "",
        "{}",
        "[]",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[],"vulnerabilities":[]}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","title":"CVE JSON record","definitions":{}}"#,
        r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[]}"#,
        r#"[{"fetchTime":"2025-01-01T00:00:00Z","numberOfChanges":3,"new":[],"updated":[]}]"#,
        r#"{"id":"x","modified":"2025-01-01"}"#,
        "product,version,license\nbusybox,1.36.1,GPL-2.0\n",
        "CONFIG_BT=y\n# CONFIG_NFC is not set\n",
        "id: OSV-2022-110\nmodified: '2022-04-13'\n",
    ] {
        assert!(detect(text, "document").is_none(), "{text}");
    }
}

#[test]
fn the_kernel_tree_is_told_from_the_list() {
    let kernel =
        std::fs::read_to_string(folder().join("kernel-cna/cve/published/2024/CVE-2024-35964.json")).unwrap();
    assert_eq!(detect(&kernel, "x.json").unwrap().id, "kernel-cna");
    let listed = kernel.replacen('}', r#","shortName":"Linux","dateUpdated":"2025-01-01T00:00:00Z"}"#, 1);
    assert_eq!(detect(&listed, "cves/2024/35xxx/CVE-2024-35964.json").unwrap().id, "cve-list");
    assert_eq!(detect(&listed, "vulns/cve/published/2024/CVE-2024-35964.json").unwrap().id, "kernel-cna");
}

#[test]
fn a_mention_of_exploitation_counts_as_no_record() {
    let (summary, items) = read("cve-list", &below_folder);
    let tally = summary.tallies.iter().find(|tally| tally.feed == "cve-list").unwrap();
    assert_eq!(tally.records + 1, items["cve-list"]);
}

#[test]
fn bytes_that_are_not_utf_8_are_read_with_a_note() {
    let feed = by_id("kev").unwrap();
    let mut seen = Vec::new();
    let bytes = b"cveID,dateAdded\nCVE-2024-1,2024-01-01\n\xff\xfe,x\n";
    let summary = feed.read(bytes, "kev.csv", &mut |_, item| {
        if let Item::Kev(kev) = item {
            seen.push(kev.id);
        }
    });
    assert_eq!(seen, ["CVE-2024-1"]);
    let codes: Vec<&str> = summary.notes.iter().map(|note| note.code.code()).collect();
    assert_eq!(codes, ["F_BAD_UTF8", "F_BAD_RECORD"]);
    assert!(summary.notes.iter().all(|note| note.file == "kev.csv"));
}
