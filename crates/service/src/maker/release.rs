//! A release as a page shows it: numbers, funnel, groups, coverage, documents.

use std::collections::BTreeMap;

use serde_json::Value;
use store::Page;
use store::document::Document;
use store::finding_list::{FindingFilter, Sort};

use super::today::OPEN;
use super::{Counts, Maker, ReleaseRow};
use crate::house::Fault;

/// A document of a release.
pub type DocumentRow = Document;

/// A release with everything around it.
#[derive(Clone, Debug, PartialEq)]
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
    /// Open findings beyond those that the groups were made of.
    pub more: u64,
    /// Coverage.
    pub coverage: Coverage,
    /// Documents, oldest first.
    pub documents: Vec<DocumentRow>,
    /// What the last judgement kept: the funnel.
    pub summary: Value,
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

/// All pairs of the last judgement, as its summary says.
pub(crate) fn matches(summary: &str) -> u64 {
    let summary: Value = serde_json::from_str(summary).unwrap_or_default();
    summary["funnel"]["all"].as_u64().unwrap_or_default()
}

/// Findings looked at for the groups of a page.
const LOOKED_AT: u32 = 1000;

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
        let filter = FindingFilter { release: Some(id), statuses: OPEN.to_vec(), ..FindingFilter::default() };
        let listed =
            look.findings(scope, &filter, Sort::default(), &Page { after: None, limit: LOOKED_AT }).await?;
        let more = listed.total.saturating_sub(listed.rows.len() as u64);
        let mut groups: Vec<GroupRow> = Vec::new();
        for finding in listed.rows {
            let same = |group: &&mut GroupRow| {
                group.component == finding.component_name && group.version == finding.component_version
            };
            let place = match groups.iter_mut().position(|mut group| same(&&mut group)) {
                Some(place) => place,
                None => {
                    groups.push(GroupRow {
                        component: finding.component_name.clone(),
                        version: finding.component_version.clone(),
                        open: Counts::default(),
                        fixed: String::new(),
                    });
                    groups.len() - 1
                }
            };
            if let Some(group) = groups.get_mut(place) {
                group.open.add(&finding.cell, 1);
                if group.fixed.is_empty() {
                    group.fixed = finding.fixed;
                }
            }
        }
        let summary = serde_json::from_str(&release.summary).unwrap_or_default();
        Ok(Some(ReleaseDetail {
            open: Counts::of(&look.counts_of_release(scope, id).await?),
            coverage: Coverage { states: look.coverage(scope, id).await?.into_iter().collect() },
            documents: look.documents(scope, id).await?,
            release,
            product,
            before,
            groups,
            more,
            summary,
        }))
    }
}
