//! The queue.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::queue::Queue;

pub(super) async fn queue(of: &HouseBackend, who: &Identity, view: &str, at: &str) -> Result<Queue, Failure> {
    let _ = (of, who, view, at);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
