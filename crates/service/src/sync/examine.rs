//! A look at what was fetched before anything is replaced by it: how much there is, how new, how readable.

use std::collections::HashSet;
use std::sync::Mutex;

use model::note::Severity;
use model::record::Item;

use crate::compile::{self, Options, Silent, Target};
use crate::outside::directory::Found;

/// What a feed holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// Distinct records: the same record in an archive and in a delta counts once.
    pub records: u64,
    /// The newest date; empty when the records carry none.
    pub as_of: String,
    /// Records that could not be read.
    pub unreadable: u64,
    /// The first file that could not be read to its end, and why; empty when none.
    pub broken: String,
}

/// Counts distinct records.
#[derive(Default)]
struct Count(Mutex<HashSet<(u8, String)>>);

impl Target for Count {
    fn add(&self, _: &'static str, item: &Item<'_>) {
        let named = match item {
            Item::Record(record) => {
                (record.source.map_or(0, |source| source as u8), format!("{} {}", record.id, record.by))
            }
            Item::Kev(kev) => (u8::MAX, format!("{} {}", kev.id, kev.by)),
            Item::Epss(id, _) => (u8::MAX - 1, id.to_string()),
            Item::Branch(branch) => (u8::MAX - 2, format!("{} {}", branch.product, branch.branch)),
        };
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(named);
    }

    fn add_map(&self, _: model::build::KbuildMap) {}
}

/// Reads a feed's documents and counts.
///
/// # Errors
/// When they cannot be opened.
pub fn examine(feed: &str, found: Found, options: &Options) -> Result<Examined, compile::Error> {
    let count = Count::default();
    let report = match compile::read_found(found, options, &Silent, &count) {
        Err(compile::Error::Nothing { .. }) => return Ok(Examined::default()),
        report => report?,
    };
    let own = report.feeds.iter().find(|status| status.id == feed);
    let newest = || report.feeds.iter().map(|status| status.as_of.as_str()).max().unwrap_or_default();
    let is_broken = |note: &&model::note::Note| note.severity == Severity::Error && note.place == "file";
    let broken = report.notes.iter().find(is_broken);
    let unreadable = report.note_counts.get(&model::note::NoteCode::BadRecord).copied().unwrap_or_default();
    Ok(Examined {
        records: count.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).len() as u64,
        as_of: own.map_or_else(newest, |status| status.as_of.as_str()).to_owned(),
        unreadable,
        broken: broken.map(|note| format!("{}: {}", note.file, note.value)).unwrap_or_default(),
    })
}

/// Why what was fetched does not replace what is in use.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Nothing in it.
    Empty,
    /// Fewer records than before, by more than the limit.
    Shrunk {
        /// Records in use.
        before: u64,
        /// Records fetched.
        now: u64,
    },
    /// Its newest date is before the one in use.
    Older {
        /// The date in use.
        before: String,
        /// The date fetched.
        now: String,
    },
    /// Too much of it cannot be read.
    Unreadable(String),
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Empty => "S_EMPTY",
            Refusal::Shrunk { .. } => "S_SHRUNK",
            Refusal::Older { .. } => "S_OLDER",
            Refusal::Unreadable(_) => "S_UNREADABLE",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Empty => write!(f, "it holds no record at all"),
            Refusal::Shrunk { before, now } => write!(f, "it shrank from {before} to {now} records"),
            Refusal::Older { before, now } => {
                let now = if now.is_empty() { "no date" } else { now };
                write!(f, "its newest date went back from {before} to {now}")
            }
            Refusal::Unreadable(why) => write!(f, "{why}"),
        }
    }
}

/// Compares what was fetched with what is in use (records 0 = nothing yet). Limits in percent.
pub fn refusal(
    now: &Examined,
    records: u64,
    as_of: &str,
    shrink_percent: f64,
    unreadable_percent: f64,
) -> Option<Refusal> {
    if !now.broken.is_empty() {
        return Some(Refusal::Unreadable(now.broken.clone()));
    }
    if now.records == 0 {
        return Some(Refusal::Empty);
    }
    let percent = |part: u64, whole: u64| part as f64 * 100.0 / whole as f64;
    let read = now.records.saturating_add(now.unreadable);
    if percent(now.unreadable, read) > unreadable_percent {
        return Some(Refusal::Unreadable(format!("{} of {read} records cannot be read", now.unreadable)));
    }
    if percent(records.saturating_sub(now.records), records.max(1)) > shrink_percent {
        return Some(Refusal::Shrunk { before: records, now: now.records });
    }
    (now.as_of.as_str() < as_of).then(|| Refusal::Older { before: as_of.to_owned(), now: now.as_of.clone() })
}
