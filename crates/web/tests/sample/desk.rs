//! The second half of the sample: accounts, decisions, alerts, drafts.

use service::access::door::Knock;
use service::access::secret::Secret;
use web::backend::{Act, Answer, Failure, Identity, Kind, Role, Signed};
use web::desk::{Desk, Reach};
use web::pages::account::{Account, Session};
use web::pages::alerts::{Alerts, Outcome};
use web::pages::class::Class;
use web::pages::decided::{Decided, Step};
use web::pages::decisions::DecisionRow;
use web::pages::deed::Deed;
use web::pages::draft::{Draft, Moved};
use web::pages::drafts::{Drafts, Version, Written};
use web::pages::join::Join;
use web::pages::list::{Page, Query};
use web::pages::people;
use web::pages::person::{Grant, Person};
use web::pages::set_up::Founding;
use web::pages::settings::Token;

use super::{Sample, days, hours_ago, missing, page, ready};

/// The secret of links that hold.
pub const OPEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

impl Sample {
    pub fn a_token(&self) -> Token {
        Token {
            prefix: "0a1b2c3d4e5f".into(),
            name: self.text("build of gateway"),
            roles: vec![Role::ProductManager],
            products: vec![self.text("gateway")],
            by: self.text("Ada Lovelace"),
            until: days(60),
            used: Some(hours_ago(5)),
        }
    }

    fn entered(&self) -> Signed {
        let (secret, form) = (Secret::new().expect("random"), Secret::new().expect("random"));
        self.sessions.lock().expect("free").insert(secret.reveal().to_owned(), form);
        Signed::In(secret)
    }

    fn a_decision(&self, at: usize) -> DecisionRow {
        DecisionRow {
            name: format!("D-2026-{:03}", at + 1),
            state: ["proposed", "active", "overtaken", "withdrawn"][at % 4].into(),
            product: self.text("Gateway"),
            vulnerability: self.text("CVE-2024-1000"),
            component: self.text("openssl"),
            says: self.text("not affected: the vulnerable code is not there"),
            author: self.text("Ada Lovelace"),
            reviewer: if at % 4 == 1 { self.text("Grace Hopper") } else { String::new() },
            changed: hours_ago(at as i64),
            expires: at.is_multiple_of(2).then(|| days(90)),
            deed: if at.is_multiple_of(3) { "B-0011223344556677".into() } else { String::new() },
        }
    }

    fn version(&self, kind: Written, number: i64, state: &str) -> Version {
        Version {
            id: number.to_string(),
            kind,
            name: self.text(if kind == Written::Profile { "gateway/standard" } else { "house" }),
            version: number,
            state: state.into(),
            is_for_all: kind == Written::Rules,
            author: self.text("Ada Lovelace"),
            made: hours_ago(30),
        }
    }
}

fn done<'a>(says: &str) -> Answer<'a, String> {
    ready(Ok(says.to_owned()))
}

impl Desk for Sample {
    fn set_up_holds<'a>(&'a self, secret: &'a str) -> Answer<'a, bool> {
        ready(Ok(secret == OPEN))
    }

    fn set_up<'a>(&'a self, secret: &'a str, _: &'a Founding, _: Knock<'a>) -> Answer<'a, Signed> {
        match secret {
            OPEN => ready(Ok(self.entered())),
            _ => ready(Err(Failure::new(Kind::Invalid, "the link was used or is over"))),
        }
    }

    fn link<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<Join>> {
        let open = || Join {
            secret: secret.to_owned(),
            login: self.text("grace"),
            name: self.text("Grace Hopper"),
            is_new: true,
            until: days(6),
            ..Join::default()
        };
        ready(Ok((secret == OPEN).then(open)))
    }

