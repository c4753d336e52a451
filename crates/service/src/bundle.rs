//! Knowledge carried by hand: `feeds export` writes an index with a signed manifest, `feeds import` believes only what a
//! trusted key has signed, and does not go back in time unless it is told to.

pub mod delta;
pub mod follow;
pub mod key;
pub mod manifest;
pub mod mirror;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Cursor, Read, Write};
use std::path::Path;

use formats::bundle::{self, DELTA, INDEX, MANIFEST, SIGNATURE};
use index::Index;
use jiff::Timestamp;
use minisign::{PublicKey, SecretKey, SignatureBox};
use sha2::{Digest, Sha256};

use crate::compile::Progress;
use crate::outside::data_directory::{DataDirectory, hex, sum_of_file};
use crate::outside::directory;
use crate::sync::state::{Imported, Memory, SyncState};
use crate::sync::{Generation, SyncError, switch_to};
use manifest::{FORMAT, VERSION, manifest_of};
pub use manifest::{Manifest, ManifestFeed, Member};

/// Most bytes of a manifest or a signature.
pub(super) const MOST_TEXT: u64 = 16 << 20;

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
    /// It is a delta to another index than the one in use, or one that this program cannot apply.
    OtherBase(String),
}

impl Refused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::Tampered(_) => "S_TAMPERED",
            Refused::UnknownKey { .. } => "S_UNKNOWN_KEY",
            Refused::Older(_) => "S_DOWNGRADE",
            Refused::OtherBase(_) => "S_OTHER_BASE",
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
            Refused::OtherBase(why) => write!(f, "the delta does not fit: {why}"),
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
    /// A mirror could not be reached.
    #[error("{0}")]
    Fetch(#[from] feeds::transport::FetchError),
    /// The new generation could not be taken into use.
    #[error("{0}")]
    Sync(#[from] SyncError),
}

pub(super) fn tampered(why: impl Into<String>) -> BundleError {
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
    export_file(&path, &state, &secret, out, now)
}

/// Writes an index file as a signed bundle; `state` tells where its feeds came from, as far as it is known.
pub(super) fn export_file(
    path: &Path,
    state: &SyncState,
    secret: &SecretKey,
    out: &Path,
    now: Timestamp,
) -> Result<Manifest, BundleError> {
    let index = Index::open(path)?;
    index.verify()?;
    let (sha256, bytes) = sum_of_file(path)?;
    let manifest = Manifest {
        members: vec![Member { name: INDEX.to_owned(), bytes, sha256 }],
        ..manifest_of(&index, state, now)
    };
    write(out, &manifest, secret, bytes, &mut directory::open(path)?)?;
    Ok(manifest)
}

/// Writes a bundle beside its place and renames it.
pub(super) fn write(
    out: &Path,
    manifest: &Manifest,
    secret: &SecretKey,
    bytes: u64,
    content: &mut dyn Read,
) -> Result<(), BundleError> {
    let text = serde_json::to_string_pretty(manifest).map_err(io::Error::other)?;
    let comment = format!("generation {} made {}", manifest.generation, manifest.made_at);
    let signature = sign(text.as_bytes(), secret, &comment)?;
    let name = manifest.members.first().map_or(INDEX, |member| member.name.as_str());
    let part = out.with_extension(format!("{}.part", std::process::id()));
    let written = File::create(&part)
        .and_then(|file| write_members(file, &text, &signature, name, bytes, content))
        .and_then(|()| std::fs::rename(&part, out));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", out.display())))?;
    Ok(())
}

fn write_members(
    file: File,
    manifest: &str,
    signature: &str,
    name: &str,
    bytes: u64,
    content: &mut dyn Read,
) -> io::Result<()> {
    let mut writer = bundle::Writer::new(BufWriter::new(file));
    writer.member(MANIFEST, manifest.len() as u64, &mut manifest.as_bytes())?;
    writer.member(SIGNATURE, signature.len() as u64, &mut signature.as_bytes())?;
    writer.member(name, bytes, content)?;
    writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// Signs in minisign's form.
pub(super) fn sign(text: &[u8], secret: &SecretKey, comment: &str) -> Result<String, BundleError> {
    let signature =
        minisign::sign(None, secret, Cursor::new(text), Some(comment), Some("patchwright knowledge"));
    Ok(signature.map_err(|error| BundleError::Key(error.to_string()))?.into_string())
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
    let unpacked = unpack(file, &part, trusted).and_then(|unpacked| {
        if unpacked.manifest.base.is_some() {
            progress.phase("applying the delta");
            delta::apply_to(&data.current(), &part, &unpacked.manifest)?;
        }
        Ok(unpacked)
    });
    let taken = unpacked
        .and_then(|unpacked| take(data, &mut state, &part, number, unpacked, allow_older, now, progress));
    let _ = std::fs::remove_file(&part);
    let import = taken?;
    memory.save(&state)?;
    Ok(import)
}

/// A bundle whose signature and sums hold.
pub(super) struct Unpacked {
    pub(super) manifest: Manifest,
    pub(super) key_id: String,
}

/// Reads a bundle once, from front to back: nothing is written before the signature has been checked. What it carries,
/// an index or a delta, goes to `part`.
pub(super) fn unpack(file: &Path, part: &Path, trusted: &[PublicKey]) -> Result<Unpacked, BundleError> {
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
            (2, INDEX | DELTA) if seen.is_empty() && !is_said(known.as_ref(), name, size) => {
                Err(tampered(format!("{name} has another name or size than the manifest says")))
            }
            (2, INDEX | DELTA) if seen.is_empty() => {
                copy(content, name, part).map(|member| seen.push(member)).map_err(Into::into)
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
        return Err(tampered("its content has another size or SHA-256 than the manifest says"));
    }
    let (is_delta, names_base) =
        (seen.iter().any(|member| member.name == DELTA), unpacked.manifest.base.is_some());
    if is_delta != names_base || is_delta != unpacked.manifest.result.is_some() {
        return Err(tampered("the manifest and its content are not of one kind"));
    }
    Ok(unpacked)
}

/// True when the manifest names this member with this size: nothing larger is written.
fn is_said(known: Option<&Unpacked>, name: &str, size: u64) -> bool {
    let is_this = |member: &Member| member.name == name && member.bytes == size;
    known.is_some_and(|known| known.manifest.members.iter().any(is_this))
}

fn check_signature(
    manifest: &[u8],
    signature: &[u8],
    trusted: &[PublicKey],
) -> Result<Unpacked, BundleError> {
    let key_id = must_be_signed(manifest, signature, trusted)?;
    let manifest: Manifest = serde_json::from_slice(manifest)
        .map_err(|error| tampered(format!("the manifest cannot be read: {error}")))?;
    if manifest.format != FORMAT || manifest.version != VERSION {
        return Err(tampered(format!(
            "it is of shape {:?} {}, this program reads {FORMAT:?} {VERSION}",
            manifest.format, manifest.version
        )));
    }
    Ok(Unpacked { manifest, key_id })
}

/// Compares a signature; returns the id of the trusted key that made it.
pub(super) fn must_be_signed(
    text: &[u8],
    signature: &[u8],
    trusted: &[PublicKey],
) -> Result<String, BundleError> {
    let box_text = std::str::from_utf8(signature).map_err(|_| tampered("its signature is no text"))?;
    let signature =
        SignatureBox::from_string(box_text).map_err(|_| tampered("its signature cannot be read"))?;
    let key = key::among(trusted, signature.keynum())?;
    minisign::verify(key, &signature, Cursor::new(text), true, false, false)
        .map_err(|_| tampered("the signature does not fit what was signed"))?;
    Ok(key::id_of(key))
}

fn copy(content: &mut dyn Read, name: &str, part: &Path) -> io::Result<Member> {
    let mut out = BufWriter::new(File::create(part)?);
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = content.read(&mut piece)?;
        if read == 0 {
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            return Ok(Member { name: name.to_owned(), bytes, sha256: hex(&hash.finalize()) });
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
