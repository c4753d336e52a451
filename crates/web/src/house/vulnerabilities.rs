//! Vulnerabilities: the list, and one.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::vulnerabilities::VulnerabilityRow;
use crate::pages::vulnerability::Vulnerability;

pub(super) async fn vulnerabilities(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<VulnerabilityRow>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn vulnerability(
    of: &HouseBackend,
    who: &Identity,
    id: &str,
) -> Result<Vulnerability, Failure> {
    let _ = (of, who, id);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
