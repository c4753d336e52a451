//! Does a statement speak of this component? Strictly (assessment.md 4.9): type, namespace and name of a package
//! URL equal, every qualifier of the statement there and equal, a stated version equal or inside of a `vers:` range.
//! What is missing or broken matches nothing.
//!
//! A name is no identifier. A CPE counts where one side has no package URL, and only with part, vendor and product
//! stated; the vendorless CPE of a build system counts for the very same CPE of the very same recipe.

use std::fmt;

use model::component::Component;
use model::identity::{Cpe, Purl};
use model::vex::ProductRef;
use versions::vers::{Kind, Vers};

/// Why a product of a statement is not this one; later ones came closer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mismatch {
    /// The statement names no product at all.
    NoProduct,
    /// The product has no package URL, CPE, hash or reference that could be compared.
    NoIdentifier,
    /// An identifier is broken: the text and what is wrong with it.
    InvalidIdentifier(String),
    /// Nothing in this release has the identifier.
    OtherProduct,
    /// The part is here, the product that the statement puts it in is not.
    OtherContext,
    /// A qualifier of the statement is absent or different: its key.
    Qualifier(String),
    /// The component has no version to compare with.
    NoVersion,
    /// The range cannot be read, or not for this kind of component: the range.
    UnreadableRange(String),
    /// The same product in another version: what the statement wants.
    OtherVersion(String),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::NoProduct => f.write_str("it names no product"),
            Mismatch::NoIdentifier => f.write_str("its product has no identifier that can be compared"),
            Mismatch::InvalidIdentifier(text) => write!(f, "its identifier is not valid: {text}"),
            Mismatch::OtherProduct => f.write_str("its product is not in this release"),
            Mismatch::OtherContext => {
                f.write_str("it speaks of the component inside of another product than this release")
            }
            Mismatch::Qualifier(key) => write!(f, "the component does not have its qualifier {key}"),
            Mismatch::NoVersion => f.write_str("the component has no version to compare with"),
            Mismatch::UnreadableRange(range) => write!(f, "its version range cannot be used: {range}"),
            Mismatch::OtherVersion(version) => write!(f, "it speaks of version {version}"),
        }
    }
}

impl Mismatch {
    /// The stable code, for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Mismatch::NoProduct => "no_product",
            Mismatch::NoIdentifier => "no_identifier",
            Mismatch::InvalidIdentifier(_) => "invalid_identifier",
            Mismatch::OtherProduct => "other_product",
            Mismatch::OtherContext => "other_context",
            Mismatch::Qualifier(_) => "qualifier",
            Mismatch::NoVersion => "no_version",
            Mismatch::UnreadableRange(_) => "unreadable_range",
            Mismatch::OtherVersion(_) => "other_version",
        }
    }
}

/// The release that statements are held against.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The product itself, with its identifiers; `None` when nobody stated any.
    pub product: Option<&'a Component>,
    /// Its components.
    pub components: &'a [Component],
    /// Ids of the documents that the components came from (`urn:uuid:…` of a CycloneDX BOM): a BOM-Link to one of
    /// them names a component by its reference.
    pub documents: &'a [String],
}

/// How narrowly a statement names what it speaks about; the greater one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Specificity {
    /// The product in all its versions.
    Line,
    /// The product in this version.
    Product,
    /// The component in all its versions.
    Component,
    /// The component in this version.
    ComponentVersion,
}

impl Specificity {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Specificity::Line => "line",
            Specificity::Product => "product",
            Specificity::Component => "component",
            Specificity::ComponentVersion => "component_version",
        }
    }
}

/// Containers of containers that are followed.
const DEEPEST: usize = 16;

