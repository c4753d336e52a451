//! Every address, in one table: method, page, resource of the API, who may, what it answers.
//!
//! One row is one question: below `/` it is answered as a page, below `/api/v1/` as JSON of the same view. The manual's
//! table (`docs/manual/pages.md`) and `openapi.json` are compared with this one by tests.

use std::future::Future;
use std::pin::Pin;

use super::asked::Asked;
use super::errors::Fault;
use super::reply::Reply;
use super::{acts, answers, drafting, entrance, folk, judging, own, provider, sign, told};
use crate::pages::role;
use model::access::{Act, May as Far};
use service::access::table;

/// What a handler returns.
pub type Handled = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + Send>>;

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Changes.
    Post,
    /// Ends.
    Delete,
}

impl Verb {
    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Delete => "DELETE",
        }
    }
}

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Also somebody who is not signed in.
    Anyone,
    /// Everybody who is signed in, and every token.
    SignedIn,
    /// Whoever may do this, or propose it, on at least one product (`service::access::table`); on which ones the services
    /// look.
    May(Act),
}

impl Who {
    /// For the manual.
    pub fn says(self) -> String {
        match self {
            Who::Anyone => "anyone".to_owned(),
            Who::SignedIn => "signed in".to_owned(),
            Who::May(act) => (table::COLUMNS.iter())
                .filter(|role| table::may(act, **role) != Far::No)
                .map(|role| role::says(role))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}

/// One row.
pub struct Route {
    /// Name of the handler; also of the row in metrics and log.
    pub name: &'static str,
    /// Method.
    pub verb: Verb,
    /// Address of the page; empty for none.
    pub page: &'static str,
    /// Address of the resource; empty for none.
    pub api: &'static str,
    /// Who may.
    pub who: Who,
    /// What it answers or does.
    pub about: &'static str,
    /// The handler.
    pub handler: fn(Asked) -> Handled,
}

impl Route {
    /// True where the page holds a form for somebody who is not signed in.
    pub fn has_stranger_form(&self) -> bool {
        self.who == Who::Anyone && self.verb == Verb::Get && self.api.is_empty() && self.name != "health"
    }
}

macro_rules! row {
    ($name:literal, $verb:ident, $page:literal, $api:literal, $who:expr, $about:literal, $handler:path) => {
        Route {
            name: $name,
            verb: Verb::$verb,
            page: $page,
            api: $api,
            who: $who,
            about: $about,
            handler: |asked| Box::pin($handler(asked)),
        }
    };
}

use Who::{Anyone, May, SignedIn};

/// The table, in reading order.
#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    row!("today", Get, "/", "/api/v1/today", SignedIn, "what needs action, what changed, knowledge health", answers::today),
    row!("products", Get, "/products", "/api/v1/products", SignedIn, "the products", answers::products),
    row!("product", Get, "/products/{product}", "/api/v1/products/{product}", SignedIn, "a product and its releases", answers::product),
    row!("release", Get, "/releases/{release}", "/api/v1/releases/{release}", SignedIn, "a release: funnel, findings, coverage, evidence, documents", answers::release),
    row!("hand-in", Post, "", "/api/v1/products/{product}/releases/{version}/documents", May(Act::AddRelease), "takes one SBOM or piece of build evidence, kind found by content; makes the release where it is new", acts::hand_in),
    row!("drafts", Get, "/products/{product}/drafts", "/api/v1/products/{product}/drafts", SignedIn, "deployment profiles and rules of a product", drafting::drafts),
    row!("write-draft", Post, "/products/{product}/drafts", "/api/v1/products/{product}/drafts", May(Act::DraftProfile), "keeps a draft of a profile or of rules", drafting::write),
    row!("rules", Get, "/settings/rules", "/api/v1/rules", SignedIn, "rules of all products", drafting::drafts),
    row!("write-rules", Post, "/settings/rules", "/api/v1/rules", May(Act::EditRules), "keeps a draft of rules of all products", drafting::write),
    row!("draft", Get, "/drafts/{kind}/{id}", "/api/v1/drafts/{kind}/{id}", SignedIn, "a version of a profile or of rules, and what it would change", drafting::draft),
    row!("approve-draft", Post, "/drafts/{kind}/{id}/approve", "/api/v1/drafts/{kind}/{id}/approve", May(Act::EditRules), "puts a draft into force, as the second person", drafting::approve),
    row!("retire-draft", Post, "/drafts/{kind}/{id}/retire", "/api/v1/drafts/{kind}/{id}/retire", May(Act::EditRules), "takes a version out of force", drafting::retire),
    row!("compare", Get, "/compare", "/api/v1/compare", SignedIn, "two releases: new, gone, changed", answers::compare),
    row!("findings", Get, "/findings", "/api/v1/findings", SignedIn, "the findings that the filter leaves", answers::findings),
    row!("finding", Get, "/findings/{finding}", "/api/v1/findings/{finding}", SignedIn, "a finding: judgement, evidence, decisions", answers::finding),
    row!("decide", Post, "/findings/{finding}/decision", "/api/v1/findings/{finding}/decision", May(Act::Investigate), "decides on a finding, or proposes", acts::decide),
    row!("preview", Post, "/findings/decide", "/api/v1/findings/decide", May(Act::Investigate), "shows what a decision on many findings would do", acts::preview),
    row!("decide-all", Post, "/findings/decide/all", "/api/v1/findings/decide/all", May(Act::Investigate), "decides on many findings at once, after the preview", acts::decide_all),
    row!("comment", Post, "/findings/{finding}/comments", "/api/v1/findings/{finding}/comments", May(Act::Investigate), "writes a comment on a finding", judging::comment),
    row!("snooze", Post, "/findings/{finding}/snooze", "/api/v1/findings/{finding}/snooze", May(Act::Investigate), "takes a finding out of the queue for up to 14 days", judging::snooze),
    row!("decisions", Get, "/decisions", "/api/v1/decisions", SignedIn, "the decisions and proposals", judging::decisions),
    row!("decision", Get, "/decisions/{decision}", "/api/v1/decisions/{decision}", SignedIn, "a decision with its history", judging::decision),
    row!("approve", Post, "/decisions/{decision}/approve", "/api/v1/decisions/{decision}/approve", May(Act::Investigate), "puts a proposal into force, as the second person", judging::approve),
    row!("withdraw", Post, "/decisions/{decision}/withdraw", "/api/v1/decisions/{decision}/withdraw", May(Act::Investigate), "takes a decision back, or rejects a proposal", judging::withdraw),
    row!("deed", Get, "/deeds/{deed}", "/api/v1/deeds/{deed}", SignedIn, "the decisions that were made together", judging::deed),
    row!("approve-deed", Post, "/deeds/{deed}/approve", "/api/v1/deeds/{deed}/approve", May(Act::Investigate), "puts all proposals of a deed into force", judging::approve_deed),
    row!("undo-deed", Post, "/deeds/{deed}/undo", "/api/v1/deeds/{deed}/undo", May(Act::Investigate), "takes back everything that a deed decided", judging::undo_deed),
    row!("queue", Get, "/queue", "/api/v1/queue", SignedIn, "one item at a time, with everything to decide it", answers::queue),
    row!("vulnerabilities", Get, "/vulnerabilities", "/api/v1/vulnerabilities", SignedIn, "the vulnerabilities that touch us", answers::vulnerabilities),
    row!("vulnerability", Get, "/vulnerabilities/{vulnerability}", "/api/v1/vulnerabilities/{vulnerability}", SignedIn, "a vulnerability, and where we have it, also when that is nowhere", answers::vulnerability),
    row!("components", Get, "/components", "/api/v1/components", SignedIn, "the components, and whether each was looked at", answers::components),
    row!("knowledge", Get, "/knowledge", "/api/v1/feeds", SignedIn, "the feeds and their age", answers::knowledge),
    row!("jobs", Get, "/knowledge/jobs", "/api/v1/jobs", SignedIn, "the jobs", answers::jobs),
    row!("sync", Post, "/knowledge/feeds/{feed}/sync", "/api/v1/feeds/{feed}/sync", May(Act::Administer), "asks for a sync of a feed now", acts::sync),
    row!("search", Get, "/search", "/api/v1/search", SignedIn, "ids, components, products", answers::search),
    row!("settings", Get, "/settings", "/api/v1/settings", May(Act::Administer), "settings and tokens", answers::settings),
    row!("people", Get, "/settings/people", "/api/v1/people", May(Act::Administer), "the people and their roles", answers::people),
    row!("invite", Post, "/settings/people", "/api/v1/people", May(Act::Administer), "invites somebody", folk::invite),
    row!("person", Get, "/settings/people/{person}", "/api/v1/people/{person}", May(Act::Administer), "a person and the roles by product", folk::person),
    row!("rename", Post, "/settings/people/{person}/name", "/api/v1/people/{person}/name", May(Act::Administer), "changes how somebody is called and reached", folk::rename),
    row!("grant", Post, "/settings/people/{person}/roles", "/api/v1/people/{person}/roles", May(Act::Administer), "gives a role", folk::grant),
    row!("revoke", Post, "/settings/people/{person}/roles/end", "/api/v1/people/{person}/roles/end", May(Act::Administer), "takes a role away", folk::revoke),
    row!("reset", Post, "/settings/people/{person}/link", "/api/v1/people/{person}/link", May(Act::Administer), "makes a link to a password, shown this once", folk::reset),
    row!("lock", Post, "/settings/people/{person}/lock", "/api/v1/people/{person}/lock", May(Act::Administer), "shuts somebody out", folk::lock),
    row!("allow", Post, "/settings/people/{person}/allow", "/api/v1/people/{person}/allow", May(Act::Administer), "lets somebody sign in again", folk::allow),
    row!("four-eyes", Post, "/settings/four-eyes", "/api/v1/settings/four-eyes", May(Act::Administer), "demands a second person, or makes it advisory", folk::four_eyes),
    row!("alerts", Get, "/settings/alerts", "/api/v1/alerts", May(Act::Administer), "who is told of what, over which channels", told::alerts),
    row!("put-alerts", Post, "/settings/alerts", "/api/v1/alerts", May(Act::Administer), "sets who is told of what", told::put),
    row!("put-secret", Post, "/settings/alerts/secrets", "/api/v1/alerts/secrets", May(Act::Administer), "keeps a secret of a channel", told::secret),
    row!("test-channel", Post, "/settings/alerts/channels/{channel}/test", "/api/v1/alerts/channels/{channel}/test", May(Act::Administer), "sends a test message", told::test),
    row!("account", Get, "/account", "/api/v1/account", SignedIn, "the own account: sessions, tokens", own::account),
    row!("rename-self", Post, "/account", "", SignedIn, "changes the own name and mail address", own::rename),
    row!("change-password", Post, "/account/password", "", SignedIn, "changes the own password", own::change_password),
    row!("end-session", Post, "/account/sessions/{session}/end", "", SignedIn, "ends one of the own sessions", own::end_session),
    row!("end-sessions", Post, "/account/sessions/end", "", SignedIn, "ends all of the own sessions but this one", own::end_sessions),
    row!("make-token", Post, "/account/tokens", "/api/v1/tokens", SignedIn, "makes a token, shown this once", own::make_token),
    row!("end-token", Post, "/account/tokens/{token}/end", "", SignedIn, "ends a token", own::end_token),
    row!("end-token-api", Delete, "", "/api/v1/tokens/{token}", SignedIn, "ends a token", own::end_token),
    row!("audit", Get, "/audit", "/api/v1/audit", May(Act::ReadLog), "who did what, when, why", answers::audit),
    row!("help", Get, "/help", "", SignedIn, "the keys", answers::help),
    row!("set-up", Get, "/set-up/{secret}", "", Anyone, "the form of the first start", entrance::set_up),
    row!("set-up-now", Post, "/set-up/{secret}", "", Anyone, "makes the organisation and its administrator", entrance::set_up_now),
    row!("join", Get, "/join/{secret}", "", Anyone, "the form of an invitation, or of a new password", entrance::join),
    row!("join-now", Post, "/join/{secret}", "", Anyone, "chooses a password by a link", entrance::join_now),
    row!("join-by-provider", Post, "/join/{secret}/oidc", "", Anyone, "leads to the identity provider, by whose account the person signs in from then on", provider::join),
    row!("sign-in", Get, "/sign-in", "", Anyone, "the form to sign in", sign::form),
    row!("sign-in-now", Post, "/sign-in", "", Anyone, "signs in", sign::now),
    row!("sign-in-by-provider", Get, "/sign-in/oidc", "", Anyone, "goes to the identity provider", provider::begin),
    row!("back-from-provider", Get, "/sign-in/oidc/back", "", Anyone, "comes back from the identity provider, and signs in", provider::back),
    row!("sign-out", Post, "/sign-out", "", SignedIn, "ends the session", sign::out),
    row!("theme", Post, "/theme", "", SignedIn, "light, dark, or as the system says", sign::theme),
    row!("openapi", Get, "", "/api/v1/openapi.json", Anyone, "the description of the API", answers::openapi),
    row!("health", Get, "/health", "", Anyone, "says that the server works", answers::health),
    row!("metrics", Get, "/metrics", "", May(Act::ReadLog), "numbers for Prometheus", answers::metrics),
];
