//! What a filter of findings asks beyond cells, as conditions in SQL. Written once for every way that leads to a page.

use crate::cell::Cell;
use crate::database::dialect::Dialect;
use crate::database::{Value, bulk, ints};
use crate::error::Result;
use crate::finding_filter::{FindingFilter, Standing};
use crate::finding_list::Counted;
use crate::finding_write::Turn;
use crate::release_component::containing;
use crate::vulnerability::vulnerability_id;

/// A filter within the cells that hold any row of it.
pub(crate) struct Given<'g> {
    pub(crate) organisation: i64,
    pub(crate) filter: &'g FindingFilter,
    pub(crate) counted: &'g [Counted],
    /// How many findings there are in the same products or releases, whatever their cell.
    pub(crate) all: u64,
}

impl Given<'_> {
    /// The products that hold any row, in order.
    pub(crate) fn products(&self) -> Vec<i64> {
        distinct(self.counted.iter().map(|one| one.product))
    }

    /// The cells that hold any row, in order.
    pub(crate) fn cells(&self) -> Vec<i64> {
        distinct(self.counted.iter().map(|one| one.cell))
    }

    /// True where an index of its own leads to the rows, so that the products are looked at afterwards.
    pub(crate) fn is_narrow(&self) -> bool {
        let filter = self.filter;
        filter.is_about_few()
            || filter.release.is_some()
            || !filter.releases.is_empty()
            || filter.is_exploited == Some(true)
            || !filter.text.is_empty()
            || filter.asks_decisions()
            || filter.turned.as_ref().is_some_and(|(turns, _)| turns.len() > 1 && turns.contains(&Turn::New))
    }
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The conditions on a finding `table`, each with ` AND ` before it; their values are appended. `is_checked` where
/// another index leads to the row, and these are only to be looked at.
pub(crate) fn conditions(
    dialect: Dialect,
    given: &Given<'_>,
    table: &str,
    is_checked: bool,
    values: &mut Vec<Value>,
) -> Result<String> {
    let mut all = Conditions { dialect, table, is_checked, values, text: String::new() };
    let filter = given.filter;
    let ids = filter.vulnerabilities.iter().map(|name| vulnerability_id(name)).collect::<Vec<_>>();
    let one = |id: Option<i64>| id.into_iter().collect::<Vec<_>>();
    all.among("release", &one(filter.release));
    all.among("release", &filter.releases);
    all.among("component", &one(filter.component));
    all.among("vulnerability", &one(filter.vulnerability.as_deref().map(vulnerability_id)));
    all.among("vulnerability", &ids);
    all.among_texts("component_name", &filter.component_names)?;
    // The index of cells ends in the reason; nothing else is sorted by it.
    if !filter.reasons.is_empty() {
        all.values.push(bulk(&filter.reasons)?);
        let (column, mark) = (dialect.no_index_text(&format!("{table}.reason")), all.last());
        all.and(&dialect.among_texts(&column, &mark));
    }
    if let Some(is_exploited) = filter.is_exploited {
        let column = all.column("vulnerability");
        let not = if is_exploited { "" } else { "NOT " };
        all.and(&format!("{column} {not}IN (SELECT id FROM vulnerability WHERE is_exploited = 1)"));
    }
    all.text(given)?;
    for (column, sign, bound) in [
        ("due", "<=", filter.due_by),
        ("changed", ">=", filter.changed_since),
        ("first_seen", ">=", filter.seen_since),
    ] {
        if let Some(moment) = bound {
            let column = all.column(column);
            all.values.push(moment.into());
            let condition = format!("{column} {sign} {}", all.last());
            all.and(&condition);
        }
    }
    all.turned(given);
    all.standings(given)?;
    Ok(all.text)
}

struct Conditions<'c> {
    dialect: Dialect,
    table: &'c str,
    is_checked: bool,
    values: &'c mut Vec<Value>,
    text: String,
}

