//! Words, versions and signs of a text.

use crate::branch::branch_wildcard;
use crate::digits;
use crate::segments::{Rank, Word as VersionWord, common_word};
use crate::shape;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word that begins with a letter.
    Word(&'a str),
    /// A version, perhaps with its patch word (`5.36 Patch 2`).
    Version(&'a str),
    /// `5.4.x`: the prefix.
    Branch(&'a str),
    /// `1.2+`: this one and later.
    Onwards(&'a str),
    /// `<`, `<=`, `>`, `>=`, `=`.
    Sign(Sign),
    Comma,
    Semicolon,
    Colon,
    /// A dash that stands between two versions.
    Dash,
    /// `||`.
    Bars,
    Open,
    Close,
}

/// A comparison sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
}

/// Takes a text apart; `None` when it holds something no token can be.
pub(super) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim().trim_end_matches('.').trim_end();
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        let (length, token) = match single(first, rest) {
            Some(found) => found,
            None if first.is_ascii_digit() => number(rest, &mut tokens)?,
            None if first.is_ascii_alphabetic() => word(rest, &mut tokens)?,
            None => return None,
        };
        tokens.extend(token);
        rest = rest.get(length..)?;
    }
    Some(tokens)
}

/// Signs and marks.
fn single<'a>(first: char, rest: &'a str) -> Option<(usize, Option<Token<'a>>)> {
    const SIGNS: &[(&str, Sign)] = &[
        ("<=", Sign::LessOrEqual),
        (">=", Sign::GreaterOrEqual),
        ("==", Sign::Equal),
        ("=<", Sign::LessOrEqual),
        ("=>", Sign::GreaterOrEqual),
        ("≤", Sign::LessOrEqual),
        ("≥", Sign::GreaterOrEqual),
        ("<", Sign::Less),
        (">", Sign::Greater),
        ("=", Sign::Equal),
    ];
    if let Some((text, sign)) = SIGNS.iter().find(|(text, _)| rest.starts_with(text)) {
        return Some((text.len(), Some(Token::Sign(*sign))));
    }
    let token = match first {
        ',' => Token::Comma,
        ';' => Token::Semicolon,
        ':' => Token::Colon,
        '(' => Token::Open,
        ')' => Token::Close,
        '-' | '–' | '—' | '~' => Token::Dash,
        '&' => Token::Word("and"),
        '|' if rest.starts_with("||") => return Some((2, Some(Token::Bars))),
        _ => return None,
    };
    Some((first.len_utf8(), Some(token)))
}

type Found<'a> = Option<(usize, Option<Token<'a>>)>;

/// A version and what belongs to it. `1.1.1-1.1.1c` gives two and the dash between them.
fn number<'a>(rest: &'a str, tokens: &mut Vec<Token<'a>>) -> Found<'a> {
    let run = version_run(rest)?;
    if rest.get(run.len()..)?.starts_with('(') {
        // `6.70(ACGG.3)`: what stands in brackets is a part of the version that no scheme reads.
        return None;
    }
    if let Some(plain) = run.strip_suffix('+') {
        return Some((run.len(), Some(Token::Onwards(plain))));
    }
    if let Some((from, to)) = glued_range(run) {
        tokens.extend([version_token(from)?, Token::Dash]);
        return Some((run.len(), Some(version_token(to)?)));
    }
    let mut length = with_patch_word(rest, run.len());
    if length > run.len() {
        // `V4.5 SP6 HF2`
        length = with_patch_word(rest, length);
    }
    let text = rest.get(..length)?;
    Some((length, Some(version_token(text)?)))
}

fn version_token(text: &str) -> Option<Token<'_>> {
    if let Some(branch) = wildcard(text) {
        return Some(Token::Branch(branch));
    }
    let is_ordinal =
        ["st", "nd", "rd", "th"].iter().any(|end| text.strip_suffix(end).is_some_and(digits::all));
    let is_version =
        !is_ordinal && !text.contains('*') && (text.contains('.') || !shape::looks_like_commit(text));
    is_version.then_some(Token::Version(text))
}

