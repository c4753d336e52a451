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
mod scores;
mod sums;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use feeds::feed::{Feed, ReadSummary};
use formats::records::dates;
use index::{CompileOptions, Compiler};
use model::feed::FeedStatus;
use model::note::{Note, NoteCode, Severity};
use model::record::Item;

use crate::outside::directory::{self, Found};
use facts::{DocumentFacts, Facts};
use reading::{Name, Outcome, Taker};

pub(crate) use folder_date::of_path as folder_date;
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
    /// The time to write into the index, ISO 8601: the caller's clock, there is none here.
    pub compiled_at: String,
    /// Dates of feeds that carry none (feed id to date); they win over dates in records and folder names.
    pub as_of: BTreeMap<String, String>,
}

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder or file cannot be looked at.
    #[error("cannot read {0}")]
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
    /// The index, or the map that was to go into one, could not be made.
    #[error("{0}")]
    Index(String),
}

/// Reads everything below `from` (folders, files, archives), compiles it, and renames the file into place.
///
/// # Errors
/// When a folder cannot be looked at, nothing is of a known kind, or the file cannot be written; then a file
/// that was there before is untouched.
pub fn build(
    from: &[PathBuf],
    out: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    build_found(find(from, progress)?, out, options, progress)
}

/// As [`build`], from documents that somebody else has found.
///
/// # Errors
/// As [`build`].
pub fn build_found(
    found: Found,
    out: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let (compiler, mut report) = collect(found, options, progress)?;
    progress.phase("writing index");
    let compiled = compiler.finish_to_file(out).map_err(|error| Error::Index(error.to_string()))?;
    report.set_index(compiled);
    Ok(report)
}

/// As [`build`], into memory.
///
/// # Errors
/// As [`build`].
pub fn build_to_bytes(
    from: &[PathBuf],
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report), Error> {
    let (compiler, mut report) = collect(find(from, progress)?, options, progress)?;
    let (bytes, compiled) = compiler.finish_to_bytes().map_err(|error| Error::Index(error.to_string()))?;
    report.set_index(compiled);
    Ok((bytes, report))
}

fn collect(found: Found, options: &Options, progress: &dyn Progress) -> Result<(Compiler, Report), Error> {
    let compiler = Compiler::new(CompileOptions {
        compiled_at: options.compiled_at.clone(),
        builder: concat!("patchwright ", env!("CARGO_PKG_VERSION")).to_owned(),
        ..CompileOptions::default()
    })
    .map_err(|errors| Error::Index(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let report = read_found(found, options, progress, &compiler)?;
    for status in &report.feeds {
        compiler.feed(status.clone());
    }
    Ok((compiler, report))
}

/// Reads everything below `from` and parses it, nothing more.
///
/// # Errors
/// When a folder cannot be looked at, or nothing is of a known kind.
pub fn parse_only(from: &[PathBuf], progress: &dyn Progress) -> Result<Parsed, Error> {
    let found = announce(find(from, progress)?, progress);
    let files = found.files.len();
    let outcome = reading::run(found.files, threads(), &Parse, progress);
    something(&outcome, files)?;
    Ok(Parsed { documents: outcome.summary.documents, bytes: outcome.bytes })
}

/// Parses each document and drops the result.
struct Parse;

impl Taker for Parse {
    fn take(&self, feed: &'static Feed, _: &Name, bytes: &[u8]) -> ReadSummary {
        ReadSummary { documents: feed.parse_only(bytes), ..ReadSummary::default() }
    }

    fn wants_other(&self, _: &[u8]) -> bool {
        false
    }

    fn take_other(&self, _: &str, _: &[u8]) -> Vec<Note> {
        Vec::new()
    }
}

fn find(from: &[PathBuf], progress: &dyn Progress) -> Result<Found, Error> {
    progress.phase("looking for feeds");
    Ok(directory::files_below(from)?)
}

/// Tells how much there is to read.
fn announce(found: Found, progress: &dyn Progress) -> Found {
    progress.total(found.files.iter().map(|file| file.bytes).sum());
    progress.phase("reading feeds");
    found
}

fn something(outcome: &Outcome, files: usize) -> Result<(), Error> {
    if outcome.documents == 0 { Err(Error::Nothing { files }) } else { Ok(()) }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Where records go: the compiler of the index, or whoever wants to look at them.
pub trait Target: Sync {
    /// Takes an item of a feed.
    fn add(&self, feed: &'static str, item: &Item<'_>);
    /// Takes a file-to-option map.
    fn add_map(&self, map: model::build::KbuildMap);
}

impl Target for Compiler {
    fn add(&self, feed: &'static str, item: &Item<'_>) {
        Compiler::add(self, feed, item);
    }

    fn add_map(&self, map: model::build::KbuildMap) {
        self.add_kbuild(map);
    }
}

/// Reads everything below `from` into `target`. The report's feeds are what the index should say of each.
///
/// # Errors
/// When a folder cannot be looked at, nothing is of a known kind, or `as_of` names no feed.
pub fn read_into(
    from: &[PathBuf],
    options: &Options,
    progress: &dyn Progress,
    target: &dyn Target,
) -> Result<Report, Error> {
    read_found(find(from, progress)?, options, progress, target)
}

/// As [`read_into`], from documents that somebody else has found.
///
/// # Errors
/// As [`read_into`].
pub fn read_found(
    found: Found,
    options: &Options,
    progress: &dyn Progress,
    target: &dyn Target,
) -> Result<Report, Error> {
    if let Some(unknown) = options.as_of.keys().find(|id| feeds::list::by_id(id).is_none()) {
        return Err(Error::UnknownFeed(unknown.clone()));
    }
    let mut found = announce(found, progress);
    let files = found.files.len();
    found.notes.extend(sums::check(&mut found.files));
    let fill = Fill { target, options, facts: Mutex::default(), folder_dates: Mutex::default() };
    let mut outcome = reading::run(found.files, threads(), &fill, progress);
    something(&outcome, files)?;
    outcome.summary.notes.extend(found.notes);
    let mut facts = fill.facts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    facts.settle();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    facts.for_each(&mut |feed, item| {
        *counts.entry(feed).or_default() += 1;
        target.add(feed, &item);
    });
    let folder_dates = fill.folder_dates.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let feeds = statuses(&outcome.summary, options, &folder_dates, &counts);
    Ok(Report::new(files, feeds, outcome))
}

/// Reads each document into the target; facts are kept back until all are known.
struct Fill<'t> {
    target: &'t dyn Target,
    options: &'t Options,
    facts: Mutex<Facts>,
    folder_dates: Mutex<BTreeMap<&'static str, String>>,
}

/// The feed whose records carry no dates.
const UNDATED: &str = "kernel-cna";

impl Fill<'_> {
    /// Hands a record on. One of the kernel's tree bears the date of its folder: of two states of the tree the
    /// newer must win.
    fn add<'a>(&self, id: &'static str, mut item: Item<'a>, date: &'a str) {
        if let Item::Record(record) = &mut item
            && id == UNDATED
            && record.modified.is_empty()
        {
            record.modified = date.into();
        }
        self.target.add(id, &item);
    }
}

