//! OSV records.

use formats::osv;
use formats::records::Reading;
use model::record::{AliasKind, RecordState, Source};

use crate::knowledge::{each_json, fixture, records, with_record};

fn read(name: &str) -> (Reading, String) {
    let text = fixture(name);
    records(&mut |sink| osv::read(&text, sink))
}

/// The claims of a record with one `affected[]` entry of these members.
fn claims(members: &str) -> (String, String) {
    let text = format!(r#"{{"id":"OSV-1","modified":"2024-01-01T00:00:00Z","affected":[{{{members}}}]}}"#);
    let (reading, line) = records(&mut |sink| osv::read(&text, sink));
    let claims =
        line.split_once(r#""claims":"#).map_or("", |(_, claims)| claims.trim_end().trim_end_matches('}'));
    let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
    (claims.to_owned(), codes.join(" "))
}

#[test]
fn one_document_speaks_for_several_sources() {
    let (reading, lines) = read("osv/CVE-2024-3094.json");
    assert_eq!((reading.documents, reading.notes), (1, vec![]));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with(r#"{"id":"CVE-2024-3094","source":"debian""#));
    assert!(lines[0].contains(concat!(
        r#""claims":[{"form":"osv","package":"xz-utils","ecosystem":"Debian","release":"13","default":"unaffected","#,
        r#""versions":[{"from":"5.5.1alpha-0.1","before":"5.6.1+really5.4.5-1","type":"ECOSYSTEM"}]}]"#
    )), "{}", lines[0]);
    assert!(lines[1].contains(r#""source":"alpine""#) && lines[1].contains(r#""release":"v3.19""#));
    // GIT: every fix ends it; listed tags are kept, for nothing else can decide about a version.
    assert!(lines[2].contains(concat!(
        r#""repo":"https://github.com/tukaani-project/xz","default":"unaffected","versions":[{"git":true,"from":"0","#,
        r#""before":"e93e13c8b3bec925c56e0c0b675d8000a0f7f754","type":"GIT","changes":[["6e636819e8f070330d835fce46289a3ff72a7b89","unaffected"]]},"#,
        r#"{"from":"v5.6.0","type":"enumerated"},{"from":"v5.6.1","type":"enumerated"}]"#
    )), "{}", lines[2]);
    assert!(lines[2].contains(
        r#""fixes":["e93e13c8b3bec925c56e0c0b675d8000a0f7f754","6e636819e8f070330d835fce46289a3ff72a7b89"]"#
    ));
}

#[test]
fn events_in_any_order_give_rows_whose_union_is_right() {
    let (lines, codes) = claims(
        r#""package":{"ecosystem":"PyPI","name":"x"},"ranges":[{"type":"ECOSYSTEM","events":[
        {"introduced":"1.0"},{"introduced":"2.0"},{"fixed":"1.5"},{"fixed":"2.5"}]}]"#,
    );
    assert_eq!(codes, "");
    assert!(lines.contains(concat!(
        r#"[{"from":"1.0","open":true,"type":"ECOSYSTEM","changes":[["2.0","affected"],["1.5","unaffected"],["2.5","unaffected"]]},"#,
        r#"{"from":"2.0","open":true,"type":"ECOSYSTEM","changes":[["1.0","affected"],["1.5","unaffected"],["2.5","unaffected"]]}]"#
    )), "{lines}");
}

#[test]
fn events_one_by_one() {
    let rows = |events: &str| {
        let (lines, codes) = claims(&format!(
            r#""package":{{"ecosystem":"npm","name":"x"}},"ranges":[{{"type":"SEMVER","events":[{events}]}}]"#
        ));
        let rows = lines
            .split_once(r#""versions":"#)
            .map_or("", |(_, rows)| rows.strip_suffix("}]").unwrap_or(rows));
        format!("{} {codes}", rows.replace(r#","type":"SEMVER""#, "")).trim().to_owned()
    };
    assert_eq!(rows(r#"{"introduced":"0"}"#), r#"[{"from":"0","open":true}]"#);
    assert_eq!(rows(r#"{"introduced":"0","fixed":"1.2"}"#), r#"[{"from":"0","before":"1.2"}]"#);
    assert_eq!(
        rows(r#"{"introduced":"1"},{"last_affected":"2"},{"introduced":"3"}"#),
        r#"[{"from":"1","through":"2"},{"from":"3","open":true}]"#
    );
    assert_eq!(
        rows(r#"{"introduced":"1"},{"introduced":"3"},{"last_affected":"2"}"#),
        r#"[{"from":"1","through":"2"},{"from":"3","open":true}]"#
    );
    assert_eq!(rows(r#"{"introduced":"1"},{"limit":"2"}"#), r#"[{"from":"1","before":"2"}]"#);
    assert_eq!(rows(r#"{"introduced":"1"},{"limit":"*"}"#), r#"[{"from":"1","open":true}]"#);
    assert_eq!(rows(r#"{"fixed":"2"}"#), r#"[{"from":"0","before":"2"}] F_BAD_RANGE"#);
    assert_eq!(rows(r#"{"introduced":5}"#), r#"[{"from":"5","open":true}] F_FIELD_TYPE"#);
}

#[test]
fn listed_versions_count_where_no_range_decides() {
    let kept = |members: &str| claims(members).0.contains("enumerated");
    let range = |kind: &str| {
        format!(
            r#""ranges":[{{"type":"{kind}","events":[{{"introduced":"0"}},{{"fixed":"2"}}]}}],"versions":["1"]"#
        )
    };
    assert!(!kept(&format!(r#""package":{{"ecosystem":"PyPI","name":"x"}},{}"#, range("ECOSYSTEM"))));
    assert!(!kept(&format!(r#""package":{{"ecosystem":"Hex","name":"x"}},{}"#, range("SEMVER"))));
    assert!(
        kept(&format!(r#""package":{{"ecosystem":"Hackage","name":"x"}},{}"#, range("ECOSYSTEM"))),
        "no comparator"
    );
    assert!(kept(&format!(r#""package":{{"ecosystem":"PyPI","name":"x"}},{}"#, range("GIT"))));
    assert!(kept(r#""package":{"ecosystem":"PyPI","name":"x"},"versions":["1"]"#));
}

#[test]
fn an_entry_without_any_version_is_no_all_clear() {
    let (lines, _) = claims(r#""package":{"ecosystem":"PyPI","name":"x"}"#);
    assert_eq!(lines, r#"[{"form":"osv","package":"x","ecosystem":"PyPI"}]"#);
}

#[test]
fn aliases_by_kind_of_advisory() {
    let aliases = |name: &str| {
        let text = fixture(name);
        let mut found = Vec::new();
        osv::read(&text, &mut |item| {
            with_record(item, &mut |record| {
                found = record.aliases.iter().map(|alias| (alias.id.to_string(), alias.kind)).collect();
            });
        });
        found
    };
    let of = |id: &str, kind| (id.to_owned(), kind);
    assert_eq!(aliases("debian/DSA-4461-1.json"), [of("CVE-2019-0201", AliasKind::Contained)]);
    assert_eq!(aliases("ubuntu/UBUNTU-CVE-2024-0001.json"), [of("CVE-2024-0001", AliasKind::Same)]);
    assert_eq!(aliases("ghsa/GHSA-35c4-f3rq-f9g3.json"), [of("CVE-2021-0001", AliasKind::Same)]);
    assert_eq!(
        aliases("osv/CVE-2024-3094.json"),
        [of("GHSA-rxwq-x6h5-x525", AliasKind::Same), of("CGA-3r9w-5x9c-pwr7", AliasKind::Related)]
    );
}

#[test]
fn sources_states_and_grades() {
    let line = |name: &str| read(name).1;
    assert!(line("osv/PYSEC-2023-1.json").contains(r#""state":"withdrawn""#));
    assert!(line("ghsa/GHSA-35c4-f3rq-f9g3.json").contains(r#""source":"ghsa""#));
    assert!(line("ghsa/GHSA-35c4-f3rq-f9g3.json").contains(r#""cwe":["CWE-79"]"#));
    assert!(line("oss-fuzz/OSV-2022-110.json").contains(r#""source":"oss-fuzz""#));
    assert!(line("rustsec/RUSTSEC-2021-0001.json").contains(r#""source":"rustsec""#));
    let ubuntu = line("ubuntu/UBUNTU-CVE-2024-0001.json");
    assert!(ubuntu.contains(r#""tags":["severity:ubuntu:medium"]"#), "{ubuntu}");
    assert!(ubuntu.contains(r#""ecosystem":"Ubuntu","release":"22.04""#), "{ubuntu}");
}

/// Every OSV document among the schema project's test data is read; other documents are not.
#[test]
fn schema_testdata() {
    let Some(folder) = testkit::shared("conformance/osv-schema/tools") else { return };
    let (mut osv_documents, mut others, mut withdrawn, mut notes) = (0, 0, 0, Vec::new());
    each_json(&folder, &mut |path, text| {
        let is_osv = path.ends_with(".osv.json")
            || path.contains("osv-linter/testdata")
            || path.contains("testdata/OSV/");
        let mut found = 0;
        let reading = osv::read(text, &mut |item| {
            with_record(item, &mut |record| {
                found += 1;
                assert!(record.source.is_some());
                withdrawn += usize::from(record.state == RecordState::Withdrawn);
                assert!(
                    record.source != Some(Source::Debian)
                        || record.claims.iter().all(|claim| claim.subject.ecosystem == "Debian")
                );
            });
        });
        if is_osv {
            osv_documents += 1;
            assert!(found >= 1 && reading.documents == 1, "{path}");
            notes.extend(reading.notes.iter().map(|note| format!("{} {}", note.code, note.place)));
        } else {
            others += 1;
            assert!(found <= 1, "{path}");
        }
    });
    assert_eq!((osv_documents, withdrawn), (25, 1));
    assert!(others > 10);
    assert_eq!(notes, ["F_BAD_RANGE CVE-2023-41045"], "the fixture without `introduced`");
}

/// YAML is another spelling: what looks like a number there is a text as it was written.
#[test]
fn yaml_is_read_as_what_it_stands_for() {
    let (reading, line) = read("oss-fuzz/vulns/example/OSV-2021-2.yaml");
    assert_eq!(
        (reading.documents, reading.notes, reading.as_of.as_str()),
        (1, vec![], "2024-03-01T00:00:00.5Z")
    );
    assert!(line.contains(r#""state":"withdrawn""#), "{line}");
    assert!(line.contains(concat!(
        r#""versions":[{"git":true,"from":"1234567890123456789012345678901234567890","#,
        r#""before":"2e34567890123456789012345678901234567890","type":"GIT","#,
        r#""changes":[["abcdefabcdefabcdefabcdefabcdefabcdefabcd","unaffected"]]},"#,
        r#"{"from":"1.10","type":"enumerated"},{"from":"2","type":"enumerated"},{"from":"v2.1","type":"enumerated"}]"#
    )), "{line}");
    assert_eq!(osv::parse(&fixture("oss-fuzz/vulns/example/OSV-2021-2.yaml")), 1);
}

#[test]
fn yaml_that_is_none_costs_one_note() {
    let (reading, line) =
        records(&mut |sink| osv::read("id: OSV-1\nmodified: 2024-01-01\nsummary: [a\n", sink));
    assert_eq!((reading.documents, line.as_str()), (0, ""));
    let notes: Vec<String> =
        reading.notes.iter().map(|note| format!("{} {}", note.code, note.place)).collect();
    assert_eq!(notes, ["F_BAD_RECORD OSV-1"]);
}

/// Odd ones of GitHub: nobody looked, nothing mended, withdrawn.
#[test]
fn githubs_odd_advisories() {
    let (reading, line) = read("ghsa/unreviewed/GHSA-0000-0000-0003.json");
    assert_eq!(reading.notes, []);
    assert!(line.contains(r#""tags":["unreviewed"]"#) && !line.contains("claims"), "{line}");
    let (_, line) = read("ghsa/GHSA-0000-0000-0004.json");
    assert!(line.contains(r#""versions":[{"from":"0","through":"1.2.3","type":"ECOSYSTEM"}]"#), "{line}");
    assert!(line.contains(r#""versions":[{"from":"2.0.0","before":"2.4.0","type":"ECOSYSTEM"}]"#), "{line}");
    assert!(line.contains(r#""state":"withdrawn""#) && !line.contains("unreviewed"), "{line}");
}
