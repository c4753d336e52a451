//! The way in: passwords and sessions.

use service::access::door::{Knock, SignIn};
use service::access::session::Recognised;

use super::HouseBackend;
use super::translate::{failure, identity};
use crate::backend::{Failure, Session, Signed};

pub(super) async fn sign_in(of: &HouseBackend, knock: Knock<'_>) -> Result<Signed, Failure> {
    Ok(match of.door.sign_in(knock, of.moment()).await.map_err(failure)? {
        SignIn::In(signed) => Signed::In(signed.secret),
        SignIn::Wrong => Signed::Wrong,
        // The next whole second: one less would be too early.
        SignIn::Wait { milliseconds } => Signed::Wait(milliseconds.unsigned_abs().div_ceil(1000)),
    })
}

pub(super) async fn session(of: &HouseBackend, cookie: &str) -> Result<Option<Session>, Failure> {
    let recognised = of.door.recognise(cookie, of.moment()).await.map_err(failure)?;
    let Some(Recognised { identity: known, form, renewed }) = recognised else { return Ok(None) };
    Ok(Some(Session { who: identity(of, known).await?, form, renewed }))
}

pub(super) async fn sign_out(of: &HouseBackend, cookie: &str) -> Result<(), Failure> {
    of.door.sign_out(cookie, of.moment()).await.map_err(failure)
}
