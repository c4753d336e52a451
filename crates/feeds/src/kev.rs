//! CISA's catalogue of known exploited vulnerabilities.

use formats::kev;

use crate::feed::{Feed, FileUnder, Head};

/// The catalogue as JSON or CSV.
pub const FEED: Feed = Feed {
    id: "kev",
    max_age_days: 2,
    covers: &["known exploited"],
    detect,
    read: |text, _, sink| kev::read(text, sink),
    parse: kev::parse,
    file_under: FileUnder::Own,
};

fn detect(head: &Head<'_>) -> bool {
    if head.peek.is_json {
        return head.peek.has("vulnerabilities") && head.peek.has("catalogVersion");
    }
    let header = head.text.trim_start().lines().next().unwrap_or("");
    header.starts_with("cveID,") && header.contains("dateAdded")
}
