//! Fetching: what a feed does when it is asked for news. It gets the network as a [`Transport`], puts documents on
//! a [`Shelf`] before anyone reads them, and answers which documents make it up from now on.

use std::io;

use jiff::Timestamp;

use crate::transport::{Answer, Body, FetchCode, FetchError, Request, Secret, Transport};

/// How one source is fetched.
pub struct Remote {
    /// The id of the feed.
    pub id: &'static str,
    /// The public address.
    pub address: &'static str,
    /// What `parts` means here, in the words of the manual; empty when it has no meaning.
    pub parts_are: &'static str,
    /// Parts that are fetched unless the settings name others.
    pub parts: &'static [&'static str],
    /// Fetches.
    pub fetch: fn(&mut Visit<'_>) -> Result<Fetched, FetchError>,
}

/// What the installation says of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The address: the public one, a mirror of it.
    pub address: String,
    /// Parts: ecosystems, first year. What it means is the feed's business.
    pub parts: Vec<String>,
    /// After so many days a feed that is fetched in deltas is fetched whole again.
    pub full_after_days: u16,
    /// A key of the source.
    pub key: Option<Secret>,
}

/// One document as it was received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its name within the feed; a newer document of the same name takes its place.
    pub name: String,
    /// Where it came from.
    pub url: String,
    /// Its bytes' SHA-256, by which the shelf knows it.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// `ETag`; empty when none.
    pub etag: String,
    /// `Last-Modified`; empty when none.
    pub last_modified: String,
}

/// Which documents make a feed up, and how far it has been followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// The documents.
    pub documents: Vec<Document>,
    /// How far deltas have been followed; meant for the feed alone.
    pub cursor: String,
    /// When it was last fetched whole, ISO 8601.
    pub full_at: String,
}

impl Holdings {
    /// The document of a name.
    pub fn document(&self, name: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.name == name)
    }

    /// Puts a document in the place of the one of the same name, or at the end.
    pub fn put(&mut self, document: Document) {
        match self.documents.iter_mut().find(|known| known.name == document.name) {
            Some(known) => *known = document,
            None => self.documents.push(document),
        }
    }
}

/// What a visit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing new. The holdings may carry a newer cursor.
    Unchanged(Holdings),
    /// The feed as a whole.
    Snapshot(Holdings),
    /// What was held, and what is new.
    Delta(Holdings),
}

/// Where documents are kept by their hash before they are read.
pub trait Shelf {
    /// Begins a document; one that was begun and not finished is dropped.
    ///
    /// # Errors
    /// When nothing can be kept.
    fn begin(&mut self) -> io::Result<()>;

    /// Adds bytes to it.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Keeps it; returns its SHA-256 and its size.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn finish(&mut self) -> io::Result<(String, u64)>;

    /// The bytes of a kept document.
    ///
    /// # Errors
    /// When it is not there.
    fn read(&self, sha256: &str) -> io::Result<Vec<u8>>;
}

/// What a document must look like at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON.
    Json,
    /// An archive or a compressed file.
    Archive,
    /// Lines of text.
    Lines,
}

/// A document that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Got {
    /// The one that was held.
    Same(Document),
    /// Another one.
    New(Document),
}

impl Got {
    /// The document.
    pub fn document(self) -> Document {
        match self {
            Got::Same(document) | Got::New(document) => document,
        }
    }
}

/// One visit at a source.
pub struct Visit<'v> {
    /// Settings.
    pub settings: &'v Settings,
    /// What is held.
    pub since: &'v Holdings,
    /// The time: feeds have no clock.
    pub now: Timestamp,
    /// The network.
    pub transport: &'v dyn Transport,
    /// Where documents are kept.
    pub shelf: &'v mut dyn Shelf,
}

