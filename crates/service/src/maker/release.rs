//! A release as a page shows it: numbers, funnel, groups, coverage, documents.

use std::collections::BTreeMap;

use store::document::Document;
use store::finding_count::ComponentCount;

use super::{Counts, Maker, ReleaseRow, is_open};
use crate::house::Fault;
use crate::summary::Summary;

/// A document of a release.
pub type DocumentRow = Document;

/// A release with everything around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseDetail {
    /// The release.
    pub release: ReleaseRow,
    /// Slug and name of its product.
    pub product: (String, String),
    /// The release before it: id and version.
    pub before: Option<(i64, String)>,
    /// Open findings.
    pub open: Counts,
    /// Components with open findings, the most urgent first.
    pub groups: Vec<GroupRow>,
    /// Coverage.
    pub coverage: Coverage,
    /// Documents, oldest first.
    pub documents: Vec<DocumentRow>,
    /// What the last judgement kept: funnel, upgrades.
    pub summary: Summary,
    /// Date of the knowledge it was judged with, where that is still in use; empty otherwise.
    pub knowledge: String,
    /// Who handed in the documents: id and name.
    pub senders: BTreeMap<i64, String>,
}

/// A component with open findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Its name.
    pub component: String,
    /// Its version.
    pub version: String,
    /// Open findings.
    pub open: Counts,
    /// A version that mends some of them; empty when none is known.
    pub fixed: String,
}

/// How many components are in which state of coverage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By word of the state.
    pub states: BTreeMap<String, u64>,
}

impl Coverage {
    /// Components in states that begin with one of the words.
    pub fn of(&self, words: &[&str]) -> u64 {
        let is =
            |state: &str| words.iter().any(|word| state == *word || state.starts_with(&format!("{word}/")));
        self.states.iter().filter(|(state, _)| is(state)).map(|(_, number)| number).sum()
    }

    /// All components.
    pub fn all(&self) -> u64 {
        self.states.values().sum()
    }

    /// Components that could not be evaluated, by reason.
    pub fn not_evaluated(&self) -> impl Iterator<Item = (&str, u64)> {
        self.states
            .iter()
            .filter(|(state, _)| !is_evaluated(state))
            .map(|(state, number)| (state.as_str(), *number))
    }
}

/// True for a coverage state in which the component was looked at, or need not be.
pub(crate) fn is_evaluated(word: &str) -> bool {
    matches!(word.split('/').next(), Some("matched" | "clean" | "excluded"))
}

/// Components with open findings, the most urgent first. Components of one name are one group: so are the rows behind it.
fn groups(counts: &[ComponentCount]) -> Vec<GroupRow> {
    let mut groups: BTreeMap<&str, GroupRow> = BTreeMap::new();
    for count in counts.iter().filter(|count| is_open(&count.cell)) {
        let group = groups.entry(&count.name).or_insert_with(|| GroupRow {
            component: count.name.clone(),
            version: count.version.clone(),
            open: Counts::default(),
            fixed: String::new(),
        });
        if !group.version.split(", ").any(|known| known == count.version) {
            group.version = format!("{}, {}", group.version, count.version);
        }
        group.open.add(&count.cell, count.n);
    }
    let mut groups: Vec<GroupRow> = groups.into_values().collect();
    let weight = |one: &GroupRow| (one.open.immediate, one.open.planned, one.open.routine, one.open.unknown);
    groups.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.component.cmp(&b.component)));
    groups
}

impl Maker {
    /// A release; `None` when there is none in the scope.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn release(&self, id: i64) -> Result<Option<ReleaseDetail>, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let Some(release) = look.release(scope, id).await? else { return Ok(None) };
        let product = look.product(scope, release.product).await?;
        let product = product.map_or_else(Default::default, |product| (product.slug, product.name));
        let releases = super::releases(&mut look, scope, release.product).await?;
        let before = releases
            .iter()
            .filter(|other| other.id < id)
            .map(|other| (other.id, other.version.clone()))
            .next();
        let mut groups = groups(&look.counts_by_component(scope, id).await?);
        let documents = look.documents(scope, id).await?;
        let mut senders: BTreeMap<i64, String> = BTreeMap::new();
        for sender in documents.iter().map(|document| document.received_by) {
            if sender != 0 && !senders.contains_key(&sender) {
                let person = look.person(scope, sender).await?;
                senders.insert(sender, person.map_or_else(String::new, |person| person.name));
            }
        }
        let summary = Summary::read(&release.summary);
        for group in &mut groups {
            let upgrade = summary.upgrades.iter().find(|one| one.component == group.component);
            group.fixed = upgrade.map_or_else(String::new, |one| one.to.clone());
        }
        Ok(Some(ReleaseDetail {
            open: Counts::of(&look.counts_of_release(scope, id).await?),
            coverage: Coverage { states: look.coverage(scope, id).await?.into_iter().collect() },
            documents,
            knowledge: self.knowledge_of(&release),
            senders,
            release,
            product,
            before,
            groups,
            summary,
        }))
    }

    /// The newest date of the feeds that a release was judged with.
    fn knowledge_of(&self, release: &ReleaseRow) -> String {
        let current = self.house.current();
        if current.generation != release.generation {
            return String::new();
        }
        let dates = current.knowledge.feeds().iter().map(|feed| feed.as_of.clone());
        dates.max().unwrap_or_default()
    }
}
