//! The way in, and what somebody may do then.

use std::collections::BTreeSet;

use model::access::{Act, May, Role};
use service::access::door::{Door, Knock, SignIn, SignedIn};
use service::access::identity::Identity;
use service::access::people::Invitation;
use service::access::set_up::SetUp;
use service::access::token::TokenWish;
use service::access::{session, table};
use service::house::Fault;
use store::{Moment, Page, Products, Scope, Store};

use crate::loop_house::{NOW, run};

const PASSWORD: &str = "four words that rhyme";

/// The table of assessment.md 4.6, with the rows that it does not have below the line, read by eye from the
/// specification: x = does it, p = proposes, 2 = second person. Roles: triager, reviewer, lead, policy_editor, publisher,
/// admin, product_manager, support, auditor.
const SPECIFIED: &str = "
investigate        x x x - - - - - -
raise              x x x - - - - - -
close_by_evidence  x x x - - - - - -
close_by_judgement p x x - - - - - -
lower_one_step     p x x - - - - - -
lower_far          - p 2 - - - - - -
accept_risk        - p x - - - - - -
trust_publisher    - - x x - - - - -
edit_rules         - - 2 x - - - - -
approve_profile    - - 2 - - - - - -
publish            - - - - x - - - -
administer         - - - - - x - - -
read               x x x x x x x x x
read_log           - - x - - x - - x
add_release        - - - - - - x - -
draft_profile      - - x x - - - - -
";

#[test]
fn every_act_with_every_role_is_as_specified() {
    let mut seen = 0;
    for line in SPECIFIED.trim().lines() {
        let mut words = line.split_whitespace();
        let act = Act::parse(words.next().unwrap()).expect(line);
        let cells: Vec<&str> = words.collect();
        assert_eq!(cells.len(), Role::ALL.len(), "{line}");
        for (role, cell) in table::COLUMNS.iter().zip(cells) {
            let expected = match cell {
                "x" => May::Do,
                "p" => May::Propose,
                "2" => May::Second,
                _ => May::No,
            };
            assert_eq!(table::may(act, *role), expected, "{} {}", act.word(), role.word());
            seen += 1;
        }
    }
    assert_eq!(seen, Act::ALL.len() * Role::ALL.len(), "no act and no role is left out");
}

#[test]
fn the_manual_shows_the_table() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/access.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(&table::markdown()), "docs/manual/access.md needs:\n{}", table::markdown());
}

/// A door, and the first person.
async fn set_up() -> (Store, Door, Identity) {
    let store = Store::temporary().await.unwrap();
    let door = Door::new(store.clone()).unwrap();
    let link = door.set_up_link(NOW).await.unwrap().unwrap();
    door.set_up(link.reveal(), first(), NOW).await.unwrap();
    let identity = sign_in(&door, "jane", PASSWORD).await.unwrap().identity;
    (store, door, identity)
}

fn first() -> SetUp<'static> {
    SetUp { slug: "acme", organisation: "Acme", login: "jane", name: "Jane", mail: "", password: PASSWORD }
}

fn knock<'a>(login: &'a str, password: &'a str) -> Knock<'a> {
    Knock { login, password, address: "192.0.2.1", agent: "test" }
}

async fn sign_in(door: &Door, login: &str, password: &str) -> Option<SignedIn> {
    match door.sign_in(knock(login, password), NOW).await.unwrap() {
        SignIn::In(signed_in) => Some(*signed_in),
        SignIn::Wrong => None,
        SignIn::Wait { milliseconds } => panic!("wait {milliseconds}"),
    }
}

/// Somebody with roles everywhere, signed in.
async fn person(door: &Door, admin: &Identity, login: &str, roles: &[(Role, Option<i64>)]) -> Identity {
    let (_, link) = door.invite(admin, &invitation(login, roles), NOW).await.unwrap();
    assert_eq!(door.choose_password(link.reveal(), PASSWORD, NOW).await.unwrap(), login);
    sign_in(door, login, PASSWORD).await.unwrap().identity
}

