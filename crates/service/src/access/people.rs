//! People of an organisation and their roles. Each change stands in the log, written in the same transaction.

use model::access::{Act, Role};
use serde_json::{Value, json};
use store::audit::AuditEntry;
use store::grant::Grant;
use store::link::LinkKind;
use store::person::{NewPerson, Person, SecretHash};
use store::{Change, Moment, Scope};

use super::door::Door;
use super::identity::{Identity, denied};
use super::link::make;
use super::password::Checked;
use super::secret::Secret;
use super::session::own;
use super::token::not_by_token;
use crate::house::Fault;

/// Somebody with his roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonInfo {
    /// Who.
    pub person: Person,
    /// Roles, by product.
    pub grants: Vec<Grant>,
    /// Has chosen a password: the invitation was used.
    pub has_come: bool,
    /// When a session was seen last; [`Moment::NEVER`] = none holds.
    pub seen: Moment,
}

/// Somebody new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Name at sign-in.
    pub login: String,
    /// Name for people.
    pub name: String,
    /// Mail address; may be empty.
    pub mail: String,
    /// Roles, each for a product or for all (`None`).
    pub roles: Vec<(Role, Option<i64>)>,
}

/// An entry of the organisation's own chain.
pub(crate) fn entry(actor: &str, act: &str, subject: &str, body: Value, now: Moment) -> AuditEntry {
    AuditEntry {
        product: None,
        at: now,
        actor: actor.to_owned(),
        act: act.to_owned(),
        subject: subject.to_owned(),
        body,
    }
}

/// A name at sign-in: what can be typed, read aloud and found in a log.
pub(crate) fn check_login(login: &str) -> Result<(), Fault> {
    let is_fit = |letter: char| letter.is_ascii_alphanumeric() || "@.+-_".contains(letter);
    match login {
        "" => Err(Fault::Refused("a person has a name at sign-in".to_owned())),
        _ if login.len() > 254 || !login.chars().all(is_fit) => Err(Fault::Refused(format!(
            "{login:?} is no name at sign-in: letters of ASCII, digits and @ . + - _, 254 at most"
        ))),
        _ => Ok(()),
    }
}

impl Door {
    /// All people with their roles, by login.
    ///
    /// # Errors
    /// `Denied` without the role.
    pub async fn people(&self, identity: &Identity) -> Result<Vec<PersonInfo>, Fault> {
        let scope = identity.scope(Act::Administer)?;
        let mut look = self.store().look().await?;
        let grants = look.grants(&scope).await?;
        let seen = look.people_seen(&scope).await?;
        let people = look.people(&scope).await?.into_iter();
        Ok(people
            .map(|person| {
                let of = grants.iter().filter(|grant| grant.person == person.id).cloned().collect();
                let known = seen.iter().find(|(id, _, _)| *id == person.id);
                let (has_come, seen) = known.map_or((false, Moment::NEVER), |(_, come, at)| (*come, *at));
                PersonInfo { person, grants: of, has_come, seen }
            })
            .collect())
    }

