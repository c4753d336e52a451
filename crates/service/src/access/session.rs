//! Sessions: what a browser holds is 256 random bits, what is kept is their SHA-256. A session ends when nobody uses
//! it, and at the latest after its longest time; its secret is changed now and then while it goes on.

use serde::{Deserialize, Serialize};
use store::person::{Person, SecretHash};
use store::session::Session;
use store::{Change, Moment, Scope};

use super::door::Door;
use super::identity::Identity;
use super::people::entry;
use super::secret::{self, Secret};
use crate::house::Fault;

/// Unused for so long it ends, in milliseconds: half a day.
pub const IDLE: i64 = 12 * 3_600_000;
/// Its longest time: a week.
pub const ABSOLUTE: i64 = 7 * 24 * 3_600_000;
/// After this time its secret is changed: an hour.
const ROTATED_AFTER: i64 = 3_600_000;
/// So long the old secret still holds, for what the browser had under way: a minute.
const GRACE: i64 = 60_000;
/// Its last use is noted this often at most.
const TOUCHED_AFTER: i64 = 60_000;

/// What is kept with a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// Where it was begun from.
    address: String,
    /// The browser, as it says.
    agent: String,
    /// When the secret was made.
    issued: i64,
    /// What the proofs of its forms are made from: it stays when the secret changes, so that a page that was open
    /// for hours can still be sent.
    #[serde(default)]
    form: String,
    /// A newer secret took the place of this one.
    #[serde(default)]
    is_replaced: bool,
}

/// A session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// By which it can be ended; says nothing of the secret.
    pub id: String,
    /// Where it was begun from.
    pub address: String,
    /// The browser, as it says.
    pub agent: String,
    /// When it began.
    pub created: Moment,
    /// When it was seen last, to the minute.
    pub last_seen: Moment,
    /// When it ends unless it is used.
    pub expires: Moment,
    /// The one that asks.
    pub is_this: bool,
}

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// Who.
    pub identity: Identity,
    /// What the proofs of the session's forms are made from; it never leaves the server as it is.
    pub form: Secret,
    /// A new secret for the cookie; the old one holds for another minute.
    pub renewed: Option<Secret>,
}

/// Begins a session.
pub(crate) async fn begin(
    change: &mut Change,
    person: &Person,
    address: &str,
    agent: &str,
    now: Moment,
) -> Result<Secret, Fault> {
    let secret = Secret::new()?;
    let form = Secret::new()?.reveal().to_owned();
    let kept = Kept { address: short(address), agent: short(agent), issued: now.0, form, is_replaced: false };
    let session = Session {
        hash: secret.hash(),
        person: person.id,
        data: serde_json::to_string(&kept).unwrap_or_default(),
        created: now,
        last_seen: now,
        expires: now.plus(IDLE.min(ABSOLUTE)),
    };
    change.put_session(&session).await?;
    Ok(secret)
}

/// What comes from outside is kept in short.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

