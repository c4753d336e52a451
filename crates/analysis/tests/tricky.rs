//! Records that matchers get wrong: real records, a component as an SBOM would give it, one expected verdict.
//!
//! Every row of `fixtures/cases/tricky-records.tsv` is evaluated. The records come out of the shared packs; the
//! few that are in none are restated in `fixtures/labels/records/`. Rows that differ are listed, with the
//! reason, in `expected-differences.tsv`: a row that begins to hold must leave that list.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use analysis::{Options, explain, scan};
use index::Index;
use model::build::{Config, ConfigOf, KbuildMap};
use model::component::{Patch, Role, Scope};
use model::record::Source;
use model::sbom::Inventory;
use testkit::records::{Knowledge, component, normalise};
use testkit::shared::table;

use crate::packs::{Document, documents};

/// Column to cell.
pub type Row = BTreeMap<String, String>;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The rows of the table.
pub fn rows() -> Vec<Row> {
    table(&std::fs::read_to_string(fixtures().join("cases/tricky-records.tsv")).unwrap())
}

/// The ids of the table.
pub fn ids() -> BTreeSet<String> {
    rows().iter().map(|row| row["cve"].clone()).collect()
}

/// The facts of a row: `key=value` separated by `;`; keys may repeat (`patch=`).
fn facts(row: &Row) -> Vec<(&str, &str)> {
    row["facts"].split(';').filter_map(|fact| fact.trim().split_once('=')).collect()
}

/// The release that a row describes: the component under test first, then what its facts add.
pub fn inventory_of(row: &Row) -> Inventory {
    let mut under_test = component(&row["name"], &row["version"]);
    if !row["cpe"].is_empty() {
        under_test = under_test.cpe(&row["cpe"]);
    }
    if !row["purl"].is_empty() {
        under_test = under_test.purl(&row["purl"]);
    }
    let mut inventory = Inventory::default();
    let mut symbols = BTreeMap::new();
    let mut incomplete = Vec::new();
    let mut others = Vec::new();
    for (key, value) in facts(row) {
        let platform = &mut inventory.platform;
        match key {
            "os" => platform.os = value.to_owned(),
            "arch" => platform.arch = value.to_owned(),
            "bits" => platform.bits = value.parse().unwrap(),
            "distro" => platform.distribution = value.to_owned(),
            "inventory" => platform.inventory_complete = value == "complete",
            "kernel" => others.push(
                component("linux-yocto", value)
                    .cpe(&format!("cpe:2.3:o:linux:linux_kernel:{value}:*:*:*:*:*:*:*"))
                    .with(|linux| linux.role = Role::Kernel),
            ),
            "download" => under_test = under_test.download(value),
            // A bare file name, as Buildroot's `show-info` gives it.
            "url" => under_test.component.download_urls.push(value.to_owned()),
            "scope" => under_test.component.scope = Scope::BuildOnly,
            "source" => under_test.component.source_package = value.to_owned(),
            "released" => under_test.component.released = value.to_owned(),
            "config" if value != "complete" => incomplete.push(value.to_owned()),
            "config" => {}
            "patch" => under_test.component.patches.push(Patch {
                name: value.to_owned(),
                origin: "sbom".to_owned(),
                ..Patch::default()
            }),
            symbol if symbol.starts_with("CONFIG_") => {
                symbols.insert(symbol["CONFIG_".len()..].to_owned(), value.to_owned());
            }
            other => {
                platform.facts.insert(other.to_owned(), value.to_owned());
            }
        }
    }
    if !symbols.is_empty() || !incomplete.is_empty() {
        inventory.build.configs.push(Config {
            file: ".config".to_owned(),
            hash: "sha256:0".to_owned(),
            of: config_of(&row["name"]),
            version: row["version"].clone(),
            symbols,
            incomplete,
            ..Config::default()
        });
    }
    inventory.components.push(under_test.component);
    inventory.components.extend(others.into_iter().map(|other| other.component));
    normalise(inventory)
}

fn config_of(name: &str) -> ConfigOf {
    match name {
        "busybox" => ConfigOf::Busybox,
        name if name.starts_with("u-boot") => ConfigOf::Uboot,
        _ => ConfigOf::Linux,
    }
}

/// A map of the files that `kernel-config-cases.tsv` knows the conditions of.
fn kbuild_of_cases() -> KbuildMap {
    let text = std::fs::read_to_string(fixtures().join("cases/kernel-config-cases.tsv")).unwrap();
    let mut map = KbuildMap { of: ConfigOf::Linux, version: "5.10.201".to_owned(), ..KbuildMap::default() };
    for row in table(&text).iter().filter(|row| row["component"] == "linux") {
        let expression = &row["expression"];
        if expression.is_empty() || expression.contains(':') {
            continue;
        }
        for file in row["files"].split('|').map(str::trim).filter(|file| file.ends_with(".c")) {
            map.files.insert(file.to_owned(), expression.clone());
        }
    }
    map
}

