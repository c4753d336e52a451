//! From folders to an index.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use model::build::KbuildMap;
use model::record::Item;
use service::compile::{Error, Options, Silent, Target, build_to_bytes, parse_only, read_into};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/feeds")
}

/// Takes note of what arrives.
#[derive(Default)]
struct Seen {
    items: Mutex<BTreeSet<(String, String)>>,
    maps: Mutex<usize>,
}

impl Target for Seen {
    fn add(&self, feed: &'static str, item: &Item<'_>) {
        let what = match item {
            Item::Record(record) => record.id.to_string(),
            Item::Kev(kev) => format!("kev {} {} {}", kev.id, kev.date_added, kev.due_date),
            Item::Epss(id, epss) => format!("epss {id} {}", epss.probability),
            Item::Branch(branch) => format!("branch {} {}", branch.product, branch.branch),
        };
        self.items.lock().unwrap().insert((feed.to_owned(), what));
    }

    fn add_map(&self, _: KbuildMap) {
        *self.maps.lock().unwrap() += 1;
    }
}

fn has(seen: &Seen, feed: &str, what: &str) -> bool {
    seen.items.lock().unwrap().contains(&(feed.to_owned(), what.to_owned()))
}

/// A folder of its own for one test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("patchwright-compile-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn path(&self) -> Vec<PathBuf> {
        vec![self.0.clone()]
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_feed_is_found_below_one_folder() {
    let seen = Seen::default();
    let report = read_into(&[fixtures()], &Options::default(), &Silent, &seen).unwrap();
    let feeds: BTreeMap<&str, &str> =
        report.feeds.iter().map(|feed| (feed.id.as_str(), feed.as_of.get(..10).unwrap_or("none"))).collect();
    for feed in feeds::list::FEEDS {
        assert!(feeds.contains_key(feed.id), "{}: {feeds:?}", feed.id);
    }
    assert_eq!(feeds["kernel-cna"], "none");
    assert!(report.unknown.is_empty(), "{:?}", report.unknown);
    assert!(report.feeds.iter().all(|feed| feed.records > 0));
    assert_eq!(parse_only(&[fixtures()], &Silent).unwrap().bytes, report.bytes);
}

/// Of several sets of scores and several catalogues the newest counts; a folder's name is a date where the
/// file bears none.
#[test]
fn the_newest_set_of_facts_wins() {
    let seen = Seen::default();
    read_into(&[fixtures()], &Options::default(), &Silent, &seen).unwrap();
    assert!(has(&seen, "epss", "epss CVE-2024-1086 0.85"), "{:?}", seen.items);
    assert!(!has(&seen, "epss", "epss CVE-2024-1086 0.84"));
    assert!(!has(&seen, "epss", "epss CVE-1999-0001 0.011"), "no longer scored");
    assert!(has(&seen, "kev", "kev CVE-2024-1086 2024-05-30 2024-06-20"));
    assert!(has(&seen, "kev", "kev CVE-2021-0004 2024-01-30 2024-02-20"));
    // Mentions in other feeds stand beside the catalogue.
    assert!(has(&seen, "kev", "kev CVE-2021-0129 2024-02-01 2024-02-22"));
    assert!(has(&seen, "kev", "kev CVE-2024-47611 2024-10-03 "));
}

#[test]
fn dates_come_from_the_caller_the_records_or_the_folder() {
    let folder = Folder::new("dates");
    let kernel = std::fs::read(fixtures().join("kernel-cna/cve/published/2024/CVE-2024-35964.json")).unwrap();
    let date = |as_of: &[(&str, &str)]| {
        let as_of = as_of.iter().map(|(feed, date)| ((*feed).to_owned(), (*date).to_owned())).collect();
        let options = Options { as_of, ..Options::default() };
        let report = read_into(&folder.path(), &options, &Silent, &Seen::default())?;
        Ok::<_, Error>(report.feeds[0].as_of.clone())
    };
    folder.write("snapshots-2026-07-20/cve/published/2024/CVE-2024-35964.json", &kernel);
    assert_eq!(date(&[]).unwrap(), "2026-07-20");
    assert_eq!(date(&[("kernel-cna", "2026-07-25")]).unwrap(), "2026-07-25");
    assert!(matches!(date(&[("kernel", "2026-07-25")]), Err(Error::UnknownFeed(name)) if name == "kernel"));
    folder.write("snapshots-2026-07-20/old-2025-01-01/CVE-2024-35964.json", &kernel);
    assert_eq!(date(&[]).unwrap(), "2026-07-20", "a path with two dates says nothing");
}

