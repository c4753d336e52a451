//! Visits to the sources of knowledge: when their time has come, or when somebody asks.

use std::collections::BTreeSet;

use feeds::list;
use store::feed::FeedState as Row;
use store::jobs::Lane;
use store::{Change, Moment};

use super::shelf::Shelf;
use crate::compile::Progress;
use crate::house::{Fault, House, busy, instant};
use crate::jobs::list::Job;
use crate::notify::facts::{Trouble, TroubleKind};
use crate::notify::knowledge::tell;
use crate::outside::http::{HttpOptions, Network};
use crate::sync::settings::FeedSettings;
use crate::sync::state::{FeedState, Memory, StateFile, SyncState};
use crate::sync::{self, Outcome, SyncOptions, SyncReport};

const HOUR: i64 = 3_600_000;

/// Queues a visit to a feed because somebody asks; false where one is queued already.
///
/// # Errors
/// `Refused` where there is no such feed.
pub async fn request_sync(house: &House, feed: &str, now: Moment) -> Result<bool, Fault> {
    if !list::is_known(feed) {
        return Err(Fault::Refused(format!("there is no feed named {feed}")));
    }
    let job = Job::SyncFeeds { feeds: vec![feed.to_owned()], asked: true };
    let mut change = house.store.change().await?;
    let queued = change.enqueue(&job.queued(Lane::Feeds, now), now).await?;
    change.commit().await?;
    Ok(queued.is_some())
}

/// True where the data directory names feeds: only such a node visits them.
pub(crate) fn are_set_up(shelf: &Shelf) -> bool {
    FeedSettings::load(shelf.data()).is_ok_and(|settings| !settings.feeds.is_empty())
}

/// Queues a visit to the feeds whose time has come.
///
/// # Errors
/// When the settings of the feeds cannot be read, or the store cannot be reached.
pub(crate) async fn queue_due(house: &House, shelf: &Shelf, now: Moment) -> Result<(), Fault> {
    let settings = FeedSettings::load(shelf.data()).map_err(|error| Fault::Refused(error.to_string()))?;
    if settings.feeds.is_empty() {
        return Ok(());
    }
    let known = house.store.look().await?.feeds().await?;
    let feeds = due(&settings, &known, shelf.every_hours, now);
    if feeds.is_empty() {
        return Ok(());
    }
    let job = Job::SyncFeeds { feeds, asked: false };
    let mut change = house.store.change().await?;
    change.enqueue(&job.queued(Lane::Feeds, now), now).await?;
    Ok(change.commit().await?)
}

/// The feeds whose time has come. One that failed is tried again after an hour.
fn due(settings: &FeedSettings, known: &[Row], every_hours: u16, now: Moment) -> Vec<String> {
    let is_due = |id: &str, hours: u16| match known.iter().find(|row| row.id == id) {
        None => true,
        Some(row) if row.failures > 0 => row.tried.plus(HOUR.min(i64::from(hours) * HOUR)) <= now,
        Some(row) => row.tried.plus(i64::from(hours) * HOUR) <= now,
    };
    let feeds = settings.feeds.iter().map(|(id, entry)| (id, entry.every_hours.unwrap_or(every_hours)));
    feeds.filter(|(id, hours)| *hours > 0 && is_due(id, *hours)).map(|(id, _)| id.clone()).collect()
}

/// Visits feeds, and takes what came into use. `finish` runs in the transaction that notes it.
///
/// # Errors
/// When there is no sync at all: another one is at work, or nothing can be compiled. A source that fails is no error.
pub(crate) async fn visit<F>(
    house: &House,
    shelf: &Shelf,
    feeds: &[String],
    now: Moment,
    finish: F,
) -> Result<(), Fault>
where
    F: AsyncFnOnce(&mut Change) -> Result<(), Fault>,
{
    let (data, only) = (shelf.data().clone(), feeds.iter().cloned().collect::<BTreeSet<String>>());
    let report = busy(move || {
        let settings = FeedSettings::load(&data).map_err(|error| Fault::Refused(error.to_string()))?;
        let only: BTreeSet<String> = only.into_iter().filter(|id| settings.feeds.contains_key(id)).collect();
        if only.is_empty() {
            return Ok(SyncReport::default());
        }
        let http =
            HttpOptions { private_hosts: settings.private_hosts.clone(), proxy: settings.proxy.clone() };
        let network = Network::new(&http, &Logged).map_err(|error| Fault::Refused(error.to_string()))?;
        let options = SyncOptions {
            only,
            accept: BTreeSet::new(),
            replace_imported: false,
            recompile: false,
            now: instant(now).parse().unwrap_or_default(),
            environment: &|name| std::env::var(name).ok(),
        };
        sync::sync(&data, &settings, &options, &StateFile::of(&data), &network, &Logged)
            .map_err(|error| Fault::Refused(error.to_string()))
    })
    .await?;
    log(&report);
    let state = state(shelf)?;
    shelf
        .bring(house, now, async |change: &mut Change| {
            put_rows(change, &state).await?;
            tell(change, &refusals(&report, &state), now).await?;
            finish(change).await
        })
        .await
}

