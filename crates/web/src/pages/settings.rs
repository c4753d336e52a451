//! Settings: the organisation, what holds and where it is set, tokens of programs.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::form::{Complaints, Sent};
use super::frame::{Frame, Section};
use super::links;
use super::role;
use crate::backend::Role;

/// What the page shows.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Settings that hold: (name, value, where it is set). Never a secret.
    pub settings: Vec<(String, String, String)>,
    /// Tokens of programs.
    pub tokens: Vec<Token>,
    /// People, and those of them who were invited and never came.
    pub people: (u64, u64),
    /// A second person is demanded; else advisory.
    pub four_eyes: bool,
}

/// A token.
#[derive(Clone, Debug, Serialize)]
pub struct Token {
    /// Its public beginning, by which it is found.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    #[serde(serialize_with = "role::words")]
    pub roles: Vec<Role>,
    /// On which products, by id; empty = on all that its person reaches.
    pub products: Vec<String>,
    /// Who made it.
    pub by: String,
    /// When it ends.
    pub until: At,
    /// When it was used last.
    pub used: Option<At>,
}

/// A token to be made, as it was written.
#[derive(Clone, Debug, Default)]
pub struct TokenDraft {
    /// What it is for.
    pub name: String,
    /// Words of roles.
    pub roles: Vec<String>,
    /// Ids of products, with blanks between them; empty = all that the person reaches.
    pub products: String,
    /// How long it holds, in days.
    pub days: String,
    /// What is wrong, by field.
    pub complaints: Complaints,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Ids of the products on which it may do it; empty = all that the person reaches.
    pub products: Vec<String>,
    /// For how many days.
    pub days: u16,
}

/// Longest life of a token, in days.
const LONGEST: u16 = 366;

impl TokenDraft {
    /// The form as it was, with what is wrong with a token that could be read.
    pub fn again(new: &NewToken, complaints: Complaints) -> TokenDraft {
        TokenDraft {
            name: new.name.clone(),
            roles: new.roles.iter().map(|role| role.word().to_owned()).collect(),
            products: new.products.join(" "),
            days: new.days.to_string(),
            complaints,
        }
    }

    /// Reads a form.
    ///
    /// # Errors
    /// The draft as it was written, with what is wrong beside each field.
    pub fn read(sent: &Sent) -> Result<NewToken, TokenDraft> {
        let (name, words, days) =
            (sent.text("name").to_owned(), sent.all("roles"), sent.text("days").to_owned());
        let listed = sent.all("products").join(" ");
        let mut complaints = sent.complaints(&["name", "roles", "products", "days"]);
        if name.is_empty() {
            complaints.insert("name".into(), "say what it is for: `build of gateway`".into());
        }
        let roles: Vec<Role> = words.iter().filter_map(|word| Role::parse(word)).collect();
        if roles.is_empty() || roles.len() != words.len() {
            complaints.insert("roles".into(), "choose at least one role of the list".into());
        }
        let read = days.parse::<u16>().ok().filter(|days| (1..=LONGEST).contains(days));
        match read {
            Some(days) if complaints.is_empty() => {
                let products = listed.split([' ', ',']).filter(|one| !one.is_empty());
                Ok(NewToken { name, roles, products: products.map(str::to_owned).collect(), days })
            }
            _ => {
                if read.is_none() {
                    complaints.insert("days".into(), format!("write a number of days from 1 to {LONGEST}"));
                }
                Err(TokenDraft { name, roles: words, products: listed, days, complaints })
            }
        }
    }
}

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a Settings,
}

impl Show for Settings {
    fn title(&self) -> String {
        "Settings".to_owned()
    }

    fn section(&self) -> Section {
        Section::Settings
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}
