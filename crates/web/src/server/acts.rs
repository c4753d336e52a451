//! Handlers that change something: read the form, do one deed, say what was done. A form that is wrong comes back as it
//! was written, with what is wrong beside each field.

use super::asked::{Asked, Wants};
use super::errors::Fault;
use super::reply::Reply;
use crate::backend::{BulkAsked, Failure, Kind};
use crate::pages::bulk::Bulk;
use crate::pages::decision::{Decision, Draft};
use crate::pages::form::{Complaints, Sent};
use crate::pages::{Show, links};

/// What a handler that changes something returns.
pub(super) type Done = Result<Reply, Fault>;

/// A decision of the form; `If-Match` names the version before the form does.
fn decision(asked: &Asked) -> Result<Decision, Box<Draft>> {
    let today = asked.frames.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut decision = Draft::read(&asked.sent, today)?;
    if !asked.version.is_empty() {
        decision.version.clone_from(&asked.version);
    }
    Ok(decision)
}

/// A fault for programs: what is wrong with which field.
pub(super) fn wrong(complaints: &Complaints) -> Fault {
    let mut failure = Failure::new(Kind::Invalid, "What was sent cannot be used");
    failure.fields = complaints.iter().map(|(field, says)| (field.clone(), says.clone())).collect();
    failure.into()
}

/// The form again for people, a fault for programs.
pub(super) fn again(asked: &Asked, view: &impl Show, complaints: &Complaints) -> Done {
    if asked.wants == Wants::Json { Err(wrong(complaints)) } else { Ok(asked.show(view)?.again()) }
}

/// Where the version was named by a header, a newer one is a failed precondition and not a conflict.
fn stale(asked: &Asked, failure: Failure) -> Fault {
    if failure.kind == Kind::Conflict && !asked.version.is_empty() {
        Fault::Stale(failure.hint)
    } else {
        failure.into()
    }
}

/// Decides on a finding.
pub async fn decide(asked: Asked) -> Done {
    let finding = asked.part("finding").to_owned();
    let backend = &asked.app.backend;
    let draft = match decision(&asked) {
        Ok(decision) => match backend.decide(&asked.act()?, &finding, decision).await {
            Ok(says) => return Ok(asked.done(&says, &links::finding(&finding))),
            // What the services refuse comes back in the form too, so that nothing that was written is lost.
            Err(failure)
                if asked.wants == Wants::Page
                    && matches!(failure.kind, Kind::Invalid | Kind::Conflict | Kind::Forbidden) =>
            {
                let mut draft = Draft::of(&asked.sent);
                draft.complaints = failure.fields.into_iter().collect();
                draft
                    .complaints
                    .entry("form".to_owned())
                    .or_insert(format!("{}. {}", failure.says, failure.hint));
                draft
            }
            Err(failure) => return Err(stale(&asked, failure)),
        },
        Err(draft) => *draft,
    };
    if asked.wants == Wants::Json {
        return Err(wrong(&draft.complaints));
    }
    let mut view = backend.finding(asked.who()?, &finding).await?;
    view.draft = draft;
    Ok(asked.show(&view)?.again())
}

fn bulk(sent: &Sent) -> Result<BulkAsked, Fault> {
    let mut findings = sent.all("finding");
    findings.sort();
    findings.dedup();
    if findings.is_empty() {
        let failure = Failure::new(Kind::Invalid, "No finding is selected")
            .hint("Go back, tick the findings, and decide on them.");
        return Err(failure.field("finding", "name at least one").into());
    }
    Ok(BulkAsked { findings, decision: None, preview: sent.text("preview").to_owned() })
}

/// Shows what a decision on many findings would do.
pub async fn preview(asked: Asked) -> Done {
    let mut wanted = bulk(&asked.sent)?;
    let read = decision(&asked);
    // The first time the form is still empty: then it is shown, and nothing is wrong yet.
    let is_first = asked.wants == Wants::Page
        && asked.sent.text("status").is_empty()
        && asked.sent.text("comment").is_empty();
    let draft = match read {
        Ok(decision) => {
            wanted.decision = Some(decision);
            Draft::of(&asked.sent)
        }
        Err(_) if is_first => Draft::default(),
        Err(draft) if asked.wants == Wants::Json => return Err(wrong(&draft.complaints)),
        Err(draft) => *draft,
    };
    let is_wrong = !draft.complaints.is_empty();
    let mut view: Bulk = asked.app.backend.preview(asked.who()?, &wanted).await?;
    view.draft = draft;
    let reply = asked.show(&view)?;
    Ok(if is_wrong { reply.again() } else { reply })
}

/// Decides on many findings at once.
pub async fn decide_all(asked: Asked) -> Done {
    let mut wanted = bulk(&asked.sent)?;
    match decision(&asked) {
        Ok(decision) => wanted.decision = Some(decision),
        Err(draft) if asked.wants == Wants::Json => return Err(wrong(&draft.complaints)),
        Err(_) => return preview(asked).await,
    }
    if wanted.preview.is_empty() {
        return preview(asked).await;
    }
    let says = asked
        .app
        .backend
        .decide_all(&asked.act()?, wanted)
        .await
        .map_err(|failure| stale(&asked, failure))?;
    // The page of the deed offers to undo it; its name is the second word of the sentence.
    let deed = says.strip_prefix("Deed ").and_then(|rest| rest.split(':').next()).map(links::deed);
    Ok(asked.done(&says, &deed.unwrap_or_else(|| "/findings".to_owned())))
}

/// Takes an SBOM or a piece of build evidence of a release, which is made where it is new.
pub async fn hand_in(asked: Asked) -> Done {
    asked.only(&["name"])?;
    if asked.document.is_empty() {
        let failure = Failure::new(Kind::Invalid, "There is no document in the request");
        return Err(failure.hint("Send the file itself: curl --data-binary @image.spdx.json").into());
    }
    let (product, version) = (asked.part("product"), asked.part("version"));
    let name = super::clean::file_name(asked.word("name"))?;
    let act = asked.act()?;
    let says = asked.app.backend.hand_in(&act, product, version, name, &asked.document).await?;
    Ok(asked.done(&says, "/"))
}

/// Asks for a sync of a feed.
pub async fn sync(asked: Asked) -> Done {
    let says = asked.app.backend.sync_feed(&asked.act()?, asked.part("feed")).await?;
    Ok(asked.done(&says, "/knowledge"))
}
