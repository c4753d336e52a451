//! The ordering suites of google/osv-scalibr: one relation per line, each also mirrored.

use std::collections::BTreeMap;

use versions::{Order, Scheme, compare};

/// The lines we deliberately answer otherwise, with the reason.
const EXPECTED_DIFFERENCES: &str = include_str!("expected-differences.tsv");

struct Suite {
    file: &'static str,
    relations: usize,
    compare: fn(&str, &str) -> Order,
}

macro_rules! suite {
    ($file:literal, $relations:literal, $scheme:expr) => {
        Suite { file: $file, relations: $relations, compare: |a, b| compare($scheme, a, b) }
    };
}

const SUITES: &[Suite] = &[
    suite!("alpine-versions.txt", 0, Scheme::Apk),
    suite!("alpine-versions-generated.txt", 0, Scheme::Apk),
    suite!("debian-versions.txt", 0, Scheme::Deb),
    suite!("debian-versions-generated.txt", 0, Scheme::Deb),
    suite!("redhat-versions.txt", 0, Scheme::Rpm),
    suite!("semver-versions.txt", 0, Scheme::Semver),
    suite!("pypi-versions.txt", 0, Scheme::Pep440),
    suite!("pypi-versions-generated.txt", 0, Scheme::Pep440),
    suite!("maven-versions.txt", 0, Scheme::Maven),
    suite!("maven-versions-generated.txt", 0, Scheme::Maven),
    suite!("rubygems-versions.txt", 0, Scheme::Gem),
    suite!("rubygems-versions-generated.txt", 0, Scheme::Gem),
    suite!("nuget-versions.txt", 0, Scheme::Nuget),
    suite!("packagist-versions.txt", 0, Scheme::Composer),
    suite!("packagist-versions-generated.txt", 0, Scheme::Composer),
];

#[test]
fn every_line_holds_in_both_directions() {
    let Some(folder) = testkit::shared("conformance/version-ordering-osv-scalibr") else { return };
    let expected = expected_differences();
    let (mut total, mut differences, mut counts) = (0, Vec::new(), Vec::new());
    for suite in SUITES {
        let text = std::fs::read_to_string(folder.join(suite.file)).expect("the suite is there");
        let mut relations = 0;
        for line in text.lines().map(str::trim) {
            let Some((a, relation, b)) = relation_of(line) else { continue };
            relations += 1;
            let (order, mirrored) = ((suite.compare)(a, b), (suite.compare)(b, a));
            let holds = order.symbol() == relation && mirrored == order.reverse();
            if holds == expected.contains_key(&(suite.file, line)) {
                differences.push(format!("{} {line}: {order:?}, mirrored {mirrored:?}", suite.file));
            }
        }
        total += relations;
        if relations != suite.relations {
            counts.push(format!("{}: {relations}, not {}", suite.file, suite.relations));
        }
    }
    println!("{} of {total} relations", total - differences.len());
    let first: Vec<_> = differences.iter().take(40).cloned().collect();
    assert!(differences.is_empty(), "{} of {total} differ:\n{}", differences.len(), first.join("\n"));
    assert!(counts.is_empty(), "counts: {counts:?}");
}

fn relation_of(line: &str) -> Option<(&str, &str, &str)> {
    if line.starts_with('#') || line.starts_with("//") {
        return None;
    }
    let mut parts = line.split_whitespace();
    let (a, relation, b) = (parts.next()?, parts.next()?, parts.next()?);
    assert!(parts.next().is_none(), "more than three parts: {line}");
    Some((a, relation, b))
}

/// (file, line) -> reason.
fn expected_differences() -> BTreeMap<(&'static str, &'static str), &'static str> {
    EXPECTED_DIFFERENCES
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [file, relation, reason] = fields[..] else { panic!("three fields: {line}") };
            assert!(!reason.is_empty(), "a reason: {line}");
            ((file, relation), reason)
        })
        .collect()
}
