//! Generated pages are what the program generates, and the published schemas fit what it writes.

use std::path::Path;

use crate::binary::{run, sample};

/// Compares a page with its text; `PATCHWRIGHT_REFRESH=1` writes it instead.
fn same(page: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual").join(page);
    if std::env::var_os("PATCHWRIGHT_REFRESH").is_some() {
        std::fs::write(&path, text).expect("page is written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, text, "{page} is out of date: PATCHWRIGHT_REFRESH=1 cargo test -p patchwright docs");
}

#[test]
fn the_command_line_page_is_generated() {
    let mut page = String::from(
        "# Command line\n\nGenerated from the program's own help by `PATCHWRIGHT_REFRESH=1 cargo test -p patchwright docs`.\n",
    );
    let verbs: &[&[&str]] = &[
        &[],
        &["scan"],
        &["assess"],
        &["explain"],
        &["plan"],
        &["compare"],
        &["inventory"],
        &["sbom", "check"],
        &["sbom", "convert"],
        &["sbom", "merge"],
        &["sbom", "diff"],
        &["profile", "init"],
        &["profile", "check"],
        &["profile", "explain"],
        &["profile", "diff"],
        &["vex", "check"],
        &["vex", "export"],
        &["vex", "convert"],
        &["decisions", "check"],
        &["decisions", "add"],
        &["index", "build"],
        &["index", "status"],
        &["index", "verify"],
        &["index", "kbuild"],
        &["index", "extract"],
        &["version", "compare"],
        &["cvss"],
        &["demo"],
        &["completions"],
        &["man"],
    ];
    for words in verbs {
        let mut line = words.to_vec();
        line.push("--help");
        let ran = run(&line);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let help: Vec<&str> = ran.out.lines().map(str::trim_end).collect();
        let name = format!("patchwright {}", words.join(" "));
        page.push_str(&format!("\n## {}\n\n```text\n{}\n```\n", name.trim_end(), help.join("\n").trim_end()));
    }
    same("cli.md", &page);
}

#[test]
fn completions_and_man_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("patchwright") && ran.out.contains("scan"), "{shell}");
    }
    let page = run(&["man"]);
    assert!(page.out.starts_with(".ie") || page.out.contains(".TH"), "{}", page.out);
}

/// A check of the published schema's own words: every member the program writes is described, with its type.
#[test]
fn the_scan_schema_describes_what_scan_writes() {
    let ran = run(&[
        "scan",
        &sample("gateway-4.1.0.spdx.json"),
        "--kernel-config",
        &sample("gateway-4.1.0.config"),
        "--json",
        "--all",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    fits("scan.schema.json", &ran.out);
}

#[test]
fn the_schemas_describe_what_people_said() {
    let (sbom, config) = (sample("gateway-4.1.0.spdx.json"), sample("gateway-4.1.0.config"));
    let (vex, decisions) = crate::decisions::spoken("schema");
    let grounds = ["--vex", &vex, "--decisions", &decisions, "--at", "2026-11-22"];
    let mut words = vec!["scan", &sbom, "--kernel-config", &config, "--json"];
    words.extend(grounds);
    let ran = run(&words);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for member in ["\"effect\"", "\"overtaken\"", "\"not_applied\""] {
        assert!(ran.out.contains(member), "{member} is in the output");
    }
    fits("scan.schema.json", &ran.out);
}

#[test]
fn the_inventory_schema_describes_what_inventory_writes() {
    let ran =
        run(&["inventory", &sample("gateway-4.1.0.spdx.json"), &sample("gateway-4.1.0.config"), "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    fits("inventory.schema.json", &ran.out);
}

fn fits(schema: &str, document: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual").join(schema);
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("schema is there"))
            .expect("schema is JSON");
    let document: serde_json::Value = serde_json::from_str(document).expect("output is JSON");
    let mut faults = Vec::new();
    check(&schema, &schema, &document, "", &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The part of JSON Schema that our schemas use: type, properties, required, additionalProperties, items, enum, $ref, oneOf.
fn check(
    root: &serde_json::Value,
    schema: &serde_json::Value,
    value: &serde_json::Value,
    place: &str,
    faults: &mut Vec<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).expect("reference resolves");
        return check(root, target, value, place, faults);
    }
    if let Some(choices) = schema["enum"].as_array() {
        if !choices.contains(value) {
            faults.push(format!("{place}: {value} is not one of {choices:?}"));
        }
        return;
    }
    let types: Vec<&str> = match &schema["type"] {
        serde_json::Value::String(one) => vec![one],
        serde_json::Value::Array(many) => many.iter().filter_map(|one| one.as_str()).collect(),
        _ => Vec::new(),
    };
    let is = match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        serde_json::Value::Number(_) => "number",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    };
    let fits = types.contains(&is) || (is == "integer" && types.contains(&"number"));
    if !types.is_empty() && !fits {
        faults.push(format!("{place}: {is} where the schema says {types:?}"));
    }
    if let Some(members) = value.as_object() {
        for required in schema["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()) {
            if !members.contains_key(required) {
                faults.push(format!("{place}: {required} is missing"));
            }
        }
        for (name, member) in members {
            let place = format!("{place}/{name}");
            match (schema["properties"].get(name), schema.get("additionalProperties")) {
                (Some(known), _) => check(root, known, member, &place, faults),
                (None, Some(serde_json::Value::Object(_))) => {
                    check(root, &schema["additionalProperties"], member, &place, faults)
                }
                (None, _) => faults.push(format!("{place}: not in the schema")),
            }
        }
    }
    if let Some(elements) = value.as_array() {
        for (at, element) in elements.iter().enumerate() {
            check(root, &schema["items"], element, &format!("{place}/{at}"), faults);
        }
    }
}
