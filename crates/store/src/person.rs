//! People who sign in. Hashing of passwords is done in `service`; here lies its text.

use std::fmt;

use crate::database::Row;
use crate::error::{Error, Result};
use crate::{Change, Look, Moment, Scope};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: i64,
    /// The organisation.
    pub organisation: i64,
    /// Name at sign-in, unique in the installation.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// Mail address; may be empty.
    pub mail: String,
    /// May sign in.
    pub is_active: bool,
    /// When it was made.
    pub created: Moment,
}

/// A hash that is not printed: of a password or of a token.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SecretHash(pub String);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// What is given for a new person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Name at sign-in.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// Mail address; may be empty.
    pub mail: String,
    /// Text of the password's hash; empty = cannot sign in by password.
    pub password: SecretHash,
}

pub(crate) const COLUMNS: &str = "id, organisation, login, name, mail, is_active, created";

pub(crate) fn read(row: &Row) -> Result<Person> {
    Ok(Person {
        id: row.int(0)?,
        organisation: row.int(1)?,
        login: row.text(2)?,
        name: row.text(3)?,
        mail: row.text(4)?,
        is_active: row.flag(5)?,
        created: row.moment(6)?,
    })
}

impl Look {
    /// All people of the organisation, by login.
    pub async fn people(&mut self, scope: &Scope) -> Result<Vec<Person>> {
        let sql = format!("SELECT {COLUMNS} FROM person WHERE organisation = $1 ORDER BY login");
        self.line.rows(sql, &[scope.organisation.into()]).await?.iter().map(read).collect()
    }

    /// Of all people, by id: whether they can sign in (a password, or an account of a provider), and when a session of theirs that holds was seen last
    /// ([`Moment::NEVER`] = there is none).
    pub async fn people_seen(&mut self, scope: &Scope) -> Result<Vec<(i64, bool, Moment)>> {
        let sql = "SELECT p.id, CAST(CASE WHEN p.password = ''
                           AND NOT EXISTS (SELECT 1 FROM person_link l WHERE l.person = p.id) THEN 0 ELSE 1 END AS BIGINT),
                       CAST(COALESCE((SELECT MAX(s.last_seen) FROM session s WHERE s.person = p.id), 0) AS BIGINT)
                   FROM person p WHERE p.organisation = $1 ORDER BY p.id";
        let rows = self.line.rows(sql, &[scope.organisation.into()]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.int(1)? != 0, row.moment(2)?))).collect()
    }

    /// One person.
    pub async fn person(&mut self, scope: &Scope, id: i64) -> Result<Option<Person>> {
        let sql = format!("SELECT {COLUMNS} FROM person WHERE id = $1 AND organisation = $2");
        let row = self.line.row(sql, &[id.into(), scope.organisation.into()]).await?;
        row.as_ref().map(read).transpose()
    }
}

impl Change {
    /// Adds a person and returns the id. `Conflict` when the login is taken.
    pub async fn add_person(&mut self, scope: &Scope, new: &NewPerson, now: Moment) -> Result<i64> {
        let taken = self.line.row("SELECT id FROM person WHERE login = $1", &[(&new.login).into()]).await?;
        if taken.is_some() {
            return Err(Error::Conflict(format!("the login {} is taken", new.login)));
        }
        self.line
            .int(
                "INSERT INTO person (organisation, login, name, mail, password, is_active, created)
                 VALUES ($1, $2, $3, $4, $5, 1, $6) RETURNING id",
                &[
                    scope.organisation.into(),
                    (&new.login).into(),
                    (&new.name).into(),
                    (&new.mail).into(),
                    (&new.password.0).into(),
                    now.into(),
                ],
            )
            .await
    }

    /// Changes how a person is called and reached.
    pub async fn rename_person(&mut self, scope: &Scope, person: i64, name: &str, mail: &str) -> Result<()> {
        let sql = "UPDATE person SET name = $1, mail = $2 WHERE id = $3 AND organisation = $4";
        let values = [name.into(), mail.into(), person.into(), scope.organisation.into()];
        match self.line.run(sql, &values).await? {
            0 => Err(Error::NotFound(format!("person {person}"))),
            _ => Ok(()),
        }
    }

    /// Sets a new password hash and ends the person's sessions.
    pub async fn set_password(&mut self, scope: &Scope, person: i64, hash: &SecretHash) -> Result<()> {
        let sql = "UPDATE person SET password = $1 WHERE id = $2 AND organisation = $3";
        let touched =
            self.line.run(sql, &[(&hash.0).into(), person.into(), scope.organisation.into()]).await?;
        self.end_sessions_if(touched, person).await
    }

    /// Lets a person sign in, or not any more; the latter ends the sessions.
    pub async fn set_person_active(&mut self, scope: &Scope, person: i64, is_active: bool) -> Result<()> {
        let sql = "UPDATE person SET is_active = $1 WHERE id = $2 AND organisation = $3";
        let touched =
            self.line.run(sql, &[is_active.into(), person.into(), scope.organisation.into()]).await?;
        self.end_sessions_if(touched, person).await
    }

    async fn end_sessions_if(&mut self, touched: u64, person: i64) -> Result<()> {
        if touched == 0 {
            return Err(Error::NotFound(format!("person {person}")));
        }
        self.line.run("DELETE FROM session WHERE person = $1", &[person.into()]).await?;
        Ok(())
    }
}
