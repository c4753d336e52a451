//! The frame of every page: what stands around its content. Made once a request by the server (`server::asked`).

use jiff::Timestamp;

use super::at::At;
use crate::words;

/// Where in the product a page is; the entries of the rail in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What needs action, what changed.
    Today,
    /// Products and their releases.
    Products,
    /// Vulnerabilities, and where we have them.
    Vulnerabilities,
    /// What is to be decided.
    Queue,
    /// Feeds and jobs.
    Knowledge,
    /// People, tokens, audit.
    Settings,
    /// Pages without an entry.
    Elsewhere,
}

impl Section {
    /// The entries: (section, name, address).
    pub const RAIL: [(Section, &'static str, &'static str); 6] = [
        (Section::Today, "Today", "/"),
        (Section::Products, "Products", "/products"),
        (Section::Vulnerabilities, "Vulnerabilities", "/vulnerabilities"),
        (Section::Queue, "Queue", "/queue"),
        (Section::Knowledge, "Knowledge", "/knowledge"),
        (Section::Settings, "Settings", "/settings"),
    ];
}

/// Light, dark, or as the person's system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The stable word, of the cookie and of the page's attribute; the system's has none.
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of a word; anything unknown is the system's.
    pub fn parse(word: &str) -> Theme {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// A step of the way to this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// For people.
    pub says: String,
    /// Its address; empty for the page itself.
    pub link: String,
}

impl Crumb {
    /// A step with an address.
    pub fn to(says: &str, link: impl Into<String>) -> Crumb {
        Crumb { says: says.to_owned(), link: link.into() }
    }

    /// The page itself.
    pub fn here(says: &str) -> Crumb {
        Crumb::to(says, "")
    }
}

/// Everything around the content of a page.
pub struct Frame {
    /// Title of the window, without the program's name.
    pub title: String,
    /// The entry of the rail that is marked.
    pub section: Section,
    /// The way to this page; empty on pages of the rail.
    pub crumbs: Vec<Crumb>,
    /// Name of the person; empty where nobody is signed in.
    pub person: String,
    /// Organisation of the person.
    pub organisation: String,
    /// Proof that a form came from our page; bound to the session. Never empty where somebody is signed in.
    pub csrf: String,
    /// Light or dark.
    pub theme: Theme,
    /// What was just done, in a sentence; empty for nothing.
    pub flash: String,
    /// The address of this page, to which the theme switch returns.
    pub here: String,
    /// Text of the search box.
    pub sought: String,
    /// True where the person may decide; forms for it are absent otherwise.
    pub may_decide: bool,
    /// True where the person may see people, tokens and settings.
    pub may_manage: bool,
    /// True where the person may read the audit log.
    pub may_audit: bool,
    /// The given time.
    pub now: Timestamp,
    /// Address of the style.
    pub style: String,
    /// Address of the script.
    pub script: String,
    /// Address of the mark.
    pub mark: String,
    /// The program and its version.
    pub program: String,
}

impl Frame {
    /// A number with thin separators.
    pub fn n(&self, number: impl std::fmt::Display) -> String {
        words::separated(&number.to_string())
    }

    /// True for nothing. Templates hand numbers on behind any number of references.
    pub fn is_zero(&self, number: impl std::fmt::Display) -> bool {
        number.to_string() == "0"
    }

    /// True where fewer are shown than there are.
    pub fn is_less(&self, shown: usize, number: &u64) -> bool {
        (shown as u64) < *number
    }

    /// `1 release`, `2 releases`.
    pub fn counted(&self, number: impl std::fmt::Display, one: &str, many: &str) -> String {
        let digits = number.to_string();
        format!("{} {}", words::separated(&digits), if digits == "1" { one } else { many })
    }

    /// How far a moment is from now.
    pub fn distance(&self, at: &At) -> String {
        at.distance(self.now)
    }

    /// True when a moment has passed.
    pub fn is_over(&self, at: &At) -> bool {
        at.is_over(self.now)
    }

    /// Entries of the rail that the person may use: (name, address, is here).
    pub fn rail(&self) -> Vec<(&'static str, &'static str, bool)> {
        let is_open = |section: Section| section != Section::Settings || self.may_manage || self.may_audit;
        (Section::RAIL.into_iter())
            .filter(|(section, _, _)| is_open(*section))
            .map(|(section, name, link)| {
                (
                    name,
                    if section == Section::Settings && !self.may_manage { "/audit" } else { link },
                    section == self.section,
                )
            })
            .collect()
    }

    /// The themes to choose: (word for the form, for people, is on).
    pub fn themes(&self) -> [(&'static str, &'static str, bool); 3] {
        [
            ("system", "System", self.theme == Theme::System),
            ("light", "Light", self.theme == Theme::Light),
            ("dark", "Dark", self.theme == Theme::Dark),
        ]
    }
}
