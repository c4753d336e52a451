//! A person's judgement on a vulnerability in a component, anchored so that it can be carried to later releases
//! (assessment.md 4.3, 4.4, 4.6). Nothing ever rewrites a decision: what it does on a release is computed.

use std::collections::BTreeMap;

use crate::assessment::{Exploitation, ResponseClass};
use crate::finding::Verdict;
use crate::vex::{Justification, VexStatus};
use crate::words::words;

words! {
    /// The state of a decision.
    DecisionState {
        /// Written down, not yet in force.
        Proposed = "proposed",
        /// In force where its ground holds.
        Active = "active",
        /// Its ground has shifted; somebody has to look again.
        Overtaken = "overtaken",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Another human decision took its place.
        Superseded = "superseded",
        /// Its time is over.
        Expired = "expired",
    }
}

impl DecisionState {
    /// Tells whether one state may follow another: `proposed → active → {overtaken → active | withdrawn} |
    /// superseded | expired`; a proposal may also be withdrawn.
    pub fn may_become(self, next: DecisionState) -> bool {
        use DecisionState::{Active, Expired, Overtaken, Proposed, Superseded, Withdrawn};
        match self {
            Proposed => matches!(next, Active | Withdrawn),
            Active => matches!(next, Overtaken | Withdrawn | Superseded | Expired),
            Overtaken => matches!(next, Active | Withdrawn | Superseded),
            Withdrawn | Superseded | Expired => false,
        }
    }
}

words! {
    /// The kind of a fact on which a decision rests.
    AtomKind {
        /// File kind and symbol of a `.config` (`linux:CONFIG_NF_TABLES`) → value.
        Config = "config",
        /// A path, `*` for any text → `absent` from a complete list of compiled files.
        FileAbsent = "file_absent",
        /// Name of a patch file → `applied`.
        Patch = "patch",
        /// Name or package URL of a component → `absent`.
        PackageAbsent = "package_absent",
        /// Rule id of a look into binaries → result.
        Binary = "binary",
        /// Key path of the deployment profile → value.
        Profile = "profile",
        /// Service or component → `not_enabled`.
        ServiceStart = "service_start",
        /// Name of a fact of the record → value.
        Fact = "fact",
        /// `level` → the highest level of exploitation at which it holds.
        Exploitation = "exploitation",
        /// An analysis document → the component's version it speaks of.
        Manual = "manual",
    }
}

words! {
    /// What a person knows of attacks, mildest first. It only raises: silence says nothing.
    Attacks {
        /// An exploit can be had.
        PublicPoc = "public_poc",
        /// It is being exploited somewhere.
        Active = "active",
        /// Devices of this product were attacked through it.
        InProduct = "in_product",
    }
}

impl Attacks {
    /// The level of exploitation that follows.
    pub fn level(self) -> Exploitation {
        match self {
            Attacks::PublicPoc => Exploitation::PublicPoc,
            Attacks::Active | Attacks::InProduct => Exploitation::Active,
        }
    }
}

/// Facts of a record that a condition can name.
pub const FACTS: &[&str] = &["cvss", "cvss_vector", "cwe", "fixed", "kev", "reason", "verdict"];

/// One of the smallest facts on which a decision rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// Its kind.
    pub kind: AtomKind,
    /// What it is about.
    pub subject: String,
    /// The value it must have.
    pub expected: String,
    /// `algorithm:hex` of what was looked at; empty when nothing is to be compared. For a patch that of its changes.
    pub hash: String,
}

words! {
    /// The kind of a piece of evidence.
    EvidenceKind {
        /// The SBOM does not name the component.
        SbomAbsence = "sbom_absence",
        /// The package list of the image does not name it.
        PackageListAbsence = "package_list_absence",
        /// The flaw is about another platform.
        PlatformMismatch = "platform_mismatch",
        /// A complete list of compiled files.
        CompiledFileList = "compiled_file_list",
        /// The kernel's `.config`.
        KernelConfig = "kernel_config",
        /// Another build configuration.
        BuildConfig = "build_config",
        /// A patch of the build.
        PatchApplied = "patch_applied",
        /// A look into the binary.
        BinaryCheck = "binary_check",
        /// The service is not started.
        ServiceNotStarted = "service_not_started",
        /// A fact of the deployment profile.
        ProfileFact = "profile_fact",
        /// Kernel modules of the image.
        ModuleList = "module_list",
        /// An analysis of the call paths.
        CallPathAnalysis = "call_path_analysis",
        /// An analysis of who controls the input.
        InputControlAnalysis = "input_control_analysis",
        /// A hardening measure seen in the binary.
        HardeningBinary = "hardening_binary",
        /// A hardening measure seen at run time.
        HardeningRuntime = "hardening_runtime",
        /// The result of a test.
        TestResult = "test_result",
        /// A proof that the record is about another product.
        Identity = "identity",
        /// A version that has the fix.
        FixedVersion = "fixed_version",
        /// The report of an attack.
        IncidentReport = "incident_report",
        /// An exploit that was seen or tried.
        ExploitSeen = "exploit_seen",
    }
}

