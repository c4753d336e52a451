//! Packages of a package manager and the distribution they are of. A database of packages does not name its
//! distribution: `etc/os-release` or another input does, or else the packages themselves, where they are sure.
//!
//! Readers leave the namespace of such purls empty. [`place`] fills it in once the distribution is known; until then
//! nothing can say that a package is not affected.

use std::collections::BTreeMap;

use model::component::Component;
use model::identity::Purl;
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;

/// Purl types of package managers that several distributions use.
const KINDS: &[&str] = &["deb", "apk", "rpm", "opkg"];

/// True for a package of which nobody has said the distribution.
pub fn is_unplaced(purl: &Purl) -> bool {
    purl.namespace.is_empty()
        && KINDS.contains(&purl.kind.as_str())
        && purl.qualifier("distro").is_none_or(str::is_empty)
}

/// Gives unplaced packages the namespace of a distribution (`debian:12`, `alpine:3.19`, `openwrt`). An empty text
/// changes nothing.
pub fn place(components: &mut [Component], distribution: &str) {
    let (name, release) = distribution.split_once(':').unwrap_or((distribution, ""));
    let namespace = namespace(name);
    if namespace.is_empty() {
        return;
    }
    let purls = components.iter_mut().flat_map(|component| &mut component.purls);
    for purl in purls.filter(|purl| is_unplaced(purl)) {
        namespace.clone_into(&mut purl.namespace);
        if !release.is_empty() {
            purl.qualifiers.retain(|(key, _)| key != "distro");
            purl.qualifiers.push(("distro".to_owned(), format!("{namespace}-{release}")));
        }
        purl.qualifiers.sort();
    }
}

/// What purls call the distributions whose own names differ.
fn namespace(distribution: &str) -> &str {
    match distribution {
        "rhel" => "redhat",
        "sles" | "sled" | "sle" => "suse",
        "opensuse-leap" | "opensuse-tumbleweed" => "opensuse",
        "ol" => "oracle",
        "amzn" => "amazon",
        other => other,
    }
}

/// Forgets that the distribution was unknown, where another input has named it.
pub fn forget_note(notes: &mut Vec<Note>) {
    notes.retain(|note| note.code != NoteCode::NoDistribution);
}

/// Says where the distribution of unplaced packages comes from, or that nobody tells it.
pub fn note(inventory: &mut Inventory) {
    let unplaced =
        inventory.components.iter().filter(|component| component.purls.iter().any(is_unplaced)).count();
    if unplaced == 0 {
        return;
    }
    let known = |code: NoteCode| inventory.notes.iter().any(|note| note.code == code);
    if inventory.platform.distribution.is_empty() && known(NoteCode::NoDistribution) {
        return;
    }
    forget_note(&mut inventory.notes);
    let note = if inventory.platform.distribution.is_empty() {
        let value =
            format!("{unplaced} packages of an unknown distribution; give its etc/os-release with them");
        Note::new(NoteCode::NoDistribution, Severity::Warn, "distribution", &value)
    } else {
        let value = format!("{unplaced} packages are taken for {}", inventory.platform.distribution);
        Note::new(NoteCode::DistributionDerived, Severity::Info, "distribution", &value)
    };
    inventory.notes.push(note);
}

/// The distribution, where unplaced packages leave no doubt about it.
pub fn guess(inventory: &Inventory) -> Option<String> {
    let packages: Vec<(&Component, &Purl)> = (inventory.components.iter())
        .flat_map(|component| component.purls.iter().map(move |purl| (component, purl)))
        .filter(|(_, purl)| is_unplaced(purl))
        .collect();
    if packages.is_empty() {
        return None;
    }
    let most = packages.len().div_ceil(2);
    let supplied_by = |marks: &[&str]| {
        let is = |supplier: &str| marks.iter().any(|mark| supplier.contains(mark));
        packages.iter().filter(|(component, _)| is(&component.supplier)).count()
    };
    if supplied_by(&["openembedded.org", "yoctoproject.org", "Poky", "OE-Core"]) >= most {
        return Some("yocto".to_owned());
    }
    let names: BTreeMap<&str, &Purl> = packages.iter().map(|(_, purl)| (purl.name.as_str(), *purl)).collect();
    if is_openwrt(&packages, &names) {
        return Some("openwrt".to_owned());
    }
    let of_kind = |kind: &str| packages.iter().filter(|(_, purl)| purl.kind == kind).count() >= most;
    if of_kind("deb") {
        let versions: Vec<&str> = packages.iter().map(|(_, purl)| purl.version.as_str()).collect();
        let by_ubuntu = supplied_by(&["ubuntu.com", "launchpad.net"]);
        return ubuntu(&versions, by_ubuntu)
            .or_else(|| debian(&versions, &names, supplied_by(&["debian.org", "debian.net"])));
    }
    if of_kind("apk") { alpine(&names) } else { of_release_package(&names) }
}

