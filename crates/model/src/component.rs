//! One piece of software inside a release, normalised (matching.md 1.1).

use crate::dependency::Need;
use crate::identity::{Cpe, Purl};
use crate::licence::Licence;
use crate::note::Note;
use crate::version::VersionOrigin;

/// A component as read from an SBOM, after normalisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Component {
    /// Stable id inside the release: hex of a hash of (origin kind, name, version, instance).
    pub key: String,
    /// The input's own reference (bom-ref, SPDXID, recipe name).
    pub source_ref: String,
    /// The display name: the recipe or source package name where known.
    pub name: String,
    /// Every other name it has: `BPN`, `CVE_PRODUCT` entries, CPE products, purl name, sub-packages' upstream names.
    pub names: Vec<String>,
    /// The version as written; empty when unknown.
    pub version: String,
    /// Where `version` comes from.
    pub version_origin: VersionOrigin,
    /// Parsed CPE names.
    pub cpes: Vec<ComponentCpe>,
    /// Parsed purls; qualifiers kept.
    pub purls: Vec<Purl>,
    /// Repository, commit, tag.
    pub git: Git,
    /// `algorithm:hex`.
    pub hashes: Vec<String>,
    /// Where it was downloaded from: second signals of identity.
    pub download_urls: Vec<String>,
    /// Its home page; empty when unknown.
    pub homepage: String,
    /// Its supplier as stated; empty when unknown.
    pub supplier: String,
    /// Its licences as stated.
    pub licences: Vec<Licence>,
    /// Whether it is on the target.
    pub scope: Scope,
    /// What it is; drives the special logic.
    pub role: Role,
    /// Which of several copies (second kernel of an A/B device, U-Boot SPL); empty for the only one.
    pub instance: String,
    /// The vendor tree a kernel or boot loader comes from (`nxp-imx`, `raspberrypi`); empty for upstream.
    pub vendor_tree: String,
    /// The source package of a distribution component; empty otherwise.
    pub source_package: String,
    /// Where it is: sub-packages, image paths. Deduplication adds locations, never components.
    pub locations: Vec<String>,
    /// Components it is contained in or statically linked into (their `source_ref`).
    pub parents: Vec<String>,
    /// What it needs of other components, each edge once; `None` where no input tells, which is not the same as nothing.
    pub needs: Option<Vec<Need>>,
    /// Patches that the build applied.
    pub patches: Vec<Patch>,
    /// Release month `YYYY-MM` or date, where the input gives it; empty otherwise.
    pub released: String,
    /// What the input itself says can be said about it; the scan replaces `Pending`.
    pub coverage: Coverage,
    /// Coded reading notes.
    pub notes: Vec<Note>,
}

/// A CPE of a component and how it was obtained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentCpe {
    /// The name itself.
    pub cpe: Cpe,
    /// The vendor is `*`: unknown, not ANY.
    pub wildcard_vendor: bool,
    /// The part is `*`: unknown, not ANY.
    pub wildcard_part: bool,
    /// It was written as a CPE 2.2 URI.
    pub was_22_uri: bool,
    /// It was repaired.
    pub repaired: bool,
}

/// What is known of a component's origin in git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Git {
    /// Normalised repository URLs (`github.com/owner/name`).
    pub repositories: Vec<String>,
    /// Commit id, lower-case hex; empty when unknown.
    pub commit: String,
    /// Tag or describe string; empty when unknown.
    pub tag: String,
}

/// Whether a component is on the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// On the device.
    #[default]
    Target,
    /// Native, host, cross or SDK: matched, reported apart, raises no exposure.
    BuildOnly,
    /// Firmware blob for a co-processor.
    FirmwareBlob,
    /// Run-time part of the tool chain (libgcc, libstdc++).
    ToolchainRuntime,
    /// Test only.
    Test,
}

impl Scope {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Target => "target",
            Scope::BuildOnly => "build_only",
            Scope::FirmwareBlob => "firmware_blob",
            Scope::ToolchainRuntime => "toolchain_runtime",
            Scope::Test => "test",
        }
    }
}

