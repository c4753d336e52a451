//! CPE 2.3 names: reading, repair, binding, and the attribute relations of NISTIR 7696.

/// A CPE name, all attributes unbound (unescaped); `*` = ANY, `-` = NA.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cpe {
    /// `a`, `o`, `h`, `*` or `-`.
    pub part: String,
    /// Vendor.
    pub vendor: String,
    /// Product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Update.
    pub update: String,
    /// Edition.
    pub edition: String,
    /// Language.
    pub language: String,
    /// Software edition.
    pub sw_edition: String,
    /// Target software.
    pub target_sw: String,
    /// Target hardware.
    pub target_hw: String,
    /// Other.
    pub other: String,
}
