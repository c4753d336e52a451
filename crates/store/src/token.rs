//! Access tokens: shown once when made, then known by a prefix and the SHA-256 of the whole.

use crate::database::Row;
use crate::error::{Error, Result};
use crate::person::SecretHash;
use crate::{Change, Look, Moment, Scope};

/// A token as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: i64,
    /// The organisation.
    pub organisation: i64,
    /// Whose rights it has at most.
    pub person: i64,
    /// Name for people.
    pub name: String,
    /// Its first characters, unique.
    pub prefix: String,
    /// What it may do, as `service` writes it (JSON).
    pub grants: String,
    /// When it was made.
    pub created: Moment,
    /// When it ends; [`Moment::NEVER`] = it does not.
    pub expires: Moment,
    /// When it was revoked; [`Moment::NEVER`] = it was not.
    pub revoked: Moment,
    /// When it was used last, roughly.
    pub last_used: Moment,
}

/// What is given for a new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Whose rights it has at most.
    pub person: i64,
    /// Name for people.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// SHA-256 of the whole.
    pub hash: SecretHash,
    /// What it may do (JSON).
    pub grants: String,
    /// When it ends.
    pub expires: Moment,
}

pub(crate) const COLUMNS: &str =
    "id, organisation, person, name, prefix, grants, created, expires, revoked, last_used";

pub(crate) fn read(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.int(0)?,
        organisation: row.int(1)?,
        person: row.int(2)?,
        name: row.text(3)?,
        prefix: row.text(4)?,
        grants: row.text(5)?,
        created: row.moment(6)?,
        expires: row.moment(7)?,
        revoked: row.moment(8)?,
        last_used: row.moment(9)?,
    })
}

impl Look {
    /// All tokens of the organisation, newest first, revoked ones included.
    pub async fn tokens(&mut self, scope: &Scope) -> Result<Vec<Token>> {
        let sql = format!("SELECT {COLUMNS} FROM token WHERE organisation = $1 ORDER BY id DESC");
        self.line.rows(sql, &[scope.organisation.into()]).await?.iter().map(read).collect()
    }
}

impl Change {
    /// Adds a token and returns the id.
    pub async fn add_token(&mut self, scope: &Scope, new: &NewToken, now: Moment) -> Result<i64> {
        if self.person(scope, new.person).await?.is_none() {
            return Err(Error::NotFound(format!("person {}", new.person)));
        }
        self.line
            .int(
                "INSERT INTO token (organisation, person, name, prefix, hash, grants, created, expires, revoked, last_used)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0) RETURNING id",
                &[
                    scope.organisation.into(),
                    new.person.into(),
                    (&new.name).into(),
                    (&new.prefix).into(),
                    (&new.hash.0).into(),
                    (&new.grants).into(),
                    now.into(),
                    new.expires.into(),
                ],
            )
            .await
    }

    /// Revokes a token for good.
    pub async fn revoke_token(&mut self, scope: &Scope, id: i64, now: Moment) -> Result<()> {
        let sql = "UPDATE token SET revoked = $1 WHERE id = $2 AND organisation = $3 AND revoked = 0";
        match self.line.run(sql, &[now.into(), id.into(), scope.organisation.into()]).await? {
            0 => Err(Error::NotFound(format!("token {id} in force"))),
            _ => Ok(()),
        }
    }
}
