//! Package URLs: reading, repair, writing (package-url specification).

mod codec;
mod read;
mod rules;

use std::fmt;

/// A package URL, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Purl {
    /// Type, lower case.
    pub kind: String,
    /// Namespace segments joined by `/`; empty when none.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Version; empty when none.
    pub version: String,
    /// Qualifiers, sorted by key.
    pub qualifiers: Vec<(String, String)>,
    /// Subpath; empty when none.
    pub subpath: String,
}

/// Why a text or a set of parts is no package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurlError {
    /// Does not begin with `pkg:`.
    Scheme,
    /// The type is missing or has characters that a type must not have.
    Kind,
    /// The name is missing.
    Name,
    /// A qualifier key is empty, not allowed, or given twice.
    Qualifier,
    /// A percent code that is none, or bytes that are no UTF-8.
    Encoding,
    /// The type requires a namespace.
    NamespaceRequired,
    /// The type has no namespace.
    NamespaceProhibited,
    /// The type requires a qualifier that is missing.
    QualifierRequired,
    /// A value has characters that its type forbids.
    Characters,
}

impl fmt::Display for PurlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PurlError::Scheme => "does not begin with pkg:",
            PurlError::Kind => "has no valid type",
            PurlError::Name => "has no name",
            PurlError::Qualifier => "has an unusable qualifier key",
            PurlError::Encoding => "has a broken percent code",
            PurlError::NamespaceRequired => "lacks the namespace that its type requires",
            PurlError::NamespaceProhibited => "has a namespace that its type forbids",
            PurlError::QualifierRequired => "lacks a qualifier that its type requires",
            PurlError::Characters => "has characters that its type forbids",
        })
    }
}

impl std::error::Error for PurlError {}

impl Purl {
    /// Reads a package URL strictly: parts the specification's type forbids are errors; case and spelling that
    /// the type normalises are normalised.
    ///
    /// ```
    /// use model::identity::Purl;
    /// let purl = Purl::parse("pkg:GitHub/Tukaani-Project/XZ@v5.6.2").unwrap();
    /// assert_eq!(purl.to_string(), "pkg:github/tukaani-project/xz@v5.6.2");
    /// ```
    pub fn parse(text: &str) -> Result<Purl, PurlError> {
        rules::settle(read::split(text)?)
    }

    /// Reads a package URL as SBOMs write it; `true` tells that it had to be repaired
    /// (`pkg:github.com/o/r` -> `pkg:github/o/r`, a required part missing, a broken percent code).
    ///
    /// ```
    /// use model::identity::Purl;
    /// let (purl, repaired) = Purl::parse_tolerant("pkg:github.com/zephyrproject-rtos/hal_nxp@main").unwrap();
    /// assert!(repaired && purl.to_string() == "pkg:github/zephyrproject-rtos/hal_nxp@main");
    /// ```
    pub fn parse_tolerant(text: &str) -> Result<(Purl, bool), PurlError> {
        // A forge's host is a well-formed type, only no known one: looked at before strict reading accepts it.
        if !read::is_rewritten(text)
            && let Ok(purl) = Purl::parse(text)
        {
            return Ok((purl, false));
        }
        read::repair(text).map(|purl| (purl, true))
    }

    /// Builds a package URL of its decoded parts, checked and normalised like a parsed one.
    pub fn build(parts: Purl) -> Result<Purl, PurlError> {
        rules::settle(parts)
    }

    /// The value of a qualifier.
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        codec::write(self, f)
    }
}
