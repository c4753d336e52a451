//! A coded remark of a reader about a part it could not use: never silent, never fatal.

use std::fmt;

/// The closed list of note codes (matching.md 1.4). Codes are stable and never reused.
///
/// A reader returns `Read { value, notes }`; `Err` means only "not a document of this kind".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteCode {
    /// A field has another JSON type than expected; converted if lossless, else ignored.
    FieldType,
    /// An unknown enum value, kept as text.
    UnknownEnum,
    /// A duplicate reference; the first wins, the second gets a suffix.
    DupRef,
    /// A relationship to a missing element.
    DanglingRef,
    /// A CPE that no reading can use.
    BadCpe,
    /// A CPE that was repaired because exactly one reading makes sense.
    CpeRepaired,
    /// A purl that cannot be used.
    BadPurl,
    /// A purl that was repaired.
    PurlRepaired,
    /// Bytes that are not UTF-8, replaced.
    BadUtf8,
    /// A byte order mark was stripped.
    BomStripped,
    /// The document was UTF-16 and was converted.
    Utf16,
    /// A component without any name; kept as `unnamed#n`.
    NoName,
    /// A component without a usable version.
    NoVersion,
    /// The input ends early.
    Truncated,
    /// Nesting deeper than the limit.
    TooDeep,
    /// Larger than the configured limit (bytes, entries or ratio).
    TooBig,
    /// The specification version is newer than known; what is known was read.
    SchemaNewer,
    /// A VEX row without resolvable product or vulnerability.
    StatementUnusable,
    /// Build evidence that fails its completeness check.
    EvidenceIncomplete,
    /// A record of a feed that could not be read; the others go on.
    BadRecord,
    /// A file whose kind no reader recognises, passed over.
    UnknownKind,
    /// A path inside an archive that points outside of it; the member was passed over.
    UnsafePath,
    /// A version range of a record that could not be read; kept as unreadable, so that it asks for review.
    BadRange,
    /// Two alias assertions would join two different CVE ids; they were not merged.
    AliasConflict,
    /// A version that was recovered from another place than the version field.
    VersionDerived,
    /// Packages of which nobody says the distribution; no data of a distribution can be asked for them.
    NoDistribution,
    /// A distribution that was not stated with the packages, but found in another input or in the packages.
    DistributionDerived,
    /// Packages that do not name the source package they are built of, by which distributions report.
    NoSourcePackage,
    /// How long a component lives, as the input states it.
    Lifecycle,
    /// Something that the form of a document we write has no place for.
    NotWritten,
}

