//! The answers of the running server: every question of [`crate::backend`] asked of the services. Values are translated here,
//! and nothing else happens: rights and rules are the services'.

mod audit;
mod account;
mod compare;
mod components;
mod decide;
mod desk;
mod drafting;
mod entrance;
mod judging;
mod once;
mod person;
mod sync_feed;
mod told;
mod finding;
mod findings;
mod hand_in;
mod jobs;
mod knowledge;
mod named;
mod numbers;
mod people;
mod products;
mod provider;
mod queue;
mod release;
mod search;
mod settings;
mod sign_in;
mod today;
mod tokens;
mod vulnerabilities;
mod translate;
mod words;

use std::sync::Arc;

use jiff::Timestamp;
use service::access::door::{Door, Knock};
use service::access::oidc::Provider;
use service::access::secret::Secret;
use service::house::House;
use service::maker::Moment;
use service::notify::channel::Outgoing;
use service::outside::secrets::SecretFolder;

use crate::backend::*;
use crate::pages;

/// Gives the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The services, as the pages ask them.
pub struct HouseBackend {
    /// Store, documents, knowledge.
    pub(crate) house: House,
    /// Where people come in; it counts attempts, so there is one.
    pub(crate) door: Arc<Door>,
    /// The clock.
    pub(crate) clock: Clock,
    /// True where this server follows feeds.
    pub(crate) follows: bool,
    /// How messages leave; none where nothing is sent.
    pub(crate) outgoing: Option<Outgoing>,
    /// Where secrets of channels are kept; none where they are not.
    pub(crate) secrets: Option<SecretFolder>,
    /// The identity provider; none where people sign in by password only.
    pub(crate) provider: Option<Arc<Provider>>,
    /// Settings of the server for people: (name, value, where it is set). Never a secret.
    pub(crate) told: Vec<(String, String, String)>,
}

impl HouseBackend {
    /// Over a house and its door.
    pub fn new(house: House, door: Arc<Door>, clock: Clock) -> HouseBackend {
        HouseBackend {
            house,
            door,
            clock,
            follows: false,
            outgoing: None,
            secrets: None,
            provider: None,
            told: Vec::new(),
        }
    }

    /// Of a server whose workers follow the feeds.
    pub fn following(self) -> HouseBackend {
        HouseBackend { follows: true, ..self }
    }

    /// With a way out for messages, and a place for the secrets of channels.
    pub fn sending(self, outgoing: Outgoing, secrets: SecretFolder) -> HouseBackend {
        HouseBackend { outgoing: Some(outgoing), secrets: Some(secrets), ..self }
    }

    /// With an identity provider, by which people can sign in, too.
    pub fn knowing(self, provider: Option<Arc<Provider>>) -> HouseBackend {
        HouseBackend { provider, ..self }
    }

    /// With what holds on this server, for people: (name, value, where it is set). Never a secret.
    pub fn telling(self, told: Vec<(String, String, String)>) -> HouseBackend {
        HouseBackend { told, ..self }
    }

    /// The given time, as the store counts it.
    pub(crate) fn moment(&self) -> Moment {
        Moment((self.clock)().as_millisecond())
    }
}

