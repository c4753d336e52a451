//! `feeds.toml` in the data directory: which feeds are fetched, from where, and what is refused. Keys never stand in
//! it: they come from the environment or from a file of their own.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use feeds::fetch::Settings;
use feeds::list;
use feeds::transport::Secret;
use serde::{Deserialize, Serialize};

use crate::outside::data_directory::DataDirectory;
use crate::outside::directory;

/// Settings of one feed, as written. What is not given is the feed's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedEntry {
    /// Another address than the public one: a mirror, or a folder.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Parts: ecosystems, the API and first year, providers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// A file that holds the key, relative to the data directory.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key_file: String,
    /// The most that the feed may shrink, in percent of its records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shrink_percent: Option<f64>,
    /// The most of its records that may be unreadable, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable_percent: Option<f64>,
    /// After so many days the feed is fetched whole, where it is fetched in deltas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_after_days: Option<u16>,
    /// How often the server visits the feed, in hours; 0 = only when somebody asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_hours: Option<u16>,
}

/// The most that a feed may shrink without being asked about, in percent (matching.md 2.2).
pub const SHRINK_PERCENT: f64 = 2.0;
/// The most of its records that may be unreadable, in percent.
pub const UNREADABLE_PERCENT: f64 = 1.0;
const FULL_AFTER_DAYS: u16 = 7;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedSettings {
    /// Hosts that may lie in a private network.
    pub private_hosts: Vec<String>,
    /// A proxy for everything; empty = what the environment names.
    pub proxy: String,
    /// The feeds, by id.
    pub feeds: BTreeMap<String, FeedEntry>,
}

/// The shape of the file.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    private_hosts: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    proxy: String,
    feeds: BTreeMap<String, FeedEntry>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is not what it should be; the text names line and column.
    #[error("{path}: {why}")]
    Invalid {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
}

const NAME: &str = "feeds.toml";

impl FeedSettings {
    /// Reads the file of a data directory; one that is not there names no feed.
    ///
    /// # Errors
    /// When it cannot be read, holds unknown keys or feeds, or values that cannot be.
    pub fn load(data: &DataDirectory) -> Result<FeedSettings, SettingsError> {
        let path = data.path(NAME);
        let bytes = match directory::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FeedSettings::default()),
            bytes => bytes?,
        };
        let invalid = |why: String| SettingsError::Invalid { path: path.display().to_string(), why };
        let text = String::from_utf8(bytes).map_err(|_| invalid("is not UTF-8".to_owned()))?;
        let file: File =
            toml::from_str(&text).map_err(|error| invalid(error.to_string().trim().to_owned()))?;
        let settings =
            FeedSettings { private_hosts: file.private_hosts, proxy: file.proxy, feeds: file.feeds };
        settings.check().map_err(invalid)?;
        Ok(settings)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When a value cannot be, or nothing can be written.
    pub fn save(&self, data: &DataDirectory) -> Result<(), SettingsError> {
        let path = data.path(NAME);
        let invalid = |why: String| SettingsError::Invalid { path: path.display().to_string(), why };
        self.check().map_err(invalid)?;
        let file = File {
            private_hosts: self.private_hosts.clone(),
            proxy: self.proxy.clone(),
            feeds: self.feeds.clone(),
        };
        let text = toml::to_string(&file).map_err(|error| invalid(error.to_string()))?;
        std::fs::create_dir_all(data.path("")).map_err(SettingsError::Io)?;
        Ok(directory::write(&path, text.as_bytes())?)
    }

    fn check(&self) -> Result<(), String> {
        for (id, entry) in &self.feeds {
            if !list::is_known(id) {
                return Err(format!("there is no feed named {id}; see docs/manual/feeds.md for the list"));
            }
            for (name, percent) in
                [("shrink", entry.shrink_percent), ("unreadable", entry.unreadable_percent)]
            {
                if percent.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
                    return Err(format!("feeds.{id}: {name}_percent is not between 0 and 100"));
                }
            }
            let remote = list::remote(id);
            if entry.address.is_empty() && remote.is_none() {
                return Err(format!("feeds.{id}: comes from folders only; give the folder as address"));
            }
            if !entry.parts.is_empty() && remote.is_none_or(|remote| remote.parts_are.is_empty()) {
                return Err(format!("feeds.{id}: has no parts"));
            }
            if !entry.address.is_empty() && folder_of(&entry.address).is_none() && !is_web(&entry.address) {
                return Err(format!(
                    "feeds.{id}: {} is neither an https address nor a folder (write /path or ./path)",
                    entry.address
                ));
            }
        }
        Ok(())
    }
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// The folder that an address names, if it names one.
pub fn folder_of(address: &str) -> Option<&Path> {
    let path = address.strip_prefix("file://").unwrap_or(address);
    let is_path = path.starts_with('/') || path.starts_with("./") || path.starts_with("../");
    is_path.then(|| Path::new(path))
}

impl FeedEntry {
    /// What a visit is told. `environment` answers for variables: the key of feed `nvd2` is
    /// `PATCHWRIGHT_FEEDS_NVD2_KEY`.
    ///
    /// # Errors
    /// When the key file cannot be read.
    pub fn settings(
        &self,
        id: &str,
        data: &DataDirectory,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> io::Result<Settings> {
        let remote = list::remote(id);
        let own = |given: &str| given.to_owned();
        let address =
            if self.address.is_empty() { remote.map_or("", |remote| remote.address) } else { &self.address };
        let parts = match (self.parts.is_empty(), remote) {
            (true, Some(remote)) => remote.parts.iter().map(|part| own(part)).collect(),
            _ => self.parts.clone(),
        };
        Ok(Settings {
            address: own(address),
            parts,
            full_after_days: self.full_after_days.unwrap_or(FULL_AFTER_DAYS),
            key: self.key(id, data, environment)?,
        })
    }

    fn key(
        &self,
        id: &str,
        data: &DataDirectory,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> io::Result<Option<Secret>> {
        let found = match environment(&key_variable(id)) {
            Some(key) => Some(key),
            None if self.key_file.is_empty() => None,
            None => {
                let path = data.path(&self.key_file);
                let bytes = directory::read(&path)?;
                Some(String::from_utf8(bytes).map_err(|_| {
                    io::Error::new(io::ErrorKind::InvalidData, format!("{}: is not UTF-8", path.display()))
                })?)
            }
        };
        Ok(found.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).map(|key| Secret::new(&key)))
    }
}

/// The variable that may hold the key of a feed.
pub fn key_variable(id: &str) -> String {
    format!("PATCHWRIGHT_FEEDS_{}_KEY", id.to_ascii_uppercase().replace('-', "_"))
}
