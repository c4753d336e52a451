//! The life of branches, as feeds say: the newest word of each branch, sorted.
//!
//! ```text
//! number of rows; per row nine texts: product, branch, `lts` or nothing, the three dates, source, date, feed
//! ```

use std::collections::BTreeMap;

use model::lifecycle::Branch;

use super::merge::Merged;
use crate::Error;
use crate::layout::codec::put_u32;
use crate::layout::strings::TextTable;

/// Writes the section.
pub(super) fn write(merged: &Merged) -> Result<Vec<u8>, Error> {
    let mut newest: BTreeMap<(&str, &str), &Branch> = BTreeMap::new();
    for fact in &merged.branches {
        let branch = &fact.value;
        let known = newest.entry((&branch.product, &branch.branch)).or_insert(branch);
        let rank = |branch: &'_ Branch| (branch.date.clone(), branch.clone());
        if rank(branch) > rank(known) {
            *known = branch;
        }
    }
    let too_large = || Error::TooLarge("more than 4 GiB of branches");
    let mut section = Vec::new();
    put_u32(&mut section, u32::try_from(newest.len()).map_err(|_| too_large())?);
    let texts = newest.values().flat_map(|branch| {
        let lts = if branch.is_lts { "lts" } else { "" };
        let dates = [branch.released.as_str(), &branch.end_of_support, &branch.end_of_life];
        let names = [branch.product.as_str(), &branch.branch, lts];
        names.into_iter().chain(dates).chain([branch.source.as_str(), &branch.date, &branch.feed])
    });
    TextTable::write(texts, &mut section).ok_or_else(too_large)?;
    Ok(section)
}
