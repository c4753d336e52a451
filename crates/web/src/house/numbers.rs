//! Health, and numbers for `/metrics`.

use super::HouseBackend;
use crate::backend::{Failure, Gauge, Kind};

pub(super) async fn health(of: &HouseBackend) -> Result<(), Failure> {
    let _ = of;
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn gauges(of: &HouseBackend) -> Result<Vec<Gauge>, Failure> {
    let _ = of;
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
