//! What the SSVC and BOD tables are asked with (assessment.md 3.8).

use model::assessment::{Assessment, Preconditions, ProductImpact, Reach, SsvcOutcome};
use model::profile::{Mission, Profile, Safety, Zone};

use super::facts::FactSheet;
use super::reach::Way;
use super::ssvc::{SsvcInputs, SsvcTables, SystemExposure};

/// The outcomes for the way that counts.
pub fn outcomes(
    facts: &FactSheet,
    profile: &Profile,
    way: &Way<'_>,
    assessment: &Assessment,
    tables: &SsvcTables,
) -> Vec<SsvcOutcome> {
    let technical = assessment.technical_impact.value;
    let is_safety = way.touched.is_device_wide(technical)
        || way.touched.is_all
        || way.touched.functions(profile).any(|function| function.safety_related);
    let is_mission = assessment.product_impact.value >= ProductImpact::Serious;
    tables.outcomes(&SsvcInputs {
        exploitation: assessment.exploitation.value,
        automatable: is_automatable(facts, assessment),
        value_density: profile.impact.value_density,
        technical_impact: technical,
        exposure: exposure(way.zone),
        safety: if is_safety { profile.impact.safety } else { Safety::Negligible },
        mission: if is_mission { profile.impact.mission } else { Mission::Degraded },
        in_kev: !facts.kev_since.is_empty(),
        publicly_exposed: assessment.reach.value == Reach::Open && way.is_listening(),
    })
}

/// A source's "yes" is not taken over where the product offers no such way.
pub(super) fn is_automatable(facts: &FactSheet, assessment: &Assessment) -> bool {
    let says_no = facts.adp.as_ref().is_some_and(|points| points.automatable == "no");
    matches!(assessment.reach.value, Reach::Open | Reach::Site)
        && assessment.preconditions.value == Preconditions::None
        && !says_no
}

fn exposure(zone: Zone) -> SystemExposure {
    match zone {
        Zone::Internet => SystemExposure::Open,
        Zone::Site | Zone::Radio => SystemExposure::Controlled,
        Zone::Isolated | Zone::Local | Zone::Physical | Zone::Bus => SystemExposure::Small,
    }
}
