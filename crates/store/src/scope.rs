//! Whose rows an answer may hold.

use std::collections::BTreeSet;

use model::access::Role;

use crate::Look;
use crate::database::{Value, ints};
use crate::error::{Error, Result};

/// Which products of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Products {
    /// All, those of tomorrow included.
    All,
    /// Only these, by id.
    Some(BTreeSet<i64>),
}

/// The border of every question: one organisation, the products that somebody may see there, and the role in which he
/// asks. What a role may do is decided in `service`; the store only never answers across the border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The organisation's id.
    pub organisation: i64,
    /// The products.
    pub products: Products,
    /// The role.
    pub role: Role,
}

impl Scope {
    /// Everything of an organisation, in a role.
    pub fn whole(organisation: i64, role: Role) -> Scope {
        Scope { organisation, products: Products::All, role }
    }

    /// True when it reaches every product, hence also what belongs to the organisation and to no product.
    pub fn is_whole(&self) -> bool {
        self.products == Products::All
    }

    /// True for a product within the border.
    pub fn reaches(&self, product: i64) -> bool {
        self.allows(product)
    }

    pub(crate) fn allows(&self, product: i64) -> bool {
        match &self.products {
            Products::All => true,
            Products::Some(ids) => ids.contains(&product),
        }
    }
}

impl Look {
    /// The ids of the products that exist within a scope, in order. Every list begins here, so that a product of
    /// another organisation that slipped into a scope still shows nothing.
    pub(crate) async fn reach(&mut self, scope: &Scope) -> Result<Vec<i64>> {
        let rows = self
            .line
            .rows("SELECT id FROM product WHERE organisation = $1 ORDER BY id", &[scope.organisation.into()])
            .await?;
        let ids: Result<Vec<i64>> = rows.iter().map(|row| row.int(0)).collect();
        Ok(ids?.into_iter().filter(|id| scope.allows(*id)).collect())
    }

    /// The same as one value for `dialect.ids`.
    pub(crate) async fn reach_value(&mut self, scope: &Scope) -> Result<Value> {
        Ok(ints(self.reach(scope).await?))
    }

    /// Refuses a product outside of the scope as if it did not exist.
    pub(crate) async fn must_reach(&mut self, scope: &Scope, product: i64) -> Result<()> {
        let found = self
            .line
            .row(
                "SELECT id FROM product WHERE id = $1 AND organisation = $2",
                &[product.into(), scope.organisation.into()],
            )
            .await?;
        if found.is_some() && scope.allows(product) {
            Ok(())
        } else {
            Err(Error::NotFound(format!("product {product}")))
        }
    }

    /// The product of a release, when it is within the scope.
    pub(crate) async fn product_of(&mut self, scope: &Scope, release: i64) -> Result<i64> {
        let missing = || Error::NotFound(format!("release {release}"));
        let row = self.line.row("SELECT product FROM release WHERE id = $1", &[release.into()]).await?;
        let product = row.ok_or_else(missing)?.int(0)?;
        self.must_reach(scope, product).await.map_err(|_| missing())?;
        Ok(product)
    }
}
