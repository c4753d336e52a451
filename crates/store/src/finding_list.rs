//! Lists of findings: any filter, any order, any scope, a page at a time, with the exact number of all.
//!
//! Three ways lead to a page. Where the filter names few rows, those are taken by the index of their cells, or by the
//! index of what they are about, and sorted. Where it names many, the index of the wanted order is walked until the page
//! is full; many matches means that they are met soon. Which way it is, the exact counts tell before.

use crate::cell::Cell;
use crate::database::dialect::{Dialect, Kind};
use crate::database::{Row, Value, bulk, ints};
use crate::error::Result;
use crate::finding::{COLUMNS, Finding, JOINS, NO_DEADLINE, read};
use crate::finding_conditions::{Given, conditions};
use crate::finding_write::CLASS_SHIFT;
use crate::page::{Order, Span};
use crate::{Listed, Look, Page, Scope};

pub use crate::finding_filter::{FindingFilter, Sort, SortBy, Standing};

/// A number of findings of one product, cell and reason.
pub(crate) struct Counted {
    pub(crate) product: i64,
    pub(crate) cell: i64,
    reason: String,
    n: u64,
}

impl SortBy {
    /// Its column, and the index that walks it, per product; none where the vulnerabilities are walked.
    fn column(self) -> (&'static str, Option<&'static str>) {
        match self {
            SortBy::Urgency => ("urgency", Some("finding_urgency")),
            SortBy::Due => ("due", Some("finding_due")),
            SortBy::Changed => ("changed", Some("finding_changed")),
            SortBy::FirstSeen => ("first_seen", Some("finding_first_seen")),
            SortBy::Vulnerability => ("vulnerability", Some("finding_by_vulnerability")),
            SortBy::Component => ("component_name", Some("finding_by_component")),
            SortBy::Likelihood => ("likelihood", None),
            SortBy::Score => ("score", None),
        }
    }
}

/// The order of a list in SQL, for findings `f` and, where it needs them, vulnerabilities `v`.
fn order(sort: Sort) -> Order {
    let (column, index) = sort.by.column();
    let kind = if sort.by == SortBy::Component { Kind::Text } else { Kind::Int };
    let columns = match index {
        Some(_) => vec![(format!("f.{column}"), kind), ("f.id".to_owned(), Kind::Int)],
        None => [&format!("v.{column}"), "v.id", "f.id"].map(|name| (name.to_owned(), Kind::Int)).to_vec(),
    };
    let word = format!("{} {}", sort.by.word(), if sort.descending { "down" } else { "up" });
    Order { word, columns, descending: sort.descending }
}

impl Look {
    /// A page of findings with the exact number of all that pass the filter.
    pub async fn findings(
        &mut self,
        scope: &Scope,
        filter: &FindingFilter,
        sort: Sort,
        page: &Page,
    ) -> Result<Listed<Finding>> {
        let span = order(sort).span(page)?;
        let (counted, all) = self.counted(scope, filter).await?;
        if counted.is_empty() {
            return Ok(Listed::empty());
        }
        let given = Given { organisation: scope.organisation, filter, counted: &counted, all };
        let bound: u64 = counted.iter().map(|one| one.n).sum();
        let has_release = filter.release.is_some() || !filter.releases.is_empty();
        // What is sorted is taken by the index of its cells; beside another index only where the cells hold few rows.
        let most = self.few;
        let is_sorted = |total: u64| total <= most || !is_met_soon(&given, total, &span);
        let is_by_cells = if filter.is_counted() { is_sorted(bound) } else { bound <= most / 10 };
        let few = if is_by_cells && !filter.is_about_few() && !has_release {
            by_cells(self, &given)?
        } else {
            by_conditions(self, &given)?
        };
        let total = if filter.is_counted() {
            bound
        } else {
            let sql = format!("SELECT count(*) FROM {} WHERE {}", few.tables, few.which);
            self.line.int(sql, &few.values).await?.unsigned_abs()
        };
        let rows = if is_sorted(total) {
            self.sorted(few, sort, &span).await?
        } else if sort.by.column().1.is_some() {
            self.walked(&given, sort, &span).await?
        } else {
            let source = by_vulnerability(self, &given, &span)?;
            self.sorted(source, sort, &span).await?
        };
        let keyed: Result<Vec<(Finding, Vec<Value>)>> =
            rows.iter().map(|row| Ok((read(row)?, key_of(row, sort.by)?))).collect();
        let listed = span.cut(keyed?, total, |(_, key)| key.clone());
        Ok(Listed {
            rows: listed.rows.into_iter().map(|(finding, _)| finding).collect(),
            next: listed.next,
            previous: listed.previous,
            total,
        })
    }

