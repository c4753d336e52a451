//! Statements of our own findings, ready to be written by `formats::vex::write`.
//!
//! The status follows from the verdict and its reason; the impact text is made of the evidence, so that a reader
//! can check it (matching.md 7.7). A *not affected* whose reason is not one of the five is never published as such.

use model::component::Component;
use model::finding::{Evidence, Finding, Verdict};
use model::reason::Reason;
use model::vex::{Justification, ProductRef, VexStatement, VexStatus};

use Justification::{ComponentNotPresent, VulnerableCodeNotPresent};
use VexStatus::{FalsePositive, Fixed, FixedBackport, NotAffected, UnderInvestigation};

/// Pieces of evidence that are told in a text; the rest is counted.
const TOLD: usize = 12;

/// The statement on a finding: `product` is what is shipped, `component` what the finding is about.
pub fn statement(product: &ProductRef, component: &Component, finding: &Finding) -> VexStatement {
    let (status, justification) = position(finding);
    let mut statement = VexStatement::new(&finding.vulnerability, status);
    statement.aliases.clone_from(&finding.aliases);
    statement.justification = justification;
    let part = reference(component);
    statement.products = vec![ProductRef { subcomponents: vec![part], ..product.clone() }];
    let text = explain(finding);
    match status {
        NotAffected | FalsePositive => statement.impact = text,
        VexStatus::Affected => {
            statement.action = action(component, finding);
            statement.detail = text;
        }
        _ => statement.detail = text,
    }
    statement
}

/// A component by all its identifiers.
pub fn reference(component: &Component) -> ProductRef {
    let purls: Vec<String> = component.purls.iter().map(ToString::to_string).collect();
    let cpes: Vec<String> = component.cpes.iter().map(|known| versioned(&known.cpe, component)).collect();
    let is_versioned = component.purls.iter().any(|purl| !purl.version.is_empty())
        || component.cpes.iter().any(|known| known.cpe.version != "*" && has_version(&known.cpe, component));
    let versions = if is_versioned || component.version.is_empty() {
        Vec::new()
    } else {
        vec![component.version.clone()]
    };
    ProductRef {
        reference: component.source_ref.clone(),
        name: component.name.clone(),
        purls,
        cpes,
        hashes: component.hashes.clone(),
        versions,
        subcomponents: Vec::new(),
    }
}

/// A CPE that names vendor and product but says "no version" of a component that has one gets the component's.
fn versioned(cpe: &model::identity::Cpe, component: &Component) -> String {
    if has_version(cpe, component) && cpe.version == "-" {
        return model::identity::Cpe { version: component.version.clone(), ..cpe.clone() }.to_23();
    }
    cpe.to_23()
}

fn has_version(cpe: &model::identity::Cpe, component: &Component) -> bool {
    cpe.version != "-" || (!component.version.is_empty() && !matches!(cpe.vendor.as_str(), "*" | "-" | ""))
}

/// Status and justification of a finding.
pub fn position(finding: &Finding) -> (VexStatus, Option<Justification>) {
    match finding.verdict {
        Verdict::Affected => (VexStatus::Affected, None),
        Verdict::NeedsReview => (UnderInvestigation, None),
        Verdict::NotAffected => not_affected(finding),
    }
}

fn not_affected(finding: &Finding) -> (VexStatus, Option<Justification>) {
    match finding.reason {
        Reason::VFixed
        | Reason::GFixInHistory
        | Reason::KFixedInBranch
        | Reason::KFixedMainline
        | Reason::DFixed => (Fixed, None),
        Reason::EPatchVerified | Reason::EPatchNamed => (FixedBackport, None),
        Reason::IOtherProduct
        | Reason::IOtherEcosystem
        | Reason::IOtherEdition
        | Reason::IPlatformMention
        | Reason::IDistroOnly
        | Reason::INoProduct
        | Reason::RRejected
        | Reason::RHostedService => (FalsePositive, Some(ComponentNotPresent)),
        Reason::ISubcomponent | Reason::ENotOnTarget => (NotAffected, Some(ComponentNotPresent)),
        Reason::SSupplierFixed => (Fixed, None),
        Reason::SSupplierNotAffected | Reason::SBuildStatus | Reason::RLocalRule => stated(finding),
        _ => (NotAffected, Some(VulnerableCodeNotPresent)),
    }
}

/// What a statement said that decided the finding. Without one of the five justifications it is not repeated in
/// our name.
fn stated(finding: &Finding) -> (VexStatus, Option<Justification>) {
    for evidence in finding.evidence.iter().rev() {
        let Evidence::Statement { says, .. } = evidence else { continue };
        let (status, reason) = says.split_once(" (").unwrap_or((says, ""));
        let reason = reason.trim_end_matches(')');
        if let Some(justification) = Justification::parse(reason).or_else(|| of_build_word(reason)) {
            let status = VexStatus::parse(status).unwrap_or(NotAffected);
            return (status, Some(justification).filter(|_| matches!(status, NotAffected | FalsePositive)));
        }
        if let Some(status @ (Fixed | FixedBackport)) = VexStatus::parse(status) {
            return (status, None);
        }
    }
    if finding.reason == Reason::RLocalRule && !has_statement(finding) {
        // A local record speaks of versions and products, as the records of the feeds do.
        return (NotAffected, Some(VulnerableCodeNotPresent));
    }
    (UnderInvestigation, None)
}

fn has_statement(finding: &Finding) -> bool {
    finding.evidence.iter().any(|evidence| matches!(evidence, Evidence::Statement { .. }))
}

/// `CVE_STATUS` words of a build system, with the text behind a colon.
fn of_build_word(word: &str) -> Option<Justification> {
    match word.split([':', ' ']).next().unwrap_or_default() {
        "cpe-incorrect" => Some(ComponentNotPresent),
        "version-not-in-range" | "not-applicable-config" | "not-applicable-platform" => {
            Some(VulnerableCodeNotPresent)
        }
        _ => None,
    }
}

fn action(component: &Component, finding: &Finding) -> String {
    if finding.fixed.is_empty() {
        return format!("No fixed version of {} is known for its line yet.", component.name);
    }
    format!("Update {} from {} to {} or later.", component.name, component.version, finding.fixed)
}

/// The reason in words, then the evidence it rests on.
fn explain(finding: &Finding) -> String {
    let mut sentences = vec![format!("{} [{}]", finding.reason.meaning(), finding.reason.code())];
    let told = finding.evidence.iter().filter_map(tell);
    sentences.extend(told.clone().take(TOLD));
    let more = told.count().saturating_sub(TOLD);
    if more > 0 {
        sentences.push(format!("and {more} more"));
    }
    sentences.join("; ")
}

/// One piece of evidence as a person reads it; identity and severity rows say nothing about the verdict.
fn tell(evidence: &Evidence) -> Option<String> {
    let with = |text: String, more: &str| if more.is_empty() { text } else { format!("{text}: {more}") };
    Some(match evidence {
        Evidence::Identity { .. } => return None,
        Evidence::Range { entry, version, outcome, .. } => {
            format!("version {version} is {outcome} of {entry}")
        }
        Evidence::Platform { condition, value, because } => {
            with(format!("platform {condition} is {value}"), because)
        }
        Evidence::File { path, result, proof, .. } => with(format!("{path} is {result}"), proof),
        Evidence::Patch { name, says } => with(format!("patch {name}"), says),
        Evidence::Statement { by, says, text } => with(format!("{by} says {says}"), text),
        Evidence::Input { what, says } => with(what.clone(), says),
        Evidence::Rule { id, says } => with(format!("rule {id}"), says),
        Evidence::Remark(text) => text.clone(),
    })
}
