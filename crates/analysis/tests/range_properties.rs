//! What holds of every version claim: the literal layer's case tables, the sampled records, properties.

use analysis::matching::ranges::{
    ComponentVersion, NoCommits, RangeAnswer, judge_claim, judge_rows, literal,
};
use model::finding::{Confidence, Verdict};
use model::record::{Claim, ClaimForm, Entry, Record, Status};
use model::version::Scheme;
use proptest::prelude::*;
use serde_json::Value;

use crate::{cve_json, notation};

fn judge(component: &str, claim: &str) -> RangeAnswer {
    judge_claim(&Record::default(), &notation::claim(claim), &notation::component(component), &NoCommits)
}

/// Runs a table of (set, version, expected) over the literal layer.
fn literal_cases(table: &str) -> (usize, Vec<String>) {
    let table: Value = serde_json::from_str(table).unwrap();
    let mut failures = Vec::new();
    let cases = table["cases"].as_array().unwrap();
    for case in cases {
        let (set, version) = (case["set"].as_str().unwrap(), case["version"].as_str().unwrap());
        let claim = cve_json::claim(&table["products"][set]);
        let scheme = if version.contains('p') { Scheme::Openssh } else { Scheme::Generic };
        let got =
            notation::status_word(literal(&claim.entries, claim.default_status, scheme, version).status);
        if got != case["expected"] {
            failures.push(format!("{set} {version}: {got}, expected {}", case["expected"]));
        }
    }
    (cases.len(), failures)
}

#[test]
fn literal_layer_of_our_case_table() {
    let table = include_str!("../../../fixtures/cases/cve-affected-cases.json");
    let (cases, wrong) = literal_cases(table);
    testkit::quality("cases/cve-affected-cases.json", cases - wrong.len(), cases, "literal layer");
    assert_eq!((cases, wrong), (46, vec![]));
}

#[test]
fn literal_layer_of_the_derived_case_table() {
    let Some(path) = testkit::shared("conformance/derived/cve-affected-cases.json") else { return };
    let (cases, wrong) = literal_cases(&std::fs::read_to_string(path).unwrap());
    testkit::quality(
        "conformance/derived/cve-affected-cases.json",
        cases - wrong.len(),
        cases,
        "literal layer",
    );
    assert_eq!((cases, wrong), (31, vec![]));
}

