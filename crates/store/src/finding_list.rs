//! Lists of findings: any filter, any order, any scope, a page at a time, with the exact number of all.
//!
//! Two ways lead to a page. Where the filter names few rows, those are taken by the index of their cells and sorted.
//! Where it names many, each product's index of the wanted order is walked until the page is full; many matches means
//! that they are met soon. Which way it is, the exact counts of `finding_count` tell before.

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::finding::Verdict;
use model::vex::VexStatus;

use crate::cell::{Cell, class_code};
use crate::database::dialect::Kind;
use crate::database::{Value, bulk, ints};
use crate::error::{Error, Result};
use crate::finding::{COLUMNS, Finding, JOINS, NO_DEADLINE, read};
use crate::finding_write::CLASS_SHIFT;
use crate::page::Place;
use crate::release_component::containing;
use crate::vulnerability::vulnerability_id;
use crate::{Listed, Look, Moment, Page, Scope};

/// By what a list of findings is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Class, ceiling, then the rank given by `service`.
    Urgency,
    /// Deadline; none comes last.
    Due,
    /// When the answer changed last.
    Changed,
    /// When it was seen first.
    FirstSeen,
    /// Year and number of the CVE; other ids after them.
    Vulnerability,
    /// Name of the component.
    Component,
}

impl SortBy {
    /// All of them, in the order of the manual.
    pub const ALL: &'static [SortBy] = &[
        SortBy::Urgency,
        SortBy::Due,
        SortBy::Changed,
        SortBy::FirstSeen,
        SortBy::Vulnerability,
        SortBy::Component,
    ];

    /// The stable word, as in URLs.
    pub fn word(self) -> &'static str {
        match self {
            SortBy::Urgency => "urgency",
            SortBy::Due => "due",
            SortBy::Changed => "changed",
            SortBy::FirstSeen => "first_seen",
            SortBy::Vulnerability => "vulnerability",
            SortBy::Component => "component",
        }
    }

    /// The order of a word; `None` for any other text.
    pub fn parse(word: &str) -> Option<SortBy> {
        SortBy::ALL.iter().copied().find(|sort| sort.word() == word)
    }

    fn column(self) -> &'static str {
        match self {
            SortBy::Component => "component_name",
            other => other.word(),
        }
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Sort {
        Sort { by: SortBy::Urgency, descending: true }
    }
}

/// Which findings; an empty list of words does not filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFilter {
    /// Of one product.
    pub product: Option<i64>,
    /// Of one release.
    pub release: Option<i64>,
    /// Of one distinct component.
    pub component: Option<i64>,
    /// Of one vulnerability, by display id.
    pub vulnerability: Option<String>,
    /// A part of the component's name or of the vulnerability's id.
    pub text: String,
    /// Active ones only (the default), inactive ones only, or both.
    pub is_active: Option<bool>,
    /// With these verdicts.
    pub verdicts: Vec<Verdict>,
    /// With these classes; `None` stands for "nothing to do".
    pub classes: Vec<Option<ResponseClass>>,
    /// With these ceilings.
    pub ceilings: Vec<Option<ResponseClass>>,
    /// With these statuses.
    pub statuses: Vec<VexStatus>,
    /// Where these have the word.
    pub tiers: Vec<Tier>,
    /// Contested or not.
    pub is_contested: Option<bool>,
    /// Due at or before.
    pub due_by: Option<Moment>,
    /// Changed at or after.
    pub changed_since: Option<Moment>,
    /// Seen first at or after.
    pub seen_since: Option<Moment>,
}

impl Default for FindingFilter {
    fn default() -> FindingFilter {
        FindingFilter {
            product: None,
            release: None,
            component: None,
            vulnerability: None,
            text: String::new(),
            is_active: Some(true),
            verdicts: Vec::new(),
            classes: Vec::new(),
            ceilings: Vec::new(),
            statuses: Vec::new(),
            tiers: Vec::new(),
            is_contested: None,
            due_by: None,
            changed_since: None,
            seen_since: None,
        }
    }
}

