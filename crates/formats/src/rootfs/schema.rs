//! What was learnt of a root file system, as values and as JSON (`patchwright/rootfs/1`). The process that reads an image
//! writes it, the one that judges reads it; both are ours, and the second believes nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The schema's name, the first member of the JSON.
pub const SCHEMA: &str = "patchwright/rootfs/1";

/// What was learnt of an image: one file system, or several. Everything is sorted, so that equal trees give equal facts
/// whatever the order of their files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// [`SCHEMA`].
    pub schema: String,
    /// The file systems by name; the only one of an input has the empty name.
    pub volumes: BTreeMap<String, Volume>,
}

/// What was learnt of one file system. Paths have no leading `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// What was seen, by kind (`files`, `programs`, `jar`): how much of the tree these facts stand for.
    pub seen: BTreeMap<String, u64>,
    /// Files that are kept as they are: package databases, release files, `.config`, SBOMs, lock files.
    pub documents: Vec<Document>,
    /// Kernel images and their banners.
    pub kernels: Vec<Kernel>,
    /// Modules by the name of their directory below `lib/modules`.
    pub modules: BTreeMap<String, Modules>,
    /// Modules that are black-listed.
    pub blacklisted: BTreeSet<String>,
    /// Names under which BusyBox can be called.
    pub applets: BTreeSet<String>,
    /// ELF programs and libraries.
    pub programs: Vec<Program>,
    /// Versions in files that are no ELF programs: boot loader images, partitions, vendor blobs.
    pub raw: Vec<Raw>,
    /// Packages of Python, Node and Ruby.
    pub packages: Vec<Package>,
    /// What could not be used.
    pub remarks: Vec<Remark>,
}

/// What a kept file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Is {
    /// A `status` of dpkg, or one stanza of it.
    Dpkg,
    /// A `status` or `control` of opkg.
    Opkg,
    /// The list of installed packages of apk.
    Apk,
    /// An rpm database.
    Rpm,
    /// `os-release` and what older systems have in its place.
    Release,
    /// A `.config`.
    Config,
    /// An SBOM or a lock file that is shipped in the image.
    #[default]
    Document,
}

/// A file kept as it is: as text where it is UTF-8, else in base64.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Where it lies.
    pub path: String,
    /// What it is.
    pub is: Is,
    /// The package that it belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Its text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Its bytes, where they are no text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base64: String,
}

/// A kernel image.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Kernel {
    /// Where it lies.
    pub path: String,
    /// The package that it belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// What it says of itself, from `Linux version` on; empty where nothing was found.
    pub banner: String,
}

/// Modules of one kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Modules {
    /// The package that they belong to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Paths below the directory.
    pub files: BTreeSet<String>,
    /// Paths of `modules.dep`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub listed: BTreeSet<String>,
    /// Paths of `modules.builtin`: what was configured into the kernel itself.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub builtin: BTreeSet<String>,
    /// `vermagic` of the first module in order.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub vermagic: String,
}

/// An ELF program or library.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Program {
    /// Where it lies.
    pub path: String,
    /// The package that it belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// The machine in the words of `model::build::Platform`.
    pub machine: String,
    /// 32 or 64.
    pub bits: u8,
    /// The most significant byte comes first.
    #[serde(skip_serializing_if = "is_false")]
    pub big_endian: bool,
    /// The name under which it is linked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub soname: String,
    /// Libraries it is linked with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// GNU build id in hex.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub build_id: String,
    /// The package that its build was told to write into it (`.note.package`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageNote>,
    /// What the Go linker wrote into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go: Option<Go>,
    /// Crates of `cargo auditable`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crates: Vec<Crate>,
    /// Versions found by their banners.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Found>,
}

/// `.note.package`: the package an ELF file was built for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct PackageNote {
    /// `deb`, `rpm`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The distribution's id, in its own letters.
    pub os: String,
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its CPE, where stated.
    #[serde(rename = "osCpe", skip_serializing_if = "String::is_empty")]
    pub os_cpe: String,
}

/// Go build information.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Go {
    /// The tool chain (`go1.19.8`).
    pub version: String,
    /// The package of `main`.
    pub path: String,
    /// The main module; empty fields where it was built without modules.
    pub main: GoModule,
    /// The modules linked in, replacements already in place.
    pub modules: Vec<GoModule>,
    /// The commit it was built of (`vcs.revision`).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub revision: String,
}

/// A Go module.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct GoModule {
    /// Its path (`golang.org/x/net`).
    pub path: String,
    /// Its version as written (`v0.17.0`, `(devel)`); empty for a replacement by a folder.
    pub version: String,
    /// The path that it stands for, where it is a replacement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub replaces: String,
}

/// A crate of `cargo auditable`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `crates.io`, `git`, `local`, `registry` or an address.
    pub source: String,
    /// `runtime` or `build`.
    pub kind: String,
    /// It is what was built.
    #[serde(skip_serializing_if = "is_false")]
    pub root: bool,
}

/// A version found by a banner of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// The component of the table.
    pub component: String,
    /// The version.
    pub version: String,
    /// The text around it.
    pub banner: String,
    /// The file has the name of one of the component's own.
    pub own: bool,
}

/// A file that is no ELF program and has banners in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Raw {
    /// Where it lies.
    pub path: String,
    /// The package that it belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// What was found.
    pub found: Vec<Found>,
}

/// A package of a language.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Package {
    /// The purl type: `pypi`, `npm`, `gem`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file that says so.
    pub path: String,
    /// The distribution package that it belongs to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
}

/// Why something could not be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is not what its place or its first bytes say.
    #[default]
    Broken,
    /// It passes a limit.
    TooBig,
    /// Two versions were found where one must be.
    Ambiguous,
    /// Nothing reads it.
    NotRead,
}

/// What could not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Remark {
    /// Why.
    pub why: Why,
    /// Where.
    pub path: String,
    /// What.
    pub value: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Facts {
    /// Writes the facts as JSON, one line.
    pub fn to_json(&self) -> String {
        // Nothing in these values can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}
