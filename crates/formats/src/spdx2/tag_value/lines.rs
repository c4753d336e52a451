//! The lines of a tag-value text: pairs, values over several lines, and what is neither.

/// What stands in a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'t> {
    /// A tag and its value, without blanks around them.
    Pair(&'t str, &'t str),
    /// A line without a tag.
    Other(&'t str),
    /// A `<text>` that does not end.
    Open,
}

/// Goes over the lines.
pub struct Lines<'t> {
    rest: &'t str,
    /// Lines behind the walk.
    line: usize,
}

impl<'t> Lines<'t> {
    /// Begins at the start of a text.
    pub fn new(text: &'t str) -> Self {
        Lines { rest: text, line: 0 }
    }

    /// The number of the last line taken.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The next line that says something, with its number from 1. Blank lines and comments are passed over.
    pub fn next(&mut self) -> Option<(usize, Found<'t>)> {
        while !self.rest.is_empty() {
            let start = self.rest;
            let content = self.take_line();
            let number = self.line;
            let bare = content.trim();
            if bare.is_empty() || bare.starts_with('#') {
                continue;
            }
            let Some((tag, value)) = content.split_once(':').filter(|(tag, _)| is_tag(tag.trim())) else {
                return Some((number, Found::Other(bare)));
            };
            let value = value.trim();
            if !value.starts_with(OPEN) {
                return Some((number, Found::Pair(tag.trim(), value)));
            }
            return Some((number, self.long_value(start, tag.trim())));
        }
        None
    }

    /// A value from `<text>` to `</text>`; what stands behind it in its last line belongs to nothing.
    fn long_value(&mut self, start: &'t str, tag: &'t str) -> Found<'t> {
        let inside = start.split_once(OPEN).map_or("", |(_, inside)| inside);
        let Some((value, behind)) = inside.split_once(CLOSE) else {
            self.rest = "";
            return Found::Open;
        };
        self.line += value.matches('\n').count();
        self.rest = behind.split_once('\n').map_or("", |(_, rest)| rest);
        Found::Pair(tag, value.trim())
    }

    fn take_line(&mut self) -> &'t str {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        line
    }
}

const OPEN: &str = "<text>";
const CLOSE: &str = "</text>";

/// A tag is one word of letters and digits.
fn is_tag(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(usize, Found<'_>)> {
        let mut lines = Lines::new(text);
        std::iter::from_fn(|| lines.next()).collect()
    }

    #[test]
    fn pairs_comments_and_long_values() {
        let text = "# a\r\nA: b: c\r\n\nX:<text>one\ntwo</text>\nNext:  v\nno tag here\nE:\n";
        assert_eq!(
            all(text),
            [
                (2, Found::Pair("A", "b: c")),
                (4, Found::Pair("X", "one\ntwo")),
                (6, Found::Pair("Next", "v")),
                (7, Found::Other("no tag here")),
                (8, Found::Pair("E", "")),
            ]
        );
    }

    #[test]
    fn a_text_without_an_end() {
        assert_eq!(all("A: b\nX: <text>one\ntwo\n"), [(1, Found::Pair("A", "b")), (2, Found::Open)]);
        assert_eq!(all("X: <text></text>"), [(1, Found::Pair("X", ""))]);
        assert_eq!(
            all("X: <text>a</text> behind\nY: z"),
            [(1, Found::Pair("X", "a")), (2, Found::Pair("Y", "z"))]
        );
    }
}