    /// The own mail address; may be empty.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn mail(&self, identity: &Identity) -> Result<String, Fault> {
        let person = self.store().look().await?.person(&own(identity.organisation), identity.person).await?;
        Ok(person.map(|person| person.mail).unwrap_or_default())
    }

    /// What the people of the organisation are called, by id: who signs is known to everybody.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn names(&self, identity: &Identity) -> Result<Vec<(i64, String)>, Fault> {
        let people = self.store().look().await?.people(&own(identity.organisation)).await?;
        Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
    }

    /// Adds somebody, who chooses a password by the link that is returned.
    ///
    /// # Errors
    /// `Conflict` when the login is taken, `Denied` without the role for the whole organisation.
    pub async fn invite(
        &self,
        identity: &Identity,
        invitation: &Invitation,
        now: Moment,
    ) -> Result<(i64, Secret), Fault> {
        let scope = administering(identity)?;
        check_login(&invitation.login)?;
        if invitation.name.trim().is_empty() {
            return Err(Fault::Refused("a person has a name".to_owned()));
        }
        let new = NewPerson {
            login: invitation.login.clone(),
            name: invitation.name.trim().to_owned(),
            mail: invitation.mail.trim().to_owned(),
            password: SecretHash::default(),
        };
        let mut change = self.store().change().await?;
        let person = change.add_person(&scope, &new, now).await?;
        for (role, product) in &invitation.roles {
            let granted_by = identity.person;
            let grant = Grant { person, product: *product, role: *role, granted_by, granted: now };
            change.grant(&scope, &grant).await?;
        }
        let secret = make(&mut change, &scope, LinkKind::Invitation, person, identity.person, now).await?;
        let roles: Vec<Value> =
            invitation.roles.iter().map(|(role, product)| json!([role.word(), product])).collect();
        let body = json!({ "login": new.login, "roles": roles });
        let subject = format!("person/{person}");
        change.log(&scope, &entry(&identity.actor(), "person.invited", &subject, body, now)).await?;
        change.commit().await?;
        Ok((person, secret))
    }

    /// A link by which somebody chooses a new password; until then the old one holds.
    ///
    /// # Errors
    /// `Denied` without the role, `NotFound` when there is nobody.
    pub async fn reset_link(&self, identity: &Identity, person: i64, now: Moment) -> Result<Secret, Fault> {
        let scope = administering(identity)?;
        let mut change = self.store().change().await?;
        if change.person(&scope, person).await?.is_some_and(|person| !person.is_active) {
            return Err(Fault::Refused("the person may not sign in: allow that first".to_owned()));
        }
        let secret = make(&mut change, &scope, LinkKind::Reset, person, identity.person, now).await?;
        let subject = format!("person/{person}");
        let entry = entry(&identity.actor(), "password.link_made", &subject, json!({}), now);
        change.log(&scope, &entry).await?;
        change.commit().await?;
        Ok(secret)
    }

    /// Changes the own password; all sessions end, the one that asks too.
    ///
    /// # Errors
    /// `Denied` when the old one is wrong.
    pub async fn change_password(
        &self,
        identity: &Identity,
        old: &str,
        new: &str,
        now: Moment,
    ) -> Result<(), Fault> {
        not_by_token(identity)?;
        super::password::acceptable(new)?;
        // Counted like a sign-in: a session that was left open is no way around the waits.
        self.attempt(&identity.login, now)?;
        let known = self.store().look().await?.sign_in(&identity.login).await?;
        let checked = self.passwords().check(old, known.as_ref().map(|(_, hash)| hash)).await?;
        if checked == Checked::Wrong {
            return Err(Fault::Denied("the old password is another one".to_owned()));
        }
        self.attempt_succeeded(&identity.login);
        let hash = self.passwords().hash(new).await?;
        let scope = own(identity.organisation);
        let mut change = self.store().change().await?;
        change.set_password(&scope, identity.person, &hash).await?;
        let entry = entry(&identity.actor(), "password.changed", &identity.hand(), json!({}), now);
        change.log(&scope, &entry).await?;
        change.commit().await?;
        Ok(())
    }

    /// Changes how somebody is called and reached; oneself without any role.
    ///
    /// # Errors
    /// `Denied` for others without the role.
    pub async fn rename_person(
        &self,
        identity: &Identity,
        person: i64,
        name: &str,
        mail: &str,
        now: Moment,
    ) -> Result<(), Fault> {
        not_by_token(identity)?;
        if person != identity.person {
            administering(identity)?;
        }
        if name.trim().is_empty() {
            return Err(Fault::Refused("a person has a name".to_owned()));
        }
        let scope = own(identity.organisation);
        let mut change = self.store().change().await?;
        change.rename_person(&scope, person, name.trim(), mail.trim()).await?;
        // Not the name itself: it can be erased, the log cannot.
        let subject = format!("person/{person}");
        change.log(&scope, &entry(&identity.actor(), "person.renamed", &subject, json!({}), now)).await?;
        change.commit().await?;
        Ok(())
    }

    /// Lets somebody sign in, or not any more: sessions end, tokens stop.
    ///
    /// # Errors
    /// `Refused` for oneself and for the last administrator.
    pub async fn set_active(
        &self,
        identity: &Identity,
        person: i64,
        is_active: bool,
        now: Moment,
    ) -> Result<(), Fault> {
        let scope = administering(identity)?;
        if person == identity.person {
            return Err(Fault::Refused("nobody shuts himself out: ask another administrator".to_owned()));
        }
        let mut change = self.store().change().await?;
        change.set_person_active(&scope, person, is_active).await?;
        must_have_admin(&mut change, &scope).await?;
        let act = if is_active { "person.allowed" } else { "person.shut_out" };
        let subject = format!("person/{person}");
        change.log(&scope, &entry(&identity.actor(), act, &subject, json!({}), now)).await?;
        change.commit().await?;
        Ok(())
    }

    /// Gives a role, for a product or for all.
    ///
    /// # Errors
    /// `Denied` without the administrator's role there.
    pub async fn grant(
        &self,
        identity: &Identity,
        person: i64,
        role: Role,
        product: Option<i64>,
        now: Moment,
    ) -> Result<(), Fault> {
        let scope = administering_at(identity, product)?;
        let mut change = self.store().change().await?;
        let grant = Grant { person, product, role, granted_by: identity.person, granted: now };
        change.grant(&scope, &grant).await?;
        log_role(&mut change, &scope, identity, "role.granted", (person, role, product), now).await?;
        change.commit().await?;
        Ok(())
    }

    /// Takes a role away.
    ///
    /// # Errors
    /// `NotFound` when there was none, `Refused` for the last administrator.
    pub async fn revoke(
        &self,
        identity: &Identity,
        person: i64,
        role: Role,
        product: Option<i64>,
        now: Moment,
    ) -> Result<(), Fault> {
        let scope = administering_at(identity, product)?;
        let mut change = self.store().change().await?;
        if !change.revoke(&scope, person, product, role).await? {
            return Err(
                store::Error::NotFound(format!("role {} of person {person} there", role.word())).into()
            );
        }
        must_have_admin(&mut change, &scope).await?;
        log_role(&mut change, &scope, identity, "role.revoked", (person, role, product), now).await?;
        change.commit().await?;
        Ok(())
    }
}

