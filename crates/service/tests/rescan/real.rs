//! Real records, held back or altered as the state before, and the real dated states of KEV and EPSS.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

use index::Index;
use proptest::prelude::*;
use serde_json::{Value, json};
use service::scan::Document;
use testkit::records::Knowledge;

use super::{compare, filled, follow};
use crate::loop_house::run;

/// Names of products that the releases below hold.
const PRODUCTS: [&str; 9] =
    ["busybox", "openssl", "zlib", "glibc", "dropbear", "curl", "dnsmasq", "u-boot", "openssh"];
/// Records of each product that take part.
const EACH: usize = 12;

/// What was read from the packs.
struct Real {
    /// CVE documents.
    records: Vec<Value>,
    /// The states of the catalogue of exploited vulnerabilities, the oldest first: name and bytes.
    kev: Vec<(String, Vec<u8>)>,
    /// The states of the scores: of each the lines of the records.
    epss: Vec<String>,
    releases: Vec<Document>,
}

/// The files of a pack that are wanted.
fn files(pack: &str, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<(String, Vec<u8>)>> {
    let file = std::fs::File::open(testkit::shared(&format!("data/{pack}.tar.zst"))?).unwrap();
    let mut decoder = zstd::Decoder::new(file).unwrap();
    decoder.window_log_max(27).unwrap();
    let mut archive = tar::Archive::new(decoder);
    let mut found = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        if is_wanted(&path) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.push((path, bytes));
        }
    }
    Some(found)
}

fn real() -> Option<&'static Real> {
    static REAL: OnceLock<Option<Real>> = OnceLock::new();
    REAL.get_or_init(read).as_ref()
}

fn read() -> Option<Real> {
    let mut counts = BTreeMap::new();
    let mut records = Vec::new();
    for (_, bytes) in files("cve-v5-vulnrichment", |path| path.ends_with(".json") && path.contains("./202"))?
    {
        let text = String::from_utf8(bytes).unwrap();
        let product = PRODUCTS.iter().find(|name| {
            text.contains(&format!("\"product\":\"{name}\""))
                || text.contains(&format!("\"product\": \"{name}\""))
        });
        let Some(product) = product else { continue };
        let count = counts.entry(product).or_insert(0);
        *count += 1;
        if *count <= EACH {
            records.push(serde_json::from_str(&text).unwrap());
        }
    }
    let mut kev =
        files("kev", |path| path.contains("known_exploited_vulnerabilities.") && !path.contains("schema"))?;
    // The CSV of 2025 says the same as the JSON of that day.
    kev.retain(|(path, _)| path.ends_with(".json") || path.contains("emba-aux"));
    let age = |path: &str| match path {
        path if path.contains("2024-10") => 0,
        path if path.ends_with(".json") => 1,
        _ => 2,
    };
    kev.sort_by_key(|(path, _)| age(path));
    let ids: Vec<String> = records.iter().map(id).collect();
    let mut epss: BTreeMap<String, String> = BTreeMap::new();
    for (path, bytes) in files("epss", |path| path.ends_with(".csv"))? {
        let day = path.split('/').find(|part| part.starts_with("20")).unwrap().to_owned();
        let text = String::from_utf8(bytes).unwrap();
        let is_ours =
            |line: &&str| line.split([';', ',']).next().is_some_and(|of| ids.iter().any(|id| id == of));
        let lines: String = text.lines().filter(is_ours).map(|line| format!("{line}\n")).collect();
        epss.entry(day).or_default().push_str(&lines);
    }
    let sboms = files("sboms", |path| path.contains("buildroot/gateway-") && path.ends_with(".cdx.json"))?;
    let releases = sboms.into_iter().map(|(name, bytes)| Document { name, bytes }).take(3).collect();
    Some(Real { records, kev, epss: epss.into_values().collect(), releases })
}

