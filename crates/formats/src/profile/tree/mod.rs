//! A document as a tree of values that know their place, from TOML or from JSON: what strict readers read from.

mod json;
mod toml;

use super::Fault;

/// Files that people write are small; more is refused before it is parsed.
const MOST_BYTES: usize = 4 << 20;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Byte offset.
    pub at: usize,
    /// The value.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Truth(bool),
    /// A TOML date or time, as written.
    Date(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// Something that no key takes: its name.
    Other(&'static str),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The key.
    pub key: String,
    /// Byte offset of the key, or of the value where the parser does not tell.
    pub at: usize,
    /// The value.
    pub node: Node,
}

impl Value {
    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a number",
            Value::Truth(_) => "true or false",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(name) => name,
        }
    }
}

/// A parsed document with its text, which turns offsets into places.
pub(crate) struct Document<'b> {
    /// The text.
    pub text: &'b str,
    /// The top level.
    pub root: Node,
}

impl Document<'_> {
    /// A fault at an offset.
    pub fn fault(&self, key: &str, at: usize, text: String) -> Fault {
        fault(self.text, key, at, text)
    }
}

/// Parses TOML or JSON: a JSON document begins with a brace, a TOML document never does.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document<'_>, Fault> {
    if bytes.len() > MOST_BYTES {
        let text = format!("{} bytes are more than the limit of {MOST_BYTES}", bytes.len());
        return Err(Fault { text, ..Fault::default() });
    }
    let text = utf8(bytes)?;
    if text.trim().is_empty() {
        return Err(Fault { text: "it is empty".to_owned(), ..Fault::default() });
    }
    let root = if text.trim_start().starts_with('{') { json::parse(text)? } else { toml::parse(text)? };
    Ok(Document { text, root })
}

fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let good = std::str::from_utf8(good).unwrap_or_default();
        fault(good, "", good.len(), "it is not UTF-8".to_owned())
    })
}

/// A fault at a byte offset of a text.
fn fault(text: &str, key: &str, at: usize, why: String) -> Fault {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Fault { key: key.to_owned(), line, column, text: why }
}
