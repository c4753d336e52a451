//! *Today*.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::today::Today;

pub(super) async fn today(of: &HouseBackend, who: &Identity) -> Result<Today, Failure> {
    let _ = (of, who);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
