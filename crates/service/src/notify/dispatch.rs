//! Messages leave: claimed under a lease, composed, delivered, and marked. At least once: a node that dies between the
//! channel's word and ours sends again, with the same key.

use std::time::Duration;

use model::access::Role;
use store::jobs::{WorkState, backoff};
use store::outbox::Message as Row;
use store::{Moment, Scope};

use super::channel::{Outcome, Outgoing, Parcel};
use super::compose::{Message, compose};
use super::facts::{Envelope, Facts};
use super::list::Kind;
use super::settings::{self, Alerts, ChannelSetting};
use crate::house::{Fault, House};
use crate::step::reached;

/// How long a message is ours, in milliseconds: longer than [`PATIENCE`], so that nobody else takes it meanwhile.
const LEASE: i64 = 180_000;
/// How long one delivery may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest wait that a receiver can ask for, in milliseconds: six hours.
const MOST_WAIT: i64 = 6 * 3_600_000;

/// What became of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Nothing is due.
    Idle,
    /// The channel took a message.
    Accepted {
        /// Its key.
        key: String,
    },
    /// Not now; it waits for its next attempt.
    Waiting {
        /// Its key.
        key: String,
        /// Why.
        why: String,
    },
    /// It is parked: refused, or tried too often. A person has to look.
    Parked {
        /// Its key.
        key: String,
        /// Why.
        why: String,
    },
    /// It took so long that the lease was lost; whoever has it sends it again.
    Lost {
        /// Its key.
        key: String,
    },
}

/// Sends one message that is due. `now` is asked at each step; `jitter` spreads retries.
///
/// # Errors
/// When the store cannot be reached; what a channel says is in [`Sent`].
pub async fn dispatch_one(
    house: &House,
    outgoing: &Outgoing,
    worker: &str,
    now: &(dyn Fn() -> Moment + Sync),
    jitter: u64,
) -> Result<Sent, Fault> {
    let channels: Vec<&str> =
        Kind::ALL.iter().filter(|kind| kind.is_sent()).map(|kind| kind.word()).collect();
    let mut change = house.store.change().await?;
    let claimed = change.claim_message(&channels, worker, LEASE, now()).await?;
    change.commit().await?;
    let Some(row) = claimed else { return Ok(Sent::Idle) };
    reached("dispatch.claimed");
    let outcome = deliver(house, outgoing, &row, now()).await?;
    reached("dispatch.delivered");
    let sent = close(house, row, outcome, now(), jitter).await;
    reached("dispatch.closed");
    sent
}

async fn deliver(house: &House, outgoing: &Outgoing, row: &Row, now: Moment) -> Result<Outcome, Fault> {
    let scope = Scope::whole(row.organisation, Role::Admin);
    let alerts = {
        let mut look = house.store.look().await?;
        settings::get(&mut look, &scope).await
    };
    let alerts = match alerts {
        Ok(alerts) => alerts,
        // A newer program wrote them; a node of that program will send it.
        Err(Fault::Broken(why)) => return Ok(Outcome::Failed { why, wait: 0 }),
        Err(fault) => return Err(fault),
    };
    let envelope: Envelope = match serde_json::from_str(&row.body) {
        Ok(envelope) => envelope,
        Err(error) => {
            return Ok(Outcome::Failed { why: format!("the message cannot be read: {error}"), wait: 0 });
        }
    };
    let channel = match wanted(&alerts, &envelope) {
        Ok(channel) => channel,
        Err(why) => return Ok(Outcome::Refused(why)),
    };
    let parcel = Parcel { key: row.key.clone(), target: envelope.target.clone(), written: row.created, now };
    let message = compose(&envelope.facts, &envelope.subscription, &outgoing.base_url);
    Ok(pass(channel, row.organisation, outgoing, &message, &parcel).await)
}

/// The channel, where somebody still wants the message.
fn wanted<'a>(alerts: &'a Alerts, envelope: &Envelope) -> Result<&'a ChannelSetting, String> {
    let subscription = alerts.subscription(&envelope.subscription);
    let subscription = subscription
        .ok_or_else(|| format!("subscription {} is not there any more", envelope.subscription))?;
    if subscription.channel != envelope.channel {
        return Err(format!("subscription {} goes to another channel now", envelope.subscription));
    }
    let channel = alerts.channel(&envelope.channel);
    channel.ok_or_else(|| format!("channel {} is not there any more", envelope.channel))
}

/// Opens the channel and delivers in limited time.
async fn pass(
    channel: &ChannelSetting,
    organisation: i64,
    outgoing: &Outgoing,
    message: &Message,
    parcel: &Parcel,
) -> Outcome {
    let open = match channel.kind.open(&channel.settings, organisation, outgoing) {
        Ok(open) => open,
        Err(why) => return Outcome::Refused(format!("channel {}: {why}", channel.name)),
    };
    match tokio::time::timeout(PATIENCE, open.deliver(message, parcel)).await {
        Ok(outcome) => outcome,
        Err(_) => {
            Outcome::Failed { why: format!("no answer within {} seconds", PATIENCE.as_secs()), wait: 0 }
        }
    }
}

async fn close(house: &House, row: Row, outcome: Outcome, now: Moment, jitter: u64) -> Result<Sent, Fault> {
    let key = row.key;
    let mut change = house.store.change().await?;
    let closed = match outcome {
        Outcome::Accepted => change
            .message_accepted(row.id, row.lease_no, now)
            .await
            .map(|()| Sent::Accepted { key: key.clone() }),
        Outcome::Refused(why) => {
            let why = crate::notify::one_line(&why);
            let closed = change.message_refused(row.id, row.lease_no, &why, now).await;
            closed.map(|()| Sent::Parked { key: key.clone(), why })
        }
        Outcome::Failed { why, wait } => {
            let why = crate::notify::one_line(&why);
            let wait = backoff(row.attempts, jitter).max(wait.min(MOST_WAIT));
            let state = change.message_failed(row.id, row.lease_no, &why, wait, now).await;
            state.map(|state| match state {
                WorkState::Parked => Sent::Parked { key: key.clone(), why },
                _ => Sent::Waiting { key: key.clone(), why },
            })
        }
    };
    match closed {
        Ok(sent) => {
            change.commit().await?;
            Ok(sent)
        }
        Err(store::Error::Conflict(_)) => Ok(Sent::Lost { key }),
        Err(error) => Err(error.into()),
    }
}

/// Sends a test message over a channel at once, past the outbox: to each of its targets. `nonce` makes its key another one
/// each time.
///
/// # Errors
/// What is wrong with the channel's settings.
pub async fn test_message(
    channel: &ChannelSetting,
    organisation: i64,
    outgoing: &Outgoing,
    nonce: &str,
    now: Moment,
) -> Result<Vec<(String, Outcome)>, String> {
    channel.kind.check(&channel.settings)?;
    if !channel.kind.is_sent() {
        return Err(super::atom::NOTHING_IS_SENT.to_owned());
    }
    let message = compose(&Facts::Test { channel: channel.name.clone() }, "", &outgoing.base_url);
    let mut outcomes = Vec::new();
    for target in channel.kind.targets(&channel.settings)? {
        let about = format!("{organisation} {} {target} {} {nonce}", channel.name, now.0);
        let hash = store::sha256(about.as_bytes());
        let key = format!("test-{}", hash.get(..40).unwrap_or(&hash));
        let parcel = Parcel { key, target: target.clone(), written: now, now };
        outcomes.push((target, pass(channel, organisation, outgoing, &message, &parcel).await));
    }
    Ok(outcomes)
}
