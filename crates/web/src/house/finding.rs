//! One finding in full.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::finding::Finding;

pub(super) async fn finding(of: &HouseBackend, who: &Identity, finding: &str) -> Result<Finding, Failure> {
    let _ = (of, who, finding);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
