use std::collections::{BTreeMap, BTreeSet};

use formats::detect::{Kind, detect, read_inventory};
use formats::limits::{FormatError, Limits};
use model::note::{NoteCode, Read};
use model::sbom::Inventory;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("cyclonedx-xml");
}

/// Invalid documents that are read without a note, because what is wrong lies where no inventory looks.
const SILENT: &[(&str, usize, &str)] = &[
    ("citations", 1, "citations are not read"),
    ("component-external-version-and-range", 1, "a version and a range; the version is taken"),
    ("component-swid", 6, "tags of SWID are not read"),
    ("license-choice", 5, "licences are not read"),
    ("license-declared-concluded-mix", 1, "licences are not read"),
    ("license-encoding", 6, "licences are not read"),
    ("license-id", 6, "licences are not read"),
    ("license-id-count", 6, "licences are not read"),
    ("license-missing-id-and-name", 2, "licences are not read"),
    ("license-name-count", 6, "licences are not read"),
];

/// `license-id` of `invalid-license-id-1.2.xml`.
fn kind_of(file: &str) -> &str {
    let bare = file.trim_start_matches("invalid-").trim_end_matches(".xml");
    bare.rsplit_once("-1.").map_or(bare, |(kind, _)| kind)
}

/// Conformance README 2.3: every valid document is read, an invalid one is read or refused, none panics.
#[test]
fn the_conformance_suite() {
    let Some(files) = packs::files("conformance/cyclonedx/tests") else { return };
    let mut seen: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut told, mut silent) = (0, BTreeMap::new());
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".xml")) {
        let (version, file) = name.split_once('/').expect("a folder per version");
        let counts = seen.entry(version).or_default();
        if file.starts_with("valid-") {
            counts.0 += 1;
            assert_eq!(detect(bytes, name), Kind::CycloneDxXml, "{name}");
            let read = summary::read(bytes, name);
            assert_eq!(read.value.documents[0].spec_version, version, "{name}");
            assert!(read.value.components.iter().all(|component| !component.name.is_empty()), "{name}");
        } else if file.starts_with("invalid-") {
            counts.1 += 1;
            match read_inventory(bytes, name, &Limits::INVENTORY) {
                Ok(read) if summary::notes(&read).is_empty() => {
                    *silent.entry(kind_of(file)).or_insert(0) += 1;
                }
                _ => told += 1,
            }
        }
    }
    let counts: Vec<(&str, usize, usize)> =
        seen.iter().map(|(version, (good, bad))| (*version, *good, *bad)).collect();
    let expected = [
        ("1.2", 24, 23),
        ("1.3", 29, 24),
        ("1.4", 31, 24),
        ("1.5", 38, 24),
        ("1.6", 47, 27),
        ("1.7", 63, 28),
    ];
    assert_eq!(counts, expected);
    assert_eq!((told, silent), (110, SILENT.iter().map(|(kind, count, _)| (*kind, *count)).collect()));
}

/// What must not depend on the spelling.
fn essence(read: Read<Inventory>) -> Inventory {
    let mut inventory = read.value;
    inventory.documents.clear();
    inventory.notes.clear();
    for component in &mut inventory.components {
        component.notes.clear();
    }
    inventory
}

/// Twins of the suite that say different things in their two spellings, so that their inventories differ too; all
/// versions of the format that have such a file.
const UNEQUAL: &[(&str, &str)] = &[
    ("bom-1.2", "other components in XML than in JSON"),
    ("bom-1.3", "the same"),
    ("bom-1.4", "the same"),
    ("bom-1.5", "the same"),
    ("component-external-with-version", "version 24.04 of Ubuntu in JSON, 24H2 in XML"),
    ("compositions-1.3", "version 3.0 of the library in JSON, 2.0 in XML"),
    ("compositions-1.4", "the same"),
    ("compositions-1.5", "the same"),
    ("cryptography-implementation-1.7", "five components in JSON, six others in XML"),
    ("dependency-1.2", "library-a in JSON, acme-library-a in XML"),
    ("dependency-1.3", "the same"),
    ("dependency-1.4", "the same"),
    ("dependency-1.5", "the same"),
    ("external-reference-1.3", "a publisher in JSON only"),
    ("external-reference-1.4", "the same"),
    ("external-reference-1.5", "the same"),
    ("license-choice-1.7", "a purl in XML only"),
    ("license-expression-1.2", "hashes and a purl in XML only"),
    ("license-expression-1.3", "the same"),
    ("license-expression-1.4", "the same"),
    ("license-expression-1.5", "the same"),
    ("license-id-1.2", "hashes and a purl in XML only"),
    ("license-id-1.3", "the same"),
    ("license-id-1.4", "the same"),
    ("license-id-1.5", "the same"),
    ("license-name-1.2", "hashes and a purl in XML only"),
    ("license-name-1.3", "the same"),
    ("license-name-1.4", "the same"),
    ("license-name-1.5", "the same"),
    ("machine-learning-1.5", "a publisher in XML only"),
    ("service-1.2", "a publisher in JSON only"),
    ("service-1.3", "the same"),
    ("service-1.4", "the same"),
    ("service-1.5", "the same"),
];

