//! Numbers over everything in sight that pages show without counting: releases, pairs, coverage, and the open findings
//! of each day.

use std::collections::{BTreeMap, BTreeSet};

use model::assessment::ResponseClass;
use model::finding::Verdict;

use crate::cell::{Cell, class_code, class_of};
use crate::database::dialect::Kind;
use crate::database::{bulk, ints};
use crate::error::Result;
use crate::finding_list::FindingFilter;
use crate::vulnerability::vulnerability_id;
use crate::{Change, Look, Moment, Scope};

/// Numbers over the releases of a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReleaseTotals {
    /// Releases.
    pub releases: u64,
    /// Of them judged at least once.
    pub judged: u64,
    /// Components in all of them.
    pub components: u64,
    /// Pairs of component and vulnerability that shared a key when they were judged last.
    pub matches: u64,
    /// When the last of them was judged; [`Moment::NEVER`] = none was.
    pub judged_last: Moment,
}

/// Open findings by class; `None` = not assessed.
pub type ByClass = BTreeMap<Option<ResponseClass>, u64>;

/// Days since 1970, in UTC.
pub fn day_of(moment: Moment) -> i64 {
    moment.0.div_euclid(86_400_000)
}

impl Look {
    /// Numbers over the releases of the scope, or of one product in it.
    pub async fn release_totals(&mut self, scope: &Scope, product: Option<i64>) -> Result<ReleaseTotals> {
        let mut products = self.reach(scope).await?;
        products.retain(|id| product.is_none_or(|wanted| wanted == *id));
        let ids = self.line.dialect().ids("$1");
        // PostgreSQL sums whole numbers into ones with fractions.
        let sql = format!(
            "SELECT count(*), coalesce(sum(CASE WHEN judged > 0 THEN 1 ELSE 0 END), 0),
                    CAST(coalesce(sum(components), 0) AS BIGINT), CAST(coalesce(sum(matches), 0) AS BIGINT),
                    coalesce(max(judged), 0)
             FROM release WHERE product IN {ids}"
        );
        let Some(row) = self.line.row(sql, &[ints(products)]).await? else {
            return Ok(ReleaseTotals::default());
        };
        Ok(ReleaseTotals {
            releases: row.int(0)?.unsigned_abs(),
            judged: row.int(1)?.unsigned_abs(),
            components: row.int(2)?.unsigned_abs(),
            matches: row.int(3)?.unsigned_abs(),
            judged_last: row.moment(4)?,
        })
    }

    /// How many components are in which state of coverage, in each release of a product.
    pub async fn coverage_by_release(
        &mut self,
        scope: &Scope,
        product: i64,
    ) -> Result<Vec<(i64, String, u64)>> {
        self.must_reach(scope, product).await?;
        let sql = "SELECT c.release, c.coverage, c.n FROM coverage_count c JOIN release r ON r.id = c.release
                   WHERE r.product = $1 ORDER BY c.release, c.coverage";
        let rows = self.line.rows(sql, &[product.into()]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?, row.int(2)?.unsigned_abs()))).collect()
    }

    /// The open findings of the scope at the end of each day from `since` to `until` (days since 1970), oldest first.
    /// A day without a note is as the one before it; days before the first note are left out.
    pub async fn trend(&mut self, scope: &Scope, since: i64, until: i64) -> Result<Vec<(i64, ByClass)>> {
        let products = self.reach_value(scope).await?;
        let ids = self.line.dialect().ids("$1");
        // Of each product the last day before the first one counts, too: it holds on.
        let sql = format!(
            "SELECT t.product, t.day, t.class, t.n FROM trend t WHERE t.product IN {ids} AND t.day <= $3
             AND t.day >= coalesce((SELECT max(b.day) FROM trend b WHERE b.product = t.product AND b.day <= $2), $2)
             ORDER BY t.day"
        );
        let rows = self.line.rows(sql, &[products, since.into(), until.into()]).await?;
        let mut notes: BTreeMap<i64, BTreeMap<i64, ByClass>> = BTreeMap::new();
        for row in &rows {
            let note = notes.entry(row.int(1)?).or_default().entry(row.int(0)?).or_default();
            note.insert(class_of(row.int(2)?)?, row.int(3)?.unsigned_abs());
        }
        Ok(carried(&notes, since, until))
    }
}

