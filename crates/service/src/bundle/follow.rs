//! Taking knowledge from a folder that [`super::mirror`] made: by the deltas that lead from what is in use to the newest,
//! where that is less to carry than the whole, else by the whole bundle.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use feeds::transport::{Answer, Body, FetchError, Request, Transport};
use jiff::Timestamp;
use minisign::PublicKey;

use super::mirror::{LIST, LIST_SIGNATURE, Listed, Listing};
use super::{BundleError, Import, Refused, import, mirror, tampered};
use crate::compile::Progress;
use crate::outside::data_directory::{DataDirectory, sum_of_file};
use crate::outside::directory;
use crate::sync::state::Memory;

/// Most bytes of a list or a signature.
const MOST_LIST: u64 = 16 << 20;

/// Where the folder is.
pub enum Place<'p> {
    /// Below an address.
    Address {
        /// The address of the folder.
        url: String,
        /// How it is reached.
        transport: &'p dyn Transport,
    },
    /// On this machine, or on a medium that was carried here.
    Folder(PathBuf),
}

/// What following did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The list.
    pub listing: Listing,
    /// The bundles that were taken, in order; empty when nothing is new.
    pub taken: Vec<Listed>,
    /// What the last of them did.
    pub import: Option<Import>,
}

/// Takes what is new into use.
///
/// # Errors
/// When the folder cannot be read, no trusted key has signed its list, it is older than what is in use (unless
/// `allow_older`), or a bundle is not what the list says. What is in use stays, or is one of the steps on the way.
pub fn follow(
    data: &DataDirectory,
    memory: &dyn Memory,
    place: &Place<'_>,
    trusted: &[PublicKey],
    allow_older: bool,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Followed, BundleError> {
    let text = place.small(LIST)?;
    let signature = place.small(LIST_SIGNATURE)?;
    let (listing, key_id) = mirror::read(&text, &signature, trusted)?;
    let in_use = data.current().canonicalize().ok().map(|path| sum_of_file(&path)).transpose()?;
    let in_use = in_use.map(|(sha256, _)| sha256).unwrap_or_default();
    if in_use == listing.index_sha256 {
        return Ok(Followed { listing, taken: Vec::new(), import: None });
    }
    let imported = memory.load()?.imported.filter(|last| last.key_id == key_id);
    if let Some(last) = imported.filter(|last| !allow_older && listing.made_at < last.made_at) {
        let why = format!("the list was made {}, in use is what was made {}", listing.made_at, last.made_at);
        return Err(BundleError::Refused(Refused::Older(why)));
    }
    let mut job = Job { data, memory, place, trusted, allow_older, now, progress };
    job.run(listing, &in_use)
}

struct Job<'j, 'p> {
    data: &'j DataDirectory,
    memory: &'j dyn Memory,
    place: &'j Place<'p>,
    trusted: &'j [PublicKey],
    allow_older: bool,
    now: Timestamp,
    progress: &'j dyn Progress,
}

impl Job<'_, '_> {
    fn run(&mut self, listing: Listing, in_use: &str) -> Result<Followed, BundleError> {
        let whole =
            whole(&listing).ok_or_else(|| tampered("the list names no bundle with the newest index"))?;
        let way =
            way(&listing, in_use).filter(|way| way.iter().map(|file| file.bytes).sum::<u64>() < whole.bytes);
        let mut taken = Vec::new();
        let mut last = None;
        for file in way.unwrap_or_else(|| vec![whole]) {
            match self.take(file) {
                Ok(import) => last = Some(import),
                // Made by another version of the program: the whole bundle needs nothing to begin from.
                Err(BundleError::Refused(Refused::OtherBase(_))) if !file.from.is_empty() => {
                    last = Some(self.take(whole)?);
                    taken.push(whole.clone());
                    break;
                }
                Err(error) => return Err(error),
            }
            taken.push(file.clone());
        }
        Ok(Followed { taken, import: last, listing })
    }

    /// Fetches a bundle and imports it.
    fn take(&self, file: &Listed) -> Result<Import, BundleError> {
        self.progress.phase(&format!("fetching {}", file.name));
        let path = self.data.path(&format!("index/fetched.{}.part", std::process::id()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let done = self.fetch(file, &path).and_then(|()| {
            let (data, memory) = (self.data, self.memory);
            import(data, memory, &path, self.trusted, self.allow_older, self.now, self.progress)
        });
        let _ = std::fs::remove_file(&path);
        done
    }

    fn fetch(&self, file: &Listed, path: &Path) -> Result<(), BundleError> {
        self.place.to_file(&file.name, file.bytes, path)?;
        if sum_of_file(path)? != (file.sha256.clone(), file.bytes) {
            return Err(tampered(format!("{} has another size or SHA-256 than the list says", file.name)));
        }
        Ok(())
    }
}

/// The bundle with the newest index.
fn whole(listing: &Listing) -> Option<&Listed> {
    listing.files.iter().find(|file| file.from.is_empty() && file.to == listing.index_sha256)
}

/// The deltas that lead from an index to the newest, in order: back from the newest, each step once.
fn way<'l>(listing: &'l Listing, from: &str) -> Option<Vec<&'l Listed>> {
    let mut way = Vec::new();
    let mut at = listing.index_sha256.as_str();
    while at != from {
        let step = listing.files.iter().find(|file| !file.from.is_empty() && file.to == at)?;
        if way.len() > listing.files.len() {
            return None;
        }
        at = &step.from;
        way.push(step);
    }
    way.reverse();
    Some(way)
}

impl Place<'_> {
    fn small(&self, name: &str) -> Result<Vec<u8>, BundleError> {
        match self {
            Place::Folder(folder) => {
                let path = folder.join(name);
                let bytes = std::fs::metadata(&path).map_err(|error| not_found(&path, &error))?.len();
                if bytes > MOST_LIST {
                    return Err(tampered(format!("{name} is larger than {MOST_LIST} bytes")));
                }
                Ok(directory::read(&path)?)
            }
            Place::Address { url, transport } => {
                let mut body = InMemory(Vec::new());
                let request = Request { most_bytes: MOST_LIST, ..Request::to(&below(url, name)) };
                get(*transport, &request, &mut body)?;
                Ok(body.0)
            }
        }
    }

    fn to_file(&self, name: &str, bytes: u64, path: &Path) -> Result<(), BundleError> {
        match self {
            Place::Folder(folder) => {
                std::fs::copy(folder.join(name), path)
                    .map_err(|error| not_found(&folder.join(name), &error))?;
                Ok(())
            }
            Place::Address { url, transport } => {
                let mut body = OnDisk { path: path.to_owned(), file: None };
                let request = Request { most_bytes: bytes, ..Request::to(&below(url, name)) };
                get(*transport, &request, &mut body)
            }
        }
    }
}

fn not_found(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn below(url: &str, name: &str) -> String {
    format!("{}/{name}", url.trim_end_matches('/'))
}

fn get(transport: &dyn Transport, request: &Request, body: &mut dyn Body) -> Result<(), BundleError> {
    match transport.get(request, body).map_err(fetch_error)? {
        Answer::Sent { .. } => Ok(()),
        Answer::Unchanged => Err(tampered("the server says \"unchanged\" to who has asked for the whole")),
    }
}

fn fetch_error(error: FetchError) -> BundleError {
    BundleError::Fetch(error)
}

/// An answer in memory.
struct InMemory(Vec<u8>);

impl Body for InMemory {
    fn begin(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// An answer in a file.
struct OnDisk {
    path: PathBuf,
    file: Option<File>,
}

impl Body for OnDisk {
    fn begin(&mut self) -> io::Result<()> {
        self.file = Some(File::create(&self.path)?);
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Err(io::Error::other("bytes before the beginning")),
        }
    }
}
