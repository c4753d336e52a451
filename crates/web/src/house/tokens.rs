//! Tokens of programs.

use service::access::secret::Secret;
use service::access::token::TokenWish;
use service::maker::Products;

use super::HouseBackend;
use super::once::{once, shown_once};
use super::translate::{DAY, failure, identity, known, missing};
use crate::backend::{Act, Failure, Identity};
use crate::pages::settings::NewToken;

pub(super) async fn of_token(of: &HouseBackend, token: &str) -> Result<Option<Identity>, Failure> {
    match of.door.identity_of_token(token, of.moment()).await.map_err(failure)? {
        Some(known) => Ok(Some(identity(of, known).await?)),
        None => Ok(None),
    }
}

pub(super) async fn make_token(of: &HouseBackend, act: &Act, token: NewToken) -> Result<Secret, Failure> {
    let (name, roles, days) = token;
    let (who, now) = (known(&act.who)?, of.moment());
    let wish = TokenWish {
        name,
        roles: roles.into_iter().collect(),
        products: Products::All,
        expires: now.plus(DAY * i64::from(days)),
    };
    shown_once(of, act, async |_, door| {
        Ok(door.make_token(who, who.person, &wish, now).await.map_err(failure)?.1)
    })
    .await
}

pub(super) async fn end_token(of: &HouseBackend, act: &Act, prefix: &str) -> Result<String, Failure> {
    let who = known(&act.who)?;
    let all = act.who.may(model::access::Act::Administer);
    let tokens = of.door.tokens(who, all).await.map_err(failure)?;
    let token = tokens.iter().find(|one| one.token.prefix == prefix).ok_or_else(|| missing("token"))?;
    once(of, act, async |_, door| {
        door.revoke_token(who, token.token.id, of.moment()).await.map_err(failure)?;
        Ok(format!("The token {} has ended", token.token.name))
    })
    .await
}
