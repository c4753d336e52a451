//! Subjects of suppliers' advisories: stricter than those of other records.
//!
//! An advisory lists everything a supplier ships, in the supplier's words. A shared name proves nothing there: only the
//! same package URL, or vendor and product as a CPE name or the reviewed table has them, make the component the
//! supplier's product (matching.md 6.3, `S_SUPPLIER_*`).

use model::identity::Purl;
use model::identity::cpe::split_23;
use model::identity::name::{is_no_name, same_name};
use model::record::Subject;

use super::{Identity, Recognition, Signal};

impl Identity<'_> {
    /// Tests whether the component comes from that supplier; `None` = nothing says so.
    pub fn fit_supplier(&self, subject: &Subject<'_>) -> Option<Recognition> {
        if !subject.purl.is_empty()
            && let Ok((purl, _)) = Purl::parse_tolerant(&subject.purl)
            && self.component.purls.iter().any(|own| is_same_package(own, &purl))
        {
            return Some(Recognition::exact(1));
        }
        let named =
            subject.cpes.iter().filter_map(|cpe| split_23(cpe)).find_map(|[part, vendor, product, ..]| {
                if part == "h" { None } else { self.fit_vendor_and_product(&vendor, &product) }
            });
        named.or_else(|| self.fit_vendor_and_product(&subject.vendor, &subject.product))
    }

    fn fit_vendor_and_product(&self, vendor: &str, product: &str) -> Option<Recognition> {
        if is_no_name(vendor) || is_no_name(product) {
            return None;
        }
        if self.rows.iter().any(|row| row.excludes(vendor, product)) {
            return None;
        }
        if self.cpes.iter().any(|own| same_name(&own.vendor, vendor) && same_name(&own.product, product)) {
            return Some(Recognition::exact(4));
        }
        if self.rows.iter().any(|row| row.has_cpe(vendor, product)) {
            return Some(Recognition::by(5, Signal::Table));
        }
        let row = self.tables.by_spelling(vendor, product)?;
        let is_own = self.rows.iter().any(|own| own.canonical == row.canonical);
        is_own.then_some(Recognition::by(7, Signal::Table))
    }
}

/// Type, namespace and name agree. A package of no type and no namespace is anybody's.
fn is_same_package(own: &Purl, other: &Purl) -> bool {
    let is_told = own.kind != "generic" || !own.namespace.is_empty();
    is_told
        && own.kind == other.kind
        && own.name.eq_ignore_ascii_case(&other.name)
        && own.namespace.eq_ignore_ascii_case(&other.namespace)
}
