//! Settings.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::settings::Settings;

pub(super) async fn settings(of: &HouseBackend, who: &Identity) -> Result<Settings, Failure> {
    let _ = (of, who);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
