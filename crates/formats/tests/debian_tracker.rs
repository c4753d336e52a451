//! Debian's tracker in its own form.

use formats::debian_tracker::{parse, read};

use crate::knowledge::{fixture, records, with_record};

fn read_text(text: &str) -> (Vec<String>, Vec<String>) {
    let (reading, lines) = records(&mut |sink| read(text, "", sink));
    let notes = reading.notes.iter().map(|note| format!("{} {} {}", note.code, note.place, note.value));
    (lines.lines().map(str::to_owned).collect(), notes.collect())
}

/// One claim per package and release; codenames are numbers; reasons are kept for the release they concern.
#[test]
fn one_record_per_vulnerability() {
    let text = fixture("debian/2026-07-20/security-tracker.json");
    let (reading, lines) = records(&mut |sink| read(&text, "2026-07-20", sink));
    assert_eq!((reading.documents, reading.notes, reading.as_of.as_str()), (4, vec![], "2026-07-20"));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 3);
    let head =
        r#"{"id":"CVE-2024-0010","source":"debian","by":"Debian security tracker","modified":"2026-07-20","#;
    assert!(lines[0].starts_with(head), "{}", lines[0]);
    for part in [
        r#""tags":["scope:local","no-dsa:11:example:Minor issue","unimportant:13:example","scope:remote","unimportant:12:another"]"#,
        r#"{"form":"secfix","package":"example","ecosystem":"Debian","release":"12","default":"unaffected","versions":[{"from":"0","before":"1.2-3+deb12u1","type":"deb"}]}"#,
        r#""release":"11","default":"unaffected","versions":[{"from":"0","open":true,"type":"deb"}]"#,
        r#""release":"13","default":"unaffected","versions":[{"from":"0","before":"0","type":"deb"}]"#,
        r#""release":"sid","default":"unaffected","versions":[{"from":"0","before":"2.0-2","type":"deb"}]"#,
        r#""package":"another","ecosystem":"Debian","release":"12""#,
    ] {
        assert!(lines[0].contains(part), "{part}\n{}", lines[0]);
    }
    // What nobody has looked at is no all-clear: a claim without rows.
    for part in [
        r#""tags":["undetermined:12:example","end-of-life:11:example","ignored:10:example","postponed:13:example:Minor issue: wait"]"#,
        r#"{"form":"secfix","package":"example","ecosystem":"Debian","release":"12","default":"unaffected"}"#,
    ] {
        assert!(lines[1].contains(part), "{part}\n{}", lines[1]);
    }
    assert!(lines[2].starts_with(r#"{"id":"TEMP-0000000-ABCDEF""#));
    assert_eq!(parse(&text), 4);
    read(&text, "", &mut |item| {
        with_record(item, &mut |record| {
            let urls: Vec<&str> = record.references.iter().map(|reference| &*reference.url).collect();
            let page = format!("https://security-tracker.debian.org/tracker/{}", record.id);
            let bug = "https://bugs.debian.org/1060001";
            let expected =
                if record.id == "CVE-2024-0010" { vec![page.as_str(), bug] } else { vec![page.as_str()] };
            assert_eq!(urls, expected);
        });
    });
}

#[test]
fn odd_values_cost_a_note_each() {
    let issue = |release: &str| format!(r#"{{"x":{{"CVE-2024-1":{{"releases":{{{release}}}}}}}}}"#);
    let (lines, notes) = read_text(&issue(r#""fancy":{"status":"open"}"#));
    assert!(lines[0].contains(r#""release":"fancy""#), "{lines:?}");
    assert_eq!(notes, ["F_UNKNOWN_ENUM release fancy"]);
    let (lines, notes) = read_text(&issue(r#""bookworm":{"status":"resolved"}"#));
    assert!(!lines[0].contains("versions"), "{lines:?}");
    assert_eq!(notes, ["F_BAD_RANGE CVE-2024-1 x 12 resolved, but in no version"]);
    let (lines, notes) = read_text(&issue(r#""bookworm":{"status":"pending"}"#));
    assert!(!lines[0].contains("versions"), "{lines:?}");
    assert_eq!(notes, ["F_UNKNOWN_ENUM CVE-2024-1 x 12 pending"]);
    let (lines, notes) = read_text(&issue(r#""bookworm":"open","sid":{"status":"open"}"#));
    assert!(lines[0].contains(r#""release":"sid""#) && !lines[0].contains(r#""release":"12""#), "{lines:?}");
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("F_FIELD_TYPE"), "{notes:?}");
}

/// A record that cannot be read costs itself; a file that ends early keeps what came before.
#[test]
fn damage_is_local() {
    let (lines, notes) =
        read_text(r#"{"x":{"CVE-1":{"releases":}, "CVE-2":{"releases":{"sid":{"status":"open"}}}}}"#);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("CVE-2") && notes.len() == 1, "{notes:?}");
    let whole = fixture("debian/2026-07-20/security-tracker.json");
    let cut = &whole[..whole.rfind("another").unwrap() + 60];
    let (lines, notes) = read_text(cut);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(notes.len() == 1 && notes[0].starts_with("F_TRUNCATED byte "), "{notes:?}");
    assert_eq!(read_text("[]"), (vec![], vec![]));
    assert_eq!(read_text(r#"{"x":[]}"#), (vec![], vec![]));
}
