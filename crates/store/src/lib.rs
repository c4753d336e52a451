//! What we remember: organisations, products, releases, components, findings, decisions, jobs, and the log of it all,
//! in SQLite (one file) or PostgreSQL (several nodes), with the same questions answered by both.
//!
//! There are two handles. A [`Look`] asks questions, all on one state of the data; a [`Change`] can ask the same
//! questions and also writes, all or nothing, when [`Change::commit`] is called. Both come from a [`Store`]. Every
//! question carries a [`Scope`]; the few that do not are listed with their reasons in [`unscoped`].
//!
//! Not here: rules (no version is compared and nothing is ranked in SQL), clocks and randomness (moments, jitter and
//! secrets are given from outside), foreign documents (a text or a blob here, read and written by `formats`).
//! Start with [`finding`]; the engines' differences stand in `database/dialect.rs`.

mod error;
mod bell;
mod database;
mod hash;
mod moment;
mod page;
mod scope;
pub mod unscoped;
pub mod organisation;
pub mod person;
pub mod person_link;
pub mod grant;
pub mod token;
pub mod totals;
pub mod session;
pub mod link;
pub mod product;
pub mod release;
pub mod document;
pub mod component;
mod component_shape;
pub mod release_component;
pub mod vulnerability;
pub mod matched;
pub mod cell;
pub mod finding;
pub mod finding_filter;
mod finding_conditions;
pub mod finding_list;
pub mod finding_count;
pub mod finding_write;
mod finding_tally;
pub mod component_list;
pub mod vulnerability_list;
pub mod reverse_index;
pub mod decision;
pub mod remark;
pub mod statement;
pub mod written;
pub mod event;
pub mod feed;
pub mod generation;
pub mod setting;
pub mod request;
pub mod audit;
pub mod audit_list;
pub mod jobs;
pub mod outbox;
pub mod blobs;
pub mod copy;
pub mod backup;

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use bell::Ear;
pub use database::dialect::Dialect;
pub use database::{MIGRATIONS, Steps};
pub use error::{Error, Result};
pub use hash::{fingerprint, sha256};
pub use moment::Moment;
pub use page::{Listed, Page};
pub use scope::{Products, Scope};

use bell::Bell;
use database::{Database, Line};

/// The open store. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    database: Database,
    bell: Bell,
    noted: Option<request::Noted>,
    // Held for its end: the last clone removes the folder.
    _folder: Option<Arc<Folder>>,
}

impl Store {
    /// Opens `sqlite:FILE` (made where it is absent) or `postgres://USER@HOST/DATABASE`, and brings its schema to the
    /// newest step. Nodes that start together wait for each other.
    ///
    /// # Errors
    /// `Invalid` for a URL that names nothing we know or a database of a newer program, `Unavailable` where nobody
    /// answers.
    pub async fn open(url: &str) -> Result<Store> {
        let database = Database::open(url).await?;
        database::migrate(&database).await?;
        Ok(Store { database, bell: Bell::default(), noted: None, _folder: None })
    }

    /// How far the schema of a URL is, without changing it.
    ///
    /// # Errors
    /// `NotFound` for a SQLite file that is not there; otherwise as [`Store::open`].
    pub async fn steps(url: &str) -> Result<Steps> {
        if url.starts_with("sqlite:") {
            let file = database::sqlite_file(url)?;
            if !file.exists() {
                return Err(Error::NotFound(format!("database {}", file.display())));
            }
        } else if url.starts_with("postgres") {
            database::reach_postgres(url).await?;
        }
        let database = Database::open(url).await?;
        let steps = database::steps(&database).await;
        database.close().await;
        steps
    }

    /// A store in a new folder below the system's temporary one, removed with the last clone.
    pub async fn temporary() -> Result<Store> {
        let folder = Folder::new()?;
        let mut store = Store::open(&sqlite_url(&folder.0.join("patchwright.db"))).await?;
        store._folder = Some(Arc::new(folder));
        Ok(store)
    }

    /// Which engine it is.
    pub fn dialect(&self) -> Dialect {
        self.database.dialect()
    }

    /// Begins to look: one state of the data, from the first question to the last.
    pub async fn look(&self) -> Result<Look> {
        Ok(Look { line: self.database.look().await?, few: FEW })
    }

    /// Begins to change. In SQLite there is one writer: keep it short.
    pub async fn change(&self) -> Result<Change> {
        let look = Look { line: self.database.change().await?, few: FEW };
        Ok(Change { look, bell: self.bell.clone(), has_queued: false, noted: self.noted.clone() })
    }

    /// Hears when a transaction of this process has queued a job or a message.
    pub fn ear(&self) -> Ear {
        self.bell.ear()
    }

    /// Lets the optimiser look at the data again; to be run after large imports and once a day.
    pub async fn analyse(&self) -> Result<()> {
        let sql = self.dialect().analyse();
        self.database.bare().await?.script(sql).await
    }

    /// Closes every connection and waits for it.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The URL of a SQLite file.
pub fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Questions on one state of the data.
#[derive(Debug)]
pub struct Look {
    line: Line,
    few: u64,
}

/// Up to this many rows of a list are fetched and sorted, which takes some 50 ms; above it an index in the wanted order is
/// walked where the page is full soon, see `finding_list`.
const FEW: u64 = 20_000;

impl Look {
    /// Walks an index for lists of more than `rows`: for tests, whose data are small.
    pub fn walk_above(&mut self, rows: u64) {
        self.few = rows;
    }
}

/// Questions and deeds in one transaction. Dropped without [`Change::commit`], nothing of it ever was.
#[derive(Debug)]
pub struct Change {
    look: Look,
    bell: Bell,
    has_queued: bool,
    noted: Option<request::Noted>,
}

impl Change {
    /// Makes it true.
    pub async fn commit(mut self) -> Result<()> {
        self.note_request().await?;
        self.look.line.commit().await?;
        if self.has_queued {
            self.bell.ring();
        }
        Ok(())
    }

    /// Notes that whoever waits for work is to be told at the end.
    fn ring(&mut self) {
        self.has_queued = true;
    }

    /// Takes everything back, and has done so when it returns. Dropping does the same a little later.
    pub async fn abandon(self) -> Result<()> {
        self.look.line.abandon().await
    }
}

impl Deref for Change {
    type Target = Look;

    fn deref(&self) -> &Look {
        &self.look
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut Look {
        &mut self.look
    }
}

/// A folder of our own that goes away with us.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Folder> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("patchwright-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Folder(path)),
                // Left behind by a program of the same number that was killed.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go, and nobody is left to be told.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
