//! NVD 2.0, overrides, NVD 1.1.

use formats::nvd;
use formats::records::Reading;
use model::record::{CpeNode, Item, RecordState, Source};

use crate::knowledge::{each_json, fixture, records, with_record};

fn read(name: &str) -> (Reading, String) {
    let text = fixture(name);
    records(&mut |sink| nvd::read(&text, sink))
}

#[test]
fn a_page_of_the_api() {
    let (reading, lines) = read("nvd2/page.json");
    assert_eq!((reading.documents, reading.notes), (2, vec![]));
    assert_eq!(
        lines.lines().next().unwrap(),
        concat!(
            r#"{"id":"CVE-2021-0129","source":"nvd2","published":"2024-01-02T03:04:05.000","#,
            r#""modified":"2024-05-06T07:08:09.000","tags":["Analyzed"],"#,
            r#""cvss":[{"vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","score":9.8,"by":"NVD"}],"cwe":["CWE-787"],"#,
            r#""fixes":["0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"],"cpe":[{"and":true,"nodes":["#,
            r#"{"criteria":[{"name":["a","bluez","bluez"],"rows":[["*","*","","","","5.58"]]}]},"#,
            r#"{"criteria":[{"platform":true,"name":["o","linux","linux_kernel"],"rows":[["*","*","","","","5.13"]]}]}]}]}"#,
        )
    );
    assert_eq!(lines.lines().nth(1), Some("kev CVE-2021-0129 2024-02-01 2024-02-22 -"));
    assert!(lines.lines().nth(2).unwrap().contains(r#""state":"rejected""#));
}

#[test]
fn single_files_lines_and_yearly_files() {
    let (single, line) = read("nvd2/CVE-2020/CVE-2020-00xx/CVE-2020-0002.json");
    assert_eq!(single.documents, 1);
    assert!(
        line.contains(r#""disputed":true"#) && line.contains(r#""tags":["Deferred","disputed"]"#),
        "{line}"
    );
    // Rows of one product are together, the duplicate is gone, the order of products is kept.
    assert!(
        line.contains(concat!(
            r#""cpe":[{"criteria":[{"name":["a","gnu","g++"],"rows":[["9.3","p2"],["9.4","-"]]},"#,
            r#"{"name":["a","example","cups"],"rows":[["1.5"]]}]}]"#
        )),
        "{line}"
    );
    assert_eq!(read("nvd2/nvdcve-2.0-2020.jsonl").0.documents, 3);
    assert_eq!(read("nvd2/fkie-2020.json").0.documents, 1);
}

#[test]
fn an_override_has_its_id_in_the_annotation() {
    let text = fixture("nvd-overrides/data/2019/CVE-2019-25213.json");
    let (reading, line) = records(&mut |sink| nvd::read_override(&text, "", sink));
    assert_eq!(reading.documents, 1);
    assert!(
        line.starts_with(
            r#"{"id":"CVE-2019-25213","source":"nvd-overrides","modified":"2024-07-01T00:00:00.000Z""#
        ),
        "{line}"
    );
    assert!(
        line.contains(r#""name":["a","vasyltech","advanced_access_manager","*","*","*","wordpress"]"#),
        "{line}"
    );
    let (_, line) =
        records(&mut |sink| nvd::read_override(r#"{"cve":{"configurations":[]}}"#, "CVE-2020-1", sink));
    assert!(line.starts_with(r#"{"id":"CVE-2020-1""#));
    assert_eq!(nvd::override_id("data/2020/CVE-2020-1.json"), "CVE-2020-1");
    assert_eq!(nvd::override_id("data/readme.json"), "");
}

#[test]
fn the_old_form_nests_and_rejects_in_words() {
    let text = fixture("nvd1/nvdcve-1.1-2020.json");
    let mut seen = Vec::new();
    let reading = nvd::read_1(&text, &mut |item| {
        with_record(item, &mut |record| {
            assert_eq!(record.source, Some(Source::Nvd1));
            seen.push((record.id.to_string(), record.state, shape(record.configurations.first())));
        });
    });
    assert_eq!((reading.documents, reading.as_of.as_str()), (2, "2023-12-01T08:00Z"));
    assert_eq!(
        seen[0],
        ("CVE-2021-28038".to_owned(), RecordState::Published, "and(or(linux_kernel) or(!xen))".to_owned())
    );
    assert_eq!(seen[1].1, RecordState::Rejected);
}

fn shape(node: Option<&CpeNode<'_>>) -> String {
    let Some(node) = node else { return String::new() };
    let leaves = node
        .leaves
        .iter()
        .map(|leaf| format!("{}{}", if leaf.vulnerable { "" } else { "!" }, leaf.head.product));
    let parts: Vec<String> = node.children.iter().map(|child| shape(Some(child))).chain(leaves).collect();
    format!("{}({})", if node.is_and { "and" } else { "or" }, parts.join(" "))
}

#[test]
fn names_that_are_no_names_stay_in_the_tree() {
    let configuration = |criteria: &str| {
        let text = format!(
            r#"{{"id":"CVE-2020-1","sourceIdentifier":"x","configurations":[{{"operator":"XOR","nodes":[
            {{"operator":"AND","negate":true,"cpeMatch":[{{"vulnerable":true,"criteria":"{criteria}"}},
            {{"vulnerable":false,"criteria":"cpe:2.3:o:a:b:-:*:*:*:*:*:*:*"}}]}}]}}]}}"#
        );
        let mut tree = String::new();
        let reading = nvd::read(&text, &mut |item| {
            with_record(item, &mut |record| tree = shape(record.configurations.first()));
        });
        let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
        (tree, codes.join(" "))
    };
    let (tree, codes) = configuration("nonsense");
    assert_eq!((tree.as_str(), codes.as_str()), ("and(nonsense !b)", "F_UNKNOWN_ENUM F_BAD_CPE"));
    let (tree, codes) = configuration("cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*");
    assert_eq!((tree.as_str(), codes.as_str()), ("and(p !b)", "F_UNKNOWN_ENUM"));
}

/// Millions of rows for one product exist: duplicates are dropped while reading, in lists short and long.
#[test]
fn long_lists_are_freed_of_duplicates() {
    for distinct in [3, 12, 13, 14, 500] {
        let rows: Vec<String> = (0..distinct * 3)
            .map(|n| {
                let version = n % distinct;
                let escaped =
                    if version % 2 == 0 { format!("1.{version}") } else { format!("1\\\\({version}\\\\)") };
                format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:o:cisco:ios:{escaped}:*:*:*:*:*:*:*"}}"#)
            })
            .collect();
        let text = format!(
            r#"{{"id":"CVE-2024-20433","vulnStatus":"Analyzed","configurations":[{{"nodes":[{{"operator":"OR","cpeMatch":[{}]}}]}}]}}"#,
            rows.join(",")
        );
        let mut seen = 0;
        nvd::read(&text, &mut |item| {
            with_record(item, &mut |record| {
                let leaves = &record.configurations[0].leaves;
                assert_eq!(leaves.len(), 1);
                seen = leaves[0].rows.len();
                assert_eq!(leaves[0].rows[1].version, "1(1)");
            });
        });
        assert_eq!(seen, distinct);
    }
}

#[test]
fn bounds_keep_rows_apart() {
    let row =
        |bounds: &str| format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:a:v:p:*:*:*:*:*:*:*:*"{bounds}}}"#);
    let rows: Vec<String> = (0..40)
        .map(|n| row(&format!(r#","versionStartExcluding":"{}","versionEndIncluding":"{}""#, n / 2, n / 4)))
        .collect();
    let text = format!(
        r#"{{"id":"CVE-2024-1","vulnStatus":"","configurations":[{{"nodes":[{{"cpeMatch":[{}]}}]}}]}}"#,
        rows.join(",")
    );
    let mut seen = 0;
    nvd::read(&text, &mut |item| {
        with_record(item, &mut |record| seen = record.configurations[0].leaves[0].rows.len());
    });
    assert_eq!(seen, 20);
}

#[test]
fn dependency_track_testdata() {
    let Some(folder) = testkit::shared("conformance/nvd-dependency-track-testdata") else { return };
    let mut read = Vec::new();
    each_json(&folder, &mut |path, text| {
        assert_eq!(nvd::parse(text), 1, "{path}");
        let mut line = String::new();
        let reading = nvd::read(text, &mut |item: Item<'_>| {
            with_record(item, &mut |record| {
                let rows: usize = record.configurations.iter().map(rows).sum();
                line = format!("{} {} severities {rows} rows", record.id, record.severities.len());
            });
        });
        assert_eq!((reading.documents, reading.notes), (1, vec![]), "{path}");
        read.push(line);
    });
    assert_eq!(read.len(), 7);
    assert!(read.iter().all(|line| line.starts_with("CVE-")), "{read:?}");
}

fn rows(node: &CpeNode<'_>) -> usize {
    node.leaves.iter().map(|leaf| leaf.rows.len()).sum::<usize>()
        + node.children.iter().map(rows).sum::<usize>()
}
