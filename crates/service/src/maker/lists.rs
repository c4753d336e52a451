//! Findings, feeds, and where a vulnerability is.

use index::Index;
use store::finding_list::{FindingFilter, Sort};
use store::jobs::Job;
use store::{Listed, Page};

use super::today::OPEN;
use super::{FindingRow, Maker};
use crate::house::Fault;
use crate::knowledge::age_days;

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

/// A job of the queue.
pub type Task = Job;

/// What a feed of the index in use is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedHealth {
    /// Its id.
    pub id: String,
    /// Its newest date; empty when it carries none.
    pub as_of: String,
    /// Days since then.
    pub age_days: Option<i64>,
    /// The limit in days; 0 = none.
    pub max_age_days: u16,
    /// Its records.
    pub records: u64,
}

/// A vulnerability, and where we have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Where {
    /// Its display id, as asked where nobody knows it.
    pub id: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// The index knows it.
    pub is_known: bool,
    /// All its records are rejected or withdrawn.
    pub is_withdrawn: bool,
    /// In the words of the first source that has any.
    pub about: String,
    /// References.
    pub references: Vec<String>,
    /// What the sources rate: name, value, who says so.
    pub facts: Vec<(String, String, String)>,
    /// Open findings, the most urgent first.
    pub places: Vec<FindingRow>,
    /// Open findings beyond those.
    pub more: u64,
    /// Findings that somebody or something has settled.
    pub settled: u64,
    /// Releases that were checked.
    pub checked: u64,
    /// Components that could not be evaluated, in all releases.
    pub not_evaluated: u64,
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

    /// The feeds of the index in use.
    pub fn feeds(&self, now: jiff::Timestamp) -> Vec<FeedHealth> {
        let current = self.house.current();
        let feeds = current.knowledge.feeds().iter();
        feeds
            .map(|feed| FeedHealth {
                id: feed.id.clone(),
                as_of: feed.as_of.clone(),
                age_days: age_days(&feed.as_of, now),
                max_age_days: feed.max_age_days,
                records: feed.records,
            })
            .collect()
    }

    /// Name of the index in use and its number of vulnerabilities.
    pub fn knowledge(&self) -> (String, u64) {
        let current = self.house.current();
        (current.generation.clone(), current.knowledge.index.len() as u64)
    }

    /// Where we have a vulnerability, also when nowhere.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn vulnerability(&self, id: &str) -> Result<Where, Fault> {
        let scope = &self.scope;
        let mut found = described(&self.house.current().knowledge.index, id);
        let mut look = self.house.store.look().await?;
        let open = FindingFilter {
            vulnerability: Some(found.id.clone()),
            statuses: OPEN.to_vec(),
            ..FindingFilter::default()
        };
        let listed = look.findings(scope, &open, Sort::default(), &Page { after: None, limit: 100 }).await?;
        found.more = listed.total.saturating_sub(listed.rows.len() as u64);
        let all = FindingFilter {
            vulnerability: Some(found.id.clone()),
            is_active: None,
            ..FindingFilter::default()
        };
        let all = look.findings(scope, &all, Sort::default(), &Page { after: None, limit: 1 }).await?.total;
        found.settled = all.saturating_sub(listed.total);
        found.places = listed.rows;
        found.checked = look.releases_in_sight(scope).await?.0;
        for (word, number) in look.coverage_of_all(scope).await? {
            found.not_evaluated += if super::release::is_evaluated(&word) { 0 } else { number };
        }
        Ok(found)
    }
}

/// What the index says of a vulnerability.
fn described(index: &Index, id: &str) -> Where {
    let unknown = Where { id: id.to_owned(), ..Where::default() };
    let Some(vulnerability) = index.find(id).and_then(|number| index.vulnerability(number).ok()) else {
        return unknown;
    };
    let texts: Vec<_> = vulnerability.records().filter_map(|record| record.texts().ok()).collect();
    let about = texts.iter().map(|text| &text.description).find(|text| !text.is_empty()).cloned();
    let mut references: Vec<String> =
        texts.iter().flat_map(|text| &text.references).map(|one| one.url.to_string()).collect();
    references.sort();
    references.dedup();
    let facts = vulnerability.facts().unwrap_or_default();
    let mut told: Vec<(String, String, String)> =
        facts.severities.iter().map(|one| ("CVSS".to_owned(), one.vector.clone(), one.by.clone())).collect();
    told.extend(
        facts.epss.map(|one| ("EPSS".to_owned(), format!("{:.3}", one.probability), "FIRST".to_owned())),
    );
    told.extend(facts.kev.map(|one| ("Exploited since".to_owned(), one.date_added, "CISA KEV".to_owned())));
    told.extend(facts.cwes.into_iter().map(|one| ("Weakness".to_owned(), one, String::new())));
    let is_void =
        |record: &index::lookup::RecordRef<'_>| record.state() != model::record::RecordState::Published;
    Where {
        id: vulnerability.id().to_owned(),
        aliases: vulnerability.aliases().iter().map(|id| (*id).to_owned()).collect(),
        is_known: true,
        is_withdrawn: vulnerability.records().all(|record| is_void(&record)),
        about: about.unwrap_or_default(),
        references,
        facts: told,
        ..Where::default()
    }
}