/// Takes into use what a verb beside this process has compiled or imported into the directory.
///
/// # Errors
/// As [`Shelf::bring`].
pub(crate) async fn take_over(house: &House, shelf: &Shelf, now: Moment) -> Result<(), Fault> {
    let state = state(shelf)?;
    shelf.bring(house, now, async |change: &mut Change| put_rows(change, &state).await).await
}

fn state(shelf: &Shelf) -> Result<SyncState, Fault> {
    StateFile::of(shelf.data()).load().map_err(|error| Fault::Refused(error.to_string()))
}

/// The states of the feeds, for pages, alerts and other nodes.
async fn put_rows(change: &mut Change, state: &SyncState) -> Result<(), Fault> {
    let known = change.feeds().await?;
    for row in known.iter().filter(|row| !state.feeds.contains_key(&row.id)) {
        change.forget_feed(&row.id).await?;
    }
    for (id, feed) in &state.feeds {
        let before = known.iter().find(|row| row.id == *id);
        change.put_feed(&row(id, feed, before)).await?;
    }
    Ok(())
}

fn row(id: &str, feed: &FeedState, before: Option<&Row>) -> Row {
    let moment =
        |text: &str| text.parse::<jiff::Timestamp>().map_or(Moment::NEVER, |at| Moment(at.as_millisecond()));
    let tried = moment(&feed.attempted_at);
    let failures = match (&feed.error, before) {
        (None, _) => 0,
        (Some(_), None) => 1,
        (Some(_), Some(before)) if before.tried == tried => before.failures,
        (Some(_), Some(before)) => before.failures.saturating_add(1),
    };
    Row {
        id: id.to_owned(),
        as_of: feed.as_of.clone(),
        records: feed.records,
        tried,
        fetched: moment(&feed.fetched_at),
        failures,
        error: feed
            .error
            .as_ref()
            .map(|error| format!("{}: {}", error.code, error.message))
            .unwrap_or_default(),
        ..Row::default()
    }
}

/// What was refused: somebody has to look.
fn refusals(report: &SyncReport, state: &SyncState) -> Vec<Trouble> {
    let mut found = Vec::new();
    for feed in &report.feeds {
        let Outcome::Refused(trouble) = &feed.outcome else { continue };
        let fetched =
            state.feeds.get(&feed.id).and_then(|feed| feed.fetched_at.parse::<jiff::Timestamp>().ok());
        found.push(Trouble {
            feed: feed.id.clone(),
            what: TroubleKind::Refused,
            says: format!("{}: {}", trouble.code, trouble.message),
            fetched: fetched.map_or(0, |at| at.as_millisecond()),
        });
    }
    found
}

fn log(report: &SyncReport) {
    for feed in &report.feeds {
        let (id, records) = (&feed.id, feed.records);
        match &feed.outcome {
            Outcome::Unchanged => tracing::info!(feed = id, records, "feed unchanged"),
            Outcome::Updated { before, .. } => tracing::info!(feed = id, records, before, "feed updated"),
            Outcome::Refused(why) => {
                tracing::warn!(
                    feed = id,
                    code = why.code,
                    why = why.message,
                    "feed refused; its last good state stays"
                );
            }
            Outcome::Failed(why) => {
                tracing::warn!(
                    feed = id,
                    code = why.code,
                    why = why.message,
                    "feed not fetched; its last good state stays"
                );
            }
        }
    }
}

/// Progress into the log.
struct Logged;

impl Progress for Logged {
    fn total(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn phase(&self, what: &str) {
        tracing::debug!(what, "feeds");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_visited_when_its_time_has_come() {
        let mut settings = FeedSettings::default();
        for (id, hours) in [("kev", None), ("epss", Some(24)), ("osv", Some(0))] {
            settings.feeds.entry(id.to_owned()).or_default().every_hours = hours;
        }
        let row = |id: &str, tried: i64, failures: u64| Row {
            id: id.to_owned(),
            tried: Moment(tried * HOUR),
            failures,
            ..Row::default()
        };
        let due = |known: &[Row], hours: i64| due(&settings, known, 6, Moment(hours * HOUR)).join(" ");
        assert_eq!(due(&[], 100), "epss kev");
        let known = [row("kev", 100, 0), row("epss", 100, 0)];
        assert_eq!(due(&known, 105), "");
        assert_eq!(due(&known, 106), "kev");
        assert_eq!(due(&known, 124), "epss kev");
        assert_eq!(due(&[row("kev", 100, 1), row("epss", 100, 3)], 101), "epss kev");
    }
}
