//! Two states of a product side by side, each difference with its cause.
//!
//! With the inputs at hand nothing is guessed: the old build is judged with the new knowledge, then the new build with
//! it, then with the new profile and decisions. The step that changes an answer is its cause.

pub use analysis::policy::compare::{
    Cause, Comparison, Difference, Kind, Origin, Side, SideComponent, SideFinding, State, by_record,
};
use analysis::policy::compare::{Changed, Stage, by_stages};
use model::component::Role;
use model::sbom::Inventory;

use crate::judge::{Grounds, Judged, judge};
use crate::knowledge::Knowledge;
use crate::scan::Options;

/// One state to be judged.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The knowledge.
    pub knowledge: &'a Knowledge,
    /// What was read.
    pub inventory: &'a Inventory,
    /// Profile and decisions.
    pub grounds: &'a Grounds,
}

impl Given<'_> {
    fn judged(&self, options: &Options) -> Side {
        let judged = judge(self.knowledge, self.inventory, self.grounds, options);
        side_of(self.knowledge, self.inventory, &judged, &options.at)
    }
}

/// Both sides and what is different.
pub struct Compared {
    /// The old side.
    pub old: Side,
    /// The new side.
    pub new: Side,
    /// The differences.
    pub comparison: Comparison,
}

/// Compares two states. `same_knowledge` says that both are judged with one index.
pub fn compare(old: Given<'_>, new: Given<'_>, options: &Options, same_knowledge: bool) -> Compared {
    // What was excluded is wanted, too: its reason names the patch or the evidence that did it.
    let options = Options { verdicts_only: true, with_not_affected: true, ..options.clone() };
    let before = old.judged(&options);
    let data = (!same_knowledge).then(|| Given { knowledge: new.knowledge, ..old }.judged(&options));
    // An inferred profile is read off the build and goes with it.
    let is_inferred = new.grounds.profile.is_inferred || old.grounds.profile.is_inferred;
    let grounds = if is_inferred { new.grounds } else { old.grounds };
    let same_build = std::ptr::eq(old.inventory, new.inventory);
    let build = (!same_build).then(|| Given { grounds, ..new }.judged(&options));
    let after = new.judged(&options);
    let mut stages: Vec<Stage<'_>> = Vec::new();
    if let Some(side) = &data {
        stages.push(Stage { side, is_new_build: same_build, changed: Changed::Knowledge });
    }
    if let Some(side) = &build {
        stages.push(Stage { side, is_new_build: true, changed: Changed::Build });
    }
    stages.push(Stage { side: &after, is_new_build: true, changed: Changed::Grounds });
    let comparison = by_stages(&before, &stages);
    Compared { old: before, new: after, comparison }
}

/// A judged release as a side.
pub fn side_of(knowledge: &Knowledge, inventory: &Inventory, judged: &Judged, at: &str) -> Side {
    let components = inventory.components.iter().map(|component| {
        let mut patches: Vec<String> = component.patches.iter().map(|patch| patch.name.clone()).collect();
        patches.sort_unstable();
        patches.dedup();
        SideComponent {
            name: component.name.clone(),
            version: component.version.clone(),
            instance: component.instance.clone(),
            scope: component.scope.word().to_owned(),
            is_kernel: component.role == Role::Kernel,
            patches,
        }
    });
    let findings = judged.rows().map(|(finding, _, effect)| SideFinding {
        component: finding.component,
        vulnerability: finding.vulnerability.clone(),
        aliases: finding.aliases.clone(),
        state: State {
            verdict: finding.verdict,
            reason: finding.reason.code().to_owned(),
            status: effect.status.word().to_owned(),
            class: effect.class,
            source: effect.source.clone(),
            is_open: effect.is_open(),
        },
        fixed: finding.fixed.clone(),
    });
    let profile = &judged.profile;
    Side {
        components: components.collect(),
        findings: findings.collect(),
        knowledge: knowledge.index.header().fingerprint.clone(),
        evidence: evidence_of(inventory),
        profile: match profile.is_inferred {
            true => "inferred".to_owned(),
            false => format!("{} version {}", profile.id, profile.version),
        },
        at: at.to_owned(),
    }
}

/// Kind and hash of the build evidence, sorted.
fn evidence_of(inventory: &Inventory) -> Vec<String> {
    let configs = inventory.build.configs.iter().map(|config| format!("config {}", config.hash));
    let lists = inventory.build.compiled.iter().map(|list| format!("compiled_files {}", list.hash));
    let modules = inventory.build.modules.iter().flat_map(|list| &list.files);
    let modules = modules.map(|file| format!("module_list {}", file.rsplit(' ').next().unwrap_or(file)));
    let histories = inventory.build.histories.iter().map(|history| format!("git {}", history.commit));
    let trees = inventory.build.device_trees.iter().map(|tree| format!("device_tree {}", tree.hash));
    let fixes = inventory.build.fixes.iter().map(|fix| format!("fix {}", fix.commit));
    let further = modules.chain(histories).chain(trees).chain(fixes);
    let mut evidence: Vec<String> = configs.chain(lists).chain(further).collect();
    evidence.sort_unstable();
    evidence
}
