//! Releases of products: what was shipped, and when it was judged last.

use model::product::ReleaseState;

use crate::database::{Row, Value};
use crate::error::{Error, Result};
use crate::page::Order;
use crate::release_component::containing;
use crate::{Change, Listed, Look, Moment, Page, Scope};

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its id.
    pub id: i64,
    /// The product.
    pub product: i64,
    /// Version as the maker writes it, unique in the product.
    pub version: String,
    /// State.
    pub state: ReleaseState,
    /// Its own end of support; [`Moment::NEVER`] = the product's.
    pub support_until: Moment,
    /// When it was shipped.
    pub released: Moment,
    /// When it was made here.
    pub created: Moment,
    /// When it was judged last; [`Moment::NEVER`] = not yet.
    pub judged: Moment,
    /// Hash of the index generation it was judged with; empty = not yet.
    pub generation: String,
    /// Number of its components.
    pub components: u64,
    /// Pairs of component and vulnerability that shared a key when it was judged last.
    pub matches: u64,
    /// What `service` keeps of the last judgement (JSON: coverage, funnel).
    pub summary: String,
}

/// What can be written of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseText {
    /// Version.
    pub version: String,
    /// State.
    pub state: ReleaseState,
    /// Own end of support.
    pub support_until: Moment,
    /// When it was shipped.
    pub released: Moment,
}

const COLUMNS: &str = "r.id, r.product, r.version, r.state, r.support_until, r.released, r.created, r.judged, \
                       r.generation, r.components, r.summary, r.matches";

fn read(row: &Row) -> Result<Release> {
    let word = row.text(3)?;
    Ok(Release {
        id: row.int(0)?,
        product: row.int(1)?,
        version: row.text(2)?,
        state: ReleaseState::parse(&word)
            .ok_or_else(|| Error::Broken(format!("unknown release state {word}")))?,
        support_until: row.moment(4)?,
        released: row.moment(5)?,
        created: row.moment(6)?,
        judged: row.moment(7)?,
        generation: row.text(8)?,
        components: row.int(9)?.unsigned_abs(),
        summary: row.text(10)?,
        matches: row.int(11)?.unsigned_abs(),
    })
}

/// The newest release of a product, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseHead {
    /// The product.
    pub product: i64,
    /// Its releases.
    pub releases: u64,
    /// Id of the newest.
    pub newest: i64,
    /// Its version.
    pub version: String,
    /// It was judged at least once.
    pub is_judged: bool,
}

