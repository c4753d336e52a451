//! The seam to the network: feeds ask, `service::outside` answers. Tests answer from a script.

use std::fmt;
use std::io;

/// A text that must not be seen: it cannot be printed, and it is shown to the transport only.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    pub fn new(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    /// Shows it to whoever sends it. Nothing else may call this.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What a source said of a document, so that it need not be sent again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`; empty when none.
    pub etag: String,
    /// `Last-Modified`; empty when none.
    pub last_modified: String,
}

/// How often one host may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So many requests …
    pub requests: u32,
    /// … in so many seconds.
    pub seconds: u32,
}

/// One question to a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub url: String,
    /// What is known already: unchanged documents are not sent again.
    pub known: Validators,
    /// Sends the document also when it is known.
    pub is_unconditional: bool,
    /// A header that authorises: name and value.
    pub key: Option<(&'static str, Secret)>,
    /// Most bytes of the answer, as sent and decompressed.
    pub most_bytes: u64,
    /// The limit of the source, when it names one.
    pub pace: Option<Pace>,
}

impl Request {
    /// A plain question; answers of up to 8 GiB.
    pub fn to(url: &str) -> Request {
        Request {
            url: url.to_owned(),
            known: Validators::default(),
            is_unconditional: false,
            key: None,
            most_bytes: 8 << 30,
            pace: None,
        }
    }
}

/// Where the body of an answer goes.
pub trait Body {
    /// An answer begins. Called again when a try was cut short: what came before is void.
    ///
    /// # Errors
    /// When nothing can be kept.
    fn begin(&mut self) -> io::Result<()>;

    /// Takes some bytes.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn take(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The document is the one that is known.
    Unchanged,
    /// A document, all of which went to the body.
    Sent {
        /// For the next time.
        validators: Validators,
        /// `Content-Type`, lower case, without parameters; empty when none.
        content_type: String,
    },
}

/// Why nothing came. The code is stable, the detail is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {url}: {detail}", .code.word())]
pub struct FetchError {
    /// The kind.
    pub code: FetchCode,
    /// What was asked.
    pub url: String,
    /// What happened.
    pub detail: String,
}

impl FetchError {
    /// Makes an error.
    pub fn new(code: FetchCode, url: &str, detail: impl Into<String>) -> FetchError {
        FetchError { code, url: url.to_owned(), detail: detail.into() }
    }
}

/// Kinds of failed fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FetchCode {
    /// The source says no (401, 403, 404 and their like).
    Refused,
    /// No connection, no answer in time, or "later" after every retry (429, 5xx).
    Unavailable,
    /// The answer ended early.
    Truncated,
    /// Another kind of document than the source gives: an error page.
    WrongType,
    /// More bytes than the limit.
    TooLarge,
    /// The address, or one it leads to, is not allowed: private networks, other schemes.
    Forbidden,
    /// A checksum of the source does not match.
    Checksum,
    /// The list of what there is cannot be read.
    BadListing,
    /// The source changed while it was read, again and again.
    Moving,
    /// The setting cannot be used.
    BadSetting,
    /// The document cannot be kept here.
    NotKept,
}

impl FetchCode {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            FetchCode::Refused => "S_REFUSED",
            FetchCode::Unavailable => "S_UNAVAILABLE",
            FetchCode::Truncated => "S_TRUNCATED",
            FetchCode::WrongType => "S_WRONG_TYPE",
            FetchCode::TooLarge => "S_TOO_LARGE",
            FetchCode::Forbidden => "S_FORBIDDEN_ADDRESS",
            FetchCode::Checksum => "S_CHECKSUM",
            FetchCode::BadListing => "S_BAD_LISTING",
            FetchCode::Moving => "S_MOVING",
            FetchCode::BadSetting => "S_BAD_SETTING",
            FetchCode::NotKept => "S_NOT_KEPT",
        }
    }
}

/// The network, or what stands in for it.
pub trait Transport: Sync {
    /// Asks once, with whatever patience the transport has (retries, back-off); the body gets the whole answer.
    ///
    /// # Errors
    /// When no whole answer came.
    fn get(&self, request: &Request, body: &mut dyn Body) -> Result<Answer, FetchError>;
}
