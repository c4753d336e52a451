//! What differs between two generations: which vulnerabilities, in what respect, and the lookup keys under which
//! components meet them. The watch judges again what a delta names and nothing else, so a delta names everything whose
//! judgement can differ.
//!
//! Four things make a judgement differ besides a record of the vulnerability itself: what all records together say of
//! a product's vendors, whether anything at all is filed under a key, how long a product's branches live, and the
//! releases that other records name for a commit. The first three concern components, hence [`Delta::surroundings`];
//! the fourth names vulnerabilities.

use std::collections::BTreeSet;

use model::record::{End, Entry, Record, RecordState, Source};
use rayon::prelude::*;

use crate::layout::sections::Section;
use crate::lookup::by_commit::changed_commits;
use crate::lookup::facts::changed_products;
use crate::{Error, Index, VulnRef, Vulnerability, keys};

/// In what respect a vulnerability differs; the strongest that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Only what is known of attacks (scores, known-exploited entries, references to exploits): assessments differ,
    /// verdicts do not.
    Facts,
    /// Severities, weaknesses, SSVC points, dates: assessments differ, verdicts do not.
    Ratings,
    /// What matching reads: claims, configurations, state, ids, or the releases of a commit it names.
    Ranges,
    /// Rejected or withdrawn, having been published.
    Withdrawn,
    /// No longer known under any of its ids.
    Gone,
    /// Not known before.
    Added,
}

impl ChangeKind {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            ChangeKind::Facts => "facts",
            ChangeKind::Ratings => "ratings",
            ChangeKind::Ranges => "ranges",
            ChangeKind::Withdrawn => "withdrawn",
            ChangeKind::Gone => "gone",
            ChangeKind::Added => "added",
        }
    }

    /// All kinds, the weakest first.
    pub const ALL: &'static [ChangeKind] = &[
        ChangeKind::Facts,
        ChangeKind::Ratings,
        ChangeKind::Ranges,
        ChangeKind::Withdrawn,
        ChangeKind::Gone,
        ChangeKind::Added,
    ];

    /// The kind of a word; `None` for any other text.
    pub fn parse(word: &str) -> Option<ChangeKind> {
        ChangeKind::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// True when verdicts may differ, not only assessments.
    pub fn touches_verdicts(self) -> bool {
        self > ChangeKind::Ratings
    }
}

/// One vulnerability that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its display id: the new one, or the old one where it is gone.
    pub id: String,
    /// All its ids, before and after, sorted: stored findings may bear any of them.
    pub ids: Vec<String>,
    /// In what respect.
    pub kind: ChangeKind,
    /// What is known of attacks differs too.
    pub facts: bool,
    /// The keys under which it was or is filed, sorted. Empty where only facts or ratings differ: such a change
    /// reaches findings by the vulnerability.
    pub keys: Vec<String>,
}

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Alias table, rule table or file-to-option maps differ: everything is to be judged again.
    pub everything: bool,
    /// The vulnerabilities, by display id.
    pub changes: Vec<Change>,
    /// Keys whose components are to be judged again as a whole, sorted: the vendors known for a product name differ
    /// in a way that identity depends on, or its branches live otherwise, or something is filed under the key for the first time, or nothing any more.
    /// Then a component is known or not, and a distribution tracks a package or does not.
    pub surroundings: Vec<String>,
}

impl Delta {
    /// True when nothing differs.
    pub fn is_empty(&self) -> bool {
        !self.everything && self.changes.is_empty() && self.surroundings.is_empty()
    }

    /// Every lookup key whose components may have another verdict, sorted, each once.
    pub fn keys(&self) -> Vec<&str> {
        let own = self.changes.iter().flat_map(|change| &change.keys);
        let all: BTreeSet<&str> = own.chain(&self.surroundings).map(String::as_str).collect();
        all.into_iter().collect()
    }
}