    /// How many findings lie in each cell within scope and filter, and how many in all cells there.
    async fn counted(&mut self, scope: &Scope, filter: &FindingFilter) -> Result<(Vec<Counted>, u64)> {
        let mut products = self.reach(scope).await?;
        products.retain(|id| filter.admits_product(*id));
        let dialect = self.line.dialect();
        let mut values = vec![ints(products)];
        let releases = match filter.release {
            Some(release) => vec![release],
            None => filter.releases.clone(),
        };
        let reach = dialect.among("n.product", "$1");
        // Reasons make many rows of a cell: they are told apart only where they are asked for.
        let (reason, group) = match filter.reasons.is_empty() {
            true => ("''", "n.product, n.cell"),
            false => ("n.reason", "n.product, n.cell, n.reason"),
        };
        let columns = format!("n.product, n.cell, {reason}, CAST(sum(n.n) AS BIGINT)");
        let mut sql = if releases.is_empty() {
            format!("SELECT {columns} FROM finding_count n WHERE n.release = 0 AND {reach}")
        } else {
            values.push(ints(releases));
            format!(
                "SELECT {columns} FROM {} w JOIN release r ON r.id = w.value
                 JOIN finding_count n ON n.product = r.product AND n.release = r.id WHERE {reach}",
                dialect.ids("$2")
            )
        };
        if !filter.reasons.is_empty() {
            values.push(bulk(&filter.reasons)?);
            sql.push_str(&format!(" AND n.reason IN {}", dialect.texts(&format!("${}", values.len()))));
        }
        sql.push_str(&format!(" AND n.n > 0 GROUP BY {group}"));
        let (mut counted, mut all) = (Vec::new(), 0_u64);
        for row in self.line.rows(sql, &values).await? {
            let (product, cell, n) = (row.int(0)?, row.int(1)?, row.int(3)?.unsigned_abs());
            all = all.saturating_add(n);
            if filter.admits(&Cell::read(cell)?) {
                counted.push(Counted { product, cell, reason: row.text(2)?, n });
            }
        }
        Ok((counted, all))
    }

    /// The page of few rows.
    async fn sorted(&mut self, source: Source, sort: Sort, span: &Span) -> Result<Vec<Row>> {
        let Source { mut tables, which, mut values } = source;
        let walks_vulnerabilities = tables.starts_with("vulnerability v");
        if sort.by.column().1.is_none() && !walks_vulnerabilities {
            tables.push_str(" JOIN vulnerability v ON v.id = f.vulnerability");
        }
        let own = unled(self.line.dialect(), sort.by, span);
        let span = if walks_vulnerabilities { span } else { &own };
        let beyond = span.condition(&mut values);
        let inner = format!(
            "SELECT f.* FROM {tables} WHERE {which}{beyond} ORDER BY {} LIMIT {}",
            span.order(),
            span.rows()
        );
        self.named(&inner, &values, span).await
    }

    /// The first rows of each product in the wanted order, merged.
    async fn walked(&mut self, given: &Given<'_>, sort: Sort, span: &Span) -> Result<Vec<Row>> {
        let dialect = self.line.dialect();
        let mut values = vec![ints(given.products()), ints(given.cells())];
        let (column, index) = sort.by.column();
        let own = span.renamed(&[&format!("g.{column}"), "g.id"]);
        let beyond = own.condition(&mut values);
        let more = conditions(dialect, given, "g", true, &mut values)?;
        let inner = format!(
            "SELECT g.id FROM finding g{} WHERE g.product = p.value AND {}{}{more}{beyond} ORDER BY {} LIMIT {}",
            dialect.by_index(index.unwrap_or_default()),
            dialect.among(&dialect.no_index("g.cell"), "$2"),
            urgency_bounds(given.filter, sort),
            own.order(),
            own.rows()
        );
        let from = dialect.first_of_each("$1", &inner);
        let inner = format!("SELECT f.* FROM {from} ORDER BY {} LIMIT {}", span.order(), span.rows());
        self.named(&inner, &values, span).await
    }

    /// The page with the names that belong to its rows.
    async fn named(&mut self, inner: &str, values: &[Value], span: &Span) -> Result<Vec<Row>> {
        let sql = format!("SELECT {COLUMNS} FROM ({inner}) f {JOINS} ORDER BY {}", span.order());
        self.line.rows(sql, values).await
    }
}

/// The same stretch by columns that lead to no index: one that has the place in it would lead past all rows that the filter
/// leaves out.
fn unled(dialect: Dialect, by: SortBy, span: &Span) -> Span {
    let (column, index) = by.column();
    match (by, index) {
        (SortBy::Component, _) => span.renamed(&[&dialect.no_index_text("f.component_name"), "f.id"]),
        (_, Some(_)) => span.renamed(&[&dialect.no_index(&format!("f.{column}")), "f.id"]),
        (_, None) => {
            let ranked = dialect.no_index(&format!("v.{column}"));
            span.renamed(&[&ranked, &dialect.no_index("f.vulnerability"), "f.id"])
        }
    }
}

