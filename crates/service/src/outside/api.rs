//! The client of our own API: what the verbs that ask a server send and understand. Same rights and same log as a person.

use std::io::Read;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::{StatusCode, Url, header};
use serde_json::Value;

use super::clock::{Machine, Patience};
use crate::notify::secret::Secret;

/// A server and who asks.
pub struct Server {
    client: Client,
    base: Url,
    token: Secret,
    patience: Box<dyn Patience>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The address or the token cannot be used.
    #[error("{0}")]
    Setting(String),
    /// Nobody answers, or nobody who speaks our API.
    #[error("{0}")]
    Unreachable(String),
    /// The server refused; what it said.
    #[error("{}", .0.says())]
    Refused(Box<Problem>),
}

/// `problem+json`, as the server sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: u16,
    /// What went wrong.
    pub title: String,
    /// More of it; often empty.
    pub detail: String,
    /// What to do next.
    pub hint: String,
    /// Fields and what is wrong with each.
    pub fields: Vec<(String, String)>,
    /// The id that is in the server's log.
    pub id: String,
}

impl Problem {
    /// In one line.
    pub fn says(&self) -> String {
        let mut says = format!("the server says: {}", self.title.trim_end_matches('.'));
        if !self.detail.is_empty() {
            says.push_str(&format!(" ({})", self.detail.trim_end_matches('.')));
        }
        for (field, wrong) in &self.fields {
            says.push_str(&format!("\n  {field}: {wrong}"));
        }
        says
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The view as JSON.
    pub body: Value,
    /// The tag of the answer, without quotes; empty for none.
    pub tag: String,
    /// The server's own time; none where it does not say.
    pub at: Option<Timestamp>,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A JSON object.
    Json(&'a Value),
    /// A document as it is.
    Document(&'a [u8]),
}

/// Longest answer that is read.
const MOST_BYTES: u64 = 256 << 20;
/// A large document over a slow line, and then its reading.
const ANSWER_TIME: Duration = Duration::from_secs(600);
const CONNECT_TIME: Duration = Duration::from_secs(20);
/// Waits between tries, in seconds; every request of ours may be repeated.
const WAITS: [u64; 3] = [1, 3, 8];
/// A server that wants to be left alone for longer is not waited for.
const MOST_WAIT: u64 = 60;

impl Server {
    /// Of an address (`https://patchwright.example.org`, a path in front of `/api` is kept) and a token.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn new(address: &str, token: &str) -> Result<Server, ApiError> {
        Server::with_patience(address, token, Box::<Machine>::default())
    }

    /// As [`Server::new`], with a clock of the caller's.
    ///
    /// # Errors
    /// As [`Server::new`].
    pub fn with_patience(
        address: &str,
        token: &str,
        patience: Box<dyn Patience>,
    ) -> Result<Server, ApiError> {
        // One provider for the whole program; a second installation of the same one is no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = Url::parse(address.trim_end_matches('/'))
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                ApiError::Setting(format!("{address} is no address of a server: write https://HOST"))
            })?;
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(ApiError::Setting(
                "the address of a server holds no name, password or question; the token says who asks"
                    .to_owned(),
            ));
        }
        let token = Secret::new(token);
        if header::HeaderValue::from_str(token.expose()).is_err() || token.expose().is_empty() {
            return Err(ApiError::Setting(
                "the token is empty or holds characters that no token has".to_owned(),
            ));
        }
        let client = Client::builder()
            .user_agent(concat!("patchwright/", env!("CARGO_PKG_VERSION")))
            // A token goes to the server that was named, and to no other.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .timeout(ANSWER_TIME)
            .build()
            .map_err(|error| ApiError::Setting(format!("no connection can be made: {error}")))?;
        Ok(Server { client, base, token, patience })
    }

    /// True where the token would be readable on its way.
    pub fn is_open_on_the_way(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let is_here = host == "localhost" || host.starts_with("127.") || host == "[::1]";
        self.base.scheme() == "http" && !is_here
    }

    /// The address of the server, for messages.
    pub fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Asks. Parts of the path are encoded here.
    ///
    /// # Errors
    /// As [`ApiError`] says.
    pub fn get(&self, path: &[&str], pairs: &[(&str, &str)]) -> Result<Answer, ApiError> {
        let url = self.url(path, pairs)?;
        self.ask(&|| self.client.get(url.clone()))
    }

    /// Sends. `key` makes a repetition harmless; `version` is the version that a change must find, empty for none.
    ///
    /// # Errors
    /// As [`ApiError`] says.
    pub fn post(
        &self,
        path: &[&str],
        pairs: &[(&str, &str)],
        content: Content<'_>,
        key: &str,
        version: &str,
    ) -> Result<Answer, ApiError> {
        let url = self.url(path, pairs)?;
        self.ask(&|| {
            let request = self.client.post(url.clone()).header("idempotency-key", key);
            let request = if version.is_empty() {
                request
            } else {
                request.header(header::IF_MATCH, format!("\"{version}\""))
            };
            match content {
                Content::Json(body) => {
                    request.header(header::CONTENT_TYPE, "application/json").body(body.to_string())
                }
                Content::Document(bytes) => {
                    request.header(header::CONTENT_TYPE, "application/octet-stream").body(bytes.to_vec())
                }
            }
        })
    }

    fn url(&self, path: &[&str], pairs: &[(&str, &str)]) -> Result<Url, ApiError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| ApiError::Setting("the address of the server takes no path".to_owned()))?
            .pop_if_empty()
            .extend(["api", "v1"])
            .extend(path);
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        Ok(url)
    }

    /// Tries, and tries again where that may help.
    fn ask(&self, make: &dyn Fn() -> RequestBuilder) -> Result<Answer, ApiError> {
        let mut waits = WAITS.into_iter();
        loop {
            let sent =
                make().bearer_auth(self.token.expose()).header(header::ACCEPT, "application/json").send();
            let (error, wait) = match sent {
                Ok(response) if is_busy(response.status()) => {
                    let wait = retry_after(&response);
                    (self.refusal(response), wait)
                }
                Ok(response) => return self.answer(response),
                Err(error) if error.is_builder() => return Err(ApiError::Setting(chain(&error))),
                Err(error) => (self.unreachable(&chain(&error)), None),
            };
            let (Some(own), true) = (waits.next(), wait.unwrap_or(0) <= MOST_WAIT) else { return Err(error) };
            self.patience.wait(Duration::from_secs(wait.unwrap_or(0).max(own)));
        }
    }

    fn answer(&self, response: Response) -> Result<Answer, ApiError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(self.unreachable(
                "it sends us elsewhere; name the server itself, with https where it wants that",
            ));
        }
        if !status.is_success() {
            return Err(self.refusal(response));
        }
        let text =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let tag = text(header::ETAG).trim_matches('"').to_owned();
        let at = jiff::fmt::rfc2822::parse(text(header::DATE)).ok().map(|at| at.timestamp());
        let bytes = self.bytes(response)?;
        let body = serde_json::from_slice(&bytes)
            .map_err(|_| self.unreachable("its answer is not JSON; is it a Patchwright server?"))?;
        Ok(Answer { body, tag, at })
    }

    fn bytes(&self, response: Response) -> Result<Vec<u8>, ApiError> {
        let mut bytes = Vec::new();
        let read = response.take(MOST_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.unreachable(&format!("the answer ended early: {error}")))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(self.unreachable("the answer is larger than any of ours"));
        }
        Ok(bytes)
    }

    fn refusal(&self, response: Response) -> ApiError {
        let status = response.status();
        let problem =
            self.bytes(response).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let Some(Value::Object(problem)) = problem.filter(|problem| problem["title"].is_string()) else {
            return self.unreachable(&format!(
                "it says {status} and nothing that our API says; is it a Patchwright server?"
            ));
        };
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let fields = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
        let fields = fields
            .map(|field| {
                let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
                (text("field"), text("says"))
            })
            .collect();
        ApiError::Refused(Box::new(Problem {
            status: status.as_u16(),
            title: text("title"),
            detail: text("detail"),
            hint: text("hint"),
            fields,
            id: text("id"),
        }))
    }

    fn unreachable(&self, why: &str) -> ApiError {
        ApiError::Unreachable(format!("no answer from {}: {why}", self.address()))
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Seconds that the server wants to be left alone.
fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// The innermost cause says most.
fn chain(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