/// All claims of the sampled records: (record id, claim).
fn sampled_claims() -> Option<(usize, Vec<(String, Claim<'static>)>)> {
    let root = testkit::shared("conformance/cve-vulnrichment-sample")?;
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    let mut claims = Vec::new();
    for file in &files {
        let json: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let id = json["cveMetadata"]["cveId"].as_str().unwrap_or_default().to_owned();
        let adps = json["containers"]["adp"].as_array().into_iter().flatten();
        for container in std::iter::once(&json["containers"]["cna"]).chain(adps) {
            claims.extend(cve_json::claims(container).into_iter().map(|claim| (id.clone(), claim)));
        }
    }
    Some((files.len(), claims))
}

#[test]
fn an_undecidable_version_is_never_unaffected() {
    let Some((records, claims)) = sampled_claims() else { return };
    assert_eq!(records, 426);
    for (id, claim) in &claims {
        for version in ["", "custom", "AUTOINC", "next-20240101-dirty", "@@@", "6.6.y", "zebra"] {
            for scheme in [Scheme::Generic, Scheme::Linux, Scheme::Semver, Scheme::Openssl] {
                let got = literal(&claim.entries, claim.default_status, scheme, version);
                assert_eq!(got.status, Status::Unknown, "{id} {scheme} {version}");
                let component = ComponentVersion::new(version, scheme);
                let verdict = judge_claim(&Record::default(), claim, &component, &NoCommits).verdict;
                assert_ne!(verdict, Some(Verdict::NotAffected), "{id} {scheme} {version}");
            }
        }
    }
    println!("undecidable versions: {} claims of {records} records", claims.len());
}

#[test]
fn every_affected_verdict_of_the_sample_has_a_deciding_comparison() {
    let Some((_, claims)) = sampled_claims() else { return };
    let mut affected = 0;
    for (id, claim) in &claims {
        for version in ["0.1", "1.0.2", "3.4.5", "6.6.21", "2024.01", "17.1"] {
            let answer = judge_claim(
                &Record::default(),
                claim,
                &ComponentVersion::new(version, Scheme::Generic),
                &NoCommits,
            );
            if answer.verdict == Some(Verdict::Affected) {
                affected += 1;
                assert!(!answer.evidence.is_empty(), "{id} {version}");
            }
        }
    }
    assert!(affected > 100, "{affected}");
}

fn number() -> impl Strategy<Value = String> {
    (0u32..6, 0u32..6, 0u32..6).prop_map(|(a, b, c)| format!("{a}.{b}.{c}"))
}

fn row() -> impl Strategy<Value = String> {
    let status = prop_oneof!["affected", "unaffected", "unknown"];
    let shape = prop_oneof![
        (number(), number()).prop_map(|(a, b)| format!("{a} <= v < {b}")),
        (number(), number()).prop_map(|(a, b)| format!("{a} <= v <= {b}")),
        number().prop_map(|a| format!("= {a}")),
        number().prop_map(|a| format!("{a} <= v < *")),
        number().prop_map(|a| format!("v < {a}")),
        (0u32..6).prop_map(|a| format!("1.0.0 <= v < {a}.*")),
        (0u32..6).prop_map(|a| format!("= {a}.x")),
        (number(), number(), number())
            .prop_map(|(a, b, c)| format!("{a} <= v < * {{unaffected {b}, affected {c}}}")),
    ];
    (status, shape).prop_map(|(status, shape)| format!("{status} {shape}"))
}

fn claim_text() -> impl Strategy<Value = String> {
    let default =
        prop_oneof![Just(""), Just("default affected"), Just("default unaffected"), Just("default unknown")];
    (prop::collection::vec(row(), 0..5), default)
        .prop_map(|(rows, default)| format!("{} | {default}", rows.join(" | ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Past the last bound of a record whose rows all end, nothing stays affected.
    #[test]
    fn raised_past_every_fix_nothing_stays_affected(starts in prop::collection::vec((number(), number()), 1..4)) {
        let rows: Vec<String> = starts.iter().map(|(a, b)| format!("affected {a} <= v < {b}")).collect();
        for default in ["", "| default unaffected", "| default unknown"] {
            let answer = judge("generic 99.0", &format!("{}{default}", rows.join(" | ")));
            prop_assert_ne!(answer.verdict, Some(Verdict::Affected));
        }
    }

    /// Once fixed in a single range, a higher version never comes back.
    #[test]
    fn a_single_range_ends_once(end in number(), a in number(), b in number()) {
        let claim = format!("affected v < {end} | default unaffected");
        let (low, high) = if versions::compare(Scheme::Generic, &a, &b) == versions::Order::Greater { (b, a) } else { (a, b) };
        let judged = |version: &str| judge(&format!("generic {version}"), &claim).verdict;
        if judged(&low) == Some(Verdict::NotAffected) {
            prop_assert_eq!(judged(&high), Some(Verdict::NotAffected));
        }
    }

    /// Making a row unreadable, or the version unknown, never makes a component safe that was not.
    #[test]
    fn less_knowledge_never_makes_safe(text in claim_text(), version in number(), damaged in 0usize..5) {
        let mut claim = notation::claim(&text);
        let component = ComponentVersion::new(&version, Scheme::Generic);
        let before = judge_claim(&Record::default(), &claim, &component, &NoCommits).verdict;
        let unknown = ComponentVersion { text: "custom".into(), ..component };
        let verdict = judge_claim(&Record::default(), &claim, &unknown, &NoCommits).verdict;
        prop_assert_ne!(verdict, Some(Verdict::NotAffected));
        if let Some(entry) = claim.entries.get_mut(damaged) {
            let damaged = notation::entry("affected v < someday");
            *entry = Entry { start: damaged.start, end: damaged.end, ..entry.clone() };
            let after = judge_claim(&Record::default(), &claim, &component, &NoCommits).verdict;
            if before != Some(Verdict::NotAffected) {
                prop_assert_ne!(after, Some(Verdict::NotAffected), "{}", text);
            }
        }
    }

    /// Shuffled changes give the same answer.
    #[test]
    fn the_order_of_changes_does_not_matter(
        changes in prop::collection::vec((number(), any::<bool>()), 0..5),
        version in number(),
    ) {
        let mut claim = notation::claim("affected 1.0.0 <= v < *");
        claim.entries[0].changes = changes
            .iter()
            .map(|(at, affected)| model::record::Change {
                at: at.clone().into(),
                status: if *affected { Status::Affected } else { Status::Unaffected },
            })
            .collect();
        let component = ComponentVersion::new(&version, Scheme::Generic);
        let judged = |claim: &Claim<'_>| {
            let answer = judge_claim(&Record::default(), claim, &component, &NoCommits);
            (answer.verdict, answer.reason, answer.fixed)
        };
        let first = judged(&claim);
        claim.entries[0].changes.reverse();
        prop_assert_eq!(&judged(&claim), &first);
        claim.entries[0].changes.rotate_left(changes.len().min(1));
        prop_assert_eq!(&judged(&claim), &first);
    }

    /// Any text anywhere: an answer, never a panic, and never an affected verdict without a version.
    #[test]
    fn any_text_gives_an_answer(start in ".{0,24}", end in ".{0,24}", at in ".{0,12}", version in ".{0,24}", form in 0u8..4) {
        let entry = Entry {
            start: start.into(),
            end: match form {
                0 => model::record::End::Single,
                1 => model::record::End::Before(end.clone().into()),
                2 => model::record::End::Through(end.clone().into()),
                _ => model::record::End::Open,
            },
            changes: vec![model::record::Change { at: at.into(), status: Status::Unaffected }],
            ..Entry::default()
        };
        let rows = [model::record::CpeRow { version: entry.start.clone(), update: end.into(), bounds: None }];
        for scheme in Scheme::ALL.iter().map(|(scheme, _)| *scheme) {
            let component = ComponentVersion::new(&version, scheme);
            for form in [ClaimForm::CveVersions, ClaimForm::Osv, ClaimForm::SecFix] {
                let claim = Claim { entries: vec![entry.clone()], form, ..Claim::default() };
                let answer = judge_claim(&Record::default(), &claim, &component, &NoCommits);
                prop_assert!(answer.confidence <= Confidence::Exact);
            }
            let _ = judge_rows(&Record::default(), &[&rows], true, &component);
            let _ = judge_rows(&Record::default(), &[&rows], false, &component);
        }
    }
}
