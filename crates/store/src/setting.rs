//! Settings of an organisation that people change while the server runs. Secrets do not lie here.

use crate::error::Result;
use crate::{Change, Look, Moment, Scope};

impl Look {
    /// The value of a setting; `None` = never set.
    pub async fn setting(&mut self, scope: &Scope, name: &str) -> Result<Option<String>> {
        let sql = "SELECT value FROM setting WHERE organisation = $1 AND name = $2";
        let row = self.line.row(sql, &[scope.organisation.into(), name.into()]).await?;
        row.map(|row| row.text(0)).transpose()
    }

    /// All settings, by name.
    pub async fn settings(&mut self, scope: &Scope) -> Result<Vec<(String, String)>> {
        let sql = "SELECT name, value FROM setting WHERE organisation = $1 ORDER BY name";
        let rows = self.line.rows(sql, &[scope.organisation.into()]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }
}

impl Change {
    /// Sets a setting.
    pub async fn put_setting(&mut self, scope: &Scope, name: &str, value: &str, now: Moment) -> Result<()> {
        let sql = "INSERT INTO setting (organisation, name, value, changed) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (organisation, name) DO UPDATE SET value = excluded.value, changed = excluded.changed";
        self.line.run(sql, &[scope.organisation.into(), name.into(), value.into(), now.into()]).await?;
        Ok(())
    }
}
