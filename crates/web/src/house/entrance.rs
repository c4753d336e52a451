//! The first start, and one-time links.

use service::access::door::Knock;
use service::access::link::{LinkKind, OpenLink};
use service::access::set_up::SetUp;

use super::HouseBackend;
use super::sign_in::sign_in;
use super::translate::{at, failure};
use crate::backend::{Failure, Signed};
use crate::pages::join::Join;
use crate::pages::set_up::Founding;

pub(super) async fn set_up_holds(of: &HouseBackend, secret: &str) -> Result<bool, Failure> {
    of.door.set_up_holds(secret, of.moment()).await.map_err(failure)
}

pub(super) async fn set_up(
    of: &HouseBackend,
    secret: &str,
    founding: &Founding,
    knock: Knock<'_>,
) -> Result<Signed, Failure> {
    let slug = founding.slug();
    let given = SetUp {
        slug: &slug,
        organisation: &founding.organisation,
        login: &founding.login,
        name: &founding.name,
        mail: &founding.mail,
        password: knock.password,
    };
    of.door.set_up(secret, given, of.moment()).await.map_err(failure)?;
    sign_in(of, knock).await
}

pub(super) async fn link(of: &HouseBackend, secret: &str) -> Result<Option<Join>, Failure> {
    let open = of.door.link(secret, of.moment()).await.map_err(failure)?;
    Ok(open.map(|OpenLink { kind, login, name, expires }| Join {
        secret: secret.to_owned(),
        login,
        name,
        is_new: kind == LinkKind::Invitation,
        until: at(expires),
        provider: of.provider.as_ref().map(|provider| provider.name().to_owned()).unwrap_or_default(),
        ..Join::default()
    }))
}

pub(super) async fn join(of: &HouseBackend, secret: &str, knock: Knock<'_>) -> Result<Signed, Failure> {
    of.door.choose_password(secret, knock.password, of.moment()).await.map_err(failure)?;
    sign_in(of, knock).await
}
