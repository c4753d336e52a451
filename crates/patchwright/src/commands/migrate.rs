//! `migrate`: the database's schema, brought up to date by hand.

use std::io::Write;

use clap::Args;
use serde::Serialize;
use service::backup::moving;

use super::Global;
use super::installation::{InstallationOptions, failure};
use crate::exit::{Exit, Failure};
use crate::output::words;

/// Bring the database of an installation up to date
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright migrate --data data/\n  patchwright migrate --check --database postgres://patchwright@db/patchwright\n\nThe server does the same when it starts. Make a backup first: there is no way back but to restore it.\nExit codes: 0 up to date · 1 steps are missing (--check), or the database is of a newer program · 3 no database there"
)]
pub struct Migrate {
    /// Say which steps are missing, and change nothing
    #[arg(long)]
    check: bool,
    /// JSON for machines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    installation: InstallationOptions,
}

#[derive(Serialize)]
struct View {
    schema: &'static str,
    database: String,
    steps: usize,
    missing: Vec<&'static str>,
    applied: Vec<&'static str>,
}

impl Migrate {
    /// Looks or migrates, and says so.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        let url = self.installation.url()?;
        let mut view = View {
            schema: "patchwright.migration/1",
            database: moving::shown(&url),
            steps: 0,
            missing: Vec::new(),
            applied: Vec::new(),
        };
        if self.check {
            let steps = moving::steps(&url).map_err(failure)?;
            (view.steps, view.missing) = (steps.applied.len(), steps.missing);
        } else {
            let migrated = moving::migrate(&url).map_err(failure)?;
            view.steps = migrated.before + migrated.applied.len();
            view.applied = migrated.applied;
        }
        let mut out = anstream::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &view)?;
            writeln!(out)?;
        } else if !global.quiet {
            view.say(&mut out)?;
        }
        Ok(if view.missing.is_empty() { Exit::Done } else { Exit::Failed })
    }
}

impl View {
    fn say(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let steps = words::counted(self.steps, "step", "steps");
        match (self.missing.as_slice(), self.applied.as_slice()) {
            ([], []) => writeln!(out, "{} is up to date: {steps}", self.database),
            ([], applied) => writeln!(out, "{}: applied {}", self.database, applied.join(", ")),
            (missing, _) => writeln!(out, "{} has {steps} and lacks {}", self.database, missing.join(", ")),
        }
    }
}
