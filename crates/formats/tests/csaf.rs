//! CSAF documents as records.

use std::collections::BTreeMap;

use formats::csaf;
use formats::records::Reading;
use formats::records::peek::{self, Peek};
use model::record::{Claim, End, Entry, Item, Record, RecordState, Status};

use crate::knowledge::fixture;

fn row(entry: &Entry<'_>) -> String {
    let status = match entry.status {
        Status::Affected => "",
        Status::Unaffected => "!",
        Status::Unknown => "?",
    };
    let range = match &entry.end {
        End::Single => format!("[{}]", entry.start),
        End::Before(end) => format!("{}..<{end}", entry.start),
        End::Through(end) => format!("{}..={end}", entry.start),
        End::Open => format!("{}..", entry.start),
    };
    format!("{status}{range} ({})", entry.version_type)
}

fn claim(claim: &Claim<'_>) -> String {
    let subject = &claim.subject;
    let mut words = vec![format!("{}/{}", subject.vendor, subject.product)];
    words.extend(Some(&subject.purl).filter(|purl| !purl.is_empty()).map(ToString::to_string));
    words.extend(subject.cpes.iter().chain(&subject.platforms).map(ToString::to_string));
    words.extend(claim.entries.iter().map(row));
    words.join(" | ")
}

fn told(record: &Record<'_>) -> String {
    let state = if record.state == RecordState::Withdrawn { " withdrawn" } else { "" };
    let mut text = format!("{} by {}{state}\n", record.id, record.by);
    record.claims.iter().for_each(|one| text.push_str(&format!("  {}\n", claim(one))));
    text
}

fn read(text: &str) -> (Reading, String) {
    let mut lines = String::new();
    let reading = csaf::read(text, "document.json", &mut |item| {
        let Item::Record(record) = item else { panic!("only records") };
        lines.push_str(&told(&record));
    });
    (reading, lines)
}

fn notes(reading: &Reading) -> Vec<String> {
    reading.notes.iter().map(|note| format!("{} {}: {}", note.code, note.place, note.value)).collect()
}

#[test]
fn an_advisory() {
    let text = fixture("csaf/example-2024-0001.json");
    let (reading, lines) = read(&text);
    assert_eq!((reading.documents, reading.as_of.as_str()), (1, "2024-02-01T00:00:00Z"));
    assert_eq!(
        lines,
        "CVE-2024-0001 by EXAMPLE-2024-0001\n\
         \x20 Example Company/Gateway Firmware | 1.0..<1.3 (known_affected)\n\
         \x20 Example Company/Gateway Firmware | cpe:2.3:o:example:gateway_firmware:*:*:*:*:*:*:*:* | ![1.3] (fixed)\n\
         \x20 Example Company/Tool | !0.. (known_not_affected: component_not_present)\n\
         \x20 Example Company/Sensor | article 6ES7-* | ?[All versions < V4.33] (under_investigation)\n\
         CVE-2024-0002 by EXAMPLE-2024-0001\n\
         \x20 Example Company/Sensor | article 6ES7-* | [All versions < V4.33] (known_affected)\n\
         EXAMPLE-2024-0001#3 by EXAMPLE-2024-0001\n\
         \x20 Example Company/Tool | 0.. (known_affected)\n"
    );
    assert!(reading.notes.is_empty(), "{:?}", reading.notes);
}

#[test]
fn products_that_say_nothing() {
    let text =
        fixture("csaf/example-2024-0001.json").replace("vers:generic/>=1.0|<1.3", "vers:broken").replace(
            r#""known_affected": ["OPENSSL-IN-GW"]"#,
            r#""known_affected": ["OPENSSL-IN-GW", "OPENSSL", "NOBODY"]"#,
        );
    let (reading, lines) = read(&text);
    assert_eq!(
        lines.lines().nth(1),
        Some(
            "  / | pkg:generic/openssl | cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:* | [3.0.7] (known_affected)"
        )
    );
    assert_eq!(
        notes(&reading),
        [
            "F_BAD_RANGE EXAMPLE-2024-0001 /vulnerabilities/0 OPENSSL-IN-GW: vers:broken",
            "F_STATEMENT_UNUSABLE EXAMPLE-2024-0001 /vulnerabilities/0: 1 products that nothing but a name tells from others",
        ]
    );
}

