//! The words of each form and ours (assessment.md 4.2). No standards body maps CycloneDX to the others, so the
//! map is our own; a test holds it to `vex-mapping.json`.

use model::vex::{Justification, RemediationKind, VexFormat, VexStatus};

use Justification::{
    ComponentNotPresent, InlineMitigationsAlreadyExist, VulnerableCodeCannotBeControlledByAdversary,
    VulnerableCodeNotInExecutePath, VulnerableCodeNotPresent,
};
use VexStatus::{Affected, FalsePositive, Fixed, FixedBackport, NotAffected, UnderInvestigation, Unknown};

/// What a form says for a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRow {
    /// Our status.
    pub internal: VexStatus,
    /// CSAF product status group; `unknown` exists since 2.1.
    pub csaf: Option<&'static str>,
    /// OpenVEX.
    pub openvex: Option<&'static str>,
    /// CycloneDX `analysis.state`.
    pub cyclonedx: Option<&'static str>,
    /// SPDX 3 class and relationship type.
    pub spdx3: Option<(&'static str, &'static str)>,
}

const fn row(
    internal: VexStatus,
    csaf: Option<&'static str>,
    openvex: Option<&'static str>,
    cyclonedx: Option<&'static str>,
    spdx3: Option<(&'static str, &'static str)>,
) -> StatusRow {
    StatusRow { internal, csaf, openvex, cyclonedx, spdx3 }
}

const SPDX_UNDER_INVESTIGATION: (&str, &str) =
    ("security_VexUnderInvestigationVulnAssessmentRelationship", "underInvestigationFor");
const SPDX_AFFECTED: (&str, &str) = ("security_VexAffectedVulnAssessmentRelationship", "affects");
const SPDX_NOT_AFFECTED: (&str, &str) =
    ("security_VexNotAffectedVulnAssessmentRelationship", "doesNotAffect");
const SPDX_FIXED: (&str, &str) = ("security_VexFixedVulnAssessmentRelationship", "fixedIn");

/// What is written for each status; `None`: the form has no word, the statement is left out.
pub const STATUSES: &[StatusRow] = &[
    row(
        UnderInvestigation,
        Some("under_investigation"),
        Some("under_investigation"),
        Some("in_triage"),
        Some(SPDX_UNDER_INVESTIGATION),
    ),
    row(Affected, Some("known_affected"), Some("affected"), Some("exploitable"), Some(SPDX_AFFECTED)),
    row(
        NotAffected,
        Some("known_not_affected"),
        Some("not_affected"),
        Some("not_affected"),
        Some(SPDX_NOT_AFFECTED),
    ),
    row(Fixed, Some("fixed"), Some("fixed"), Some("resolved"), Some(SPDX_FIXED)),
    row(FixedBackport, Some("fixed"), Some("fixed"), Some("resolved_with_pedigree"), Some(SPDX_FIXED)),
    row(
        FalsePositive,
        Some("known_not_affected"),
        Some("not_affected"),
        Some("false_positive"),
        Some(SPDX_NOT_AFFECTED),
    ),
    row(Unknown, Some("unknown"), None, None, None),
];

/// The row of a status.
pub fn status_row(status: VexStatus) -> Option<&'static StatusRow> {
    STATUSES.iter().find(|row| row.internal == status)
}

/// Our status of a foreign word; `None` is a word that we do not know.
pub fn status(format: VexFormat, word: &str) -> Option<VexStatus> {
    match format {
        VexFormat::OpenVex => match word {
            "under_investigation" => Some(UnderInvestigation),
            "affected" => Some(Affected),
            "not_affected" => Some(NotAffected),
            "fixed" => Some(Fixed),
            _ => None,
        },
        VexFormat::Csaf => csaf_status(word),
        VexFormat::CycloneDx => {
            STATUSES.iter().find(|row| row.cyclonedx == Some(word)).map(|row| row.internal)
        }
        VexFormat::Spdx3 => STATUSES
            .iter()
            .find(|row| row.spdx3.is_some_and(|(class, _)| class == word))
            .map(|row| row.internal),
        VexFormat::Yocto => yocto_status(word),
    }
}

/// A product status group of CSAF. `recommended` is no status: such versions are remembered beside.
fn csaf_status(group: &str) -> Option<VexStatus> {
    Some(match group {
        "first_affected" | "known_affected" | "last_affected" => Affected,
        "first_fixed" | "fixed" => Fixed,
        "known_not_affected" => NotAffected,
        "under_investigation" => UnderInvestigation,
        "unknown" => Unknown,
        _ => return None,
    })
}

