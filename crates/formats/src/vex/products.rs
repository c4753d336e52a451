//! How identifiers get into a product, the same way for every form.

use model::vex::ProductRef;

use crate::normalise::identity::{hash_text, push_new};

/// Adds a text that may be an identifier of any kind, or none.
pub fn add_identifier(product: &mut ProductRef, text: &str) {
    let starts =
        |prefix: &str| text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    if starts("pkg:") {
        add_purl(product, text);
    } else if starts("cpe:") {
        add_cpe(product, text);
    }
}

/// Adds a package URL as written.
pub fn add_purl(product: &mut ProductRef, text: &str) {
    if !text.is_empty() {
        push_new(&mut product.purls, text.to_owned());
    }
}

/// Adds a CPE name as written.
pub fn add_cpe(product: &mut ProductRef, text: &str) {
    if !text.is_empty() {
        push_new(&mut product.cpes, text.to_owned());
    }
}

/// Adds a hash.
pub fn add_hash(product: &mut ProductRef, algorithm: &str, value: &str) {
    if let Some(hash) = hash_text(algorithm, value) {
        push_new(&mut product.hashes, hash);
    }
}

/// True when an identifier of the product says which version it is.
pub fn is_versioned(product: &ProductRef) -> bool {
    let purl = product.purls.iter().any(|text| {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().is_some_and(|last| last.contains('@') && !last.ends_with('@'))
    });
    purl || product.cpes.iter().any(|text| {
        model::identity::Cpe::parse(text)
            .is_ok_and(|parsed| !matches!(parsed.cpe.version.as_str(), "*" | "-"))
    })
}

/// The outermost product with the last one as its innermost part: `[image, library]` is the library in the image.
pub fn nest(chain: Vec<ProductRef>) -> Option<ProductRef> {
    chain.into_iter().rev().reduce(|inner, mut outer| {
        outer.subcomponents = vec![inner];
        outer
    })
}