#[test]
fn what_a_record_says_beside_products() {
    let text = fixture("csaf/example-2024-0001.json");
    let mut seen = 0;
    csaf::read(&text, "document.json", &mut |item| {
        let Item::Record(record) = item else { panic!("only records") };
        if record.id != "CVE-2024-0001" {
            return;
        }
        seen += 1;
        assert_eq!(
            (&*record.title, record.cwes.len(), &*record.published),
            ("Overflow in OpenSSL", 1, "2024-01-10T00:00:00Z")
        );
        assert_eq!(record.aliases[0].id, "GHSA-xxxx-yyyy-zzzz");
        assert_eq!(
            (record.severities[0].base_tenths, &*record.severities[0].by),
            (Some(75), "Example Company")
        );
        assert_eq!(
            record.description,
            "An overflow.\nFix: Update to 1.3. https://example.org/download\nWorkaround: Turn the portal off.\n\
             Recommended: Gateway Firmware 1.3\nPublished by Example Company."
        );
        let urls: Vec<&str> = record.references.iter().map(|one| &*one.url).collect();
        assert_eq!(urls, ["https://example.org/csaf/example-2024-0001.json", "https://example.org/upstream"]);
    });
    assert_eq!(seen, 1);
}

#[test]
fn csaf_2_1_with_paths_and_metrics() {
    let text = fixture("csaf/example-2025-0002.json");
    let (reading, lines) = read(&text);
    assert_eq!(
        lines, "CVE-2024-0001 by EXAMPLE-2025-0002\n  / | pkg:rpm/example/libthing | ![1.2-3.ex9] (fixed)\n",
        "a distribution's package is told by its package URL, wherever it is"
    );
    assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    csaf::read(&text, "x", &mut |item| {
        let Item::Record(record) = item else { panic!("only records") };
        assert_eq!((record.cwes.len(), record.severities[0].base_tenths), (2, Some(87)));
    });
}

#[test]
fn documents_that_were_taken_back() {
    let (_, lines) = read(&fixture("csaf/cve-2023-0002-deleted.json"));
    assert_eq!(lines, "CVE-2023-0002 by CVE-2023-0002 withdrawn\n");
    let text = fixture("csaf/example-2025-0002.json").replace("csaf_vex", "csaf_withdrawn");
    assert_eq!(read(&text).1, "CVE-2024-0001 by EXAMPLE-2025-0002 withdrawn\n");
}

