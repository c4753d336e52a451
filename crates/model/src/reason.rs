//! The closed catalogue of reason codes (matching.md 6.3). Codes are stable and never reused; new ones may be added.

use std::fmt;

/// Why a verdict holds (primary) or how it was reached (qualifier).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// `V_IN_RANGE` (A): inside an affected range
    VInRange,
    /// `V_EXACT` (A): version listed as affected
    VExact,
    /// `V_DEFAULT_AFFECTED` (A): no entry applies, default is affected
    VDefaultAffected,
    /// `V_BEFORE_RANGE` (N): older than the first affected version
    VBeforeRange,
    /// `V_FIXED` (N): at or above the fixed version (of its branch)
    VFixed,
    /// `V_NOT_LISTED` (N): explicit list, not in it
    VNotListed,
    /// `V_DEFAULT_UNAFFECTED` (N): no entry applies, default is unaffected
    VDefaultUnaffected,
    /// `V_LISTED_UNAFFECTED` (N): listed as unaffected, incl. `vulnerable:false` beside true ones
    VListedUnaffected,
    /// `V_NO_USABLE_RANGE` (R): record has no usable version data
    VNoUsableRange,
    /// `V_UNBOUNDED` (R): product named without any version bound (`*`, `-`), old or vague record
    VUnbounded,
    /// `V_SPOT_VERSION` (N/R): only one or two tested versions are named
    VSpotVersion,
    /// `V_OPEN_END` (R): start without end in an old record
    VOpenEnd,
    /// `V_UNPARSED` (R): component version not understood under any scheme
    VUnparsed,
    /// `V_MISSING` (R): component has no version
    VMissing,
    /// `V_SCHEME_MISMATCH` (R): date vs dotted, distribution vs upstream, snapshot vs release
    VSchemeMismatch,
    /// `V_COARSE_BOUND` (R): bound less precise than the component version
    VCoarseBound,
    /// `V_TEXT_AMBIGUOUS` (R): free text not fully understood
    VTextAmbiguous,
    /// `V_DISTRO_SUFFIX_IGNORED` (Q/R): distribution revision ignored; R when upstream says affected and no distribution feed decides
    VDistroSuffixIgnored,
    /// `V_TEXT_PARSED` (Q): how the comparison was made possible
    VTextParsed,
    /// `V_EMPTY_RANGE_REPAIRED` (Q): how the comparison was made possible
    VEmptyRangeRepaired,
    /// `V_OPEN_START` (Q): how the comparison was made possible
    VOpenStart,
    /// `V_BASE_VERSION` (Q): how the comparison was made possible
    VBaseVersion,
    /// `V_VERSION_DERIVED` (Q): how the comparison was made possible
    VVersionDerived,
    /// `V_DEFAULT_UNKNOWN` (Q): how the comparison was made possible
    VDefaultUnknown,
    /// `G_FIX_IN_HISTORY` (N): fix commit (or its cherry-pick) is an ancestor
    GFixInHistory,
    /// `G_NOT_INTRODUCED` (N): introducing commit is not an ancestor
    GNotIntroduced,
    /// `G_IN_RANGE` (A): introducing commit is, fix is not
    GInRange,
    /// `G_TAG_RESOLVED` (Q): commits mapped to releases by table
    GTagResolved,
    /// `G_COMMIT_UNKNOWN` (R): git-only range and no way to place the component
    GCommitUnknown,
    /// `K_IN_BRANCH_RANGE` (A): kernel: introduced for this branch, below the fix of this branch
    KInBranchRange,
    /// `K_BRANCH_UNFIXED` (A): kernel: introduced, this branch has no fix
    KBranchUnfixed,
    /// `K_FIXED_IN_BRANCH` (N): kernel: at or above the fix of its branch
    KFixedInBranch,
    /// `K_FIXED_MAINLINE` (N): kernel: at or after the mainline fix
    KFixedMainline,
    /// `K_NOT_INTRODUCED` (N): kernel: older than every introduction that reaches its branch
    KNotIntroduced,
    /// `K_NO_RELEASE_AFFECTED` (N): kernel: introduced and fixed between two releases
    KNoReleaseAffected,
    /// `K_MAINLINE_BOUND_ONLY` (R): kernel: only the mainline bound is known, a stable backport may exist
    KMainlineBoundOnly,
    /// `K_RC` (R): kernel: release candidate of the fixing release, commit needed
    KRc,
    /// `K_VENDOR_TREE` (Q): vendor kernel, upstream version used
    KVendorTree,
    /// `K_BRANCH_EOL` (Q): branch has reached end of life
    KBranchEol,
    /// `I_NAME_ONLY` (R): same name, no second signal
    INameOnly,
    /// `I_OTHER_PRODUCT` (N*): namesake of another vendor (*candidate removed, only in explain)
    IOtherProduct,
    /// `I_OTHER_ECOSYSTEM` (N*): language binding / plugin of the same name
    IOtherEcosystem,
    /// `I_OTHER_EDITION` (N): other edition of the product
    IOtherEdition,
    /// `I_PLATFORM_MENTION` (N*): named only as platform
    IPlatformMention,
    /// `I_DISTRO_ONLY` (N): defect exists only in a distribution's build or patch
    IDistroOnly,
    /// `I_NO_PRODUCT` (N*): the record or an override states that no product applies
    INoProduct,
    /// `I_SUBCOMPONENT` (N/R): record is about a part shipped beside the product (MiniZip in zlib): N if absent is proven, else R
    ISubcomponent,
    /// `P_OS_MISMATCH` (N): the platform the record requires is not this product's (`P_CO_COMPONENT_ABSENT`: other required software absent, or present outside the required version)
    POsMismatch,
    /// `P_ARCH_MISMATCH` (N): the platform the record requires is not this product's (`P_CO_COMPONENT_ABSENT`: other required software absent, or present outside the required version)
    PArchMismatch,
    /// `P_HW_MISMATCH` (N): the platform the record requires is not this product's (`P_CO_COMPONENT_ABSENT`: other required software absent, or present outside the required version)
    PHwMismatch,
    /// `P_DISTRO_MISMATCH` (N): the platform the record requires is not this product's (`P_CO_COMPONENT_ABSENT`: other required software absent, or present outside the required version)
    PDistroMismatch,
    /// `P_CO_COMPONENT_ABSENT` (N): the platform the record requires is not this product's (`P_CO_COMPONENT_ABSENT`: other required software absent, or present outside the required version)
    PCoComponentAbsent,
    /// `P_BITS_MISMATCH` (N): the platform the record requires is not this product's (`P_CO_COMPONENT_ABSENT`: other required software absent, or present outside the required version)
    PBitsMismatch,
    /// `P_UNPROVEN` (R): a platform condition could not be decided
    PUnproven,
    /// `D_FIXED` (N): distribution feed
    DFixed,
    /// `D_NOT_AFFECTED` (N): distribution feed
    DNotAffected,
    /// `D_VULNERABLE` (A): distribution feed (ignored = will not be fixed there)
    DVulnerable,
    /// `D_IGNORED` (A): distribution feed (ignored = will not be fixed there)
    DIgnored,
    /// `D_EOL_FALLBACK` (Q): distribution release without support, upstream used
    DEolFallback,
    /// `R_REJECTED` (N): CVE rejected / record withdrawn
    RRejected,
    /// `R_HOSTED_SERVICE` (N): online service only
    RHostedService,
    /// `R_INFORMATIONAL` (N*): a notice (unmaintained), no vulnerability
    RInformational,
    /// `R_NO_AFFECTED_DATA` (R): no source names affected products or versions
    RNoAffectedData,
    /// `R_DISPUTED` (Q): disputed upstream
    RDisputed,
    /// `R_LOCAL_RULE` (any): local record decided
    RLocalRule,
    /// `E_PATCH_VERIFIED` (N): patch content proven to contain the fix (patch-id / hunk comparison with fix commit)
    EPatchVerified,
    /// `E_PATCH_NAMED` (N): patch names the CVE and is applied; all parts present; content not compared (confidence medium)
    EPatchNamed,
    /// `E_PATCH_PARTIAL` (A): some parts of a multi-part fix missing, or known regression fix missing
    EPatchPartial,
    /// `E_PATCH_UNREADABLE` (R): patch listed, not available, not applied-proof
    EPatchUnreadable,
    /// `E_FILES_NOT_BUILT` (N): none of the affected files is compiled (complete list)
    EFilesNotBuilt,
    /// `E_CONFIG_OFF` (N): all affected files depend on options that are off
    EConfigOff,
    /// `E_APPLET_OFF` (N): BusyBox applet / U-Boot command / feature not built
    EAppletOff,
    /// `E_FEATURE_OFF` (N): build option of the component off (PACKAGECONFIG, `no-xxx`)
    EFeatureOff,
    /// `E_MODULE_ABSENT` (N): affected code only in modules not present in the image
    EModuleAbsent,
    /// `E_ARCH_FILES` (N): affected files belong to other architectures only
    EArchFiles,
    /// `E_NON_TARGET_FILES` (N): only documentation, selftests, samples, host tools
    ENonTargetFiles,
    /// `E_NOT_ON_TARGET` (N): component not shipped (build only)
    ENotOnTarget,
    /// `E_HEADER_ONLY` (Q): evidence looked at and **not** sufficient to exclude
    EHeaderOnly,
    /// `E_LIST_INCOMPLETE` (Q): evidence looked at and **not** sufficient to exclude
    EListIncomplete,
    /// `E_CONFIG_INCOMPLETE` (Q): evidence looked at and **not** sufficient to exclude
    EConfigIncomplete,
    /// `E_FILE_UNMAPPED` (Q): evidence looked at and **not** sufficient to exclude
    EFileUnmapped,
    /// `E_BUILD_FILE_ONLY` (Q): evidence looked at and **not** sufficient to exclude
    EBuildFileOnly,
    /// `E_MODULE_NOT_AUTOLOADED` (Q): supporting fact for assessment, never excludes
    EModuleNotAutoloaded,
    /// `E_DT_DISABLED` (Q): supporting fact for assessment, never excludes
    EDtDisabled,
    /// `S_SUPPLIER_NOT_AFFECTED` (N): statement of supplier / build system accepted by policy
    SSupplierNotAffected,
    /// `S_SUPPLIER_FIXED` (N): statement of supplier / build system accepted by policy
    SSupplierFixed,
    /// `S_SUPPLIER_AFFECTED` (A): statement of supplier / build system accepted by policy
    SSupplierAffected,
    /// `S_BUILD_STATUS` (any): statement of supplier / build system accepted by policy
    SBuildStatus,
    /// `C_SOURCES_DISAGREE` (Q/R): sources contradict each other
    CSourcesDisagree,
    /// `C_STALE_SOURCE` (Q): decided by a source older than its limit
    CStaleSource,
}