fn id(record: &Value) -> String {
    record["cveMetadata"]["cveId"].as_str().unwrap().to_owned()
}

/// A record as it may have been before.
fn before(record: &Value, how: u8) -> Option<Value> {
    let mut record = record.clone();
    let cna = &mut record["containers"]["cna"];
    match how {
        0 => return None,
        1 => drop(record["containers"].as_object_mut().unwrap().remove("adp")),
        2 => {
            cna.as_object_mut().unwrap().remove("metrics");
            cna.as_object_mut().unwrap().remove("problemTypes");
        }
        3 => {
            for affected in cna["affected"].as_array_mut().unwrap() {
                affected["versions"] = json!([{ "version": "0", "lessThan": "0.0.1", "status": "affected", "versionType": "custom" }]);
            }
        }
        4 => {
            cna["references"] =
                json!([{ "url": "https://www.exploit-db.com/exploits/1", "tags": ["exploit"] }])
        }
        5 => record["cveMetadata"]["state"] = json!("REJECTED"),
        6 => {
            for affected in cna["affected"].as_array_mut().unwrap() {
                affected["platforms"] = json!(["Windows"]);
            }
        }
        _ => {}
    }
    Some(record)
}

fn index(records: impl Iterator<Item = Value>, kev: &(String, Vec<u8>), epss: &str) -> Index {
    let start = ["cve-list", "kev", "epss"].into_iter().fold(Knowledge::new(), Knowledge::feed);
    let with = |knowledge: Knowledge, record: Value| {
        knowledge.document(&format!("{}.json", id(&record)), record.to_string().as_bytes())
    };
    let knowledge = records.fold(start, with).document(&kev.0, &kev.1);
    knowledge.document("EPSS_CVE_data/CVE_2024_EPSS.csv", epss.as_bytes()).index()
}

fn altered(real: &Real, how: &[u8], kev: usize, epss: usize) -> Index {
    let records = real.records.iter().zip(how.iter().cycle());
    index(records.filter_map(|(record, how)| before(record, *how)), &real.kev[kev], &real.epss[epss])
}

#[test]
fn the_states_are_there() {
    let Some(real) = real() else { return eprintln!("skipped: no shared data") };
    assert!(real.records.len() > 25, "{} records", real.records.len());
    assert_eq!((real.kev.len(), real.epss.len()), (3, 2));
    assert!(real.releases.len() > 1, "{} releases", real.releases.len());
    assert!(real.epss.iter().all(|lines| lines.lines().count() > 20), "{:?}", real.epss);
    // Each state tells another story than the one before.
    let as_is = [7];
    for (one, other) in [((0, 0), (1, 0)), ((1, 0), (2, 0)), ((2, 0), (2, 1))] {
        let delta = compare(&altered(real, &as_is, one.0, one.1), &altered(real, &as_is, other.0, other.1));
        eprintln!("{one:?} to {other:?}: {} vulnerabilities differ", delta.vulnerabilities.len());
        assert!(!delta.everything);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]

    /// From records as they were before, through the dated states, to what is known today.
    #[test]
    fn following_real_changes_equals_judging_everything_again(
        first in prop::collection::vec(0..10_u8, 64),
        second in prop::collection::vec(0..10_u8, 64),
    ) {
        let Some(real) = real() else { return Ok(()) };
        run(async {
            let states = [(&first, 0, 0), (&second, 1, 0), (&second, 2, 1), (&vec![7], 2, 1)];
            let index = |at: usize| { let (how, kev, epss) = states[at]; altered(real, how, kev, epss) };
            let site = filled(index(0), "g0", &real.releases).await;
            for at in 1..states.len() {
                follow(&site, index(at), &compare(&index(at - 1), &index(at)), &format!("g{at}")).await;
                let fresh = filled(index(at), &format!("g{at}"), &real.releases).await;
                assert_eq!(site.state().await, fresh.state().await, "step {at}");
            }
        });
    }
}
