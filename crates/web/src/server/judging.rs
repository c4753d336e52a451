//! Triage beyond a decision: comments, sleep, the second person, taking back, deeds.

use super::acts::Done;
use super::asked::Asked;
use super::errors::Fault;
use super::export::list;
use crate::backend::{Failure, Kind};
use crate::pages::{decisions, links};

/// Refuses words that the form does not have.
fn only(asked: &Asked, known: &[&str]) -> Result<(), Fault> {
    let complaints = asked.sent.complaints(known);
    if complaints.is_empty() { Ok(()) } else { Err(super::acts::wrong(&complaints)) }
}

fn missing(field: &str, says: &str) -> Fault {
    Failure::new(Kind::Invalid, "What was sent cannot be used").field(field, says).into()
}

/// Writes a comment on a finding.
pub async fn comment(asked: Asked) -> Done {
    only(&asked, &["text"])?;
    let finding = asked.part("finding");
    let says = asked.app.backend.comment(&asked.act()?, finding, asked.sent.text("text")).await?;
    Ok(asked.done(&says, &links::finding(finding)))
}

/// Takes a finding out of the queue for some days.
pub async fn snooze(asked: Asked) -> Done {
    only(&asked, &["days", "reason"])?;
    let finding = asked.part("finding");
    let days = asked.sent.text("days").parse::<u8>().ok().filter(|days| *days <= 14);
    let days = days.ok_or_else(|| missing("days", "write a number of days from 0 to 14"))?;
    let says = asked.app.backend.snooze(&asked.act()?, finding, days, asked.sent.text("reason")).await?;
    Ok(asked.done(&says, &links::finding(finding)))
}

/// The decisions.
pub async fn decisions(asked: Asked) -> Done {
    let ask = |app: super::App, who, query| -> super::export::Asking<_> {
        Box::pin(async move { app.backend.decisions(&who, &query).await })
    };
    list(asked, &decisions::LIST, ask, |page, query| decisions::Decisions { page, query }).await
}

/// One decision.
pub async fn decision(asked: Asked) -> Done {
    asked.only(&[])?;
    let view = asked.app.backend.decision(asked.who()?, asked.part("decision")).await?;
    asked.show(&view)
}

/// The version that was seen: `If-Match` names it before the form does.
fn version(asked: &Asked) -> Result<i64, Fault> {
    let named = if asked.version.is_empty() { asked.sent.text("version") } else { &asked.version };
    named.parse().map_err(|_| missing("version", "name the version that you have seen"))
}

/// Puts a proposal into force.
pub async fn approve(asked: Asked) -> Done {
    only(&asked, &["version", "note"])?;
    let (decision, version) = (asked.part("decision"), version(&asked)?);
    let says = asked.app.backend.approve(&asked.act()?, decision, version, asked.sent.text("note")).await?;
    Ok(asked.done(&says, &links::decision(decision)))
}

/// Takes a decision back, or rejects a proposal.
pub async fn withdraw(asked: Asked) -> Done {
    only(&asked, &["version", "why"])?;
    let (decision, version) = (asked.part("decision"), version(&asked)?);
    let says = asked.app.backend.withdraw(&asked.act()?, decision, version, asked.sent.text("why")).await?;
    Ok(asked.done(&says, &links::decision(decision)))
}

/// The decisions of a deed.
pub async fn deed(asked: Asked) -> Done {
    asked.only(&[])?;
    let view = asked.app.backend.deed(asked.who()?, asked.part("deed")).await?;
    asked.show(&view)
}

/// Puts all proposals of a deed into force.
pub async fn approve_deed(asked: Asked) -> Done {
    only(&asked, &["note"])?;
    let deed = asked.part("deed");
    let says = asked.app.backend.approve_deed(&asked.act()?, deed, asked.sent.text("note")).await?;
    Ok(asked.done(&says, &links::deed(deed)))
}

/// Takes back everything that a deed decided.
pub async fn undo_deed(asked: Asked) -> Done {
    only(&asked, &["why"])?;
    let deed = asked.part("deed");
    if asked.sent.text("why").is_empty() {
        return Err(missing("why", "say why it is taken back; the next person will ask"));
    }
    let says = asked.app.backend.undo_deed(&asked.act()?, deed, asked.sent.text("why")).await?;
    Ok(asked.done(&says, &links::deed(deed)))
}
