//! The inventory of a release: which components it has, and what is theirs only there.

use model::component::{Component, Coverage};

use crate::cell::open_sql;
use crate::component_shape as shape;
use crate::database::bulk;
use crate::database::dialect::Kind;
use crate::error::{Error, Result};
use crate::page::Order;
use crate::{Change, Listed, Look, Page, Scope};

/// A component of a release in lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseComponent {
    /// Its place in the inventory, from 0.
    pub place: u64,
    /// Id of the distinct component.
    pub component: i64,
    /// Name.
    pub name: String,
    /// Version as written; may be empty.
    pub version: String,
    /// First package URL; may be empty.
    pub purl: String,
    /// Word of its role.
    pub role: String,
    /// Word of its coverage state.
    pub coverage: String,
}

impl Look {
    /// The whole inventory of a release as it was put, with the ids of the distinct components.
    pub async fn inventory(&mut self, scope: &Scope, release: i64) -> Result<Vec<(i64, Component)>> {
        self.product_of(scope, release).await?;
        let sql = "SELECT c.id, c.body, rc.occurrence, rc.coverage FROM release_component rc
                   JOIN component c ON c.id = rc.component WHERE rc.release = $1 ORDER BY rc.place";
        let rows = self.line.rows(sql, &[release.into()]).await?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, shape::read(&row.text(1)?, &row.text(2)?, &row.text(3)?)?)))
            .collect()
    }

    /// A page of the inventory, filtered by a part of the name and by the word of the coverage state.
    pub async fn release_components(
        &mut self,
        scope: &Scope,
        release: i64,
        text: &str,
        coverage: &str,
        page: &Page,
    ) -> Result<Listed<ReleaseComponent>> {
        self.product_of(scope, release).await?;
        let order =
            Order { word: "place".into(), columns: vec![("rc.place".into(), Kind::Int)], descending: false };
        let span = order.span(page)?;
        let which = "FROM release_component rc JOIN component c ON c.id = rc.component WHERE rc.release = $1
                     AND ($2 = '' OR lower(c.name) LIKE $2 ESCAPE '\\') AND ($3 = '' OR rc.coverage = $3)";
        let values = [release.into(), containing(text).into(), coverage.into()];
        let total = self.line.int(format!("SELECT count(*) {which}"), &values).await?;
        let mut values = values.to_vec();
        let beyond = span.condition(&mut values);
        let sql = format!(
            "SELECT rc.place, c.id, c.name, c.version, c.purl, c.role, rc.coverage {which}{beyond}
             ORDER BY {} LIMIT {}",
            span.order(),
            span.rows()
        );
        let rows: Result<Vec<ReleaseComponent>> =
            self.line.rows(sql, &values).await?.iter().map(read).collect();
        let place = |row: &ReleaseComponent| i64::try_from(row.place).unwrap_or(i64::MAX);
        Ok(span.cut(rows?, total.unsigned_abs(), |row| vec![place(row).into()]))
    }

    /// How many components of a release are in each coverage state; together they are all of them.
    pub async fn coverage(&mut self, scope: &Scope, release: i64) -> Result<Vec<(String, u64)>> {
        self.product_of(scope, release).await?;
        let sql = "SELECT coverage, n FROM coverage_count WHERE release = $1 ORDER BY 1";
        let rows = self.line.rows(sql, &[release.into()]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs()))).collect()
    }

    /// The same over all releases of the scope.
    pub async fn coverage_of_all(&mut self, scope: &Scope) -> Result<Vec<(String, u64)>> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT n.coverage, CAST(sum(n.n) AS BIGINT) FROM release r JOIN coverage_count n ON n.release = r.id
             WHERE r.product IN {ids} GROUP BY n.coverage ORDER BY 1"
        );
        let products = self.reach_value(scope).await?;
        let rows = self.line.rows(sql, &[products]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs()))).collect()
    }
}

