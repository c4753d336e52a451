//! Records in, one file out.
//!
//! [`Compiler::add`] is called from many threads: each fills a [`run`] of its own, in which a record is
//! already small and its texts are numbers. [`Compiler::finish`] brings the runs together ([`merge`]), joins
//! ids that name the same flaw ([`alias`]), and writes section by section ([`hot`], [`cold`], [`postings`],
//! [`products`], [`commits`], [`facts`], [`scores`], [`exploits`], [`lifecycle`], [`kbuild`]). [`delta`] tells what
//! differs between two generations, [`delta_file`] carries that difference to whoever has the first of them. The same
//! records give the same bytes, whatever their
//! order and the number of threads: nothing in the file depends on the numbers that the runs gave.

mod alias;
mod chunks;
mod cold;
mod commits;
pub mod delta;
pub mod delta_file;
mod exploits;
mod facts;
mod feeds;
mod hot;
mod interner;
mod kbuild;
mod lifecycle;
mod links;
mod merge;
mod postings;
mod products;
mod run;
mod scores;
mod write;

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use model::build::KbuildMap;
use model::feed::FeedStatus;
use model::note::Note;
use model::record::Item;

use crate::layout::header::Header;
use crate::layout::sections::Section;
use crate::tables::{AliasTable, TableError};
use crate::{Error, lookup};
use run::Run;

pub(crate) use exploits::UNTAGGED;
pub use facts::{Replaced, replace_facts};

/// What a compilation is told from outside.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions {
    /// The time of compilation, ISO 8601; given, because the pure crates have no clock.
    pub compiled_at: String,
    /// The program that compiles (`patchwright 0.1.0`).
    pub builder: String,
    /// The alias table to compile in; `None` = the program's own.
    pub alias_table: Option<String>,
    /// The rule table to compile in; `None` = the program's own.
    pub rule_table: Option<String>,
}

/// What came of a compilation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompileReport {
    /// The header that was written, with the record count and fingerprint of each feed.
    pub header: Header,
    /// Number of vulnerabilities.
    pub vulnerabilities: u64,
    /// Number of records kept.
    pub records: u64,
    /// Records passed over, because a newer one of the same source and id was there.
    pub superseded: u64,
    /// Exploitation facts about ids that no record speaks of.
    pub facts_without_record: u64,
    /// Number of lookup keys.
    pub keys: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Size of each section.
    pub sections: Vec<(Section, u64)>,
    /// Remarks, sorted: alias conflicts, records that could not be kept.
    pub notes: Vec<Note>,
}

/// Most threads that fill runs without waiting for each other.
const RUNS: usize = 64;

thread_local! {
    /// Threads prefer different runs, and each the same one again, so that a text is rarely in two runs.
    static PREFERRED: usize = NEXT.fetch_add(1, Ordering::Relaxed);
}
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Collects records and compiles them.
pub struct Compiler {
    options: CompileOptions,
    aliases: Cow<'static, AliasTable>,
    runs: Vec<Mutex<Option<Box<Run>>>>,
    feeds: Mutex<Vec<FeedStatus>>,
    kbuild: Mutex<Vec<KbuildMap>>,
}

impl Compiler {
    /// Begins a compilation.
    ///
    /// # Errors
    /// When a table of the options cannot be read.
    pub fn new(options: CompileOptions) -> Result<Compiler, Vec<TableError>> {
        let aliases = match &options.alias_table {
            Some(text) => Cow::Owned(AliasTable::parse(text)?),
            None => Cow::Borrowed(AliasTable::built_in()),
        };
        if let Some(text) = &options.rule_table {
            crate::tables::RuleTable::parse(text)?;
        }
        Ok(Compiler {
            options,
            aliases,
            runs: (0..RUNS).map(|_| Mutex::new(None)).collect(),
            feeds: Mutex::default(),
            kbuild: Mutex::default(),
        })
    }

    /// Takes an item of a feed. Called from any thread, in any order.
    pub fn add(&self, feed: &str, item: &Item<'_>) {
        let first = PREFERRED.with(|slot| *slot);
        let free = (0..RUNS).find_map(|step| self.runs.get(first.wrapping_add(step) % RUNS)?.try_lock().ok());
        let mut slot = match free {
            Some(slot) => slot,
            None => self.runs[first % RUNS].lock().unwrap_or_else(PoisonError::into_inner),
        };
        slot.get_or_insert_with(Box::default).add(feed, item, &self.aliases);
    }

    /// Takes a file-to-option map.
    pub fn add_kbuild(&self, map: KbuildMap) {
        lock(&self.kbuild).push(map);
    }

    /// Announces a feed: its revision, dates and age limit. Record count and fingerprint are computed here,
    /// and the newest date of its records stands in for an empty `as_of`.
    pub fn feed(&self, status: FeedStatus) {
        lock(&self.feeds).push(status);
    }

    /// Compiles and writes the file.
    ///
    /// # Errors
    /// When writing fails, or the knowledge outgrows the layout.
    pub fn finish(self, out: &mut dyn Write) -> Result<CompileReport, Error> {
        let merged = merged(self.runs);
        let feeds = self.feeds.into_inner().unwrap_or_else(PoisonError::into_inner);
        let kbuild = self.kbuild.into_inner().unwrap_or_else(PoisonError::into_inner);
        write::write(merged, &self.options, feeds, kbuild, out)
    }

    /// Compiles the sections alone, without what the file says of itself.
    pub(crate) fn finish_to_sections(self) -> Result<Vec<(Section, Vec<u8>)>, Error> {
        let mut all = Vec::new();
        write::sections(&merged(self.runs), &self.options, Vec::new(), &mut |section, bytes| {
            all.push((section, bytes));
            Ok(())
        })?;
        Ok(all)
    }

    /// Compiles into memory.
    ///
    /// # Errors
    /// As [`Compiler::finish`].
    pub fn finish_to_bytes(self) -> Result<(Vec<u8>, CompileReport), Error> {
        let mut bytes = Vec::new();
        let report = self.finish(&mut bytes)?;
        Ok((bytes, report))
    }

    /// Compiles into a file that is renamed into place when it is complete.
    ///
    /// # Errors
    /// As [`Compiler::finish`].
    pub fn finish_to_file(self, path: &Path) -> Result<CompileReport, Error> {
        crate::layout::open::write_atomically(path, |out| self.finish(out))
    }
}

/// Brings the runs together.
fn merged(runs: Vec<Mutex<Option<Box<Run>>>>) -> merge::Merged {
    let runs = runs.into_iter();
    let runs = runs.filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    merge::merge(runs.map(|run| *run).collect())
}

/// A thread that panicked leaves whole items behind, so its data is as good as ever.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The rule table to write.
fn rule_text(options: &CompileOptions) -> &str {
    options.rule_table.as_deref().unwrap_or(lookup::BUILT_IN_RULES)
}

/// The alias table to write.
fn alias_text(options: &CompileOptions) -> &str {
    options.alias_table.as_deref().unwrap_or_else(|| AliasTable::built_in_text())
}
