//! Who somebody is here whom the provider names. Issuer and subject decide and nothing else: a name or a mail address can
//! belong to somebody else tomorrow, and some providers let people choose both.

use std::collections::BTreeSet;

use model::access::Role;
use serde_json::{Value, json};
use store::grant::Grant;
use store::person::{NewPerson, Person, SecretHash};
use store::person_link::PersonLink;
use store::{Change, Moment, Scope};

use super::Refusal;
use super::provider::{Provider, Returned};
use super::token::Claims;
use super::way::Way;
use crate::access::door::Door;
use crate::access::people::{check_login, entry};
use crate::access::secret::{self, Secret};
use crate::access::session::{self, own};
use crate::house::Fault;

/// Who stands in the log for what the provider decides.
const PROVIDER: &str = "identity provider";

/// A browser that comes back from the provider. Not printed: it holds secrets.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// Its cookie.
    pub way: &'a str,
    /// `state` of the address.
    pub state: &'a str,
    /// `code` of the address.
    pub code: &'a str,
    /// `iss` of the address (RFC 9207); empty where the provider gives none.
    pub issuer: &'a str,
    /// `error` of the address; empty for none.
    pub error: &'a str,
    /// The address that the provider was given to come back to.
    pub back: &'a str,
    /// Network address.
    pub address: &'a str,
    /// The browser, as it says.
    pub agent: &'a str,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Somebody is in.
    In {
        /// For the cookie.
        secret: Secret,
        /// Where the person wanted to go.
        next: String,
    },
    /// Not in.
    Refused(Refusal),
    /// There were too many failures: nothing was looked at.
    Wait {
        /// So long.
        milliseconds: i64,
    },
}

/// Somebody who may not in, as far as he is known.
struct Out {
    why: Refusal,
    person: Option<Person>,
}

impl Out {
    fn of(why: Refusal) -> Out {
        Out { why, person: None }
    }
}

impl Door {
    /// Lets somebody in whom the provider sends back, or not. Failures are counted by address and logged.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn enter_by_provider(
        &self,
        provider: &Provider,
        arrival: Arrival<'_>,
        now: Moment,
    ) -> Result<Entry, Fault> {
        let failures = match self.take_attempt_of_address(arrival.address, now) {
            Ok(failures) => failures,
            Err(milliseconds) => return Ok(Entry::Wait { milliseconds }),
        };
        let believed = match believed(provider, &arrival, now).await {
            Ok(believed) => believed,
            Err(why) => return self.refuse(provider, Out::of(why), &arrival, failures, now).await,
        };
        let (way, claims) = believed;
        let mut change = self.store().change().await?;
        match settle(&mut change, provider, &way, &claims, now).await? {
            Ok(person) => {
                let secret =
                    session::begin(&mut change, &person, arrival.address, arrival.agent, now).await?;
                let who = format!("person/{}", person.id);
                let body = json!({ "address": arrival.address, "by": provider.issuer() });
                change.log(&own(person.organisation), &entry(&who, "signed_in", &who, body, now)).await?;
                change.commit().await?;
                self.give_back_attempt(arrival.address);
                Ok(Entry::In { secret, next: way.next })
            }
            // What was taken away stays taken away; without changes there is nothing to keep.
            Err(out) => {
                change.commit().await?;
                self.refuse(provider, out, &arrival, failures, now).await
            }
        }
    }

    async fn refuse(
        &self,
        provider: &Provider,
        out: Out,
        arrival: &Arrival<'_>,
        failures: u32,
        now: Moment,
    ) -> Result<Entry, Fault> {
        if let Refusal::Unavailable(why) = &out.why {
            // Not the fault of who stands before the door, and nothing that the audit log has to hold for ever.
            self.give_back_attempt(arrival.address);
            tracing::error!(issuer = provider.issuer(), why, "the identity provider cannot be used");
            return Ok(Entry::Refused(out.why));
        }
        let body = json!({ "address": arrival.address, "failures_of_address": failures,
            "by": provider.issuer(), "why": out.why.word() });
        self.log_refusal(out.person.as_ref(), body, failures, now).await?;
        Ok(Entry::Refused(out.why))
    }
}

