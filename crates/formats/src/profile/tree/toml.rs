//! TOML into the tree.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Node, Value};
use crate::profile::Fault;

/// Parses a TOML document.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let root = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        // The parser's message may span lines; a fault is one.
        let why = error.message().lines().collect::<Vec<_>>().join(", ");
        super::fault(text, "", at, why)
    })?;
    let at = root.span().start;
    Ok(Node { at, value: Value::Table(entries(root.into_inner())) })
}

fn entries(table: DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table.into_iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.at);
    entries
}

fn entry((key, value): (Spanned<Cow<'_, str>>, Spanned<DeValue<'_>>)) -> Entry {
    let at = key.span().start;
    Entry { key: key.into_inner().into_owned(), at, node: node(value) }
}

fn node(value: Spanned<DeValue<'_>>) -> Node {
    let at = value.span().start;
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(whole) => {
            let read = i64::from_str_radix(whole.as_str(), whole.radix());
            read.map_or(Value::Other("a number out of range"), Value::Whole)
        }
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(truth) => Value::Truth(truth),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(list) => Value::List(list.into_iter().map(node).collect()),
        DeValue::Table(table) => Value::Table(entries(table)),
    };
    Node { at, value }
}
