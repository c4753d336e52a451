//! A JSON schema checker, as much of it as the packed schemas use. A keyword or pattern that it does not know is a
//! failure of the test, never a silent pass.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use model::vex::Instant;
use serde_json::Value;

/// Complaints about a document under a schema; empty when valid.
pub fn complaints(schema: &Value, document: &Value) -> Vec<String> {
    let checker = Checker { root: schema };
    checker.check(schema, document, "").err().unwrap_or_default()
}

struct Checker<'s> {
    root: &'s Value,
}

/// The properties that were looked at, or what is wrong.
type Answer = Result<BTreeSet<String>, Vec<String>>;

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str) -> Answer {
        let Some(keywords) = schema.as_object() else {
            return if schema == &Value::Bool(false) {
                Err(vec![format!("{at}: not allowed")])
            } else {
                Ok(all(value))
            };
        };
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for (keyword, argument) in keywords {
            match self.keyword(keyword, argument, schema, value, at) {
                Ok(more) => seen.extend(more),
                Err(complaints) => wrong.extend(complaints),
            }
        }
        if schema.get("unevaluatedProperties") == Some(&Value::Bool(false)) {
            for key in all(value).difference(&seen) {
                wrong.push(format!("{at}/{key}: no such property"));
            }
        }
        if wrong.is_empty() { Ok(seen) } else { Err(wrong) }
    }

    fn keyword(&self, keyword: &str, argument: &Value, schema: &Value, value: &Value, at: &str) -> Answer {
        let holds = |is: bool, why: &str| {
            if is { Ok(BTreeSet::new()) } else { Err(vec![format!("{at}: {why} ({keyword} {argument})")]) }
        };
        let list = || argument.as_array().expect("a list of schemas");
        let number = || argument.as_f64().expect("a number");
        match keyword {
            "$ref" if argument == "spdx.schema.json" => {
                holds(value.as_str().is_some_and(is_listed_licence), "no licence of SPDX's list")
            }
            "$ref" => self.check(self.resolve(argument.as_str().expect("a text")), value, at),
            "type" => holds(has_type(argument, value), "another type"),
            "const" => holds(argument == value, "another value"),
            "enum" => holds(list().contains(value), "none of the words"),
            "allOf" => {
                let mut seen = BTreeSet::new();
                for part in list() {
                    seen.extend(self.check(part, value, at)?);
                }
                Ok(seen)
            }
            "anyOf" => self.some(list(), value, at, |count| count > 0),
            "oneOf" => self.some(list(), value, at, |count| count == 1),
            "not" => holds(self.check(argument, value, at).is_err(), "what must not be"),
            "if" => {
                let branch = if self.check(argument, value, at).is_ok() { "then" } else { "else" };
                schema.get(branch).map_or(Ok(BTreeSet::new()), |branch| self.check(branch, value, at))
            }
            "properties" => self.properties(argument, value, at),
            "required" => {
                let Some(object) = value.as_object() else { return Ok(BTreeSet::new()) };
                let missing = list().iter().filter_map(Value::as_str).find(|key| !object.contains_key(*key));
                holds(missing.is_none(), missing.unwrap_or_default())
            }
            "additionalProperties" => self.additional(argument, schema, value, at),
            "items" => self.items(argument, value, at),
            "additionalItems" => {
                let places = schema.get("items").and_then(Value::as_array).map_or(usize::MAX, Vec::len);
                let more = value.as_array().is_some_and(|items| items.len() > places);
                holds(argument != &Value::Bool(false) || !more, "too many")
            }
            "minItems" => {
                holds(value.as_array().is_none_or(|items| items.len() as f64 >= number()), "too few")
            }
            "maxItems" => {
                holds(value.as_array().is_none_or(|items| items.len() as f64 <= number()), "too many")
            }
            "uniqueItems" => {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                let repeated = items.iter().enumerate().any(|(index, item)| items[..index].contains(item));
                holds(!repeated, "the same item twice")
            }
            "minimum" => holds(value.as_f64().is_none_or(|value| value >= number()), "too small"),
            "maximum" => holds(value.as_f64().is_none_or(|value| value <= number()), "too large"),
            "minLength" => {
                holds(value.as_str().is_none_or(|text| text.len() as f64 >= number()), "too short")
            }
            "maxLength" => holds(value.as_str().is_none_or(|text| text.len() as f64 <= number()), "too long"),
            "pattern" => {
                let pattern = argument.as_str().expect("a text");
                holds(value.as_str().is_none_or(|text| fits(pattern, text)), "not in the form")
            }
            "format" => {
                let format = argument.as_str().expect("a text");
                holds(value.as_str().is_none_or(|text| has_format(format, text)), "not in the form")
            }
            "then" | "else" | "unevaluatedProperties" | "title" | "description" | "examples" | "default" => {
                holds(true, "")
            }
            "$schema" | "$id" | "$comment" | "$defs" | "definitions" | "meta:enum" | "deprecated" => {
                holds(true, "")
            }
            other => panic!("the checker does not know {other}"),
        }
    }

    fn some(&self, schemas: &[Value], value: &Value, at: &str, enough: fn(usize) -> bool) -> Answer {
        let answers: Vec<Answer> = schemas.iter().map(|schema| self.check(schema, value, at)).collect();
        let count = answers.iter().filter(|answer| answer.is_ok()).count();
        if enough(count) {
            return Ok(answers.into_iter().filter_map(Result::ok).flatten().collect());
        }
        // What came closest is what a person wants to read.
        let nearest = answers.into_iter().filter_map(Result::err).min_by_key(Vec::len).unwrap_or_default();
        Err([vec![format!("{at}: {count} alternatives fit")], nearest].concat())
    }

    fn properties(&self, properties: &Value, value: &Value, at: &str) -> Answer {
        let Some(object) = value.as_object() else { return Ok(BTreeSet::new()) };
        let mut seen = BTreeSet::new();
        for (key, schema) in properties.as_object().expect("schemas") {
            if let Some(value) = object.get(key) {
                self.check(schema, value, &format!("{at}/{key}"))?;
                seen.insert(key.clone());
            }
        }
        Ok(seen)
    }

    fn additional(&self, argument: &Value, schema: &Value, value: &Value, at: &str) -> Answer {
        let known = schema.get("properties").map(all).unwrap_or_default();
        for key in all(value).difference(&known) {
            self.check(argument, &value[key], &format!("{at}/{key}"))?;
        }
        Ok(all(value))
    }

    fn items(&self, schema: &Value, value: &Value, at: &str) -> Answer {
        if let Some(places) = schema.as_array() {
            for (index, (schema, item)) in
                places.iter().zip(value.as_array().into_iter().flatten()).enumerate()
            {
                self.check(schema, item, &format!("{at}/{index}"))?;
            }
            return Ok(BTreeSet::new());
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(schema, item, &format!("{at}/{index}"))?;
        }
        Ok(BTreeSet::new())
    }

    fn resolve(&self, reference: &str) -> &Value {
        let pointer = reference.strip_prefix('#').expect("a reference into the same schema");
        self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }
}

