//! Product ids to subjects: who makes it, what it is called, which versions.

use std::borrow::Cow;

use model::identity::Purl;
use model::record::{Subject, Text as Words};
use rustc_hash::FxHashMap;

use crate::text::loose::Text;
use crate::vex::csaf::schema::{Branch, FullName, Tree};

/// Longest chain of products in products; a longer one names nothing.
const LONGEST_CHAIN: usize = 8;

/// Kinds of packages that a distribution builds under its own namespace.
const DISTRIBUTION_KINDS: [&str; 5] = ["rpm", "deb", "apk", "alpm", "opkg"];

/// One product of the tree.
#[derive(Clone, Copy)]
pub(super) struct Product<'w> {
    vendor: &'w str,
    product: &'w str,
    /// The text of the version branch; empty when it has none.
    version: &'w str,
    full_name: &'w FullName<'w>,
}

/// A subject with the text of its versions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct About<'w> {
    pub(super) subject: Subject<'w>,
    /// As written: `vers:…`, `< 4.2`, `4.2`; empty = every version.
    pub(super) versions: Cow<'w, str>,
    /// The id is a part of this product: what holds for the part need not hold for the whole.
    pub(super) is_by_part: bool,
}

/// The tree, by product id.
#[derive(Default)]
pub(super) struct Products<'w> {
    plain: FxHashMap<&'w str, Product<'w>>,
    /// Inner and outer product, and how one is in the other.
    chains: FxHashMap<&'w str, (&'w str, &'w str)>,
    groups_of: FxHashMap<&'w str, Vec<&'w str>>,
}

impl<'w> Products<'w> {
    pub(super) fn of(tree: &'w Tree<'w>) -> Products<'w> {
        let mut products = Products::default();
        for branch in &tree.branches {
            products.add_branch(branch, Path::default());
        }
        for full_name in &tree.full_names {
            products.add(full_name, Path::default());
        }
        for relation in &tree.relationships {
            products.add_chain(&relation.full_name, relation.product.get(), relation.relates_to.get());
        }
        for path in &tree.paths {
            // The last step is the outermost product.
            if let Some(outer) = path.subpaths.items.last() {
                products.add_chain(&path.full_name, path.beginning.get(), outer.next.get());
            }
        }
        for group in &tree.groups {
            for product in &group.products {
                products.groups_of.entry(product.get()).or_default().push(group.id.get());
            }
        }
        products
    }

    /// The groups a product is in.
    pub(super) fn groups_of(&self, id: &str) -> &[&'w str] {
        self.groups_of.get(id).map_or(&[], Vec::as_slice)
    }

    /// The name of a product, for people.
    pub(super) fn name(&self, id: &str) -> Option<&'w str> {
        self.plain.get(id).map(|product| product.full_name.name.get()).filter(|name| !name.is_empty())
    }

    /// Whom an id speaks of; `None` where the tree does not lead to a product that can be told from a namesake.
    pub(super) fn about(&self, id: &str) -> Option<About<'w>> {
        self.resolve(id, LONGEST_CHAIN)
    }

    fn resolve(&self, id: &str, depth: usize) -> Option<About<'w>> {
        if let Some(product) = self.plain.get(id) {
            return about(product);
        }
        let (inner, outer) = self.chains.get(id).filter(|_| depth > 0)?;
        // `openssl-3.0.7-1.el9 as a component of Enterprise Linux 9`: that very package, wherever it is.
        let package = self.resolve(inner, depth - 1).filter(is_distribution_package);
        package.or_else(|| self.resolve(outer, depth - 1).map(|outer| About { is_by_part: true, ..outer }))
    }

    fn add_branch(&mut self, branch: &'w Branch<'w>, above: Path<'w>) {
        let name = branch.name.get();
        let mut path = above;
        match branch.category.get() {
            "vendor" => path.vendor = name,
            "product_name" => path.product = name,
            "product_family" if path.product.is_empty() => path.family = name,
            "product_version" | "product_version_range" => path.version = name,
            _ => {}
        }
        if !branch.product.id.is_empty() {
            self.add(&branch.product, path);
        }
        for inner in &branch.branches {
            self.add_branch(inner, path);
        }
    }

    fn add(&mut self, full_name: &'w FullName<'w>, path: Path<'w>) {
        let product = if path.product.is_empty() { path.family } else { path.product };
        let entry = Product { vendor: path.vendor, product, version: path.version, full_name };
        self.plain.entry(full_name.id.get()).or_insert(entry);
    }

    fn add_chain(&mut self, full_name: &'w FullName<'w>, inner: &'w str, outer: &'w str) {
        // A chain with a package URL of its own is told by that.
        let helper = &full_name.helper;
        if helper.purl.is_empty() && helper.purls.items.is_empty() {
            self.chains.entry(full_name.id.get()).or_insert((inner, outer));
        } else {
            self.add(full_name, Path::default());
        }
    }
}

