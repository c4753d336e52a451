//! CVSS: the official and generated vectors whole and exact, the worked examples, wrong vectors, and properties.

use std::path::Path;

use analysis::risk::vectors::{Severity, Vector, VectorError, Version, formulas, score};
use proptest::prelude::*;

/// A line of a suite: the scores in tenths, and the severities where the file gives them.
struct Row {
    vector: String,
    scores: Vec<Option<u16>>,
    severities: Vec<String>,
}

fn rows(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).expect("the suite is there");
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(row).collect()
}

fn row(line: &str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    // The rounding-boundary file gives a bare number and, third, the wrong answer.
    let is_list = fields[1].starts_with('[');
    let scores = if is_list { fields[1].to_owned() } else { format!("[{}]", fields[1]) };
    let scores: Vec<Option<f64>> = serde_json::from_str(&scores).expect("a list of scores");
    let severities =
        fields.get(2).filter(|_| is_list).map(|list| serde_json::from_str(list).expect("a list"));
    Row {
        vector: fields[0].to_owned(),
        scores: scores.into_iter().map(|score| score.map(|score| (score * 10.0).round() as u16)).collect(),
        severities: severities.unwrap_or_default(),
    }
}

/// What is wrong with our answer to a row; `None` when all is exact.
fn fault(row: &Row) -> Option<String> {
    let vector = match Vector::parse(&row.vector) {
        Ok(vector) => vector,
        Err(error) => return Some(format!("{}: {error}", row.vector)),
    };
    let given = score(&row.vector).expect("what can be read can be scored");
    let all = formulas(&vector).expect("what can be read can be scored");
    let ours: Vec<Option<u16>> = match vector.version() {
        // For 3.x the suites give all three scores, also where no metric of the group is given.
        Version::V30 | Version::V31 => all.into_iter().map(Some).collect(),
        Version::V2 => vec![given.base, given.temporal, given.environmental],
        Version::V40 => vec![given.base],
    };
    let is_consistent = given.base == Some(all[0])
        && given.temporal.is_none_or(|score| score == all[1])
        && given.environmental.is_none_or(|score| score == all[2]);
    let words: Vec<&str> =
        ours.iter().map(|score| score.map_or("none", |score| given.severity(score).word())).collect();
    let same_words = row.severities.iter().zip(&words).all(|(theirs, ours)| theirs.to_lowercase() == **ours);
    let is_exact = ours == row.scores && same_words && is_consistent;
    (!is_exact).then(|| {
        format!("{}: {ours:?} {words:?}, expected {:?} {:?}", row.vector, row.scores, row.severities)
    })
}