impl Release<'_> {
    /// Holds one product of a statement against one component.
    ///
    /// # Errors
    /// Why it does not speak of it. `vouched`: somebody vouches that the document is about this release, so that an
    /// outer product without any identifier is this product.
    pub fn fit(
        &self,
        product: &ProductRef,
        component: &Component,
        vouched: bool,
    ) -> Result<Specificity, Mismatch> {
        if product.subcomponents.is_empty() {
            return self.fit_whole(product, component);
        }
        self.fit_context(product, component, vouched)?;
        let parts = product.subcomponents.iter().map(|part| self.fit_part(part, component));
        best(parts)
    }

    /// The component itself, or the product as a whole.
    fn fit_whole(&self, product: &ProductRef, component: &Component) -> Result<Specificity, Mismatch> {
        let own = self.compare(product, component).map(component_specificity);
        let whole = self.product.map(|release| {
            let is_versioned = self.compare(product, release)?;
            Ok(if is_versioned { Specificity::Product } else { Specificity::Line })
        });
        best(std::iter::once(own).chain(whole))
    }

    fn fit_part(&self, part: &ProductRef, component: &Component) -> Result<Specificity, Mismatch> {
        if part.subcomponents.is_empty() {
            return self.compare(part, component).map(component_specificity);
        }
        self.fit_context(part, component, false)?;
        best(part.subcomponents.iter().map(|inner| self.fit_part(inner, component)))
    }

    /// The outer product must be this release's, or a component that contains this one.
    fn fit_context(&self, outer: &ProductRef, component: &Component, vouched: bool) -> Result<(), Mismatch> {
        let is_nameless = outer.purls.is_empty() && outer.cpes.is_empty() && outer.hashes.is_empty();
        if vouched && is_nameless {
            return Ok(());
        }
        let is_release = self.product.is_some_and(|release| self.compare(outer, release).is_ok());
        let contains = |container: &Component| self.compare(outer, container).is_ok();
        if is_release || self.containers(component).into_iter().any(contains) {
            return Ok(());
        }
        Err(if is_nameless { Mismatch::NoIdentifier } else { Mismatch::OtherContext })
    }

    fn containers(&self, component: &Component) -> Vec<&Component> {
        let mut found: Vec<&Component> = Vec::new();
        let mut open: Vec<&String> = component.parents.iter().collect();
        while let Some(reference) = open.pop() {
            let known = |one: &&Component| one.source_ref == *reference;
            let Some(container) = self.components.iter().find(|one| one.source_ref == *reference) else {
                continue;
            };
            if found.len() >= DEEPEST || found.iter().any(known) {
                continue;
            }
            found.push(container);
            open.extend(&container.parents);
        }
        found
    }

    /// Compares the identifiers; `true` when the statement is limited to versions of which this is one.
    fn compare(&self, product: &ProductRef, component: &Component) -> Result<bool, Mismatch> {
        if self.is_referred_to(product, component) {
            limits(product, component, None)?;
            return Ok(true);
        }
        let (named, kind) = if !product.purls.is_empty() {
            check_purls(product)?;
            if component.purls.is_empty() && !product.cpes.is_empty() && !component.cpes.is_empty() {
                (by_cpe(product, component)?, None)
            } else {
                let (named, kind) = by_purl(product, component)?;
                (named, Some(kind))
            }
        } else if !product.cpes.is_empty() {
            (by_cpe(product, component)?, None)
        } else if !product.hashes.is_empty() {
            (by_hash(product, component)?, None)
        } else {
            return Err(Mismatch::NoIdentifier);
        };
        Ok(limits(product, component, kind.as_deref())? || named)
    }

    /// A reference that is unique in the world (an SPDX 3 IRI, a BOM-Link to a document of this release).
    fn is_referred_to(&self, product: &ProductRef, component: &Component) -> bool {
        let reference = product.reference.as_str();
        if let Some(link) = reference.strip_prefix("urn:cdx:") {
            let Some((document, local)) = link.split_once('#') else { return false };
            let serial = document.split('/').next().unwrap_or_default();
            let is_ours = |id: &String| id.strip_prefix("urn:uuid:").unwrap_or(id) == serial;
            return !serial.is_empty() && self.documents.iter().any(is_ours) && component.source_ref == local;
        }
        let is_iri = reference.contains("://") || reference.starts_with("urn:");
        is_iri && component.source_ref == reference
    }
}

