//! Tolerant reading: what real SBOMs write, repaired where exactly one reading makes sense.

use super::wfn::split_unescaped;
use super::{Cpe, CpeError, ParsedCpe};

/// Number of attributes of a formatted string.
const ATTRIBUTES: usize = 11;
/// Number of components of a 2.2 URI.
const URI_COMPONENTS: usize = 7;
/// A name with more surplus separators than this is not worth a guess.
const MOST_SURPLUS: usize = 4;

/// See [`Cpe::parse`].
pub(super) fn parse(text: &str) -> Result<ParsedCpe, CpeError> {
    let trimmed = text.trim();
    let (prefix, rest) = split_prefix(trimmed)?;
    let mut repaired = trimmed.len() != text.len() || !matches!(prefix, "cpe:2.3:" | "cpe:/");
    let was_22_uri = prefix.ends_with('/') && !prefix.contains("2.3");
    let values =
        if was_22_uri { uri_values(rest, &mut repaired)? } else { string_values(rest, &mut repaired)? };
    let cpe = Cpe::from_attributes(values);
    if !matches!(cpe.part.as_str(), "a" | "o" | "h" | "*" | "-") {
        return Err(CpeError::Part);
    }
    let unnamed = |value: &str| value == "*" || value == "-";
    if unnamed(&cpe.vendor) && unnamed(&cpe.product) {
        return Err(CpeError::Empty);
    }
    Ok(ParsedCpe { cpe, was_22_uri, repaired })
}

/// The prefix as written and what follows it; `CPE:2.3:`, `cpe:2.3:/` and `cpe://` are seen in the wild.
fn split_prefix(text: &str) -> Result<(&str, &str), CpeError> {
    for known in ["cpe:2.3:/", "cpe:2.3:", "cpe://", "cpe:/"] {
        if let Some(start) = text.get(..known.len())
            && start.eq_ignore_ascii_case(known)
        {
            return Ok(text.split_at(known.len()));
        }
    }
    Err(CpeError::Prefix)
}

fn string_values(rest: &str, repaired: &mut bool) -> Result<[String; ATTRIBUTES], CpeError> {
    let fields = join_surplus(split_unescaped(rest), ATTRIBUTES, repaired)?;
    let mut values = [const { String::new() }; ATTRIBUTES];
    for (value, field) in values.iter_mut().zip(&fields) {
        *value = string_value(field, repaired)?;
    }
    Ok(values)
}

fn uri_values(rest: &str, repaired: &mut bool) -> Result<[String; ATTRIBUTES], CpeError> {
    let fields = join_uri_surplus(rest.split(':').collect(), repaired)?;
    let mut values = [const { String::new() }; ATTRIBUTES];
    for (number, field) in fields.iter().enumerate() {
        if let (5, Some(packed)) = (number, field.strip_prefix('~')) {
            unpack(packed, &mut values, repaired)?;
        } else if let Some(value) = values.get_mut(number) {
            *value = uri_value(field, repaired)?;
        }
    }
    Ok(values)
}

/// A URI may stop early; that is no repair.
fn join_uri_surplus(fields: Vec<&str>, repaired: &mut bool) -> Result<Vec<String>, CpeError> {
    if fields.len() <= URI_COMPONENTS {
        return Ok(fields.into_iter().map(str::to_owned).collect());
    }
    join_surplus(fields, URI_COMPONENTS, repaired)
}

fn unpack(packed: &str, values: &mut [String; ATTRIBUTES], repaired: &mut bool) -> Result<(), CpeError> {
    let places = [5, 7, 8, 9, 10];
    let fields: Vec<&str> = packed.split('~').collect();
    if fields.len() > places.len() {
        return Err(CpeError::PackedEdition);
    }
    *repaired |= fields.len() < places.len();
    for (place, field) in places.into_iter().zip(fields) {
        if let Some(value) = values.get_mut(place) {
            *value = uri_value(field, repaired)?;
        }
    }
    Ok(())
}

/// Unescapes one attribute, folds its case, and tells when it was not written as it must be.
fn string_value(field: &str, repaired: &mut bool) -> Result<String, CpeError> {
    if field.is_empty() {
        *repaired = true;
        return Ok("*".to_owned());
    }
    let mut value = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        let (c, quoted) = match c {
            '\\' => (chars.next().ok_or(CpeError::Value)?, true),
            c => (c, false),
        };
        let bare = c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '*' | '?');
        *repaired |= !bare && !quoted;
        push_folded(&mut value, c, repaired)?;
    }
    Ok(value)
}

