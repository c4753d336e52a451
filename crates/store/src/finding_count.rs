//! How many findings there are, exactly, without counting them: numbers that pages show and lists confirm.

use crate::cell::Cell;
use crate::database::ints;
use crate::error::Result;
use crate::{Look, Scope};

/// A number of findings that have the same cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellCount {
    /// The product.
    pub product: i64,
    /// The release; `None` = all of the product.
    pub release: Option<i64>,
    /// What holds on them.
    pub cell: Cell,
    /// How many.
    pub n: u64,
}

/// A number of findings of a component that have the same cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentCount {
    /// Id of the distinct component.
    pub component: i64,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What holds on them.
    pub cell: Cell,
    /// How many.
    pub n: u64,
}

impl Look {
    /// Numbers per product of the scope.
    pub async fn counts_by_product(&mut self, scope: &Scope) -> Result<Vec<CellCount>> {
        let products = self.reach(scope).await?;
        self.counts(&products, "release = 0").await
    }

    /// Numbers per release of a product.
    pub async fn counts_by_release(&mut self, scope: &Scope, product: i64) -> Result<Vec<CellCount>> {
        self.must_reach(scope, product).await?;
        self.counts(&[product], "release <> 0").await
    }

    /// Numbers of one release.
    pub async fn counts_of_release(&mut self, scope: &Scope, release: i64) -> Result<Vec<CellCount>> {
        let product = self.product_of(scope, release).await?;
        self.counts(&[product], &format!("release = {release}")).await
    }

    /// Numbers of the whole scope by cell and by code of the reason.
    pub async fn counts_by_reason(&mut self, scope: &Scope) -> Result<Vec<(Cell, String, u64)>> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT cell, reason, CAST(sum(n) AS BIGINT) FROM finding_count WHERE product IN {ids} AND release = 0
             AND n > 0 GROUP BY cell, reason ORDER BY cell, reason"
        );
        let products = self.reach_value(scope).await?;
        let rows = self.line.rows(sql, &[products]).await?;
        rows.iter()
            .map(|row| Ok((Cell::read(row.int(0)?)?, row.text(1)?, row.int(2)?.unsigned_abs())))
            .collect()
    }

    /// Numbers of each component of a release: id, name, version, cell, number.
    pub async fn counts_by_component(&mut self, scope: &Scope, release: i64) -> Result<Vec<ComponentCount>> {
        self.product_of(scope, release).await?;
        let sql = "SELECT f.component, c.name, c.version, f.cell, count(*) FROM finding f
                   JOIN component c ON c.id = f.component WHERE f.release = $1
                   GROUP BY f.component, c.name, c.version, f.cell ORDER BY f.component, f.cell";
        let rows = self.line.rows(sql, &[release.into()]).await?;
        rows.iter()
            .map(|row| {
                Ok(ComponentCount {
                    component: row.int(0)?,
                    name: row.text(1)?,
                    version: row.text(2)?,
                    cell: Cell::read(row.int(3)?)?,
                    n: row.int(4)?.unsigned_abs(),
                })
            })
            .collect()
    }

    async fn counts(&mut self, products: &[i64], which: &str) -> Result<Vec<CellCount>> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT product, release, cell, CAST(sum(n) AS BIGINT) FROM finding_count
             WHERE product IN {ids} AND {which} AND n > 0
             GROUP BY product, release, cell ORDER BY product, release, cell"
        );
        let rows = self.line.rows(sql, &[ints(products.iter().copied())]).await?;
        rows.iter()
            .map(|row| {
                Ok(CellCount {
                    product: row.int(0)?,
                    release: Some(row.int(1)?).filter(|release| *release != 0),
                    cell: Cell::read(row.int(2)?)?,
                    n: row.int(3)?.unsigned_abs(),
                })
            })
            .collect()
    }
}
