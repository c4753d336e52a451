//! Findings by source package against Debian's own answer (issue of the breadth: at least 99 % of a Debian 12 root).
//!
//! The own answer is computed here from the records alone, with nothing of the program but the comparison of two Debian
//! versions, which is checked against `dpkg` itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use std::process::Command;

use model::finding::{Finding, Verdict};
use model::version::Scheme;
use serde_json::Value;
use service::compile::{Options, Silent, build_to_bytes};
use service::scan::{Document, Request, judge, read};
use versions::Order;

use crate::loop_house::knowledge;

/// (CVE, source package) and whether it is open.
type Answers = BTreeMap<(String, String), bool>;

/// One line of the list: package, version, source, version of the source.
struct Package {
    name: String,
    version: String,
    source: String,
    source_version: String,
}

fn packages() -> Vec<Package> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/debian/packages-12.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.split('\t').map(str::to_owned);
            let mut next = || fields.next().unwrap();
            Package { name: next(), version: next(), source: next(), source_version: next() }
        })
        .collect()
}

/// What the records say of Debian 12: for each CVE and source package the stretches of affected versions.
type Said = BTreeMap<(String, String), Vec<(String, Option<String>)>>;

/// The records that speak of Debian's packages of these names, as lines, and what they say.
fn said(pack: &Path, sources: &BTreeSet<&str>) -> (Said, String) {
    let mut decoder = zstd::Decoder::new(std::fs::File::open(pack).unwrap()).unwrap();
    decoder.window_log_max(27).unwrap();
    let (mut said, mut lines) = (Said::new(), String::new());
    for entry in tar::Archive::new(decoder).entries().unwrap() {
        let mut text = String::new();
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file()
            && entry.path().unwrap().extension().is_some_and(|end| end == "json")
        {
            entry.read_to_string(&mut text).unwrap();
            let record: Value = serde_json::from_str(&text).unwrap();
            take(&record, sources, &mut said);
            if packages_of(&record).any(|(_, name)| sources.contains(name)) {
                lines.push_str(&format!("{record}\n"));
            }
        }
    }
    (said, lines)
}

/// Ecosystem and name of what a record is about.
fn packages_of(record: &Value) -> impl Iterator<Item = (&str, &str)> {
    let packages = record["affected"].as_array().into_iter().flatten().map(|affected| &affected["package"]);
    packages.filter_map(|package| Some((package["ecosystem"].as_str()?, package["name"].as_str()?)))
}

fn take(record: &Value, sources: &BTreeSet<&str>, said: &mut Said) {
    let id = record["id"].as_str().unwrap();
    if !id.starts_with("CVE-") || record.get("withdrawn").is_some() {
        return;
    }
    for affected in record["affected"].as_array().into_iter().flatten() {
        let name = affected["package"]["name"].as_str().unwrap_or_default();
        if affected["package"]["ecosystem"] != "Debian:12" || !sources.contains(name) {
            continue;
        }
        let stretches = said.entry((id.to_owned(), name.to_owned())).or_default();
        for range in affected["ranges"].as_array().into_iter().flatten() {
            let mut begin = None;
            for event in range["events"].as_array().into_iter().flatten() {
                if let Some(introduced) = event["introduced"].as_str() {
                    begin = Some(introduced.to_owned());
                }
                if let Some(fixed) = event["fixed"].as_str() {
                    stretches.push((begin.take().unwrap(), Some(fixed.to_owned())));
                }
            }
            stretches.extend(begin.map(|begin| (begin, None)));
        }
    }
}

fn is_below(one: &str, other: &str) -> bool {
    versions::compare(Scheme::Deb, one, other) == Order::Less
}

fn answers(said: &Said, installed: &BTreeMap<String, String>) -> Answers {
    let is_open = |version: &str, (begin, fixed): &(String, Option<String>)| {
        (begin == "0" || !is_below(version, begin))
            && fixed.as_ref().is_none_or(|fixed| is_below(version, fixed))
    };
    said.iter()
        .map(|((id, source), stretches)| {
            let version = &installed[source];
            ((id.clone(), source.clone()), stretches.iter().any(|stretch| is_open(version, stretch)))
        })
        .collect()
}

/// The comparison itself, against `dpkg`, for pairs that are asked.
fn check_comparisons(said: &Said, installed: &BTreeMap<String, String>) {
    if Command::new("dpkg").arg("--version").output().is_err() {
        eprintln!("skipped: no dpkg");
        return;
    }
    let pairs: BTreeSet<(&str, &str)> = said
        .iter()
        .flat_map(|((_, source), stretches)| {
            let fixed = stretches.iter().filter_map(|(_, fixed)| fixed.as_deref());
            fixed.map(|fixed| (installed[source].as_str(), fixed))
        })
        .collect();
    // A process for each takes minutes: some hundred will do where it is not the quality run.
    let is_quality = std::env::var_os("PATCHWRIGHT_QUALITY").is_some();
    let step = if is_quality { 1 } else { (pairs.len() / 200).max(1) };
    for (one, other) in pairs.into_iter().step_by(step) {
        let status = Command::new("dpkg").args(["--compare-versions", one, "lt", other]).status().unwrap();
        assert_eq!(is_below(one, other), status.success(), "{one} {other}");
    }
}

