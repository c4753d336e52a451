//! Subjects of claims against the component (matching.md 4.1, 4.3).
//!
//! The order is that of trust: package URL and ecosystem, vendor and product through CPE or table, a
//! distribution's build, repository, CPE names of the claim, and last the bare name.

use model::identity::cpe::split_23;
use model::identity::name::{is_no_name, same_name};
use model::identity::{Cpe, Purl, repository};
use model::reason::Reason;
use model::record::{CpeHead, Subject};

use super::names::{ecosystem_of_osv, ecosystem_of_purl, ecosystem_of_registry};
use super::vendors::{self, VendorLookup};
use super::{Fit, Identity, Recognition, Signal};
use crate::matching::distribution;

impl Identity<'_> {
    /// Tests the subject of a claim.
    pub fn fit_claim(&self, subject: &Subject<'_>, vendors: &VendorLookup<'_>) -> Fit {
        if !self.may_concern(subject) {
            return Fit::Unrelated;
        }
        if let Some(fit) = self.by_package(subject) {
            return fit;
        }
        if let Some(fit) = self.by_pair(subject) {
            return fit;
        }
        if let Some(family) = distribution::family_of(subject) {
            return if self.is_subject_named(subject) { Fit::Build(family) } else { Fit::Unrelated };
        }
        if let Some(fit) = self.by_repository(subject) {
            return fit;
        }
        if let Some(fit) = self.by_cpes(subject, vendors) {
            return fit;
        }
        self.by_name(subject, vendors)
    }

    /// A quick look before the tests: without a shared name there must at least be a place or an identifier.
    fn may_concern(&self, subject: &Subject<'_>) -> bool {
        self.is_subject_named(subject)
            || !subject.purl.is_empty()
            || (!subject.package_name.is_empty() && self.language.is_some())
            || (!subject.repo.is_empty() || !subject.collection_url.is_empty()) && self.has_place()
            || subject.cpes.iter().any(|cpe| self.is_cpe_named(cpe))
    }

    fn has_place(&self) -> bool {
        !self.places.is_empty() || self.rows.iter().any(|row| !row.repos.is_empty())
    }

    fn is_cpe_named(&self, cpe: &str) -> bool {
        split_23(cpe).is_some_and(|[_, _, product, ..]| self.is_named(&product))
    }

    /// Package URL, OSV ecosystem, registry of a collection.
    fn by_package(&self, subject: &Subject<'_>) -> Option<Fit> {
        if !subject.purl.is_empty()
            && let Ok((purl, _)) = Purl::parse_tolerant(&subject.purl)
            && ecosystem_of_purl(&purl.kind).is_some()
        {
            let is_it = self.component.purls.iter().any(|own| is_same_package(own, &purl));
            return Some(if is_it { Fit::Is(Recognition::exact(1)) } else { self.foreign_package(subject) });
        }
        let ecosystem = ecosystem_of_osv(&subject.ecosystem).or_else(|| {
            let url: &str = &subject.collection_url;
            if url.is_empty() { None } else { ecosystem_of_registry(url) }
        })?;
        let wanted = if is_no_name(&subject.package_name) { &subject.product } else { &subject.package_name };
        let is_it = self
            .component
            .purls
            .iter()
            .any(|own| ecosystem_of_purl(&own.kind) == Some(ecosystem) && is_package_named(own, wanted));
        Some(if is_it { Fit::Is(Recognition::exact(1)) } else { self.foreign_package(subject) })
    }

    /// A package of a language that the component is not.
    fn foreign_package(&self, subject: &Subject<'_>) -> Fit {
        if !self.is_subject_named(subject) {
            return Fit::Unrelated;
        }
        // The component is a package of its own: of the same ecosystem it is another one.
        Fit::Not(Reason::IOtherEcosystem)
    }

    /// Vendor and product, exactly as a CPE or the alias table has them.
    fn by_pair(&self, subject: &Subject<'_>) -> Option<Fit> {
        for product in [&subject.product, &subject.package_name] {
            if is_no_name(product) {
                continue;
            }
            let vendor = &subject.vendor;
            if self.rows.iter().any(|row| row.excludes(vendor, product)) && !self.is_at_place_of(subject) {
                return Some(Fit::Not(Reason::IOtherProduct));
            }
            let own = |cpe: &Cpe| same_name(&cpe.vendor, vendor) && same_name(&cpe.product, product);
            if !is_no_name(vendor) && self.cpes.iter().any(own) {
                return Some(Fit::Is(Recognition::exact(4)));
            }
            if self.rows.iter().any(|row| row.has_cpe(vendor, product)) {
                return Some(Fit::Is(Recognition::by(5, Signal::Table)));
            }
            let row = self.tables.by_spelling(vendor, product);
            if row.is_some_and(|row| self.rows.iter().any(|own| own.canonical == row.canonical)) {
                // A spelling without vendor is shared with packages and forks of distributions.
                if !is_no_name(vendor) || !is_of_distribution(subject) {
                    return Some(Fit::Is(Recognition::by(7, Signal::Table)));
                }
            }
        }
        self.other_row(subject)
    }

    /// The tables know the pair as another product.
    fn other_row(&self, subject: &Subject<'_>) -> Option<Fit> {
        let (vendor, product) = (&subject.vendor, &subject.product);
        if is_no_name(vendor) || is_no_name(product) || self.rows.is_empty() {
            return None;
        }
        let row = self.tables.by_cpe(vendor, product).or_else(|| self.tables.by_spelling(vendor, product))?;
        let is_own = self.rows.iter().any(|own| own.canonical == row.canonical);
        (!is_own && self.is_subject_named(subject)).then_some(Fit::Not(Reason::IOtherProduct))
    }

    /// The repository or collection is the component's, or that of a namesake on the same forge.
    fn by_repository(&self, subject: &Subject<'_>) -> Option<Fit> {
        let mut is_foreign = false;
        for address in [&subject.repo, &subject.collection_url] {
            let Some(place) = place_of(address) else { continue };
            if self.places.iter().any(|own| is_same_place(own, &place)) {
                return Some(Fit::Is(Recognition::exact(2)));
            }
            if let Some(row) = self.tables.by_repo(&place) {
                let is_own = self.rows.iter().any(|own| own.canonical == row.canonical);
                return Some(if is_own {
                    Fit::Is(Recognition::by(5, Signal::Table))
                } else if self.is_subject_named(subject) {
                    Fit::Not(Reason::IOtherProduct)
                } else {
                    Fit::Unrelated
                });
            }
            is_foreign |= self.has_namesake_place(&place);
        }
        let fork =
            distribution::fork_of(&subject.repo).or_else(|| distribution::fork_of(&subject.collection_url));
        if let Some(family) = fork
            && self.is_subject_named(subject)
        {
            return Some(Fit::Build(family));
        }
        (is_foreign && self.is_subject_named(subject)).then_some(Fit::Not(Reason::IOtherProduct))
    }

    /// The component itself comes from the subject's repository or collection.
    fn is_at_place_of(&self, subject: &Subject<'_>) -> bool {
        [&subject.repo, &subject.collection_url]
            .into_iter()
            .filter_map(|address| place_of(address))
            .any(|place| self.places.iter().any(|own| is_same_place(own, &place)))
    }

    /// A place of the component on the same forge under another owner: two forks of one name.
    fn has_namesake_place(&self, place: &str) -> bool {
        let own = self.places.iter().map(String::as_str);
        let known = self.rows.iter().flat_map(|row| row.repos.iter().map(String::as_str));
        own.chain(known).any(|own| is_other_owner(own, place))
    }

    /// CPE names that the claim carries.
    fn by_cpes(&self, subject: &Subject<'_>, vendors: &VendorLookup<'_>) -> Option<Fit> {
        let mut best: Option<Fit> = None;
        for text in &subject.cpes {
            let Some(
                [part, vendor, product, _, _, edition, language, sw_edition, target_sw, target_hw, other],
            ) = split_23(text)
            else {
                continue;
            };
            let head =
                CpeHead { part, vendor, product, edition, language, sw_edition, target_sw, target_hw, other };
            match self.fit_head(&head, vendors) {
                Fit::Is(found) => return Some(Fit::Is(found)),
                Fit::Unrelated => {}
                other => best = best.or(Some(other)),
            }
        }
        best
    }

    /// The bare name, with what the vendors can tell.
    fn by_name(&self, subject: &Subject<'_>, vendors: &VendorLookup<'_>) -> Fit {
        let Some(product) = self.shared_name(subject) else { return Fit::Unrelated };
        if self.language.is_some() {
            return Fit::Not(Reason::IOtherEcosystem);
        }
        let vendor: &str = &subject.vendor;
        if vendors::says_nothing(vendor, product) {
            return self.by_dominance(product, vendors);
        }
        if self.cpes.iter().any(|cpe| !is_no_name(&cpe.vendor) && vendors::is_alike(&cpe.vendor, vendor))
            || self.rows.iter().any(|row| row.cpes.iter().any(|(own, _)| vendors::is_alike(own, vendor)))
        {
            return Fit::Is(Recognition::by(6, Signal::VendorAlike));
        }
        let known = vendors(product);
        if !self.has_vendor() && self.rows.is_empty() && known.is_sole(vendor) {
            return Fit::Is(Recognition::by(6, Signal::SoleVendor));
        }
        if known.has_own_history(vendor) && (self.has_vendor() || !self.rows.is_empty()) {
            return Fit::Not(Reason::IOtherProduct);
        }
        Fit::NameOnly
    }

    /// The record names no vendor: the component's own must be the only or the dominant one of the product.
    fn by_dominance(&self, product: &str, vendors: &VendorLookup<'_>) -> Fit {
        let is_own = |vendor: &str| {
            self.cpes.iter().any(|cpe| !is_no_name(&cpe.vendor) && vendors::is_alike(&cpe.vendor, vendor))
                || self.rows.iter().any(|row| {
                    let spelled = row.spellings.iter().map(|(vendor, _)| vendor);
                    row.cpes
                        .iter()
                        .map(|(vendor, _)| vendor)
                        .chain(spelled)
                        .any(|own| vendors::is_alike(own, vendor))
                })
        };
        let known = vendors(product);
        let is_reviewed_and_alone = !self.rows.is_empty() && known.is_nobodys();
        if !known.has_language && (known.dominate(is_own) || is_reviewed_and_alone) {
            return Fit::Is(Recognition::by(6, Signal::SoleVendor));
        }
        Fit::NameOnly
    }

    /// The name of the subject that the component carries, too.
    fn shared_name<'s>(&self, subject: &'s Subject<'_>) -> Option<&'s str> {
        [&subject.product, &subject.package_name]
            .into_iter()
            .map(|name| &**name)
            .find(|name| self.is_named(name))
    }

    fn is_subject_named(&self, subject: &Subject<'_>) -> bool {
        self.shared_name(subject).is_some()
    }
}