impl NoteCode {
    /// All codes, in the order of the manual's table.
    pub const ALL: &'static [NoteCode] = &[
        NoteCode::FieldType,
        NoteCode::UnknownEnum,
        NoteCode::DupRef,
        NoteCode::DanglingRef,
        NoteCode::BadCpe,
        NoteCode::CpeRepaired,
        NoteCode::BadPurl,
        NoteCode::PurlRepaired,
        NoteCode::BadUtf8,
        NoteCode::BomStripped,
        NoteCode::Utf16,
        NoteCode::NoName,
        NoteCode::NoVersion,
        NoteCode::Truncated,
        NoteCode::TooDeep,
        NoteCode::TooBig,
        NoteCode::SchemaNewer,
        NoteCode::StatementUnusable,
        NoteCode::EvidenceIncomplete,
        NoteCode::BadRecord,
        NoteCode::UnknownKind,
        NoteCode::UnsafePath,
        NoteCode::BadRange,
        NoteCode::AliasConflict,
        NoteCode::VersionDerived,
        NoteCode::NoDistribution,
        NoteCode::DistributionDerived,
        NoteCode::NoSourcePackage,
        NoteCode::Lifecycle,
        NoteCode::NotWritten,
    ];

    /// The stable text of the code, as printed and stored.
    pub fn code(self) -> &'static str {
        match self {
            NoteCode::FieldType => "F_FIELD_TYPE",
            NoteCode::UnknownEnum => "F_UNKNOWN_ENUM",
            NoteCode::DupRef => "F_DUP_REF",
            NoteCode::DanglingRef => "F_DANGLING_REF",
            NoteCode::BadCpe => "F_BAD_CPE",
            NoteCode::CpeRepaired => "F_CPE_REPAIRED",
            NoteCode::BadPurl => "F_BAD_PURL",
            NoteCode::PurlRepaired => "F_PURL_REPAIRED",
            NoteCode::BadUtf8 => "F_BAD_UTF8",
            NoteCode::BomStripped => "F_BOM_STRIPPED",
            NoteCode::Utf16 => "F_UTF16",
            NoteCode::NoName => "F_NO_NAME",
            NoteCode::NoVersion => "F_NO_VERSION",
            NoteCode::Truncated => "F_TRUNCATED",
            NoteCode::TooDeep => "F_TOO_DEEP",
            NoteCode::TooBig => "F_TOO_BIG",
            NoteCode::SchemaNewer => "F_SCHEMA_NEWER",
            NoteCode::StatementUnusable => "F_STATEMENT_UNUSABLE",
            NoteCode::EvidenceIncomplete => "F_EVIDENCE_INCOMPLETE",
            NoteCode::BadRecord => "F_BAD_RECORD",
            NoteCode::UnknownKind => "F_UNKNOWN_KIND",
            NoteCode::UnsafePath => "F_UNSAFE_PATH",
            NoteCode::BadRange => "F_BAD_RANGE",
            NoteCode::AliasConflict => "F_ALIAS_CONFLICT",
            NoteCode::VersionDerived => "F_VERSION_DERIVED",
            NoteCode::NoDistribution => "F_NO_DISTRIBUTION",
            NoteCode::DistributionDerived => "F_DISTRIBUTION_DERIVED",
            NoteCode::NoSourcePackage => "F_NO_SOURCE_PACKAGE",
            NoteCode::Lifecycle => "F_LIFECYCLE",
            NoteCode::NotWritten => "F_NOT_WRITTEN",
        }
    }

    /// What a person should understand by the code, one line.
    pub fn meaning(self) -> &'static str {
        match self {
            NoteCode::FieldType => "a field has another type than expected",
            NoteCode::UnknownEnum => "an unknown word was kept as text",
            NoteCode::DupRef => "a reference occurs twice; the first one wins",
            NoteCode::DanglingRef => "a relationship points to a missing element",
            NoteCode::BadCpe => "a CPE could not be used",
            NoteCode::CpeRepaired => "a CPE was repaired",
            NoteCode::BadPurl => "a purl could not be used",
            NoteCode::PurlRepaired => "a purl was repaired",
            NoteCode::BadUtf8 => "bytes that are not UTF-8 were replaced",
            NoteCode::BomStripped => "a byte order mark was stripped",
            NoteCode::Utf16 => "the document was converted from UTF-16",
            NoteCode::NoName => "a component has no name",
            NoteCode::NoVersion => "a component has no usable version",
            NoteCode::Truncated => "the input ends early",
            NoteCode::TooDeep => "the input is nested too deeply",
            NoteCode::TooBig => "the input is larger than the limit",
            NoteCode::SchemaNewer => "the format version is newer than known",
            NoteCode::StatementUnusable => "a statement names no usable product or vulnerability",
            NoteCode::EvidenceIncomplete => "build evidence is incomplete and was not used",
            NoteCode::BadRecord => "a record could not be read",
            NoteCode::UnknownKind => "a file is of no known kind",
            NoteCode::UnsafePath => "an archive member points outside of the archive",
            NoteCode::BadRange => "a version range could not be read",
            NoteCode::AliasConflict => "aliases would join two different CVE ids",
            NoteCode::VersionDerived => "a version was recovered from another place",
            NoteCode::NoDistribution => "the distribution of packages is unknown",
            NoteCode::DistributionDerived => "the distribution of packages was found elsewhere",
            NoteCode::NoSourcePackage => "packages do not name their source package",
            NoteCode::Lifecycle => "the input states how long a component lives",
            NoteCode::NotWritten => "the form that was written has no place for it",
        }
    }
}

impl fmt::Display for NoteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How much a note matters to the person who sent the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; nothing was lost.
    Info,
    /// Something could not be used.
    Warn,
    /// A part of the answer is missing because of it.
    Error,
}

impl Severity {
    /// The word used in JSON and tables.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warn => "warn",
            Severity::Error => "error",
        }
    }
}

/// One remark: code, place, short value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Note {
    /// What kind of remark.
    pub code: NoteCode,
    /// How much it matters.
    pub severity: Severity,
    /// The input it came from (file name or archive member); empty until the caller fills it in.
    pub file: String,
    /// Where in the input: JSON pointer, line number or member name.
    pub place: String,
    /// The offending value, cut to 120 characters.
    pub value: String,
}

impl Note {
    /// Makes a note; `value` is cut to 120 characters so that a hostile document cannot fill a log.
    pub fn new(code: NoteCode, severity: Severity, place: impl Into<String>, value: &str) -> Note {
        let value = value.chars().take(120).collect();
        Note { code, severity, file: String::new(), place: place.into(), value }
    }
}

/// What a reader returns: the value it could make, and a note for each part it could not use.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Read<T> {
    /// What was understood.
    pub value: T,
    /// What was not.
    pub notes: Vec<Note>,
}
