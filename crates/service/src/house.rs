//! What every deed of the server needs: the store, the blobs, and the knowledge in use.
//!
//! Deeds take a [`House`] and a scope; they read no clock of their own: the moment is given.

use std::sync::{Arc, PoisonError, RwLock};

use store::Moment;
pub use store::Store;
pub use store::blobs::{Blobs, Directory};

use crate::knowledge::Knowledge;
use crate::scan::ReadError;

/// The server's memory and knowledge. Clones share everything.
#[derive(Clone)]
pub struct House {
    /// What is remembered.
    pub store: Store,
    /// Documents as received.
    pub blobs: Arc<dyn Blobs>,
    knowledge: Arc<RwLock<Arc<Current>>>,
}

/// The knowledge in use, with its name.
pub struct Current {
    /// The open index and the tables.
    pub knowledge: Knowledge,
    /// Hash of the generation: what judgements name.
    pub generation: String,
}

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store refused or cannot be reached.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A document cannot be read.
    #[error(transparent)]
    Document(#[from] ReadError),
    /// What is asked for does not fit what is there; the text says what to do.
    #[error("{0}")]
    Refused(String),
    /// Somebody asks for what his roles do not allow; the text says which would.
    #[error("{0}")]
    Denied(String),
    /// A fault of ours.
    #[error("{0}")]
    Broken(String),
}

impl House {
    /// A house with its first knowledge.
    pub fn new(store: Store, blobs: Arc<dyn Blobs>, knowledge: Knowledge, generation: String) -> House {
        let current = Arc::new(Current { knowledge, generation });
        House { store, blobs, knowledge: Arc::new(RwLock::new(current)) }
    }

    /// The same house, whose changes go through this handle of the same store.
    pub fn over(&self, store: Store) -> House {
        House { store, ..self.clone() }
    }

    /// The knowledge in use. Whoever holds it goes on with it while a newer one comes.
    pub fn current(&self) -> Arc<Current> {
        Arc::clone(&self.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes newer knowledge into use.
    pub fn renew(&self, knowledge: Knowledge, generation: String) {
        let current = Arc::new(Current { knowledge, generation });
        *self.knowledge.write().unwrap_or_else(PoisonError::into_inner) = current;
    }
}

/// Runs work that keeps a core busy beside the tasks that wait.
///
/// # Errors
/// Those of the work; `Broken` when it panicked.
pub(crate) async fn busy<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Fault::Broken(format!("a judgement ended unexpectedly: {error}"))),
    }
}

/// A moment as the analysis writes time: RFC 3339 in UTC.
pub fn instant(moment: Moment) -> String {
    jiff::Timestamp::from_millisecond(moment.0).unwrap_or_default().to_string()
}
