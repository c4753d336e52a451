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
pub const GHSA: Feed = feed("ghsa", 2, &["language ecosystems"], |head| is_osv_of(head, &["GHSA-"]));
/// OSS-Fuzz.
pub const OSS_FUZZ: Feed = feed("oss-fuzz", 7, &["GIT"], |head| is_osv_of(head, &["OSV-"]));

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

/// True for a record in OSV form whose id begins with one of the prefixes.
pub fn is_osv_of(head: &Head<'_>, prefixes: &[&str]) -> bool {
    let id = id_of(head);
    prefixes.iter().any(|prefix| id.starts_with(prefix)) && is_osv(head)
}

/// The id of the record, in JSON or YAML.
fn id_of<'a>(head: &Head<'a>) -> &'a str {
    if head.peek.is_json { head.peek.text("id") } else { osv::value_of(head.text, "id").unwrap_or_default() }
}

/// What a document with `id` and `modified` must have besides to be an OSV record.
const OWN_KEYS: &[&str] =
    &["affected", "schema_version", "aliases", "withdrawn", "summary", "details", "upstream"];

/// OSV demands `id` and `modified`; something of its own must be there too.
fn is_osv(head: &Head<'_>) -> bool {
    let peek = &head.peek;
    if !peek.is_json {
        return is_osv_yaml(head.text);
    }
    let record = !peek.text("id").is_empty()
        && peek.has("modified")
        && OWN_KEYS.iter().any(|key| peek.has(key))
        && !peek.has("vulnStatus")
        && !peek.has("_annotation");
    record || (peek.has("vulns") && peek.keys.len() <= 2)
}

/// The order of keys is free, and `modified` may stand behind a long list: two of its own will do for it.
fn is_osv_yaml(text: &str) -> bool {
    let own = OWN_KEYS.iter().filter(|key| osv::has_key(text, key)).count();
    osv::is_yaml(text) && (own >= 2 || (own == 1 && osv::has_key(text, "modified")))
}
