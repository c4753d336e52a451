//! One cheap pass over a JSON text: how deep it nests and which keys its root has. Nothing is built, so a
//! hostile document costs its length and no more. Detection and the depth limit both stand on it.

/// What the first character of a JSON value says it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// `{`.
    Object,
    /// `[`.
    Array,
    /// `"`.
    Text,
    /// A number, `true`, `false`, `null`, or nothing at all.
    #[default]
    Other,
}

/// A key of the root object, with the shape of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// The key as written, escapes untouched.
    pub name: &'a str,
    /// The shape of its value.
    pub shape: Shape,
    /// The value itself when it is a text, escapes untouched.
    pub text: &'a str,
}

/// What the pass found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey<'a> {
    /// The shape of the root.
    pub root: Shape,
    /// The keys of the root object, at most [`KEYS`].
    pub keys: Vec<Key<'a>>,
    /// The keys one level below, of the first entries only, at most [`KEYS`].
    pub inner_keys: Vec<&'a str>,
    /// Where the nesting passed the limit, if it did.
    pub too_deep_at: Option<usize>,
}

/// How many keys are kept per level.
pub const KEYS: usize = 64;

impl<'a> Survey<'a> {
    /// Reads the text up to its end, or up to the place where it nests deeper than `depth`.
    pub fn of(text: &'a str, depth: usize) -> Survey<'a> {
        Survey::until(text, depth, |_| false)
    }

    /// As [`Survey::of`], and stops as soon as the keys of the root say enough.
    pub fn until(text: &'a str, depth: usize, enough: fn(&Survey<'a>) -> bool) -> Survey<'a> {
        let mut pass = Pass { text, bytes: text.as_bytes(), at: 0, found: Survey::default(), enough };
        pass.run(depth);
        pass.found
    }

    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&Key<'a>> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// True when the root has that key with a value of that shape.
    pub fn has(&self, name: &str, shape: Shape) -> bool {
        self.key(name).is_some_and(|key| key.shape == shape)
    }

    /// The text of a root key, empty when it is absent or no text.
    pub fn text(&self, name: &str) -> &'a str {
        self.key(name).map_or("", |key| key.text)
    }
}

struct Pass<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    found: Survey<'a>,
    enough: fn(&Survey<'a>) -> bool,
}

impl<'a> Pass<'a> {
    fn run(&mut self, limit: usize) {
        let mut depth = 0_usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'{' | b'[' => {
                    if depth == 0 {
                        self.found.root = if *byte == b'{' { Shape::Object } else { Shape::Array };
                    }
                    depth += 1;
                    if depth > limit {
                        self.found.too_deep_at = Some(self.at);
                        return;
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let string = self.string();
                    if self.note_key(depth, string) && (self.enough)(&self.found) {
                        return;
                    }
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Reads the string that begins here and moves behind it.
    fn string(&mut self) -> &'a str {
        let start = self.at + 1;
        let mut end = start;
        while let Some(rest) = self.bytes.get(end..) {
            match rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
                Some(offset) if rest.get(offset) == Some(&b'\\') => end += offset + 2,
                Some(offset) => {
                    end += offset;
                    break;
                }
                None => end = self.bytes.len(),
            }
            if end >= self.bytes.len() {
                break;
            }
        }
        let end = end.min(self.bytes.len());
        self.at = end + 1;
        self.text.get(start..end).unwrap_or_default()
    }

    /// Keeps the string if it is a key that is wanted; true when it was one of the root's.
    fn note_key(&mut self, depth: usize, string: &'a str) -> bool {
        let wanted = match (depth, self.found.root) {
            (1, Shape::Object) => self.found.keys.len() < KEYS,
            (2, _) => self.found.inner_keys.len() < KEYS,
            _ => false,
        };
        if !wanted || self.next_byte() != Some(b':') {
            return false;
        }
        if depth == 2 {
            self.found.inner_keys.push(string);
            return false;
        }
        self.at += 1;
        let shape = match self.next_byte() {
            Some(b'{') => Shape::Object,
            Some(b'[') => Shape::Array,
            Some(b'"') => Shape::Text,
            _ => Shape::Other,
        };
        let text = if shape == Shape::Text { self.string() } else { "" };
        self.found.keys.push(Key { name: string, shape, text });
        true
    }

    /// Skips blanks and returns the byte that follows, without consuming it.
    fn next_byte(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_shapes_and_texts_of_the_root() {
        let survey = Survey::of(r#" {"a": {"x": 1}, "b" : "t\"u", "c":[{"d":2}], "e": 5, "f": ":"} "#, 64);
        let keys: Vec<_> = survey.keys.iter().map(|key| (key.name, key.shape, key.text)).collect();
        assert_eq!(
            keys,
            [
                ("a", Shape::Object, ""),
                ("b", Shape::Text, "t\\\"u"),
                ("c", Shape::Array, ""),
                ("e", Shape::Other, ""),
                ("f", Shape::Text, ":"),
            ]
        );
        assert_eq!(survey.inner_keys, ["x"]);
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(Survey::of(r#"["[[[[", "\"[[["]"#, 2).too_deep_at, None);
        assert_eq!(Survey::of("[[[]]]", 2).too_deep_at, Some(2));
    }

    #[test]
    fn an_open_string_ends_the_pass() {
        for text in ["\"", "{\"a", "{\"a\\", "{\"a\":\"b\\\"", "{\"a\":"] {
            Survey::of(text, 64);
        }
    }
}