/// Decodes one component of a URI; a percent sign without a code is kept as it is.
fn uri_value(field: &str, repaired: &mut bool) -> Result<String, CpeError> {
    let mut value = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(c) = rest.chars().next() {
        let mut tail = rest.get(c.len_utf8()..).unwrap_or_default();
        let mut decoded = c;
        if c == '%' {
            match rest.get(1..3).and_then(|code| u8::from_str_radix(code, 16).ok()) {
                Some(1) => decoded = '?',
                Some(2) => decoded = '*',
                Some(byte) if byte.is_ascii_graphic() => decoded = char::from(byte),
                Some(_) => return Err(CpeError::PercentCode),
                None => *repaired = true,
            }
            if decoded != '%' || rest.get(1..3) == Some("25") {
                tail = rest.get(3..).unwrap_or_default();
            }
        } else if !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '~')) {
            *repaired = true;
        }
        push_folded(&mut value, decoded, repaired)?;
        rest = tail;
    }
    Ok(value)
}

fn push_folded(value: &mut String, c: char, repaired: &mut bool) -> Result<(), CpeError> {
    if c.is_control() {
        return Err(CpeError::Value);
    }
    if c.is_whitespace() {
        *repaired = true;
        value.push('_');
        return Ok(());
    }
    *repaired |= c.is_ascii_uppercase();
    value.push(c.to_ascii_lowercase());
    Ok(())
}

/// Brings the fields to `wanted`: too few are filled with ANY, too many are joined where exactly one way of
/// joining them makes sense. Where none does, surplus ANY at the end is dropped: it says nothing.
fn join_surplus(mut fields: Vec<&str>, wanted: usize, repaired: &mut bool) -> Result<Vec<String>, CpeError> {
    *repaired |= fields.len() != wanted;
    let Some(surplus) = fields.len().checked_sub(wanted).filter(|surplus| *surplus > 0) else {
        fields.resize(wanted, "*");
        return Ok(fields.into_iter().map(str::to_owned).collect());
    };
    let mut joined = if surplus > MOST_SURPLUS { Vec::new() } else { readings(&fields, surplus) };
    if let Some(only) = joined.pop() {
        return if joined.is_empty() { Ok(only) } else { Err(CpeError::Ambiguous) };
    }
    let (kept, dropped) = fields.split_at(wanted);
    if dropped.iter().all(|field| is_any(field)) {
        Ok(kept.iter().map(|field| (*field).to_owned()).collect())
    } else {
        Err(CpeError::Ambiguous)
    }
}

fn is_any(field: &str) -> bool {
    field.is_empty() || field == "*"
}

/// All sensible ways to join `surplus` separators back into vendor, product, version or update.
fn readings(fields: &[&str], surplus: usize) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for vendor in 0..=surplus {
        for product in 0..=surplus - vendor {
            let version = surplus - vendor - product;
            let widths = [1, vendor + 1, product + 1, version + 1];
            if let Some(joined) = join(fields, widths)
                && makes_sense(&joined, widths)
            {
                found.push(joined);
            }
        }
    }
    found
}

fn join(fields: &[&str], widths: [usize; 4]) -> Option<Vec<String>> {
    let mut rest = fields;
    let mut joined = Vec::with_capacity(ATTRIBUTES);
    for width in widths {
        let (group, tail) = rest.split_at_checked(width)?;
        let broken = |field: &&str| *field == "*" || *field == "-";
        let open = group.first()?.is_empty() || group.last()?.is_empty();
        if width > 1 && (open || group.iter().any(broken)) {
            return None;
        }
        joined.push(group.join(":"));
        rest = tail;
    }
    joined.extend(rest.iter().map(|field| (*field).to_owned()));
    Some(joined)
}

/// A name has a letter, a version begins like one, and a colon inside a version is an epoch's.
fn makes_sense(joined: &[String], widths: [usize; 4]) -> bool {
    let [_, vendor, product, version, ..] = joined else { return false };
    let [_, _, product_width, version_width] = widths;
    let named = |name: &str| is_any(name) || name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let last_begins_with_digit =
        product.rsplit(':').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    named(vendor)
        && named(product)
        && looks_like_version(version)
        && !(product_width > 1 && last_begins_with_digit)
        && (version_width == 1 || is_epoch_version(version))
}

fn looks_like_version(version: &str) -> bool {
    let digits = version.strip_prefix(['v', 'V', 'r']).unwrap_or(version);
    is_any(version) || version == "-" || digits.starts_with(|c: char| c.is_ascii_digit())
}

fn is_epoch_version(version: &str) -> bool {
    version.split_once(':').is_some_and(|(epoch, rest)| {
        !epoch.is_empty()
            && epoch.bytes().all(|byte| byte.is_ascii_digit())
            && !rest.contains(':')
            && looks_like_version(rest)
    })
}
