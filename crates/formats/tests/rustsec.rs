//! Advisories of RustSec, and that they say what their OSV form says.

use formats::records::Reading;
use formats::{osv, rustsec};

use crate::knowledge::{fixture, records, with_record};

fn read(name: &str) -> (Reading, String) {
    let text = fixture(name);
    records(&mut |sink| rustsec::read(&text, sink))
}

/// An advisory with these lists of versions that are not affected; its rows, and the notes.
fn rows(patched: &str, unaffected: &str) -> String {
    let text = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"x\"\ndate = \"2024-01-01\"\n\
         [versions]\npatched = [{patched}]\nunaffected = [{unaffected}]\n```\n# x\n"
    );
    let mut rows = Vec::new();
    let reading = rustsec::read(&text, &mut |item| {
        with_record(item, &mut |record| {
            for entry in record.claims.iter().flat_map(|claim| &claim.entries) {
                let end = match &entry.end {
                    model::record::End::Before(end) => format!("< {end}"),
                    model::record::End::Open => "on".to_owned(),
                    other => panic!("{other:?}"),
                };
                rows.push(format!("{} {end}", entry.start));
            }
        });
    });
    let codes = reading.notes.iter().map(|note| format!("{} {}", note.code, note.value));
    rows.into_iter().chain(codes).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_is_left_is_affected() {
    assert_eq!(rows("", ""), "0.0.0-0 on");
    assert_eq!(rows("\">= 1.2.3\"", ""), "0.0.0-0 < 1.2.3");
    assert_eq!(rows("\">= 1.2.3\"", "\"< 1.0.0\""), "1.0.0 < 1.2.3");
    assert_eq!(
        rows("\">= 1.2, < 1.3\", \"^0.4.1\", \">=2\"", ""),
        "0.0.0-0 < 0.4.1; 0.5.0-0 < 1.2.0; 1.3.0 < 2.0.0"
    );
    assert_eq!(rows("\"> 1.2.3\"", "\"<= 1.0.0\""), "1.0.1-0 < 1.2.4-0");
    assert_eq!(rows("\"> 1.2\"", ""), "0.0.0-0 < 1.3.0-0");
    assert_eq!(
        rows("\"=1.2.3\"", "\"~1.5\", \"1.7.*\""),
        "0.0.0-0 < 1.2.3; 1.2.4-0 < 1.5.0; 1.6.0-0 < 1.7.0; 1.8.0-0 on"
    );
    assert_eq!(rows("\"2.0.3\"", "\"< 1.0.0-rc.1\""), "1.0.0-rc.1 < 2.0.3; 3.0.0-0 on");
    assert_eq!(rows("\"^0.0.3\", \"^ 0.2\"", ""), "0.0.0-0 < 0.0.3; 0.0.4-0 < 0.2.0; 0.3.0-0 on");
    assert_eq!(rows("\"> 1.0.0-alpha\"", ""), "0.0.0-0 < 1.0.0-alpha.0");
    assert_eq!(rows("\"*\"", ""), "");
    assert_eq!(rows("\">= 2, < 1\"", ""), "0.0.0-0 on", "holds nothing");
    assert_eq!(rows("\">= 1.0.0\", \">= 1.5.0\"", "\"< 0.5.0\", \"< 0.2.0\""), "0.5.0 < 1.0.0");
    assert_eq!(rows("\">= one\"", ""), "0.0.0-0 on; F_BAD_RANGE >= one");
    assert_eq!(
        rows("\">= 99999999999999999999999\"", ""),
        "0.0.0-0 on; F_BAD_RANGE >= 99999999999999999999999"
    );
}

