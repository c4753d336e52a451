//! The suites of package-url/vers-spec, and our own cases of the notation.

use std::collections::BTreeMap;

use serde_json::Value;
use versions::vers::{Kind, Vers, from_native};
use versions::{Order, Scheme, compare};

/// Cases of the suite by group: (passed, total).
#[derive(Default)]
struct Score {
    groups: BTreeMap<String, (usize, usize)>,
    differences: Vec<String>,
}

#[test]
fn the_suite_of_the_specification() {
    let Some(folder) = testkit::shared("conformance/vers-spec/tests") else { return };
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let mut score = Score::default();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a file of the suite");
        let suite: Value = serde_json::from_str(&text).expect("JSON");
        for case in suite["tests"].as_array().expect("a list of tests") {
            score.take(&path.file_name().expect("a name").to_string_lossy(), case);
        }
    }
    for (group, (passed, total)) in &score.groups {
        println!("{group}: {passed} of {total}");
    }
    let shown: Vec<&String> = score.differences.iter().take(20).collect();
    println!("differences: {shown:#?}");
    for (group, (passed, total)) in &score.groups {
        testkit::quality(&format!("conformance/vers-spec {group}"), *passed, *total, "");
    }
    assert_eq!(score.groups["required"], (1483, 1483), "{shown:#?}");
    // The two: an empty Conan range, which names no constraint; and `~0.8.0-pre`, which the suite ends at 0.8.1.
    assert_eq!(score.groups["recommended"], (547, 549), "{shown:#?}");
}

impl Score {
    fn take(&mut self, file: &str, case: &Value) {
        let group = case["test_group"].as_str().expect("a group");
        let passed = answer(case).is_some_and(|answer| answer == expected(case));
        let entry = self.groups.entry(group.to_owned()).or_default();
        entry.0 += usize::from(passed);
        entry.1 += 1;
        if !passed {
            self.differences.push(format!(
                "{group} {file} {} -> {} but {:?}",
                case["input"],
                case["expected_output"],
                answer(case)
            ));
        }
    }
}

fn expected(case: &Value) -> String {
    match case["expected_failure"].as_bool() {
        Some(true) => case["expected_message"].as_str().unwrap_or("failure").to_owned(),
        _ => match &case["expected_output"] {
            // The suite writes sorted versions in lower case where the type ignores case.
            Value::Array(versions) => versions.iter().map(lower).collect::<Vec<_>>().join(" "),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
    }
}

fn lower(value: &Value) -> String {
    value.as_str().expect("a version").to_lowercase()
}

fn answer(case: &Value) -> Option<String> {
    let input = &case["input"];
    match case["test_type"].as_str()? {
        "comparison" => {
            let mut versions: Vec<&str> =
                input["versions"].as_array()?.iter().filter_map(Value::as_str).collect();
            Kind::from_name(input["input_scheme"].as_str()?)?.sort(&mut versions).ok()?;
            Some(versions.join(" ").to_lowercase())
        }
        "equality" => {
            let versions = input["versions"].as_array()?;
            let kind = Kind::from_name(input["input_scheme"].as_str()?)?;
            Some((kind.compare(versions[0].as_str()?, versions[1].as_str()?) == Order::Equal).to_string())
        }
        "containment" => {
            let vers = Vers::read(input["vers"].as_str()?).ok()?;
            Some(vers.contains(input["version"].as_str()?).ok()?.to_string())
        }
        "from_native" => from_native(input["scheme"].as_str()?, input["native_range"].as_str()?)
            .ok()
            .map(|vers| vers.to_string()),
        "validate" => Vers::read(input.as_str()?).ok().map(|vers| vers.to_string()),
        "parse" => Some(match Vers::parse(input.as_str()?) {
            Ok(vers) => {
                let constraints: Vec<_> =
                    vers.constraints.iter().map(|c| vec![c.comparator.signs(), &c.version]).collect();
                serde_json::json!({"scheme": vers.name, "version_constraints": constraints}).to_string()
            }
            Err(error) => error.to_string(),
        }),
        _ => None,
    }
}

/// The lists of aboutcode-org/univers: pairs of Debian versions, the order of OpenSSL, ranges that print as they were.
#[test]
fn the_lists_of_univers() {
    let Some(folder) = testkit::shared("conformance/univers") else { return };
    let list = |file: &str| -> Vec<Value> {
        let text = std::fs::read_to_string(folder.join(file)).expect("a file of the suite");
        serde_json::from_str(&text).expect("JSON")
    };
    let mut score = Score::default();
    list("deb_version_python_pkg_test.json").iter().for_each(|case| score.take("deb", case));
    assert_eq!(score.groups["advanced"], (16, 16), "{:?}", score.differences);

    let ranges = list("pypi_range_roundtrip.json");
    let same = ranges.iter().filter(|case| {
        let text = case["input"]["vers"].as_str().expect("a range");
        Vers::read(text).is_ok_and(|vers| Some(vers.to_string().as_str()) == case["expected_output"].as_str())
    });
    assert_eq!((same.count(), ranges.len()), (19, 19));
}

#[test]
fn the_release_order_of_openssl() {
    let Some(path) = testkit::shared("conformance/univers/openssl_versort_expected.json") else { return };
    let list: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON");
    let releases: Vec<&str> = list.iter().filter_map(|entry| entry["string"].as_str()).collect();
    assert_eq!(releases.len(), 172);
    let mut others = Vec::new();
    for pair in releases.windows(2) {
        let order = compare(Scheme::Openssl, pair[0], pair[1]);
        assert_eq!(compare(Scheme::Openssl, pair[1], pair[0]), order.reverse());
        if order != Order::Less {
            others.push((pair[0], order, pair[1]));
        }
    }
    // The list puts snapshots behind the release they lead to: `-cvs` names no stage here, `-dev` is before.
    assert_eq!(others, [("0.9.6", Order::Equal, "0.9.6-cvs"), ("1.0.2zc", Order::Greater, "1.0.2zc-dev")]);
}

/// Native ranges as advisories of one ecosystem write them; a share, because that importer also rewrites versions.
#[test]
fn native_ranges_of_advisories_are_read() {
    let Some(folder) = testkit::shared("conformance/univers/gitlab") else { return };
    let (mut read, mut same, mut total) = (0, 0, 0);
    for file in std::fs::read_dir(folder).expect("the folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a file of the suite");
        let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        for case in &cases {
            let input = &case["input"];
            let range = from_native(
                input["scheme"].as_str().expect("a type"),
                input["native_range"].as_str().expect("a range"),
            );
            total += 1;
            read += usize::from(range.is_ok());
            same +=
                usize::from(range.is_ok_and(|range| case["expected_output"] == range.to_string().as_str()));
        }
    }
    println!("{read} of {total} native ranges read, {same} printed alike");
    assert_eq!((read, same, total), (4155, 3270, 4155));
}

