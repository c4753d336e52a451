//! Addresses of our own pages. A number links to exactly its rows: [`Rows`] is the filter that counted them.

use super::class::Class;
use super::list::address;

/// Text as part of an address: everything but letters, digits and `-._~` is written as `%XX` (RFC 3986, 2.3).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A finding.
pub fn finding(id: &str) -> String {
    format!("/findings/{}", encode(id))
}

/// A vulnerability.
pub fn vulnerability(id: &str) -> String {
    format!("/vulnerabilities/{}", encode(id))
}

/// A product.
pub fn product(id: &str) -> String {
    format!("/products/{}", encode(id))
}

/// A release.
pub fn release(id: &str) -> String {
    format!("/releases/{}", encode(id))
}

/// A person.
pub fn person(id: &str) -> String {
    format!("/settings/people/{}", encode(id))
}

/// A decision.
pub fn decision(name: &str) -> String {
    format!("/decisions/{}", encode(name))
}

/// A deed.
pub fn deed(name: &str) -> String {
    format!("/deeds/{}", encode(name))
}

/// Profiles and rules of a product; of the whole organisation where it is empty.
pub fn drafts(product: &str) -> String {
    if product.is_empty() {
        "/settings/rules".to_owned()
    } else {
        format!("/products/{}/drafts", encode(product))
    }
}

/// A version of a profile or of rules.
pub fn draft(kind: &str, id: &str) -> String {
    format!("/drafts/{}/{}", encode(kind), encode(id))
}

/// Rows of a list: the same words that counted them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    path: &'static str,
    pairs: Vec<(&'static str, String)>,
}

impl Rows {
    /// All rows of a list.
    pub fn of(path: &'static str) -> Rows {
        Rows { path, pairs: Vec::new() }
    }

    /// Findings that are open: affected or to be reviewed.
    pub fn open() -> Rows {
        Rows::of("/findings").with("state", "open")
    }

    /// Only those with this value.
    pub fn with(&self, key: &'static str, value: &str) -> Rows {
        let mut rows = self.clone();
        rows.pairs.push((key, value.to_owned()));
        rows
    }

    /// Only those of a class.
    pub fn class(&self, class: impl std::borrow::Borrow<Class>) -> Rows {
        self.with("class", class.borrow().word())
    }
}

impl std::fmt::Display for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&address(self.path, &self.pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_leaves_its_part() {
        assert_eq!(release("a/b?c=d#e&\"ü"), "/releases/a%2Fb%3Fc%3Dd%23e%26%22%C3%BC");
        let rows = Rows::open().with("release", "x&class=none").class(Class::Immediate);
        assert_eq!(rows.to_string(), "/findings?state=open&release=x%26class%3Dnone&class=immediate");
    }
}
