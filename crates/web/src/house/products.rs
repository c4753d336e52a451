//! Products: the list, and one.

use service::maker::{Counts, Listed, Moment, ProductLine, ReleaseNumbers};

use super::HouseBackend;
use super::translate::{at, at_some, counts, failure, maker, missing, page_of, paged};
use crate::backend::{Failure, Identity};
use crate::pages::list::{Page, Query};
use crate::pages::product::{Product, ReleaseRow};
use crate::pages::products::ProductRow;

pub(super) async fn products(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<ProductRow>, Failure> {
    let now = of.moment();
    let wanted = query.find.to_lowercase();
    let lines = maker(of, who)?.product_lines().await.map_err(failure)?;
    let rows: Vec<ProductLine> = lines
        .into_iter()
        .filter(|line| query.allows("support", support(line, now)))
        .filter(|line| {
            let has = |text: &str| text.to_lowercase().contains(&wanted);
            has(&line.product.name) || has(&line.product.slug)
        })
        .collect();
    let (word, key): (&str, fn(&ProductLine) -> String) =
        if query.sort == "name" { ("name", by_name) } else { ("urgency", by_urgency) };
    let listed = Listed::of(rows, word, &page_of(query), key).map_err(|error| failure(error.into()))?;
    Ok(paged(listed, row))
}

/// The word of the filter: support runs, is over, or nobody has stated it.
fn support(line: &ProductLine, now: Moment) -> &'static str {
    match line.product.support_until {
        Moment::NEVER => "unknown",
        until if until <= now => "ended",
        _ => "running",
    }
}

/// Letters of any size, then as written: the same name is told apart by its id.
fn by_name(line: &ProductLine) -> String {
    format!("{}\u{0}{}\u{0}{:020}", line.product.name.to_lowercase(), line.product.name, line.product.id)
}

/// The most of the worst class first; of equal ones by name.
fn by_urgency(line: &ProductLine) -> String {
    let Counts { immediate, planned, routine, none, unknown } = line.open;
    // What nobody has assessed may be anything: it counts before what is harmless.
    let least = |number: u64| format!("{:020}", u64::MAX - number);
    let counts = [immediate, planned, routine, unknown, none].map(least).concat();
    format!("{counts}{}", by_name(line))
}

fn row(line: ProductLine) -> ProductRow {
    let (newest_id, newest) =
        line.newest.map_or_else(Default::default, |(id, version)| (id.to_string(), version));
    ProductRow {
        id: line.product.slug,
        name: line.product.name,
        releases: line.releases,
        newest,
        newest_id,
        open: counts(&line.open),
        is_judged: line.is_judged,
        support_until: at_some(line.product.support_until),
    }
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
            is_judged: release.judged.0 != 0,
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
        older: String::new(),
    })
}