impl FindingFilter {
    /// True for a cell that it lets pass.
    pub fn admits(&self, cell: &Cell) -> bool {
        fn has<T: PartialEq>(wanted: &[T], value: &T) -> bool {
            wanted.is_empty() || wanted.contains(value)
        }
        self.is_active.is_none_or(|wanted| wanted == cell.is_active)
            && self.is_contested.is_none_or(|wanted| wanted == cell.is_contested)
            && has(&self.verdicts, &cell.verdict)
            && has(&self.classes, &cell.class)
            && has(&self.ceilings, &cell.ceiling)
            && has(&self.statuses, &cell.status)
            && has(&self.tiers, &cell.tier)
    }

    /// True when the cells alone tell which rows pass.
    fn is_by_cells(&self) -> bool {
        let by_row = self.release.is_some()
            || self.component.is_some()
            || self.vulnerability.is_some()
            || !self.text.is_empty();
        let by_time = self.due_by.is_some() || self.changed_since.is_some() || self.seen_since.is_some();
        !by_row && !by_time
    }
}

/// Up to this many rows are fetched and sorted; above it an index in the wanted order is walked. 20,000 rows take
/// some 50 ms to sort; one match in 250 rows (20,000 of 5 million) is met 50 times within 12,500 rows of the index.
const FEW: u64 = 20_000;

/// (product, cell, number of rows)
type Cells = Vec<(i64, i64, u64)>;

impl Look {
    /// A page of findings with the exact number of all that pass the filter.
    pub async fn findings(
        &mut self,
        scope: &Scope,
        filter: &FindingFilter,
        sort: Sort,
        page: &Page,
    ) -> Result<Listed<Finding>> {
        let order = format!("{} {}", sort.by.word(), if sort.descending { "down" } else { "up" });
        let place = page.place(&order)?;
        let cells = self.cells(scope, filter).await?;
        let (rows, total) = if cells.is_empty() {
            (Vec::new(), 0)
        } else if filter.is_by_cells() {
            let total = cells.iter().map(|(_, _, n)| n).sum();
            let sql = if total <= FEW {
                by_cells(self, &cells)?
            } else {
                by_walk(self, &cells, filter, sort, page, &place)?
            };
            (self.page_of(sql, sort, page, &place).await?, total)
        } else {
            let Source { from, values } = by_conditions(self, &cells, filter)?;
            let total = self.line.int(format!("SELECT count(*) FROM {from}"), &values).await?.unsigned_abs();
            (self.page_of(Source { from, values }, sort, page, &place).await?, total)
        };
        let keyed: Result<Vec<(Finding, String)>> =
            rows.iter().map(|row| Ok((read(row)?, key_of(row, sort.by)?))).collect();
        let (rows, next) = page.cut(&order, keyed?, |(finding, key)| (key.clone(), finding.id));
        Ok(Listed { rows: rows.into_iter().map(|(finding, _)| finding).collect(), next, total })
    }

    /// The cells within scope and filter that hold any row.
    async fn cells(&mut self, scope: &Scope, filter: &FindingFilter) -> Result<Cells> {
        let mut products = self.reach(scope).await?;
        products.retain(|id| filter.product.is_none_or(|wanted| wanted == *id));
        let ids = self.line.dialect().ids("$1");
        let sql = format!(
            "SELECT product, cell, n FROM finding_count WHERE product IN {ids} AND release = 0 AND n > 0"
        );
        let mut cells = Cells::new();
        for row in self.line.rows(sql, &[ints(products)]).await? {
            if filter.admits(&Cell::read(row.int(1)?)?) {
                cells.push((row.int(0)?, row.int(1)?, row.int(2)?.unsigned_abs()));
            }
        }
        Ok(cells)
    }

