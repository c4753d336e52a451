//! Exactly one coverage state per component (matching.md 1.5): "0 findings" is never shown where the truth is
//! "not evaluated".

use index::Index;
use model::component::{Component, Coverage, Scope};
use model::feed::FeedStatus;
use model::record::Source;

use crate::matching::Options;
use crate::matching::distribution::Family;
use crate::matching::identity::Identity;

/// How old the knowledge is at a given time.
pub struct Freshness<'i> {
    feeds: &'i [FeedStatus],
    at: Option<i64>,
    max_index_age_days: Option<u16>,
}

/// What can be said of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedState {
    /// In the index, within its limit.
    Fresh,
    /// Older than its limit, or historic, or without a date.
    Stale,
    /// Not in the index, or without records.
    Missing,
}

impl<'i> Freshness<'i> {
    /// The ages of the feeds of an index, at the time the options give.
    pub fn of(index: &'i Index, options: &Options) -> Freshness<'i> {
        Freshness {
            feeds: &index.header().feeds,
            at: day_number(&options.at),
            max_index_age_days: options.max_index_age_days,
        }
    }

    /// The state of a feed.
    pub fn state(&self, id: &str) -> FeedState {
        match self.feeds.iter().find(|feed| feed.id == id && feed.records > 0) {
            None => FeedState::Missing,
            Some(feed) if self.is_within_limit(feed) => FeedState::Fresh,
            Some(_) => FeedState::Stale,
        }
    }

    /// The age of a feed in days; `None` when one of the dates is not known.
    pub fn age_days(&self, feed: &FeedStatus) -> Option<i64> {
        Some(self.at? - as_of(feed)?)
    }

    fn is_within_limit(&self, feed: &FeedStatus) -> bool {
        let limit = self.max_index_age_days.unwrap_or(feed.max_age_days);
        // A feed without a limit is historic: it proves nothing about today.
        limit > 0 && self.age_days(feed).is_some_and(|age| age <= i64::from(limit))
    }

    /// The sources whose feed is in the index but past its limit; historic feeds are not counted, they never
    /// claimed to be current.
    pub fn stale_sources(&self) -> Vec<Source> {
        let is_stale = |id: &str| {
            self.feeds.iter().any(|feed| {
                feed.id == id
                    && (feed.max_age_days > 0 || self.max_index_age_days.is_some())
                    && !self.is_within_limit(feed)
            })
        };
        let feed_of = |name: &'static str| name.split('/').next().unwrap_or(name);
        Source::ALL.iter().filter(|(_, name)| is_stale(feed_of(name))).map(|(source, _)| *source).collect()
    }
}

fn as_of(feed: &FeedStatus) -> Option<i64> {
    day_number(&feed.as_of).or_else(|| day_number(&feed.fetched_at))
}

/// The number of a civil day; `None` for a text that does not begin with `YYYY-MM-DD`.
///
/// ```
/// use analysis::coverage::day_number;
/// assert_eq!(day_number("2026-03-01T00:00:00Z").unwrap() - day_number("2026-02-28").unwrap(), 1);
/// ```
pub fn day_number(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.split('-');
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days since 0000-03-01 of the proleptic calendar: the leap day stands at the end of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year)
}

/// What matching learned about a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Findings that are affected or need review.
    pub open_findings: usize,
    /// The index has at least one of its keys.
    pub is_known: bool,
    /// Lookup keys could be made at all.
    pub has_keys: bool,
}

/// The state of a component, with a few words.
///
/// `feeds` are those that cover its kind; its scope and what the input says of it are its own.
pub fn coverage_of(
    feeds: &[&str],
    component: &Component,
    seen: Seen,
    freshness: &Freshness<'_>,
) -> (Coverage, String) {
    if let Some(preset) = preset(component) {
        return (preset, String::new());
    }
    if !seen.has_keys {
        return (Coverage::NoIdentity, "no CPE, purl, repository or name".to_owned());
    }
    if component.coverage == Coverage::NoVersion || versions::is_unknown(&component.version) {
        return (Coverage::NoVersion, words_of_version(component));
    }
    if seen.open_findings > 0 {
        return (Coverage::Matched, format!("{} open findings", seen.open_findings));
    }
    let states: Vec<(&str, FeedState)> = feeds.iter().map(|feed| (*feed, freshness.state(feed))).collect();
    let of_state = |wanted: FeedState| -> Vec<&str> {
        states.iter().filter(|(_, state)| *state == wanted).map(|(feed, _)| *feed).collect()
    };
    let fresh = of_state(FeedState::Fresh);
    if fresh.is_empty() {
        let stale = of_state(FeedState::Stale);
        return if stale.is_empty() {
            (Coverage::FeedMissing, format!("none of {} is in the index", feeds.join(", ")))
        } else {
            (Coverage::FeedStale, format!("past the age limit: {}", stale.join(", ")))
        };
    }
    if !seen.is_known {
        return (Coverage::UnknownProduct, "no feed has ever named the product".to_owned());
    }
    (Coverage::Clean, format!("by {}", fresh.join(", ")))
}

/// What the input or the user has said before matching.
fn preset(component: &Component) -> Option<Coverage> {
    match component.coverage {
        Coverage::ByUser => Some(Coverage::ByUser),
        _ if component.scope == Scope::BuildOnly => Some(Coverage::BuildOnly),
        state @ (Coverage::Proprietary
        | Coverage::BuildOnly
        | Coverage::UnsupportedEcosystem
        | Coverage::NoIdentity) => Some(state),
        _ => None,
    }
}

fn words_of_version(component: &Component) -> String {
    if component.version.is_empty() {
        "no version is stated".to_owned()
    } else {
        format!("`{}` is no version", component.version)
    }
}

/// The feeds that cover a component's kind, any one of which must be fresh for "clean".
pub fn covering_feeds(identity: &Identity<'_>) -> &'static [&'static str] {
    if let Some((family, _)) = identity.distribution.packages() {
        return match family {
            Family::Debian => &["debian", "osv"],
            Family::Ubuntu => &["ubuntu", "osv"],
            Family::Alpine => &["alpine", "osv"],
            _ => &["osv", "csaf"],
        };
    }
    match identity.language() {
        Some("crates.io") => &["osv", "ghsa", "rustsec"],
        Some(_) => &["osv", "ghsa"],
        None if identity.is_kernel => &["kernel-cna", "cve-list", "nvd2"],
        None => &["cve-list", "nvd2", "osv", "ghsa", "starter"],
    }
}
