//! What the components tell about the platform: operating system, distribution, architecture.

use std::collections::BTreeMap;

use model::build::{Config, ConfigOf};
use model::component::{Role, Scope};
use model::sbom::Inventory;

use super::packages;

/// Fills what is still unknown.
pub fn settle(inventory: &mut Inventory) {
    if inventory.platform.distribution.is_empty() {
        let found = distribution(inventory).or_else(|| packages::guess(inventory));
        inventory.platform.distribution = found.unwrap_or_default();
    }
    packages::note(inventory);
    packages::place(&mut inventory.components, &inventory.platform.distribution);
    if inventory.platform.os.is_empty() {
        inventory.platform.os = os(inventory).unwrap_or_default();
    }
    if inventory.platform.arch.is_empty() {
        inventory.platform.arch = arch(inventory).unwrap_or_default();
    }
    if inventory.platform.bits == 0 && is_mixed(inventory) {
        inventory.platform.facts.entry("bits".to_owned()).or_insert_with(|| "mixed".to_owned());
    } else if inventory.platform.bits == 0 {
        inventory.platform.bits = bits(&inventory.platform.arch);
    }
    if let Some(endian) = endian(inventory) {
        inventory.platform.facts.entry("endian".to_owned()).or_insert_with(|| endian.to_owned());
    }
}

/// Packages of another width than the kernel: a 64-bit kernel below programs of 32 bits is usual, and then nothing can be
/// said of the product as a whole.
fn is_mixed(inventory: &Inventory) -> bool {
    let wanted = bits(&inventory.platform.arch);
    let on_target = inventory.components.iter().filter(|component| component.scope != Scope::BuildOnly);
    let mut words = on_target
        .flat_map(|component| &component.purls)
        .filter_map(|purl| arch_word(purl.qualifier("arch")?))
        .map(bits);
    words.any(|bits| bits != wanted)
}

/// The architecture of a kernel's `.config`. Its header names the family only (`Linux/x86`, `Linux/mips`), which serves
/// 32 and 64 bits: the option decides.
fn arch_of_config(config: &Config) -> Option<&'static str> {
    let word = arch_word(&config.arch)?;
    let is_wide = match config.symbols.get("64BIT") {
        Some(value) => value == "y",
        // In a whole file a missing option is off; of a fragment only the header's word is known.
        None if config.incomplete.is_empty() => false,
        None => return Some(word),
    };
    Some(match (word, is_wide) {
        ("i386" | "x86_64", true) => "x86_64",
        ("i386" | "x86_64", false) => "i386",
        ("mips" | "mips64", true) => "mips64",
        ("mips" | "mips64", false) => "mips",
        ("powerpc" | "powerpc64", true) => "powerpc64",
        ("powerpc" | "powerpc64", false) => "powerpc",
        ("riscv64" | "riscv32", true) => "riscv64",
        ("riscv64" | "riscv32", false) => "riscv32",
        (word, _) => word,
    })
}

/// The byte order, by the kernel's `.config`: some architectures run in both.
fn endian(inventory: &Inventory) -> Option<&'static str> {
    let mut configs = inventory.build.configs.iter().filter(|config| config.of == ConfigOf::Linux);
    configs.find_map(|config| {
        let is_on = |name: &str| config.symbols.get(name).is_some_and(|value| value == "y");
        match () {
            () if is_on("CPU_BIG_ENDIAN") => Some("big"),
            () if is_on("CPU_LITTLE_ENDIAN") => Some("little"),
            // These have no option for it, or only one for the other way round.
            () if !config.incomplete.is_empty() => None,
            () => match arch_of_config(config)? {
                "x86_64" | "i386" | "aarch64" | "arm" | "riscv64" | "riscv32" | "loongarch64" => {
                    Some("little")
                }
                "s390x" => Some("big"),
                _ => None,
            },
        }
    })
}

/// Writes an architecture word of any tool in the words of `model::build::Platform`.
pub fn arch_word(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "x86_64" | "amd64" | "x86-64" => "x86_64",
        "i386" | "i486" | "i586" | "i686" | "x86" => "i386",
        "aarch64" | "arm64" | "aarch64_be" => "aarch64",
        "arm" | "armv5" | "armv6" | "armv7" | "armv7a" | "armv7l" | "armv7ve" | "armhf" | "armel"
        | "armeb" => "arm",
        "riscv64" | "riscv" => "riscv64",
        "riscv32" => "riscv32",
        "mips" | "mipsel" | "mips32" => "mips",
        "mips64" | "mips64el" => "mips64",
        "powerpc" | "ppc" => "powerpc",
        "powerpc64" | "powerpc64le" | "ppc64" | "ppc64le" | "ppc64el" => "powerpc64",
        "s390x" | "s390" => "s390x",
        "loongarch64" | "loongarch" | "loong64" => "loongarch64",
        "microblaze" | "microblazeel" => "microblaze",
        "xtensa" => "xtensa",
        "arc" => "arc",
        "nios2" => "nios2",
        "sh4" | "sh" => "sh4",
        // OpenWrt names the core behind the architecture: `mipsel_24kc`, `aarch64_cortex-a53`.
        other => return other.split_once('_').and_then(|(arch, _)| arch_word(arch)),
    })
}

