//! Distinct components, each kept once for all releases, found by the hash of its content.

use std::collections::HashMap;

use model::component::Component;

use crate::component_shape as shape;
use crate::database::dialect::Kind;
use crate::database::{Value, bulk, ints};
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::{Change, Look};

impl Look {
    /// Distinct components by id, without what belongs to a release; unknown ids are left out. Listed in
    /// [`crate::unscoped`].
    pub async fn components_by_id(&mut self, ids: &[i64]) -> Result<Vec<(i64, Component)>> {
        let wanted = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT c.id, c.body FROM {wanted} w CROSS JOIN component c WHERE c.id = w.value ORDER BY c.id"
        );
        let rows = self.line.rows(sql, &[ints(ids.iter().copied())]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, shape::read_shared(&row.text(1)?)?))).collect()
    }

    /// Components whose keys were made by something else than what `mark` stands for (tables, rules), or never: at most
    /// `limit`. Listed in [`crate::unscoped`].
    pub async fn components_of_other_keys(&mut self, mark: i64, limit: u32) -> Result<Vec<(i64, Component)>> {
        // Two ranges of the index: an inequality would look at every component.
        let side = |sign: &str| {
            format!(
                "SELECT id, body FROM (SELECT id, body FROM component WHERE keys_version {sign} $1
                 ORDER BY keys_version, id LIMIT $2) {}",
                if sign == "<" { "below" } else { "above" }
            )
        };
        let sql = format!("{} UNION ALL {} LIMIT $2", side("<"), side(">"));
        let rows = self.line.rows(sql, &[mark.into(), i64::from(limit).into()]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, shape::read_shared(&row.text(1)?)?))).collect()
    }
}

impl Change {
    /// Keeps distinct components and returns their ids in the given order, with `true` for those that are new (their
    /// keys are to be computed and put). Listed in [`crate::unscoped`].
    pub async fn put_components(&mut self, components: &[Component]) -> Result<Vec<(i64, bool)>> {
        let mut hashes = Vec::with_capacity(components.len());
        let mut rows = HashMap::new();
        for component in components {
            let (body, _) = shape::write(component)?;
            let hash = sha256(body.as_bytes());
            let purl = component.purls.first().map(ToString::to_string).unwrap_or_default();
            let row = (hash.clone(), &component.name, &component.version, purl, component.role.word(), body);
            rows.entry(hash.clone()).or_insert(row);
            hashes.push(hash);
        }
        // In one order everywhere, so that two uploads at once wait for each other and never in a circle.
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        let new = self.insert_components(&bulk(&rows)?).await?;
        let known = self.component_ids(&bulk(&rows.iter().map(|row| &row.0).collect::<Vec<_>>())?).await?;
        hashes
            .iter()
            .map(|hash| {
                let id = known.get(hash).copied();
                let id = id.ok_or_else(|| Error::Broken(format!("component {hash} was not kept")))?;
                Ok((id, new.contains_key(hash)))
            })
            .collect()
    }

    async fn insert_components(&mut self, rows: &Value) -> Result<HashMap<String, i64>> {
        const COLUMNS: &[(&str, Kind)] = &[
            ("hash", Kind::Text),
            ("name", Kind::Text),
            ("version", Kind::Text),
            ("purl", Kind::Text),
            ("role", Kind::Text),
            ("body", Kind::Text),
        ];
        let table = self.line.dialect().table("$1", COLUMNS);
        let sql = format!(
            "INSERT INTO component (hash, name, version, purl, role, keys_version, body)
             SELECT hash, name, version, purl, role, 0, body FROM {table} t WHERE true
             ON CONFLICT (hash) DO NOTHING RETURNING hash, id"
        );
        pairs(&self.line.rows(sql, std::slice::from_ref(rows)).await?)
    }

    async fn component_ids(&mut self, hashes: &Value) -> Result<HashMap<String, i64>> {
        let wanted = self.line.dialect().texts("$1");
        let sql =
            format!("SELECT c.hash, c.id FROM {wanted} w CROSS JOIN component c WHERE c.hash = w.value");
        pairs(&self.line.rows(sql, std::slice::from_ref(hashes)).await?)
    }

    /// Writes the lookup keys of components anew. `mark` stands for what they were made by (`index::Index::keys_mark`).
    /// Listed in [`crate::unscoped`].
    pub async fn put_component_keys(&mut self, keys: &[(i64, Vec<String>)], mark: i64) -> Result<()> {
        let ids = ints(keys.iter().map(|(id, _)| *id));
        let wanted = self.line.dialect().ids("$1");
        self.line
            .run(format!("DELETE FROM component_key WHERE component IN {wanted}"), std::slice::from_ref(&ids))
            .await?;
        let pairs: Vec<(&str, i64)> =
            keys.iter().flat_map(|(id, keys)| keys.iter().map(|key| (key.as_str(), *id))).collect();
        let table = self.line.dialect().table("$1", &[("key", Kind::Text), ("component", Kind::Int)]);
        let insert = format!(
            "INSERT INTO component_key (key, component) SELECT key, component FROM {table} t WHERE true
             ON CONFLICT (key, component) DO NOTHING"
        );
        self.line.run(insert, &[bulk(&pairs)?]).await?;
        let made = format!("UPDATE component SET keys_version = $2 WHERE id IN {wanted}");
        self.line.run(made, &[ids, mark.into()]).await?;
        Ok(())
    }
}

fn pairs(rows: &[crate::database::Row]) -> Result<HashMap<String, i64>> {
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}
