//! Fix advice for findings, with what only explanations read: the records' texts.

use analysis::matching::fixes::FixReader;
use model::finding::Finding;
use model::fix::FixAdvice;
use model::record::Reference;
use model::sbom::Inventory;

use crate::knowledge::Knowledge;
use crate::scan::Options;

/// Advises on the findings of one inventory.
pub struct Adviser<'a> {
    reader: FixReader<'a>,
    at: &'a str,
}

impl<'a> Adviser<'a> {
    /// For an inventory.
    pub fn of(knowledge: &'a Knowledge, inventory: &'a Inventory, options: &'a Options) -> Adviser<'a> {
        Adviser { reader: FixReader::of(&knowledge.index, inventory, options), at: &options.at }
    }

    /// The advice on a finding; `None` for what is not affected.
    pub fn on(&self, finding: &Finding) -> Option<FixAdvice> {
        if finding.verdict == model::finding::Verdict::NotAffected {
            return None;
        }
        self.on_pair(finding.component, &finding.vulnerability)
    }

    /// The advice on a vulnerability in a component, by its number in the inventory.
    pub fn on_pair(&self, component: usize, vulnerability: &str) -> Option<FixAdvice> {
        analysis::policy::remedy::advise(&self.reader, component, vulnerability, self.at)
    }
}

/// Adds the addresses that records mark or write as patches.
pub fn add_patches<'r>(advice: &mut FixAdvice, references: impl Iterator<Item = &'r Reference<'r>>) {
    let is_patch = |reference: &&Reference<'_>| {
        let is_tagged = reference.tags.iter().any(|tag| tag.eq_ignore_ascii_case("patch"));
        let url = reference.url.to_ascii_lowercase();
        is_tagged || url.ends_with(".patch") || url.ends_with(".diff") || url.contains("/commit/")
    };
    for reference in references.filter(is_patch) {
        let url = reference.url.to_string();
        if !advice.patches.contains(&url) && !advice.commits.iter().any(|commit| commit.url == url) {
            advice.patches.push(url);
        }
    }
}
