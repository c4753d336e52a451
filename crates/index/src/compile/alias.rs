//! Ids that name the same flaw become one vulnerability (matching.md 2.4).
//!
//! Only assertions of kind *same* come here. Two different CVE ids never end up in one vulnerability: an id
//! that claims to be the same as several CVE ids groups them and stays on its own; any other assertion that
//! would join two CVE ids is refused. Both leave a note.

use model::note::{Note, NoteCode, Severity};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;

use super::interner::Interner;
use super::merge::GroupId;

/// Vulnerabilities as sets of ids.
pub(super) struct Groups {
    /// By rank.
    ids: Vec<GroupId>,
    /// By number of the upper-case id; `NONE` for other texts.
    rank_of: Vec<u32>,
    /// Group of each rank; `NONE` where no record speaks of it.
    group_of: Vec<u32>,
    /// Ranks, group by group, ascending.
    pub(super) members: Vec<u32>,
    /// End of each group in `members`.
    ends: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Groups {
    /// Group and rank of an id in upper case that a record has.
    pub(super) fn of(&self, upper: u32) -> (u32, u32) {
        let rank = self.rank_of[upper as usize];
        (self.group_of[rank as usize], rank)
    }

    pub(super) fn id(&self, rank: u32) -> GroupId {
        self.ids[rank as usize]
    }

    /// Groups with the ranks of their ids.
    pub(super) fn lists(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends).map(|(start, end)| *start as usize..*end as usize);
        (0u32..).zip(ranges.map(|range| &self.members[range]))
    }
}

/// Joins ids. `records` are the ids of records, `same` the assertions, `spellings` the ways ids are written.
pub(super) fn join(
    records: impl Iterator<Item = u32>,
    same: Vec<(u32, u32)>,
    spellings: Vec<(u32, u32)>,
    texts: &Interner,
    notes: &mut Vec<Note>,
) -> Groups {
    let mut with_record: Vec<u32> = records.collect();
    with_record.par_sort_unstable();
    with_record.dedup();
    let order = Order::of(&with_record, &same, texts);
    let mut edges: Vec<(u32, u32)> = same
        .iter()
        .map(|(one, other)| (order.rank_of[*one as usize], order.rank_of[*other as usize]))
        .map(|(one, other)| (one.min(other), one.max(other)))
        .collect();
    edges.par_sort_unstable();
    edges.dedup();
    let mut sets = Sets::new(&order);
    sets.join(edges, texts, notes);
    let roots = sets.roots();
    number(&roots, order, &with_record, &spellings, texts)
}

/// All ids in the order of the file: CVE ids by year and number, GHSA ids, all others.
struct Order {
    uppers: Vec<u32>,
    classes: Vec<u8>,
    rank_of: Vec<u32>,
}

impl Order {
    fn of(with_record: &[u32], same: &[(u32, u32)], texts: &Interner) -> Order {
        let mut uppers = with_record.to_vec();
        uppers.extend(same.iter().flat_map(|(one, other)| [*one, *other]));
        uppers.par_sort_unstable();
        uppers.dedup();
        let mut keyed: Vec<((u8, u64), u32)> =
            uppers.into_iter().map(|upper| (sort_key(texts.text(upper)), upper)).collect();
        keyed.par_sort_unstable_by(|(key, one), (other_key, other)| {
            key.cmp(other_key).then_with(|| texts.bytes_of(*one).cmp(texts.bytes_of(*other)))
        });
        let mut rank_of = vec![NONE; texts.len()];
        for (rank, (_, upper)) in (0u32..).zip(&keyed) {
            rank_of[*upper as usize] = rank;
        }
        let classes = keyed.iter().map(|((class, _), _)| *class).collect();
        Order { uppers: keyed.into_iter().map(|(_, upper)| upper).collect(), classes, rank_of }
    }

    fn is_cve(&self, rank: u32) -> bool {
        self.classes[rank as usize] == 0
    }
}

/// Class, and year and number of a CVE id, so that CVE-2024-999 comes before CVE-2024-1000.
fn sort_key(upper: &str) -> (u8, u64) {
    if let Some(rest) = upper.strip_prefix("CVE-") {
        let numbers = rest.split_once('-').and_then(|(year, number)| {
            let (year, number) = (year.parse::<u16>().ok()?, number.parse::<u32>().ok()?);
            Some(u64::from(year) << 32 | u64::from(number))
        });
        return (0, numbers.unwrap_or(u64::MAX));
    }
    (if upper.starts_with("GHSA-") { 1 } else { 2 }, 0)
}

