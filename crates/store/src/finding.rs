//! A finding: a release, a component in it, a vulnerability, and what holds. Findings are never deleted; one that no
//! longer exists becomes inactive with the reason. The rows are compact: the explanation is computed on demand.

use crate::cell::Cell;
use crate::database::Row;
use crate::error::Result;
use crate::finding_write::Turn;
use crate::{Look, Moment, Scope};

/// A finding as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its id, for URLs.
    pub id: i64,
    /// The product.
    pub product: i64,
    /// Short name of the product.
    pub product_slug: String,
    /// The release.
    pub release: i64,
    /// Version of the release.
    pub release_version: String,
    /// Id of the distinct component.
    pub component: i64,
    /// Name of the component.
    pub component_name: String,
    /// Version of the component.
    pub component_version: String,
    /// Display id of the vulnerability.
    pub vulnerability: String,
    /// Its title; may be empty.
    pub title: String,
    /// Highest base score in tenths.
    pub score: Option<u16>,
    /// EPSS probability in millionths.
    pub likelihood: Option<u32>,
    /// Named in a catalogue of exploited ones.
    pub is_exploited: bool,
    /// What holds.
    pub cell: Cell,
    /// Row of the response table, 1 to 324; 0 = not assessed.
    pub row: u16,
    /// Row of the ceiling.
    pub ceiling_row: u16,
    /// Code of the reason of the verdict.
    pub reason: String,
    /// First fixed version; may be empty.
    pub fixed: String,
    /// Why it is inactive; empty while it is active.
    pub gone: String,
    /// On what the judgement rests, as `service` wrote it.
    pub basis: String,
    /// The decision in effect; `None` = none.
    pub decision: Option<i64>,
    /// Of what it was computed from.
    pub input_hash: i64,
    /// When it was seen first.
    pub first_seen: Moment,
    /// When its answer changed last.
    pub changed: Moment,
    /// When something has to be done; `None` = no deadline.
    pub due: Option<Moment>,
    /// How it turned last, and when; `None` = it is as it was seen first.
    pub turned: Option<(Turn, Moment)>,
}

/// Stands for "no deadline" in the column, so that it sorts last: the end of the year 9999.
pub(crate) const NO_DEADLINE: i64 = 253_402_300_799_000;

/// What a list selects from `f`, a finding, and the tables joined by [`JOINS`].
pub(crate) const COLUMNS: &str = "f.id, f.product, p.slug, f.release, r.version, f.component, f.component_name, \
    c.version, v.name, v.title, v.score, v.likelihood, v.is_exploited, f.cell, f.response_row, f.ceiling_row, \
    f.reason, f.fixed, f.gone, b.text, f.decision, f.input_hash, f.first_seen, f.changed, f.due, f.urgency, \
    f.vulnerability, f.turn, f.turned";

pub(crate) const JOINS: &str = "JOIN product p ON p.id = f.product JOIN release r ON r.id = f.release \
    JOIN component c ON c.id = f.component JOIN vulnerability v ON v.id = f.vulnerability \
    JOIN basis b ON b.id = f.basis";

pub(crate) fn read(row: &Row) -> Result<Finding> {
    Ok(Finding {
        id: row.int(0)?,
        product: row.int(1)?,
        product_slug: row.text(2)?,
        release: row.int(3)?,
        release_version: row.text(4)?,
        component: row.int(5)?,
        component_name: row.text(6)?,
        component_version: row.text(7)?,
        vulnerability: row.text(8)?,
        title: row.text(9)?,
        score: u16::try_from(row.int(10)?).ok(),
        likelihood: u32::try_from(row.int(11)?).ok(),
        is_exploited: row.flag(12)?,
        cell: Cell::read(row.int(13)?)?,
        row: u16::try_from(row.int(14)?).unwrap_or_default(),
        ceiling_row: u16::try_from(row.int(15)?).unwrap_or_default(),
        reason: row.text(16)?,
        fixed: row.text(17)?,
        gone: row.text(18)?,
        basis: row.text(19)?,
        decision: Some(row.int(20)?).filter(|id| *id != 0),
        input_hash: row.int(21)?,
        first_seen: row.moment(22)?,
        changed: row.moment(23)?,
        due: Some(row.moment(24)?).filter(|due| due.0 != NO_DEADLINE),
        turned: Turn::read(row.int(27)?).zip(Some(row.moment(28)?)),
    })
}

impl Look {
    /// One finding by id.
    pub async fn finding(&mut self, scope: &Scope, id: i64) -> Result<Option<Finding>> {
        let sql = format!("SELECT {COLUMNS} FROM finding f {JOINS} WHERE f.id = $1 AND p.organisation = $2");
        let row = self.line.row(sql, &[id.into(), scope.organisation.into()]).await?;
        let finding = row.as_ref().map(read).transpose()?;
        Ok(finding.filter(|finding| scope.allows(finding.product)))
    }
}
