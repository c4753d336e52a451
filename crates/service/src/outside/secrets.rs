//! Secrets as files of their own in the data directory: `keys/alerts/ORGANISATION/NAME`, readable by the server alone.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::notify::secret::{Secret, SecretName, Secrets};

/// A folder of secrets. It is asked anew each time, so that a changed secret needs no restart.
#[derive(Clone, Debug)]
pub struct SecretFolder(PathBuf);

/// A file that is longer holds something else.
const MOST_BYTES: u64 = 16 << 10;

impl SecretFolder {
    /// The folder; it is made when the first secret is put.
    pub fn new(folder: &Path) -> SecretFolder {
        SecretFolder(folder.to_owned())
    }

    fn place(&self, organisation: i64, name: &SecretName) -> PathBuf {
        self.0.join(organisation.to_string()).join(name.as_str())
    }

    /// Keeps a secret, in the place of an older one of that name.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put(&self, organisation: i64, name: &SecretName, secret: &Secret) -> Result<(), String> {
        let place = self.place(organisation, name);
        write(&place, secret).map_err(|error| format!("cannot keep the secret {}: {error}", name.as_str()))
    }
}

fn write(place: &Path, secret: &Secret) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(place);
    std::fs::create_dir_all(folder)?;
    let new = place.with_extension(format!("new-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(secret.expose().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, place)
}

impl Secrets for SecretFolder {
    fn secret(&self, organisation: i64, name: &SecretName) -> Result<Secret, String> {
        let place = self.place(organisation, name);
        let shown = name.as_str();
        let size = std::fs::metadata(&place).map(|meta| meta.len());
        if size.as_ref().is_ok_and(|size| *size > MOST_BYTES) {
            return Err(format!("the secret {shown} is longer than {MOST_BYTES} bytes"));
        }
        match std::fs::read_to_string(&place) {
            Ok(text) if text.trim().is_empty() => Err(format!("the secret {shown} is empty")),
            Ok(text) => Ok(Secret::new(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(format!("there is no secret {shown}: store it, or put it into {}", place.display()))
            }
            Err(error) => Err(format!("the secret {shown} cannot be read: {error}")),
        }
    }
}
