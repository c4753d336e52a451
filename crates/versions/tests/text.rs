//! Free texts: `corpora/text.txt`, a text and what it says; and what the readings say of versions.

use std::path::Path;

use versions::text::{TextRange, TextRanges, in_fixed_list, parse};
use versions::{Contains, Scheme, Side};

/// `product (branch) >=start <end fixed X`, ranges separated by ` | `; `fixed: A B`; `ambiguous`.
fn said(text: &str) -> String {
    match parse(text) {
        TextRanges::Ranges(ranges) => ranges.iter().map(range).collect::<Vec<_>>().join(" | "),
        TextRanges::FixedList(fixed) => format!("fixed: {}", fixed.join(" ")),
        TextRanges::Ambiguous => "ambiguous".to_owned(),
    }
}

fn range(range: &TextRange) -> String {
    let mut parts = Vec::new();
    parts.extend(range.product.as_ref().map(|product| format!("[{product}]")));
    parts.extend(range.branch.as_ref().map(|branch| format!("({branch})")));
    match (&range.start, &range.end) {
        (None, None) if range.branch.is_none() => parts.push("all".to_owned()),
        (Some(start), Some(_)) if range.is_single_version() => parts.push(format!("={}", start.text)),
        (start, end) => {
            parts.extend(
                start.as_ref().map(|b| format!("{}{}", if b.inclusive { ">=" } else { ">" }, b.text)),
            );
            parts.extend(end.as_ref().map(|b| format!("{}{}", if b.inclusive { "<=" } else { "<" }, b.text)));
        }
    }
    parts.extend(range.fixed.as_ref().map(|fixed| format!("fixed {fixed}")));
    parts.join(" ")
}

#[test]
fn every_text_is_read_as_written_down() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora/text.txt");
    let corpus = std::fs::read_to_string(path).expect("corpora/text.txt");
    let (mut total, mut differences) = (0, Vec::new());
    for line in corpus.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (text, expected) = line.split_once('\t').unwrap_or_else(|| panic!("two fields: {line}"));
        total += 1;
        let answer = said(text);
        if answer != expected {
            differences.push(format!("{text}\n  expected {expected}\n  but      {answer}"));
        }
    }
    assert!(differences.is_empty(), "{} of {total} differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(total, TOTAL);
}

const TOTAL: usize = 147;

#[test]
fn readings_answer_about_versions() {
    use Contains::{Inside, Outside, Undecided};
    let check = |text: &str, scheme: Scheme, version: &str, expected: fn(&Contains) -> bool| {
        let answer = parse(text).contains(scheme, version);
        assert!(expected(&answer), "{text}: {version}: {answer:?}");
    };
    let inside = |answer: &Contains| *answer == Inside;
    let before = |answer: &Contains| *answer == Outside(Side::Before);
    let after = |answer: &Contains| *answer == Outside(Side::After);
    let undecided = |answer: &Contains| matches!(answer, Undecided(_));

    let fixed = "Fixed in samba 4.15.11, samba 4.16.6, samba 4.17.2.";
    check(fixed, Scheme::Generic, "4.15.10", inside);
    check(fixed, Scheme::Generic, "4.15.11", after);
    check(fixed, Scheme::Generic, "4.16.5", inside);
    check(fixed, Scheme::Generic, "4.16.7", after);
    check(fixed, Scheme::Generic, "4.10.0", inside);
    check(fixed, Scheme::Generic, "4.18.0", after);
    check(fixed, Scheme::Generic, "custom", undecided);

    let openssl = "Fixed in OpenSSL 1.1.1d (Affected 1.1.1-1.1.1c)";
    check(openssl, Scheme::Openssl, "1.1.1", inside);
    check(openssl, Scheme::Openssl, "1.1.1c", inside);
    check(openssl, Scheme::Openssl, "1.1.1d", after);
    check(openssl, Scheme::Openssl, "1.1.0l", before);

    let branch = "all versions 4.9.x before 4.9.3";
    check(branch, Scheme::Generic, "4.9", inside);
    check(branch, Scheme::Generic, "4.9.2", inside);
    check(branch, Scheme::Generic, "4.9.3", after);
    check(branch, Scheme::Generic, "4.8.9", before);
    check(branch, Scheme::Generic, "4.10.0", after);

    check(">= 1.2, < 1.3", Scheme::Generic, "1.2.9", inside);
    check(">= 1.2, < 1.3", Scheme::Generic, "1.3", after);
    check("4.10 to 5.6", Scheme::Linux, "5.6", inside);
    check("current (At least as of 2018-02-16)", Scheme::Generic, "1.0", undecided);
}

#[test]
fn a_branch_between_two_fixed_ones_is_undecided() {
    let fixed = ["4.14.13".to_owned(), "4.16.6".to_owned()];
    assert!(matches!(in_fixed_list(Scheme::Generic, &fixed, "4.15.3"), Contains::Undecided(_)));
    assert_eq!(in_fixed_list(Scheme::Generic, &fixed, "4.13.9"), Contains::Inside);
    assert_eq!(in_fixed_list(Scheme::Generic, &fixed, "4.17.0"), Contains::Outside(Side::After));
}
