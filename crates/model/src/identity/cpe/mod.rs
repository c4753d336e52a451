//! CPE names: reading, repair, binding, and the relations of NISTIR 7695 and 7696.
//!
//! Two layers, because the standard and the data differ:
//! - [`wfn`] keeps the standard's quoting exactly and refuses what the standard refuses;
//! - [`Cpe`] keeps plain values, as the index and the matcher want them, and [`Cpe::parse`] repairs what
//!   real SBOMs hold (matching.md 1.3), telling that it did.

pub mod candidate;
mod read;
pub mod relation;
mod split;
pub mod wfn;

use std::fmt;

pub use candidate::{Candidate, Criterion, Denial, Known, candidate_test};
pub use relation::{Relation, relate_attribute, relate_name};
pub use split::split_23;
pub use wfn::{Value, Wfn};

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

/// What [`Cpe::parse`] returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedCpe {
    /// The name.
    pub cpe: Cpe,
    /// It was written as a CPE 2.2 URI.
    pub was_22_uri: bool,
    /// It is no valid CPE name as written; the value is the only sensible reading of it.
    pub repaired: bool,
}

/// Why a text is no CPE name, not even after repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpeError {
    /// Begins neither with `cpe:2.3:` nor with `cpe:/`.
    Prefix,
    /// The part is none of `a`, `o`, `h`, `*`, `-`.
    Part,
    /// More than 11 attributes, and not exactly one way to read them.
    Ambiguous,
    /// A percent code that stands for no character of a CPE name.
    PercentCode,
    /// A packed edition that has not five `~`.
    PackedEdition,
    /// A value the standard does not allow (an unquoted `*` inside a word, a control character).
    Value,
    /// Neither vendor nor product is stated.
    Empty,
}

impl fmt::Display for CpeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CpeError::Prefix => "does not begin with cpe:2.3: or cpe:/",
            CpeError::Part => "the part is none of a, o, h, *, -",
            CpeError::Ambiguous => "has not 11 attributes in exactly one reading",
            CpeError::PercentCode => "holds a percent code of no CPE character",
            CpeError::PackedEdition => "holds a packed edition without five tildes",
            CpeError::Value => "holds a value that CPE does not allow",
            CpeError::Empty => "names neither vendor nor product",
        })
    }
}

impl std::error::Error for CpeError {}

impl Cpe {
    /// Reads a CPE 2.3 formatted string or a CPE 2.2 URI, repairing what real SBOMs hold.
    ///
    /// ```
    /// use model::identity::Cpe;
    /// let yocto = Cpe::parse("cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*").unwrap();
    /// assert_eq!((yocto.cpe.vendor.as_str(), yocto.cpe.product.as_str()), ("*", "busybox"));
    /// let uri = Cpe::parse("cpe:/a:gnu:g%2b%2b:12.3").unwrap();
    /// assert!(uri.was_22_uri && uri.cpe.product == "g++");
    /// assert!(Cpe::parse("busybox").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<ParsedCpe, CpeError> {
        read::parse(text)
    }

    /// The eleven attributes in the order of the formatted string.
    pub fn attributes(&self) -> [&str; 11] {
        [
            &self.part,
            &self.vendor,
            &self.product,
            &self.version,
            &self.update,
            &self.edition,
            &self.language,
            &self.sw_edition,
            &self.target_sw,
            &self.target_hw,
            &self.other,
        ]
    }

    /// Builds a name of its eleven plain attributes; an empty one becomes `*`.
    pub fn from_attributes<T: Into<String>>(attributes: [T; 11]) -> Cpe {
        let [
            part,
            vendor,
            product,
            version,
            update,
            edition,
            language,
            sw_edition,
            target_sw,
            target_hw,
            other,
        ] = attributes.map(|value| {
            let value: String = value.into();
            if value.is_empty() { "*".to_owned() } else { value }
        });
        Cpe {
            part,
            vendor,
            product,
            version,
            update,
            edition,
            language,
            sw_edition,
            target_sw,
            target_hw,
            other,
        }
    }

    /// The name with the standard's quoting. Plain values hold no wildcards: every `*` and `?` inside one
    /// is taken literally.
    pub fn to_wfn(&self) -> Wfn {
        Wfn { values: self.attributes().map(Value::from_plain) }
    }

    /// Writes the name as a CPE 2.3 formatted string.
    pub fn to_23(&self) -> String {
        self.to_wfn().to_23()
    }

    /// Writes the name as a CPE 2.2 URI.
    pub fn to_22_uri(&self) -> String {
        self.to_wfn().to_22_uri()
    }
}

impl fmt::Display for Cpe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_23())
    }
}
