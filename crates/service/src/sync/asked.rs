//! A sync that somebody asked for stands in the log.

use serde_json::json;
use store::{Change, Moment};

use crate::access::identity::Identity;
use crate::access::people::entry;
use crate::access::session::own;
use crate::house::Fault;

/// Logs that somebody asked for a sync of a feed.
///
/// # Errors
/// When the store cannot be reached.
pub async fn log_request(
    change: &mut Change,
    identity: &Identity,
    feed: &str,
    now: Moment,
) -> Result<(), Fault> {
    let subject = format!("feed/{feed}");
    let entry =
        entry(&identity.actor(), "feed.sync_asked", &subject, json!({ "person": identity.person }), now);
    change.log(&own(identity.organisation), &entry).await?;
    Ok(())
}
