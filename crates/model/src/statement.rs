//! A VEX statement: someone's claim on (product, component, vulnerability).

/// The status words that all VEX forms share (glossary, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementStatus {
    /// The component is not affected.
    NotAffected,
    /// The component is affected.
    Affected,
    /// The component was affected and is fixed in this build.
    Fixed,
    /// Somebody is looking at it.
    UnderInvestigation,
}

impl StatementStatus {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            StatementStatus::NotAffected => "not_affected",
            StatementStatus::Affected => "affected",
            StatementStatus::Fixed => "fixed",
            StatementStatus::UnderInvestigation => "under_investigation",
        }
    }
}

/// Where a statement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementOrigin {
    /// The build system: Yocto `CVE_STATUS`, SPDX 3 security profile written by a build, "CVEs fixed".
    Build,
    /// A supplier's VEX document.
    Supplier,
    /// Buildroot `_IGNORE_CVES`: without a reason, hence a hint only.
    IgnoreList,
    /// The whitelist of Vigiles: wanted out of sight, which is not the same as not affected; a hint until a person has
    /// reviewed it.
    VigilesWhitelist,
}

/// One statement as received; applying it is `analysis`'s business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The vulnerability's id as written.
    pub vulnerability: String,
    /// The `source_ref`s or names of the components it speaks about; empty = the whole product.
    pub components: Vec<String>,
    /// The claim.
    pub status: StatementStatus,
    /// The coded reason as written (`vulnerable_code_not_present`, `cpe-incorrect`, ...); empty when none.
    pub justification: String,
    /// The free text as written; empty when none.
    pub text: String,
    /// Who says so.
    pub origin: StatementOrigin,
    /// Where in the input, for evidence.
    pub place: String,
}
