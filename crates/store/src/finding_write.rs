//! Writing what was judged: only what differs is written, the counts change with it, and the differences are returned
//! so that events can be told.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use model::assessment::ResponseClass;

use crate::cell::{Cell, class_code};
use crate::database::dialect::Kind;
use crate::database::{Row, bulk, ints};
use crate::error::{Error, Result};
use crate::finding::NO_DEADLINE;
use crate::finding_tally::{Reasons, Whose};
use crate::vulnerability::vulnerability_id;
use crate::{Change, Look, Moment};

/// A finding as judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The release.
    pub release: i64,
    /// Id of the distinct component.
    pub component: i64,
    /// Display id of the vulnerability, which must have been put before.
    pub vulnerability: String,
    /// What holds. `is_active` must be true; [`Change::retire_findings`] ends a finding.
    pub cell: Cell,
    /// Row of the response table; 0 = not assessed.
    pub row: u16,
    /// Row of the ceiling.
    pub ceiling_row: u16,
    /// Code of the reason of the verdict.
    pub reason: String,
    /// First fixed version; may be empty.
    pub fixed: String,
    /// Order inside class and ceiling, the greater first (exploitation, EPSS, score; assessment.md 2.6).
    pub rank: u32,
    /// When something has to be done.
    pub due: Option<Moment>,
    /// From [`Change::put_basis`].
    pub basis: i64,
    /// The decision in effect.
    pub decision: Option<i64>,
    /// Of everything it was computed from: equal = nothing is written.
    pub input_hash: i64,
}

/// What is known of a finding that is judged again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: i64,
    /// The release.
    pub release: i64,
    /// The component.
    pub component: i64,
    /// Display id of the vulnerability.
    pub vulnerability: String,
    /// What held.
    pub cell: Cell,
    /// Of what it was computed from.
    pub input_hash: i64,
    /// When it was seen first.
    pub first_seen: Moment,
    /// Its deadline.
    pub due: Option<Moment>,
}

/// A finding whose row was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its id.
    pub id: i64,
    /// The product.
    pub product: i64,
    /// The release.
    pub release: i64,
    /// The component.
    pub component: i64,
    /// The vulnerability's number, see [`crate::vulnerability::vulnerability_id`].
    pub vulnerability: i64,
    /// What held before; `None` = it is new.
    pub before: Option<Cell>,
    /// What holds now.
    pub after: Cell,
}

/// What a judgement did to a finding that was there: which way it turned last, and when, is kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// It was not there before.
    New,
    /// Its class is worse than before, or it is open again.
    Worse,
    /// Its class is better than before.
    Better,
    /// It is open no more: settled, or not there.
    Gone,
}

impl Turn {
    /// All of them.
    pub const ALL: &'static [Turn] = &[Turn::New, Turn::Worse, Turn::Better, Turn::Gone];

    /// The stable word, as in URLs.
    pub fn word(self) -> &'static str {
        match self {
            Turn::New => "new",
            Turn::Worse => "worse",
            Turn::Better => "better",
            Turn::Gone => "gone",
        }
    }

    /// As it stands in the table. New findings are known by when they were seen first.
    pub(crate) fn code(self) -> i64 {
        match self {
            Turn::New => 0,
            Turn::Worse => 1,
            Turn::Better => 2,
            Turn::Gone => 3,
        }
    }

    pub(crate) fn read(code: i64) -> Option<Turn> {
        Turn::ALL.iter().copied().find(|turn| turn.code() == code && code != 0)
    }

    /// From one cell to the next; `None` where it goes on as it was. What nobody has assessed counts as the worst that it
    /// may be.
    pub fn of(before: &Cell, after: &Cell) -> Option<Turn> {
        let worst = |cell: &Cell| match (cell.class, cell.ceiling) {
            (None, None) => class_code(Some(ResponseClass::Immediate)),
            (class, ceiling) => class_code(class.or(ceiling)),
        };
        match (before.is_open(), after.is_open()) {
            (true, false) => Some(Turn::Gone),
            (false, true) => Some(Turn::Worse),
            (false, false) => None,
            (true, true) => match worst(before).cmp(&worst(after)) {
                Ordering::Less => Some(Turn::Worse),
                Ordering::Greater => Some(Turn::Better),
                Ordering::Equal => None,
            },
        }
    }
}

