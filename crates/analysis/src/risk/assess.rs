//! The judgement of one finding in one profile: a pure function (assessment.md 3).
//!
//! Start with [`assess`]. Each way in is judged by the table; the worst one counts.

use std::cmp::Reverse;

use model::assessment::{
    Assessment, Exploitation, Input, Path, Preconditions, ProductImpact, Reach, ResponseClass, Row,
    TechnicalImpact,
};
use model::finding::Verdict;
use model::profile::{Basis, ComponentRole, Likelihood, Profile, RunsAs, Safety};

use super::facts::FactSheet;
use super::impact::{Touched, product_impact, technical_impact};
use super::likelihood::exploitation;
use super::preconditions::{Required, required};
use super::reach::{Way, role_of, ways};
use super::response::{Inputs, ResponseAxis};
use super::table_set::TableSet;
use super::{environment, patch, rationale, selections};

/// What becomes of a finding.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The component is not in the product: there is no finding.
    NoFinding,
    /// Matching has excluded it, for this reason.
    NotAffected(String),
    /// Judged by the tables.
    Assessed(Box<Assessment>),
}

impl Outcome {
    /// The class; `None` without a finding.
    pub fn class(&self) -> Option<ResponseClass> {
        match self {
            Outcome::NoFinding => None,
            Outcome::NotAffected(_) => Some(ResponseClass::None),
            Outcome::Assessed(assessment) => Some(assessment.class),
        }
    }
}

/// Assesses a finding with the built-in tables.
pub fn assess(facts: &FactSheet, profile: &Profile) -> Outcome {
    assess_with(facts, profile, TableSet::default())
}

/// Assesses a finding. Misuse that is common counts as part of the standard deployment.
pub fn assess_with(facts: &FactSheet, profile: &Profile, tables: TableSet) -> Outcome {
    match facts.verdict {
        None => return Outcome::NoFinding,
        Some(Verdict::NotAffected) => return Outcome::NotAffected(facts.verdict_because.clone()),
        Some(Verdict::Affected | Verdict::NeedsReview) => {}
    }
    let mut worst = judge(facts, profile, tables);
    for misuse in profile.misuses.iter().filter(|misuse| misuse.likelihood == Likelihood::Common) {
        if let Ok(misused) = patch::patched(profile, &misuse.set, &misuse.to) {
            let other = judge(facts, &misused, tables);
            if other.class > worst.class {
                worst = other;
                worst.reasons.push(format!("under common misuse: {}", misuse.text));
            }
        }
    }
    Outcome::Assessed(Box::new(worst))
}

/// The results under misuse that happens now and then, where they are worse: (misuse id, class).
pub fn under_misuse(
    facts: &FactSheet,
    profile: &Profile,
    class: ResponseClass,
    tables: TableSet,
) -> Vec<(String, ResponseClass)> {
    let occasional = profile.misuses.iter().filter(|misuse| misuse.likelihood == Likelihood::Occasional);
    occasional
        .filter_map(|misuse| {
            let misused = patch::patched(profile, &misuse.set, &misuse.to).ok()?;
            let worse = judge(facts, &misused, tables).class;
            (worse > class).then(|| (misuse.id.clone(), worse))
        })
        .collect()
}

/// A way with what the rules make of it.
struct Judged<'p> {
    way: Way<'p>,
    required: Required,
    reach: Reach,
    preconditions: Preconditions,
    product: ProductImpact,
    product_reason: String,
    row: Row,
}

fn judge(facts: &FactSheet, profile: &Profile, tables: TableSet) -> Assessment {
    let role = role_of(profile, &facts.component);
    let technical = technical_impact(facts, role == Some(ComponentRole::Kernel));
    let exploitation = exploitation(facts);
    let mut judged: Vec<Judged<'_>> = ways(profile, facts)
        .into_iter()
        .map(|way| judge_way(profile, facts, way, technical.value, exploitation.value, tables))
        .collect();
    // The easiest way first; of equal ones the order of the profile stands.
    judged.sort_by_key(|one| Reverse(ease(one)));
    let none = no_way(profile, facts, technical.value, exploitation.value, tables);
    let best = judged.first().unwrap_or(&none);
    put_together(facts, profile, best, &judged, (technical, exploitation), tables)
}

/// Worse class first, then the way that asks less of the attacker.
fn ease(judged: &Judged<'_>) -> (ResponseClass, bool, Preconditions, Reach, ProductImpact) {
    let is_open = judged.reach != Reach::None;
    (judged.row.class, is_open, judged.preconditions, judged.reach, judged.product)
}

