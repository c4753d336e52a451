//! Products: the list, and one.

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::product::Product;
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
    let _ = (of, who, product);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