impl Taker for Fill<'_> {
    fn take(&self, feed: &'static Feed, name: &Name, bytes: &[u8]) -> ReadSummary {
        let folder_date = folder_date::of_path(&name.shown).unwrap_or_default();
        let date = self.options.as_of.get(feed.id).map_or(folder_date, String::as_str);
        let mut facts = DocumentFacts::default();
        let mut summary = feed.read(bytes, &name.whole, &mut |id, item| {
            if let Some(item) = facts.take(item) {
                self.add(id, item, date);
            }
        });
        for note in &mut summary.notes {
            note.file.clone_from(&name.shown);
        }
        let date_of = |id: &str| match summary.tallies.iter().find(|tally| tally.feed == id) {
            Some(tally) if feed.id == id && tally.newest.is_empty() => folder_date,
            Some(tally) if feed.id == id => tally.newest.as_str(),
            // Mentions in another feed, and single facts of the installation, are no catalogue.
            _ => "",
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

    fn wants_other(&self, head: &[u8]) -> bool {
        head.starts_with(formats::kbuild::FIRST_LINE.as_bytes())
    }

    fn take_other(&self, name: &str, bytes: &[u8]) -> Vec<Note> {
        match formats::kbuild::read(bytes, name) {
            Ok(read) => {
                self.target.add_map(read.value);
                read.notes
            }
            Err(error) => {
                let mut note = Note::new(NoteCode::BadRecord, Severity::Error, "file", &error.to_string());
                note.file = name.to_owned();
                vec![note]
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// True for a feed that holds nothing but facts.
fn is_of_facts(feed: &str) -> bool {
    matches!(feed, "kev" | "epss")
}

/// What the index says of each feed. The date: given by the caller, else the newest in the records, else the
/// one that the folder names agree on.
fn statuses(
    summary: &ReadSummary,
    options: &Options,
    folder_dates: &BTreeMap<&'static str, String>,
    facts: &BTreeMap<&str, u64>,
) -> Vec<FeedStatus> {
    let status = |tally: &feeds::feed::Tally| {
        let own = Some(tally.newest.clone()).filter(|date| !date.is_empty());
        let given = options.as_of.get(tally.feed).cloned();
        FeedStatus {
            id: tally.feed.to_owned(),
            revision: tally.revision.clone(),
            as_of: given.or(own).or_else(|| folder_dates.get(tally.feed).cloned()).unwrap_or_default(),
            // Of a feed that has records, too, entries of its catalogue are no further ones.
            records: facts
                .get(tally.feed)
                .filter(|_| is_of_facts(tally.feed))
                .copied()
                .unwrap_or(tally.records),
            max_age_days: feeds::list::by_id(tally.feed).map_or(0, |feed| feed.max_age_days),
            ..FeedStatus::default()
        }
    };
    let mut statuses: Vec<FeedStatus> = summary.tallies.iter().map(status).collect();
    statuses.sort_by(|a, b| a.id.cmp(&b.id));
    statuses
}
