//! The component's side of a comparison.

use std::cell::OnceCell;

use model::reason::Reason;
use model::version::{Scheme, VersionOrigin};
use versions::text::{TextRange, TextRanges};
use versions::{Contains, Interval, Order, Why};

use super::trace::{Asked, Told, Trace};
use crate::matching::kernel::Release;
use crate::matching::lines::Lines;

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

/// A version text that only questions reach, so that a [`Trace`] misses none.
#[derive(Clone, Copy, Debug)]
pub struct VersionText<'a>(&'a str);

impl<'a> From<&'a str> for VersionText<'a> {
    fn from(text: &'a str) -> VersionText<'a> {
        VersionText(text)
    }
}

/// What the text of a version is like, beside its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Qualities {
    /// Nothing, or a word for nothing.
    pub is_unknown: bool,
    /// Cut down to a base version to be comparable.
    pub is_base_version: bool,
    /// A distribution's revision was left out.
    pub has_distribution_part: bool,
    /// Written like a distribution's package number.
    pub looks_like_distribution: bool,
    /// Every part of it was understood.
    pub is_fully_read: bool,
    /// `r118`.
    pub is_revision_number: bool,
    /// `7.1.1-15`.
    pub is_dash_numbered: bool,
}

impl Qualities {
    fn of(text: &str, scheme: Scheme) -> Qualities {
        let cleaned = versions::clean(scheme, text);
        Qualities {
            is_unknown: versions::is_unknown(text),
            is_base_version: cleaned.is_base_version(),
            has_distribution_part: cleaned.has_distribution_part(),
            looks_like_distribution: versions::looks_like_distribution(text),
            is_fully_read: versions::compare::is_fully_read(scheme, text),
            is_revision_number: is_revision_number(text),
            is_dash_numbered: is_dash_numbered(text),
        }
    }
}

/// What was found out about the text of a version: thousands of records ask the same.
#[derive(Debug)]
pub struct VersionFacts<'a> {
    text: &'a str,
    scheme: Scheme,
    qualities: OnceCell<Qualities>,
    unusable: OnceCell<Option<Reason>>,
    kernel: OnceCell<Option<(Release, bool)>>,
}

impl<'a> VersionFacts<'a> {
    /// Of a text under a scheme, found out when asked for.
    pub fn of(text: &'a str, scheme: Scheme) -> VersionFacts<'a> {
        VersionFacts {
            text,
            scheme,
            qualities: OnceCell::new(),
            unusable: OnceCell::new(),
            kernel: OnceCell::new(),
        }
    }
}

/// The component's version as it will be compared.
#[derive(Clone, Copy, Debug)]
pub struct ComponentVersion<'a> {
    /// The version text; empty when unknown.
    pub text: VersionText<'a>,
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
    /// Where facts about the text are kept while many records are judged.
    pub facts: Option<&'a VersionFacts<'a>>,
    /// Notes every question, for answers that are prepared; none otherwise.
    pub trace: Option<&'a Trace>,
}

impl<'a> ComponentVersion<'a> {
    /// A version stated by its input, of an upstream release, with everything else unknown.
    pub fn new(text: &'a str, scheme: Scheme) -> ComponentVersion<'a> {
        ComponentVersion {
            text: VersionText(text),
            scheme,
            origin: VersionOrigin::Stated,
            released: "",
            distribution: "",
            commit: "",
            vendor_tree: false,
            line_lists: false,
            no_patch_levels: false,
            detail: Detail::Full,
            facts: None,
            trace: None,
        }
    }

    /// The facts, where they are of this text under this scheme.
    fn own_facts(&self) -> Option<&'a VersionFacts<'a>> {
        self.facts.filter(|facts| facts.scheme == self.scheme && facts.text == self.text.0)
    }

    /// The text as written, for evidence and for kernels. Nobody prepares answers of either.
    pub fn written(&self) -> &'a str {
        if let Some(trace) = self.trace {
            trace.spoil();
        }
        self.text.0
    }

    /// The text as a release of the kernel, and whether a local suffix was cut off; `None` for what is no release.
    pub(crate) fn kernel_release(&self) -> Option<(Release, bool)> {
        let text = self.written();
        let read = || Release::parse_with_suffix(text);
        self.own_facts().map_or_else(read, |facts| *facts.kernel.get_or_init(read))
    }

