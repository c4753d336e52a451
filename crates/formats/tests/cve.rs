//! CVE records, Vulnrichment, the kernel CNA.

use formats::cve::{self, Origin};
use formats::local;
use formats::records::Reading;
use model::record::{Item, Record, RecordState, Source};

use crate::knowledge::{each_json, fixture, items, records, with_record};

fn read(name: &str, origin: Origin) -> (Reading, String) {
    let text = fixture(name);
    records(&mut |sink| cve::read(&text, origin, sink))
}

#[test]
fn containers_are_records_of_their_own() {
    let (reading, lines) = read("cve-list/cves/2024/47xxx/CVE-2024-47611.json", Origin::CveList);
    assert_eq!((reading.documents, reading.notes), (1, vec![]));
    assert_eq!(
        lines,
        concat!(
            r#"{"id":"CVE-2024-47611","source":"cve-list","by":"GitHub_M","published":"2024-10-02T14:55:00.000Z","#,
            r#""modified":"2024-10-02T14:55:00.000Z","cvss":[{"vector":"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:N/VI:L/"#,
            r#"VA:N/SC:N/SI:N/SA:N","score":6.3,"by":"CNA"}],"cwe":["CWE-88"],"#,
            r#""claims":[{"form":"cve","vendor":"tukaani-project","product":"xz","versions":[{"from":"< 5.6.3"}]}]}"#,
            "\nkev CVE-2024-47611 2024-10-03 - -\n",
            r#"{"id":"CVE-2024-47611","source":"cve-list/cisa-adp","by":"CISA-ADP","published":"2024-10-02T14:55:00.000Z","#,
            r#""modified":"2024-10-02T17:08:53.180Z","ssvc":[["Exploitation","none"],["Automatable","no"],"#,
            r#"["Technical Impact","partial"]],"claims":[{"form":"cve","vendor":"tukaani-project","product":"xz","#,
            r#""cpes":["cpe:2.3:a:tukaani-project:xz:*:*:*:*:*:*:*:*"],"default":"unknown","#,
            r#""versions":[{"from":"0","before":"5.6.3","type":"custom"}]}]}"#,
            "\n"
        )
    );
}

#[test]
fn every_member_of_a_record_arrives() {
    let (_, lines) = read("cve-list/cves/2023/52xxx/CVE-2023-52322.json", Origin::CveList);
    assert_eq!(
        lines,
        concat!(
            r#"{"id":"CVE-2023-52322","source":"cve-list","by":"example","disputed":true,"#,
            r#""published":"2024-01-04T00:00:00","modified":"2024-01-04T04:10:00","tags":["disputed"],"#,
            r#""fixes":["89abcdef0123456789abcdef0123456789abcdef"],"claims":["#,
            r#"{"form":"cve","vendor":"n/a","product":"n/a","versions":[{"from":"n/a"}]},"#,
            r#"{"form":"cve","vendor":"example","product":"proxy","package":"proxy","#,
            r#""collection":"https://example.org/download","purl":"pkg:generic/proxy","repo":"https://example.org/proxy.git","#,
            r#""modules":["http"],"files":["src/http.c"],"platforms":["Windows"],"default":"unaffected","versions":["#,
            r#"{"from":"1.5.13","before":"*","type":"semver","changes":[["1.27.1","unaffected"],["1.26.2","unaffected"]]},"#,
            r#"{"git":true,"from":"0123456789abcdef0123456789abcdef01234567","#,
            r#""before":"89abcdef0123456789abcdef0123456789abcdef","type":"git"}]}],"#,
            r#""cpe":[{"and":true,"nodes":[{"criteria":[{"name":["a","example","proxy"],"rows":[["*","*","1.5.13","","","1.27.1"]]}]},"#,
            r#"{"criteria":[{"platform":true,"name":["o","microsoft","windows"],"rows":[["-"]]}]}]}]}"#,
            "\n"
        )
    );
}

#[test]
fn the_kernel_tree_tells_rejection_by_its_folder() {
    let text = fixture("kernel-cna/cve/rejected/2024/CVE-2024-36907.json");
    let states = |origin| {
        let mut states = Vec::new();
        cve::read(&text, origin, &mut |item| {
            with_record(item, &mut |record| {
                states.push((record.id.to_string(), record.source, record.state));
            });
        });
        states
    };
    let id = || "CVE-2024-36907".to_owned();
    let kernel = Some(Source::KernelCna);
    assert_eq!(states(Origin::KernelRejected), [(id(), kernel, RecordState::Rejected)]);
    // The same bytes elsewhere are a copy: a record of the list, which never takes the tree's place.
    assert_eq!(states(Origin::CveList), [(id(), Some(Source::CveCna), RecordState::Published)]);
}

