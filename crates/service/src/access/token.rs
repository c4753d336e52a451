//! Access tokens for machines: `pw_<prefix>_<secret>`, shown once. A token is the word of its person within its limits:
//! it never reaches further than the person does at that moment.

use std::collections::BTreeSet;

use model::access::{Act, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::token::{NewToken, Token};
use store::{Moment, Products};

use super::door::Door;
use super::identity::{Identity, Limits};
use super::people::entry;
use super::secret::{self, Secret, random};
use super::session::own;
use crate::house::Fault;

/// What a token begins with, so that a leaked one is recognised by scanners.
const MARK: &str = "pw";
/// Its last use is noted this often at most, in milliseconds.
const TOUCHED_AFTER: i64 = 60_000;
/// Longest time of a token: two years.
const LONGEST: i64 = 2 * 366 * 24 * 3_600_000;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenWish {
    /// Name for people (`CI of the gateway`).
    pub name: String,
    /// In these roles; each must be one of the person's.
    pub roles: BTreeSet<Role>,
    /// On these products.
    pub products: Products,
    /// When it ends. A token without an end is not made.
    pub expires: Moment,
}

/// A token as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// As stored.
    pub token: Token,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// Its products.
    pub products: Products,
}

/// How limits are written in the store.
#[derive(Serialize, Deserialize)]
struct Written {
    roles: Vec<String>,
    /// `None` = all.
    products: Option<Vec<i64>>,
}

fn written(roles: &BTreeSet<Role>, products: &Products) -> String {
    let products = match products {
        Products::All => None,
        Products::Some(ids) => Some(ids.iter().copied().collect()),
    };
    let roles = roles.iter().map(|role| role.word().to_owned()).collect();
    serde_json::to_string(&Written { roles, products }).unwrap_or_default()
}

/// What cannot be read allows nothing.
fn limits(text: &str) -> (BTreeSet<Role>, Products) {
    let Ok(Written { roles, products }) = serde_json::from_str(text) else {
        return (BTreeSet::new(), Products::Some(BTreeSet::new()));
    };
    let roles = roles.iter().filter_map(|word| Role::parse(word)).collect();
    (roles, products.map_or(Products::All, |ids| Products::Some(ids.into_iter().collect())))
}

/// Prefix of a text that has the form of a token.
fn prefix(text: &str) -> Option<&str> {
    let (prefix, secret) = text.strip_prefix(MARK)?.strip_prefix('_')?.split_once('_')?;
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (prefix.len() == 12 && secret.len() == 64 && is_hex(prefix) && is_hex(secret)).then_some(prefix)
}

