//! Cookies, and the proofs that a form came from a page of ours. The secrets themselves are made and kept by
//! `service::access`; here they are only carried.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cookie::{Cookie, SameSite};
use service::access::secret::Secret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::backend::{Failure, Kind};

/// Bytes of a proof's key and of its mask.
const LENGTH: usize = 32;

/// Longest cookie that can be a secret of ours.
const LONGEST: usize = 128;

/// A new secret, of the system's random numbers.
///
/// # Errors
/// When the system has none to give.
pub fn secret() -> Result<Secret, Failure> {
    Secret::new().map_err(|error| Failure::new(Kind::Broken, error.to_string()))
}

/// True for a text that can be a secret of ours: what is longer is not looked up.
pub fn is_like(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The proof that the forms of a session's pages carry. It is derived, so that nothing more has to be kept, and masked
/// anew on each page, so that the length of a compressed page tells nothing of it.
///
/// # Errors
/// When the system has no random numbers.
pub fn proof(of: &Secret) -> Result<String, Failure> {
    let mut mask = [0; LENGTH];
    getrandom::fill(&mut mask).map_err(|error| {
        Failure::new(Kind::Broken, format!("the system gives no random numbers: {error}"))
    })?;
    let masked = xor(&mask, &form_key(of));
    Ok(BASE64.encode([mask, masked].concat()))
}

/// True for a proof of this session.
pub fn is_proof(of: &Secret, text: &str) -> bool {
    let Ok(bytes) = BASE64.decode(text) else { return false };
    let Some((mask, masked)) = bytes.split_at_checked(LENGTH) else { return false };
    let (Ok(mask), Ok(masked)) = (<[u8; LENGTH]>::try_from(mask), <[u8; LENGTH]>::try_from(masked)) else {
        return false;
    };
    xor(&mask, &masked).ct_eq(&form_key(of)).into()
}

fn form_key(of: &Secret) -> [u8; LENGTH] {
    let mut hash = Sha256::new();
    hash.update(b"patchwright form\0");
    hash.update(of.reveal().as_bytes());
    hash.finalize().into()
}

fn xor(one: &[u8; LENGTH], other: &[u8; LENGTH]) -> [u8; LENGTH] {
    let mut both = *one;
    both.iter_mut().zip(other).for_each(|(byte, more)| *byte ^= more);
    both
}

/// Names of cookies.
pub struct Names {
    /// The session.
    pub session: &'static str,
    /// Forms of people who are not signed in.
    pub form: &'static str,
    /// A sign-in that is under way at the provider.
    pub way: &'static str,
}

/// How long a browser keeps the session's cookie, in seconds: as long as a session lives at most. When nobody uses it, it
/// ends earlier, on the server.
pub const WEEK: i64 = service::access::session::ABSOLUTE / 1000;

/// Light or dark; no secret.
pub const THEME: &str = "patchwright_theme";

/// What was just done; no secret, shown once.
pub const FLASH: &str = "patchwright_said";

/// Names of cookies; with TLS those that browsers let only this very host set.
pub fn names(secure: bool) -> Names {
    if secure {
        Names {
            session: "__Host-patchwright",
            form: "__Host-patchwright-form",
            way: "__Host-patchwright-way",
        }
    } else {
        Names { session: "patchwright_session", form: "patchwright_form", way: "patchwright_way" }
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
    fn a_proof_is_of_one_session_and_never_the_same() {
        let (one, other) = (secret().expect("random"), secret().expect("random"));
        let (first, second) = (proof(&one).expect("proof"), proof(&one).expect("proof"));
        assert_ne!(first, second);
        assert!(is_proof(&one, &first) && is_proof(&one, &second));
        assert!(
            !is_proof(&other, &first)
                && !is_proof(&one, "")
                && !is_proof(&one, &first[1..])
                && !is_proof(&one, one.reveal())
        );
        assert!(!first.contains(one.reveal()));
    }

    #[test]
    fn what_can_be_no_secret_is_not_looked_up() {
        assert!(is_like(secret().expect("random").reveal()));
        for bad in ["", "a b", "é", &"a".repeat(129)] {
            assert!(!is_like(bad), "{bad}");
        }
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
