//! Tokens.

use super::HouseBackend;
use crate::backend::{Act, Failure, KeptToken, Kind};
use crate::pages::settings::NewToken;
use crate::server::session::Digest;

pub(super) async fn token(of: &HouseBackend, prefix: &str) -> Result<Option<KeptToken>, Failure> {
    let _ = (of, prefix);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn keep_token(
    of: &HouseBackend,
    act: &Act,
    token: NewToken,
    prefix: &str,
    digest: Digest,
) -> Result<(), Failure> {
    let _ = (of, act, token, prefix, digest);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn end_token(of: &HouseBackend, act: &Act, prefix: &str) -> Result<String, Failure> {
    let _ = (of, act, prefix);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