    fn told(&self, asked: impl FnOnce() -> Asked, told: Told) {
        if let Some(trace) = self.trace {
            trace.note(self.scheme, asked(), told);
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

    /// What the text is like.
    pub(crate) fn qualities(&self) -> Qualities {
        let read = || Qualities::of(self.text.0, self.scheme);
        let qualities = self.own_facts().map_or_else(read, |facts| *facts.qualities.get_or_init(read));
        self.told(|| Asked::Qualities, Told::Qualities(qualities));
        qualities
    }

    /// Why the version cannot take part in any comparison; `None` when it can.
    pub(crate) fn unusable(&self) -> Option<Reason> {
        let read = || self.why_unusable();
        let reason = self.own_facts().map_or_else(read, |facts| *facts.unusable.get_or_init(read));
        self.told(|| Asked::Unusable, Told::Reason(reason));
        reason
    }

    fn why_unusable(&self) -> Option<Reason> {
        let text = self.text.0;
        if versions::is_unknown(text) {
            return Some(Reason::VMissing);
        }
        match versions::compare(self.scheme, text, text) {
            // A snapshot is understood, but no release can be compared with it.
            Order::Incomparable(Why::Commit) => Some(Reason::VSchemeMismatch),
            Order::Incomparable(_) if text.starts_with("N-") => Some(Reason::VSchemeMismatch),
            Order::Incomparable(_) => Some(Reason::VUnparsed),
            Order::Less | Order::Equal | Order::Greater => None,
        }
    }

    /// The order of the version against a bound.
    pub(crate) fn order(&self, bound: &str) -> Order {
        let scheme = self.scheme_for_text(bound, self.text.0);
        let order = versions::compare(scheme, self.text.0, bound);
        self.told(|| Asked::Order(bound.into()), Told::Order(order));
        order
    }

    /// The order of two bounds.
    pub(crate) fn order_of(&self, a: &str, b: &str) -> Order {
        versions::compare(self.scheme_for(a), a, b)
    }

    /// The scheme for one bound. Projects that number `7.1.1-15` themselves look like a distribution's packages:
    /// when both sides are written so and no distribution made the component, the whole text counts.
    pub(crate) fn scheme_for(&self, bound: &str) -> Scheme {
        if self.scheme.is_native() || self.is_from_distribution() || !is_dash_numbered(bound) {
            return self.scheme;
        }
        if self.qualities().is_dash_numbered { Scheme::Deb } else { self.scheme }
    }

    fn scheme_for_text(&self, bound: &str, text: &str) -> Scheme {
        let counts_whole = !self.scheme.is_native()
            && !self.is_from_distribution()
            && is_dash_numbered(bound)
            && is_dash_numbered(text);
        if counts_whole { Scheme::Deb } else { self.scheme }
    }

    /// Where the version lies in relation to an interval whose bounds are compared by `by`.
    pub(crate) fn in_interval(&self, by: Scheme, interval: &Interval<'_>) -> Contains {
        let contains = versions::contains(by, interval, self.text.0);
        self.told(|| Asked::interval(by, interval), Told::Contains(contains));
        contains
    }

    /// Where the version lies in relation to a range read out of a text.
    pub(crate) fn in_text(&self, range: &TextRange) -> Contains {
        let contains = range.contains(self.scheme, self.text.0);
        self.told(|| Asked::Text(Box::new(range.clone())), Told::Contains(contains));
        contains
    }

    /// Where the version lies in relation to a list of fixed versions read out of a text.
    pub(crate) fn in_fixed_list(&self, fixes: &[String]) -> Contains {
        let contains = TextRanges::FixedList(fixes.to_vec()).contains(self.scheme, self.text.0);
        self.told(|| Asked::FixedList(fixes.into()), Told::Contains(contains));
        contains
    }

    /// Whether the version is of a branch (`1.9`); `None` when that cannot be told.
    pub(crate) fn in_branch(&self, branch: &str) -> Option<bool> {
        let is_in = versions::in_branch(self.scheme, branch, self.text.0);
        self.told(|| Asked::InBranch(branch.into()), Told::Maybe(is_in));
        is_in
    }

    /// True when a listed version differs in one of its numbers: then it is another one.
    pub(crate) fn differs_by_numbers(&self, listed: &str) -> bool {
        let differs = versions::differ_by_numbers(self.scheme, listed, self.text.0);
        self.told(|| Asked::DiffersByNumbers(listed.into()), Told::Maybe(Some(differs)));
        differs
    }

    /// What follows where the version, cleaned, begins with a cleaned bound, judged by `test`.
    fn rest_after(&self, bound: &str, test: fn(&str) -> bool) -> bool {
        let cleaned = versions::clean(self.scheme, self.text.0).text;
        let bound = versions::clean(self.scheme, bound).text;
        cleaned.strip_prefix(bound.as_ref()).is_some_and(test)
    }

    /// True when the version goes on where the bound ends: `3.5.1` after `3.5`, `3.5a` after `3.5`.
    pub(crate) fn goes_on_after(&self, bound: &str) -> bool {
        let goes_on = self.rest_after(bound, |rest| match rest.as_bytes() {
            [b'.', digit, ..] => digit.is_ascii_digit(),
            [first, ..] => !first.is_ascii_digit(),
            [] => false,
        });
        self.told(|| Asked::GoesOnAfter(bound.into()), Told::Maybe(Some(goes_on)));
        goes_on
    }

    /// True when the version is an update (`p15`, `rc2`) of the release.
    pub(crate) fn is_update_of(&self, release: &str) -> bool {
        let is_update = self.rest_after(release, is_update_word);
        self.told(|| Asked::IsUpdateOf(release.into()), Told::Maybe(Some(is_update)));
        is_update
    }

    /// Whether the version came out more than so many months after a month `YYYY-MM`; `None` when either is unknown.
    pub(crate) fn is_later_by(&self, months: u32, since: &str) -> Option<bool> {
        let is_later = months_between(since, self.released).map(|between| between > months);
        self.told(|| Asked::IsLaterBy(months, since.into()), Told::Maybe(is_later));
        is_later
    }

    /// True when the version has a line of releases.
    pub(crate) fn has_branch(&self) -> bool {
        let has = self.branch_of(self.text.0).is_some();
        self.told(|| Asked::HasBranch, Told::Maybe(Some(has)));
        has
    }

    /// True when the version's line of releases is called so.
    pub(crate) fn is_branch(&self, name: &str) -> bool {
        let is = self.branch_of(self.text.0).is_some_and(|own| own == name);
        self.told(|| Asked::IsBranch(name.into()), Told::Maybe(Some(is)));
        is
    }

    /// The line of releases that a bound belongs to.
    pub(crate) fn branch_of(&self, bound: &str) -> Option<String> {
        if self.scheme == Scheme::NginxPlus {
            // `R31 P3`: the line is the release.
            return bound.trim().split([' ', '-', '_']).next().map(str::to_ascii_uppercase);
        }
        versions::branch_of(self.scheme, bound)
    }

    /// True when a bound is of the version's line, as the product divides its versions.
    pub(crate) fn is_on_line_of(&self, lines: &Lines, bound: &str) -> bool {
        let is_on = lines.is_same(self.text.0, bound);
        self.told(|| Asked::on_line_of(lines, bound), Told::Maybe(Some(is_on)));
        is_on
    }

    /// True when a bound is of the version's own line of releases.
    pub(crate) fn is_on_branch_of(&self, bound: &str) -> bool {
        let is_on = match self.scheme {
            Scheme::NginxPlus => self.branch_of(self.text.0) == self.branch_of(bound),
            scheme => versions::same_branch(scheme, self.text.0, bound),
        };
        self.told(|| Asked::OnBranchOf(bound.into()), Told::Maybe(Some(is_on)));
        is_on
    }
}

/// What is left of an update behind its release: `p15`, `-rc2`, `patch1`.
fn is_update_word(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['-', '_', '~', '.']).to_ascii_lowercase();
    ["patch", "alpha", "beta", "pre", "rc", "sp", "p"].iter().any(|word| {
        rest.strip_prefix(word).is_some_and(|number| {
            let number = number.trim_start_matches(['-', '.', '_']);
            number.bytes().all(|byte| byte.is_ascii_digit()) && (!number.is_empty() || word.len() > 1)
        })
    })
}

/// Whole months from one `YYYY-MM` to another, zero when it is earlier; `None` when either is unknown.
fn months_between(from: &str, to: &str) -> Option<u32> {
    let months = |date: &str| {
        let (year, rest) = date.split_once('-')?;
        let month: u32 = rest.get(..2)?.parse().ok()?;
        Some(year.parse::<u32>().ok()? * 12 + month)
    };
    Some(months(to)?.saturating_sub(months(from)?))
}

pub(super) fn is_revision_number(text: &str) -> bool {
    let digits = text.trim().strip_prefix(['r', 'R']);
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_dash_numbered(text: &str) -> bool {
    text.trim().split_once('-').is_some_and(|(number, revision)| {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        number.contains('.') && number.split('.').all(is_number) && is_number(revision)
    })
}
