//! Criteria of CPE configurations against the component (matching.md 4.2, 4.3).

use model::identity::cpe::candidate::ecosystem;
use model::identity::cpe::{Candidate, Criterion, Denial};
use model::identity::name::{is_no_name, same_name};
use model::reason::Reason;
use model::record::CpeHead;

use super::names::target_sw_of;
use super::vendors::VendorLookup;
use super::{Fit, Identity, Recognition, Signal};

impl Identity<'_> {
    /// Tests the head of a criterion. Its platform conditions (operating system, architecture) are not part
    /// of identity; see [`crate::matching::platforms::leaf::own_condition`].
    pub fn fit_head(&self, head: &CpeHead<'_>, vendors: &VendorLookup<'_>) -> Fit {
        if self.is_literally(head) {
            return Fit::Is(Recognition::exact(4));
        }
        if !is_no_name(&head.product) && !self.is_named(&head.product) {
            return Fit::Unrelated;
        }
        let criterion = Criterion { head, version: "*", update: "*" };
        let mut denial: Option<Denial> = None;
        let mut possible = false;
        for cpe in &self.cpes {
            match self.tables.candidate(cpe, &criterion) {
                Candidate::Match | Candidate::Platform if same_name(&cpe.vendor, &head.vendor) => {
                    return Fit::Is(Recognition::exact(4));
                }
                Candidate::Match | Candidate::Platform | Candidate::Alias => {
                    return Fit::Is(Recognition::by(5, Signal::Table));
                }
                Candidate::Possible => possible = true,
                Candidate::No(found) => denial = Some(stronger(denial, found)),
            }
        }
        if self.is_by_row(head) && denial != Some(Denial::OtherEdition) && !self.is_foreign_language(head) {
            return Fit::Is(self.by_table(head));
        }
        if possible {
            return self.corroborate(head, vendors);
        }
        match denial {
            Some(Denial::NoProduct) => Fit::Not(Denial::NoProduct.reason()),
            Some(found) => Fit::Not(found.reason()),
            None => Fit::Unrelated,
        }
    }

    /// Vendor and product letter by letter, and nothing else stated: what most criteria of most candidates are.
    fn is_literally(&self, head: &CpeHead<'_>) -> bool {
        let is_open = |value: &str| matches!(value, "*" | "" | "-");
        is_open(&head.edition)
            && is_open(&head.sw_edition)
            && is_open(&head.target_sw)
            && self
                .cpes
                .iter()
                .any(|cpe| cpe.product == head.product && cpe.vendor == head.vendor && cpe.part == head.part)
            && !is_no_name(&head.product)
            && !is_no_name(&head.vendor)
    }

    /// Product equal, a vendor unknown: a second signal decides.
    fn corroborate(&self, head: &CpeHead<'_>, vendors: &VendorLookup<'_>) -> Fit {
        if let Some(wanted) = ecosystem(&head.target_sw) {
            // A package of that very language: product and ecosystem agree.
            let own = self.language.map(target_sw_of).and_then(ecosystem);
            return match own {
                Some(own) if own == wanted => Fit::Is(Recognition::by(6, Signal::Ecosystem)),
                _ => Fit::NameOnly,
            };
        }
        if vendors(&head.product).is_sole(&head.vendor) && !self.has_other_row(head) {
            return Fit::Is(Recognition::by(6, Signal::SoleVendor));
        }
        // A library of a language shares its name with half the world; its own ecosystem's feed knows it.
        if self.language.is_some() { Fit::Not(Reason::IOtherEcosystem) } else { Fit::NameOnly }
    }

    /// The alias table names the pair for one of the component's products.
    fn is_by_row(&self, head: &CpeHead<'_>) -> bool {
        self.rows.iter().any(|row| row.has_cpe(&head.vendor, &head.product))
    }

    /// The recognition by the table: exact where the component states its vendor, corroborated where it does not.
    fn by_table(&self, head: &CpeHead<'_>) -> Recognition {
        let named_bare =
            self.cpes.iter().any(|cpe| is_no_name(&cpe.vendor) && same_name(&cpe.product, &head.product));
        if named_bare && !self.has_vendor() {
            Recognition::by(6, Signal::Table)
        } else {
            Recognition::by(5, Signal::Table)
        }
    }

    /// The table knows the component as products that this pair is none of.
    fn has_other_row(&self, head: &CpeHead<'_>) -> bool {
        !self.rows.is_empty() && !self.is_by_row(head)
    }

    fn is_foreign_language(&self, head: &CpeHead<'_>) -> bool {
        let Some(wanted) = ecosystem(&head.target_sw) else { return false };
        let own = self.rows.iter().filter_map(|row| ecosystem(&row.own_language));
        let by_name = self.rows.iter().filter_map(|row| ecosystem(&row.canonical));
        !own.chain(by_name).any(|known| known == wanted)
            && self.language.map(target_sw_of).and_then(ecosystem) != Some(wanted)
    }
}

/// The denial that tells most: what the subject is before what it is not.
fn stronger(so_far: Option<Denial>, found: Denial) -> Denial {
    let weight = |denial: Denial| match denial {
        Denial::NoProduct => 0,
        Denial::OtherEdition => 1,
        Denial::OtherEcosystem => 2,
        Denial::OtherProduct => 3,
        Denial::OtherPart => 4,
        Denial::OtherUpdate => 5,
    };
    match so_far {
        Some(so_far) if weight(so_far) <= weight(found) => so_far,
        _ => found,
    }
}
