//! The manual's table and the description of the API are what the table of routes says.

use std::path::Path;

use serde_json::{Value, json};
use web::server::openapi;
use web::server::routes::{ROUTES, Verb, Who};

use crate::sample::Content;
use crate::visitor::Visitor;

#[test]
fn the_manual_lists_every_route() {
    let mut table = String::from("| address | method | who | answers |\n|---|---|---|---|\n");
    for route in ROUTES {
        let paths: Vec<String> = [route.page, route.api]
            .iter()
            .filter(|path| !path.is_empty())
            .map(|path| format!("`{path}`"))
            .collect();
        table.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            paths.join("<br>"),
            route.verb.word(),
            route.who.says(),
            route.about
        ));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/pages.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let (mark, end) = ("<!-- routes -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(mark).expect("the mark of the table");
    let (known, after) = rest.split_once(end).expect("the end of the table");
    if std::env::var_os("PATCHWRIGHT_REFRESH").is_some() {
        std::fs::write(&path, format!("{before}{mark}{table}{end}{after}")).expect("written");
        return;
    }
    assert_eq!(known, table, "PATCHWRIGHT_REFRESH=1 cargo test -p web docs");
}

fn description() -> Value {
    serde_json::from_str(openapi::TEXT).expect("JSON")
}

#[test]
fn the_description_has_every_resource_and_no_other() {
    let description = description();
    let mut said: Vec<String> = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            said.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut held: Vec<String> = ROUTES
        .iter()
        .filter(|route| !route.api.is_empty())
        .map(|route| format!("{} {}", route.verb.word(), route.api))
        .collect();
    said.sort();
    held.sort();
    assert_eq!(said, held);
    for route in ROUTES.iter().filter(|route| !route.api.is_empty()) {
        let operation = &description["paths"][route.api][route.verb.word().to_lowercase()];
        assert_eq!(operation["operationId"], route.name);
        assert_eq!(operation["summary"], route.about);
        let parts: Vec<&str> = route.api.split(['{', '}']).skip(1).step_by(2).collect();
        let said: Vec<&str> = (operation["parameters"].as_array().into_iter().flatten())
            .filter(|one| one["in"] == "path")
            .filter_map(|one| one["name"].as_str())
            .collect();
        assert_eq!(said, parts, "{}", route.api);
        assert_eq!(operation["security"] == json!([]), route.who == Who::Anyone, "{}", route.api);
    }
}

#[test]
fn lists_describe_their_filters() {
    use web::pages::{audit, components, decisions, findings, knowledge, people, products, vulnerabilities};
    let description = description();
    for (path, spec) in [
        ("/api/v1/findings", &findings::LIST),
        ("/api/v1/products", &products::LIST),
        ("/api/v1/components", &components::LIST),
        ("/api/v1/vulnerabilities", &vulnerabilities::LIST),
        ("/api/v1/jobs", &knowledge::JOBS),
        ("/api/v1/decisions", &decisions::LIST),
        ("/api/v1/people", &people::LIST),
        ("/api/v1/audit", &audit::LIST),
    ] {
        let said: Vec<&str> =
            (description["paths"][path]["get"]["parameters"].as_array().expect("parameters").iter())
                .filter_map(|one| one["name"].as_str())
                .collect();
        let mut held: Vec<&str> = spec.filters.iter().map(|filter| filter.key).collect();
        held.extend(spec.find.then_some("find"));
        assert_eq!(said, held, "{path}");
    }
}

/// A check in the words that the description uses: type, properties, required, items, enum, `$ref`.
fn fits(description: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/components/schemas/");
        return fits(description, &description["components"]["schemas"][name], value, place);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => {
            return if schema["anyOf"].is_array()
                && schema["anyOf"]
                    .as_array()
                    .is_some_and(|any| any.iter().any(|one| fits(description, one, value, place).is_empty()))
            {
                Vec::new()
            } else {
                vec![format!("{place}: the description gives no type")]
            };
        }
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_whole_number = kind == "integer" && types.contains(&"number");
    if !types.contains(&kind) && !is_whole_number {
        return vec![format!("{place}: {kind} is none of {types:?}")];
    }
    let mut wrong = Vec::new();
    if let (Some(words), Value::String(word)) = (schema["enum"].as_array(), value)
        && !words.iter().any(|one| one == word)
    {
        wrong.push(format!("{place}: {word:?} is no word of the list"));
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match schema["properties"].get(name) {
                    Some(known) => wrong.extend(fits(description, known, member, &format!("{place}.{name}"))),
                    None => wrong.push(format!("{place}.{name}: not described")),
                }
            }
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    wrong.push(format!("{place}.{name}: described as required, absent"));
                }
            }
            for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
                if !members.contains_key(name) {
                    wrong.push(format!("{place}.{name}: described, never answered"));
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate().take(20) {
                wrong.extend(fits(description, &schema["items"], item, &format!("{place}[{at}]")));
            }
        }
        _ => {}
    }
    wrong
}

#[test]
fn answers_are_as_described() {
    let description = description();
    for content in [Content::Typical, Content::Empty] {
        let mut visitor = Visitor::of(content.clone());
        for route in ROUTES
            .iter()
            .filter(|route| !route.api.is_empty() && route.verb == Verb::Get && route.name != "openapi")
        {
            let mut address = route
                .api
                .replace("{finding}", "f00000")
                .replace("{release}", "gw-410")
                .replace("{product}", if content == Content::Empty { "bare" } else { "gateway" })
                .replace("{vulnerability}", "CVE-2024-3094")
                .replace("{decision}", "D-2026-001")
                .replace("{deed}", "B-0011223344556677")
                .replace("{person}", "grace")
                .replace("{kind}", "profile")
                .replace("{id}", "2");
            if route.name == "compare" {
                address.push_str("?from=gw-403&to=gw-410");
            }
            let answer = visitor.get(&address);
            if content == Content::Empty && answer.status == 404 {
                continue;
            }
            assert_eq!(answer.status, 200, "{address}");
            let schema = &description["paths"][route.api]["get"]["responses"]["200"]["content"]["application/json"]
                ["schema"];
            let wrong = fits(&description, schema, &answer.json(), route.name);
            assert!(wrong.is_empty(), "{address}:\n{}", wrong.join("\n"));
        }
    }
}
