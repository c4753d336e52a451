//! The answer in plain words: at most four sentences, then what is taken for granted (assessment.md 3.7).
//!
//! No sentence claims more than its rule: each is made from the values it explains.

use model::assessment::{Assessment, Exploitation, Preconditions, Reach, TechnicalImpact};
use model::profile::{Profile, RunsAs};

use super::facts::FactSheet;
use super::reach::Way;

/// The sentences: where it runs, who reaches it, what is known about attacks, what an attacker gets, assumptions.
pub fn sentences(
    facts: &FactSheet,
    profile: &Profile,
    way: &Way<'_>,
    assessment: &Assessment,
) -> Vec<String> {
    let mut sentences =
        vec![place(facts, way, assessment), who(assessment), attacks(assessment), gain(assessment)];
    sentences.extend(assumptions(profile, way));
    sentences
}

fn place(facts: &FactSheet, way: &Way<'_>, assessment: &Assessment) -> String {
    let name = format!("{} {}", facts.component, facts.version);
    let name = name.trim_end();
    if assessment.reach.value == Reach::None {
        let why = assessment.preconditions.because.last().map_or("nothing leads to it", String::as_str);
        return format!("{name} is in the product, but its vulnerable code is not reached: {why}.");
    }
    let rights = match way.touched.runs_as {
        RunsAs::Root => "runs as root",
        RunsAs::ServiceUser => "runs as a user of its own",
        RunsAs::Sandboxed => "runs in a sandbox",
        RunsAs::Kernel => "runs in the kernel",
        RunsAs::Bootloader => "runs in the boot loader",
    };
    format!("{name} {rights}; input reaches it by {} in the standard deployment.", way.words)
}

fn who(assessment: &Assessment) -> String {
    let who = match assessment.reach.value {
        Reach::None => return "Nobody can send input to it there.".to_owned(),
        Reach::Physical => "Somebody at the device",
        Reach::Local => "Code that runs on the device",
        Reach::Adjacent => "Somebody in range or on the same bus or separate network",
        Reach::Site => "Anyone on the customer's network",
        Reach::Open => "Anyone",
    };
    let reasons: Vec<&str> = assessment
        .preconditions
        .because
        .iter()
        .filter_map(|note| note.strip_suffix(" -> common").or_else(|| note.strip_suffix(" -> rare")))
        .collect();
    match assessment.preconditions.value {
        Preconditions::None => format!("{who} can send to it, and nothing else must hold."),
        Preconditions::Common if reasons.is_empty() => {
            format!("{who} can send to it; an attacker needs what can be expected.")
        }
        Preconditions::Rare if reasons.is_empty() => {
            format!("{who} can send to it, but only under rare circumstances.")
        }
        Preconditions::Common => {
            format!("{who} can send to it; an attacker needs what can be expected: {}.", reasons.join("; "))
        }
        Preconditions::Rare => {
            format!("{who} can send to it, but only under rare circumstances: {}.", reasons.join("; "))
        }
    }
}

fn attacks(assessment: &Assessment) -> String {
    let because = assessment.exploitation.because.join("; ");
    match assessment.exploitation.value {
        Exploitation::None => "No exploit and no attack is on record.".to_owned(),
        Exploitation::PublicPoc => format!("An exploit is taken to be public ({because})."),
        Exploitation::Active => format!("It is being exploited ({because})."),
    }
}

fn gain(assessment: &Assessment) -> String {
    let control = match assessment.technical_impact.value {
        TechnicalImpact::Total => "Success gives complete control of the component",
        TechnicalImpact::Partial => "Success gives limited effects",
    };
    format!("{control}: {}.", assessment.product_impact.because.join("; "))
}

/// What the profile takes for granted about the interface or service of the way.
fn assumptions(profile: &Profile, way: &Way<'_>) -> Option<String> {
    let names = [
        way.interface.map(|interface| interface.id.as_str()),
        way.service.map(|service| service.id.as_str()),
    ];
    let is_touched = |breaks: &[String]| breaks.iter().any(|id| names.contains(&Some(id.as_str())));
    let assumed: Vec<String> = profile
        .assumptions
        .iter()
        .filter(|assumption| is_touched(&assumption.breaks))
        .map(|assumption| format!("{}: {}", assumption.id, assumption.text))
        .collect();
    (!assumed.is_empty()).then(|| format!("Assumes {}.", assumed.join("; ")))
}
