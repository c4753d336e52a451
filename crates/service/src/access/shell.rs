//! For a shell that makes the secrets of its sessions itself: it gives and asks by their SHA-256 as hex digits, and its
//! sessions end at the moment it says. [`Door::sign_in`] and [`Door::recognise`] do it all, with rotation.

use store::Moment;
use store::person::SecretHash;
use store::session::Session;

use super::door::{Admitted, Door, Knock};
use super::identity::Identity;
use super::session::ABSOLUTE;
use crate::house::Fault;

/// What a look at login and password says.
#[derive(Clone, Debug)]
pub enum Admission {
    /// It is this person.
    In(Box<Identity>),
    /// Login or password is wrong.
    Wrong,
    /// There were too many failures: nothing was looked at.
    Wait {
        /// So long.
        milliseconds: i64,
    },
}

/// A session by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Who.
    pub identity: Identity,
    /// When it began.
    pub made: Moment,
    /// When it ends.
    pub until: Moment,
}

impl Door {
    /// Looks at login and password as [`Door::sign_in`] does, and begins no session.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn check_password(&self, knock: Knock<'_>, now: Moment) -> Result<Admission, Fault> {
        Ok(match self.admit(&knock, now).await? {
            Admitted::Wrong => Admission::Wrong,
            Admitted::Wait { milliseconds } => Admission::Wait { milliseconds },
            Admitted::In(person) => {
                let grants = self.store().look().await?.grants_of(person.id).await?;
                Admission::In(Box::new(Identity::new(*person, grants, None)))
            }
        })
    }

    /// Keeps a session of somebody who was admitted, for a week at most.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn keep_session(
        &self,
        identity: &Identity,
        hash: SecretHash,
        until: Moment,
        now: Moment,
    ) -> Result<(), Fault> {
        let session = Session {
            hash,
            person: identity.person,
            data: "{}".to_owned(),
            created: now,
            last_seen: now,
            expires: until.min(now.plus(ABSOLUTE)),
        };
        let mut change = self.store().change().await?;
        change.put_session(&session).await?;
        change.commit().await?;
        Ok(())
    }

    /// The session of a hash, with the roles of now; `None` when it is unknown or over.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn kept_session(&self, hash: &SecretHash, now: Moment) -> Result<Option<Kept>, Fault> {
        let mut look = self.store().look().await?;
        let Some((session, person)) = look.session(hash, now).await? else { return Ok(None) };
        let grants = look.grants_of(person.id).await?;
        let identity = Identity::new(person, grants, None);
        Ok(Some(Kept { identity, made: session.created, until: session.expires }))
    }

    /// Ends the session of a hash; one that is unknown has ended.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn end_kept_session(&self, hash: &SecretHash) -> Result<(), Fault> {
        let mut change = self.store().change().await?;
        change.end_session(hash).await?;
        change.commit().await?;
        Ok(())
    }
}
