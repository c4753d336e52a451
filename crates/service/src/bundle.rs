//! Knowledge carried by hand: `feeds export` writes an index with a signed manifest, `feeds import` believes only what a
//! trusted key has signed, and does not go back in time unless it is told to.

pub mod key;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Cursor, Read, Write};
use std::path::Path;

use formats::bundle::{self, INDEX, MANIFEST, SIGNATURE};
use index::Index;
use jiff::Timestamp;
use minisign::{PublicKey, SignatureBox};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::compile::Progress;
use crate::outside::data_directory::{DataDirectory, hex, sum_of_file};
use crate::outside::directory;
use crate::sync::state::{Imported, Memory, SyncState};
use crate::sync::{Generation, SyncError, switch_to};

/// What a bundle says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Manifest {
    /// `patchwright.knowledge`.
    pub format: String,
    /// The shape of the manifest.
    pub version: u32,
    /// The generation at its origin; 0 = not from a data directory.
    pub generation: u64,
    /// When it was exported.
    pub made_at: String,
    /// The program that compiled the index.
    pub builder: String,
    /// The fingerprint of the index.
    pub fingerprint: String,
    /// The feeds in it.
    pub feeds: Vec<ManifestFeed>,
    /// The files in it.
    pub members: Vec<Member>,
}

/// A feed of a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ManifestFeed {
    /// The id.
    pub id: String,
    /// Where its documents came from; empty when not known.
    pub source: String,
    /// The source's revision.
    pub revision: String,
    /// The source's own newest date.
    pub as_of: String,
    /// When it was fetched.
    pub fetched_at: String,
    /// Records.
    pub records: u64,
    /// Fingerprint over its records.
    pub fingerprint: String,
}

/// A file of a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

const FORMAT: &str = "patchwright.knowledge";
const VERSION: u32 = 1;
/// Most bytes of a manifest or a signature.
const MOST_TEXT: u64 = 16 << 20;

/// Why a bundle is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its content is not what was signed, or it is no bundle.
    Tampered(String),
    /// Nobody we trust has signed it.
    UnknownKey {
        /// The key that has.
        id: String,
        /// The keys that are trusted.
        trusted: Vec<String>,
    },
    /// It is older than what is in use.
    Older(String),
}

impl Refused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Tampered(_) => "S_TAMPERED",
            Refused::UnknownKey { .. } => "S_UNKNOWN_KEY",
            Refused::Older(_) => "S_DOWNGRADE",
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Tampered(why) => write!(f, "the bundle is not what was signed: {why}"),
            Refused::UnknownKey { id, trusted } if trusted.is_empty() => {
                write!(f, "the bundle is signed by key {id}, and no key is trusted")
            }
            Refused::UnknownKey { id, trusted } => {
                write!(
                    f,
                    "the bundle is signed by key {id}, which is not trusted (trusted: {})",
                    trusted.join(", ")
                )
            }
            Refused::Older(why) => write!(f, "the bundle is older than what is in use: {why}"),
        }
    }
}

/// Why nothing was exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A key cannot be used.
    #[error("{0}")]
    Key(String),
    /// There is no index to export, or it is damaged.
    #[error("{0}")]
    Index(#[from] index::Error),
    /// The bundle is not believed.
    #[error("{code}: {0}", code = .0.code())]
    Refused(Refused),
    /// The new generation could not be taken into use.
    #[error("{0}")]
    Sync(#[from] SyncError),
}

fn tampered(why: impl Into<String>) -> BundleError {
    BundleError::Refused(Refused::Tampered(why.into()))
}

/// Writes the current index of a data directory as a signed bundle; returns what it says of itself.
///
/// # Errors
/// When there is no index, the key cannot be used, or the file cannot be written.
pub fn export(
    data: &DataDirectory,
    memory: &dyn Memory,
    key: &Path,
    out: &Path,
    now: Timestamp,
) -> Result<Manifest, BundleError> {
    let secret = key::secret(key)?;
    let state = memory.load()?;
    // The link is resolved once: a sync meanwhile makes another file.
    let path = data.current().canonicalize().map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("{}: there is no index to export ({error})", data.current().display()),
        )
    })?;
    let index = Index::open(&path)?;
    index.verify()?;
    let (sha256, bytes) = sum_of_file(&path)?;
    let manifest = Manifest {
        members: vec![Member { name: INDEX.to_owned(), bytes, sha256 }],
        ..manifest_of(&index, &state, now)
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(io::Error::other)?;
    let comment = format!("generation {} made {}", manifest.generation, manifest.made_at);
    let signature =
        minisign::sign(None, &secret, Cursor::new(&text), Some(&comment), Some("patchwright knowledge"));
    let signature = signature.map_err(|error| BundleError::Key(error.to_string()))?.into_string();
    let part = out.with_extension(format!("{}.part", std::process::id()));
    let written = write(&part, &text, &signature, &path, bytes).and_then(|()| std::fs::rename(&part, out));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", out.display())))?;
    Ok(manifest)
}

