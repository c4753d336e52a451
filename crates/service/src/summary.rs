//! What is kept of a judged release beside its findings, so that its page needs no judging: the funnel, what upgrades
//! would remove, what the build evidence settled, and what rescans ask of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use model::component::Scope;
use model::effect::Effect;
use model::finding::Finding;
use model::profile::{Enabled, Profile};
use model::sbom::Inventory;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use versions::{Order, Scheme, compare};

use crate::funnel::Funnel;
use crate::judge::Judged;

/// A judgement in short, as stored with the release (JSON; members that an older program wrote not are empty).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// The way from all matches to what matters.
    pub funnel: FunnelSummary,
    /// Open findings by word of the class.
    pub classes: BTreeMap<String, usize>,
    /// What upgrades would remove, the most first.
    pub upgrades: Vec<Upgrade>,
    /// The deployment it was judged in.
    pub profile: ProfileSummary,
    /// What matching asked of the release beside its components, as rescans read it.
    pub setting: Value,
    /// Remarks of the readers.
    pub notes: usize,
    /// Documents that were read: (file, kind).
    pub documents: Vec<(String, String)>,
}

/// The funnel in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FunnelSummary {
    /// All pairs that shared a key.
    pub all: usize,
    /// What statements and decisions brought back.
    pub raised: usize,
    /// One per question, in order.
    pub steps: Vec<StepSummary>,
}

/// A question of the funnel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepSummary {
    /// The word of the question.
    pub question: String,
    /// What is true of those that are left.
    pub says: String,
    /// What is true of those that are gone.
    pub gone: String,
    /// How many it took away.
    pub lost: usize,
    /// How many are left after it.
    pub left: usize,
    /// Why, the most frequent first: code (may be empty), words, number.
    pub causes: Vec<(String, String, usize)>,
}

/// A component at a newer version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Upgrade {
    /// Its name.
    pub component: String,
    /// Its version now.
    pub from: String,
    /// The version that has all fixes that are known on its line.
    pub to: String,
    /// Open findings that name a fix on the line, by word of the class; `unknown` where they have none.
    pub removes: BTreeMap<String, usize>,
}

/// The deployment in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileSummary {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Nobody has described the deployment.
    pub inferred: bool,
    /// How the product is assumed to be installed, one sentence a line.
    pub deployment: Vec<String>,
}

/// Upgrades that are kept.
const UPGRADES: usize = 12;

impl Summary {
    /// Of a judged release.
    pub fn of(judged: &Judged, inventory: &Inventory, setting: Value) -> Summary {
        let funnel = Funnel::of(judged, inventory);
        let classes = judged.classes();
        Summary {
            funnel: FunnelSummary::of(&funnel),
            classes: classes.iter().map(|(class, number)| (class.word().to_owned(), *number)).collect(),
            upgrades: upgrades(judged, inventory),
            profile: ProfileSummary {
                id: judged.profile.id.clone(),
                version: judged.profile.version,
                inferred: judged.profile.is_inferred,
                deployment: deployment(&judged.profile),
            },
            setting,
            notes: inventory.notes.len(),
            documents: (inventory.documents.iter())
                .map(|document| (document.file.clone(), document.kind.clone()))
                .collect(),
        }
    }

    /// As it is stored.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From the store; empty where the release was never judged.
    pub fn read(text: &str) -> Summary {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// Matches that a reason took away, by its code.
    pub fn by_reason(&self, code: &str) -> usize {
        let causes = self.funnel.steps.iter().flat_map(|step| &step.causes);
        causes.filter(|(of, ..)| of == code).map(|(.., number)| number).sum()
    }
}

impl FunnelSummary {
    fn of(funnel: &Funnel) -> FunnelSummary {
        let steps = funnel.steps.iter().map(|step| StepSummary {
            question: step.question.word().to_owned(),
            says: step.question.left().to_owned(),
            gone: step.question.lost().to_owned(),
            lost: step.lost,
            left: step.left,
            causes: (step.causes.iter())
                .map(|cause| (cause.code.to_owned(), cause.says.clone(), cause.number))
                .collect(),
        });
        FunnelSummary { all: funnel.all, raised: funnel.raised, steps: steps.collect() }
    }
}

/// Lines on the deployment that are kept.
const LINES: usize = 24;

/// Where signals enter, and which programs take them.
fn deployment(profile: &Profile) -> Vec<String> {
    let title = Some(profile.title.clone()).filter(|title| !title.is_empty());
    let interfaces = profile.interfaces.iter().map(|one| {
        let when = if one.enabled == Enabled::Always {
            String::new()
        } else {
            format!(", enabled {}", said(one.enabled.word()))
        };
        format!("{} ({}) faces {}{when}.", one.id, said(&one.kind), said(one.zone.word()))
    });
    let services = profile.services.iter().map(|one| {
        let mut places: Vec<&str> = one.ports.iter().map(|port| port.interface.as_str()).collect();
        places.dedup();
        let places = if places.is_empty() { String::new() } else { format!(" on {}", places.join(", ")) };
        format!(
            "{} ({}) {}{places}, started {}.",
            one.id,
            one.component,
            said(one.direction.word()),
            said(one.start.word())
        )
    });
    title.into_iter().chain(interfaces).chain(services).take(LINES).collect()
}

/// A word of a profile for people.
fn said(word: &str) -> String {
    word.replace('_', " ")
}

/// Findings of each component that name a fix on its own line, cured by the newest of those fixes.
fn upgrades(judged: &Judged, inventory: &Inventory) -> Vec<Upgrade> {
    let mut groups: BTreeMap<(&str, &str), Vec<(&Finding, &Effect)>> = BTreeMap::new();
    for (finding, _, effect) in
        judged.rows().filter(|(finding, _, effect)| effect.is_open() && !finding.fixed.is_empty())
    {
        let component = inventory.components.get(finding.component);
        // What only took part in the build is not upgraded on the device.
        let component = component.filter(|one| !matches!(one.scope, Scope::BuildOnly | Scope::Test));
        if let Some(component) = component {
            groups.entry((&component.name, &component.version)).or_default().push((finding, effect));
        }
    }
    let mut upgrades: Vec<(Weight, Upgrade)> = groups
        .into_iter()
        .filter_map(|((name, version), findings)| {
            let to = findings.iter().map(|(finding, _)| finding.fixed.as_str()).max_by(|a, b| newer(a, b))?;
            let mut removes: BTreeMap<String, usize> = BTreeMap::new();
            for (_, effect) in &findings {
                let word = effect.class.map_or("unknown", model::assessment::ResponseClass::word);
                *removes.entry(word.to_owned()).or_default() += 1;
            }
            let of = |word: &str| removes.get(word).copied().unwrap_or_default();
            let weight = (of("immediate"), of("planned"), of("routine"), findings.len());
            let upgrade =
                Upgrade { component: name.to_owned(), from: version.to_owned(), to: to.to_owned(), removes };
            Some((weight, upgrade))
        })
        .collect();
    upgrades.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.component.cmp(&other.component)));
    upgrades.into_iter().take(UPGRADES).map(|(_, upgrade)| upgrade).collect()
}

/// Immediate, planned, routine, all.
type Weight = (usize, usize, usize, usize);

fn newer(one: &str, other: &str) -> Ordering {
    match compare(Scheme::Generic, one, other) {
        Order::Less => Ordering::Less,
        Order::Greater => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