/// Union-find over ranks; the root is the lowest rank, hence the display id.
struct Sets<'o> {
    order: &'o Order,
    parents: Vec<u32>,
}

impl<'o> Sets<'o> {
    fn new(order: &'o Order) -> Sets<'o> {
        Sets { order, parents: (0..order.uppers.len() as u32).collect() }
    }

    fn root(&mut self, rank: u32) -> u32 {
        let mut at = rank;
        while self.parents[at as usize] != at {
            // Halves the way for the next who comes along.
            self.parents[at as usize] = self.parents[self.parents[at as usize] as usize];
            at = self.parents[at as usize];
        }
        at
    }

    fn roots(mut self) -> Vec<u32> {
        (0..self.parents.len() as u32).map(|rank| self.root(rank)).collect()
    }

    fn join(&mut self, edges: Vec<(u32, u32)>, texts: &Interner, notes: &mut Vec<Note>) {
        let order = self.order;
        let text = |rank: u32| texts.text(order.uppers[rank as usize]);
        let mut conflict = |one: u32, other: u32| {
            notes.push(Note::new(NoteCode::AliasConflict, Severity::Warn, text(one), text(other)));
        };
        let mut cves_of: FxHashMap<u32, u32> = FxHashMap::default();
        for (low, high) in &edges {
            if order.is_cve(*low) && !order.is_cve(*high) {
                *cves_of.entry(*high).or_default() += 1;
            }
        }
        for (low, high) in edges {
            let groups_several = cves_of.get(&high).is_some_and(|count| *count > 1);
            let (one, other) = (self.root(low), self.root(high));
            // The root is the lowest rank, so a set with a CVE id has one as its root.
            let joins_two = one != other && order.is_cve(one) && order.is_cve(other);
            if (order.is_cve(low) && groups_several) || joins_two {
                conflict(high, low);
            } else if one != other {
                self.parents[one.max(other) as usize] = one.min(other);
            }
        }
    }
}

/// Numbers the sets that some record speaks of, in the order of their display ids.
fn number(
    roots: &[u32],
    order: Order,
    with_record: &[u32],
    spellings: &[(u32, u32)],
    texts: &Interner,
) -> Groups {
    let count = order.uppers.len();
    let mut has_record = vec![false; count];
    for upper in with_record {
        has_record[roots[order.rank_of[*upper as usize] as usize] as usize] = true;
    }
    let mut group_of_root = vec![NONE; count];
    let mut next = 0;
    for rank in 0..count {
        if has_record[rank] {
            group_of_root[rank] = next;
            next += 1;
        }
    }
    let group_of: Vec<u32> = roots.iter().map(|root| group_of_root[*root as usize]).collect();
    let mut pairs: Vec<(u32, u32)> = (0u32..).zip(&group_of).map(|(rank, group)| (*group, rank)).collect();
    pairs.retain(|(group, _)| *group != NONE);
    pairs.par_sort_unstable();
    let mut ends = vec![0u32; next as usize];
    for (position, (group, _)) in (1u32..).zip(&pairs) {
        ends[*group as usize] = position;
    }
    let ids = spelled(&order, spellings, texts);
    let members = pairs.into_iter().map(|(_, rank)| rank).collect();
    Groups { ids, rank_of: order.rank_of, group_of, members, ends }
}

/// The written form of each id: CVE ids are written in upper case, whatever a record does; of other
/// spellings the last in byte order is taken, which prefers `GHSA-jfh8-…` to `GHSA-JFH8-…`.
fn spelled(order: &Order, spellings: &[(u32, u32)], texts: &Interner) -> Vec<GroupId> {
    let mut ids: Vec<GroupId> =
        order.uppers.iter().map(|upper| GroupId { upper: *upper, spelled: *upper }).collect();
    for (upper, spelled) in spellings {
        let rank = order.rank_of[*upper as usize];
        let Some(id) = ids.get_mut(rank as usize) else { continue };
        if !order.is_cve(rank) && texts.bytes_of(*spelled) > texts.bytes_of(id.spelled) {
            id.spelled = *spelled;
        }
    }
    ids
}
