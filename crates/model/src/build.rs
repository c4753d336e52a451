//! Build evidence: what the build proves beyond the SBOM.

use std::collections::{BTreeMap, BTreeSet};

use crate::component::Patch;
use crate::device_tree::DeviceTree;
use crate::history::History;

/// All build evidence of one release. Absent evidence is `None` or empty and never means "off".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildEvidence {
    /// `.config` files of kernel, U-Boot or BusyBox, each with its completeness.
    pub configs: Vec<Config>,
    /// Compiled-file lists.
    pub compiled: Vec<CompiledFiles>,
    /// Kernel modules that are in the image, when a complete list is known.
    pub modules: Option<ModuleList>,
    /// BusyBox applet links found in the image (presence only; absence proves nothing).
    pub applets: BTreeSet<String>,
    /// Patch files that were given among the inputs and no component has taken yet.
    pub patches: Vec<Patch>,
    /// Fixes as their projects made them, to compare applied patches with; ascending by commit.
    pub fixes: Vec<Fix>,
    /// Histories of components' own commits.
    pub histories: Vec<History>,
    /// Device trees (supporting facts only).
    pub device_trees: Vec<DeviceTree>,
    /// Releases that files of the kernel's build or a running device name.
    pub kernel_releases: Vec<KernelRelease>,
}

/// A fix as its project made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// Its commit, lower-case hex, as many digits as are known.
    pub commit: String,
    /// The change as a unified diff.
    pub diff: String,
    /// Where it was found: a folder of git or a file.
    pub from: String,
}

/// A kernel release as `include/config/kernel.release`, `/proc/version` or a boot log names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KernelRelease {
    /// File name as given, for evidence.
    pub file: String,
    /// The release (`6.1.22-yocto-standard`).
    pub release: String,
}

/// What a `.config` belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigOf {
    /// The Linux kernel.
    #[default]
    Linux,
    /// U-Boot proper or SPL.
    Uboot,
    /// BusyBox.
    Busybox,
    /// Not told by the header (defconfig, fragment, Buildroot's own).
    Unknown,
}

/// One `.config` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// File name as given, for evidence.
    pub file: String,
    /// `sha256:hex` of the bytes.
    pub hash: String,
    /// What it configures.
    pub of: ConfigOf,
    /// The version of its header (`6.6.21`), empty when it has none.
    pub version: String,
    /// The architecture word of its header (`arm64`), empty when it has none.
    pub arch: String,
    /// Symbol without `CONFIG_` to value: `y`, `m`, `n` for "is not set", or the literal.
    pub symbols: BTreeMap<String, String>,
    /// Why it fails the completeness check (matching.md 7.4); empty = complete, so a missing symbol is off.
    pub incomplete: Vec<String>,
}

impl Config {
    /// Returns the value of a symbol: `y`, `m`, `n` or a literal; in a complete file a missing one is `n`;
    /// in an incomplete one it is `None` (cannot tell).
    pub fn value(&self, symbol: &str) -> Option<&str> {
        match self.symbols.get(symbol) {
            Some(value) => Some(value),
            None if self.incomplete.is_empty() => Some("n"),
            None => None,
        }
    }
}

/// A list of compiled source files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompiledFiles {
    /// File name as given, for evidence.
    pub file: String,
    /// `sha256:hex` of the bytes.
    pub hash: String,
    /// What it is the list of.
    pub of: ConfigOf,
    /// Source paths relative to the tree root; object names already mapped to their stems (see `formats::compiled_files`).
    pub paths: BTreeSet<String>,
    /// Why it fails the completeness check (matching.md 7.3); empty = complete.
    pub incomplete: Vec<String>,
}

/// Kernel modules of the shipped image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleList {
    /// Module names without `.ko`, `-` and `_` unified to `_`.
    pub present: BTreeSet<String>,
    /// Modules that are part of the kernel itself, by `modules.builtin`; their code is in the product.
    pub builtin: BTreeSet<String>,
    /// Modules that are black-listed (supporting fact only).
    pub blacklisted: BTreeSet<String>,
    /// The lists it was read from, each with its hash, for evidence.
    pub files: BTreeSet<String>,
    /// True when the list is known to name every module of the image.
    pub complete: bool,
}

/// The platform of the release, as far as known. Empty text = unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `zephyr`, `optee`, `freertos` ...; empty = unknown.
    pub os: String,
    /// `aarch64`, `arm`, `x86_64`, `i386`, `mips`, `riscv64` ...; empty = unknown.
    pub arch: String,
    /// 32 or 64; 0 = unknown.
    pub bits: u8,
    /// `yocto`, `buildroot`, `openwrt`, `debian:12`, `alpine:3.19`; empty = unknown.
    pub distribution: String,
    /// True when the inventory is known to name every component.
    pub inventory_complete: bool,
    /// Facts given by the user, by test tables or by the build, `key` to `value` (`xen` = `absent`, `minizip` =
    /// `not_built`, `endian` = `little` or `big`, `bits` = `mixed` for programs of 32 bits above a kernel of 64).
    pub facts: BTreeMap<String, String>,
}

/// Which source files of a tree are built under which options, derived from its Kbuild files (matching.md 7.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KbuildMap {
    /// What tree it is of.
    pub of: ConfigOf,
    /// Its version, branch part first (`6.1.192`).
    pub version: String,
    /// Source path to the condition under which it is built: `y` (always), `m` (always as a module), or an
    /// expression of symbols without `CONFIG_`, `SYMBOL=value`, `SYMBOL!=value`, `!`, `&&`, `||` and
    /// parentheses, the conditions of all parent directories included; Kconfig dependencies are not; `?` stands
    /// for a part that cannot be told.
    /// A symbol is worth its value (`n` < `m` < `y`), `&&` is the least, `||` the greatest, `!` and the
    /// comparisons are `y` or `n`. After ` : ` follow the modules that hold the file when it is `m`
    /// (`JFS_FS : jfs`). Paths of U-Boot's SPL stand under `spl/`.
    pub files: BTreeMap<String, String>,
    /// Header path to the files that include it directly (headers among them): the include graph, upside down.
    /// For a header that an always-built file brings in, only one such includer is kept.
    pub includers: BTreeMap<String, Vec<String>>,
}
