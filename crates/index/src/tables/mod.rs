//! Our own tables: names of products, reviewed rules about single vulnerabilities, life of branches, where
//! exploits are collected.
//!
//! They are data, not code: tab-separated text with a header, `#` comments, `-` for empty, one row a line,
//! each with the kind of its source and the date of its review.

mod alias;
mod alias_row;
mod branch;
mod exploit_host;
mod rows;
mod rule;

pub use alias::AliasTable;
pub use alias_row::AliasRow;
pub use branch::{Branch, BranchTable, is_over};
pub use exploit_host::{ExploitHost, ExploitHosts};
pub use rows::TableError;
pub use rule::{Rule, RuleKind, RuleTable};

use model::component::Component;
use model::version::Scheme;

/// The scheme by which a component's versions are compared (matching.md 5.3): the product's own by the alias
/// table, else that of its package URL, else the generic one.
pub fn scheme_of(table: &AliasTable, component: &Component) -> Scheme {
    let product = table.rows_of(component).into_iter().find_map(|row| row.scheme);
    let package = || component.purls.iter().find_map(|purl| scheme_of_purl_type(&purl.kind));
    product.or_else(package).unwrap_or(Scheme::Generic)
}

/// The scheme of a package URL type; `None` for types that name no version rule.
pub fn scheme_of_purl_type(kind: &str) -> Option<Scheme> {
    Some(match kind {
        "deb" => Scheme::Deb,
        "rpm" => Scheme::Rpm,
        "apk" => Scheme::Apk,
        "opkg" => Scheme::Opkg,
        "pypi" => Scheme::Pep440,
        "gem" => Scheme::Gem,
        "maven" => Scheme::Maven,
        "nuget" => Scheme::Nuget,
        "npm" => Scheme::Npm,
        "composer" => Scheme::Composer,
        "golang" => Scheme::Go,
        "cargo" | "hex" | "pub" | "swift" => Scheme::Semver,
        _ => return None,
    })
}
