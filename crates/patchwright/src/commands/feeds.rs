//! `feeds add|list|sync|export|import|key`: knowledge from its sources into the data directory, and by hand across a gap.

pub(crate) mod bundle;
mod sync;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use service::outside::data_directory::DataDirectory;
use service::sync::overview::{FeedRow, RECOMMENDED, overview};
use service::sync::settings::{FeedEntry, FeedSettings, SettingsError, folder_of, key_variable};
use service::sync::state::{Memory, StateFile};

use super::Global;
use super::knowledge::parse_time;
use crate::exit::{Exit, Failure};
use crate::output::table::printable;
use crate::output::words::{self, colour};

/// Fetch knowledge, look at its age, carry it across a gap
#[derive(Args)]
pub struct Feeds {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Add(Add),
    List(List),
    Sync(sync::Sync),
    Export(bundle::Export),
    Import(bundle::Import),
    Key(bundle::Key),
}

/// Options of every deed: where the data directory is.
#[derive(Args, Clone, Debug)]
struct Place {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Set a feed up, or change how it is fetched; nothing is fetched yet
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright feeds add --recommended\n  patchwright feeds add kev epss\n  patchwright feeds add debian --address /media/usb/debian-osv\n  patchwright feeds add osv --part GIT --part PyPI\n  patchwright feeds add nvd2 --key-file keys/nvd.key"
)]
struct Add {
    /// The feeds (docs/manual/feeds.md)
    #[arg(value_name = "FEED", required_unless_present = "recommended")]
    feeds: Vec<String>,
    /// All feeds that most installations want
    #[arg(long)]
    recommended: bool,
    /// Fetch from here instead of the public address: a mirror, or a folder
    #[arg(long, value_name = "URL|DIR")]
    address: Option<String>,
    /// A part of the feed: an ecosystem, a provider; repeatable, takes the place of the usual parts
    #[arg(long = "part", value_name = "PART")]
    parts: Vec<String>,
    /// A file with the key of the source, relative to the data directory
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
    /// The most that the feed may shrink without being refused, in percent [default: 2]
    #[arg(long, value_name = "PERCENT")]
    shrink: Option<f64>,
    /// Allow this host to lie in a private network: a mirror of your own; repeatable
    #[arg(long = "private-host", value_name = "HOST")]
    private_hosts: Vec<String>,
    /// Fetch everything through this proxy instead of the one that HTTPS_PROXY names
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Show the feeds: source, age, records, last error
#[derive(Args)]
#[command(after_help = "Examples:\n  patchwright feeds list\n  patchwright feeds list --all --json")]
struct List {
    /// Also feeds that are not set up
    #[arg(long)]
    all: bool,
    /// Judge ages as of this time (ISO 8601); default: now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    place: Place,
}

#[derive(Args, Clone, Debug)]
struct Form {
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
}

impl Form {
    fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }
}

impl Feeds {
    /// Runs the deed.
    pub fn run(self, global: &Global) -> Result<Exit, Failure> {
        match self.deed {
            Deed::Add(add) => add.run(global),
            Deed::List(list) => list.run(),
            Deed::Sync(sync) => sync.run(global),
            Deed::Export(export) => export.run(global),
            Deed::Import(import) => import.run(global),
            Deed::Key(key) => key.run(),
        }
    }
}

impl Place {
    fn directory(&self) -> DataDirectory {
        DataDirectory::new(&self.data)
    }

    fn settings(&self) -> Result<FeedSettings, Failure> {
        FeedSettings::load(&self.directory()).map_err(of_settings)
    }
}

fn of_settings(error: SettingsError) -> Failure {
    match error {
        SettingsError::Io(error) => Failure::new(Exit::Unreadable, error.to_string()),
        SettingsError::Invalid { .. } => Failure::new(Exit::Usage, error.to_string())
            .hint("the keys of feeds.toml are in docs/manual/feeds.md; `patchwright feeds list --all` names the feeds"),
    }
}

fn of_io(error: std::io::Error) -> Failure {
    let exit = if error.kind() == std::io::ErrorKind::WouldBlock { Exit::Failed } else { Exit::Unreadable };
    Failure::new(exit, error.to_string())
}

impl Add {
    fn run(self, global: &Global) -> Result<Exit, Failure> {
        let mut settings = self.place.settings()?;
        let mut ids = self.feeds.clone();
        if self.recommended {
            ids.extend(RECOMMENDED.iter().map(ToString::to_string));
        }
        let is_special = self.address.is_some() || !self.parts.is_empty() || self.key_file.is_some();
        if is_special && ids.len() > 1 {
            return Err(Failure::new(
                Exit::Usage,
                "--address, --part and --key-file are for one feed at a time",
            ));
        }
        for id in &ids {
            self.change(settings.feeds.entry(id.clone()).or_default());
        }
        settings.private_hosts.extend(self.private_hosts.iter().cloned());
        settings.private_hosts.sort();
        settings.private_hosts.dedup();
        if let Some(proxy) = self.proxy {
            settings.proxy = proxy;
        }
        settings.save(&self.place.directory()).map_err(of_settings)?;
        if !global.quiet {
            let path = self.place.directory().path("feeds.toml");
            let mut out = anstream::stdout().lock();
            writeln!(out, "{} set up in {}", printable(&ids.join(", ")), path.display())?;
            if ids.iter().any(|id| id == "nvd2") {
                writeln!(out, "nvd2 is faster with a key: set {}, or give --key-file", key_variable("nvd2"))?;
            }
            writeln!(out, "fetch now: patchwright feeds sync --data {}", self.place.data.display())?;
        }
        Ok(Exit::Done)
    }