/// 2.0.0-alpha is no 1.x and no patched one: what lies between the lists is affected.
#[test]
fn an_advisory_with_everything() {
    let (reading, line) = read("rustsec/crates/example/RUSTSEC-2021-0002.md");
    assert_eq!((reading.documents, reading.notes, reading.as_of.as_str()), (1, vec![], "2021-03-04"));
    for part in [
        r#"{"id":"RUSTSEC-2021-0002","source":"rustsec""#,
        r#""tags":["category:memory-corruption","category:thread-safety"]"#,
        r#""package":"example""#,
        r#""ecosystem":"crates.io""#,
        r#""modules":["example::Buffer::fill","example::read"]"#,
        r#""platforms":["windows","x86"]"#,
        r#"{"from":"0.5.0","before":"0.8.4","type":"SEMVER"},{"from":"0.9.0-0","before":"1.0.9","type":"SEMVER"},"#,
        r#"{"from":"1.0.10-0","before":"1.2.3","type":"SEMVER"},{"from":"2.0.0-alpha","before":"2.1.1-0","type":"SEMVER"}]"#,
    ] {
        assert!(line.contains(part), "{part}\n{line}");
    }
    let text = fixture("rustsec/crates/example/RUSTSEC-2021-0002.md");
    rustsec::read(&text, &mut |item| {
        with_record(item, &mut |record| {
            assert_eq!(record.title, "Reads past its end");
            assert!(record.description.starts_with("`read` of *example*"), "{}", record.description);
            assert!(record.description.ends_with("```"), "the fences of the prose are its own");
            assert_eq!(record.references.len(), 3);
            assert_eq!(record.aliases.len(), 3);
            assert!(record.fix_commits.is_empty());
        });
    });
}

#[test]
fn notices_withdrawals_and_old_forms() {
    let (_, line) = read("rustsec/crates/example/RUSTSEC-2022-0003.md");
    assert!(line.contains(r#""state":"withdrawn""#) && line.contains(r#""modified":"2023-01-02""#), "{line}");
    assert!(line.contains(r#""tags":["informational:unmaintained"]"#), "{line}");
    let (_, line) = read("rustsec/rust/std/CVE-2018-0001.md");
    assert!(line.contains(r#""vendor":"rust-lang","product":"rust""#), "{line}");
    assert!(!line.contains("crates.io") && line.contains(r#""from":"1.3.0","before":"1.29.0""#), "{line}");
    let (_, line) = read("rustsec/RUSTSEC-2016-0001.toml");
    assert!(line.contains(r#""from":"0.0.0-0","before":"0.9.0""#), "{line}");
}

#[test]
fn what_cannot_be_read_costs_one_note() {
    let check = |text: &str| {
        let (reading, line) = records(&mut |sink| rustsec::read(text, sink));
        assert_eq!((reading.documents, line.as_str()), (0, ""), "{text}");
        reading.notes.iter().map(|note| format!("{} {}", note.code, note.place)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(check("```toml\n[advisory]\nid = \"RUSTSEC-1\"\npackage = \n```\n"), "F_BAD_RECORD RUSTSEC-1");
    assert_eq!(check("```toml\n[advisory]\nid = \"RUSTSEC-1\"\n```\n"), "F_BAD_RECORD RUSTSEC-1");
    assert_eq!(check("```toml\n[advisory]\npackage = \"x\"\n"), "F_BAD_RECORD ");
}

/// The same advisory in both forms: the same claims and tags.
#[test]
fn both_forms_say_the_same() {
    let markdown = fixture("rustsec/crates/example/RUSTSEC-2021-0002.md");
    let json = r#"{"id":"RUSTSEC-2021-0002","modified":"2021-03-04","published":"2021-03-04","withdrawn":null,
        "aliases":["CVE-2021-0004","GHSA-0000-0000-0001"],"related":["CVE-2021-0005"],
        "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected":[{"package":{"ecosystem":"crates.io","name":"example"},
        "ecosystem_specific":{"affects":{"arch":["x86"],"os":["windows"],"functions":["example::Buffer::fill","example::read"]}},
        "database_specific":{"categories":["memory-corruption","thread-safety"],"cvss":"x","informational":null},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0.5.0"},{"fixed":"0.8.4"},{"introduced":"0.9.0-0"},
        {"fixed":"1.0.9"},{"introduced":"1.0.10-0"},{"fixed":"1.2.3"},{"introduced":"2.0.0-alpha"},{"fixed":"2.1.1-0"}]}],
        "versions":[]}]}"#;
    let (_, ours) = records(&mut |sink| rustsec::read(&markdown, sink));
    let (reading, theirs) = records(&mut |sink| osv::read(json, sink));
    assert_eq!(reading.notes, []);
    assert_eq!(ours, theirs);
}
