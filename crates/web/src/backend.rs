//! What the pages ask, and what people do on them: the seam to the services. One method per question; a page asks one
//! question. No rule, status code or address is here.
//!
//! Whoever implements this over the service handles translates values and nothing else: take [`Identity`], make the handle,
//! ask the service, fill the view. Rights are held by the service; the guard of the server only turns away early.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::pages::audit::Event;
use crate::pages::bulk::Bulk;
use crate::pages::compare::Compare;
use crate::pages::components::ComponentRow;
use crate::pages::decision::Decision;
use crate::pages::finding::Finding;
use crate::pages::findings::FindingRow;
use crate::pages::knowledge::{Job, Knowledge};
use crate::pages::list::{Page, Query};
use crate::pages::people::{Invited, Person};
use crate::pages::product::Product;
use crate::pages::products::ProductRow;
use crate::pages::queue::Queue;
use crate::pages::release::Release;
use crate::pages::search::Search;
use crate::pages::settings::{NewToken, Settings};
use crate::pages::today::Today;
use crate::pages::vulnerabilities::VulnerabilityRow;
use crate::pages::vulnerability::Vulnerability;
use crate::server::session::Digest;

/// An answer that comes later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// A role (assessment.md 4.6 and remediation.md 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sets under investigation, decides affected, proposes the rest.
    Triager,
    /// Agrees to what a triager proposes.
    Reviewer,
    /// Lowers classes, accepts risks.
    Lead,
    /// Edits rules.
    PolicyEditor,
    /// Publishes statements and advisories.
    Publisher,
    /// Roles, keys, settings.
    Admin,
    /// Answers for products; no vote here.
    ProductManager,
    /// Answers customers; no vote here.
    Support,
    /// Reads everything, the audit log included; changes nothing.
    Auditor,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 9] = [
        Role::Triager,
        Role::Reviewer,
        Role::Lead,
        Role::PolicyEditor,
        Role::Publisher,
        Role::Admin,
        Role::ProductManager,
        Role::Support,
        Role::Auditor,
    ];

    /// Their words, and what people read, in the same order.
    pub const WORDS: &'static [(&'static str, &'static str)] = &[
        ("triager", "triager"),
        ("reviewer", "reviewer"),
        ("lead", "lead"),
        ("policy_editor", "policy editor"),
        ("publisher", "publisher"),
        ("admin", "admin"),
        ("product_manager", "product manager"),
        ("support", "support"),
        ("auditor", "auditor"),
    ];

    /// The stable word.
    pub fn word(self) -> &'static str {
        Role::WORDS.get(self as usize).map_or("", |(word, _)| word)
    }

    /// What people read.
    pub fn says(self) -> &'static str {
        Role::WORDS.get(self as usize).map_or("", |(_, says)| says)
    }

    /// The role of a word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Id of the person; of the token's maker where a program asks.
    pub person: String,
    /// Name for people.
    pub name: String,
    /// Id of the organisation: nothing of another one is ever answered.
    pub organisation: String,
    /// Its name.
    pub organisation_name: String,
    /// What the person or token may do.
    pub roles: Vec<Role>,
    /// Prefix of the token; empty where a person asks.
    pub token: String,
    /// As the services know who asks, with grants and limits; `None` where a backend has no services behind it.
    pub known: Option<Arc<service::access::identity::Identity>>,
}

impl Identity {
    /// True where one of the roles is held.
    pub fn is_any(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// What goes with everything that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub who: Identity,
    /// When.
    pub at: Timestamp,
    /// Key of the request: the same key again gives the same answer and changes nothing twice. Empty for none. To be kept with
    /// the identity and a hash of the request, in the transaction of the change.
    pub key: String,
    /// Id of the request, for the audit event.
    pub request: String,
}

/// A session as it is kept. Of its secret only the SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// SHA-256 of the session's id.
    pub digest: Digest,
    /// Whose it is.
    pub who: Identity,
    /// When it was made.
    pub made: Timestamp,
    /// When it ends, however it is used.
    pub until: Timestamp,
}

/// A token as it is kept. Of its secret only the SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptToken {
    /// SHA-256 of the whole token.
    pub digest: Digest,
    /// Whose it is.
    pub who: Identity,
    /// When it ends.
    pub until: Timestamp,
}

/// What a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// What was sent cannot be used.
    Invalid,
    /// The role does not allow it.
    Forbidden,
    /// It was changed by somebody else in the meantime.
    Conflict,
    /// Another request with this key and another content was answered already.
    Repeated,
    /// It will work again later.
    Unavailable,
    /// A fault of ours.
    Broken,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the caller can do.
    pub kind: Kind,
    /// What failed, for people. Of [`Kind::Broken`] this goes to the log only.
    pub says: String,
    /// What to do next; empty where the kind says it.
    pub hint: String,
    /// What is wrong with which field: (field, what to do).
    pub fields: Vec<(String, String)>,
}

impl Failure {
    /// Of a kind.
    pub fn new(kind: Kind, says: impl Into<String>) -> Failure {
        Failure { kind, says: says.into(), hint: String::new(), fields: Vec::new() }
    }

    /// With what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = hint.into();
        self
    }

    /// With what is wrong with a field.
    pub fn field(mut self, field: &str, says: impl Into<String>) -> Failure {
        self.fields.push((field.to_owned(), says.into()));
        self
    }
}

/// Findings of a bulk decision, and the decision; none while the form is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkAsked {
    /// The findings.
    pub findings: Vec<String>,
    /// The decision.
    pub decision: Option<Decision>,
    /// The proof of the preview that the person saw.
    pub preview: String,
}

/// A number that `/metrics` shows: name without prefix, what it counts, label pairs, value.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// Name: `open_findings`.
    pub name: &'static str,
    /// What it counts, in words.
    pub about: &'static str,
    /// Labels.
    pub labels: Vec<(&'static str, String)>,
    /// Value.
    pub value: f64,
}

