//! From what changed to what it touches: keys or vulnerabilities → components → releases. All questions are bulks:
//! one statement for a thousand keys. Listed in [`crate::unscoped`]: a feed reaches every organisation.

use crate::Look;
use crate::database::dialect::Kind;
use crate::database::{bulk, ints};
use crate::error::Result;
use crate::vulnerability::vulnerability_id;

impl Look {
    /// The components that have any of the lookup keys: (key, component).
    pub async fn components_with_keys(&mut self, keys: &[String]) -> Result<Vec<(String, i64)>> {
        let wanted = self.line.dialect().texts("$1");
        let sql = format!(
            "SELECT k.key, k.component FROM {wanted} w JOIN component_key k ON k.key = w.value
             ORDER BY k.key, k.component"
        );
        let rows = self.line.rows(sql, &[bulk(keys)?]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
    }

    /// The components that match any of the vulnerabilities today: (component, display id).
    pub async fn components_with_vulnerabilities(&mut self, names: &[String]) -> Result<Vec<(i64, String)>> {
        let rows: Vec<(i64, &String)> = names.iter().map(|name| (vulnerability_id(name), name)).collect();
        let table = self.line.dialect().table("$1", &[("id", Kind::Int), ("name", Kind::Text)]);
        let sql = format!(
            "SELECT m.component, t.name FROM {table} t JOIN matched m ON m.vulnerability = t.id
             ORDER BY m.component, m.vulnerability"
        );
        let rows = self.line.rows(sql, &[bulk(&rows)?]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
    }

    /// The releases that ship any of the components: (component, release), each pair once.
    pub async fn releases_with_components(&mut self, components: &[i64]) -> Result<Vec<(i64, i64)>> {
        let wanted = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT DISTINCT rc.component, rc.release FROM {wanted} w JOIN release_component rc ON rc.component = w.value
             ORDER BY 1, 2"
        );
        let rows = self.line.rows(sql, &[ints(components.iter().copied())]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
    }
}

/// Whose a release is, and what `service` keeps of its last judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseMark {
    /// The release.
    pub release: i64,
    /// Its organisation.
    pub organisation: i64,
    /// See [`crate::release::Release::summary`].
    pub summary: String,
}

impl Look {
    /// Owners and summaries of releases. Listed in [`crate::unscoped`].
    pub async fn release_marks(&mut self, releases: &[i64]) -> Result<Vec<ReleaseMark>> {
        let wanted = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT r.id, p.organisation, r.summary FROM {wanted} w JOIN release r ON r.id = w.value
             JOIN product p ON p.id = r.product ORDER BY r.id"
        );
        let rows = self.line.rows(sql, &[ints(releases.iter().copied())]).await?;
        let read = |row: &crate::database::Row| {
            Ok(ReleaseMark { release: row.int(0)?, organisation: row.int(1)?, summary: row.text(2)? })
        };
        rows.iter().map(read).collect()
    }
}