impl Visit<'_> {
    /// Gets a document, unless the one that is held still stands.
    ///
    /// # Errors
    /// When it does not come whole, or is of another kind.
    pub fn document(&mut self, name: &str, mut request: Request, kind: Kind) -> Result<Got, FetchError> {
        let held = self.since.document(name).filter(|held| held.url == request.url);
        if let Some(held) = held.filter(|_| !request.is_unconditional) {
            request.known.etag.clone_from(&held.etag);
            request.known.last_modified.clone_from(&held.last_modified);
        }
        let url = request.url.clone();
        let mut keeping = Keeping { shelf: self.shelf, head: Vec::new() };
        match self.transport.get(&request, &mut keeping)? {
            Answer::Unchanged => match held {
                Some(held) => Ok(Got::Same(held.clone())),
                None => Err(FetchError::new(FetchCode::WrongType, &url, "not modified, but nothing is held")),
            },
            Answer::Sent { validators, content_type } => {
                check_kind(&url, &content_type, &keeping.head, kind)?;
                let kept = self.shelf.finish();
                let (sha256, bytes) = kept.map_err(|error| not_kept(&url, &error))?;
                let document = Document {
                    name: name.to_owned(),
                    url,
                    sha256,
                    bytes,
                    etag: validators.etag,
                    last_modified: validators.last_modified,
                };
                let is_same = held.is_some_and(|held| held.sha256 == document.sha256);
                Ok(if is_same { Got::Same(document) } else { Got::New(document) })
            }
        }
    }

    /// Gets a small document into memory, without keeping it.
    ///
    /// # Errors
    /// As [`Visit::document`].
    pub fn small(&self, mut request: Request, kind: Kind) -> Result<Vec<u8>, FetchError> {
        request.most_bytes = request.most_bytes.min(64 << 20);
        let mut memory = Memory::default();
        match self.transport.get(&request, &mut memory)? {
            Answer::Sent { content_type, .. } => {
                check_kind(&request.url, &content_type, &memory.0, kind)?;
                Ok(memory.0)
            }
            Answer::Unchanged => {
                Err(FetchError::new(FetchCode::WrongType, &request.url, "not modified, but nothing is held"))
            }
        }
    }

    /// The bytes of a document that is kept.
    ///
    /// # Errors
    /// When the shelf has lost it.
    pub fn read(&self, document: &Document) -> Result<Vec<u8>, FetchError> {
        self.shelf.read(&document.sha256).map_err(|error| not_kept(&document.url, &error))
    }

    /// A feed that is one document.
    ///
    /// # Errors
    /// As [`Visit::document`].
    pub fn single(&mut self, name: &str, kind: Kind) -> Result<Fetched, FetchError> {
        let got = self.document(name, Request::to(&self.settings.address), kind)?;
        let is_new = matches!(got, Got::New(_));
        let holdings = Holdings {
            documents: vec![got.document()],
            full_at: self.now.to_string(),
            ..Holdings::default()
        };
        Ok(if is_new { Fetched::Snapshot(holdings) } else { Fetched::Unchanged(holdings) })
    }

    /// The address with a path below it.
    pub fn below(&self, path: &str) -> String {
        format!("{}/{path}", self.settings.address.trim_end_matches('/'))
    }

    /// True when a feed that is fetched in deltas is due to be fetched whole.
    pub fn is_full_due(&self) -> bool {
        let limit = i64::from(self.settings.full_after_days) * 86_400;
        let full_at: Result<Timestamp, _> = self.since.full_at.parse();
        self.since.documents.is_empty()
            || full_at.map_or(true, |full_at| self.now.as_second() - full_at.as_second() >= limit)
    }
}

/// Error of a shelf that cannot keep or find.
fn not_kept(url: &str, error: &io::Error) -> FetchError {
    FetchError::new(FetchCode::NotKept, url, error.to_string())
}

/// Passes bytes on to the shelf and keeps the beginning in mind.
struct Keeping<'s> {
    shelf: &'s mut dyn Shelf,
    head: Vec<u8>,
}

/// How much of a document is looked at to know that it is no error page.
const HEAD: usize = 1024;

impl Body for Keeping<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.head.clear();
        self.shelf.begin()
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend(bytes.iter().take(room));
        self.shelf.write(bytes)
    }
}

#[derive(Default)]
struct Memory(Vec<u8>);

impl Body for Memory {
    fn begin(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// Sources, proxies and portals answer with pages that say "200". The content type alone does not tell, because
/// many sources send `application/octet-stream` for everything.
fn check_kind(url: &str, content_type: &str, head: &[u8], kind: Kind) -> Result<(), FetchError> {
    let wrong = |what: String| Err(FetchError::new(FetchCode::WrongType, url, what));
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let Some(first) = first else { return wrong("the answer is empty".to_owned()) };
    if content_type.contains("html") {
        return wrong(format!("a page came ({content_type}), no {}", kind.name()));
    }
    let is_archive = formats::archives::container(head).is_some();
    let fits = match kind {
        Kind::Json => is_archive || matches!(first, b'{' | b'['),
        Kind::Archive => is_archive,
        Kind::Lines => *first != b'<',
    };
    if fits { Ok(()) } else { wrong(format!("the answer is no {}", kind.name())) }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Json => "JSON",
            Kind::Archive => "archive",
            Kind::Lines => "list",
        }
    }
}

/// Turns what a listing's reader says into an error of the fetch.
pub fn bad_listing(url: &str) -> impl Fn(formats::limits::FormatError) -> FetchError + '_ {
    move |error| FetchError::new(FetchCode::BadListing, url, error.to_string())
}