fn judge_way<'p>(
    profile: &'p Profile,
    facts: &FactSheet,
    way: Way<'p>,
    technical: TechnicalImpact,
    exploitation: Exploitation,
    tables: TableSet,
) -> Judged<'p> {
    let required = required(profile, facts, &way, technical, exploitation);
    let (product, product_reason) = product_impact(facts, profile, way.touched, technical);
    let (reach, preconditions) = match required.is_closed {
        true => (Reach::None, Preconditions::None),
        false => (way.reach, required.value()),
    };
    let row = tables.response.row(reach, exploitation, preconditions, technical, product);
    Judged { way, required, reach, preconditions, product, product_reason, row }
}

/// Nothing leads to the component (2.4, step 6).
fn no_way<'p>(
    profile: &'p Profile,
    facts: &FactSheet,
    technical: TechnicalImpact,
    exploitation: Exploitation,
    tables: TableSet,
) -> Judged<'p> {
    let touched = Touched { runs_as: RunsAs::Sandboxed, function: None, is_all: false };
    let (product, product_reason) = product_impact(facts, profile, touched, technical);
    let row = tables.response.row(Reach::None, exploitation, Preconditions::None, technical, product);
    let way = Way {
        words: "no path".to_owned(),
        source: "no path".to_owned(),
        reach: Reach::None,
        basis: None,
        zone: model::profile::Zone::Local,
        interface: None,
        service: None,
        peer: None,
        touched,
        tool: None,
    };
    let mut required = Required { is_closed: true, ..Required::default() };
    required.notes.push("no service, interface or role of the profile leads to the component".to_owned());
    Judged {
        way,
        required,
        reach: Reach::None,
        preconditions: Preconditions::None,
        product,
        product_reason,
        row,
    }
}