fn write(part: &Path, manifest: &str, signature: &str, index: &Path, bytes: u64) -> io::Result<()> {
    let mut writer = bundle::Writer::new(BufWriter::new(File::create(part)?));
    writer.member(MANIFEST, manifest.len() as u64, &mut manifest.as_bytes())?;
    writer.member(SIGNATURE, signature.len() as u64, &mut signature.as_bytes())?;
    writer.member(INDEX, bytes, &mut directory::open(index)?)?;
    let file = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

fn manifest_of(index: &Index, state: &SyncState, now: Timestamp) -> Manifest {
    let header = index.header();
    let feed = |status: &model::feed::FeedStatus| {
        let known = state.feeds.get(&status.id);
        let source = known.and_then(|feed| feed.holdings().documents.into_iter().next());
        ManifestFeed {
            id: status.id.clone(),
            source: source.map(|document| document.url).unwrap_or_default(),
            revision: status.revision.clone(),
            as_of: status.as_of.clone(),
            fetched_at: known.map(|feed| feed.fetched_at.clone()).unwrap_or_default(),
            records: status.records,
            fingerprint: status.fingerprint.clone(),
        }
    };
    Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        generation: state.generation,
        made_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        builder: header.builder.clone(),
        fingerprint: header.fingerprint.clone(),
        feeds: header.feeds.iter().map(feed).collect(),
        members: Vec::new(),
    }
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// What the bundle says of itself.
    pub manifest: Manifest,
    /// The id of the key that signed it.
    pub key_id: String,
    /// The generation made of it; `None` = it is in use already.
    pub generation: Option<Generation>,
}

