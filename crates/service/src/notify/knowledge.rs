//! Feeds that fail, are refused or too old: the teams of all organisations are told, once a day for each feed. What is
//! refused is told by whoever refuses it, through [`tell`]; the rest is seen here in the states of the feeds.

use model::access::Role;
use store::feed::FeedState;
use store::{Change, Moment, Scope};

use super::facts::{Facts, Trouble, TroubleKind};
use super::raise::{envelope, key, send, targets};
use super::settings::{self, AlertKind};
use crate::house::{Fault, House};

const DAY: i64 = 24 * 3_600_000;
/// Failures in a row that a source may have before somebody is told: one is the weather.
const PATIENCE: u64 = 3;

/// What is wrong with feeds, from their states and their age limits in days (0 = none).
pub fn troubles(feeds: &[FeedState], limit: impl Fn(&str) -> u16, now: Moment) -> Vec<Trouble> {
    feeds.iter().flat_map(|feed| [failing(feed), stale(feed, limit(&feed.id), now)]).flatten().collect()
}

fn failing(feed: &FeedState) -> Option<Trouble> {
    (feed.failures >= PATIENCE && !feed.error.is_empty()).then(|| Trouble {
        feed: feed.id.clone(),
        what: TroubleKind::Failing,
        says: format!("{} failures in a row; the last: {}", feed.failures, feed.error),
        fetched: feed.fetched.0,
    })
}

fn stale(feed: &FeedState, days: u16, now: Moment) -> Option<Trouble> {
    if days == 0 || feed.fetched.plus(i64::from(days) * DAY) > now {
        return None;
    }
    let says = format!("It may be at most {days} days old.");
    Some(Trouble { feed: feed.id.clone(), what: TroubleKind::Stale, says, fetched: feed.fetched.0 })
}

/// Tells all organisations of troubles, in the transaction that found them. Returns how many messages are new.
///
/// # Errors
/// Those of the store; settings that a newer program wrote.
pub async fn tell(change: &mut Change, troubles: &[Trouble], now: Moment) -> Result<usize, Fault> {
    let mut written = 0;
    if troubles.is_empty() {
        return Ok(written);
    }
    for organisation in change.organisations().await? {
        let scope = Scope::whole(organisation.id, Role::Admin);
        let alerts = settings::get(change, &scope).await?;
        for (subscription, channel) in alerts.wanting(AlertKind::Knowledge, None) {
            for trouble in troubles {
                for target in targets(channel)? {
                    let envelope = envelope(subscription, target, Facts::Knowledge(trouble.clone()));
                    let day = now.0.div_euclid(DAY).to_string();
                    let about = [trouble.feed.clone(), trouble.what.word().to_owned(), day];
                    let key = key(&scope, &envelope, &about);
                    written +=
                        usize::from(send(change, &scope, channel.kind, &envelope, &key, now, now).await?);
                }
            }
        }
    }
    Ok(written)
}

/// Looks at the feeds and tells what is wrong. `finish` runs in the same transaction.
pub(crate) async fn check<F>(house: &House, now: Moment, finish: F) -> Result<usize, Fault>
where
    F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
{
    let mut change = house.store.change().await?;
    let feeds = change.feeds().await?;
    let limit = |id: &str| feeds::list::by_id(id).map_or(0, |feed| feed.max_age_days);
    let found = troubles(&feeds, limit, now);
    let written = tell(&mut change, &found, now).await?;
    finish(&mut change).await?;
    change.commit().await?;
    Ok(written)
}
