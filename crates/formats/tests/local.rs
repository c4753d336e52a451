//! Our own record format.

use formats::local::{self, Header};
use model::day::Day;
use model::record::{
    Alias, AliasKind, Change, Claim, ClaimForm, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Entry,
    Item, RangeKind, Record, RecordState, Reference, Severity, Source, Status, Subject,
};
use model::vulnerability::{EarlierEpss, Epss, Kev};

use crate::knowledge::{fixture, records, with_record};

/// A record in which every member but prose is set.
fn full() -> Record<'static> {
    let row = |version: &'static str, update: &'static str, bounds: Option<CpeBounds<'static>>| CpeRow {
        version: version.into(),
        update: update.into(),
        bounds: bounds.map(Box::new),
    };
    let head = CpeHead {
        part: "a".into(),
        vendor: "v".into(),
        product: "p:1".into(),
        edition: "*".into(),
        language: "-".into(),
        sw_edition: "*".into(),
        target_sw: "node.js".into(),
        target_hw: "*".into(),
        other: "*".into(),
    };
    let bounds = CpeBounds { start_excluding: "1".into(), end_including: "2".into(), ..CpeBounds::default() };
    let leaf = CpeLeaf {
        vulnerable: false,
        head,
        rows: vec![row("*", "*", Some(bounds)), row("-", "*", None), row("1", "rc1", None)],
    };
    let entry = |end| Entry { start: "1".into(), end, ..Entry::default() };
    Record {
        source: Some(Source::KernelCna),
        id: "CVE-2026-1".into(),
        aliases: vec![
            Alias { id: "GHSA-1".into(), kind: AliasKind::Same },
            Alias { id: "CVE-2026-2".into(), kind: AliasKind::Contained },
            Alias { id: "X-1".into(), kind: AliasKind::Related },
        ],
        state: RecordState::Withdrawn,
        disputed: true,
        tags: vec!["a \"tag\"".into()],
        published: "2026-01-01".into(),
        modified: "2026-01-02".into(),
        by: "Linux".into(),
        severities: vec![
            Severity { vector: "AV:N".into(), base_tenths: Some(100), by: "NVD".into() },
            Severity { vector: "CVSS:4.0/AV:N".into(), base_tenths: None, by: "".into() },
        ],
        cwes: vec!["CWE-1".into()],
        ssvc: vec![("Exploitation".into(), "none".into())],
        claims: vec![
            Claim {
                subject: Subject {
                    vendor: "v".into(),
                    product: "p".into(),
                    package_name: "n".into(),
                    collection_url: "https://c".into(),
                    purl: "pkg:generic/p".into(),
                    cpes: vec!["cpe:2.3:a:v:p:*:*:*:*:*:*:*:*".into()],
                    repo: "https://r".into(),
                    ecosystem: "Debian".into(),
                    distro_release: "12".into(),
                    modules: vec!["m".into()],
                    program_files: vec!["a.c".into(), "b.c".into()],
                    platforms: vec!["Linux".into()],
                },
                entries: vec![
                    entry(End::Single),
                    entry(End::Before("2".into())),
                    entry(End::Through("".into())),
                    Entry {
                        status: Status::Unaffected,
                        kind: RangeKind::Git,
                        version_type: "git".into(),
                        changes: vec![Change { at: "3".into(), status: Status::Unknown }],
                        ..entry(End::Open)
                    },
                ],
                default_status: Some(Status::Unknown),
                form: ClaimForm::KernelPairs,
            },
            Claim { form: ClaimForm::SecFix, ..Claim::default() },
        ],
        configurations: vec![CpeNode {
            is_and: true,
            negate: true,
            children: vec![CpeNode { leaves: vec![leaf], ..CpeNode::default() }],
            leaves: Vec::new(),
        }],
        references: vec![
            Reference { url: "https://www.exploit-db.com/exploits/1".into(), tags: vec![] },
            Reference { url: "https://x.example/poc".into(), tags: vec!["exploit".into()] },
        ],
        fix_commits: vec!["0123456789ab".into()],
        ..Record::default()
    }
}

