//! Records inside larger documents: where the list of records lies and where each element ends, found by
//! counting brackets, so that a record that cannot be read costs only itself.

use std::borrow::Cow;

/// How the records of a text lie in it.
#[derive(Clone, Debug)]
pub enum Framing<'a> {
    /// The text is one record.
    Single,
    /// One record per line.
    Lines,
    /// The elements of an array.
    Array(Elements<'a>),
}

/// Says how the records lie in `text`: the array under the first of `keys` that the outer object has, a bare
/// array, lines, or the text itself.
pub fn framing<'a>(text: &'a str, keys: &[&str]) -> Framing<'a> {
    let bytes = text.as_bytes();
    let start = skip_space(bytes, 0);
    match bytes.get(start) {
        Some(b'[') => Framing::Array(Elements::new(text, start + 1)),
        Some(b'{') if is_lines(text) => Framing::Lines,
        Some(b'{') => match array_under(text, start, keys) {
            Some(at) => Framing::Array(Elements::new(text, at)),
            None => Framing::Single,
        },
        _ => Framing::Single,
    }
}

/// True when `text` (or the head of it) holds one JSON object per line: the first line is a whole object, and
/// another object begins below it.
pub fn is_lines(text: &str) -> bool {
    let bytes = text.as_bytes();
    let start = skip_space(bytes, 0);
    let rest = bytes.get(start..).unwrap_or_default();
    let Some(line_end) = rest.iter().position(|byte| *byte == b'\n') else { return false };
    let (line, below) = rest.split_at(line_end);
    line.first() == Some(&b'{')
        && value_end(line, 0).is_some()
        && below.get(skip_space(below, 0)) == Some(&b'{')
}

/// The elements of a JSON array as texts; `Err` with the byte position when the array ends early.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    text: &'a str,
    at: usize,
    done: bool,
}

impl<'a> Elements<'a> {
    fn new(text: &'a str, at: usize) -> Self {
        Elements { text, at, done: false }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<&'a str, usize>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut start = skip_space(bytes, self.at);
        while bytes.get(start) == Some(&b',') {
            start = skip_space(bytes, start + 1);
        }
        if bytes.get(start) == Some(&b']') {
            self.done = true;
            return None;
        }
        let element = value_end(bytes, start).and_then(|end| Some((self.text.get(start..end)?, end)));
        match element {
            Some((element, end)) if end > start => {
                self.at = end;
                Some(Ok(element))
            }
            _ => {
                self.done = true;
                Some(Err(start))
            }
        }
    }
}

/// The members of a JSON object as pairs of key and text; `Err` with the byte position when the object ends early. A text that
/// is no object has none.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    text: &'a str,
    at: usize,
    done: bool,
}

impl<'a> Members<'a> {
    /// The members of the object that a text is.
    pub fn of(text: &'a str) -> Members<'a> {
        let start = skip_space(text.as_bytes(), 0);
        Members { text, at: start + 1, done: text.as_bytes().get(start) != Some(&b'{') }
    }

    /// The member at a position, and where it ends.
    fn member(&self, start: usize) -> Option<((Cow<'a, str>, &'a str), usize)> {
        let bytes = self.text.as_bytes();
        let key_end = if bytes.get(start) == Some(&b'"') { string_end(bytes, start)? } else { return None };
        let key = self.text.get(start + 1..key_end - 1)?;
        let key = match key.contains('\\') {
            true => Cow::Owned(serde_json::from_str(self.text.get(start..key_end)?).ok()?),
            false => Cow::Borrowed(key),
        };
        let colon = skip_space(bytes, key_end);
        let value = skip_space(bytes, colon + 1);
        let end = if bytes.get(colon) == Some(&b':') { value_end(bytes, value)? } else { return None };
        Some(((key, self.text.get(value..end)?), end))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<(Cow<'a, str>, &'a str), usize>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut start = skip_space(bytes, self.at);
        while bytes.get(start) == Some(&b',') {
            start = skip_space(bytes, start + 1);
        }
        if bytes.get(start) == Some(&b'}') {
            self.done = true;
            return None;
        }
        match self.member(start) {
            Some((member, end)) => {
                self.at = end;
                Some(Ok(member))
            }
            None => {
                self.done = true;
                Some(Err(start))
            }
        }
    }
}

/// How far into a document its list of records may begin: what stands before is a title and some dates.
const LIST_WITHIN: usize = 64 << 10;

/// The position after the `[` of the array under the first matching key of the object at `start`.
fn array_under(text: &str, start: usize, keys: &[&str]) -> Option<usize> {
    if keys.is_empty() {
        return None;
    }
    let bytes = text.as_bytes();
    let mut at = skip_space(bytes, start + 1);
    while bytes.get(at) == Some(&b'"') && at < LIST_WITHIN {
        let key_end = string_end(bytes, at)?;
        let key = text.get(at + 1..key_end - 1)?;
        at = skip_space(bytes, key_end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        at = skip_space(bytes, at + 1);
        if keys.contains(&key) && bytes.get(at) == Some(&b'[') {
            return Some(at + 1);
        }
        let within = bytes.get(..bytes.len().min(LIST_WITHIN))?;
        at = skip_space(bytes, value_end(within, at)?);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
    }
    None
}

/// The first position at or after `at` that holds no white space.
pub(super) fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The position after the JSON value at `start`; `None` when the text ends before it does. Brackets are
/// counted without regard to their kind: a wrong mixture is found when the element is parsed.
pub(super) fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    match bytes.get(start)? {
        b'"' => string_end(bytes, start),
        b'{' | b'[' => nested_end(bytes, start),
        _ => {
            let rest = bytes.get(start..)?;
            let length = rest.iter().position(|b| matches!(b, b',' | b']' | b'}') || b.is_ascii_whitespace());
            length.map(|length| start + length)
        }
    }
}

fn nested_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = start;
    loop {
        match bytes.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The position after the closing quote of the string whose opening quote is at `start`.
pub(super) fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at = quote_or_escape(bytes, at)?;
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The first quote or backslash at or after `at`, eight bytes at a time: most of a record is text.
fn quote_or_escape(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        let hits = zero_bytes(word ^ repeated(b'"')) | zero_bytes(word ^ repeated(b'\\'));
        if hits != 0 {
            return Some(at + (hits.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}

const fn repeated(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of each byte that is zero (and perhaps of bytes above the first such one).
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(repeated(0x01)) & !word & repeated(0x80)
}
