//! `index serve`: knowledge as a folder of files that any web server can carry.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use service::bundle::mirror::{self, Published};
use service::outside::data_directory::DataDirectory;
use service::sync::state::{Memory, StateFile, SyncState};

use crate::commands::Global;
use crate::commands::feeds::bundle::failure;
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::words::{self, colour};

/// Publish knowledge as a static folder: signed bundle, deltas, list, and a page for people
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright index serve --to /srv/www/knowledge --key data/keys/bundle.key\n  patchwright index serve --index knowledge.pwx --to mirror/ --key bundle.key\n\nRun it after each sync: it adds a delta from what the folder held before. Others take from it with\n  patchwright feeds import https://example.org/knowledge/ --trust bundle.pub"
)]
pub struct Serve {
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The secret key that signs (patchwright feeds key)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The index to publish; else the current one of the data directory
    #[arg(long, value_name = "FILE")]
    index: Option<PathBuf>,
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "data", conflicts_with = "index")]
    data: PathBuf,
}

impl Serve {
    pub(super) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let (index, state) = self.source()?;
        let bar = Bar::new(global.quiet, "publishing");
        let program = concat!("Patchwright ", env!("CARGO_PKG_VERSION"));
        let page = |listing: &mirror::Listing, key: &str| web::mirror::write(listing, key, program);
        let published = mirror::publish(&index, &state, &self.key, &self.to, &page, jiff::Timestamp::now());
        bar.clear();
        let published = published.map_err(failure)?;
        if !global.quiet {
            self.tell(&published)?;
        }
        Ok(Exit::Done)
    }

    fn source(&self) -> Result<(PathBuf, SyncState), Failure> {
        if let Some(index) = &self.index {
            return Ok((index.clone(), SyncState::default()));
        }
        let data = DataDirectory::new(&self.data);
        let state = StateFile::of(&data).load().map_err(|error| failure(error.into()))?;
        // The link is resolved once: a sync meanwhile makes another file.
        let index = data.current().canonicalize().map_err(|error| {
            Failure::new(Exit::Unreadable, format!("there is no index in {}: {error}", self.data.display()))
                .hint("fetch one first: patchwright feeds sync, or give --index FILE")
        })?;
        Ok((index, state))
    }

    fn tell(&self, published: &Published) -> std::io::Result<()> {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{}{}{}", colour::BOLD, self.to.display(), colour::END)?;
        if published.is_unchanged {
            return writeln!(out, "holds this knowledge already");
        }
        for file in published.listing.files.iter().take(1).chain(&published.delta) {
            writeln!(out, "  {}  {}", file.name, words::size(file.bytes))?;
        }
        let deltas = published.listing.files.len().saturating_sub(1);
        writeln!(out, "  {} in all lead to it", words::counted(deltas, "delta", "deltas"))
    }
}
