//! The lists of kernel CVEs from before the kernel's own CNA.

use formats::kernel_cves::{Kind, kind_of, parse, read};

use crate::knowledge::{fixture, records};

fn read_file(name: &str, kind: Kind) -> Vec<String> {
    let text = fixture(&format!("linux-kernel-cves/data/{name}"));
    assert_eq!(kind_of(&text), Some(kind), "{name}");
    let (reading, lines) = records(&mut |sink| read(&text, kind, sink));
    assert_eq!(reading.notes, [], "{name}");
    assert_eq!(parse(&text, kind), reading.documents, "{name}");
    lines.lines().map(str::to_owned).collect()
}

/// Id, who speaks, tags, and the rows: releases and commits.
fn brief(line: &str) -> String {
    let of = |key: &str| {
        let rest = line.split_once(&format!("\"{key}\":")).map_or("", |(_, rest)| rest);
        let end = rest.find(['}', ']']).unwrap_or(rest.len());
        rest[..end].split("\",\"").next().unwrap_or_default().trim_matches('"').to_owned()
    };
    let rows: Vec<String> = line
        .match_indices("\"from\":\"")
        .map(|(at, key)| {
            let rest = &line[at + key.len()..];
            let (from, rest) = rest.split_once('"').unwrap();
            let to = rest.split_once("\"before\":\"").map_or("", |(_, to)| to.split('"').next().unwrap());
            let short = |text: &str| text.chars().take(12).collect::<String>();
            format!("{}..{}", short(from), short(to))
        })
        .collect();
    format!("{} {} {}", of("id"), of("by"), rows.join(" "))
}

#[test]
fn the_mainline() {
    let lines = read_file("kernel_cves.json", Kind::Cves);
    let told: Vec<String> = lines.iter().map(|line| brief(line)).collect();
    assert_eq!(
        told,
        [
            "CVE-2020-0040 kernel_cves.json 5.8-rc1..5.12-rc1 111111111111..222222222222",
            "CVE-2020-0041 kernel_cves.json ",
            "CVE-2020-0042 kernel_cves.json ",
            "CVE-2020-0043 kernel_cves.json ",
            "CVE-2020-0044 kernel_cves.json 0..5.11 0..333333333333",
        ]
    );
    assert!(
        lines[0].contains(r#""source":"linux-kernel-cves""#)
            && lines[0].contains(r#""modified":"2022-03-15""#)
    );
    assert!(lines[0].contains(r#""fixes":["2222222222222222222222222222222222222222"]"#), "{}", lines[0]);
    assert!(lines[1].contains("caused-by-backport") && lines[3].contains("vendor-specific"));
    assert!(!lines[3].contains("claims") && lines[4].contains(r#""state":"withdrawn""#));
    let lines = read_file("CVEs.txt", Kind::Table);
    let told: Vec<String> = lines.iter().map(|line| brief(line)).collect();
    assert_eq!(
        told,
        [
            "CVE-2020-0040 CVEs.txt 5.8-rc1..5.12-rc1 111111111111..222222222222",
            "CVE-2020-0041 CVEs.txt ",
            "CVE-2020-0042 CVEs.txt ",
            "CVE-2020-0043 CVEs.txt ",
            "CVE-2020-0045 CVEs.txt 0..2.6.20-rc5 0..333333333333",
        ]
    );
}

/// The first release of a stream belongs to the mainline, and what is not fixed in a stream is nobody's record.
#[test]
fn the_streams() {
    let told = |name, kind| read_file(name, kind).iter().map(|line| brief(line)).collect::<Vec<_>>();
    assert_eq!(told("stream_data.json", Kind::StreamData), ["CVE-2020-0040 5.10 5.10.1..5.10.20"]);
    assert_eq!(
        told("stream_fixes.json", Kind::StreamFixes),
        ["CVE-2020-0040 5.4 5.4.1..5.4.103", "CVE-2020-0041 5.10 5.10.1..5.10.30"]
    );
    assert_eq!(told("5.10/5.10_CVEs.txt", Kind::StreamTable), ["CVE-2020-0040 5.10 list 5.10.1..5.10.20"]);
    assert_eq!(
        told("5.10/5.10_security.txt", Kind::StreamReleases),
        ["CVE-2020-0040 5.10 5.10.1..5.10.20", "CVE-2020-0041 5.10 5.10.1..5.10.30"]
    );
}

#[test]
fn damage_is_local_and_others_are_nobodys() {
    let notes = |text: &str, kind| {
        let (reading, lines) = records(&mut |sink| read(text, kind, sink));
        let codes: Vec<&str> = reading.notes.iter().map(|note| note.code.code()).collect();
        (lines.lines().count(), codes.join(" "))
    };
    assert_eq!(
        notes("CVE-2020-1: what\nCVE-2020-2: (n/a) - (n/a) (unk to v5.1)\n", Kind::Table),
        (1, "F_BAD_RECORD".into())
    );
    assert_eq!(
        notes("CVE-2020-1: Fixed with 5.10.2\nhello\n", Kind::StreamTable),
        (1, "F_BAD_RECORD".into())
    );
    assert_eq!(
        notes("CVEs fixed in 5.10.2:\n  CVE-1: a b\n  what\n", Kind::StreamReleases),
        (1, "F_BAD_RECORD".into())
    );
    let text = r#"{"CVE-2020-1":{"breaks":7,"fixes":""},"CVE-2020-2":{"breaks":""#;
    assert_eq!(notes(text, Kind::Cves), (1, "F_FIELD_TYPE F_TRUNCATED".into()));
    let text = r#"{"5.10":{"5.10.2":{"CVE-1":{"cmt_id":"x"}},"5.10.3":{"CVE-2":{"#;
    let (count, codes) = notes(text, Kind::StreamData);
    assert!(count <= 1 && codes.contains("F_TRUNCATED"), "{count} {codes}");
    for text in [
        "{}",
        "{\"a\":{\"b\":1}}",
        "CVE-2020-1: a note about it\n",
        "CVEs fixed in our product\n",
        r#"{"CVE-2020-1":{"score":7.8}}"#,
    ] {
        assert_eq!(kind_of(text), None, "{text}");
    }
}
