//! The end of decisions: who is about to end, and the mark on those that have.

use model::access::{Act, Role};
use model::decision::DecisionState;
use serde_json::json;
use store::audit::AuditEntry;
use store::decision::{Act as Step, Decision as Row, DecisionFilter};
use store::{Look, Moment, Page, Scope};

use super::decide::{in_state, queue};
use super::word;
use crate::access::identity::Identity;
use crate::house::{Fault, House, instant};

/// Decisions in force that end until a moment, those that end first before others: the calendar, the list of warnings.
///
/// # Errors
/// `Denied` without any role.
pub async fn ending(house: &House, identity: &Identity, until: Moment) -> Result<Vec<Row>, Fault> {
    let scope = identity.scope(Act::Read)?;
    ended_by(&mut house.store.look().await?, &scope, until).await
}

async fn ended_by(look: &mut Look, scope: &Scope, until: Moment) -> Result<Vec<Row>, Fault> {
    let filter = DecisionFilter { states: vec![DecisionState::Active], ..DecisionFilter::default() };
    let (mut rows, mut page) = (Vec::new(), Page { after: None, limit: 1000 });
    loop {
        let listed = look.decisions(scope, &filter, &page).await?;
        rows.extend(listed.rows.into_iter().filter(|row| row.expires.is_past(until)));
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    rows.sort_by_key(|row| (row.expires, row.id));
    Ok(rows)
}

/// Marks the decisions whose time is over, in all organisations, and queues the releases that they reached: nothing else
/// would judge those before knowledge changes. Returns how many. A job of the installation.
///
/// # Errors
/// When the store cannot be reached.
pub async fn mark_ended(house: &House, now: Moment) -> Result<usize, Fault> {
    let organisations = house.store.look().await?.organisations().await?;
    let mut marked = 0;
    for organisation in organisations {
        let scope = Scope::whole(organisation.id, Role::Admin);
        let rows = ended_by(&mut house.store.look().await?, &scope, now).await?;
        for row in rows {
            let mut change = house.store.change().await?;
            // Somebody may have said it anew meanwhile.
            let Some(row) = change.decision(&scope, row.id).await?.filter(|now| now.version == row.version)
            else {
                continue;
            };
            let note = format!("it ended {}", instant(row.expires));
            let step = Step { act: "overtaken", actor: "system", note: &note, at: now };
            let after = in_state(&row, DecisionState::Overtaken);
            let version = change.change_decision(&scope, row.id, row.version, &after, &step).await?;
            let entry = AuditEntry {
                product: row.product,
                at: now,
                actor: "system".to_owned(),
                act: "decision.overtaken".to_owned(),
                subject: format!("decision/{}", row.id),
                body: json!({ "name": row.name, "version": version, "why": note }),
            };
            change.log(&scope, &entry).await?;
            if let Some(product) = row.product {
                let text = word::read(&row.name, &row.body)?;
                queue(&mut change, &scope, product, &text, version, &[], now).await?;
            }
            change.commit().await?;
            marked += 1;
        }
    }
    Ok(marked)
}
