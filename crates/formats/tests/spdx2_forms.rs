//! SPDX 2 as tag-value, YAML and XML: the same inventory as of JSON.

use std::collections::BTreeMap;

use formats::detect::{Kind, detect, join, read_inventory, read_part};
use formats::limits::{FormatError, Limits};
use model::note::{NoteCode, Read};
use model::sbom::Inventory;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    for folder in ["spdx2-tag-value", "spdx2-yaml", "spdx2-xml"] {
        expect::check(folder);
    }
}

/// What must not depend on the form.
fn essence(read: Read<Inventory>) -> Inventory {
    let mut inventory = read.value;
    inventory.documents.clear();
    inventory.notes.clear();
    for component in &mut inventory.components {
        component.notes.clear();
    }
    inventory
}

/// The specification's example in five serialisations: four are one inventory, RDF is refused with a way out.
#[test]
fn the_example_of_the_specification() {
    let Some(files) = packs::files("conformance/spdx-spec/examples") else { return };
    let of = |end: &str| {
        let found: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(end)).collect();
        assert_eq!(found.len(), 1, "{end}");
        found[0].clone()
    };
    let (name, json) = of(".spdx.json");
    let expected = essence(summary::read(&json, &name));
    assert_eq!(expected.components.len(), 4);
    for (end, kind) in
        [(".spdx", Kind::Spdx2TagValue), (".spdx.yaml", Kind::Spdx2Yaml), (".spdx.xml", Kind::Spdx2Xml)]
    {
        let (name, bytes) = of(end);
        assert_eq!(detect(&bytes, &name), kind, "{name}");
        assert_eq!(essence(summary::read(&bytes, &name)), expected, "{name}");
    }
    let (name, rdf) = of(".rdf.xml");
    let error = summary::refused(&rdf, &name).to_string();
    assert!(error.contains("SPDX RDF is not supported; convert it to JSON"), "{error}");
}

/// The twelve documents of the tools: the example of 2.3 in four forms and in UTF-16, and the odd ones.
#[test]
fn the_documents_of_the_tools() {
    let Some(files) = packs::files("conformance/spdx-tools-testdata") else { return };
    assert_eq!(files.len(), 12);
    let mut example = Vec::new();
    let mut kinds = BTreeMap::new();
    for (name, bytes) in &files {
        let read = summary::read(bytes, name);
        *kinds.entry(read.value.documents[0].kind.clone()).or_insert(0) += 1;
        if name.contains("Example") {
            let utf16 = read.notes.iter().any(|note| note.code == NoteCode::Utf16);
            assert_eq!(utf16, name.contains("UTF-16"), "{name}");
            example.push((name.clone(), essence(read)));
        }
    }
    assert_eq!(example.len(), 8);
    for (name, inventory) in &example {
        let of_22 = name.contains("UTF-16");
        let same: Vec<&str> = (example.iter())
            .filter(|(other, _)| other.contains("UTF-16") == of_22)
            .filter(|(_, other)| other != inventory)
            .map(|(other, _)| other.as_str())
            .collect();
        assert!(same.is_empty(), "{name} differs from {same:?}");
    }
    let kinds: Vec<(&str, i32)> = kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(kinds, [("spdx2", 5), ("spdx2-tag-value", 3), ("spdx2-xml", 2), ("spdx2-yaml", 2)]);
}

/// One document in three forms, written by us, is one inventory.
#[test]
fn our_documents_agree() {
    let read = |text: &str| essence(summary::read(text.as_bytes(), "x"));
    let tag_value = "SPDXVersion: SPDX-2.3\nDocumentName: d\nDocumentNamespace: https://example.com/d\nSPDXID: SPDXRef-DOCUMENT\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1.10\nPackageDownloadLocation: NONE\nExternalRef: PACKAGE-MANAGER purl pkg:generic/a@1.10\nRelationship: SPDXRef-a DEPENDS_ON NONE\n";
    let as_yaml = "spdxVersion: SPDX-2.3\nname: d\ndocumentNamespace: https://example.com/d\nSPDXID: SPDXRef-DOCUMENT\npackages:\n- name: a\n  SPDXID: SPDXRef-a\n  versionInfo: 1.10\n  downloadLocation: NONE\n  externalRefs: [{referenceCategory: PACKAGE-MANAGER, referenceType: purl, referenceLocator: pkg:generic/a@1.10}]\nrelationships:\n- {spdxElementId: SPDXRef-a, relationshipType: DEPENDS_ON, relatedSpdxElement: NONE}\n";
    let as_xml = "<Document><spdxVersion>SPDX-2.3</spdxVersion><name>d</name><documentNamespace>https://example.com/d</documentNamespace><SPDXID>SPDXRef-DOCUMENT</SPDXID><packages><name>a</name><SPDXID>SPDXRef-a</SPDXID><versionInfo>1.10</versionInfo><downloadLocation>NONE</downloadLocation><externalRefs><referenceCategory>PACKAGE-MANAGER</referenceCategory><referenceType>purl</referenceType><referenceLocator>pkg:generic/a@1.10</referenceLocator></externalRefs></packages><relationships><spdxElementId>SPDXRef-a</spdxElementId><relationshipType>DEPENDS_ON</relationshipType><relatedSpdxElement>NONE</relatedSpdxElement></relationships></Document>";
    let one = read(tag_value);
    assert_eq!((one.components.len(), one.components[0].version.as_str()), (1, "1.10"));
    assert_eq!(one.components[0].needs, Some(Vec::new()));
    assert_eq!(one, read(as_yaml));
    assert_eq!(one, read(as_xml));
}

