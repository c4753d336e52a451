//! The vulnerability database of the European Union.

use formats::euvd;

use crate::knowledge::{fixture, records};

#[test]
fn a_page() {
    let text = fixture("euvd/page.json");
    let (reading, lines) = records(&mut |sink| euvd::read(&text, sink));
    assert_eq!((reading.documents, reading.notes.len()), (2, 0), "{:?}", reading.notes);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[0], "kev CVE-2024-0001 2024-02-05 - - by euvd");
    assert!(
        lines[1].contains(r#""source":"euvd""#) && lines[1].contains(r#""id":"EUVD-2024-1001""#),
        "{}",
        lines[1]
    );
    assert!(lines[1].contains("2025-02-01T07:00:00Z"), "{}", lines[1]);
    assert!(lines[1].contains("CVE-2024-0001") && lines[1].contains("GHSA-xxxx-yyyy-zzzz"));
    assert!(lines[1].contains(r#""vendor":"Example""#) && lines[1].contains(r#""product":"Thing""#));
    assert!(!lines[1].contains("Thing Pro"), "prose is no claim: {}", lines[1]);
    assert!(!lines[1].contains("fixes"), "an untagged commit is taken for no fix: {}", lines[1]);
    assert!(!lines[2].contains("claims"), "two vendors: nobody can tell whose product it is: {}", lines[2]);
    assert_eq!(lines.len(), 3);
    assert_eq!(euvd::parse(&text), 2);
}

#[test]
fn entries_of_other_shapes() {
    let text = fixture("euvd/EUVD-2025-1003.json");
    let (_, lines) = records(&mut |sink| euvd::read(&text, sink));
    assert!(lines.starts_with("kev EUVD-2025-1003 2025-01-03 - - by euvd\n"), "{lines}");
    let odd = r#"[{"id":"EUVD-2025-1","dateUpdated":"some day","aliases":null},{"id":"CVE-2025-1"},{"id":"EUVD-2025-2","enisaIdProduct":"x"}]"#;
    let (reading, lines) = records(&mut |sink| euvd::read(odd, sink));
    assert_eq!((lines.lines().count(), reading.documents), (2, 2));
    let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
    assert_eq!(codes, ["F_FIELD_TYPE", "F_BAD_RECORD", "F_FIELD_TYPE"]);
}

#[test]
fn pages_are_counted() {
    let page = euvd::page(fixture("euvd/page.json").as_bytes(), "page").unwrap();
    assert_eq!((page.entries, page.total), (2, 2));
    assert!(euvd::page(b"<html>", "page").is_err());
}
