//! The one list of feeds, in reading order: the first that knows a document reads it.

// A feed is declared where it is listed, so that one of a known format touches no other file.
#[path = "alpine.rs"]
mod alpine;
#[path = "csaf_provider.rs"]
mod csaf_provider;
#[path = "curl.rs"]
mod curl;
#[path = "cve_list.rs"]
mod cve_list;
#[path = "debian.rs"]
mod debian;
#[path = "epss.rs"]
mod epss;
#[path = "euvd.rs"]
mod euvd;
#[path = "exploit_refs.rs"]
mod exploit_refs;
#[path = "kernel.rs"]
mod kernel;
#[path = "kev.rs"]
mod kev;
#[path = "lifecycle.rs"]
mod lifecycle;
#[path = "linux_kernel_cves.rs"]
mod linux_kernel_cves;
#[path = "local.rs"]
mod local;
#[path = "nvd.rs"]
mod nvd;
#[path = "osv.rs"]
mod osv;
#[path = "rustsec.rs"]
mod rustsec;
#[path = "ubuntu.rs"]
mod ubuntu;

use crate::feed::{Feed, GLANCE_BYTES, HEAD_BYTES, Head};
use crate::fetch::Remote;

/// All feeds. Narrower ones stand before wider ones of the same form.
pub const FEEDS: &[&Feed] = &[
    &local::FEED,
    &kernel::FEED,
    &linux_kernel_cves::FEED,
    &cve_list::FEED,
    &nvd::OVERRIDES,
    &nvd::NVD2,
    &nvd::NVD1,
    &osv::GHSA,
    &osv::OSS_FUZZ,
    &debian::FEED,
    &ubuntu::FEED,
    &alpine::FEED,
    &rustsec::FEED,
    &curl::FEED,
    &osv::OSV,
    &kev::FEED,
    &epss::FEED,
    &csaf_provider::FEED,
    &euvd::FEED,
    &lifecycle::FEED,
    &exploit_refs::FEED,
];

/// The feed that reads a document of this text (or beginning of one) and path; `None` for a document of no
/// known kind.
pub fn detect(text: &str, path: &str) -> Option<&'static Feed> {
    let known = |head: Head<'_>| FEEDS.iter().find(|feed| (feed.detect)(&head)).copied();
    known(Head::new(text, path, GLANCE_BYTES)).or_else(|| known(Head::new(text, path, HEAD_BYTES)))
}

/// The feed of an id.
pub fn by_id(id: &str) -> Option<&'static Feed> {
    FEEDS.iter().find(|feed| feed.id == id).copied()
}

/// All sources that can be fetched. `nvd1` and `local` come from folders only.
pub const REMOTES: &[&Remote] = &[
    &kernel::REMOTE,
    &linux_kernel_cves::REMOTE,
    &cve_list::REMOTE,
    &nvd::OVERRIDES_REMOTE,
    &nvd::REMOTE,
    &osv::GHSA_REMOTE,
    &osv::OSS_FUZZ_REMOTE,
    &osv::DEBIAN_REMOTE,
    &osv::UBUNTU_REMOTE,
    &osv::ALPINE_REMOTE,
    &osv::RUSTSEC_REMOTE,
    &curl::REMOTE,
    &osv::OSV_REMOTE,
    &kev::REMOTE,
    &epss::REMOTE,
    &csaf_provider::REMOTE,
    &euvd::REMOTE,
    &lifecycle::REMOTE,
    &exploit_refs::REMOTE,
];

/// The source of an id; `None` for a feed that comes from folders only.
pub fn remote(id: &str) -> Option<&'static Remote> {
    REMOTES.iter().find(|remote| remote.id == id).copied()
}

/// True for the id of a feed or of a source.
pub fn is_known(id: &str) -> bool {
    by_id(id).is_some() || remote(id).is_some()
}
