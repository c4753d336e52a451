//! What has a key is done once.

use service::access::door::Door;
use service::access::secret::Secret;
use service::house::House;
use service::repeat::{Known, Repeat};

use super::HouseBackend;
use super::translate::{failure, known};
use crate::backend::{Act, Failure, Kind};

/// Does a deed, or says what the first request with this key was answered. The deed changes things through the handles that
/// it is given: they note the key in the transaction of the change.
///
/// # Errors
/// `Repeated` where the key was used for something else; those of the deed.
pub(super) async fn once(
    of: &HouseBackend,
    act: &Act,
    deed: impl AsyncFnOnce(House, Door) -> Result<String, Failure>,
) -> Result<String, Failure> {
    if act.key.is_empty() {
        return deed(of.house.clone(), Door::clone(&of.door)).await;
    }
    let repeat = Repeat::new(known(&act.who)?, &act.key, &act.content);
    if let Some(before) = before(of, &repeat).await? {
        return before;
    }
    let store = repeat.noting(&of.house.store, of.moment());
    match deed(of.house.over(store.clone()), of.door.over(store)).await {
        Ok(answer) => {
            repeat.answered(&of.house, &answer).await.map_err(failure)?;
            Ok(answer)
        }
        // Perhaps the same request came twice at once, and the other one was faster.
        Err(failed) if failed.kind == Kind::Conflict => before(of, &repeat).await?.unwrap_or(Err(failed)),
        Err(failed) => Err(failed),
    }
}

async fn before(of: &HouseBackend, repeat: &Repeat) -> Result<Option<Result<String, Failure>>, Failure> {
    Ok(repeat.known(&of.house).await.map_err(failure)?.map(|before| match before {
        Known::Same(answer) => Ok(answer),
        Known::Other => {
            let says = "Another request with this key and another content was answered before";
            Err(Failure::new(Kind::Repeated, says).hint("Use a new key for a new request."))
        }
    }))
}

/// Does a deed that answers a secret. With a key it is done once, but what it showed is kept nowhere, and not shown again.
///
/// # Errors
/// `Conflict` for the second request with a key; else as [`once`].
pub(super) async fn shown_once(
    of: &HouseBackend,
    act: &Act,
    deed: impl AsyncFnOnce(House, Door) -> Result<Secret, Failure>,
) -> Result<Secret, Failure> {
    let mut shown = None;
    let done = once(of, act, async |house, door| {
        shown = Some(deed(house, door).await?);
        Ok(String::new())
    })
    .await;
    let says = done?;
    shown.ok_or_else(|| {
        Failure::new(Kind::Conflict, says)
            .hint("What it showed is not shown again: end it, and make another one.")
    })
}
