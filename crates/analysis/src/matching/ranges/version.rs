//! The component's side of a comparison.

use model::version::{Scheme, VersionOrigin};

/// How much of the reasoning an answer carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Verdict, reasons, confidence and fixed version; no evidence texts. For the thousands of records that
    /// end as not affected: nothing is allocated for them.
    Brief,
    /// With the deciding comparisons as evidence.
    #[default]
    Full,
}

/// The component's version as it will be compared.
#[derive(Clone, Copy, Debug)]
pub struct ComponentVersion<'a> {
    /// The version text; empty when unknown.
    pub text: &'a str,
    /// The scheme of the product, never the label of a record.
    pub scheme: Scheme,
    /// Where the text comes from.
    pub origin: VersionOrigin,
    /// Release month `YYYY-MM` (or longer); empty when unknown.
    pub released: &'a str,
    /// The distribution the component was built by (`debian:12`, `yocto`); empty when unknown.
    pub distribution: &'a str,
    /// Its commit, lower-case hex; empty when unknown.
    pub commit: &'a str,
    /// It comes from a vendor's tree of the upstream product.
    pub vendor_tree: bool,
    /// Entries of this product's own records name the last affected release of a line (HackerOne node).
    pub line_lists: bool,
    /// The product never releases patch levels below its stated bounds, so a short bound is a precise one.
    pub no_patch_levels: bool,
    /// How much of the reasoning to return.
    pub detail: Detail,
}

impl<'a> ComponentVersion<'a> {
    /// A version stated by its input, of an upstream release, with everything else unknown.
    pub fn new(text: &'a str, scheme: Scheme) -> ComponentVersion<'a> {
        ComponentVersion {
            text,
            scheme,
            origin: VersionOrigin::Stated,
            released: "",
            distribution: "",
            commit: "",
            vendor_tree: false,
            line_lists: false,
            no_patch_levels: false,
            detail: Detail::Full,
        }
    }

    /// True when the deciding comparisons are wanted as evidence.
    pub(crate) fn is_detailed(&self) -> bool {
        self.detail == Detail::Full
    }

    /// True when the version was derived from something less exact than a stated version.
    pub(crate) fn is_derived(&self) -> bool {
        matches!(self.origin, VersionOrigin::FromUrl | VersionOrigin::FromFile | VersionOrigin::FromCommit)
    }

    /// True when the component was packaged by a distribution that back-ports fixes. Packages made by Yocto,
    /// Buildroot or OpenWrt are builds of the release they name.
    pub(crate) fn is_from_distribution(&self) -> bool {
        let name = self.distribution.split(':').next().unwrap_or_default();
        !matches!(name, "" | "yocto" | "buildroot" | "openwrt" | "none" | "zephyr" | "ptxdist")
    }

    /// True when the text cannot take part in any comparison.
    pub(crate) fn is_unusable(&self) -> bool {
        versions::is_unknown(self.text)
            || matches!(versions::compare(self.scheme, self.text, self.text), versions::Order::Incomparable(_))
    }
}
