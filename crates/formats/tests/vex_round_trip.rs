//! Statements written and read again: the same, but for the losses that `vex-mapping.json` permits; and valid under
//! the schemas of the forms.

use formats::vex::{read, words, write};
use model::vex::{
    Instant, Justification, ProductRef, Remediation, RemediationKind, VexDocument, VexFormat, VexStatement,
    VexStatus,
};
use serde_json::Value;

use crate::{packs, vex_schema};

const FORMS: [VexFormat; 3] = [VexFormat::OpenVex, VexFormat::CycloneDx, VexFormat::Spdx3];

fn product(purl: &str) -> ProductRef {
    ProductRef { purls: vec![purl.to_owned()], ..ProductRef::default() }
}

/// Every status with every justification that it may have, on products of every kind.
fn everything() -> VexDocument {
    let mut document = VexDocument::new(VexFormat::OpenVex);
    document.id = "https://example.com/vex/1".to_owned();
    document.author = "Example Maker".to_owned();
    document.version = "3".to_owned();
    document.timestamp = "2024-05-06T07:08:09Z".to_owned();
    document.tool = "patchwright".to_owned();
    let gateway = || product("pkg:generic/gateway@4.2");
    let hash = "ab".repeat(32);
    let products = [
        ProductRef { subcomponents: vec![product("pkg:deb/debian/openssl@3.0.8-1?arch=arm64")], ..gateway() },
        ProductRef {
            subcomponents: vec![product("pkg:npm/%40scope/a@1"), product("pkg:npm/b")],
            ..gateway()
        },
        ProductRef {
            subcomponents: vec![ProductRef {
                versions: vec!["vers:npm/>=1.0.0|<2.0.0".to_owned()],
                ..product("pkg:npm/ranged")
            }],
            ..gateway()
        },
        ProductRef {
            subcomponents: vec![ProductRef {
                cpes: vec!["cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*".to_owned()],
                hashes: vec![format!("sha256:{hash}")],
                ..ProductRef::default()
            }],
            ..gateway()
        },
        gateway(),
    ];
    let mut number = 0;
    let mut add = |status: VexStatus, justification: Option<Justification>| {
        for product in &products {
            number += 1;
            let mut statement = VexStatement::new(&format!("CVE-2024-{number}"), status);
            statement.aliases = vec![format!("GHSA-{number}")];
            statement.justification = justification;
            statement.products = vec![product.clone()];
            statement.timestamp = "2024-01-01T01:00:00+01:00".to_owned();
            statement.detail = format!("detail {number}");
            match status {
                VexStatus::NotAffected | VexStatus::FalsePositive => {
                    statement.impact = "not there".to_owned()
                }
                VexStatus::Affected => statement.action = "update".to_owned(),
                _ => {}
            }
            document.statements.push(statement);
        }
    };
    for status in VexStatus::ALL {
        match status {
            VexStatus::NotAffected => Justification::ALL.iter().for_each(|known| add(*status, Some(*known))),
            VexStatus::FalsePositive => add(*status, Some(Justification::ComponentNotPresent)),
            _ => add(*status, None),
        }
    }
    document
}

/// What a statement says, one line for each product and part, in a form that can be compared.
fn lines(document: &VexDocument) -> Vec<String> {
    let mut lines = Vec::new();
    for statement in &document.statements {
        let time = Instant::parse(&statement.timestamp).map(Instant::to_utc_seconds).unwrap_or_default();
        let mut aliases = statement.aliases.clone();
        aliases.sort();
        for product in &statement.products {
            let parts: Vec<String> = match product.subcomponents.as_slice() {
                [] => vec![String::new()],
                parts => parts.iter().map(identity).collect(),
            };
            for part in parts {
                lines.push(format!(
                    "{} {aliases:?} {} {} | {} > {part} | {} | {} | {} | {time}",
                    statement.vulnerability,
                    statement.status.word(),
                    statement.justification.map_or("", Justification::word),
                    identity(product),
                    statement.impact,
                    statement.action,
                    statement.detail,
                ));
            }
        }
    }
    lines.sort();
    lines
}

fn identity(product: &ProductRef) -> String {
    format!("{:?} {:?} {:?} {:?}", product.purls, product.cpes, product.hashes, product.versions)
}

/// The document with the losses that the table permits on the way through a form.
fn after(document: &VexDocument, form: VexFormat) -> VexDocument {
    let table: Value =
        serde_json::from_str(include_str!("../../../fixtures/cases/vex-mapping.json")).expect("JSON");
    let mut expected = document.clone();
    expected.statements.retain_mut(|statement| {
        for row in table["round_trip_whitelist"].as_array().expect("rows") {
            let via = row["via"].as_array().expect("forms").contains(&form.word().into());
            if !via || row["from"] != statement.status.word() {
                continue;
            }
            let (status, justification) = match row["becomes"].as_str().expect("a text") {
                "(no statement)" => return false,
                text => text.split_once(" + ").map_or((text, None), |(status, other)| (status, Some(other))),
            };
            statement.status = VexStatus::parse(status).expect("a status");
            statement.justification = justification.and_then(Justification::parse);
            break;
        }
        true
    });
    expected
}

