//! Decisions, one and many.

use super::HouseBackend;
use crate::backend::{Act, BulkAsked, Failure, Identity, Kind};
use crate::pages::bulk::Bulk;
use crate::pages::decision::Decision;

pub(super) async fn decide(
    of: &HouseBackend,
    act: &Act,
    finding: &str,
    decision: Decision,
) -> Result<String, Failure> {
    let _ = (of, act, finding, decision);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn preview(of: &HouseBackend, who: &Identity, asked: &BulkAsked) -> Result<Bulk, Failure> {
    let _ = (of, who, asked);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn decide_all(of: &HouseBackend, act: &Act, asked: BulkAsked) -> Result<String, Failure> {
    let _ = (of, act, asked);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