/// Takes a bundle into use.
///
/// # Errors
/// When no trusted key has signed it, it is not what was signed, it is older than what is in use (unless
/// `allow_older`), or nothing can be written. Then what is in use stays.
pub fn import(
    data: &DataDirectory,
    memory: &dyn Memory,
    file: &Path,
    trusted: &[PublicKey],
    allow_older: bool,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Import, BundleError> {
    let _lock = data.lock()?;
    let mut state = memory.load()?;
    let number = state.generation + 1;
    let part = data.path("index/import.part");
    let unpacked = unpack(file, &part, trusted);
    let taken = unpacked
        .and_then(|unpacked| take(data, &mut state, &part, number, unpacked, allow_older, now, progress));
    let _ = std::fs::remove_file(&part);
    let import = taken?;
    memory.save(&state)?;
    Ok(import)
}

/// A bundle whose signature and sums hold.
struct Unpacked {
    manifest: Manifest,
    key_id: String,
}

/// Reads a bundle once, from front to back: nothing is written before the signature has been checked.
fn unpack(file: &Path, part: &Path, trusted: &[PublicKey]) -> Result<Unpacked, BundleError> {
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let mut known: Option<Unpacked> = None;
    let mut seen: Vec<Member> = Vec::new();
    let mut failed: Option<BundleError> = None;
    let mut reader = BufReader::with_capacity(1 << 20, directory::open(file)?);
    let read = bundle::read(&mut reader, &file.display().to_string(), &mut |name, size, content| {
        let deed = match (texts.len(), name) {
            (0, MANIFEST) | (1, SIGNATURE) if size <= MOST_TEXT => {
                let mut text = Vec::new();
                content.read_to_end(&mut text)?;
                texts.push(text);
                match texts.as_slice() {
                    [manifest, signature] => {
                        check_signature(manifest, signature, trusted).map(|of| known = Some(of))
                    }
                    _ => Ok(()),
                }
            }
            (2, INDEX) if seen.is_empty() && !is_said(known.as_ref(), size) => {
                Err(tampered(format!("{INDEX} has another size than the manifest says")))
            }
            (2, INDEX) if seen.is_empty() => {
                copy(content, part).map(|member| seen.push(member)).map_err(Into::into)
            }
            _ => Err(tampered(format!("{name} does not belong here"))),
        };
        deed.map_err(|error| {
            failed = Some(error);
            io::Error::other("refused")
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    read.map_err(|error| tampered(error.to_string()))?;
    let unpacked = known.ok_or_else(|| tampered("it holds no manifest with a signature"))?;
    if unpacked.manifest.members != seen {
        return Err(tampered(format!("{INDEX} has another size or SHA-256 than the manifest says")));
    }
    Ok(unpacked)
}

/// True when the manifest says that the index has this size: nothing larger is written.
fn is_said(known: Option<&Unpacked>, size: u64) -> bool {
    known.is_some_and(|known| known.manifest.members.iter().any(|member| member.bytes == size))
}

fn check_signature(
    manifest: &[u8],
    signature: &[u8],
    trusted: &[PublicKey],
) -> Result<Unpacked, BundleError> {
    let text = std::str::from_utf8(signature).map_err(|_| tampered("its signature is no text"))?;
    let signature = SignatureBox::from_string(text).map_err(|_| tampered("its signature cannot be read"))?;
    let key = key::among(trusted, signature.keynum())?;
    minisign::verify(key, &signature, Cursor::new(manifest), true, false, false)
        .map_err(|_| tampered("the signature does not fit the manifest"))?;
    let manifest: Manifest = serde_json::from_slice(manifest)
        .map_err(|error| tampered(format!("the manifest cannot be read: {error}")))?;
    if manifest.format != FORMAT || manifest.version != VERSION {
        return Err(tampered(format!(
            "it is of shape {:?} {}, this program reads {FORMAT:?} {VERSION}",
            manifest.format, manifest.version
        )));
    }
    Ok(Unpacked { manifest, key_id: key::id_of(key) })
}

fn copy(content: &mut dyn Read, part: &Path) -> io::Result<Member> {
    let mut out = BufWriter::new(File::create(part)?);
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = content.read(&mut piece)?;
        if read == 0 {
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            return Ok(Member { name: INDEX.to_owned(), bytes, sha256: hex(&hash.finalize()) });
        }
        let some = piece.get(..read).unwrap_or_default();
        hash.update(some);
        out.write_all(some)?;
        bytes += read as u64;
    }
}

#[expect(clippy::too_many_arguments, reason = "one step of import, named so that it can be read")]
fn take(
    data: &DataDirectory,
    state: &mut SyncState,
    part: &Path,
    number: u64,
    unpacked: Unpacked,
    allow_older: bool,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Import, BundleError> {
    let Unpacked { manifest, key_id } = unpacked;
    let new = Index::open(part)?;
    new.verify()?;
    let old = Index::open(&data.current()).ok();
    if let Some(why) = downgrade(&manifest, &key_id, state, old.as_ref()).filter(|_| !allow_older) {
        return Err(BundleError::Refused(Refused::Older(why)));
    }
    let is_in_use = old.is_some_and(|old| old.header() == new.header());
    let vulnerabilities = new.len() as u64;
    drop(new);
    let generation = if is_in_use {
        None
    } else {
        std::fs::rename(part, data.generation(number))?;
        Some(switch_to(data, state, number, vulnerabilities, progress)?)
    };
    state.imported = Some(Imported {
        key_id: key_id.clone(),
        generation: manifest.generation,
        made_at: manifest.made_at.clone(),
        imported_at: now.to_string(),
    });
    Ok(Import { manifest, key_id, generation })
}

/// Why a bundle would be a step back: an earlier generation of the same origin, or a feed with an earlier date.
fn downgrade(manifest: &Manifest, key_id: &str, state: &SyncState, old: Option<&Index>) -> Option<String> {
    if let Some(last) = state.imported.as_ref().filter(|last| last.key_id == key_id)
        && manifest.generation < last.generation
    {
        return Some(format!("generation {} after {}", manifest.generation, last.generation));
    }
    let date = |id: &str| manifest.feeds.iter().find(|feed| feed.id == id).map(|feed| feed.as_of.as_str());
    old?.header().feeds.iter().find_map(|feed| match date(&feed.id) {
        Some(date) if date < feed.as_of.as_str() => {
            Some(format!("feed {} would go back from {} to {}", feed.id, feed.as_of, date))
        }
        None if feed.records > 0 => Some(format!("feed {} is not in it", feed.id)),
        _ => None,
    })
}
