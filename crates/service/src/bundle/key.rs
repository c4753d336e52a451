//! Keys that sign bundles: Ed25519 in minisign's form, so that `minisign` itself can check a bundle's manifest.

use std::io;
use std::path::{Path, PathBuf};

pub use minisign::PublicKey;
use minisign::{KeyPair, SecretKey, SecretKeyBox};

use super::{BundleError, Refused};
use crate::outside::data_directory::{hex, write_secret};
use crate::outside::directory;

/// A key that has just been made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Its id.
    pub id: String,
    /// The file of the secret half, readable by its owner only.
    pub secret: PathBuf,
    /// The file of the public half, to be carried to whoever imports.
    pub public: PathBuf,
}

/// Makes a key pair: `NAME.key` and `NAME.pub`. Files that are there are not overwritten.
///
/// # Errors
/// When a file is there, or cannot be written.
pub fn generate(folder: &Path, name: &str) -> Result<NewKey, BundleError> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(BundleError::Key(format!("{name:?} is no name of a key; use letters, digits, - and _")));
    }
    std::fs::create_dir_all(folder)?;
    let (secret, public) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pub")));
    if public.exists() {
        return Err(BundleError::Key(format!("{} is there already", public.display())));
    }
    let broken = |error: minisign::PError| BundleError::Key(error.to_string());
    let pair = KeyPair::generate_unencrypted_keypair().map_err(broken)?;
    let id = id_of(&pair.pk);
    let comment = format!("patchwright secret key {id}");
    write_secret(&secret, &pair.sk.to_box(Some(&comment)).map_err(broken)?.to_string())?;
    directory::write(&public, pair.pk.to_box().map_err(broken)?.to_string().as_bytes())?;
    Ok(NewKey { id, secret, public })
}

/// The id of a key as minisign shows it.
pub fn id_of(key: &PublicKey) -> String {
    id_of_number(key.keynum())
}

pub(super) fn id_of_number(number: &[u8]) -> String {
    let reversed: Vec<u8> = number.iter().rev().copied().collect();
    hex(&reversed).to_ascii_uppercase()
}

/// Reads a secret key.
///
/// # Errors
/// When it cannot be read, is no key, or is protected by a password.
pub(super) fn secret(path: &Path) -> Result<SecretKey, BundleError> {
    let broken = |why: String| BundleError::Key(format!("{}: {why}", path.display()));
    let text = text_of(path)?;
    let boxed = SecretKeyBox::from_string(&text).map_err(|error| broken(error.to_string()))?;
    boxed
        .into_unencrypted_secret_key()
        .map_err(|error| broken(format!("{error}; keys with a password are not used here")))
}

/// The public half of a secret key.
///
/// # Errors
/// When the key is damaged.
pub(super) fn public_of(secret: &SecretKey) -> Result<PublicKey, BundleError> {
    PublicKey::from_secret_key(secret).map_err(|error| BundleError::Key(error.to_string()))
}

/// Reads a public key: a file, or its one line of base64.
///
/// # Errors
/// When it is neither.
pub fn public(text_or_path: &str) -> Result<PublicKey, BundleError> {
    if let Ok(key) = PublicKey::from_base64(text_or_path.trim()) {
        return Ok(key);
    }
    let path = Path::new(text_or_path);
    let text = text_of(path)?;
    let line =
        text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("untrusted comment"));
    let key = line.and_then(|line| PublicKey::from_base64(line).ok());
    key.ok_or_else(|| BundleError::Key(format!("{}: is no public key", path.display())))
}

/// The public keys that a data directory trusts: `keys/trusted/*.pub`.
///
/// # Errors
/// When one of them cannot be read.
pub fn trusted(folder: &Path) -> Result<Vec<PublicKey>, BundleError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let found = directory::files_below(&[folder.to_owned()])?;
    let files = found.files.iter().filter(|file| file.name.ends_with(".pub"));
    files.map(|file| public(&file.path.to_string_lossy())).collect()
}

fn text_of(path: &Path) -> Result<String, BundleError> {
    let bytes = directory::read(path)?;
    String::from_utf8(bytes).map_err(|_| {
        BundleError::Io(io::Error::new(io::ErrorKind::InvalidData, format!("{}: is no key", path.display())))
    })
}

/// The trusted key of a signature.
pub(super) fn among<'k>(keys: &'k [PublicKey], number: &[u8]) -> Result<&'k PublicKey, BundleError> {
    keys.iter().find(|key| key.keynum() == number).ok_or_else(|| {
        BundleError::Refused(Refused::UnknownKey {
            id: id_of_number(number),
            trusted: keys.iter().map(id_of).collect(),
        })
    })
}
