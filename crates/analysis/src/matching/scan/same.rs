//! Which components every question of matching answers alike.

use std::hash::{Hash, Hasher};

use model::component::Component;

/// Components that every question of matching answers alike. Where they stand matters to statements only.
pub(super) struct Same<'c> {
    pub(super) component: &'c Component,
    pub(super) place_matters: bool,
}

impl PartialEq for Same<'_> {
    fn eq(&self, other: &Same<'_>) -> bool {
        let (a, b) = (self.component, other.component);
        let same_place = || a.source_ref == b.source_ref;
        a.name == b.name
            && a.version == b.version
            && a.names == b.names
            && a.version_origin == b.version_origin
            && a.cpes == b.cpes
            && a.purls == b.purls
            && a.git == b.git
            && a.download_urls == b.download_urls
            && a.homepage == b.homepage
            && a.role == b.role
            && a.vendor_tree == b.vendor_tree
            && a.source_package == b.source_package
            && (!self.place_matters || same_place())
            && a.instance == b.instance
            && a.locations == b.locations
            && a.patches == b.patches
            && a.released == b.released
    }
}

impl Eq for Same<'_> {}

impl Hash for Same<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.component.name.hash(state);
        self.component.version.hash(state);
    }
}
