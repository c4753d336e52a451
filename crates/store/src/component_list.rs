//! Components across the releases of a scope: what is on the devices, and whether each was looked at.
//!
//! As with findings, the exact number tells the way: few rows are fetched by release or by component and sorted; of many,
//! the index of the wanted order is walked until the page is full.

use std::collections::BTreeMap;

use crate::cell::{Cell, class_code};
use crate::database::dialect::{Dialect, Kind};
use crate::database::{Row, Value, bulk, ints};
use crate::error::Result;
use crate::page::{Order, Span};
use crate::release_component::containing;
use crate::{Listed, Look, Page, Scope};

/// By what they are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComponentSort {
    /// The worst open finding, the most urgent first; then the newest release.
    Urgency,
    /// By name.
    Name,
}

impl ComponentSort {
    /// All of them.
    pub const ALL: &'static [ComponentSort] = &[ComponentSort::Urgency, ComponentSort::Name];
}

/// Which components; an empty list does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComponentFilter {
    /// Of these products.
    pub products: Vec<i64>,
    /// Of these releases.
    pub releases: Vec<i64>,
    /// In these coverage states, by word.
    pub coverages: Vec<String>,
    /// Of these names.
    pub names: Vec<String>,
    /// A part of the name.
    pub text: String,
    /// With open findings of these reasons.
    pub reasons: Vec<String>,
}

impl ComponentFilter {
    /// True when the counts of the coverage alone tell how many rows pass.
    fn is_counted(&self) -> bool {
        !self.is_by_component() && self.reasons.is_empty()
    }

    fn is_by_component(&self) -> bool {
        !self.names.is_empty() || !self.text.is_empty()
    }
}

/// A component of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedComponent {
    /// The release.
    pub release: i64,
    /// Its version.
    pub release_version: String,
    /// The product.
    pub product: i64,
    /// Its name for people.
    pub product_name: String,
    /// Its place in the inventory, from 0.
    pub place: u64,
    /// Id of the distinct component.
    pub component: i64,
    /// Name.
    pub name: String,
    /// Version as written; may be empty.
    pub version: String,
    /// First package URL; may be empty.
    pub purl: String,
    /// Word of its role.
    pub role: String,
    /// Word of its coverage state.
    pub coverage: String,
    /// How urgent its worst open finding is; 0 = it has none.
    pub urgency: i64,
    /// Open findings: without a class, none, routine, planned, immediate.
    pub open: [u64; 5],
}

const COLUMNS: &str = "k.release, r.version, r.product, p.name, k.place, k.component, c.name, c.version, c.purl, c.role, \
                       k.coverage, k.urgency";

impl ComponentSort {
    fn order(self) -> Order {
        let int = |name: &str| (name.to_owned(), Kind::Int);
        match self {
            ComponentSort::Urgency => Order {
                word: "urgency".to_owned(),
                columns: vec![int("rc.urgency"), int("rc.release"), int("rc.place")],
                descending: true,
            },
            ComponentSort::Name => Order {
                word: "name".to_owned(),
                columns: vec![
                    ("c.name".to_owned(), Kind::Text),
                    int("c.id"),
                    int("rc.release"),
                    int("rc.place"),
                ],
                descending: false,
            },
        }
    }

    /// The same stretch by columns that lead to no index, for rows that are sorted.
    fn unled(self, dialect: Dialect, span: &Span) -> Span {
        match self {
            ComponentSort::Urgency => {
                span.renamed(&[&dialect.no_index("rc.urgency"), "rc.release", "rc.place"])
            }
            ComponentSort::Name => {
                span.renamed(&[&dialect.no_index_text("c.name"), "c.id", "rc.release", "rc.place"])
            }
        }
    }

    fn renamed(self, span: &Span) -> Span {
        match self {
            ComponentSort::Urgency => span.renamed(&["k.urgency", "k.release", "k.place"]),
            ComponentSort::Name => span.renamed(&["c.name", "c.id", "k.release", "k.place"]),
        }
    }
}

/// A release counts as so many rows of a list: 20,000 are 300 releases.
const RELEASE: u64 = 64;

