//! Yocto `vex` and `cve-check` JSON: the `CVE_STATUS` of recipes as statements of the build.

use model::note::{Note, NoteCode, Severity};
use model::vex::{ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};

use super::{Reading, products, settle};
use crate::limits::FormatError;
use crate::text::loose::{List, Text, loose};

loose! {
    struct Root<'a> {
        version: Text<'a> = "version",
        packages: List<Package<'a>> = "package",
    }
}

loose! {
    struct Package<'a> {
        name: Text<'a> = "name",
        layer: Text<'a> = "layer",
        version: Text<'a> = "version",
        products: List<Product<'a>> = "products",
        cpes: List<Text<'a>> = "cpes",
        issues: List<Issue<'a>> = "issue",
    }
}

loose! {
    struct Product<'a> {
        product: Text<'a> = "product",
    }
}

loose! {
    struct Issue<'a> {
        id: Text<'a> = "id",
        status: Text<'a> = "status",
        detail: Text<'a> = "detail",
        description: Text<'a> = "description",
        patches: List<Text<'a>> = "patch-file",
    }
}

/// Reads one document.
pub fn read(reading: &Reading<'_>, notes: &mut Vec<Note>) -> Result<VexDocument, FormatError> {
    let wire: Root<'_> = reading.parse()?;
    let mut document = VexDocument::new(VexFormat::Yocto);
    document.spec_version = wire.version.get().to_owned();
    document.author = "build system".to_owned();
    for (at, package) in wire.packages.iter().enumerate() {
        let product = product(package);
        let mut foreign = 0_usize;
        for (index, issue) in package.issues.iter().enumerate() {
            let position = format!("/package/{at}/issue/{index}");
            if issue.id.is_empty() {
                let why = "it has no id";
                notes.push(Note::new(NoteCode::StatementUnusable, Severity::Warn, position, why));
                continue;
            }
            let Some(word) = word(issue) else {
                foreign += 1;
                continue;
            };
            let statement = statement(issue, &word, package.layer.get(), position, &product, notes);
            document.statements.push(settle::finish(statement, &document, notes));
        }
        if foreign > 0 {
            let value = format!("{foreign} unpatched by another tool's match, no statements");
            let place = format!("/package/{at}/issue");
            notes.push(Note::new(NoteCode::StatementUnusable, Severity::Info, place, &value));
        }
    }
    Ok(document)
}

/// The word that decides: the detail, or the status where there is none. A bare `Unpatched` is nobody's word but
/// the result of another tool's comparison.
fn word(issue: &Issue<'_>) -> Option<String> {
    let (status, detail) = (issue.status.get(), issue.detail.get());
    match (status, detail) {
        ("Unpatched", "") => None,
        (status, "") => Some(status.to_ascii_lowercase()),
        (_, detail) => Some(detail.to_owned()),
    }
}

fn statement(
    issue: &Issue<'_>,
    word: &str,
    layer: &str,
    position: String,
    product: &ProductRef,
    notes: &mut Vec<Note>,
) -> VexStatement {
    let mut statement = VexStatement::new(issue.id.get(), VexStatus::UnderInvestigation);
    statement.position = position;
    statement.products = vec![product.clone()];
    settle::translate(&mut statement, VexFormat::Yocto, word, word, notes);
    statement.impact = issue.description.get().to_owned();
    for patch in &issue.patches {
        let name = patch.get().rsplit('/').next().unwrap_or_default();
        settle::push_text(&mut statement.detail, name);
    }
    if !layer.is_empty() {
        settle::push_text(&mut statement.detail, &format!("layer {layer}"));
    }
    statement
}

fn product(package: &Package<'_>) -> ProductRef {
    let (name, version) = (package.name.get(), package.version.get());
    let mut product =
        ProductRef { reference: name.to_owned(), name: name.to_owned(), ..ProductRef::default() };
    for cpe in &package.cpes {
        products::add_cpe(&mut product, cpe.get());
    }
    if product.cpes.is_empty() {
        // As Yocto itself makes them: unknown part, unknown vendor.
        for known in package.products.iter().filter(|known| !known.product.is_empty()) {
            let version = version.split("+git").next().unwrap_or_default();
            let attributes = ["*", "*", known.product.get(), version, "", "", "", "", "", "", ""];
            let cpe = model::identity::Cpe::from_attributes(attributes);
            products::add_cpe(&mut product, &cpe.to_23());
        }
    }
    if !version.is_empty() && !products::is_versioned(&product) {
        product.versions.push(version.to_owned());
    }
    product
}
