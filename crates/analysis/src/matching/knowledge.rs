//! The index as the matcher asks it: tables, vendors of a product, commits, Kbuild maps.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use index::tables::{AliasTable, RuleTable};
use index::{Index, KbuildView};
use model::build::ConfigOf;
use rustc_hash::FxHashMap;

use super::build::KbuildLookup;
use super::distribution::{Family, ecosystem_of};
use super::identity::Vendors;
use super::identity::names::ecosystem_of_osv;
use super::ranges::CommitTable;

/// An index with what is asked of it again and again.
pub struct Knowledge<'i> {
    /// The index itself.
    pub index: &'i Index,
    /// Its alias table.
    pub aliases: &'i AliasTable,
    /// Its rules.
    pub rules: &'i RuleTable,
    vendors: Mutex<FxHashMap<String, Vendors>>,
    maps: Vec<KbuildView<'i>>,
}

impl<'i> Knowledge<'i> {
    /// Wraps an index.
    pub fn of(index: &'i Index) -> Knowledge<'i> {
        let kinds = [ConfigOf::Linux, ConfigOf::Uboot, ConfigOf::Busybox];
        Knowledge {
            index,
            aliases: index.alias_table(),
            rules: index.rule_table(),
            vendors: Mutex::default(),
            maps: kinds.into_iter().flat_map(|of| index.kbuild(of)).collect(),
        }
    }

    /// The vendors that records name for a product name.
    pub fn vendors(&self, product: &str) -> Vendors {
        let key = index::keys::product_key(product);
        let mut known = self.vendors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vendors) = known.get(&key) {
            return vendors.clone();
        }
        let facts = self.index.product_facts(&key).unwrap_or_default();
        let has_language = facts.ecosystems.iter().any(|(name, _)| ecosystem_of_osv(name).is_some());
        let vendors = Vendors { counts: facts.vendors, has_language };
        known.insert(key, vendors.clone());
        vendors
    }
}

impl Knowledge<'_> {
    /// True when a distribution's feed has any record about a package.
    pub fn is_tracked(&self, family: Family, package: &str) -> bool {
        self.index.has_key(&index::keys::package_key(ecosystem_of(family), package))
    }
}

impl CommitTable for Knowledge<'_> {
    fn fixed_in(&self, commit: &str) -> Vec<(String, String)> {
        self.index.fixed_in(commit).into_iter().map(|release| (release.branch, release.version)).collect()
    }

    fn is_ancestor(&self, _ancestor: &str, _commit: &str) -> Option<bool> {
        None
    }
}

impl KbuildLookup for Knowledge<'_> {
    fn maps(&self, of: ConfigOf) -> Vec<(usize, String)> {
        let maps = self.maps.iter().enumerate().filter(|(_, map)| map.of() == of);
        maps.map(|(at, map)| (at, map.version().to_owned())).collect()
    }

    fn condition(&self, map: usize, path: &str) -> Option<Cow<'_, str>> {
        self.maps.get(map)?.condition(path).map(Cow::Borrowed)
    }

    fn includers(&self, map: usize, header: &str) -> Option<Vec<Cow<'_, str>>> {
        let map = self.maps.get(map)?;
        Some(map.includers(header).into_iter().map(Cow::Borrowed).collect())
    }

    fn conditions_below(&self, map: usize, folder: &str) -> Vec<Cow<'_, str>> {
        let Some(map) = self.maps.get(map) else { return Vec::new() };
        map.files()
            .filter(|(path, _)| path.starts_with(folder))
            .map(|(_, text)| Cow::Borrowed(text))
            .collect()
    }
}