fn is_of_distribution(subject: &Subject<'_>) -> bool {
    distribution::family_of(subject).is_some()
        || distribution::fork_of(&subject.repo).is_some()
        || distribution::fork_of(&subject.collection_url).is_some()
}

/// Type, namespace and name agree; namespaces count only where both have one.
fn is_same_package(own: &Purl, other: &Purl) -> bool {
    let namespaces = own.namespace.eq_ignore_ascii_case(&other.namespace);
    own.kind == other.kind && own.name.eq_ignore_ascii_case(&other.name) && namespaces
}

/// The package name of an ecosystem as the purl writes it: `group:artifact`, `@scope/name`, `host/path`.
fn is_package_named(own: &Purl, wanted: &str) -> bool {
    let is_python = own.kind == "pypi";
    if own.namespace.is_empty() {
        return if is_python { same_name(&own.name, wanted) } else { own.name.eq_ignore_ascii_case(wanted) };
    }
    let separator = if own.kind == "maven" { ':' } else { '/' };
    let full = format!("{}{separator}{}", own.namespace, own.name);
    // A Go record names packages below the module.
    full.eq_ignore_ascii_case(wanted)
        || (own.kind == "golang"
            && wanted.len() > full.len()
            && wanted.get(..full.len()).is_some_and(|front| front.eq_ignore_ascii_case(&full))
            && wanted.as_bytes().get(full.len()) == Some(&b'/'))
}