/// As [`UNEQUAL`], where only something differs that no inventory holds.
const UNEQUAL_IN_PART: &[(&str, &str)] = &[
    ("component-ref-1.2", "a component without an identity inside of another in XML only"),
    ("component-ref-1.3", "the same"),
    ("component-ref-1.4", "the same"),
    ("component-ref-1.5", "the same"),
    ("license-expression-with-text-1.7", "the licence text is broken into other lines"),
    ("metadata-timestamp-1.2", "another time in XML"),
    ("metadata-timestamp-1.3", "the same"),
    ("metadata-timestamp-1.4", "the same"),
    ("metadata-timestamp-1.5", "the same"),
    ("metadata-timestamp-1.6", "the same time, written otherwise"),
    ("metadata-timestamp-1.7", "the same"),
    ("properties-1.3", "one property in JSON, two in XML"),
    ("properties-1.4", "the same"),
    ("properties-1.5", "the same"),
    ("release-notes-1.4", "another text of an issue, another address"),
    ("release-notes-1.5", "the same"),
    ("saasbom-1.5", "another port of an address"),
    ("vulnerability-1.4", "one reference in JSON, two in XML, another vector"),
    ("vulnerability-1.5", "the same"),
];

/// A document in both spellings: name, JSON, XML.
type Twin = (String, Vec<u8>, Vec<u8>);

/// The documents that are valid in both spellings.
fn twins() -> Option<Vec<Twin>> {
    let files: BTreeMap<String, Vec<u8>> = packs::files("conformance/cyclonedx/tests")?.into_iter().collect();
    let names = files.keys().filter_map(|name| name.strip_suffix(".json"));
    let twins = names.filter(|stem| stem.contains("/valid-")).filter_map(|stem| {
        let xml = files.get(&format!("{stem}.xml"))?;
        Some((stem.to_owned(), files.get(&format!("{stem}.json"))?.clone(), xml.clone()))
    });
    let twins: Vec<_> = twins.collect();
    assert_eq!(twins.len(), 214);
    Some(twins)
}

/// The name in the lists of differences: `license-id-1.2` of `1.2/valid-license-id-1.2`.
fn bare(stem: &str) -> &str {
    stem.split_once("/valid-").map_or(stem, |(_, bare)| bare)
}

/// A valid document in JSON and in XML is the same inventory, unless it says different things.
#[test]
fn twins_of_json_and_xml() {
    let Some(twins) = twins() else { return };
    let read = |bytes: &[u8], name: &str| essence(summary::read(bytes, name));
    let different: BTreeSet<&str> = (twins.iter())
        .filter(|(stem, json, xml)| read(json, stem) != read(xml, stem))
        .map(|(stem, ..)| bare(stem))
        .collect();
    let expected: BTreeSet<&str> = UNEQUAL.iter().map(|(name, _)| *name).collect();
    assert_eq!(expected.len(), 34);
    assert_eq!(different, expected);
}

/// The converted text beside the twin: all that JSON says of components, services, graph and vulnerabilities, as texts.
#[test]
fn converted_documents_are_the_json_of_their_twins() {
    let Some(twins) = twins() else { return };
    let mut different = BTreeSet::new();
    for (stem, json, xml) in &twins {
        let mut notes = Vec::new();
        let text = String::from_utf8_lossy(xml);
        let converted =
            formats::cyclonedx::xml_to_json(&text, stem, &Limits::INVENTORY, &mut notes).expect("valid");
        let (one, other) = (plain(&String::from_utf8_lossy(json)), plain(&converted));
        for key in ["metadata", "components", "services", "dependencies", "compositions", "vulnerabilities"] {
            if one.get(key) != other.get(key) {
                println!("{stem} {key}\n  {:?}\n  {:?}", one.get(key), other.get(key));
                different.insert(bare(stem));
            }
        }
    }
    let expected: BTreeSet<&str> = UNEQUAL.iter().chain(UNEQUAL_IN_PART).map(|(name, _)| *name).collect();
    assert_eq!(different, expected);
}

/// What no reader of ours uses is not converted in every detail.
const PASSED: &[&str] = &["cryptoProperties", "data", "modelCard", "patentAssertions"];

