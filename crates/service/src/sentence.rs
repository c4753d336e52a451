//! The answer on one finding in one sentence that a person could say aloud.

use analysis::risk::table_set::TableSet;
use model::assessment::{Assessment, Exploitation, Preconditions, ProductImpact, Reach, TechnicalImpact};
use model::effect::{Effect, Tier};
use model::finding::{Finding, Verdict};
use model::reason::Reason;

use crate::assess::Assessed;

/// Who gets in where, what must hold, what is known of attacks, what it costs; or why there is nothing to do.
pub fn sentence(finding: &Finding, assessed: Option<&Assessed>, effect: &Effect) -> String {
    let mut text = match assessed {
        Some(assessed) => in_deployment(&assessed.assessment),
        None => format!("{}.", capital(finding.reason.meaning())),
    };
    if finding.verdict == Verdict::NeedsReview {
        text = format!("Not certain to be affected ({}). If it is: {text}", finding.reason.meaning());
    }
    if effect.tier > Tier::Match {
        let says = if effect.says.is_empty() { String::new() } else { format!(": {}", effect.says) };
        text = format!("{} by {}{says}.", capital(&effect.status.word().replace('_', " ")), effect.source);
    }
    text
}

/// The answer on a stored finding, whose row of the response table says what was assessed. Shorter than [`sentence`]: ways
/// in and circumstances are on the finding's own page.
pub fn of_row(tables: &TableSet, row: u16, reason: &str, fixed: &str) -> String {
    let reason = Reason::from_code(reason).map_or("", Reason::meaning);
    let Some(inputs) = tables.response.inputs_of(row) else {
        return format!("{}.", capital(reason));
    };
    let fix = if fixed.is_empty() { String::new() } else { format!(" Fixed in {fixed}.") };
    if inputs.reach == Reach::None {
        return format!("Its vulnerable code is not reached in the deployment.{fix}");
    }
    let holds = match inputs.preconditions {
        Preconditions::None => "nothing else must hold",
        Preconditions::Common => "under common circumstances",
        Preconditions::Rare => "only under rare circumstances",
    };
    let (attacks, control, impact) =
        (attacks(inputs.exploitation), control(inputs.technical_impact), impact(inputs.product_impact));
    format!(
        "{} can attack it, {holds}; {attacks}; success gives {control}, {impact}.{fix}",
        who(inputs.reach).unwrap_or("Nobody")
    )
}

/// Who can deliver input; `None` for nobody.
fn who(reach: Reach) -> Option<&'static str> {
    Some(match reach {
        Reach::None => return None,
        Reach::Physical => "Somebody at the device",
        Reach::Local => "Code on the device",
        Reach::Adjacent => "A neighbour (radio, bus, separate network)",
        Reach::Site => "Anyone on the customer's network",
        Reach::Open => "Anyone",
    })
}

fn attacks(value: Exploitation) -> &'static str {
    match value {
        Exploitation::None => "no attack is on record",
        Exploitation::PublicPoc => "an exploit is taken to be public",
        Exploitation::Active => "it is being exploited",
    }
}

fn control(value: TechnicalImpact) -> &'static str {
    match value {
        TechnicalImpact::Total => "complete control of the component",
        TechnicalImpact::Partial => "limited effects",
    }
}

fn impact(value: ProductImpact) -> &'static str {
    match value {
        ProductImpact::Minor => "minor for the device",
        ProductImpact::Serious => "serious for the device",
        ProductImpact::Severe => "severe for the device",
    }
}

fn in_deployment(assessment: &Assessment) -> String {
    let Some(who) = who(assessment.reach.value) else {
        let why = assessment.preconditions.because.last().map_or("nothing leads to it", String::as_str);
        return format!("Its vulnerable code is not reached in the deployment: {why}.");
    };
    let way = assessment.paths.first().map_or("", |path| path.words.as_str());
    // Who is on the device comes in by being there.
    let way = match way.strip_prefix("local code") {
        Some(_) => String::new(),
        None => format!(" through {way}"),
    };
    let holds = match assessment.preconditions.value {
        Preconditions::None => ", and nothing else must hold".to_owned(),
        Preconditions::Common => format!(" under common circumstances{}", circumstances(assessment)),
        Preconditions::Rare => format!(" only under rare circumstances{}", circumstances(assessment)),
    };
    let attacks = attacks(assessment.exploitation.value);
    let control = control(assessment.technical_impact.value);
    let impact = impact(assessment.product_impact.value);
    format!("{who} can attack it{way}{holds}; {attacks}; success gives {control}, {impact}.")
}

/// What must hold, in brackets: the notes of the rules without what they lead to.
fn circumstances(assessment: &Assessment) -> String {
    let plain = |note: &String| {
        let (what, _) = note.split_once(" -> ")?;
        let question = what.strip_prefix("condition ").and_then(|rest| rest.strip_suffix(": unknown"));
        Some(question.map_or_else(
            || what.to_owned(),
            |name| format!("whether {} holds is not stated", name.replace('_', " ")),
        ))
    };
    let list: Vec<String> = assessment.preconditions.because.iter().filter_map(plain).collect();
    if list.is_empty() { String::new() } else { format!(" ({})", list.join("; ")) }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
