//! The wire shape of Buildroot's `pkg-stats` JSON.

use crate::text::entries::Raw;
use crate::text::loose::{List, Text, loose};

loose! {
    /// One package.
    pub struct Package<'a> {
        name: Text<'a> = "name",
        /// Pairs of target or host, and the kind of package.
        infras: Raw<'a> = "infras",
        version: Text<'a> = "current_version",
        cpe: Text<'a> = "cpeid",
        url: Text<'a> = "url",
        patches: List<Text<'a>> = "patch_files",
        ignored: List<Text<'a>> = "ignored_cves",
        cves: List<Text<'a>> = "cves",
        unsure: List<Text<'a>> = "unsure_cves",
    }
}
