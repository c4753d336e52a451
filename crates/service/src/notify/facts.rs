//! What a message is about, as the outbox keeps it: values, no words and no secrets. Words are made when it is sent.

use serde::{Deserialize, Serialize};

use super::settings::AlertKind;

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Name of the subscription that wants it.
    pub subscription: String,
    /// Name of the channel.
    pub channel: String,
    /// Whom of the channel's targets it is for.
    pub target: String,
    /// What it is about.
    pub facts: Facts,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Facts {
    /// Findings that need somebody.
    Findings(Findings),
    /// A feed that is refused or too old.
    Knowledge(Trouble),
    /// What changed in a day.
    Digest(Digest),
    /// Nothing: somebody tries a channel.
    Test {
        /// Name of the channel.
        channel: String,
    },
}

impl Facts {
    /// The stable word of what it is.
    pub fn word(&self) -> &'static str {
        match self {
            Facts::Findings(findings) => findings.kind.word(),
            Facts::Knowledge(_) => AlertKind::Knowledge.word(),
            Facts::Digest(_) => AlertKind::Digest.word(),
            Facts::Test { .. } => "test",
        }
    }
}

/// A product by all its names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProductName {
    /// Its id.
    pub id: i64,
    /// Short name.
    pub slug: String,
    /// Name for people.
    pub name: String,
}

/// Findings of one product that need somebody, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Why they are told.
    pub kind: AlertKind,
    /// The product.
    pub product: ProductName,
    /// The findings, equal ones of several releases together, the most urgent first.
    pub items: Vec<Item>,
}

/// A vulnerability in a component, in some releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Display id.
    pub vulnerability: String,
    /// Name of the component.
    pub component: String,
    /// Its version; may be empty.
    pub version: String,
    /// Where.
    pub releases: Vec<Place>,
    /// The class that it had before; `None` = it is new.
    pub before: Option<String>,
    /// The answer in one sentence.
    pub says: String,
    /// What contradicts it.
    pub contested: Vec<String>,
    /// When somebody has to have done something, in milliseconds since 1970.
    pub due: Option<i64>,
}

/// A finding in a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Version of the release.
    pub release: String,
    /// Id of the finding.
    pub finding: i64,
}

/// What is wrong with a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Feed id.
    pub feed: String,
    /// What.
    pub what: TroubleKind,
    /// In words.
    pub says: String,
    /// When it was fetched, or found unchanged, last; 0 = never.
    pub fetched: i64,
}

/// What can be wrong with a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// It could not be fetched or taken again and again; the knowledge from before is in use.
    Failing,
    /// What came was not taken: it looked wrong as a whole; the knowledge from before is in use.
    Refused,
    /// It is older than it may be.
    Stale,
}

impl TroubleKind {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            TroubleKind::Failing => "failing",
            TroubleKind::Refused => "refused",
            TroubleKind::Stale => "stale",
        }
    }
}

/// What changed between two moments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// From here on, in milliseconds since 1970.
    pub since: i64,
    /// Up to, and not including.
    pub until: i64,
    /// Products in which something changed, by short name.
    pub products: Vec<ProductDigest>,
    /// Releases that are watched.
    pub releases: usize,
    /// When knowledge was looked for last; 0 = never.
    pub knowledge: i64,
}

/// What changed in a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDigest {
    /// The product.
    pub product: ProductName,
    /// What was not there before.
    pub new: Group,
    /// What rose in class.
    pub worse: Group,
    /// What fell in class, or was settled.
    pub better: Group,
    /// What is there no more.
    pub gone: Group,
}

impl ProductDigest {
    /// The groups with their words, in order.
    pub fn groups(&self) -> [(&'static str, &Group); 4] {
        [("new", &self.new), ("worse", &self.worse), ("better", &self.better), ("gone", &self.gone)]
    }
}

/// A group of changes: how many, and the most urgent of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Distinct vulnerabilities.
    pub vulnerabilities: usize,
    /// Findings: each release and component counts.
    pub findings: usize,
    /// The most urgent vulnerabilities.
    pub lines: Vec<Changed>,
}

/// A vulnerability that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Display id.
    pub vulnerability: String,
    /// A component in which it is.
    pub component: String,
    /// Its version.
    pub version: String,
    /// In how many releases.
    pub releases: usize,
    /// Class before; `None` = there was nothing to do.
    pub from: Option<String>,
    /// Class now.
    pub to: Option<String>,
}