impl Reason {
    /// All codes in catalogue order: (reason, code, verdict letters, meaning).
    /// Letters: A affected, N not_affected, N* candidate removed, R needs_review, Q qualifier only.
    pub const ALL: &'static [(Reason, &'static str, &'static str, &'static str)] = &[
        (Reason::VInRange, "V_IN_RANGE", "A", "inside an affected range"),
        (Reason::VExact, "V_EXACT", "A", "version listed as affected"),
        (Reason::VDefaultAffected, "V_DEFAULT_AFFECTED", "A", "no entry applies, default is affected"),
        (Reason::VBeforeRange, "V_BEFORE_RANGE", "N", "older than the first affected version"),
        (Reason::VFixed, "V_FIXED", "N", "at or above the fixed version (of its branch)"),
        (Reason::VNotListed, "V_NOT_LISTED", "N", "explicit list, not in it"),
        (Reason::VDefaultUnaffected, "V_DEFAULT_UNAFFECTED", "N", "no entry applies, default is unaffected"),
        (
            Reason::VListedUnaffected,
            "V_LISTED_UNAFFECTED",
            "N",
            "listed as unaffected, incl. `vulnerable:false` beside true ones",
        ),
        (Reason::VNoUsableRange, "V_NO_USABLE_RANGE", "R", "record has no usable version data"),
        (Reason::VUnbounded, "V_UNBOUNDED", "R", "the record names the product without any version bound"),
        (Reason::VSpotVersion, "V_SPOT_VERSION", "N/R", "only one or two tested versions are named"),
        (Reason::VOpenEnd, "V_OPEN_END", "R", "start without end in an old record"),
        (Reason::VUnparsed, "V_UNPARSED", "R", "component version not understood under any scheme"),
        (Reason::VMissing, "V_MISSING", "R", "component has no version"),
        (
            Reason::VSchemeMismatch,
            "V_SCHEME_MISMATCH",
            "R",
            "date vs dotted, distribution vs upstream, snapshot vs release",
        ),
        (Reason::VCoarseBound, "V_COARSE_BOUND", "R", "bound less precise than the component version"),
        (Reason::VTextAmbiguous, "V_TEXT_AMBIGUOUS", "R", "free text not fully understood"),
        (
            Reason::VDistroSuffixIgnored,
            "V_DISTRO_SUFFIX_IGNORED",
            "Q/R",
            "distribution revision ignored; R when upstream says affected and no distribution feed decides",
        ),
        (Reason::VTextParsed, "V_TEXT_PARSED", "Q", "how the comparison was made possible"),
        (Reason::VEmptyRangeRepaired, "V_EMPTY_RANGE_REPAIRED", "Q", "how the comparison was made possible"),
        (Reason::VOpenStart, "V_OPEN_START", "Q", "how the comparison was made possible"),
        (Reason::VBaseVersion, "V_BASE_VERSION", "Q", "how the comparison was made possible"),
        (Reason::VVersionDerived, "V_VERSION_DERIVED", "Q", "how the comparison was made possible"),
        (Reason::VDefaultUnknown, "V_DEFAULT_UNKNOWN", "Q", "how the comparison was made possible"),
        (Reason::GFixInHistory, "G_FIX_IN_HISTORY", "N", "fix commit (or its cherry-pick) is an ancestor"),
        (Reason::GNotIntroduced, "G_NOT_INTRODUCED", "N", "introducing commit is not an ancestor"),
        (Reason::GInRange, "G_IN_RANGE", "A", "introducing commit is, fix is not"),
        (Reason::GTagResolved, "G_TAG_RESOLVED", "Q", "commits mapped to releases by table"),
        (Reason::GCommitUnknown, "G_COMMIT_UNKNOWN", "R", "git-only range and no way to place the component"),
        (
            Reason::KInBranchRange,
            "K_IN_BRANCH_RANGE",
            "A",
            "kernel: introduced for this branch, below the fix of this branch",
        ),
        (Reason::KBranchUnfixed, "K_BRANCH_UNFIXED", "A", "kernel: introduced, this branch has no fix"),
        (Reason::KFixedInBranch, "K_FIXED_IN_BRANCH", "N", "kernel: at or above the fix of its branch"),
        (Reason::KFixedMainline, "K_FIXED_MAINLINE", "N", "kernel: at or after the mainline fix"),
        (
            Reason::KNotIntroduced,
            "K_NOT_INTRODUCED",
            "N",
            "kernel: older than every introduction that reaches its branch",
        ),
        (
            Reason::KNoReleaseAffected,
            "K_NO_RELEASE_AFFECTED",
            "N",
            "kernel: introduced and fixed between two releases",
        ),
        (
            Reason::KMainlineBoundOnly,
            "K_MAINLINE_BOUND_ONLY",
            "R",
            "kernel: only the mainline bound is known, a stable backport may exist",
        ),
        (Reason::KRc, "K_RC", "R", "kernel: release candidate of the fixing release, commit needed"),
        (Reason::KVendorTree, "K_VENDOR_TREE", "Q", "vendor kernel, upstream version used"),
        (Reason::KBranchEol, "K_BRANCH_EOL", "Q", "branch has reached end of life"),
        (Reason::INameOnly, "I_NAME_ONLY", "R", "same name, no second signal"),
        (Reason::IOtherProduct, "I_OTHER_PRODUCT", "N*", "namesake of another vendor"),
        (Reason::IOtherEcosystem, "I_OTHER_ECOSYSTEM", "N*", "language binding / plugin of the same name"),
        (Reason::IOtherEdition, "I_OTHER_EDITION", "N", "other edition of the product"),
        (Reason::IPlatformMention, "I_PLATFORM_MENTION", "N*", "named only as platform"),
        (Reason::IDistroOnly, "I_DISTRO_ONLY", "N", "defect exists only in a distribution's build or patch"),
        (
            Reason::INoProduct,
            "I_NO_PRODUCT",
            "N*",
            "the record or an override states that no product applies",
        ),
        (
            Reason::ISubcomponent,
            "I_SUBCOMPONENT",
            "N/R",
            "the record is about a part shipped beside the product (MiniZip in zlib)",
        ),
        (Reason::POsMismatch, "P_OS_MISMATCH", "N", "the record requires another operating system"),
        (Reason::PArchMismatch, "P_ARCH_MISMATCH", "N", "the record requires another architecture"),
        (
            Reason::PHwMismatch,
            "P_HW_MISMATCH",
            "N",
            "the record requires hardware that the product does not have",
        ),
        (
            Reason::PDistroMismatch,
            "P_DISTRO_MISMATCH",
            "N",
            "the record requires a distribution that the product is not made with",
        ),
        (
            Reason::PCoComponentAbsent,
            "P_CO_COMPONENT_ABSENT",
            "N",
            "the record requires other software, which is absent or outside the required version",
        ),
        (Reason::PBitsMismatch, "P_BITS_MISMATCH", "N", "the record requires another word size"),
        (Reason::PUnproven, "P_UNPROVEN", "R", "a platform condition could not be decided"),
        (Reason::DFixed, "D_FIXED", "N", "the distribution has fixed it"),
        (Reason::DNotAffected, "D_NOT_AFFECTED", "N", "the distribution says that it is not affected"),
        (Reason::DVulnerable, "D_VULNERABLE", "A", "the distribution says that it is affected"),
        (Reason::DIgnored, "D_IGNORED", "A", "the distribution will not fix it"),
        (Reason::DEolFallback, "D_EOL_FALLBACK", "Q", "distribution release without support, upstream used"),
        (Reason::RRejected, "R_REJECTED", "N", "CVE rejected / record withdrawn"),
        (Reason::RHostedService, "R_HOSTED_SERVICE", "N", "online service only"),
        (Reason::RInformational, "R_INFORMATIONAL", "N*", "a notice (unmaintained), no vulnerability"),
        (Reason::RNoAffectedData, "R_NO_AFFECTED_DATA", "R", "no source names affected products or versions"),
        (Reason::RDisputed, "R_DISPUTED", "Q", "disputed upstream"),
        (Reason::RLocalRule, "R_LOCAL_RULE", "any", "local record decided"),
        (
            Reason::EPatchVerified,
            "E_PATCH_VERIFIED",
            "N",
            "patch content proven to contain the fix (patch-id / hunk comparison with fix commit)",
        ),
        (
            Reason::EPatchNamed,
            "E_PATCH_NAMED",
            "N",
            "patch names the CVE and is applied; all parts present; content not compared (confidence medium)",
        ),
        (
            Reason::EPatchPartial,
            "E_PATCH_PARTIAL",
            "A",
            "some parts of a multi-part fix missing, or known regression fix missing",
        ),
        (
            Reason::EPatchUnreadable,
            "E_PATCH_UNREADABLE",
            "R",
            "patch listed, not available, not applied-proof",
        ),
        (
            Reason::EFilesNotBuilt,
            "E_FILES_NOT_BUILT",
            "N",
            "none of the affected files is compiled (complete list)",
        ),
        (Reason::EConfigOff, "E_CONFIG_OFF", "N", "all affected files depend on options that are off"),
        (Reason::EAppletOff, "E_APPLET_OFF", "N", "BusyBox applet / U-Boot command / feature not built"),
        (
            Reason::EFeatureOff,
            "E_FEATURE_OFF",
            "N",
            "build option of the component off (PACKAGECONFIG, `no-xxx`)",
        ),
        (
            Reason::EModuleAbsent,
            "E_MODULE_ABSENT",
            "N",
            "affected code only in modules not present in the image",
        ),
        (Reason::EArchFiles, "E_ARCH_FILES", "N", "affected files belong to other architectures only"),
        (
            Reason::ENonTargetFiles,
            "E_NON_TARGET_FILES",
            "N",
            "only documentation, selftests, samples, host tools",
        ),
        (Reason::ENotOnTarget, "E_NOT_ON_TARGET", "N", "component not shipped (build only)"),
        (Reason::EHeaderOnly, "E_HEADER_ONLY", "Q", "evidence looked at and **not** sufficient to exclude"),
        (
            Reason::EListIncomplete,
            "E_LIST_INCOMPLETE",
            "Q",
            "evidence looked at and **not** sufficient to exclude",
        ),
        (
            Reason::EConfigIncomplete,
            "E_CONFIG_INCOMPLETE",
            "Q",
            "evidence looked at and **not** sufficient to exclude",
        ),
        (
            Reason::EFileUnmapped,
            "E_FILE_UNMAPPED",
            "Q",
            "evidence looked at and **not** sufficient to exclude",
        ),
        (
            Reason::EBuildFileOnly,
            "E_BUILD_FILE_ONLY",
            "Q",
            "evidence looked at and **not** sufficient to exclude",
        ),
        (
            Reason::EModuleNotAutoloaded,
            "E_MODULE_NOT_AUTOLOADED",
            "Q",
            "supporting fact for assessment, never excludes",
        ),
        (Reason::EDtDisabled, "E_DT_DISABLED", "Q", "supporting fact for assessment, never excludes"),
        (
            Reason::SSupplierNotAffected,
            "S_SUPPLIER_NOT_AFFECTED",
            "N",
            "statement of supplier / build system accepted by policy",
        ),
        (
            Reason::SSupplierFixed,
            "S_SUPPLIER_FIXED",
            "N",
            "statement of supplier / build system accepted by policy",
        ),
        (
            Reason::SSupplierAffected,
            "S_SUPPLIER_AFFECTED",
            "A",
            "statement of supplier / build system accepted by policy",
        ),
        (
            Reason::SBuildStatus,
            "S_BUILD_STATUS",
            "any",
            "statement of supplier / build system accepted by policy",
        ),
        (Reason::CSourcesDisagree, "C_SOURCES_DISAGREE", "Q/R", "sources contradict each other"),
        (Reason::CStaleSource, "C_STALE_SOURCE", "Q", "decided by a source older than its limit"),
    ];

    fn row(self) -> Option<&'static (Reason, &'static str, &'static str, &'static str)> {
        // The table is in declaration order, so the discriminant is the row number; a test holds it to that.
        Reason::ALL.get(self as usize)
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        self.row().map_or("", |row| row.1)
    }

    /// The verdict letters of the catalogue.
    pub fn letters(self) -> &'static str {
        self.row().map_or("", |row| row.2)
    }

    /// The meaning, one line for people.
    pub fn meaning(self) -> &'static str {
        self.row().map_or("", |row| row.3)
    }

    /// Returns the reason of a code.
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.iter().find(|row| row.1 == code).map(|row| row.0)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