#[test]
fn own_cases_of_the_notation() {
    let contains = |range: &str, version: &str| Vers::read(range).expect("a range").contains(version);
    assert_eq!(contains("vers:npm/*", "1.0.0"), Ok(true));
    assert_eq!(contains("vers:npm/1.0.0|>=2.0.0|<3.0.0", "1.0.0"), Ok(true));
    assert_eq!(contains("vers:npm/1.0.0|>=2.0.0|<3.0.0", "1.5.0"), Ok(false));
    assert_eq!(contains("vers:npm/1.0.0|>=2.0.0|<3.0.0", "2.5.0"), Ok(true));
    assert_eq!(contains("vers:npm/!=1.0.0", "1.0.0"), Ok(false));
    assert_eq!(contains("vers:npm/!=1.0.0", "1.0.1"), Ok(true));
    assert_eq!(contains("vers:deb/<1:1.0", "9.0-1"), Ok(true));
    assert!(contains("vers:npm/<1.0.0", "latest").is_err());
    assert!(Vers::parse("vers:nosuchtype/1").is_err());
    assert!(Vers::parse("1.0").is_err());
    assert_eq!(
        Vers::read("vers:npm/ <2.0.0 | >=1.0.0 ").map(|vers| vers.to_string()),
        Ok("vers:npm/>=1.0.0|<2.0.0".to_owned())
    );
}

#[test]
fn own_cases_of_native_ranges() {
    let cases = [
        ("npm", "^0.2.3", "vers:npm/>=0.2.3|<0.3.0"),
        ("npm", "^0.0.3", "vers:npm/>=0.0.3|<0.0.4"),
        ("npm", "~1.2", "vers:npm/>=1.2.0|<1.3.0"),
        ("npm", "1.x", "vers:npm/>=1.0.0|<2.0.0"),
        ("maven", "[1.0,2.0)", "vers:maven/>=1.0|<2.0"),
        ("maven", "(,1.0],[1.2,)", "vers:maven/<=1.0|>=1.2"),
        ("nuget", "[1.0.0]", "vers:nuget/1.0.0"),
        ("pypi", "~=1.4.2", "vers:pypi/>=1.4.2|<1.5"),
        ("pypi", "==1.4.*", "vers:pypi/>=1.4|<1.5"),
        ("gem", "~> 2.2, != 2.2.3", "vers:gem/>=2.2|!=2.2.3|<3"),
        ("nginx", "1.1.4-1.2.8, 1.3.9+", "vers:nginx/>=1.1.4|<=1.2.8|>=1.3.9"),
        ("deb", ">= 1.0-1, < 2.0-1", "vers:deb/>=1.0-1|<2.0-1"),
    ];
    for (name, range, expected) in cases {
        assert_eq!(
            from_native(name, range).map(|vers| vers.to_string()),
            Ok(expected.to_owned()),
            "{name} {range}"
        );
    }
    for (name, range) in [("npm", "not a range"), ("maven", "[1.0,2.0"), ("deb", ""), ("nosuchtype", "1.0")] {
        assert!(from_native(name, range).is_err(), "{name} {range}");
    }
}
