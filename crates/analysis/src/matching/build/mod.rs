//! What the build proves: judges that take a finding off the list because its code is not in the product,
//! or is patched there (matching.md 7).
//!
//! Not for reading evidence (that is `formats`), and not for versions or identity, which come before.
//! A judge excludes only on complete, positive evidence; one unknown file, option or part keeps the
//! finding and says so in a qualifier. Start with [`judge`] and the list [`JUDGES`].

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod expression;
pub mod files;
pub mod kbuild;
pub mod known;
pub mod prepared;
mod renames;
// judges
pub mod device_tree;
pub mod packages;
pub mod patches;
pub mod rules;
pub mod sources;
// witnesses of single files
pub mod arch;
pub mod compiled_files;
pub mod headers;
pub mod kernel_config;
pub mod modules;
// what a patch says of itself
pub mod patch_content;
pub(crate) mod patch_fixes;
mod patch_headers;
pub mod patch_names;

use model::build::{BuildEvidence, ConfigOf, Fix, Platform};
use model::component::Component;
use model::finding::{Confidence, Evidence};
use model::reason::Reason;

pub use kbuild::{KbuildLookup, NoMaps};
pub use prepared::Prepared;

/// What is known of one component's build.
#[derive(Clone, Copy)]
pub struct BuildFacts<'a> {
    /// The component.
    pub component: &'a Component,
    /// The evidence of its release.
    pub build: &'a BuildEvidence,
    /// The platform of its release.
    pub platform: &'a Platform,
    /// Kbuild maps, of every tree there is one for.
    pub kbuild: &'a dyn KbuildLookup,
    /// Reviewed rules; those of other vulnerabilities are passed over.
    pub rules: &'a [BuildRule<'a>],
}

/// What is known of one vulnerability.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// Its display id.
    pub vulnerability: &'a str,
    /// All its ids, aliases included; the display id may be among them.
    pub ids: &'a [&'a str],
    /// Affected source files as the records name them; empty when none does.
    pub program_files: &'a [&'a str],
    /// Commits that fix it, on any branch, lower-case hex.
    pub fix_commits: &'a [&'a str],
    /// Those of the fixes whose content is at hand.
    pub fix_diffs: &'a [&'a Fix],
    /// A record says that a fix of this name is itself the flaw (an incomplete backport): names alone prove little.
    pub doubtful_fix: bool,
}

/// A reviewed rule about one vulnerability (rows of the rule table).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildRule<'a> {
    /// Rule id, for evidence.
    pub id: &'a str,
    /// The vulnerability it speaks of (any of its ids).
    pub vulnerability: &'a str,
    /// What must hold for the vulnerability to be there.
    pub needs: Need<'a>,
    /// What it says, with source link.
    pub says: &'a str,
}

/// What a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// Options of a `.config`: an expression in the grammar of `KbuildMap::files`
    /// (`NETSTAT && FEATURE_NETSTAT_PRG`). BusyBox applets and U-Boot commands are options too.
    Options(ConfigOf, &'a str),
    /// A build feature of the component (`PACKAGECONFIG`, `no-xxx`), as in the platform fact `feature:x`.
    Feature(&'a str),
    /// A further fix must be applied too, or the first one is incomplete: its id or commit (regression pairs).
    FurtherFix(&'a str),
}

/// The answer of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildAnswer {
    /// Excluded, with proof.
    Excluded {
        /// The one reason.
        reason: Reason,
        /// How sure.
        confidence: Confidence,
        /// The proof, complete enough to be judged again without the build tree.
        evidence: Vec<Evidence>,
    },
    /// The finding stays.
    Kept {
        /// Evidence looked at and not sufficient, and supporting facts.
        qualifiers: Vec<Reason>,
        /// What was looked at.
        evidence: Vec<Evidence>,
        /// The primary reason to show instead of the version's: `E_PATCH_PARTIAL` (affected) or
        /// `E_PATCH_UNREADABLE` (needs review).
        partial: Option<Reason>,
    },
}

impl BuildAnswer {
    /// True when the finding stays and the build shows its code to be in the product.
    pub fn is_seen_built(&self) -> bool {
        let BuildAnswer::Kept { evidence, .. } = self else { return false };
        evidence.iter().any(|fact| match fact {
            Evidence::File { result, .. } => result == files::BUILT || result == files::MODULE,
            Evidence::Rule { says, .. } => says.starts_with(rules::HOLDS),
            _ => false,
        })
    }
}

/// What one judge says.
pub enum Opinion {
    /// Has nothing to say.
    Silent,
    /// Excluded.
    Excluded(Reason, Confidence, Vec<Evidence>),
    /// Looked, and keeps the finding.
    Kept(Vec<Reason>, Vec<Evidence>, Option<Reason>),
}

/// A judge: a pure function over one component's prepared facts and one vulnerability.
pub type Judge = fn(&Prepared<'_>, &Subject<'_>, &files::Sorted<'_>) -> Opinion;

/// All judges, in the order in which they are asked; the first that excludes decides.
/// Adding one: `docs/how-to/add-a-build-evidence-judge.md`.
pub const JUDGES: &[(&str, Judge)] = &[
    ("patches", patches::judge),
    ("files that nobody ships", files::judge),
    ("reviewed rules", rules::judge),
    ("features", packages::judge),
    ("source files", sources::judge),
    ("device tree", device_tree::judge),
];

/// A witness: what one kind of evidence says of one source file.
pub type Witness = fn(&Prepared<'_>, &sources::File<'_>) -> sources::Says;

/// The witnesses that the judge of source files hears about each file. A file is out when one of them says
/// so and no list names it; the finding is excluded when all its files are out.
pub const WITNESSES: &[(&str, Witness)] = &[
    ("architecture", arch::witness),
    ("compiled files", compiled_files::witness),
    ("config and modules", kernel_config::witness),
];

/// Judges one vulnerability of one component. For many of one component use [`Prepared`].
pub fn judge(facts: &BuildFacts<'_>, subject: &Subject<'_>) -> BuildAnswer {
    Prepared::new(*facts).judge(subject)
}
