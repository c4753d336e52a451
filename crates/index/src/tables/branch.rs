//! Life of release branches: which are maintained for long, and until when. Facts with dates.

use std::cmp::Ordering;
use std::sync::LazyLock;

use model::identity::name::name_key;
pub use model::lifecycle::{Branch, is_over};
use rustc_hash::FxHashMap;

use super::rows::{Row, TableError, is_date, rows};

const BUILT_IN: &str = include_str!("../../tables/branches.tsv");

const COLUMNS: [&str; 7] = ["product", "branch", "kind", "released", "end_of_life", "source", "date"];

/// The branches of all products.
#[derive(Clone, Debug, Default)]
pub struct BranchTable {
    branches: Vec<Branch>,
    /// Where the rows of a product stand: they follow one another.
    products: FxHashMap<String, std::ops::Range<usize>>,
}

impl BranchTable {
    /// The facts the program ships with.
    pub fn built_in() -> &'static BranchTable {
        static TABLE: LazyLock<BranchTable> =
            LazyLock::new(|| BranchTable::parse(BUILT_IN).unwrap_or_default());
        &TABLE
    }

    /// Reads a table, naming every unusable row.
    pub fn parse(text: &str) -> Result<BranchTable, Vec<TableError>> {
        let mut table = BranchTable::default();
        let mut errors = Vec::new();
        for row in rows(text, &COLUMNS)? {
            match branch(&row) {
                Ok(branch) if table.of(&branch.product, &branch.branch).is_some() => {
                    errors.push(row.error(format!("a second row for {} {}", branch.product, branch.branch)));
                }
                Ok(branch) => table.push(branch),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(table) } else { Err(errors) }
    }

    /// All branches, in the order of the text (oldest first within a product).
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch of a product.
    pub fn of(&self, product: &str, branch: &str) -> Option<&Branch> {
        self.of_product(product).find(|known| known.branch == branch)
    }

    /// The branches of a product, oldest first.
    pub fn of_product<'t>(&'t self, product: &str) -> impl Iterator<Item = &'t Branch> + use<'t> {
        let rows = self.products.get(product).and_then(|rows| self.branches.get(rows.clone()));
        rows.unwrap_or_default().iter()
    }

    /// This table with what a feed says: a row of the feed stands in the place of ours of the same branch, and what it
    /// leaves open keeps our word. Of several rows of one branch the newest stands.
    pub fn with(&self, told: impl IntoIterator<Item = Branch>) -> BranchTable {
        let known: FxHashMap<String, &str> =
            self.products.keys().map(|product| (name_key(product), product.as_str())).collect();
        let mut newest: FxHashMap<(String, String), Branch> = FxHashMap::default();
        for mut row in told {
            if let Some(product) = known.get(&name_key(&row.product)) {
                (*product).clone_into(&mut row.product);
            }
            let key = (row.product.clone(), row.branch.clone());
            let rank = |row: &Branch| (row.date.clone(), row.clone());
            match newest.get(&key) {
                Some(other) if rank(other) >= rank(&row) => {}
                _ => {
                    newest.insert(key, row);
                }
            }
        }
        let mut rows: Vec<Branch> = self.branches.clone();
        for own in &mut rows {
            if let Some(told) = newest.remove(&(own.product.clone(), own.branch.clone())) {
                *own = joined(own, told);
            }
        }
        let more: Vec<Branch> = newest.into_values().collect();
        let mut by_product: std::collections::BTreeMap<String, Vec<Branch>> =
            std::collections::BTreeMap::new();
        let touched: std::collections::BTreeSet<String> =
            more.iter().map(|row| row.product.clone()).collect();
        for row in rows.into_iter().chain(more) {
            by_product.entry(row.product.clone()).or_default().push(row);
        }
        let mut table = BranchTable::default();
        for (product, mut rows) in by_product {
            if touched.contains(&product) {
                rows.sort_by(|one, other| by_number(&one.branch, &other.branch));
            }
            rows.into_iter().for_each(|row| table.push(row));
        }
        table
    }

    fn push(&mut self, branch: Branch) {
        let at = self.branches.len();
        match self.products.get_mut(&branch.product) {
            Some(rows) if rows.end == at => rows.end = at + 1,
            Some(rows) => {
                // Rows of a product that do not follow one another are brought together.
                let end = rows.end;
                for other in self.products.values_mut() {
                    if other.start >= end {
                        (other.start, other.end) = (other.start + 1, other.end + 1);
                    }
                }
                if let Some(rows) = self.products.get_mut(&branch.product) {
                    rows.end = end + 1;
                }
                self.branches.insert(end, branch);
                return;
            }
            None => {
                self.products.insert(branch.product.clone(), at..at + 1);
            }
        }
        self.branches.push(branch);
    }
}

/// A feed's row in the place of ours: it dates what it says, and what it does not say stays.
fn joined(own: &Branch, told: Branch) -> Branch {
    let or = |one: String, other: &String| if one.is_empty() { other.clone() } else { one };
    Branch {
        is_lts: told.is_lts || own.is_lts,
        released: or(told.released, &own.released),
        end_of_support: or(told.end_of_support, &own.end_of_support),
        end_of_life: or(told.end_of_life, &own.end_of_life),
        ..told
    }
}

/// `6.6` before `6.12`: numbers by their value, anything else by its letters.
fn by_number(one: &str, other: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(u64, String)> {
        let part = |part: &str| (part.parse().unwrap_or(u64::MAX), part.to_owned());
        text.split(['.', '-', '_']).map(part).collect()
    };
    parts(one).cmp(&parts(other))
}

fn branch(row: &Row<'_>) -> Result<Branch, TableError> {
    let (product, branch) = (row.cell("product").to_owned(), row.cell("branch").to_owned());
    if product.is_empty() || branch.is_empty() {
        return Err(row.error("no product or no branch"));
    }
    let date_or_empty = |column: &str| match row.cell(column) {
        cell if cell.is_empty() || is_date(cell) => Ok(cell.to_owned()),
        cell => Err(row.error(format!("`{cell}` in `{column}` is no date"))),
    };
    let (is_lts, is_rolling) = match row.cell("kind") {
        "lts" => (true, false),
        "stable" => (false, false),
        "rolling" if branch == "*" => (false, true),
        "rolling" => return Err(row.error("a rolling product has no branches: write `*`")),
        other => return Err(row.error(format!("`{other}` is none of `lts`, `stable`, `rolling`"))),
    };
    let (source, date) = (row.cell("source").to_owned(), date_or_empty("date")?);
    if source.is_empty() || date.is_empty() {
        return Err(row.error("no source or no date"));
    }
    let (released, end_of_life) = (date_or_empty("released")?, date_or_empty("end_of_life")?);
    Ok(Branch {
        product,
        branch,
        is_lts,
        is_rolling,
        released,
        end_of_life,
        source,
        date,
        ..Branch::default()
    })
}
