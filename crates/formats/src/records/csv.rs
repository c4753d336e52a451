//! Rows of comma-separated values (RFC 4180): quoted fields may hold commas, quotes and line ends.

use std::borrow::Cow;

/// Rows of a CSV text. A quote that never closes ends with the text.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    text: &'a str,
    separator: u8,
}

/// Reads rows separated by line ends, fields by `separator`.
pub fn rows(text: &str, separator: u8) -> Rows<'_> {
    Rows { text, separator }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Vec<Cow<'a, str>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.text = self.text.trim_start_matches(['\r', '\n']);
        if self.text.is_empty() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            let (field, rest) = field(self.text, self.separator);
            fields.push(field);
            match rest.as_bytes().first() {
                Some(byte) if *byte == self.separator => self.text = rest.get(1..).unwrap_or(""),
                _ => {
                    self.text = rest;
                    return Some(fields);
                }
            }
        }
    }
}

/// One field and what follows it, beginning with the separator or line end.
fn field(text: &str, separator: u8) -> (Cow<'_, str>, &str) {
    match text.strip_prefix('"') {
        Some(quoted) => quoted_field(quoted, separator),
        None => {
            let (field, rest) = text.split_at(plain_end(text, separator));
            (Cow::Borrowed(field), rest)
        }
    }
}

fn plain_end(text: &str, separator: u8) -> usize {
    text.bytes().position(|byte| byte == separator || byte == b'\n' || byte == b'\r').unwrap_or(text.len())
}

fn quoted_field(quoted: &str, separator: u8) -> (Cow<'_, str>, &str) {
    let mut value = Cow::Borrowed("");
    let mut rest = quoted;
    loop {
        let (part, tail) = rest.split_at(rest.find('"').unwrap_or(rest.len()));
        value = if value.is_empty() { Cow::Borrowed(part) } else { value + part };
        match tail.strip_prefix("\"\"") {
            Some(more) => {
                value += "\"";
                rest = more;
            }
            None => {
                let tail = tail.strip_prefix('"').unwrap_or(tail);
                // Anything between the closing quote and the separator belongs to no field.
                return (value, tail.get(plain_end(tail, separator)..).unwrap_or(""));
            }
        }
    }
}
