//! JSON into the tree. The places come from the slices of the text that the parser hands out.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Entry, Node, Value, fault};
use crate::limits::Limits;
use crate::profile::Fault;
use crate::text::check_depth;

/// Nothing that people write by hand nests deeper.
const DEPTH: usize = 32;

/// Parses a JSON document.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let limits = Limits { depth: DEPTH, ..Limits::INVENTORY };
    if let Err(error) = check_depth(text, "it", &limits) {
        return Err(Fault { text: error.to_string(), ..Fault::default() });
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Fault { key: String::new(), line, column, text: without_place(&error) }
    })?;
    node(raw.get(), text)
}

/// The parser appends the place, which a fault tells itself.
fn without_place(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.split(" at line ").next().unwrap_or(&told).to_owned()
}

fn node(raw: &str, text: &str) -> Result<Node, Fault> {
    let at = offset(raw, text);
    let refused = |error: serde_json::Error| fault(text, "", at, without_place(&error));
    let value = match raw.as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(raw).map_err(refused)?;
            let entry = |(key, raw): (String, &RawValue)| {
                let node = node(raw.get(), text)?;
                Ok(Entry { key, at: node.at, node })
            };
            Value::Table(members.into_iter().map(entry).collect::<Result<_, Fault>>()?)
        }
        Some(b'[') => {
            let rows: Vec<&RawValue> = serde_json::from_str(raw).map_err(refused)?;
            Value::List(rows.into_iter().map(|raw| node(raw.get(), text)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Value::Text(serde_json::from_str(raw).map_err(refused)?),
        Some(b't') => Value::Truth(true),
        Some(b'f') => Value::Truth(false),
        Some(b'n') => Value::Other("null"),
        _ => raw.parse().map_or(Value::Other("a number with a fraction or out of range"), Value::Whole),
    };
    Ok(Node { at, value })
}

fn offset(part: &str, whole: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}

/// The members of an object in their order, equal keys kept: a key given twice is a fault, not a choice.
struct Members<'d>(Vec<(String, &'d RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
