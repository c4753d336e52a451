//! The second half of the seam over the services: see the files that are named.

use service::access::door::Knock;
use service::access::oidc::Arrival;
use service::access::secret::Secret;

use super::{HouseBackend, account, drafting, entrance, judging, person, provider, told};
use crate::backend::{Act, Answer, Identity, Signed};
use crate::desk::{AtProvider, Desk, Reach};
use crate::pages;
use crate::pages::list::{Page, Query};

impl Desk for HouseBackend {
    fn set_up_holds<'a>(&'a self, secret: &'a str) -> Answer<'a, bool> {
        Box::pin(entrance::set_up_holds(self, secret))
    }

    fn set_up<'a>(
        &'a self,
        secret: &'a str,
        founding: &'a pages::set_up::Founding,
        knock: Knock<'a>,
    ) -> Answer<'a, Signed> {
        Box::pin(entrance::set_up(self, secret, founding, knock))
    }

    fn link<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<pages::join::Join>> {
        Box::pin(entrance::link(self, secret))
    }

    fn join<'a>(&'a self, secret: &'a str, knock: Knock<'a>) -> Answer<'a, Signed> {
        Box::pin(entrance::join(self, secret, knock))
    }

    fn provider(&self) -> Option<&str> {
        self.provider.as_ref().map(|provider| provider.name())
    }

    fn begin_at_provider<'a>(
        &'a self,
        back: &'a str,
        next: &'a str,
        link: &'a str,
    ) -> Answer<'a, AtProvider> {
        Box::pin(provider::begin(self, back, next, link))
    }

    fn enter_by_provider<'a>(&'a self, arrival: Arrival<'a>) -> Answer<'a, AtProvider> {
        Box::pin(provider::enter(self, arrival))
    }

    fn account<'a>(&'a self, who: &'a Identity, cookie: &'a str) -> Answer<'a, pages::account::Account> {
        Box::pin(account::account(self, who, cookie))
    }

    fn rename<'a>(
        &'a self,
        act: &'a Act,
        person: &'a str,
        name: &'a str,
        mail: &'a str,
    ) -> Answer<'a, String> {
        Box::pin(account::rename(self, act, person, name, mail))
    }

    fn change_password<'a>(&'a self, act: &'a Act, old: &'a str, new: &'a str) -> Answer<'a, String> {
        Box::pin(account::change_password(self, act, old, new))
    }

    fn end_session<'a>(&'a self, act: &'a Act, session: &'a str, cookie: &'a str) -> Answer<'a, String> {
        Box::pin(account::end_session(self, act, session, cookie))
    }

    fn person<'a>(&'a self, who: &'a Identity, person: &'a str) -> Answer<'a, pages::person::Person> {
        Box::pin(person::person(self, who, person))
    }

    fn grant<'a>(
        &'a self,
        act: &'a Act,
        person: &'a str,
        role: model::access::Role,
        product: Reach<'a>,
        holds: bool,
    ) -> Answer<'a, String> {
        Box::pin(person::grant(self, act, person, role, product, holds))
    }

    fn set_active<'a>(&'a self, act: &'a Act, person: &'a str, is_active: bool) -> Answer<'a, String> {
        Box::pin(person::set_active(self, act, person, is_active))
    }

    fn reset_link<'a>(&'a self, act: &'a Act, person: &'a str) -> Answer<'a, Secret> {
        Box::pin(person::reset_link(self, act, person))
    }

    fn set_four_eyes<'a>(&'a self, act: &'a Act, is_demanded: bool) -> Answer<'a, String> {
        Box::pin(person::set_four_eyes(self, act, is_demanded))
    }

    fn comment<'a>(&'a self, act: &'a Act, finding: &'a str, text: &'a str) -> Answer<'a, String> {
        Box::pin(judging::comment(self, act, finding, text))
    }

    fn snooze<'a>(&'a self, act: &'a Act, finding: &'a str, days: u8, reason: &'a str) -> Answer<'a, String> {
        Box::pin(judging::sleep(self, act, finding, days, reason))
    }

    fn decisions<'a>(
        &'a self,
        who: &'a Identity,
        query: &'a Query,
    ) -> Answer<'a, Page<pages::decisions::DecisionRow>> {
        Box::pin(judging::decisions(self, who, query))
    }

    fn decision<'a>(&'a self, who: &'a Identity, decision: &'a str) -> Answer<'a, pages::decided::Decided> {
        Box::pin(judging::decision(self, who, decision))
    }

    fn approve<'a>(
        &'a self,
        act: &'a Act,
        decision: &'a str,
        version: i64,
        note: &'a str,
    ) -> Answer<'a, String> {
        Box::pin(judging::approve(self, act, decision, version, note))
    }

    fn withdraw<'a>(
        &'a self,
        act: &'a Act,
        decision: &'a str,
        version: i64,
        why: &'a str,
    ) -> Answer<'a, String> {
        Box::pin(judging::withdraw(self, act, decision, version, why))
    }

    fn deed<'a>(&'a self, who: &'a Identity, deed: &'a str) -> Answer<'a, pages::deed::Deed> {
        Box::pin(judging::deed(self, who, deed))
    }

    fn approve_deed<'a>(&'a self, act: &'a Act, deed: &'a str, note: &'a str) -> Answer<'a, String> {
        Box::pin(judging::approve_deed(self, act, deed, note))
    }

    fn undo_deed<'a>(&'a self, act: &'a Act, deed: &'a str, why: &'a str) -> Answer<'a, String> {
        Box::pin(judging::undo_deed(self, act, deed, why))
    }

    fn alerts<'a>(&'a self, who: &'a Identity) -> Answer<'a, pages::alerts::Alerts> {
        Box::pin(told::alerts(self, who))
    }

    fn put_alerts<'a>(&'a self, act: &'a Act, text: &'a str) -> Answer<'a, String> {
        Box::pin(told::put_alerts(self, act, text))
    }

    fn put_secret<'a>(&'a self, act: &'a Act, name: &'a str, secret: &'a str) -> Answer<'a, String> {
        Box::pin(told::put_secret(self, act, name, secret))
    }

    fn test_channel<'a>(&'a self, act: &'a Act, channel: &'a str) -> Answer<'a, Vec<pages::alerts::Outcome>> {
        Box::pin(told::test_channel(self, act, channel))
    }

    fn drafts<'a>(&'a self, who: &'a Identity, product: Reach<'a>) -> Answer<'a, pages::drafts::Drafts> {
        Box::pin(drafting::drafts(self, who, product))
    }

    fn draft<'a>(
        &'a self,
        who: &'a Identity,
        kind: pages::drafts::Written,
        id: &'a str,
    ) -> Answer<'a, pages::draft::Draft> {
        Box::pin(drafting::draft(self, who, kind, id))
    }

    fn write_draft<'a>(
        &'a self,
        act: &'a Act,
        kind: pages::drafts::Written,
        product: Reach<'a>,
        name: &'a str,
        text: &'a str,
    ) -> Answer<'a, String> {
        Box::pin(drafting::write_draft(self, act, kind, product, name, text))
    }

    fn approve_draft<'a>(
        &'a self,
        act: &'a Act,
        kind: pages::drafts::Written,
        id: &'a str,
        hash: &'a str,
    ) -> Answer<'a, String> {
        Box::pin(drafting::approve_draft(self, act, kind, id, hash))
    }

    fn retire_draft<'a>(
        &'a self,
        act: &'a Act,
        kind: pages::drafts::Written,
        id: &'a str,
        why: &'a str,
    ) -> Answer<'a, String> {
        Box::pin(drafting::retire_draft(self, act, kind, id, why))
    }
}
