//! The second half of the seam: the way in for the first time, people and their rights, and what triage, alerts and drafts
//! need beyond reading a finding and deciding on it. The rules of [`crate::backend`] hold here too.

use service::access::door::Knock;
use service::access::oidc::{Arrival, Begun};
use service::access::secret::Secret;

use crate::backend::{Act, Answer, Identity, Signed};
use crate::pages::account::Account;
use crate::pages::alerts::{Alerts, Outcome};
use crate::pages::decided::Decided;
use crate::pages::decisions::DecisionRow;
use crate::pages::deed::Deed;
use crate::pages::draft::Draft;
use crate::pages::drafts::{Drafts, Written};
use crate::pages::join::Join;
use crate::pages::list::{Page, Query};
use crate::pages::person::Person;
use crate::pages::set_up::Founding;

/// Whether a role is for one product or for all.
pub type Reach<'a> = Option<&'a str>;

/// What the pages ask beside [`crate::backend::Backend`].
pub trait Desk: Send + Sync + 'static {
    /// True while the link of the first start holds.
    fn set_up_holds<'a>(&'a self, secret: &'a str) -> Answer<'a, bool>;

    /// Makes the organisation and its administrator, and signs the latter in.
    fn set_up<'a>(&'a self, secret: &'a str, founding: &'a Founding, knock: Knock<'a>) -> Answer<'a, Signed>;

    /// What a link opens: an invitation or a new password; none where it is used or over.
    fn link<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<Join>>;

    /// Chooses a password by a link, and signs in with it.
    fn join<'a>(&'a self, secret: &'a str, knock: Knock<'a>) -> Answer<'a, Signed>;

    /// What people call the identity provider; none where there is none.
    fn provider(&self) -> Option<&str> {
        None
    }

    /// The way to the provider. `back` is our address that it knows, `next` where the person wanted to go, `link` the secret
    /// of a one-time link, or empty.
    fn begin_at_provider<'a>(
        &'a self,
        back: &'a str,
        next: &'a str,
        link: &'a str,
    ) -> Answer<'a, AtProvider> {
        let _ = (back, next, link);
        Box::pin(async { Ok(AtProvider::none()) })
    }

    /// Begins a session for somebody whom the provider sends back.
    fn enter_by_provider<'a>(&'a self, arrival: Arrival<'a>) -> Answer<'a, AtProvider> {
        let _ = arrival;
        Box::pin(async { Ok(AtProvider::none()) })
    }

    /// Who asks: name, sessions, tokens. `cookie` marks the session that asks.
    fn account<'a>(&'a self, who: &'a Identity, cookie: &'a str) -> Answer<'a, Account>;

    /// Changes how a person is called and reached; others with the role only.
    fn rename<'a>(
        &'a self,
        act: &'a Act,
        person: &'a str,
        name: &'a str,
        mail: &'a str,
    ) -> Answer<'a, String>;

    /// Changes the own password; all sessions end. [`crate::backend::Kind::Forbidden`] when the old one is wrong.
    fn change_password<'a>(&'a self, act: &'a Act, old: &'a str, new: &'a str) -> Answer<'a, String>;

    /// Ends one of the own sessions, or all but the one of the cookie (empty id).
    fn end_session<'a>(&'a self, act: &'a Act, session: &'a str, cookie: &'a str) -> Answer<'a, String>;

    /// A person with all roles.
    fn person<'a>(&'a self, who: &'a Identity, person: &'a str) -> Answer<'a, Person>;

    /// Gives a role, or takes it away.
    fn grant<'a>(
        &'a self,
        act: &'a Act,
        person: &'a str,
        role: model::access::Role,
        product: Reach<'a>,
        holds: bool,
    ) -> Answer<'a, String>;

    /// Lets a person sign in, or not any more.
    fn set_active<'a>(&'a self, act: &'a Act, person: &'a str, is_active: bool) -> Answer<'a, String>;

    /// A link by which the person chooses a password: shown this once. Answers its secret.
    fn reset_link<'a>(&'a self, act: &'a Act, person: &'a str) -> Answer<'a, Secret>;

    /// Demands a second person, or makes it advisory.
    fn set_four_eyes<'a>(&'a self, act: &'a Act, is_demanded: bool) -> Answer<'a, String>;

    /// Writes a comment on a finding.
    fn comment<'a>(&'a self, act: &'a Act, finding: &'a str, text: &'a str) -> Answer<'a, String>;

    /// Takes a finding out of the queue for some days; 0 brings it back.
    fn snooze<'a>(&'a self, act: &'a Act, finding: &'a str, days: u8, reason: &'a str) -> Answer<'a, String>;

    /// The decisions; filters of [`crate::pages::decisions::LIST`].
    fn decisions<'a>(&'a self, who: &'a Identity, query: &'a Query) -> Answer<'a, Page<DecisionRow>>;

    /// One decision with its history, by its name.
    fn decision<'a>(&'a self, who: &'a Identity, decision: &'a str) -> Answer<'a, Decided>;

    /// Puts a proposal into force. `version` is the one that was seen.
    fn approve<'a>(
        &'a self,
        act: &'a Act,
        decision: &'a str,
        version: i64,
        note: &'a str,
    ) -> Answer<'a, String>;

    /// Takes a decision back, or rejects a proposal.
    fn withdraw<'a>(
        &'a self,
        act: &'a Act,
        decision: &'a str,
        version: i64,
        why: &'a str,
    ) -> Answer<'a, String>;

    /// The decisions of one deed.
    fn deed<'a>(&'a self, who: &'a Identity, deed: &'a str) -> Answer<'a, Deed>;

    /// Puts all proposals of a deed into force.
    fn approve_deed<'a>(&'a self, act: &'a Act, deed: &'a str, note: &'a str) -> Answer<'a, String>;

    /// Takes back everything that a deed decided.
    fn undo_deed<'a>(&'a self, act: &'a Act, deed: &'a str, why: &'a str) -> Answer<'a, String>;

    /// Who is told of what.
    fn alerts<'a>(&'a self, who: &'a Identity) -> Answer<'a, Alerts>;

    /// Sets who is told of what: the whole document as JSON.
    fn put_alerts<'a>(&'a self, act: &'a Act, text: &'a str) -> Answer<'a, String>;

    /// Keeps a secret that channels name. It is never shown again.
    fn put_secret<'a>(&'a self, act: &'a Act, name: &'a str, secret: &'a str) -> Answer<'a, String>;

    /// Sends a test message over a channel, and answers what became of it.
    fn test_channel<'a>(&'a self, act: &'a Act, channel: &'a str) -> Answer<'a, Vec<Outcome>>;

    /// Profiles and rules of a product, or of the whole organisation (none), with all versions.
    fn drafts<'a>(&'a self, who: &'a Identity, product: Reach<'a>) -> Answer<'a, Drafts>;

    /// One version: text, what differs from the one in force, and what it would change.
    fn draft<'a>(&'a self, who: &'a Identity, kind: Written, id: &'a str) -> Answer<'a, Draft>;

    /// Writes a draft in place of the draft there is. Answers its id.
    fn write_draft<'a>(
        &'a self,
        act: &'a Act,
        kind: Written,
        product: Reach<'a>,
        name: &'a str,
        text: &'a str,
    ) -> Answer<'a, String>;

    /// Puts a draft into force. `hash` is that of the text that was seen.
    fn approve_draft<'a>(
        &'a self,
        act: &'a Act,
        kind: Written,
        id: &'a str,
        hash: &'a str,
    ) -> Answer<'a, String>;

    /// Takes a version out of force.
    fn retire_draft<'a>(
        &'a self,
        act: &'a Act,
        kind: Written,
        id: &'a str,
        why: &'a str,
    ) -> Answer<'a, String>;
}

/// What became of a step of a sign-in at the identity provider.
#[derive(Clone, Debug)]
pub enum AtProvider {
    /// Go there, and keep that in a cookie.
    Go(Begun),
    /// Somebody is in: the secret of the new session, and where the person wanted to go.
    In(Secret, String),
    /// Not in; what is said about it.
    Refused(String),
    /// There were too many failures; seconds to wait.
    Wait(u64),
}

impl AtProvider {
    /// There is no provider.
    pub fn none() -> AtProvider {
        AtProvider::Refused("Here people sign in by password.".to_owned())
    }
}
