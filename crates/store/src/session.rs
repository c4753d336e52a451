//! Sessions of signed-in people, known by the SHA-256 of what the browser holds.

use crate::error::Result;
use crate::person::SecretHash;
use crate::{Change, Moment};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie.
    pub hash: SecretHash,
    /// Who is signed in.
    pub person: i64,
    /// What `web` keeps with it (JSON).
    pub data: String,
    /// When it began.
    pub created: Moment,
    /// When it was seen last, roughly.
    pub last_seen: Moment,
    /// When it ends.
    pub expires: Moment,
}

impl Change {
    /// Begins or refreshes a session. Listed in [`crate::unscoped`]: it comes before any scope.
    pub async fn put_session(&mut self, session: &Session) -> Result<()> {
        self.line
            .run(
                "INSERT INTO session (hash, person, data, created, last_seen, expires) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (hash) DO UPDATE SET data = excluded.data, last_seen = excluded.last_seen,
                     expires = excluded.expires",
                &[
                    (&session.hash.0).into(),
                    session.person.into(),
                    (&session.data).into(),
                    session.created.into(),
                    session.last_seen.into(),
                    session.expires.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Ends one session. Listed in [`crate::unscoped`].
    pub async fn end_session(&mut self, hash: &SecretHash) -> Result<()> {
        self.line.run("DELETE FROM session WHERE hash = $1", &[(&hash.0).into()]).await?;
        Ok(())
    }

    /// Removes sessions whose time is over. Listed in [`crate::unscoped`].
    pub async fn sweep_sessions(&mut self, now: Moment) -> Result<u64> {
        self.line.run("DELETE FROM session WHERE expires <= $1", &[now.into()]).await
    }
}
