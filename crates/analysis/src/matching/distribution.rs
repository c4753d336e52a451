//! Who builds a distribution, and whether a record's subject is a distribution's build (matching.md 5.8).
//!
//! A claim about `Red Hat Enterprise Linux 9 / openssh` concerns that build and nobody else's; a component of
//! Debian 12 is judged by Debian's own data first. Start with [`Distribution::of`] (the component's side) and
//! [`family_of`] (the record's side).

use model::build::Platform;
use model::codename;
use model::component::{Component, Role};
use model::identity::name::name_key;
use model::record::{Source, Subject};
use model::version::VersionOrigin;

/// Distributions that share their packaging: their data speak of the same patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Debian.
    Debian,
    /// Ubuntu.
    Ubuntu,
    /// Red Hat, Fedora, CentOS, Oracle, Alma, Rocky, Amazon.
    RedHat,
    /// SUSE and openSUSE.
    Suse,
    /// Alpine.
    Alpine,
    /// Arch, Gentoo, Mageia, Slackware and others.
    Other,
}

impl Family {
    /// The name for evidence.
    pub fn name(self) -> &'static str {
        match self {
            Family::Debian => "debian",
            Family::Ubuntu => "ubuntu",
            Family::RedHat => "redhat",
            Family::Suse => "suse",
            Family::Alpine => "alpine",
            Family::Other => "another distribution",
        }
    }
}