/// Everything that the server asks of the services. All questions on data see the organisation of the [`Identity`] only.
pub trait Backend: Send + Sync + 'static {
    /// The given time; pages read no clock.
    fn now(&self) -> Timestamp;

    /// Is everything that is needed there? `Err` says what is missing.
    fn health(&self) -> Answer<'_, ()>;

    /// Numbers for `/metrics`.
    fn gauges(&self) -> Answer<'_, Vec<Gauge>>;

    /// The person of a name and password. [`Kind::Forbidden`] for a wrong one of either, after the same work in both cases
    /// (argon2id, in `spawn_blocking`, behind a semaphore).
    fn check_password<'a>(&'a self, name: &'a str, password: &'a str) -> Answer<'a, Identity>;

    /// Keeps a session.
    fn keep_session(&self, session: KeptSession) -> Answer<'_, ()>;

    /// The session of a digest; none where there is none. Called once a request: answer from memory where possible.
    fn session(&self, digest: Digest) -> Answer<'_, Option<KeptSession>>;

    /// Ends a session; one that does not exist is ended.
    fn end_session(&self, digest: Digest) -> Answer<'_, ()>;

    /// The token of a prefix; none where there is none.
    fn token<'a>(&'a self, prefix: &'a str) -> Answer<'a, Option<KeptToken>>;

    /// *Today*.
    fn today<'a>(&'a self, who: &'a Identity) -> Answer<'a, Today>;

    /// The products; filters of [`crate::pages::products::LIST`].
    fn products<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<ProductRow>>;

    /// One product.
    fn product<'a>(&'a self, who: &'a Identity, product: &'a str) -> Answer<'a, Product>;

    /// One release, by its id.
    fn release<'a>(&'a self, who: &'a Identity, release: &'a str) -> Answer<'a, Release>;

    /// Takes one document of a release, as received; product and release are made where they are new. `name` is the file's
    /// name where the sender gave one. Answers what was taken, in a sentence; the same bytes again change nothing.
    fn hand_in<'a>(
        &'a self,
        act: &'a Act,
        product: &'a str,
        version: &'a str,
        name: &'a str,
        bytes: &'a [u8],
    ) -> Answer<'a, String>;

    /// The findings; filters of [`crate::pages::findings::LIST`]. `total` is exact.
    fn findings<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<FindingRow>>;

    /// One finding, with a draft that proposes what the evidence supports.
    fn finding<'a>(&'a self, who: &'a Identity, finding: &'a str) -> Answer<'a, Finding>;

    /// Decides on a finding. [`Kind::Conflict`] where the decision that the person saw is not the newest. Answers what was
    /// done, in a sentence: a decision, or a proposal that waits for a second person.
    fn decide<'a>(&'a self, act: &'a Act, finding: &'a str, decision: Decision) -> Answer<'a, String>;

    /// What a bulk decision would do.
    fn preview<'a>(&'a self, who: &'a Identity, asked: &'a BulkAsked) -> Answer<'a, Bulk>;

    /// Decides on many findings in one transaction. [`Kind::Conflict`] where the preview is not what would happen now.
    fn decide_all<'a>(&'a self, act: &'a Act, asked: BulkAsked) -> Answer<'a, String>;

    /// The queue: a view, and the item; empty for the first one.
    fn queue<'a>(&'a self, who: &'a Identity, view: &'a str, at: &'a str) -> Answer<'a, Queue>;

    /// The vulnerabilities that touch us; filters of [`crate::pages::vulnerabilities::LIST`].
    fn vulnerabilities<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a Query,
    ) -> Answer<'a, Page<VulnerabilityRow>>;

    /// One vulnerability, also when we have it nowhere, and also when no feed knows it.
    fn vulnerability<'a>(&'a self, who: &'a Identity, id: &'a str) -> Answer<'a, Vulnerability>;

    /// Two releases; empty ids where none is chosen yet.
    fn compare<'a>(&'a self, who: &'a Identity, from: &'a str, to: &'a str) -> Answer<'a, Compare>;

    /// The components; filters of [`crate::pages::components::LIST`].
    fn components<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<ComponentRow>>;

    /// Feeds and the index.
    fn knowledge<'a>(&'a self, who: &'a Identity) -> Answer<'a, Knowledge>;

    /// The jobs; filters of [`crate::pages::knowledge::JOBS`].
    fn jobs<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<Job>>;

    /// Asks for a sync of a feed now. Answers what was done, in a sentence.
    fn sync_feed<'a>(&'a self, act: &'a Act, feed: &'a str) -> Answer<'a, String>;

    /// The people; filters of [`crate::pages::people::LIST`].
    fn people<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<Person>>;

    /// Invites somebody. Answers what was done, in a sentence.
    fn invite<'a>(&'a self, act: &'a Act, invited: Invited) -> Answer<'a, String>;

    /// Settings and tokens; never a secret.
    fn settings<'a>(&'a self, who: &'a Identity) -> Answer<'a, Settings>;

    /// Keeps a new token: its public prefix and the digest of the whole.
    fn keep_token<'a>(
        &'a self,
        act: &'a Act,
        token: NewToken,
        prefix: &'a str,
        digest: Digest,
    ) -> Answer<'a, ()>;

    /// Ends a token. Answers what was done, in a sentence.
    fn end_token<'a>(&'a self, act: &'a Act, prefix: &'a str) -> Answer<'a, String>;

    /// The audit log; filters of [`crate::pages::audit::LIST`].
    fn audit<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<Event>>;

    /// Search.
    fn search<'a>(&'a self, who: &'a Identity, text: &'a str) -> Answer<'a, Search>;
}
