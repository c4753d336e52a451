//! Feeds and the index.

use service::maker::{FeedHealth, Maker};

use super::HouseBackend;
use super::translate::{at_some, failure, maker, moment_of};
use crate::backend::{Failure, Identity};
use crate::pages::knowledge::{Feed, Knowledge};

pub(super) async fn knowledge(of: &HouseBackend, who: &Identity) -> Result<Knowledge, Failure> {
    let maker = maker(of, who)?;
    let health = maker.knowledge().await.map_err(failure)?;
    Ok(Knowledge {
        feeds: feeds(of, &maker).await?,
        made: at_some(health.made),
        fingerprint: health.generation,
        vulnerabilities: health.vulnerabilities,
        busy: health.busy,
        failed: health.failed,
    })
}

/// The feeds as pages show them.
pub(super) async fn feeds(of: &HouseBackend, maker: &Maker) -> Result<Vec<Feed>, Failure> {
    let feeds = maker.feeds((of.clock)()).await.map_err(failure)?;
    Ok(feeds.into_iter().map(feed).collect())
}

fn feed(feed: FeedHealth) -> Feed {
    let is_old = feed.max_age_days > 0 && feed.age_days.is_none_or(|age| age > i64::from(feed.max_age_days));
    let state = match (feed.error.is_empty(), is_old) {
        (false, _) => "refused",
        (true, true) => "stale",
        (true, false) => "fresh",
    };
    let says = match state {
        "refused" => format!("{} The state before is in use.", sentence(&feed.error)),
        "stale" => format!(
            "Older than its limit of {} days. Sync it, or check address and network.",
            feed.max_age_days
        ),
        _ => String::new(),
    };
    Feed {
        about: feed.about,
        as_of: moment_of(&feed.as_of),
        asked: at_some(feed.tried),
        id: feed.id,
        state,
        records: feed.records,
        skipped: 0,
        says,
    }
}

fn sentence(text: &str) -> String {
    let text = crate::words::capital(text.trim());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