#[test]
fn contradictions_and_broken_documents() {
    let text = fixture("csaf/example-2025-0002.json")
        .replace(r#""fixed": ["LIB-OS"]"#, r#""fixed": ["LIB-OS"], "known_affected": ["LIB-OS"]"#);
    let (reading, lines) = read(&text);
    assert_eq!(lines, "");
    assert_eq!(
        notes(&reading),
        [
            "F_BAD_RECORD EXAMPLE-2025-0002 /vulnerabilities/0: product LIB-OS is both known_affected and fixed"
        ]
    );
    let (reading, lines) = read(&(fixture("csaf/example-2025-0002.json") + "garbage"));
    assert_eq!((lines.as_str(), reading.documents, reading.notes.len()), ("", 0, 1));
    let (reading, lines) =
        read(r#"{"document":{"csaf_version":"2.0"},"vulnerabilities":[{"cve":"CVE-2024-1"}]}"#);
    assert_eq!((lines.as_str(), reading.notes[0].place.as_str()), ("", "/document/tracking/id"));
}

#[test]
fn a_mended_part_does_not_clear_the_whole() {
    let text = fixture("csaf/example-2024-0001.json").replace(
        r#""known_affected": ["OPENSSL-IN-GW"], "fixed": ["GW-1.3"]"#,
        r#""fixed": ["OPENSSL-IN-GW", "GW-1.3"]"#,
    );
    let (_, lines) = read(&text);
    assert!(!lines.contains("1.0..<1.3") && lines.contains("![1.3] (fixed)"), "{lines}");
}

#[test]
fn chains_that_lead_nowhere() {
    let text = fixture("csaf/example-2024-0001.json").replace(
        r#""relates_to_product_reference": "GW-OLD""#,
        r#""relates_to_product_reference": "OPENSSL-IN-GW""#,
    );
    let (_, lines) = read(&text);
    assert!(!lines.contains("1.0..<1.3"), "a product in itself is none: {lines}");
}

fn is_known(text: &str) -> bool {
    csaf::is_csaf(&Peek::new(peek::head(text, 64 << 10)))
}

/// The documents of the hand-over folder: a deleted advisory leaves its mark, bytes behind the end are refused.
#[test]
fn documents_of_others() {
    let Some(claircore) = crate::packs::files("conformance/csaf-claircore-testdata") else { return };
    let Some(trustification) = crate::packs::files("conformance/csaf-trustification-rs-testdata") else {
        return;
    };
    let Some(gocsaf) = crate::packs::files("conformance/csaf-gocsaf-testdata/testdata/csaf-documents") else {
        return;
    };
    let mut counts: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (name, bytes) in claircore.into_iter().chain(trustification).chain(gocsaf) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(is_known(&text), "{name}");
        let (mut records, mut claims) = (0, 0);
        let reading = csaf::read(&text, &name, &mut |item| {
            let Item::Record(record) = item else { panic!("only records") };
            records += 1;
            claims += record.claims.len();
        });
        counts.insert(name, (reading.documents as usize, records, claims));
    }
    println!("{counts:#?}");
    let of = |name: &str| counts.get(name).copied().unwrap_or_else(|| panic!("{name} in {counts:?}"));
    assert_eq!(of("cve-1999-0001-deleted.json"), (1, 1, 0));
    assert_eq!(of("trailing-garbage-data/avendor-advisory-0004.json").0, 0);
    assert_eq!(of("valid/avendor-advisory-0004.json"), (1, 2, 2));
    // Packages of a distribution without a package URL, mended or not affected: nobody is told by a name alone, and the
    // distribution as a whole is not cleared by one of its packages.
    for name in ["rhsa-2022-0011.json", "cve-2021-0084.json", "rhba-2023_0564.json"] {
        assert_eq!(of(name), (1, 1, 0), "{name}");
    }
    assert_eq!(of("CVE-2018-0171-modified.json"), (1, 1, 2));
    assert!(counts.iter().filter(|(_, (documents, ..))| *documents == 1).count() == counts.len() - 1);
}

/// All advisories of CISA: every document read, every vulnerability a record, nothing said of plain libraries.
#[test]
fn advisories_of_cisa() {
    let Some(pack) = crate::packs::pack("data/csaf-cisa.tar.zst") else { return };
    let (mut documents, mut records, mut claims, mut rows, mut without) = (0, 0, 0, 0, 0);
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    for (name, bytes) in pack.iter().filter(|(name, _)| name.ends_with(".json") && name.contains("/white/2"))
    {
        let text = String::from_utf8_lossy(bytes);
        assert!(is_known(&text), "{name}");
        let reading = csaf::read(&text, name, &mut |item| {
            let Item::Record(record) = item else { panic!("only records") };
            records += 1;
            claims += record.claims.len();
            without += usize::from(record.claims.is_empty());
            rows += record.claims.iter().map(|claim| claim.entries.len()).sum::<usize>();
            for claim in &record.claims {
                let subject = &claim.subject;
                assert!(!subject.vendor.is_empty() || !subject.cpes.is_empty() || !subject.purl.is_empty());
            }
        });
        documents += reading.documents;
        for note in reading.notes {
            *codes.entry(note.code.code().to_owned()).or_default() += 1;
        }
    }
    println!(
        "{documents} documents, {records} records, {claims} claims, {rows} rows, {without} without, {codes:?}"
    );
    assert_eq!((documents, records), (2_383, 7_916));
}
