//! A product as its page shows it.

use std::collections::BTreeMap;

use super::release::{Coverage, is_evaluated};
use super::{Counts, Maker, ProductRow, ReleaseRow};
use crate::house::Fault;
use crate::summary::ProfileSummary;

/// A product with its releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductDetail {
    /// The product.
    pub product: ProductRow,
    /// Its releases, newest first.
    pub releases: Vec<ReleaseNumbers>,
    /// The deployment that the newest judged release was assessed in; `None` before the first judgement.
    pub profile: Option<ProfileSummary>,
}

/// A release with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseNumbers {
    /// The release.
    pub release: ReleaseRow,
    /// Open findings.
    pub open: Counts,
    /// Components that could not be evaluated.
    pub not_evaluated: u64,
}

impl Maker {
    /// A product by its short name, or by its number as the log names it; `None` when there is none in the scope.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn product(&self, named: &str) -> Result<Option<ProductDetail>, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let mut found = look.product_by_slug(scope, named).await?;
        if let (None, Ok(id)) = (&found, named.parse()) {
            found = look.product(scope, id).await?;
        }
        let Some(product) = found else { return Ok(None) };
        let mut open: BTreeMap<i64, Counts> = BTreeMap::new();
        for count in look.counts_by_release(scope, product.id).await? {
            if let Some(release) = count.release {
                open.entry(release).or_default().add(&count.cell, count.n);
            }
        }
        let mut coverage: BTreeMap<i64, Coverage> = BTreeMap::new();
        for (release, word, number) in look.coverage_by_release(scope, product.id).await? {
            coverage.entry(release).or_default().states.insert(word, number);
        }
        let releases = super::releases(&mut look, scope, product.id).await?;
        let judged = releases.iter().find(|release| !release.generation.is_empty());
        let profile = judged.map(|release| crate::summary::Summary::read(&release.summary).profile);
        let numbers = |release: ReleaseRow| {
            let states = coverage.get(&release.id).map(|one| &one.states);
            let not_evaluated = states.into_iter().flatten().filter(|(word, _)| !is_evaluated(word));
            ReleaseNumbers {
                open: open.get(&release.id).copied().unwrap_or_default(),
                not_evaluated: not_evaluated.map(|(_, number)| number).sum(),
                release,
            }
        };
        Ok(Some(ProductDetail { releases: releases.into_iter().map(numbers).collect(), product, profile }))
    }
}
