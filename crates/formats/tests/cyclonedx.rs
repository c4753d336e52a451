use std::collections::BTreeMap;
use std::fmt::Write;

use formats::detect::{Kind, detect, read_inventory};
use formats::limits::Limits;
use model::statement::{StatementOrigin, StatementStatus};

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("cyclonedx");
}

/// Conformance README 2.3: every valid document is read, an invalid one is read or refused, none panics.
#[test]
fn the_conformance_suite() {
    let Some(files) = packs::files("conformance/cyclonedx/tests") else { return };
    let mut valid: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
        let (version, file) = name.split_once('/').expect("a folder per version");
        let counts = valid.entry(version.to_owned()).or_default();
        if file.starts_with("valid-") {
            counts.0 += 1;
            let read = summary::read(bytes, name);
            assert!(read.value.components.iter().all(|component| !component.name.is_empty()), "{name}");
            assert_eq!(detect(bytes, name), Kind::CycloneDx, "{name}");
        } else if file.starts_with("invalid-") {
            counts.1 += 1;
            let _ = read_inventory(bytes, name, &Limits::INVENTORY);
        }
    }
    let counts: Vec<(&str, usize, usize)> =
        valid.iter().map(|(version, (good, bad))| (version.as_str(), *good, *bad)).collect();
    let expected = [
        ("1.2", 21, 19),
        ("1.3", 26, 22),
        ("1.4", 29, 22),
        ("1.5", 36, 22),
        ("1.6", 45, 25),
        ("1.7", 61, 29),
    ];
    assert_eq!(counts, expected);
}

/// Counts of components and BR_TYPE, statements and patches were taken from the documents with a script.
#[test]
fn the_real_buildroot_products() {
    let Some(all) = packs::sboms() else { return };
    let mut out = String::new();
    let mut seen = 0;
    for (name, bytes) in
        all.iter().filter(|(name, _)| name.starts_with("buildroot/") && name.ends_with(".cdx.json"))
    {
        seen += 1;
        let read = summary::read(bytes, name);
        let _ = writeln!(out, "{name}\n{}", summary::counts(&read));
        for component in
            read.value.components.iter().filter(|component| component.role != model::component::Role::Library)
        {
            let _ = writeln!(out, "  {}", summary::line(component));
        }
    }
    assert_eq!(seen, 5);
    insta::assert_snapshot!(out);
}

/// "marked as ignored" is a list without reasons: it never says not_affected.
#[test]
fn ignored_by_buildroot_is_no_claim() {
    let Some(all) = packs::sboms() else { return };
    let (mut ignored, mut fixed) = (0, 0);
    for (name, bytes) in
        all.iter().filter(|(name, _)| name.starts_with("buildroot/") && name.ends_with(".json"))
    {
        for statement in summary::read(bytes, name).value.statements {
            assert_ne!(statement.status, StatementStatus::NotAffected, "{name} {}", statement.vulnerability);
            match statement.origin {
                StatementOrigin::IgnoreList | StatementOrigin::VigilesWhitelist => {
                    assert_eq!(statement.status, StatementStatus::UnderInvestigation);
                    ignored += 1;
                }
                _ => fixed += 1,
            }
        }
    }
    // cdx: 0+17+11+8+1 ignored and 2 resolved with a patch; show-info: 0+18+11+10+1 ignored.
    assert_eq!((ignored, fixed), (77, 2));
}

#[test]
fn examples_and_documents_of_the_wild() {
    let Some(all) = packs::sboms() else { return };
    let mut out = String::new();
    for (name, bytes) in all {
        let wanted = name.starts_with("cyclonedx-bom-examples/")
            || name.starts_with("debsbom/")
            || name.starts_with("bom-shelter/");
        if wanted && name.ends_with(".json") && detect(bytes, name) == Kind::CycloneDx {
            let _ = writeln!(out, "{name}\n{}", summary::counts(&summary::read(bytes, name)));
        }
    }
    insta::assert_snapshot!(out);
}

/// One product written in JSON 1.2, 1.3 and 1.4 is one inventory.
#[test]
fn versions_of_the_format_agree() {
    let mut seen: Vec<Vec<String>> = Vec::new();
    for version in ["1.2", "1.3", "1.4"] {
        let Some(bytes) =
            packs::sbom(&format!("cyclonedx-bom-examples/SBOM/laravel-7.12.0/bom.{version}.json"))
        else {
            return;
        };
        let read = summary::read(bytes, version);
        seen.push(
            read.value
                .components
                .iter()
                .map(|component| format!("{} {} {:?}", component.name, component.version, component.purls))
                .collect(),
        );
    }
    assert_eq!(seen[0].len(), 63);
    assert!(seen[0] == seen[1] && seen[1] == seen[2]);
}
