//! `restore FILE`: a backup in its place again.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use service::backup::manifest::Manifest;
use service::backup::restore::{Restored, check, restore};
use service::backup::{BackupError, moving};

use super::Global;
use super::backup::{say_lost, show};
use super::installation::{InstallationOptions, failure};
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::words::colour;

/// Bring a backup back, after checking every part of it
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright restore backup.tar.zst --check\n  patchwright restore backup.tar.zst --data /var/lib/patchwright\n  patchwright restore backup.tar.zst --database postgres://patchwright@db/patchwright --documents s3://docs?endpoint=https://s3.example.org\n\nStop the server first. A backup of either engine goes into either engine.\nExit codes: 0 done · 1 something is there already, or the backup is of a newer program · 3 not the backup that was made"
)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Check the backup and write nothing
    #[arg(long)]
    check: bool,
    /// Take the place of what is there: a SQLite file is kept beside, PostgreSQL's tables are replaced, settings overwritten
    #[arg(long, conflicts_with = "check")]
    replace: bool,
    /// JSON for machines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    installation: InstallationOptions,
}

#[derive(Serialize)]
struct View<'r> {
    schema: &'static str,
    database: String,
    documents: u64,
    files: &'r [String],
    kept: &'r [String],
    before: Option<String>,
    backup: &'r Manifest,
}

impl Restore {
    /// Checks or restores, and says what.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let bar = Bar::new(global.quiet || self.json, "checking");
        if self.check {
            let checked = check(&self.file, &bar);
            bar.clear();
            let manifest = checked.map_err(failure)?;
            show(&self.file, &manifest, self.json, global.quiet)?;
            say_lost(&manifest)?;
            return Ok(Exit::Done);
        }
        let into = self.installation.open()?;
        let target = service::backup::restore::target(self.replace);
        let restored = restore(&self.file, &into, target, &bar);
        bar.clear();
        let restored = restored.map_err(refused)?;
        let database = moving::shown(&into.store);
        let mut out = anstream::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &View::of(&restored, database))?;
            writeln!(out)?;
        } else if !global.quiet {
            say(&mut out, &restored, &database)?;
        }
        say_lost(&restored.manifest)?;
        Ok(Exit::Done)
    }
}

fn refused(error: BackupError) -> Failure {
    match &error {
        BackupError::Taken(why) if why.contains("already") || why.contains("not empty") => {
            failure(error).hint("name an empty place, or say --replace")
        }
        _ => failure(error),
    }
}

impl<'r> View<'r> {
    fn of(restored: &'r Restored, database: String) -> View<'r> {
        View {
            schema: "patchwright.restore/1",
            database,
            documents: restored.blobs,
            files: &restored.files,
            kept: &restored.kept,
            before: restored.before.as_ref().map(|path| path.display().to_string()),
            backup: &restored.manifest,
        }
    }
}

fn say(out: &mut dyn Write, restored: &Restored, database: &str) -> std::io::Result<()> {
    let made = &restored.manifest.made_at;
    writeln!(out, "{}{database}{} is as of {made}", colour::BOLD, colour::END)?;
    writeln!(out, "  {} documents put in their place", restored.blobs)?;
    for file in &restored.files {
        writeln!(out, "  {file} written")?;
    }
    for file in &restored.kept {
        writeln!(out, "  {file} left as it is here (say --replace to overwrite it)")?;
    }
    if let Some(before) = &restored.before {
        writeln!(out, "  the database that was there is now {}", before.display())?;
    }
    Ok(())
}
