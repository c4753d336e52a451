//! The way in: a password becomes a session. What fails is counted, slowed down and logged; what was wrong is not told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use store::person::{Person, SecretHash};
use store::{Moment, Store};

use super::attempts::{Attempts, Whose};
use super::identity::Identity;
use super::password::{Checked, Passwords};
use super::people::entry;
use super::secret::Secret;
use super::session::{self, own};
use crate::house::Fault;

/// The way in. One per process: it counts the attempts, and clones count together.
#[derive(Clone, Debug)]
pub struct Door {
    store: Store,
    passwords: Arc<Passwords>,
    attempts: Arc<Mutex<Attempts>>,
}

/// What somebody gives who wants in.
#[derive(Clone, Copy)]
pub struct Knock<'a> {
    /// Name at sign-in.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// Network address.
    pub address: &'a str,
    /// The browser, as it says.
    pub agent: &'a str,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// Somebody is in.
    In(Box<SignedIn>),
    /// Login or password is wrong, or the person may not sign in. Which of them is not told.
    Wrong,
    /// There were too many failures: nothing was looked at.
    Wait {
        /// So long.
        milliseconds: i64,
    },
}

/// What a look at login and password says.
pub(crate) enum Admitted {
    In(Box<Person>),
    Wrong,
    Wait { milliseconds: i64 },
}

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub identity: Identity,
    /// For the cookie: HttpOnly, Secure, SameSite=Lax.
    pub secret: Secret,
}

impl Door {
    /// A door to a store.
    ///
    /// # Errors
    /// When the operating system gives no random bits.
    pub fn new(store: Store) -> Result<Door, Fault> {
        Ok(Door { store, passwords: Arc::new(Passwords::new()?), attempts: Arc::default() })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The same door, whose changes go through this handle of the same store.
    pub fn over(&self, store: Store) -> Door {
        Door { store, ..self.clone() }
    }

    /// What hashes passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody in, or not.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn sign_in(&self, knock: Knock<'_>, now: Moment) -> Result<SignIn, Fault> {
        let person = match self.admit(&knock, now).await? {
            Admitted::In(person) => person,
            Admitted::Wrong => return Ok(SignIn::Wrong),
            Admitted::Wait { milliseconds } => return Ok(SignIn::Wait { milliseconds }),
        };
        let mut change = self.store.change().await?;
        let secret = session::begin(&mut change, &person, knock.address, knock.agent, now).await?;
        let grants = change.grants_of(person.id).await?;
        change.commit().await?;
        Ok(SignIn::In(Box::new(SignedIn { identity: Identity::new(*person, grants, None), secret })))
    }

    /// Looks at login and password; counts and logs.
    pub(crate) async fn admit(&self, knock: &Knock<'_>, now: Moment) -> Result<Admitted, Fault> {
        let failures = match self.take_attempt(knock, now) {
            Ok(failures) => failures,
            Err(milliseconds) => return Ok(Admitted::Wait { milliseconds }),
        };
        let known = self.store.look().await?.sign_in(knock.login).await?;
        let checked = self.passwords.check(knock.password, known.as_ref().map(|(_, hash)| hash)).await?;
        let renewed = match &checked {
            Checked::Wrong => {
                self.log_failure(known.as_ref().map(|(person, _)| person), knock, failures, now).await?;
                return Ok(Admitted::Wrong);
            }
            Checked::Right => None,
            Checked::Renew(hash) => Some(hash),
        };
        let Some((person, hash)) = known else { return Ok(Admitted::Wrong) };
        self.note(&person, &hash, renewed, knock, now).await?;
        let mut attempts = self.attempts();
        attempts.succeeded(knock.login);
        attempts.taken_back(knock.address);
        Ok(Admitted::In(Box::new(person)))
    }

