//! Exploitation: what is known about attacks (assessment.md 2.5).

use model::assessment::{Exploitation, Input};
use model::profile::Basis;

use super::facts::FactSheet;

/// EPSS probability from which an exploit is taken for public (2.6).
pub const EPSS_IS_PUBLIC: f64 = 0.10;

/// EPSS probability below which one that was taken for public falls back (2.6): a score that sways around one
/// threshold would change the class every day.
pub const EPSS_FALLS_BACK: f64 = 0.07;

/// Why EPSS takes an exploit for public, given today's probability and an earlier one; `None` where it does not.
pub fn public_by_epss(probability: Option<f64>, before: Option<f64>) -> Option<String> {
    let probability = probability?;
    if probability >= EPSS_IS_PUBLIC {
        return Some(format!("EPSS {probability:.3} >= {EPSS_IS_PUBLIC:.2}"));
    }
    let before = before.filter(|before| *before >= EPSS_IS_PUBLIC)?;
    (probability >= EPSS_FALLS_BACK).then(|| {
        format!("EPSS {probability:.3}, was {before:.3} >= {EPSS_IS_PUBLIC:.2} and falls back below {EPSS_FALLS_BACK:.2} only")
    })
}

/// The level of exploitation, with its reason.
pub fn exploitation(facts: &FactSheet) -> Input<Exploitation> {
    let adp = facts.adp.as_ref().map_or("", |points| points.exploitation.as_str());
    let input = |value, basis, because: String| Input { value, basis, because: vec![because] };
    let reported = |level| facts.reported.as_ref().filter(|(reported, _)| *reported == level);
    if facts.exploited_in_product {
        let because = reported(Exploitation::Active).map_or("exploited in this product", |(_, words)| words);
        return input(Exploitation::Active, Basis::Stated, because.to_owned());
    }
    if !facts.kev_since.is_empty() {
        let by = if facts.kev_by.is_empty() { "CISA KEV" } else { facts.kev_by.as_str() };
        let because = format!("in {by} since {}", facts.kev_since);
        return input(Exploitation::Active, Basis::Source, because);
    }
    if adp == "active" {
        return input(Exploitation::Active, Basis::Source, "CISA-ADP: active".to_owned());
    }
    if let Some((level, words)) = reported(Exploitation::Active) {
        return input(*level, Basis::Stated, words.clone());
    }
    if adp == "poc" {
        return input(Exploitation::PublicPoc, Basis::Source, "CISA-ADP: poc".to_owned());
    }
    if !facts.exploit_reference.is_empty() {
        let because = format!("public exploit reference: {}", facts.exploit_reference);
        return input(Exploitation::PublicPoc, Basis::Source, because);
    }
    if let Some((level, words)) = reported(Exploitation::PublicPoc) {
        return input(*level, Basis::Stated, words.clone());
    }
    match public_by_epss(facts.epss, facts.epss_before) {
        Some(because) => input(Exploitation::PublicPoc, Basis::Source, because),
        None => input(Exploitation::None, Basis::Source, "no evidence".to_owned()),
    }
}
