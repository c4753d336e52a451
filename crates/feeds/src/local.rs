//! Our own record format: the installation's records, extracts of an index, the starter knowledge.

use formats::local;

use crate::feed::{Feed, FileUnder};

/// Records in our own format. A record that names a source is filed under that source's feed, so that an
/// extract of an index can be built into an index again; one that names none is the installation's own.
pub const FEED: Feed = Feed {
    id: "local",
    max_age_days: 0,
    covers: &["own records"],
    detect: |head| local::is_local(head.text),
    read: |text, _, sink| local::read(text, sink),
    parse: local::parse,
    file_under: FileUnder::Source,
};