    fn change(&self, entry: &mut FeedEntry) {
        if let Some(address) = &self.address {
            entry.address = absolute(address);
        }
        if !self.parts.is_empty() {
            entry.parts.clone_from(&self.parts);
        }
        if let Some(file) = &self.key_file {
            entry.key_file.clone_from(file);
        }
        entry.shrink_percent = self.shrink.or(entry.shrink_percent);
    }
}

/// A folder is written down as an absolute path: the sync may run elsewhere. A word that is a folder here is one.
fn absolute(address: &str) -> String {
    let is_folder = folder_of(address).is_some() || (!address.contains("://") && Path::new(address).exists());
    if !is_folder {
        return address.to_owned();
    }
    let path = address.strip_prefix("file://").unwrap_or(address);
    std::path::absolute(path).map_or_else(|_| address.to_owned(), |path| path.display().to_string())
}

impl List {
    fn run(self) -> Result<Exit, Failure> {
        let now = match &self.at {
            None => jiff::Timestamp::now(),
            Some(text) => parse_time(text).ok_or_else(|| {
                Failure::new(Exit::Usage, format!("cannot read --at {text}"))
                    .hint("write it as 2026-11-22 or 2026-11-22T14:00:00Z")
            })?,
        };
        let settings = self.place.settings()?;
        let state = StateFile::of(&self.place.directory()).load().map_err(of_io)?;
        let rows = overview(&settings, &state, now, self.all);
        if self.form.is_json() {
            let view = ListView {
                schema: "patchwright/feeds/1",
                generation: state.generation,
                imported: state.imported.as_ref(),
                feeds: rows.iter().map(RowView::of).collect(),
            };
            serde_json::to_writer_pretty(std::io::stdout().lock(), &view)?;
            writeln!(std::io::stdout())?;
            return Ok(Exit::Done);
        }
        let mut out = anstream::stdout().lock();
        if let Some(imported) = &state.imported {
            writeln!(
                out,
                "imported {} from a bundle of {}, signed by {}",
                imported.imported_at, imported.made_at, imported.key_id
            )?;
        }
        if rows.is_empty() {
            writeln!(out, "no feed is set up; begin with: patchwright feeds add --recommended")?;
            return Ok(Exit::Done);
        }
        write_rows(&mut out, &rows)?;
        Ok(Exit::Done)
    }
}

fn write_rows(out: &mut dyn Write, rows: &[FeedRow]) -> std::io::Result<()> {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["feed", "records", "as of", "age", "limit", "fetched", "source"]);
    for row in rows {
        let age = match (row.is_set_up, row.records) {
            (false, _) => "not set up".to_owned(),
            (true, 0) => "never fetched".to_owned(),
            (true, _) => format!("{}{}", words::age(row.age_days), if row.is_stale { ", stale" } else { "" }),
        };
        table.add_row([
            row.id.clone(),
            words::count(usize::try_from(row.records).unwrap_or(usize::MAX)),
            row.as_of.get(..10).unwrap_or("no date").to_owned(),
            age,
            if row.max_age_days == 0 { "none".to_owned() } else { format!("{} days", row.max_age_days) },
            row.fetched_at.get(..16).unwrap_or("never").replace('T', " "),
            printable(&row.source),
        ]);
    }
    writeln!(out, "{table}")?;
    for row in rows {
        if let Some(error) = &row.error {
            let when = row.attempted_at.get(..16).unwrap_or_default().replace('T', " ");
            writeln!(
                out,
                "{}{}{}: {} at {when}: {}",
                colour::BOLD,
                row.id,
                colour::END,
                error.code,
                printable(&error.message)
            )?;
        }
    }
    Ok(())
}

#[derive(serde::Serialize)]
struct ListView<'l> {
    schema: &'static str,
    generation: u64,
    imported: Option<&'l service::sync::state::Imported>,
    feeds: Vec<RowView<'l>>,
}

#[derive(serde::Serialize)]
struct RowView<'l> {
    id: &'l str,
    source: &'l str,
    parts: &'l [String],
    set_up: bool,
    records: u64,
    bytes: u64,
    as_of: &'l str,
    age_days: Option<i64>,
    max_age_days: u16,
    stale: bool,
    fetched_at: &'l str,
    attempted_at: &'l str,
    error: Option<&'l service::sync::state::Trouble>,
}

impl<'l> RowView<'l> {
    fn of(row: &'l FeedRow) -> RowView<'l> {
        RowView {
            id: &row.id,
            source: &row.source,
            parts: &row.parts,
            set_up: row.is_set_up,
            records: row.records,
            bytes: row.bytes,
            as_of: &row.as_of,
            age_days: row.age_days,
            max_age_days: row.max_age_days,
            stale: row.is_stale,
            fetched_at: &row.fetched_at,
            attempted_at: &row.attempted_at,
            error: row.error.as_ref(),
        }
    }
}
