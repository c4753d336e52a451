//! Life of release branches: which are maintained for long, and until when. Facts with dates.

use std::sync::LazyLock;

use super::rows::{Row, TableError, is_date, rows};

const BUILT_IN: &str = include_str!("../../tables/branches.tsv");

const COLUMNS: [&str; 7] = ["product", "branch", "kind", "released", "end_of_life", "source", "date"];

/// One branch of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Canonical name of the product.
    pub product: String,
    /// The branch: `6.6`, `1.1.1`.
    pub branch: String,
    /// Maintained for long by its project.
    pub is_lts: bool,
    /// The project keeps one line of releases only, so that the newest release is the upgrade; the branch is `*`.
    pub is_rolling: bool,
    /// First release, `YYYY-MM` or longer; empty when unknown.
    pub released: String,
    /// Last day of public maintenance, as planned on `date`; empty when none is announced.
    pub end_of_life: String,
    /// Kind of source.
    pub source: String,
    /// Date of the review.
    pub date: String,
}

impl Branch {
    /// True when maintenance had ended before the day `today` (`YYYY-MM-DD`). An end given as a month ends
    /// with that month.
    pub fn has_ended(&self, today: &str) -> bool {
        is_over(&self.end_of_life, today)
    }
}

/// True when a day, or a month, is over on the day `today`; an empty one never is.
pub fn is_over(end: &str, today: &str) -> bool {
    let length = end.len().min(today.len());
    !end.is_empty() && end.get(..length) < today.get(..length)
}

/// The branches of all products.
#[derive(Clone, Debug, Default)]
pub struct BranchTable {
    branches: Vec<Branch>,
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
                Ok(branch) => table.branches.push(branch),
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
    pub fn of_product<'t>(&'t self, product: &str) -> impl Iterator<Item = &'t Branch> {
        self.branches.iter().filter(move |known| known.product == product)
    }
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
    Ok(Branch { product, branch, is_lts, is_rolling, released, end_of_life, source, date })
}
