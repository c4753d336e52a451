//! The forms of endoflife.date: the old one, a list of cycles in a file named for the product, and version 1, in which
//! products name themselves. Flags stand where dates are not known: `eol: true` ended some day, `eol: false` has not.

use model::lifecycle::Branch;
use serde_json::Value;

use super::Rows;

const SOURCE: &str = "endoflife.date";

/// The names under which some products go there; others go by their own.
const NAMES: &[(&str, &str)] = &[
    ("go", "go"),
    ("linux", "linux"),
    ("nodejs", "nodejs"),
    ("wpa_supplicant", "wpa-supplicant"),
    ("zephyr-rtos", "zephyr"),
];

pub(super) fn read_cycles(text: &str, path: &str, rows: &mut Rows<'_, '_>) {
    let name = path.rsplit('/').next().unwrap_or_default();
    let product = name.split_once('.').map_or(name, |(stem, _)| stem);
    let cycles = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(cycles)) => cycles,
        Ok(one) => vec![one],
        Err(error) => return rows.reject("file", &error.to_string()),
    };
    for cycle in &cycles {
        let at = |key: &str| cycle.get(key);
        let place = format!("cycle {}", text_of(at("cycle")));
        let is_over = at("eol") == Some(&Value::Bool(true));
        let last = text_of(at("latestReleaseDate"));
        rows.add(
            &place,
            Branch {
                product: canonical(product),
                branch: text_of(at("cycle")),
                is_lts: is_set(at("lts")),
                released: text_of(at("releaseDate")),
                end_of_support: day_of(at("support")),
                // Over since nobody knows when: its last release is the last day on which something was mended.
                end_of_life: if is_over { last.clone() } else { day_of(at("eol")) },
                source: SOURCE.to_owned(),
                date: last,
                ..Branch::default()
            },
        );
    }
}

pub(super) fn read_products(text: &str, rows: &mut Rows<'_, '_>) {
    let document = match serde_json::from_str::<Value>(text) {
        Ok(document) => document,
        Err(error) => return rows.reject("file", &error.to_string()),
    };
    let date = ["last_modified", "generated_at"].iter().map(|key| text_of(document.get(*key)));
    let date = date.filter(|date| !date.is_empty()).max().unwrap_or_default();
    let result = document.get("result").unwrap_or(&document);
    match result {
        Value::Array(products) => products.iter().for_each(|product| read_product(product, &date, rows)),
        product => read_product(product, &date, rows),
    }
}

fn read_product(product: &Value, date: &str, rows: &mut Rows<'_, '_>) {
    let name = text_of(product.get("name"));
    let Some(Value::Array(releases)) = product.get("releases") else {
        // The short list of products has names only; there is nothing to say about them.
        return rows.reject(&name, "no releases: fetch the full list");
    };
    for release in releases {
        let at = |key: &str| release.get(key);
        let branch = text_of(at("name"));
        let place = format!("{name} {branch}");
        let last = text_of(at("latest").and_then(|latest| latest.get("date")));
        let ended = is_set(at("isEol")) && day_of(at("eolFrom")).is_empty();
        rows.add(
            &place,
            Branch {
                product: canonical(&name),
                branch,
                is_lts: is_set(at("isLts")),
                released: text_of(at("releaseDate")),
                end_of_support: day_of(at("eoasFrom")),
                end_of_life: if ended { last } else { day_of(at("eolFrom")) },
                source: SOURCE.to_owned(),
                date: date.get(..10).unwrap_or(date).to_owned(),
                ..Branch::default()
            },
        );
    }
}

fn canonical(name: &str) -> String {
    let known = NAMES.iter().find(|(theirs, _)| *theirs == name);
    known.map_or(name, |(_, ours)| ours).to_owned()
}

/// A text, or a number as written; empty for anything else.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A date; flags say nothing of the day.
fn day_of(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// A flag, or the date from which on it holds.
fn is_set(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => !text.trim().is_empty(),
        _ => false,
    }
}