/// The sum of what holds for each product on each day.
fn carried(notes: &BTreeMap<i64, BTreeMap<i64, ByClass>>, since: i64, until: i64) -> Vec<(i64, ByClass)> {
    let Some(first) = notes.keys().next().copied() else { return Vec::new() };
    let mut holds: BTreeMap<i64, ByClass> = BTreeMap::new();
    for note in notes.range(..since).map(|(_, note)| note) {
        holds.extend(note.clone());
    }
    let mut days = Vec::new();
    for day in since.max(first)..=until {
        holds.extend(notes.get(&day).cloned().unwrap_or_default());
        let mut sum = ByClass::new();
        for (class, n) in holds.values().flatten() {
            let place = sum.entry(*class).or_default();
            *place = place.saturating_add(*n);
        }
        days.push((day, sum));
    }
    days
}

impl Look {
    /// In how many releases a vulnerability is found, of the findings that pass the rest of the filter.
    pub async fn releases_with_findings(&mut self, scope: &Scope, filter: &FindingFilter) -> Result<u64> {
        let Some(vulnerability) = &filter.vulnerability else { return Ok(0) };
        let products = self.reach_value(scope).await?;
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT f.release, f.cell FROM finding f WHERE f.vulnerability = $2 AND f.product IN {ids}
             GROUP BY f.release, f.cell"
        );
        let rows = self.line.rows(sql, &[products, vulnerability_id(vulnerability).into()]).await?;
        let mut releases = BTreeSet::new();
        for row in &rows {
            if filter.admits(&Cell::read(row.int(1)?)?) {
                releases.insert(row.int(0)?);
            }
        }
        Ok(releases.len() as u64)
    }
}

impl Change {
    /// Notes the open findings of products as those of a day. Listed in [`crate::unscoped`].
    pub async fn put_trend(&mut self, products: &[i64], now: Moment) -> Result<()> {
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT product, cell, n FROM finding_count WHERE product IN {ids} AND release = 0 AND n > 0"
        );
        let rows = self.line.rows(sql, &[ints(products.iter().copied())]).await?;
        let mut sums: BTreeMap<(i64, i64), u64> = BTreeMap::new();
        // Each class has a row, also with none: a day must be able to say that there is nothing left.
        for product in products {
            sums.extend(CODES.map(|class| ((*product, class), 0)));
        }
        for row in &rows {
            let cell = Cell::read(row.int(1)?)?;
            if cell.is_active && cell.status.verdict() != Verdict::NotAffected {
                let place = sums.entry((row.int(0)?, class_code(cell.class))).or_default();
                *place = place.saturating_add(row.int(2)?.unsigned_abs());
            }
        }
        let rows: Vec<(i64, i64, u64)> =
            sums.into_iter().map(|((product, class), n)| (product, class, n)).collect();
        let columns = [("product", Kind::Int), ("class", Kind::Int), ("n", Kind::Int)];
        let table = self.line.dialect().table("$2", &columns);
        let sql = format!(
            "INSERT INTO trend (product, day, class, n) SELECT product, $1, class, n FROM {table} t WHERE true
             ON CONFLICT (product, day, class) DO UPDATE SET n = excluded.n"
        );
        self.line.run(sql, &[day_of(now).into(), bulk(&rows)?]).await?;
        Ok(())
    }
}

/// The codes of all classes in a cell.
const CODES: [i64; 5] = [0, 1, 2, 3, 4];

#[cfg(test)]
mod tests {
    use super::*;

    fn note(n: u64) -> ByClass {
        ByClass::from([(Some(ResponseClass::Planned), n)])
    }

    #[test]
    fn days_without_a_note_are_as_the_day_before() {
        let notes = BTreeMap::from([
            (3, BTreeMap::from([(1, note(5))])),
            (6, BTreeMap::from([(1, note(4)), (2, note(10))])),
            (8, BTreeMap::from([(1, note(0))])),
        ]);
        let planned = |since, until| -> Vec<(i64, u64)> {
            let days = carried(&notes, since, until);
            days.iter().map(|(day, of)| (*day, of.values().sum())).collect()
        };
        assert_eq!(planned(4, 9), [(4, 5), (5, 5), (6, 14), (7, 14), (8, 10), (9, 10)]);
        assert_eq!(planned(1, 4), [(3, 5), (4, 5)]);
        assert!(carried(&BTreeMap::new(), 1, 4).is_empty());
    }
}
