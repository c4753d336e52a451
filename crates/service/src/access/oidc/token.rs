//! The ID token (OpenID Connect Core 1.0, 3.1.3.7): who signed it, for whom, when, and what it says of somebody.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Map, Value};
use store::Moment;
use subtle::ConstantTimeEq;

use super::key::{Algorithm, Keys, Signed};

/// Clocks differ: so many seconds are forgiven.
const LEEWAY: i64 = 60;
/// Longest subject (OpenID Connect Core 1.0, 2).
const LONGEST_SUBJECT: usize = 255;
/// Longest name that is taken over.
const LONGEST_NAME: usize = 200;

/// What has to stand in a token.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    pub now: Moment,
}

/// Why a token is refused; the word stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It names a key that is not known.
    UnknownKey,
    /// Anything else.
    Wrong(&'static str),
}

/// What a provider says of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The one thing by which somebody is known.
    pub subject: String,
    /// What the person wants to be called at sign-in; no proof of anything.
    pub login: String,
    /// Name for people; may be empty.
    pub name: String,
    /// Mail address that the provider has checked; may be empty. Never the key to an account.
    pub mail: String,
    /// Groups, from the claim that the setting names.
    pub groups: Vec<String>,
}

/// Checks a token and reads it. Groups are read from the claim `groups` (a path: `realm_access.roles`).
pub(super) fn read(text: &str, keys: &Keys, expected: &Expected<'_>, groups: &str) -> Result<Claims, Flaw> {
    let wrong = Flaw::Wrong;
    let (message, signature) = text.rsplit_once('.').ok_or(wrong("token_form"))?;
    let (header, payload) = message.split_once('.').ok_or(wrong("token_form"))?;
    let header = object(header).ok_or(wrong("token_form"))?;
    // Extensions that have to be understood are not.
    if header.contains_key("crit") {
        return Err(wrong("token_extension"));
    }
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::parse);
    let algorithm = algorithm.ok_or(wrong("token_algorithm"))?;
    let id = match header.get("kid") {
        None => None,
        Some(id) => Some(id.as_str().ok_or(wrong("token_form"))?),
    };
    let signature = BASE64.decode(signature).map_err(|_| wrong("token_form"))?;
    match keys.check(algorithm, id, message.as_bytes(), &signature) {
        Signed::Right => {}
        Signed::Wrong => return Err(wrong("token_signature")),
        Signed::Unknown => return Err(Flaw::UnknownKey),
    }
    let claims = object(payload).ok_or(wrong("token_form"))?;
    check(&claims, expected).map_err(wrong)?;
    taken(&claims, groups).ok_or(wrong("token_subject"))
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64.decode(part).ok()?).ok()
}

fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err("token_issuer");
    }
    let (is_for_us, is_for_others) = match claims.get("aud") {
        Some(Value::String(one)) => (one == expected.client, false),
        Some(Value::Array(all)) => (
            all.iter().any(|one| one.as_str() == Some(expected.client)),
            all.iter().any(|one| one.as_str() != Some(expected.client)),
        ),
        _ => (false, false),
    };
    if !is_for_us {
        return Err("token_audience");
    }
    // With several audiences the token has to say that it was made for us.
    match claims.get("azp") {
        None if is_for_others => return Err("token_party"),
        None => {}
        Some(party) if party.as_str() == Some(expected.client) => {}
        Some(_) => return Err("token_party"),
    }
    check_times(claims, expected.now.0.div_euclid(1000))?;
    let nonce = text("nonce").unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err("token_nonce");
    }
    Ok(())
}

/// A time that is no number is no time: it does not count as absent.
fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), &'static str> {
    let time = |name: &str| claims.get(name).map(|value| seconds(value).ok_or("token_form")).transpose();
    let ends = time("exp")?.ok_or("token_expired")?;
    if ends.saturating_add(LEEWAY) <= now {
        return Err("token_expired");
    }
    let made = time("iat")?.ok_or("token_early")?;
    let from = time("nbf")?.unwrap_or(made);
    if made.max(from) > now.saturating_add(LEEWAY) {
        return Err("token_early");
    }
    Ok(())
}

/// Whole seconds; some providers write fractions.
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        // Beyond these no clock shows anything, and the conversion is exact.
        (0.0..=1e12).contains(&number).then_some(number as i64)
    })
}

fn taken(claims: &Map<String, Value>, groups: &str) -> Option<Claims> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(plain).unwrap_or_default();
    let subject = claims.get("sub")?.as_str()?;
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT || subject.chars().any(char::is_control) {
        return None;
    }
    let is_checked = claims.get("email_verified") == Some(&Value::Bool(true));
    Some(Claims {
        subject: subject.to_owned(),
        login: text("preferred_username"),
        name: text("name"),
        mail: if is_checked { text("email") } else { String::new() },
        groups: list(claims, groups),
    })
}

fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    text.trim().to_owned()
}

/// The texts at a path. The name as it stands goes first: claims of some providers are addresses with dots.
fn list(claims: &Map<String, Value>, path: &str) -> Vec<String> {
    let found = claims.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |value, name| value.get(name))
    });
    match found {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