#[test]
fn a_record_survives_writing_and_reading() {
    for record in
        [full(), Record { source: Some(Source::Starter), id: "CVE-1-1".into(), ..Record::default() }]
    {
        let line = local::write_with_exploits(&record);
        assert!(!line.contains('\n'));
        let mut copies = 0;
        let reading = local::read(&line, &mut |item| {
            with_record(item, &mut |copy| {
                copies += 1;
                assert_eq!(copy, &record);
            });
        });
        assert_eq!((copies, reading.documents, reading.notes), (1, 1, vec![]));
    }
}

#[test]
fn facts_survive_too() {
    let kev = Kev {
        id: "CVE-1-1".into(),
        date_added: "2026-01-01".into(),
        ransomware: "Known".into(),
        by: "euvd".into(),
        ..Kev::default()
    };
    let before = Some(EarlierEpss { probability: 0.04, on: Day::parse("2026-06-16").unwrap() });
    let epss = Epss { probability: 0.123, percentile: 0.999, before };
    let text = format!("{}\n{}\n", local::write_kev(&kev), local::write_epss("CVE-1-2", epss));
    let mut seen = Vec::new();
    local::read(&text, &mut |item| {
        seen.push(match item {
            Item::Kev(copy) => copy == kev,
            Item::Epss(id, copy) => id == "CVE-1-2" && copy == epss,
            Item::Branch(_) => false,
            Item::Record(_) => false,
        });
    });
    assert_eq!(seen, [true, true]);
}

#[test]
fn the_first_line_says_what_it_is() {
    let header = Header {
        as_of: vec![("nvd2".into(), "2026-07-20".into()), ("kernel-cna".into(), "2026-07-21".into())],
        revision: "7 \"x\"".into(),
    };
    let line = local::write_header(&header);
    assert_eq!(
        line,
        r#"{"schema":"patchwright/records/1","as_of":{"nvd2":"2026-07-20","kernel-cna":"2026-07-21"},"revision":"7 \"x\""}"#
    );
    assert!(local::is_local(&line));
    assert_eq!(local::header(&line), header);
    assert!(!local::is_local(r#"{"schema":"patchwright/inventory/1"}"#));
    let (reading, _) = records(&mut |sink| local::read("{\"schema\":\"patchwright/records/2\"}\n", sink));
    assert_eq!(reading.notes[0].code.code(), "F_SCHEMA_NEWER");
}

#[test]
fn a_file_of_the_installation() {
    let text = fixture("local/records.jsonl");
    let (reading, lines) = records(&mut |sink| local::read(&text, sink));
    assert_eq!((reading.documents, reading.notes.len()), (3, 0));
    assert_eq!(reading.feed_dates, [("local".to_owned(), "2026-01-31".to_owned())]);
    assert_eq!(
        lines.lines().next().unwrap(),
        concat!(
            r#"{"id":"ACME-2026-1","source":"local","published":"2026-01-30","aliases":["CVE-2026-0001"],"#,
            r#""cvss":[{"vector":"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N","score":5.5,"by":"ACME"}],"#,
            r#""claims":[{"form":"cve","vendor":"acme","product":"flashd","versions":[{"from":"1.0","before":"1.4.2"}]}]}"#
        )
    );
    assert_eq!(lines.lines().nth(2), Some("kev CVE-2026-0001 2026-01-31 - -"));
}

#[test]
fn what_cannot_be_used_is_noted() {
    let text = concat!(
        r#"{"id":"A-1","source":"nowhere","state":"gone","claims":[{"form":"other","versions":[{"status":"maybe","from":1}]}],"#,
        r#""cpe":[{"criteria":[{"name":["a"],"rows":[]}]}]}"#,
        "\nnot json\n{}\n# a comment\n"
    );
    let (reading, lines) = records(&mut |sink| local::read(text, sink));
    assert_eq!(lines.lines().count(), 1);
    let notes: Vec<String> =
        reading.notes.iter().map(|note| format!("{} {}", note.code, note.place)).collect();
    assert_eq!(
        notes,
        [
            "F_FIELD_TYPE A-1 /claims/0/versions/0/from",
            "F_UNKNOWN_ENUM A-1 source",
            "F_UNKNOWN_ENUM A-1 state",
            "F_UNKNOWN_ENUM A-1 form",
            "F_UNKNOWN_ENUM A-1 status",
            "F_BAD_CPE A-1",
            "F_BAD_RECORD ",
            "F_BAD_RECORD line 3",
        ]
    );
}