    async fn page_of(
        &mut self,
        source: Source,
        sort: Sort,
        page: &Page,
        place: &Option<Place>,
    ) -> Result<Vec<crate::database::Row>> {
        let Source { from, mut values } = source;
        let (column, direction) = (sort.by.column(), if sort.descending { "DESC" } else { "ASC" });
        let cursor = cursor("f", sort, place, &mut values)?;
        values.push(page.rows().into());
        let limit = values.len();
        // First the page, then the names that belong to its rows.
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT f.* FROM {from}{cursor} ORDER BY f.{column} {direction}, f.id {direction}
                 LIMIT ${limit}) f {JOINS} ORDER BY f.{column} {direction}, f.id {direction}"
        );
        self.line.rows(sql, &values).await
    }
}

/// What stands after FROM, conditions included, and its values.
struct Source {
    from: String,
    values: Vec<Value>,
}

/// The rows of few cells, by their index.
fn by_cells(look: &Look, cells: &Cells) -> Result<Source> {
    let pairs: Vec<(i64, i64)> = cells.iter().map(|(product, cell, _)| (*product, *cell)).collect();
    let table = look.line.dialect().table("$1", &[("product", Kind::Int), ("cell", Kind::Int)]);
    let index = look.line.dialect().by_index("finding_cell");
    let from =
        format!("{table} t CROSS JOIN finding f{index} WHERE f.product = t.product AND f.cell = t.cell");
    Ok(Source { from, values: vec![bulk(&pairs)?] })
}

/// The first rows of each product in the wanted order.
fn by_walk(
    look: &Look,
    cells: &Cells,
    filter: &FindingFilter,
    sort: Sort,
    page: &Page,
    place: &Option<Place>,
) -> Result<Source> {
    let dialect = look.line.dialect();
    let mut products: Vec<i64> = cells.iter().map(|(product, _, _)| *product).collect();
    products.sort_unstable();
    products.dedup();
    let mut values = vec![ints(products), distinct_cells(cells), page.rows().into()];
    let (column, direction) = (sort.by.column(), if sort.descending { "DESC" } else { "ASC" });
    let cell = dialect.no_index("g.cell");
    let wanted = dialect.ids("$2");
    let cursor = cursor("g", sort, place, &mut values)?;
    let bounds = urgency_bounds(filter, sort);
    let inner = format!(
        "SELECT g.id FROM finding g WHERE g.product = p.value AND {cell} IN {wanted}{bounds}{cursor}
         ORDER BY g.{column} {direction}, g.id {direction} LIMIT $3"
    );
    Ok(Source { from: format!("{} WHERE true", dialect.first_of_each("$1", &inner)), values })
}

fn distinct_cells(cells: &Cells) -> Value {
    let mut numbers: Vec<i64> = cells.iter().map(|(_, cell, _)| *cell).collect();
    numbers.sort_unstable();
    numbers.dedup();
    ints(numbers)
}

/// The class stands in the upper bits of the urgency: a filter by class cuts the walk at both ends.
fn urgency_bounds(filter: &FindingFilter, sort: Sort) -> String {
    let codes: Vec<i64> = filter.classes.iter().map(|class| class_code(*class)).collect();
    match (codes.iter().min(), codes.iter().max()) {
        (Some(least), Some(most)) if sort.by == SortBy::Urgency => format!(
            " AND g.urgency >= {} AND g.urgency < {}",
            least << CLASS_SHIFT,
            (most + 1) << CLASS_SHIFT
        ),
        _ => String::new(),
    }
}