impl Conditions<'_> {
    fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }

    /// The mark of the value pushed last.
    fn last(&self) -> String {
        format!("${}", self.values.len())
    }

    fn column(&self, name: &str) -> String {
        let name = format!("{}.{name}", self.table);
        if self.is_checked { self.dialect.no_index(&name) } else { name }
    }

    fn among(&mut self, column: &str, ids: &[i64]) {
        if !ids.is_empty() {
            self.values.push(ints(ids.iter().copied()));
            let condition = self.dialect.among(&self.column(column), &self.last());
            self.and(&condition);
        }
    }

    fn among_texts(&mut self, column: &str, texts: &[String]) -> Result<()> {
        if !texts.is_empty() {
            let name = format!("{}.{column}", self.table);
            let name = if self.is_checked { self.dialect.no_index_text(&name) } else { name };
            self.values.push(bulk(texts)?);
            let condition = self.dialect.among_texts(&name, &self.last());
            self.and(&condition);
        }
        Ok(())
    }

    /// A part of a name or an id: looked at where other conditions lead to the rows, else each half by its own index.
    fn text(&mut self, given: &Given<'_>) -> Result<()> {
        let filter = given.filter;
        if filter.text.is_empty() {
            return Ok(());
        }
        self.values.push(containing(&filter.text).into());
        let (mark, table) = (self.last(), self.table);
        let known = format!(
            "SELECT id FROM vulnerability WHERE lower(name) LIKE {mark} ESCAPE '\\'
             UNION SELECT vulnerability FROM vulnerability_alias WHERE lower(alias) LIKE {mark} ESCAPE '\\'"
        );
        let is_led = self.is_checked
            || filter.is_about_few()
            || filter.release.is_some()
            || !filter.releases.is_empty();
        let condition = if is_led {
            format!(
                "(lower({table}.component_name) LIKE {mark} ESCAPE '\\' OR {table}.vulnerability IN ({known}))"
            )
        } else {
            // Both indexes begin with the product and hold id and cell: no row is looked up.
            let own = format!(
                "{} AND {}",
                self.dialect.among("product", "$1"),
                self.dialect.among(&self.dialect.no_index("cell"), "$2")
            );
            let (by_component, by_vulnerability) = (
                self.dialect.by_index("finding_by_component"),
                self.dialect.by_index("finding_by_vulnerability"),
            );
            format!(
                "{table}.id IN (SELECT id FROM finding{by_component} WHERE {own} AND component_name IN (
                     SELECT name FROM component WHERE lower(name) LIKE {mark} ESCAPE '\\')
                 UNION SELECT id FROM finding{by_vulnerability} WHERE {own} AND vulnerability IN ({known}))"
            )
        };
        self.and(&condition);
        Ok(())
    }

    fn turned(&mut self, given: &Given<'_>) {
        let Some((turns, since)) = &given.filter.turned else { return };
        let codes: Vec<String> =
            turns.iter().filter(|turn| **turn != Turn::New).map(|turn| turn.code().to_string()).collect();
        let is_new = turns.contains(&Turn::New);
        self.values.push((*since).into());
        let mark = self.last();
        let (seen, turned, table) = (self.column("first_seen"), self.column("turned"), self.table);
        let new = format!("{seen} >= {mark} AND ({table}.cell & 1) = 1");
        let other =
            format!("{turned} >= {mark} AND {table}.turned > 0 AND {table}.turn IN ({})", codes.join(", "));
        let condition = match (is_new, codes.is_empty()) {
            (true, true) => new,
            (false, _) => other,
            (true, false) if self.is_checked => format!("(({new}) OR ({other}))"),
            (true, false) => {
                let among = self.dialect.among("product", "$1");
                format!(
                    "{table}.id IN (SELECT id FROM finding WHERE {among} AND first_seen >= {mark} AND (cell & 1) = 1
                     UNION SELECT id FROM finding WHERE {among} AND turned >= {mark} AND turned > 0 AND turn IN ({}))",
                    codes.join(", ")
                )
            }
        };
        self.and(&condition);
    }

    /// What decisions about the findings say; what cells say is among the cells already, unless both are asked.
    fn standings(&mut self, given: &Given<'_>) -> Result<()> {
        let filter = given.filter;
        if !filter.asks_decisions() {
            return Ok(());
        }
        let states: Vec<&str> =
            filter.standings.iter().filter_map(|one| one.state()).map(|state| state.word()).collect();
        self.values.extend([given.organisation.into(), bulk(&states)?]);
        let at = self.values.len();
        let about = format!(
            "{}.id IN (SELECT h.id FROM decision d JOIN vulnerability w ON w.name = d.vulnerability
             JOIN finding h ON h.vulnerability = w.id AND h.component_name = d.component
             WHERE d.organisation = ${} AND {} AND (d.product = 0 OR d.product = h.product))",
            self.table,
            at - 1,
            self.dialect.among_texts("d.state", &format!("${at}"))
        );
        let by_cell: Vec<i64> = given
            .cells()
            .into_iter()
            .filter(|number| {
                Cell::read(*number).is_ok_and(|cell| filter.standings.contains(&Standing::of(&cell)))
            })
            .collect();
        if by_cell.is_empty() {
            self.and(&about);
        } else {
            self.values.push(ints(by_cell));
            let cell = self.dialect.no_index(&format!("{}.cell", self.table));
            let cells = self.dialect.among(&cell, &self.last());
            self.and(&format!("({about} OR {cells})"));
        }
        Ok(())
    }
}