fn bits(arch: &str) -> u8 {
    match arch {
        "x86_64" | "aarch64" | "riscv64" | "mips64" | "powerpc64" | "s390x" | "loongarch64" => 64,
        "" => 0,
        _ => 32,
    }
}

/// The kernel's `.config`, else the cross compiler's name, else what all purls agree on.
fn arch(inventory: &Inventory) -> Option<String> {
    let configs = inventory.build.configs.iter().filter(|config| config.of == ConfigOf::Linux);
    if let Some(arch) = configs.filter_map(arch_of_config).next() {
        return Some(arch.to_owned());
    }
    let crosses = inventory.components.iter().filter_map(|component| {
        let (_, target) = component.name.split_once("-cross-")?;
        let target = target.strip_prefix("canadian-").unwrap_or(target);
        arch_word(target)
    });
    if let Some(arch) = most(crosses) {
        return Some(arch.to_owned());
    }
    let purls = inventory
        .components
        .iter()
        .filter(|component| component.scope != Scope::BuildOnly)
        .flat_map(|component| &component.purls)
        .filter_map(|purl| arch_word(purl.qualifier("arch")?));
    most(purls).map(str::to_owned)
}

fn os(inventory: &Inventory) -> Option<String> {
    let on_target = || inventory.components.iter().filter(|component| component.scope != Scope::BuildOnly);
    if on_target().any(|component| component.role == Role::Kernel) {
        return Some("linux".to_owned());
    }
    if let Some(rtos) = on_target().find(|component| component.role == Role::Rtos) {
        let name = rtos.name.to_ascii_lowercase();
        return Some(name.split(['-', '_']).next().unwrap_or_default().to_owned());
    }
    let package = |kind: &str| matches!(kind, "deb" | "apk" | "rpm" | "opkg" | "openwrt");
    let linux = on_target().any(|component| {
        matches!(component.role, Role::Libc | Role::Busybox)
            || component.purls.iter().any(|purl| package(&purl.kind))
    });
    linux.then(|| "linux".to_owned())
}

/// The distribution that most packages are of, with its release where the packages tell.
fn distribution(inventory: &Inventory) -> Option<String> {
    let target = inventory.components.iter().filter(|component| component.scope != Scope::BuildOnly);
    let all = target.flat_map(|component| &component.purls).filter_map(|purl| {
        Some(match (purl.kind.as_str(), purl.namespace.as_str()) {
            ("deb", name @ ("debian" | "ubuntu")) => with_release(name, purl),
            ("apk", "alpine") => with_release("alpine", purl),
            ("openwrt", _) | ("apk" | "opkg", "openwrt") => "openwrt".to_owned(),
            ("yocto" | "openembedded", _) => "yocto".to_owned(),
            ("rpm", name) if !name.is_empty() => with_release(name, purl),
            _ => return None,
        })
    });
    let all: Vec<String> = all.collect();
    // A release named by few outweighs none named by many.
    let named = most(all.iter().filter(|name| name.contains(':')).map(String::as_str));
    named.or_else(|| most(all.iter().map(String::as_str))).map(str::to_owned)
}

fn with_release(name: &str, purl: &model::identity::Purl) -> String {
    let distro = purl.qualifier("distro").or_else(|| purl.qualifier("distro_name")).unwrap_or_default();
    let stated = distro.strip_prefix(name).map_or(distro, |rest| rest.trim_start_matches('-'));
    let release = release_of_codename(stated)
        .map(str::to_owned)
        .or_else(|| number(stated))
        .or_else(|| debian_release(name, &purl.version));
    match release {
        Some(release) => format!("{name}:{}", short(name, &release)),
        None => name.to_owned(),
    }
}

fn number(text: &str) -> Option<String> {
    text.starts_with(|c: char| c.is_ascii_digit()).then(|| text.to_owned())
}

/// Alpine is known by its branch, Debian by its major number.
fn short(name: &str, release: &str) -> String {
    let parts = match name {
        "debian" => 1,
        "alpine" => 2,
        _ => return release.to_owned(),
    };
    release.split('.').take(parts).collect::<Vec<_>>().join(".")
}

/// The number of a release of Debian or Ubuntu that is called by its name.
pub fn release_of_codename(text: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("stretch", "9"),
        ("buster", "10"),
        ("bullseye", "11"),
        ("bookworm", "12"),
        ("trixie", "13"),
        ("forky", "14"),
        ("bionic", "18.04"),
        ("focal", "20.04"),
        ("jammy", "22.04"),
        ("noble", "24.04"),
    ];
    NAMES.iter().find(|(name, _)| *name == text).map(|(_, number)| *number)
}

/// `1.6.20~ds1-1+deb12u1` was made for Debian 12.
fn debian_release(name: &str, version: &str) -> Option<String> {
    let (_, rest) = version.rsplit_once("deb").filter(|_| name == "debian")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty() && rest.get(digits.len()..).is_some_and(|rest| rest.starts_with('u')))
        .then_some(digits)
}

/// The most frequent word; the smallest of equals, so that the answer does not depend on the order.
fn most<'w>(words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts.into_iter().max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(one.0))).map(|(word, _)| word)
}