#[test]
fn round_trips() {
    let document = everything();
    assert_eq!(document.statements.len(), 5 * 11);
    for form in FORMS {
        let written = write(&document, form).expect("it can be written");
        let again = read(written.value.as_bytes(), "again").expect("it can be read");
        let expected = lines(&after(&document, form));
        assert_eq!(lines(&again.value), expected, "{}", form.word());
        assert!(again.notes.is_empty(), "{:?}", again.notes);
        let value = &again.value;
        assert_eq!(
            (value.author.as_str(), value.version.as_str()),
            ("Example Maker", "3"),
            "{}",
            form.word()
        );
        assert_eq!((value.tool.as_str(), value.timestamp.as_str()), ("patchwright", "2024-05-06T07:08:09Z"));
        // Each statement of unknown status is named in a note.
        let left_out = document.statements.iter().filter(|one| one.status == VexStatus::Unknown).count();
        assert_eq!(written.notes.len(), left_out, "{:?}", written.notes);
        let repeated = write(&document, form).expect("again").value;
        assert_eq!(repeated, written.value, "the same document gives the same bytes");
    }
}

/// Written, read, written and read: the second time nothing changes any more.
#[test]
fn second_trips_are_exact() {
    for form in FORMS {
        let once = write(&everything(), form).expect("written");
        let first = read(once.value.as_bytes(), "x").expect("read").value;
        let twice = write(&first, form).expect("written again");
        let differing = twice.value.lines().zip(once.value.lines()).find(|(one, other)| one != other);
        assert_eq!(differing, None, "{}", form.word());
        assert_eq!(twice.value.len(), once.value.len());
    }
}

/// Kinds of remediation through CycloneDX: only a planned fix becomes a text.
#[test]
fn remediations_through_cyclonedx() {
    for kind in RemediationKind::ALL {
        let mut document = everything();
        document.statements.truncate(12);
        for statement in &mut document.statements {
            statement.remediations = vec![Remediation { kind: *kind, text: "do: this".to_owned() }];
        }
        let written = write(&document, VexFormat::CycloneDx).expect("written");
        let again = read(written.value.as_bytes(), "x").expect("read").value;
        for (statement, before) in again.statements.iter().zip(&document.statements) {
            if *kind == RemediationKind::FixPlanned {
                assert!(statement.remediations.is_empty());
                let said = format!("{} {}", statement.action, statement.detail);
                assert!(said.contains("do: this"), "{said}");
            } else {
                assert_eq!(statement.remediations, before.remediations, "{}", kind.word());
            }
        }
        assert_eq!(complaints("cyclonedx/schema/bom-1.6.schema.json", &written.value), [""; 0]);
    }
}

/// The words as they came are written again in the same form.
#[test]
fn original_words_of_the_same_form() {
    for (justification, ours) in [
        ("requires_environment", "requires_configuration"),
        ("protected_at_runtime", "protected_by_mitigating_control"),
        ("protected_by_compiler", "protected_by_mitigating_control"),
        ("code_not_reachable", "code_not_reachable"),
    ] {
        let text = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{{"timestamp":"2024-01-01T00:00:00Z"}},
            "vulnerabilities":[{{"id":"CVE-1","analysis":{{"state":"not_affected","justification":"{justification}"}},
            "affects":[{{"ref":"pkg:npm/a@1"}}]}}]}}"#
        );
        let mut document = read(text.as_bytes(), "x").expect("read").value;
        let word = |document: &VexDocument| {
            let written = write(document, VexFormat::CycloneDx).expect("written").value;
            let value: Value = serde_json::from_str(&written).expect("JSON");
            value["vulnerabilities"][0]["analysis"]["justification"].as_str().map(str::to_owned)
        };
        assert_eq!(word(&document).as_deref(), Some(justification));
        document.format = VexFormat::OpenVex;
        assert_eq!(word(&document).as_deref(), Some(ours));
        // A statement that was changed since says its own words.
        document.format = VexFormat::CycloneDx;
        document.statements[0].justification = Some(Justification::ComponentNotPresent);
        assert_eq!(word(&document).as_deref(), Some("requires_dependency"));
    }
}

