//! YAML to JSON text.

use formats::limits::{FormatError, Limits};
use formats::text::yaml::to_json;

fn json(text: &str) -> String {
    to_json(text, "a.yaml", &Limits::INVENTORY).unwrap()
}

fn refused(text: &str) -> FormatError {
    to_json(text, "a.yaml", &Limits::INVENTORY).unwrap_err()
}

#[test]
fn values_keep_their_kind_and_numbers_their_spelling() {
    let text = "a: 1.10\nb: '1.10'\nc: 1.1.1w\nd: true\ne: ~\nf: no\ng: 2023-07-06\nh: 0x10\ni: -3\nj: 007\n";
    assert_eq!(
        json(text),
        r#"{"a":1.10,"b":"1.10","c":"1.1.1w","d":true,"e":null,"f":"no","g":"2023-07-06","h":"0x10","i":-3,"j":"007"}"#
    );
}

#[test]
fn lists_and_blocks() {
    let text = "# a comment\n- x: |\n    two\n    lines\n  y: [1, {z: a}]\n- >-\n  folded\n  text\n- {}\n";
    assert_eq!(json(text), r#"[{"x":"two\nlines\n","y":[1,{"z":"a"}]},"folded text",{}]"#);
}

#[test]
fn anchors_repeat_what_they_name() {
    assert_eq!(json("a: &x {b: 1}\nc: *x\n"), r#"{"a":{"b":1},"c":{"b":1}}"#);
}

#[test]
fn what_is_no_single_document_is_refused() {
    assert!(matches!(refused("a: 1\n---\nb: 2\n"), FormatError::Malformed { .. }));
    assert!(matches!(refused("a: [1, 2\n"), FormatError::Malformed { .. }));
    assert!(matches!(refused("? [1]\n: 2\n"), FormatError::Malformed { .. }));
    assert!(matches!(refused("a: *b\n"), FormatError::Malformed { .. }));
    assert!(matches!(refused(" \n"), FormatError::Empty { .. }));
}

#[test]
fn bombs_are_bounded() {
    let mut text = String::from("a0: &a0 [xxxxxxxxxxxxxxxxxxxx, xxxxxxxxxxxxxxxxxxxx]\n");
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n"));
    }
    assert!(matches!(refused(&text), FormatError::TooBig { .. }));
    assert!(matches!(
        refused(&"[".repeat(10_000)),
        FormatError::TooDeep { .. } | FormatError::Malformed { .. }
    ));
    let deep: String = (0..80).map(|level| format!("{}k:\n", " ".repeat(level))).collect();
    assert!(matches!(refused(&deep), FormatError::TooDeep { .. }));
}

#[test]
fn numbers_of_a_format_without_numbers_are_texts() {
    let text = "a: 1.10\nb: ~\nc: true\nd: [2e3]\n";
    let json = formats::text::yaml::to_json_of_texts(text, "a.yaml", &Limits::INVENTORY).unwrap();
    assert_eq!(json, r#"{"a":"1.10","b":null,"c":"true","d":["2e3"]}"#);
}
