//! Kernel CVEs from before the kernel's own CNA: the lists of nluedtke/linux_kernel_cves, kept until 2024.

use formats::kernel_cves::{self, kind_of};
use formats::records::{Reading, Sink, peek};

use crate::feed::{Feed, FileUnder, HEAD_BYTES, Head};
use crate::fetch::{Kind, Remote};

/// The lists, whole or some of their files. Historic: they do not age.
pub const FEED: Feed = Feed {
    id: "linux-kernel-cves",
    max_age_days: 0,
    covers: &["Linux until 2024"],
    detect,
    read,
    parse: |text| kind_of(peek::head(text, HEAD_BYTES)).map_or(0, |kind| kernel_cves::parse(text, kind)),
    file_under: FileUnder::Own,
};

/// The repository as an archive.
pub const REMOTE: Remote = Remote {
    id: "linux-kernel-cves",
    address: "https://github.com/nluedtke/linux_kernel_cves/archive/refs/heads/master.tar.gz",
    parts_are: "",
    parts: &[],
    fetch: |visit| visit.single("linux_kernel_cves.tar.gz", Kind::Archive),
};

/// Every document comes by here: one that is JSON must begin with a CVE or a stream, which few do.
fn detect(head: &Head<'_>) -> bool {
    let begins = |key: &str| key.starts_with("CVE-") || key.starts_with(|c: char| c.is_ascii_digit());
    let is_possible = !head.peek.is_json || head.peek.keys.first().is_some_and(|(key, _)| begins(key));
    is_possible && kind_of(head.text).is_some()
}

fn read(text: &str, _: &str, sink: &mut Sink<'_>) -> Reading {
    kind_of(peek::head(text, HEAD_BYTES))
        .map_or_else(Reading::default, |kind| kernel_cves::read(text, kind, sink))
}
