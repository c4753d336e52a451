//! RustSec: the Markdown tree of its database, and its records in OSV form.

use formats::records::{Reading, Sink};
use formats::{osv, rustsec};

use super::osv::is_osv_of;
use crate::feed::{Feed, FileUnder, Head};

/// Advisories about crates, and about what comes with Rust.
pub const FEED: Feed = Feed {
    id: "rustsec",
    max_age_days: 7,
    covers: &["crates.io"],
    detect: |head| is_osv_of(head, &["RUSTSEC-"]) || is_advisory(head),
    read,
    parse: |text| if rustsec::is_advisory(text) { rustsec::parse(text) } else { osv::parse(text) },
    file_under: FileUnder::Source,
};

fn is_advisory(head: &Head<'_>) -> bool {
    !head.peek.is_json && rustsec::is_advisory(head.text)
}

fn read(text: &str, _: &str, sink: &mut Sink<'_>) -> Reading {
    if rustsec::is_advisory(text) { rustsec::read(text, sink) } else { osv::read(text, sink) }
}
