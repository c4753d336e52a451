//! The environmental vector: what the profile makes of the score (assessment.md 2.3, rules M1 to M6).

use model::assessment::{Exploitation, Preconditions, Reach};
use model::profile::{Credentials, Function, Profile, Requirement};

use super::facts::FactSheet;
use super::preconditions::Required;
use super::reach::Way;
use super::vectors::Vector;

/// The chosen base vector with the metrics that the way gives; `None` without a vector, or where nothing reaches
/// the code.
pub fn vector(
    profile: &Profile,
    facts: &FactSheet,
    way: &Way<'_>,
    required: &Required,
    exploitation: Exploitation,
) -> Option<String> {
    let is_v3 = facts.vector.starts_with("CVSS:3");
    if !is_v3 && !facts.is_v4() || way.reach == Reach::None {
        return None;
    }
    let mut metrics: Vec<(&str, &str)> = Vec::new();
    let mut add = |name: &'static str, value: &'static str| metrics.push((name, value));
    add("E", maturity(exploitation, is_v3));
    for (name, value) in requirements(profile, way) {
        add(name, value);
    }
    let access = access_vector(way.reach);
    if access != facts.metric("AV") {
        add("MAV", access);
    }
    if required.value() == Preconditions::Rare {
        match is_v3 {
            true if facts.metric("AC") != "H" => add("MAC", "H"),
            false if facts.metric("AT") != "P" => add("MAT", "P"),
            _ => {}
        }
    }
    if let Some(privileges) = privileges(profile, facts, required) {
        add("MPR", privileges);
    }
    let consumes_by_itself = way.service.is_some() && facts.entry.ui_is_automatic;
    if consumes_by_itself && matches!(facts.metric("UI"), "R" | "P" | "A") {
        add("MUI", "N");
    }
    // A source's own temporal and environmental metrics give way to what the profile says.
    Some(Vector::parse(&facts.vector).ok()?.with(metrics).ok()?.to_string())
}

/// M6.
fn maturity(exploitation: Exploitation, is_v3: bool) -> &'static str {
    match exploitation {
        Exploitation::None => "U",
        Exploitation::PublicPoc => "P",
        Exploitation::Active if is_v3 => "H",
        Exploitation::Active => "A",
    }
}

/// M5: the highest requirement among the functions the way touches; none for local tools.
fn requirements(profile: &Profile, way: &Way<'_>) -> Vec<(&'static str, &'static str)> {
    type Of = fn(&Function) -> Requirement;
    let of: [(&str, Of); 3] = [
        ("CR", |function| function.confidentiality),
        ("IR", |function| function.integrity),
        ("AR", |function| function.availability),
    ];
    let highest =
        |requirement: fn(&Function) -> Requirement| way.touched.functions(profile).map(requirement).max();
    of.into_iter().filter_map(|(name, requirement)| Some((name, letter(highest(requirement)?)))).collect()
}

fn letter(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Low => "L",
        Requirement::Medium => "M",
        Requirement::High => "H",
    }
}

/// M1.
fn access_vector(reach: Reach) -> &'static str {
    match reach {
        Reach::Open => "N",
        Reach::Site | Reach::Adjacent => "A",
        Reach::Local => "L",
        Reach::Physical | Reach::None => "P",
    }
}

/// M3: a login that the base vector does not ask for, or one that everybody has.
fn privileges(profile: &Profile, facts: &FactSheet, required: &Required) -> Option<&'static str> {
    let base = facts.metric("PR");
    if profile.access.credentials == Credentials::SharedDefault && matches!(base, "L" | "H") {
        return Some("N");
    }
    match (required.login?, base) {
        ("H", "N" | "L") => Some("H"),
        ("L", "N") => Some("L"),
        _ => None,
    }
}
