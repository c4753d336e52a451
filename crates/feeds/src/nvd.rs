//! NVD: the 2.0 form, overrides of its configurations, and the historic 1.1 feeds.

// The list declares this file by its path, so that the folder below it has to be named.
#[path = "nvd/fetch.rs"]
mod fetch;

use formats::nvd;

use crate::feed::{Feed, FileUnder, Head};

pub use fetch::{OVERRIDES_REMOTE, REMOTE};

/// NVD 2.0.
pub const NVD2: Feed = Feed {
    id: "nvd2",
    max_age_days: 3,
    covers: &["everything"],
    detect: is_nvd2,
    read: |text, _, sink| nvd::read(text, sink),
    parse: nvd::parse,
    file_under: FileUnder::Own,
};

/// Overrides of NVD configurations.
pub const OVERRIDES: Feed = Feed {
    id: "nvd-overrides",
    max_age_days: 7,
    covers: &["everything"],
    detect: |head| head.peek.has("_annotation") && head.peek.has("cve"),
    read: |text, path, sink| nvd::read_override(text, nvd::override_id(path), sink),
    parse: nvd::parse,
    file_under: FileUnder::Own,
};

/// NVD 1.1.
pub const NVD1: Feed = Feed {
    id: "nvd1",
    max_age_days: 0,
    covers: &["everything"],
    detect: |head| head.peek.has("CVE_Items") || head.peek.has("CVE_data_numberOfCVEs"),
    read: |text, _, sink| nvd::read_1(text, sink),
    parse: nvd::parse_1,
    file_under: FileUnder::Own,
};

fn is_nvd2(head: &Head<'_>) -> bool {
    let peek = &head.peek;
    let page = peek.has("vulnerabilities") && (peek.has("resultsPerPage") || peek.has("totalResults"));
    let wrapped = peek.has("cve")
        && !peek.has("_annotation")
        && peek.has_inner("cve", "id")
        && !peek.has_inner("cve", "CVE_data_meta");
    let bare = peek.text("id").starts_with("CVE-")
        && ["sourceIdentifier", "vulnStatus", "lastModified"].iter().any(|key| peek.has(key));
    peek.text("format").starts_with("NVD_CVE") || peek.has("cve_items") || page || wrapped || bare
}
