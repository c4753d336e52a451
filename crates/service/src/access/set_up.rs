//! The first start: whoever holds the link that the program prints makes the organisation and its administrator.

use model::access::Role;
use serde_json::json;
use store::grant::Grant;
use store::link::{Link, LinkKind};
use store::person::NewPerson;
use store::{Moment, Scope};

use super::door::Door;
use super::people::{check_login, entry};
use super::secret::{self, Secret};
use crate::house::Fault;

/// How long the link of the first start holds, in milliseconds: a day. Each start of the program makes a new one.
pub const SET_UP: i64 = 24 * 3_600_000;

/// Roles of the first person: administrator, and what is needed to look at the first release. Further ones are
/// granted by whoever administers.
pub const FIRST_ROLES: [Role; 4] = [Role::Admin, Role::Lead, Role::ProductManager, Role::PolicyEditor];

/// What is given at the first start.
#[derive(Clone, Copy)]
pub struct SetUp<'a> {
    /// Short name of the organisation, for URLs.
    pub slug: &'a str,
    /// Name of the organisation for people.
    pub organisation: &'a str,
    /// Name at sign-in of the first person.
    pub login: &'a str,
    /// Name for people.
    pub name: &'a str,
    /// Mail address; may be empty.
    pub mail: &'a str,
    /// Password.
    pub password: &'a str,
}

impl Door {
    /// A new link for the first start; the one before ends. `None` once there is an organisation.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn set_up_link(&self, now: Moment) -> Result<Option<Secret>, Fault> {
        let mut change = self.store().change().await?;
        if !change.organisations().await?.is_empty() {
            return Ok(None);
        }
        let secret = Secret::new()?;
        let link = Link {
            hash: secret.hash(),
            organisation: 0,
            kind: LinkKind::SetUp,
            person: 0,
            made_by: 0,
            created: now,
            expires: now.plus(SET_UP),
            used: Moment::NEVER,
        };
        change.add_link(&Scope::whole(0, Role::Admin), &link).await?;
        change.commit().await?;
        Ok(Some(secret))
    }

    /// True while a link of the first start holds.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn set_up_holds(&self, text: &str, now: Moment) -> Result<bool, Fault> {
        let mut look = self.store().look().await?;
        let link = look.link(&secret::hash(text), now).await?;
        Ok(link.is_some_and(|link| link.kind == LinkKind::SetUp) && look.organisations().await?.is_empty())
    }

    /// Makes the organisation and its administrator; the link is used up. Returns the person.
    ///
    /// # Errors
    /// `Refused` when the link does not hold, somebody was faster, or a text is not one.
    pub async fn set_up(&self, text: &str, given: SetUp<'_>, now: Moment) -> Result<i64, Fault> {
        let over = || Fault::Refused("the link was used or is over: start the program again".to_owned());
        let hash = secret::hash(text);
        let link = self.store().look().await?.link(&hash, now).await?;
        if link.is_none_or(|link| link.kind != LinkKind::SetUp) {
            return Err(over());
        }
        check(&given)?;
        let password = self.passwords().hash(given.password).await?;
        let mut change = self.store().change().await?;
        if !change.use_link(&hash, now).await? || !change.organisations().await?.is_empty() {
            return Err(over());
        }
        let scope = change.add_organisation(given.slug, given.organisation.trim(), now).await?;
        let new = NewPerson {
            login: given.login.to_owned(),
            name: given.name.trim().to_owned(),
            mail: given.mail.trim().to_owned(),
            password,
        };
        let person = change.add_person(&scope, &new, now).await?;
        for role in FIRST_ROLES {
            change.grant(&scope, &Grant { person, product: None, role, granted_by: 0, granted: now }).await?;
        }
        let roles: Vec<&str> = FIRST_ROLES.iter().map(|role| role.word()).collect();
        let body = json!({ "organisation": given.slug, "login": given.login, "roles": roles });
        let subject = format!("person/{person}");
        change.log(&scope, &entry("set-up link", "organisation.made", &subject, body, now)).await?;
        change.commit().await?;
        Ok(person)
    }
}

fn check(given: &SetUp<'_>) -> Result<(), Fault> {
    if !crate::profile::is_product_id(given.slug) || given.slug.len() > 63 {
        return Err(Fault::Refused(format!(
            "{:?} is no short name: lower-case letters, digits and hyphens, a letter or digit first",
            given.slug
        )));
    }
    if given.organisation.trim().is_empty() {
        return Err(Fault::Refused("the organisation has a name".to_owned()));
    }
    check_login(given.login)
}