impl Look {
    /// A page of the components of all releases in the scope, with the exact number of all.
    pub async fn component_list(
        &mut self,
        scope: &Scope,
        filter: &ComponentFilter,
        sort: ComponentSort,
        page: &Page,
    ) -> Result<Listed<ListedComponent>> {
        let span = sort.order().span(page)?;
        let mut products = self.reach(scope).await?;
        products.retain(|id| filter.products.is_empty() || filter.products.contains(id));
        let dialect = self.line.dialect();
        let mut values = vec![ints(products)];
        let which = which(dialect, filter, &mut values)?;
        let bound = self.by_coverage(filter, &values).await?;
        let total = if filter.is_counted() || bound == 0 {
            bound
        } else {
            let from = few(dialect, filter, bound > self.few);
            self.line.int(format!("SELECT count(*) FROM {from} WHERE {which}"), &values).await?.unsigned_abs()
        };
        let (from, reach, walk) = if total <= self.few {
            (few(dialect, filter, bound > self.few), String::new(), sort.unled(dialect, &span))
        } else {
            match sort {
                ComponentSort::Urgency => (by_urgency(dialect), String::new(), span.clone()),
                ComponentSort::Name => (by_name(dialect), span.reaching(2, &mut values), span.clone()),
            }
        };
        let beyond = walk.condition(&mut values);
        let own = sort.renamed(&span);
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT rc.* FROM {from} WHERE {which}{reach}{beyond} ORDER BY {} LIMIT {}) k
             JOIN release r ON r.id = k.release JOIN product p ON p.id = r.product
             JOIN component c ON c.id = k.component ORDER BY {}",
            walk.order(),
            walk.rows(),
            own.order()
        );
        let rows: Result<Vec<ListedComponent>> =
            self.line.rows(sql, &values).await?.iter().map(read).collect();
        let mut listed = span.cut(rows?, total, |one| {
            let place = i64::try_from(one.place).unwrap_or(i64::MAX).into();
            match sort {
                ComponentSort::Urgency => vec![one.urgency.into(), one.release.into(), place],
                ComponentSort::Name => {
                    vec![(&one.name).into(), one.component.into(), one.release.into(), place]
                }
            }
        });
        self.add_open(&mut listed.rows).await?;
        Ok(listed)
    }

    /// Components whose name has a text in it, and the releases of the scope that ship each, at most `limit`: name,
    /// version, releases. The shortest name first: it is the one that was meant.
    pub async fn components_named(
        &mut self,
        scope: &Scope,
        text: &str,
        limit: u32,
    ) -> Result<Vec<(String, String, u64)>> {
        let dialect = self.line.dialect();
        let releases = format!("SELECT count(*) FROM release WHERE {}", dialect.among("product", "$1"));
        let values = [self.reach_value(scope).await?, containing(text).into()];
        let releases = self.line.int(releases, values.split_at(1).0).await?.unsigned_abs();
        // Few releases are gone through; among many the first that ships a component is met at once.
        let (with, is_shipped) = if releases <= self.few / RELEASE {
            let with = format!(
                "WITH shipped AS MATERIALIZED (SELECT DISTINCT s.component FROM release r
                 {} release_component s ON s.release = r.id WHERE {})",
                dialect.then_join(),
                dialect.among("r.product", "$1")
            );
            (with, "id IN (SELECT component FROM shipped)".to_owned())
        } else {
            let exists = format!(
                "EXISTS (SELECT 1 FROM release_component s JOIN release r ON r.id = s.release
                         WHERE s.component = c.id AND {})",
                dialect.among(&dialect.no_index("r.product"), "$1")
            );
            (String::new(), exists)
        };
        let sql = format!(
            "{with} SELECT c.name, c.version, count(DISTINCT rc.release) FROM (
                 SELECT id, name, version FROM component c WHERE lower(name) LIKE $2 ESCAPE '\\' AND {is_shipped}
                 ORDER BY length(name), name, version, id LIMIT {limit}) c
             JOIN release_component rc ON rc.component = c.id JOIN release r ON r.id = rc.release
             WHERE {reach} GROUP BY c.name, c.version ORDER BY length(c.name), c.name, c.version",
            reach = dialect.among(&dialect.no_index("r.product"), "$1")
        );
        let rows = self.line.rows(sql, &values).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?.unsigned_abs()))).collect()
    }

    /// Rows of the wanted releases and coverage states.
    async fn by_coverage(&mut self, filter: &ComponentFilter, values: &[Value]) -> Result<u64> {
        let dialect = self.line.dialect();
        let mut asked: Vec<Value> = values.iter().take(1).cloned().collect();
        let mut which = dialect.among("r.product", "$1");
        if !filter.releases.is_empty() {
            asked.push(ints(filter.releases.iter().copied()));
            which.push_str(&format!(" AND {}", dialect.among("r.id", "$2")));
        }
        if !filter.coverages.is_empty() {
            asked.push(bulk(&filter.coverages)?);
            let mark = format!("${}", asked.len());
            which.push_str(&format!(" AND {}", dialect.among_texts("n.coverage", &mark)));
        }
        let sql = format!(
            "SELECT CAST(coalesce(sum(n.n), 0) AS BIGINT) FROM release r
             JOIN coverage_count n ON n.release = r.id WHERE {which}"
        );
        Ok(self.line.int(sql, &asked).await?.unsigned_abs())
    }

    /// The open findings of the rows of a page.
    async fn add_open(&mut self, rows: &mut [ListedComponent]) -> Result<()> {
        let mut pairs: Vec<(i64, i64)> =
            rows.iter().filter(|row| row.urgency > 0).map(|row| (row.release, row.component)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let columns = [("release", Kind::Int), ("component", Kind::Int)];
        let table = self.line.dialect().table("$1", &columns);
        let sql = format!(
            "SELECT f.release, f.component, f.cell, count(*) FROM {table} t
             JOIN finding f ON f.release = t.release AND f.component = t.component
             GROUP BY f.release, f.component, f.cell"
        );
        let mut open: BTreeMap<(i64, i64), [u64; 5]> = BTreeMap::new();
        for row in self.line.rows(sql, &[bulk(&pairs)?]).await? {
            let cell = Cell::read(row.int(2)?)?;
            let counts = open.entry((row.int(0)?, row.int(1)?)).or_default();
            let at = usize::try_from(class_code(cell.class)).ok();
            if let (true, Some(count)) = (cell.is_open(), at.and_then(|at| counts.get_mut(at))) {
                *count += row.int(3)?.unsigned_abs();
            }
        }
        for row in rows {
            row.open = open.get(&(row.release, row.component)).copied().unwrap_or_default();
        }
        Ok(())
    }
}