/// The class begins at this bit of the urgency, below it the ceiling (3 bits) and the rank (32).
pub(crate) const CLASS_SHIFT: u32 = 35;

fn urgency(judged: &Judged) -> i64 {
    class_code(judged.cell.class) << CLASS_SHIFT
        | class_code(judged.cell.ceiling) << 32
        | i64::from(judged.rank)
}

/// (release, component, vulnerability)
type Pair = (i64, i64, i64);

/// A row as it is in the table.
struct Known {
    id: i64,
    cell: i64,
    input_hash: i64,
    reason: String,
}

const PAIR: &[(&str, Kind)] =
    &[("release", Kind::Int), ("component", Kind::Int), ("vulnerability", Kind::Int)];

const COLUMNS: &[(&str, Kind)] = &[
    ("release", Kind::Int),
    ("component", Kind::Int),
    ("vulnerability", Kind::Int),
    ("cell", Kind::Int),
    ("response_row", Kind::Int),
    ("ceiling_row", Kind::Int),
    ("reason", Kind::Text),
    ("fixed", Kind::Text),
    ("basis", Kind::Int),
    ("decision", Kind::Int),
    ("input_hash", Kind::Int),
    ("urgency", Kind::Int),
    ("due", Kind::Int),
    ("turn", Kind::Int),
];

impl Look {
    /// What is stored of some releases, active findings only; to be compared with a new judgement of them. Listed in
    /// [`crate::unscoped`].
    pub async fn judged_of(&mut self, releases: &[i64]) -> Result<Vec<Stored>> {
        let wanted = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT f.id, f.release, f.component, v.name, f.cell, f.input_hash, f.first_seen, f.due
             FROM {wanted} w CROSS JOIN finding f JOIN vulnerability v ON v.id = f.vulnerability
             WHERE f.release = w.value AND f.gone = '' ORDER BY f.release, f.component, f.vulnerability"
        );
        let rows = self.line.rows(sql, &[ints(releases.iter().copied())]).await?;
        rows.iter().map(stored).collect()
    }
}

fn stored(row: &Row) -> Result<Stored> {
    Ok(Stored {
        id: row.int(0)?,
        release: row.int(1)?,
        component: row.int(2)?,
        vulnerability: row.text(3)?,
        cell: Cell::read(row.int(4)?)?,
        input_hash: row.int(5)?,
        first_seen: row.moment(6)?,
        due: Some(row.moment(7)?).filter(|due| due.0 != NO_DEADLINE),
    })
}

impl Change {
    /// Interns what judgements rest on (profile, tables, rules: JSON of `service`) and returns its number. Listed in
    /// [`crate::unscoped`].
    pub async fn put_basis(&mut self, text: &str) -> Result<i64> {
        let insert = "INSERT INTO basis (text) VALUES ($1) ON CONFLICT (text) DO NOTHING";
        self.line.run(insert, &[text.into()]).await?;
        self.line.int("SELECT id FROM basis WHERE text = $1", &[text.into()]).await
    }

    /// Writes judged findings of any releases: new ones are added, gone ones come back, those with equal input hash
    /// and cell stay untouched. Listed in [`crate::unscoped`].
    pub async fn put_findings(&mut self, judged: &[Judged], now: Moment) -> Result<Vec<Difference>> {
        let mut wanted: BTreeMap<Pair, &Judged> = BTreeMap::new();
        for one in judged {
            if !one.cell.is_active {
                return Err(Error::Invalid("an inactive finding is retired, not put".to_owned()));
            }
            wanted.insert((one.release, one.component, vulnerability_id(&one.vulnerability)), one);
        }
        let products = self.lock_products_of(wanted.keys().map(|pair| pair.0)).await?;
        let known = self.known(wanted.keys().copied()).await?;
        wanted.retain(|pair, one| {
            known
                .get(pair)
                .is_none_or(|row| row.input_hash != one.input_hash || row.cell != one.cell.number())
        });
        let ids = self.write(&wanted, &known, now).await?;
        let mut differences = Vec::with_capacity(wanted.len());
        for (pair, one) in &wanted {
            let id = ids.get(pair).copied();
            differences.push(Difference {
                id: id.ok_or_else(|| Error::Broken("a finding was not written".to_owned()))?,
                product: products.get(&pair.0).map(|whose| whose.product).unwrap_or_default(),
                release: pair.0,
                component: pair.1,
                vulnerability: pair.2,
                before: known.get(pair).map(|row| Cell::read(row.cell)).transpose()?,
                after: one.cell,
            });
        }
        let reasons: Reasons = wanted
            .iter()
            .map(|(pair, one)| {
                let before = known.get(pair).map(|row| row.reason.clone()).unwrap_or_default();
                (*pair, (before, one.reason.clone()))
            })
            .collect();
        self.count(&differences, &reasons).await?;
        self.count_vulnerabilities(&differences, &products).await?;
        Ok(differences)
    }

