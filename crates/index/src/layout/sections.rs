//! The sections of the file. Numbers are stable and never reused.

/// One section of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Section {
    /// Texts that occur in more than one vulnerability.
    Strings = 1,
    /// Where each vulnerability begins in `Hot`.
    Vulnerabilities = 2,
    /// What matching reads: ids and records without their cold texts.
    Hot = 3,
    /// Lookup keys and their postings.
    Keys = 4,
    /// Ids and alias ids.
    Ids = 5,
    /// Known vendors per product.
    Products = 6,
    /// Commits, the releases they came with and the vulnerabilities they fix.
    Commits = 7,
    /// KEV and EPSS: replaced without compiling the rest.
    Facts = 8,
    /// Titles, descriptions, references: compressed, for explanations only.
    Cold = 9,
    /// File-to-option maps.
    Kbuild = 10,
    /// The alias and rule tables as compiled in.
    Tables = 11,
    /// References to public exploits, taken from the records' references.
    Exploits = 12,
    /// Earlier EPSS scores: replaced together with `Facts`.
    Scores = 13,
    /// Which catalogue a known-exploited entry is of, where it is not CISA's: replaced together with `Facts`.
    Catalogues = 14,
    /// How long branches of products are maintained, as feeds say.
    Lifecycle = 15,
}

impl Section {
    /// All sections in file order: what a scan touches stands together, the cold texts last.
    pub const ALL: &'static [Section] = &[
        Section::Strings,
        Section::Vulnerabilities,
        Section::Hot,
        Section::Keys,
        Section::Ids,
        Section::Products,
        Section::Commits,
        Section::Kbuild,
        Section::Tables,
        Section::Facts,
        Section::Scores,
        Section::Catalogues,
        Section::Exploits,
        Section::Lifecycle,
        Section::Cold,
    ];

    /// The name used in errors and in the status listing.
    pub fn name(self) -> &'static str {
        match self {
            Section::Strings => "strings",
            Section::Vulnerabilities => "vulnerabilities",
            Section::Hot => "hot",
            Section::Keys => "keys",
            Section::Ids => "ids",
            Section::Products => "products",
            Section::Commits => "commits",
            Section::Facts => "facts",
            Section::Cold => "cold",
            Section::Kbuild => "kbuild",
            Section::Tables => "tables",
            Section::Exploits => "exploits",
            Section::Scores => "scores",
            Section::Catalogues => "catalogues",
            Section::Lifecycle => "lifecycle",
        }
    }

    /// The minor layout number from which on a file has it. In an older file it is missing, and what it would say is
    /// not known.
    pub(crate) fn since(self) -> u16 {
        match self {
            Section::Exploits | Section::Scores => 1,
            Section::Catalogues | Section::Lifecycle => 2,
            _ => 0,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Section> {
        Section::ALL.iter().find(|section| **section as u8 == number).copied()
    }
}
