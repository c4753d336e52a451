//! What the comparisons of one record add up to: any *affected* first, then what cannot be told, then the
//! strongest reason for *not affected*.

use model::reason::Reason;
use model::record::Entry;

use super::release::Release;

/// What one comparison says about the kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'e> {
    /// The reason it would give.
    pub reason: Reason,
    /// The row compared; `None` for bounds that come from the commit table.
    pub entry: Option<&'e Entry<'e>>,
    /// The fixed release that bounds an affected range, as written; empty when there is none.
    pub fixed: &'e str,
}

/// The words of all comparisons of one record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Findings<'e> {
    /// The kernel is in a range: the range that ends last, and before all the one that never ends.
    pub affected: Option<Word<'e>>,
    /// A release candidate of a bound: the numbers cannot tell.
    pub candidate: Option<Word<'e>>,
    /// A row that could not be read.
    pub unreadable: Option<Word<'e>>,
    /// The strongest reason for not affected.
    pub safe: Option<Word<'e>>,
}

impl<'e> Findings<'e> {
    /// Adds a word, keeping the one that counts of each kind.
    pub fn add(&mut self, word: Word<'e>) {
        let slot = match word.reason {
            Reason::KInBranchRange | Reason::KBranchUnfixed | Reason::VExact => &mut self.affected,
            Reason::KRc => &mut self.candidate,
            Reason::VNoUsableRange => &mut self.unreadable,
            _ => &mut self.safe,
        };
        if slot.is_none_or(|held| weight(&word) > weight(&held)) {
            *slot = Some(word);
        }
    }

    /// Shorthand for [`Findings::add`].
    pub fn say(&mut self, reason: Reason, entry: &'e Entry<'e>, fixed: &'e str) {
        self.add(Word { reason, entry: Some(entry), fixed });
    }

    /// The word that decides; `None` when nothing was said at all.
    pub fn deciding(&self) -> Option<Word<'e>> {
        self.affected.or(self.candidate).or(self.unreadable).or(self.safe)
    }
}

/// Rank within a kind: a range without end before ranges with an end, a later end before an earlier one; a
/// fix in the own branch before a fix elsewhere before no introduction.
fn weight(word: &Word<'_>) -> (u8, Option<Release>) {
    match word.reason {
        Reason::KBranchUnfixed => (2, None),
        Reason::KInBranchRange => (1, Release::parse(word.fixed)),
        Reason::KFixedInBranch => (4, None),
        Reason::KFixedMainline => (3, None),
        Reason::KNoReleaseAffected => (2, None),
        Reason::KNotIntroduced => (1, None),
        _ => (0, None),
    }
}
