//! The index a scan uses: a file, or the starter knowledge compiled in memory; how old it is.

use std::path::{Path, PathBuf};

use analysis::matching::Views;
use analysis::risk::table_set::TableSet;
use index::{CompileOptions, Compiler, Index};
use model::feed::FeedStatus;

/// Where the knowledge comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An index file.
    File(PathBuf),
    /// The starter set inside the program.
    Starter,
}

/// An open index and its origin.
pub struct Knowledge {
    /// The index.
    pub index: Index,
    /// Where it comes from.
    pub origin: Origin,
    /// What was found out about products so far; grows with every scan that asks for verdicts only.
    pub views: Views,
    /// The tables that judge.
    pub tables: TableSet,
}

/// Why knowledge could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The file is missing, damaged or of another layout.
    #[error("cannot use index {path}: {why}")]
    Unusable {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
}

/// Opens an index file; the header is checked, sections when they are used.
pub fn open(path: &Path) -> Result<Knowledge, KnowledgeError> {
    let index = Index::open(path).map_err(|error| KnowledgeError::Unusable {
        path: path.display().to_string(),
        why: error.to_string(),
    })?;
    Ok(Knowledge {
        index,
        origin: Origin::File(path.to_owned()),
        tables: TableSet::default(),
        views: Views::default(),
    })
}

impl Knowledge {
    /// The newest `as_of` of the feeds, `YYYY-MM-DD…`; empty when none carries a date.
    pub fn as_of(&self) -> &str {
        self.feeds().iter().map(|feed| feed.as_of.as_str()).max().unwrap_or_default()
    }

    /// Whole days from the newest `as_of` to `at`; `None` when no feed carries a date.
    pub fn age_days(&self, at: jiff::Timestamp) -> Option<i64> {
        age_days(self.as_of(), at)
    }

    /// The feeds of the header.
    pub fn feeds(&self) -> &[FeedStatus] {
        &self.index.header().feeds
    }

    /// True for the starter set.
    pub fn is_starter(&self) -> bool {
        self.origin == Origin::Starter
    }

    /// A name for people: the path, or "starter knowledge".
    pub fn name(&self) -> String {
        match &self.origin {
            Origin::File(path) => path.display().to_string(),
            Origin::Starter => "starter knowledge".to_owned(),
        }
    }
}

/// Whole days from a date text (`YYYY-MM-DD…`) to `at`; `None` when it is no date.
pub fn age_days(date: &str, at: jiff::Timestamp) -> Option<i64> {
    let day: jiff::civil::Date = date.get(..10)?.parse().ok()?;
    let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    Some(i64::from(day.until(today).ok()?.get_days()))
}

/// Compiles the records and the file-to-option map inside the program, in memory.
///
/// # Errors
/// When the embedded files are damaged, which the project's own tests rule out.
pub fn starter(records: &[u8], kbuild: &[u8]) -> Result<Knowledge, KnowledgeError> {
    of_bytes(starter_index(records, kbuild)?)
}

/// Opens the bytes of a starter index.
///
/// # Errors
/// When they are none.
pub fn of_bytes(bytes: Vec<u8>) -> Result<Knowledge, KnowledgeError> {
    let index = Index::from_bytes(bytes).map_err(|error| KnowledgeError::Unusable {
        path: "starter knowledge".to_owned(),
        why: error.to_string(),
    })?;
    Ok(Knowledge { index, origin: Origin::Starter, tables: TableSet::default(), views: Views::default() })
}

/// The bytes of the starter index.
///
/// # Errors
/// As [`starter`].
pub fn starter_index(records: &[u8], kbuild: &[u8]) -> Result<Vec<u8>, KnowledgeError> {
    let damaged = |why: String| KnowledgeError::Unusable { path: "starter knowledge".to_owned(), why };
    let text = std::str::from_utf8(records).map_err(|error| damaged(error.to_string()))?;
    let compiler = Compiler::new(CompileOptions {
        builder: concat!("patchwright ", env!("CARGO_PKG_VERSION")).to_owned(),
        ..CompileOptions::default()
    })
    .map_err(|_| damaged("a table of ours cannot be read".to_owned()))?;
    let feed = feeds::list::by_id("local").ok_or_else(|| damaged("no reader".to_owned()))?;
    let summary =
        feed.read(text.as_bytes(), "starter/knowledge.jsonl", &mut |id, item| compiler.add(id, &item));
    for tally in summary.tallies {
        compiler.feed(FeedStatus {
            id: tally.feed.to_owned(),
            as_of: tally.newest,
            revision: tally.revision,
            ..FeedStatus::default()
        });
    }
    let map =
        formats::kbuild::read(kbuild, "starter/linux.kbuild").map_err(|error| damaged(error.to_string()))?;
    compiler.add_kbuild(map.value);
    Ok(compiler.finish_to_bytes().map_err(|error| damaged(error.to_string()))?.0)
}

/// Some records of an index in the local record format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extract {
    /// The file's text.
    pub text: String,
    /// How many records it holds.
    pub records: usize,
    /// Ids that the index does not know.
    pub unknown: Vec<String>,
}

/// Writes the records of the given vulnerabilities as local records: facts only, no titles or descriptions.
///
/// # Errors
/// When the index is damaged.
pub fn extract<'a>(
    knowledge: &Knowledge,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Extract, KnowledgeError> {
    let damaged =
        |error: index::Error| KnowledgeError::Unusable { path: knowledge.name(), why: error.to_string() };
    let mut extract = Extract { text: first_line(knowledge), ..Extract::default() };
    for id in ids.map(str::trim).filter(|id| !id.is_empty() && !id.starts_with('#')) {
        let Some(number) = knowledge.index.find(id) else {
            extract.unknown.push(id.to_owned());
            continue;
        };
        let vulnerability = knowledge.index.vulnerability(number).map_err(damaged)?;
        for record in vulnerability.records() {
            let texts = record.texts().map_err(damaged)?;
            let mut record = record.decode().map_err(damaged)?;
            record.references = texts.references;
            without_ballast(&mut record);
            extract.push(&formats::local::write_with_exploits(&record));
        }
        if let Some(kev) = vulnerability.kev() {
            extract.push(&formats::local::write_kev(&kev));
        }
        if let Some(epss) = vulnerability.epss() {
            extract.push(&formats::local::write_epss(vulnerability.id(), epss));
        }
    }
    Ok(extract)
}

impl Extract {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.records += 1;
    }
}

fn first_line(knowledge: &Knowledge) -> String {
    let dates = knowledge.feeds().iter().filter(|feed| !feed.as_of.is_empty());
    let header = formats::local::Header {
        as_of: dates.map(|feed| (feed.id.clone(), feed.as_of.clone())).collect(),
        revision: knowledge.index.header().fingerprint.clone(),
    };
    format!("{}\n", formats::local::write_header(&header))
}

/// The kernel CNA's own CPE ranges are a lossy expansion that is never read for Linux (matching.md 5.6). Of the
/// references those that point to exploits are facts, the others are for reading.
fn without_ballast(record: &mut model::record::Record<'_>) {
    let hosts = index::tables::ExploitHosts::built_in();
    record.references.retain(|reference| {
        let has = |word: &str| reference.tags.iter().any(|tag| tag.eq_ignore_ascii_case(word));
        has("exploit") && !has("patch") || hosts.kind_of(&reference.url, false).is_some()
    });
    if record.source == Some(model::record::Source::KernelCna) {
        record.configurations.clear();
        for claim in &mut record.claims {
            claim.subject.cpes.clear();
        }
    }
}
