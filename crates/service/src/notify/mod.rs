//! Alerts to the team: who is told of what, by which channel, once.
//!
//! What deserves an alert is written into the outbox in the transaction that stores the findings ([`raise`]), after
//! statements, decisions and rules have spoken: what they settle is never told. A message is composed from facts when it is
//! sent ([`compose`]), under a lease, at least once, with a key by which receivers drop a repetition ([`dispatch`]).
//! Not here: notices to customers, pages, the HTTP client. Start with [`list`], the one list of channels.

pub mod list;
mod mail;
mod webhook;
mod chat;
pub mod atom;
pub mod channel;
pub mod post;
pub mod secret;
pub mod settings;
pub mod facts;
pub mod raise;
pub mod knowledge;
mod history;
pub mod desk;
pub mod digest;
pub mod compose;
mod plain;
pub mod links;
pub mod dispatch;

pub use atom::AtomSettings;
pub use chat::{ChatSettings, Shape};
pub use mail::MailSettings;
pub use webhook::{WebhookSettings, signature};

/// A text of unknown origin as one line that can be shown and stored.
pub(crate) fn one_line(text: &str) -> String {
    plain::shortened(text, 400)
}
