//! The versioning of a `vers:` range: one of our schemes, or one that only ranges use.

use std::cmp::Ordering;

use model::version::Scheme;

use super::{alpm, conan, datetime, gentoo, plain};
use crate::compare::compare;
use crate::order::{Order, Why};
use crate::semver;

/// How the versions of a range are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// By one of the schemes of components.
    Scheme(Scheme),
    /// Arch Linux packages.
    Alpm,
    /// Conan packages.
    Conan,
    /// R packages.
    Cran,
    /// Times in the form of RFC 3339.
    Datetime,
    /// Gentoo packages.
    Gentoo,
    /// Haskell packages.
    Hackage,
    /// Numbers separated by dots.
    Intdot,
    /// The order of the UTF-8 bytes.
    Lexicographic,
    /// Dart packages: SemVer in which build metadata counts.
    Pub,
}

impl Kind {
    /// The kind of a type name: a purl type or the name of a versioning.
    pub fn from_name(name: &str) -> Option<Kind> {
        Some(match name {
            "alpm" | "arch" => Kind::Alpm,
            "conan" => Kind::Conan,
            "cran" => Kind::Cran,
            "datetime" => Kind::Datetime,
            "gentoo" | "ebuild" => Kind::Gentoo,
            "hackage" => Kind::Hackage,
            "intdot" => Kind::Intdot,
            "lexicographic" => Kind::Lexicographic,
            "pub" => Kind::Pub,
            "golang" => Kind::Scheme(Scheme::Go),
            "nginx" | "cargo" | "hex" | "swift" | "github" | "mattermost" => Kind::Scheme(Scheme::Semver),
            "none" | "all" => Kind::Scheme(Scheme::Generic),
            other => Kind::Scheme(Scheme::from_name(other)?),
        })
    }

    /// Compares two versions.
    pub fn compare(self, a: &str, b: &str) -> Order {
        match self {
            Kind::Scheme(scheme) => compare(scheme, a, b),
            Kind::Alpm => alpm::compare(a, b).into(),
            Kind::Conan => conan::compare(a, b).into(),
            Kind::Cran => plain::compare_cran(a, b).into(),
            Kind::Datetime => datetime::compare(a, b),
            Kind::Gentoo => gentoo::compare(a, b),
            Kind::Hackage => plain::compare_hackage(a, b).into(),
            Kind::Intdot => plain::compare_intdot(a, b).into(),
            Kind::Lexicographic => a.cmp(b).into(),
            Kind::Pub => semver::compare_pub(a, b),
        }
    }

    /// Sorts versions; those without an order keep their places beside each other.
    ///
    /// # Errors
    /// The reason, when two of the versions have no order.
    pub fn sort(self, versions: &mut [&str]) -> Result<(), Why> {
        let mut failure = None;
        versions.sort_by(|a, b| match self.compare(a, b) {
            Order::Less => Ordering::Less,
            Order::Equal => Ordering::Equal,
            Order::Greater => Ordering::Greater,
            Order::Incomparable(why) => {
                failure = Some(why);
                Ordering::Equal
            }
        });
        failure.map_or(Ok(()), Err)
    }
}
