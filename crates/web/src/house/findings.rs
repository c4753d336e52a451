//! The list of findings.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::findings::FindingRow;
use crate::pages::list::{Page, Query};

pub(super) async fn findings(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<FindingRow>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
