//! The one list of channels, in reading order. A channel is one file beside this one, a schema of its settings, and a row
//! in each `match` here.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::channel::{Channel, Outgoing};
use super::{AtomSettings, ChatSettings, MailSettings, WebhookSettings, atom, chat, mail, webhook};

/// A kind of channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Mail by SMTP.
    Mail,
    /// JSON posted to an address, signed.
    Webhook,
    /// A message in a chat room: Slack, Teams, Matrix.
    Chat,
    /// A feed that others read. Nothing is sent.
    Atom,
}

impl Kind {
    /// All, in order.
    pub const ALL: &'static [Kind] = &[Kind::Mail, Kind::Webhook, Kind::Chat, Kind::Atom];

    /// The stable word; also the outbox's name of the channel.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Mail => "mail",
            Kind::Webhook => "webhook",
            Kind::Chat => "chat",
            Kind::Atom => "atom",
        }
    }

    /// True when messages leave through it; false when others come and read.
    pub fn is_sent(self) -> bool {
        self != Kind::Atom
    }

    /// JSON Schema of its settings, from which forms are drawn.
    pub fn schema(self) -> &'static str {
        match self {
            Kind::Mail => include_str!("schemas/mail.schema.json"),
            Kind::Webhook => include_str!("schemas/webhook.schema.json"),
            Kind::Chat => include_str!("schemas/chat.schema.json"),
            Kind::Atom => include_str!("schemas/atom.schema.json"),
        }
    }

    /// Refuses settings that cannot work; says what is wrong with which of them.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn check(self, settings: &Value) -> Result<(), String> {
        match self {
            Kind::Mail => read::<MailSettings>(settings)?.check(),
            Kind::Webhook => read::<WebhookSettings>(settings)?.check(),
            Kind::Chat => read::<ChatSettings>(settings)?.check(),
            Kind::Atom => read::<AtomSettings>(settings)?.check(),
        }
    }

    /// Whom messages are for, each by a message of its own, so that one who refuses it does not keep it from the others.
    /// A channel with one receiver has one, with an empty name; one that is read has none.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn targets(self, settings: &Value) -> Result<Vec<String>, String> {
        Ok(match self {
            Kind::Mail => read::<MailSettings>(settings)?.to,
            Kind::Webhook | Kind::Chat => vec![String::new()],
            Kind::Atom => Vec::new(),
        })
    }

    /// The channel, ready to deliver.
    ///
    /// # Errors
    /// When the settings cannot be read, or nothing is sent by this kind.
    pub fn open(
        self,
        settings: &Value,
        organisation: i64,
        outgoing: &Outgoing,
    ) -> Result<Box<dyn Channel>, String> {
        self.check(settings)?;
        Ok(match self {
            Kind::Mail => Box::new(mail::Mail::new(read(settings)?, organisation, outgoing)),
            Kind::Webhook => Box::new(webhook::Webhook::new(read(settings)?, organisation, outgoing)),
            Kind::Chat => Box::new(chat::Chat::new(read(settings)?, organisation, outgoing)),
            Kind::Atom => return Err(atom::NOTHING_IS_SENT.to_owned()),
        })
    }
}

/// The settings of a channel; unknown keys are refused.
pub(super) fn read<T: DeserializeOwned>(settings: &Value) -> Result<T, String> {
    serde_json::from_value(settings.clone()).map_err(|error| error.to_string())
}
