//! A sync of a feed, asked for by a person.

use model::access::Act as Right;
use service::node::feeds::request_sync;

use super::HouseBackend;
use super::translate::{failure, known};
use crate::backend::{Act, Failure, Kind};

pub(super) async fn sync_feed(of: &HouseBackend, act: &Act, feed: &str) -> Result<String, Failure> {
    // Knowledge is one for the installation: whoever administers a part of the products does not set it going.
    known(&act.who)?.must_everywhere(Right::Administer).map_err(failure)?;
    if !of.follows {
        let failure = Failure::new(Kind::Unavailable, "Feeds are not followed by this server");
        return Err(failure.hint(
            "Bring newer knowledge with `patchwright feeds import`, or start a server that follows feeds.",
        ));
    }
    let is_new = request_sync(&of.house, feed, of.moment()).await.map_err(failure)?;
    let mut change = of.house.store.change().await.map_err(|error| failure(error.into()))?;
    service::sync::asked::log_request(&mut change, known(&act.who)?, feed, of.moment())
        .await
        .map_err(failure)?;
    change.commit().await.map_err(|error| failure(error.into()))?;
    Ok(match is_new {
        true => format!("The sync of {feed} is queued; see the jobs."),
        false => format!("A sync of {feed} waits or runs already."),
    })
}
