//! Alerts.

use service::notify::channel::Outcome as Became;
use service::notify::desk;

use super::HouseBackend;
use super::once::once;
use super::translate::{failure, known};
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::alerts::{Alerts, Outcome};

pub(super) async fn alerts(of: &HouseBackend, who: &Identity) -> Result<Alerts, Failure> {
    let alerts = desk::alerts(&of.house, known(who)?).await.map_err(failure)?;
    let text = serde_json::to_string_pretty(&alerts);
    let channels =
        alerts.channels.iter().map(|one| (one.name.clone(), one.kind.word().to_owned(), one.kind.is_sent()));
    let subscriptions = alerts.subscriptions.iter().map(|one| {
        let kinds: Vec<&str> = one.kinds.iter().map(|kind| kind.word()).collect();
        (one.name.clone(), one.channel.clone(), kinds.join(", "))
    });
    Ok(Alerts {
        text: text.map_err(|error| Failure::new(Kind::Broken, error.to_string()))?,
        channels: channels.collect(),
        subscriptions: subscriptions.collect(),
        can_send: of.outgoing.is_some(),
        ..Alerts::default()
    })
}

pub(super) async fn put_alerts(of: &HouseBackend, act: &Act, text: &str) -> Result<String, Failure> {
    let who = known(&act.who)?;
    once(of, act, async |house, _| {
        desk::set(&house, who, text, of.moment()).await.map_err(failure)?;
        Ok("The alerts are set; send a test message over each channel".to_owned())
    })
    .await
}

pub(super) async fn put_secret(
    of: &HouseBackend,
    act: &Act,
    name: &str,
    secret: &str,
) -> Result<String, Failure> {
    let who = known(&act.who)?;
    let folder = of.secrets.as_ref().ok_or_else(no_way_out)?;
    once(of, act, async |house, _| {
        desk::put_secret(&house, folder, who, name, secret, of.moment()).await.map_err(failure)?;
        Ok(format!("The secret {name} is kept; nobody can read it back"))
    })
    .await
}

fn no_way_out() -> Failure {
    Failure::new(Kind::Unavailable, "This server sends no messages")
        .hint("Start the server with a way out, then try again.")
}

pub(super) async fn test_channel(
    of: &HouseBackend,
    act: &Act,
    channel: &str,
) -> Result<Vec<Outcome>, Failure> {
    let outgoing = of.outgoing.as_ref().ok_or_else(no_way_out)?;
    let sent = desk::test(&of.house, outgoing, known(&act.who)?, channel, of.moment()).await;
    let outcome = |(target, became): (String, Became)| {
        let (is_taken, says) = match became {
            Became::Accepted => (true, String::new()),
            Became::Refused(why) => (false, format!("refused: {why}")),
            Became::Failed { why, .. } => (false, why),
        };
        Outcome { channel: channel.to_owned(), target, is_taken, says }
    };
    Ok(sent.map_err(failure)?.into_iter().map(outcome).collect())
}