fn plain(text: &str) -> serde_json::Value {
    as_texts(serde_json::from_str(text).expect("JSON"))
}

/// Numbers and booleans as texts, nothing that is empty.
fn as_texts(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let wanted = map.into_iter().filter(|(key, _)| !PASSED.contains(&key.as_str()));
            let members = wanted.map(|(key, value)| (key, as_texts(value)));
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(as_texts).collect()),
        Value::String(text) => Value::String(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Value::Number(number) => Value::String(number.to_string()),
        Value::Bool(flag) => Value::String(flag.to_string()),
        Value::Null => Value::Null,
    }
}

fn is_empty(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Deep nesting, of our elements and of others, and a bomb of open tags.
#[test]
fn nesting_beyond_the_limit() {
    let root = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">";
    let deep = |open: &str, close: &str, levels: usize| {
        format!("{root}{}{}</bom>", open.repeat(levels), close.repeat(levels))
    };
    for (open, close) in [
        ("<components><component>", "</component></components>"),
        ("<a>", "</a>"),
        ("<x:a xmlns:x=\"urn:x\">", "</x:a>"),
    ] {
        let error = summary::refused(deep(open, close, 70).as_bytes(), "deep.xml");
        assert_eq!(error.code(), NoteCode::TooDeep, "{error}");
        assert!(error.to_string().contains("nested deeper than 64 levels"), "{error}");
    }
    let bomb = format!("{root}{}", "<a>".repeat(2_000_000));
    assert_eq!(summary::refused(bomb.as_bytes(), "bomb.xml").code(), NoteCode::TooDeep);
    let nested = deep("<components><component>", "</component></components>", 30);
    assert_eq!(summary::read(nested.as_bytes(), "thirty.xml").value.components.len(), 30);
}

/// Wide documents cost what they are long: many attributes, many names, many entities, one long text.
#[test]
fn wide_documents() {
    let root = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">";
    let many = |item: &dyn Fn(usize) -> String| (0..50_000).map(item).collect::<String>();
    let attributes = many(&|at| format!(" a{at}=\"1\""));
    let names = many(&|at| format!("<n{at}/>"));
    let entities = "&nope;".repeat(50_000);
    let text = format!(
        "{root}<components><component type=\"library\"{attributes}><name>a{entities}</name><version>1</version>{names}</component></components></bom>"
    );
    let read = summary::read(text.as_bytes(), "wide.xml");
    assert_eq!(read.value.components.len(), 1);
    let told = summary::notes(&read).iter().filter(|note| note.value.contains("&nope;")).count();
    assert!((1..=201).contains(&told), "{told}");
    let same =
        many(&|_| "<component type=\"library\"><name>a</name><version>1</version></component>".to_owned());
    let text = format!("{root}<components>{same}</components></bom>");
    assert_eq!(summary::read(text.as_bytes(), "many.xml").value.components.len(), 1);
}

/// An early end is told apart from what is wrong, with the line.
#[test]
fn errors_name_their_line() {
    let start = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">\n<components>\n";
    for (rest, expected) in [
        ("<component>", "cannot read x: it ends early (<component> is not closed at line 3)"),
        (
            "</bom>",
            "cannot read x: not valid XML: ill-formed document: expected `</components>`, but `</bom>` was found (line 3)",
        ),
        ("<!-- open", "it ends early"),
        ("<component type=\"lib", "it ends early"),
        ("</components></bom>\ntext<more/>", "something follows the end of its root (line 4)"),
    ] {
        let error = summary::refused(format!("{start}{rest}").as_bytes(), "x");
        assert!(error.to_string().contains(expected), "{error}");
        let early = matches!(error, FormatError::Truncated { .. });
        assert_eq!(early, error.to_string().contains("ends early"));
    }
}

/// A document of statements is read as one in XML too, the same as its twin.
#[test]
fn statements_in_xml() {
    let Some(twins) = twins() else { return };
    let mut seen = 0;
    for (stem, json, xml) in twins.iter().filter(|(stem, ..)| stem.contains("/valid-vulnerability-")) {
        let statements = |bytes: &[u8]| {
            let read = formats::vex::read(bytes, stem).expect("a VEX document");
            read.value.statements
        };
        let (mut one, mut other) = (statements(json), statements(xml));
        for statement in one.iter_mut().chain(&mut other) {
            // Of the other reference in XML, and of the text itself.
            statement.aliases.clear();
            statement.hash.clear();
        }
        assert_eq!(one, other, "{stem}");
        seen += one.len();
    }
    assert_eq!(seen, 4);
    let error =
        formats::vex::read(b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components>", "cut.xml");
    assert!(matches!(error, Err(FormatError::Truncated { .. })));
}
