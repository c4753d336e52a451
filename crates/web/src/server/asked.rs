//! What was asked: who asks, which words the address holds, what a form sent. Made by the guard, read by handlers.

use std::collections::HashMap;

use axum::body::Bytes;
use jiff::Timestamp;
use model::access as rights;

use super::errors::Fault;
use super::reply::Reply;
use super::session;
use super::{App, assets};
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::Show;
use crate::pages::form::Sent;
use crate::pages::frame::{Frame, Theme};
use crate::pages::list::{Query, Spec};

/// Page or JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A page.
    Page,
    /// JSON: addresses below `/api/`.
    Json,
}

/// What frames are made of.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    /// Who looks; none where nobody is signed in.
    pub who: Option<Identity>,
    /// Proof for forms; empty where there is neither a session nor a form cookie.
    pub proof: String,
    /// Light or dark.
    pub theme: Theme,
    /// What was just done.
    pub flash: String,
    /// The address of the page.
    pub here: String,
    /// Text of the search box.
    pub sought: String,
    /// The given time.
    pub now: Timestamp,
    /// The program.
    pub program: String,
}

impl Frames {
    /// The frame of a page.
    pub fn frame(&self, page: &impl Show) -> Frame {
        let may = |act: rights::Act| self.who.as_ref().is_some_and(|who| who.may(act));
        let (person, organisation) = (self.who.as_ref())
            .map_or_else(Default::default, |who| (who.name.clone(), who.organisation_name.clone()));
        Frame {
            title: page.title(),
            section: page.section(),
            crumbs: page.crumbs(),
            person,
            organisation,
            csrf: self.proof.clone(),
            theme: self.theme,
            flash: self.flash.clone(),
            here: self.here.clone(),
            sought: self.sought.clone(),
            may_decide: may(rights::Act::Investigate),
            may_manage: may(rights::Act::Administer),
            may_audit: may(rights::Act::ReadLog),
            now: self.now,
            style: assets::STYLE.link(),
            script: assets::SCRIPT.link(),
            mark: assets::MARK.link(),
            program: self.program.clone(),
        }
    }
}

/// What a handler is given.
pub struct Asked {
    /// The server.
    pub app: App,
    /// What frames are made of, and who asks.
    pub frames: Frames,
    /// The session's cookie; empty for none.
    pub cookie: String,
    /// What the browser keeps of a sign-in at the provider; empty for nothing.
    pub way: String,
    /// Page or JSON.
    pub wants: Wants,
    /// Parts of the address: `{finding}`.
    pub parts: HashMap<String, String>,
    /// Pairs of the address.
    pub pairs: Vec<(String, String)>,
    /// What a form or a JSON object sent.
    pub sent: Sent,
    /// A document that was handed in; empty on all other routes.
    pub document: Bytes,
    /// Key of the request that may be repeated.
    pub key: String,
    /// Method, address and body as one hash; empty without a key.
    pub content: String,
    /// Version that a change must find (`If-Match`); empty for none.
    pub version: String,
    /// The host by which the client came here, as it says.
    pub host: String,
    /// Address of the client.
    pub client: String,
    /// The browser, as it says.
    pub agent: String,
    /// Id of the request.
    pub id: String,
}

impl Asked {
    /// Who asks.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn who(&self) -> Result<&Identity, Fault> {
        self.frames.who.as_ref().ok_or(Fault::NotSignedIn)
    }

    /// What goes with a change.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn act(&self) -> Result<Act, Fault> {
        Ok(Act {
            who: self.who()?.clone(),
            at: self.frames.now,
            key: self.key.clone(),
            content: self.content.clone(),
            request: self.id.clone(),
        })
    }

    /// A part of the address.
    pub fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }

    /// A word of the address.
    pub fn word(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Refuses words of the address that a page without filters does not know.
    ///
    /// # Errors
    /// The first unknown word.
    pub fn only(&self, known: &[&str]) -> Result<(), Fault> {
        match self.pairs.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some((key, _)) => Err(refused(
                key,
                &format!(
                    "this page knows {}",
                    if known.is_empty() { "no words".to_owned() } else { known.join(", ") }
                ),
            )),
        }
    }

    /// What the address asks of a list.
    ///
    /// # Errors
    /// The first unknown word.
    pub fn query(&self, spec: &'static Spec) -> Result<Query, Fault> {
        let pairs: Vec<_> = self.pairs.iter().filter(|(key, _)| key != "export").cloned().collect();
        Query::parse(spec, &pairs).map_err(|refusal| refused(&refusal.key, &refusal.says))
    }

    /// The answer: a page, or the same view as JSON.
    ///
    /// # Errors
    /// When it cannot be written, which is a fault of ours.
    pub fn show(&self, view: &impl Show) -> Result<Reply, Fault> {
        let broken = |says: String| Fault::Failed(Failure::new(Kind::Broken, says));
        match self.wants {
            Wants::Json => {
                let bytes = serde_json::to_vec(view)
                    .map_err(|error| broken(format!("cannot write JSON: {error}")))?;
                Ok(Reply::json(bytes))
            }
            Wants::Page => {
                let page = view.render(&self.frames.frame(view));
                let page = page.map_err(|error| broken(format!("cannot write a page: {error}")))?;
                Ok(self.told(Reply::bytes("text/html; charset=utf-8", page.into_bytes())))
            }
        }
    }

    /// Forgets what was said once.
    fn told(&self, reply: Reply) -> Reply {
        if self.frames.flash.is_empty() {
            reply
        } else {
            reply.cookie(session::set(session::FLASH, "", 0, self.app.options.secure))
        }
    }

    /// What was done: for people a page that says so, for programs the sentence.
    pub fn done(&self, says: &str, to: &str) -> Reply {
        match self.wants {
            Wants::Json => Reply::json(serde_json::json!({ "done": says }).to_string().into_bytes()),
            Wants::Page => {
                let wanted = self.sent.text("return");
                let to = if wanted.is_empty() { to } else { wanted };
                Reply::go(to).cookie(session::set(
                    session::FLASH,
                    &session::wrap(says),
                    60,
                    self.app.options.secure,
                ))
            }
        }
    }
}

/// A word that is not understood, as a fault.
pub fn refused(key: &str, says: &str) -> Fault {
    Failure::new(Kind::Invalid, format!("The address holds a word that is not understood: {key}"))
        .hint("Correct the address, or start from the list without filters.")
        .field(key, says)
        .into()
}
