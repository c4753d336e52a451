//! From what changed to what it touches: keys or vulnerabilities → components → releases. All questions are bulks:
//! one statement for a thousand keys, which leads (`CROSS JOIN`: SQLite keeps the order) and never follows. Listed in [`crate::unscoped`]: a feed reaches every organisation.

use crate::Look;
use crate::database::{Row, bulk, ints};
use crate::error::{Error, Result};

impl Look {
    /// The components that have any of the lookup keys, ascending, each once.
    pub async fn components_with_keys(&mut self, keys: &[String]) -> Result<Vec<i64>> {
        let wanted = self.line.dialect().texts("$1");
        let sql = format!(
            "SELECT DISTINCT k.component FROM {wanted} w CROSS JOIN component_key k WHERE k.key = w.value ORDER BY 1"
        );
        self.line.rows(sql, &[bulk(keys)?]).await?.iter().map(|row| row.int(0)).collect()
    }

    /// The releases that ship each of the components: (component, its releases, ascending, each once). Components that
    /// no release ships are left out.
    pub async fn releases_with_components(&mut self, components: &[i64]) -> Result<Vec<(i64, Vec<i64>)>> {
        let dialect = self.line.dialect();
        // One row for a component, and not for a pair: a library that everybody ships has as many pairs as there are
        // releases.
        let sql = format!(
            "SELECT s.component, s.releases FROM (
                 SELECT w.value AS component,
                     (SELECT {} FROM release_component rc WHERE rc.component = w.value) AS releases FROM {} w) s
             WHERE s.releases IS NOT NULL ORDER BY s.component",
            dialect.joined("rc.release"),
            dialect.ids("$1")
        );
        let rows = self.line.rows(sql, &[ints(components.iter().copied())]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, numbers(&row.text(1)?)?))).collect()
    }

    /// All releases that ship any of the components, ascending, each once.
    pub async fn releases_with_any(&mut self, components: &[i64]) -> Result<Vec<i64>> {
        let wanted = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT DISTINCT rc.release FROM {wanted} w CROSS JOIN release_component rc WHERE rc.component = w.value
             ORDER BY 1"
        );
        self.line.rows(sql, &[ints(components.iter().copied())]).await?.iter().map(|row| row.int(0)).collect()
    }
}

/// Ids with commas between them.
fn numbers(text: &str) -> Result<Vec<i64>> {
    let read = |one: &str| one.parse().map_err(|_| Error::Broken(format!("{one} is no id")));
    let mut ids = text.split(',').map(read).collect::<Result<Vec<i64>>>()?;
    if !ids.is_sorted() {
        ids.sort_unstable();
    }
    ids.dedup();
    Ok(ids)
}

/// Whose a release is, and what `service` keeps of its last judgement for rescans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseMark {
    /// The release.
    pub release: i64,
    /// Its organisation.
    pub organisation: i64,
    /// The member `setting` of its summary, as JSON; empty when it was not judged yet.
    pub setting: String,
}

impl Look {
    /// Owners and settings of all releases, by id. Listed in [`crate::unscoped`].
    pub async fn release_marks(&mut self) -> Result<Vec<ReleaseMark>> {
        let setting = self.line.dialect().member("r.summary", "setting");
        let sql = format!(
            "SELECT r.id, p.organisation, coalesce({setting}, '') FROM release r JOIN product p ON p.id = r.product
             ORDER BY r.id"
        );
        let read = |row: &Row| {
            Ok(ReleaseMark { release: row.int(0)?, organisation: row.int(1)?, setting: row.text(2)? })
        };
        self.line.rows(sql, &[]).await?.iter().map(read).collect()
    }
}
