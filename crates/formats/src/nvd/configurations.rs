//! CPE configurations as NVD and the CVE format write them, read into our tree.
//!
//! Rows are grouped by everything but version, update and bounds, and exact duplicates are dropped, while the
//! JSON is being parsed: CVE-2024-20433 has 5.9 million rows, of which 2,434 differ.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use model::identity::cpe::{Cpe, split_23};
use model::note::{NoteCode, Severity};
use model::record::{CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, Text};
use rustc_hash::{FxHashMap, FxHasher};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, de};

use crate::records::Reading;
use crate::records::wire::{List, Word};

/// A configuration or node: both have an operator and may nest (`nodes` in 2.0, `children` in 1.1). `M` is
/// what becomes of the list of criteria.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "M: Deserialize<'de> + Default"))]
pub struct WireNode<'a, M> {
    #[serde(borrow)]
    operator: Word<'a>,
    negate: Option<bool>,
    nodes: List<WireNode<'a, M>>,
    children: List<WireNode<'a, M>>,
    #[serde(alias = "cpeMatch", alias = "cpe_match")]
    matches: M,
}

/// One criterion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Criterion<'a> {
    vulnerable: Option<bool>,
    #[serde(borrow, alias = "cpe23Uri")]
    criteria: Word<'a>,
    version_start_including: Word<'a>,
    version_start_excluding: Word<'a>,
    version_end_including: Word<'a>,
    version_end_excluding: Word<'a>,
}

impl Hash for Criterion<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.criteria.hash(state);
        self.version_start_including.hash(state);
        self.version_end_including.hash(state);
        self.version_end_excluding.hash(state);
    }
}

/// A list of criteria, grouped.
#[derive(Clone, Debug, Default)]
pub struct Grouped<'a> {
    leaves: Vec<CpeLeaf<'a>>,
    unreadable: Vec<String>,
    repaired: Vec<String>,
}

struct GroupVisitor<'a>(std::marker::PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for GroupVisitor<'a> {
    type Value = Grouped<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of criteria")
    }
    fn visit_unit<E>(self) -> Result<Grouped<'a>, E> {
        Ok(Grouped::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Grouped<'a>, A::Error> {
        let mut groups = Grouping::default();
        while let Some(criterion) = seq.next_element::<Criterion<'a>>()? {
            groups.add(criterion);
        }
        Ok(groups.grouped)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Grouped<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        de::Deserializer::deserialize_any(deserializer, GroupVisitor(std::marker::PhantomData))
    }
}

/// How many rows are compared one by one before their hashes are looked up.
const FEW: usize = 12;

/// The work in progress: the leaves so far, and what is needed to recognise a row or a head again.
#[derive(Default)]
struct Grouping<'a> {
    grouped: Grouped<'a>,
    /// Each row once, in order of first appearance.
    rows: Vec<Criterion<'a>>,
    /// Hash of a row to its position, once there are more than a few.
    positions: FxHashMap<u64, usize>,
    /// The row expected next: lists that repeat themselves do so in order.
    next: usize,
    heads: FxHashMap<u64, usize>,
}

impl<'a> Grouping<'a> {
    fn add(&mut self, criterion: Criterion<'a>) {
        if let Some(at) = self.position(&criterion) {
            self.next = at + 1;
            return;
        }
        self.rows.push(criterion.clone());
        self.remember();
        self.place(criterion);
    }

    /// Where the same row was seen before.
    fn position(&self, criterion: &Criterion<'a>) -> Option<usize> {
        if self.rows.get(self.next) == Some(criterion) {
            return Some(self.next);
        }
        if self.rows.len() <= FEW {
            return self.rows.iter().position(|row| row == criterion);
        }
        let at = *self.positions.get(&hash_of(criterion))?;
        (self.rows.get(at) == Some(criterion)).then_some(at)
    }

    fn remember(&mut self) {
        let from = match self.rows.len() {
            count if count <= FEW => return,
            count if self.positions.is_empty() => count.saturating_sub(FEW + 1),
            count => count.saturating_sub(1),
        };
        for (at, row) in self.rows.iter().enumerate().skip(from) {
            self.positions.entry(hash_of(row)).or_insert(at);
        }
    }

    fn place(&mut self, criterion: Criterion<'a>) {
        let Some((head, version, update)) = self.split(&criterion.criteria.0) else {
            self.keep_unreadable(criterion);
            return;
        };
        let bounds = bounds(&criterion);
        let row = CpeRow { version, update, bounds };
        let at = self.leaf_of(criterion.vulnerable.unwrap_or(true), head);
        if let Some(leaf) = self.grouped.leaves.get_mut(at) {
            leaf.rows.push(row);
        }
    }

    /// Head, version and update of a name; of one that is not valid as written the only sensible reading.
    fn split(&mut self, name: &Text<'a>) -> Option<(CpeHead<'a>, Text<'a>, Text<'a>)> {
        if let Some(parts) = split(name.clone()) {
            return Some(parts);
        }
        let parsed = Cpe::parse(name).ok()?;
        self.grouped.repaired.push(name.to_string());
        let Cpe {
            part,
            vendor,
            product,
            version,
            update,
            edition,
            language,
            sw_edition,
            target_sw,
            target_hw,
            other,
        } = parsed.cpe;
        let head = CpeHead {
            part: part.into(),
            vendor: vendor.into(),
            product: product.into(),
            edition: edition.into(),
            language: language.into(),
            sw_edition: sw_edition.into(),
            target_sw: target_sw.into(),
            target_hw: target_hw.into(),
            other: other.into(),
        };
        Some((head, version.into(), update.into()))
    }