fn component_specificity(is_versioned: bool) -> Specificity {
    if is_versioned { Specificity::ComponentVersion } else { Specificity::Component }
}

/// The narrowest match, or the reason that came closest.
fn best(results: impl Iterator<Item = Result<Specificity, Mismatch>>) -> Result<Specificity, Mismatch> {
    let mut nearest: Result<Specificity, Mismatch> = Err(Mismatch::NoProduct);
    for result in results {
        nearest = match (nearest, result) {
            (Ok(known), Ok(new)) => Ok(known.max(new)),
            (Ok(known), Err(_)) => Ok(known),
            (Err(_), Ok(new)) => Ok(new),
            (Err(known), Err(new)) => Err(known.max(new)),
        };
    }
    nearest
}

/// One broken package URL makes the product unusable: nobody knows what was meant.
fn check_purls(product: &ProductRef) -> Result<(), Mismatch> {
    for text in &product.purls {
        if let Err(error) = Purl::parse(text) {
            return Err(Mismatch::InvalidIdentifier(format!("{text} {error}")));
        }
    }
    Ok(())
}

fn by_purl(product: &ProductRef, component: &Component) -> Result<(bool, String), Mismatch> {
    let mut nearest = Mismatch::OtherProduct;
    for text in &product.purls {
        let Ok(wanted) = Purl::parse(text) else { continue };
        for known in &component.purls {
            match same_purl(&wanted, known, component) {
                Ok(is_versioned) => return Ok((is_versioned, wanted.kind)),
                Err(mismatch) => nearest = nearest.max(mismatch),
            }
        }
    }
    Err(nearest)
}

fn same_purl(wanted: &Purl, known: &Purl, component: &Component) -> Result<bool, Mismatch> {
    let same = wanted.kind == known.kind && wanted.namespace == known.namespace && wanted.name == known.name;
    if !same {
        return Err(Mismatch::OtherProduct);
    }
    if !wanted.subpath.is_empty() && wanted.subpath != known.subpath {
        return Err(Mismatch::OtherProduct);
    }
    for (key, value) in &wanted.qualifiers {
        if known.qualifier(key) != Some(value.as_str()) {
            return Err(Mismatch::Qualifier(format!("{key}={value}")));
        }
    }
    if wanted.version.is_empty() {
        return Ok(false);
    }
    let version = if known.version.is_empty() { &component.version } else { &known.version };
    same_version(&wanted.version, version)
}

fn same_version(wanted: &str, known: &str) -> Result<bool, Mismatch> {
    match known {
        "" => Err(Mismatch::NoVersion),
        known if known == wanted => Ok(true),
        _ => Err(Mismatch::OtherVersion(wanted.to_owned())),
    }
}

fn by_cpe(product: &ProductRef, component: &Component) -> Result<bool, Mismatch> {
    let mut nearest = Mismatch::OtherProduct;
    for text in &product.cpes {
        let wanted = match Cpe::parse(text) {
            Ok(parsed) if !parsed.repaired => parsed.cpe,
            Ok(_) => return Err(Mismatch::InvalidIdentifier(format!("{text} had to be repaired"))),
            Err(error) => return Err(Mismatch::InvalidIdentifier(format!("{text} {error}"))),
        };
        for known in &component.cpes {
            match same_cpe(&wanted, &known.cpe, product, component) {
                Ok(is_versioned) => return Ok(is_versioned),
                Err(mismatch) => nearest = nearest.max(mismatch),
            }
        }
    }
    Err(nearest)
}

