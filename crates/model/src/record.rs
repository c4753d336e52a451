//! One source's word on one vulnerability at one time (matching.md 2.3).
//!
//! All texts are `Cow<'a, str>`, so that a feed reader can borrow from the JSON it reads and the index
//! can borrow from its memory map: the same type serves both, and neither copies.

use std::borrow::Cow;

use crate::lifecycle::Branch;
use crate::vulnerability::{Epss, Kev};

/// Text borrowed from a document or from the index.
pub type Text<'a> = Cow<'a, str>;

/// Who speaks. The order is the order of display; the rank of an opinion is `analysis`'s business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Source {
    /// A record of the installation itself.
    Local = 0,
    /// The Linux kernel's CNA tree.
    KernelCna = 1,
    /// The CNA container of a CVE record.
    CveCna = 2,
    /// The CISA-ADP container of a CVE record.
    CisaAdp = 3,
    /// Another ADP container of a CVE record (CVE Program references, and others).
    CveAdp = 4,
    /// NVD, API 2.0 form.
    Nvd2 = 5,
    /// Overrides of NVD configurations.
    NvdOverrides = 6,
    /// NVD, 1.1 form (historic).
    Nvd1 = 7,
    /// OSV records of an ecosystem or of GIT ranges.
    Osv = 8,
    /// GitHub advisories in OSV form.
    Ghsa = 9,
    /// OSS-Fuzz in OSV form.
    OssFuzz = 10,
    /// Debian's data (OSV form or tracker).
    Debian = 11,
    /// Alpine's data.
    Alpine = 12,
    /// Ubuntu's data.
    Ubuntu = 13,
    /// RustSec.
    Rustsec = 14,
    /// Kernel CVEs from before the kernel CNA.
    LinuxKernelCves = 15,
    /// Our own curated rule table.
    Rule = 16,
    /// The starter knowledge of the program.
    Starter = 17,
    /// The vulnerability database of the European Union.
    Euvd = 18,
    /// Public lists of exploits: they name ids and addresses, and no products.
    ExploitRefs = 19,
    /// Advisories and VEX documents of suppliers and coordinators (CSAF).
    Csaf = 20,
}

impl Source {
    /// All sources with the feed id each belongs to (matching.md 2.1).
    pub const ALL: &'static [(Source, &'static str)] = &[
        (Source::Local, "local"),
        (Source::KernelCna, "kernel-cna"),
        (Source::CveCna, "cve-list"),
        (Source::CisaAdp, "cve-list/cisa-adp"),
        (Source::CveAdp, "cve-list/adp"),
        (Source::Nvd2, "nvd2"),
        (Source::NvdOverrides, "nvd-overrides"),
        (Source::Nvd1, "nvd1"),
        (Source::Osv, "osv"),
        (Source::Ghsa, "ghsa"),
        (Source::OssFuzz, "oss-fuzz"),
        (Source::Debian, "debian"),
        (Source::Alpine, "alpine"),
        (Source::Ubuntu, "ubuntu"),
        (Source::Rustsec, "rustsec"),
        (Source::LinuxKernelCves, "linux-kernel-cves"),
        (Source::Rule, "rules"),
        (Source::Starter, "starter"),
        (Source::Euvd, "euvd"),
        (Source::ExploitRefs, "exploit-refs"),
        (Source::Csaf, "csaf"),
    ];

    /// The name used in JSON, tables and the index.
    pub fn name(self) -> &'static str {
        Source::ALL.iter().find(|(source, _)| *source == self).map_or("local", |(_, name)| name)
    }

    /// Returns the source of its number in the index file.
    pub fn from_number(number: u8) -> Option<Source> {
        Source::ALL.iter().find(|(source, _)| *source as u8 == number).map(|(source, _)| *source)
    }
}

/// The state of a record (matching.md 2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RecordState {
    /// In force.
    #[default]
    Published = 0,
    /// Rejected by its CNA.
    Rejected = 1,
    /// Withdrawn (OSV, GHSA).
    Withdrawn = 2,
    /// Reserved without content.
    Reserved = 3,
}

/// What kind of alias assertion (matching.md 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AliasKind {
    /// Both ids name the same flaw.
    Same = 0,
    /// The record groups several flaws (DSA, USN): never merged.
    Contained = 1,
    /// Related only: not an alias.
    Related = 2,
}

