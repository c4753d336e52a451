//! Alerts: who is told of what, over which channels.

use super::acts::Done;
use super::asked::{Asked, Wants};
use super::reply::{Cache, Reply};
use crate::backend::Kind;
use crate::pages::alerts::Alerts;

/// Where these pages are.
const PLACE: &str = "/settings/alerts";

/// The alerts.
pub async fn alerts(asked: Asked) -> Done {
    asked.only(&[])?;
    let view = asked.app.backend.alerts(asked.who()?).await?;
    asked.show(&view)
}

/// Sets the alerts: the whole document.
pub async fn put(asked: Asked) -> Done {
    let text = asked.sent.whole("text").to_owned();
    match asked.app.backend.put_alerts(&asked.act()?, &text).await {
        Ok(says) => Ok(asked.done(&says, PLACE)),
        Err(failure) if asked.wants == Wants::Page && failure.kind == Kind::Invalid => {
            let view = asked.app.backend.alerts(asked.who()?).await?;
            Ok(asked.show(&Alerts { text, complaint: failure.says, ..view })?.again())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Keeps a secret that channels name.
pub async fn secret(asked: Asked) -> Done {
    let (name, secret) = (asked.sent.text("name"), asked.sent.whole("secret"));
    let says = asked.app.backend.put_secret(&asked.act()?, name, secret).await?;
    Ok(asked.done(&says, PLACE))
}

/// Sends a test message.
pub async fn test(asked: Asked) -> Done {
    let outcomes = asked.app.backend.test_channel(&asked.act()?, asked.part("channel")).await?;
    if asked.wants == Wants::Json {
        let body = serde_json::json!({ "outcomes": outcomes });
        return Ok(Reply::json(body.to_string().into_bytes()).cached(Cache::Never));
    }
    let view = asked.app.backend.alerts(asked.who()?).await?;
    Ok(asked.show(&Alerts { outcomes, ..view })?.cached(Cache::Never))
}
