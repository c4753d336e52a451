//! Where an installation is: data directory, database, documents. Shared by the verbs that open them.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;
use service::backup::{BackupError, Installation, StoreError, moving};
use service::outside::data_directory::DataDirectory;
use service::outside::documents;
use service::settings::{FILE, Settings};

use crate::exit::{Exit, Failure};

/// Options of every verb on an installation. What is not given is read as the server reads it: from the environment
/// (PATCHWRIGHT_STORE_…), from the settings file, or from the data directory.
#[derive(Args, Clone, Debug)]
pub struct InstallationOptions {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// The settings file of the server [default: patchwright.toml in the data directory, where there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The database: sqlite:FILE or postgres://USER@HOST/DATABASE [default: as the server's settings say]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Where documents lie: a folder, or s3://BUCKET/PREFIX?endpoint=URL [default: as the server's settings say]
    #[arg(long, value_name = "DIR|URL")]
    pub documents: Option<String>,
}

/// A variable of the environment, if it is set to something.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl InstallationOptions {
    /// Settings of the server that is or was here, for its database and its documents.
    fn settings(&self) -> Result<Settings, Failure> {
        let path = self.config.clone().unwrap_or_else(|| self.data.join(FILE));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
                    && self.config.is_none() =>
            {
                None
            }
            Err(error) => {
                let message = format!("cannot read the settings {}: {error}", path.display());
                return Err(Failure::new(Exit::Unreadable, message));
            }
        };
        let name = path.display().to_string();
        let variables = std::env::vars_os();
        let variables = variables.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let given = |name, value: &Option<String>| value.clone().map(|value| (name, value));
        let given: Vec<_> = [given("store.documents", &self.documents)].into_iter().flatten().collect();
        Settings::of(text.as_deref().map(|text| (name.as_str(), text)), variables, &given).map_err(|error| {
            Failure::new(Exit::Usage, error.to_string()).hint("all settings are in docs/manual/settings.md")
        })
    }

    fn url_of(&self, settings: &Settings) -> Result<String, Failure> {
        if let Some(url) = self.database.clone() {
            return Ok(url);
        }
        if !settings.database_file.is_empty() {
            return std::fs::read_to_string(&settings.database_file)
                .map(|url| url.trim().to_owned())
                .map_err(|error| {
                    Failure::new(Exit::Unreadable, format!("{}: {error}", settings.database_file))
                });
        }
        Ok(match settings.database.as_str() {
            "" => moving::default_store(&self.data),
            url => url.to_owned(),
        })
    }

    /// The URL of the database.
    pub fn url(&self) -> Result<String, Failure> {
        self.url_of(&self.settings()?)
    }

    /// Opens the place of documents; a folder is made where it is absent.
    pub fn open(&self) -> Result<Installation, Failure> {
        let settings = self.settings()?;
        let store = self.url_of(&settings)?;
        let place = match settings.documents.as_str() {
            "" => self.data.join("blobs").display().to_string(),
            place => place.to_owned(),
        };
        let blobs = documents::open(&place, &variable)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()).hint(PLACES))?;
        Ok(Installation { store, blobs, data: DataDirectory::new(&self.data) })
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
    if let StoreError::Unavailable(why) = error
        && why.starts_with("the bucket")
    {
        return Failure::new(Exit::Fault, why.clone()).hint(PLACES);
    }
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
