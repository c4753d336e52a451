//! What is written of an inventory is valid under the official schema, says the same when it is read again, and is the
//! same bytes for the same inventory.

use std::sync::OnceLock;

use formats::cyclonedx;
use formats::detect::{FormatError, Kind, detect, merge, read_inventory};
use formats::limits::Limits;
use formats::spdx3;
use formats::writing::{Context, Heading};
use model::component::{Component, Patch, Role, Scope};
use model::dependency::{Need, Tie};
use model::licence::{Acknowledgement, Licence};
use model::note::{NoteCode, Read};
use model::sbom::Inventory;
use model::statement::{Statement, StatementOrigin, StatementStatus};
use serde_json::Value;

use crate::{expect, packs, vex_schema};

type Write = fn(&Inventory, &Heading) -> Result<Read<String>, FormatError>;

const FORMS: [(&str, Write, Kind); 2] =
    [("cdx", cyclonedx::write::write, Kind::CycloneDx), ("spdx3", spdx3::write::write, Kind::Spdx3)];

fn heading() -> Heading {
    Heading {
        created: "2026-11-22T14:00:00+02:00".to_owned(),
        author: "Example GmbH".to_owned(),
        supplier: "Example GmbH".to_owned(),
        context: Some(Context::Build),
        tool_version: "0.1.0".to_owned(),
        ..Heading::default()
    }
}

fn read(bytes: &[u8], name: &str) -> Option<Inventory> {
    read_inventory(bytes, name, &Limits::INVENTORY).ok().map(|read| read.value)
}

/// What a form can hold: how a CPE was written and what reading noted is not of it.
fn comparable(mut inventory: Inventory) -> Inventory {
    inventory.documents.clear();
    inventory.notes.clear();
    if inventory.product.is_empty() {
        inventory.product = "product".to_owned();
    }
    inventory.build.configs.clear();
    inventory.build.compiled.clear();
    for component in &mut inventory.components {
        component.notes.clear();
        for cpe in &mut component.cpes {
            (cpe.was_22_uri, cpe.repaired) = (false, false);
        }
    }
    let statements = std::mem::take(&mut inventory.statements);
    let known: Vec<&String> = inventory.components.iter().map(|component| &component.source_ref).collect();
    let named = |name: &String| known.contains(&name);
    for statement in statements {
        let place = String::new();
        match statement.components.as_slice() {
            [] => inventory.statements.push(Statement { place, ..statement }),
            several => {
                for name in several.iter().filter(|name| named(name)) {
                    let (components, place) = (vec![name.clone()], String::new());
                    inventory.statements.push(Statement { components, place, ..statement.clone() });
                }
            }
        }
    }
    let key = |one: &Statement| {
        (
            one.vulnerability.clone(),
            one.components.clone(),
            one.status,
            one.justification.clone(),
            one.text.clone(),
        )
    };
    inventory.statements.sort_by_key(|one| (key(one), one.origin));
    // Two of one claim and different origins are one after reading: the first says it.
    inventory.statements.dedup_by(|one, other| key(one) == key(other));
    inventory
}

/// Where two inventories differ, in words.
fn difference(one: &Inventory, other: &Inventory) -> String {
    if one == other {
        return String::new();
    }
    if one.components.len() != other.components.len() {
        return format!("{} and {} components", one.components.len(), other.components.len());
    }
    for (a, b) in one.components.iter().zip(&other.components) {
        if a != b {
            return format!("{a:#?}\n{b:#?}");
        }
    }
    for (a, b) in one.statements.iter().zip(&other.statements) {
        if a != b {
            return format!("{a:#?}\n{b:#?}");
        }
    }
    format!(
        "{} {} {:?} {:?} {} statements\n{} {} {:?} {:?} {} statements",
        one.product,
        one.release,
        one.platform,
        one.build,
        one.statements.len(),
        other.product,
        other.release,
        other.platform,
        other.build,
        other.statements.len(),
    )
}

fn round_trip(inventory: &Inventory, name: &str, wrong: &mut Vec<String>) {
    let before = comparable(inventory.clone());
    for (form, write, kind) in FORMS {
        let written = write(inventory, &heading()).unwrap_or_else(|error| panic!("{name}: {error}")).value;
        assert_eq!(detect(written.as_bytes(), "x"), kind, "{name}");
        let again = read_inventory(written.as_bytes(), "again", &Limits::INVENTORY);
        let again = again.unwrap_or_else(|error| panic!("{name} {form}: {error}"));
        let difference = difference(&before, &comparable(again.value.clone()));
        if !difference.is_empty() {
            wrong.push(format!("{name} {form}: {difference}"));
        }
        let mut complaints = complaints(form, &written);
        complaints.truncate(5);
        if !complaints.is_empty() {
            wrong.push(format!("{name} {form}: {complaints:#?}"));
        }
    }
}