impl Change {
    /// Puts the inventory of a release in place of what was there and returns the ids of the distinct components in
    /// the same order, with `true` for those never seen before.
    pub async fn put_inventory(
        &mut self,
        scope: &Scope,
        release: i64,
        components: &[Component],
    ) -> Result<Vec<(i64, bool)>> {
        self.hold_release(scope, release).await?;
        let ids = self.put_components(components).await?;
        let mut rows = Vec::with_capacity(components.len());
        for (place, (component, (id, _))) in components.iter().zip(&ids).enumerate() {
            let (_, occurrence) = shape::write(component)?;
            rows.push((place, *id, component.coverage.word(), occurrence));
        }
        if self.has_inventory(release, &rows).await? {
            return Ok(ids);
        }
        self.line.run("DELETE FROM release_component WHERE release = $1", &[release.into()]).await?;
        let columns = [
            ("place", Kind::Int),
            ("component", Kind::Int),
            ("coverage", Kind::Text),
            ("occurrence", Kind::Text),
        ];
        let table = self.line.dialect().table("$2", &columns);
        let sql = format!(
            "INSERT INTO release_component (release, place, component, coverage, occurrence, urgency)
             SELECT $1, place, component, coverage, occurrence, 0 FROM {table} t"
        );
        self.line.run(sql, &[release.into(), bulk(&rows)?]).await?;
        let count = i64::try_from(components.len()).unwrap_or(i64::MAX);
        self.line
            .run("UPDATE release SET components = $1 WHERE id = $2", &[count.into(), release.into()])
            .await?;
        self.count_coverage(release).await?;
        Ok(ids)
    }

    /// True when the same inventory is there already: whoever judges again need not write it again.
    async fn has_inventory(&mut self, release: i64, rows: &[(usize, i64, &str, String)]) -> Result<bool> {
        let sql = "SELECT component, occurrence FROM release_component WHERE release = $1 ORDER BY place";
        let there = self.line.rows(sql, &[release.into()]).await?;
        if there.len() != rows.len() || rows.is_empty() {
            return Ok(false);
        }
        for (there, (_, component, _, occurrence)) in there.iter().zip(rows) {
            if there.int(0)? != *component || there.text(1)? != *occurrence {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn count_coverage(&mut self, release: i64) -> Result<()> {
        self.line.run("DELETE FROM coverage_count WHERE release = $1", &[release.into()]).await?;
        let sql = "INSERT INTO coverage_count (release, coverage, n)
                   SELECT release, coverage, count(*) FROM release_component WHERE release = $1
                   GROUP BY release, coverage";
        self.line.run(sql, &[release.into()]).await?;
        Ok(())
    }

    /// Writes the coverage states of a release, in the order of its inventory, and how urgent the worst open finding of
    /// each component is: to be called after the findings were put.
    pub async fn put_coverage(&mut self, scope: &Scope, release: i64, states: &[Coverage]) -> Result<()> {
        self.product_of(scope, release).await?;
        let there = "SELECT components FROM release WHERE id = $1";
        let count = self.line.int(there, &[release.into()]).await?.unsigned_abs();
        if count != states.len() as u64 {
            return Err(Error::Invalid(format!("{} coverage states for {count} components", states.len())));
        }
        // Each row names the release, too, so that the inventory is looked up by it and not the other way round.
        let rows: Vec<(i64, usize, &str)> =
            states.iter().enumerate().map(|(place, state)| (release, place, state.word())).collect();
        let columns = [("release", Kind::Int), ("place", Kind::Int), ("word", Kind::Text)];
        let table = self.line.dialect().table("$1", &columns);
        let open = open_sql("f");
        let sql = format!(
            "UPDATE release_component SET coverage = n.word, urgency = n.urgency
             FROM (SELECT c.release, c.place, t.word, coalesce((
                       SELECT max(f.urgency) + 1 FROM finding f
                       WHERE f.release = c.release AND f.component = c.component AND {open}), 0) AS urgency
                   FROM {table} t JOIN release_component c ON c.release = t.release AND c.place = t.place) n
             WHERE release_component.release = n.release AND release_component.place = n.place
             AND (release_component.coverage <> n.word OR release_component.urgency <> n.urgency)"
        );
        self.line.run(sql, &[bulk(&rows)?]).await?;
        self.count_coverage(release).await
    }
}

fn read(row: &crate::database::Row) -> Result<ReleaseComponent> {
    Ok(ReleaseComponent {
        place: row.int(0)?.unsigned_abs(),
        component: row.int(1)?,
        name: row.text(2)?,
        version: row.text(3)?,
        purl: row.text(4)?,
        role: row.text(5)?,
        coverage: row.text(6)?,
    })
}

/// The pattern of LIKE for "contains this text", letters of any size; empty for no text.
pub(crate) fn containing(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut pattern = String::from("%");
    for letter in text.chars().flat_map(char::to_lowercase) {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
