//! Tags that several readers give to records, in one spelling, so that two forms of one statement are told alike.
//!
//! A distribution's grade concerns one package in one release, and a record speaks of many: such a tag carries both, as
//! `no-dsa:12:openssl` with an optional reason behind a further colon.

use model::record::Text;

/// The tag of a notice that is more or less than a vulnerability: `informational:unmaintained`.
pub fn informational<'a>(kind: &str) -> Text<'a> {
    Text::Owned(format!("informational:{}", kind.to_ascii_lowercase()))
}

/// The tag of a category of the source: `category:denial-of-service`.
pub fn category<'a>(category: &str) -> Text<'a> {
    Text::Owned(format!("category:{category}"))
}

/// The tag of a distribution's grade for a package in a release, with the reason where there is one.
pub fn of_package<'a>(word: &str, release: &str, package: &str, reason: &str) -> Text<'a> {
    let reason = reason.trim();
    Text::Owned(match reason {
        "" => format!("{word}:{release}:{package}"),
        _ => format!("{word}:{release}:{package}:{reason}"),
    })
}

/// Adds a tag once.
pub fn push<'a>(tags: &mut Vec<Text<'a>>, tag: Text<'a>) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}