fn put_together(
    facts: &FactSheet,
    profile: &Profile,
    best: &Judged<'_>,
    judged: &[Judged<'_>],
    (technical, exploitation): (Input<TechnicalImpact>, Input<Exploitation>),
    tables: TableSet,
) -> Assessment {
    let stated = basis_of(profile);
    let reach = Input {
        value: best.reach,
        basis: best.way.basis.map_or(stated, |basis| basis.min(stated)),
        because: because_reached(best),
    };
    let preconditions = Input {
        value: best.preconditions,
        basis: best.required.basis(profile).min(stated),
        because: best.required.notes.clone(),
    };
    let product_impact =
        Input { value: best.product, basis: stated, because: vec![best.product_reason.clone()] };
    let mut reasons = best.required.notes.clone();
    reasons.extend(exploitation.because.iter().cloned());
    reasons.push(best.product_reason.clone());
    let row = best.row;
    let mut assessment = Assessment {
        class: row.class,
        ceiling: row.class,
        row,
        reach,
        exploitation,
        preconditions,
        technical_impact: technical,
        product_impact,
        paths: judged.iter().map(path).collect(),
        overrides: Vec::new(),
        reasons,
        questions: best.required.questions.clone(),
        would_change: Vec::new(),
        rationale: Vec::new(),
        environmental: None,
        environmental_metrics: Vec::new(),
        ssvc: Vec::new(),
        profile: (profile.id.clone(), profile.version),
    };
    assessment.ceiling = ceiling(&assessment, tables);
    apply_overrides(facts, profile, best, &mut assessment);
    assessment.ceiling = assessment.ceiling.max(assessment.class);
    add_environmental(facts, profile, best, &mut assessment);
    assessment.would_change = tables.response.would_change(inputs(&assessment));
    if best.reach != Reach::None {
        assessment.ssvc = selections::outcomes(facts, profile, &best.way, &assessment, tables.ssvc);
    }
    assessment.rationale = rationale::sentences(facts, profile, &best.way, &assessment);
    assessment
}

/// The way, and what it rests on where that is not the profile's word.
fn because_reached(best: &Judged<'_>) -> Vec<String> {
    let grounds = match (best.way.basis, best.way.service) {
        (Some(Basis::Assumed), Some(service)) => {
            Some(format!("nobody tells what {} needs, so it is taken to use this component", service.id))
        }
        (Some(_), _) => Some("by the SBOM's dependency graph".to_owned()),
        (None, _) => None,
    };
    std::iter::once(best.way.words.clone()).chain(grounds).collect()
}

/// Values of a profile rest on what it says of itself.
fn basis_of(profile: &Profile) -> Basis {
    if profile.is_inferred { Basis::Inferred } else { profile.provenance.default_confidence }
}

fn path(judged: &Judged<'_>) -> Path {
    let is_closed = judged.required.is_closed;
    Path {
        words: if is_closed { judged.way.source.clone() } else { judged.way.words.clone() },
        reach: judged.reach,
        preconditions: judged.preconditions,
        product_impact: judged.product,
        closed: match is_closed {
            true => judged.required.notes.last().cloned().unwrap_or_default(),
            false => String::new(),
        },
        notes: judged.required.notes.clone(),
    }
}

/// The vector of the way that counts, once the class is known.
fn add_environmental(facts: &FactSheet, profile: &Profile, best: &Judged<'_>, assessment: &mut Assessment) {
    if best.reach == Reach::None {
        return;
    }
    let ground = environment::Ground {
        way: &best.way,
        required: &best.required,
        exploitation: assessment.exploitation.value,
        is_device_wide: best.way.touched.is_device_wide(assessment.technical_impact.value),
        is_automatable: selections::is_automatable(facts, assessment),
        class: assessment.class,
    };
    let Some((vector, metrics)) = environment::vector(profile, facts, ground) else { return };
    assessment.environmental = scored(&facts.vector, vector);
    if assessment.environmental.is_some() {
        assessment.environmental_metrics = metrics;
    }
}

/// Base and environmental score, in tenths. A vector that cannot be scored is left out (2.2).
fn scored(base: &str, vector: String) -> Option<(String, u16, u16)> {
    let base = super::vectors::score(base).ok()?.base?;
    let environmental = super::vectors::score(&vector).ok()?.overall()?;
    Some((vector, base, environmental))
}

fn inputs(assessment: &Assessment) -> Inputs {
    Inputs {
        reach: assessment.reach.value,
        exploitation: assessment.exploitation.value,
        preconditions: assessment.preconditions.value,
        technical_impact: assessment.technical_impact.value,
        product_impact: assessment.product_impact.value,
    }
}

/// The class with every assumed or unknown input at its worst (3.7).
fn ceiling(assessment: &Assessment, tables: TableSet) -> ResponseClass {
    let bases = [
        (ResponseAxis::Reach, assessment.reach.basis),
        (ResponseAxis::Exploitation, assessment.exploitation.basis),
        (ResponseAxis::Preconditions, assessment.preconditions.basis),
        (ResponseAxis::TechnicalImpact, assessment.technical_impact.basis),
        (ResponseAxis::ProductImpact, assessment.product_impact.basis),
    ];
    let is_unsure = |basis: Basis| matches!(basis, Basis::Assumed | Basis::Unknown);
    let unsure: Vec<ResponseAxis> =
        bases.into_iter().filter(|(_, basis)| is_unsure(*basis)).map(|(axis, _)| axis).collect();
    tables.response.ceiling(inputs(assessment), &unsure).class
}

/// O1 to O5: they only raise (3.6).
fn apply_overrides(facts: &FactSheet, profile: &Profile, best: &Judged<'_>, assessment: &mut Assessment) {
    let mut raise = |id: &'static str, to: ResponseClass, reason: &str| {
        assessment.overrides.push(id);
        if to > assessment.class {
            assessment.class = to;
            assessment.reasons.push(format!("{id}: {reason}"));
        }
    };
    if facts.exploited_in_product {
        raise("O1", ResponseClass::Immediate, "exploited in this product");
    }
    if facts.is_malicious || facts.has_cwe(&[506]) {
        raise("O2", ResponseClass::Immediate, "planted code: whoever planted it chooses the circumstances");
    }
    let is_update = best.way.service.is_some_and(|service| service.function == "update");
    if is_update && assessment.technical_impact.value == TechnicalImpact::Total && best.reach >= Reach::Site {
        raise("O3", ResponseClass::Planned, "it defeats the update channel");
    }
    if profile.impact.safety >= Safety::Critical
        && best.reach >= Reach::Adjacent
        && assessment.exploitation.value == Exploitation::Active
    {
        raise("O5", ResponseClass::Immediate, "people may be hurt, and it is being exploited");
    }
    let is_weak = |basis: Basis| matches!(basis, Basis::Inferred | Basis::Assumed | Basis::Unknown);
    let bases = [
        assessment.reach.basis,
        assessment.preconditions.basis,
        assessment.technical_impact.basis,
        assessment.product_impact.basis,
    ];
    if assessment.class == ResponseClass::None && bases.into_iter().any(is_weak) {
        assessment.overrides.push("O4");
        assessment.class = ResponseClass::Routine;
        assessment.reasons.push("O4: harmless by assumption only".to_owned());
    }
}
