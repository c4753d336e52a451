//! Webhooks: the message as JSON, signed so that the receiver can tell who sent it and when.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use store::Moment;

use super::channel::{Channel, Delivered, Outcome, Outgoing, Parcel};
use super::compose::Message;
use super::post::{Post, Question, ask, check_url};
use super::secret::{Secret, SecretName, Secrets};

/// Settings of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// The address. One that is a key itself is stored as a secret; see `url_secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Name of the secret that is the address, in place of `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_secret: Option<SecretName>,
    /// Name of the secret that signs.
    pub signing: SecretName,
}

/// Fewer letters can be guessed.
const LEAST_KEY: usize = 16;

impl WebhookSettings {
    pub(super) fn check(&self) -> Result<(), String> {
        match (&self.url, &self.url_secret) {
            (Some(url), None) => check_url(url).map_err(|why| format!("url: {why}")),
            (None, Some(_)) => Ok(()),
            _ => Err("give url, or url_secret with the name of a secret, and not both".to_owned()),
        }
    }
}

/// The value of the header `Patchwright-Signature`: `t=SECONDS,v1=HEX`, HMAC-SHA256 over the seconds, a full stop and the
/// body.
pub fn signature(key: &Secret, now: Moment, body: &[u8]) -> String {
    let seconds = now.0.div_euclid(1000).to_string();
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else { return String::new() };
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

/// The channel.
pub(super) struct Webhook {
    settings: WebhookSettings,
    organisation: i64,
    secrets: Arc<dyn Secrets>,
    post: Arc<dyn Post>,
}

impl Webhook {
    pub(super) fn new(settings: WebhookSettings, organisation: i64, outgoing: &Outgoing) -> Webhook {
        Webhook {
            settings,
            organisation,
            secrets: Arc::clone(&outgoing.secrets),
            post: Arc::clone(&outgoing.post),
        }
    }

    fn question(&self, message: &Message, parcel: &Parcel) -> Result<Question, Outcome> {
        let secret = |name| self.secrets.secret(self.organisation, name);
        let later = |why| Outcome::Failed { why, wait: 0 };
        let key = secret(&self.settings.signing).map_err(later)?;
        if key.expose().len() < LEAST_KEY {
            let name = self.settings.signing.as_str();
            return Err(later(format!(
                "the secret {name} is too short to sign with: at least {LEAST_KEY} letters"
            )));
        }
        let url = match (&self.settings.url, &self.settings.url_secret) {
            (Some(url), _) => Secret::new(url),
            (None, Some(name)) => secret(name).map_err(later)?,
            (None, None) => return Err(Outcome::Refused("the webhook has no address".to_owned())),
        };
        check_url(url.expose()).map_err(Outcome::Refused)?;
        let body = message.json(&parcel.key, parcel.written).to_string().into_bytes();
        let headers = vec![
            ("Idempotency-Key", Secret::new(&parcel.key)),
            ("Patchwright-Signature", Secret::new(&signature(&key, parcel.now, &body))),
        ];
        Ok(Question { method: "POST", url, headers, body })
    }
}

impl Channel for Webhook {
    fn deliver<'a>(&'a self, message: &'a Message, parcel: &'a Parcel) -> Delivered<'a> {
        Box::pin(async move {
            match self.question(message, parcel) {
                Ok(question) => ask(self.post.as_ref(), &question).await,
                Err(outcome) => outcome,
            }
        })
    }
}
