//! Releases of products: what was shipped, and when it was judged last.

use model::product::ReleaseState;

use crate::database::{Row, Value};
use crate::error::{Error, Result};
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
                       r.generation, r.components, r.summary";

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
    })
}

impl Look {
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
        let before = page.place("newest")?.map_or(i64::MAX, |place| place.id);
        let sql = format!(
            "SELECT {COLUMNS} FROM release r WHERE r.product IN {ids} AND r.id < $2 ORDER BY r.id DESC LIMIT $3"
        );
        let rows = self.line.rows(sql, &[products.clone(), before.into(), page.rows().into()]).await?;
        let rows: Result<Vec<Release>> = rows.iter().map(read).collect();
        let (rows, next) = page.cut("newest", rows?, |release| (String::new(), release.id));
        let total = self
            .line
            .int(format!("SELECT count(*) FROM release WHERE product IN {ids}"), &[products])
            .await?;
        Ok(Listed { rows, next, total: total.unsigned_abs() })
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
        now: Moment,
    ) -> Result<()> {
        let sql = "UPDATE release SET judged = $1, generation = $2, summary = $3 WHERE id = $4";
        self.line.run(sql, &[now.into(), generation.into(), summary.into(), release.into()]).await?;
        Ok(())
    }
}
