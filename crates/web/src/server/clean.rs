//! Texts from outside that no answer could be given on: said at once, and never left out silently.

use axum::http::HeaderMap;

use super::errors::Fault;
use crate::backend::{Failure, Kind};

/// Longest value of a header that is kept or compared, in bytes.
const HEADER: usize = 200;

/// Longest name of a file, in characters.
const FILE: usize = 255;

/// A header that changes what is done; empty where it is absent. One that cannot be read is no absent one: a change would
/// be made without the condition that was sent with it.
///
/// # Errors
/// When it is no plain text, or too long.
pub fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Fault> {
    let Some(value) = headers.get(name) else { return Ok("") };
    let refused = |says: String| {
        Failure::new(Kind::Invalid, format!("The header {name} cannot be used: {says}"))
            .hint("Send plain ASCII letters, digits and signs.")
    };
    let text = value.to_str().map_err(|_| refused("it holds more than plain ASCII".to_owned()))?.trim();
    if text.len() > HEADER {
        return Err(refused(format!("it is longer than {HEADER} bytes")).into());
    }
    Ok(text)
}

/// Refuses U+0000, which no text of ours holds and databases do not keep.
///
/// # Errors
/// The first name whose value holds one.
pub fn texts<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<(), Fault> {
    match pairs.into_iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        None => Ok(()),
        Some((name, _)) => {
            let name = name.replace('\0', "");
            let failure = Failure::new(Kind::Invalid, "What was sent holds the character U+0000");
            Err(failure.hint("Send text without it.").field(&name, "holds U+0000").into())
        }
    }
}

/// The name of a file without the folders before it.
///
/// # Errors
/// When it holds control characters, or is too long.
pub fn file_name(text: &str) -> Result<&str, Fault> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let says = if name.chars().any(char::is_control) {
        "holds control characters".to_owned()
    } else if name.chars().count() > FILE {
        format!("longer than {FILE} letters")
    } else {
        return Ok(name);
    };
    Err(super::asked::refused("name", &says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lose_their_folders() {
        for (text, name) in [
            ("image.spdx.json", "image.spdx.json"),
            ("../../../etc/passwd", "passwd"),
            ("C:\\build\\.config", ".config"),
            ("a/", ""),
            ("", ""),
        ] {
            assert_eq!(file_name(text).expect("a name"), name, "{text}");
        }
        for bad in ["a\0b", "a\nb", &"k".repeat(256)] {
            assert!(file_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn headers_that_cannot_be_read_are_not_left_out() {
        let of = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert("if-match", axum::http::HeaderValue::from_bytes(value).expect("a value"));
            header(&headers, "if-match").map(str::to_owned).ok()
        };
        assert_eq!(of(b" \"D-2026-001@2\" ").as_deref(), Some("\"D-2026-001@2\""));
        assert_eq!(of("\u{e9}".as_bytes()), None);
        assert_eq!(of("k".repeat(201).as_bytes()), None);
        assert_eq!(header(&HeaderMap::new(), "if-match").ok(), Some(""));
    }

    #[test]
    fn the_null_character_is_refused() {
        assert!(texts([("find", "a b\n")]).is_ok());
        assert!(texts([("find", "a\0")]).is_err() && texts([("f\0", "a")]).is_err());
    }
}
