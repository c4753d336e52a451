//! How a text comes into a page. Names, versions and texts are foreign: none of their letters may act.

use std::fmt::{Result, Write};

use askama::filters::{Escaper, Html};

/// The escaper of every template (`askama.toml`): markup is escaped, and letters that cannot be seen but act on their
/// neighbours become U+FFFD.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page;

impl Escaper for Page {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> Result {
        let mut rest = text;
        while let Some((at, letter)) = rest.char_indices().find(|(_, letter)| is_acting(*letter)) {
            let (before, after) = rest.split_at(at);
            Html.write_escaped_str(&mut out, before)?;
            out.write_char(char::REPLACEMENT_CHARACTER)?;
            rest = after.get(letter.len_utf8()..).unwrap_or_default();
        }
        Html.write_escaped_str(&mut out, rest)
    }
}

/// True for control characters but line breaks and tabs, and those that change the direction of what follows
/// (Unicode Bidirectional Algorithm, section 2): with them a name can read as another.
pub fn is_acting(letter: char) -> bool {
    let is_direction = matches!(
        letter,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    is_direction || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}
