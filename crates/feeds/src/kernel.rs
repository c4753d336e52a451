//! The Linux kernel's CNA: its tree `cve/{published,rejected}/YYYY/CVE-….{json,dyad}`.

use formats::cve::{self, Origin};
use formats::records::Reading;
use formats::records::Sink;

use super::cve_list;
use crate::feed::{Feed, FileUnder, Head};
use crate::fetch::{Kind, Remote};

/// The kernel CNA's own tree. Its records carry no dates.
pub const FEED: Feed = Feed {
    id: "kernel-cna",
    max_age_days: 2,
    covers: &["Linux"],
    detect,
    read,
    parse: |text| if text.trim_start().starts_with('{') { cve::parse(text) } else { 1 },
    file_under: FileUnder::Own,
};

/// The tree as an archive, as the kernel's own server makes it.
pub const REMOTE: Remote = Remote {
    id: "kernel-cna",
    address: "https://git.kernel.org/pub/scm/linux/security/vulns.git/snapshot/vulns-master.tar.gz",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("vulns-master.tar.gz", Kind::Archive),
};

const LINUX: &str = "f4215fc3-5b6b-47ff-a258-f7189bd81038";

/// True when the provider of the first container is the kernel's CNA and nothing more is said of it: the CVE
/// list adds a date.
fn is_handed_in(text: &str) -> bool {
    let provider = text.split_once("\"providerMetadata\"").and_then(|(_, rest)| rest.split_once('}'));
    provider.is_some_and(|(provider, _)| provider.contains(LINUX) && !provider.contains("\"dateUpdated\""))
}

/// A record in the form the CNA hands in. The folder decides where the record has what the list adds.
fn detect(head: &Head<'_>) -> bool {
    if head.path.ends_with(".dyad") {
        return cve::is_dyad(head.text);
    }
    if !cve_list::is_record(&head.peek) {
        return false;
    }
    folder(head.path).is_some() || is_handed_in(head.text)
}

fn read(text: &str, path: &str, sink: &mut Sink<'_>) -> Reading {
    if path.ends_with(".dyad") {
        return cve::read_dyad(text, formats::nvd::override_id(path), sink);
    }
    let origin = match folder(path) {
        Some("rejected") => Origin::KernelRejected,
        _ => Origin::KernelPublished,
    };
    cve::read(text, origin, sink)
}

/// The folder below `cve/` in the CNA's tree.
fn folder(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    parts.windows(2).find_map(|pair| match pair {
        ["cve", "published"] => Some("published"),
        ["cve", "rejected"] => Some("rejected"),
        _ => None,
    })
}
