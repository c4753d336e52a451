//! The known-exploited catalogue.

use formats::kev;
use model::record::Item;

use crate::knowledge::{fixture, records};

#[test]
fn json() {
    let text = fixture("kev/known_exploited_vulnerabilities.json");
    let (reading, lines) = records(&mut |sink| kev::read(&text, sink));
    assert_eq!((reading.documents, reading.notes.len()), (2, 0));
    assert_eq!(
        (reading.revision.as_str(), reading.as_of.as_str()),
        ("2024.10.22", "2024-10-22T15:00:10.1234Z")
    );
    assert_eq!(
        lines,
        "kev CVE-2024-1086 2024-05-30 2024-06-20 Known\nkev CVE-2021-0004 2024-01-30 2024-02-20 Unknown\n"
    );
}

#[test]
fn csv_with_quotes_and_line_ends_in_fields() {
    let text = fixture("kev/known_exploited_vulnerabilities.csv");
    let (reading, lines) = records(&mut |sink| kev::read(&text, sink));
    assert_eq!((reading.documents, reading.as_of.as_str()), (1, "2024-05-30"));
    assert_eq!(lines, "kev CVE-2024-1086 2024-05-30 2024-06-20 Known\n");
    let moved = "dateAdded,cveID\r\n2024-01-01,CVE-2024-1\r\n2024-01-02,nothing\r\n";
    let (reading, lines) = records(&mut |sink| kev::read(moved, sink));
    assert_eq!(lines, "kev CVE-2024-1 2024-01-01 - -\n");
    assert_eq!(reading.notes.len(), 1);
    assert_eq!(reading.notes[0].place, "row 3");
}

#[test]
fn a_bad_entry_costs_only_itself() {
    let text = r#"{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-1-1","dateAdded":20240101},7,{"dateAdded":"2024-01-01"},{"cveID":"CVE-1-2"}"#;
    let (reading, lines) = records(&mut |sink| kev::read(text, sink));
    assert_eq!(lines, "kev CVE-1-1 20240101 - -\nkev CVE-1-2 - - -\n");
    let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
    assert_eq!(codes, ["F_FIELD_TYPE", "F_BAD_RECORD", "F_BAD_RECORD", "F_TRUNCATED"]);
    assert_eq!(reading.documents, 2);
}

#[test]
fn cisa_catalogue() {
    let Some(path) = testkit::shared("conformance/cisa-kev/known_exploited_vulnerabilities.json") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let mut entries = 0;
    let reading = kev::read(&text, &mut |item| {
        let Item::Kev(kev) = item else { panic!("only entries") };
        assert!(kev.id.starts_with("CVE-") && kev.date_added.len() == 10 && kev.due_date.len() == 10);
        assert!(matches!(kev.ransomware.as_str(), "Known" | "Unknown"));
        entries += 1;
    });
    assert_eq!((entries, reading.documents, reading.notes), (1404, 1404, vec![]));
    assert_eq!(kev::parse(&text), 1404);
}
