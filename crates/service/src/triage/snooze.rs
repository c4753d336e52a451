//! A finding out of the queue for a while, and comments. Neither changes what holds.

use std::collections::BTreeMap;

use model::access::Act;
use model::assessment::ResponseClass;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::audit::AuditEntry;
use store::event::Event;
use store::finding::Finding;
use store::{Look, Moment, Page, Scope};

use super::decide::finding_of;
use crate::access::identity::Identity;
use crate::house::{Fault, House};

/// How long at most, in milliseconds: 14 days.
pub const LONGEST: i64 = 14 * 24 * 3_600_000;

/// The kind of its event.
const KIND: &str = "snoozed";

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Until when; not later than it was made = called back.
    pub until: i64,
    /// Who (`person/5`).
    pub by: String,
    /// Why.
    pub reason: String,
    /// The class at that time: when a worse one comes, it wakes up.
    class: Option<String>,
    ceiling: Option<String>,
}

/// Takes a finding out of the queue until a moment, 14 days at most; a moment of now or before brings it back. It comes
/// back by itself when its class or ceiling rises.
///
/// # Errors
/// `Refused` when it is too long or without a reason.
pub async fn snooze(
    house: &House,
    identity: &Identity,
    finding: i64,
    until: Moment,
    reason: &str,
    now: Moment,
) -> Result<(), Fault> {
    let scope = identity.scope(Act::Investigate)?;
    if until > now.plus(LONGEST) {
        return Err(Fault::Refused("a finding sleeps for 14 days at most".to_owned()));
    }
    if until > now && reason.trim().is_empty() {
        return Err(Fault::Refused("say why it can wait".to_owned()));
    }
    let mut change = house.store.change().await?;
    let row = finding_of(&mut change, &scope, finding).await?;
    identity.must(Act::Investigate, row.product)?;
    let word = |class: Option<ResponseClass>| class.map(|class| class.word().to_owned());
    let (class, ceiling) = (word(row.cell.class), word(row.cell.ceiling));
    let snooze =
        Snooze { until: until.0, by: identity.hand(), reason: reason.trim().to_owned(), class, ceiling };
    let event = Event {
        id: 0,
        product: row.product,
        release: row.release,
        finding,
        kind: KIND.to_owned(),
        at: now,
        body: serde_json::to_string(&snooze).unwrap_or_default(),
    };
    change.put_events(&[event]).await?;
    let body = json!({ "until": until.0, "reason": reason.trim(), "person": identity.person });
    change.log(&scope, &entry(identity, &row, "finding.snoozed", body, now)).await?;
    change.commit().await?;
    Ok(())
}

/// Writes a comment on a finding; it is neither changed nor removed.
///
/// # Errors
/// `Refused` when it is empty or longer than 20,000 characters.
pub async fn comment(
    house: &House,
    identity: &Identity,
    finding: i64,
    text: &str,
    now: Moment,
) -> Result<i64, Fault> {
    let scope = identity.scope(Act::Investigate)?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 20_000 {
        return Err(Fault::Refused("a comment has 1 to 20,000 characters".to_owned()));
    }
    let mut change = house.store.change().await?;
    let row = finding_of(&mut change, &scope, finding).await?;
    let subject = format!("finding/{finding}");
    let id = change.add_remark(&scope, row.product, &subject, identity.person, text, now).await?;
    let body = json!({ "remark": id, "person": identity.person });
    change.log(&scope, &entry(identity, &row, "finding.commented", body, now)).await?;
    change.commit().await?;
    Ok(id)
}

fn entry(identity: &Identity, row: &Finding, act: &str, body: serde_json::Value, now: Moment) -> AuditEntry {
    AuditEntry {
        product: Some(row.product),
        at: now,
        actor: identity.actor(),
        act: act.to_owned(),
        subject: format!("finding/{}", row.id),
        body,
    }
}

/// The newest word on sleeping of each finding of the scope.
pub(crate) async fn asleep(
    look: &mut Look,
    scope: &Scope,
    now: Moment,
) -> Result<BTreeMap<i64, Snooze>, Fault> {
    let mut newest: BTreeMap<i64, Snooze> = BTreeMap::new();
    let mut page = Page { after: None, limit: 1000 };
    loop {
        // Nothing older than the longest sleep can still hold.
        let listed = look.events(scope, KIND, now.plus(-LONGEST), &page).await?;
        for event in listed.rows {
            if let Ok(snooze) = serde_json::from_str::<Snooze>(&event.body) {
                // Newest first.
                newest.entry(event.finding).or_insert(snooze);
            }
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(newest),
        }
    }
}

impl Snooze {
    /// True while it holds for a finding as it is now.
    pub fn holds(&self, row: &Finding, now: Moment) -> bool {
        let known = |word: &Option<String>| word.as_deref().and_then(ResponseClass::parse);
        self.until > now.0 && row.cell.class <= known(&self.class) && row.cell.ceiling <= known(&self.ceiling)
    }
}
