//! The suites of package-url/vers-spec, and our own cases of the notation.

use std::collections::BTreeMap;

use serde_json::Value;
use versions::vers::{Kind, Vers, from_native};
use versions::Order;

/// Cases of the suite by group: (passed, total).
#[derive(Default)]
struct Score {
    groups: BTreeMap<String, (usize, usize)>,
    differences: Vec<String>,
}

#[test]
fn the_suite_of_the_specification() {
    let Some(folder) = testkit::shared("conformance/vers-spec/tests") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path()).collect();
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
                case["input"], case["expected_output"], answer(case)
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
            let mut versions: Vec<&str> = input["versions"].as_array()?.iter().filter_map(Value::as_str).collect();
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
        "from_native" => {
            from_native(input["scheme"].as_str()?, input["native_range"].as_str()?).ok().map(|vers| vers.to_string())
        }
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