/// The distribution that built a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution<'a> {
    /// Not told.
    Unknown,
    /// Built by the maker's own build system: Yocto, Buildroot, OpenWrt.
    OwnBuild(&'a str),
    /// A package distribution with its release (`12`, `v3.19`; empty when not told).
    Packages(Family, &'a str),
}

impl<'a> Distribution<'a> {
    /// The distribution of a component: its purl says so, else the platform of the release.
    pub fn of(component: &'a Component, platform: &'a Platform) -> Distribution<'a> {
        let by_platform = Distribution::parse(&platform.distribution);
        if let Distribution::OwnBuild(_) = by_platform {
            // OpenWrt's ipk and Yocto's deb are not Debian's, whatever their format says.
            return by_platform;
        }
        match component.purls.iter().find_map(Distribution::of_purl) {
            Some(stated) => stated,
            None if is_of_no_package(component) => Distribution::Unknown,
            None => by_platform,
        }
    }

    /// Reads `debian:12`, `alpine:3.19`, `yocto`, `buildroot`.
    pub fn parse(text: &'a str) -> Distribution<'a> {
        let (name, release) = text.split_once([':', ' ']).unwrap_or((text, ""));
        match name_key(name).as_str() {
            "" => Distribution::Unknown,
            "yocto" | "poky" | "openembedded" | "buildroot" | "openwrt" | "ptxdist" | "lede" | "elbe" => {
                Distribution::OwnBuild(name)
            }
            other => match family_of_word(other) {
                Some(family) => Distribution::Packages(family, numbered(family, release)),
                None => Distribution::Unknown,
            },
        }
    }

    fn of_purl(purl: &'a model::identity::Purl) -> Option<Distribution<'a>> {
        let family = match purl.kind.as_str() {
            "deb" if purl.namespace.eq_ignore_ascii_case("ubuntu") => Family::Ubuntu,
            "deb" if purl.namespace.eq_ignore_ascii_case("debian") => Family::Debian,
            "apk" if purl.namespace.eq_ignore_ascii_case("alpine") => Family::Alpine,
            "rpm" => family_of_word(&name_key(&purl.namespace))?,
            _ => return None,
        };
        let distro = purl.qualifiers.iter().find(|(key, _)| key == "distro").map_or("", |(_, value)| value);
        let release = match distro.split_once('-') {
            Some((_, release)) => release,
            None if distro.contains(|c: char| c.is_ascii_digit()) => {
                distro.trim_start_matches(|c: char| !c.is_ascii_digit())
            }
            None => distro,
        };
        Some(Distribution::Packages(family, numbered(family, release)))
    }

    /// True when nobody but the maker patched the component.
    pub fn is_own_build(self) -> bool {
        matches!(self, Distribution::OwnBuild(_))
    }

    /// The family and release of a package distribution.
    pub fn packages(self) -> Option<(Family, &'a str)> {
        match self {
            Distribution::Packages(family, release) => Some((family, release)),
            _ => None,
        }
    }
}

/// A file of the image that no package owns, known by what it says of itself: somebody else than the distribution made it.
fn is_of_no_package(component: &Component) -> bool {
    component.version_origin == VersionOrigin::FromFile
        && component.purls.is_empty()
        && component.role != Role::Kernel
}

/// The number of a release that is named by its code name (`bookworm`, `jammy`); any other text as it is.
fn numbered(family: Family, release: &str) -> &str {
    let table = match family {
        Family::Debian => codename::DEBIAN,
        Family::Ubuntu => codename::UBUNTU,
        _ => return release,
    };
    codename::release_of(table, release).unwrap_or(release)
}

/// The family a vendor word, an ecosystem or a purl namespace names; the word is a name key.
pub fn family_of_word(key: &str) -> Option<Family> {
    Some(match key {
        "debian" | "debianlinux" | "debiangnulinux" | "thedebianproject" => Family::Debian,
        "ubuntu" | "canonical" | "canonicalltd" | "ubuntulinux" => Family::Ubuntu,
        "redhat" | "redhatinc" | "fedora" | "fedoraproject" | "centos" | "centosproject" | "rhel"
        | "oraclelinux" | "almalinux" | "rockylinux" | "rocky" | "amazonlinux" | "thefedoraproject" => {
            Family::RedHat
        }
        "suse" | "opensuse" | "suselinux" | "sles" => Family::Suse,
        "alpine" | "alpinelinux" => Family::Alpine,
        "gentoo" | "arch" | "archlinux" | "mageia" | "slackware" | "nixos" | "wolfi" | "chainguard"
        | "photon" | "openeuler" | "azurelinux" | "mariner" | "mandriva" | "mandrakesoft" | "altlinux"
        | "voidlinux" | "clearlinux" | "bitnami" | "minimos" => Family::Other,
        _ => return None,
    })
}

/// The family of an operating system criterion (`redhat:enterprise_linux`); `None` for all else.
pub fn family_of_criterion(vendor: &str, product: &str) -> Option<Family> {
    let product_key = name_key(product);
    let by_product = match product_key.as_str() {
        "enterpriselinux"
        | "fedora"
        | "fedoracore"
        | "enterpriselinuxdesktop"
        | "enterpriselinuxserver"
        | "enterpriselinuxworkstation"
        | "enterpriselinuxeus"
        | "enterpriselinuxserveraus"
        | "centos"
        | "extrapackagesforenterpriselinux"
        | "almalinux" => Some(Family::RedHat),
        "debianlinux" => Some(Family::Debian),
        "ubuntulinux" | "ubuntu" => Some(Family::Ubuntu),
        "opensuse"
        | "leap"
        | "suselinux"
        | "linuxenterpriseserver"
        | "linuxenterprisedesktop"
        | "linuxenterprisesoftwaredevelopmentkit"
        | "suselinuxenterpriseserver"
        | "tumbleweed" => Some(Family::Suse),
        "alpinelinux" => Some(Family::Alpine),
        _ => None,
    };
    by_product.or_else(|| {
        let vendor_key = name_key(vendor);
        let plain_linux =
            matches!(product_key.as_str(), "linux" | "linux2" | "linux2023" | "archlinux" | "slackwarelinux");
        match vendor_key.as_str() {
            "redhat" if product_key.contains("linux") => Some(Family::RedHat),
            "suse" | "novell" | "opensuse" if product_key.contains("linux") => Some(Family::Suse),
            "oracle" | "amazon" | "rocky" | "redhat" if plain_linux => Some(Family::RedHat),
            _ if plain_linux => family_of_word(&vendor_key),
            _ => None,
        }
    })
}

/// The distribution whose build a claim's subject is; `None` when it speaks of the upstream project.
/// The vendor alone does not make it one: Red Hat files upstream claims as `Red Hat / samba` too.
pub fn family_of(subject: &Subject<'_>) -> Option<Family> {
    if !subject.ecosystem.is_empty() {
        return family_of_word(&name_key(&subject.ecosystem));
    }
    family_of_collection(&subject.collection_url)
        .or_else(|| family_of_collection(&subject.repo))
        .or_else(|| family_of_product(&subject.vendor, &subject.product))
        .or_else(|| subject.cpes.iter().find_map(|cpe| family_of_cpe(cpe)))
}

/// Package browsers and packaging repositories of distributions.
fn family_of_collection(url: &str) -> Option<Family> {
    const HOSTS: &[(&str, Family)] = &[
        ("access.redhat.com", Family::RedHat),
        ("catalog.redhat.com", Family::RedHat),
        ("packages.fedoraproject.org", Family::RedHat),
        ("src.fedoraproject.org", Family::RedHat),
        ("packages.debian.org", Family::Debian),
        ("tracker.debian.org", Family::Debian),
        ("salsa.debian.org", Family::Debian),
        ("sources.debian.org", Family::Debian),
        ("launchpad.net/ubuntu", Family::Ubuntu),
        ("git.launchpad.net/ubuntu", Family::Ubuntu),
        ("code.launchpad.net/ubuntu", Family::Ubuntu),
        ("git.centos.org", Family::RedHat),
        ("gitlab.com/redhat", Family::RedHat),
        ("packages.ubuntu.com", Family::Ubuntu),
        ("software.opensuse.org", Family::Suse),
        ("build.opensuse.org", Family::Suse),
        ("pkgs.alpinelinux.org", Family::Alpine),
        ("git.alpinelinux.org", Family::Alpine),
    ];
    if url.is_empty() {
        return None;
    }
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    HOSTS.iter().find(|(host, _)| bare.starts_with(host)).map(|(_, family)| *family)
}

/// Teams of a distribution that keep forks of upstream projects. Unlike a package browser, such a place is
/// also upstream for the projects the team itself makes, so the component's own repositories are asked first.
pub fn fork_of(url: &str) -> Option<Family> {
    const OWNERS: &[(&str, Family)] = &[
        ("github.com/rhboot/", Family::RedHat),
        ("github.com/redhat-plumbers/", Family::RedHat),
        ("github.com/redhat-cop/", Family::RedHat),
        ("src.opensuse.org/", Family::Suse),
    ];
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    OWNERS.iter().find(|(owner, _)| bare.starts_with(owner)).map(|(_, family)| *family)
}

/// A subject that is the distribution's own variant of a project, not a build of it: a fork by its team, or a
/// product text with both names (`Debian based GNU GRUB`).
pub fn is_own_variant(subject: &Subject<'_>, name: &str) -> bool {
    let product = name_key(&subject.product);
    let name = name_key(name);
    let names_both = name.len() >= 3
        && product.contains(&name)
        && family_of_product(&subject.vendor, &subject.product).is_some();
    names_both || fork_of(&subject.repo).is_some() || fork_of(&subject.collection_url).is_some()
}

/// The ecosystem under which the index files a family's packages.
pub fn ecosystem_of(family: Family) -> &'static str {
    match family {
        Family::Debian => "debian",
        Family::Ubuntu => "ubuntu",
        Family::Alpine => "alpine",
        Family::RedHat => "red hat",
        Family::Suse => "suse",
        Family::Other => "",
    }
}

/// A product text that names a distribution: `Red Hat Enterprise Linux 9`, `Debian based GNU GRUB`, `Fedora`.
fn family_of_product(vendor: &str, product: &str) -> Option<Family> {
    let vendor_family = family_of_word(&name_key(vendor));
    let product_key = name_key(product);
    const STARTS: &[(&str, Family)] = &[
        ("redhatenterprise", Family::RedHat),
        ("redhat", Family::RedHat),
        ("fedora", Family::RedHat),
        ("extrapackagesforenterpriselinux", Family::RedHat),
        ("centos", Family::RedHat),
        ("rhel", Family::RedHat),
        ("debian", Family::Debian),
        ("ubuntu", Family::Ubuntu),
        ("opensuse", Family::Suse),
        ("suselinux", Family::Suse),
        ("suse", Family::Suse),
        ("alpinelinux", Family::Alpine),
    ];
    let by_product =
        STARTS.iter().find(|(start, _)| product_key.starts_with(start)).map(|(_, family)| *family);
    match (vendor_family, by_product) {
        // The distribution's own vendor name before a product that carries it again.
        (Some(_), Some(family)) => Some(family),
        (None, Some(family)) if vendor.is_empty() || model::identity::name::is_no_name(vendor) => {
            Some(family)
        }
        _ => None,
    }
}

fn family_of_cpe(cpe: &str) -> Option<Family> {
    let rest = cpe.strip_prefix("cpe:2.3:").or_else(|| cpe.strip_prefix("cpe:/"))?;
    let mut fields = rest.split(':').skip(1);
    let (vendor, product) = (fields.next()?, fields.next().unwrap_or_default());
    family_of_criterion(vendor, product)
}

/// True when the source is a feed of the family itself.
pub fn is_feed_of(source: Source, family: Family) -> bool {
    matches!(
        (source, family),
        (Source::Debian, Family::Debian)
            | (Source::Ubuntu, Family::Ubuntu)
            | (Source::Alpine, Family::Alpine)
    ) || matches!(source, Source::Osv)
}

/// True when a claim's distribution release is the component's: `12` and `12`, `v3.19` and `3.19`,
/// `22.04:LTS` and `22.04`.
pub fn same_release(claim: &str, component: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().trim_start_matches(['v', 'V']);
        text.split([':', ' ']).next().unwrap_or(text).to_ascii_lowercase()
    };
    let (claim, component) = (bare(claim), bare(component));
    !component.is_empty() && (claim == component || covers(&claim, &component) || covers(&component, &claim))
}

/// `12` covers `12.5`; `3.19` covers `3.19.1`; `1` does not cover `12`.
fn covers(short: &str, long: &str) -> bool {
    !short.is_empty() && long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'))
}

/// The version scheme of a package distribution.
pub fn scheme_of(family: Family) -> model::version::Scheme {
    use model::version::Scheme;
    match family {
        Family::Debian | Family::Ubuntu => Scheme::Deb,
        Family::Alpine => Scheme::Apk,
        Family::RedHat | Family::Suse => Scheme::Rpm,
        Family::Other => Scheme::Generic,
    }
}
