//! Settings, and the tokens of everybody.

use service::access::people::FOUR_EYES;
use service::maker::Products;

use super::HouseBackend;
use super::translate::{at, at_some, failure, known, scope};
use crate::backend::{Failure, Identity};
use crate::pages::settings::{Settings, Token};

pub(super) async fn settings(of: &HouseBackend, who: &Identity) -> Result<Settings, Failure> {
    let administered = scope(who, model::access::Act::Administer)?;
    let people = of.door.people(known(who)?).await.map_err(failure)?;
    let four_eyes = async {
        let mut look = of.house.store.look().await?;
        look.setting(&administered, FOUR_EYES).await
    };
    let four_eyes = four_eyes.await.map_err(|error| failure(error.into()))?;
    let invited = people.iter().filter(|one| !one.has_come && one.person.is_active).count();
    // Whoever administers a part of the products sees his own.
    let all = known(who)?.must_everywhere(model::access::Act::Administer).is_ok();
    Ok(Settings {
        settings: of.told.clone(),
        tokens: tokens(of, who, all).await?,
        people: (people.len() as u64, invited as u64),
        four_eyes: four_eyes.as_deref() != Some("advisory"),
    })
}

/// The tokens in force of oneself, or of everybody.
pub(super) async fn tokens(of: &HouseBackend, who: &Identity, all: bool) -> Result<Vec<Token>, Failure> {
    let known = known(who)?;
    let now = of.moment();
    let tokens = of.door.tokens(known, all).await.map_err(failure)?;
    let people = of.door.names(known).await.map_err(failure)?;
    // Whoever has no role any more still has his account.
    let products = match scope(who, model::access::Act::Read) {
        Ok(reach) => async { of.house.store.look().await?.products(&reach).await }.await,
        Err(_) => Ok(Vec::new()),
    };
    let products = products.map_err(|error| failure(error.into()))?;
    let slug = |id: &i64| {
        let of = products.iter().find(|one| one.id == *id);
        of.map_or_else(|| format!("product {id}"), |one| one.slug.clone())
    };
    let held = tokens.into_iter().filter(|one| one.token.revoked.0 == 0 && one.token.expires > now);
    let by = |person: i64| {
        people.iter().find(|(id, _)| *id == person).map_or_else(String::new, |(_, name)| name.clone())
    };
    Ok(held
        .map(|one| Token {
            prefix: one.token.prefix.clone(),
            name: one.token.name.clone(),
            roles: one.roles.iter().copied().collect(),
            products: match &one.products {
                Products::All => Vec::new(),
                Products::Some(ids) => ids.iter().map(slug).collect(),
            },
            by: by(one.token.person),
            until: at(one.token.expires),
            used: at_some(one.token.last_used),
        })
        .collect())
}
