//! The list of releases of a repository on GitHub (`/repos/OWNER/NAME/releases`).

use serde::Deserialize;

use crate::limits::FormatError;

/// A file of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asset {
    /// File name.
    pub name: String,
    /// Where to get it.
    #[serde(rename = "browser_download_url")]
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// `sha256:…` where the forge tells it; empty otherwise.
    #[serde(deserialize_with = "text_or_null")]
    pub digest: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Release {
    draft: bool,
    assets: Vec<Asset>,
}

fn text_or_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.unwrap_or_default())
}

/// The files of all releases of the list, or of the one release of `/releases/latest`; drafts are left out.
///
/// # Errors
/// When it is no such list.
pub fn assets(bytes: &[u8], name: &str) -> Result<Vec<Asset>, FormatError> {
    let is_list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let releases: Vec<Release> =
        if is_list { super::json(bytes, name)? } else { vec![super::json(bytes, name)?] };
    let published = releases.into_iter().filter(|release| !release.draft);
    Ok(published.flat_map(|release| release.assets).filter(|asset| !asset.url.is_empty()).collect())
}
