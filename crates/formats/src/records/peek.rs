//! A look at the beginning of a JSON document: its outer keys, by which a reader knows its own kind.

use super::elements::{skip_space, string_end, value_end};

/// How many keys are looked at: the kinds we know tell themselves within the first few.
const MOST_KEYS: usize = 48;

/// The outer keys of a JSON document, also when only its head is at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peek<'a> {
    /// The document is (or begins with) an object; for a bare array these are the keys of its first element.
    pub is_json: bool,
    /// The outermost value is an array.
    pub is_array: bool,
    /// Keys of the object with the text value where the value is a text, in order of appearance.
    pub keys: Vec<(&'a str, &'a str)>,
    /// Keys one level below, as (outer key, inner key), in order of appearance.
    pub inner: Vec<(&'a str, &'a str)>,
}

impl<'a> Peek<'a> {
    /// Looks at the head of a document.
    pub fn new(head: &'a str) -> Peek<'a> {
        let bytes = head.as_bytes();
        let mut peek = Peek::default();
        let mut start = skip_space(bytes, 0);
        if bytes.get(start) == Some(&b'[') {
            peek.is_array = true;
            start = skip_space(bytes, start + 1);
        }
        if bytes.get(start) == Some(&b'{') {
            peek.is_json = true;
            peek.object(head, start);
        }
        peek
    }

    /// True when the object has the key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(name, _)| *name == key)
    }

    /// True when the object under `outer` has the key.
    pub fn has_inner(&self, outer: &str, key: &str) -> bool {
        self.inner.iter().any(|(name, inner)| *name == outer && *inner == key)
    }

    /// The text under a key; empty when there is none or it is no text.
    pub fn text(&self, key: &str) -> &'a str {
        self.keys.iter().find(|(name, _)| *name == key).map_or("", |(_, text)| text)
    }

    fn object(&mut self, head: &'a str, start: usize) {
        let bytes = head.as_bytes();
        let mut fields = Fields { head, at: start + 1 };
        while let Some((key, at)) = fields.next_key() {
            let text = match bytes.get(at) {
                Some(b'"') => string_end(bytes, at).and_then(|end| head.get(at + 1..end - 1)).unwrap_or(""),
                _ => "",
            };
            self.keys.push((key, text));
            let whole = match bytes.get(at) {
                Some(b'{') => self.inner_object(key, &mut fields, at),
                _ => fields.skip(at),
            };
            if self.keys.len() >= MOST_KEYS || !whole {
                break;
            }
        }
    }

    /// Takes the keys of the object at `at` and goes behind it; false when the text ends before.
    fn inner_object(&mut self, outer: &'a str, fields: &mut Fields<'a>, at: usize) -> bool {
        let head = fields.head;
        let mut inner = Fields { head, at: at + 1 };
        while let Some((name, at)) = inner.next_key() {
            self.inner.push((outer, name));
            if self.inner.len() >= MOST_KEYS || !inner.skip(at) {
                return false;
            }
        }
        fields.at = skip_space(head.as_bytes(), inner.at) + 1;
        head.as_bytes().get(fields.at - 1) == Some(&b'}')
    }
}

/// The fields of one object of a text that may end anywhere.
struct Fields<'a> {
    head: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    /// The next key and the position of its value.
    fn next_key(&mut self) -> Option<(&'a str, usize)> {
        let bytes = self.head.as_bytes();
        let mut at = skip_space(bytes, self.at);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let end = string_end(bytes, at)?;
        let key = self.head.get(at + 1..end - 1)?;
        let colon = skip_space(bytes, end);
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        Some((key, skip_space(bytes, colon + 1)))
    }

    /// Goes behind the value at `at`; false when the text ends before.
    fn skip(&mut self, at: usize) -> bool {
        match value_end(self.head.as_bytes(), at) {
            Some(end) => {
                self.at = end;
                true
            }
            None => false,
        }
    }
}

/// What names a record in a note when it could not be read: its id if one is to be seen near the beginning.
pub fn record_id(text: &str) -> String {
    let head = head(text, 1 << 16);
    for key in ["\"cveId\"", "\"cveID\"", "\"cve_id\"", "\"id\"", "\"ID\""] {
        for (at, _) in head.match_indices(key).take(4) {
            let rest = head.get(at + key.len()..).unwrap_or("").trim_start();
            let id = rest.strip_prefix(':').map(str::trim_start).and_then(|rest| rest.strip_prefix('"'));
            let id = id.and_then(|rest| rest.split('"').next()).unwrap_or("");
            if !id.is_empty() && id.len() <= 64 && id.contains('-') {
                return id.to_owned();
            }
        }
    }
    String::new()
}

/// The first `length` bytes of a text, cut at a character.
pub fn head(text: &str, length: usize) -> &str {
    let mut end = length.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}
