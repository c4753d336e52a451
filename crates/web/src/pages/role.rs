//! Roles as people read them, and as JSON writes them.

use model::access::Role;
use serde::Serializer;
use serde::ser::SerializeSeq;

/// The roles: (word, for people), in the order of the manual's table.
pub const WORDS: &[(&str, &str)] = &[
    ("triager", "triager"),
    ("reviewer", "reviewer"),
    ("lead", "lead"),
    ("policy_editor", "policy editor"),
    ("publisher", "publisher"),
    ("admin", "admin"),
    ("product_manager", "product manager"),
    ("support", "support"),
    ("auditor", "auditor"),
];

/// What people read.
pub fn says(role: &Role) -> &'static str {
    let word = role.word();
    WORDS.iter().find(|(one, _)| *one == word).map_or(word, |(_, says)| says)
}

/// Writes roles as their words.
///
/// # Errors
/// Those of the writer.
pub fn words<S: Serializer>(roles: &[Role], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(roles.len()))?;
    for role in roles {
        list.serialize_element(role.word())?;
    }
    list.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_line() {
        let mut known: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
        let mut all: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        known.sort_unstable();
        all.sort_unstable();
        assert_eq!(known, all);
    }
}
