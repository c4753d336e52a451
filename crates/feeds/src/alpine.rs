//! Alpine: its own security database, and its records in OSV form.

use formats::records::{Reading, Sink, dates, peek};
use formats::{alpine_secdb, osv};

use super::osv::is_osv_of;
use crate::feed::{Feed, FileUnder, HEAD_BYTES, Head};

/// Alpine's source packages by release.
pub const FEED: Feed = Feed {
    id: "alpine",
    max_age_days: 2,
    covers: &["Alpine"],
    detect: |head| is_osv_of(head, &["ALPINE-CVE-"]) || is_secdb(head),
    read,
    parse: |text| if is_secdb_text(text) { alpine_secdb::parse(text) } else { osv::parse(text) },
    file_under: FileUnder::Source,
};

/// The key under which a file names its release.
const KEY: &str = "\"distroversion\"";

fn is_secdb(head: &Head<'_>) -> bool {
    !head.peek.is_array && head.peek.has("distroversion") && head.peek.has("packages")
}

/// The same of a whole text. Few have such a key, so that the others are not looked at twice.
fn is_secdb_text(text: &str) -> bool {
    peek::head(text, HEAD_BYTES).contains(KEY) && is_secdb(&Head::new(text, "", HEAD_BYTES))
}

fn read(text: &str, path: &str, sink: &mut Sink<'_>) -> Reading {
    match is_secdb_text(text) {
        true => alpine_secdb::read(text, dates::in_path(path).unwrap_or_default(), sink),
        false => osv::read(text, sink),
    }
}
