//! A node: one process that serves pages, works through jobs, sends messages and follows feeds. Several share one store.
//!
//! Start with [`Node::open`]. [`shelf`] is its knowledge and how newer knowledge comes into use, [`feeds`] the visits to
//! sources, [`work`] the reserved workers, [`round`] what comes by the clock. A node keeps nothing that may not be lost but
//! in a data directory of one node alone; what nodes share is in the store.

pub mod feeds;
pub mod round;
pub mod shelf;
pub mod work;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::{Moment, Store, sqlite_url};

use crate::house::{Fault, House, busy};
use crate::notify::channel::Outgoing;
use crate::outside::data_directory::DataDirectory;
use crate::outside::documents;
use crate::outside::http::HttpOptions;
use crate::outside::http::post::HttpPost;
use crate::outside::secrets::SecretFolder;
use shelf::{Shelf, Starter};

/// Gives the time.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// What a node is opened with.
pub struct Opening {
    /// The data directory; made where it is absent.
    pub data: PathBuf,
    /// URL of the database; empty = a SQLite file in the data directory.
    pub database: String,
    /// Place of documents as received, a folder or a bucket; empty = in the data directory. Several nodes need one that
    /// all of them reach.
    pub documents: String,
    /// Name of the node in leases; empty = that of the machine and the data directory.
    pub name: String,
    /// Where people reach us, without a slash at the end; links in messages begin with it.
    pub base_url: String,
    /// How messages leave: proxy, and hosts that may lie in a private network.
    pub outgoing: HttpOptions,
    /// Knowledge to begin with.
    pub starter: Starter,
    /// Hours between visits to a feed that does not say itself.
    pub every_hours: u16,
    /// The clock.
    pub clock: Clock,
}

/// A running node.
pub struct Node {
    /// Store, documents, knowledge.
    pub house: House,
    /// The knowledge that this node can lay its hands on.
    pub shelf: Shelf,
    /// How messages leave.
    pub outgoing: Outgoing,
    /// Where the secrets of channels are kept.
    pub secrets: SecretFolder,
    /// Its name in leases.
    pub name: String,
    pub(crate) clock: Clock,
    // Held for its end: one server per data directory.
    _lock: File,
}

impl Node {
    /// Opens store, documents and knowledge. Leases that the process before it held are free again.
    ///
    /// # Errors
    /// When the directory cannot be used or another server uses it, the database is not there, or the index is damaged.
    pub async fn open(opening: Opening) -> Result<Node, Fault> {
        let data = DataDirectory::new(&opening.data);
        let lock = lock(&opening.data)?;
        let url = match opening.database.as_str() {
            "" => sqlite_url(&data.path("patchwright.db")),
            url => url.to_owned(),
        };
        let documents = match opening.documents.as_str() {
            "" => data.path("blobs").display().to_string(),
            place => place.to_owned(),
        };
        let store = Store::open(&url).await?;
        let blobs = documents::open(&documents, &|name| std::env::var(name).ok())?;
        let now = (opening.clock)();
        let shelf = Shelf::new(data.clone(), opening.starter, opening.every_hours);
        let house = shelf.furnish(store, blobs, now).await?;
        let name = if opening.name.is_empty() { machine(&opening.data) } else { opening.name };
        let mut change = house.store.change().await?;
        let freed = change.free_leases(&name, now).await?;
        change.commit().await?;
        if freed > 0 {
            tracing::info!(freed, "leases of the process before this one are free again");
        }
        // The client waits while it is made: not where tasks take turns.
        let options = opening.outgoing;
        let post = busy(move || HttpPost::new(&options).map_err(|error| Fault::Refused(error.to_string())));
        let post = post.await?;
        let secrets = SecretFolder::new(&data.path("keys/alerts"));
        let outgoing =
            Outgoing { post: Arc::new(post), secrets: Arc::new(secrets.clone()), base_url: opening.base_url };
        Ok(Node { house, shelf, outgoing, secrets, name, clock: opening.clock, _lock: lock })
    }

    /// The time.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }
}

/// Makes the directory and takes its lock, which ends with the process, however that ends.
fn lock(data: &Path) -> Result<File, Fault> {
    let named = |error: io::Error| Fault::Refused(format!("cannot use {}: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(named)?;
    let path = data.join("serve.lock");
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(named)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::Refused(format!(
            "another server uses {}: stop it, or name another directory with --data",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(named(error)),
    }
}

/// A name that is the same after a restart: the machine, and the directory that only one server uses.
fn machine(data: &Path) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "node" } else { host.trim() };
    let path = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let mark = store::sha256(path.display().to_string().as_bytes());
    format!("{host}-{}", mark.get(..8).unwrap_or_default())
}

/// A random number for waits that must not fall together; it need not be unguessable.
pub(crate) fn jitter() -> u64 {
    let mut bytes = [0; 8];
    // Without random numbers waits are equal, which is no fault.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
