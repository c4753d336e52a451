//! Products: what a maker sells, with the time he supports it.

use crate::database::Row;
use crate::error::{Error, Result};
use crate::{Change, Look, Moment, Scope};

/// A product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: i64,
    /// The organisation.
    pub organisation: i64,
    /// Short name for URLs and the command line, unique in the organisation.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// What `service` keeps of it (JSON: line, due times, gate).
    pub settings: String,
    /// Support begins.
    pub support_from: Moment,
    /// Support ends; [`Moment::NEVER`] = not said.
    pub support_until: Moment,
    /// No longer shown in lists of what is current.
    pub is_archived: bool,
    /// When it was made.
    pub created: Moment,
}

/// What can be written of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductText {
    /// Short name.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// JSON of `service`.
    pub settings: String,
    /// Support begins.
    pub support_from: Moment,
    /// Support ends.
    pub support_until: Moment,
    /// Archived.
    pub is_archived: bool,
}

const COLUMNS: &str =
    "id, organisation, slug, name, settings, support_from, support_until, is_archived, created";

fn read(row: &Row) -> Result<Product> {
    Ok(Product {
        id: row.int(0)?,
        organisation: row.int(1)?,
        slug: row.text(2)?,
        name: row.text(3)?,
        settings: row.text(4)?,
        support_from: row.moment(5)?,
        support_until: row.moment(6)?,
        is_archived: row.flag(7)?,
        created: row.moment(8)?,
    })
}

impl Look {
    /// The products of the scope, by short name.
    pub async fn products(&mut self, scope: &Scope) -> Result<Vec<Product>> {
        let sql = format!("SELECT {COLUMNS} FROM product WHERE organisation = $1 ORDER BY slug");
        let all: Result<Vec<Product>> =
            self.line.rows(sql, &[scope.organisation.into()]).await?.iter().map(read).collect();
        Ok(all?.into_iter().filter(|product| scope.allows(product.id)).collect())
    }

    /// A product by id.
    pub async fn product(&mut self, scope: &Scope, id: i64) -> Result<Option<Product>> {
        let sql = format!("SELECT {COLUMNS} FROM product WHERE id = $1 AND organisation = $2");
        let row = self.line.row(sql, &[id.into(), scope.organisation.into()]).await?;
        let product = row.as_ref().map(read).transpose()?;
        Ok(product.filter(|product| scope.allows(product.id)))
    }

    /// A product by short name.
    pub async fn product_by_slug(&mut self, scope: &Scope, slug: &str) -> Result<Option<Product>> {
        let sql = format!("SELECT {COLUMNS} FROM product WHERE organisation = $1 AND slug = $2");
        let row = self.line.row(sql, &[scope.organisation.into(), slug.into()]).await?;
        let product = row.as_ref().map(read).transpose()?;
        Ok(product.filter(|product| scope.allows(product.id)))
    }
}

impl Change {
    /// Adds a product and returns the id. `Conflict` when the short name is taken, `Invalid` when the scope does not
    /// reach all products: somebody who sees some must not learn which names exist.
    pub async fn add_product(&mut self, scope: &Scope, text: &ProductText, now: Moment) -> Result<i64> {
        if !scope.is_whole() {
            return Err(Error::Invalid("a new product needs a scope that reaches all".to_owned()));
        }
        self.line
            .int(
                "INSERT INTO product (organisation, slug, name, settings, support_from, support_until, is_archived, created)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                &[
                    scope.organisation.into(),
                    (&text.slug).into(),
                    (&text.name).into(),
                    (&text.settings).into(),
                    text.support_from.into(),
                    text.support_until.into(),
                    text.is_archived.into(),
                    now.into(),
                ],
            )
            .await
    }

    /// Writes a product's texts anew.
    pub async fn put_product(&mut self, scope: &Scope, id: i64, text: &ProductText) -> Result<()> {
        self.must_reach(scope, id).await?;
        self.line
            .run(
                "UPDATE product SET slug = $1, name = $2, settings = $3, support_from = $4, support_until = $5,
                     is_archived = $6 WHERE id = $7",
                &[
                    (&text.slug).into(),
                    (&text.name).into(),
                    (&text.settings).into(),
                    text.support_from.into(),
                    text.support_until.into(),
                    text.is_archived.into(),
                    id.into(),
                ],
            )
            .await?;
        Ok(())
    }
}