fn invitation(login: &str, roles: &[(Role, Option<i64>)]) -> Invitation {
    Invitation { login: login.to_owned(), name: login.to_owned(), mail: String::new(), roles: roles.to_vec() }
}

/// The log of the organisation, oldest first: actor, act, subject.
async fn log(store: &Store, organisation: i64) -> Vec<String> {
    let scope = Scope::whole(organisation, Role::Auditor);
    let mut look = store.look().await.unwrap();
    let page = Page { after: None, limit: 1000 };
    let mut rows = look.audit(&scope, None, "", &page).await.unwrap().rows;
    rows.reverse();
    assert_eq!(look.verify_audit(&scope, None).await.unwrap().broken_at, None);
    let line = |entry: &store::audit::AuditEntry| {
        assert!(!entry.body.to_string().contains("rhyme"), "a password in the log: {}", entry.body);
        format!("{} {} {}", entry.actor, entry.act, entry.subject)
    };
    rows.iter().map(|row| line(&row.entry)).collect()
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Fault>) -> String {
    match answer {
        Err(fault @ (Fault::Refused(_) | Fault::Denied(_) | Fault::Store(_))) => fault.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_link_makes_one_organisation_and_no_second() {
    run(async {
        let store = Store::temporary().await.unwrap();
        let door = Door::new(store.clone()).unwrap();
        let older = door.set_up_link(NOW).await.unwrap().unwrap();
        let link = door.set_up_link(NOW).await.unwrap().unwrap();
        assert!(refused(door.set_up(older.reveal(), first(), NOW).await).contains("over"));
        assert!(refused(door.set_up("guessed", first(), NOW).await).contains("over"));
        let late = NOW.plus(24 * 3_600_000);
        assert!(refused(door.set_up(link.reveal(), first(), late).await).contains("over"));
        let short = SetUp { password: "short", ..first() };
        assert!(refused(door.set_up(link.reveal(), short, NOW).await).contains("12 characters"));
        for slug in ["", "Acme", "-acme", "a b", "ä"] {
            let odd = SetUp { slug, ..first() };
            assert!(refused(door.set_up(link.reveal(), odd, NOW).await).contains("short name"), "{slug}");
        }
        for login in ["", "two words", "jane\n"] {
            let odd = SetUp { login, ..first() };
            assert!(refused(door.set_up(link.reveal(), odd, NOW).await).contains("sign-in"), "{login}");
        }
        // A text that was refused does not use the link up.
        door.set_up(link.reveal(), first(), NOW).await.unwrap();
        assert!(refused(door.set_up(link.reveal(), first(), NOW).await).contains("over"));
        assert!(door.set_up_link(NOW).await.unwrap().is_none());
        let jane = sign_in(&door, "jane", PASSWORD).await.unwrap().identity;
        assert_eq!(jane.may_everywhere(Act::Administer), May::Do);
        assert_eq!(
            log(&store, jane.organisation).await,
            ["set-up link organisation.made person/1", "person/1 signed_in person/1"]
        );
    });
}

#[test]
fn failures_are_slowed_down_and_logged_without_the_password() {
    run(async {
        let (store, door, jane) = set_up().await;
        for _ in 0..6 {
            let wrong = door.sign_in(knock("jane", "rhyme me wrong"), NOW).await.unwrap();
            assert!(matches!(wrong, SignIn::Wrong), "{wrong:?}");
        }
        // The right password is not even looked at.
        let wait = door.sign_in(knock("jane", PASSWORD), NOW).await.unwrap();
        assert!(matches!(wait, SignIn::Wait { milliseconds: 1000 }), "{wait:?}");
        // Another login from there is not held up.
        assert!(sign_in(&door, "nobody", PASSWORD).await.is_none());
        let later = NOW.plus(1000);
        let right = door.sign_in(knock("jane", PASSWORD), later).await.unwrap();
        assert!(matches!(right, SignIn::In(_)), "{right:?}");
        let entries = log(&store, jane.organisation).await;
        let failed =
            |of: &str| entries.iter().filter(|line| **line == format!("unknown sign_in.failed {of}")).count();
        assert_eq!(failed("person/1"), 6);
        // The seventh failure of the address: of unknown logins the 1st, 2nd, 4th, 8th … are logged.
        assert_eq!(failed("unknown login"), 0);
        assert!(sign_in(&door, "nobody", PASSWORD).await.is_none());
        assert!(
            log(&store, jane.organisation).await.contains(&"unknown sign_in.failed unknown login".to_owned())
        );
    });
}

#[test]
fn nobody_gets_in_without_a_password_or_shut_out() {
    run(async {
        let (_, door, jane) = set_up().await;
        let (joe, _) = door.invite(&jane, &invitation("joe", &[]), NOW).await.unwrap();
        // No password yet: not even the empty one.
        assert!(sign_in(&door, "joe", "").await.is_none());
        let ann = person(&door, &jane, "ann", &[(Role::Triager, None)]).await;
        let session = sign_in(&door, "ann", PASSWORD).await.unwrap();
        door.set_active(&jane, ann.person, false, NOW).await.unwrap();
        assert!(sign_in(&door, "ann", PASSWORD).await.is_none());
        assert!(door.recognise(session.secret.reveal(), NOW).await.unwrap().is_none());
        assert!(refused(door.reset_link(&jane, ann.person, NOW).await).contains("may not sign in"));
        assert!(refused(door.set_active(&jane, jane.person, false, NOW).await).contains("shuts himself out"));
        assert!(refused(door.set_active(&ann, joe, false, NOW).await).contains("administer needs"));
        let long = "x".repeat(5000);
        assert!(sign_in(&door, "jane", &long).await.is_none());
    });
}

#[test]
fn a_session_rotates_goes_idle_and_ends_for_good() {
    run(async {
        let (store, door, _) = set_up().await;
        let first = sign_in(&door, "jane", PASSWORD).await.unwrap().secret;
        let hour = 3_600_000;
        assert!(door.recognise(first.reveal(), NOW.plus(1000)).await.unwrap().unwrap().renewed.is_none());
        let at = NOW.plus(hour);
        let second = door.recognise(first.reveal(), at).await.unwrap().unwrap().renewed.unwrap();
        // What was under way with the old secret still gets through, without a third one; a minute later it is over.
        assert!(door.recognise(first.reveal(), at.plus(59_999)).await.unwrap().unwrap().renewed.is_none());
        assert!(door.recognise(first.reveal(), at.plus(60_000)).await.unwrap().is_none());
        let known = door.recognise(second.reveal(), at.plus(60_000)).await.unwrap().unwrap();
        assert_eq!(door.sessions(&known.identity, second.reveal(), at).await.unwrap().len(), 2);
        // Idle: the whole half day from the last use.
        let last = at.plus(60_000);
        assert!(door.recognise(second.reveal(), last.plus(session::IDLE)).await.unwrap().is_none());
        // Absolute: used every hour it ends after a week all the same.
        let (mut secret, mut now, mut uses) = (second, last, 0);
        loop {
            now = now.plus(hour);
            match door.recognise(secret.reveal(), now).await.unwrap() {
                Some(known) => secret = known.renewed.unwrap_or(secret),
                None => break,
            }
            uses += 1;
        }
        assert_eq!(uses, 166);
        assert!(now >= NOW.plus(session::ABSOLUTE));
        let mut change = store.change().await.unwrap();
        assert!(change.sweep_sessions(now).await.unwrap() > 0);
    });
}

#[test]
fn signing_out_ends_the_secret_before_as_well() {
    run(async {
        let (_, door, jane) = set_up().await;
        let first = sign_in(&door, "jane", PASSWORD).await.unwrap().secret;
        let at = NOW.plus(3_600_000);
        let second = door.recognise(first.reveal(), at).await.unwrap().unwrap().renewed.unwrap();
        door.sign_out(second.reveal(), at).await.unwrap();
        for secret in [&first, &second] {
            assert!(door.recognise(secret.reveal(), at).await.unwrap().is_none());
        }
        door.sign_out("never was one", at).await.unwrap();
        // The session of the set-up test's own sign-in is still there; it can be ended by its id, and all others at once.
        let third = sign_in(&door, "jane", PASSWORD).await.unwrap().secret;
        sign_in(&door, "jane", PASSWORD).await.unwrap();
        let sessions = door.sessions(&jane, third.reveal(), NOW).await.unwrap();
        assert_eq!((sessions.len(), sessions.iter().filter(|one| one.is_this).count()), (3, 1));
        let other = sessions.iter().find(|one| !one.is_this).unwrap();
        door.end_session(&jane, &other.id, NOW).await.unwrap();
        assert!(refused(door.end_session(&jane, &other.id, NOW).await).starts_with("no session"));
        assert_eq!(door.end_other_sessions(&jane, third.reveal(), NOW).await.unwrap(), 1);
        assert!(door.recognise(third.reveal(), NOW).await.unwrap().is_some());
    });
}

#[test]
fn a_new_password_ends_sessions_and_a_link_opens_once() {
    run(async {
        let (_, door, jane) = set_up().await;
        let (joe, invited) =
            door.invite(&jane, &invitation("joe", &[(Role::Support, None)]), NOW).await.unwrap();
        assert_eq!(door.link(invited.reveal(), NOW).await.unwrap().unwrap().login, "joe");
        assert!(refused(door.choose_password(invited.reveal(), "too short", NOW).await).contains("12"));
        // A newer link takes the place of the invitation.
        let link = door.reset_link(&jane, joe, NOW).await.unwrap();
        assert!(door.link(invited.reveal(), NOW).await.unwrap().is_none());
        assert!(door.link(link.reveal(), NOW.plus(24 * 3_600_000)).await.unwrap().is_none());
        door.choose_password(link.reveal(), PASSWORD, NOW).await.unwrap();
        assert!(refused(door.choose_password(link.reveal(), PASSWORD, NOW).await).contains("over"));
        let joe = sign_in(&door, "joe", PASSWORD).await.unwrap();
        let new = "another long password";
        assert!(refused(door.change_password(&joe.identity, new, new, NOW).await).contains("old password"));
        door.change_password(&joe.identity, PASSWORD, new, NOW).await.unwrap();
        assert!(door.recognise(joe.secret.reveal(), NOW).await.unwrap().is_none());
        assert!(sign_in(&door, "joe", PASSWORD).await.is_none());
        assert!(sign_in(&door, "joe", new).await.is_some());
        let taken = door.invite(&jane, &invitation("joe", &[]), NOW).await;
        assert!(refused(taken).contains("taken"));
    });
}

async fn product(store: &Store, organisation: i64, slug: &str) -> i64 {
    let mut change = store.change().await.unwrap();
    let text = store::product::ProductText {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        settings: "{}".to_owned(),
        ..Default::default()
    };
    let id = change.add_product(&Scope::whole(organisation, Role::Admin), &text, NOW).await.unwrap();
    change.commit().await.unwrap();
    id
}

#[test]
fn roles_reach_their_products_and_tokens_no_further_than_people() {
    run(async {
        let (store, door, jane) = set_up().await;
        let a = product(&store, jane.organisation, "a").await;
        let b = product(&store, jane.organisation, "b").await;
        let joe =
            person(&door, &jane, "joe", &[(Role::Triager, Some(a)), (Role::ProductManager, Some(b))]).await;
        assert_eq!((joe.may(Act::Raise, a), joe.may(Act::Raise, b)), (May::Do, May::No));
        assert_eq!(joe.scope(Act::Raise).unwrap().products, Products::Some([a].into()));
        assert_eq!(joe.scope(Act::Read).unwrap().products, Products::Some([a, b].into()));
        assert!(refused(joe.scope(Act::Publish)).contains("publish needs one of the roles publisher"));
        assert_eq!(joe.may_everywhere(Act::Read), May::No);

        let wish = |roles: &[Role], products: Products| TokenWish {
            name: "CI".to_owned(),
            roles: roles.iter().copied().collect(),
            products,
            expires: NOW.plus(86_400_000),
        };
        let whole = wish(&[Role::Triager], Products::All);
        let (id, text) = door.make_token(&joe, joe.person, &whole, NOW).await.unwrap();
        let token = door.identity_of_token(text.reveal(), NOW).await.unwrap().unwrap();
        assert_eq!(token.actor(), format!("token/{id}"));
        // All products of a token are all of the person's.
        assert_eq!(token.scope(Act::Raise).unwrap().products, Products::Some([a].into()));
        assert_eq!(token.may(Act::AddRelease, b), May::No, "only the roles of the token");
        // What is wrong with wishes.
        for (wish, why) in [
            (wish(&[Role::Admin], Products::All), "has not the role admin"),
            (wish(&[Role::Triager], Products::Some([b].into())), "has not the role triager"),
            (wish(&[], Products::All), "at least one role"),
            (wish(&[Role::Triager], Products::Some(BTreeSet::new())), "at least one"),
            (TokenWish { expires: NOW, ..whole.clone() }, "future"),
            (TokenWish { expires: Moment::NEVER, ..whole.clone() }, "future"),
            (TokenWish { expires: NOW.plus(1 << 50), ..whole.clone() }, "two years"),
            (TokenWish { name: " ".to_owned(), ..whole.clone() }, "name"),
        ] {
            assert!(refused(door.make_token(&joe, joe.person, &wish, NOW).await).contains(why), "{why}");
        }
        assert!(
            refused(door.make_token(&token, joe.person, &whole, NOW).await).contains("sign in as a person")
        );
        assert!(refused(door.make_token(&joe, jane.person, &whole, NOW).await).contains("administer"));
        // Damaged by one letter, cut, another form.
        let text = text.reveal().to_owned();
        let flip = |at: usize| {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8(bytes).unwrap()
        };
        for other in
            [flip(4), flip(20), text[..70].to_owned(), "pw__".to_owned(), String::new(), "x".repeat(99)]
        {
            assert!(door.identity_of_token(&other, NOW).await.unwrap().is_none(), "{other}");
        }
        // Its last use is seen; it ends by time, by revocation, and with the role of its person.
        let listed = door.tokens(&joe, false).await.unwrap();
        assert_eq!(listed[0].token.last_used, NOW);
        assert!(door.identity_of_token(&text, NOW.plus(86_400_000)).await.unwrap().is_none());
        door.revoke(&jane, joe.person, Role::Triager, Some(a), NOW).await.unwrap();
        let token = door.identity_of_token(&text, NOW).await.unwrap().unwrap();
        assert!(refused(token.scope(Act::Read)).contains("read needs"));
        door.revoke_token(&jane, id, NOW).await.unwrap();
        assert!(door.identity_of_token(&text, NOW).await.unwrap().is_none());
        assert!(refused(door.tokens(&joe, true).await).contains("administer"));
    });
}

#[test]
fn somebody_always_administers() {
    run(async {
        let (store, door, jane) = set_up().await;
        let last = door.revoke(&jane, jane.person, Role::Admin, None, NOW).await;
        assert!(refused(last).contains("last one"));
        let joe = person(&door, &jane, "joe", &[(Role::Admin, None)]).await;
        door.revoke(&joe, jane.person, Role::Admin, None, NOW).await.unwrap();
        assert!(refused(door.set_active(&joe, joe.person, false, NOW).await).contains("himself"));
        // Jane's identity of before is not asked again in here: it is made anew with each request.
        let jane = sign_in(&door, "jane", PASSWORD).await.unwrap().identity;
        assert!(refused(door.grant(&jane, jane.person, Role::Admin, None, NOW).await).contains("administer"));
        assert!(refused(door.revoke(&joe, jane.person, Role::Support, None, NOW).await).contains("no role"));
        let entries = log(&store, joe.organisation).await;
        assert!(entries.contains(&"person/2 role.revoked person/1".to_owned()), "{entries:?}");
        assert_eq!(door.people(&joe).await.unwrap().len(), 2);
    });
}
