//! The top of the page: the answer in one sentence, and what must be known before it is believed.

use service::judge::Judged;

use super::Report;
use super::components::Coverages;
use super::funnel::FunnelView;
use crate::words::{self, count, counted};

/// The answer, the facts it rests on, and the reservations.
pub struct Heading {
    /// `gateway 4.1.0`.
    pub title: String,
    /// The sentence.
    pub sentence: String,
    /// A second one: what else is open.
    pub second: String,
    /// Name and value.
    pub facts: Vec<(&'static str, String)>,
    /// What weakens the answer: in short, and what to do.
    pub reservations: Vec<(String, String)>,
}

/// Makes the heading.
pub fn heading(report: &Report<'_>, funnel: &FunnelView, coverages: &Coverages<'_>) -> Heading {
    Heading {
        title: report.title(),
        sentence: sentence(funnel),
        second: second(report.judged, funnel, coverages),
        facts: facts(report),
        reservations: reservations(report),
    }
}

fn sentence(funnel: &FunnelView) -> String {
    let matches = counted(funnel.all, "match", "matches");
    match funnel.last {
        0 => format!("None of {matches} is known to need action now."),
        1 => format!("1 of {matches} needs action now."),
        number => format!("{} of {matches} need action now.", count(number)),
    }
}

fn second(judged: &Judged, funnel: &FunnelView, coverages: &Coverages<'_>) -> String {
    let classes = judged.classes();
    let of =
        |word: &str| classes.iter().find(|(class, _)| class.word() == word).map_or(0, |(_, number)| *number);
    let mut parts = vec![
        format!("{} planned", count(of("planned"))),
        format!("{} routine", count(of("routine"))),
        format!("{} without consequence", count(of("none"))),
    ];
    let unassessed = funnel.unassessed;
    if unassessed > 0 {
        parts.push(format!("{} could not be assessed", count(unassessed)));
    }
    parts.push(match coverages.unknown {
        0 => "every component could be evaluated".to_owned(),
        number => format!("{} could not be evaluated", counted(number, "component", "components")),
    });
    format!("{}.", parts.join("; "))
}

fn facts(report: &Report<'_>) -> Vec<(&'static str, String)> {
    let inventory = report.inventory;
    let knowledge = report.knowledge;
    let kinds: Vec<String> = inventory
        .documents
        .iter()
        .map(|document| format!("{} {}", document.kind, document.spec_version).trim().to_owned())
        .collect();
    let profile = &report.judged.profile;
    let deployment = match profile.is_inferred {
        true => "assumed from the SBOM; nobody has described it".to_owned(),
        false => format!("{} version {}, {}", profile.id, profile.version, profile.status.word()),
    };
    let newest = match knowledge.as_of() {
        "" => "no date".to_owned(),
        day => format!("of {}", words::day(day)),
    };
    vec![
        ("Judged at", words::moment(report.at)),
        (
            "Knowledge",
            format!(
                "{} {newest}, {}",
                counted(knowledge.index.len(), "vulnerability", "vulnerabilities"),
                words::age(knowledge.age_days(report.at))
            ),
        ),
        ("Deployment", deployment),
        (
            "Inventory",
            format!(
                "{} from {}",
                counted(inventory.components.len(), "component", "components"),
                kinds.join(", ")
            ),
        ),
    ]
}

/// What a reader must know before believing a short list.
fn reservations(report: &Report<'_>) -> Vec<(String, String)> {
    let mut list = Vec::new();
    if report.knowledge.is_starter() {
        list.push((
            "Starter knowledge.".to_owned(),
            "It is a small sample inside the program and no answer of it is a clean bill. Build the full index \
             (patchwright index build) and judge again."
                .to_owned(),
        ));
    }
    let stale = super::sources::stale_feeds(report);
    if !stale.is_empty() {
        list.push((
            "Stale knowledge.".to_owned(),
            format!(
                "Past its age limit at the given time: {}. What became known since is missing here.",
                stale.join(", ")
            ),
        ));
    }
    if report.judged.profile.is_inferred {
        list.push((
            "Assumed deployment.".to_owned(),
            "Who can reach what is inferred from the SBOM. Describe it (patchwright profile init) and judge again \
             with --profile; until then no class falls below routine."
                .to_owned(),
        ));
    }
    list
}
