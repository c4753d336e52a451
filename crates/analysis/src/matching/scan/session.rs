//! What is computed once per scan, and how a component is made ready to be judged.

use index::{Index, Vulnerability};
use model::component::Component;
use model::record::{Record, Source};
use model::sbom::Inventory;

use super::Options;
use crate::coverage::Freshness;
use crate::matching::branches;
use crate::matching::build::{BuildFacts, BuildRule, Prepared};
use crate::matching::distribution::Family;
use crate::matching::evaluate::Case;
use crate::matching::history::{Asked, Commits};
use crate::matching::identity::{Fits, Identity};
use crate::matching::knowledge::Knowledge;
use crate::matching::lines::Lines;
use crate::matching::opinion::Question;
use crate::matching::platforms::Release;
use crate::matching::ranges::{ComponentVersion, Detail, Trace, VersionFacts};
use crate::matching::rules::build_rules;
use crate::matching::statements::Statements;

/// What is computed once per scan.
pub(in crate::matching) struct Session<'a> {
    pub(in crate::matching) knowledge: Knowledge<'a>,
    pub(in crate::matching) inventory: &'a Inventory,
    pub(in crate::matching) options: &'a Options,
    pub(in crate::matching) release: Release<'a>,
    pub(in crate::matching) statements: Statements<'a>,
    pub(in crate::matching) freshness: Freshness<'a>,
    pub(in crate::matching) stale: Vec<Source>,
    histories: Vec<Asked<'a>>,
}

/// One component, ready to be judged.
pub(in crate::matching) struct OfComponent<'s> {
    pub(in crate::matching) identity: Identity<'s>,
    pub(in crate::matching) rules: Vec<BuildRule<'s>>,
    pub(in crate::matching) lines: Lines,
}

impl<'a> Session<'a> {
    pub(in crate::matching) fn of(
        index: &'a Index,
        inventory: &'a Inventory,
        options: &'a Options,
    ) -> Session<'a> {
        let freshness = Freshness::of(index, options);
        Session {
            release: Release::of(inventory, index.alias_table()),
            knowledge: Knowledge::of(index),
            inventory,
            options,
            statements: Statements::of(inventory),
            histories: Asked::all(&inventory.build.histories, index),
            stale: freshness.stale_sources(),
            freshness,
        }
    }

    pub(in crate::matching) fn component(&self, component: &'a Component) -> OfComponent<'a> {
        let identity = Identity::of(component, &self.inventory.platform, self.knowledge.aliases);
        let rules =
            if identity.rows.is_empty() { Vec::new() } else { build_rules(self.knowledge.rules, &identity) };
        let lines = self.lines(&identity);
        OfComponent { identity, rules, lines }
    }

    /// The lines of its product: by the alias table, else by its name where a feed tells the life of its branches.
    fn lines(&self, identity: &Identity<'_>) -> Lines {
        let table = self.knowledge.index.branches();
        let name = identity.component.name.as_str();
        let is_told = identity.rows.is_empty()
            && identity.language().is_none()
            && table.of_product(name).next().is_some_and(|row| !row.feed.is_empty());
        let products = identity.rows.iter().map(|row| row.canonical.as_str());
        Lines::of(table, products.chain(is_told.then_some(name)), identity.scheme)
    }

    /// When the component was released, by its input or at the earliest by its branch.
    fn released<'s>(&'s self, identity: &'s Identity<'_>) -> &'s str {
        if !identity.component.released.is_empty() {
            return &identity.component.released;
        }
        let by_branch = |row: &&index::tables::AliasRow| {
            branches::released_at_the_earliest(
                self.knowledge.index.branches(),
                &row.canonical,
                identity.scheme,
                &identity.component.version,
            )
        };
        identity.rows.iter().map(by_branch).find(|month| !month.is_empty()).unwrap_or_default()
    }

    /// Runs `work` with everything a component is judged with.
    pub(in crate::matching) fn with_case<T>(
        &self,
        of: &OfComponent<'_>,
        build: &Prepared<'_>,
        detail: Detail,
        trace: Option<&Trace>,
        work: impl FnOnce(&Case<'_>) -> T,
    ) -> T {
        let identity = &of.identity;
        let vendors = |product: &str| self.knowledge.vendors(product);
        let fits = Fits::of(identity, &vendors);
        let is_tracked = |family: Family, package: &str| self.knowledge.is_tracked(family, package);
        let facts = VersionFacts::of(&identity.component.version, identity.scheme);
        let asked = self.history(identity.component);
        let commits = Commits { knowledge: &self.knowledge, asked };
        let version = ComponentVersion {
            facts: Some(&facts),
            released: self.released(identity),
            line_lists: identity.has_flag("line-lists"),
            no_patch_levels: identity.has_flag("no-patch-levels"),
            // Commits are compared by ancestry, which no index holds: without a history the question would only cost time.
            commit: asked.map_or("", |asked| asked.commit()),
            trace,
            ..self.release.version(identity.component, identity.scheme, detail)
        };
        let question = Question {
            identity,
            version,
            release: &self.release,
            fits: &fits,
            is_tracked: &is_tracked,
            commits: &commits,
        };
        work(&Case {
            knowledge: &self.knowledge,
            question,
            statements: &self.statements,
            policy: self.options.statements,
            build,
            stale: &self.stale,
            is_branch_ended: identity.is_kernel
                && branches::has_ended(self.knowledge.index.branches(), identity.component, &self.options.at),
            lines: &of.lines,
        })
    }

    /// The history of the component's own commit, where a clone was given.
    pub(in crate::matching) fn history(&self, component: &Component) -> Option<Asked<'a>> {
        self.histories.iter().find(|asked| asked.is_of(component)).copied()
    }

    pub(in crate::matching) fn build<'s>(&'s self, of: &'s OfComponent<'s>) -> Prepared<'s> {
        Prepared::new(BuildFacts {
            component: of.identity.component,
            build: &self.inventory.build,
            platform: &self.inventory.platform,
            kbuild: &self.knowledge,
            rules: &of.rules,
        })
    }

    /// The records that count, decoded.
    pub(in crate::matching) fn decoded<'v>(
        &self,
        vulnerability: &Vulnerability<'v>,
    ) -> (Vec<Record<'v>>, Vec<String>) {
        let mut errors = Vec::new();
        let records = vulnerability
            .records()
            .filter(|record| !self.options.disregard.contains(&record.source()))
            .filter_map(|record| {
                record.decode_for_matching().map_err(|error| errors.push(error.to_string())).ok()
            })
            .collect();
        (records, errors)
    }
}