/// One piece of evidence; texts are empty where nothing is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceItem {
    /// Its kind.
    pub kind: EvidenceKind,
    /// What was looked at.
    pub subject: String,
    /// What was found.
    pub value: String,
    /// The tool that found it.
    pub tool: String,
    /// The tool's version.
    pub tool_version: String,
    /// When it was collected.
    pub collected_at: String,
    /// The release it was collected from.
    pub release: String,
    /// `algorithm:hex` of the thing looked at.
    pub hash: String,
    /// A file that holds more.
    pub attachment: String,
}

/// The component of an anchor: package URL without version and qualifiers, and the recipe's or package's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComponentKey {
    /// The name.
    pub name: String,
    /// The package URL; empty = by name alone.
    pub purl: String,
    /// The vendor's tree: a vendor kernel keeps its own key; empty = upstream.
    pub vendor_tree: String,
}

/// What was computed when the decision was made: what is worse now overtakes or contests it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The release; empty when not recorded.
    pub release: String,
    /// The verdict of matching.
    pub verdict: Option<Verdict>,
    /// The computed class.
    pub class: Option<ResponseClass>,
    /// The level of exploitation.
    pub exploitation: Option<Exploitation>,
    /// The highest base score in tenths.
    pub base_tenths: Option<u16>,
    /// The record was disputed already.
    pub is_disputed: bool,
    /// `id@version` of the profile; empty when none.
    pub profile: String,
}

/// Where a decision was read: for messages only, and no part of it.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Key path below the decision to its line; the decision itself has the empty path.
    pub lines: BTreeMap<String, usize>,
}

impl Place {
    /// The line of a key, else that of the decision; 0 = not known.
    pub fn line(&self, key: &str) -> usize {
        self.lines.get(key).or_else(|| self.lines.get("")).copied().unwrap_or_default()
    }
}

/// Two decisions are equal wherever they stand.
impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Its id, unique among the decisions of a product.
    pub id: String,
    /// State as written; what its ground makes of it on a release is computed.
    pub state: DecisionState,
    /// Product line; `*` stands for any text.
    pub product: String,
    /// The component.
    pub component: ComponentKey,
    /// Range of versions in the notation `vers:`.
    pub versions: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// Its other ids at decision time.
    pub aliases: Vec<String>,
    /// What it says; `None` where only the class is decided.
    pub status: Option<VexStatus>,
    /// Why it is not affected, coded.
    pub justification: Option<Justification>,
    /// The class it sets.
    pub class: Option<ResponseClass>,
    /// The risk is accepted until the decision expires.
    pub accepts_risk: bool,
    /// What the author knows of attacks: a fact for the assessment, beside or instead of a decision.
    pub attacks: Option<Attacks>,
    /// Why, in words.
    pub reason: String,
    /// What is to be done, where it is affected.
    pub action: String,
    /// What it rests on.
    pub conditions: Vec<Atom>,
    /// What was looked at.
    pub evidence: Vec<EvidenceItem>,
    /// Who decided.
    pub author: String,
    /// Who looked at it too; empty when nobody.
    pub reviewer: String,
    /// When it was made, RFC 3339 or a day.
    pub created: String,
    /// When it ends; empty = it does not.
    pub expires: String,
    /// Ids of decisions whose place it takes.
    pub supersedes: Vec<String>,
    /// What was computed at that time.
    pub seen: Seen,
    /// Where it was read.
    pub place: Place,
}

impl Decision {
    /// The verdict it stands for; `None` where only the class is decided.
    pub fn verdict(&self) -> Option<Verdict> {
        match (self.status, self.accepts_risk) {
            (Some(status), _) => Some(status.verdict()),
            (None, true) => Some(Verdict::Affected),
            (None, false) => None,
        }
    }

    /// What it says, in words: `not_affected (component_not_present)`, `class routine`.
    pub fn says(&self) -> String {
        let mut parts = Vec::new();
        if let Some(status) = self.status {
            let coded = self.justification.map(|known| format!(" ({})", known.word()));
            parts.push(format!("{}{}", status.word(), coded.unwrap_or_default()));
        }
        if let Some(class) = self.class {
            parts.push(format!("class {}", class.word()));
        }
        if self.accepts_risk {
            parts.push(format!("risk accepted until {}", self.expires));
        }
        match self.attacks {
            Some(Attacks::InProduct) => parts.push("exploited in this product".to_owned()),
            Some(attacks) => parts.push(format!("exploitation {}", attacks.level().word())),
            None => {}
        }
        parts.join(", ")
    }

    /// True when two decisions would have the same effect.
    pub fn agrees_with(&self, other: &Decision) -> bool {
        (self.status, self.justification, self.class, self.accepts_risk, self.attacks)
            == (other.status, other.justification, other.class, other.accepts_risk, other.attacks)
    }

    /// True where it says what is to hold; else it only tells what the author knows of attacks.
    pub fn decides(&self) -> bool {
        self.status.is_some() || self.class.is_some() || self.accepts_risk
    }
}
