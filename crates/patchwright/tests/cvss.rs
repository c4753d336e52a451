//! `cvss`: vectors in, scores out.

use crate::binary::{run, run_with};

#[test]
fn vectors_are_scored_for_people() {
    let ran = run(&[
        "cvss",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/CR:H/IR:H/AR:M/MAV:A",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A",
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let expected = "\
CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/CR:H/IR:H/AR:M/MAV:A
  base           9.8  critical
  temporal       9.3  critical
  environmental  8.3  high
AV:N/AC:L/Au:N/C:P/I:P/A:P
  base           7.5  high
CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A
  CVSS-BT        9.3  critical
";
    assert_eq!(ran.out, expected);
}

#[test]
fn lines_are_scored_as_tsv() {
    let lines = "\
AV:L/AC:H/Au:M/C:N/I:N/A:N
AV:A/AC:M/Au:N/C:C/I:N/A:P/E:POC/RL:W/RC:UC
CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:N/E:F/RL:X
CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/CR:L/AR:L/MAV:A
CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:N/VA:L/SC:H/SI:H/SA:H
";
    let ran = run_with(&["cvss", "-", "--format", "tsv"], lines.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let expected = "\
AV:L/AC:H/Au:M/C:N/I:N/A:N\t0.0\t-\t-
AV:A/AC:M/Au:N/C:C/I:N/A:P/E:POC/RL:W/RC:UC\t6.4\t4.9\t-
CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:N/E:F/RL:X\t3.8\t3.7\t-
CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/CR:L/AR:L/MAV:A\t7.5\t-\t4.7
CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:N/VA:L/SC:H/SI:H/SA:H\t8.6\t-\t-
";
    assert_eq!(ran.out, expected);
}

#[test]
fn a_malformed_line_does_not_stop_the_others() {
    let lines = b"AV:N/AC:L/Au:N/C:P/I:P/A:P\r\n\ngarb\tage\nCVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H\n\xff\xfe\nAV:L/AC:L/Au:N/C:C/I:C/A:C";
    let ran = run_with(&["cvss", "-", "--format", "tsv"], lines);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    let expected = "\
AV:N/AC:L/Au:N/C:P/I:P/A:P\t7.5\t-\t-
\terror: the vector is empty\t-\t-
garb age\terror: `garb\\tage` is not of the form metric:value\t-\t-
CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H\terror: CVSS 3.1 metric A is missing\t-\t-
\u{fffd}\u{fffd}\terror: `\u{fffd}\u{fffd}` is not of the form metric:value\t-\t-
AV:L/AC:L/Au:N/C:C/I:C/A:C\t7.2\t-\t-
";
    assert_eq!(ran.out, expected);
}

#[test]
fn vectors_are_scored_for_machines() {
    let vectors = ["cvss", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U", "CVSS:3.2/AV:N", "--json"];
    let ran = run(&vectors);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let error = "CVSS version `3.2` is not known: the prefixes are CVSS:3.0/, CVSS:3.1/, CVSS:4.0/, and none for version 2";
    let expected = serde_json::json!({
        "schema": "patchwright/cvss/1",
        "vectors": [
            {
                "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U",
                "version": "3.1",
                "base": { "score": 9.8, "severity": "critical" },
                "temporal": { "score": 9.0, "severity": "critical" },
            },
            { "vector": "CVSS:3.2/AV:N", "error": error },
        ],
    });
    // Numbers are compared as written: 9.8, not its neighbour in binary.
    assert!(ran.out.contains("\"score\": 9.8,") && ran.out.contains("\"score\": 9.0,"), "{}", ran.out);
    assert_eq!(document, expected);
}

#[test]
fn nothing_to_score_is_wrong_usage() {
    assert_eq!(run(&["cvss"]).code, 2);
    assert_eq!(run(&["cvss", "-", "AV:N/AC:L/Au:N/C:P/I:P/A:P"]).code, 2);
    assert_eq!(run(&["cvss", "-", "--format", "runes"]).code, 2);
}

#[test]
fn an_empty_input_has_an_empty_answer() {
    let ran = run_with(&["cvss", "-", "--format", "tsv"], b"");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let ran = run_with(&["cvss", "-", "--format", "json"], b"");
    assert!(ran.code == 0 && ran.out.contains("\"vectors\": []"), "{}", ran.out);
}
