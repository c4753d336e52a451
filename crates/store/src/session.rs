//! Sessions of signed-in people, known by the SHA-256 of what the browser holds.

use crate::error::{Error, Result};
use crate::person::SecretHash;
use crate::{Change, Look, Moment, Scope};

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

impl Look {
    /// The sessions of a person whose time is not over, the one seen last first.
    pub async fn sessions_of(&mut self, scope: &Scope, person: i64, now: Moment) -> Result<Vec<Session>> {
        let sql = "SELECT s.hash, s.person, s.data, s.created, s.last_seen, s.expires FROM session s
                   JOIN person p ON p.id = s.person
                   WHERE s.person = $1 AND p.organisation = $2 AND s.expires > $3 ORDER BY s.last_seen DESC, s.hash";
        let rows = self.line.rows(sql, &[person.into(), scope.organisation.into(), now.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Session {
                    hash: SecretHash(row.text(0)?),
                    person: row.int(1)?,
                    data: row.text(2)?,
                    created: row.moment(3)?,
                    last_seen: row.moment(4)?,
                    expires: row.moment(5)?,
                })
            })
            .collect()
    }
}

impl Change {
    /// Ends the sessions of a person, except one; returns how many.
    pub async fn end_sessions_of(
        &mut self,
        scope: &Scope,
        person: i64,
        except: Option<&SecretHash>,
    ) -> Result<u64> {
        if self.person(scope, person).await?.is_none() {
            return Err(Error::NotFound(format!("person {person}")));
        }
        let kept = except.map(|hash| hash.0.as_str()).unwrap_or_default();
        let sql = "DELETE FROM session WHERE person = $1 AND hash <> $2";
        self.line.run(sql, &[person.into(), kept.into()]).await
    }

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
