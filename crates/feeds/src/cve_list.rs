//! The CVE list: its git tree, archives of it, and CISA's Vulnrichment, which has the same files.

// The list declares this file by its path, so that the folder below it has to be named.
#[path = "cve_list/fetch.rs"]
mod fetch;

use formats::cve::{self, Origin};
use formats::records::peek::Peek;

use crate::feed::{Feed, FileUnder, Head};

pub use fetch::REMOTE;

/// CVE records of the CVE list.
pub const FEED: Feed = Feed {
    id: "cve-list",
    max_age_days: 2,
    covers: &["everything"],
    detect,
    read: |text, _, sink| cve::read(text, Origin::CveList, sink),
    parse: cve::parse,
    file_under: FileUnder::Own,
};

fn detect(head: &Head<'_>) -> bool {
    is_record(&head.peek)
}

/// True for a CVE record, version 5.
pub fn is_record(peek: &Peek<'_>) -> bool {
    peek.text("dataType") == "CVE_RECORD"
        || (peek.has("containers") && (peek.has_inner("containers", "cna") || peek.has("cveMetadata")))
        || (peek.has("cveMetadata") && peek.has_inner("cveMetadata", "cveId"))
}