fn same_cpe(
    wanted: &Cpe,
    known: &Cpe,
    product: &ProductRef,
    component: &Component,
) -> Result<bool, Mismatch> {
    let is_open = |value: &str| matches!(value, "*" | "-" | "");
    if [&wanted.part, &wanted.vendor, &wanted.product].into_iter().any(|value| is_open(value)) {
        // A build system does not know the vendor: the recipe's name and the whole CPE must agree.
        let same = wanted == known && !is_open(&wanted.version) && !is_open(&wanted.product);
        let is_recipe = same && !product.name.is_empty() && product.name == component.name;
        return if is_recipe { Ok(true) } else { Err(Mismatch::OtherProduct) };
    }
    if wanted.part != known.part || wanted.vendor != known.vendor || wanted.product != known.product {
        return Err(Mismatch::OtherProduct);
    }
    const REST: [&str; 7] =
        ["update", "edition", "language", "sw_edition", "target_sw", "target_hw", "other"];
    let rest = wanted.attributes().into_iter().zip(known.attributes()).skip(4);
    for (name, (wanted, known)) in REST.into_iter().zip(rest) {
        if wanted != "*" && wanted != known {
            return Err(Mismatch::Qualifier(format!("{name}={wanted}")));
        }
    }
    if wanted.version == "*" {
        return Ok(false);
    }
    let version = if is_open(&known.version) { &component.version } else { &known.version };
    same_version(&wanted.version, version)
}

/// Hashes that nobody forges: the same file, hence the same version of the same thing.
fn by_hash(product: &ProductRef, component: &Component) -> Result<bool, Mismatch> {
    const STRONG: [&str; 8] =
        ["sha256", "sha384", "sha512", "sha3256", "sha3384", "sha3512", "blake2b256", "blake2b512"];
    let is_strong = |hash: &&String| STRONG.contains(&hash.split(':').next().unwrap_or_default());
    let mut strong = product.hashes.iter().filter(is_strong).peekable();
    if strong.peek().is_none() {
        return Err(Mismatch::NoIdentifier);
    }
    if strong.any(|hash| component.hashes.contains(hash)) { Ok(true) } else { Err(Mismatch::OtherProduct) }
}

/// The limits beside the identifier; `false` when there are none.
fn limits(product: &ProductRef, component: &Component, kind: Option<&str>) -> Result<bool, Mismatch> {
    if product.versions.is_empty() {
        return Ok(false);
    }
    let version = match component.version.as_str() {
        "" => component.purls.iter().map(|purl| purl.version.as_str()).find(|version| !version.is_empty()),
        version => Some(version),
    };
    let Some(version) = version else { return Err(Mismatch::NoVersion) };
    let mut nearest = Mismatch::NoVersion;
    for wanted in &product.versions {
        match within(wanted, version, kind) {
            Ok(()) => return Ok(true),
            Err(mismatch) => nearest = nearest.max(mismatch),
        }
    }
    Err(nearest)
}

/// Versionings of no ecosystem in particular.
const NEUTRAL: [&str; 6] = ["generic", "semver", "intdot", "lexicographic", "datetime", "all"];

pub(super) fn within(wanted: &str, version: &str, kind: Option<&str>) -> Result<(), Mismatch> {
    if !wanted.starts_with("vers:") {
        return same_version(wanted, version).map(|_| ());
    }
    let unreadable = |why: &dyn fmt::Display| Mismatch::UnreadableRange(format!("{wanted}: {why}"));
    let range = Vers::read(wanted).map_err(|error| unreadable(&error))?;
    if range.name == "none" {
        return Err(Mismatch::OtherVersion(wanted.to_owned()));
    }
    let is_foreign = kind.is_some_and(|kind| kind != range.name && Kind::from_name(kind) != Some(range.kind));
    if is_foreign && !NEUTRAL.contains(&range.name.as_str()) {
        return Err(unreadable(&"the versions of another ecosystem"));
    }
    match range.contains(version) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Mismatch::OtherVersion(wanted.to_owned())),
        Err(why) => Err(unreadable(&format!("{why:?}"))),
    }
}
