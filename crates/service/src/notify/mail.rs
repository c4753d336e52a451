//! Mail: one message per receiver, as text and as HTML with the same words.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::Message as Letter;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use serde::{Deserialize, Serialize};

use super::channel::{Channel, Delivered, Outcome, Outgoing, Parcel};
use super::compose::Message;
use super::secret::{SecretName, Secrets};
use crate::outside::smtp::{self, Encryption, Server};

/// Settings of a mail channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Name or address of the SMTP server.
    pub host: String,
    /// Port; absent = 587 for `starttls`, 465 for `tls`, 25 for `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the connection is protected; absent = `starttls`.
    #[serde(default)]
    pub encryption: Encryption,
    /// Certificate of the server's authority (PEM), where the system does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// User name at the server; absent = no authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Name of the secret that is the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretName>,
    /// Sender: `Patchwright <patchwright@maker.example>`.
    pub from: String,
    /// Receivers.
    pub to: Vec<String>,
}

/// Most receivers of one channel: more belong behind a list address.
const MOST_RECEIVERS: usize = 50;

impl MailSettings {
    pub(super) fn check(&self) -> Result<(), String> {
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_word(&self.host) || self.host.contains('/') {
            return Err(format!("host {:?} is no name of a server", self.host));
        }
        if self.port == Some(0) {
            return Err("port 0 is none".to_owned());
        }
        mailbox("from", &self.from)?;
        if self.to.is_empty() {
            return Err("to is empty: name at least one receiver".to_owned());
        }
        if self.to.len() > MOST_RECEIVERS {
            return Err(format!("to names {} receivers, at most {MOST_RECEIVERS}", self.to.len()));
        }
        for (number, to) in self.to.iter().enumerate() {
            mailbox(&format!("to[{number}]"), to)?;
        }
        if self.user.is_some() != self.password.is_some() {
            return Err("user and password belong together: give both or none".to_owned());
        }
        if self.user.is_some() && self.encryption == Encryption::None && !smtp::is_this_machine(&self.host) {
            return Err(
                "encryption none would send the password readable for all: use starttls or tls".to_owned()
            );
        }
        match &self.authority {
            Some(pem) => smtp::check_authority(pem).map_err(|why| format!("authority: {why}")),
            None => Ok(()),
        }
    }
}

fn mailbox(place: &str, text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|error| format!("{place} {text:?} is no mail address: {error}"))
}

/// The channel.
pub(super) struct Mail {
    settings: MailSettings,
    organisation: i64,
    secrets: Arc<dyn Secrets>,
}

impl Mail {
    pub(super) fn new(settings: MailSettings, organisation: i64, outgoing: &Outgoing) -> Mail {
        Mail { settings, organisation, secrets: Arc::clone(&outgoing.secrets) }
    }

    async fn send(&self, message: &Message, parcel: &Parcel) -> Result<(), Outcome> {
        let settings = &self.settings;
        if !settings.to.contains(&parcel.target) {
            return Err(Outcome::Refused(format!("{} is no receiver any more", parcel.target)));
        }
        let letter = letter(settings, message, parcel).map_err(Outcome::Refused)?;
        let password = settings.password.as_ref();
        let password = password.map(|name| self.secrets.secret(self.organisation, name)).transpose();
        // A secret that is missing may be on its way; a message is not thrown away for it.
        let password = password.map_err(|why| Outcome::Failed { why, wait: 0 })?;
        let server = Server {
            host: &settings.host,
            port: settings.port,
            encryption: settings.encryption,
            authority: settings.authority.as_deref(),
            login: settings.user.as_deref().zip(password.as_ref()),
        };
        smtp::send(&server, letter).await
    }
}

impl Channel for Mail {
    fn deliver<'a>(&'a self, message: &'a Message, parcel: &'a Parcel) -> Delivered<'a> {
        Box::pin(async move { self.send(message, parcel).await.err().unwrap_or(Outcome::Accepted) })
    }
}

/// The mail itself. Equal for all attempts, so that a receiver sees a repetition by its `Message-ID`.
fn letter(settings: &MailSettings, message: &Message, parcel: &Parcel) -> Result<Letter, String> {
    let from = mailbox("from", &settings.from)?;
    let id = format!("<{}@{}>", parcel.key, from.email.domain());
    let written = Duration::from_millis(u64::try_from(parcel.written.0).unwrap_or_default());
    let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    Letter::builder()
        .from(from)
        .to(mailbox("to", &parcel.target)?)
        .subject(&message.subject)
        .date(SystemTime::UNIX_EPOCH + written)
        .message_id(Some(id))
        .raw_header(header("Idempotency-Key", &parcel.key))
        // Holiday answers go to nobody.
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .multipart(MultiPart::alternative_plain_html(message.text(), message.html()))
        .map_err(|error| format!("the mail cannot be written: {error}"))
}