#[test]
fn a_rejected_record_keeps_its_reason() {
    let text = fixture("cve-list/cves/2024/26xxx/CVE-2024-26848.json");
    let mut seen = 0;
    cve::read(&text, Origin::CveList, &mut |item| {
        with_record(item, &mut |record| {
            seen += 1;
            assert_eq!(record.state, RecordState::Rejected);
            assert_eq!(record.source, Some(Source::CveCna));
            assert!(record.description.starts_with("This CVE ID has been rejected"));
        });
    });
    assert_eq!(seen, 1);
}

#[test]
fn kernel_records_have_both_blocks_and_all_commits() {
    let (_, lines) = read("kernel-cna/cve/published/2024/CVE-2024-35964.json", Origin::KernelPublished);
    assert!(lines.contains(r#""fixes":["6a6baa1ee7a9df33adbf932305053520b9741b35","9e8742cdfc4b0e65266bb4a901a19462bda9285e"]"#), "{lines}");
    assert!(lines.contains(r#"{"from":"6.5.1","before":"6.5.2","type":"semver"}"#), "{lines}");
    assert!(
        lines.contains(
            r#"{"status":"unaffected","from":"6.9","through":"*","type":"original_commit_for_fix"}"#
        )
    );
    assert!(lines.contains(r#""files":["net/bluetooth/iso.c"]"#));
}

#[test]
fn a_dyad_gives_pairs_of_releases_and_commits() {
    let text = fixture("kernel-cna/cve/published/2024/CVE-2024-35964.dyad");
    assert!(cve::is_dyad(&text));
    let (reading, lines) = records(&mut |sink| cve::read_dyad(&text, "CVE-2024-35964", sink));
    assert_eq!((reading.documents, reading.notes.len()), (1, 0));
    assert!(lines.contains(r#""form":"pairs""#), "{lines}");
    assert!(lines.contains(r#"{"from":"6.0","before":"6.6.55","type":"dyad"},{"git":true,"from":"ccf74f2390d60a2f9a75ef496d2564abb478f46a","before":"6a6baa1ee7a9df33adbf932305053520b9741b35","type":"dyad"}"#));
    assert!(lines.contains(r#"{"from":"5.10.258","open":true,"type":"dyad"}"#));
    let (reading, _) = records(&mut |sink| cve::read_dyad("# nothing\nno pair\n", "CVE-1-2", sink));
    let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
    assert_eq!(codes, ["F_BAD_RANGE", "F_BAD_RECORD"]);
}

#[test]
fn wrong_types_cost_a_note_and_no_record() {
    let text = r#"{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2024-1","state":"PUBLISHED"},"containers":{"cna":{
        "affected":[{"vendor":"v","product":"p","platforms":"Linux","versions":[{"version":5.1,"status":"affected","lessThan":6}]},"x"],
        "metrics":[{"cvssV3_1":{"vectorString":"CVSS:3.1/AV:N","baseScore":"9.8"}},{"cvssV3_0":"bad"}],"references":null}}}"#;
    let (reading, lines) = records(&mut |sink| cve::read(text, Origin::CveList, sink));
    assert!(lines.contains(r#""platforms":["Linux"]"#), "{lines}");
    assert!(lines.contains(r#"{"from":"5.1","before":"6"}"#), "{lines}");
    assert!(lines.contains(r#""score":9.8"#), "{lines}");
    let places: Vec<String> = reading
        .notes
        .iter()
        .map(|note| format!("{} {} {}", note.code, note.place, note.severity.word()))
        .collect();
    assert_eq!(
        places,
        [
            "F_FIELD_TYPE CVE-2024-1 /containers/cna/affected/0/platforms info",
            "F_FIELD_TYPE CVE-2024-1 /containers/cna/affected/0/versions/0/version info",
            "F_FIELD_TYPE CVE-2024-1 /containers/cna/affected/0/versions/0/lessThan info",
            "F_FIELD_TYPE CVE-2024-1 /containers/cna/affected/1 warn",
            "F_FIELD_TYPE CVE-2024-1 /containers/cna/metrics/0/cvssV3_1/baseScore info",
            "F_FIELD_TYPE CVE-2024-1 /containers/cna/metrics/1/cvssV3_0 warn",
        ]
    );
}

#[test]
fn words_nobody_knows_are_kept_apart() {
    let text = r#"{"cveMetadata":{"cveId":"CVE-2024-1","state":"MAYBE"},"containers":{"cna":{"affected":[
        {"defaultStatus":"perhaps","versions":[{"version":"1","status":"affcted","lessThan":"2","lessThanOrEqual":"3"}]}]}}}"#;
    let (reading, lines) = records(&mut |sink| cve::read(text, Origin::CveList, sink));
    assert!(
        lines.contains(r#""default":"unknown","versions":[{"status":"unknown","from":"1","through":"3"}]"#),
        "{lines}"
    );
    let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
    assert_eq!(codes, ["F_UNKNOWN_ENUM", "F_UNKNOWN_ENUM", "F_BAD_RANGE", "F_UNKNOWN_ENUM"]);
}

#[test]
fn commits_are_known_by_label_and_by_length() {
    let kind = |version: &str, before: &str, label: &str| {
        let text = format!(
            r#"{{"cveMetadata":{{"cveId":"CVE-2024-1"}},"containers":{{"cna":{{"affected":[{{"versions":[
            {{"version":"{version}","status":"affected","lessThan":"{before}","versionType":"{label}"}}]}}]}}}}}}"#
        );
        let (_, lines) = records(&mut |sink| cve::read(&text, Origin::CveList, sink));
        lines.contains(r#""git":true"#)
    };
    let full = "0123456789abcdef0123456789abcdef01234567";
    assert!(kind("0", full, "git"));
    assert!(kind(full, full, "custom"));
    assert!(kind("1234abc", "0", "git"));
    assert!(!kind("6.1", "6.2", "git"), "releases stand under the label too");
    assert!(!kind("20240101", "20240301", "custom"), "a date is hexadecimal too");
    assert!(!kind("0", "*", "git"), "nothing says what it is");
}

#[test]
fn a_bad_record_among_lines_costs_only_itself() {
    let text = concat!(
        r#"{"cveMetadata":{"cveId":"CVE-2024-1"},"containers":{}}"#,
        "\n",
        r#"{"cveMetadata":{"cveId":"CVE-2024-2"},"containers":{"cna":{"#,
        "\n",
        r#"{"cveMetadata":{},"containers":{}}"#,
        "\n",
        r#"{"cveMetadata":{"cveId":"CVE-2024-3"},"containers":{}}"#,
        "\n"
    );
    let (reading, lines) = records(&mut |sink| cve::read(text, Origin::CveList, sink));
    assert_eq!(reading.documents, 2);
    assert_eq!(lines.lines().count(), 2);
    let notes: Vec<String> =
        reading.notes.iter().map(|note| format!("{} {}", note.code, note.place)).collect();
    assert_eq!(notes, ["F_BAD_RECORD CVE-2024-2", r#"F_BAD_RECORD {"cveMetadata":{},"containers":{}}"#]);
}

/// The whole Vulnrichment sample: every record is read, none needs a repair, every round trip through our own
/// format gives the same record.
#[test]
fn vulnrichment_sample() {
    let Some(folder) = testkit::shared("conformance/cve-vulnrichment-sample") else { return };
    let (mut files, mut by_source) = (0, std::collections::BTreeMap::<&str, usize>::new());
    each_json(&folder, &mut |path, text| {
        files += 1;
        assert_eq!(cve::parse(text), 1, "{path}");
        let reading = cve::read(text, Origin::CveList, &mut |item| {
            with_record(item, &mut |record| {
                *by_source.entry(record.source.map_or("", Source::name)).or_default() += 1;
                assert!(path.contains(&*record.id));
                same_after_round_trip(record);
            });
        });
        assert_eq!((reading.documents, reading.notes), (1, vec![]), "{path}");
    });
    assert_eq!(files, 426);
    let counts: Vec<(&str, usize)> = by_source.into_iter().collect();
    assert_eq!(counts, [("cve-list", 426), ("cve-list/adp", 288), ("cve-list/cisa-adp", 416)]);
}

fn same_after_round_trip(record: &Record<'_>) {
    let line = local::write(record);
    let mut again = 0;
    let reading = local::read(&line, &mut |item: Item<'_>| {
        with_record(item, &mut |copy| {
            again += 1;
            let bare =
                Record { title: "".into(), description: "".into(), references: Vec::new(), ..record.clone() };
            assert_eq!(copy, &bare);
        });
    });
    assert_eq!((again, reading.notes), (1, vec![]));
}

/// Every member that the official schema allows in `affected[]` is read, or known not to be.
#[test]
fn the_schema_has_no_member_that_we_overlook() {
    let Some(folder) = testkit::shared("conformance/cve-schema") else { return };
    let mut schemas = 0;
    each_json(&folder, &mut |path, text| {
        schemas += 1;
        let schema: serde_json::Value = serde_json::from_str(text).unwrap();
        let product = &schema["definitions"]["product"]["properties"];
        let Some(product) = product.as_object() else { return };
        for member in product.keys() {
            assert!(cve::FIELDS_OF_AFFECTED.iter().any(|(name, _)| name == member), "{path}: {member}");
        }
        assert!(product.len() >= 11, "{path}");
        // A schema is no record.
        assert_eq!(items(&mut |sink| cve::read(text, Origin::CveList, sink)), 0);
    });
    assert_eq!(schemas, 4);
}
