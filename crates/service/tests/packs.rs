//! The real packs, whole, streamed from their archives: every record is read, and the counts are those of
//! their description. Takes half a minute in release, so it belongs to the quality run:
//! `cargo xtask quality`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use model::build::KbuildMap;
use model::record::{Item, RecordState, Source};
use service::compile::{Options, Report, Silent, Target, parse_only, read_into};

/// Counts records by source and state.
#[derive(Default)]
struct Counts(Mutex<BTreeMap<(&'static str, &'static str), u64>>);

impl Target for Counts {
    fn add(&self, _: &'static str, item: &Item<'_>) {
        let Item::Record(record) = item else { return };
        let state = match record.state {
            RecordState::Published => "published",
            RecordState::Rejected => "rejected",
            RecordState::Withdrawn => "withdrawn",
            RecordState::Reserved => "reserved",
        };
        let source = record.source.map_or("", Source::name);
        *self.0.lock().unwrap().entry((source, state)).or_default() += 1;
    }

    fn add_map(&self, _: KbuildMap) {}
}

/// Reads a pack; returns the counts as text, and checks that parsing alone sees as many documents.
fn read(pack: &str) -> Option<(Report, String)> {
    let path = [testkit::shared(&format!("data/{pack}.tar.zst"))?];
    let counts = Counts::default();
    let report = read_into(&path, &Options::default(), &Silent, &counts).unwrap();
    let parsed = parse_only(&path, &Silent).unwrap();
    assert_eq!(parsed.bytes, report.bytes, "{pack}");
    let counts = counts.0.into_inner().unwrap();
    let words: Vec<String> =
        counts.iter().map(|((source, state), count)| format!("{source} {state} {count}")).collect();
    Some((report, words.join(", ")))
}

fn notes(report: &Report) -> String {
    let words: Vec<String> =
        report.note_counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    words.join(", ")
}

#[test]
fn packs() {
    if std::env::var_os("PATCHWRIGHT_QUALITY").is_none() {
        eprintln!("skipped: reads 3 GB; part of `cargo xtask quality`");
        return;
    }
    for (pack, counts, notes_expected) in [
        ("nvd-2.0-corpus", "nvd2 published 250185, nvd2 rejected 9253", "F_BAD_CPE 2, F_CPE_REPAIRED 24"),
        (
            "cve-v5-vulnrichment",
            "cve-list published 62717, cve-list rejected 145, cve-list/adp published 41849, \
             cve-list/cisa-adp published 62717",
            "",
        ),
        (
            "kernel-cna-and-overrides-2026-07-20",
            "kernel-cna published 13009, kernel-cna rejected 301, nvd-overrides published 29142",
            "",
        ),
        ("debian-osv", "alpine published 3304, debian published 44181, osv published 10921", ""),
        ("nvd-1.1-raw-sample", "nvd1 published 43539, nvd1 rejected 2604", ""),
    ] {
        let Some((report, read)) = read(pack) else { return };
        assert_eq!(sorted(&read), sorted(counts), "{pack}");
        assert_eq!(notes(&report), notes_expected, "{pack}");
        let others: u64 = report.unknown.values().map(|(count, _)| count).sum();
        assert!(others <= 1, "{pack}: {:?}", report.unknown);
    }
}

/// The small packs are read in every run.
#[test]
fn small_packs() {
    for (pack, counts, notes_expected) in [
        ("oss-fuzz-osv", "oss-fuzz published 4002, oss-fuzz withdrawn 24", ""),
        ("rustsec", "rustsec published 1212, rustsec withdrawn 13", ""),
        ("linux-kernel-cves", "linux-kernel-cves published 32580, linux-kernel-cves withdrawn 30", ""),
    ] {
        let Some((report, read)) = read(pack) else { return };
        assert_eq!(sorted(&read), sorted(counts), "{pack}");
        assert_eq!(notes(&report), notes_expected, "{pack}");
        let others: u64 = report.unknown.values().map(|(count, _)| count).sum();
        assert!(others <= 5, "{pack}: {:?}", report.unknown);
    }
}

fn sorted(counts: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = counts.split(", ").collect();
    parts.sort_unstable();
    parts
}
