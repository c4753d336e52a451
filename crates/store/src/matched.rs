//! What matching says of a distinct component and a vulnerability, whatever releases ship it.

use model::finding::{Confidence, Verdict};

use crate::cell;
use crate::database::dialect::Kind;
use crate::database::{Row, bulk, ints};
use crate::error::{Error, Result};
use crate::vulnerability::vulnerability_id;
use crate::{Change, Look, Moment};

/// A component with a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Id of the distinct component.
    pub component: i64,
    /// Display id of the vulnerability, which must have been put before.
    pub vulnerability: String,
    /// Verdict of matching alone.
    pub verdict: Verdict,
    /// How sure.
    pub confidence: Confidence,
    /// Code of the reason.
    pub reason: String,
    /// First fixed version; may be empty.
    pub fixed: String,
    /// Of what it was computed from: equal = nothing to write.
    pub input_hash: i64,
}

const COLUMNS: &[(&str, Kind)] = &[
    ("component", Kind::Int),
    ("vulnerability", Kind::Int),
    ("verdict", Kind::Int),
    ("confidence", Kind::Int),
    ("reason", Kind::Text),
    ("fixed", Kind::Text),
    ("input_hash", Kind::Int),
];

impl Look {
    /// What is stored of vulnerabilities, under any of the display ids. Listed in [`crate::unscoped`].
    pub async fn matches_of_vulnerabilities(&mut self, names: &[String]) -> Result<Vec<Matched>> {
        let ids = names.iter().map(|name| vulnerability_id(name));
        let wanted = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT m.component, v.name, m.verdict, m.confidence, m.reason, m.fixed, m.input_hash
             FROM {wanted} w CROSS JOIN matched m JOIN vulnerability v ON v.id = m.vulnerability
             WHERE m.vulnerability = w.value ORDER BY m.component, m.vulnerability"
        );
        self.line.rows(sql, &[ints(ids)]).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Matched> {
    Ok(Matched {
        component: row.int(0)?,
        vulnerability: row.text(1)?,
        verdict: cell::verdict(row.int(2)?)?,
        confidence: confidence(row.int(3)?)?,
        reason: row.text(4)?,
        fixed: row.text(5)?,
        input_hash: row.int(6)?,
    })
}

const CONFIDENCES: [Confidence; 4] =
    [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Exact];

fn confidence(code: i64) -> Result<Confidence> {
    let at = usize::try_from(code).ok();
    let known = at.and_then(|at| CONFIDENCES.get(at)).copied();
    known.ok_or_else(|| Error::Broken(format!("unknown confidence {code}")))
}

impl Change {
    /// Keeps matches; those with an equal input hash stay untouched. Returns how many were written. Listed in
    /// [`crate::unscoped`].
    pub async fn put_matches(&mut self, matches: &[Matched], now: Moment) -> Result<u64> {
        let mut rows: Vec<_> = matches
            .iter()
            .map(|one| {
                (
                    one.component,
                    vulnerability_id(&one.vulnerability),
                    cell::verdict_code(one.verdict),
                    CONFIDENCES.iter().position(|known| *known == one.confidence),
                    &one.reason,
                    &one.fixed,
                    one.input_hash,
                )
            })
            .collect();
        rows.sort_by_key(|row| (row.0, row.1));
        rows.dedup_by_key(|row| (row.0, row.1));
        let table = self.line.dialect().table("$1", COLUMNS);
        let sql = format!(
            "INSERT INTO matched (component, vulnerability, verdict, confidence, reason, fixed, input_hash, changed)
             SELECT component, vulnerability, verdict, confidence, reason, fixed, input_hash, $2 FROM {table} t
             WHERE true
             ON CONFLICT (component, vulnerability) DO UPDATE SET verdict = excluded.verdict,
                 confidence = excluded.confidence, reason = excluded.reason, fixed = excluded.fixed,
                 input_hash = excluded.input_hash, changed = excluded.changed
             WHERE matched.input_hash <> excluded.input_hash"
        );
        self.line.run(sql, &[bulk(&rows)?, now.into()]).await
    }

    /// Removes matches that no longer hold (the findings made from them stay, and become inactive). Listed in
    /// [`crate::unscoped`].
    pub async fn remove_matches(&mut self, pairs: &[(i64, String)]) -> Result<u64> {
        let rows: Vec<(i64, i64)> = pairs.iter().map(|(id, name)| (*id, vulnerability_id(name))).collect();
        let table =
            self.line.dialect().table("$1", &[("component", Kind::Int), ("vulnerability", Kind::Int)]);
        let sql = format!(
            "DELETE FROM matched WHERE (component, vulnerability) IN (SELECT component, vulnerability FROM {table} t)"
        );
        self.line.run(sql, &[bulk(&rows)?]).await
    }
}