    /// Ends findings with a reason; they stay in the table and in their history. Returns what changed. Listed in
    /// [`crate::unscoped`].
    pub async fn retire_findings(
        &mut self,
        pairs: &[(i64, i64, String)],
        reason: &str,
        now: Moment,
    ) -> Result<Vec<Difference>> {
        let pairs: Vec<Pair> = pairs
            .iter()
            .map(|(release, component, name)| (*release, *component, vulnerability_id(name)))
            .collect();
        let products = self.lock_products_of(pairs.iter().map(|pair| pair.0)).await?;
        let mut known = self.known(pairs.iter().copied()).await?;
        known.retain(|_, row| row.cell & 1 == 1);
        let mut rows: Vec<(i64, i64, i64)> = Vec::with_capacity(known.len());
        for row in known.values() {
            let turned = if Cell::read(row.cell)?.is_open() { Turn::Gone.code() } else { 0 };
            rows.push((row.id, row.cell & !1, turned));
        }
        let columns = [("id", Kind::Int), ("cell", Kind::Int), ("turn", Kind::Int)];
        let table = self.line.dialect().table("$1", &columns);
        let sql = format!(
            "UPDATE finding SET cell = t.cell, gone = $2, changed = $3, input_hash = 0,
                 turn = CASE WHEN t.turn = 0 THEN finding.turn ELSE t.turn END,
                 turned = CASE WHEN t.turn = 0 THEN finding.turned ELSE $3 END
             FROM {table} t WHERE finding.id = t.id"
        );
        self.line.run(sql, &[bulk(&rows)?, reason.into(), now.into()]).await?;
        let mut differences = Vec::with_capacity(known.len());
        for (pair, row) in &known {
            differences.push(Difference {
                id: row.id,
                product: products.get(&pair.0).map(|whose| whose.product).unwrap_or_default(),
                release: pair.0,
                component: pair.1,
                vulnerability: pair.2,
                before: Some(Cell::read(row.cell)?),
                after: Cell::read(row.cell & !1)?,
            });
        }
        differences.sort_by_key(|difference| difference.id);
        let reasons: Reasons =
            known.iter().map(|(pair, row)| (*pair, (row.reason.clone(), row.reason.clone()))).collect();
        self.count(&differences, &reasons).await?;
        self.count_vulnerabilities(&differences, &products).await?;
        Ok(differences)
    }

    /// The products of releases. Their rows are locked until the end, so that two judgements of one product wait for
    /// each other and counts never drift.
    async fn lock_products_of(&mut self, releases: impl Iterator<Item = i64>) -> Result<HashMap<i64, Whose>> {
        let mut ids: Vec<i64> = releases.collect();
        ids.sort_unstable();
        ids.dedup();
        let dialect = self.line.dialect();
        let wanted = dialect.ids("$1");
        let sql = format!(
            "SELECT r.id, r.product, p.organisation FROM {wanted} w CROSS JOIN release r CROSS JOIN product p
             WHERE r.id = w.value AND p.id = r.product"
        );
        let rows = self.line.rows(sql, &[ints(ids.iter().copied())]).await?;
        let found: Result<HashMap<i64, Whose>> = rows
            .iter()
            .map(|row| Ok((row.int(0)?, Whose { product: row.int(1)?, organisation: row.int(2)? })))
            .collect();
        let found = found?;
        if let Some(missing) = ids.iter().find(|id| !found.contains_key(id)) {
            return Err(Error::NotFound(format!("release {missing}")));
        }
        let lock = format!("SELECT id FROM product WHERE id IN {wanted} ORDER BY id{}", dialect.for_update());
        self.line.rows(lock, &[ints(found.values().map(|whose| whose.product))]).await?;
        Ok(found)
    }

