//! Knowledge as a folder of files that any web server can carry: the newest bundle, deltas that lead to it from the ones
//! before, a signed list of both, and a page for people.
//!
//! The list is written last, and a file that is no longer listed stays for one more round: whoever reads the old list
//! meanwhile finds what it names.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use minisign::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};

use super::delta::short;
use super::manifest::{Manifest, ManifestFeed};
use super::{BundleError, export_file, key, must_be_signed, sign, tampered, unpack};
use crate::outside::data_directory::sum_of_file;
use crate::outside::directory;
use crate::sync::state::SyncState;

/// The list of a folder.
pub const LIST: &str = "index.json";
/// Its signature, in minisign's form.
pub const LIST_SIGNATURE: &str = "index.json.minisig";
/// The public key, for those who have it from elsewhere, too, and compare.
const PUBLIC_KEY: &str = "bundle.pub";
const FORMAT: &str = "patchwright.mirror";
const VERSION: u32 = 1;
/// Deltas that are kept: a site that looks once a month still finds its way.
const DELTAS: usize = 40;
/// A delta larger than this share of the bundle is not worth its place.
const WORTH: u64 = 2;

/// What a folder of knowledge holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Listing {
    /// `patchwright.mirror`.
    pub format: String,
    /// The shape of the list.
    pub version: u32,
    /// When it was made.
    pub made_at: String,
    /// SHA-256 of the newest index.
    pub index_sha256: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Its generation at its origin.
    pub generation: u64,
    /// Its feeds.
    pub feeds: Vec<ManifestFeed>,
    /// The bundles.
    pub files: Vec<Listed>,
}

/// A bundle in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// SHA-256 of the index that it begins from; empty for a bundle that holds a whole one.
    pub from: String,
    /// SHA-256 of the index that it leads to.
    pub to: String,
}

/// What publishing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The list.
    pub listing: Listing,
    /// The delta that was added; `None` where there was nothing before, nothing is new, or it was not worth its place.
    pub delta: Option<Listed>,
    /// The knowledge was there already.
    pub is_unchanged: bool,
}

/// Puts an index into a folder. `page` writes what people see of the list, and of the id of the key.
///
/// # Errors
/// When the folder holds something that another key has signed, the index is damaged, or nothing can be written.
pub fn publish(
    index: &Path,
    state: &SyncState,
    key: &Path,
    folder: &Path,
    page: &dyn Fn(&Listing, &str) -> String,
    now: Timestamp,
) -> Result<Published, BundleError> {
    let secret = key::secret(key)?;
    let public = key::public_of(&secret)?;
    std::fs::create_dir_all(folder)?;
    let before = existing(folder, &public)?;
    let (sha256, _) = sum_of_file(index)?;
    if let Some(listing) = before.as_ref().filter(|listing| listing.index_sha256 == sha256) {
        return Ok(Published { listing: listing.clone(), delta: None, is_unchanged: true });
    }
    let name = format!("knowledge-{}.pwk", short(&sha256));
    let manifest = export_file(index, state, &secret, &folder.join(&name), now)?;
    let whole = listed(folder, &name, "", &sha256)?;
    let delta = match &before {
        Some(before) => delta_from(before, index, state, key, &public, folder, &whole, now)?,
        None => None,
    };
    let listing = listing(&manifest, before.as_ref(), whole, delta.clone());
    write(folder, &listing, &secret, &public, page)?;
    forget(folder, before.as_ref(), &listing)?;
    Ok(Published { listing, delta, is_unchanged: false })
}

/// The list that is there, if any.
fn existing(folder: &Path, public: &PublicKey) -> Result<Option<Listing>, BundleError> {
    if !folder.join(LIST).exists() {
        return Ok(None);
    }
    let text = directory::read(&folder.join(LIST))?;
    let signature = directory::read(&folder.join(LIST_SIGNATURE))?;
    Ok(Some(read(&text, &signature, std::slice::from_ref(public))?.0))
}

/// Reads a list that a trusted key has signed; returns it with the key's id.
///
/// # Errors
/// When it is not signed by one, or is no list.
pub fn read(text: &[u8], signature: &[u8], trusted: &[PublicKey]) -> Result<(Listing, String), BundleError> {
    let key_id = must_be_signed(text, signature, trusted)?;
    let listing: Listing = serde_json::from_slice(text)
        .map_err(|error| tampered(format!("the list cannot be read: {error}")))?;
    if listing.format != FORMAT || listing.version != VERSION {
        let (format, version) = (&listing.format, listing.version);
        return Err(tampered(format!(
            "the list is of shape {format:?} {version}, this program reads {FORMAT:?} {VERSION}"
        )));
    }
    let is_plain = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
    match listing.files.iter().find(|file| !is_plain(&file.name)) {
        Some(file) => Err(tampered(format!("the list names {:?}, which is no file beside it", file.name))),
        None => Ok((listing, key_id)),
    }
}

