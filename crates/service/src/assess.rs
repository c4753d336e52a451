//! Assessing the findings of a scan in a deployment profile.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use analysis::risk::assess::under_misuse;
use analysis::risk::assess::{Outcome, assess_with};
use analysis::risk::conditions;
pub use analysis::risk::conditions::Proposal;
pub use analysis::risk::dependants::Dependants;
use analysis::risk::facts::FactSheet;
use analysis::risk::likelihood::{EPSS_IS_PUBLIC, public_by_epss};
pub use analysis::risk::patch::{PatchError, patched};
use analysis::risk::sheet::sheets;
use model::assessment::Assessment;
use model::component::Scope;
use model::finding::{Finding, Verdict};
use model::profile::Profile;
use model::record::Source;
use model::sbom::Inventory;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use crate::knowledge::Knowledge;
use crate::scan::Scan;
use crate::told::Told;

/// A finding's assessment with what misuse would make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// The judgement.
    pub assessment: Assessment,
    /// Misuse that happens now and then and is worse: (misuse id, class).
    pub under_misuse: Vec<(String, model::assessment::ResponseClass)>,
}

/// The assessments of a scan, one place for each finding; `None` for what is not affected
/// and for what only took part in the build; `dependants` are those of the inventory in the profile. Findings with equal facts share one.
pub fn assess_scan(
    knowledge: &Knowledge,
    inventory: &Inventory,
    scan: &Scan,
    profile: &Profile,
    dependants: &Dependants,
) -> Vec<Option<Arc<Assessed>>> {
    let name =
        |finding: &Finding| inventory.components.get(finding.component).map(|component| &component.name);
    let of_product = |findings: &[Finding]| {
        let mut assessor =
            Assessor { knowledge, inventory, profile, dependants, known: FxHashMap::default() };
        findings.iter().map(|finding| assessor.finding(finding, None)).collect::<Vec<_>>()
    };
    // The findings of a scan are in the order of the components' names.
    let products: Vec<&[Finding]> = scan.findings.chunk_by(|a, b| name(a) == name(b)).collect();
    products.into_par_iter().flat_map_iter(of_product).collect()
}

/// One finding: the worst over the sides by which input may come.
pub fn assess_finding(
    knowledge: &Knowledge,
    inventory: &Inventory,
    finding: &Finding,
    profile: &Profile,
    dependants: &Dependants,
    told: Option<&Told>,
) -> Option<Arc<Assessed>> {
    Assessor { knowledge, inventory, profile, dependants, known: FxHashMap::default() }.finding(finding, told)
}

/// Assesses finding after finding. Thousands of a kernel have a few dozen different sets of facts.
struct Assessor<'a> {
    knowledge: &'a Knowledge,
    inventory: &'a Inventory,
    profile: &'a Profile,
    dependants: &'a Dependants,
    known: FxHashMap<u64, Vec<Known>>,
}

/// Facts, and what they come to; `None` = no finding.
type Known = (FactSheet, Option<Arc<Assessed>>);

