//! Tokens of programs.

use std::collections::BTreeSet;

use service::access::secret::Secret;
use service::access::token::TokenWish;
use service::maker::Products;

use super::HouseBackend;
use super::once::{once, shown_once};
use super::translate::{DAY, failure, identity, known, missing, scope};
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::settings::NewToken;

pub(super) async fn of_token(of: &HouseBackend, token: &str) -> Result<Option<Identity>, Failure> {
    match of.door.identity_of_token(token, of.moment()).await.map_err(failure)? {
        Some(known) => Ok(Some(identity(of, known).await?)),
        None => Ok(None),
    }
}

pub(super) async fn make_token(of: &HouseBackend, act: &Act, token: NewToken) -> Result<Secret, Failure> {
    let (who, now) = (known(&act.who)?, of.moment());
    let wish = TokenWish {
        products: products(of, &act.who, &token.products).await?,
        name: token.name,
        roles: token.roles.into_iter().collect(),
        expires: now.plus(DAY * i64::from(token.days)),
    };
    shown_once(of, act, async |_, door| {
        Ok(door.make_token(who, who.person, &wish, now).await.map_err(failure)?.1)
    })
    .await
}

/// Products by their ids; none named = all.
async fn products(of: &HouseBackend, who: &Identity, named: &[String]) -> Result<Products, Failure> {
    if named.is_empty() {
        return Ok(Products::All);
    }
    let scope = scope(who, model::access::Act::Read)?;
    let mut ids = BTreeSet::new();
    for slug in named {
        let known = service::products::known(&of.house, &scope, slug).await.map_err(failure)?;
        ids.insert(known.ok_or_else(|| {
            Failure::new(Kind::Invalid, "There is no such product")
                .field("products", format!("there is no product `{slug}`"))
        })?);
    }
    Ok(Products::Some(ids))
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