/// Rows by what they are about, or by time.
fn by_conditions(look: &Look, cells: &Cells, filter: &FindingFilter) -> Result<Source> {
    let dialect = look.line.dialect();
    let mut products: Vec<i64> = cells.iter().map(|(product, _, _)| *product).collect();
    products.dedup();
    let mut values = vec![ints(products), distinct_cells(cells)];
    let mut from = String::from("finding f WHERE ");
    let mut add = |condition: &str, value: Value, values: &mut Vec<Value>| {
        values.push(value);
        from.push_str(&condition.replace('?', &format!("${}", values.len())));
        from.push_str(" AND ");
    };
    if let Some(release) = filter.release {
        add("f.release = ?", release.into(), &mut values);
    }
    if let Some(component) = filter.component {
        add("f.component = ?", component.into(), &mut values);
    }
    if let Some(name) = &filter.vulnerability {
        add("f.vulnerability = ?", vulnerability_id(name).into(), &mut values);
    }
    let is_about = filter.release.is_some() || filter.component.is_some() || filter.vulnerability.is_some();
    if !filter.text.is_empty() {
        let condition = if is_about { TEXT_OF_ROWS } else { TEXT };
        add(condition, containing(&filter.text).into(), &mut values);
    }
    for (condition, bound) in [
        ("f.due <= ?", filter.due_by),
        ("f.changed >= ?", filter.changed_since),
        ("f.first_seen >= ?", filter.seen_since),
    ] {
        if let Some(moment) = bound {
            add(condition, moment.into(), &mut values);
        }
    }
    let is_by_time = !is_about && filter.text.is_empty();
    let product = if is_by_time { "f.product".to_owned() } else { dialect.no_index("f.product") };
    from.push_str(&format!(
        "{product} IN {} AND {} IN {}",
        dialect.ids("$1"),
        dialect.no_index("f.cell"),
        dialect.ids("$2")
    ));
    Ok(Source { from, values })
}

/// Where nothing else narrows: each half by its own index.
const TEXT: &str = "f.id IN (
    SELECT id FROM finding WHERE component IN (SELECT id FROM component WHERE lower(name) LIKE ? ESCAPE '\\')
    UNION SELECT id FROM finding WHERE vulnerability IN (
        SELECT id FROM vulnerability WHERE lower(name) LIKE ? ESCAPE '\\'
        UNION SELECT vulnerability FROM vulnerability_alias WHERE lower(alias) LIKE ? ESCAPE '\\'))";

/// Where a release, a component or a vulnerability is given: few rows to look at.
const TEXT_OF_ROWS: &str = "(lower(f.component_name) LIKE ? ESCAPE '\\' OR f.vulnerability IN (
        SELECT id FROM vulnerability WHERE lower(name) LIKE ? ESCAPE '\\'
        UNION SELECT vulnerability FROM vulnerability_alias WHERE lower(alias) LIKE ? ESCAPE '\\'))";

/// The condition that a row comes after the place, with its values appended.
fn cursor(table: &str, sort: Sort, place: &Option<Place>, values: &mut Vec<Value>) -> Result<String> {
    let Some(place) = place else { return Ok(String::new()) };
    values.push(match sort.by {
        SortBy::Component => Value::Text(place.value.clone()),
        _ => Value::Int(
            place.value.parse().map_err(|_| Error::Invalid("the cursor is none of ours".to_owned()))?,
        ),
    });
    values.push(place.id.into());
    let sign = if sort.descending { "<" } else { ">" };
    let (column, last) = (sort.by.column(), values.len());
    Ok(format!(" AND ({table}.{column}, {table}.id) {sign} (${}, ${last})", last - 1))
}

/// The sort's value of a row of [`COLUMNS`].
fn key_of(row: &crate::database::Row, by: SortBy) -> Result<String> {
    Ok(match by {
        SortBy::Component => row.text(6)?,
        SortBy::FirstSeen => row.int(22)?.to_string(),
        SortBy::Changed => row.int(23)?.to_string(),
        SortBy::Due => row.maybe_int(24)?.unwrap_or(NO_DEADLINE).to_string(),
        SortBy::Urgency => row.int(25)?.to_string(),
        SortBy::Vulnerability => row.int(26)?.to_string(),
    })
}
