//! Well-formed names of NISTIR 7695: values with their quoting, and the two strict bindings.
//!
//! Strict means: what the standard refuses is refused here. Repair is the business of `Cpe::parse`.

use super::CpeError;

/// The value of one attribute. Text is kept in the standard's quoted form: every character but letters,
/// digits and `_` carries a backslash, and a bare `*` or `?` (at the ends only) is a wildcard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// Any value.
    #[default]
    Any,
    /// Not applicable.
    Na,
    /// A quoted text.
    Text(String),
}

impl Value {
    /// Quotes a plain value; `*` and the empty text are ANY, `-` is NA. Letter case is kept.
    pub fn from_plain(plain: &str) -> Value {
        match plain {
            "" | "*" => Value::Any,
            "-" => Value::Na,
            text => {
                let mut quoted = String::with_capacity(text.len() + 4);
                for c in text.chars() {
                    push_quoted(&mut quoted, c);
                }
                Value::Text(quoted)
            }
        }
    }

    /// True when a quoted text is allowed as a value: wildcards at the ends only, all punctuation quoted,
    /// no lone `*` and no lone `\-`, no white space, printable ASCII (letters beyond ASCII are let through).
    pub fn is_valid_text(quoted: &str) -> bool {
        if quoted.is_empty() || quoted == "*" || quoted == "\\-" {
            return false;
        }
        let body = match quoted.strip_prefix('*') {
            Some(rest) => rest,
            None => quoted.trim_start_matches('?'),
        };
        is_valid_tail(body)
    }

    /// True for a text with an unquoted wildcard.
    pub fn has_wildcard(&self) -> bool {
        match self {
            Value::Text(quoted) => first_wildcard(quoted).is_some(),
            _ => false,
        }
    }

    /// The plain value: `*`, `-` or the text without its quoting.
    pub fn to_plain(&self) -> String {
        match self {
            Value::Any => "*".to_owned(),
            Value::Na => "-".to_owned(),
            Value::Text(quoted) => super::split::unescape(quoted),
        }
    }
}

/// What follows the leading wildcards: quoted characters, then at most one `*` or a run of `?`.
fn is_valid_tail(body: &str) -> bool {
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(quoted) if quoted.is_ascii_graphic() => {}
                _ => return false,
            },
            '*' => return chars.as_str().is_empty(),
            '?' => return chars.as_str().chars().all(|c| c == '?'),
            c if c.is_alphanumeric() || c == '_' => {}
            _ => return false,
        }
    }
    true
}

/// Byte offset of the first unquoted wildcard.
fn first_wildcard(quoted: &str) -> Option<usize> {
    let mut skip = false;
    quoted.bytes().position(|byte| {
        if skip {
            skip = false;
            return false;
        }
        skip = byte == b'\\';
        byte == b'*' || byte == b'?'
    })
}

fn push_quoted(quoted: &mut String, c: char) {
    if !(c.is_alphanumeric() || c == '_') {
        quoted.push('\\');
    }
    quoted.push(c);
}

/// A well-formed name: part, vendor, product, version, update, edition, language, software edition,
/// target software, target hardware, other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wfn {
    /// The eleven values.
    pub values: [Value; 11],
}

impl Wfn {
    /// Reads a formatted string (`cpe:2.3:…`) as the standard has it.
    pub fn from_23(text: &str) -> Result<Wfn, CpeError> {
        let rest = text.strip_prefix("cpe:2.3:").ok_or(CpeError::Prefix)?;
        let fields = split_unescaped(rest);
        let fields: [&str; 11] = fields.try_into().map_err(|_| CpeError::Ambiguous)?;
        let mut wfn = Wfn::default();
        for (value, field) in wfn.values.iter_mut().zip(fields) {
            *value = unbind_23(field)?;
        }
        wfn.with_valid_part()
    }

    /// Reads a CPE 2.2 URI (`cpe:/…`) as the standard has it.
    pub fn from_22_uri(text: &str) -> Result<Wfn, CpeError> {
        let rest = text.strip_prefix("cpe:/").ok_or(CpeError::Prefix)?;
        let fields: Vec<&str> = rest.split(':').collect();
        if fields.len() > 7 {
            return Err(CpeError::Ambiguous);
        }
        let mut wfn = Wfn::default();
        for (number, field) in fields.into_iter().enumerate() {
            match field.strip_prefix('~') {
                Some(packed) if number == 5 => unpack(packed, &mut wfn)?,
                _ => {
                    if let Some(value) = wfn.values.get_mut(number) {
                        *value = unbind_22(field)?;
                    }
                }
            }
        }
        wfn.with_valid_part()
    }

    fn with_valid_part(self) -> Result<Wfn, CpeError> {
        match self.values.first() {
            Some(Value::Text(part)) if !matches!(part.as_str(), "a" | "o" | "h") => Err(CpeError::Part),
            _ => Ok(self),
        }
    }

