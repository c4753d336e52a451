//! The scan: every component of an inventory against the index.
//!
//! Components of the same identity and version are evaluated once. The kernel has most of the candidates, and
//! most of those end by its own CNA's record: nothing else is decoded for them. Work is spread over threads in
//! chunks whose results are put together in order, so the answer does not depend on their number.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use index::{Index, VulnRef, Vulnerability};
use model::component::{Component, Coverage, Role, Scope};
use model::finding::{Finding, Opinion, Verdict};
use model::note::{Note, NoteCode, Severity};
use model::reason::Reason;
use model::record::{Record, RecordState, Source};
use model::sbom::Inventory;
use model::statement::Statement;
use model::version::Scheme;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::build::{BuildFacts, BuildRule, Prepared};
use super::candidates::{Candidates, candidates_of};
use super::evaluate::{Case, Judged, judge};
use super::identity::Identity;
use super::kernel::judge_kernel_record;
use super::knowledge::Knowledge;
use super::opinion::Question;
use super::platforms::Release;
use super::ranges::{ComponentVersion, Detail};
use super::rules::build_rules;
use super::statements::{StatementPolicy, Statements};
use crate::coverage::{Freshness, Seen, coverage_of};

/// How a scan is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The given time, `YYYY-MM-DD` or longer; the only clock of the analysis.
    pub at: String,
    /// Replaces the feeds' own age limits.
    pub max_index_age_days: Option<u16>,
    /// Return findings that are not affected, too.
    pub with_not_affected: bool,
    /// Sources to pass over, as if their feeds were not in the index.
    pub disregard: Vec<Source>,
    /// How far statements of the SBOM count.
    pub statements: StatementPolicy,
}

/// The result of a scan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Findings by component name, version and key, then by vulnerability. Those of build-only components are
    /// among them: the component's scope tells.
    pub findings: Vec<Finding>,
    /// The coverage state of each component of the inventory, in its order, with a few words.
    pub coverage: Vec<(Coverage, String)>,
    /// What was counted on the way.
    pub counts: Counts,
    /// Statements that have no effect any more: the version is fixed anyway, or the record is rejected.
    pub obsolete_statements: Vec<Obsolete>,
    /// Records of the index that could not be read.
    pub notes: Vec<Note>,
}

/// Numbers of a scan. Every candidate is counted under exactly one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// (component, vulnerability) pairs that share a key.
    pub candidates: usize,
    /// Findings that are affected.
    pub affected: usize,
    /// Findings that need review.
    pub needs_review: usize,
    /// Pairs that are not affected.
    pub not_affected: usize,
    /// Candidates that are no finding: namesakes, platform mentions, records that say nothing of the component.
    pub removed: usize,
    /// Pairs per primary reason, removed ones included.
    pub by_reason: BTreeMap<Reason, usize>,
}

/// A statement that the data have overtaken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obsolete {
    /// The vulnerability.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// Why it has no effect.
    pub reason: Reason,
    /// What the statement says.
    pub says: String,
}

/// Scans an inventory.
pub fn scan(index: &Index, inventory: &Inventory, options: &Options) -> Scan {
    let session = Session::of(index, inventory, options);
    let groups = session.groups();
    let results = session.evaluate(&groups);
    session.collect(&groups, results)
}

/// What is computed once per scan.
pub(super) struct Session<'a> {
    pub(super) knowledge: Knowledge<'a>,
    pub(super) inventory: &'a Inventory,
    pub(super) options: &'a Options,
    pub(super) release: Release<'a>,
    pub(super) statements: Statements<'a>,
    pub(super) freshness: Freshness<'a>,
    pub(super) stale: Vec<Source>,
}

/// Components of one identity and version, with what they share.
struct Group<'s> {
    members: Vec<usize>,
    prepared: OfComponent<'s>,
    candidates: Candidates,
}

/// One component, ready to be judged.
pub(super) struct OfComponent<'s> {
    pub(super) identity: Identity<'s>,
    pub(super) rules: Vec<BuildRule<'s>>,
}

/// What came out of a run of candidates.
#[derive(Default)]
struct Outcome {
    findings: Vec<Finding>,
    counts: Counts,
    obsolete: Vec<Obsolete>,
    notes: Vec<Note>,
    covers_release: bool,
    lists_other_release: Vec<usize>,
}

/// Candidates per unit of work.
const CHUNK: usize = 256;
/// Below this many candidates threads cost more than they bring.
const WORTH_THREADS: usize = 512;

impl<'a> Session<'a> {
    pub(super) fn of(index: &'a Index, inventory: &'a Inventory, options: &'a Options) -> Session<'a> {
        let freshness = Freshness::of(index, options);
        Session {
            knowledge: Knowledge::of(index),
            inventory,
            options,
            release: Release::of(inventory),
            statements: Statements::of(inventory),
            stale: freshness.stale_sources(),
            freshness,
        }
    }

    pub(super) fn component(&self, component: &'a Component) -> OfComponent<'_> {
        let identity = Identity::of(component, &self.inventory.platform, self.knowledge.aliases);
        let rules = if identity.rows.is_empty() { Vec::new() } else { build_rules(self.knowledge.rules, &identity) };
        OfComponent { identity, rules }
    }

    /// The version of a component that stands beside the one under test.
    fn version_of<'c>(&'c self, component: &'c Component) -> ComponentVersion<'c> {
        let scheme = match component.role {
            Role::Kernel => Scheme::Linux,
            _ => index::tables::scheme_of(self.knowledge.aliases, component),
        };
        self.version(component, scheme, Detail::Brief)
    }

    fn version<'c>(&'c self, component: &'c Component, scheme: Scheme, detail: Detail) -> ComponentVersion<'c> {
        ComponentVersion {
            origin: component.version_origin,
            released: &component.released,
            distribution: &self.inventory.platform.distribution,
            commit: &component.git.commit,
            vendor_tree: !component.vendor_tree.is_empty(),
            detail,
            ..ComponentVersion::new(&component.version, scheme)
        }
    }

    /// Runs `work` with everything a component is judged with.
    pub(super) fn with_case<T>(
        &self,
        of: &OfComponent<'_>,
        build: &Prepared<'_>,
        detail: Detail,
        work: impl FnOnce(&Case<'_>) -> T,
    ) -> T {
        let identity = &of.identity;
        let version_of = |component: &Component| -> ComponentVersion<'_> {
            // The closure's own borrow is shorter than the session's.
            ComponentVersion { ..short(self, component) }
        };
        let vendors = |product: &str| self.knowledge.vendors(product);
        let version = ComponentVersion {
            line_lists: identity.has_flag("line-lists"),
            no_patch_levels: identity.has_flag("no-patch-levels"),
            ..self.version(identity.component, identity.scheme, detail)
        };
        let question = Question {
            identity,
            version,
            release: &self.release,
            version_of: &version_of,
            vendors: &vendors,
            commits: &self.knowledge,
        };
        work(&Case {
            knowledge: &self.knowledge,
            question,
            statements: &self.statements,
            policy: self.options.statements,
            build,
            stale: &self.stale,
        })
    }
}
