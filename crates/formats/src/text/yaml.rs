//! YAML as JSON text, so that one reader serves both spellings. Numbers stay as they were written (`1.10` is not `1.1`),
//! and a plain word is a text unless YAML 1.2's core schema says otherwise.
//!
//! Source: YAML 1.2.2, chapter 10.3 (core schema).

use granit_parser::{Event, Parser, ScalarStyle};
use rustc_hash::FxHashMap;

use crate::limits::{FormatError, Limits};

/// How many times larger than the YAML the JSON may become: aliases repeat what they name.
const GROWTH: usize = 16;
/// Bytes that any document may become.
const FREE: usize = 1 << 20;

/// Turns the first document of a YAML text into JSON text. What follows it is refused: one file is one document here.
///
/// # Errors
/// When the text is no YAML, has no or several documents, nests deeper than the limit, or its aliases swell it.
pub fn to_json(text: &str, name: &str, limits: &Limits) -> Result<String, FormatError> {
    convert(text, name, limits, false)
}

/// As [`to_json`], but every value except `null` becomes a text: for formats without numbers, where `1.10` and a commit id
/// of digits alone are texts that somebody forgot to quote.
///
/// # Errors
/// As [`to_json`].
pub fn to_json_of_texts(text: &str, name: &str, limits: &Limits) -> Result<String, FormatError> {
    convert(text, name, limits, true)
}

fn convert(text: &str, name: &str, limits: &Limits, only_texts: bool) -> Result<String, FormatError> {
    let most = text.len().saturating_mul(GROWTH).saturating_add(FREE);
    let mut writer = Writer { name, limits, most, only_texts, ..Writer::default() };
    for next in Parser::new_from_str(text) {
        let (event, span) = next.map_err(|error| malformed(name, &error.to_string()))?;
        writer.line = span.start.line();
        writer.take(event)?;
    }
    if writer.documents == 0 || writer.out.is_empty() {
        return Err(FormatError::Empty { name: name.to_owned() });
    }
    Ok(writer.out)
}

fn malformed(name: &str, why: &str) -> FormatError {
    FormatError::Malformed { name: name.to_owned(), why: format!("not valid YAML: {why}") }
}

/// An open collection.
struct Open {
    is_map: bool,
    /// Values and keys seen in it.
    seen: usize,
    /// Where its JSON begins, and the anchor that names it; 0 = none.
    from: usize,
    anchor: usize,
}

struct Writer<'w> {
    name: &'w str,
    limits: &'w Limits,
    most: usize,
    /// Numbers and flags are written as texts.
    only_texts: bool,
    out: String,
    open: Vec<Open>,
    /// JSON of what anchors name.
    anchors: FxHashMap<usize, String>,
    documents: usize,
    line: usize,
}

impl Default for Writer<'_> {
    fn default() -> Self {
        Writer {
            name: "",
            limits: &Limits::INVENTORY,
            most: 0,
            only_texts: false,
            out: String::new(),
            open: Vec::new(),
            anchors: FxHashMap::default(),
            documents: 0,
            line: 0,
        }
    }
}

impl Writer<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), FormatError> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(malformed(self.name, "it holds several documents"));
                }
            }
            Event::Scalar(value, style, anchor, tag) => {
                let is_key = self.before()?;
                let from = self.out.len();
                let as_text = is_key || tag.is_some() || style != ScalarStyle::Plain;
                let is_wanted = |literal: &&str| !as_text && (!self.only_texts || *literal == "null");
                match plain(&value).filter(is_wanted) {
                    Some(literal) => self.out.push_str(literal),
                    None => push_text(&mut self.out, &value),
                }
                self.after(from, anchor)?;
            }
            Event::SequenceStart(_, anchor, _) => self.begin(false, anchor)?,
            Event::MappingStart(_, anchor, _) => self.begin(true, anchor)?,
            Event::SequenceEnd => self.end(']')?,
            Event::MappingEnd => self.end('}')?,
            Event::Alias(anchor) => {
                let is_key = self.before()?;
                let Some(json) = self.anchors.get(&anchor) else {
                    return Err(self.refuse("an alias names what is not complete yet"));
                };
                if is_key && !json.starts_with('"') {
                    return Err(self.refuse("an alias that is no text stands as a key"));
                }
                if self.out.len().saturating_add(json.len()) > self.most {
                    return Err(self.swells());
                }
                self.out.push_str(json);
            }
            Event::UnresolvedAlias(_) => return Err(self.refuse("an alias names nothing")),
            _ => {}
        }
        Ok(())
    }

    /// Writes what stands before a node; true when the node is a key.
    fn before(&mut self) -> Result<bool, FormatError> {
        if self.out.len() > self.most {
            return Err(self.swells());
        }
        let Some(open) = self.open.last_mut() else { return Ok(false) };
        let is_key = open.is_map && open.seen % 2 == 0;
        if open.is_map && !is_key {
            self.out.push(':');
        } else if open.seen > 0 {
            self.out.push(',');
        }
        open.seen += 1;
        Ok(is_key)
    }

    /// Keeps a node that an anchor names.
    fn after(&mut self, from: usize, anchor: usize) -> Result<(), FormatError> {
        if anchor == 0 {
            return Ok(());
        }
        let json = self.out.get(from..).unwrap_or_default().to_owned();
        let kept: usize = self.anchors.values().map(String::len).sum();
        if kept.saturating_add(json.len()) > self.most {
            return Err(self.swells());
        }
        self.anchors.insert(anchor, json);
        Ok(())
    }

    fn begin(&mut self, is_map: bool, anchor: usize) -> Result<(), FormatError> {
        if self.before()? {
            return Err(self.refuse("a list or a map stands as a key"));
        }
        if self.open.len() >= self.limits.depth {
            let (name, limit) = (self.name.to_owned(), self.limits.depth);
            return Err(FormatError::TooDeep { name, limit, at: self.out.len() });
        }
        self.open.push(Open { is_map, seen: 0, from: self.out.len(), anchor });
        self.out.push(if is_map { '{' } else { '[' });
        Ok(())
    }

    fn end(&mut self, close: char) -> Result<(), FormatError> {
        self.out.push(close);
        match self.open.pop() {
            Some(open) => self.after(open.from, open.anchor),
            None => Err(self.refuse("a list or a map ends that did not begin")),
        }
    }

    fn refuse(&self, why: &str) -> FormatError {
        malformed(self.name, &format!("{why} (line {})", self.line))
    }

    fn swells(&self) -> FormatError {
        let what = format!("its aliases swell it to more than {} bytes", self.most);
        FormatError::TooBig { name: self.name.to_owned(), what }
    }
}

/// The JSON literal of a plain scalar; `None` when it is a text.
fn plain(value: &str) -> Option<&str> {
    match value {
        "" | "~" | "null" | "Null" | "NULL" => Some("null"),
        "true" | "True" | "TRUE" => Some("true"),
        "false" | "False" | "FALSE" => Some("false"),
        _ => is_number(value).then_some(value),
    }
}

/// JSON's own grammar of numbers, so that the text can stand as it is.
fn is_number(value: &str) -> bool {
    let begins = value.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    begins && serde_json::from_str::<&serde_json::value::RawValue>(value).is_ok()
}

fn push_text(out: &mut String, value: &str) {
    // A text can always be written as JSON.
    out.push_str(&serde_json::to_string(value).unwrap_or_else(|_| "\"\"".to_owned()));
}
