//! EPSS scores.

use formats::epss;

use crate::knowledge::{fixture, records};

#[test]
fn both_layouts() {
    let text = fixture("epss/epss_scores.csv");
    assert!(epss::is_epss(&text));
    let (reading, lines) = records(&mut |sink| epss::read(&text, sink));
    assert_eq!(lines, "epss CVE-2024-1086 0.84 0.993\nepss CVE-1999-0001 0.011 0.6\n");
    assert_eq!((reading.revision.as_str(), reading.as_of.as_str()), ("v2025.03.14", "2025-08-01T12:55:00Z"));
    let text = fixture("epss/2026-07-16/CVE_2024_EPSS.csv");
    assert!(epss::is_epss(&text));
    let (reading, lines) = records(&mut |sink| epss::read(&text, sink));
    assert_eq!(lines, "epss CVE-2024-1086 0.85 0.9932\nepss CVE-2024-47611 0.00045 0.17\n");
    assert_eq!((reading.documents, reading.as_of.as_str(), reading.notes.len()), (2, "", 0));
    assert_eq!(epss::parse(&text), 2);
}

#[test]
fn bad_lines_are_noted_up_to_a_number() {
    let text = "CVE-2024-1;0.5;0.5\nCVE-2024-2;1.5;0.5\nCVE-2024-3;x;0.5\nCVE-2024-4;0.5\nGHSA-1;0.5;0.5\n";
    let (reading, lines) = records(&mut |sink| epss::read(text, sink));
    assert_eq!(lines.lines().count(), 1);
    assert_eq!(reading.notes.len(), 4);
    let (reading, _) = records(&mut |sink| epss::read(&"nonsense\n".repeat(500), sink));
    assert_eq!(reading.notes.len(), 21);
    assert_eq!(reading.notes[20].value, "480 more lines");
}

#[test]
fn other_tables_are_no_scores() {
    assert!(!epss::is_epss("product,version,license\nbusybox,1.36.1,GPL\n"));
    assert!(!epss::is_epss("CVE-2024-1,busybox,1.36.1,text\n"));
    assert!(!epss::is_epss(""));
}
