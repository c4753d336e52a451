//! Limits of attempts to sign in, by client and by name: guessing gets slow, and nobody is locked out for long.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Keys kept before those that are full again are forgotten.
const KEYS: usize = 10_000;

/// The limits.
pub struct Limits {
    clients: DefaultKeyedRateLimiter<String>,
    names: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Limits {
    /// Attempts per minute by client and by name; 0 counts as 1.
    pub fn new((client, name): (u32, u32)) -> Limits {
        let quota = |number: u32| Quota::per_minute(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
        Limits {
            clients: RateLimiter::keyed(quota(client)),
            names: RateLimiter::keyed(quota(name)),
            clock: DefaultClock::default(),
        }
    }

    /// One more attempt. `Err` holds the seconds to wait.
    ///
    /// # Errors
    /// When there were too many.
    pub fn sign_in(&self, client: &str, name: &str) -> Result<(), u64> {
        // The name is written in one way only, or each spelling would have attempts of its own.
        let name = name.trim().to_lowercase();
        for (limiter, key) in [(&self.clients, client), (&self.names, name.as_str())] {
            if limiter.len() > KEYS {
                limiter.retain_recent();
            }
            if let Err(wait) = limiter.check_key(&key.to_owned()) {
                return Err(wait.wait_time_from(self.clock.now()).as_secs().saturating_add(1));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_guess_waits_and_spelling_does_not_help() {
        let limits = Limits::new((100, 5));
        for name in ["ada", "Ada", " ada", "ADA", "aDa"] {
            assert_eq!(limits.sign_in("192.0.2.1", name), Ok(()));
        }
        let wait = limits.sign_in("192.0.2.2", "ada").expect_err("too many");
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(limits.sign_in("192.0.2.2", "grace"), Ok(()));
    }
}
