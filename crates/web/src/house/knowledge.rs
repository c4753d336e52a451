//! Feeds, the index and the jobs.

use super::HouseBackend;
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::knowledge::Knowledge;

pub(super) async fn knowledge(of: &HouseBackend, who: &Identity) -> Result<Knowledge, Failure> {
    let _ = (of, who);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn sync_feed(of: &HouseBackend, act: &Act, feed: &str) -> Result<String, Failure> {
    let _ = (of, act, feed);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
