//! `index build`: from folders and archives to one index file.
//!
//! [`build`] finds the feeds by content, reads them on all processors and feeds the index compiler;
//! [`parse_only`] reads the same documents, parses them and drops the result, so that the cost of compiling
//! can be compared with the cost of parsing.

mod facts;
mod folder_date;
mod lines;
mod reading;
mod report;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use feeds::feed::{Feed, ReadSummary};
use formats::records::dates;
use model::feed::FeedStatus;
use model::record::Item;

use crate::outside::directory::{self, Found};
use facts::{DocumentFacts, Facts};
use reading::{Outcome, Taker};

pub use report::{Parsed, Report};

/// Shows how far the work is. Methods are called from several threads.
pub trait Progress: Sync {
    /// How many bytes there are to read.
    fn total(&self, bytes: u64);
    /// So many bytes more have been read.
    fn advance(&self, bytes: u64);
    /// What is being done now.
    fn phase(&self, what: &str);
}

/// Progress that nobody looks at.
pub struct Silent;

impl Progress for Silent {
    fn total(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn phase(&self, _: &str) {}
}

/// What the caller decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The time to write into the index, ISO 8601; the caller's clock, none here.
    pub compiled_at: String,
    /// Dates of feeds that carry none (feed id to date); they win over dates found in folder names.
    pub as_of: BTreeMap<String, String>,
}

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder cannot be looked at.
    #[error("cannot read the folders: {0}")]
    Folder(#[from] io::Error),
    /// There is nothing of a known kind: an index without records would answer "clean" to everything.
    #[error("no feed was found in {files} files")]
    Nothing {
        /// How many files were looked at.
        files: usize,
    },
    /// `as_of` names a feed that does not exist.
    #[error("there is no feed named {0}")]
    UnknownFeed(String),
    /// The index could not be made.
    #[error("cannot write the index: {0}")]
    Index(String),
}

/// Reads everything below `from` (folders, files, archives) and parses it, nothing more.
///
/// # Errors
/// When a folder cannot be looked at, or nothing is of a known kind.
pub fn parse_only(from: &[PathBuf], progress: &dyn Progress) -> Result<Parsed, Error> {
    let found = find(from, progress)?;
    let files = found.files.len();
    let outcome = reading::run(found.files, threads(), &Parse, progress);
    something(&outcome, files)?;
    Ok(Parsed { documents: outcome.summary.documents, bytes: outcome.bytes })
}

/// Parses each document and drops the result.
struct Parse;

impl Taker for Parse {
    fn take(&self, feed: &'static Feed, _: &str, bytes: &[u8]) -> ReadSummary {
        ReadSummary { documents: feed.parse_only(bytes), ..ReadSummary::default() }
    }

    fn take_other(&self, _: &str, _: &[u8]) -> bool {
        false
    }
}

fn find(from: &[PathBuf], progress: &dyn Progress) -> Result<Found, Error> {
    progress.phase("looking for feeds");
    let found = directory::files_below(from)?;
    progress.total(found.files.iter().map(|file| file.bytes).sum());
    progress.phase("reading feeds");
    Ok(found)
}

fn something(outcome: &Outcome, files: usize) -> Result<(), Error> {
    if outcome.documents == 0 { Err(Error::Nothing { files }) } else { Ok(()) }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Where records go. The compiler of the index is one; tests have another.
pub trait Target: Sync {
    /// Takes an item of a feed.
    fn add(&self, feed: &'static str, item: &Item<'_>);
    /// Takes a document that is no feed's (a file-to-option map); false when it is not taken.
    fn add_other(&self, name: &str, bytes: &[u8]) -> bool;
}

/// Reads everything below `from` into `target`. Returns what the index says of each feed, and the report.
///
/// # Errors
/// When a folder cannot be looked at, nothing is of a known kind, or `as_of` names no feed.
pub fn read_into(
    from: &[PathBuf],
    options: &Options,
    progress: &dyn Progress,
    target: &dyn Target,
) -> Result<Report, Error> {
    if let Some(unknown) = options.as_of.keys().find(|id| feeds::list::by_id(id).is_none()) {
        return Err(Error::UnknownFeed(unknown.clone()));
    }
    let found = find(from, progress)?;
    let files = found.files.len();
    let fill = Fill { target, facts: Mutex::default(), folder_dates: Mutex::default() };
    let mut outcome = reading::run(found.files, threads(), &fill, progress);
    something(&outcome, files)?;
    outcome.summary.notes.extend(found.notes);
    let facts = fill.facts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder_dates = fill.folder_dates.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (kev, epss) = facts.counts();
    facts.for_each(&mut |feed, item| target.add(feed, &item));
    let feeds = statuses(&outcome.summary, options, &folder_dates, kev, epss);
    Ok(Report::new(files, feeds, outcome))
}

/// Reads each document into the target; facts are kept back until all are known.
struct Fill<'t> {
    target: &'t dyn Target,
    facts: Mutex<Facts>,
    folder_dates: Mutex<BTreeMap<&'static str, String>>,
}

impl Taker for Fill<'_> {
    fn take(&self, feed: &'static Feed, name: &str, bytes: &[u8]) -> ReadSummary {
        let mut facts = DocumentFacts::default();
        let summary = feed.read(bytes, name, &mut |id, item| {
            if let Some(item) = facts.take(id, item) {
                self.target.add(id, &item);
            }
        });
        let folder_date = folder_date::of_path(name).unwrap_or_default();
        let date_of = |id: &str| {
            let tally = summary.tallies.iter().find(|tally| tally.feed == id);
            tally.map(|tally| tally.newest.as_str()).filter(|date| !date.is_empty()).unwrap_or(folder_date)
        };
        lock(&self.facts).add(facts, date_of("kev"), date_of("epss"));
        if !folder_date.is_empty() {
            let mut dates = lock(&self.folder_dates);
            for tally in &summary.tallies {
                dates::keep_newest(dates.entry(tally.feed).or_default(), folder_date);
            }
        }
        summary
    }

    fn take_other(&self, name: &str, bytes: &[u8]) -> bool {
        self.target.add_other(name, bytes)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What the index says of each feed. The date: given by the caller, else the newest in the records, else the
/// one that the folder names agree on.
fn statuses(
    summary: &ReadSummary,
    options: &Options,
    folder_dates: &BTreeMap<&'static str, String>,
    kev: u64,
    epss: u64,
) -> Vec<FeedStatus> {
    let mut statuses: Vec<FeedStatus> = Vec::new();
    for tally in &summary.tallies {
        let records = match tally.feed {
            "kev" => kev,
            "epss" => epss,
            _ => tally.items,
        };
        let given = options.as_of.get(tally.feed).cloned();
        let own = Some(tally.newest.clone()).filter(|date| !date.is_empty());
        let as_of = given.or(own).or_else(|| folder_dates.get(tally.feed).cloned());
        statuses.push(FeedStatus {
            id: tally.feed.to_owned(),
            revision: tally.revision.clone(),
            as_of: as_of.unwrap_or_default(),
            records,
            max_age_days: feeds::list::by_id(tally.feed).map_or(0, |feed| feed.max_age_days),
            ..FeedStatus::default()
        });
    }
    statuses.sort_by(|a, b| a.id.cmp(&b.id));
    statuses
}
