//! One-time links by which people choose their password: an invitation, or a new one where the old is forgotten. The
//! program sends no mail with it: whoever makes the link hands it over.

use serde_json::json;
use store::link::Link;
pub use store::link::LinkKind;
use store::person::Person;
use store::{Change, Moment, Scope};

use super::door::Door;
use super::people::entry;
use super::secret::{self, Secret};
use super::session::own;
use crate::house::Fault;

/// How long an invitation holds, in milliseconds: a week.
pub const INVITATION: i64 = 7 * 24 * 3_600_000;
/// How long a link to a new password holds: a day.
pub const RESET: i64 = 24 * 3_600_000;

/// A link that holds, before it is used: what its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// An invitation, or a new password.
    pub kind: LinkKind,
    /// For whom.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// When it ends.
    pub expires: Moment,
}

/// Makes a link for somebody; the one before ends.
pub(crate) async fn make(
    change: &mut Change,
    scope: &Scope,
    kind: LinkKind,
    person: i64,
    made_by: i64,
    now: Moment,
) -> Result<Secret, Fault> {
    let secret = Secret::new()?;
    let holds = if kind == LinkKind::Invitation { INVITATION } else { RESET };
    let link = Link {
        hash: secret.hash(),
        organisation: scope.organisation,
        kind,
        person,
        made_by,
        created: now,
        expires: now.plus(holds),
        used: Moment::NEVER,
    };
    change.add_link(scope, &link).await?;
    Ok(secret)
}

impl Door {
    /// What a link opens; `None` when it is unknown, used or over.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn link(&self, text: &str, now: Moment) -> Result<Option<OpenLink>, Fault> {
        let mut look = self.store().look().await?;
        let Some(link) = look.link(&secret::hash(text), now).await? else { return Ok(None) };
        let person = look.person(&own(link.organisation), link.person).await?;
        Ok(person.filter(|person| person.is_active).map(|Person { login, name, .. }| OpenLink {
            kind: link.kind,
            login,
            name,
            expires: link.expires,
        }))
    }

    /// Chooses a password by a link, which is used up; sessions of the person end. Returns the login.
    ///
    /// # Errors
    /// `Refused` when the link does not hold, or the password is too short.
    pub async fn choose_password(&self, text: &str, password: &str, now: Moment) -> Result<String, Fault> {
        let over = || Fault::Refused("the link was used or is over: ask for a new one".to_owned());
        let hash = secret::hash(text);
        // Known before the password is hashed: whoever has no link does not keep the server busy.
        if self.link(text, now).await?.is_none() {
            return Err(over());
        }
        let password = self.passwords().hash(password).await?;
        let mut change = self.store().change().await?;
        let link = change.link(&hash, now).await?.filter(|link| link.person != 0).ok_or_else(over)?;
        if !change.use_link(&hash, now).await? {
            return Err(over());
        }
        let scope = own(link.organisation);
        let person = change.person(&scope, link.person).await?.filter(|person| person.is_active);
        let person = person.ok_or_else(over)?;
        change.set_password(&scope, person.id, &password).await?;
        let who = format!("person/{}", person.id);
        let body = json!({ "by": link.kind.word(), "link_made_by": link.made_by });
        change.log(&scope, &entry(&who, "password.chosen", &who, body, now)).await?;
        change.commit().await?;
        Ok(person.login)
    }
}
