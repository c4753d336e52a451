//! What a filter names: products by short name or number, releases by number. A name of nothing is said, never an empty list:
//! a list without rows reads as "all is well".

use service::maker::Maker;

use super::translate::{failure, id, missing};
use crate::backend::Failure;
use crate::pages::list::Query;

/// The query with the numbers of the products and releases that it names.
///
/// # Errors
/// `NotFound` where one is not there, or not for whoever asks: the same words for both.
pub(super) async fn named(maker: &Maker, query: &Query) -> Result<Query, Failure> {
    let mut query = query.clone();
    if let Some(wanted) = query.chosen.get_mut("product") {
        let known = maker.product_names().await.map_err(failure)?;
        for name in wanted.iter_mut() {
            let by_slug = known.iter().find(|(_, slug, _)| slug == name);
            let by_id = || known.iter().find(|(id, _, _)| id.to_string() == *name);
            let (id, _, _) = by_slug.or_else(by_id).ok_or_else(|| missing("product"))?;
            *name = id.to_string();
        }
    }
    for release in query.of("release") {
        let number = id(release, "release")?;
        if !maker.has_release(number).await.map_err(failure)? {
            return Err(missing("release"));
        }
    }
    Ok(query)
}
