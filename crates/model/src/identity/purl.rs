//! Package URLs: reading, repair, writing (package-url specification).

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
