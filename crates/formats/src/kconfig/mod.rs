//! `.config` files: of the Linux kernel, U-Boot, BusyBox; Buildroot's own is recognised and set apart.
//!
//! The point of this reader is to tell a whole `.config`, where a missing option is off, from a defconfig or
//! fragment, where it means nothing (matching.md 7.4). What is missing to be whole is said in words.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod complete;
mod header;

use std::collections::BTreeMap;

use flate2::read::GzDecoder;
use model::build::Config;
use model::note::{Note, NoteCode, Read, Severity};

use crate::limits::FormatError;
use crate::text;
use header::Header;

/// Bytes of a `.config` after decompression; real ones are below 400 kB.
const LIMIT: u64 = 64 << 20;

/// Notes of one kind that are kept one by one.
const NOTES: usize = 20;

/// Reads a `.config`, plain or compressed as `/proc/config.gz`.
///
/// # Errors
/// When no line is an option.
pub fn read(bytes: &[u8], name: &str) -> Result<Read<Config>, FormatError> {
    let unpacked = unpacked(bytes, name)?;
    let (text, mut notes) = text::decode(unpacked.as_deref().unwrap_or(bytes));
    let lines = Lines::of(&text, &mut notes);
    if lines.symbols.is_empty() {
        let name = name.to_owned();
        return Err(match text.trim().is_empty() {
            true => FormatError::Empty { name },
            false => FormatError::Malformed { name, why: "no line sets an option (`CONFIG_X=y`)".to_owned() },
        });
    }
    let header = Header::of(&text);
    let incomplete = complete::lacking(&header, &lines, &text);
    if !incomplete.is_empty() {
        let why = incomplete.join("; ");
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "whole file", &why));
    }
    let value = Config {
        file: name.to_owned(),
        hash: crate::fingerprint::sha256(bytes),
        of: header.of,
        version: header.version.to_owned(),
        arch: header.arch.to_owned(),
        symbols: lines.symbols,
        incomplete,
    };
    Ok(Read { value, notes })
}

fn unpacked(bytes: &[u8], name: &str) -> Result<Option<Vec<u8>>, FormatError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(None);
    }
    let mut out = Vec::new();
    let mut limited = std::io::Read::take(GzDecoder::new(bytes), LIMIT + 1);
    let read = std::io::Read::read_to_end(&mut limited, &mut out);
    let name = name.to_owned();
    match read {
        Err(error) => Err(FormatError::Truncated { name, why: format!("gzip: {error}") }),
        Ok(_) if out.len() as u64 > LIMIT => {
            Err(FormatError::TooBig { name, what: format!("it unpacks to more than {LIMIT} bytes") })
        }
        Ok(_) => Ok(Some(out)),
    }
}

/// The options of a file.
#[derive(Default)]
struct Lines {
    /// Option to value; `n` for "is not set".
    symbols: BTreeMap<String, String>,
    /// Lines that switch an option on.
    on: usize,
    /// Lines `# CONFIG_X is not set`.
    off: usize,
    /// The last line is cut.
    is_cut: bool,
}

/// What one line is.
enum Line<'a> {
    Set(&'a str, &'a str),
    NotSet(&'a str),
    Remark,
    Bad,
}

impl Lines {
    fn of(text: &str, notes: &mut Vec<Note>) -> Lines {
        let mut lines = Lines::default();
        let mut bad = 0;
        let ends_whole = text.ends_with(['\n', '\r']);
        let mut all = text.lines().enumerate().peekable();
        while let Some((number, line)) = all.next() {
            let is_last = all.peek().is_none();
            match line_of(line) {
                Line::Set(symbol, value) => lines.put(symbol, value, number, notes),
                Line::NotSet(symbol) => lines.put(symbol, "n", number, notes),
                Line::Remark => {}
                Line::Bad if is_last && !ends_whole => lines.is_cut = true,
                Line::Bad => {
                    bad += 1;
                    if bad <= NOTES {
                        let place = format!("line {}", number + 1);
                        notes.push(Note::new(NoteCode::BadRecord, Severity::Warn, place, line.trim()));
                    }
                }
            }
        }
        if bad > NOTES {
            let value = format!("{} further lines are no options", bad - NOTES);
            notes.push(Note::new(NoteCode::BadRecord, Severity::Warn, "whole file", &value));
        }
        lines
    }

    /// As the build does: the last line of an option wins.
    fn put(&mut self, symbol: &str, value: &str, number: usize, notes: &mut Vec<Note>) {
        match value {
            "n" => self.off += 1,
            "y" | "m" => self.on += 1,
            _ => {}
        }
        let known = self.symbols.insert(symbol.to_owned(), value.to_owned());
        if known.is_some_and(|known| known != value) {
            let place = format!("line {}", number + 1);
            notes.push(Note::new(
                NoteCode::DupRef,
                Severity::Warn,
                place,
                &format!("{symbol} is set again: {value}"),
            ));
        }
    }
}

/// `CONFIG_X=y`, `# CONFIG_X is not set` and their odd spellings.
fn line_of(line: &str) -> Line<'_> {
    let line = line.trim();
    if line.is_empty() {
        return Line::Remark;
    }
    let bare = line.trim_start_matches('#').trim_start();
    if let Some(symbol) = not_set(bare) {
        return Line::NotSet(symbol);
    }
    if line.starts_with('#') {
        return Line::Remark;
    }
    let Some((symbol, value)) = line.split_once('=') else { return Line::Bad };
    match symbol_of(symbol.trim()) {
        Some(symbol) => Line::Set(symbol, value.trim()),
        None => Line::Bad,
    }
}

fn not_set(bare: &str) -> Option<&str> {
    let (symbol, rest) = bare.split_once(char::is_whitespace)?;
    let is_end = rest.split_whitespace().map(|word| word.trim_end_matches('.')).eq(["is", "not", "set"]);
    symbol_of(symbol).filter(|_| is_end)
}

/// The option's name without `CONFIG_`; Buildroot's options keep their `BR2_`.
fn symbol_of(word: &str) -> Option<&str> {
    let symbol = word.strip_prefix("CONFIG_").or_else(|| word.starts_with("BR2_").then_some(word))?;
    let is_name = !symbol.is_empty() && symbol.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(symbol)
}