impl Assessor<'_> {
    fn finding(&mut self, finding: &Finding, told: Option<&Told>) -> Option<Arc<Assessed>> {
        if finding.verdict == Verdict::NotAffected {
            return None;
        }
        let component = self.inventory.components.get(finding.component)?;
        if matches!(component.scope, Scope::BuildOnly | Scope::Test) {
            return None;
        }
        let reached = self.dependants.at(finding.component);
        let sides: Vec<Arc<Assessed>> = sheets(finding, component, reached, &finding.files)
            .into_iter()
            .map(|mut sheet| {
                told.iter().for_each(|told| told.fill(&mut sheet));
                sheet
            })
            .filter_map(|sheet| self.sheet(sheet))
            .collect();
        // The first of equal ones stands.
        sides.into_iter().rev().max_by_key(|one| {
            let assessment = &one.assessment;
            (assessment.class, assessment.ceiling, assessment.row.number)
        })
    }

    fn sheet(&mut self, mut sheet: FactSheet) -> Option<Arc<Assessed>> {
        // Below the threshold the number says nothing (assessment.md 2.6), nor does the earlier one above it.
        sheet.epss = sheet.epss.filter(|_| public_by_epss(sheet.epss, sheet.epss_before).is_some());
        let needs_before = sheet.epss.is_some_and(|probability| probability < EPSS_IS_PUBLIC);
        sheet.epss_before = sheet.epss_before.filter(|_| needs_before);
        let mut hasher = FxHasher::default();
        (&sheet.component, &sheet.vector, &sheet.kev_since, &sheet.kev_by).hash(&mut hasher);
        (&sheet.entry.subsystem, &sheet.cwes, &sheet.requires).hash(&mut hasher);
        let alike = self.known.entry(hasher.finish()).or_default();
        if let Some((_, known)) = alike.iter().find(|(known, _)| *known == sheet) {
            return known.clone();
        }
        let tables = self.knowledge.tables;
        let assessed = match assess_with(&sheet, self.profile, tables) {
            Outcome::Assessed(assessment) => {
                let under_misuse = under_misuse(&sheet, self.profile, assessment.class, tables);
                Some(Arc::new(Assessed { assessment: *assessment, under_misuse }))
            }
            Outcome::NoFinding | Outcome::NotAffected(_) => None,
        };
        alike.push((sheet, assessed.clone()));
        assessed
    }
}

/// The question behind a circumstance; that of the name itself where the vocabulary has none.
pub fn question_of(name: &str) -> &'static str {
    conditions::known(name)
        .map_or("Does this circumstance hold in the standard deployment?", |known| known.question)
}

/// The question that a description raises.
pub fn question_of_proposal(proposal: &Proposal) -> &'static str {
    proposal
        .condition
        .map_or("Does what its description asks for hold in the standard deployment?", |known| known.question)
}

/// The question that the description of a finding raises: reads its texts, so for explanations only.
pub fn proposal(
    knowledge: &Knowledge,
    inventory: &Inventory,
    finding: &Finding,
    assessed: &Assessed,
) -> Option<Proposal> {
    let component = inventory.components.get(finding.component)?;
    let index = &knowledge.index;
    let vulnerability = index.vulnerability(index.find(&finding.vulnerability)?).ok()?;
    let mut asked = assessed.assessment.questions.clone();
    let ids = std::iter::once(&finding.vulnerability).chain(&finding.aliases);
    asked.extend(analysis::risk::entry::conditions(ids.map(String::as_str)));
    let proposals = vulnerability.records().filter_map(|record| {
        let texts = record.texts().ok()?;
        conditions::proposal(&texts.description, &component.name, &asked)
    });
    // One question for a finding; one that the vocabulary knows before any other.
    let mut all: Vec<Proposal> = proposals.collect();
    all.sort_by_key(|one| one.condition.is_none());
    all.into_iter().next()
}

/// The files of the kernel's tree that its own CNA names: for findings that matching settled, which carry none.
pub(crate) fn affected_files(knowledge: &Knowledge, id: &str) -> Vec<String> {
    let index = &knowledge.index;
    let Some(vulnerability) = index.find(id).and_then(|number| index.vulnerability(number).ok()) else {
        return Vec::new();
    };
    let files_by = |source: Source| -> Vec<String> {
        let records = vulnerability.records().filter(|record| record.source() == source);
        let mut files: Vec<String> = records
            .filter_map(|record| record.decode_for_matching().ok())
            .flat_map(|record| record.claims)
            .flat_map(|claim| claim.subject.program_files)
            .map(|file| file.into_owned())
            .collect();
        files.sort_unstable();
        files.dedup();
        files
    };
    // The CNA's own tree is the newer copy of what it sends to the list.
    match files_by(Source::KernelCna) {
        none if none.is_empty() => files_by(Source::CveCna),
        files => files,
    }
}
