//! Findings as a list.

use store::finding_list::{FindingFilter, Sort};
use store::jobs::Job;
use store::{Listed, Page};

use super::{FindingRow, Maker};
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

/// A job of the queue.
pub type Task = Job;

impl Maker {
    /// A page of findings.
    ///
    /// # Errors
    /// `Store` with `Invalid` for a cursor of another list.
    pub async fn findings(&self, question: &FindingQuestion) -> Result<Listed<FindingRow>, Fault> {
        let mut look = self.house.store.look().await?;
        Ok(look.findings(&self.scope, &question.filter, question.sort, &question.page).await?)
    }
}
