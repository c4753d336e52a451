//! `feeds sync`: visit the feeds, make a generation, say what differs.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;
use serde::Serialize;
use service::outside::http::{HttpOptions, Network};
use service::sync::state::StateFile;
use service::sync::{self, FeedReport, Outcome, SyncError, SyncOptions, SyncReport};

use super::{Form, Place, of_io};
use crate::commands::Global;
use crate::exit::{Exit, Failure};
use crate::output::progress::Bar;
use crate::output::table::printable;
use crate::output::words::{self, colour};

/// Fetch what is new, check it, and compile a new index generation
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright feeds sync\n  patchwright feeds sync kev epss --json\n  patchwright feeds sync --accept debian\n\nCode 1: some feed could not be fetched or was refused; its last good state stays in use."
)]
pub struct Sync {
    /// Only these feeds; default: all that are set up
    #[arg(value_name = "FEED")]
    feeds: Vec<String>,
    /// Take what this feed brings although it has shrunk, is older, empty or partly unreadable; repeatable
    #[arg(long, value_name = "FEED")]
    accept: Vec<String>,
    /// Compile also when nothing has changed
    #[arg(long)]
    recompile: bool,
    /// Replace knowledge that came by an imported bundle
    #[arg(long)]
    replace_imported: bool,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    place: Place,
}

impl Sync {
    pub(super) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let settings = self.place.settings()?;
        let data = self.place.directory();
        let bar = Bar::new(global.quiet, "fetching");
        let http =
            HttpOptions { private_hosts: settings.private_hosts.clone(), proxy: settings.proxy.clone() };
        let network = Network::new(&http, &bar)
            .map_err(|error| Failure::new(Exit::Fault, format!("cannot connect to anything: {error}")))?;
        let options = SyncOptions {
            only: self.feeds.iter().cloned().collect::<BTreeSet<_>>(),
            accept: self.accept.iter().cloned().collect(),
            replace_imported: self.replace_imported,
            recompile: self.recompile,
            now: jiff::Timestamp::now(),
            environment: &|name| std::env::var(name).ok(),
        };
        let report = sync::sync(&data, &settings, &options, &StateFile::of(&data), &network, &bar);
        bar.clear();
        let report = report.map_err(failure)?;
        if self.form.is_json() {
            serde_json::to_writer_pretty(std::io::stdout().lock(), &ReportView::of(&report))?;
            writeln!(std::io::stdout())?;
        } else if !global.quiet {
            write_report(&mut anstream::stdout().lock(), &report)?;
        }
        for feed in report.feeds.iter().filter(|feed| trouble(feed).is_some()) {
            say(feed)?;
        }
        Ok(if report.is_complete() { Exit::Done } else { Exit::Failed })
    }
}

fn failure(error: SyncError) -> Failure {
    match error {
        SyncError::Io(error) => of_io(error),
        SyncError::NoFeeds => Failure::new(Exit::Usage, error.to_string())
            .hint("begin with: patchwright feeds add --recommended"),
        SyncError::NotSetUp(ref id) => Failure::new(Exit::Usage, error.to_string())
            .hint(format!("set it up with: patchwright feeds add {}", printable(id))),
        SyncError::Imported(_) => Failure::new(Exit::Failed, error.to_string())
            .hint("import the next bundle, or say --replace-imported"),
        SyncError::Compile(_) => Failure::new(Exit::Unreadable, format!("no new generation: {error}")),
        SyncError::Index(_) => Failure::new(Exit::CannotJudge, error.to_string()),
    }
}

fn trouble(feed: &FeedReport) -> Option<&service::sync::state::Trouble> {
    match &feed.outcome {
        Outcome::Refused(trouble) | Outcome::Failed(trouble) => Some(trouble),
        Outcome::Unchanged | Outcome::Updated { .. } => None,
    }
}

/// Said aloud on standard error, also with `--quiet`: knowledge that is not renewed must not go unnoticed.
fn say(feed: &FeedReport) -> std::io::Result<()> {
    let Some(trouble) = trouble(feed) else { return Ok(()) };
    let mut err = anstream::stderr();
    let (red, end) = ("\x1b[1;31m", colour::END);
    let verb = if matches!(feed.outcome, Outcome::Refused(_)) { "refused" } else { "not fetched" };
    writeln!(err, "{red}{} {verb}{end}: {}: {}", feed.id, trouble.code, printable(&trouble.message))?;
    let kept = match feed.records {
        0 => "nothing of it is in use".to_owned(),
        records => format!(
            "its last good state stays in use: {} as of {}",
            words::counted(usize::try_from(records).unwrap_or(usize::MAX), "record", "records"),
            feed.as_of.get(..10).unwrap_or("no date")
        ),
    };
    let hint = match &feed.outcome {
        Outcome::Refused(_) => {
            format!("; if the source is right: patchwright feeds sync {0} --accept {0}", feed.id)
        }
        _ => String::new(),
    };
    writeln!(err, "  {kept}{hint}")
}

