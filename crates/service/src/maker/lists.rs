//! Lists: findings, components, vulnerabilities, jobs, feeds.

use std::collections::BTreeMap;

use store::finding_list::{FindingFilter, Sort};
use store::jobs::{Job, WorkState};
use store::release_component::ReleaseComponent;
use store::{Listed, Page};

use super::today::OPEN;
use super::{Counts, FindingRow, Maker, ReleaseRow};
use crate::house::Fault;

/// A filter of findings with its order and page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingQuestion {
    /// Which.
    pub filter: FindingFilter,
    /// In which order.
    pub sort: Sort,
    /// Which page.
    pub page: Page,
}

/// A component of a release.
pub type Component = ReleaseComponent;

/// A job of the queue.
pub type Task = Job;

/// A vulnerability that touches us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its most urgent finding.
    pub first: FindingRow,
    /// Its open findings.
    pub open: Counts,
    /// Releases that have it open.
    pub releases: u64,
}

impl Maker {
    /// A page of findings.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn findings(&self, question: &FindingQuestion) -> Result<Listed<FindingRow>, Fault> {
        let mut look = self.house.store.look().await?;
        Ok(look.findings(&self.scope, &question.filter, question.sort, &question.page).await?)
    }

    /// A page of the components of a release, with its open findings.
    ///
    /// # Errors
    /// When there is no such release.
    pub async fn components(
        &self,
        release: i64,
        text: &str,
        coverage: &str,
        page: &Page,
    ) -> Result<(ReleaseRow, Listed<Component>, BTreeMap<i64, Counts>), Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let row = look.release(scope, release).await?;
        let row = row.ok_or_else(|| Fault::Refused(format!("there is no release {release}")))?;
        let listed = look.release_components(scope, release, text, coverage, page).await?;
        let mut open: BTreeMap<i64, Counts> = BTreeMap::new();
        for component in &listed.rows {
            let filter = FindingFilter {
                release: Some(release),
                component: Some(component.component),
                statuses: OPEN.to_vec(),
                ..FindingFilter::default()
            };
            let found =
                look.findings(scope, &filter, Sort::default(), &Page { after: None, limit: 1000 }).await?;
            let counts = open.entry(component.component).or_default();
            *counts = Counts::default();
            for finding in &found.rows {
                counts.add(&finding.cell, 1);
            }
        }
        Ok((row, listed, open))
    }

    /// Jobs in a state, newest first.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn jobs(&self, state: &str, page: &Page) -> Result<Listed<Task>, Fault> {
        let state =
            WorkState::ALL.iter().copied().find(|one| one.word() == state).unwrap_or(WorkState::Parked);
        Ok(self.house.store.look().await?.jobs(state, page).await?)
    }

    /// The vulnerabilities of the most urgent open findings, at most 1,000 findings looked at.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn vulnerabilities(&self, text: &str) -> Result<Vec<Known>, Fault> {
        let filter =
            FindingFilter { text: text.to_owned(), statuses: OPEN.to_vec(), ..FindingFilter::default() };
        let mut look = self.house.store.look().await?;
        let listed =
            look.findings(&self.scope, &filter, Sort::default(), &Page { after: None, limit: 1000 }).await?;
        let mut known: Vec<Known> = Vec::new();
        for finding in listed.rows {
            match known.iter_mut().find(|one| one.first.vulnerability == finding.vulnerability) {
                Some(one) => {
                    one.open.add(&finding.cell, 1);
                    one.releases += 1;
                }
                None => {
                    let mut open = Counts::default();
                    open.add(&finding.cell, 1);
                    known.push(Known { first: finding, open, releases: 1 });
                }
            }
        }
        Ok(known)
    }
}
