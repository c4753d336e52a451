//! Databases in the OSV form. One document may speak for several of them; each record is filed under its own.

// The list declares this file by its path, so that the folder below it has to be named.
#[path = "osv/fetch.rs"]
mod fetch;

use formats::osv;

use crate::feed::{Feed, FileUnder, Head};

pub use fetch::{
    ALPINE_REMOTE, DEBIAN_REMOTE, GHSA_REMOTE, OSS_FUZZ_REMOTE, OSV_REMOTE, RUSTSEC_REMOTE, UBUNTU_REMOTE,
};

/// Ecosystems without a database of their own here, and CVE records with GIT ranges.
pub const OSV: Feed = feed("osv", 2, &["GIT", "language ecosystems", "distributions"], is_osv);
/// GitHub advisories.
pub const GHSA: Feed = feed("ghsa", 2, &["language ecosystems"], |head| of(head, &["GHSA-"]));
/// OSS-Fuzz.
pub const OSS_FUZZ: Feed = feed("oss-fuzz", 7, &["GIT"], |head| of(head, &["OSV-"]));
/// Debian.
pub const DEBIAN: Feed =
    feed("debian", 2, &["Debian"], |head| of(head, &["DSA-", "DLA-", "DTSA-", "DEBIAN-CVE-"]));
/// Ubuntu.
pub const UBUNTU: Feed = feed("ubuntu", 2, &["Ubuntu"], |head| of(head, &["USN-", "LSN-", "UBUNTU-CVE-"]));
/// Alpine.
pub const ALPINE: Feed = feed("alpine", 2, &["Alpine"], |head| of(head, &["ALPINE-CVE-"]));
/// RustSec.
pub const RUSTSEC: Feed = feed("rustsec", 7, &["crates.io"], |head| of(head, &["RUSTSEC-"]));

const fn feed(
    id: &'static str,
    max_age_days: u16,
    covers: &'static [&'static str],
    detect: fn(&Head<'_>) -> bool,
) -> Feed {
    Feed {
        id,
        max_age_days,
        covers,
        detect,
        read: |text, _, sink| osv::read(text, sink),
        parse: osv::parse,
        file_under: FileUnder::Source,
    }
}

fn of(head: &Head<'_>, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| head.peek.text("id").starts_with(prefix)) && is_osv(head)
}

/// OSV demands `id` and `modified`; something of its own must be there too.
fn is_osv(head: &Head<'_>) -> bool {
    let peek = &head.peek;
    let own = ["affected", "schema_version", "aliases", "withdrawn", "summary", "details", "upstream"];
    let record = !peek.text("id").is_empty()
        && peek.has("modified")
        && own.iter().any(|key| peek.has(key))
        && !peek.has("vulnStatus")
        && !peek.has("_annotation");
    record || (peek.has("vulns") && peek.keys.len() <= 2)
}