fn all(value: &Value) -> BTreeSet<String> {
    value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
}

fn has_type(argument: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("the checker does not know the type {other}"),
    };
    argument.as_array().map_or_else(|| is(argument), |names| names.iter().any(is))
}

/// The patterns that our documents meet.
fn fits(pattern: &str, text: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    let is_uuid = |text: &str| text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hex);
    match pattern {
        "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" => {
            text.strip_prefix("urn:uuid:").is_some_and(is_uuid)
        }
        r"^urn:cdx:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[1-9][0-9]*#.+$" => {
            text.starts_with("urn:cdx:") && text.contains('#')
        }
        r"^urn:cdx:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[1-9][0-9]*$" => {
            text.starts_with("urn:cdx:")
        }
        "^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$" => {
            [32, 40, 64, 96, 128].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        r"^(?!_:).+:.+" => {
            !text.starts_with("_:") && text.find(':').is_some_and(|at| at > 0 && at + 1 < text.len())
        }
        "^_:.+" => text.len() > 2 && text.starts_with("_:"),
        // Both demand a whole second; the second one is the narrower.
        "^[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-9]{2}:[0-9]{2})$"
        | r"^\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$" => {
            text.len() == 20 && text.ends_with('Z') && Instant::parse(text).is_some()
        }
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$" => {
            text == "3.0.1"
        }
        other => panic!("the checker does not know the pattern {other}"),
    }
}

/// The ids that CycloneDX takes from SPDX stand in a schema of their own.
fn is_listed_licence(id: &str) -> bool {
    static IDS: OnceLock<BTreeSet<String>> = OnceLock::new();
    let ids = IDS.get_or_init(|| {
        let path = testkit::shared("conformance/cyclonedx/schema/spdx.schema.json")
            .expect("beside the other schema");
        let schema: Value =
            serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
        let list = schema["enum"].as_array().expect("a list").iter().filter_map(Value::as_str);
        list.map(str::to_owned).collect()
    });
    ids.contains(id)
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => text.contains('T') && Instant::parse(text).is_some(),
        "iri" | "uri" => text.contains(':') && !text.contains(char::is_whitespace),
        "iri-reference" | "string" => !text.contains(char::is_whitespace),
        other => panic!("the checker does not know the format {other}"),
    }
}

/// The checker itself: what it must refuse.
#[test]
fn the_checker_refuses() {
    let schema: Value = serde_json::from_str(
        r##"{"$defs":{"name":{"type":"string","minLength":1}},"type":"object","required":["a"],
        "properties":{"a":{"$ref":"#/$defs/name"},"b":{"type":"array","items":{"enum":[1,2]},"uniqueItems":true}},
        "allOf":[{"if":{"properties":{"a":{"const":"x"}}},"then":{"required":["b"]}}],
        "oneOf":[{"properties":{"c":{"type":"integer"}},"required":["c"]},{"not":{"required":["c"]}}],
        "unevaluatedProperties":false}"##,
    )
    .expect("a schema");
    for (document, valid) in [
        (r#"{"a":"y"}"#, true),
        (r#"{"a":"x","b":[1]}"#, true),
        (r#"{"a":"y","c":1}"#, true),
        ("[]", false),
        ("{}", false),
        (r#"{"a":""}"#, false),
        (r#"{"a":"x"}"#, false),
        (r#"{"a":"y","b":[1,1]}"#, false),
        (r#"{"a":"y","b":[3]}"#, false),
        (r#"{"a":"y","c":"1"}"#, false),
        (r#"{"a":"y","d":1}"#, false),
    ] {
        let found = complaints(&schema, &serde_json::from_str(document).expect("JSON"));
        assert_eq!(found.is_empty(), valid, "{document} {found:?}");
    }
}