/// OpenWrt's own programs; no other distribution has three of them.
fn is_openwrt(packages: &[(&Component, &Purl)], names: &BTreeMap<&str, &Purl>) -> bool {
    const OWN: &[&str] =
        &["procd", "uci", "ubus", "ubusd", "netifd", "fstools", "ubox", "opkg", "usign", "jshn", "mtd"];
    let own = OWN.iter().filter(|name| names.contains_key(**name)).count();
    // Nobody else calls the modules of the kernel so; they are folded into it by now.
    let is_module = |location: &String| location.starts_with("kmod-");
    let has_modules = || packages.iter().any(|(component, _)| component.locations.iter().any(is_module));
    packages.iter().any(|(_, purl)| matches!(purl.kind.as_str(), "opkg" | "apk"))
        && (own >= 3 || has_modules())
}

/// Ubuntu writes its name into the version of what it changes, and its address into all of the packages.
fn ubuntu(versions: &[&str], supplied: usize) -> Option<String> {
    let marked: Vec<&str> = versions.iter().copied().filter(|version| version.contains("ubuntu")).collect();
    // A package or two from an archive for Ubuntu do not make a Debian an Ubuntu.
    if marked.len() * 10 < versions.len() && supplied * 2 < versions.len() {
        return None;
    }
    let releases = versions.iter().filter_map(|version| {
        let at = version.find('~').or_else(|| version.find("ubuntu0."))?;
        let rest = version.get(at..)?.trim_start_matches('~');
        let rest = rest.strip_prefix("ubuntu0.").or_else(|| rest.strip_prefix("ubuntu")).unwrap_or(rest);
        let (year, rest) = rest.split_once('.')?;
        let month = rest.get(..2)?;
        let is_release =
            year.len() == 2 && matches!(month, "04" | "10") && year.bytes().all(|b| b.is_ascii_digit());
        is_release.then(|| format!("{year}.{month}"))
    });
    Some(most_frequent(releases).map_or_else(|| "ubuntu".to_owned(), |release| format!("ubuntu:{release}")))
}

/// Debian's people keep most packages; stable updates name the release (`+deb12u5`), and so does `base-files`.
fn debian(versions: &[&str], names: &BTreeMap<&str, &Purl>, supplied: usize) -> Option<String> {
    if supplied * 2 < versions.len() {
        return None;
    }
    let updates = versions.iter().filter_map(|version| {
        let (_, rest) = version.rsplit_once("deb")?;
        let (number, _) = rest.split_once('u')?;
        let is_number = matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| number.to_owned())
    });
    let base = || {
        let version = &names.get("base-files")?.version;
        let number = version.split(['.', '+', '-', '~']).next()?;
        (matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| number.to_owned())
    };
    let release = most_frequent(updates).or_else(base);
    Some(release.map_or_else(|| "debian".to_owned(), |release| format!("debian:{release}")))
}

/// Alpine's own base packages; `alpine-release` has the release as its version.
fn alpine(names: &BTreeMap<&str, &Purl>) -> Option<String> {
    if names.keys().any(|name| name.starts_with("postmarketos-") || name.starts_with("adelie-")) {
        return None;
    }
    if names.contains_key("wolfi-baselayout") {
        return Some("wolfi".to_owned());
    }
    if !names.contains_key("alpine-baselayout") && !names.contains_key("alpine-keys") {
        return None;
    }
    let branch = ["alpine-release", "alpine-base"].iter().find_map(|name| {
        let version = &names.get(name)?.version;
        let mut parts = version.split(['.', '-', '_']);
        let (major, minor) = (parts.next()?, parts.next()?);
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(major) && is_number(minor)).then(|| format!("alpine:{major}.{minor}"))
    });
    Some(branch.unwrap_or_else(|| "alpine".to_owned()))
}

/// Package, distribution, and how many parts of the version are the release.
const RELEASE_PACKAGES: &[(&str, &str, usize)] = &[
    ("fedora-release-common", "fedora", 1),
    ("fedora-release", "fedora", 1),
    ("centos-stream-release", "centos", 1),
    ("centos-release", "centos", 1),
    ("redhat-release", "rhel", 1),
    ("redhat-release-server", "rhel", 1),
    ("rocky-release", "rocky", 1),
    ("almalinux-release", "almalinux", 1),
    ("oraclelinux-release", "ol", 1),
    ("openSUSE-release", "opensuse-leap", 2),
    ("Leap-release", "opensuse-leap", 2),
    ("SLES-release", "sles", 2),
    ("sles-release", "sles", 2),
    ("photon-release", "photon", 1),
    ("openEuler-release", "openeuler", 2),
];

fn of_release_package(names: &BTreeMap<&str, &Purl>) -> Option<String> {
    RELEASE_PACKAGES.iter().find_map(|(package, distribution, parts)| {
        let version = names.get(package)?.version.split('-').next()?;
        let release: Vec<&str> = version.split('.').take(*parts).collect();
        Some(format!("{distribution}:{}", release.join(".")))
    })
}

fn most_frequent(words: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    // Of equals the smallest: the answer must not depend on the order.
    counts
        .into_iter()
        .max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)))
        .map(|(word, _)| word)
}