/// The branches above a product.
#[derive(Clone, Copy, Default)]
struct Path<'w> {
    vendor: &'w str,
    family: &'w str,
    product: &'w str,
    version: &'w str,
}

fn is_distribution_package(about: &About<'_>) -> bool {
    Purl::parse_tolerant(&about.subject.purl)
        .is_ok_and(|(purl, _)| DISTRIBUTION_KINDS.contains(&purl.kind.as_str()) && !purl.namespace.is_empty())
}

/// A product that nothing but a bare name tells from others is nobody's: a record of one device must not speak of a
/// library that happens to be called so.
fn about<'w>(product: &Product<'w>) -> Option<About<'w>> {
    let helper = &product.full_name.helper;
    let purl =
        std::iter::once(&helper.purl).chain(&helper.purls).map(Text::get).find(|text| !text.is_empty());
    let cpe = Some(helper.cpe.get()).filter(|text| !text.is_empty());
    let is_named = !product.vendor.is_empty() && !product.product.is_empty();
    if !is_named && purl.is_none() && cpe.is_none() {
        return None;
    }
    let (purl, of_purl) = purl.map_or(("", None), split_version);
    let of_cpe = cpe.and_then(version_of_cpe);
    let versions = match product.version {
        // A package's number stands in its URL; the branch above often repeats the whole name (`kernel-5.14.0-1.el9.src`).
        range if range.starts_with("vers:") => Cow::Borrowed(range),
        branch => match of_purl.or(of_cpe) {
            Some(exact) => exact,
            None => Cow::Borrowed(branch),
        },
    };
    let articles = [&helper.model_numbers, &helper.serial_numbers, &helper.skus];
    let articles = articles.into_iter().flatten().map(Text::get).filter(|text| !text.is_empty());
    Some(About {
        subject: Subject {
            vendor: Words::Borrowed(product.vendor),
            product: Words::Borrowed(product.product),
            purl: Words::Borrowed(purl),
            cpes: cpe.map(unversioned_cpe).into_iter().collect(),
            // Said of single articles only.
            platforms: articles.map(|article| Words::Owned(format!("article {article}"))).collect(),
            ..Subject::default()
        },
        versions,
        is_by_part: false,
    })
}

/// A package URL without version, qualifiers and subpath, and its version.
fn split_version(text: &str) -> (&str, Option<Cow<'_, str>>) {
    let bare = text.split(['?', '#']).next().unwrap_or_default();
    match bare.rfind('@').filter(|at| bare.get(*at..).is_some_and(|rest| !rest.contains('/'))) {
        Some(at) => {
            let version = bare.get(at + 1..).unwrap_or_default();
            let version = super::ranges::decoded(version);
            (bare.get(..at).unwrap_or_default(), Some(version).filter(|version| !version.is_empty()))
        }
        None => (bare, None),
    }
}

fn version_of_cpe(text: &str) -> Option<Cow<'_, str>> {
    let cpe = model::identity::Cpe::parse(text).ok()?.cpe;
    (!matches!(cpe.version.as_str(), "" | "*" | "-")).then_some(Cow::Owned(cpe.version))
}

/// The name as CPE 2.3 with any version: claims name products, rows name versions.
fn unversioned_cpe(text: &str) -> Words<'_> {
    match model::identity::Cpe::parse(text) {
        Ok(parsed) => {
            let mut cpe = parsed.cpe;
            cpe.version = "*".to_owned();
            cpe.update = "*".to_owned();
            Words::Owned(cpe.to_23())
        }
        Err(_) => Words::Borrowed(text),
    }
}