    /// Writes the formatted string.
    pub fn to_23(&self) -> String {
        let mut text = String::with_capacity(64);
        text.push_str("cpe:2.3");
        for value in &self.values {
            text.push(':');
            match value {
                Value::Any => text.push('*'),
                Value::Na => text.push('-'),
                Value::Text(quoted) => bind_23(quoted, &mut text),
            }
        }
        text
    }

    /// Writes the 2.2 URI; the attributes that 2.2 has no place for are packed into the edition.
    pub fn to_22_uri(&self) -> String {
        let [part, vendor, product, version, update, edition, language, rest @ ..] = &self.values;
        let packed = if rest.iter().all(|value| *value == Value::Any) {
            bind_22(edition)
        } else {
            let mut packed = format!("~{}", bind_22(edition));
            for value in rest {
                packed.push('~');
                packed.push_str(&bind_22(value));
            }
            packed
        };
        let fields = [part, vendor, product, version, update].map(bind_22);
        let text = format!("cpe:/{}:{packed}:{}", fields.join(":"), bind_22(language));
        text.trim_end_matches(':').to_owned()
    }
}

/// The five values of a packed edition, its first `~` already taken off.
fn unpack(packed: &str, wfn: &mut Wfn) -> Result<(), CpeError> {
    let fields: Vec<&str> = packed.split('~').collect();
    let places = [5, 7, 8, 9, 10];
    if fields.len() != places.len() {
        return Err(CpeError::PackedEdition);
    }
    for (place, field) in places.into_iter().zip(fields) {
        if let Some(value) = wfn.values.get_mut(place) {
            *value = unbind_22(field)?;
        }
    }
    Ok(())
}

/// Splits at `:` that carry no backslash.
pub(super) fn split_unescaped(text: &str) -> Vec<&str> {
    let mut skip = false;
    text.split(|c| {
        if skip {
            skip = false;
            return false;
        }
        skip = c == '\\';
        c == ':'
    })
    .collect()
}

fn unbind_23(field: &str) -> Result<Value, CpeError> {
    match field {
        "*" => return Ok(Value::Any),
        "-" => return Ok(Value::Na),
        _ => {}
    }
    let mut quoted = String::with_capacity(field.len() + 4);
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                quoted.push('\\');
                quoted.push(chars.next().ok_or(CpeError::Value)?);
            }
            '.' | '-' => push_quoted(&mut quoted, c),
            other => quoted.push(other),
        }
    }
    if Value::is_valid_text(&quoted) { Ok(Value::Text(quoted)) } else { Err(CpeError::Value) }
}

fn unbind_22(field: &str) -> Result<Value, CpeError> {
    match field {
        "" => return Ok(Value::Any),
        "-" => return Ok(Value::Na),
        _ => {}
    }
    let mut quoted = String::with_capacity(field.len() + 4);
    let mut rest = field;
    while let Some(c) = rest.chars().next() {
        let (text, tail) = match c {
            '%' => percent(rest)?,
            c => (c, rest.get(c.len_utf8()..).unwrap_or_default()),
        };
        match (c, text) {
            ('%', '\u{1}') => quoted.push('?'),
            ('%', '\u{2}') => quoted.push('*'),
            ('%' | '.' | '-' | '~', text) => push_quoted(&mut quoted, text),
            (_, text) => quoted.push(text),
        }
        rest = tail;
    }
    if Value::is_valid_text(&quoted) { Ok(Value::Text(quoted)) } else { Err(CpeError::Value) }
}

/// The character of the percent code at the beginning, and what follows it. The two wildcards come as
/// `\u{1}` and `\u{2}`, as they are written.
fn percent(rest: &str) -> Result<(char, &str), CpeError> {
    let code = rest.get(1..3).ok_or(CpeError::PercentCode)?;
    let byte = u8::from_str_radix(code, 16).map_err(|_| CpeError::PercentCode)?;
    let c = char::from(byte);
    if byte == 1 || byte == 2 || c.is_ascii_punctuation() {
        Ok((c, rest.get(3..).unwrap_or_default()))
    } else {
        Err(CpeError::PercentCode)
    }
}

/// Formatted strings leave `.`, `-`, `_`, letters and digits bare.
fn bind_23(quoted: &str, text: &mut String) {
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some(c @ ('.' | '-' | '_'))) => text.push(c),
            // A value that is only a hyphen, or that begins with one, is still read back as written.
            ('\\', Some(c)) if c.is_alphanumeric() => text.push(c),
            ('\\', Some(c)) => text.extend(['\\', c]),
            (c, _) => text.push(c),
        }
    }
}

fn bind_22(value: &Value) -> String {
    let quoted = match value {
        Value::Any => return String::new(),
        Value::Na => return "-".to_owned(),
        Value::Text(quoted) => quoted,
    };
    let mut text = String::with_capacity(quoted.len());
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('.' | '-' | '_')) => text.push(c),
                Some(c) if c.is_ascii_punctuation() => text.push_str(&format!("%{:02x}", u32::from(c))),
                Some(c) => text.push(c),
                None => {}
            },
            '?' => text.push_str("%01"),
            '*' => text.push_str("%02"),
            c => text.push(c),
        }
    }
    text
}
