//! One finding in full: judged again with all texts, so that every word on its page comes from the same grounds as the
//! stored row.

use std::sync::Arc;

use analysis::matching::Views;
use model::assessment::Assessment;
use model::effect::Effect;
use model::finding::Finding;
use serde_json::Value;
use store::finding_list::{FindingFilter, Sort};
use store::{Moment, Page};

use super::{FindingRow, Maker, is_open};
use crate::assess::Assessed;
use crate::ground;
use crate::house::{Fault, busy, instant};
use crate::intake::load;
use crate::judge::judge_scan;
use crate::scan::{self, Options, Request};

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
        let (finding, assessed, effect, about) = busy(move || {
            let inventory = scan::read(&Request { documents, ..Request::default() })?;
            let grounds = ground.grounds(&inventory);
            let options = grounds.options(&Options { at: instant(now), ..Options::default() });
            let is_wanted = |at: usize| {
                inventory.components.get(at).is_some_and(|one| {
                    one.name == wanted.component_name && one.version == wanted.component_version
                })
            };
            let knowledge = &current.knowledge;
            let scan = analysis::matching::scan_of(
                &knowledge.index,
                &inventory,
                &options,
                &Views::default(),
                &is_wanted,
            );
            let judged = judge_scan(knowledge, &inventory, &grounds, &options, scan);
            let place = judged.scan.findings.iter().position(|one| one.vulnerability == wanted.vulnerability);
            let about = about(&knowledge.index, &wanted.vulnerability);
            Ok(match place {
                Some(at) => (
                    judged.scan.findings.get(at).cloned(),
                    judged.assessed.get(at).cloned().flatten(),
                    judged.effects.get(at).cloned(),
                    about,
                ),
                None => (None, None, None, about),
            })
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
            finding,
            assessed,
            effect,
            about,
        }))
    }
}

fn happening(event: store::event::Event) -> Happening {
    Happening { at: event.at, kind: event.kind, body: serde_json::from_str(&event.body).unwrap_or_default() }
}

fn about(index: &index::Index, id: &str) -> String {
    let vulnerability = index.find(id).and_then(|number| index.vulnerability(number).ok());
    let texts = vulnerability.into_iter().flat_map(|one| one.records().collect::<Vec<_>>());
    texts
        .filter_map(|record| record.texts().ok())
        .map(|text| text.description)
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}
