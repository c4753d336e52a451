//! The release as platform questions see it: operating system, architecture, distribution, kernels, products.

use index::tables::{AliasTable, scheme_of};
use model::build::Platform;
use model::component::{Component, Role};
use model::identity::name::name_key;
use model::sbom::Inventory;
use model::version::Scheme;
use rustc_hash::FxHashMap;

use super::words::{self, Os};
use crate::matching::distribution::Distribution;
use crate::matching::ranges::{ComponentVersion, Detail};

/// Facts of one release, computed once per scan.
pub struct Release<'a> {
    /// The platform facts as given.
    pub platform: &'a Platform,
    /// The components.
    pub components: &'a [Component],
    /// The operating system; `None` = unknown.
    pub os: Option<Os>,
    /// Why `os` is what it is, for evidence.
    pub os_because: String,
    /// Family of the architecture; empty = unknown.
    pub arch: &'static str,
    /// 32 or 64; 0 = unknown.
    pub bits: u8,
    /// Who built the release.
    pub distribution: Distribution<'a>,
    /// The kernels of the release (indices into `components`).
    pub kernels: Vec<usize>,
    aliases: &'a AliasTable,
    /// Name key to components that carry the name.
    present: FxHashMap<String, Vec<usize>>,
}

impl<'a> Release<'a> {
    /// Reads the facts of an inventory.
    pub fn of(inventory: &'a Inventory, aliases: &'a AliasTable) -> Release<'a> {
        let platform = &inventory.platform;
        let components = &inventory.components[..];
        let kernels: Vec<usize> = numbers(components, |component| component.role == Role::Kernel);
        let distribution = Distribution::parse(&platform.distribution);
        let (os, os_because) = operating_system(platform, distribution, !kernels.is_empty());
        let flat: String =
            platform.arch.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let is_mixed = platform.facts.get("bits").is_some_and(|bits| bits == "mixed");
        let bits = match platform.bits {
            0 if is_mixed => 0,
            0 => words::arch_bits(&flat),
            bits => bits,
        };
        Release {
            platform,
            components,
            os,
            os_because,
            arch: words::arch_family(&flat).unwrap_or_default(),
            bits,
            distribution,
            kernels,
            aliases,
            present: present(components),
        }
    }

    /// The version of a component that stands beside the one under test.
    pub fn version_of(&self, component: &'a Component) -> ComponentVersion<'a> {
        let scheme = match component.role {
            Role::Kernel => Scheme::Linux,
            _ => scheme_of(self.aliases, component),
        };
        self.version(component, scheme, Detail::Brief)
    }

    /// The version of a component under a scheme, with what the release knows of it.
    pub fn version(&self, component: &'a Component, scheme: Scheme, detail: Detail) -> ComponentVersion<'a> {
        ComponentVersion {
            origin: component.version_origin,
            released: &component.released,
            distribution: &self.platform.distribution,
            commit: &component.git.commit,
            vendor_tree: !component.vendor_tree.is_empty(),
            detail,
            ..ComponentVersion::new(&component.version, scheme)
        }
    }

    /// The components that carry a name.
    pub fn named(&self, name: &str) -> &[usize] {
        self.present.get(&name_key(name)).map_or(&[], Vec::as_slice)
    }

    /// What the given facts say of a name: `xen = absent`; `None` = nothing.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let key = name_key(name);
        self.platform.facts.iter().find(|(fact, _)| name_key(fact) == key).map(|(_, value)| value.as_str())
    }
}

fn numbers(components: &[Component], is_wanted: impl Fn(&Component) -> bool) -> Vec<usize> {
    components.iter().enumerate().filter(|(_, component)| is_wanted(component)).map(|(at, _)| at).collect()
}

fn operating_system(platform: &Platform, built: Distribution<'_>, has_kernel: bool) -> (Option<Os>, String) {
    match words::read_word(&platform.os) {
        Some(words::Word::Os(os)) => return (Some(os), format!("the operating system is {}", platform.os)),
        _ if !platform.os.is_empty() => {
            return (None, format!("operating system {} is not known", platform.os));
        }
        _ => {}
    }
    if has_kernel {
        return (Some(Os::Linux), "the release holds a Linux kernel".to_owned());
    }
    match built {
        Distribution::OwnBuild(name) => (Some(Os::Linux), format!("{name} builds Linux systems")),
        Distribution::Packages(family, _) => {
            (Some(Os::Linux), format!("{} is a Linux system", family.name()))
        }
        Distribution::Unknown => (None, "the operating system is not known".to_owned()),
    }
}

fn present(components: &[Component]) -> FxHashMap<String, Vec<usize>> {
    let mut present: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (at, component) in components.iter().enumerate() {
        let cpes = component.cpes.iter().map(|cpe| cpe.cpe.product.as_str());
        let purls = component.purls.iter().map(|purl| purl.name.as_str());
        let names = component.names.iter().map(String::as_str);
        for name in names.chain(cpes).chain(purls).chain([component.name.as_str()]) {
            let key = name_key(name);
            if key.is_empty() {
                continue;
            }
            let list = present.entry(key).or_default();
            if list.last() != Some(&at) {
                list.push(at);
            }
        }
    }
    present
}
