//! The settings of the server: one list of them, in [`list`]. Each comes from the command line, else from the environment
//! (`PATCHWRIGHT_<SECTION>_<KEY>`), else from `patchwright.toml`, else from its default. What the list does not know is an
//! error that names its place. Settings of organisations, which people change while the server runs, lie in the store.

mod list;
mod page;
mod read;

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::access::oidc::ProviderSettings;
pub use list::{SETTINGS, Setting};
pub use page::page;
pub use read::{Place, SettingError};

/// The file in the data directory.
pub const FILE: &str = "patchwright.toml";

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// One line of text for each event.
    Text,
    /// One JSON object for each event.
    Json,
}

/// What a node takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Pages and the API.
    Pages,
    /// Jobs, feeds and messages.
    Jobs,
}

/// Encrypted connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// PEM file of the certificate, and of those between it and the root.
    pub certificate: PathBuf,
    /// PEM file of its private key.
    pub key: PathBuf,
}

/// The settings, complete.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where people reach it, without a slash at the end; empty = where it listens.
    pub base_url: String,
    /// A proxy of ours stands before it and names the client in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// PEM file of the certificate; empty = none.
    pub tls_certificate: String,
    /// PEM file of its key; empty = none.
    pub tls_key: String,
    /// What this node takes on.
    pub roles: Vec<Role>,
    /// Name of the node in leases; empty = that of the machine and the data directory.
    pub node: String,
    /// Longest document that is handed in, in megabytes.
    pub document_megabytes: u16,
    /// URL of the database; empty = SQLite in the data directory. It may hold a password and is never shown.
    pub database: String,
    /// A file that holds the URL of the database.
    pub database_file: String,
    /// Folder of documents as received; empty = in the data directory.
    pub documents: String,
    /// How the log is written.
    pub log: LogFormat,
    /// What is logged: a level, and levels of parts after commas.
    pub log_level: String,
    /// Hours between visits to a feed.
    pub every_hours: u16,
    /// Hosts in private networks that messages may go to.
    pub private_hosts: Vec<String>,
    /// Proxy of messages by HTTP.
    pub proxy: String,
    /// The identity provider; without an issuer there is none.
    pub oidc: ProviderSettings,
}

/// A setting that was given, by its name (`server.listen`), with the value as text; for the command line.
pub type Given = (&'static str, String);

impl Settings {
    /// Reads file and environment, puts the command line above them, and checks what belongs together.
    ///
    /// # Errors
    /// For what the list does not know, and for values that cannot be; with the place.
    pub fn of(
        file: Option<(&str, &str)>,
        environment: impl Iterator<Item = (String, String)>,
        command_line: &[Given],
    ) -> Result<Settings, SettingError> {
        let mut settings = Settings::standard()?;
        if let Some((name, text)) = file {
            read::file(&mut settings, name, text)?;
        }
        read::environment(&mut settings, environment)?;
        for (name, value) in command_line {
            read::given(&mut settings, name, value)?;
        }
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingError> {
        if self.tls_certificate.is_empty() != self.tls_key.is_empty() {
            return Err(SettingError::together(
                "server.tls_certificate and server.tls_key belong together: give both or none",
            ));
        }
        if !self.database.is_empty() && !self.database_file.is_empty() {
            return Err(SettingError::together("give store.database or store.database_file, and not both"));
        }
        self.check_provider()
    }

    fn check_provider(&self) -> Result<(), SettingError> {
        let oidc = &self.oidc;
        let has_more = [&oidc.client_id, &oidc.client_secret_file, &oidc.organisation]
            .iter()
            .any(|text| !text.is_empty());
        let why = match oidc.issuer.is_empty() {
            true if has_more || !oidc.roles.is_empty() => {
                "sign_in.oidc_issuer is missing: the other settings of sign_in say nothing without it"
            }
            false if oidc.client_id.is_empty() => {
                "sign_in.oidc_issuer and sign_in.oidc_client_id belong together: give both or none"
            }
            _ if oidc.roles.is_empty() != oidc.organisation.is_empty() => {
                "sign_in.oidc_roles and sign_in.oidc_organisation belong together: give both or none"
            }
            _ => return Ok(()),
        };
        Err(SettingError::together(why))
    }

    /// What holds, for people: name, value, whether it was set. Of a secret only that it is there.
    pub fn told(&self) -> Vec<(String, String, String)> {
        let standard = Settings::standard().ok();
        let row = |setting: &Setting| {
            let value = (setting.show)(self);
            let is_default = standard.as_ref().is_some_and(|standard| (setting.show)(standard) == value);
            let value = match (setting.is_secret, value.is_empty()) {
                (true, false) => "(set, not shown)".to_owned(),
                _ => value,
            };
            let place = if is_default { "default".to_owned() } else { setting.variable() };
            (setting.name.to_owned(), value, place)
        };
        SETTINGS.iter().map(row).collect()
    }

    /// Certificate and key, where they are given.
    pub fn tls(&self) -> Option<Tls> {
        let path = |text: &str| PathBuf::from(text);
        (!self.tls_certificate.is_empty())
            .then(|| Tls { certificate: path(&self.tls_certificate), key: path(&self.tls_key) })
    }

    /// True where people reach the server by TLS: its own, or that of the proxy before it.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://") || (self.base_url.is_empty() && !self.tls_key.is_empty())
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Settings");
        for setting in SETTINGS.iter().filter(|setting| !setting.is_secret) {
            shown.field(setting.name, &(setting.show)(self));
        }
        shown.finish_non_exhaustive()
    }
}