/// One alias assertion of a record about its own id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias<'a> {
    /// The other id.
    pub id: Text<'a>,
    /// How they relate.
    pub kind: AliasKind,
}

/// One source's statement on one vulnerability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record<'a> {
    /// Who speaks; `Option` only so that `Default` works: readers always set it.
    pub source: Option<Source>,
    /// The id of the vulnerability in the source (`CVE-…`, `GHSA-…`, `OSV-…`, `DSA-…`).
    pub id: Text<'a>,
    /// Alias assertions.
    pub aliases: Vec<Alias<'a>>,
    /// State.
    pub state: RecordState,
    /// Disputed upstream (tag or `** DISPUTED **`).
    pub disputed: bool,
    /// Tags as written (`unsupported-when-assigned`, `exclusively-hosted-service`, NVD `vulnStatus`).
    pub tags: Vec<Text<'a>>,
    /// First publication as written (ISO 8601); empty when unknown.
    pub published: Text<'a>,
    /// Last change as written (ISO 8601); empty when unknown.
    pub modified: Text<'a>,
    /// Who within the source: CNA short name (`curl`, `redhat`, `Linux`); empty when not told.
    pub by: Text<'a>,
    /// Title; empty when none. Cold text.
    pub title: Text<'a>,
    /// English description; empty when none. Cold text.
    pub description: Text<'a>,
    /// References. Cold text.
    pub references: Vec<Reference<'a>>,
    /// Severity vectors.
    pub severities: Vec<Severity<'a>>,
    /// `CWE-…` ids.
    pub cwes: Vec<Text<'a>>,
    /// SSVC points (name, value).
    pub ssvc: Vec<(Text<'a>, Text<'a>)>,
    /// Version claims, in the record's own order.
    pub claims: Vec<Claim<'a>>,
    /// CPE configurations: the alternatives (OR'ed) of the record, one boolean tree each.
    pub configurations: Vec<CpeNode<'a>>,
    /// Fix commits named by the record (references of kind patch, OSV `fixed` events), lower-case hex.
    pub fix_commits: Vec<Text<'a>>,
}

/// A reference with its tags as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference<'a> {
    /// Address.
    pub url: Text<'a>,
    /// Tags (`patch`, `exploit`, `vendor-advisory`).
    pub tags: Vec<Text<'a>>,
}

/// A severity vector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Severity<'a> {
    /// Vector string as written (`CVSS:3.1/…`, `AV:N/…` for version 2).
    pub vector: Text<'a>,
    /// Base score in tenths as the source states it.
    pub base_tenths: Option<u16>,
    /// Who says so.
    pub by: Text<'a>,
}

/// What form a claim had, because forms are read differently (matching.md 5.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ClaimForm {
    /// CVE `affected[]` entry: first matching entry wins, then `changes`, then the default.
    #[default]
    CveVersions = 0,
    /// OSV `affected[]` entry: any range or enumerated version matches.
    Osv = 1,
    /// Distribution fix list (`secfixes`, tracker): fixed version per release.
    SecFix = 2,
    /// Linux dyad: introduced and fixed pairs.
    KernelPairs = 3,
}

/// One subject with its version list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claim<'a> {
    /// Whom it speaks of.
    pub subject: Subject<'a>,
    /// Version rows in the record's own order.
    pub entries: Vec<Entry<'a>>,
    /// What holds where no entry applies; `None` = the record gives no default (literally unknown).
    pub default_status: Option<Status>,
    /// How to read it.
    pub form: ClaimForm,
}

/// Whom a claim speaks of. Empty text = not stated. `n/a` and the like arrive as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject<'a> {
    /// Vendor text.
    pub vendor: Text<'a>,
    /// Product text.
    pub product: Text<'a>,
    /// Package name.
    pub package_name: Text<'a>,
    /// Collection URL.
    pub collection_url: Text<'a>,
    /// Package URL.
    pub purl: Text<'a>,
    /// CPE names, as written.
    pub cpes: Vec<Text<'a>>,
    /// Repository URL.
    pub repo: Text<'a>,
    /// OSV ecosystem without its release (`Debian`, `crates.io`); empty for none.
    pub ecosystem: Text<'a>,
    /// Distribution release (`12`, `v3.19`); empty for none.
    pub distro_release: Text<'a>,
    /// Modules.
    pub modules: Vec<Text<'a>>,
    /// Affected source files.
    pub program_files: Vec<Text<'a>>,
    /// Platforms as written.
    pub platforms: Vec<Text<'a>>,
}

