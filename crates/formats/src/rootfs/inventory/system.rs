//! What the system says of itself: distribution and product by `os-release` and its forerunners, machine by its programs.

use std::collections::BTreeMap;

use model::sbom::Inventory;

use super::super::schema::{Is, Program, Volume};
use crate::normalise::packages;
use crate::normalise::platform::{arch_word, release_of_codename};

/// Fills in the platform.
pub(super) fn settle(inventory: &mut Inventory, volume: &Volume) {
    let releases = Releases::of(volume);
    let stated = releases.distribution(inventory);
    packages::place(&mut inventory.components, &stated);
    inventory.platform.distribution = stated;
    if !releases.is_empty() || !volume.modules.is_empty() || !volume.kernels.is_empty() {
        inventory.platform.os = "linux".to_owned();
    }
    inventory.product = releases.word("IMAGE_ID").to_owned();
    inventory.release = releases.word("IMAGE_VERSION").to_owned();
    if let Some((machine, bits, big_endian)) = machine(&volume.programs) {
        inventory.platform.arch = machine.to_owned();
        inventory.platform.bits = bits;
        let endian = if big_endian { "big" } else { "little" };
        inventory.platform.facts.insert("endian".to_owned(), endian.to_owned());
    }
}

/// The machine of most programs; of equals the first in order.
fn machine(programs: &[Program]) -> Option<(&str, u8, bool)> {
    let mut counts: BTreeMap<(&str, u8, bool), usize> = BTreeMap::new();
    for program in programs.iter().filter(|program| arch_word(&program.machine).is_some()) {
        *counts.entry((program.machine.as_str(), program.bits, program.big_endian)).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)))
        .map(|(machine, _)| machine)
}

/// The release files of a system by name.
struct Releases<'v> {
    texts: BTreeMap<&'v str, &'v str>,
}

impl<'v> Releases<'v> {
    fn of(volume: &'v Volume) -> Releases<'v> {
        let documents = volume.documents.iter().filter(|document| document.is == Is::Release);
        // `etc` comes before `usr/lib` and wins, as os-release(5) says.
        let mut texts = BTreeMap::new();
        for document in documents {
            let name = document.path.rsplit('/').next().unwrap_or_default();
            texts.entry(name).or_insert(document.text.as_str());
        }
        Releases { texts }
    }

    fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// A value of `os-release`, without its quotes.
    fn word(&self, key: &str) -> &'v str {
        word_of(self.texts.get("os-release").copied().unwrap_or_default(), key)
    }

    fn first_line(&self, name: &str) -> Option<&'v str> {
        self.texts
            .get(name)
            .and_then(|text| text.lines().next())
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }

    /// `debian:12`, `alpine:3.19`, `yocto`; empty where nothing tells.
    fn distribution(&self, inventory: &Inventory) -> String {
        let id = self.word("ID").to_ascii_lowercase();
        let version = self.word("VERSION_ID");
        match id.as_str() {
            "" => self.without_os_release(),
            "openwrt" | "lede" | "immortalwrt" => "openwrt".to_owned(),
            "buildroot" | "ptxdist" => id,
            "poky" | "nodistro" | "openembedded" | "oe" | "yocto" => "yocto".to_owned(),
            "debian" => with(&id, self.debian(version)),
            "alpine" => with(&id, branch(version)),
            _ if PACKAGED.contains(&id.as_str()) => with(&id, version.to_owned()),
            // A maker's own name: the build system shows elsewhere, or the packages tell.
            _ if self.is_yocto() => "yocto".to_owned(),
            _ => match packages::guess(inventory) {
                Some(own) if own == "yocto" || own == "openwrt" => own,
                _ => with(&id, version.to_owned()),
            },
        }
    }

    fn without_os_release(&self) -> String {
        let openwrt =
            self.texts.get("openwrt_release").is_some_and(|text| !word_of(text, "DISTRIB_ID").is_empty());
        if openwrt {
            return "openwrt".to_owned();
        }
        if let Some(version) = self.first_line("alpine-release") {
            return with("alpine", branch(version));
        }
        if self.texts.contains_key("buildroot-release") || self.texts.contains_key("br-version") {
            return "buildroot".to_owned();
        }
        if self.is_yocto() {
            return "yocto".to_owned();
        }
        self.first_line("debian_version")
            .map(|version| with("debian", self.debian(version)))
            .unwrap_or_default()
    }

    /// The major number; a release that is not out yet has only its name.
    fn debian(&self, version: &str) -> String {
        let names = [self.word("VERSION_CODENAME"), version.split('/').next().unwrap_or_default()];
        let number = version.split('.').next().unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            return number.to_owned();
        }
        names.iter().find_map(|name| release_of_codename(name)).unwrap_or_default().to_owned()
    }

    /// What `image-buildinfo` of Yocto leaves in `etc/build`.
    fn is_yocto(&self) -> bool {
        self.texts
            .get("build")
            .is_some_and(|text| text.contains("Layer Revisions") || text.contains("Build Configuration"))
    }
}

/// Distributions of packages, whose releases have names of their own in the feeds.
const PACKAGED: &[&str] = &[
    "ubuntu",
    "fedora",
    "rhel",
    "centos",
    "rocky",
    "almalinux",
    "ol",
    "amzn",
    "sles",
    "sled",
    "sle-micro",
    "opensuse-leap",
    "opensuse-tumbleweed",
    "photon",
    "wolfi",
    "chainguard",
    "mariner",
    "azurelinux",
    "openeuler",
    "arch",
    "gentoo",
    "raspbian",
    "devuan",
    "kali",
    "postmarketos",
];

fn word_of<'t>(text: &'t str, key: &str) -> &'t str {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
    let value = value.unwrap_or_default().trim().trim_matches(['"', '\'']);
    // Nothing that names a release is longer.
    if value.len() <= 128 { value } else { "" }
}

/// Alpine is known by its branch.
fn branch(version: &str) -> String {
    version.split(['.', '_']).take(2).collect::<Vec<_>>().join(".")
}

fn with(id: &str, release: String) -> String {
    if release.is_empty() { id.to_owned() } else { format!("{id}:{release}") }
}
