//! Your account: name, password, sessions, tokens.

use askama::Template;
use serde::Serialize;

use super::at::At;
use super::form::{Complaints, Sent, complaint};
use super::frame::{Frame, Section};
use super::settings::{Token, TokenDraft};
use super::{Show, links, role};
use crate::backend::Role;

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Account {
    /// Id of the person.
    pub id: String,
    /// Name at sign-in.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// Mail address.
    pub mail: String,
    /// Roles, on whatever products.
    #[serde(serialize_with = "role::words")]
    pub roles: Vec<Role>,
    /// Sessions, the one used last first.
    pub sessions: Vec<Session>,
    /// Tokens in force.
    pub tokens: Vec<Token>,
    /// A token that was just made: shown this once.
    #[serde(skip)]
    pub made: String,
    /// The form of a token.
    #[serde(skip)]
    pub draft: TokenDraft,
    /// What is wrong with the name or the password, by field.
    #[serde(skip)]
    pub complaints: Complaints,
}

/// A session.
#[derive(Clone, Debug, Serialize)]
pub struct Session {
    /// By which it can be ended; says nothing of the secret.
    pub id: String,
    /// Where it was begun from.
    pub address: String,
    /// The browser, as it says.
    pub agent: String,
    /// When it began.
    pub made: At,
    /// When it was seen last.
    pub seen: At,
    /// The one that asks.
    pub is_this: bool,
}

/// A change of the own password that can be understood: the old one, the new one.
pub type NewPassword = (String, String);

/// Reads the form of a new password.
///
/// # Errors
/// What is wrong, by field.
pub fn new_password(sent: &Sent) -> Result<NewPassword, Complaints> {
    let mut wrong = sent.complaints(&["old", "password", "again"]);
    if sent.whole("old").is_empty() {
        wrong.insert("old".into(), "write the password that you use now".into());
    }
    super::set_up::password(sent, &mut wrong);
    if wrong.is_empty() {
        Ok((sent.whole("old").to_owned(), sent.whole("password").to_owned()))
    } else {
        Err(wrong)
    }
}

#[derive(Template)]
#[template(path = "pages/account.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Account,
}

impl Drawn<'_> {
    /// Only roles that the person has can go into a token.
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        self.view.roles.iter().map(|one| (one.word(), role::says(one))).collect()
    }

    fn is_ticked(&self, word: &str) -> bool {
        self.view.draft.roles.iter().any(|one| one == word)
    }

    fn wrong(&self, field: &str) -> &str {
        let own = complaint(&self.view.complaints, field);
        if own.is_empty() { complaint(&self.view.draft.complaints, field) } else { own }
    }

    fn others(&self) -> usize {
        self.view.sessions.iter().filter(|one| !one.is_this).count()
    }

    fn least(&self) -> usize {
        super::set_up::LEAST
    }
}

impl Show for Account {
    fn title(&self) -> String {
        "Your account".to_owned()
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
