//! What a git tree tells of the commit that a component was built from.
//!
//! Only facts are kept: which commits are in the history of that commit, which of them say that they bring another
//! commit over, and what was taken back. What follows for a vulnerability is `analysis`'s business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The first twenty bytes of a commit id; longer ids (SHA-256) are cut, which still tells commits apart.
pub type CommitId = [u8; 20];

/// Fewest hex digits by which a commit is recognised. A kernel has 1.4 million commits, of which two in a hundred share
/// their first seven digits with another one.
const FEWEST: usize = 12;

/// The history of one component's own commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The folder of the tree, as given.
    pub repository: String,
    /// Name of the component; with [`History::commit`] it says which component of the release is meant.
    pub component: String,
    /// The commit, in full, lower-case hex: `Component::git.commit` is the same.
    pub commit: String,
    /// How the commit was found: `stated by the input`, `HEAD of the tree`, `tag v1.2.3`.
    pub found: String,
    /// All ancestors are at hand: no shallow clone. Only then does a missing commit mean anything.
    pub whole: bool,
    /// The ids of all commits in the history, the commit itself included, ascending.
    pub commits: Arc<Vec<CommitId>>,
    /// Commits that a commit of the history says it brings over (`commit … upstream`, `cherry picked from commit …`), as
    /// written, to the commit that brings them. Those taken back later are left out.
    pub picks: BTreeMap<String, String>,
    /// Commits that a later one takes back and none brings again: as written there, and their own ids.
    pub undone: BTreeSet<String>,
}

/// What a history says of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held<'h> {
    /// It is in the history.
    Own,
    /// Another commit of the history says that it brings it over.
    Picked(&'h str),
    /// It was in the history and was taken back.
    Undone,
    /// It is not in the history.
    Absent,
    /// Its id is too short or no id at all.
    Unreadable,
}

impl History {
    /// What the history says of a commit, given by its id or the first digits of it (twelve at least).
    pub fn held(&self, commit: &str) -> Held<'_> {
        let commit = commit.trim().to_ascii_lowercase();
        let is_hex = commit.len() >= FEWEST && commit.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hex {
            return Held::Unreadable;
        }
        if let Some(by) = self.pick(&commit) {
            return Held::Picked(by);
        }
        if self.is_undone(&commit) {
            return Held::Undone;
        }
        if self.is_own(&commit) { Held::Own } else { Held::Absent }
    }

    /// The commit of the history that brings another one over.
    fn pick(&self, commit: &str) -> Option<&str> {
        let start = commit.get(..FEWEST)?;
        let mut near = self.picks.range(start.to_owned()..).take_while(|(known, _)| known.starts_with(start));
        near.find(|(known, _)| is_same(known, commit)).map(|(_, by)| by.as_str())
    }

    fn is_undone(&self, commit: &str) -> bool {
        let Some(start) = commit.get(..FEWEST) else { return false };
        let mut near = self.undone.range(start.to_owned()..).take_while(|known| known.starts_with(start));
        near.any(|known| is_same(known, commit))
    }

    fn is_own(&self, commit: &str) -> bool {
        let (low, digits) = prefix(commit);
        let at = self.commits.partition_point(|known| *known < low);
        self.commits.get(at).is_some_and(|known| starts_with(known, &low, digits))
    }
}

/// One id begins with the other.
fn is_same(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// The digits as the lowest id that begins with them, and how many there are.
fn prefix(commit: &str) -> (CommitId, usize) {
    let mut id = CommitId::default();
    let mut digits = 0;
    for (slot, pair) in id.iter_mut().zip(commit.as_bytes().chunks(2)) {
        let value = |at: usize| pair.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        *slot = (value(0).unwrap_or(0) << 4 | value(1).unwrap_or(0)) as u8;
        digits += pair.len();
    }
    (id, digits)
}

fn starts_with(id: &CommitId, low: &CommitId, digits: usize) -> bool {
    let whole = digits / 2;
    let is_half = digits % 2 == 1;
    id.iter().zip(low).take(whole).all(|(a, b)| a == b)
        && (!is_half || id.get(whole).zip(low.get(whole)).is_some_and(|(a, b)| a >> 4 == b >> 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> CommitId {
        prefix(text).0
    }

    #[test]
    fn commits_are_found_by_their_first_digits() {
        let own = "0123456789abcdef0123456789abcdef01234567";
        let history = History {
            commits: Arc::new(vec![id("00"), id(own), id("ff")]),
            picks: BTreeMap::from([("aaaaaaaaaaaaaa".to_owned(), own.to_owned())]),
            undone: BTreeSet::from(["bbbbbbbbbbbb".to_owned()]),
            ..History::default()
        };
        assert_eq!(history.held(own), Held::Own);
        assert_eq!(history.held("0123456789abc"), Held::Own);
        assert_eq!(history.held("0123456789ABC"), Held::Own);
        assert_eq!(history.held("0123456789abd"), Held::Absent);
        assert_eq!(history.held("0123456789a"), Held::Unreadable);
        assert_eq!(history.held("no commit at all"), Held::Unreadable);
        assert_eq!(history.held("aaaaaaaaaaaa"), Held::Picked(own));
        assert_eq!(history.held("aaaaaaaaaaaaaaff"), Held::Picked(own));
        assert_eq!(history.held("aaaaaaaaaaaabb"), Held::Absent);
        assert_eq!(history.held("bbbbbbbbbbbbbb"), Held::Undone);
    }
}