/// True where a page that is walked to is full before as many rows were passed as sorting all would take. Each product is
/// walked for itself, and a row that is looked up and sorted costs some three that are passed.
fn is_met_soon(given: &Given<'_>, total: u64, span: &Span) -> bool {
    let products = given.products().len() as u64;
    let passed = (span.rows() as u64).saturating_mul(products).saturating_mul(given.all / total.max(1));
    passed <= total.saturating_mul(3)
}

/// Tables, conditions, and their values.
struct Source {
    tables: String,
    which: String,
    values: Vec<Value>,
}

/// The rows of few cells, by their index.
fn by_cells(look: &Look, given: &Given<'_>) -> Result<Source> {
    let dialect = look.line.dialect();
    let is_by_reason = !given.filter.reasons.is_empty();
    let mut wanted: Vec<(i64, i64, &str)> = given
        .counted
        .iter()
        .map(|one| (one.product, one.cell, if is_by_reason { one.reason.as_str() } else { "" }))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let columns = [("product", Kind::Int), ("cell", Kind::Int), ("reason", Kind::Text)];
    let table = dialect.table("$1", &columns);
    let index = dialect.by_index("finding_cell");
    let reason = if is_by_reason { " AND f.reason = t.reason" } else { "" };
    let mut values = vec![bulk(&wanted)?];
    let more = conditions(dialect, given, "f", true, &mut values)?;
    let tables = format!("{table} t CROSS JOIN finding f{index}");
    let which = format!("f.product = t.product AND f.cell = t.cell{reason}{more}");
    Ok(Source { tables, which, values })
}

/// Rows by what they are about, or by time.
fn by_conditions(look: &Look, given: &Given<'_>) -> Result<Source> {
    let dialect = look.line.dialect();
    let mut values = vec![ints(given.products()), ints(given.cells())];
    let is_narrow = given.is_narrow();
    let product = if is_narrow { dialect.no_index("f.product") } else { "f.product".to_owned() };
    let more = conditions(dialect, given, "f", false, &mut values)?;
    let which = format!(
        "{} AND {}{more}",
        dialect.among(&product, "$1"),
        dialect.among(&dialect.no_index("f.cell"), "$2")
    );
    Ok(Source { tables: "finding f".to_owned(), which, values })
}

/// The vulnerabilities in the wanted order, each with its findings.
fn by_vulnerability(look: &Look, given: &Given<'_>, span: &Span) -> Result<Source> {
    let dialect = look.line.dialect();
    let mut values = vec![ints(given.products()), ints(given.cells())];
    let reach = span.reaching(2, &mut values);
    let more = conditions(dialect, given, "f", true, &mut values)?;
    let tables = format!("vulnerability v CROSS JOIN finding f{}", dialect.by_index("finding_vulnerability"));
    let which = format!(
        "f.vulnerability = v.id{reach} AND {} AND {}{more}",
        dialect.among(&dialect.no_index("f.product"), "$1"),
        dialect.among(&dialect.no_index("f.cell"), "$2")
    );
    Ok(Source { tables, which, values })
}

/// The class stands in the upper bits of the urgency: a filter by class cuts the walk at both ends.
fn urgency_bounds(filter: &FindingFilter, sort: Sort) -> String {
    let codes: Vec<i64> = filter.classes.iter().map(|class| crate::cell::class_code(*class)).collect();
    match (codes.iter().min(), codes.iter().max()) {
        (Some(least), Some(most)) if sort.by == SortBy::Urgency => format!(
            " AND g.urgency >= {} AND g.urgency < {}",
            least << CLASS_SHIFT,
            (most + 1) << CLASS_SHIFT
        ),
        _ => String::new(),
    }
}

/// The sort's values of a row of [`COLUMNS`].
fn key_of(row: &Row, by: SortBy) -> Result<Vec<Value>> {
    let id = row.int(0)?.into();
    Ok(match by {
        SortBy::Component => vec![row.text(6)?.into(), id],
        SortBy::FirstSeen => vec![row.int(22)?.into(), id],
        SortBy::Changed => vec![row.int(23)?.into(), id],
        SortBy::Due => vec![row.maybe_int(24)?.unwrap_or(NO_DEADLINE).into(), id],
        SortBy::Urgency => vec![row.int(25)?.into(), id],
        SortBy::Vulnerability => vec![row.int(26)?.into(), id],
        SortBy::Likelihood => vec![row.int(11)?.into(), row.int(26)?.into(), id],
        SortBy::Score => vec![row.int(10)?.into(), row.int(26)?.into(), id],
    })
}
