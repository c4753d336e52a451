//! The component's side of a comparison.

use model::reason::Reason;
use model::version::{Scheme, VersionOrigin};
use versions::{Order, Why};

/// How much of the reasoning an answer carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Verdict, reasons, confidence and fixed version, without a word of who said it. For the thousands of
    /// records that end as not affected.
    Verdict,
    /// As `Verdict`, and who said it; no evidence texts.
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

    /// Why the version cannot take part in any comparison; `None` when it can.
    pub(crate) fn unusable(&self) -> Option<Reason> {
        if versions::is_unknown(self.text) {
            return Some(Reason::VMissing);
        }
        match versions::compare(self.scheme, self.text, self.text) {
            // A snapshot is understood, but no release can be compared with it.
            Order::Incomparable(Why::Commit) => Some(Reason::VSchemeMismatch),
            Order::Incomparable(_) if self.text.starts_with("N-") => Some(Reason::VSchemeMismatch),
            Order::Incomparable(_) => Some(Reason::VUnparsed),
            Order::Less | Order::Equal | Order::Greater => None,
        }
    }

    /// The order of the version against a bound.
    pub(crate) fn order(&self, bound: &str) -> Order {
        versions::compare(self.scheme_for(bound), self.text, bound)
    }

    /// The order of two bounds.
    pub(crate) fn order_of(&self, a: &str, b: &str) -> Order {
        versions::compare(self.scheme_for(a), a, b)
    }

    /// The scheme for one bound. Projects that number `7.1.1-15` themselves look like a distribution's packages:
    /// when both sides are written so and no distribution made the component, the whole text counts.
    pub(crate) fn scheme_for(&self, bound: &str) -> Scheme {
        let counts_whole = !self.scheme.is_native()
            && !self.is_from_distribution()
            && is_dash_numbered(self.text)
            && is_dash_numbered(bound);
        if counts_whole { Scheme::Deb } else { self.scheme }
    }

    /// The line of releases the version belongs to.
    pub(crate) fn branch(&self) -> Option<String> {
        self.branch_of(self.text)
    }

    /// The line of releases that a bound belongs to.
    pub(crate) fn branch_of(&self, bound: &str) -> Option<String> {
        if self.scheme == Scheme::NginxPlus {
            // `R31 P3`: the line is the release.
            return bound.trim().split([' ', '-', '_']).next().map(str::to_ascii_uppercase);
        }
        versions::branch_of(self.scheme, bound)
    }

    /// True when a bound is of the version's own line of releases.
    pub(crate) fn is_on_branch_of(&self, bound: &str) -> bool {
        match self.scheme {
            Scheme::NginxPlus => self.branch() == self.branch_of(bound),
            scheme => versions::same_branch(scheme, self.text, bound),
        }
    }
}

fn is_dash_numbered(text: &str) -> bool {
    text.trim().split_once('-').is_some_and(|(number, revision)| {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        number.contains('.') && number.split('.').all(is_number) && is_number(revision)
    })
}