/// The vocabulary of `CVE_STATUS` (matching.md 7.6).
fn yocto_status(word: &str) -> Option<VexStatus> {
    Some(match word {
        "patched" | "fixed-version" => Fixed,
        "backported-patch" | "cpe-stable-backport" | "fix-file-included" => FixedBackport,
        "version-not-in-range" | "ignored" | "not-applicable-config" | "not-applicable-platform" => {
            NotAffected
        }
        "unpatched" | "version-in-range" => Affected,
        "vulnerable-investigating" | "disputed" | "upstream-wontfix" => UnderInvestigation,
        "cpe-incorrect" => FalsePositive,
        "unknown" => Unknown,
        _ => return None,
    })
}

/// Our justification of a foreign word; `None` for a word without one.
pub fn justification(format: VexFormat, word: &str) -> Option<Justification> {
    match format {
        VexFormat::OpenVex | VexFormat::Csaf => Justification::parse(word),
        VexFormat::Spdx3 => Justification::ALL.iter().copied().find(|ours| spdx3(*ours) == word),
        VexFormat::CycloneDx => Some(match word {
            "code_not_present" => VulnerableCodeNotPresent,
            "code_not_reachable" => VulnerableCodeNotInExecutePath,
            "requires_configuration" | "requires_environment" => VulnerableCodeCannotBeControlledByAdversary,
            "requires_dependency" => ComponentNotPresent,
            "protected_by_compiler"
            | "protected_at_runtime"
            | "protected_at_perimeter"
            | "protected_by_mitigating_control" => InlineMitigationsAlreadyExist,
            _ => return None,
        }),
        VexFormat::Yocto => Some(match word {
            "cpe-incorrect" => ComponentNotPresent,
            "version-not-in-range" | "not-applicable-config" | "not-applicable-platform" => {
                VulnerableCodeNotPresent
            }
            _ => return None,
        }),
    }
}

/// The SPDX 3 word of a justification.
pub fn spdx3(justification: Justification) -> &'static str {
    match justification {
        ComponentNotPresent => "componentNotPresent",
        VulnerableCodeNotPresent => "vulnerableCodeNotPresent",
        VulnerableCodeNotInExecutePath => "vulnerableCodeNotInExecutePath",
        VulnerableCodeCannotBeControlledByAdversary => "vulnerableCodeCannotBeControlledByAdversary",
        InlineMitigationsAlreadyExist => "inlineMitigationsAlreadyExist",
    }
}

/// The CycloneDX word of a justification.
pub fn cyclonedx(justification: Justification) -> &'static str {
    match justification {
        ComponentNotPresent => "requires_dependency",
        VulnerableCodeNotPresent => "code_not_present",
        VulnerableCodeNotInExecutePath => "code_not_reachable",
        VulnerableCodeCannotBeControlledByAdversary => "requires_configuration",
        InlineMitigationsAlreadyExist => "protected_by_mitigating_control",
    }
}

/// The CycloneDX response of a remediation; the kinds without one are told in the recommendation or not at all.
pub fn response(kind: RemediationKind) -> Option<&'static str> {
    match kind {
        RemediationKind::VendorFix | RemediationKind::OptionalPatch => Some("update"),
        RemediationKind::Mitigation | RemediationKind::Workaround => Some("workaround_available"),
        RemediationKind::NoFixPlanned => Some("will_not_fix"),
        RemediationKind::FixPlanned | RemediationKind::NoneAvailable => None,
    }
}

/// The remediation of a CycloneDX response.
pub fn from_response(word: &str) -> Option<RemediationKind> {
    Some(match word {
        "update" => RemediationKind::VendorFix,
        "workaround_available" | "rollback" => RemediationKind::Workaround,
        "will_not_fix" | "can_not_fix" => RemediationKind::NoFixPlanned,
        _ => return None,
    })
}

/// A hash algorithm in our spelling, and in those of OpenVEX, CycloneDX and SPDX 3.
pub const HASHES: &[(&str, &str, &str, &str)] = &[
    ("md5", "md5", "MD5", "md5"),
    ("sha1", "sha1", "SHA-1", "sha1"),
    ("sha256", "sha-256", "SHA-256", "sha256"),
    ("sha384", "sha-384", "SHA-384", "sha384"),
    ("sha512", "sha-512", "SHA-512", "sha512"),
    ("sha3256", "sha3-256", "SHA3-256", "sha3_256"),
    ("sha3384", "sha3-384", "SHA3-384", "sha3_384"),
    ("sha3512", "sha3-512", "SHA3-512", "sha3_512"),
    ("blake2b256", "blake2b-256", "BLAKE2b-256", "blake2b256"),
    ("blake2b512", "blake2b-512", "BLAKE2b-512", "blake2b512"),
];
