//! Products: found by their short name, made where it is new.

use serde_json::json;
use store::audit::AuditEntry;
use store::product::ProductText;
use store::{Moment, Scope};

use crate::house::{Fault, House};

/// The product of a short name, if there is one inside of the border.
///
/// # Errors
/// Those of the store.
pub async fn known(house: &House, scope: &Scope, slug: &str) -> Result<Option<i64>, Fault> {
    Ok(house.store.look().await?.product_by_slug(scope, slug).await?.map(|product| product.id))
}

/// The product of a short name; made where it is new and the border is the whole organisation, so that the first upload
/// from a build needs nothing before it. Its name for people is the short one until somebody gives another.
///
/// # Errors
/// `Refused` for a text that is no short name, `NotFound` where there is none inside of the border.
pub async fn product(
    house: &House,
    scope: &Scope,
    slug: &str,
    actor: &str,
    now: Moment,
) -> Result<i64, Fault> {
    if let Some(known) = known(house, scope, slug).await? {
        return Ok(known);
    }
    if !crate::profile::is_product_id(slug) || slug.len() > 63 {
        return Err(Fault::Refused(format!(
            "{slug:?} is no short name of a product: lower-case letters, digits and hyphens, a letter or digit first"
        )));
    }
    if !scope.is_whole() {
        // Also where there is one outside of the border: it is not told.
        return Err(store::Error::NotFound(format!("product {slug}")).into());
    }
    let text = ProductText {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        settings: "{}".to_owned(),
        ..ProductText::default()
    };
    let mut change = house.store.change().await?;
    let product = change.add_product(scope, &text, now).await?;
    let entry = AuditEntry {
        product: Some(product),
        at: now,
        actor: actor.to_owned(),
        act: "product.made".to_owned(),
        subject: format!("product/{product}"),
        body: json!({ "slug": slug }),
    };
    change.log(scope, &entry).await?;
    change.commit().await?;
    Ok(product)
}
