//! The audit log.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::audit::Event;
use crate::pages::list::{Page, Query};

pub(super) async fn audit(of: &HouseBackend, who: &Identity, query: &Query) -> Result<Page<Event>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
