//! The wire shape of Buildroot's `make show-info`.

use crate::text::loose::{List, Text, loose};

loose! {
    /// One package.
    pub struct Package<'a> {
        name: Text<'a> = "name",
        kind: Text<'a> = "type",
        version: Text<'a> = "version",
        is_virtual: Text<'a> = "virtual",
        cpe: Text<'a> = "cpe-id",
        install_target: Text<'a> = "install_target",
        install_images: Text<'a> = "install_images",
        downloads: List<Download<'a>> = "downloads",
        patches: List<Text<'a>> = "patches",
    dependencies: List<Text<'a>> = "dependencies",
    ignored: List<Text<'a>> = "ignore_cves",
    }
}

loose! {
    /// One file to download.
    pub struct Download<'a> {
        source: Text<'a> = "source",
        addresses: List<Text<'a>> = "uris",
    }
}
