//! Debian: its security tracker's own file, and its records in OSV form.

use formats::records::{Reading, Sink, dates, peek};
use formats::{debian_tracker, osv};

use super::osv::is_osv_of;
use crate::feed::{Feed, FileUnder, HEAD_BYTES, Head};

/// Debian's source packages by release.
pub const FEED: Feed = Feed {
    id: "debian",
    max_age_days: 2,
    covers: &["Debian"],
    detect: |head| is_osv_of(head, &["DSA-", "DLA-", "DTSA-", "DEBIAN-CVE-"]) || is_tracker(head),
    read,
    parse: |text| if is_tracker_text(text) { debian_tracker::parse(text) } else { osv::parse(text) },
    file_under: FileUnder::Source,
};

/// The key of the tracker under which an issue holds its releases.
const KEY: &str = "\"releases\"";

/// Source packages outside, vulnerabilities inside, releases within those.
fn is_tracker(head: &Head<'_>) -> bool {
    if !head.text.contains(KEY) {
        return false;
    }
    let is_id = |id: &str| id.starts_with("CVE-") || id.starts_with("TEMP-");
    let first = head.peek.inner.first();
    !head.peek.is_array
        && first.is_some_and(|(package, id)| {
            head.peek.keys.first().is_some_and(|key| key.0 == *package) && is_id(id)
        })
}

/// The same of a whole text. Few have such a key, so that the others are not looked at twice.
fn is_tracker_text(text: &str) -> bool {
    peek::head(text, HEAD_BYTES).contains(KEY) && is_tracker(&Head::new(text, "", HEAD_BYTES))
}

fn read(text: &str, path: &str, sink: &mut Sink<'_>) -> Reading {
    match is_tracker_text(text) {
        true => debian_tracker::read(text, dates::in_path(path).unwrap_or_default(), sink),
        false => osv::read(text, sink),
    }
}