/// The conditions on `r`, `rc` and `c`; their values are appended. `$1` are the products.
fn which(dialect: Dialect, filter: &ComponentFilter, values: &mut Vec<Value>) -> Result<String> {
    let mut which = dialect.among(&dialect.no_index("r.product"), "$1");
    let mut add = |value: Value, condition: &dyn Fn(&str) -> String| {
        values.push(value);
        which.push_str(" AND ");
        which.push_str(&condition(&format!("${}", values.len())));
    };
    if !filter.releases.is_empty() {
        add(ints(filter.releases.iter().copied()), &|mark| dialect.among("r.id", mark));
    }
    if !filter.coverages.is_empty() {
        add(bulk(&filter.coverages)?, &|mark| dialect.among_texts("rc.coverage", mark));
    }
    if !filter.names.is_empty() {
        add(bulk(&filter.names)?, &|mark| dialect.among_texts("c.name", mark));
    }
    if !filter.text.is_empty() {
        add(containing(&filter.text).into(), &|mark| format!("lower(c.name) LIKE {mark} ESCAPE '\\'"));
    }
    if !filter.reasons.is_empty() {
        add(bulk(&filter.reasons)?, &|mark| {
            format!(
                "rc.urgency > 0 AND EXISTS (SELECT 1 FROM finding f WHERE f.release = rc.release
                 AND f.component = rc.component AND {} AND {})",
                crate::cell::open_sql("f"),
                dialect.among_texts("f.reason", mark)
            )
        });
    }
    Ok(which)
}

/// Tables for few rows: by component where one is named, else by release.
fn few(dialect: Dialect, filter: &ComponentFilter, is_bulky: bool) -> String {
    let then = dialect.then_join();
    if filter.is_by_component() && is_bulky {
        let index = dialect.by_index("release_component_component");
        format!(
            "component c {then} release_component rc{index} ON rc.component = c.id
             JOIN release r ON r.id = rc.release"
        )
    } else {
        let by_coverage = dialect.by_index("release_component_coverage");
        let index = if filter.coverages.is_empty() { "" } else { &by_coverage };
        format!(
            "release r {then} release_component rc{index} ON rc.release = r.id
             JOIN component c ON c.id = rc.component"
        )
    }
}

fn by_urgency(dialect: Dialect) -> String {
    let (then, index) = (dialect.then_join(), dialect.by_index("release_component_urgency"));
    format!(
        "release_component rc{index} {then} release r ON r.id = rc.release
         {then} component c ON c.id = rc.component"
    )
}

fn by_name(dialect: Dialect) -> String {
    let (then, index) = (dialect.then_join(), dialect.by_index("component_name"));
    let shipped = dialect.by_index("release_component_component");
    format!(
        "component c{index} {then} release_component rc{shipped} ON rc.component = c.id
         {then} release r ON r.id = rc.release"
    )
}

fn read(row: &Row) -> Result<ListedComponent> {
    Ok(ListedComponent {
        release: row.int(0)?,
        release_version: row.text(1)?,
        product: row.int(2)?,
        product_name: row.text(3)?,
        place: row.int(4)?.unsigned_abs(),
        component: row.int(5)?,
        name: row.text(6)?,
        version: row.text(7)?,
        purl: row.text(8)?,
        role: row.text(9)?,
        coverage: row.text(10)?,
        urgency: row.int(11)?,
        open: [0; 5],
    })
}
