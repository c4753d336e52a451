//! Static files: inside the program, under names that change with their content, so that browsers keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file.
pub struct Asset {
    /// Its name with the hash: `look-1a2b3c4d5e6f.css`.
    pub name: String,
    /// Its kind.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, mime: &'static str, bytes: &'static str) -> Asset {
        let hash = Sha256::digest(bytes.as_bytes());
        let start: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Asset { name: format!("{stem}-{start}.{ending}"), mime, bytes: bytes.as_bytes() }
    }

    /// Its address.
    pub fn link(&self) -> String {
        format!("/static/{}", self.name)
    }
}

/// The style of all pages.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = concat!(include_str!("../../static/look.css"), include_str!("../../static/pages.css"));
    Asset::new("look", "css", "text/css; charset=utf-8", text)
});

/// The script of all pages: keys, and what only saves time.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("keys", "js", "text/javascript; charset=utf-8", include_str!("../../static/keys.js"))
});

/// The mark in the tab of the browser.
pub static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", include_str!("../../static/mark.svg")));

/// The file of a name.
pub fn find(name: &str) -> Option<&'static Asset> {
    [&*STYLE, &*SCRIPT, &*MARK].into_iter().find(|asset| asset.name == name)
}
