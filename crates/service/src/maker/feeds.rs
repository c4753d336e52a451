//! How good the knowledge is: each feed's age and what went wrong with it, the index in use, the queue.

use std::collections::BTreeMap;

use store::jobs::WorkState;
use store::{Moment, Page};

use super::Maker;
use crate::house::Fault;
use crate::knowledge::age_days;

/// A feed of the index in use, or one that was tried and is not in it yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedHealth {
    /// Its id.
    pub id: String,
    /// What it speaks about.
    pub about: String,
    /// Its newest date; empty when it carries none.
    pub as_of: String,
    /// Days since then.
    pub age_days: Option<i64>,
    /// The limit in days; 0 = none.
    pub max_age_days: u16,
    /// Its records.
    pub records: u64,
    /// When it was tried last; [`Moment::NEVER`] = never by this server.
    pub tried: Moment,
    /// What went wrong then; empty after a success.
    pub error: String,
}

/// The index in use, and the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeHealth {
    /// Hash of the generation.
    pub generation: String,
    /// Vulnerabilities in it.
    pub vulnerabilities: u64,
    /// When it came into use; [`Moment::NEVER`] = not noted.
    pub made: Moment,
    /// Jobs that wait or run.
    pub busy: u64,
    /// Jobs that were given up.
    pub failed: u64,
}

impl Maker {
    /// The feeds of the index in use with what is known of their last sync, by id.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn feeds(&self, now: jiff::Timestamp) -> Result<Vec<FeedHealth>, Fault> {
        let current = self.house.current();
        let mut feeds: BTreeMap<String, FeedHealth> = BTreeMap::new();
        for feed in current.knowledge.feeds() {
            feeds.insert(
                feed.id.clone(),
                FeedHealth {
                    id: feed.id.clone(),
                    about: about(&feed.id),
                    as_of: feed.as_of.clone(),
                    age_days: age_days(&feed.as_of, now),
                    max_age_days: feed.max_age_days,
                    records: feed.records,
                    ..FeedHealth::default()
                },
            );
        }
        for state in self.house.store.look().await?.feeds().await? {
            let feed = feeds.entry(state.id.clone()).or_insert_with(|| FeedHealth {
                id: state.id.clone(),
                about: about(&state.id),
                age_days: age_days(&state.as_of, now),
                as_of: state.as_of.clone(),
                max_age_days: feeds::list::by_id(&state.id).map_or(0, |feed| feed.max_age_days),
                records: state.records,
                ..FeedHealth::default()
            });
            feed.tried = state.tried;
            feed.error = state.error;
        }
        Ok(feeds.into_values().collect())
    }

    /// The index in use, and the queue.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn knowledge(&self) -> Result<KnowledgeHealth, Fault> {
        let current = self.house.current();
        let mut look = self.house.store.look().await?;
        let one = Page { after: None, limit: 1 };
        let mut number = async |state| Ok::<u64, Fault>(look.jobs(state, &one).await?.total);
        let busy = number(WorkState::Waiting).await? + number(WorkState::Leased).await?;
        let failed = number(WorkState::Parked).await?;
        let noted = look.generations().await?;
        let made =
            noted.iter().find(|one| one.hash == current.generation).map_or(Moment::NEVER, |one| one.made);
        Ok(KnowledgeHealth {
            generation: current.generation.clone(),
            vulnerabilities: current.knowledge.index.len() as u64,
            made,
            busy,
            failed,
        })
    }
}

fn about(id: &str) -> String {
    feeds::list::by_id(id).map_or_else(String::new, |feed| feed.covers.join(", "))
}
