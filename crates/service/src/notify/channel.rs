//! The seam of all channels: a message goes in, one of three outcomes comes back.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use store::Moment;

use super::compose::Message;
use super::post::Post;
use super::secret::Secrets;

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The channel took it.
    Accepted,
    /// The channel will never take it; a person has to mend something.
    Refused(String),
    /// Not now.
    Failed {
        /// Why; without secrets.
        why: String,
        /// Milliseconds that the receiver asked for; 0 = it did not say.
        wait: i64,
    },
}

/// What a delivery ends with.
pub type Delivered<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// Something that messages leave through.
pub trait Channel: Send + Sync {
    /// Delivers once. `key` is the same for each attempt at one message.
    fn deliver<'a>(&'a self, message: &'a Message, parcel: &'a Parcel) -> Delivered<'a>;
}

/// What is said about a message beside its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The idempotency key.
    pub key: String,
    /// Whom of the channel's targets it is for.
    pub target: String,
    /// When it was written; equal for all attempts.
    pub written: Moment,
    /// When it is sent.
    pub now: Moment,
}

/// What channels reach the world by.
#[derive(Clone)]
pub struct Outgoing {
    /// The HTTP client.
    pub post: Arc<dyn Post>,
    /// The secrets.
    pub secrets: Arc<dyn Secrets>,
    /// Where people reach this server, without a slash at the end; all links begin with it.
    pub base_url: String,
}
