//! When a source is asked again: how long after a failure, how often at most.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use feeds::transport::{FetchCode, FetchError, Pace, Request};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::Failure;

/// Tries after the first.
const RETRIES: usize = 4;
/// A source that wants to be left alone for longer is not waited for: the next sync asks again.
const MOST_WAIT: Duration = Duration::from_secs(600);

/// The waits between tries: longer each time, with jitter, so that many installations do not come back at once.
pub fn delays() -> ExponentialBackoff {
    let builder = ExponentialBuilder::new().with_min_delay(Duration::from_secs(2)).with_factor(3.0);
    builder.with_max_delay(Duration::from_secs(120)).with_max_times(RETRIES).with_jitter().build()
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// When the source says.
    After(Duration),
    /// When we think.
    Whenever,
}

impl Later {
    /// How long to wait; `None` = give up. `delay` is our own next wait, `None` after the last try.
    pub fn wait(self, delay: Option<Duration>) -> Option<Duration> {
        match self {
            Later::Whenever => delay,
            Later::After(wait) if wait > MOST_WAIT => None,
            Later::After(wait) => delay.map(|delay| wait.max(delay.min(Duration::from_secs(2)))),
        }
    }
}

/// What a status other than success means. Some sources say 403 where they mean "too many requests".
pub fn of_status(request: &Request, status: StatusCode, headers: &HeaderMap) -> Failure {
    let after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(retry_after);
    let reason = status.canonical_reason().unwrap_or("no reason given");
    let mut detail = format!("{} {reason}", status.as_u16());
    if let Some(after) = after {
        detail.push_str(&format!(", to be asked again in {} s", after.as_secs()));
    }
    let is_later = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    let is_perhaps_later = status == StatusCode::FORBIDDEN && (after.is_some() || request.pace.is_some());
    let code = if is_later { FetchCode::Unavailable } else { FetchCode::Refused };
    let error = FetchError::new(code, &request.url, detail);
    if is_later || is_perhaps_later {
        Failure::Later(after.map_or(Later::Whenever, Later::After), error)
    } else {
        Failure::Final(error)
    }
}

/// `Retry-After` in seconds. A date is left to our own waits: it would need the clock of the source.
fn retry_after(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs)
}

/// When each host was asked.
#[derive(Debug, Default)]
pub struct Paces(BTreeMap<String, VecDeque<Duration>>);

impl Paces {
    /// Reserves the next free place in the pace of a host; returns how long to wait for it.
    pub fn reserve(&mut self, host: &str, pace: Pace, now: Duration) -> Duration {
        let span = Duration::from_secs(u64::from(pace.seconds));
        let asked = self.0.entry(host.to_owned()).or_default();
        let most = pace.requests.max(1) as usize;
        while asked.len() > most {
            asked.pop_front();
        }
        let free_at = match asked.len().checked_sub(most).and_then(|at| asked.get(at)) {
            Some(earlier) => (*earlier + span).max(now),
            None => now,
        };
        asked.push_back(free_at);
        free_at.saturating_sub(now)
    }
}