impl Look {
    /// The newest release of each product of the scope that has any.
    pub async fn release_heads(&mut self, scope: &Scope) -> Result<Vec<ReleaseHead>> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT r.product, h.n, r.id, r.version, r.judged FROM (
                 SELECT product, count(*) AS n, max(id) AS newest FROM release WHERE product IN {ids} GROUP BY product) h
             JOIN release r ON r.id = h.newest ORDER BY r.product"
        );
        let products = self.reach_value(scope).await?;
        let rows = self.line.rows(sql, &[products]).await?;
        let head = |row: &Row| {
            let releases = row.int(1)?.unsigned_abs();
            let is_judged = row.int(4)? != 0;
            Ok(ReleaseHead {
                product: row.int(0)?,
                releases,
                newest: row.int(2)?,
                version: row.text(3)?,
                is_judged,
            })
        };
        rows.iter().map(head).collect()
    }

    /// Releases whose version has a text in it, newest first, at most `limit`: id, product, version.
    pub async fn releases_named(
        &mut self,
        scope: &Scope,
        text: &str,
        limit: u32,
    ) -> Result<Vec<(i64, i64, String)>> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT id, product, version FROM release WHERE product IN {ids} AND lower(version) LIKE $2 ESCAPE '\\'
             ORDER BY id DESC LIMIT {limit}"
        );
        let values = [self.reach_value(scope).await?, containing(text).into()];
        let rows = self.line.rows(sql, &values).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?, row.text(2)?))).collect()
    }

    /// A release by id.
    pub async fn release(&mut self, scope: &Scope, id: i64) -> Result<Option<Release>> {
        self.one_release(scope, "r.id = $1", &[id.into()]).await
    }

    /// A release by product and version.
    pub async fn release_by_version(
        &mut self,
        scope: &Scope,
        product: i64,
        version: &str,
    ) -> Result<Option<Release>> {
        self.one_release(scope, "r.product = $1 AND r.version = $2", &[product.into(), version.into()]).await
    }

    async fn one_release(&mut self, scope: &Scope, which: &str, values: &[Value]) -> Result<Option<Release>> {
        let sql = format!("SELECT {COLUMNS} FROM release r WHERE {which}");
        let Some(row) = self.line.row(sql, values).await? else { return Ok(None) };
        let release = read(&row)?;
        Ok(self.must_reach(scope, release.product).await.is_ok().then_some(release))
    }

    /// The releases of the scope or of one product in it, newest first.
    pub async fn releases(
        &mut self,
        scope: &Scope,
        product: Option<i64>,
        page: &Page,
    ) -> Result<Listed<Release>> {
        let mut products = self.reach(scope).await?;
        products.retain(|id| product.is_none_or(|wanted| wanted == *id));
        let products = crate::database::ints(products);
        let ids = self.line.dialect().ids("$1");
        let span = Order::newest("r.id").span(page)?;
        let mut values = vec![products.clone()];
        let beyond = span.condition(&mut values);
        let sql = format!(
            "SELECT {COLUMNS} FROM release r WHERE r.product IN {ids}{beyond} ORDER BY {} LIMIT {}",
            span.order(),
            span.rows()
        );
        let rows: Result<Vec<Release>> = self.line.rows(sql, &values).await?.iter().map(read).collect();
        let total = self
            .line
            .int(format!("SELECT count(*) FROM release WHERE product IN {ids}"), &[products])
            .await?;
        Ok(span.cut(rows?, total.unsigned_abs(), |release| vec![release.id.into()]))
    }
}

impl Change {
    /// Adds a release and returns the id. `Conflict` when the version exists.
    pub async fn add_release(
        &mut self,
        scope: &Scope,
        product: i64,
        text: &ReleaseText,
        now: Moment,
    ) -> Result<i64> {
        self.must_reach(scope, product).await?;
        self.line
            .int(
                "INSERT INTO release (product, version, state, support_until, released, created, judged, generation,
                     components, summary) VALUES ($1, $2, $3, $4, $5, $6, 0, '', 0, '{}') RETURNING id",
                &[
                    product.into(),
                    (&text.version).into(),
                    text.state.word().into(),
                    text.support_until.into(),
                    text.released.into(),
                    now.into(),
                ],
            )
            .await
    }

    /// Keeps a release for this transaction: who else wants to change its documents or its inventory waits.
    pub async fn hold_release(&mut self, scope: &Scope, release: i64) -> Result<()> {
        self.product_of(scope, release).await?;
        let sql = format!("SELECT id FROM release WHERE id = $1{}", self.line.dialect().for_update());
        self.line.rows(sql, &[release.into()]).await?;
        Ok(())
    }

    /// Writes a release's texts anew.
    pub async fn put_release(&mut self, scope: &Scope, id: i64, text: &ReleaseText) -> Result<()> {
        self.product_of(scope, id).await?;
        self.line
            .run(
                "UPDATE release SET version = $1, state = $2, support_until = $3, released = $4 WHERE id = $5",
                &[
                    (&text.version).into(),
                    text.state.word().into(),
                    text.support_until.into(),
                    text.released.into(),
                    id.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Notes that a release was judged. Listed in [`crate::unscoped`].
    pub async fn mark_judged(
        &mut self,
        release: i64,
        generation: &str,
        summary: &str,
        matches: u64,
        now: Moment,
    ) -> Result<()> {
        let sql = "UPDATE release SET judged = $1, generation = $2, summary = $3, matches = $4 WHERE id = $5";
        self.line
            .run(
                sql,
                &[
                    now.into(),
                    generation.into(),
                    summary.into(),
                    i64::try_from(matches).unwrap_or(i64::MAX).into(),
                    release.into(),
                ],
            )
            .await?;
        Ok(())
    }
}