    /// A criterion no reading can use stays in the tree as a leaf that names no known product: leaving it out
    /// would turn "A on B" into "A".
    fn keep_unreadable(&mut self, criterion: Criterion<'a>) {
        self.grouped.unreadable.push(criterion.criteria.to_string());
        let product = criterion.criteria.0;
        let head = CpeHead { part: "*".into(), vendor: "".into(), product, ..any_head() };
        let row = CpeRow { version: "*".into(), update: "*".into(), bounds: None };
        let vulnerable = criterion.vulnerable.unwrap_or(true);
        self.grouped.leaves.push(CpeLeaf { vulnerable, head, rows: vec![row] });
    }

    /// The position of the leaf with this head, made when there is none.
    fn leaf_of(&mut self, vulnerable: bool, head: CpeHead<'a>) -> usize {
        let same = |leaf: &CpeLeaf<'a>| leaf.vulnerable == vulnerable && leaf.head == head;
        let leaves = &mut self.grouped.leaves;
        if leaves.last().is_some_and(same) {
            return leaves.len() - 1;
        }
        let hash = hash_of(&(vulnerable, &head));
        if let Some(at) = self.heads.get(&hash)
            && leaves.get(*at).is_some_and(same)
        {
            return *at;
        }
        leaves.push(CpeLeaf { vulnerable, head, rows: Vec::new() });
        self.heads.insert(hash, leaves.len() - 1);
        leaves.len() - 1
    }
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

fn any_head() -> CpeHead<'static> {
    let any = || Cow::Borrowed("*");
    CpeHead {
        part: any(),
        vendor: any(),
        product: any(),
        edition: any(),
        language: any(),
        sw_edition: any(),
        target_sw: any(),
        target_hw: any(),
        other: any(),
    }
}

/// Splits a name into head, version and update. Borrowed where nothing is escaped in JSON nor in the name.
fn split(name: Text<'_>) -> Option<(CpeHead<'_>, Text<'_>, Text<'_>)> {
    let parts: [Text<'_>; 11] = match name {
        Cow::Borrowed(name) => split_23(name)?,
        Cow::Owned(name) => split_23(&name)?.map(|part| Cow::Owned(part.into_owned())),
    };
    let [part, vendor, product, version, update, edition, language, sw_edition, target_sw, target_hw, other] =
        parts;
    let head = CpeHead { part, vendor, product, edition, language, sw_edition, target_sw, target_hw, other };
    Some((head, version, update))
}

fn bounds<'a>(criterion: &Criterion<'a>) -> Option<Box<CpeBounds<'a>>> {
    let none = criterion.version_start_including.is_empty()
        && criterion.version_start_excluding.is_empty()
        && criterion.version_end_including.is_empty()
        && criterion.version_end_excluding.is_empty();
    if none {
        return None;
    }
    Some(Box::new(CpeBounds {
        start_including: criterion.version_start_including.0.clone(),
        start_excluding: criterion.version_start_excluding.0.clone(),
        end_including: criterion.version_end_including.0.clone(),
        end_excluding: criterion.version_end_excluding.0.clone(),
    }))
}

/// Turns the configurations of a record into trees; an unknown operator and an unreadable criterion are noted
/// under the record's id.
pub fn trees<'a>(
    configurations: List<WireNode<'a, Grouped<'a>>>,
    id: &str,
    reading: &mut Reading,
) -> Vec<CpeNode<'a>> {
    configurations.into_iter().map(|node| tree(node, id, reading)).filter(|node| !is_empty(node)).collect()
}

fn tree<'a>(node: WireNode<'a, Grouped<'a>>, id: &str, reading: &mut Reading) -> CpeNode<'a> {
    for name in &node.matches.unreadable {
        reading.note(NoteCode::BadCpe, Severity::Warn, id, name);
    }
    for name in &node.matches.repaired {
        reading.note(NoteCode::CpeRepaired, Severity::Info, id, name);
    }
    let is_and = match &*node.operator {
        "AND" | "and" => true,
        "OR" | "or" | "" => false,
        other => {
            reading.note(NoteCode::UnknownEnum, Severity::Warn, format!("{id} operator"), other);
            false
        }
    };
    let nested = node.nodes.into_iter().chain(node.children);
    let mut children: Vec<CpeNode<'a>> = nested.map(|node| tree(node, id, reading)).collect();
    let negate = node.negate.unwrap_or(false);
    // The usual configuration is a bare wrapper around one node.
    if node.matches.leaves.is_empty() && !negate && children.len() == 1 {
        return children.pop().unwrap_or_default();
    }
    CpeNode { is_and, negate, children, leaves: node.matches.leaves }
}

fn is_empty(node: &CpeNode<'_>) -> bool {
    node.leaves.is_empty() && node.children.iter().all(is_empty)
}
