//! Does a record speak of this component, or of a namesake (matching.md 4)?
//!
//! A shared key made the candidate; here it is tested. Start with [`Identity::of`] (the component's side,
//! made once), then [`Identity::fit_claim`] and [`Identity::fit_head`] for the subjects of a record.

pub mod claim;
pub mod fits;
pub mod head;
pub mod names;
mod supplier;
pub mod vendors;

use std::cell::RefCell;

use index::tables::{AliasRow, AliasTable, scheme_of};
use model::build::Platform;
use model::component::{Component, Role};
use model::finding::{Confidence, Evidence};
use model::identity::name::{is_no_name, name_key, push_name_key};
use model::identity::{Cpe, repository};
use model::reason::Reason;
use model::version::Scheme;
use rustc_hash::FxHashSet;

use super::distribution::{Distribution, Family};
pub use fits::Fits;
pub use vendors::{VendorLookup, Vendors};

thread_local! {
    static KEY: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The component's side of every identity test.
pub struct Identity<'a> {
    /// The component.
    pub component: &'a Component,
    /// Its products in the alias table; usually one.
    pub rows: Vec<&'a AliasRow>,
    /// Who built it.
    pub distribution: Distribution<'a>,
    /// Its version scheme.
    pub scheme: Scheme,
    /// It is the Linux kernel.
    pub is_kernel: bool,
    /// It carries the kernel's names without being the kernel (headers, perf, module tools).
    pub is_kernel_companion: bool,
    tables: &'a AliasTable,
    /// Its CPE names, the version filled in; without any, one per name with unknown vendor.
    cpes: Vec<Cpe>,
    /// Name keys of all its names, those of the alias table among them.
    names: FxHashSet<String>,
    /// Normalised repositories and download places.
    places: Vec<String>,
    /// Language ecosystem of its package URL, in the words of [`names::ecosystem_of_purl`].
    language: Option<&'static str>,
}

/// The result of an identity test.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// It is this product.
    Is(Recognition),
    /// Same name, nothing more: at most a question.
    NameOnly,
    /// A distribution's build of a product of this name.
    Build(Family),
    /// Another product of the same name, for this reason.
    Not(Reason),
    /// Nothing in common.
    Unrelated,
}

/// How a subject was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognition {
    /// Rank 1 to 7 of matching.md 4.1.
    pub rank: u8,
    /// The second signal that was needed.
    pub signal: Signal,
}

/// Second signals (matching.md 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// None was needed.
    None,
    /// The alias table.
    Table,
    /// The same repository or download place.
    Place,
    /// The only vendor of the product in all feeds, or nearly.
    SoleVendor,
    /// The vendor texts are spellings of one name.
    VendorAlike,
    /// The package's ecosystem.
    Ecosystem,
}

impl Signal {
    /// The words for evidence.
    pub fn word(self) -> &'static str {
        match self {
            Signal::None => "",
            Signal::Table => "alias table",
            Signal::Place => "same repository or download place",
            Signal::SoleVendor => "only vendor of this product in all feeds",
            Signal::VendorAlike => "vendor spelled alike",
            Signal::Ecosystem => "same package ecosystem",
        }
    }
}

impl Recognition {
    fn exact(rank: u8) -> Recognition {
        Recognition { rank, signal: Signal::None }
    }

    fn by(rank: u8, signal: Signal) -> Recognition {
        Recognition { rank, signal }
    }

    /// How sure the identity is: exact up to rank 5 and for 7, corroborated for 6.
    pub fn confidence(self) -> Confidence {
        if self.rank == 6 { Confidence::Medium } else { Confidence::Exact }
    }

    /// As evidence; `subject` is the record's side as written.
    pub fn evidence(self, identity: &Identity<'_>, subject: String) -> Evidence {
        Evidence::Identity {
            rank: self.rank,
            component: identity.describe(self.rank),
            subject,
            second_signal: self.signal.word().to_owned(),
        }
    }
}

impl<'a> Identity<'a> {
    /// Reads the identity of a component.
    pub fn of(component: &'a Component, platform: &'a Platform, tables: &'a AliasTable) -> Identity<'a> {
        let rows = tables.rows_of(component);
        let is_kernel = component.role == Role::Kernel;
        let names_kernel =
            rows.iter().any(|row| row.canonical == "linux_kernel" || row.role == Some(Role::Kernel));
        let distribution = Distribution::of(component, platform);
        let language = component.purls.iter().find_map(|purl| names::ecosystem_of_purl(&purl.kind));
        let scheme = match distribution {
            _ if is_kernel => Scheme::Linux,
            _ => scheme_of(tables, component),
        };
        Identity {
            component,
            distribution,
            scheme,
            is_kernel,
            is_kernel_companion: names_kernel && !is_kernel,
            tables,
            cpes: cpes_of(component, language.map_or("*", names::target_sw_of)),
            names: names_of(component, &rows),
            places: places_of(component),
            language,
            rows,
        }
    }

    /// True for headers and other parts of the kernel's tree that hold none of its code and are no tool of it:
    /// no kernel record concerns them.
    pub fn is_bare_kernel_companion(&self) -> bool {
        const TOOLS: [&str; 6] = ["perf", "bpftool", "cpupower", "objtool", "usbip", "turbostat"];
        self.is_kernel_companion
            && self.rows.len() == 1
            && !TOOLS.iter().any(|tool| self.component.name.to_ascii_lowercase().contains(tool))
    }

    /// The language ecosystem of its package URL.
    pub fn language(&self) -> Option<&'static str> {
        self.language
    }

