//! Roles of people, per product or for all products of their organisation.

use model::access::Role;

use crate::database::Row;
use crate::error::{Error, Result};
use crate::{Change, Look, Moment, Scope};

/// A role of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who has it.
    pub person: i64,
    /// For which product; `None` = all of the organisation.
    pub product: Option<i64>,
    /// The role.
    pub role: Role,
    /// Who gave it; 0 = the installation.
    pub granted_by: i64,
    /// When.
    pub granted: Moment,
}

pub(crate) const COLUMNS: &str = "g.person, g.product, g.role, g.granted_by, g.granted";

pub(crate) fn read(row: &Row) -> Result<Grant> {
    let word = row.text(2)?;
    Ok(Grant {
        person: row.int(0)?,
        product: Some(row.int(1)?).filter(|product| *product != 0),
        role: Role::parse(&word).ok_or_else(|| Error::Broken(format!("unknown role {word}")))?,
        granted_by: row.int(3)?,
        granted: row.moment(4)?,
    })
}

impl Look {
    /// All grants of the organisation, by person.
    pub async fn grants(&mut self, scope: &Scope) -> Result<Vec<Grant>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM role_grant g JOIN person p ON p.id = g.person
             WHERE p.organisation = $1 ORDER BY g.person, g.product, g.role"
        );
        let grants: Result<Vec<Grant>> =
            self.line.rows(sql, &[scope.organisation.into()]).await?.iter().map(read).collect();
        Ok(grants?.into_iter().filter(|grant| grant.product.is_none_or(|id| scope.allows(id))).collect())
    }
}

impl Change {
    /// Gives a role; giving it twice is harmless.
    pub async fn grant(&mut self, scope: &Scope, grant: &Grant) -> Result<()> {
        self.check_grant(scope, grant.person, grant.product).await?;
        self.line
            .run(
                "INSERT INTO role_grant (person, product, role, granted_by, granted) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (person, product, role) DO NOTHING",
                &[
                    grant.person.into(),
                    grant.product.unwrap_or(0).into(),
                    grant.role.word().into(),
                    grant.granted_by.into(),
                    grant.granted.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Takes a role away; true when there was one.
    pub async fn revoke(
        &mut self,
        scope: &Scope,
        person: i64,
        product: Option<i64>,
        role: Role,
    ) -> Result<bool> {
        self.check_grant(scope, person, product).await?;
        let sql = "DELETE FROM role_grant WHERE person = $1 AND product = $2 AND role = $3";
        let values = [person.into(), product.unwrap_or(0).into(), role.word().into()];
        Ok(self.line.run(sql, &values).await? > 0)
    }

    async fn check_grant(&mut self, scope: &Scope, person: i64, product: Option<i64>) -> Result<()> {
        if self.person(scope, person).await?.is_none() {
            return Err(Error::NotFound(format!("person {person}")));
        }
        match product {
            Some(product) => self.must_reach(scope, product).await,
            None if scope.is_whole() => Ok(()),
            None => Err(Error::Invalid("a role for all products needs a scope that reaches all".to_owned())),
        }
    }
}