impl Backend for HouseBackend {
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(numbers::health(self))
    }

    fn gauges(&self) -> Answer<'_, Vec<Gauge>> {
        Box::pin(numbers::gauges(self))
    }

    fn sign_in<'a>(&'a self, knock: Knock<'a>) -> Answer<'a, Signed> {
        Box::pin(sign_in::sign_in(self, knock))
    }

    fn session<'a>(&'a self, cookie: &'a str) -> Answer<'a, Option<Session>> {
        Box::pin(sign_in::session(self, cookie))
    }

    fn sign_out<'a>(&'a self, cookie: &'a str) -> Answer<'a, ()> {
        Box::pin(sign_in::sign_out(self, cookie))
    }

    fn of_token<'a>(&'a self, token: &'a str) -> Answer<'a, Option<Identity>> {
        Box::pin(tokens::of_token(self, token))
    }

    fn today<'a>(&'a self, who: &'a Identity) -> Answer<'a, pages::today::Today> {
        Box::pin(today::today(self, who))
    }

    fn products<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::products::ProductRow>> {
        Box::pin(products::products(self, who, query))
    }

    fn product<'a>(&'a self, who: &'a Identity, product: &'a str) -> Answer<'a, pages::product::Product> {
        Box::pin(products::product(self, who, product))
    }

    fn release<'a>(&'a self, who: &'a Identity, release: &'a str) -> Answer<'a, pages::release::Release> {
        Box::pin(release::release(self, who, release))
    }

    fn hand_in<'a>(
        &'a self,
        act: &'a Act,
        product: &'a str,
        version: &'a str,
        name: &'a str,
        bytes: &'a [u8],
    ) -> Answer<'a, String> {
        Box::pin(hand_in::hand_in(self, act, product, version, name, bytes))
    }

    fn findings<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::findings::FindingRow>> {
        Box::pin(findings::findings(self, who, query))
    }

    fn finding<'a>(&'a self, who: &'a Identity, finding: &'a str) -> Answer<'a, pages::finding::Finding> {
        Box::pin(finding::finding(self, who, finding))
    }

    fn decide<'a>(
        &'a self,
        act: &'a Act,
        finding: &'a str,
        decision: pages::decision::Decision,
    ) -> Answer<'a, String> {
        Box::pin(decide::decide(self, act, finding, decision))
    }

    fn preview<'a>(&'a self, who: &'a Identity, asked: &'a BulkAsked) -> Answer<'a, pages::bulk::Bulk> {
        Box::pin(decide::preview(self, who, asked))
    }

    fn decide_all<'a>(&'a self, act: &'a Act, asked: BulkAsked) -> Answer<'a, String> {
        Box::pin(decide::decide_all(self, act, asked))
    }

    fn queue<'a>(&'a self, who: &'a Identity, view: &'a str, at: &'a str) -> Answer<'a, pages::queue::Queue> {
        Box::pin(queue::queue(self, who, view, at))
    }

    fn vulnerabilities<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::vulnerabilities::VulnerabilityRow>> {
        Box::pin(vulnerabilities::vulnerabilities(self, who, query))
    }

    fn vulnerability<'a>(
        &'a self,
        who: &'a Identity,
        id: &'a str,
    ) -> Answer<'a, pages::vulnerability::Vulnerability> {
        Box::pin(vulnerabilities::vulnerability(self, who, id))
    }

    fn compare<'a>(
        &'a self,
        who: &'a Identity,
        from: &'a str,
        to: &'a str,
    ) -> Answer<'a, pages::compare::Compare> {
        Box::pin(compare::compare(self, who, from, to))
    }

    fn components<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::components::ComponentRow>> {
        Box::pin(components::components(self, who, query))
    }

    fn knowledge<'a>(&'a self, who: &'a Identity) -> Answer<'a, pages::knowledge::Knowledge> {
        Box::pin(knowledge::knowledge(self, who))
    }

    fn jobs<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::knowledge::Job>> {
        Box::pin(jobs::jobs(self, who, query))
    }

    fn sync_feed<'a>(&'a self, act: &'a Act, feed: &'a str) -> Answer<'a, String> {
        Box::pin(sync_feed::sync_feed(self, act, feed))
    }

    fn people<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::people::Person>> {
        Box::pin(people::people(self, who, query))
    }

    fn invite<'a>(&'a self, act: &'a Act, invited: pages::people::Invited) -> Answer<'a, Secret> {
        Box::pin(people::invite(self, act, invited))
    }

    fn settings<'a>(&'a self, who: &'a Identity) -> Answer<'a, pages::settings::Settings> {
        Box::pin(settings::settings(self, who))
    }

    fn make_token<'a>(&'a self, act: &'a Act, token: pages::settings::NewToken) -> Answer<'a, Secret> {
        Box::pin(tokens::make_token(self, act, token))
    }

    fn end_token<'a>(&'a self, act: &'a Act, prefix: &'a str) -> Answer<'a, String> {
        Box::pin(tokens::end_token(self, act, prefix))
    }

    fn audit<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a pages::list::Query,
    ) -> Answer<'a, pages::list::Page<pages::audit::Event>> {
        Box::pin(audit::audit(self, who, query))
    }

    fn search<'a>(&'a self, who: &'a Identity, text: &'a str) -> Answer<'a, pages::search::Search> {
        Box::pin(search::search(self, who, text))
    }
}
