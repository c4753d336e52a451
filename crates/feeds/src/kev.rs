//! CISA's catalogue of known exploited vulnerabilities.

use formats::kev;

use crate::feed::{Feed, FileUnder, Head};
use crate::fetch::{Kind, Remote};

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

/// CISA's file.
pub const REMOTE: Remote = Remote {
    id: "kev",
    address: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("known_exploited_vulnerabilities.json", Kind::Json),
};

fn detect(head: &Head<'_>) -> bool {
    if head.peek.is_json {
        return head.peek.has("vulnerabilities") && head.peek.has("catalogVersion");
    }
    let header = head.text.trim_start().lines().next().unwrap_or("");
    header.starts_with("cveID,") && header.contains("dateAdded")
}