    fn join<'a>(&'a self, _: &'a str, _: Knock<'a>) -> Answer<'a, Signed> {
        ready(Ok(self.entered()))
    }

    fn account<'a>(&'a self, who: &'a Identity, _: &'a str) -> Answer<'a, Account> {
        let session = |id: &str, is_this: bool| Session {
            id: id.into(),
            address: "192.0.2.7".into(),
            agent: self.text("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
            made: hours_ago(50),
            seen: hours_ago(i64::from(!is_this) * 7),
            is_this,
        };
        ready(Ok(Account {
            id: who.person.clone(),
            login: self.text("ada"),
            name: self.text("Ada Lovelace"),
            mail: self.text("ada@example.org"),
            roles: who.roles.clone(),
            sessions: vec![session("0011223344556677", true), session("8899aabbccddeeff", false)],
            tokens: if self.is_empty() { Vec::new() } else { vec![self.a_token()] },
            ..Account::default()
        }))
    }

    fn rename<'a>(&'a self, _: &'a Act, _: &'a str, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("The name is kept")
    }

    fn change_password<'a>(&'a self, _: &'a Act, old: &'a str, _: &'a str) -> Answer<'a, String> {
        match old {
            "correct horse" => done("The password is changed; sign in with the new one"),
            _ => ready(Err(Failure::new(Kind::Forbidden, "the old password is another one"))),
        }
    }

    fn end_session<'a>(&'a self, _: &'a Act, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("The session has ended")
    }

    fn person<'a>(&'a self, _: &'a Identity, person: &'a str) -> Answer<'a, Person> {
        if person != "grace" {
            return missing("person");
        }
        ready(Ok(Person {
            row: people::Person {
                id: "grace".into(),
                login: self.text("grace"),
                name: self.text("Grace Hopper"),
                mail: self.text("grace@example.org"),
                roles: vec![Role::Triager],
                state: "invited".into(),
                seen: None,
            },
            grants: if self.is_empty() {
                Vec::new()
            } else {
                vec![
                    Grant { role: "triager".into(), product: String::new(), of: "all products".into() },
                    Grant { role: "lead".into(), product: "gateway".into(), of: self.text("Gateway") },
                ]
            },
            products: vec![
                ("gateway".into(), self.text("Gateway")),
                ("sensor".into(), self.text("Battery sensor")),
            ],
            is_self: false,
            made: String::new(),
            complaints: Default::default(),
        }))
    }

    fn grant<'a>(&'a self, _: &'a Act, _: &'a str, role: Role, _: Reach<'a>, _: bool) -> Answer<'a, String> {
        match role {
            Role::Admin => ready(Err(Failure::new(Kind::Invalid, "somebody has to administer"))),
            _ => done("The role is given"),
        }
    }

    fn set_active<'a>(&'a self, _: &'a Act, _: &'a str, _: bool) -> Answer<'a, String> {
        done("They are shut out")
    }

    fn reset_link<'a>(&'a self, _: &'a Act, _: &'a str) -> Answer<'a, Secret> {
        ready(Ok(Secret::of(OPEN.to_owned())))
    }

    fn set_four_eyes<'a>(&'a self, _: &'a Act, _: bool) -> Answer<'a, String> {
        done("The second person is advisory now")
    }

    fn comment<'a>(&'a self, _: &'a Act, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("The comment is kept")
    }

    fn snooze<'a>(&'a self, _: &'a Act, _: &'a str, days: u8, _: &'a str) -> Answer<'a, String> {
        done(&format!("Out of the queue for {days} days"))
    }

    fn decisions<'a>(&'a self, _: &'a Identity, query: &'a Query) -> Answer<'a, Page<DecisionRow>> {
        let number = if self.is_empty() { 0 } else { 60 };
        let rows: Vec<DecisionRow> = (0..number)
            .map(|at| self.a_decision(at))
            .filter(|row| query.allows("state", &row.state) && query.allows("deed", &row.deed))
            .collect();
        ready(Ok(page(&rows, query)))
    }

    fn decision<'a>(&'a self, _: &'a Identity, decision: &'a str) -> Answer<'a, Decided> {
        if decision != "D-2026-001" {
            return missing("decision");
        }
        let step = |act: &str| Step {
            at: hours_ago(5),
            by: self.text("Ada Lovelace"),
            act: act.into(),
            says: self.text("not affected"),
            note: self.text("the file is not compiled"),
        };
        ready(Ok(Decided {
            row: self.a_decision(0),
            version: 2,
            reason: self.text("The file is not compiled."),
            text: self.text("[[decision]]\nid = \"D-2026-001\""),
            finding: "f00000".into(),
            steps: vec![step("edited"), step("proposed")],
            is_proposed: true,
            is_open: true,
        }))
    }

    fn approve<'a>(&'a self, _: &'a Act, _: &'a str, version: i64, _: &'a str) -> Answer<'a, String> {
        match version {
            2 => done("D-2026-001 is in force"),
            _ => ready(Err(Failure::new(Kind::Conflict, "it was changed meanwhile").hint("2"))),
        }
    }

    fn withdraw<'a>(&'a self, _: &'a Act, _: &'a str, _: i64, _: &'a str) -> Answer<'a, String> {
        done("D-2026-001 is withdrawn")
    }

    fn deed<'a>(&'a self, _: &'a Identity, deed: &'a str) -> Answer<'a, Deed> {
        if deed != "B-0011223344556677" {
            return missing("deed");
        }
        let decisions = vec![self.a_decision(0), self.a_decision(3)];
        ready(Ok(Deed { name: deed.into(), decisions, proposed: 1, open: 1, is_undoable: true }))
    }

    fn approve_deed<'a>(&'a self, _: &'a Act, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("2 decisions are in force")
    }

    fn undo_deed<'a>(&'a self, _: &'a Act, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("2 decisions are taken back")
    }

    fn alerts<'a>(&'a self, _: &'a Identity) -> Answer<'a, Alerts> {
        if self.is_empty() {
            return ready(Ok(Alerts { text: "{}".into(), can_send: true, ..Alerts::default() }));
        }
        ready(Ok(Alerts {
            text: self.text("{ \"version\": 1 }"),
            channels: vec![
                (self.text("security team"), "mail".into(), true),
                (self.text("feed"), "atom".into(), false),
            ],
            subscriptions: vec![(
                self.text("at once"),
                self.text("security team"),
                "immediate, contested".into(),
            )],
            can_send: true,
            ..Alerts::default()
        }))
    }

    fn put_alerts<'a>(&'a self, _: &'a Act, text: &'a str) -> Answer<'a, String> {
        match text {
            "wrong" => {
                ready(Err(Failure::new(Kind::Invalid, "alert settings: expected value at line 1 column 1")))
            }
            _ => done("The alerts are set"),
        }
    }

    fn put_secret<'a>(&'a self, _: &'a Act, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("The secret is kept")
    }

    fn test_channel<'a>(&'a self, _: &'a Act, channel: &'a str) -> Answer<'a, Vec<Outcome>> {
        let says = self.text("the server refuses the password");
        ready(Ok(vec![Outcome {
            channel: channel.into(),
            target: self.text("security@example.org"),
            is_taken: false,
            says,
        }]))
    }

    fn drafts<'a>(&'a self, _: &'a Identity, product: Reach<'a>) -> Answer<'a, Drafts> {
        if product.is_some_and(|product| product != "gateway") {
            return missing("product");
        }
        let all = |kind| vec![self.version(kind, 2, "draft"), self.version(kind, 1, "approved")];
        let of = |kind| if self.is_empty() { Vec::new() } else { all(kind) };
        ready(Ok(Drafts {
            product: product.map(|slug| (slug.to_owned(), self.text("Gateway"))).unwrap_or_default(),
            profiles: if product.is_some() { of(Written::Profile) } else { Vec::new() },
            rules: of(Written::Rules),
            may_profile: true,
            may_rules: true,
            ..Drafts::default()
        }))
    }

    fn draft<'a>(&'a self, _: &'a Identity, kind: Written, id: &'a str) -> Answer<'a, Draft> {
        if id != "2" {
            return missing("version");
        }
        let moved = Moved {
            release: self.text("Gateway 4.1.0"),
            vulnerability: self.text("CVE-2024-1000"),
            component: self.text("openssl 3.0.13"),
            from: Some(Class::Immediate),
            to: Some(Class::Planned),
        };
        ready(Ok(Draft {
            version: self.version(kind, 2, "draft"),
            product: ("gateway".into(), self.text("Gateway")),
            text: self.text("id = \"gateway/standard\"\nversion = 2\n"),
            hash: "3b1f0c9d".into(),
            changes: vec![(self.text("network.exposure"), self.text("internet"), self.text("local"))],
            moved: if self.is_empty() { Vec::new() } else { vec![moved] },
            releases: 3,
            is_cut: false,
            unknown: String::new(),
            may_approve: true,
        }))
    }

    fn write_draft<'a>(
        &'a self,
        _: &'a Act,
        _: Written,
        _: Reach<'a>,
        _: &'a str,
        text: &'a str,
    ) -> Answer<'a, String> {
        match text {
            "wrong" => ready(Err(Failure::new(Kind::Invalid, "line 1: expected a key"))),
            _ => done("2"),
        }
    }

    fn approve_draft<'a>(&'a self, _: &'a Act, _: Written, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("In force")
    }

    fn retire_draft<'a>(&'a self, _: &'a Act, _: Written, _: &'a str, _: &'a str) -> Answer<'a, String> {
        done("Out of force")
    }
}
