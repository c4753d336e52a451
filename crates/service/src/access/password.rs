//! Passwords: argon2id, slow on purpose, beside the tasks that wait and never too many at once.

use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use store::person::SecretHash;
use tokio::sync::Semaphore;

use super::secret::random_bytes;
use crate::house::{Fault, busy};

/// Memory of one hash in KiB, passes over it, lanes: the second choice of OWASP's password storage sheet, for servers
/// whose memory is not theirs alone.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes that may run at once: with each of them 19 MiB and a core are busy.
const AT_ONCE: usize = 2;

/// Characters of a password at least. There are no other rules: they make passwords worse (NIST SP 800-63B 3.1.1).
pub const LEAST: usize = 12;
/// Bytes of a password at most, so that nobody keeps the server busy by length.
pub const MOST: usize = 1024;

/// Hashes passwords and checks them.
#[derive(Debug)]
pub struct Passwords {
    places: Semaphore,
    /// Hashes computed so far: tests count them, where others would have to look at a clock.
    work: AtomicU64,
    /// Of a password that nobody has: what is checked where there is no such login.
    nobody: SecretHash,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash was made with other parameters: here is one of today.
    Renew(SecretHash),
}

impl Passwords {
    /// Begins to.
    ///
    /// # Errors
    /// When the operating system gives no random bits.
    pub fn new() -> Result<Passwords, Fault> {
        let password: [u8; 32] = random_bytes()?;
        Ok(Passwords { places: Semaphore::new(AT_ONCE), work: AtomicU64::new(0), nobody: hash(&password)? })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// `Refused` when it is too short or too long.
    pub async fn hash(&self, password: &str) -> Result<SecretHash, Fault> {
        acceptable(password)?;
        let password = password.to_owned();
        self.at_work(move || hash(password.as_bytes())).await
    }

    /// Checks a password against a hash; without one it takes as long, and is wrong.
    ///
    /// # Errors
    /// `Broken` when the hash is none.
    pub async fn check(&self, password: &str, against: Option<&SecretHash>) -> Result<Checked, Fault> {
        // An empty hash is of somebody who has no password.
        let known = against.filter(|hash| !hash.0.is_empty() && password.len() <= MOST);
        let (is_known, hash) = (known.is_some(), known.unwrap_or(&self.nobody).clone());
        let password = if is_known { password.to_owned() } else { String::new() };
        let checked = self.at_work(move || check(password.as_bytes(), &hash)).await?;
        Ok(if is_known { checked } else { Checked::Wrong })
    }

    /// How many times a password was hashed or checked.
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    async fn at_work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let place = self.places.acquire().await;
        self.work.fetch_add(1, Ordering::Relaxed);
        let _place = place.map_err(|error| Fault::Broken(format!("passwords are closed: {error}")))?;
        busy(work).await
    }
}

/// Refuses a password that is too short or too long.
///
/// # Errors
/// `Refused`, with what is needed.
pub fn acceptable(password: &str) -> Result<(), Fault> {
    if password.chars().count() < LEAST {
        return Err(Fault::Refused(format!(
            "a password has at least {LEAST} characters: a sentence of a few words is good"
        )));
    }
    if password.len() > MOST {
        return Err(Fault::Refused(format!("a password has at most {MOST} bytes")));
    }
    Ok(())
}

fn today() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8]) -> Result<SecretHash, Fault> {
    let salt: [u8; 16] = random_bytes()?;
    let hash: PasswordHash = today()?.hash_password_with_salt(password, &salt).map_err(broken)?;
    Ok(SecretHash(hash.to_string()))
}

fn check(password: &[u8], against: &SecretHash) -> Result<Checked, Fault> {
    let known = PasswordHash::new(&against.0).map_err(broken)?;
    // The parameters are those of the hash.
    if today()?.verify_password(password, &known).is_err() {
        return Ok(Checked::Wrong);
    }
    Ok(if is_of_today(&known) { Checked::Right } else { Checked::Renew(hash(password)?) })
}

fn is_of_today(hash: &PasswordHash) -> bool {
    let params = Params::try_from(hash).ok();
    hash.algorithm.as_str() == "argon2id"
        && hash.version == Some(u32::from(Version::V0x13))
        && params.is_some_and(|of| (of.m_cost(), of.t_cost(), of.p_cost()) == (MEMORY, PASSES, LANES))
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Broken(format!("password hash: {error}"))
}
