//! Two releases side by side.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::compare::Compare;

pub(super) async fn compare(
    of: &HouseBackend,
    who: &Identity,
    from: &str,
    to: &str,
) -> Result<Compare, Failure> {
    let _ = (of, who, from, to);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
