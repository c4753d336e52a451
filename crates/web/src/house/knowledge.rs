//! Feeds, the index and the jobs.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::knowledge::{Job, Knowledge};
use crate::pages::list::{Page, Query};

pub(super) async fn knowledge(of: &HouseBackend, who: &Identity) -> Result<Knowledge, Failure> {
    let _ = (of, who);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn jobs(of: &HouseBackend, who: &Identity, query: &Query) -> Result<Page<Job>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
