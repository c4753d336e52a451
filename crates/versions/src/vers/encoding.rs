//! Percent-encoding of versions in a range: signs of the notation and everything outside ASCII are encoded.

use std::fmt::Write as _;

/// Decodes; `None` when a `%` is not followed by two hexadecimal digits, or the result is no UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// Encodes what must be encoded.
pub(super) fn encode(version: &str) -> String {
    let mut text = String::with_capacity(version.len());
    for byte in version.bytes() {
        if must_be_encoded(byte) {
            let _ = write!(text, "%{byte:02X}");
        } else {
            text.push(char::from(byte));
        }
    }
    text
}

/// True when nothing is encoded that stands for itself, in capital digits, and nothing is left plain that may not.
pub(super) fn is_canonical(text: &str) -> bool {
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            if must_be_encoded(byte) {
                return false;
            }
            continue;
        }
        let (Some(high), Some(low)) = (rest.next(), rest.next()) else { return false };
        let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default();
        let decoded = u8::try_from(value(high) * 16 + value(low)).unwrap_or_default();
        if stands_for_itself(decoded) || high.is_ascii_lowercase() || low.is_ascii_lowercase() {
            return false;
        }
    }
    true
}

fn must_be_encoded(byte: u8) -> bool {
    !byte.is_ascii_graphic() || matches!(byte, b'%' | b'<' | b'>' | b'=' | b'!' | b'*' | b'|')
}

fn stands_for_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':')
}
