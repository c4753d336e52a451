//! The environmental vector: what the profile makes of the score (assessment.md 2.3, rules M1 to M10). Each metric
//! bears the id of its rule; the rules in words are `tables/cvss-environment.csv`.

use model::assessment::{Exploitation, Preconditions, Reach, ResponseClass};
use model::profile::{Credentials, Function, Profile, Requirement, RunsAs, Safety, ValueDensity};

use super::facts::{FactSheet, Losses};
use super::preconditions::Required;
use super::reach::Way;
use super::vectors::Vector;

/// The rules in words: id, metrics in 3.x, metrics in 4.0, rule.
pub const RULES: &str = include_str!("tables/cvss-environment.csv");

/// What the rules ask for besides profile and facts.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The way that counts.
    pub way: &'a Way<'a>,
    /// What it requires.
    pub required: &'a Required,
    /// State of exploitation.
    pub exploitation: Exploitation,
    /// Complete control of the device follows.
    pub is_device_wide: bool,
    /// It can be done to many devices without a person.
    pub is_automatable: bool,
    /// The class in the end.
    pub class: ResponseClass,
}

/// A metric with its rule: `MAV:A` by `M1`.
pub type Metric = (&'static str, &'static str, &'static str);

/// The chosen base vector with the metrics that the way gives, and the rule of each; `None` without a vector, or where
/// nothing reaches the code.
pub fn vector(profile: &Profile, facts: &FactSheet, ground: Ground<'_>) -> Option<(String, Vec<Metric>)> {
    let is_v3 = facts.vector.starts_with("CVSS:3");
    if !is_v3 && !facts.is_v4() || ground.way.reach == Reach::None {
        return None;
    }
    let mut metrics = way_metrics(profile, facts, ground, is_v3);
    metrics.extend(lowered(facts, ground, is_v3));
    match is_v3 {
        true if facts.is_disputed => metrics.push(("M10", "RC", "U")),
        true => {}
        false => metrics.extend(of_version_4(profile, facts, ground)),
    }
    // A source's own temporal and environmental metrics give way to what the profile says.
    let given = metrics.iter().map(|(_, name, value)| (*name, *value));
    let vector = Vector::parse(&facts.vector).ok()?.with(given).ok()?.to_string();
    Some((vector, metrics))
}

/// M1 to M6.
fn way_metrics(profile: &Profile, facts: &FactSheet, ground: Ground<'_>, is_v3: bool) -> Vec<Metric> {
    let Ground { way, required, .. } = ground;
    let mut metrics = vec![("M6", "E", maturity(ground.exploitation, is_v3))];
    metrics.extend(requirements(profile, way).into_iter().map(|(name, value)| ("M5", name, value)));
    let access = access_vector(way.reach);
    if access != facts.metric("AV") {
        metrics.push(("M1", "MAV", access));
    }
    if required.value() == Preconditions::Rare {
        match is_v3 {
            true if facts.metric("AC") != "H" => metrics.push(("M2", "MAC", "H")),
            false if facts.metric("AT") != "P" => metrics.push(("M2", "MAT", "P")),
            _ => {}
        }
    }
    metrics.extend(privileges(profile, facts, required).map(|value| ("M3", "MPR", value)));
    let consumes_by_itself = way.service.is_some() && facts.entry.ui_is_automatic;
    if consumes_by_itself && matches!(facts.metric("UI"), "R" | "P" | "A") {
        metrics.push(("M4", "MUI", "N"));
    }
    metrics
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

/// M8: what a test shows to stay low for this very service. Whoever controls the kernel, the boot loader or root is
/// beyond any hardening of a program.
fn lowered(facts: &FactSheet, ground: Ground<'_>, is_v3: bool) -> Vec<Metric> {
    let is_confined = matches!(ground.way.touched.runs_as, RunsAs::ServiceUser | RunsAs::Sandboxed);
    let Some(service) = ground.way.service.filter(|_| is_confined) else { return Vec::new() };
    let Some((_, low)) = facts.hardened.iter().find(|(known, _)| *known == service.id) else {
        return Vec::new();
    };
    let Losses { confidentiality, integrity, availability } = *low;
    let names = if is_v3 {
        [("C", "MC"), ("I", "MI"), ("A", "MA")]
    } else {
        [("VC", "MVC"), ("VI", "MVI"), ("VA", "MVA")]
    };
    (names.into_iter().zip([confidentiality, integrity, availability]))
        .filter(|((base, _), is_low)| *is_low && facts.metric(base) == "H")
        .map(|((_, modified), _)| ("M8", modified, "L"))
        .collect()
}

/// M7 and M9.
fn of_version_4(profile: &Profile, facts: &FactSheet, ground: Ground<'_>) -> Vec<Metric> {
    let mut metrics = Vec::new();
    let influences = influences_safety(profile, facts, ground);
    if influences && profile.impact.safety >= Safety::Critical {
        metrics.extend([("M7", "MSI", "S"), ("M7", "MSA", "S")]);
    }
    // The specification of CVSS counts harm from "marginal" on as present.
    if influences && profile.impact.safety >= Safety::Marginal {
        metrics.push(("M9", "S", "P"));
    }
    metrics.push(("M9", "AU", if ground.is_automatable { "Y" } else { "N" }));
    metrics.push((
        "M9",
        "V",
        match profile.impact.value_density {
            ValueDensity::Diffuse => "D",
            ValueDensity::Concentrated => "C",
        },
    ));
    let urgency = match ground.class {
        ResponseClass::None => "Clear",
        ResponseClass::Routine => "Green",
        ResponseClass::Planned => "Amber",
        ResponseClass::Immediate => "Red",
    };
    metrics.push(("M9", "U", urgency));
    metrics
}

/// Who only reads changes nothing about what a function does.
fn influences_safety(profile: &Profile, facts: &FactSheet, ground: Ground<'_>) -> bool {
    let changes = ["VI", "VA", "SI", "SA"].iter().any(|metric| !matches!(facts.metric(metric), "N" | ""));
    let is_related = |function: &Function| function.safety_related;
    let touches = match ground.is_device_wide {
        true => profile.functions.iter().any(is_related),
        false => ground.way.touched.functions(profile).any(is_related),
    };
    changes && touches
}
