//! Lines of releases as a person would name them when told to upgrade (matching.md 8).
//!
//! Coarser than a branch of `versions`: which part of a number names a line depends on the product. A product of
//! the branch table has the lines listed there; the kernel and OpenSSL have their own; packages of languages have
//! major versions; packages of a distribution and products that keep one line only have none.

use index::tables::BranchTable;
use model::version::Scheme;
use versions::branch_of;

/// How the versions of one product are divided into lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lines {
    product: String,
    scheme: Scheme,
    depth: Depth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Depth {
    /// One line: every higher version is an upgrade on it.
    One,
    /// As the scheme says: `6.12`, `1.1.1`, `2.41`.
    Scheme,
    /// The first number (`22` of Node.js); the first two while it is zero, where `true`.
    Major(bool),
}

impl Lines {
    /// The lines of a product; `products` are its canonical names in the alias table, usually one.
    pub fn of<'p>(table: &BranchTable, products: impl Iterator<Item = &'p str>, scheme: Scheme) -> Lines {
        let mut first = None;
        for product in products {
            if table.of_product(product).next().is_some() {
                let depth = depth_of(table, product, scheme);
                return Lines { product: product.to_owned(), scheme, depth };
            }
            first = first.or(Some(product));
        }
        Lines { product: first.unwrap_or_default().to_owned(), scheme, depth: by_scheme(scheme) }
    }

    /// The product's name in the branch table.
    pub fn product(&self) -> &str {
        &self.product
    }

    /// The line of a version: empty where there is one line only; `None` when the version names none.
    pub fn line_of(&self, version: &str) -> Option<String> {
        if self.depth == Depth::One {
            return Some(String::new());
        }
        let branch = branch_of(self.scheme, version)?;
        let Depth::Major(zero_counts) = self.depth else { return Some(branch) };
        let major = branch.split('.').next().unwrap_or_default();
        Some(if major == "0" && zero_counts { branch } else { major.to_owned() })
    }

    /// True when both versions are of one line.
    pub fn is_same(&self, a: &str, b: &str) -> bool {
        match (self.line_of(a), self.line_of(b)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }
}

fn depth_of(table: &BranchTable, product: &str, scheme: Scheme) -> Depth {
    // The line of a package is the release of its distribution, whatever the project's lines are.
    let is_package = matches!(scheme, Scheme::Deb | Scheme::Rpm | Scheme::Apk | Scheme::Opkg);
    if is_package || table.of_product(product).any(|row| row.is_rolling) {
        return Depth::One;
    }
    // Rows without an end only date releases; those with one name lines that are maintained side by side.
    let lines = || table.of_product(product).filter(|row| !row.end_of_life.is_empty());
    match (lines().next().is_some(), lines().all(|row| !row.branch.contains('.'))) {
        (true, true) => Depth::Major(false),
        (true, false) => Depth::Scheme,
        (false, _) => by_scheme(scheme),
    }
}

fn by_scheme(scheme: Scheme) -> Depth {
    match scheme {
        Scheme::Deb | Scheme::Rpm | Scheme::Apk | Scheme::Opkg => Depth::One,
        Scheme::Calver | Scheme::Uboot | Scheme::Vim | Scheme::Sqlite => Depth::One,
        Scheme::Semver | Scheme::Npm | Scheme::Nuget | Scheme::Composer | Scheme::Go => Depth::Major(true),
        Scheme::Pep440 | Scheme::Gem | Scheme::Maven => Depth::Major(true),
        _ => Depth::Scheme,
    }
}
