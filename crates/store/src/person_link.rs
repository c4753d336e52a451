//! People whom an identity provider names. The pair of issuer and subject is the only key: names and mail addresses can
//! change hands, a subject cannot.

use crate::error::{Error, Result};
use crate::person::{self, Person};
use crate::{Change, Look, Moment, Scope};

/// Whom a provider means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLink {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// The person, as the provider names it.
    pub subject: String,
    /// The person here.
    pub person: i64,
    /// The account was made by the mapping of groups to roles, which decides its roles.
    pub is_mapped: bool,
}

impl Look {
    /// The person of issuer and subject, active or not, and whether the mapping of groups decides the roles. Listed in
    /// [`crate::unscoped`].
    pub async fn person_by_link(&mut self, issuer: &str, subject: &str) -> Result<Option<(Person, bool)>> {
        let columns: Vec<String> = person::COLUMNS.split(", ").map(|name| format!("p.{name}")).collect();
        let sql = format!(
            "SELECT {}, l.is_mapped FROM person_link l JOIN person p ON p.id = l.person
             WHERE l.issuer = $1 AND l.subject = $2",
            columns.join(", ")
        );
        let row = self.line.row(sql, &[issuer.into(), subject.into()]).await?;
        row.map(|row| Ok((person::read(&row)?, row.flag(7)?))).transpose()
    }
}

impl Change {
    /// Links a person of the scope. `Conflict` when the subject is somebody already.
    pub async fn add_person_link(&mut self, scope: &Scope, link: &PersonLink, now: Moment) -> Result<()> {
        if self.person(scope, link.person).await?.is_none() {
            return Err(Error::NotFound(format!("person {}", link.person)));
        }
        if self.person_by_link(&link.issuer, &link.subject).await?.is_some() {
            return Err(Error::Conflict("this account of the provider is linked already".to_owned()));
        }
        let sql = "INSERT INTO person_link (issuer, subject, person, is_mapped, created)
                   VALUES ($1, $2, $3, $4, $5)";
        let values = [
            (&link.issuer).into(),
            (&link.subject).into(),
            link.person.into(),
            link.is_mapped.into(),
            now.into(),
        ];
        self.line.run(sql, &values).await?;
        Ok(())
    }
}
