//! One finding in full: judged again with all texts, so that every word on its page comes from the same grounds as the
//! stored row.

use std::sync::Arc;

use analysis::matching::Views;
use model::assessment::Assessment;
use model::effect::Effect;
use model::finding::Finding;
use model::fix::FixAdvice;
use model::sbom::Inventory;
use serde_json::Value;
use store::finding_list::{FindingFilter, Sort};
use store::{Moment, Page};

use super::{FindingRow, Maker, is_open};
use crate::assess::Assessed;
use crate::decisions::Proposal;
use crate::ground;
use crate::house::{Fault, busy, instant};
use crate::intake::load;
use crate::judge::{Grounds, judge_scan};
use crate::knowledge::Knowledge;
use crate::remedy;
use crate::scan::{self, Options, Request};
use crate::triage::decide::{Standing, standings};

/// A finding with everything around it.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The stored row.
    pub row: FindingRow,
    /// The finding as judged now; `None` when the inventory or the knowledge no longer gives it.
    pub finding: Option<Finding>,
    /// Its assessment.
    pub assessed: Option<Arc<Assessed>>,
    /// What holds.
    pub effect: Option<Effect>,
    /// Name of the product.
    pub product_name: String,
    /// What happened to it, oldest first.
    pub history: Vec<Happening>,
    /// The same vulnerability elsewhere.
    pub elsewhere: Vec<Elsewhere>,
    /// In the words of the first source that has any.
    pub about: String,
    /// What the evidence speaks for.
    pub proposal: Option<Proposal>,
    /// Decisions that speak of it, and how each stands here.
    pub decisions: Vec<Standing>,
    /// What to do.
    pub advice: Option<FixAdvice>,
    /// Id of the deployment profile; empty where it was inferred.
    pub profile: String,
}

/// What judging again gives.
#[derive(Default)]
struct Again {
    finding: Option<Finding>,
    assessed: Option<Arc<Assessed>>,
    effect: Option<Effect>,
    about: String,
    proposal: Option<Proposal>,
    decisions: Vec<Standing>,
    advice: Option<FixAdvice>,
    profile: String,
}

/// Something that happened to a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// When.
    pub at: Moment,
    /// What: the kind of the event.
    pub kind: String,
    /// The event's own words.
    pub body: Value,
}

/// The same vulnerability in another release or component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The finding.
    pub finding: FindingRow,
    /// Nobody has settled it.
    pub is_open: bool,
}

impl Detail {
    /// The assessment itself.
    pub fn assessment(&self) -> Option<&Assessment> {
        self.assessed.as_ref().map(|one| &one.assessment)
    }
}

/// Other findings of the vulnerability that a page names.
const ELSEWHERE: u32 = 20;

impl Maker {
    /// A finding; `None` when there is none in the scope.
    ///
    /// # Errors
    /// When its documents cannot be read any more.
    pub async fn finding(&self, id: i64, now: Moment) -> Result<Option<Detail>, Fault> {
        let scope = &self.scope;
        let mut look = self.house.store.look().await?;
        let Some(row) = look.finding(scope, id).await? else { return Ok(None) };
        let release = look.release(scope, row.release).await?;
        let release =
            release.ok_or_else(|| Fault::Refused("its release is not there any more".to_owned()))?;
        let product = look.product(scope, row.product).await?;
        let events = look.events_of_finding(scope, id).await?;
        let filter =
            FindingFilter { vulnerability: Some(row.vulnerability.clone()), ..FindingFilter::default() };
        let others =
            look.findings(scope, &filter, Sort::default(), &Page { after: None, limit: ELSEWHERE }).await?;
        let documents = look.documents(scope, row.release).await?;
        let ground = ground::read(&mut look, scope, &release).await?;
        drop(look);
        let documents = load(&self.house, &documents).await?;
        let ground = ground::complete(&self.house, ground).await?;
        let current = self.house.current();
        let wanted = row.clone();
        let again = busy(move || {
            let inventory = scan::read(&Request { documents, ..Request::default() })?;
            let grounds = ground.grounds(&inventory);
            Ok(judged_again(&current.knowledge, &inventory, &grounds, &wanted, now))
        })
        .await?;
        let elsewhere = others.rows.into_iter().filter(|other| other.id != id);
        Ok(Some(Detail {
            product_name: product.map_or_else(String::new, |product| product.name),
            history: events.into_iter().map(happening).collect(),
            elsewhere: elsewhere
                .map(|finding| Elsewhere { is_open: is_open(&finding.cell), finding })
                .collect(),
            row,
            finding: again.finding,
            assessed: again.assessed,
            effect: again.effect,
            about: again.about,
            proposal: again.proposal,
            decisions: again.decisions,
            advice: again.advice,
            profile: again.profile,
        }))
    }
}

/// Judges the component of a stored finding again, with all texts.
fn judged_again(
    knowledge: &Knowledge,
    inventory: &Inventory,
    grounds: &Grounds,
    wanted: &FindingRow,
    now: Moment,
) -> Again {
    let options = grounds.options(&Options { at: instant(now), ..Options::default() });
    let is_wanted = |at: usize| {
        inventory
            .components
            .get(at)
            .is_some_and(|one| one.name == wanted.component_name && one.version == wanted.component_version)
    };
    let scan =
        analysis::matching::scan_of(&knowledge.index, inventory, &options, &Views::default(), &is_wanted);
    let judged = judge_scan(knowledge, inventory, grounds, &options, scan);
    let about = about(&knowledge.index, &wanted.vulnerability);
    let profile = if judged.profile.is_inferred { String::new() } else { judged.profile.id.clone() };
    let place = judged.scan.findings.iter().position(|one| one.vulnerability == wanted.vulnerability);
    let Some(at) = place else { return Again { about, profile, ..Again::default() } };
    let finding = judged.scan.findings.get(at).cloned();
    let component = finding.as_ref().map_or(0, |one| one.component);
    Again {
        assessed: judged.assessed.get(at).cloned().flatten(),
        effect: judged.effects.get(at).cloned(),
        about,
        proposal: crate::decisions::proposal(inventory, &judged, at),
        decisions: standings(judged.decisions.iter().zip(&judged.carried), at),
        advice: remedy::advise_on(knowledge, inventory, component, &wanted.vulnerability, &options),
        finding,
        profile,
    }
}

fn happening(event: store::event::Event) -> Happening {
    Happening { at: event.at, kind: event.kind, body: serde_json::from_str(&event.body).unwrap_or_default() }
}

/// In the words of the first source that has any.
pub(super) fn about(index: &index::Index, id: &str) -> String {
    let vulnerability = index.find(id).and_then(|number| index.vulnerability(number).ok());
    let texts = vulnerability.into_iter().flat_map(|one| one.records().collect::<Vec<_>>());
    texts
        .filter_map(|record| record.texts().ok())
        .map(|text| text.description)
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}
