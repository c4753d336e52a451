//! What the answer was made from: feeds, tables, the deployment, the input files.

use super::Report;
use crate::words;

/// A feed of the index.
pub struct Feed<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its newest date.
    pub as_of: String,
    /// How old it is.
    pub age: String,
    /// Its limit in words.
    pub limit: String,
    /// True when it is past its limit.
    pub is_stale: bool,
    /// Its records.
    pub records: usize,
    /// The start of its fingerprint.
    pub fingerprint: &'a str,
}

/// The feeds in the order of the index.
pub fn feeds<'a>(report: &Report<'a>) -> Vec<Feed<'a>> {
    let feeds = report.knowledge.feeds().iter();
    feeds
        .map(|feed| {
            let age = service::knowledge::age_days(&feed.as_of, report.at);
            Feed {
                id: &feed.id,
                as_of: if feed.as_of.is_empty() { "no date".to_owned() } else { words::day(&feed.as_of) },
                age: words::age(age),
                limit: match feed.max_age_days {
                    0 => "historic".to_owned(),
                    days => words::counted(usize::from(days), "day", "days"),
                },
                is_stale: is_stale(feed.max_age_days, age),
                records: usize::try_from(feed.records).unwrap_or(usize::MAX),
                fingerprint: start(&feed.fingerprint),
            }
        })
        .collect()
}

/// A feed with a limit that is past it, or tells no age.
fn is_stale(limit: u16, age: Option<i64>) -> bool {
    limit > 0 && age.is_none_or(|age| age > i64::from(limit))
}

/// The ids of stale feeds.
pub fn stale_feeds<'a>(report: &Report<'a>) -> Vec<&'a str> {
    feeds(report).into_iter().filter(|feed| feed.is_stale).map(|feed| feed.id).collect()
}

/// The start of a fingerprint: enough to compare by eye.
pub fn start(fingerprint: &str) -> &str {
    fingerprint.get(..16).unwrap_or(fingerprint)
}

/// Lines as sentences; a day that nobody stated is left out.
pub fn sentences(lines: &[String]) -> Vec<String> {
    let said = lines.iter().map(|line| line.trim_end_matches(", from ")).filter(|line| !line.is_empty());
    said.map(|line| format!("{}.", words::capital(line.trim_end_matches('.')))).collect()
}

/// A statement of the SBOM that the data have overtaken.
pub struct Obsolete<'a> {
    /// What it was about.
    pub vulnerability: &'a str,
    /// Of which component.
    pub component: &'a str,
    /// Why it has no effect.
    pub reason: (&'static str, &'static str),
    /// What it said.
    pub says: &'a str,
}

/// Statements without effect.
pub fn obsolete<'a>(report: &Report<'a>) -> Vec<Obsolete<'a>> {
    (report.judged.scan.obsolete_statements.iter())
        .map(|statement| Obsolete {
            vulnerability: &statement.vulnerability,
            component: &statement.component,
            reason: (statement.reason.code(), statement.reason.meaning()),
            says: &statement.says,
        })
        .collect()
}

/// A piece of build evidence: kind, of what, file, hash, entries, why it is incomplete.
pub struct Built<'a> {
    /// What it is.
    pub kind: String,
    /// Its file.
    pub file: &'a str,
    /// Its fingerprint.
    pub hash: &'a str,
    /// What it lists.
    pub entries: String,
    /// Empty when it is complete.
    pub incomplete: &'a [String],
}

/// The build evidence that was given.
pub fn built<'a>(report: &Report<'a>) -> Vec<Built<'a>> {
    let build = &report.inventory.build;
    let configs = build.configs.iter().map(|config| Built {
        kind: format!("configuration of {:?} {}", config.of, config.version).to_lowercase(),
        file: &config.file,
        hash: &config.hash,
        entries: words::counted(config.symbols.len(), "symbol", "symbols"),
        incomplete: &config.incomplete,
    });
    let lists = build.compiled.iter().map(|list| Built {
        kind: format!("compiled files of {:?}", list.of).to_lowercase(),
        file: &list.file,
        hash: &list.hash,
        entries: words::counted(list.paths.len(), "file", "files"),
        incomplete: &list.incomplete,
    });
    configs.chain(lists).collect()
}
