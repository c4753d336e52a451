//! What the branch table says of a component's version: since when it can exist, and whether its branch lives.

use index::tables::{Branch, BranchTable, is_over};
use model::component::Component;
use model::version::Scheme;
use versions::{Order, branch_of, compare};

/// The earliest month in which a version can have been released: the first release of its branch, else of the
/// nearest lower branch that is known. Empty = unknown.
pub fn released_at_the_earliest<'t>(
    table: &'t BranchTable,
    product: &str,
    scheme: Scheme,
    version: &str,
) -> &'t str {
    let Some(branch) = branch_of(scheme, version) else { return "" };
    if let Some(row) = table.of(product, &branch).filter(|row| !row.released.is_empty()) {
        return &row.released;
    }
    // The table is in the order of the branches.
    let lower = table.of_product(product).filter(|row| compare(scheme, &row.branch, version) == Order::Less);
    lower.filter(|row| !row.released.is_empty()).last().map_or("", |row| &row.released)
}

/// True when the kernel branch of a component had ended at the given time.
pub fn has_ended(table: &BranchTable, component: &Component, at: &str) -> bool {
    !at.is_empty() && is_over(end_of_life(table, component), at)
}

/// The last day, or month, in which the kernel branch of a component is maintained; empty = none is known.
pub fn end_of_life<'t>(table: &'t BranchTable, component: &Component) -> &'t str {
    kernel_branch(table, component).map_or("", |row| &row.end_of_life)
}

/// What is known of the kernel branch of a component.
pub fn kernel_branch<'t>(table: &'t BranchTable, component: &Component) -> Option<&'t Branch> {
    table.of("linux", &branch_of(Scheme::Linux, &component.version)?)
}
