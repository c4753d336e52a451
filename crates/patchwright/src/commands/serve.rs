//! `serve`: the server. Settings are read, the node is opened, the pages are served and the jobs are done, until the
//! program is told to stop.

pub(super) mod log;
pub(super) mod running;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use service::settings::{FILE, Given, Settings};

use super::Global;
use crate::exit::{Exit, Failure};
use running::{Plan, Running};

/// Run the server: pages, API, jobs, feeds and alerts
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright serve\n  patchwright serve --data /var/lib/patchwright --listen 0.0.0.0:8080 --base-url https://patchwright.example --behind-proxy\n  patchwright serve --tls-certificate server.pem --tls-key server.key --listen 0.0.0.0:8443\n  PATCHWRIGHT_STORE_DATABASE=postgres://patchwright:…@db/patchwright patchwright serve --roles jobs\n\nNothing has to be set: without options the data lies in ./data, the server listens on 127.0.0.1:8080, and the first start\nprints a link by which you set it up. All settings: docs/manual/settings.md; operations: docs/manual/serve.md."
)]
pub struct Serve {
    /// The data directory; made where it is absent
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// The settings file [default: patchwright.toml in the data directory, where there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database: sqlite:FILE or postgres://USER@HOST/DATABASE [default: SQLite in the data directory]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// PEM file of the TLS certificate
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// PEM file of its private key
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// Where people reach the server; links in messages begin with it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// A proxy of yours stands before the server and names the client in X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
    /// What this node takes on: pages, jobs [default: both]
    #[arg(long, value_name = "ROLES")]
    roles: Option<String>,
    /// How the log is written: auto, text, json
    #[arg(long, value_name = "FORMAT")]
    log: Option<String>,
}

impl Serve {
    /// Serves until told to stop.
    pub fn run(self, _: &Global) -> Result<Exit, Failure> {
        let settings = self.settings()?;
        log::start(&settings)?;
        let plan = Plan { data: self.data, settings };
        running::with_runtime(async move {
            let running = Running::start(plan, Arc::new(jiff::Timestamp::now)).await?;
            running.announce().await?;
            running.until_told().await
        })
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let file = self.file()?;
        let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        let variables = std::env::vars_os();
        let variables = variables.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        Settings::of(file, variables, &self.given())
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()).hint(HINT))
    }

    /// The settings file: the one that was named must be there, that of the data directory may.
    fn file(&self) -> Result<Option<(String, String)>, Failure> {
        let path = self.config.clone().unwrap_or_else(|| self.data.join(FILE));
        match std::fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| unreadable(&path, "is not UTF-8"))?;
                Ok(Some((path.display().to_string(), text)))
            }
            // Where the data directory is none, whoever opens it says so.
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
                    && self.config.is_none() =>
            {
                Ok(None)
            }
            Err(error) => Err(unreadable(&path, &error.to_string())),
        }
    }

    fn given(&self) -> Vec<Given> {
        let flag = self.behind_proxy.then(|| "true".to_owned());
        let options = [
            ("server.listen", &self.listen),
            ("server.base_url", &self.base_url),
            ("server.behind_proxy", &flag),
            ("server.tls_certificate", &self.tls_certificate),
            ("server.tls_key", &self.tls_key),
            ("server.roles", &self.roles),
            ("store.database", &self.database),
            ("log.format", &self.log),
        ];
        options.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

const HINT: &str = "all settings are in docs/manual/settings.md";

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Unreadable, format!("cannot read the settings {}: {why}", path.display()))
}