fn write_report(out: &mut dyn Write, report: &SyncReport) -> std::io::Result<()> {
    for feed in &report.feeds {
        let what = match &feed.outcome {
            Outcome::Unchanged => "unchanged".to_owned(),
            Outcome::Updated { before, is_delta } => {
                let way = if *is_delta { "delta" } else { "whole" };
                let difference = i128::from(feed.records) - i128::from(*before);
                format!("updated ({way}, {difference:+} records)")
            }
            Outcome::Refused(trouble) => format!("refused, {}", trouble.code),
            Outcome::Failed(trouble) => format!("not fetched, {}", trouble.code),
        };
        writeln!(
            out,
            "  {:<16} {:>9} records  {:<10}  {what}",
            feed.id,
            feed.records,
            feed.as_of.get(..10).unwrap_or("no date")
        )?;
    }
    let Some(generation) = &report.generation else { return writeln!(out, "the index stays as it is") };
    let counted = words::counted(
        usize::try_from(generation.vulnerabilities).unwrap_or(usize::MAX),
        "vulnerability",
        "vulnerabilities",
    );
    writeln!(
        out,
        "{}generation {}{}: {counted}, {} MB",
        colour::BOLD,
        generation.number,
        colour::END,
        generation.bytes / 1_000_000
    )?;
    if generation.before == 0 {
        return Ok(());
    }
    let kinds: Vec<String> =
        kinds(report).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let changed = if kinds.is_empty() { "nothing differs".to_owned() } else { kinds.join(", ") };
    writeln!(out, "since generation {}: {changed}", generation.before)?;
    if generation.delta.everything {
        writeln!(out, "tables differ: everything is to be judged again")?;
    }
    Ok(())
}

/// How many changes of each kind, the strongest first.
fn kinds(report: &SyncReport) -> Vec<(&'static str, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for change in report.delta().iter().flat_map(|delta| &delta.changes) {
        *counts.entry(std::cmp::Reverse(change.kind)).or_insert(0) += 1;
    }
    counts.into_iter().map(|(kind, count)| (kind.0.word(), count)).collect()
}

#[derive(Serialize)]
struct ReportView<'r> {
    schema: &'static str,
    complete: bool,
    feeds: Vec<FeedView<'r>>,
    generation: Option<GenerationView>,
}

#[derive(Serialize)]
struct FeedView<'r> {
    id: &'r str,
    outcome: &'static str,
    records: u64,
    as_of: &'r str,
    error: Option<&'r service::sync::state::Trouble>,
}

#[derive(Serialize)]
struct GenerationView {
    number: u64,
    before: u64,
    vulnerabilities: u64,
    bytes: u64,
    everything: bool,
    changes: std::collections::BTreeMap<&'static str, usize>,
    keys: usize,
}

impl<'r> ReportView<'r> {
    fn of(report: &'r SyncReport) -> ReportView<'r> {
        let feed = |feed: &'r FeedReport| FeedView {
            id: &feed.id,
            outcome: match &feed.outcome {
                Outcome::Unchanged => "unchanged",
                Outcome::Updated { is_delta: true, .. } => "delta",
                Outcome::Updated { is_delta: false, .. } => "snapshot",
                Outcome::Refused(_) => "refused",
                Outcome::Failed(_) => "failed",
            },
            records: feed.records,
            as_of: &feed.as_of,
            error: trouble(feed),
        };
        let generation = report.generation.as_ref().map(|generation| GenerationView {
            number: generation.number,
            before: generation.before,
            vulnerabilities: generation.vulnerabilities,
            bytes: generation.bytes,
            everything: generation.delta.everything,
            changes: kinds(report).into_iter().collect(),
            keys: generation.delta.keys().len(),
        });
        ReportView {
            schema: "patchwright/feeds-sync/1",
            complete: report.is_complete(),
            feeds: report.feeds.iter().map(feed).collect(),
            generation,
        }
    }
}