/// The border of an administrator of the whole organisation, who is a person.
fn administering(identity: &Identity) -> Result<Scope, Fault> {
    not_by_token(identity)?;
    identity.must_everywhere(Act::Administer)
}

fn administering_at(identity: &Identity, product: Option<i64>) -> Result<Scope, Fault> {
    not_by_token(identity)?;
    match product {
        None => identity.must_everywhere(Act::Administer),
        Some(product) => {
            identity.must(Act::Administer, product)?;
            identity.scope(Act::Administer)
        }
    }
}

/// An organisation that nobody administers could not be helped from inside.
async fn must_have_admin(change: &mut Change, scope: &Scope) -> Result<(), Fault> {
    let whole = Scope::whole(scope.organisation, Role::Admin);
    let active: Vec<i64> = (change.people(&whole).await?.into_iter())
        .filter(|person| person.is_active)
        .map(|person| person.id)
        .collect();
    let is_admin = |grant: &Grant| {
        grant.role == Role::Admin && grant.product.is_none() && active.contains(&grant.person)
    };
    match change.grants(&whole).await?.iter().any(is_admin) {
        true => Ok(()),
        false => Err(Fault::Refused("somebody has to administer: this is the last one who can".to_owned())),
    }
}

async fn log_role(
    change: &mut Change,
    scope: &Scope,
    identity: &Identity,
    act: &str,
    (person, role, product): (i64, Role, Option<i64>),
    now: Moment,
) -> Result<(), Fault> {
    let body = json!({ "role": role.word(), "product": product });
    let subject = format!("person/{person}");
    change.log(scope, &entry(&identity.actor(), act, &subject, body, now)).await?;
    Ok(())
}

/// The name of the setting that lets a small maker approve alone (assessment.md 4.6).
pub const FOUR_EYES: &str = "four_eyes";

impl Door {
    /// Makes the second person advisory, or demanded again: an own approval is then possible and recorded as such,
    /// never one that lowers from immediate.
    ///
    /// # Errors
    /// `Denied` without the role.
    pub async fn set_four_eyes(
        &self,
        identity: &Identity,
        is_advisory: bool,
        now: Moment,
    ) -> Result<(), Fault> {
        let scope = administering(identity).map_err(|_| denied(Act::Administer))?;
        let word = if is_advisory { "advisory" } else { "demanded" };
        let mut change = self.store().change().await?;
        let before = change.setting(&scope, FOUR_EYES).await?;
        change.put_setting(&scope, FOUR_EYES, word, now).await?;
        let body = json!({ "before": before, "after": word });
        change
            .log(&scope, &entry(&identity.actor(), "setting.changed", "setting/four_eyes", body, now))
            .await?;
        change.commit().await?;
        Ok(())
    }
}
