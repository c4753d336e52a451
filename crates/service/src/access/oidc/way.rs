//! A sign-in that is under way at the provider. The browser keeps all of it in one cookie; state, nonce and the proof of
//! the exchange (PKCE) are derived from its secret, so that nothing of it is kept here and any node can end it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use store::Moment;
use subtle::ConstantTimeEq;

use crate::access::secret::Secret;
use crate::house::Fault;

/// How long somebody may take at the provider, in milliseconds.
pub const HOLDS: i64 = 10 * 60_000;
/// Longest address that is remembered.
const LONGEST: usize = 1_000;

/// What the browser keeps. Not printed: it holds secrets.
#[derive(Clone)]
pub(super) struct Way {
    secret: Secret,
    begun: Moment,
    /// Secret of a one-time link that is to be used up; empty for none.
    pub link: String,
    /// Where to go afterwards.
    pub next: String,
}

impl Way {
    pub fn new(next: &str, link: &str, now: Moment) -> Result<Way, Fault> {
        let next = if next.len() > LONGEST { "" } else { next };
        let link = if link.len() > LONGEST { "" } else { link };
        Ok(Way { secret: Secret::new()?, begun: now, link: link.to_owned(), next: next.to_owned() })
    }

    /// For the cookie: letters, digits, `-`, `_` and `.`.
    pub fn text(&self) -> Secret {
        let [link, next] = [&self.link, &self.next].map(|text| BASE64.encode(text));
        Secret::of(format!("{}.{}.{link}.{next}", self.secret.reveal(), self.begun.0))
    }

    /// From the cookie; none for what is no such text.
    pub fn read(text: &str) -> Option<Way> {
        let [secret, begun, link, next] = text.split('.').collect::<Vec<_>>().try_into().ok()?;
        let plain = |text: &str| String::from_utf8(BASE64.decode(text).ok()?).ok();
        let is_secret = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
        let way = Way {
            secret: Secret::of(secret.to_owned()),
            begun: Moment(begun.parse().ok()?),
            link: plain(link)?,
            next: plain(next)?,
        };
        is_secret.then_some(way)
    }

    /// True while its time is not over.
    pub fn holds(&self, now: Moment) -> bool {
        self.begun <= now && now < self.begun.plus(HOLDS)
    }

    /// What the provider hands back with the browser.
    pub fn state(&self) -> String {
        self.derived("state")
    }

    pub fn is_state(&self, text: &str) -> bool {
        self.state().as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// What the provider signs.
    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// RFC 7636: what is shown at the exchange.
    pub fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// RFC 7636, S256.
    pub fn challenge(&self) -> String {
        BASE64.encode(Sha256::digest(self.verifier()))
    }

    /// Of everything that the cookie holds: whoever changes a part of it has another state.
    fn derived(&self, what: &str) -> String {
        let mut hash = Sha256::new();
        for part in ["patchwright oidc", what, self.text().reveal()] {
            hash.update(part.as_bytes());
            hash.update(b"\0");
        }
        BASE64.encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_790_000_000_000);

    #[test]
    fn the_cookie_holds_all_of_it_and_nothing_can_be_changed() {
        let way = Way::new("/findings?a=b", "c0ffee", NOW).unwrap();
        let read = Way::read(way.text().reveal()).unwrap();
        assert_eq!((read.state(), &*read.next, &*read.link), (way.state(), "/findings?a=b", "c0ffee"));
        assert!(read.is_state(&way.state()) && !read.is_state("") && !read.is_state(&way.nonce()));
        let other = Way { next: "/".to_owned(), ..read };
        assert!(!other.is_state(&way.state()));
        for bad in ["", "a.b.c.d", "....", &way.text().reveal()[1..], &format!("{}.x", way.text().reveal())] {
            assert!(Way::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn its_time_ends_and_what_is_derived_differs() {
        let way = Way::new("/", "", NOW).unwrap();
        assert!(way.holds(NOW) && !way.holds(NOW.plus(HOLDS)) && !way.holds(NOW.plus(-1)));
        assert_eq!(way.verifier().len(), 43, "RFC 7636 wants 43 to 128");
        assert!(way.state() != way.nonce() && way.nonce() != way.verifier());
        assert_eq!(Way::new(&"/".repeat(2000), "", NOW).unwrap().next, "");
    }
}
