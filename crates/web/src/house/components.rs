//! Components across releases.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::components::ComponentRow;
use crate::pages::list::{Page, Query};

pub(super) async fn components(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<ComponentRow>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