impl Door {
    /// Who holds a cookie; `None` for one that is unknown or over.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn recognise(&self, cookie: &str, now: Moment) -> Result<Option<Recognised>, Fault> {
        let hash = secret::hash(cookie);
        let (session, person, grants) = {
            let mut look = self.store().look().await?;
            let Some((session, person)) = look.session(&hash, now).await? else { return Ok(None) };
            let grants = look.grants_of(person.id).await?;
            (session, person, grants)
        };
        let kept: Kept = serde_json::from_str(&session.data).unwrap_or_default();
        let renewed = self.go_on(session, kept.clone(), now).await?;
        let form = Secret::of(kept.form);
        Ok(Some(Recognised { identity: Identity::new(person, grants, None), form, renewed }))
    }

    /// Notes the use of a session, and changes its secret when it is time.
    async fn go_on(&self, session: Session, kept: Kept, now: Moment) -> Result<Option<Secret>, Fault> {
        if kept.is_replaced || session.last_seen.plus(TOUCHED_AFTER) > now {
            return Ok(None);
        }
        let end = session.created.plus(ABSOLUTE);
        let expires = now.plus(IDLE).min(end);
        let mut change = self.store().change().await?;
        // Signed out meanwhile: a session that has ended is not begun again by its last use.
        if change.session(&session.hash, now).await?.is_none() {
            return Ok(None);
        }
        if kept.issued.saturating_add(ROTATED_AFTER) > now.0 {
            change.put_session(&Session { last_seen: now, expires, ..session }).await?;
            change.commit().await?;
            return Ok(None);
        }
        let secret = Secret::new()?;
        let old = Kept { is_replaced: true, ..kept.clone() };
        let new = Kept { issued: now.0, ..kept };
        let text = |kept: &Kept| serde_json::to_string(kept).unwrap_or_default();
        let until = now.plus(GRACE).min(session.expires);
        change.put_session(&Session { data: text(&old), expires: until, ..session.clone() }).await?;
        let next = Session { hash: secret.hash(), data: text(&new), last_seen: now, expires, ..session };
        change.put_session(&next).await?;
        change.commit().await?;
        Ok(Some(secret))
    }

    /// Ends the session of a cookie; one that is unknown has ended.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn sign_out(&self, cookie: &str, now: Moment) -> Result<(), Fault> {
        let hash = secret::hash(cookie);
        let mut change = self.store().change().await?;
        if let Some((session, person)) = change.session(&hash, now).await? {
            // The secret before, if it was changed within the last minute, ends with it.
            let kept: Kept = serde_json::from_str(&session.data).unwrap_or_default();
            let scope = own(person.organisation);
            for other in change.sessions_of(&scope, person.id, now).await? {
                let of: Kept = serde_json::from_str(&other.data).unwrap_or_default();
                let is_same = other.created == session.created && of.address == kept.address;
                if is_same && of.is_replaced != kept.is_replaced {
                    change.end_session(&other.hash).await?;
                }
            }
            change.end_session(&hash).await?;
            let who = format!("person/{}", person.id);
            let body = serde_json::json!({});
            change.log(&scope, &entry(&who, "signed_out", &who, body, now)).await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// The sessions of somebody, the one used last first. `cookie` marks the one that asks.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn sessions(
        &self,
        identity: &Identity,
        cookie: &str,
        now: Moment,
    ) -> Result<Vec<SessionInfo>, Fault> {
        let this = secret::hash(cookie);
        let mut look = self.store().look().await?;
        let sessions = look.sessions_of(&own(identity.organisation), identity.person, now).await?;
        Ok(sessions.into_iter().filter_map(|session| info(session, &this)).collect())
    }

    /// Ends one of the own sessions.
    ///
    /// # Errors
    /// `NotFound` when there is none of this id.
    pub async fn end_session(&self, identity: &Identity, id: &str, now: Moment) -> Result<(), Fault> {
        let scope = own(identity.organisation);
        let mut change = self.store().change().await?;
        let sessions = change.sessions_of(&scope, identity.person, now).await?;
        let session = sessions.iter().find(|session| id_of(&session.hash) == id);
        let session = session.ok_or_else(|| store::Error::NotFound(format!("session {id}")))?;
        change.end_session(&session.hash).await?;
        let body = serde_json::json!({ "session": id });
        let entry = entry(&identity.actor(), "session.ended", &identity.hand(), body, now);
        change.log(&scope, &entry).await?;
        change.commit().await?;
        Ok(())
    }

    /// Ends all of the own sessions but the one that asks; returns how many.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn end_other_sessions(
        &self,
        identity: &Identity,
        cookie: &str,
        now: Moment,
    ) -> Result<u64, Fault> {
        let scope = own(identity.organisation);
        let mut change = self.store().change().await?;
        let this = secret::hash(cookie);
        let ended = change.end_sessions_of(&scope, identity.person, Some(&this)).await?;
        let body = serde_json::json!({ "ended": ended });
        let entry = entry(&identity.actor(), "session.others_ended", &identity.hand(), body, now);
        change.log(&scope, &entry).await?;
        change.commit().await?;
        Ok(ended)
    }
}

/// The border of what is one's own and belongs to no product.
pub(crate) fn own(organisation: i64) -> Scope {
    let products = store::Products::Some(std::collections::BTreeSet::new());
    Scope { organisation, products, role: model::access::Role::Auditor }
}

fn id_of(hash: &SecretHash) -> String {
    hash.0.chars().take(16).collect()
}

fn info(session: Session, this: &SecretHash) -> Option<SessionInfo> {
    let kept: Kept = serde_json::from_str(&session.data).unwrap_or_default();
    (!kept.is_replaced).then(|| SessionInfo {
        id: id_of(&session.hash),
        address: kept.address,
        agent: kept.agent,
        created: session.created,
        last_seen: session.last_seen,
        expires: session.expires,
        is_this: session.hash == *this,
    })
}