/// Compares two generations.
///
/// # Errors
/// When one of them is damaged.
pub fn compare(old: &Index, new: &Index) -> Result<Delta, Error> {
    let same = |section| old.section(section) == new.section(section);
    let commits = changed_commits(old, new)?;
    let changed: Vec<Option<Change>> = new
        .vulnerabilities()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|number| change_of(old, new, number, &commits))
        .collect::<Result<_, Error>>()?;
    let mut changes: Vec<Change> = changed.into_iter().flatten().collect();
    for number in old.vulnerabilities() {
        changes.extend(gone(old, new, number)?);
    }
    changes.sort_by(|a, b| (&a.id, &a.ids).cmp(&(&b.id, &b.ids)));
    Ok(Delta {
        everything: !same(Section::Tables) || !same(Section::Kbuild),
        changes,
        surroundings: surroundings(old, new)?,
    })
}

/// All ids of a vulnerability.
fn ids<'v>(vulnerability: &Vulnerability<'v>) -> impl Iterator<Item = &'v str> + use<'v> {
    std::iter::once(vulnerability.id()).chain(vulnerability.aliases().to_vec())
}

/// The vulnerabilities of an index that bear one of the ids.
fn bearers(index: &Index, of: &Vulnerability<'_>) -> BTreeSet<VulnRef> {
    ids(of).filter_map(|id| index.find(id)).collect()
}

fn change_of(old: &Index, new: &Index, number: VulnRef, commits: &Commits) -> Result<Option<Change>, Error> {
    let now = new.vulnerability(number)?;
    let numbers = bearers(old, &now);
    let before = numbers.iter().map(|number| old.vulnerability(*number)).collect::<Result<Vec<_>, _>>()?;
    let facts = match before.as_slice() {
        [before] => before.attacks()? != now.attacks()?,
        _ => !before.is_empty(),
    };
    let kind = match before.as_slice() {
        [] => Some(ChangeKind::Added),
        [before] => compare_one(before, &now, commits)?,
        _ => Some(ChangeKind::Ranges),
    };
    let Some(kind) = kind.or(facts.then_some(ChangeKind::Facts)) else { return Ok(None) };
    let mut touched = BTreeSet::new();
    if kind.touches_verdicts() {
        add_keys(new, &now, &mut touched)?;
        before.iter().try_for_each(|before| add_keys(old, before, &mut touched))?;
    }
    let all: BTreeSet<&str> = before.iter().flat_map(ids).chain(ids(&now)).collect();
    Ok(Some(Change {
        id: now.id().to_owned(),
        ids: all.into_iter().map(str::to_owned).collect(),
        kind,
        facts,
        keys: touched.into_iter().collect(),
    }))
}

/// A vulnerability none of whose ids is known any more.
fn gone(old: &Index, new: &Index, number: VulnRef) -> Result<Option<Change>, Error> {
    let before = old.vulnerability(number)?;
    if !bearers(new, &before).is_empty() {
        return Ok(None);
    }
    let mut touched = BTreeSet::new();
    add_keys(old, &before, &mut touched)?;
    let all: BTreeSet<&str> = ids(&before).collect();
    Ok(Some(Change {
        id: before.id().to_owned(),
        ids: all.into_iter().map(str::to_owned).collect(),
        kind: ChangeKind::Gone,
        facts: false,
        keys: touched.into_iter().collect(),
    }))
}

fn add_keys(index: &Index, of: &Vulnerability<'_>, touched: &mut BTreeSet<String>) -> Result<(), Error> {
    for record in of.records() {
        touched.extend(keys::keys_of_record(&record.decode()?, index.alias_table()));
    }
    Ok(())
}

fn compare_one(
    before: &Vulnerability<'_>,
    now: &Vulnerability<'_>,
    commits: &Commits,
) -> Result<Option<ChangeKind>, Error> {
    let was = decode(before)?;
    let is = decode(now)?;
    let published = |records: &[Record<'_>]| records.iter().any(|of| of.state == RecordState::Published);
    if published(&was) && !published(&is) {
        return Ok(Some(ChangeKind::Withdrawn));
    }
    let same_ids = before.id() == now.id() && before.aliases() == now.aliases();
    if !same_ids || was.len() != is.len() {
        return Ok(Some(ChangeKind::Ranges));
    }
    let mut kind = None;
    for (was, is) in was.into_iter().zip(is) {
        if names_one_of(&is, commits) {
            return Ok(Some(ChangeKind::Ranges));
        }
        if was != is {
            kind = Some(ChangeKind::Ratings);
            if for_matching(was) != for_matching(is) {
                return Ok(Some(ChangeKind::Ranges));
            }
        }
    }
    Ok(kind)
}

/// The records without those that only point to exploits: they are compared as facts, and reach no verdict.
fn decode<'v>(of: &Vulnerability<'v>) -> Result<Vec<Record<'v>>, Error> {
    of.records()
        .filter(|record| record.source() != Source::ExploitRefs)
        .map(|record| record.decode())
        .collect()
}