impl Door {
    /// Who shows a token; `None` for one that is unknown, revoked or over, or whose person may not sign in.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn identity_of_token(&self, text: &str, now: Moment) -> Result<Option<Identity>, Fault> {
        let Some(prefix) = prefix(text) else { return Ok(None) };
        let (token, identity) = {
            let mut look = self.store().look().await?;
            let Some((token, hash, person)) = look.token_by_prefix(prefix, now).await? else {
                return Ok(None);
            };
            if !secret::is_equal(&hash, &secret::hash(text)) {
                return Ok(None);
            }
            let grants = look.grants_of(person.id).await?;
            let (roles, products) = limits(&token.grants);
            let limits = Limits { token: token.id, roles, products };
            (token, Identity::new(person, grants, Some(limits)))
        };
        if token.last_used.plus(TOUCHED_AFTER) <= now {
            let mut change = self.store().change().await?;
            change.touch_token(token.id, now).await?;
            change.commit().await?;
        }
        Ok(Some(identity))
    }

    /// Makes a token for oneself, or as an administrator for somebody else (`person`), with a part of that person's
    /// roles. The text is shown this once.
    ///
    /// # Errors
    /// `Denied` to tokens and for others; `Refused` when it would reach further than the person.
    pub async fn make_token(
        &self,
        identity: &Identity,
        person: i64,
        wish: &TokenWish,
        now: Moment,
    ) -> Result<(i64, Secret), Fault> {
        not_by_token(identity)?;
        if person != identity.person {
            identity.must_everywhere(Act::Administer)?;
        }
        check(wish, now)?;
        let prefix = random::<6>()?;
        let text = format!("{MARK}_{prefix}_{}", random::<32>()?);
        let new = NewToken {
            person,
            name: wish.name.trim().to_owned(),
            prefix: prefix.clone(),
            hash: secret::hash(&text),
            grants: written(&wish.roles, &wish.products),
            expires: wish.expires,
        };
        let scope = own(identity.organisation);
        let mut change = self.store().change().await?;
        let of = change.person(&scope, person).await?;
        let of = of.ok_or_else(|| store::Error::NotFound(format!("person {person}")))?;
        let grants = change.grants_of(person).await?;
        check_roles(&Identity::new(of, grants, None), wish)?;
        let id = change.add_token(&scope, &new, now).await?;
        let body = json!({ "token": id, "prefix": prefix, "name": new.name, "grants": new.grants,
            "expires": wish.expires.0, "person": person });
        change
            .log(&scope, &entry(&identity.actor(), "token.made", &format!("token/{id}"), body, now))
            .await?;
        change.commit().await?;
        Ok((id, Secret::of(text)))
    }

    /// The tokens of oneself; of everybody for an administrator who asks for `all`. Newest first.
    ///
    /// # Errors
    /// `Denied` for all without the role.
    pub async fn tokens(&self, identity: &Identity, all: bool) -> Result<Vec<TokenInfo>, Fault> {
        if all {
            identity.must_everywhere(Act::Administer)?;
        }
        let tokens = self.store().look().await?.tokens(&own(identity.organisation)).await?;
        let mine = tokens.into_iter().filter(|token| all || token.person == identity.person);
        Ok(mine
            .map(|token| {
                let (roles, products) = limits(&token.grants);
                TokenInfo { token, roles, products }
            })
            .collect())
    }

    /// Revokes a token for good: one's own, or any as an administrator. A token may revoke itself.
    ///
    /// # Errors
    /// `NotFound` when there is none in force.
    pub async fn revoke_token(&self, identity: &Identity, id: i64, now: Moment) -> Result<(), Fault> {
        let scope = own(identity.organisation);
        let mut change = self.store().change().await?;
        let tokens = change.tokens(&scope).await?;
        let token = tokens.iter().find(|token| token.id == id);
        let token = token.ok_or_else(|| store::Error::NotFound(format!("token {id}")))?;
        if identity.token.as_ref().is_some_and(|limits| limits.token != id) {
            not_by_token(identity)?;
        }
        if token.person != identity.person {
            identity.must_everywhere(Act::Administer)?;
        }
        change.revoke_token(&scope, id, now).await?;
        let body = json!({ "token": id, "person": token.person });
        let entry = entry(&identity.actor(), "token.revoked", &format!("token/{id}"), body, now);
        change.log(&scope, &entry).await?;
        change.commit().await?;
        Ok(())
    }
}

/// People, passwords and tokens are changed by people: a stolen token must not make itself a successor.
pub(crate) fn not_by_token(identity: &Identity) -> Result<(), Fault> {
    match identity.token {
        Some(_) => Err(Fault::Denied("a token cannot do this; sign in as a person".to_owned())),
        None => Ok(()),
    }
}

fn check(wish: &TokenWish, now: Moment) -> Result<(), Fault> {
    let refused = |text: &str| Err(Fault::Refused(text.to_owned()));
    if wish.name.trim().is_empty() {
        return refused("a token has a name that says what it is for");
    }
    if wish.roles.is_empty() {
        return refused("a token has at least one role");
    }
    if wish.products == Products::Some(BTreeSet::new()) {
        return refused("a token is for all products or for at least one");
    }
    if wish.expires <= now {
        return refused("a token ends in the future; one without an end is not made");
    }
    if wish.expires > now.plus(LONGEST) {
        return refused("a token lives for two years at most");
    }
    Ok(())
}

/// Each role that is wanted is one of the person's, on the products that are wanted.
fn check_roles(person: &Identity, wish: &TokenWish) -> Result<(), Fault> {
    for role in &wish.roles {
        let of: Vec<Option<i64>> =
            person.grants.iter().filter(|grant| grant.role == *role).map(|grant| grant.product).collect();
        let has_all = of.contains(&None);
        let reaches = has_all
            || match &wish.products {
                Products::All => !of.is_empty(),
                Products::Some(ids) => ids.iter().all(|id| of.contains(&Some(*id))),
            };
        if !reaches {
            return Err(Fault::Refused(format!(
                "{} has not the role {} there: a token reaches no further than its person",
                person.login,
                role.word()
            )));
        }
    }
    Ok(())
}