fn schema(form: &str) -> Option<&'static Value> {
    static SCHEMAS: OnceLock<Option<[Value; 2]>> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| {
        let read = |path: &str| {
            let text = std::fs::read_to_string(testkit::shared(path)?).expect("the schema can be read");
            Some(serde_json::from_str(&text).expect("JSON"))
        };
        Some([
            read("conformance/cyclonedx/schema/bom-1.6.schema.json")?,
            read("conformance/spdx-spec/v3.0.1-schema.json")?,
        ])
    });
    schemas.as_ref().map(|[cyclonedx, spdx]| if form == "cdx" { cyclonedx } else { spdx })
}

fn complaints(form: &str, text: &str) -> Vec<String> {
    let Some(schema) = schema(form) else { return Vec::new() };
    vex_schema::complaints(schema, &serde_json::from_str(text).expect("JSON"))
}

/// Folders of fixtures with inventories.
const FOLDERS: [&str; 5] = ["cyclonedx", "spdx2", "spdx3", "yocto-cve-check", "buildroot"];

#[test]
fn fixtures_come_back_as_they_were() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for folder in FOLDERS {
        for (name, bytes) in expect::documents(folder) {
            let Some(inventory) = read(&bytes, &name).filter(|read| !read.components.is_empty()) else {
                continue;
            };
            seen += 1;
            round_trip(&inventory, &format!("{folder}/{name}"), &mut wrong);
        }
    }
    assert!(seen >= 42, "{seen} fixtures");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn real_documents_come_back_as_they_were() {
    let Some(all) = packs::sboms() else { return };
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (name, bytes) in all {
        let Some(inventory) = read(bytes, name).filter(|read| !read.components.is_empty()) else { continue };
        seen += 1;
        round_trip(&inventory, name, &mut wrong);
    }
    assert!(seen > 40, "{seen} documents");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// Several documents of one release, evidence among them: what no form holds is told.
#[test]
fn a_merged_release_comes_back_and_evidence_is_told() {
    let Some(all) = packs::sboms() else { return };
    let of = |name: &str| read(&all[name], name).expect("it is read");
    let release = "buildroot/gateway-beaglebone-2024.02.1";
    let parts = ["cdx.json", "show-info.json", "config"].map(|end| of(&format!("{release}.{end}")));
    let whole = merge(parts.to_vec());
    let mut wrong = Vec::new();
    round_trip(&whole, release, &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (_, write, _) in FORMS {
        let notes = write(&whole, &heading()).expect("it is written").notes;
        assert!(notes.iter().all(|note| note.code == NoteCode::NotWritten), "{notes:?}");
        assert!(
            notes.iter().any(|note| note.place.contains("gateway-beaglebone-2024.02.1.config")),
            "{notes:?}"
        );
    }
}

/// Every field at its worst.
fn odd() -> Inventory {
    let component = |reference: &str, name: &str| Component {
        source_ref: reference.to_owned(),
        name: name.to_owned(),
        version: "1.0".to_owned(),
        ..Component::default()
    };
    let mut first = component("a reference with blanks", "first");
    first.homepage = "no address <at all>".to_owned();
    first.download_urls =
        vec!["https://example.org/a b.tar.gz".to_owned(), "https://example.org/c".to_owned()];
    first.hashes =
        vec!["crc32:1234".to_owned(), "sha256:short".to_owned(), format!("sha1:{}", "a".repeat(40))];
    first.licences = vec![
        Licence::new("The \"Foo\" licence", Acknowledgement::Stated),
        Licence::new("MIT OR Apache-2.0", Acknowledgement::Concluded),
        Licence::new("BSD-3-Clause", Acknowledgement::Declared),
    ];
    first.supplier = "Müller & Söhne".to_owned();
    first.released = "2024-05".to_owned();
    first.source_package = "foo-source".to_owned();
    first.git.commit = "c".repeat(40);
    first.git.tag = "v1 beta".to_owned();
    first.role = Role::Firmware;
    first.scope = Scope::FirmwareBlob;
    first.locations = vec!["/lib/firmware/x y".to_owned(), "slot-a".to_owned()];
    first.patches = vec![
        Patch {
            name: "0001 with blanks?#.patch".to_owned(),
            hash: "md5:00".to_owned(),
            header: "Subject: x\n".to_owned(),
            content: "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n".to_owned(),
            resolves: vec!["CVE-2024-2".to_owned(), "CVE-2024-1".to_owned()],
            origin: "sbom".to_owned(),
        },
        Patch {
            resolves: vec!["CVE-2024-3".to_owned()],
            origin: "source-info".to_owned(),
            ..Patch::default()
        },
    ];
    let mut second = component("product", "second");
    second.parents = vec!["a reference with blanks".to_owned(), "gone".to_owned()];
    second.needs =
        Some(vec![Need::new("a reference with blanks", Tie::StaticLink), Need::new("urn:x", Tie::Runtime)]);
    let mut third = component("urn:x", "third");
    third.needs = Some(Vec::new());
    third.parents = vec!["product".to_owned()];
    third.scope = Scope::Target;
    let mut host = component("host-thing", "thing");
    host.scope = Scope::BuildOnly;
    let said = |id: &str, components: &[&str], status, justification: &str, text: &str, origin| Statement {
        vulnerability: id.to_owned(),
        components: components.iter().map(|name| (*name).to_owned()).collect(),
        status,
        justification: justification.to_owned(),
        text: text.to_owned(),
        origin,
        place: String::new(),
    };
    use StatementOrigin::{Build, IgnoreList, Supplier};
    use StatementStatus::{Affected, Fixed, NotAffected, UnderInvestigation};
    let mut inventory = Inventory {
        components: vec![first, second, third, host],
        statements: vec![
            said("CVE-2024-1", &[], NotAffected, "", "", Supplier),
            said("CVE-2024-2", &["urn:x", "product"], NotAffected, "cpe-incorrect", "another product", Build),
            said("GHSA-xxxx", &["urn:x"], Affected, "", "", Supplier),
            said("CVE-2024-3", &["urn:x"], Affected, "", "update it", Build),
            said("CVE-2024-4", &["product"], Fixed, "backported-patch", "", Build),
            said("CVE-2024-5", &["product"], UnderInvestigation, "", "marked as ignored", Supplier),
            said("CVE-2024-6", &["product"], UnderInvestigation, "", "ignored", IgnoreList),
            said("CVE-2024-7", &["product"], NotAffected, "false_positive", "", Supplier),
            said("CVE-2024-8", &["nobody"], NotAffected, "code_not_present", "", Supplier),
        ],
        ..Inventory::default()
    };
    inventory.platform.facts.insert("xen".to_owned(), "absent for ever".to_owned());
    inventory.build.applets.extend(["ls".to_owned(), "[".to_owned()]);
    merge(vec![inventory])
}

#[test]
fn odd_values_come_back_as_they_were() {
    let mut wrong = Vec::new();
    round_trip(&odd(), "odd", &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (_, write, _) in FORMS {
        let notes = write(&odd(), &heading()).expect("it is written").notes;
        let told: Vec<&str> = notes.iter().map(|note| note.value.as_str()).collect();
        assert_eq!(told, ["CVE-2024-8 left out: no component is called nobody"]);
    }
}

/// The whole text of a small document, for people to read in a review.
#[test]
fn what_is_written() {
    let mut openssl = Component {
        source_ref: "openssl".to_owned(),
        name: "openssl".to_owned(),
        version: "3.0.13".to_owned(),
        supplier: "OpenSSL Software Foundation".to_owned(),
        homepage: "https://www.openssl.org/".to_owned(),
        licences: vec![Licence::new("Apache-2.0", Acknowledgement::Declared)],
        download_urls: vec!["https://www.openssl.org/source/openssl-3.0.13.tar.gz".to_owned()],
        hashes: vec![format!("sha256:{}", "ab".repeat(32))],
        locations: vec!["libcrypto3".to_owned()],
        patches: vec![Patch {
            name: "CVE-2024-1.patch".to_owned(),
            resolves: vec!["CVE-2024-1".to_owned()],
            origin: "sbom".to_owned(),
            ..Patch::default()
        }],
        needs: Some(vec![Need::new("zlib", Tie::DynamicLink)]),
        ..Component::default()
    };
    formats::normalise::identity::add_cpe(&mut openssl, "cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*", "");
    let zlib = Component {
        source_ref: "zlib".to_owned(),
        name: "zlib".to_owned(),
        version: "1.3.1".to_owned(),
        ..Component::default()
    };
    let inventory = merge(vec![Inventory {
        product: "edge-gateway".to_owned(),
        release: "4.1.0".to_owned(),
        components: vec![openssl, zlib],
        statements: vec![Statement {
            vulnerability: "CVE-2024-2".to_owned(),
            components: vec!["openssl".to_owned()],
            status: StatementStatus::NotAffected,
            justification: "not-applicable-config".to_owned(),
            text: "engine is off".to_owned(),
            origin: StatementOrigin::Build,
            place: String::new(),
        }],
        ..Inventory::default()
    }]);
    for (form, write, _) in FORMS {
        let written = write(&inventory, &heading()).expect("it is written").value;
        assert_eq!(complaints(form, &written), [""; 0]);
        insta::assert_snapshot!(format!("what_is_written_{form}"), written);
    }
}

#[test]
fn a_document_needs_a_time() {
    for (_, write, _) in FORMS {
        let refused = write(&odd(), &Heading::default()).expect_err("no time");
        assert!(
            refused.to_string().ends_with("the creation time is not in the form of RFC 3339"),
            "{refused}"
        );
    }
}
