//! What the pages ask, and what people do on them: the seam to the services. One method per question; a page asks one
//! question. No rule, status code or address is here.
//!
//! Whoever implements this over the service handles translates values and nothing else: take [`Identity`], make the handle,
//! ask the service, fill the view. Rights are held by the service; the guard of the server only turns away early.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use model::access as rights;
pub use model::access::Role;
use service::access::door::Knock;
use service::access::identity::Identity as Known;
use service::access::secret::Secret;
use service::access::table;

use crate::desk::Desk;
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

/// An answer that comes later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

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
    pub known: Option<Arc<Known>>,
}

impl Identity {
    /// True where somebody may do it anywhere at all, or propose it: what pages ask before they offer it.
    pub fn may(&self, act: rights::Act) -> bool {
        match &self.known {
            Some(known) => known.scope(act).is_ok(),
            None => self.roles.iter().any(|role| table::may(act, *role) != rights::May::No),
        }
    }
}

/// What goes with everything that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub who: Identity,
    /// When.
    pub at: Timestamp,
    /// Key of the request: the same key again gives the same answer and changes nothing twice. Empty for none. Kept with
    /// the identity and a hash of the content, in the transaction of the change.
    pub key: String,
    /// What the request asks: method, address and body, as one hash. Empty where there is no key.
    pub content: String,
    /// Id of the request, for the audit event.
    pub request: String,
}

/// What became of an attempt to sign in.
#[derive(Clone, Debug)]
pub enum Signed {
    /// Somebody is in: the secret of the new session, for the cookie.
    In(Secret),
    /// Name or password is wrong, or the person may not sign in; which of them is not told.
    Wrong,
    /// There were too many failures; seconds to wait.
    Wait(u64),
}

/// A session that holds.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub who: Identity,
    /// What the proofs of its forms are made from; stays while the secret changes.
    pub form: Secret,
    /// A new secret for the cookie, in place of the one that was shown.
    pub renewed: Option<Secret>,
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
pub trait Backend: Desk {
    /// The given time; pages read no clock.
    fn now(&self) -> Timestamp;

    /// Is everything that is needed there? `Err` says what is missing.
    fn health(&self) -> Answer<'_, ()>;

    /// Numbers for `/metrics`.
    fn gauges(&self) -> Answer<'_, Vec<Gauge>>;

    /// Begins a session for the person of a name and password, after the same work whether there is one or not; attempts
    /// are counted by name and by address.
    fn sign_in<'a>(&'a self, knock: Knock<'a>) -> Answer<'a, Signed>;

    /// The session of a cookie; none where there is none. Called once a request.
    fn session<'a>(&'a self, cookie: &'a str) -> Answer<'a, Option<Session>>;

    /// Ends the session of a cookie; one that does not exist has ended.
    fn sign_out<'a>(&'a self, cookie: &'a str) -> Answer<'a, ()>;

    /// Whose word a token is; none where it is unknown or over.
    fn of_token<'a>(&'a self, token: &'a str) -> Answer<'a, Option<Identity>>;

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

    /// Invites somebody. Answers the secret of the link, which is shown this once.
    fn invite<'a>(&'a self, act: &'a Act, invited: Invited) -> Answer<'a, Secret>;

    /// Settings and tokens; never a secret.
    fn settings<'a>(&'a self, who: &'a Identity) -> Answer<'a, Settings>;

    /// Makes a token of one's own. Answers its text, which is shown this once.
    fn make_token<'a>(&'a self, act: &'a Act, token: NewToken) -> Answer<'a, Secret>;

    /// Ends a token. Answers what was done, in a sentence.
    fn end_token<'a>(&'a self, act: &'a Act, prefix: &'a str) -> Answer<'a, String>;

    /// The audit log; filters of [`crate::pages::audit::LIST`].
    fn audit<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<Event>>;

    /// Search.
    fn search<'a>(&'a self, who: &'a Identity, text: &'a str) -> Answer<'a, Search>;
}
