//! Secrets of sessions, forms and tokens: how they are made, shown to their owner once, and compared. Where they are kept
//! is not here; kept are digests only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cookie::{Cookie, SameSite};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::backend::{Failure, Kind};

/// Bytes of a secret: 256 bits.
const LENGTH: usize = 32;

/// What a token begins with, so that a leaked one is recognised by scanners.
const MARK: &str = "pwk";

/// Letters of a token's public prefix.
const PREFIX: usize = 10;

/// SHA-256 of a secret. A secret of 256 random bits needs no salt and no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Compared in a time that does not depend on where they differ.
    pub fn is(&self, other: &Digest) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// A secret as text of letters that cookies and addresses carry. It cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one, of the system's random numbers.
    ///
    /// # Errors
    /// When the system has none to give.
    pub fn random() -> Result<Secret, Failure> {
        Ok(Secret(BASE64.encode(random()?)))
    }

    /// One that came back from its owner; `None` for what can be none of ours.
    pub fn returned(text: &str) -> Option<Secret> {
        let bytes = BASE64.decode(text).ok()?;
        (bytes.len() == LENGTH).then(|| Secret(text.to_owned()))
    }

    /// The text, for the cookie of its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        digest(&[self.0.as_bytes()])
    }

    /// The proof that a form of this session's pages carries. It is derived, so that nothing more has to be kept, and
    /// masked anew on each page, so that the length of a compressed page tells nothing of it.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn proof(&self) -> Result<String, Failure> {
        let mask = random()?;
        let masked = xor(&mask, &self.form_key().0);
        Ok(BASE64.encode([mask, masked].concat()))
    }

    /// True for a proof of this session.
    pub fn is_proof(&self, text: &str) -> bool {
        let Ok(bytes) = BASE64.decode(text) else { return false };
        let Some((mask, masked)) = bytes.split_at_checked(LENGTH) else { return false };
        let (Ok(mask), Ok(masked)) = (<[u8; LENGTH]>::try_from(mask), <[u8; LENGTH]>::try_from(masked))
        else {
            return false;
        };
        Digest(xor(&mask, &masked)).is(&self.form_key())
    }

    fn form_key(&self) -> Digest {
        digest(&[b"patchwright form\0", self.0.as_bytes()])
    }
}

fn random() -> Result<[u8; LENGTH], Failure> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(Kind::Broken, format!("the system gives no random numbers: {error}"))
    })?;
    Ok(bytes)
}

fn xor(one: &[u8; LENGTH], other: &[u8; LENGTH]) -> [u8; LENGTH] {
    let mut both = *one;
    both.iter_mut().zip(other).for_each(|(byte, more)| *byte ^= more);
    both
}

fn digest(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    Digest(hash.finalize().into())
}

/// A token of a program: shown to its maker once.
#[derive(Debug)]
pub struct Token {
    /// Its public beginning, by which it is found.
    pub prefix: String,
    /// The whole.
    pub whole: Secret,
    /// What is kept of the whole.
    pub digest: Digest,
}

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn random() -> Result<Token, Failure> {
        let public: String =
            Secret::random()?.0.chars().filter(char::is_ascii_alphanumeric).take(PREFIX).collect();
        let whole = format!("{MARK}_{public}_{}", Secret::random()?.0);
        let digest = digest(&[whole.as_bytes()]);
        Ok(Token { prefix: public, whole: Secret(whole), digest })
    }

    /// Prefix and digest of a token that came in a request; `None` for what can be none of ours.
    pub fn presented(text: &str) -> Option<(&str, Digest)> {
        let (mark, rest) = text.split_once('_')?;
        let (prefix, secret) = rest.split_once('_')?;
        let is_ours = mark == MARK && !prefix.is_empty() && Secret::returned(secret).is_some();
        is_ours.then(|| (prefix, digest(&[text.as_bytes()])))
    }
}

/// Names of cookies.
pub struct Names {
    /// The session.
    pub session: &'static str,
    /// Forms of people who are not signed in.
    pub form: &'static str,
}

/// Light or dark; no secret.
pub const THEME: &str = "patchwright_theme";

/// What was just done; no secret, shown once.
pub const FLASH: &str = "patchwright_said";

/// Names of cookies; with TLS those that browsers let only this very host set.
pub fn names(secure: bool) -> Names {
    if secure {
        Names { session: "__Host-patchwright", form: "__Host-patchwright-form" }
    } else {
        Names { session: "patchwright_session", form: "patchwright_form" }
    }
}

/// The value of a cookie of a request.
pub fn cookie(header: &str, name: &str) -> Option<String> {
    Cookie::split_parse(header)
        .filter_map(Result::ok)
        .find(|one| one.name() == name)
        .map(|one| one.value().to_owned())
}

/// The line that sets a cookie; an empty value or no seconds end it.
pub fn set(name: &str, value: &str, seconds: i64, secure: bool) -> String {
    let mut cookie = Cookie::new(name, value);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_path("/");
    cookie.set_secure(secure);
    cookie.set_max_age(cookie::time::Duration::seconds(if value.is_empty() { 0 } else { seconds }));
    cookie.to_string()
}

/// Text for a cookie.
pub fn wrap(text: &str) -> String {
    BASE64.encode(text)
}

/// Text from a cookie; empty for what is none.
pub fn unwrap_text(value: &str) -> String {
    BASE64.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, other) = (Secret::random().expect("random"), Secret::random().expect("random"));
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 43);
        assert_eq!(Secret::returned(one.reveal()), Some(one.clone()));
        assert!(Secret::returned("short").is_none() && Secret::returned("").is_none());
        assert_eq!(format!("{one:?} {:?}", one.digest()), "Secret(…) Digest(…)");
    }

    #[test]
    fn a_proof_is_of_one_session_and_never_the_same() {
        let (one, other) = (Secret::random().expect("random"), Secret::random().expect("random"));
        let (first, second) = (one.proof().expect("proof"), one.proof().expect("proof"));
        assert_ne!(first, second);
        assert!(one.is_proof(&first) && one.is_proof(&second));
        assert!(
            !other.is_proof(&first)
                && !one.is_proof("")
                && !one.is_proof(&first[1..])
                && !one.is_proof(one.reveal())
        );
        assert!(!first.contains(one.reveal()));
    }

    #[test]
    fn tokens_are_found_by_prefix_and_compared_whole() {
        let token = Token::random().expect("random");
        let (prefix, digest) = Token::presented(token.whole.reveal()).expect("ours");
        assert_eq!(prefix, token.prefix);
        assert!(digest.is(&token.digest));
        let other = token.whole.reveal().replace("pwk_", "xyz_");
        assert!(Token::presented(&other).is_none() && Token::presented("pwk_abc_def").is_none());
    }

    #[test]
    fn cookies_keep_to_their_host() {
        let line = set(names(true).session, "v", 60, true);
        assert_eq!(line, "__Host-patchwright=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        assert!(set("a", "", 60, false).ends_with("Max-Age=0"));
        assert_eq!(cookie("a=1; b=2", "b").as_deref(), Some("2"));
        assert_eq!(cookie("a=1; ab=2", "b"), None);
    }
}