    /// True when the CNA of this short name is the project's own for this product.
    pub fn is_own_cna(&self, short_name: &str) -> bool {
        self.rows.iter().any(|row| row.is_own_cna(short_name))
    }

    /// True when the product has a flag in the alias table.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.rows.iter().any(|row| row.has(flag))
    }

    /// True when the component is called so, by itself or through the alias table. Asked for every claim and
    /// criterion of every candidate, so the key is made in a buffer.
    pub fn is_named(&self, name: &str) -> bool {
        if name.is_empty() {
            return false;
        }
        KEY.with_borrow_mut(|key| {
            key.clear();
            push_name_key(name, key);
            // No name of the set is one of the texts that name nothing.
            self.names.contains(key.as_str())
        })
    }

    /// True when a test holds for one of the component's names as written.
    pub fn any_name(&self, test: impl Fn(&str) -> bool) -> bool {
        let own = [self.component.name.as_str(), self.component.source_package.as_str()];
        let known = self.rows.iter().flat_map(|row| row.names.iter().map(String::as_str));
        let products = self.cpes.iter().map(|cpe| cpe.product.as_str());
        let canonical = self.rows.iter().map(|row| row.canonical.as_str());
        own.into_iter()
            .chain(products)
            .chain(canonical)
            .chain(known)
            .filter(|name| !is_no_name(name))
            .any(test)
    }

    /// True when a vendor of the component is stated somewhere.
    fn has_vendor(&self) -> bool {
        self.cpes.iter().any(|cpe| !is_no_name(&cpe.vendor))
    }

    /// What the component was recognised by, for evidence.
    fn describe(&self, rank: u8) -> String {
        let component = self.component;
        let by_purl = || component.purls.first().map(|purl| format!("purl {}/{}", purl.kind, purl.name));
        let by_cpe = || component.cpes.first().map(|cpe| cpe.cpe.to_23());
        let by_place = || self.places.first().map(|place| format!("repository {place}"));
        let found = match rank {
            1 | 3 => by_purl().or_else(by_cpe),
            2 => by_place().or_else(by_cpe),
            _ => by_cpe().or_else(by_purl),
        };
        found.unwrap_or_else(|| format!("name {}", component.name))
    }
}

/// All names of an alias row, without vendors.
fn row_names(row: &AliasRow) -> impl Iterator<Item = &str> {
    let cpes = row.cpes.iter().map(|(_, product)| product.as_str());
    let spellings = row.spellings.iter().map(|(_, product)| product.as_str());
    cpes.chain(spellings).chain(row.names.iter().map(String::as_str)).chain([row.canonical.as_str()])
}

/// A package of a language is one in the words of CPE, too.
fn cpes_of(component: &Component, target_sw: &str) -> Vec<Cpe> {
    let mut cpes: Vec<Cpe> = component.cpes.iter().map(|cpe| cpe.cpe.clone()).collect();
    let has_vendor = cpes.iter().any(|cpe| !is_no_name(&cpe.vendor));
    if !has_vendor {
        let purl_names = component.purls.iter().map(|purl| purl.name.as_str());
        let own = [component.name.as_str(), component.source_package.as_str()];
        for name in component.names.iter().map(String::as_str).chain(own).chain(purl_names) {
            if !is_no_name(name) && !cpes.iter().any(|cpe| cpe.product == name) {
                cpes.push(Cpe::from_attributes([
                    "*", "*", name, "*", "*", "*", "*", "*", target_sw, "*", "*",
                ]));
            }
        }
    }
    for cpe in cpes.iter_mut().filter(|cpe| matches!(cpe.version.as_str(), "*" | "")) {
        cpe.version.clone_from(&component.version);
    }
    cpes
}

fn names_of(component: &Component, rows: &[&AliasRow]) -> FxHashSet<String> {
    let cpes = component.cpes.iter().map(|cpe| cpe.cpe.product.as_str());
    let purls = component.purls.iter().map(|purl| purl.name.as_str());
    let own = [component.name.as_str(), component.source_package.as_str()];
    let stated = component.names.iter().map(String::as_str).chain(own).chain(cpes).chain(purls);
    let known = rows.iter().flat_map(|row| row_names(row));
    stated.chain(known).filter(|name| !is_no_name(name)).map(name_key).collect()
}

fn places_of(component: &Component) -> Vec<String> {
    let addresses = component.git.repositories.iter().chain(&component.download_urls);
    let mut places: Vec<String> =
        addresses.chain([&component.homepage]).filter_map(|address| repository::normalise(address)).collect();
    for purl in &component.purls {
        let host = match purl.kind.as_str() {
            "github" => "github.com",
            "gitlab" => "gitlab.com",
            "bitbucket" => "bitbucket.org",
            _ => continue,
        };
        places.push(format!("{host}/{}/{}", purl.namespace, purl.name).to_lowercase());
    }
    places.sort_unstable();
    places.dedup();
    places
}
