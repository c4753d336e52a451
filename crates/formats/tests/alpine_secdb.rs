//! Alpine's own security database.

use formats::alpine_secdb::{parse, read};

use crate::knowledge::{fixture, records};

fn read_text(text: &str) -> (Vec<String>, Vec<String>) {
    let (reading, lines) = records(&mut |sink| read(text, "", sink));
    let notes = reading.notes.iter().map(|note| format!("{} {} {}", note.code, note.place, note.value));
    (lines.lines().map(str::to_owned).collect(), notes.collect())
}

/// Source packages; several ids in one text; `0` for what the release never had; a flaw mended twice.
#[test]
fn one_record_per_id() {
    let text = fixture("alpine/main.json");
    let (reading, lines) = records(&mut |sink| read(&text, "2026-07-20", sink));
    assert_eq!((reading.documents, reading.notes, reading.as_of.as_str()), (3, vec![], "2026-07-20"));
    let lines: Vec<&str> = lines.lines().collect();
    let of =
        |id: &str| lines.iter().find(|line| line.contains(&format!(r#"{{"id":"{id}""#))).copied().unwrap();
    assert_eq!(lines.len(), 7, "{lines:#?}");
    assert_eq!(
        of("CVE-2024-0002"),
        concat!(
            r#"{"id":"CVE-2024-0002","source":"alpine","by":"Alpine secdb v3.20 main","modified":"2026-07-20","claims":["#,
            r#"{"form":"secfix","package":"another","ecosystem":"Alpine","release":"v3.20","default":"unaffected","#,
            r#""versions":[{"from":"0","before":"7-r0","type":"apk"}]},"#,
            r#"{"form":"secfix","package":"example","ecosystem":"Alpine","release":"v3.20","default":"unaffected","#,
            r#""versions":[{"from":"0","before":"1.2-r1","type":"apk"},{"from":"0","before":"1.3-r0","type":"apk"}]}]}"#
        )
    );
    assert!(of("CVE-2024-0020").contains(r#""versions":[{"from":"0","before":"0","type":"apk"}]"#));
    let names = of("CVE-2024-0021");
    assert!(names.contains("XSA-231") && names.contains("GHSA-0000-0000-0002"), "{names}");
    assert!(!names.contains("CVE-2024-0002\""), "{names}");
    for id in ["CVE-2024-0022", "CVE-2024-0023", "CVE-2024-0024", "XSA-400"] {
        assert!(of(id).contains(r#""before":"1.3-r0""#), "{id}");
    }
    assert_eq!(parse(&text), 3);
}

#[test]
fn damage_and_slips_cost_a_note_each() {
    let file =
        |packages: &str| format!(r#"{{"reponame":"main","distroversion":"edge","packages":[{packages}]}}"#);
    let (lines, notes) =
        read_text(&file(r#"{"pkg":{"name":"x","secfixes":{"1-r0":["see the changelog"]}}}"#));
    assert_eq!((lines.len(), notes), (0, vec!["F_BAD_RECORD x 1-r0 see the changelog".to_owned()]));
    let (lines, notes) = read_text(&file(r#"{"pkg":{"name":"x","secfixes":{"1-r0":"CVE-2024-1"}}}"#));
    assert!(lines[0].contains(r#""release":"edge""#) && notes[0].starts_with("F_FIELD_TYPE"), "{notes:?}");
    let (lines, notes) = read_text(&file(r#"{"pkg":{"secfixes":{"1-r0":["CVE-2024-1"]}}}"#));
    assert_eq!((lines.len(), notes), (0, vec!["F_BAD_RECORD packages a package without a name".to_owned()]));
    let (lines, notes) = read_text(r#"{"packages":[{"pkg":{"name":"x"}}]}"#);
    assert_eq!((lines.len(), notes.len()), (0, 1));
    let whole = fixture("alpine/main.json");
    let (lines, notes) = read_text(&whole[..whole.find("\"7-r0\"").unwrap()]);
    assert!(lines.len() == 7 && notes.iter().any(|note| note.starts_with("F_TRUNCATED")), "{notes:?}");
}
