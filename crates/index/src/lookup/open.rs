//! Opening an index: the directory is read, everything else waits until it is asked for.

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

use crate::Error;
use crate::layout::checksum::checksum;
use crate::layout::codec::{Corrupt, Cursor, Decoded};
use crate::layout::directory::Directory;
use crate::layout::header::Header;
use crate::layout::open::Bytes;
use crate::layout::sections::Section;
use crate::layout::strings::{SharedTexts, TextTable};
use crate::tables::{AliasTable, BranchTable, RuleTable};

/// The text of `RuleTable::built_in`.
pub(crate) const BUILT_IN_RULES: &str = include_str!("../../tables/rules.tsv");

/// An opened index. Cheap to share between threads; answers borrow from it.
#[derive(Debug)]
pub struct Index {
    bytes: Bytes,
    directory: Directory,
    /// The shared texts, copied out once they are checked: the check of a few megabytes is then never repeated.
    shared: OnceLock<Option<Box<str>>>,
    /// The program's own tables, or others that the index was made with.
    aliases: Cow<'static, AliasTable>,
    rules: Cow<'static, RuleTable>,
    compares_sums: bool,
    kbuild_is_sound: OnceLock<bool>,
    exploits_are_sound: OnceLock<bool>,
    /// Made when first asked for: what feeds say over the program's table.
    pub(super) branches: OnceLock<Cow<'static, BranchTable>>,
}

/// Sections that answer by being silent about what they do not hold: damage in them could hide a
/// vulnerability, so they are summed up when the file is opened. What stands in the others carries sums of its
/// own, compared when it is read.
const LOOKUP_SECTIONS: [Section; 11] = [
    Section::Strings,
    Section::Vulnerabilities,
    Section::Keys,
    Section::Ids,
    Section::Products,
    Section::Commits,
    Section::Tables,
    Section::Facts,
    Section::Scores,
    Section::Catalogues,
    Section::Lifecycle,
];

impl Index {
    /// Opens a file by memory map. Reads the directory and sums up the lookup sections, a sixth of the file;
    /// [`Index::verify`] reads everything.
    ///
    /// # Errors
    /// When the file cannot be read, is no index, is damaged or cut short, or has an unknown layout.
    pub fn open(path: &Path) -> Result<Index, Error> {
        Index::of(Bytes::open(path)?, true)
    }