#[test]
fn files_of_no_known_kind_are_counted() {
    let folder = Folder::new("unknown");
    folder.write("a/readme.md", b"# nothing");
    folder.write("b/x.json", b"{\"a\":1}");
    folder.write("b/y.json", b"{\"a\":1}");
    folder.write("b/empty.json", b" \n");
    folder.write(".git/objects/pack", b"packed");
    let nothing = read_into(&folder.path(), &Options::default(), &Silent, &Seen::default());
    assert!(matches!(nothing, Err(Error::Nothing { files: 4 })), "{nothing:?}");
    folder.write("kev.csv", b"cveID,dateAdded\nCVE-2024-1,2024-01-01\n");
    let report = read_into(&folder.path(), &Options::default(), &Silent, &Seen::default()).unwrap();
    let unknown: Vec<(&str, u64)> =
        report.unknown.iter().map(|(end, (count, _))| (end.as_str(), *count)).collect();
    assert_eq!(unknown, [("json", 2), ("md", 1)]);
    assert!(report.unknown["json"].1.ends_with("/b/x.json"));
    assert!(report.to_string().contains("not read: 2 of extension json, such as "), "{report}");
}

#[test]
fn a_folder_that_is_not_there() {
    let missing = [PathBuf::from("no such folder")];
    let error = read_into(&missing, &Options::default(), &Silent, &Seen::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read no such folder: "), "{error}");
}

/// Lines are cut into pieces of several megabytes: none is lost, none is read twice, whatever their length.
#[test]
fn long_files_of_lines() {
    let folder = Folder::new("lines");
    let mut text = String::new();
    let padding = "x".repeat(3000);
    for number in 0..6000 {
        text.push_str(&format!(
            "{{\"id\":\"CVE-2020-{number}\",\"vulnStatus\":\"Analyzed\",\"lastModified\":\"2024-01-01\",\"x\":\"{padding}\"}}\n"
        ));
        if number == 3000 || number == 5999 {
            let long = "y".repeat(20 << 20);
            text.push_str(&format!(
                "{{\"id\":\"CVE-2021-{number}\",\"vulnStatus\":\"\",\"x\":\"{long}\"}}\n"
            ));
        }
    }
    // The last line has no end.
    text.pop();
    folder.write("nvd.jsonl", text.as_bytes());
    let seen = Seen::default();
    let report = read_into(&folder.path(), &Options::default(), &Silent, &seen).unwrap();
    assert_eq!(report.feeds[0].records, 6002);
    assert_eq!(seen.items.lock().unwrap().len(), 6002);
    assert_eq!(report.bytes, text.len() as u64);
    assert!(report.notes.is_empty());
}

/// The same folder gives the same index, byte for byte, however the threads run.
#[test]
fn the_same_folder_gives_the_same_index() {
    let options = Options { compiled_at: "2026-08-01T00:00:00Z".to_owned(), ..Options::default() };
    let (first, report) = build_to_bytes(&[fixtures()], &options, &Silent).unwrap();
    let (second, _) = build_to_bytes(&[fixtures()], &options, &Silent).unwrap();
    assert!(first == second, "two builds differ");
    let index = report.index.as_ref().unwrap();
    assert!(index.vulnerabilities >= 20, "{report}");
    assert_eq!(index.header.compiled_at, "2026-08-01T00:00:00Z");
    let feeds: Vec<&str> = report.feeds.iter().map(|feed| feed.id.as_str()).collect();
    assert!(feeds.contains(&"nvd-overrides") && feeds.contains(&"kernel-cna"), "{feeds:?}");
}

/// The kernel CNA's rejected records say that they are published; only the folder tells, also when someone
/// points right into it.
#[test]
fn a_folder_above_the_given_one_counts() {
    struct States(Mutex<Vec<model::record::RecordState>>);
    impl Target for States {
        fn add(&self, _: &'static str, item: &Item<'_>) {
            if let Item::Record(record) = item {
                self.0.lock().unwrap().push(record.state);
            }
        }
        fn add_map(&self, _: KbuildMap) {}
    }
    let states = States(Mutex::default());
    let inside = fixtures().join("kernel-cna/cve/rejected/2024");
    read_into(&[inside], &Options::default(), &Silent, &states).unwrap();
    assert_eq!(*states.0.lock().unwrap(), [model::record::RecordState::Rejected]);
}

/// Two states of the kernel's tree: its records bear no dates, so the folder says which is the newer one.
#[test]
fn the_newer_of_two_kernel_trees_wins() {
    let folder = Folder::new("kernel");
    let tree = std::fs::read_to_string(fixtures().join("kernel-cna/cve/published/2024/CVE-2024-35964.json"))
        .unwrap();
    let other = tree.replace("net/bluetooth/iso.c", "net/bluetooth/other.c");
    let file = "cve/published/2024/CVE-2024-35964.json";
    folder.write(&format!("vulns-2025-12-31/{file}"), other.as_bytes());
    let file_of = |tree_folder: &str| -> String {
        folder.write(&format!("{tree_folder}/{file}"), tree.as_bytes());
        let (bytes, report) = build_to_bytes(&folder.path(), &Options::default(), &Silent).unwrap();
        std::fs::remove_dir_all(folder.0.join(tree_folder)).unwrap();
        assert_eq!(report.index.unwrap().superseded, 1);
        let index = index::Index::from_bytes(bytes).unwrap();
        let number = index.find("CVE-2024-35964").unwrap();
        let vulnerability = index.vulnerability(number).unwrap();
        let records: Vec<_> = vulnerability.records().map(|record| record.decode().unwrap()).collect();
        assert_eq!(records.len(), 1);
        records[0].claims[0].subject.program_files[0].to_string()
    };
    assert_eq!(file_of("vulns-2026-07-20"), "net/bluetooth/iso.c");
    assert_eq!(file_of("vulns-2024-12-31"), "net/bluetooth/other.c");
}

/// Providers put checksums and signatures beside their documents: what does not sum up is not read.
#[test]
fn checksums_beside_documents() {
    use sha2::{Digest, Sha256, Sha512};
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let document = |id: &str| format!(r#"{{"document":{{"tracking":{{"id":"{id}","status":"deleted"}}}}}}"#);
    let folder = Folder::new("sums");
    let (good, bad, plain) = (document("CVE-2024-1"), document("CVE-2024-2"), document("CVE-2024-3"));
    folder.write("a.json", good.as_bytes());
    folder.write("a.json.sha512", format!("{}  a.json\n", hex(&Sha512::digest(&good))).as_bytes());
    folder.write("a.json.sha256", format!("{}  a.json\n", hex(&Sha256::digest(&good))).as_bytes());
    folder.write("a.json.asc", b"-----BEGIN PGP SIGNATURE-----\n");
    folder.write("b.json", bad.as_bytes());
    folder.write("b.json.sha512", format!("{}  b.json\n", hex(&Sha512::digest(b"other"))).as_bytes());
    folder.write("c.json", plain.as_bytes());
    folder.write("c.json.sha256", b"no sum");
    folder.write("d.json", document("CVE-2024-4").as_bytes());
    let seen = Seen::default();
    let report = read_into(&folder.path(), &Options::default(), &Silent, &seen).unwrap();
    let read: Vec<String> = seen.items.lock().unwrap().iter().map(|(_, what)| what.clone()).collect();
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(read[0].contains("CVE-2024-1") && read[1].contains("CVE-2024-4"), "{read:?}");
    assert!(report.unknown.is_empty(), "{:?}", report.unknown);
    let told: Vec<String> = report.notes.iter().map(|note| format!("{} {}", note.file, note.value)).collect();
    assert!(
        told.iter()
            .any(|line| line
                .ends_with("b.json its checksum file names another sum; it was changed, or cut short")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|line| line.ends_with("c.json the checksum file beside it bears no checksum")),
        "{told:?}"
    );
    assert!(told.iter().any(|line| line.contains("1 signatures beside documents")), "{told:?}");
}