/// What the provider says, when it can be believed.
async fn believed(provider: &Provider, arrival: &Arrival<'_>, now: Moment) -> Result<(Way, Claims), Refusal> {
    let way = Way::read(arrival.way).ok_or(Refusal::NotBegun("not_begun_here"))?;
    if !way.holds(now) {
        return Err(Refusal::NotBegun("took_too_long"));
    }
    if !way.is_state(arrival.state) {
        return Err(Refusal::NotBegun("wrong_state"));
    }
    if !arrival.issuer.is_empty() && arrival.issuer != provider.issuer() {
        return Err(Refusal::NotBelieved("wrong_issuer"));
    }
    if !arrival.error.is_empty() || arrival.code.is_empty() {
        return Err(Refusal::ByProvider);
    }
    let claims = provider.ask(&way, &Returned { code: arrival.code, back: arrival.back }, now).await?;
    Ok((way, claims))
}

/// Finds or makes the person.
async fn settle(
    change: &mut Change,
    provider: &Provider,
    way: &Way,
    claims: &Claims,
    now: Moment,
) -> Result<Result<Person, Out>, Fault> {
    let known = change.person_by_link(provider.issuer(), &claims.subject).await?;
    if !way.link.is_empty() {
        return join(change, provider, &way.link, claims, known.map(|(person, _)| person), now).await;
    }
    match known {
        Some((person, _)) if !person.is_active => {
            Ok(Err(Out { why: Refusal::NoAccount("shut_out"), person: Some(person) }))
        }
        Some((person, true)) => follow(change, provider, person, claims, now).await,
        Some((person, false)) => Ok(Ok(person)),
        None => arrive(change, provider, claims, now).await,
    }
}

/// Links the person of a one-time link, which is used up.
async fn join(
    change: &mut Change,
    provider: &Provider,
    text: &str,
    claims: &Claims,
    known: Option<Person>,
    now: Moment,
) -> Result<Result<Person, Out>, Fault> {
    let hash = secret::hash(text);
    let Some(link) = change.link(&hash, now).await?.filter(|link| link.person != 0) else {
        return Ok(Err(Out::of(Refusal::LinkOver)));
    };
    let scope = own(link.organisation);
    let person = change.person(&scope, link.person).await?.filter(|person| person.is_active);
    let Some(person) = person else { return Ok(Err(Out::of(Refusal::LinkOver))) };
    if known.as_ref().is_some_and(|known| known.id != person.id) {
        return Ok(Err(Out { why: Refusal::Taken, person: known }));
    }
    if !change.use_link(&hash, now).await? {
        return Ok(Err(Out::of(Refusal::LinkOver)));
    }
    if known.is_none() {
        let new = PersonLink {
            issuer: provider.issuer().to_owned(),
            subject: claims.subject.clone(),
            person: person.id,
            is_mapped: false,
        };
        change.add_person_link(&scope, &new, now).await?;
    }
    // As with a password that is chosen by a link.
    change.end_sessions_of(&scope, person.id, None).await?;
    let who = format!("person/{}", person.id);
    let body = json!({ "by": link.kind.word(), "link_made_by": link.made_by, "issuer": provider.issuer() });
    change.log(&scope, &entry(&who, "person.linked", &who, body, now)).await?;
    Ok(Ok(person))
}

/// Makes an account for somebody whose groups give a role.
async fn arrive(
    change: &mut Change,
    provider: &Provider,
    claims: &Claims,
    now: Moment,
) -> Result<Result<Person, Out>, Fault> {
    let settings = &provider.settings;
    let roles = mapped(&settings.roles, claims);
    if settings.organisation.is_empty() || roles.is_empty() {
        return Ok(Err(Out::of(Refusal::NoAccount("unknown_subject"))));
    }
    let organisations = change.organisations().await?;
    let Some(organisation) = organisations.iter().find(|one| one.slug == settings.organisation) else {
        tracing::error!(slug = settings.organisation, "sign_in.oidc_organisation names no organisation");
        return Ok(Err(Out::of(Refusal::NoAccount("no_organisation"))));
    };
    let scope = Scope::whole(organisation.id, Role::Admin);
    let (login, person) = add(change, &scope, provider, claims, now).await?;
    let link = PersonLink {
        issuer: provider.issuer().to_owned(),
        subject: claims.subject.clone(),
        person,
        is_mapped: true,
    };
    change.add_person_link(&scope, &link, now).await?;
    let subject = format!("person/{person}");
    let body = json!({ "login": login, "issuer": provider.issuer() });
    change.log(&scope, &entry(PROVIDER, "person.made", &subject, body, now)).await?;
    map_roles(change, &scope, person, &roles, now).await?;
    let person = change.person(&scope, person).await?;
    person.map(Ok).ok_or_else(|| Fault::Broken("a person that was just made is not there".to_owned()))
}

