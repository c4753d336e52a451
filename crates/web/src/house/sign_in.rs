//! Passwords and sessions.

use super::HouseBackend;
use crate::backend::{Failure, Identity, KeptSession, Kind};
use crate::server::session::Digest;

pub(super) async fn check_password(
    of: &HouseBackend,
    name: &str,
    password: &str,
) -> Result<Identity, Failure> {
    let _ = (of, name, password);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn keep_session(of: &HouseBackend, session: KeptSession) -> Result<(), Failure> {
    let _ = (of, session);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn session(of: &HouseBackend, digest: Digest) -> Result<Option<KeptSession>, Failure> {
    let _ = (of, digest);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn end_session(of: &HouseBackend, digest: Digest) -> Result<(), Failure> {
    let _ = (of, digest);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
