//! What the feeds know of the vendors of a product name, and how vendors are spelled (matching.md 4.3).

use model::identity::name::{is_no_name, name_key, same_name};

use crate::matching::distribution::family_of_word;

/// Vendors that records name for one product name, with the number of records of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vendors {
    /// (vendor, records), vendors as written.
    pub counts: Vec<(String, u32)>,
    /// Some of the records are of a language or host ecosystem (`target_sw`).
    pub has_language: bool,
}

/// Looks up the vendors of a product name.
pub type VendorLookup<'l> = dyn Fn(&str) -> Vendors + Sync + 'l;

impl Vendors {
    /// The vendors that make the product: distributions file records about everybody's products.
    fn makers(&self) -> impl Iterator<Item = (&str, u32)> {
        let counts = self.counts.iter().map(|(vendor, count)| (vendor.as_str(), *count));
        counts.filter(|(vendor, _)| !is_no_name(vendor) && family_of_word(&name_key(vendor)).is_none())
    }

    fn total(&self) -> u32 {
        self.makers().map(|(_, count)| count).sum()
    }

    fn of(&self, is_wanted: impl Fn(&str) -> bool) -> u32 {
        self.makers().filter(|(vendor, _)| is_wanted(vendor)).map(|(_, count)| count).sum()
    }

    /// No record names any vendor of the product.
    pub fn is_nobodys(&self) -> bool {
        self.total() == 0 && !self.has_language
    }

    /// The only vendor of a product without language variants, and known by more than two records.
    pub fn is_sole(&self, vendor: &str) -> bool {
        let own = self.of(|known| is_alike(known, vendor));
        !self.has_language && own > 2 && own == self.total()
    }

    /// The vendors that `is_own` accepts hold at least 95 % of the records.
    pub fn dominate(&self, is_own: impl Fn(&str) -> bool) -> bool {
        let own = self.of(is_own);
        own > 0 && u64::from(own) * 100 >= u64::from(self.total()) * 95
    }

    /// Another vendor than the component's, with records of its own for this product name.
    pub fn has_own_history(&self, vendor: &str) -> bool {
        self.of(|known| same_name(known, vendor)) > 2
    }
}

/// True when two vendor texts are spellings of one name: equal, or one inside the other once the words that
/// companies and projects add are taken off (`tukaani` and `tukaani-project`, `The Tcpdump Group`).
pub fn is_alike(one: &str, other: &str) -> bool {
    if same_name(one, other) {
        return true;
    }
    let (one, other) = (stem(one), stem(other));
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    short.len() >= 3 && (short == long || (short.len() >= 5 && long.starts_with(short.as_str())))
}

/// The name key without the words that say only what kind of party it is.
fn stem(vendor: &str) -> String {
    const ENDS: [&str; 16] = [
        "project",
        "team",
        "group",
        "foundation",
        "organization",
        "organisation",
        "developers",
        "software",
        "inc",
        "ltd",
        "llc",
        "gmbh",
        "corporation",
        "corp",
        "community",
        "org",
    ];
    let key = name_key(vendor);
    let mut stem = key.strip_prefix("the").unwrap_or(&key);
    while let Some(shorter) = ENDS.iter().find_map(|end| stem.strip_suffix(end)) {
        if shorter.is_empty() {
            break;
        }
        stem = shorter;
    }
    stem.to_owned()
}

/// True when a vendor text says nothing beyond the product's own name: `n/a`, `curl` for curl,
/// `orc_project` for orc.
pub fn says_nothing(vendor: &str, product: &str) -> bool {
    is_no_name(vendor) || stem(vendor) == name_key(product) || same_name(vendor, product)
}
