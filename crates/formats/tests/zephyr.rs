use std::fmt::Write;

use formats::detect::{Part, join, read_part};
use formats::limits::Limits;
use model::component::Role;
use model::note::Read;
use model::sbom::Inventory;

use crate::{archives, expect, summary};

/// One document alone says what it can.
#[test]
fn each_document_alone() {
    expect::check("zephyr");
}

fn parts(names: &[&str]) -> Vec<Part> {
    let read = |name: &&str| read_part(&expect::document("zephyr", name), name, &Limits::INVENTORY);
    names.iter().map(read).map(|part| part.expect("a document")).collect()
}

fn whole(inventory: Inventory) -> Read<Inventory> {
    Read { value: inventory, notes: Vec::new() }
}

const ALL: [&str; 4] = ["app.spdx", "build.spdx", "modules-deps.spdx", "zephyr.spdx"];

/// What `west spdx` writes is one build: modules by name with commit, CPE and purl, and what was compiled of them.
#[test]
fn four_documents_are_one_build() {
    let inventory = join(parts(&ALL));
    let kinds: Vec<(&str, &str)> =
        inventory.documents.iter().map(|document| (document.file.as_str(), document.kind.as_str())).collect();
    assert_eq!(kinds, ALL.map(|name| (name, "spdx2-tag-value")));
    let mut out = String::new();
    let _ = writeln!(out, "{}", summary::full(&whole(inventory)));
    insta::assert_snapshot!(out);
}

#[test]
fn the_order_does_not_matter() {
    let expected = join(parts(&ALL));
    for names in [
        ["zephyr.spdx", "build.spdx", "app.spdx", "modules-deps.spdx"],
        ["modules-deps.spdx", "zephyr.spdx", "build.spdx", "app.spdx"],
    ] {
        let inventory = join(parts(&names));
        assert_eq!(inventory.components, expected.components);
        assert_eq!(inventory.notes, expected.notes);
    }
}

/// The documents refer to each other, except that nothing refers to modules-deps.spdx: the same run is told by the tool.
#[test]
fn an_archive_gives_the_same_components() {
    let members: Vec<(String, Vec<u8>)> =
        (ALL.iter()).map(|name| (format!("build/spdx/{name}"), expect::document("zephyr", name))).collect();
    let read = summary::read(&archives::gzip(&archives::tar(&members)), "spdx.tgz");
    let expected = join(parts(&ALL));
    let lines = |inventory: &Inventory| inventory.components.iter().map(summary::line).collect::<Vec<_>>();
    assert_eq!(lines(&read.value), lines(&expected));
    assert_eq!(read.value.documents.len(), 1);
}

#[test]
fn zephyr_is_the_rtos_and_commits_come_first() {
    let inventory = join(parts(&ALL));
    let find = |name: &str| inventory.components.iter().find(|component| component.name == name).expect(name);
    let zephyr = find("zephyr");
    assert_eq!((zephyr.role, zephyr.version.as_str()), (Role::Rtos, "3.6.0"));
    assert_eq!(zephyr.git.commit, "468eb56cf242eedba62006ee758700ee6148763f");
    assert_eq!(zephyr.purls[0].to_string(), "pkg:github/zephyrproject-rtos/zephyr@v3.6.0");
    assert_eq!(inventory.platform.os, "zephyr");
    assert_eq!(find("mbedtls").git.commit, "6ec4abdcda78dfc47315af568f93e5ad4398dea0");
    assert_eq!(find("mbedtls").version, "3.5.2");
    assert_eq!(find("mbedtls").locations, ["modules--mbedtls"]);
    // A branch is no version.
    assert_eq!(find("lvgl").version, "");
}

#[test]
fn a_missing_document_is_told() {
    let inventory = join(parts(&["build.spdx", "app.spdx"]));
    assert!(inventory.components.is_empty());
    let notes: Vec<String> =
        inventory.notes.iter().map(|note| format!("{} {}: {}", note.code, note.place, note.value)).collect();
    assert_eq!(
        notes,
        [
            "F_DANGLING_REF build: DocumentRef-zephyr (https://example.com/zephyr-3f0e/zephyr) was not given",
            "F_EVIDENCE_INCOMPLETE document: part of what `west spdx` wrote; give zephyr.spdx and modules-deps.spdx of the same run with it",
        ]
    );
}