/// Records restated by us, because no pack holds them.
fn restated() -> Vec<Document> {
    let folder = fixtures().join("labels/records");
    let mut documents: Vec<Document> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| Document {
            path: path.file_name().unwrap().display().to_string(),
            bytes: std::fs::read(&path).unwrap(),
        })
        .collect();
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    documents
}

fn index_of(documents: &[Document], keep: fn(Source) -> bool) -> Index {
    let mut knowledge = Knowledge::new().only(keep).kbuild(kbuild_of_cases());
    for document in documents {
        knowledge = knowledge.document(&document.path, &document.bytes);
    }
    knowledge.index()
}

/// `verdict/REASON` of the component under test.
fn answer(index: &Index, row: &Row) -> String {
    let inventory = inventory_of(row);
    let options = Options { at: "2026-07-21".to_owned(), with_not_affected: true, ..Options::default() };
    let wanted = &row["cve"];
    let under_test = inventory
        .components
        .iter()
        .position(|known| known.source_ref == format!("{}@{}", row["name"], row["version"]));
    let under_test = under_test.unwrap_or(0);
    let scanned = scan(index, &inventory, &options);
    let found =
        scanned.findings.iter().find(|one| one.vulnerability == *wanted && one.component == under_test);
    if let Some(finding) = found {
        return format!("{}/{}", finding.verdict.word(), finding.reason);
    }
    let reference = &inventory.components[under_test].key;
    let explained = explain(index, &inventory, wanted, Some(reference), &options);
    let Some(component) = explained.components.first() else { return "none/not explained".to_owned() };
    let verdict = component.verdict.map_or("none", |verdict| verdict.word());
    format!("{verdict}/{}", component.reason)
}

/// Every source's opinion, for the message of a row that does not hold.
fn opinions(index: &Index, row: &Row) -> String {
    let inventory = inventory_of(row);
    let options = Options { at: "2026-07-21".to_owned(), ..Options::default() };
    let explained = explain(index, &inventory, &row["cve"], Some(&row["name"]), &options);
    let mut lines = Vec::new();
    for opinion in explained.components.iter().flat_map(|component| &component.opinions) {
        let verdict = opinion.verdict.map_or("none", |verdict| verdict.word());
        lines.push(format!(
            "      {} {verdict}/{} {}",
            opinion.source.name(),
            opinion.reason,
            opinion.confidence.word()
        ));
        lines.extend(opinion.evidence.iter().map(|evidence| format!("        {evidence:?}")));
    }
    lines.join("\n")
}

fn is_expected(row: &Row, answer: &str) -> bool {
    let first = format!("{}/{}", row["verdict"], row["reason"]);
    first == answer || row["accept"].split('|').any(|other| other.trim() == answer)
}

#[test]
fn every_row_of_the_table() {
    let rows = rows();
    assert_eq!(rows.len(), 108);
    let Some(mut documents) = documents(&ids()) else { return };
    documents.extend(restated());
    let all = index_of(&documents, |_| true);
    let cve_list =
        index_of(&documents, |source| matches!(source, Source::CveCna | Source::CisaAdp | Source::CveAdp));
    let differences: Vec<Row> = table(include_str!("expected-differences.tsv"));
    let mut wrong = Vec::new();
    let mut held = 0;
    for row in &rows {
        let index = if row["why"].contains("with CVE-List data alone") { &cve_list } else { &all };
        let answer = answer(index, row);
        let is_listed = differences.iter().find(|difference| difference["id"] == row["id"]);
        match (is_expected(row, &answer), is_listed) {
            (true, None) => held += 1,
            (false, Some(difference)) if difference["answer"] == answer => {}
            (true, Some(_)) => wrong.push(format!("{}: holds now; take it off the list", row["id"])),
            (false, _) => wrong.push(format!(
                "{} {} {} {}: expected {}/{} ({}), got {answer}; {}\n{}",
                row["id"],
                row["cve"],
                row["name"],
                row["version"],
                row["verdict"],
                row["reason"],
                row["accept"],
                row["why"],
                opinions(index, row)
            )),
        }
    }
    testkit::quality("tricky-records", held, rows.len(), "real records, whole matcher");
    assert!(wrong.is_empty(), "{} of {} rows hold\n{}", held, rows.len(), wrong.join("\n"));
}
