//! Where an installation is: data directory, database, documents. Shared by the verbs that open them.

use std::path::PathBuf;

use clap::Args;
use service::backup::{BackupError, Installation, StoreError, moving};
use service::outside::data_directory::DataDirectory;
use service::outside::documents;

use crate::exit::{Exit, Failure};

/// The variable that names the database.
pub const DATABASE: &str = "PATCHWRIGHT_STORE_DATABASE";
/// The variable that names the place of documents.
pub const DOCUMENTS: &str = "PATCHWRIGHT_STORE_DOCUMENTS";

/// Options of every verb on an installation.
#[derive(Args, Clone, Debug)]
pub struct InstallationOptions {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// The database: sqlite:FILE or postgres://USER@HOST/DATABASE; else PATCHWRIGHT_STORE_DATABASE, else patchwright.db in
    /// the data directory
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Where documents lie: a folder, or s3://BUCKET/PREFIX?endpoint=URL; else PATCHWRIGHT_STORE_DOCUMENTS, else blobs/
    /// in the data directory
    #[arg(long, value_name = "DIR|URL")]
    pub documents: Option<String>,
}

/// A variable of the environment, if it is set to something.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl InstallationOptions {
    /// The URL of the database.
    pub fn url(&self) -> String {
        self.database
            .clone()
            .or_else(|| variable(DATABASE))
            .unwrap_or_else(|| moving::default_store(&self.data))
    }

    /// Opens the place of documents; a folder is made where it is absent.
    pub fn open(&self) -> Result<Installation, Failure> {
        let place = self.documents.clone().or_else(|| variable(DOCUMENTS));
        let place = place.unwrap_or_else(|| self.data.join("blobs").display().to_string());
        let blobs = documents::open(&place, &variable)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()).hint(PLACES))?;
        Ok(Installation { store: self.url(), blobs, data: DataDirectory::new(&self.data) })
    }
}

/// What to do about a place that cannot be used.
pub const PLACES: &str = "places of documents and their keys are described in docs/manual/store.md";

/// What an error of these verbs means to whoever called.
pub fn failure(error: BackupError) -> Failure {
    let text = error.to_string();
    match error {
        BackupError::Newer { .. } => Failure::new(Exit::Failed, text).hint(
            "use that version of Patchwright or a newer one; a backup made before the upgrade fits the older",
        ),
        BackupError::Taken(_) | BackupError::Store(StoreError::Conflict(_)) => {
            Failure::new(Exit::Failed, text)
        }
        BackupError::Refused(_) | BackupError::Format(_) => Failure::new(Exit::Unreadable, text).hint(
            "nothing was changed; take another backup (patchwright backup makes them, restore --check looks)",
        ),
        BackupError::Io(_) => Failure::new(Exit::Unreadable, text),
        BackupError::Store(error) => store_failure(&error, text),
    }
}

fn store_failure(error: &StoreError, text: String) -> Failure {
    match error {
        StoreError::NotFound(_) => Failure::new(Exit::Unreadable, text)
            .hint("name the data directory with --data, or the database with --database"),
        StoreError::Invalid(_) => {
            let newer = text.contains("which this program does not know");
            let hint = if newer {
                "an older program cannot go on with it: restore the backup made before the upgrade, or use the newer one"
            } else {
                ""
            };
            Failure::new(if newer { Exit::Failed } else { Exit::Usage }, text).hint(hint)
        }
        StoreError::Unavailable(_) => {
            Failure::new(Exit::Fault, text).hint("is the database server reachable from here?")
        }
        _ => Failure::new(Exit::Fault, text),
    }
}
