//! The tolerant path: brings the fields of a JSON tree to the types a reader expects, one note per repair.

use std::fmt::Write as _;

use model::note::{Note, NoteCode, Severity};
use serde_json::Value;

/// The type a reader expects at a place. Unknown keys of objects are left alone.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything; not looked at.
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A list of one shape.
    List(&'static Shape),
    /// An object with these fields.
    Object(&'static [(&'static str, Shape)]),
    /// An object with free keys and text values.
    Pairs,
    /// An object with free keys and values of one shape.
    Named(&'static Shape),
    /// A node of a CPE configuration, which nests (`nodes`, `children`).
    CpeNode,
}

/// A list of texts.
pub const TEXTS: Shape = Shape::List(&Shape::Text);

const CPE_MATCH: Shape = Shape::Object(&[
    ("vulnerable", Shape::Flag),
    ("criteria", Shape::Text),
    ("cpe23Uri", Shape::Text),
    ("versionStartIncluding", Shape::Text),
    ("versionStartExcluding", Shape::Text),
    ("versionEndIncluding", Shape::Text),
    ("versionEndExcluding", Shape::Text),
]);
const CPE_NODE: Shape = Shape::Object(&[
    ("operator", Shape::Text),
    ("negate", Shape::Flag),
    ("nodes", Shape::List(&Shape::CpeNode)),
    ("children", Shape::List(&Shape::CpeNode)),
    ("cpeMatch", Shape::List(&CPE_MATCH)),
    ("cpe_match", Shape::List(&CPE_MATCH)),
]);

/// Brings `value` to `shape`. What has an equal in the expected type is converted (a number to its text, a
/// single value to a list of one); what has none becomes `null`, which reads as "not stated". Each change is
/// a note whose place is `place` and the JSON pointer.
pub fn repair(value: &mut Value, shape: &Shape, place: &str, notes: &mut Vec<Note>) {
    let mut path = String::new();
    walk(value, shape, place, &mut path, notes);
}

fn walk(value: &mut Value, shape: &Shape, place: &str, path: &mut String, notes: &mut Vec<Note>) {
    if value.is_null() {
        return;
    }
    match shape {
        Shape::Any => {}
        Shape::Text => scalar(value, place, path, notes, Value::is_string, as_text),
        Shape::Number => scalar(value, place, path, notes, Value::is_number, as_number),
        Shape::Flag => scalar(value, place, path, notes, Value::is_boolean, as_flag),
        Shape::List(of) => list(value, of, place, path, notes),
        Shape::Object(fields) => object(value, fields, place, path, notes),
        Shape::Pairs => named(value, &Shape::Text, place, path, notes),
        Shape::Named(of) => named(value, of, place, path, notes),
        Shape::CpeNode => walk(value, &CPE_NODE, place, path, notes),
    }
}

fn scalar(
    value: &mut Value,
    place: &str,
    path: &str,
    notes: &mut Vec<Note>,
    is: fn(&Value) -> bool,
    convert: fn(&Value) -> Option<Value>,
) {
    if is(value) {
        return;
    }
    let converted = convert(value);
    note(value, converted.is_some(), place, path, notes);
    *value = converted.unwrap_or(Value::Null);
}

fn as_text(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => Some(Value::String(number.to_string())),
        Value::Bool(flag) => Some(Value::String(flag.to_string())),
        Value::Array(items) => match items.as_slice() {
            [Value::String(text)] => Some(Value::String(text.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn as_number(value: &Value) -> Option<Value> {
    let number: f64 = value.as_str()?.trim().parse().ok()?;
    serde_json::Number::from_f64(number).map(Value::Number)
}

fn as_flag(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok().map(Value::Bool),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(Value::Bool(false)),
            Some(1) => Some(Value::Bool(true)),
            _ => None,
        },
        _ => None,
    }
}

fn list(value: &mut Value, of: &Shape, place: &str, path: &mut String, notes: &mut Vec<Note>) {
    if !value.is_array() {
        let single = matches!(
            (of, &*value),
            (Shape::Text, Value::String(_)) | (Shape::Object(_) | Shape::CpeNode, Value::Object(_))
        );
        note(value, single, place, path, notes);
        *value = if single { Value::Array(vec![value.take()]) } else { Value::Null };
    }
    let Value::Array(items) = value else { return };
    for (number, item) in items.iter_mut().enumerate() {
        let length = path.len();
        let _ = write!(path, "/{number}");
        walk(item, of, place, path, notes);
        path.truncate(length);
    }
    // An element that is no object (any more) says nothing; a struct cannot be read from `null`.
    if matches!(of, Shape::Object(_) | Shape::CpeNode | Shape::Pairs | Shape::Named(_)) {
        items.retain(Value::is_object);
    }
}

fn object(
    value: &mut Value,
    fields: &[(&str, Shape)],
    place: &str,
    path: &mut String,
    notes: &mut Vec<Note>,
) {
    let Value::Object(map) = value else {
        note(value, false, place, path, notes);
        *value = Value::Null;
        return;
    };
    for (name, shape) in fields {
        if let Some(field) = map.get_mut(*name) {
            let length = path.len();
            path.push('/');
            path.push_str(name);
            walk(field, shape, place, path, notes);
            path.truncate(length);
        }
    }
}

fn named(value: &mut Value, of: &Shape, place: &str, path: &mut String, notes: &mut Vec<Note>) {
    let Value::Object(map) = value else {
        note(value, false, place, path, notes);
        *value = Value::Null;
        return;
    };
    for (name, field) in map.iter_mut() {
        let length = path.len();
        path.push('/');
        path.push_str(name);
        walk(field, of, place, path, notes);
        path.truncate(length);
    }
    // As in lists: what is no object (any more) says nothing.
    if matches!(of, Shape::Object(_)) {
        map.retain(|_, field| field.is_object());
    }
}

fn note(value: &Value, lossless: bool, place: &str, path: &str, notes: &mut Vec<Note>) {
    let severity = if lossless { Severity::Info } else { Severity::Warn };
    let shown = match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    };
    notes.push(Note::new(NoteCode::FieldType, severity, format!("{place} {path}"), &shown));
}
