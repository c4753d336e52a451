//! What an expression may not be before it is given to the parser: too long, too deep, never closed.
//!
//! The parser and the interpreter are recursive. A text of a few hundred bytes can be deep enough to end the program,
//! so the depth that a text can have at most is counted here first, in one pass without recursion.

use super::Fault;

/// The longest expression, in bytes.
pub const MOST_BYTES: usize = 16 << 10;
/// The most words and signs.
pub const MOST_TOKENS: usize = 4_096;
/// The most brackets inside of each other.
pub const MOST_NESTED: usize = 24;
/// The deepest tree that a text may make: brackets, and operators that lean on each other.
pub const MOST_DEEP: usize = 40;

/// What is open at a place of the text.
#[derive(Default)]
struct Level {
    /// The bracket.
    open: u8,
    /// Where it stands.
    at: usize,
    /// Operators, selections and calls that lean on each other, with what is inside of their operands.
    leaning: usize,
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    tokens: usize,
    levels: Vec<Level>,
}

/// Refuses what cannot be parsed within bounds.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    if text.len() > MOST_BYTES {
        let why = format!("the expression has {} bytes, more than the limit of {MOST_BYTES}", text.len());
        return Err(Fault::at(0, 0, why).hint("write several rules, or a shorter condition"));
    }
    if text.trim().is_empty() {
        return Err(Fault::at(0, 0, "the expression is empty".to_owned()));
    }
    let mut scan = Scan { text: text.as_bytes(), at: 0, tokens: 0, levels: vec![Level::default()] };
    while let Some(byte) = scan.peek(0) {
        scan.token(byte)?;
    }
    match scan.levels.last().filter(|_| scan.levels.len() > 1) {
        Some(level) => Err(Fault::at(level.at, 1, format!("`{}` is never closed", char::from(level.open)))),
        None => Ok(()),
    }
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn token(&mut self, byte: u8) -> Result<(), Fault> {
        let start = self.at;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0c => {
                self.at += 1;
                return Ok(());
            }
            b'/' if self.peek(1) == Some(b'/') => {
                while self.peek(0).is_some_and(|byte| byte != b'\n') {
                    self.at += 1;
                }
                return Ok(());
            }
            b'"' | b'\'' => self.text_literal(byte, false)?,
            byte if is_of_word(byte) => self.word()?,
            b'(' | b'[' | b'{' => self.open(byte)?,
            b')' | b']' | b'}' => self.close(byte)?,
            b',' => {
                self.at += 1;
                self.rest();
            }
            // A chain of these is a balanced tree.
            b'&' | b'|' => {
                self.at += 1;
                self.rest();
            }
            _ => {
                self.at += 1;
                // `<=` and `==` are one sign.
                if self.peek(0) == Some(b'=') {
                    self.at += 1;
                }
                self.lean(start)?;
            }
        }
        self.tokens += 1;
        if self.tokens > MOST_TOKENS {
            let why = format!("the expression has more than {MOST_TOKENS} words and signs");
            return Err(Fault::at(start, 1, why).hint("write several rules, or a shorter condition"));
        }
        Ok(())
    }

    /// A name, a number, or the letters before a text.
    fn word(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let is_number = self.peek(0).is_some_and(|byte| byte.is_ascii_digit());
        // The point of a number is no selection.
        while self.peek(0).is_some_and(|byte| is_of_word(byte) || (is_number && byte == b'.')) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        let is_prefix = word.len() <= 2 && word.iter().all(|byte| b"rRbB".contains(byte));
        match self.peek(0).filter(|byte| is_prefix && matches!(byte, b'"' | b'\'')) {
            Some(quote) => self.text_literal(quote, word.iter().any(|byte| b"rR".contains(byte))),
            None if word == b"in" => self.lean(start),
            None => Ok(()),
        }
    }

    fn text_literal(&mut self, quote: u8, is_raw: bool) -> Result<(), Fault> {
        let start = self.at;
        let is_long = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        let closing = if is_long { 3 } else { 1 };
        self.at += closing;
        loop {
            match self.peek(0) {
                None => return Err(never_closed(start)),
                Some(b'\n') if !is_long => return Err(never_closed(start)),
                Some(b'\\') if !is_raw => self.at += 2,
                Some(byte) if byte == quote && (0..closing).all(|more| self.peek(more) == Some(quote)) => {
                    self.at += closing;
                    return Ok(());
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn open(&mut self, open: u8) -> Result<(), Fault> {
        let at = self.at;
        self.at += 1;
        self.lean(at)?;
        self.levels.push(Level { open, at, leaning: 0 });
        if self.levels.len() > MOST_NESTED + 1 {
            let why = format!("more than {MOST_NESTED} brackets inside of each other");
            return Err(Fault::at(at, 1, why));
        }
        self.bounded(at)
    }

    fn close(&mut self, close: u8) -> Result<(), Fault> {
        let wanted = match close {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let inner = self.levels.pop().filter(|level| level.open == wanted && !self.levels.is_empty());
        let Some(inner) = inner else {
            let why = format!("`{}` closes nothing", char::from(close));
            return Err(Fault::at(self.at, 1, why));
        };
        // What comes behind the bracket may lean on what is inside of it.
        if let Some(outer) = self.levels.last_mut() {
            outer.leaning += inner.leaning;
        }
        let at = self.at;
        self.at += 1;
        self.bounded(at)
    }

    fn lean(&mut self, at: usize) -> Result<(), Fault> {
        if let Some(level) = self.levels.last_mut() {
            level.leaning += 1;
        }
        self.bounded(at)
    }

    fn rest(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.leaning = 0;
        }
    }

    fn bounded(&self, at: usize) -> Result<(), Fault> {
        let depth: usize = self.levels.iter().map(|level| level.leaning).sum();
        if depth <= MOST_DEEP {
            return Ok(());
        }
        let why = format!("the expression is nested deeper than {MOST_DEEP} steps here");
        Err(Fault::at(at, 1, why).hint("join conditions with && and ||, and lists with `in [...]`"))
    }
}

fn never_closed(start: usize) -> Fault {
    Fault::at(start, 1, "this text is never closed".to_owned())
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
