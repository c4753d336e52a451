//! Requests that may be sent again: the same key with the same content gives the same answer and changes nothing twice,
//! also where two arrive at once and where the program was killed between the change and its answer.

use store::request::Request;
use store::{Moment, Scope, Store};

use crate::access::identity::Identity;
use crate::access::session::own;
use crate::house::{Fault, House};

/// What is said where the words of the first answer are not there: they were never kept, because they held a secret, or the
/// program ended before they were.
const DONE: &str = "This was done before, by the first request with this key";

/// A request with a key.
#[derive(Clone, Debug)]
pub struct Repeat {
    scope: Scope,
    asker: String,
    key: String,
    content: String,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The same was asked, and this was answered.
    Same(String),
    /// Something else was asked with it.
    Other,
}

impl Repeat {
    /// A request of somebody: its key, and what it asks as one text or hash.
    pub fn new(identity: &Identity, key: &str, content: &str) -> Repeat {
        Repeat {
            scope: own(identity.organisation),
            asker: identity.actor(),
            key: store::sha256(key.as_bytes()),
            content: store::sha256(content.as_bytes()),
        }
    }

    /// What became of the key before; `None` when it is new.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn known(&self, house: &House) -> Result<Option<Known>, Fault> {
        let known = house.store.look().await?.request(&self.scope, &self.asker, &self.key).await?;
        Ok(known.map(|request| match request {
            request if request.content != self.content => Known::Other,
            request if request.answer.is_empty() => Known::Same(DONE.to_owned()),
            request => Known::Same(request.answer),
        }))
    }

    /// The store in which the request is noted with the first change that becomes true.
    pub fn noting(&self, store: &Store, now: Moment) -> Store {
        let request = Request {
            asker: self.asker.clone(),
            key: self.key.clone(),
            content: self.content.clone(),
            answer: String::new(),
            made: now,
        };
        store.noting(&self.scope, request)
    }

    /// Keeps the words of the answer.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn answered(&self, house: &House, answer: &str) -> Result<(), Fault> {
        let mut change = house.store.change().await?;
        change.answer_request(&self.scope, &self.asker, &self.key, answer).await?;
        change.commit().await?;
        Ok(())
    }
}
