//! The curl project's own records, in the OSV form.

use formats::osv;

use crate::feed::{Feed, FileUnder};
use crate::fetch::{Kind, Remote};

/// What the project itself says of its releases, the day it says it.
pub const FEED: Feed = Feed {
    id: "curl",
    max_age_days: 7,
    covers: &["curl"],
    detect: |head| head.peek.text("id").starts_with("CURL-CVE-") && head.peek.has("affected"),
    read: |text, _, sink| osv::read(text, sink),
    parse: osv::parse,
    file_under: FileUnder::Own,
};

/// All its records in one document.
pub const REMOTE: Remote = Remote {
    id: "curl",
    address: "https://curl.se/docs/vuln.json",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("vuln.json", Kind::Json),
};
