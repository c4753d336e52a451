//! Products: the list, and one.

use service::maker::ReleaseNumbers;

use super::HouseBackend;
use super::translate::{at, at_some, counts, failure, maker, missing};
use crate::backend::{Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::product::{Product, ReleaseRow};
use crate::pages::products::ProductRow;

pub(super) async fn products(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<ProductRow>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn product(of: &HouseBackend, who: &Identity, product: &str) -> Result<Product, Failure> {
    let found = maker(of, who)?.product(product).await.map_err(failure)?.ok_or_else(|| missing("product"))?;
    let now = of.moment();
    let until = found.product.support_until;
    let row = |one: &ReleaseNumbers| {
        let release = &one.release;
        let own = if release.support_until.0 == 0 { until } else { release.support_until };
        ReleaseRow {
            id: release.id.to_string(),
            version: release.version.clone(),
            at: at(if release.released.0 == 0 { release.created } else { release.released }),
            open: counts(&one.open),
            components: release.components,
            not_evaluated: one.not_evaluated,
            // Nobody has said when it ends: then it goes on.
            is_supported: own.0 == 0 || own >= now,
        }
    };
    Ok(Product {
        id: found.product.slug.clone(),
        name: found.product.name.clone(),
        about: String::new(),
        support_until: at_some(until),
        releases: found.releases.iter().map(row).collect(),
        is_inferred: found.profile.as_ref().is_none_or(|profile| profile.inferred),
        deployment: found.profile.map(|profile| profile.deployment).unwrap_or_default(),
        devices: None,
    })
}