    async fn known(&mut self, pairs: impl Iterator<Item = Pair>) -> Result<HashMap<Pair, Known>> {
        let pairs: Vec<Pair> = pairs.collect();
        let table = self.line.dialect().table("$1", PAIR);
        let sql = format!(
            "SELECT f.release, f.component, f.vulnerability, f.id, f.cell, f.input_hash, f.reason FROM {table} t
             CROSS JOIN finding f
             WHERE f.release = t.release AND f.component = t.component AND f.vulnerability = t.vulnerability"
        );
        let rows = self.line.rows(sql, &[bulk(&pairs)?]).await?;
        rows.iter()
            .map(|row| {
                let (id, cell) = (row.int(3)?, row.int(4)?);
                let known = Known { id, cell, input_hash: row.int(5)?, reason: row.text(6)? };
                Ok(((row.int(0)?, row.int(1)?, row.int(2)?), known))
            })
            .collect()
    }

    async fn write(
        &mut self,
        wanted: &BTreeMap<Pair, &Judged>,
        known: &HashMap<Pair, Known>,
        now: Moment,
    ) -> Result<HashMap<Pair, i64>> {
        let rows: Result<Vec<_>> = wanted
            .iter()
            .map(|(pair, one)| {
                let before = known.get(pair).map(|row| Cell::read(row.cell)).transpose()?;
                let turn = before.and_then(|before| Turn::of(&before, &one.cell));
                Ok((
                    pair.0,
                    pair.1,
                    pair.2,
                    one.cell.number(),
                    one.row,
                    one.ceiling_row,
                    &one.reason,
                    &one.fixed,
                    one.basis,
                    one.decision.unwrap_or(0),
                    one.input_hash,
                    urgency(one),
                    one.due.map_or(NO_DEADLINE, |due| due.0),
                    turn.map_or(0, Turn::code),
                ))
            })
            .collect();
        let rows = rows?;
        let table = self.line.dialect().table("$1", COLUMNS);
        let sql = format!(
            "INSERT INTO finding (product, release, component, vulnerability, component_name, cell, response_row,
                 ceiling_row, reason, fixed, gone, basis, decision, input_hash, urgency, first_seen, changed, due,
                 turn, turned)
             SELECT r.product, t.release, t.component, t.vulnerability, c.name, t.cell, t.response_row, t.ceiling_row,
                 t.reason, t.fixed, '', t.basis, t.decision, t.input_hash, t.urgency, $2, $2, t.due,
                 t.turn, CASE WHEN t.turn = 0 THEN 0 ELSE $2 END
             FROM {table} t JOIN release r ON r.id = t.release JOIN component c ON c.id = t.component WHERE true
             ON CONFLICT (release, component, vulnerability) DO UPDATE SET cell = excluded.cell,
                 response_row = excluded.response_row, ceiling_row = excluded.ceiling_row, reason = excluded.reason,
                 fixed = excluded.fixed, gone = '', basis = excluded.basis, decision = excluded.decision,
                 input_hash = excluded.input_hash, urgency = excluded.urgency, due = excluded.due,
                 changed = excluded.changed,
                 turn = CASE WHEN excluded.turn = 0 THEN finding.turn ELSE excluded.turn END,
                 turned = CASE WHEN excluded.turn = 0 THEN finding.turned ELSE excluded.turned END
             RETURNING release, component, vulnerability, id"
        );
        let rows = self.line.rows(sql, &[bulk(&rows)?, now.into()]).await?;
        rows.iter().map(|row| Ok(((row.int(0)?, row.int(1)?, row.int(2)?), row.int(3)?))).collect()
    }
}