fn listed(folder: &Path, name: &str, from: &str, to: &str) -> io::Result<Listed> {
    let (sha256, bytes) = sum_of_file(&folder.join(name))?;
    Ok(Listed { name: name.to_owned(), bytes, sha256, from: from.to_owned(), to: to.to_owned() })
}

/// The delta from what was the newest before.
#[expect(clippy::too_many_arguments, reason = "one step of publish, named so that it can be read")]
fn delta_from(
    before: &Listing,
    index: &Path,
    state: &SyncState,
    key: &Path,
    public: &PublicKey,
    folder: &Path,
    whole: &Listed,
    now: Timestamp,
) -> Result<Option<Listed>, BundleError> {
    let is_whole = |file: &&Listed| file.from.is_empty() && file.to == before.index_sha256;
    let Some(old) = before.files.iter().find(is_whole).map(|file| folder.join(&file.name)) else {
        return Ok(None);
    };
    if !old.exists() {
        return Ok(None);
    }
    let part = folder.join(format!("old.{}.part", std::process::id()));
    let made = delta_through(&old, &part, index, state, key, public, folder, whole, before, now);
    let _ = std::fs::remove_file(&part);
    made
}

#[expect(clippy::too_many_arguments, reason = "one step of publish, named so that it can be read")]
fn delta_through(
    old: &Path,
    part: &Path,
    index: &Path,
    state: &SyncState,
    key: &Path,
    public: &PublicKey,
    folder: &Path,
    whole: &Listed,
    before: &Listing,
    now: Timestamp,
) -> Result<Option<Listed>, BundleError> {
    unpack(old, part, std::slice::from_ref(public))?;
    let name = format!("delta-{}-{}.pwk", short(&before.index_sha256), short(&whole.to));
    let path = folder.join(&name);
    super::delta::between(part, index, state, Some(key), &path, now)?;
    let delta = listed(folder, &name, &before.index_sha256, &whole.to)?;
    if delta.bytes.saturating_mul(WORTH) > whole.bytes {
        std::fs::remove_file(&path)?;
        return Ok(None);
    }
    Ok(Some(delta))
}

/// The new whole bundle first, then the newest deltas.
fn listing(manifest: &Manifest, before: Option<&Listing>, whole: Listed, delta: Option<Listed>) -> Listing {
    let earlier = before.map(|before| before.files.as_slice()).unwrap_or_default();
    let deltas = delta.into_iter().chain(earlier.iter().filter(|file| !file.from.is_empty()).cloned());
    Listing {
        format: FORMAT.to_owned(),
        version: VERSION,
        made_at: manifest.made_at.clone(),
        index_sha256: whole.to.clone(),
        fingerprint: manifest.fingerprint.clone(),
        generation: manifest.generation,
        feeds: manifest.feeds.clone(),
        files: std::iter::once(whole).chain(deltas.take(DELTAS)).collect(),
    }
}

fn write(
    folder: &Path,
    listing: &Listing,
    secret: &SecretKey,
    public: &PublicKey,
    page: &dyn Fn(&Listing, &str) -> String,
) -> Result<(), BundleError> {
    let text = serde_json::to_string_pretty(listing).map_err(io::Error::other)?;
    let signature = sign(text.as_bytes(), secret, &format!("list made {}", listing.made_at))?;
    let public_text = public.to_box().map_err(|error| BundleError::Key(error.to_string()))?.to_string();
    directory::write(&folder.join(PUBLIC_KEY), public_text.as_bytes())?;
    directory::write(&folder.join("index.html"), page(listing, &key::id_of(public)).as_bytes())?;
    directory::write(&folder.join(LIST_SIGNATURE), signature.as_bytes())?;
    directory::write(&folder.join(LIST), text.as_bytes())?;
    Ok(())
}

/// Removes bundles that neither this list nor the one before names.
fn forget(folder: &Path, before: Option<&Listing>, now: &Listing) -> io::Result<()> {
    let lists = before.into_iter().chain([now]);
    let named: BTreeSet<PathBuf> =
        lists.flat_map(|list| &list.files).map(|file| folder.join(&file.name)).collect();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_ours =
            (name.starts_with("knowledge-") || name.starts_with("delta-")) && name.ends_with(".pwk");
        if is_ours && !named.contains(&path) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}
