//! Feeds inside of archives.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use model::build::KbuildMap;
use model::record::Item;
use service::compile::{Options, Report, Silent, Target, read_into};

#[derive(Default)]
struct Ids(Mutex<BTreeSet<String>>);

impl Target for Ids {
    fn add(&self, feed: &'static str, item: &Item<'_>) {
        if let Item::Record(record) = item {
            self.0.lock().unwrap().insert(format!("{feed} {}", record.id));
        }
    }

    fn add_map(&self, _: KbuildMap) {}
}

fn read(path: &Path) -> (Report, BTreeSet<String>) {
    let ids = Ids::default();
    let report = read_into(&[path.to_owned()], &Options::default(), &Silent, &ids).unwrap();
    (report, ids.0.into_inner().unwrap())
}

/// A real pack, streamed: the count is that of its description, and the folder name inside gives the date.
#[test]
fn a_pack_is_read_as_it_is() {
    let Some(pack) = testkit::shared("data/kev.tar.zst") else { return };
    let (report, _) = read(&pack);
    let kev = report.feeds.iter().find(|feed| feed.id == "kev").unwrap();
    assert_eq!((kev.records, kev.as_of.as_str()), (1647, "2026-07-16"));
    let modules = report.feeds.iter().find(|feed| feed.id == "exploit-refs").unwrap();
    assert_eq!(modules.records, 3_108, "msf_cve-db.txt");
    assert_eq!(report.unknown.keys().map(String::as_str).collect::<Vec<_>>(), ["json", "none"]);
}

/// Scores of two days, split by year: the newer day counts.
#[test]
fn scores_of_two_days_in_one_pack() {
    let Some(pack) = testkit::shared("data/epss.tar.zst") else { return };
    let (report, _) = read(&pack);
    let epss = report.feeds.iter().find(|feed| feed.id == "epss").unwrap();
    assert_eq!((epss.records, epss.as_of.as_str()), (347_044, "2026-07-16"));
}

#[test]
fn a_damaged_archive_is_noted_and_the_rest_is_read() {
    let Some(pack) = testkit::shared("data/kev.tar.zst") else { return };
    let folder = std::env::temp_dir().join(format!("patchwright-archives-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let bytes = std::fs::read(pack).unwrap();
    std::fs::write(folder.join("cut.tar.zst"), &bytes[..bytes.len() / 2]).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/feeds/nvd2/page.json");
    std::fs::copy(fixture, folder.join("page.json")).unwrap();
    let (report, ids) = read(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(ids.contains("nvd2 CVE-2021-0129"));
    let codes: Vec<String> = report.notes.iter().map(|note| format!("{} {}", note.code, note.file)).collect();
    let file = PathBuf::from(&report.notes[0].file);
    assert!(codes[0].starts_with("F_TRUNCATED ") && file.ends_with("cut.tar.zst"), "{codes:?}");
}
