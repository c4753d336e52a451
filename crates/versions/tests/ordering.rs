//! The ordering suites of google/osv-scalibr: one relation per line, each also mirrored.

use std::collections::BTreeMap;

use versions::vers::Kind;
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
    suite!("alpine-versions.txt", 577, Scheme::Apk),
    suite!("alpine-versions-generated.txt", 10552, Scheme::Apk),
    suite!("debian-versions.txt", 23, Scheme::Deb),
    suite!("debian-versions-generated.txt", 10844, Scheme::Deb),
    suite!("redhat-versions.txt", 121, Scheme::Rpm),
    suite!("semver-versions.txt", 68, Scheme::Semver),
    suite!("pypi-versions.txt", 28, Scheme::Pep440),
    suite!("pypi-versions-generated.txt", 9192, Scheme::Pep440),
    suite!("maven-versions.txt", 66, Scheme::Maven),
    suite!("maven-versions-generated.txt", 11065, Scheme::Maven),
    suite!("rubygems-versions.txt", 21, Scheme::Gem),
    suite!("rubygems-versions-generated.txt", 3103, Scheme::Gem),
    suite!("nuget-versions.txt", 20, Scheme::Nuget),
    suite!("packagist-versions.txt", 69, Scheme::Composer),
    suite!("packagist-versions-generated.txt", 8006, Scheme::Composer),
    Suite { file: "cran-versions.txt", relations: 15, compare: |a, b| Kind::Cran.compare(a, b) },
    Suite { file: "cran-versions-generated.txt", relations: 39, compare: |a, b| Kind::Cran.compare(a, b) },
    Suite { file: "hackage-versions.txt", relations: 11, compare: |a, b| Kind::Hackage.compare(a, b) },
    Suite { file: "pub-versions.txt", relations: 75, compare: |a, b| Kind::Pub.compare(a, b) },
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
    println!("{} of {total} relations", total - differences.len() - expected.len());
    let first: Vec<_> = differences.iter().take(40).cloned().collect();
    assert!(differences.is_empty(), "{} of {total} differ:\n{}", differences.len(), first.join("\n"));
    assert!(counts.is_empty(), "counts: {counts:?}");
    testkit::quality(
        "conformance/version-ordering",
        total - expected.len(),
        total,
        "both directions; the others are proven wrong in the data, see expected-differences.tsv",
    );
    assert_eq!((SUITES.len(), total, expected.len()), (19, 53895, 4));
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