fn sbom(packages: &[Package]) -> Document {
    let escaped =
        |text: &str| text.replace('+', "%2B").replace(':', "%3A").replace('~', "%7E").replace('@', "%40");
    let components: Vec<String> = packages
        .iter()
        .map(|package| {
            let Package { name, version, source, source_version } = package;
            format!(
                r#"{{"type":"library","bom-ref":"{name}","name":"{name}","version":"{version}","purl":"pkg:deb/debian/{}@{}?arch=amd64&distro=debian-12&upstream={}%40{}"}}"#,
                escaped(name),
                escaped(version),
                escaped(source),
                escaped(source_version)
            )
        })
        .collect();
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"operating-system","name":"root","version":"1"}}}},"components":[{}]}}"#,
        components.join(",")
    );
    Document { name: "root.cdx.json".to_owned(), bytes: text.into_bytes() }
}

/// All of the pack in the quality run; else the records about the packages, which take seconds.
fn index_of(pack: &Path, lines: &str) -> index::Index {
    let folder = std::env::temp_dir().join(format!("patchwright-tracker-{}", std::process::id()));
    let from = match std::env::var_os("PATCHWRIGHT_QUALITY") {
        Some(_) => pack.to_owned(),
        None => {
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join("records.jsonl");
            std::fs::write(&file, lines).unwrap();
            file
        }
    };
    let (bytes, _) = build_to_bytes(&[from], &Options::default(), &Silent).unwrap();
    let _ = std::fs::remove_dir_all(&folder);
    index::Index::from_bytes(bytes).unwrap()
}

/// What the program says: CVE, source package, open or not. A question is neither, and counts as a difference.
fn ours(findings: &[Finding], names: &[String]) -> BTreeMap<(String, String), Option<bool>> {
    findings
        .iter()
        .filter(|finding| finding.vulnerability.starts_with("CVE-"))
        .map(|finding| {
            let answer = match finding.verdict {
                Verdict::Affected => Some(true),
                Verdict::NotAffected => Some(false),
                Verdict::NeedsReview => None,
            };
            ((finding.vulnerability.clone(), names[finding.component].clone()), answer)
        })
        .collect()
}

/// Versions in the middle of what was mended: of each source one of its fixed versions, so that about half of all is open.
fn older(packages: &[Package], said: &Said) -> Vec<Package> {
    let mut fixes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ((_, source), stretches) in said {
        let fixed = stretches.iter().filter_map(|(_, fixed)| fixed.as_deref()).filter(|fixed| *fixed != "0");
        fixes.entry(source).or_default().extend(fixed);
    }
    packages
        .iter()
        .map(|package| {
            let known = fixes.get_mut(package.source.as_str()).filter(|known| !known.is_empty());
            let version = known.map_or(package.source_version.clone(), |known| {
                known.sort_by(|a, b| {
                    if is_below(a, b) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater }
                });
                known[known.len() / 2].to_owned()
            });
            Package {
                name: package.name.clone(),
                version: version.clone(),
                source: package.source.clone(),
                source_version: version,
            }
        })
        .collect()
}

#[test]
fn the_trackers_own_answer() {
    let Some(pack) = testkit::shared("data/debian-osv.tar.zst") else { return };
    let packages = packages();
    let sources: BTreeSet<&str> = packages.iter().map(|package| package.source.as_str()).collect();
    let (said, lines) = said(&pack, &sources);
    let knowledge = knowledge(index_of(&pack, &lines));
    for (what, packages) in [("as installed", &packages), ("half mended", &older(&packages, &said))] {
        let installed: BTreeMap<String, String> =
            packages.iter().map(|package| (package.source.clone(), package.source_version.clone())).collect();
        check_comparisons(&said, &installed);
        let answers = answers(&said, &installed);
        let inventory = read(&Request { documents: vec![sbom(packages)], ..Request::default() }).unwrap();
        let names: Vec<String> =
            inventory.components.iter().map(|component| component.source_package.clone()).collect();
        let options = service::scan::Options {
            at: "2025-02-12".to_owned(),
            with_not_affected: true,
            ..Default::default()
        };
        let scan = judge(&knowledge, &inventory, &options);
        let ours = ours(&scan.findings, &names);
        let mut differences = Vec::new();
        for key in answers.keys().chain(ours.keys()).collect::<BTreeSet<_>>() {
            let (own, found) = (answers.get(key).copied(), ours.get(key).copied());
            // Upstream records of the pack name packages that Debian does not list for this release: "not affected" agrees
            // with that, anything else would not.
            let is_silent_both = own.is_none() && found == Some(Some(false));
            if own.map(Some) != found && !is_silent_both {
                differences.push(format!("{} {}: Debian {own:?}, we {found:?}", key.0, key.1));
            }
        }
        let open = answers.values().filter(|open| **open).count();
        let all = answers.keys().chain(ours.keys()).collect::<BTreeSet<_>>().len();
        let share = 100.0 * (all - differences.len()) as f64 / all as f64;
        let told = format!("{open} open, {} differences: {}", differences.len(), differences.join("; "));
        testkit::quality("Debian tracker", all - differences.len(), all, &format!("{what}, {told}"));
        assert!(answers.len() > 3_000, "{what}: {}", answers.len());
        assert!(share >= 99.0, "{what}: {share:.2} %\n{}", differences.join("\n"));
    }
}
