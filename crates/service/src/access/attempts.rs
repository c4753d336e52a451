//! How often somebody may try to sign in: after a few failures each further one makes the wait longer, per login and
//! per address. Kept in memory: a restart forgets it, which helps nobody who has to guess for years.

use std::collections::HashMap;

use store::Moment;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 5;
/// An address may stand for a whole office behind one router.
const FREE_OF_ADDRESS: u32 = 30;
/// The first wait in milliseconds; it doubles with every further failure.
const FIRST_WAIT: i64 = 1_000;
/// The longest wait: a quarter of an hour. A login is never locked for good, or anybody could lock out anybody.
const LONGEST_WAIT: i64 = 15 * 60_000;
/// After this time without a failure all is forgotten.
const FORGOTTEN: i64 = 24 * 3_600_000;
/// Names kept at most; beyond that those that failed longest ago are forgotten first.
const MOST: usize = 100_000;

/// Failures of late.
#[derive(Debug, Default)]
pub struct Attempts {
    of: HashMap<String, Failures>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    number: u32,
    last: Moment,
}

/// Whose failures are counted.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Of a login, whether there is one of that name or not.
    Login(&'a str),
    /// Of a network address.
    Address(&'a str),
}

impl Whose<'_> {
    fn key(self) -> String {
        match self {
            // What is long is no login; its hash counts as well.
            Whose::Login(login) => format!("login {}", short(&login.to_lowercase())),
            Whose::Address(address) => format!("address {}", short(address)),
        }
    }

    fn free(self) -> u32 {
        match self {
            Whose::Login(_) => FREE,
            Whose::Address(_) => FREE_OF_ADDRESS,
        }
    }
}

fn short(text: &str) -> String {
    if text.len() <= 128 { text.to_owned() } else { store::sha256(text.as_bytes()) }
}

impl Attempts {
    /// Milliseconds until the next attempt is looked at; 0 = now.
    pub fn wait(&self, whose: Whose<'_>, now: Moment) -> i64 {
        let Some(failures) = self.of.get(&whose.key()) else { return 0 };
        let beyond = failures.number.saturating_sub(whose.free());
        if beyond == 0 || failures.last.plus(FORGOTTEN) <= now {
            return 0;
        }
        let wait = FIRST_WAIT.saturating_mul(1_i64 << (beyond - 1).min(30)).min(LONGEST_WAIT);
        (failures.last.plus(wait).0 - now.0).clamp(0, LONGEST_WAIT)
    }

    /// Notes a failure; returns how many there were of late.
    pub fn failed(&mut self, whose: Whose<'_>, now: Moment) -> u32 {
        let key = whose.key();
        if self.of.len() >= MOST && !self.of.contains_key(&key) {
            self.forget(now);
        }
        let failures = self.of.entry(key).or_insert(Failures { number: 0, last: now });
        if failures.last.plus(FORGOTTEN) <= now {
            failures.number = 0;
        }
        failures.number = failures.number.saturating_add(1);
        failures.last = now;
        failures.number
    }

    /// A login that got in begins anew; an address does not, or one good account would free it to guess others.
    pub fn succeeded(&mut self, login: &str) {
        self.of.remove(&Whose::Login(login).key());
    }

    /// Takes back one failure of an address that was noted before it was known to be none.
    pub fn taken_back(&mut self, address: &str) {
        let key = Whose::Address(address).key();
        if let Some(failures) = self.of.get_mut(&key) {
            failures.number = failures.number.saturating_sub(1);
            if failures.number == 0 {
                self.of.remove(&key);
            }
        }
    }

    fn forget(&mut self, now: Moment) {
        self.of.retain(|_, failures| failures.last.plus(FORGOTTEN) > now);
        if self.of.len() < MOST {
            return;
        }
        let mut times: Vec<Moment> = self.of.values().map(|failures| failures.last).collect();
        times.sort_unstable();
        let half = times.get(times.len() / 2).copied().unwrap_or(now);
        self.of.retain(|_, failures| failures.last > half);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_790_000_000_000);

    #[test]
    fn waits_grow_from_the_sixth_failure_and_end_at_a_quarter_of_an_hour() {
        let mut attempts = Attempts::default();
        let whose = Whose::Login("jane");
        let waits: Vec<i64> = (0..18)
            .map(|_| {
                attempts.failed(whose, NOW);
                attempts.wait(whose, NOW) / 1000
            })
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(attempts.wait(whose, NOW.plus(899_999)), 1);
        assert_eq!(attempts.wait(whose, NOW.plus(900_000)), 0);
        assert_eq!(attempts.wait(Whose::Login("JANE"), NOW), 900_000, "case does not help");
        assert_eq!(attempts.wait(Whose::Login("joe"), NOW), 0);
        assert_eq!(attempts.wait(whose, NOW.plus(FORGOTTEN)), 0);
        attempts.succeeded("jane");
        assert_eq!(attempts.wait(whose, NOW), 0);
    }

    #[test]
    fn an_address_has_more_attempts_and_is_not_freed_by_one_that_succeeds() {
        let mut attempts = Attempts::default();
        let whose = Whose::Address("2001:db8::1");
        for _ in 0..30 {
            attempts.failed(whose, NOW);
        }
        assert_eq!(attempts.wait(whose, NOW), 0);
        attempts.failed(whose, NOW);
        attempts.succeeded("jane");
        assert_eq!(attempts.wait(whose, NOW), 1000);
    }

    #[test]
    fn a_flood_of_names_is_forgotten_and_does_not_grow_without_end() {
        let mut attempts = Attempts::default();
        for number in 0..(MOST + 10) {
            let now = NOW.plus(i64::try_from(number).unwrap());
            attempts.failed(Whose::Login(&number.to_string()), now);
        }
        assert!(attempts.of.len() <= MOST);
        assert!(attempts.of.contains_key(&Whose::Login(&(MOST + 9).to_string()).key()));
    }
}