/// Two documents of which one refers to the other, in two forms: the relationship holds across them.
#[test]
fn documents_of_two_forms_refer_to_each_other() {
    let base = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","documentNamespace":"https://example.com/base","packages":[{"SPDXID":"SPDXRef-z","name":"zlib","versionInfo":"1.3","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:generic/zlib@1.3"}]}]}"#;
    let top = "SPDXVersion: SPDX-2.3\nDocumentNamespace: https://example.com/top\nSPDXID: SPDXRef-DOCUMENT\nExternalDocumentRef: DocumentRef-b https://example.com/base SHA1: 85ed0817af83a24ad8da68c2b5094de69833983c\nPackageName: client\nSPDXID: SPDXRef-c\nPackageVersion: 2\nExternalRef: PACKAGE-MANAGER purl pkg:generic/client@2\nRelationship: SPDXRef-c DEPENDS_ON DocumentRef-b:SPDXRef-z\n";
    let part =
        |text: &str, name: &str| read_part(text.as_bytes(), name, &Limits::INVENTORY).expect("a document");
    for parts in [
        vec![part(base, "base.json"), part(top, "top.spdx")],
        vec![part(top, "top.spdx"), part(base, "base.json")],
    ] {
        let inventory = join(parts);
        assert_eq!(inventory.documents.len(), 2);
        let client =
            inventory.components.iter().find(|component| component.name == "client").expect("client");
        let needs = client.needs.clone().expect("what it needs");
        assert_eq!(needs.len(), 1);
        assert!(inventory.components.iter().any(|component| component.source_ref == needs[0].on));
    }
    // Alone, the top document names what it does not hold and is read.
    let alone = join(vec![part(top, "top.spdx")]);
    assert_eq!((alone.components.len(), alone.documents[0].kind.as_str()), (1, "spdx2-tag-value"));
}

/// Given alone, a document is what `read_inventory` makes of it.
#[test]
fn one_document_alone_is_read_as_always() {
    for folder in ["spdx2", "spdx2-tag-value", "spdx2-yaml", "spdx2-xml", "cyclonedx-xml"] {
        for (name, bytes) in expect::documents(folder) {
            let Ok(mut read) = read_inventory(&bytes, &name, &Limits::INVENTORY) else {
                assert!(read_part(&bytes, &name, &Limits::INVENTORY).is_err(), "{name}");
                continue;
            };
            read.value.notes.extend(read.notes);
            let joined = join(vec![read_part(&bytes, &name, &Limits::INVENTORY).expect("a document")]);
            assert_eq!(joined, read.value, "{name}");
        }
    }
}

#[test]
fn yaml_and_xml_bombs_are_bounded() {
    let mut yaml =
        String::from("spdxVersion: SPDX-2.3\na0: &a0 [xxxxxxxxxxxxxxxxxxxx, xxxxxxxxxxxxxxxxxxxx]\n");
    for level in 1..40 {
        let before = level - 1;
        yaml.push_str(&format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n"));
    }
    assert!(matches!(summary::refused(yaml.as_bytes(), "bomb.yaml"), FormatError::TooBig { .. }));
    let deep = format!("<Document><spdxVersion>SPDX-2.3</spdxVersion>{}", "<a>".repeat(1_000_000));
    assert_eq!(summary::refused(deep.as_bytes(), "deep.xml").code(), NoteCode::TooDeep);
}

/// Long and many: time in proportion to the text, notes bounded.
#[test]
fn long_tag_value_documents() {
    let head = "SPDXVersion: SPDX-2.3\nDocumentNamespace: https://example.com/long\n";
    let wrong = "no tag here\n".repeat(50_000);
    let tags: String = (0..50_000).map(|at| format!("Tag{at}: x\n")).collect();
    let packages = "PackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\n".repeat(20_000);
    let long = format!("PackageName: b\nPackageVersion: {}\n", "9".repeat(1 << 20));
    let read = summary::read(format!("{head}{wrong}{tags}{packages}{long}").as_bytes(), "long.spdx");
    assert!(read.notes.len() <= 3_010, "{}", read.notes.len());
    let open = format!("{head}PackageComment: <text>{}", "<text>\n".repeat(200_000));
    assert!(matches!(summary::refused(open.as_bytes(), "open.spdx"), FormatError::Truncated { .. }));
    let limits = Limits { components: 2, ..Limits::INVENTORY };
    let error =
        read_inventory(format!("{head}{packages}").as_bytes(), "many.spdx", &limits).expect_err("many");
    assert!(error.to_string().contains("more than 2 components"), "{error}");
}
