//! Bundles that hold what differs: small, and of use to whoever has the index that they begin from.

use std::io;
use std::path::Path;

use formats::bundle::DELTA;
use index::compile::delta_file::{self, DeltaFile, DeltaReport};
use index::{Error, Index};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Member, manifest_of};
use super::{BundleError, Refused, key, tampered, write};
use crate::outside::data_directory::{hex, sum_of_file};
use crate::outside::directory;
use crate::sync::state::SyncState;

/// A delta that has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What the bundle says of itself; `None` for a bare delta.
    pub manifest: Option<Manifest>,
    /// What is in it.
    pub report: DeltaReport,
    /// Bytes of the whole new index.
    pub whole: u64,
}

/// Writes the delta between two index files: signed as a bundle where a key is given, else bare.
///
/// # Errors
/// When a file is no index or damaged, the key cannot be used, or the file cannot be written.
pub fn between(
    old: &Path,
    new: &Path,
    state: &SyncState,
    key: Option<&Path>,
    out: &Path,
    now: Timestamp,
) -> Result<Written, BundleError> {
    let secret = key.map(key::secret).transpose()?;
    let (before, after) = (open(old)?, open(new)?);
    let (bytes, report) = delta_file::between(&before, &after)?;
    let whole = after.size();
    let Some(secret) = secret else {
        directory::write(out, &bytes)?;
        return Ok(Written { manifest: None, report, whole });
    };
    let file = |path: &Path| -> io::Result<Member> {
        let (sha256, bytes) = sum_of_file(path)?;
        Ok(Member { name: formats::bundle::INDEX.to_owned(), bytes, sha256 })
    };
    let manifest = Manifest {
        members: vec![member(&bytes)],
        base: Some(file(old)?),
        result: Some(file(new)?),
        ..manifest_of(&after, state, now)
    };
    write(out, &manifest, &secret, bytes.len() as u64, &mut bytes.as_slice())?;
    Ok(Written { manifest: Some(manifest), report, whole })
}

fn member(bytes: &[u8]) -> Member {
    Member { name: DELTA.to_owned(), bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
}

fn open(path: &Path) -> Result<Index, BundleError> {
    let index = Index::open(path).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
    })?;
    index.verify()?;
    Ok(index)
}

/// Makes the new index of an old one and a delta, bare or as a bundle, in a file of its own.
///
/// # Errors
/// When the delta does not apply to the old index, a bundle is not believed, or the file cannot be written.
pub fn apply(
    old: &Path,
    delta: &Path,
    trusted: &[minisign::PublicKey],
    out: &Path,
) -> Result<(), BundleError> {
    let part = out.with_extension(format!("{}.delta.part", std::process::id()));
    let done = apply_through(old, delta, trusted, &part).and_then(|()| Ok(std::fs::rename(&part, out)?));
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

fn apply_through(
    old: &Path,
    delta: &Path,
    trusted: &[minisign::PublicKey],
    part: &Path,
) -> Result<(), BundleError> {
    let bytes = directory::read(delta)?;
    if DeltaFile::read(&bytes).is_ok() {
        std::fs::write(part, &bytes)?;
        return apply_bytes(old, part, &bytes);
    }
    drop(bytes);
    let unpacked = super::unpack(delta, part, trusted)?;
    if unpacked.manifest.base.is_none() {
        // A bundle with a whole index needs no old one.
        return Ok(());
    }
    apply_to(old, part, &unpacked.manifest)
}

/// Puts the new index in the place of the unpacked delta.
pub(super) fn apply_to(old: &Path, part: &Path, manifest: &Manifest) -> Result<(), BundleError> {
    let base = manifest.base.as_ref().map_or("", |base| base.sha256.as_str());
    let other = |why: String| BundleError::Refused(Refused::OtherBase(why));
    if !old.exists() {
        return Err(other("there is no index yet that it could be applied to".to_owned()));
    }
    let (sha256, _) = sum_of_file(old)?;
    if sha256 != base {
        return Err(other(format!("it begins from {}, in use is {}", short(base), short(&sha256))));
    }
    apply_bytes(old, part, &directory::read(part)?)?;
    if sum_of_file(part)?.0 != manifest.index_sha256() {
        return Err(tampered("what comes of the delta is not what was signed"));
    }
    Ok(())
}

fn apply_bytes(old: &Path, part: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    let index = Index::open(old)?;
    let delta = DeltaFile::read(bytes)?;
    delta.apply(&index, part).map_err(|error| match error {
        Error::OtherBase | Error::OtherCompiler => {
            BundleError::Refused(Refused::OtherBase(error.to_string()))
        }
        error => BundleError::Index(error),
    })
}

/// Enough of a sum to tell two files apart.
pub(super) fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}