/// What a form cannot say is left out with a note, never said more widely.
#[test]
fn nothing_is_said_more_widely() {
    let with = |product: ProductRef| {
        let mut document = everything();
        document.statements.truncate(2);
        document.statements[1].products = vec![product];
        document
    };
    let limited = |version: &str| ProductRef { versions: vec![version.to_owned()], ..product("pkg:npm/a@1") };
    let deep = ProductRef {
        subcomponents: vec![with(product("pkg:npm/z")).statements[0].products[0].clone()],
        ..product("pkg:npm/a")
    };
    let cpe = ProductRef {
        cpes: vec!["cpe:2.3:a:v:p:*:*:*:*:*:*:*:*".to_owned()],
        versions: vec!["vers:generic/<2".to_owned()],
        ..ProductRef::default()
    };
    let nameless =
        ProductRef { name: "thing".to_owned(), versions: vec!["1".to_owned()], ..ProductRef::default() };
    for form in [VexFormat::OpenVex, VexFormat::Spdx3] {
        for product in [limited("2"), limited("<=2"), deep.clone(), cpe.clone(), nameless.clone()] {
            let written = write(&with(product.clone()), form).expect("the other statement is written");
            let again = read(written.value.as_bytes(), "x").expect("read").value;
            let about = again.statements.iter().filter(|one| one.vulnerability == "CVE-2024-2").count();
            assert_eq!((about, written.notes.len()), (0, 1), "{} {product:?}", form.word());
        }
    }
    let bare = with(product("pkg:npm/a"));
    let mut unjustified = bare.clone();
    unjustified.statements[1].status = VexStatus::NotAffected;
    unjustified.statements[1].justification = None;
    unjustified.statements[1].impact.clear();
    for form in FORMS {
        assert_eq!(write(&bare, form).expect("written").notes, []);
        assert_eq!(write(&unjustified, form).expect("written").notes.len(), 1);
    }
}

#[test]
fn what_cannot_be_written() {
    let mut document = everything();
    for (form, said) in [(VexFormat::Csaf, "read only"), (VexFormat::Yocto, "build system")] {
        assert!(write(&document, form).expect_err("no writer").to_string().contains(said));
    }
    document.timestamp = "today".to_owned();
    for form in FORMS {
        assert!(write(&document, form).expect_err("no time").to_string().contains("RFC 3339"));
    }
    let empty = VexDocument { statements: Vec::new(), ..everything() };
    assert!(
        write(&empty, VexFormat::OpenVex).expect_err("nothing to say").to_string().contains("no statement")
    );
}

fn complaints(schema: &str, document: &str) -> Vec<String> {
    let Some(path) = testkit::shared(&format!("conformance/{schema}")) else { return Vec::new() };
    let schema = std::fs::read_to_string(path).expect("the schema can be read");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    vex_schema::complaints(&schema, &serde_json::from_str(document).expect("JSON"))
}

fn schema(form: VexFormat) -> &'static str {
    match form {
        VexFormat::OpenVex => "openvex-spec/openvex_json_schema.json",
        VexFormat::CycloneDx => "cyclonedx/schema/bom-1.6.schema.json",
        _ => "spdx-spec/v3.0.1-schema.json",
    }
}

#[test]
fn written_documents_are_valid() {
    for form in FORMS {
        let written = write(&everything(), form).expect("written");
        assert_eq!(complaints(schema(form), &written.value), [""; 0], "{}", form.word());
    }
}

/// Every document of the suites, converted to every form: valid, and nothing that excludes more than before.
#[test]
fn converted_documents_are_valid() {
    let folders = [
        "openvex-go-vex",
        "vex-grype-testdata",
        "vex-trivy-testdata",
        "csaf-situations",
        "csaf-oasis/csaf_2.1/examples",
    ];
    let mut converted = 0;
    for folder in folders {
        let Some(files) = packs::files(&format!("conformance/{folder}")) else { return };
        for (name, bytes) in files {
            let Ok(read_once) = read(&bytes, &name) else { continue };
            let mut document = read_once.value;
            document.statements.truncate(40);
            if document.timestamp.is_empty() {
                document.timestamp = "2024-01-01T00:00:00Z".to_owned();
            }
            for form in FORMS {
                let Ok(written) = write(&document, form) else { continue };
                converted += 1;
                assert_eq!(complaints(schema(form), &written.value), [""; 0], "{name} {}", form.word());
                let Ok(again) = read(written.value.as_bytes(), &name) else { continue };
                assert!(excluded(&again.value) <= excluded(&document), "{name} {}", form.word());
            }
        }
    }
    assert_eq!(converted, 220);
}

/// Pairs of vulnerability and product part that the document calls not affected.
fn excluded(document: &VexDocument) -> usize {
    let is_excluded = |one: &&VexStatement| {
        words::status_row(one.status).is_some()
            && one.status.verdict() == model::finding::Verdict::NotAffected
    };
    let pairs = document.statements.iter().filter(is_excluded).flat_map(|one| &one.products);
    pairs.map(|product| product.subcomponents.len().max(1) * product.versions.len().max(1)).sum()
}
