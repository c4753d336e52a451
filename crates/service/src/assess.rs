//! Assessing the findings of a scan in a deployment profile.

pub use analysis::risk::assess::under_misuse;
use analysis::risk::assess::{Outcome, assess_with};
pub use analysis::risk::patch::{PatchError, patched};
use analysis::risk::sheet::sheets;
use model::assessment::Assessment;
use model::component::{Role, Scope};
use model::finding::{Finding, Verdict};
use model::profile::Profile;
use model::record::Source;
use model::sbom::Inventory;

use crate::knowledge::Knowledge;
use crate::scan::Scan;

/// A finding's assessment with what misuse would make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// The judgement.
    pub assessment: Assessment,
    /// Misuse that happens now and then and is worse: (misuse id, class).
    pub under_misuse: Vec<(String, model::assessment::ResponseClass)>,
}

/// The assessments of a scan, one place for each finding; `None` for what is not affected
/// and for what only took part in the build.
pub fn assess_scan(
    knowledge: &Knowledge,
    inventory: &Inventory,
    scan: &Scan,
    profile: &Profile,
) -> Vec<Option<Assessed>> {
    scan.findings.iter().map(|finding| assess_finding(knowledge, inventory, finding, profile)).collect()
}

/// One finding: the worst over the sides by which input may come.
pub fn assess_finding(
    knowledge: &Knowledge,
    inventory: &Inventory,
    finding: &Finding,
    profile: &Profile,
) -> Option<Assessed> {
    if finding.verdict == Verdict::NotAffected {
        return None;
    }
    let component = inventory.components.get(finding.component)?;
    if matches!(component.scope, Scope::BuildOnly | Scope::Test) {
        return None;
    }
    let files = match component.role {
        Role::Kernel => affected_files(knowledge, &finding.vulnerability),
        _ => Vec::new(),
    };
    let worst = sheets(finding, component, &files)
        .into_iter()
        .filter_map(|sheet| match assess_with(&sheet, profile, knowledge.tables) {
            Outcome::Assessed(assessment) => Some((sheet, assessment)),
            Outcome::NoFinding | Outcome::NotAffected(_) => None,
        })
        // The first of equal ones stands.
        .rev()
        .max_by_key(|(_, assessment)| (assessment.class, assessment.ceiling, assessment.row.number))?;
    let (sheet, assessment) = worst;
    let under_misuse = under_misuse(&sheet, profile, assessment.class, knowledge.tables);
    Some(Assessed { assessment: *assessment, under_misuse })
}

/// The files of the kernel's tree that its own CNA names.
fn affected_files(knowledge: &Knowledge, id: &str) -> Vec<String> {
    let index = &knowledge.index;
    let Some(vulnerability) = index.find(id).and_then(|number| index.vulnerability(number).ok()) else {
        return Vec::new();
    };
    let by_cna = vulnerability
        .records()
        .filter(|record| matches!(record.source(), Source::KernelCna | Source::CveCna))
        .filter_map(|record| record.decode_for_matching().ok());
    let mut files: Vec<String> = by_cna
        .flat_map(|record| record.claims)
        .flat_map(|claim| claim.subject.program_files)
        .map(|file| file.into_owned())
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}
