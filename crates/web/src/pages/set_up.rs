//! The first start: whoever holds the link makes the organisation and its administrator.

use askama::Template;
use serde::Serialize;

use super::Show;
use super::form::{Complaints, Sent, complaint};
use super::frame::{Frame, Section};

/// What is given at the first start, as it was written. Passwords are not kept in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Founding {
    /// Name of the organisation.
    pub organisation: String,
    /// Name at sign-in of the first person.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// Mail address; may be empty.
    pub mail: String,
}

/// Shortest password, in characters.
pub const LEAST: usize = service::access::password::LEAST;

impl Founding {
    /// Reads a form.
    pub fn read(sent: &Sent) -> (Founding, Complaints) {
        let fields = ["organisation", "login", "name", "mail"];
        let [organisation, login, name, mail] = fields.map(|field| sent.text(field).to_owned());
        let mut wrong = sent.complaints(&["organisation", "login", "name", "mail", "password", "again"]);
        for (field, text, says) in [
            ("organisation", &organisation, "write the name of your company or group"),
            ("login", &login, "write the name you will sign in with"),
            ("name", &name, "write your name as others know it"),
        ] {
            if text.is_empty() {
                wrong.entry(field.into()).or_insert(says.into());
            }
        }
        password(sent, &mut wrong);
        (Founding { organisation, login, name, mail }, wrong)
    }

    /// The short name of the organisation: letters and digits of its name, joined by hyphens.
    pub fn slug(&self) -> String {
        let lower = self.organisation.to_lowercase();
        let words =
            lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let slug: String = words.collect::<Vec<_>>().join("-").chars().take(63).collect();
        if slug.is_empty() { "organisation".to_owned() } else { slug }
    }
}

/// Checks a new password that was written twice.
pub fn password(sent: &Sent, wrong: &mut Complaints) {
    let (one, again) = (sent.whole("password"), sent.whole("again"));
    if one.chars().count() < LEAST {
        let says = format!("at least {LEAST} characters: a sentence of a few words is good");
        wrong.insert("password".into(), says);
    } else if one != again {
        wrong.insert("again".into(), "is not the same; write it once more".into());
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SetUp {
    /// The secret of the link; empty where it does not hold.
    #[serde(skip)]
    pub secret: String,
    /// What was written.
    pub founding: Founding,
    /// What is wrong, by field.
    #[serde(skip)]
    pub complaints: Complaints,
}

#[derive(Template)]
#[template(path = "pages/set_up.html")]
struct Drawn<'a> {
    frame: &'a Frame,
    view: &'a SetUp,
}

impl Drawn<'_> {
    fn wrong(&self, field: &str) -> &str {
        complaint(&self.view.complaints, field)
    }

    fn least(&self) -> usize {
        LEAST
    }

    /// The fields: (name, label, kind, help for password keepers, value).
    fn fields(&self) -> [(&'static str, &'static str, &'static str, &'static str, &str); 6] {
        let of = &self.view.founding;
        [
            ("organisation", "Your company or group", "text", "organization", &of.organisation),
            ("name", "Your name", "text", "name", &of.name),
            ("login", "Name to sign in with", "text", "username", &of.login),
            ("mail", "Mail address, if you like", "email", "email", &of.mail),
            ("password", "Password", "password", "new-password", ""),
            ("again", "Password again", "password", "new-password", ""),
        ]
    }
}

impl Show for SetUp {
    fn title(&self) -> String {
        "Set up".to_owned()
    }

    fn section(&self) -> Section {
        Section::Elsewhere
    }

    fn render(&self, frame: &Frame) -> askama::Result<String> {
        Drawn { frame, view: self }.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_short_one() {
        for (name, slug) in [
            ("Acme Devices GmbH", "acme-devices-gmbh"),
            ("  --x--  ", "x"),
            ("日本", "organisation"),
            ("Müller & Söhne", "m-ller-s-hne"),
        ] {
            let founding = Founding { organisation: name.to_owned(), ..Founding::default() };
            assert_eq!(founding.slug(), slug);
        }
    }
}
