//! What the tests of the knowledge readers share, and what holds for all of them: no bytes make one panic.

use std::path::{Path, PathBuf};

use formats::cve::Origin;
use formats::records::{Reading, Sink};
use formats::{
    alpine_secdb, csaf, cve, debian_tracker, epss, euvd, exploits, kernel_cves, kev, lifecycle, local, nvd,
    osv, rustsec, ubuntu_tracker,
};
use model::record::{Item, Record};
use proptest::prelude::*;

/// A fixture below `fixtures/feeds`.
pub fn fixture(name: &str) -> String {
    let path = feeds_folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn feeds_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/feeds")
}

/// Calls `take` with the record of an item, if it is one.
pub fn with_record(item: Item<'_>, take: &mut dyn FnMut(&Record<'_>)) {
    if let Item::Record(record) = item {
        take(&record);
    }
}

/// Runs a reader; its items as lines, records in our own format.
pub fn records(read: &mut dyn FnMut(&mut Sink<'_>) -> Reading) -> (Reading, String) {
    let mut lines = String::new();
    let reading = read(&mut |item| {
        match &item {
            Item::Record(record) => lines.push_str(&local::write(record)),
            Item::Kev(kev) => {
                let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
                let [added, due, ransom] =
                    [&kev.date_added, &kev.due_date, &kev.ransomware].map(|text| or_dash(text));
                lines.push_str(&format!("kev {} {added} {due} {ransom}", kev.id));
                if !kev.by.is_empty() {
                    lines.push_str(&format!(" by {}", kev.by));
                }
            }
            Item::Epss(id, epss) => {
                lines.push_str(&format!("epss {id} {} {}", epss.probability, epss.percentile));
            }
            Item::Branch(branch) => lines.push_str(&format!("branch {} {}", branch.product, branch.branch)),
        }
        lines.push('\n');
    });
    (reading, lines)
}

/// Runs a reader and counts its items.
pub fn items(read: &mut dyn FnMut(&mut Sink<'_>) -> Reading) -> usize {
    let mut count = 0;
    read(&mut |_| count += 1);
    count
}

/// Calls `take` with the path and text of every JSON file below a folder, in order.
pub fn each_json(folder: &Path, take: &mut dyn FnMut(&str, &str)) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            each_json(&path, take);
        } else if path.extension().is_some_and(|end| end == "json") {
            take(&path.to_string_lossy(), &std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Every reader takes every text: the kind is the feed's business.
fn all_readers(text: &str) {
    let sink: &mut Sink<'_> = &mut |item| {
        if let Item::Record(record) = &item {
            let _ = local::write(record);
        }
    };
    cve::read(text, Origin::CveList, sink);
    cve::read_dyad(text, "CVE-2024-1", sink);
    nvd::read(text, sink);
    nvd::read_override(text, "CVE-2024-1", sink);
    nvd::read_1(text, sink);
    osv::read(text, sink);
    rustsec::read(text, sink);
    debian_tracker::read(text, "", sink);
    alpine_secdb::read(text, "", sink);
    alpine_secdb::parse(text);
    ubuntu_tracker::read_pages(text, sink);
    ubuntu_tracker::read_file(text, sink);
    ubuntu_tracker::read_vex(text, sink);
    use kernel_cves::Kind;
    kernel_cves::kind_of(text);
    for kind in [
        Kind::Cves,
        Kind::StreamData,
        Kind::StreamFixes,
        Kind::Table,
        Kind::StreamTable,
        Kind::StreamReleases,
    ] {
        kernel_cves::read(text, kind, sink);
        kernel_cves::parse(text, kind);
    }
    debian_tracker::parse(text);
    kev::read(text, sink);
    epss::read(text, sink);
    local::read(text, sink);
    csaf::read(text, "x.json", sink);
    euvd::read(text, sink);
    let _ = euvd::page(text.as_bytes(), "x");
    exploits::read(text, "2024/CVE-2024-1234.json", sink);
    lifecycle::read(text, "x.json", sink);
    let _ = lifecycle::openeox::check(text);
    for parse in [
        cve::parse,
        nvd::parse,
        nvd::parse_1,
        osv::parse,
        rustsec::parse,
        kev::parse,
        epss::parse,
        local::parse,
    ] {
        parse(text);
    }
    for parse in [csaf::parse, euvd::parse, exploits::parse, lifecycle::parse] {
        parse(text);
    }
}

fn fixtures() -> Vec<Vec<u8>> {
    fn below(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { below(&path, into) } else { into.push(path) }
        }
    }
    let mut paths = Vec::new();
    below(&feeds_folder(), &mut paths);
    paths.sort();
    assert!(paths.len() >= 20, "fixtures are missing");
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn truncated_fixtures_never_panic() {
    for bytes in fixtures() {
        let step = (bytes.len() / 25).max(1);
        for end in (0..bytes.len()).step_by(step) {
            all_readers(&String::from_utf8_lossy(&bytes[..end]));
        }
    }
}

#[test]
fn mutated_fixtures_never_panic() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    const PIECES: &[&str] = &[
        "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "1e999", "-", "\u{0}", "true", "{}", "[[",
        "\\ud800",
    ];
    for bytes in fixtures() {
        for _ in 0..20 {
            let mut mutated = bytes.clone();
            for _ in 0..=next(3) {
                let at = next(mutated.len());
                let piece = PIECES[next(PIECES.len())].as_bytes();
                let end = (at + next(6)).min(mutated.len());
                mutated.splice(at..end, piece.iter().copied());
            }
            all_readers(&String::from_utf8_lossy(&mutated));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_text_never_panics(text in "\\PC{0,200}") {
        all_readers(&text);
    }

    #[test]
    fn any_json_like_text_never_panics(
        text in r#"(\{|\}|\[|\]|,|:|"(id|cve|cna|affected|versions|nodes|cpeMatch|events)"|null|0|\n| ){0,60}"#
    ) {
        all_readers(&text);
    }
}
