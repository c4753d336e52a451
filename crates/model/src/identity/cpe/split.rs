//! The fast way into a formatted string: borrows, checks nothing but the number of attributes.

use std::borrow::Cow;

/// Splits a CPE 2.3 formatted string into its 11 unescaped attributes, borrowed where nothing is escaped.
/// An empty attribute is `*` (ANY). `None` unless there are exactly 11: then [`super::Cpe::parse`] may still
/// know a reading.
///
/// ```
/// let parts = model::identity::cpe::split_23(r"cpe:2.3:a:gnu:g\+\+:12.3:*:*:*:*:*:*:*").unwrap();
/// assert_eq!(parts[2], "g++");
/// ```
pub fn split_23(text: &str) -> Option<[Cow<'_, str>; 11]> {
    let mut rest = text.strip_prefix("cpe:2.3:")?;
    let mut parts = [const { Cow::Borrowed("*") }; 11];
    let last = parts.len() - 1;
    for (number, part) in parts.iter_mut().enumerate() {
        let (end, escaped) = field_end(rest.as_bytes());
        let (field, tail) = rest.split_at(end);
        if escaped {
            *part = Cow::Owned(unescape(field));
        } else if !field.is_empty() {
            *part = Cow::Borrowed(field);
        }
        match tail.strip_prefix(':') {
            Some(next) if number < last => rest = next,
            None if number == last => return Some(parts),
            _ => return None,
        }
    }
    None
}

/// Where the first attribute ends (at an unescaped `:` or at the end), and whether it holds an escape.
fn field_end(bytes: &[u8]) -> (usize, bool) {
    let mut escaped = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b':' => return (at, escaped),
            b'\\' => {
                escaped = true;
                at += 2;
            }
            _ => at += 1,
        }
    }
    (bytes.len(), escaped)
}

/// Removes the backslashes of a formatted-string value; one at the very end stays.
pub(super) fn unescape(field: &str) -> String {
    let mut plain = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        plain.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    plain
}