/// Gives the roles of today's groups to somebody who came by groups.
async fn follow(
    change: &mut Change,
    provider: &Provider,
    person: Person,
    claims: &Claims,
    now: Moment,
) -> Result<Result<Person, Out>, Fault> {
    // Without a mapping the roles are those that people here give.
    if provider.settings.roles.is_empty() {
        return Ok(Ok(person));
    }
    let roles = mapped(&provider.settings.roles, claims);
    let scope = Scope::whole(person.organisation, Role::Admin);
    map_roles(change, &scope, person.id, &roles, now).await?;
    if roles.is_empty() {
        change.end_sessions_of(&scope, person.id, None).await?;
        return Ok(Err(Out { why: Refusal::NoAccount("no_group_left"), person: Some(person) }));
    }
    Ok(Ok(person))
}

fn mapped(roles: &[(String, Role)], claims: &Claims) -> BTreeSet<Role> {
    let has = |group: &String| claims.groups.contains(group);
    roles.iter().filter(|(group, _)| has(group)).map(|(_, role)| *role).collect()
}

/// Roles for all products become those of the groups. Roles for one product, which people here gave, stay as long as a
/// group gives any role; without one they go, too.
async fn map_roles(
    change: &mut Change,
    scope: &Scope,
    person: i64,
    roles: &BTreeSet<Role>,
    now: Moment,
) -> Result<(), Fault> {
    let grants = change.grants_of(person).await?;
    let is_over = |grant: &Grant| match grant.product {
        None => !roles.contains(&grant.role),
        Some(_) => roles.is_empty(),
    };
    let over: Vec<&Grant> = grants.iter().filter(|grant| is_over(grant)).collect();
    let has = |role: Role| grants.iter().any(|grant| grant.product.is_none() && grant.role == role);
    let new: Vec<Role> = roles.iter().copied().filter(|role| !has(*role)).collect();
    if over.is_empty() && new.is_empty() {
        return Ok(());
    }
    for grant in &over {
        change.revoke(scope, person, grant.product, grant.role).await?;
    }
    for role in &new {
        let grant = Grant { person, product: None, role: *role, granted_by: 0, granted: now };
        change.grant(scope, &grant).await?;
    }
    let gone: Vec<Value> = over.iter().map(|grant| json!([grant.role.word(), grant.product])).collect();
    let new: Vec<&str> = new.iter().map(|role| role.word()).collect();
    let body = json!({ "granted": new, "revoked": gone });
    let subject = format!("person/{person}");
    change.log(scope, &entry(PROVIDER, "role.mapped", &subject, body, now)).await?;
    Ok(())
}

/// Adds somebody under a login that nobody has, also not in other letters: decisions are signed with it, and what the
/// provider says of it is a wish and no proof.
async fn add(
    change: &mut Change,
    scope: &Scope,
    provider: &Provider,
    claims: &Claims,
    now: Moment,
) -> Result<(String, i64), Fault> {
    let mark = store::sha256(format!("{}\n{}", provider.issuer(), claims.subject).as_bytes());
    let mark: String = mark.chars().take(12).collect();
    let wish = if check_login(&claims.login).is_ok() { claims.login.as_str() } else { "person" };
    let people = change.people(scope).await?;
    let is_taken = people.iter().any(|person| person.login.eq_ignore_ascii_case(wish));
    let marked = format!("{wish}-{mark}");
    let wish = if is_taken || wish == "person" { &marked } else { wish };
    let new = |login: &str| NewPerson {
        login: login.to_owned(),
        name: if claims.name.is_empty() { login.to_owned() } else { claims.name.clone() },
        mail: claims.mail.clone(),
        password: SecretHash::default(),
    };
    match change.add_person(scope, &new(wish), now).await {
        // Logins are unique in the installation: somebody of another organisation has it.
        Err(store::Error::Conflict(_)) if wish != marked => {
            let person = change.add_person(scope, &new(&marked), now).await?;
            Ok((marked, person))
        }
        added => Ok((wish.to_owned(), added?)),
    }
}
