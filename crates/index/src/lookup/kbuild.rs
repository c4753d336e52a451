//! File-to-option maps: under which condition a source file is built, and who includes a header.

use model::build::ConfigOf;

use super::open::Index;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;
use crate::layout::strings::TextTable;

/// One map of the index.
#[derive(Clone, Copy, Debug)]
pub struct KbuildView<'a> {
    of: ConfigOf,
    version: &'a str,
    /// Source files, headers and includers, sorted.
    names: TextTable<'a>,
    conditions: TextTable<'a>,
    /// Per name: zero, or one more than the number of its condition.
    condition_of: Numbers<'a>,
    /// Per name: end of its includers.
    ends: Numbers<'a>,
    includers: &'a [u8],
}

/// What is stored for each tree kind.
pub(crate) fn number_of(of: ConfigOf) -> u8 {
    match of {
        ConfigOf::Linux => 0,
        ConfigOf::Uboot => 1,
        ConfigOf::Busybox => 2,
        ConfigOf::Unknown => 3,
    }
}

fn of_number(number: u8) -> Decoded<ConfigOf> {
    match number {
        0 => Ok(ConfigOf::Linux),
        1 => Ok(ConfigOf::Uboot),
        2 => Ok(ConfigOf::Busybox),
        3 => Ok(ConfigOf::Unknown),
        _ => Err(Corrupt),
    }
}

impl<'a> KbuildView<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Decoded<KbuildView<'a>> {
        let of = of_number(cursor.byte()?)?;
        let version = cursor.text()?;
        let length = cursor.size()?;
        let mut cursor = Cursor::new(cursor.take(length)?);
        let names = TextTable::read(&mut cursor)?;
        let conditions = TextTable::read(&mut cursor)?;
        let size = names.len().checked_mul(4).ok_or(Corrupt)?;
        let condition_of = Numbers::new(cursor.take(size)?);
        let ends = Numbers::new(cursor.take(size)?);
        let includers = cursor.rest();
        Ok(KbuildView { of, version, names, conditions, condition_of, ends, includers })
    }

    /// What tree it is of.
    pub fn of(&self) -> ConfigOf {
        self.of
    }

    /// The version of the tree.
    pub fn version(&self) -> &'a str {
        self.version
    }

    /// The condition under which a source file is built (grammar of `model::build::KbuildMap::files`);
    /// `None` when the map does not know the file.
    pub fn condition(&self, path: &str) -> Option<&'a str> {
        let at = self.names.find(path).ok()??;
        self.condition_at(at).ok()?
    }

    fn condition_at(&self, at: usize) -> Decoded<Option<&'a str>> {
        match self.condition_of.get(at)?.checked_sub(1) {
            Some(number) => self.conditions.get(number as usize).map(Some),
            None => Ok(None),
        }
    }

    /// The files that include a header directly, headers among them, sorted.
    pub fn includers(&self, header: &str) -> Vec<&'a str> {
        let includers = self.names.find(header).and_then(|at| match at {
            Some(at) => self.includers_at(at),
            None => Ok(Vec::new()),
        });
        includers.unwrap_or_default()
    }

    fn includers_at(&self, at: usize) -> Decoded<Vec<&'a str>> {
        let bytes = self.includers.get(self.ends.extent(at)?).ok_or(Corrupt)?;
        let mut cursor = Cursor::new(bytes);
        let mut includers = Vec::new();
        let mut next = 0usize;
        while !cursor.is_empty() {
            let number = next.checked_add(cursor.size()?).ok_or(Corrupt)?;
            includers.push(self.names.get(number)?);
            next = number + 1;
        }
        Ok(includers)
    }

    /// All files of the map with their conditions, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let view = *self;
        (0..view.names.len())
            .filter_map(move |at| Some((view.names.get(at).ok()?, view.condition_at(at).ok()??)))
    }

    /// Reads everything once; for `verify`.
    pub(super) fn check(&self) -> Decoded<()> {
        for at in 0..self.names.len() {
            self.names.get(at)?;
            self.condition_at(at)?;
            self.includers_at(at)?;
        }
        Ok(())
    }
}

impl Index {
    /// The maps of a kind of tree, ascending by version.
    pub fn kbuild(&self, of: ConfigOf) -> Vec<KbuildView<'_>> {
        let maps = self.all_kbuild().unwrap_or_default();
        maps.into_iter().filter(|map| map.of == of).collect()
    }

    pub(super) fn all_kbuild(&self) -> Decoded<Vec<KbuildView<'_>>> {
        if !self.kbuild_is_sound() {
            return Err(Corrupt);
        }
        let mut cursor = Cursor::new(self.section(Section::Kbuild));
        let count = cursor.u32()?;
        let mut maps = Vec::new();
        for _ in 0..count {
            maps.push(KbuildView::read(&mut cursor)?);
        }
        if cursor.is_empty() { Ok(maps) } else { Err(Corrupt) }
    }

    /// The map for a version: of the same branch (`6.6` of `6.6.21`; the nearest within it), else of the
    /// nearest lower branch. `None` when there is none: a later tree says nothing of an earlier one.
    pub fn kbuild_nearest(&self, of: ConfigOf, version: &str) -> Option<KbuildView<'_>> {
        let wanted = numbers(version);
        let maps = self.kbuild(of);
        let same = maps.iter().filter(|map| branch(&numbers(map.version)) == branch(&wanted));
        let nearest = same.min_by_key(|map| {
            let patch = |numbers: &[u64]| numbers.get(2).copied().unwrap_or(0);
            patch(&numbers(map.version)).abs_diff(patch(&wanted))
        });
        nearest.or_else(|| maps.iter().rev().find(|map| numbers(map.version) < wanted)).copied()
    }
}

fn branch(numbers: &[u64]) -> &[u64] {
    numbers.get(..2).unwrap_or(numbers)
}

/// The leading numbers of a version: enough to order branches of the three trees that have maps. `-rc` and
/// vendor suffixes do not matter for what is built.
pub(crate) fn numbers(version: &str) -> Vec<u64> {
    version
        .split(['.', '-', '_', '+'])
        .map_while(|part| {
            let digits = part.trim_start_matches('v');
            digits.parse().ok()
        })
        .collect()
}
