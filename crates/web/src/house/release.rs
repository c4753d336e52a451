//! One release.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::release::Release;

pub(super) async fn release(of: &HouseBackend, who: &Identity, release: &str) -> Result<Release, Failure> {
    let _ = (of, who, release);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
