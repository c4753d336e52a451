//! The kernel CVEs from before the kernel's own CNA, as `linux_kernel_cves` kept them until 2024: which commits brought a flaw
//! and mended it, and in which release of each stable stream the mend arrived.
//!
//! The mainline's bounds and the streams' fixes stand in different files, and a reader sees one file at a time. So there is a
//! record per CVE for the mainline (`kernel_cves.json`, `CVEs.txt`) and one per CVE and stream (`stream_data.json`,
//! `stream_fixes.json`, `5.10_security.txt`, `5.10_CVEs.txt`), told apart by `by`; `analysis` reads those of one CVE together.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod mainline;
mod pairs;
mod schema;
mod streams;

use crate::records::{Reading, Sink};

/// The files of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `kernel_cves.json`: CVE, then what is known of it.
    Cves,
    /// `stream_data.json`: stream, release, CVE.
    StreamData,
    /// `stream_fixes.json`: CVE, stream.
    StreamFixes,
    /// `CVEs.txt`: a line per CVE with commits and mainline releases.
    Table,
    /// `5.10_CVEs.txt`: a line per CVE with the fix of one stream.
    StreamTable,
    /// `5.10_security.txt`: per release of one stream the CVEs that it mends.
    StreamReleases,
}

/// Tells the kind of a text by its beginning; `None` for all else.
pub fn kind_of(head: &str) -> Option<Kind> {
    if head.trim_start().starts_with('{') {
        return kind_of_json(head);
    }
    let line = head.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line == "CVEid: (breaks) - (fixes) (versions)" {
        return Some(Kind::Table);
    }
    if line.starts_with("CVEs fixed in ") && line.ends_with(':') {
        return Some(Kind::StreamReleases);
    }
    let (id, fix) = line.split_once(": ")?;
    let is_fix = fix == "Fix unknown" || fix == "Fix not seen in stream" || fix.starts_with("Fixed with ");
    (id.starts_with("CVE-") && is_fix).then_some(Kind::StreamTable)
}

fn kind_of_json(head: &str) -> Option<Kind> {
    let peek = crate::records::peek::Peek::new(head);
    let (first, _) = peek.keys.first()?;
    let inner = peek.inner.first().filter(|(outer, _)| outer == first).map(|(_, inner)| *inner)?;
    let is_stream = |text: &str| pairs::stream_of(text).is_some();
    if first.starts_with("CVE-") {
        let own = ["affected_versions", "backport", "breaks", "cmt_msg", "ref_urls"];
        let is_list = own.contains(&inner) && head.contains("\"breaks\"");
        return match () {
            () if is_list => Some(Kind::Cves),
            () if is_stream(inner) && head.contains("\"fixed_version\"") => Some(Kind::StreamFixes),
            () => None,
        };
    }
    (is_stream(first) && is_stream(inner) && head.contains("\"cmt_id\"")).then_some(Kind::StreamData)
}

/// Reads a file of a kind.
pub fn read(text: &str, kind: Kind, sink: &mut Sink<'_>) -> Reading {
    match kind {
        Kind::Cves => mainline::read_json(text, sink),
        Kind::Table => mainline::read_table(text, sink),
        Kind::StreamData => streams::read_data(text, sink),
        Kind::StreamFixes => streams::read_fixes(text, sink),
        Kind::StreamTable => streams::read_table(text, sink),
        Kind::StreamReleases => streams::read_releases(text, sink),
    }
}

/// Parses as [`read`] does and drops the result; returns the number of entries.
pub fn parse(text: &str, kind: Kind) -> u64 {
    match kind {
        Kind::Cves => mainline::parse_json(text),
        _ => read(text, kind, &mut |_| {}).documents,
    }
}