/// Status of a version row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// Affected.
    #[default]
    Affected = 0,
    /// Not affected.
    Unaffected = 1,
    /// The source says it does not know.
    Unknown = 2,
}

/// What the values of a row are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RangeKind {
    /// Version texts.
    #[default]
    Version = 0,
    /// Commit ids.
    Git = 1,
}

/// The upper end of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End<'a> {
    /// None: the row names the single version `start` (CVE form).
    #[default]
    Single,
    /// `lessThan`, `fixed`: exclusive.
    Before(Text<'a>),
    /// `lessThanOrEqual`, `last_affected`: inclusive.
    Through(Text<'a>),
    /// No upper end (OSV `introduced` without `fixed`).
    Open,
}

/// One row of a source's version list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Status of the versions in the row.
    pub status: Status,
    /// What the values are.
    pub kind: RangeKind,
    /// Lower end as written; `0`, empty, `n/a`, `unspecified`, `*` mean none.
    pub start: Text<'a>,
    /// Upper end.
    pub end: End<'a>,
    /// The record's own label (`semver`, `git`, `custom`, `rpm`, OSV `ECOSYSTEM`); to be believed with care.
    pub version_type: Text<'a>,
    /// Changes inside the row, as written (may be unsorted).
    pub changes: Vec<Change<'a>>,
}

/// A change of status inside a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change<'a> {
    /// From this version on.
    pub at: Text<'a>,
    /// The status that begins there.
    pub status: Status,
}

/// A node of a CPE configuration tree. A configuration is one node; NVD 1.1 `children` nest the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpeNode<'a> {
    /// `AND` (true) or `OR` (false) over children and leaves together.
    pub is_and: bool,
    /// The result is inverted.
    pub negate: bool,
    /// Nested nodes.
    pub children: Vec<CpeNode<'a>>,
    /// Criteria, rows of the same product grouped, order of first appearance kept.
    pub leaves: Vec<CpeLeaf<'a>>,
}

/// All criteria of one node that differ only in version, update and bounds. Grouped because records exist
/// with millions of rows for a handful of products (CVE-2024-20433).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpeLeaf<'a> {
    /// `vulnerable: false` marks platforms and unaffected lists.
    pub vulnerable: bool,
    /// Everything of the CPE name but version and update.
    pub head: CpeHead<'a>,
    /// The version rows.
    pub rows: Vec<CpeRow<'a>>,
}

/// A CPE 2.3 name without version and update. Values are unbound (unescaped), `*` = ANY, `-` = NA.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CpeHead<'a> {
    /// `a`, `o`, `h`, `*` or `-`.
    pub part: Text<'a>,
    /// Vendor.
    pub vendor: Text<'a>,
    /// Product.
    pub product: Text<'a>,
    /// Edition (deprecated attribute).
    pub edition: Text<'a>,
    /// Language.
    pub language: Text<'a>,
    /// Software edition.
    pub sw_edition: Text<'a>,
    /// Target software.
    pub target_sw: Text<'a>,
    /// Target hardware.
    pub target_hw: Text<'a>,
    /// Other.
    pub other: Text<'a>,
}

/// One version row of a criterion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CpeRow<'a> {
    /// Version attribute, unescaped; `*` = ANY, `-` = NA.
    pub version: Text<'a>,
    /// Update attribute, unescaped; `*` = ANY, `-` = NA.
    pub update: Text<'a>,
    /// Bounds, boxed because most rows of long lists have none.
    pub bounds: Option<Box<CpeBounds<'a>>>,
}

/// NVD bounds of a criterion; empty text = not given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CpeBounds<'a> {
    /// `versionStartIncluding`.
    pub start_including: Text<'a>,
    /// `versionStartExcluding`.
    pub start_excluding: Text<'a>,
    /// `versionEndIncluding`.
    pub end_including: Text<'a>,
    /// `versionEndExcluding`.
    pub end_excluding: Text<'a>,
}

/// What a knowledge reader emits.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'a> {
    /// A record (boxed: it is large and passes through callbacks).
    Record(Box<Record<'a>>),
    /// A known-exploited entry.
    Kev(Kev),
    /// An EPSS score of a CVE id.
    Epss(Text<'a>, Epss),
    /// How long a branch of a product is maintained.
    Branch(Box<Branch>),
}
