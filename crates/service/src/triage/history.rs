//! Everything that happened to a finding, by time: what the machine found, what people decided, what they said.

use model::access::Act;
use store::decision::DecisionFilter;
use store::{Moment, Page};

use super::decide::finding_of;
use super::word;
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Moment,
    /// Who: `person/5`, `system`.
    pub actor: String,
    /// What it is.
    pub what: What,
}

/// The kinds of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Something changed by data, or somebody put it to sleep: the kind of the event and its JSON.
    Event {
        /// `finding_new`, `class_changed`, `snoozed` …
        kind: String,
        /// Its JSON.
        body: String,
    },
    /// A step of a decision.
    Decision {
        /// Its id.
        id: i64,
        /// Its name.
        name: String,
        /// The version that the step made.
        version: i64,
        /// `made`, `proposed`, `approved`, `edited`, `overtaken`, `withdrawn`, `undone`, `superseded`, `restored`.
        act: String,
        /// What it said then.
        says: String,
        /// Why.
        note: String,
    },
    /// A comment.
    Remark {
        /// Its id.
        id: i64,
        /// The text.
        text: String,
    },
}

/// The history of a finding, oldest first.
///
/// # Errors
/// `NotFound` outside of the roles.
pub async fn history(house: &House, identity: &Identity, finding: i64) -> Result<Vec<Line>, Fault> {
    let scope = identity.scope(Act::Read)?;
    let mut look = house.store.look().await?;
    let row = finding_of(&mut look, &scope, finding).await?;
    let mut lines: Vec<Line> = Vec::new();
    for event in look.events_of_finding(&scope, finding).await? {
        let body: serde_json::Value = serde_json::from_str(&event.body).unwrap_or_default();
        let actor = body["by"].as_str().unwrap_or("system").to_owned();
        lines.push(Line { at: event.at, actor, what: What::Event { kind: event.kind, body: event.body } });
    }
    let filter = DecisionFilter {
        product: Some(row.product),
        vulnerability: Some(row.vulnerability.clone()),
        ..DecisionFilter::default()
    };
    let mut page = Page { after: None, limit: 1000 };
    loop {
        let listed = look.decisions(&scope, &filter, &page).await?;
        for decision in listed.rows.iter().filter(|one| one.component == row.component_name) {
            for step in look.decision_history(&scope, decision.id).await? {
                let says = word::read(&decision.name, &step.body).map(|text| text.says());
                lines.push(Line {
                    at: step.at,
                    actor: step.actor,
                    what: What::Decision {
                        id: decision.id,
                        name: decision.name.clone(),
                        version: step.version,
                        act: step.act,
                        says: says.unwrap_or_default(),
                        note: step.note,
                    },
                });
            }
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    for remark in look.remarks(&scope, row.product, &format!("finding/{finding}")).await? {
        let what = What::Remark { id: remark.id, text: remark.text };
        lines.push(Line { at: remark.at, actor: format!("person/{}", remark.author), what });
    }
    // Stable: of one moment the machine's lines come first, then the steps in their order, then what was said.
    lines.sort_by_key(|line| (line.at, matches!(line.what, What::Remark { .. }), step_of(&line.what)));
    Ok(lines)
}

fn step_of(what: &What) -> (i64, i64) {
    match what {
        What::Decision { id, version, .. } => (*id, *version),
        _ => (0, 0),
    }
}
