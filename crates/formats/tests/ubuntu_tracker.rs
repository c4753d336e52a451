//! Ubuntu's tracker in its own forms.

use formats::records::{Reading, Sink};
use formats::ubuntu_tracker::{is_file, is_vex, parse_pages, parse_vex, read_file, read_pages, read_vex};

use crate::knowledge::{fixture, records, with_record};

type Read = fn(&str, &mut Sink<'_>) -> Reading;

fn lines(text: &str, read: Read) -> (Reading, Vec<String>) {
    let (reading, lines) = records(&mut |sink| read(text, sink));
    (reading, lines.lines().map(str::to_owned).collect())
}

/// Package, release and what is affected, one claim per line.
fn claims(text: &str, read: Read) -> String {
    use model::record::End;
    let mut told = Vec::new();
    read(text, &mut |item| {
        with_record(item, &mut |record| {
            for claim in &record.claims {
                let subject = &claim.subject;
                let rows: Vec<String> = claim
                    .entries
                    .iter()
                    .map(|entry| match &entry.end {
                        End::Before(end) => format!("< {end}"),
                        End::Open => "all".to_owned(),
                        other => panic!("{other:?}"),
                    })
                    .collect();
                told.push(format!("{} {} {}", subject.package_name, subject.distro_release, rows.join(" ")));
            }
        });
    });
    told.join("\n")
}

#[test]
fn pages_of_the_web_service() {
    let text = fixture("ubuntu/cves.json");
    let (reading, found) = lines(&text, read_pages);
    assert_eq!((reading.documents, reading.notes), (2, vec![]));
    assert_eq!(reading.as_of, "2024-06-02T03:04:05.678901+00:00");
    assert_eq!(
        claims(&text, read_pages),
        "example 16.04 all\nexample 18.04 < 1.0-1ubuntu1+esm2\nexample 20.04 all\nexample 22.04 < 1.2-3ubuntu1.1\n\
         example 24.04 < 0\nexample 24.10 \nexample 25.04 all"
    );
    for part in [
        r#""by":"Ubuntu CVE tracker""#,
        r#""severity:ubuntu:medium","end-of-life:16.04:example:end of standard support, was needed""#,
        r#""not-affected:24.04:example:code not present","needs-triage:24.10:example","pending:25.04:example:2.0-1""#,
        r#""fixes":["0123456789abcdef0123456789abcdef01234567"]"#,
    ] {
        assert!(found[0].contains(part), "{part}\n{}", found[0]);
    }
    assert!(found[1].contains(r#""state":"withdrawn""#), "{}", found[1]);
    assert_eq!(parse_pages(&text), 2);
    read_pages(&text, &mut |item| {
        with_record(item, &mut |record| {
            if record.id == "CVE-2024-0030" {
                assert!(
                    record.description.ends_with("Note: introduced in 1.1\n\nMitigation: Switch it off.")
                );
                assert_eq!(record.references.len(), 4);
            }
        });
    });
}

/// The extended maintenance of a release counts for it; other products have packages of their own.
#[test]
fn files_of_the_tree() {
    let text = fixture("ubuntu/active/CVE-2024-0032");
    assert!(is_file(&text));
    let (reading, found) = lines(&text, read_file);
    assert_eq!((reading.documents, reading.notes), (1, vec![]));
    assert_eq!(
        claims(&text, read_file),
        "example 16.04 < 1.0-1ubuntu0.1+esm1\nexample 22.04 all\nexample 24.04 "
    );
    for part in [
        r#""published":"2024-01-31T18:15:00Z""#,
        r#""tags":["severity:ubuntu:low","deferred:22.04:example:2024-02-01","in-triage:24.04:example"]"#,
        r#""fixes":["89abcdef0123456789abcdef0123456789abcdef","2222222222222222222222222222222222222222","3333333333333333333333333333333333333333"]"#,
    ] {
        assert!(found[0].contains(part), "{part}\n{}", found[0]);
    }
    assert!(!is_file("Candidate: CVE-2024-1\n") && !is_file("Notes:\nReferences:\n"));
}

#[test]
fn openvex_documents() {
    let text = fixture("ubuntu/CVE-2024-0033.openvex.json");
    assert!(is_vex(&text));
    let (reading, found) = lines(&text, read_vex);
    assert_eq!(
        (reading.documents, reading.notes, reading.as_of.as_str()),
        (1, vec![], "2024-05-06T07:08:09Z")
    );
    assert_eq!(
        claims(&text, read_vex),
        "example 20.04 all\nexample 22.04 < 1.2-3ubuntu1.1\nexample 24.04 < 0"
    );
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains(r#""by":"Ubuntu VEX""#)
            && found[0].contains(r#""modified":"2024-05-06T07:08:09Z""#)
    );
    assert_eq!(parse_vex(&text), 1);
    let notice = text.replace("cve/2024/CVE-2024-0033.json", "usn/USN-1-1.json");
    assert!(lines(&notice, read_vex).1[0].contains(r#""by":"Ubuntu VEX USN-1-1""#));
}

#[test]
fn odd_values_cost_a_note_each() {
    let page = |state: &str| {
        format!(
            r#"{{"cves":[{{"id":"CVE-2024-1","packages":[{{"name":"x","statuses":[{{"release_codename":"jammy",{state}}}]}}]}}]}}"#
        )
    };
    let codes = |state: &str| {
        let (reading, found) = lines(&page(state), read_pages);
        assert_eq!(found.len(), 1);
        reading.notes.iter().map(|note| note.code.code()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes(r#""status":"strange""#), "F_UNKNOWN_ENUM");
    assert_eq!(codes(r#""status":"released","description":"soon""#), "F_BAD_RANGE");
    assert_eq!(codes(r#""status":"released","description":12"#), "F_FIELD_TYPE");
    let (reading, found) = lines(r#"{"cves":[{"status":"active"}]}"#, read_pages);
    assert_eq!((reading.documents, reading.notes.len(), found.len()), (0, 1, 0));
}
