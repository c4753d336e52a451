//! From a commit to the releases it came with and to the vulnerabilities it fixes.

use std::collections::{BTreeMap, BTreeSet};

use super::by_key::read_ascending;
use super::by_vulnerability::VulnRef;
use super::open::{Index, damaged};
use crate::Error;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;

/// A release that was the first to hold a commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FixedIn {
    /// The branch (`6.6`), `mainline` for a release of the main line, empty where the project has none.
    pub branch: String,
    /// The release (`6.6.21`).
    pub version: String,
}

/// Bytes of a commit in the table: twenty of its id, and how many hex digits of it are known.
pub(crate) const COMMIT: usize = 21;
/// Fewest hex digits that name a commit.
pub(crate) const SHORTEST: usize = 7;
/// Hex digits kept; longer ids (SHA-256) are cut, which still tells commits apart.
pub(crate) const LONGEST: usize = 40;

/// The form of a commit id in the table; `None` for what is no commit id.
pub(crate) fn commit_row(commit: &str) -> Option<[u8; COMMIT]> {
    let digits = commit.as_bytes().get(..commit.len().min(LONGEST))?;
    if digits.len() < SHORTEST || !commit.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut row = [0; COMMIT];
    for (at, digit) in digits.iter().enumerate() {
        let value = char::from(*digit).to_digit(16)? as u8;
        *row.get_mut(at / 2)? |= if at % 2 == 0 { value << 4 } else { value };
    }
    *row.last_mut()? = digits.len() as u8;
    Some(row)
}

/// The commit table as in the file.
pub(super) struct Commits<'a> {
    rows: &'a [[u8; COMMIT]],
    ends: Numbers<'a>,
    values: &'a [u8],
}

impl<'a> Commits<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Decoded<Commits<'a>> {
        let mut cursor = Cursor::new(bytes);
        let count = cursor.u32()? as usize;
        let (rows, _) = cursor.take(count.checked_mul(COMMIT).ok_or(Corrupt)?)?.as_chunks::<COMMIT>();
        let ends = Numbers::new(cursor.take(count.checked_mul(4).ok_or(Corrupt)?)?);
        Ok(Commits { rows, ends, values: cursor.rest() })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The positions of all rows that name the same commit as far as both are known: the full id, and
    /// abbreviations that records use.
    fn same(&self, wanted: &[u8; COMMIT]) -> Vec<usize> {
        let digits = usize::from(digits_of(wanted));
        // Rows that share the shortest prefix stand together, because unknown digits are zero.
        let mut low = *wanted;
        keep_digits(&mut low, SHORTEST);
        let start = self.rows.partition_point(|row| id_of(row) < id_of(&low));
        let rows = self.rows.iter().enumerate().skip(start);
        rows.take_while(|(_, row)| has_prefix(row, &low, SHORTEST))
            .filter(|(_, row)| has_prefix(row, wanted, digits.min(usize::from(digits_of(row)))))
            .map(|(at, _)| at)
            .collect()
    }

    pub(super) fn value(&self, at: usize, count: usize) -> Decoded<(Vec<FixedIn>, Vec<VulnRef>)> {
        let bytes = self.values.get(self.ends.extent(at)?).ok_or(Corrupt)?;
        let mut cursor = Cursor::new(bytes);
        let mut releases = Vec::new();
        for _ in 0..cursor.size()? {
            let (branch, version) = (cursor.text()?.to_owned(), cursor.text()?.to_owned());
            releases.push(FixedIn { branch, version });
        }
        let mut vulnerabilities = Vec::new();
        read_ascending(&mut cursor, count, &mut vulnerabilities)?;
        Ok((releases, vulnerabilities))
    }
}

fn digits_of(row: &[u8; COMMIT]) -> u8 {
    row.last().copied().unwrap_or_default()
}

fn id_of(row: &[u8; COMMIT]) -> &[u8] {
    row.split_last().map_or(&[], |(_, id)| id)
}

fn keep_digits(row: &mut [u8; COMMIT], digits: usize) {
    for (at, byte) in row.iter_mut().enumerate() {
        match digits.saturating_sub(at * 2) {
            0 => *byte = 0,
            1 => *byte &= 0xf0,
            _ => {}
        }
    }
}

fn has_prefix(row: &[u8; COMMIT], wanted: &[u8; COMMIT], digits: usize) -> bool {
    let (mut row, mut wanted) = (*row, *wanted);
    keep_digits(&mut row, digits);
    keep_digits(&mut wanted, digits);
    row == wanted
}

/// The commits whose releases differ between two indexes, as far as their ids are known, lower case.
pub(crate) fn changed_commits(old: &Index, new: &Index) -> Result<BTreeSet<String>, Error> {
    if old.section(Section::Commits) == new.section(Section::Commits) {
        return Ok(BTreeSet::new());
    }
    let (old, new) = (releases_by_commit(old), releases_by_commit(new));
    let (old, new) = (old.map_err(damaged(Section::Commits))?, new.map_err(damaged(Section::Commits))?);
    let of_either: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    Ok(of_either.into_iter().filter(|commit| old.get(*commit) != new.get(*commit)).cloned().collect())
}

/// Only commits with releases: the others answer nothing.
fn releases_by_commit(index: &Index) -> Decoded<BTreeMap<String, Vec<FixedIn>>> {
    let commits = Commits::read(index.section(Section::Commits))?;
    let mut all = BTreeMap::new();
    for (at, row) in commits.rows.iter().enumerate() {
        let (mut releases, _) = commits.value(at, index.len())?;
        if !releases.is_empty() {
            releases.sort();
            let digits: String = id_of(row).iter().map(|byte| format!("{byte:02x}")).collect();
            let digits = digits.get(..usize::from(digits_of(row))).unwrap_or(&digits).to_owned();
            all.insert(digits, releases);
        }
    }
    Ok(all)
}

impl Index {
    /// The releases that were the first to hold a commit, as far as records tell; each branch once. `commit`
    /// is a full id or an abbreviation of at least seven digits.
    pub fn fixed_in(&self, commit: &str) -> Vec<FixedIn> {
        let mut releases: Vec<FixedIn> = self.commit(commit).into_iter().flat_map(|(of, _)| of).collect();
        releases.sort();
        releases.dedup();
        releases
    }

    /// True when any commit that records name in full is as asked.
    pub fn has_commit(&self, mut is_wanted: impl FnMut(&[u8; 20]) -> bool) -> bool {
        let Ok(commits) = Commits::read(self.section(Section::Commits)) else { return false };
        commits.rows.iter().any(|row| match row.split_last_chunk::<1>() {
            Some((id, [digits])) if usize::from(*digits) == LONGEST => {
                id.try_into().is_ok_and(&mut is_wanted)
            }
            _ => false,
        })
    }

    /// The vulnerabilities that a commit fixes, ascending.
    pub fn vulnerabilities_of_commit(&self, commit: &str) -> Vec<VulnRef> {
        let mut fixed: Vec<VulnRef> = self.commit(commit).into_iter().flat_map(|(_, fixed)| fixed).collect();
        fixed.sort_unstable();
        fixed.dedup();
        fixed
    }

    fn commit(&self, commit: &str) -> Vec<(Vec<FixedIn>, Vec<VulnRef>)> {
        let Some(wanted) = commit_row(commit.trim()) else { return Vec::new() };
        let Ok(commits) = Commits::read(self.section(Section::Commits)) else { return Vec::new() };
        let values = commits.same(&wanted).into_iter().map(|at| commits.value(at, self.len()));
        values.filter_map(Result::ok).collect()
    }
}
