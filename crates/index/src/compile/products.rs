//! Known vendors and ecosystems per product (matching.md 4.3), counted over vulnerabilities.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::interner::Interner;
use super::merge::{Link, Merged};
use crate::Error;
use crate::layout::codec::{put_u32, put_varint};
use crate::layout::strings::TextTable;
use crate::layout::table::HashTable;

/// A product, one of its vendors or ecosystems, and in how many vulnerabilities they stand together.
type Count = (u32, u32, u32);

/// Writes the products section.
pub(super) fn write(merged: &Merged) -> Result<Vec<u8>, Error> {
    let too_large = || Error::TooLarge("more than 4 GiB of product names");
    let texts = &merged.texts;
    let vendors = counts(merged, Link::Vendors);
    let ecosystems = counts(merged, Link::Ecosystems);
    let mut products: Vec<u32> = vendors.iter().chain(&ecosystems).map(|count| count.0).collect();
    sort_texts(&mut products, texts);
    let mut names: Vec<u32> = vendors.iter().chain(&ecosystems).map(|count| count.1).collect();
    sort_texts(&mut names, texts);
    let number_of: FxHashMap<u32, u32> = names.iter().copied().zip(0u32..).collect();
    let mut section = Vec::new();
    let entries = products.iter().zip(0u32..).map(|(product, at)| (texts.hash(*product), at)).collect();
    HashTable::write(entries, &mut section).ok_or_else(too_large)?;
    TextTable::write(products.iter().map(|product| texts.text(*product)), &mut section)
        .ok_or_else(too_large)?;
    TextTable::write(names.iter().map(|name| texts.text(*name)), &mut section).ok_or_else(too_large)?;
    let lists = [by_product(&vendors), by_product(&ecosystems)];
    let mut values = Vec::new();
    for product in &products {
        for list in &lists {
            put_counts(list.get(product).copied().unwrap_or_default(), &number_of, &mut values);
        }
        put_u32(&mut section, u32::try_from(values.len()).map_err(|_| too_large())?);
    }
    section.extend_from_slice(&values);
    Ok(section)
}

/// Counts each pair once per vulnerability; sorted by product, then most frequent first.
fn counts(merged: &Merged, link: Link) -> Vec<Count> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for group in &merged.groups {
        let start = pairs.len();
        for kept in merged.records_of(group) {
            let (links, _) = merged.links(kept, link).as_chunks::<2>();
            for [product, name] in links {
                if !pairs[start..].contains(&(*product, *name)) {
                    pairs.push((*product, *name));
                }
            }
        }
    }
    pairs.par_sort_unstable();
    let runs = pairs.chunk_by(|one, other| one == other);
    let mut counts: Vec<Count> = runs.map(|run| (run[0].0, run[0].1, run.len() as u32)).collect();
    let texts = &merged.texts;
    counts.par_sort_unstable_by(|one, other| {
        (one.0.cmp(&other.0))
            .then(other.2.cmp(&one.2))
            .then_with(|| texts.bytes_of(one.1).cmp(texts.bytes_of(other.1)))
    });
    counts
}

fn sort_texts(numbers: &mut Vec<u32>, texts: &Interner) {
    numbers.par_sort_unstable();
    numbers.dedup();
    numbers.par_sort_unstable_by_key(|number| texts.bytes_of(*number));
}

fn by_product(counts: &[Count]) -> FxHashMap<u32, &[Count]> {
    counts.chunk_by(|one, other| one.0 == other.0).map(|list| (list[0].0, list)).collect()
}

fn put_counts(counts: &[Count], number_of: &FxHashMap<u32, u32>, out: &mut Vec<u8>) {
    put_varint(out, counts.len() as u64);
    for (_, name, count) in counts {
        put_varint(out, u64::from(number_of[name]));
        put_varint(out, u64::from(*count));
    }
}