/// The repository or folder an address names; a bare host is none.
fn place_of(address: &str) -> Option<String> {
    repository::normalise(address).filter(|place| place.contains('/'))
}

/// Equal, or one is a file or folder below the other's repository.
fn is_same_place(own: &str, other: &str) -> bool {
    let below = |long: &str, short: &str| {
        short.matches('/').count() >= 2 && long.strip_prefix(short).is_some_and(|rest| rest.starts_with('/'))
    };
    own == other || below(own, other) || below(other, own)
}

/// The same forge and repository name under another owner.
fn is_other_owner(own: &str, other: &str) -> bool {
    const FORGES: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
    fn parts(place: &str) -> Option<(&str, &str, &str)> {
        let mut parts = place.split('/');
        Some((parts.next()?, parts.next()?, parts.next()?))
    }
    let (Some((host, owner, name)), Some((other_host, other_owner, other_name))) = (parts(own), parts(other))
    else {
        return false;
    };
    FORGES.contains(&host) && host == other_host && owner != other_owner && same_name(name, other_name)
}

impl Identity<'_> {
    /// The subject is by its own words something that the component cannot be: a package of a language
    /// ecosystem, or a distribution's build. An entry that only repeats such a claim under another name does
    /// not make the component its subject (4.6).
    pub fn is_foreign_kind(&self, subject: &Subject<'_>) -> Option<Fit> {
        if let Some(family) = distribution::family_of(subject) {
            return Some(Fit::Build(family));
        }
        match self.by_package(subject) {
            Some(Fit::Is(_)) | None => self.other_pair(subject),
            Some(_) => Some(Fit::Not(Reason::IOtherProduct)),
        }
    }

    /// Vendor and product that the tables know as another product.
    fn other_pair(&self, subject: &Subject<'_>) -> Option<Fit> {
        let (vendor, product) = (&subject.vendor, &subject.product);
        if is_no_name(vendor) || is_no_name(product) || self.rows.is_empty() {
            return None;
        }
        let row = self.tables.by_cpe(vendor, product).or_else(|| self.tables.by_spelling(vendor, product))?;
        let is_own = self.rows.iter().any(|own| own.canonical == row.canonical);
        (!is_own).then_some(Fit::Not(Reason::IOtherProduct))
    }
}
