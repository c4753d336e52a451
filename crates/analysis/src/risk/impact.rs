//! Technical and product impact (assessment.md 3.3, 3.4).

use model::assessment::{Input, ProductImpact, TechnicalImpact};
use model::profile::{Basis, Function, Mission, Profile, Requirement, RunsAs, Safety};

use super::facts::{FactSheet, Losses};

/// Weaknesses that give complete control by their nature.
const TOTAL: [u32; 6] = [77, 78, 94, 502, 506, 798];

/// Memory errors of the kernel that end in control of it.
const TOTAL_IN_KERNEL: [u32; 6] = [416, 787, 122, 121, 415, 190];

/// Control gained over the component.
pub fn technical_impact(facts: &FactSheet, is_kernel: bool) -> Input<TechnicalImpact> {
    let input = |value, basis, because: &str| Input { value, basis, because: vec![because.to_owned()] };
    if let Some((value, basis)) = facts.technical_impact {
        return input(value, basis, "as stated");
    }
    match facts.adp.as_ref().map(|points| points.technical_impact.as_str()) {
        Some("total") => return input(TechnicalImpact::Total, Basis::Source, "CISA-ADP: total"),
        Some("partial") => return input(TechnicalImpact::Partial, Basis::Source, "CISA-ADP: partial"),
        _ => {}
    }
    if !facts.vector.is_empty() {
        let value = if is_total_by_vector(facts) { TechnicalImpact::Total } else { TechnicalImpact::Partial };
        return input(value, Basis::Source, "by the losses of the vector");
    }
    if facts.has_cwe(&TOTAL) {
        return input(TechnicalImpact::Total, Basis::Inferred, "by the weakness");
    }
    if is_kernel {
        let is_total = facts.has_cwe(&TOTAL_IN_KERNEL);
        let value = if is_total { TechnicalImpact::Total } else { TechnicalImpact::Partial };
        return input(value, Basis::Inferred, "by the weakness, in kernel code");
    }
    if facts.cwes.is_empty() {
        // Nothing at all is known: not safe, not a catastrophe; the ceiling shows the worst (3.7).
        return input(TechnicalImpact::Total, Basis::Unknown, "nothing is known");
    }
    input(TechnicalImpact::Partial, Basis::Inferred, "by the weakness")
}

fn is_total_by_vector(facts: &FactSheet) -> bool {
    let is = |name: &str, value: &str| facts.metric(name) == value;
    if facts.is_v4() {
        return is("VC", "H") && is("VI", "H");
    }
    if !facts.vector.starts_with("CVSS:3") {
        return is("C", "C") && is("I", "C");
    }
    (is("C", "H") && is("I", "H")) || (is("I", "H") && is("A", "H") && !is("AV", "P"))
}

/// What a path touches, as far as the product impact asks.
#[derive(Clone, Copy, Debug)]
pub struct Touched<'p> {
    /// Rights of the program.
    pub runs_as: RunsAs,
    /// The function; `None` = none (local tools), or all where `is_all`.
    pub function: Option<&'p Function>,
    /// Kernel and boot loader: every function.
    pub is_all: bool,
}

impl<'p> Touched<'p> {
    /// The functions touched.
    pub fn functions(self, profile: &'p Profile) -> impl Iterator<Item = &'p Function> {
        let all: &[Function] = if self.is_all { &profile.functions } else { &[] };
        all.iter().chain(self.function.filter(|_| !self.is_all))
    }

    /// Complete control of a program with the rights of the device.
    pub fn is_device_wide(self, technical: TechnicalImpact) -> bool {
        technical == TechnicalImpact::Total
            && matches!(self.runs_as, RunsAs::Root | RunsAs::Kernel | RunsAs::Bootloader)
    }
}

/// Consequence for the device: the first rule that holds, with its reason.
pub fn product_impact(
    facts: &FactSheet,
    profile: &Profile,
    touched: Touched<'_>,
    technical: TechnicalImpact,
) -> (ProductImpact, String) {
    let losses = facts.losses(technical);
    let is_device_wide = touched.is_device_wide(technical);
    if is_device_wide && let Some(reason) = severe_for_device(profile) {
        return (ProductImpact::Severe, reason.to_owned());
    }
    if endangers_people(profile, touched, losses, is_device_wide) {
        return (ProductImpact::Severe, "people may be hurt when it fails".to_owned());
    }
    if is_device_wide {
        return (ProductImpact::Serious, "device-wide control".to_owned());
    }
    if let Some(reason) = high_loss(profile, touched, losses) {
        return (ProductImpact::Serious, reason);
    }
    if technical == TechnicalImpact::Total
        && let Some(reason) = control_of_service(profile, touched)
    {
        return (ProductImpact::Serious, reason.to_owned());
    }
    if profile.impact.safety >= Safety::Marginal
        && touched.functions(profile).any(|function| function.safety_related)
        && any(losses)
    {
        return (ProductImpact::Serious, "high loss in a function that safety rests on".to_owned());
    }
    (ProductImpact::Minor, "no high requirement hit, no device-wide control".to_owned())
}

fn any(losses: Losses) -> bool {
    losses.confidentiality || losses.integrity || losses.availability
}

/// I1.
fn severe_for_device(profile: &Profile) -> Option<&'static str> {
    let is_high = |function: &Function| {
        [function.confidentiality, function.integrity, function.availability].contains(&Requirement::High)
    };
    if profile.functions.iter().any(is_high) {
        return Some("device-wide control and a function with a high requirement");
    }
    if profile.impact.mission >= Mission::MefFailure {
        return Some("device-wide control, and an essential function fails with the device");
    }
    (profile.impact.safety >= Safety::Critical)
        .then_some("device-wide control, and people may be hurt when the device fails")
}

/// I2.
fn endangers_people(profile: &Profile, touched: Touched<'_>, losses: Losses, is_device_wide: bool) -> bool {
    let is_related = |function: &Function| function.safety_related;
    profile.impact.safety >= Safety::Critical
        && profile.functions.iter().any(is_related)
        && (is_device_wide
            || (touched.is_all && losses.availability)
            || (touched.functions(profile).any(is_related) && any(losses)))
}

/// I4.
fn high_loss(profile: &Profile, touched: Touched<'_>, losses: Losses) -> Option<String> {
    touched.functions(profile).find_map(|function| {
        [
            ("confidentiality", losses.confidentiality, function.confidentiality),
            ("integrity", losses.integrity, function.integrity),
            ("availability", losses.availability, function.availability),
        ]
        .into_iter()
        .find(|(_, is_lost, requirement)| *is_lost && *requirement == Requirement::High)
        .map(|(property, _, _)| {
            format!("high loss of {property} where function {} requires high", function.id)
        })
    })
}

/// I5.
fn control_of_service(profile: &Profile, touched: Touched<'_>) -> Option<&'static str> {
    if profile.impact.connected_systems.iter().any(|(_, is_pivot)| *is_pivot) {
        return Some("total control of a service that can reach connected systems");
    }
    let matters = |function: &Function| {
        [function.confidentiality, function.integrity, function.availability]
            .iter()
            .any(|requirement| *requirement >= Requirement::Medium)
    };
    touched.functions(profile).any(matters).then_some("total control of a service whose function matters")
}
