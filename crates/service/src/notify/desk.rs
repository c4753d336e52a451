//! Alerts in the hands of whoever administers: read, set, tried out, their secrets kept.

use model::access::Act;
use serde_json::json;
use store::Moment;

use super::channel::{Outcome, Outgoing};
use super::dispatch::test_message;
use super::secret::{Secret, SecretName};
use super::settings::{self, Alerts};
use crate::access::identity::Identity;
use crate::access::people::entry;
use crate::access::secret::random;
use crate::access::token::not_by_token;
use crate::house::{Fault, House};
use crate::outside::secrets::SecretFolder;

/// The settings of the asker's organisation.
///
/// # Errors
/// `Denied` without the role for the whole organisation.
pub async fn alerts(house: &House, identity: &Identity) -> Result<Alerts, Fault> {
    let scope = identity.must_everywhere(Act::Administer)?;
    settings::get(&mut house.store.look().await?, &scope).await
}

/// Sets them from a text that somebody wrote.
///
/// # Errors
/// `Refused` with the place of what cannot work.
pub async fn set(house: &House, identity: &Identity, text: &str, now: Moment) -> Result<Alerts, Fault> {
    not_by_token(identity)?;
    let scope = identity.must_everywhere(Act::Administer)?;
    let alerts = Alerts::parse(text).map_err(Fault::Refused)?;
    let mut change = house.store.change().await?;
    settings::put(&mut change, &scope, &alerts, &identity.actor(), now).await?;
    change.commit().await?;
    Ok(alerts)
}

/// Keeps a secret that channels name; the log says that, and not what it is.
///
/// # Errors
/// `Refused` for what is no name of a secret, or an empty secret.
pub async fn put_secret(
    house: &House,
    folder: &SecretFolder,
    identity: &Identity,
    name: &str,
    secret: &str,
    now: Moment,
) -> Result<(), Fault> {
    not_by_token(identity)?;
    let scope = identity.must_everywhere(Act::Administer)?;
    let name = SecretName::try_from(name.to_owned()).map_err(Fault::Refused)?;
    if secret.trim().is_empty() {
        return Err(Fault::Refused("the secret is empty".to_owned()));
    }
    let mut change = house.store.change().await?;
    let subject = format!("secret/{}", name.as_str());
    change.log(&scope, &entry(&identity.actor(), "secret.kept", &subject, json!({}), now)).await?;
    folder.put(scope.organisation, &name, &Secret::new(secret)).map_err(Fault::Broken)?;
    change.commit().await?;
    Ok(())
}

/// Sends a test message over a channel of the settings in force.
///
/// # Errors
/// `NotFound` when there is no such channel, `Refused` when it cannot send.
pub async fn test(
    house: &House,
    outgoing: &Outgoing,
    identity: &Identity,
    channel: &str,
    now: Moment,
) -> Result<Vec<(String, Outcome)>, Fault> {
    not_by_token(identity)?;
    let alerts = alerts(house, identity).await?;
    let channel = alerts.channel(channel);
    let channel = channel.ok_or_else(|| store::Error::NotFound("channel of that name".to_owned()))?;
    let scope = identity.must_everywhere(Act::Administer)?;
    let mut change = house.store.change().await?;
    let subject = format!("channel/{}", channel.name);
    change.log(&scope, &entry(&identity.actor(), "channel.tested", &subject, json!({}), now)).await?;
    change.commit().await?;
    let nonce = random::<8>()?;
    test_message(channel, identity.organisation, outgoing, &nonce, now).await.map_err(Fault::Refused)
}
