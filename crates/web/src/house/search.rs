//! Search.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::search::Search;

pub(super) async fn search(of: &HouseBackend, who: &Identity, text: &str) -> Result<Search, Failure> {
    let _ = (of, who, text);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
