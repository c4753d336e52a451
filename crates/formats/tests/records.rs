//! What the knowledge readers stand on: framing, commits in addresses, CSV, dates.

use formats::records::commits::in_address;
use formats::records::elements::{Framing, framing, is_lines};
use formats::records::peek::{Peek, head, record_id};
use formats::records::{csv, dates};

fn elements(text: &str, keys: &[&str]) -> String {
    match framing(text, keys) {
        Framing::Single => "single".to_owned(),
        Framing::Lines => "lines".to_owned(),
        Framing::Array(list) => {
            let parts: Vec<String> = list
                .map(|element| element.map_or_else(|at| format!("ends at {at}"), str::to_owned))
                .collect();
            parts.join(" | ")
        }
    }
}

#[test]
fn framings() {
    assert_eq!(elements(r#"{"a":1}"#, &["list"]), "single");
    assert_eq!(elements("{\"a\":1}\n", &["list"]), "single");
    assert_eq!(elements("{\"a\":1}\n{\"a\":2}\n", &["list"]), "lines");
    assert_eq!(elements("{\n\"a\":1}\n{\"a\":2}\n", &["list"]), "single");
    assert_eq!(elements(r#" [1, "a,]", {"b":[2]} ]"#, &[]), r#"1 | "a,]" | {"b":[2]}"#);
    assert_eq!(
        elements(r#"{"x":{"list":[0]},"list":[{"a":"\"]"},{}],"y":1}"#, &["list"]),
        r#"{"a":"\"]"} | {}"#
    );
    assert_eq!(elements(r#"{"list":[1,{"a":"#, &["list"]), "1 | ends at 11");
    assert_eq!(elements(r#"{"list":["#, &["list"]), "ends at 9");
    assert_eq!(elements("[]", &[]), "");
    assert_eq!(elements("", &[]), "single");
    assert!(!is_lines("{\"a\":1}"));
}

#[test]
fn a_glance_sees_outer_and_inner_keys() {
    let peek = Peek::new(r#"{"a":"x","b":{"c":{"d":1},"e":2},"f":[{"g":1}],"h":tru"#);
    assert!(peek.is_json && !peek.is_array);
    assert_eq!(peek.text("a"), "x");
    assert!(peek.has("b") && peek.has_inner("b", "c") && peek.has_inner("b", "e"));
    assert!(peek.has("f") && peek.has("h"));
    assert!(!peek.has("d") && !peek.has("g") && !peek.has_inner("b", "d"));
    // Cut inside of a value: what stands before is seen.
    let peek = Peek::new(r#"{"containers":{"cna":{"affected":[{"ver"#);
    assert!(peek.has_inner("containers", "cna"));
    assert!(Peek::new("[ {\"a\":1}").is_array);
    assert!(!Peek::new("cve,epss").is_json);
}

#[test]
fn names_of_unreadable_records() {
    assert_eq!(record_id(r#"{"references":[{"id":"a"}],"cveMetadata":{"cveId": "CVE-2024-1""#), "CVE-2024-1");
    assert_eq!(record_id(r#"{"id":"GHSA-1","x":"#), "GHSA-1");
    assert_eq!(record_id("nothing"), "");
    assert_eq!(head("äöü", 3), "ä");
}

#[test]
fn commits_in_addresses() {
    let full = "0123456789abcdef0123456789abcdef01234567";
    for address in [
        format!("https://github.com/a/b/commit/{full}"),
        format!("https://github.com/a/b/commit/{full}.patch"),
        format!("https://github.com/a/b/pull/1/commits/{full}"),
        format!("https://gitlab.com/a/b/-/commit/{full}"),
        format!("https://git.kernel.org/stable/c/{full}"),
        format!("https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id={full}"),
        format!(
            "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git/commit/?h=linux-5.4.y&id={full}"
        ),
        format!("https://git.savannah.gnu.org/gitweb/?p=grub.git;a=commit;h={full}"),
    ] {
        assert_eq!(in_address(&address), Some(full), "{address}");
    }
    assert_eq!(in_address("https://review.example.org/c/1234567"), None, "the number of a change");
    assert_eq!(in_address("https://github.com/a/b/commit/0123abc"), Some("0123abc"));
    assert_eq!(in_address("https://example.org/advisory?id=20240101"), None);
    assert_eq!(in_address("https://example.org/commit/deadbeef-notes"), None);
}

#[test]
fn rows_of_csv() {
    let rows: Vec<String> =
        csv::rows("a,b\r\n\"x, \"\"y\"\"\nz\",2\n\n,\n\"open", b',').map(|row| row.join("|")).collect();
    assert_eq!(rows, ["a|b", "x, \"y\"\nz|2", "|", "open"]);
}

#[test]
fn dates_are_calendar_dates() {
    for good in ["2024-02-29", "2024-12-31T00:00:00Z", "1999-01-01"] {
        assert!(dates::is_date(good), "{good}");
    }
    for bad in ["", "2024-13-01", "2024-00-10", "2024-01-32", "20240101", "9999-01-01", "2024-1-1", "now"] {
        assert!(!dates::is_date(bad), "{bad}");
    }
    let mut newest = String::new();
    for date in ["2024-01-01", "9999-12-31", "2023-12-31", "2024-01-01T10:00Z", "garbage"] {
        dates::keep_newest(&mut newest, date);
    }
    assert_eq!(newest, "2024-01-01T10:00Z");
}
