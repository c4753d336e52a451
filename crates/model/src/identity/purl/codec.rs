//! Percent codes, and the canonical text.

use std::fmt;

use super::{Purl, PurlError};

/// Decodes percent codes; anything that is no code, or no UTF-8 after decoding, is an error.
pub(super) fn decode(text: &str) -> Result<String, PurlError> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let code = after.get(..2).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok()).ok_or(PurlError::Encoding)?;
        bytes.push(byte);
        rest = after.get(2..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_err(|_| PurlError::Encoding)
}

/// Decodes what can be decoded and keeps the rest as written.
pub(super) fn decode_lossy(text: &str) -> String {
    decode(text).unwrap_or_else(|_| text.to_owned())
}

/// Writes text with percent codes for everything but letters, digits, `.`, `-`, `_`, `~` and `:`.
fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// Writes the canonical package URL.
pub(super) fn write(purl: &Purl, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "pkg:{}/", purl.kind)?;
    for segment in purl.namespace.split('/').filter(|segment| !segment.is_empty()) {
        encode(segment, f)?;
        f.write_str("/")?;
    }
    if purl.kind == "git" {
        // The name of a repository is a path below its host.
        let mut lead = "";
        for segment in purl.name.split('/').filter(|segment| !segment.is_empty()) {
            f.write_str(lead)?;
            encode(segment, f)?;
            lead = "/";
        }
    } else {
        encode(&purl.name, f)?;
    }
    if !purl.version.is_empty() {
        f.write_str("@")?;
        encode(&purl.version, f)?;
    }
    let mut lead = '?';
    for (key, value) in &purl.qualifiers {
        write!(f, "{lead}{key}=")?;
        encode(value, f)?;
        lead = '&';
    }
    let mut lead = '#';
    for segment in purl.subpath.split('/').filter(|segment| !segment.is_empty()) {
        write!(f, "{lead}")?;
        encode(segment, f)?;
        lead = '/';
    }
    Ok(())
}
