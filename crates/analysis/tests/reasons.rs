//! The manual, the case table and the program name the same reason codes.

use std::collections::BTreeMap;
use std::path::Path;

use model::component::Coverage;
use model::reason::Reason;
use testkit::shared::table;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Code to verdict letters, of the rows of a Markdown table that begin with a code.
fn rows_of_manual(text: &str) -> BTreeMap<String, String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once("` | "))
        .map(|(code, rest)| (code.to_owned(), rest.split(" | ").next().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn the_manual_names_every_code_with_its_letters() {
    let manual = rows_of_manual(&read("docs/manual/reason-codes.md"));
    let program: BTreeMap<String, String> =
        Reason::ALL.iter().map(|(_, code, letters, _)| ((*code).to_owned(), (*letters).to_owned())).collect();
    assert_eq!(manual, program);
}

#[test]
fn the_case_table_names_every_code_with_its_letters() {
    let cases: BTreeMap<String, String> = table(&read("fixtures/cases/reason-codes.tsv"))
        .into_iter()
        .map(|row| (row["code"].clone(), row["verdict"].clone()))
        .collect();
    let program: BTreeMap<String, String> =
        Reason::ALL.iter().map(|(_, code, letters, _)| ((*code).to_owned(), (*letters).to_owned())).collect();
    assert_eq!(cases, program);
}

#[test]
fn codes_and_reasons_are_one_to_one() {
    for (reason, code, ..) in Reason::ALL {
        assert_eq!(Reason::from_code(code), Some(*reason));
        assert_eq!(reason.code(), *code);
    }
}

#[test]
fn the_manual_names_every_coverage_state() {
    let manual = rows_of_manual(&read("docs/manual/coverage.md"));
    for state in Coverage::ALL.iter().filter(|state| **state != Coverage::Pending) {
        assert!(manual.contains_key(state.word()), "{} is not in the manual", state.word());
    }
}
