//! A sync of a feed, asked for by a person.

use model::access::Act as Right;

use super::HouseBackend;
use super::translate::{failure, known};
use crate::backend::{Act, Failure};

pub(super) async fn sync_feed(of: &HouseBackend, act: &Act, feed: &str) -> Result<String, Failure> {
    // Knowledge is one for the installation: whoever administers a part of the products does not set it going.
    known(&act.who)?.must_everywhere(Right::Administer).map_err(failure)?;
    let says = of.feeds.sync(feed)?;
    let mut change = of.house.store.change().await.map_err(|error| failure(error.into()))?;
    service::sync::asked::log_request(&mut change, known(&act.who)?, feed, of.moment())
        .await
        .map_err(failure)?;
    change.commit().await.map_err(|error| failure(error.into()))?;
    Ok(says)
}