/// The record without what only assessments read.
fn for_matching(mut record: Record<'_>) -> Record<'_> {
    record.severities.clear();
    record.cwes.clear();
    record.ssvc.clear();
    record.modified = "".into();
    record
}

/// Commits whose releases differ, full or abbreviated, lower case.
pub(crate) type Commits = BTreeSet<String>;

fn names_one_of(record: &Record<'_>, commits: &Commits) -> bool {
    if commits.is_empty() {
        return false;
    }
    let entries = record.claims.iter().flat_map(|claim| &claim.entries);
    let named = entries.flat_map(commits_of).chain(record.fix_commits.iter().map(AsRef::as_ref));
    named.into_iter().any(|commit| is_among(commit, commits))
}

/// The texts of a row that may be commits.
fn commits_of<'e>(entry: &'e Entry<'_>) -> impl Iterator<Item = &'e str> {
    let end = match &entry.end {
        End::Before(end) | End::Through(end) => end.as_ref(),
        _ => "",
    };
    let changes = entry.changes.iter().map(|change| change.at.as_ref());
    [entry.start.as_ref(), end].into_iter().chain(changes)
}

/// True when the text and one of the commits are the same as far as both are known.
fn is_among(text: &str, commits: &Commits) -> bool {
    let text = text.trim().to_ascii_lowercase();
    if text.len() < crate::lookup::by_commit::SHORTEST || !text.bytes().all(|digit| digit.is_ascii_hexdigit())
    {
        return false;
    }
    let shortest = text.get(..crate::lookup::by_commit::SHORTEST).unwrap_or_default().to_owned();
    let alike = commits.range(shortest.clone()..).take_while(|commit| commit.starts_with(&shortest));
    let mut alike = alike.filter(|commit| commit.starts_with(&text) || text.starts_with(commit.as_str()));
    alike.next().is_some()
}

fn surroundings(old: &Index, new: &Index) -> Result<Vec<String>, Error> {
    let mut touched: BTreeSet<String> =
        changed_products(old, new)?.into_iter().map(|product| format!("p:{product}")).collect();
    for (one, other) in [(old, new), (new, old)] {
        for key in one.keys().filter(|key| !other.has_key(key)) {
            touched.insert(key.to_owned());
            if let Some((_, package)) = key.strip_prefix("e:").and_then(|package| package.split_once('/')) {
                touched.insert(format!("p:{}", keys::product_key(package)));
            }
        }
    }
    for product in changed_branches(old, new) {
        touched.insert(format!("p:{}", keys::product_key(&product)));
        touched.insert(format!("a:{product}"));
    }
    Ok(touched.into_iter().collect())
}

/// The products of whose branches the two say different things: lines and ends of branches are part of a judgement.
fn changed_branches(old: &Index, new: &Index) -> BTreeSet<String> {
    if old.section(Section::Lifecycle) == new.section(Section::Lifecycle) {
        return BTreeSet::new();
    }
    let (old, new) = (old.branches(), new.branches());
    let products = old.branches().iter().chain(new.branches()).map(|branch| branch.product.as_str());
    let products: BTreeSet<&str> = products.collect();
    // Who says it is told in explanations only.
    let lives = |table: &crate::tables::BranchTable, product: &str| -> Vec<crate::tables::Branch> {
        let bare = |row: &crate::tables::Branch| crate::tables::Branch {
            source: String::new(),
            date: String::new(),
            feed: String::new(),
            ..row.clone()
        };
        table.of_product(product).map(bare).collect()
    };
    products
        .into_iter()
        .filter(|product| lives(old, product) != lives(new, product))
        .map(str::to_owned)
        .collect()
}
