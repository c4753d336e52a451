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
        a.version == b.version
            && a.cpes == b.cpes
            && a.purls == b.purls
            && is_same_beside_versions(a, b)
            && (!self.place_matters || same_place())
    }
}

impl Eq for Same<'_> {}

impl Hash for Same<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.component.name.hash(state);
        self.component.version.hash(state);
    }
}

/// Everything that matching looks at, but the version and the names that hold it.
pub(super) fn is_same_beside_versions(a: &Component, b: &Component) -> bool {
    a.name == b.name
        && a.names == b.names
        && a.version_origin == b.version_origin
        && a.git == b.git
        && a.download_urls == b.download_urls
        && a.homepage == b.homepage
        && a.role == b.role
        && a.vendor_tree == b.vendor_tree
        && a.source_package == b.source_package
        && a.instance == b.instance
        && a.locations == b.locations
        && a.patches == b.patches
        && a.released == b.released
}