fn run(suite: &str, line: &str, files: &[(&str, usize)]) {
    let Some(folder) = testkit::shared(&format!("conformance/{suite}")) else { return };
    let (mut total, mut faults) = (0, Vec::new());
    for (file, count) in files {
        let rows = rows(&folder.join(file));
        assert_eq!(rows.len(), *count, "{file}");
        total += rows.len();
        faults.extend(rows.iter().filter_map(fault));
    }
    testkit::quality(line, total - faults.len(), total, "CVSS vectors, every score exact");
    assert!(faults.is_empty(), "{} of {total} differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_official_vectors_are_exact() {
    run(
        "cvss-vectors",
        "cvss-vectors",
        &[
            ("calculator2.tsv", 5),
            ("calculator3.tsv", 2),
            ("cvsslib2.tsv", 24),
            ("cvsslib3.tsv", 29),
            ("security4.tsv", 54),
            ("simple2.tsv", 729),
            ("simple3.tsv", 2592),
            ("simple31.tsv", 2592),
            ("simple4.tsv", 1058),
            ("supplemental4.tsv", 576),
            ("threat4.tsv", 6),
        ],
    );
}

#[test]
fn the_generated_vectors_are_exact() {
    run(
        "cvss-generated",
        "cvss-generated",
        &[("v2.tsv", 3059), ("v3.0.tsv", 2984), ("v3.1.tsv", 2995), ("v4.0.tsv", 4485)],
    );
}

#[test]
fn ties_of_version_4_are_rounded_half_up() {
    run("cvss-generated", "cvss-rounding-boundary", &[("v4.0-rounding-boundary.tsv", 17)]);
}

/// What one score is in the notation of people: `9.8`, or `-`.
fn shown(score: Option<u16>) -> String {
    score.map_or("-".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}

fn check(vector: &str, expected: &str) {
    let answer = match score(vector) {
        Ok(scores) => {
            format!("{} {} {}", shown(scores.base), shown(scores.temporal), shown(scores.environmental))
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(answer, expected, "{vector}");
}

#[test]
fn only_given_groups_have_a_score() {
    check("AV:N/AC:L/Au:N/C:C/I:C/A:C", "10.0 - -");
    check("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", "10.0 - -");
    check("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:ND/TD:ND", "10.0 - -");
    check("AV:N/AC:L/Au:N/C:C/I:C/A:C/TD:L", "10.0 - 2.5");
    check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8 - -");
    check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X/CR:X", "9.8 - -");
    check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U", "9.8 9.0 -");
    check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P", "9.8 - 6.8");
    check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/MAV:P", "9.8 9.0 6.2");
    check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "9.3 - -");
    check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/MAV:P", "4.0 - -");
}

#[test]
fn the_overall_score_takes_in_all_that_is_given() {
    let overall = |vector: &str| shown(score(vector).expect("a vector").overall());
    assert_eq!(overall("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), "9.8");
    assert_eq!(overall("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U"), "9.0");
    assert_eq!(overall("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/MAV:P"), "6.2");
}

#[test]
fn the_score_of_version_4_is_labelled_by_the_metrics_used() {
    let base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    for (further, label) in [
        ("", "CVSS-B"),
        ("/E:X/S:P", "CVSS-B"),
        ("/E:A", "CVSS-BT"),
        ("/MSI:S", "CVSS-BE"),
        ("/E:A/CR:H/U:Red", "CVSS-BTE"),
    ] {
        assert_eq!(score(&format!("{base}{further}")).expect("a vector").label, label, "{further}");
    }
    assert_eq!(score("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:H").expect("a vector").label, "");
}

#[test]
fn a_wrong_vector_is_a_typed_error() {
    let three = "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H";
    check("", "the vector is empty");
    check(" \t ", "the vector is empty");
    check("garbage", "`garbage` is not of the form metric:value");
    check("CVSS:3.1", "CVSS 3.1 metric AV is missing");
    check("CVSS:4.0/", "CVSS 4.0 metric AV is missing");
    check(&format!("CVSS:3.1/{three}"), "CVSS 3.1 metric A is missing");
    check("AV:N/AC:L/C:P/I:P/A:P", "CVSS 2.0 metric Au is missing");
    check(&format!("CVSS:3.1/{three}/A:H/AV:N"), "metric AV is given twice");
    check(&format!("CVSS:3.1/{three}/A:H/E:X/E:H"), "metric E is given twice");
    check(&format!("CVSS:3.1/{three}/A:H/"), "`` is not of the form metric:value");
    check(&format!("CVSS:3.1//{three}/A:H"), "`` is not of the form metric:value");
    check(&format!("CVSS:3.1/{three}/A:C"), "CVSS 3.1 metric A has no value `C`");
    check(&format!("CVSS:3.1/{three}/A:h"), "CVSS 3.1 metric A has no value `h`");
    check(&format!("CVSS:3.1/{three}/A:H:H"), "CVSS 3.1 metric A has no value `H:H`");
    check(&format!("CVSS:3.1/{three}/A:H/TD:L"), "CVSS 3.1 has no metric `TD`");
    check(&format!("CVSS:4.0/{three}/A:H"), "CVSS 4.0 metric S has no value `U`");
    check(&format!("{three}/A:H"), "CVSS 2.0 has no metric `PR` (a vector without prefix is of version 2)");
    for number in ["2.0", "3", "3.2", "5.0", ""] {
        let answer = score(&format!("CVSS:{number}/{three}/A:H"));
        assert_eq!(answer, Err(VectorError::UnknownVersion(number.to_owned())));
    }
    let base = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
    check(&base.replace("SI:N", "SI:S"), "CVSS 4.0 metric SI has no value `S`");
    check(&format!("{base}/E:H"), "CVSS 4.0 metric E has no value `H`");
    check(&format!("{base}/RL:O"), "CVSS 4.0 has no metric `RL`");
    let long = score(&"x\n".repeat(1 << 20)).expect_err("no vector").to_string();
    assert!(long.len() < 200 && !long.contains('\n'), "{long}");
}

#[test]
fn metrics_are_read_by_name() {
    let vector = Vector::parse("CVSS:3.0/S:U/AV:N/AC:L/PR:H/UI:N/C:L/I:L/A:N/E:F/RL:X").expect("a vector");
    assert_eq!(vector.version(), Version::V30);
    assert_eq!((vector.get("AV"), vector.get("RL"), vector.get("RC")), (Some("N"), Some("X"), None));
    assert_eq!((vector.defined("E"), vector.defined("RL")), (Some("F"), None));
    assert_eq!(vector.metrics().first(), Some(&("AV", "N")));
    assert_eq!(vector.to_string(), "CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:N/E:F/RL:X");
    assert_eq!(vector.base().to_string(), "CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:N");
}

#[test]
fn metrics_are_set_at_their_place() {
    let base = Vector::parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P").expect("a vector");
    let all = [
        ("MA", "L"),
        ("MI", "L"),
        ("MC", "L"),
        ("MS", "C"),
        ("MUI", "R"),
        ("MPR", "H"),
        ("MAC", "H"),
        ("MAV", "A"),
        ("AR", "L"),
        ("IR", "M"),
        ("CR", "H"),
        ("RC", "U"),
        ("RL", "O"),
        ("E", "U"),
    ];
    assert_eq!(
        base.with(all).expect("metrics of 3.1").to_string(),
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U/CR:H/IR:M/AR:L/MAV:A/MAC:H/MPR:H/MUI:R/MS:C/MC:L/MI:L/MA:L"
    );
    assert_eq!(
        base.with([("MAT", "P")]),
        Err(VectorError::UnknownMetric { version: Version::V31, metric: "MAT".to_owned() })
    );
    assert!(base.with([("E", "A")]).is_err());
}

#[test]
fn severities_change_where_the_specifications_say() {
    let word = |version, tenths| Severity::of(version, tenths).word();
    for (tenths, two, later) in [
        (0, "low", "none"),
        (1, "low", "low"),
        (39, "low", "low"),
        (40, "medium", "medium"),
        (69, "medium", "medium"),
        (70, "high", "high"),
        (89, "high", "high"),
        (90, "high", "critical"),
        (100, "high", "critical"),
    ] {
        assert_eq!((word(Version::V2, tenths), word(Version::V31, tenths)), (two, later), "{tenths}");
        assert_eq!(word(Version::V40, tenths), later, "{tenths}");
    }
}

/// The environmental vectors of the worked examples: built from the base vector and the metrics, in the exact text,
/// and with the scores given there.
#[test]
fn the_worked_examples_are_built_and_scored() {
    let text = include_str!("../../../fixtures/cases/assessment-examples.json");
    let document: serde_json::Value = serde_json::from_str(text).expect("the examples are JSON");
    let mut examples = 0;
    for case in document["cases"].as_array().expect("cases") {
        let expected = &case["expected"]["cvss31_environmental"];
        let Some(vector) = expected["vector"].as_str() else { continue };
        examples += 1;
        let base = Vector::parse(case["facts"]["cvss31"].as_str().expect("a base vector")).expect("a vector");
        let further = vector.strip_prefix(&base.to_string()).expect("the base stands first");
        let mut further: Vec<(&str, &str)> =
            further.split('/').filter_map(|part| part.split_once(':')).collect();
        further.reverse();
        assert_eq!(base.with(further).expect("metrics of 3.1").to_string(), vector);
        let scores = score(vector).expect("a vector");
        let tenths = |score: &serde_json::Value| score.as_f64().map(|score| (score * 10.0).round() as u16);
        assert_eq!(scores.base, tenths(&expected["base"]), "{vector}");
        assert_eq!(scores.environmental, tenths(&expected["environmental"]), "{vector}");
    }
    assert_eq!(examples, 22);
}

/// Every base vector of a version, as lists of (metric, value), mildest values first.
fn every_vector(metrics: &[(&'static str, &[&'static str])]) -> Vec<Vec<(&'static str, &'static str)>> {
    metrics.iter().fold(vec![Vec::new()], |vectors, (name, values)| {
        let extend = |vector: &Vec<_>| {
            let vector = vector.clone();
            values
                .iter()
                .map(move |value| [vector.as_slice(), &[(*name, *value)]].concat())
                .collect::<Vec<_>>()
        };
        vectors.iter().flat_map(extend).collect()
    })
}

fn text(prefix: &str, metrics: &[(&str, &str)]) -> String {
    let parts: Vec<String> = metrics.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{prefix}{}", parts.join("/"))
}

/// Raises each impact metric by one step; the score may not fall. Returns how many steps were looked at.
fn raise(prefix: &str, vector: &[(&str, &'static str)], impacts: &[&str], values: &[&'static str]) -> usize {
    let base = |metrics: &[(&str, &str)]| score(&text(prefix, metrics)).expect("a vector").base;
    let before = base(vector);
    let mut steps = 0;
    for at in (0..vector.len()).filter(|at| impacts.contains(&vector[*at].0)) {
        let place = values.iter().position(|value| *value == vector[at].1).expect("a known value");
        let Some(worse) = values.get(place + 1) else { continue };
        let mut raised = vector.to_vec();
        raised[at].1 = worse;
        assert!(base(&raised) >= before, "{} lowers {}", text(prefix, &raised), text(prefix, vector));
        steps += 1;
    }
    steps
}

#[test]
fn a_worse_impact_never_lowers_the_base_score_of_2_and_3() {
    let impact: [&[&str]; 2] = [&["N", "P", "C"], &["N", "L", "H"]];
    let two = every_vector(&[
        ("AV", &["L", "A", "N"]),
        ("AC", &["H", "M", "L"]),
        ("Au", &["M", "S", "N"]),
        ("C", impact[0]),
        ("I", impact[0]),
        ("A", impact[0]),
    ]);
    let three = every_vector(&[
        ("AV", &["P", "L", "A", "N"]),
        ("AC", &["H", "L"]),
        ("PR", &["H", "L", "N"]),
        ("UI", &["R", "N"]),
        ("S", &["U", "C"]),
        ("C", impact[1]),
        ("I", impact[1]),
        ("A", impact[1]),
    ]);
    let names = ["C", "I", "A"];
    assert_eq!(two.iter().map(|vector| raise("", vector, &names, impact[0])).sum::<usize>(), 1458);
    for prefix in ["CVSS:3.0/", "CVSS:3.1/"] {
        assert_eq!(three.iter().map(|vector| raise(prefix, vector, &names, impact[1])).sum::<usize>(), 5184);
    }
}

fn vector_of_4() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let one = |name: &'static str, values: &'static [&'static str]| {
        prop::sample::select(values).prop_map(move |value| (name, value))
    };
    const IMPACT: &[&str] = &["N", "L", "H"];
    (
        one("AV", &["P", "L", "A", "N"]),
        one("AC", &["H", "L"]),
        one("AT", &["P", "N"]),
        one("PR", &["H", "L", "N"]),
        one("UI", &["A", "P", "N"]),
        (one("VC", IMPACT), one("VI", IMPACT), one("VA", IMPACT)),
        (one("SC", IMPACT), one("SI", IMPACT), one("SA", IMPACT)),
    )
        .prop_map(|(a, b, c, d, e, v, s)| vec![a, b, c, d, e, v.0, v.1, v.2, s.0, s.1, s.2])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_vector_or_an_error(text in any::<String>()) {
        let _ = score(&text);
    }

    #[test]
    fn any_metrics_are_a_vector_or_an_error(
        prefix in prop::sample::select(&["", "CVSS:3.0/", "CVSS:3.1/", "CVSS:4.0/", "CVSS:", "("][..]),
        parts in prop::collection::vec("[A-Za-z]{0,3}:?[A-Z]{0,3}", 0..24),
    ) {
        let _ = score(&format!("{prefix}{}", parts.join("/")));
    }

    #[test]
    fn what_is_written_is_read_again(vector in vector_of_4(), at in 0usize..11) {
        let mut turned = vector.clone();
        turned.rotate_left(at);
        let canonical = Vector::parse(&text("CVSS:4.0/", &vector)).expect("a vector");
        prop_assert_eq!(Vector::parse(&text("CVSS:4.0/", &turned)), Ok(canonical.clone()));
        prop_assert_eq!(Vector::parse(&canonical.to_string()), Ok(canonical));
        let cut = text("CVSS:4.0/", &vector[..at]);
        prop_assert!(score(&cut).is_err(), "{}", cut);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_worse_impact_never_lowers_the_score_of_4(vector in vector_of_4()) {
        raise("CVSS:4.0/", &vector, &["VC", "VI", "VA", "SC", "SI", "SA"], &["N", "L", "H"]);
    }
}