/// `5.4.x`, `10.5.x.x`, `16.09.xxxx`.
fn wildcard(text: &str) -> Option<&str> {
    branch_wildcard(text).or_else(|| {
        let (branch, last) = text.rsplit_once('.')?;
        let is_wildcard = last.len() > 1 && last.bytes().all(|byte| matches!(byte, b'x' | b'X'));
        (is_wildcard && branch.split('.').all(digits::all)).then_some(branch)
    })
}

/// The signs of one version, without a full stop or colon at its end.
fn version_run(rest: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '~' | '*' | ':');
    let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let run = rest.get(..end)?.trim_end_matches(['.', ':', '-', '_', '~']);
    (!run.is_empty()).then_some(run)
}

/// `1.1.1-1.1.1c`, `v1.3-v1.5`: two dotted versions of the same first number, the second not before the first.
fn glued_range(run: &str) -> Option<(&str, &str)> {
    let (from, to) = run.split_once('-')?;
    let to = to.strip_prefix(['v', 'V']).unwrap_or(to);
    let dotted = |text: &str| {
        text.contains('.') && !text.contains('-') && text.as_bytes().first().is_some_and(u8::is_ascii_digit)
    };
    let major = |text: &str| text.split('.').next().map(str::to_owned);
    let in_order = crate::generic::compare(from, to).is_le();
    (dotted(from) && dotted(to) && major(from) == major(to) && in_order).then_some((from, to))
}

/// The length with ` p1`, ` Patch 2`, ` SP 1`, ` rc1` behind the version.
fn with_patch_word(rest: &str, length: usize) -> usize {
    let Some(after) = rest.get(length..).and_then(|after| after.strip_prefix(' ')) else {
        return length;
    };
    let (letters, behind) = digits::split_while(after.as_bytes(), |byte| byte.is_ascii_alphabetic());
    let gap = behind.iter().take_while(|byte| **byte == b' ').count();
    let number = digits::split(behind.split_at(gap).1).0;
    let ends = behind.get(gap + number.len()).is_none_or(|byte| matches!(byte, b' ' | b',' | b';' | b')'));
    let word = VersionWord { letters, glued: false, numbered: true };
    let is_patch = common_word(word).is_some_and(|rank| rank != Rank::Release);
    if is_patch && !number.is_empty() && ends && gap <= 1 {
        return length + 1 + letters.len() + gap + number.len();
    }
    length
}

/// A word; `V4.0` and `Ver.2.30` are versions with a word before them.
fn word<'a>(rest: &'a str, tokens: &mut Vec<Token<'a>>) -> Found<'a> {
    let letters = digits::split_while(rest.as_bytes(), |byte| byte.is_ascii_alphabetic()).0.len();
    let (start, behind) = rest.split_at_checked(letters)?;
    let is_version_word = ["v", "ver", "version"].iter().any(|known| known.eq_ignore_ascii_case(start));
    if is_version_word {
        let gap = usize::from(behind.starts_with('.'));
        let digits_at = letters + gap;
        let version = rest.get(digits_at..)?;
        if version.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            let (length, token) = number(version, tokens)?;
            return Some((digits_at + length, token));
        }
        if gap == 1 || behind.starts_with("(s)") {
            return Some((letters + if gap == 1 { 1 } else { 3 }, Some(Token::Word(start))));
        }
    }
    if let Some(rest) = behind.strip_prefix("(s)") {
        return Some((letters + 3, (rest.len() < behind.len()).then_some(Token::Word(start))));
    }
    let is_part =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | '\'' | '®' | '™');
    let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let run = rest.get(..end)?.trim_end_matches('.');
    Some((run.len().max(1), Some(Token::Word(run))))
}
