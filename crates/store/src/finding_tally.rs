//! The counts of findings, moved by the same transaction that writes them: numbers on pages never need a count.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::Change;
use crate::cell::{Cell, class_code, open_sql};
use crate::database::dialect::Kind;
use crate::database::{bulk, ints};
use crate::error::Result;
use crate::finding_write::Difference;

/// Whose a release is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose {
    pub(crate) product: i64,
    pub(crate) organisation: i64,
}

/// Reasons before and after, by release, component and vulnerability.
pub(crate) type Reasons = BTreeMap<(i64, i64, i64), (String, String)>;

/// What is moved of a vulnerability in a place: open findings by class, and releases.
type Tally = ([i64; 5], i64);

impl Change {
    /// Moves the counts by the differences, per release and per product.
    pub(crate) async fn count(&mut self, differences: &[Difference], reasons: &Reasons) -> Result<()> {
        let mut moves: BTreeMap<(i64, i64, i64, &str), i64> = BTreeMap::new();
        for difference in differences {
            let pair = (difference.release, difference.component, difference.vulnerability);
            let (old, new) = reasons.get(&pair).map_or(("", ""), |(old, new)| (old.as_str(), new.as_str()));
            for release in [difference.release, 0] {
                let place = |cell: &Cell, reason| (difference.product, release, cell.number(), reason);
                if let Some(before) = &difference.before {
                    *moves.entry(place(before, old)).or_default() -= 1;
                }
                *moves.entry(place(&difference.after, new)).or_default() += 1;
            }
        }
        let rows: Vec<_> = moves
            .into_iter()
            .filter(|(_, n)| *n != 0)
            .map(|((product, release, cell, reason), n)| (product, release, cell, reason, n))
            .collect();
        let columns = [
            ("product", Kind::Int),
            ("release", Kind::Int),
            ("cell", Kind::Int),
            ("reason", Kind::Text),
            ("n", Kind::Int),
        ];
        let table = self.line.dialect().table("$1", &columns);
        let sql = format!(
            "INSERT INTO finding_count (product, release, cell, reason, n)
             SELECT product, release, cell, reason, n FROM {table} t WHERE true
             ON CONFLICT (product, release, cell, reason) DO UPDATE SET n = finding_count.n + excluded.n"
        );
        self.line.run(sql, &[bulk(&rows)?]).await?;
        Ok(())
    }

    /// Moves the counts by vulnerability, per product and per organisation.
    pub(crate) async fn count_vulnerabilities(
        &mut self,
        differences: &[Difference],
        whose: &HashMap<i64, Whose>,
    ) -> Result<()> {
        let mut classes: BTreeMap<(i64, i64), [i64; 5]> = BTreeMap::new();
        for one in differences {
            let counts = classes.entry((one.release, one.vulnerability)).or_default();
            let mut add = |cell: &Cell, n: i64| {
                let at = usize::try_from(class_code(cell.class)).ok();
                if let (true, Some(count)) = (cell.is_open(), at.and_then(|at| counts.get_mut(at))) {
                    *count += n;
                }
            };
            if let Some(before) = &one.before {
                add(before, -1);
            }
            add(&one.after, 1);
        }
        classes.retain(|_, counts| counts.iter().any(|n| *n != 0));
        let open = self.open_of(classes.keys()).await?;
        let mut moves: BTreeMap<(i64, i64, i64), Tally> = BTreeMap::new();
        for ((release, vulnerability), counts) in &classes {
            let Some(whose) = whose.get(release) else { continue };
            let now = open.get(&(*release, *vulnerability)).copied().unwrap_or(0);
            let before = now - counts.iter().sum::<i64>();
            let releases = i64::from(now > 0) - i64::from(before > 0);
            for product in [whose.product, 0] {
                let tally = moves.entry((whose.organisation, product, *vulnerability)).or_default();
                for (sum, n) in tally.0.iter_mut().zip(counts) {
                    *sum += n;
                }
                tally.1 += releases;
            }
        }
        self.move_vulnerabilities(moves).await
    }

    /// Open findings by release and vulnerability, as they are now.
    async fn open_of(
        &mut self,
        pairs: impl Iterator<Item = &(i64, i64)>,
    ) -> Result<HashMap<(i64, i64), i64>> {
        let releases: BTreeSet<i64> = pairs.map(|(release, _)| *release).collect();
        let (wanted, open) = (self.line.dialect().among("f.release", "$1"), open_sql("f"));
        let sql = format!(
            "SELECT f.release, f.vulnerability, count(*) FROM finding f WHERE {wanted} AND {open}
             GROUP BY f.release, f.vulnerability"
        );
        let rows = self.line.rows(sql, &[ints(releases)]).await?;
        rows.iter().map(|row| Ok(((row.int(0)?, row.int(1)?), row.int(2)?))).collect()
    }

    async fn move_vulnerabilities(&mut self, moves: BTreeMap<(i64, i64, i64), Tally>) -> Result<()> {
        let rows: Vec<_> = moves
            .into_iter()
            .map(|((organisation, product, vulnerability), (n, releases))| {
                (organisation, product, vulnerability, n[0], n[1], n[2], n[3], n[4], releases)
            })
            .collect();
        let names = ["organisation", "product", "vulnerability", "c0", "c1", "c2", "c3", "c4", "releases"];
        let table = self.line.dialect().table("$1", &names.map(|name| (name, Kind::Int)));
        let sum = |name: &str| format!("{name} = vulnerability_count.{name} + excluded.{name}");
        let sums: Vec<String> = names.iter().skip(3).map(|name| sum(name)).collect();
        let (names, sums) = (names.join(", "), sums.join(", "));
        let sql = format!(
            "INSERT INTO vulnerability_count ({names}) SELECT {names} FROM {table} t WHERE true
             ON CONFLICT (organisation, product, vulnerability) DO UPDATE SET {sums}"
        );
        self.line.run(sql, &[bulk(&rows)?]).await?;
        Ok(())
    }
}
