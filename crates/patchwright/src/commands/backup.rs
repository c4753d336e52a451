//! `backup FILE`: database, documents and settings of an installation in one file, also while the server runs.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use service::backup::manifest::Manifest;
use service::backup::{Extent, save};

use super::Global;
use super::installation::{InstallationOptions, failure};
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::words::{self, colour};

/// Save an installation into one file, also while its server runs
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright backup /backup/patchwright-2026-11-23.tar.zst\n  patchwright backup b.tar.zst --data /var/lib/patchwright --json\n  patchwright backup b.tar.zst --database postgres://patchwright@db/patchwright --no-documents\n\nThe file holds everything, password hashes included, and is readable by you alone. Index generations are not in it: they are\nbuilt again from the feeds.\nExit codes: 0 done · 1 done, but documents are missing or damaged; or the file is there already"
)]
pub struct Backup {
    /// The file to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Leave the documents out: something else keeps them
    #[arg(long)]
    no_documents: bool,
    /// Put the secrets in, too: the files below keys/ in the data directory
    #[arg(long)]
    with_keys: bool,
    /// JSON for machines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    installation: InstallationOptions,
}

/// What a backup holds, for machines.
#[derive(Serialize)]
pub struct View<'m> {
    schema: &'static str,
    file: String,
    #[serde(flatten)]
    manifest: &'m Manifest,
}

/// Writes what a backup holds: JSON, or a few lines.
pub fn show(file: &Path, manifest: &Manifest, json: bool, quiet: bool) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    if json {
        let view = View { schema: "patchwright.backup/1", file: file.display().to_string(), manifest };
        serde_json::to_writer_pretty(&mut out, &view)?;
        writeln!(out)?;
    } else if !quiet {
        writeln!(out, "{}{}{}", colour::BOLD, file.display(), colour::END)?;
        writeln!(
            out,
            "  made {} by Patchwright {} from {}, schema {}",
            manifest.made_at, manifest.program, manifest.engine, manifest.step
        )?;
        for file in &manifest.files {
            writeln!(out, "  {:<28} {:>12} bytes", file.name, file.bytes)?;
        }
        let documents =
            words::counted(usize::try_from(manifest.blobs).unwrap_or(usize::MAX), "document", "documents");
        let left = if manifest.with_blobs { "" } else { " (left out)" };
        writeln!(out, "  {documents}, {} bytes{left}", manifest.blob_bytes)?;
    }
    Ok(())
}

/// Says aloud, also with `--quiet`, what could not be saved.
pub fn say_lost(manifest: &Manifest) -> std::io::Result<()> {
    let mut err = anstream::stderr();
    for (what, hashes) in [("missing", &manifest.missing), ("damaged", &manifest.damaged)] {
        for hash in hashes {
            writeln!(err, "{}document {hash} is {what}{}", colour::REVIEW, colour::END)?;
        }
    }
    Ok(())
}

impl Backup {
    /// Saves, and says what.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let of = self.installation.open()?;
        let extent = Extent { with_blobs: !self.no_documents, with_keys: self.with_keys };
        let bar = Bar::new(global.quiet || self.json, "saving");
        let saved = save(&of, &self.file, extent, jiff::Timestamp::now(), &bar);
        bar.clear();
        let manifest = saved.map_err(failure)?;
        show(&self.file, &manifest, self.json, global.quiet)?;
        say_lost(&manifest)?;
        Ok(if manifest.missing.is_empty() && manifest.damaged.is_empty() { Exit::Done } else { Exit::Failed })
    }
}
