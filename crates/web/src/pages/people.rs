//! People: who may do what, and inviting somebody.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::at::At;
use super::form::{Complaints, Sent, complaint};
use super::frame::{Crumb, Frame, Section};
use super::list::{Cells, Filter, Furniture, Page, Query, Spec, furniture};
use super::{links, role};
use crate::backend::Role;

/// The list of people.
pub static LIST: Spec = Spec {
    path: "/settings/people",
    noun: ("person", "people"),
    filters: &[
        Filter { key: "role", label: "Role", values: role::WORDS },
        Filter {
            key: "state",
            label: "State",
            values: &[("active", "active"), ("invited", "invited"), ("locked", "locked")],
        },
    ],
    sorts: &[("name", "Name"), ("seen", "Last seen")],
    find: true,
    columns: &["id", "login", "name", "mail", "roles", "state", "seen"],
};

/// A person.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Id.
    pub id: String,
    /// Name at sign-in.
    pub login: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub mail: String,
    /// Roles, on whatever products.
    #[serde(serialize_with = "role::words")]
    pub roles: Vec<Role>,
    /// `active`, `invited` or `locked`.
    pub state: String,
    /// When the person was seen last.
    pub seen: Option<At>,
}

impl Cells for Person {
    fn cells(&self) -> Vec<String> {
        let roles: Vec<&str> = self.roles.iter().map(|role| role.word()).collect();
        vec![
            self.id.clone(),
            self.login.clone(),
            self.name.clone(),
            self.mail.clone(),
            roles.join(" "),
            self.state.clone(),
            self.seen.map_or(String::new(), |at| at.iso()),
        ]
    }
}

/// An invitation as it was written.
#[derive(Clone, Debug, Default)]
pub struct Invitation {
    /// Name at sign-in.
    pub login: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub mail: String,
    /// Words of roles.
    pub roles: Vec<String>,
    /// What is wrong, by field.
    pub complaints: Complaints,
}

/// An invitation that can be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Name at sign-in.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// Mail address; may be empty.
    pub mail: String,
    /// Roles, on all products.
    pub roles: Vec<Role>,
}

impl Invitation {
    /// Reads a form.
    ///
    /// # Errors
    /// The invitation as it was written, with what is wrong beside each field.
    pub fn read(sent: &Sent) -> Result<Invited, Invitation> {
        let [login, name, mail] = ["login", "name", "mail"].map(|field| sent.text(field).to_owned());
        let words = sent.all("roles");
        let mut complaints = sent.complaints(&["login", "name", "mail", "roles"]);
        if login.is_empty() {
            complaints.insert(
                "login".into(),
                "write the name to sign in with: `grace` or `grace@example.org`".into(),
            );
        }
        if name.is_empty() {
            complaints.insert("name".into(), "write the person's name".into());
        }
        let is_mail = mail.split_once('@').is_some_and(|(who, place)| !who.is_empty() && place.contains('.'));
        if !mail.is_empty() && (!is_mail || mail.contains(char::is_whitespace)) {
            complaints.insert("mail".into(), "write a mail address as name@example.org".into());
        }
        let roles: Vec<Role> = words.iter().filter_map(|word| Role::parse(word)).collect();
        if roles.is_empty() || roles.len() != words.len() {
            complaints.insert("roles".into(), "choose at least one role of the list".into());
        }
        if complaints.is_empty() {
            Ok(Invited { login, name, mail, roles })
        } else {
            Err(Invitation { login, name, mail, roles: words, complaints })
        }
    }
}

/// What the page shows.
#[derive(Serialize)]
pub struct People {
    /// The rows.
    #[serde(flatten)]
    pub page: Page<Person>,
    /// What was asked.
    #[serde(skip)]
    pub query: Query,
    /// The form.
    #[serde(skip)]
    pub invitation: Invitation,
    /// Whom a link was just made for, and the link: shown this once.
    #[serde(skip)]
    pub made: (String, String),
}

#[derive(Template)]
#[template(path = "pages/people.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a People,
    list: Furniture,
}

impl Drawn<'_> {
    fn roles(&self) -> &'static [(&'static str, &'static str)] {
        role::WORDS
    }

    fn is_ticked(&self, word: &str) -> bool {
        self.view.invitation.roles.iter().any(|one| one == word)
    }

    fn wrong(&self, field: &str) -> &str {
        complaint(&self.view.invitation.complaints, field)
    }
}

impl Show for People {
    fn title(&self) -> String {
        "People".to_owned()
    }

    fn section(&self) -> Section {
        Section::Settings
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Settings", "/settings"), Crumb::here("People")]
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        let list = furniture(&LIST, LIST.path, &self.query, &self.page);
        Drawn { frame, view: self, list }.render()
    }
}