/// What a component is; drives the special logic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The Linux kernel itself (not headers, not modules, not perf).
    Kernel,
    /// U-Boot, GRUB, barebox.
    Bootloader,
    /// The C library.
    Libc,
    /// BusyBox.
    Busybox,
    /// OP-TEE, TF-A.
    Tee,
    /// Zephyr, FreeRTOS and the like.
    Rtos,
    /// A module of another component.
    Module,
    /// A program.
    Application,
    /// A library.
    Library,
    /// Firmware.
    Firmware,
    /// Anything else.
    #[default]
    Other,
}

impl Role {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Role::Kernel => "kernel",
            Role::Bootloader => "bootloader",
            Role::Libc => "libc",
            Role::Busybox => "busybox",
            Role::Tee => "tee",
            Role::Rtos => "rtos",
            Role::Module => "module",
            Role::Application => "application",
            Role::Library => "library",
            Role::Firmware => "firmware",
            Role::Other => "other",
        }
    }
}

/// A patch that the build applied to a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// File name as listed.
    pub name: String,
    /// `algorithm:hex` of the file, where stated.
    pub hash: String,
    /// Lines before the first diff, where the content is at hand; else empty.
    pub header: String,
    /// The whole content, where at hand; else empty.
    pub content: String,
    /// Ids that the input itself resolves with it (CycloneDX `resolves`, SPDX "CVEs fixed").
    pub resolves: Vec<String>,
    /// Where it was named: `sbom`, `pedigree`, `source-info`, `directory`.
    pub origin: String,
}

/// The one coverage state of a component (matching.md 1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coverage {
    /// Read, not matched yet.
    #[default]
    Pending,
    /// Evaluated, at least one finding that is not `not_affected`.
    Matched,
    /// Known to at least one fresh feed that covers its kind; nothing affected, nothing to review.
    Clean,
    /// No CPE, purl, git or name that any feed knows.
    NoIdentity,
    /// Version unknown or unusable.
    NoVersion,
    /// Well-formed identity, but no feed has ever heard of the product.
    UnknownProduct,
    /// A purl type or distribution without comparator or feed.
    UnsupportedEcosystem,
    /// The feed that covers it is absent or empty.
    FeedMissing,
    /// The feed that covers it is older than its limit.
    FeedStale,
    /// Marked by the user as closed source with no public feed.
    Proprietary,
    /// Not on the target.
    BuildOnly,
    /// Excluded by the user with a reason.
    ByUser,
}

impl Coverage {
    /// All states in the order of the manual.
    pub const ALL: &'static [Coverage] = &[
        Coverage::Pending,
        Coverage::Matched,
        Coverage::Clean,
        Coverage::NoIdentity,
        Coverage::NoVersion,
        Coverage::UnknownProduct,
        Coverage::UnsupportedEcosystem,
        Coverage::FeedMissing,
        Coverage::FeedStale,
        Coverage::Proprietary,
        Coverage::BuildOnly,
        Coverage::ByUser,
    ];

    /// The stable word of the state.
    pub fn word(self) -> &'static str {
        match self {
            Coverage::Pending => "pending",
            Coverage::Matched => "matched",
            Coverage::Clean => "clean",
            Coverage::NoIdentity => "not_evaluable/no_identity",
            Coverage::NoVersion => "not_evaluable/no_version",
            Coverage::UnknownProduct => "not_evaluable/unknown_product",
            Coverage::UnsupportedEcosystem => "not_evaluable/unsupported_ecosystem",
            Coverage::FeedMissing => "not_evaluable/feed_missing",
            Coverage::FeedStale => "not_evaluable/feed_stale",
            Coverage::Proprietary => "not_evaluable/proprietary",
            Coverage::BuildOnly => "excluded/build_only",
            Coverage::ByUser => "excluded/by_user",
        }
    }
}