    /// Opens an index in memory.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Index, Error> {
        Index::of(Bytes::Owned(bytes), true)
    }

    /// As [`Index::from_bytes`], but believes all sums: for tests with hostile files, because a forger would
    /// have summed up again.
    #[doc(hidden)]
    pub fn from_forged_bytes(bytes: Vec<u8>) -> Result<Index, Error> {
        Index::of(Bytes::Owned(bytes), false)
    }

    fn of(bytes: Bytes, compares_sums: bool) -> Result<Index, Error> {
        let directory = Directory::read(bytes.as_slice())?;
        for section in Section::ALL {
            if directory.place(*section).is_none() && directory.header.format.1 >= section.since() {
                return Err(Error::damaged(section.name(), "the section is missing"));
            }
        }
        let (aliases, rules) = tables(section(&bytes, &directory, Section::Tables))?;
        let index = Index {
            bytes,
            directory,
            shared: OnceLock::new(),
            aliases,
            rules,
            compares_sums,
            kbuild_is_sound: OnceLock::new(),
            exploits_are_sound: OnceLock::new(),
            branches: OnceLock::new(),
        };
        LOOKUP_SECTIONS.iter().try_for_each(|section| index.sum_up(*section))?;
        Ok(index)
    }

    /// Compares the checksum of a section.
    pub(super) fn sum_up(&self, section: Section) -> Result<(), Error> {
        let place = self.directory.place(section);
        if place.is_none() && self.header().format.1 < section.since() {
            return Ok(());
        }
        let is_sound = || place.is_some_and(|place| checksum(self.section(section)) == place.checksum);
        if !self.compares_sums || is_sound() {
            Ok(())
        } else {
            Err(Error::damaged(section.name(), "its checksum does not match"))
        }
    }

    /// True when the file-to-option maps may be used. A damaged map is no map: nothing is excluded by it.
    pub(super) fn kbuild_is_sound(&self) -> bool {
        *self.kbuild_is_sound.get_or_init(|| self.sum_up(Section::Kbuild).is_ok())
    }

    /// True when the head of the exploits, by which a vulnerability finds its own, sums up as `check` says. Asked once:
    /// a part of the file that most questions never touch.
    pub(super) fn exploits_are_sound(&self, check: impl FnOnce() -> bool) -> bool {
        *self.exploits_are_sound.get_or_init(|| !self.compares_sums || check())
    }

    pub(super) fn compares_sums(&self) -> bool {
        self.compares_sums
    }

    /// What the file says of itself.
    pub fn header(&self) -> &Header {
        &self.directory.header
    }

    /// What a file of this layout cannot say, in words for people; empty for a file of today's layout.
    pub fn not_told(&self) -> &'static str {
        match self.header().format.1 {
            0 => "references to exploits and earlier EPSS scores",
            1 => "catalogues of exploited vulnerabilities beside CISA's, and the life of branches",
            _ => "",
        }
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.as_slice().len() as u64
    }

    /// Name and size of each section, in file order.
    pub fn sections(&self) -> Vec<(&'static str, u64)> {
        self.directory.places.iter().map(|place| (place.section.name(), place.length as u64)).collect()
    }

    pub(crate) fn all_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The bytes of a section; opening has checked that it lies within the file.
    pub(crate) fn section(&self, wanted: Section) -> &[u8] {
        section(&self.bytes, &self.directory, wanted)
    }

    pub(crate) fn shared_texts(&self) -> Decoded<SharedTexts<'_>> {
        let (ends, bytes) = TextTable::read(&mut Cursor::new(self.section(Section::Strings)))?.parts();
        let text = self.shared.get_or_init(|| std::str::from_utf8(bytes).ok().map(Box::from));
        Ok(SharedTexts { ends, text: text.as_deref().ok_or(Corrupt)? })
    }

    /// The alias table that the keys of this index were made with.
    pub fn alias_table(&self) -> &AliasTable {
        &self.aliases
    }

    /// By what the lookup keys of components are made: a number for the rules of [`crate::keys`] and the tables of this
    /// index together. Stored keys that bear another number are to be made anew.
    pub fn keys_mark(&self) -> u64 {
        (checksum(self.section(Section::Tables)) as u64).rotate_left(8) ^ u64::from(crate::keys::RULES)
    }

    /// The rule table compiled into this index.
    pub fn rule_table(&self) -> &RuleTable {
        &self.rules
    }
}

fn section<'b>(bytes: &'b Bytes, directory: &Directory, section: Section) -> &'b [u8] {
    let place = directory.place(section);
    place
        .and_then(|place| bytes.as_slice().get(place.offset..place.offset.checked_add(place.length)?))
        .unwrap_or_default()
}

/// The two tables of an index.
type Tables = (Cow<'static, AliasTable>, Cow<'static, RuleTable>);

/// Takes the program's own tables where the texts are the same, which saves reading them.
fn tables(bytes: &[u8]) -> Result<Tables, Error> {
    let mut cursor = Cursor::new(bytes);
    let mut text = || cursor.text().map_err(damaged(Section::Tables));
    let (aliases, rules) = (text()?, text()?);
    let unusable = |_| Error::damaged(Section::Tables.name(), "a table cannot be read");
    let aliases = if aliases == AliasTable::built_in_text() {
        Cow::Borrowed(AliasTable::built_in())
    } else {
        Cow::Owned(AliasTable::parse(aliases).map_err(unusable)?)
    };
    let rules = if rules == BUILT_IN_RULES {
        Cow::Borrowed(RuleTable::built_in())
    } else {
        Cow::Owned(RuleTable::parse(rules).map_err(unusable)?)
    };
    Ok((aliases, rules))
}

/// Makes an error of a part that does not fit.
pub(crate) fn damaged(section: Section) -> impl Fn(Corrupt) -> Error {
    move |_| Error::damaged(section.name(), "its content does not fit together")
}
