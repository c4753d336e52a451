//! Stanzas of `Field: value` lines with empty lines between them, as dpkg and opkg write them. A line that begins with a
//! blank goes on with the value before it.

/// One stanza.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stanza<'t> {
    /// Its first line, from 1.
    pub line: usize,
    /// Lines that are no field, the first of them.
    pub odd: Option<(usize, &'t str)>,
    fields: Vec<(&'t str, &'t str)>,
}

impl<'t> Stanza<'t> {
    /// The value of a field without blanks around it, with all of its lines; empty when it is not there. The first of
    /// two counts. Names are compared without case.
    pub fn get(&self, name: &str) -> &'t str {
        let field = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        field.map_or("", |(_, value)| value.trim())
    }

    /// True when the field is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Where the stanza is, for notes.
    pub fn place(&self) -> String {
        format!("line {}", self.line)
    }
}

/// Splits a text into stanzas.
pub fn stanzas(text: &str) -> Stanzas<'_> {
    Stanzas { text, at: 0, line: 0 }
}

/// The stanzas of a text.
pub struct Stanzas<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Stanzas<'t> {
    /// The next line, with the offsets of its beginning and end.
    fn line(&mut self) -> Option<(&'t str, usize, usize)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at += length + 1;
        self.line += 1;
        let line = rest.get(..length)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        Some((line, start, start + line.len()))
    }
}

impl<'t> Iterator for Stanzas<'t> {
    type Item = Stanza<'t>;

    fn next(&mut self) -> Option<Stanza<'t>> {
        let mut stanza = Stanza::default();
        // The field that is open, with the beginning of its value.
        let mut open: Option<(&'t str, usize)> = None;
        while let Some((line, start, end)) = self.line() {
            if line.trim().is_empty() {
                if stanza.line == 0 {
                    continue;
                }
                break;
            }
            if stanza.line == 0 {
                stanza.line = self.line;
            }
            if line.starts_with('#') {
                continue;
            }
            if line.starts_with([' ', '\t']) {
                match (open, stanza.fields.last_mut()) {
                    (Some((name, from)), Some(last)) => {
                        *last = (name, self.text.get(from..end).unwrap_or_default());
                    }
                    _ => stanza.odd = stanza.odd.or(Some((self.line, line))),
                }
                continue;
            }
            match line.split_once(':').filter(|(name, _)| is_name(name)) {
                Some((name, value)) => {
                    open = Some((name, start + name.len() + 1));
                    stanza.fields.push((name, value));
                }
                None => {
                    open = None;
                    stanza.odd = stanza.odd.or(Some((self.line, line)));
                }
            }
        }
        (stanza.line > 0).then_some(stanza)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