    /// Every attempt counts as a failure until it is known to be none: many at once are no way around the wait.
    fn take_attempt(&self, knock: &Knock<'_>, now: Moment) -> Result<u32, i64> {
        let mut attempts = self.attempts();
        let whose = [Whose::Login(knock.login), Whose::Address(knock.address)];
        match whose.iter().map(|one| attempts.wait(*one, now)).max() {
            Some(milliseconds) if milliseconds > 0 => Err(milliseconds),
            _ => {
                attempts.failed(Whose::Login(knock.login), now);
                Ok(attempts.failed(Whose::Address(knock.address), now))
            }
        }
    }

    /// As with a password, where there is no login yet: by address alone.
    pub(crate) fn take_attempt_of_address(&self, address: &str, now: Moment) -> Result<u32, i64> {
        let mut attempts = self.attempts();
        match attempts.wait(Whose::Address(address), now) {
            0 => Ok(attempts.failed(Whose::Address(address), now)),
            milliseconds => Err(milliseconds),
        }
    }

    /// It was no failure.
    pub(crate) fn give_back_attempt(&self, address: &str) {
        self.attempts().taken_back(address);
    }

    /// Name of the organisation of somebody.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn organisation_name(&self, identity: &Identity) -> Result<String, Fault> {
        let organisation = self.store.look().await?.organisation(&own(identity.organisation)).await?;
        Ok(organisation.map(|organisation| organisation.name).unwrap_or_default())
    }

    /// Counts an attempt at the password of a login by somebody who is in already.
    ///
    /// # Errors
    /// `Refused` while one has to wait.
    pub(crate) fn attempt(&self, login: &str, now: Moment) -> Result<(), Fault> {
        let mut attempts = self.attempts();
        let wait = attempts.wait(Whose::Login(login), now);
        if wait > 0 {
            let seconds = wait.div_euclid(1000) + 1;
            return Err(Fault::Refused(format!("too many wrong passwords: wait {seconds} seconds")));
        }
        attempts.failed(Whose::Login(login), now);
        Ok(())
    }

    /// It was the right one.
    pub(crate) fn attempt_succeeded(&self, login: &str) {
        self.attempts().succeeded(login);
    }

    async fn note(
        &self,
        person: &Person,
        hash: &SecretHash,
        renewed: Option<&SecretHash>,
        knock: &Knock<'_>,
        now: Moment,
    ) -> Result<(), Fault> {
        let mut change = self.store.change().await?;
        if let Some(renewed) = renewed {
            change.renew_password(person.id, hash, renewed).await?;
        }
        let who = format!("person/{}", person.id);
        let body = json!({ "address": knock.address });
        change.log(&own(person.organisation), &entry(&who, "signed_in", &who, body, now)).await?;
        change.commit().await?;
        Ok(())
    }

    /// Never the password, and of a login that nobody has not even its text: it may be a password in the wrong field.
    async fn log_failure(
        &self,
        person: Option<&Person>,
        knock: &Knock<'_>,
        failures: u32,
        now: Moment,
    ) -> Result<(), Fault> {
        let body = json!({ "address": knock.address, "failures_of_address": failures });
        self.log_refusal(person, body, failures, now).await
    }

    /// Writes down that somebody was not let in: of a known person always, of others now and then.
    pub(crate) async fn log_refusal(
        &self,
        person: Option<&Person>,
        body: serde_json::Value,
        failures: u32,
        now: Moment,
    ) -> Result<(), Fault> {
        let mut change = self.store.change().await?;
        if let Some(person) = person {
            let subject = format!("person/{}", person.id);
            let entry = entry("unknown", "sign_in.failed", &subject, body, now);
            change.log(&own(person.organisation), &entry).await?;
        } else if failures.is_power_of_two() {
            // It belongs to no organisation; where there is one only, its people want to know.
            if let [organisation] = change.organisations().await?.as_slice() {
                let entry = entry("unknown", "sign_in.failed", "unknown login", body, now);
                change.log(&own(organisation.id), &entry).await?;
            }
        }
        change.commit().await?;
        Ok(())
    }
}
