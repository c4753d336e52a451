use std::collections::BTreeMap;

use formats::detect::{Kind, detect, read_inventory};
use formats::limits::{FormatError, Limits};
use model::note::{NoteCode, Read};
use model::sbom::Inventory;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("cyclonedx-xml");
}

/// Conformance README 2.3: every valid document is read, an invalid one is read or refused, none panics.
#[test]
fn the_conformance_suite() {
    let Some(files) = packs::files("conformance/cyclonedx/tests") else { return };
    let mut seen: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut refused = Vec::new();
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
            if read_inventory(bytes, name, &Limits::INVENTORY).is_err() {
                refused.push(name.as_str());
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
    println!("refused {}: {refused:#?}", refused.len());
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

/// A valid document in JSON and in XML is the same inventory.
#[test]
fn twins_of_json_and_xml() {
    let Some(files) = packs::files("conformance/cyclonedx/tests") else { return };
    let files: BTreeMap<String, Vec<u8>> = files.into_iter().collect();
    let mut twins = 0;
    let mut different = Vec::new();
    for (name, json) in files.iter().filter(|(name, _)| name.contains("/valid-")) {
        let Some(stem) = name.strip_suffix(".json") else { continue };
        let xml_name = format!("{stem}.xml");
        let Some(xml) = files.get(&xml_name) else { continue };
        twins += 1;
        let (one, other) = (essence(summary::read(json, name)), essence(summary::read(xml, &xml_name)));
        if one != other {
            println!("{stem}\n{one:#?}\n{other:#?}");
            different.push(stem);
        }
    }
    assert_eq!(twins, 214);
    assert_eq!(different, Vec::<&str>::new());
}

/// The converted text itself beside the twin: all that JSON says, as texts.
#[test]
fn converted_documents_are_the_json_of_their_twins() {
    let Some(files) = packs::files("conformance/cyclonedx/tests") else { return };
    let files: BTreeMap<String, Vec<u8>> = files.into_iter().collect();
    let mut different: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, json) in files.iter().filter(|(name, _)| name.contains("/valid-")) {
        let Some(stem) = name.strip_suffix(".json") else { continue };
        let Some(xml) = files.get(&format!("{stem}.xml")) else { continue };
        let mut notes = Vec::new();
        let text = String::from_utf8_lossy(xml);
        let converted =
            formats::cyclonedx::xml_to_json(&text, name, &Limits::INVENTORY, &mut notes).expect("valid");
        let plain = |text: &str| plain(serde_json::from_str(text).expect("JSON"));
        let (one, other) = (plain(&String::from_utf8_lossy(json)), plain(&converted));
        for key in ["metadata", "components", "services", "dependencies", "compositions", "vulnerabilities"] {
            if one.get(key) != other.get(key) {
                println!("{stem} {key}\n  {:?}\n  {:?}", one.get(key), other.get(key));
                let kind = stem.rsplit('/').next().expect("a name");
                let kind = kind.trim_start_matches("valid-").rsplit_once('-').expect("a version").0;
                different.entry(kind.to_owned()).or_default().push(format!("{key}"));
            }
        }
    }
    println!("{different:#?}");
    assert!(different.is_empty());
}

/// Numbers and booleans as texts, nothing that is empty.
fn plain(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let members = map.into_iter().map(|(key, value)| (key, plain(value)));
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(plain).collect()),
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
