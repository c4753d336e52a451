//! The product tree: every product id with the identifiers of its product, and the groups it is in.

use model::note::{Note, NoteCode, Severity};
use model::vex::ProductRef;
use rustc_hash::FxHashMap;

use super::schema::{Branch, FullName, Tree};
use crate::text::loose::Text;
use crate::vex::products;

/// Longest chain of products in products; a longer one names nothing.
const LONGEST_CHAIN: usize = 8;

/// The tree, by product id.
#[derive(Default)]
pub struct Products<'w> {
    plain: FxHashMap<&'w str, ProductRef>,
    /// A product made of others: its ids from the outermost to the innermost.
    chains: FxHashMap<&'w str, Vec<&'w str>>,
    groups_of: FxHashMap<&'w str, Vec<&'w str>>,
}

impl<'w> Products<'w> {
    /// Reads the tree.
    pub fn of(tree: &'w Tree<'_>, notes: &mut Vec<Note>) -> Products<'w> {
        let mut products = Products::default();
        for (at, branch) in tree.branches.iter().enumerate() {
            products.add_branch(branch, None, &format!("/product_tree/branches/{at}"), notes);
        }
        for (at, full_name) in tree.full_names.iter().enumerate() {
            products.add(full_name, None, &format!("/product_tree/full_product_names/{at}"), notes);
        }
        for relationship in &tree.relationships {
            let chain = vec![relationship.relates_to.get(), relationship.product.get()];
            products.add_chain(&relationship.full_name, chain);
        }
        for path in &tree.paths {
            let steps = path.subpaths.iter().rev().map(|step| step.next.get());
            let chain = steps.chain([path.beginning.get()]).collect();
            products.add_chain(&path.full_name, chain);
        }
        for group in &tree.groups {
            for product in &group.products {
                products.groups_of.entry(product.get()).or_default().push(group.id.get());
            }
        }
        products
    }

    /// The groups a product is in.
    pub fn groups_of(&self, id: &str) -> &[&'w str] {
        self.groups_of.get(id).map_or(&[], Vec::as_slice)
    }

    /// The product of an id; `None` when the tree does not lead to one.
    pub fn get<'p>(&'p self, id: &'p str) -> Option<ProductRef> {
        let mut chain = Vec::new();
        self.unroll(&[id], &mut chain, LONGEST_CHAIN)?;
        let mut product = products::nest(chain.into_iter().cloned().collect())?;
        if self.chains.contains_key(id) {
            product.reference = id.to_owned();
        }
        Some(product)
    }

    /// The name of a product's version, for people.
    pub fn name(&self, id: &str) -> Option<String> {
        self.get(id).map(|product| if product.name.is_empty() { id.to_owned() } else { product.name })
    }

    /// A chain may lead through other chains; length and depth bound one that leads through itself.
    fn unroll<'p>(&'p self, ids: &[&'p str], chain: &mut Vec<&'p ProductRef>, depth: usize) -> Option<()> {
        for id in ids {
            if chain.len() >= LONGEST_CHAIN {
                return None;
            }
            match (self.plain.get(id), self.chains.get(id)) {
                (Some(product), _) => chain.push(product),
                (None, Some(inner)) if depth > 0 => self.unroll(inner, chain, depth - 1)?,
                _ => return None,
            }
        }
        Some(())
    }

    fn add_branch(
        &mut self,
        branch: &'w Branch<'_>,
        version: Option<&str>,
        place: &str,
        notes: &mut Vec<Note>,
    ) {
        let version = match branch.category.get() {
            "product_version" | "product_version_range" => Some(branch.name.get()),
            _ => version,
        };
        let is_range = branch.category.get() == "product_version_range";
        if is_range && !branch.name.get().starts_with("vers:") && !branch.name.is_empty() {
            // "<=4.2" in whose scheme? It stays as written and matches nothing.
            notes.push(Note::new(
                NoteCode::BadRange,
                Severity::Warn,
                format!("{place}/name"),
                branch.name.get(),
            ));
        }
        if !branch.product.id.is_empty() {
            self.add(&branch.product, version, &format!("{place}/product"), notes);
        }
        for (at, inner) in branch.branches.iter().enumerate() {
            self.add_branch(inner, version, &format!("{place}/branches/{at}"), notes);
        }
    }

    fn add(
        &mut self,
        full_name: &'w FullName<'_>,
        version: Option<&str>,
        place: &str,
        notes: &mut Vec<Note>,
    ) {
        let id = full_name.id.get();
        if self.plain.contains_key(id) {
            notes.push(Note::new(NoteCode::DupRef, Severity::Warn, place, id));
            return;
        }
        let mut product = product(full_name);
        // The name of a version branch is free text; the version of an identifier says the same more strictly.
        let limit =
            version.filter(|version| version.starts_with("vers:") || !products::is_versioned(&product));
        product.versions.extend(limit.map(str::to_owned));
        self.plain.insert(id, product);
    }

    fn add_chain(&mut self, full_name: &'w FullName<'_>, chain: Vec<&'w str>) {
        let own = product(full_name);
        let id = full_name.id.get();
        // A chain with an identifier of its own is a product of its own.
        if own.purls.is_empty() && own.cpes.is_empty() && own.hashes.is_empty() {
            self.chains.entry(id).or_insert(chain);
        } else {
            self.plain.entry(id).or_insert(own);
        }
    }
}

fn product(full_name: &FullName<'_>) -> ProductRef {
    let helper = &full_name.helper;
    let mut product = ProductRef {
        reference: full_name.id.get().to_owned(),
        name: full_name.name.get().to_owned(),
        ..ProductRef::default()
    };
    for purl in std::iter::once(&helper.purl).chain(&helper.purls) {
        products::add_purl(&mut product, purl.get());
    }
    products::add_cpe(&mut product, helper.cpe.get());
    for hash in helper.hashes.iter().flat_map(|file| &file.hashes) {
        products::add_hash(&mut product, hash.algorithm.get(), hash.value.get());
    }
    let articles = [&helper.model_numbers, &helper.serial_numbers, &helper.skus];
    if let Some(article) = articles.into_iter().flatten().map(Text::get).find(|text| !text.is_empty()) {
        // Said of single articles or devices only: no component of a release is one.
        product.versions.push(format!("article {article}"));
    }
    product
}
