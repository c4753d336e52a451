//! The only HTTP client. It asks nothing but what a setting names, follows redirections itself so that each step is
//! looked at, waits when it is told to, and never sends a key to another host than the one it is for.

mod guard;
mod patience;
pub mod oidc;
pub mod post;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use feeds::transport::{Answer, Body, FetchCode, FetchError, Request, Transport, Validators};
use reqwest::blocking::{Client, Response};
use reqwest::{StatusCode, Url, header};

use super::clock::{Machine, Patience};
use crate::compile::Progress;
use guard::{Guard, Resolver};
use patience::{Later, Paces, delays};

/// What the caller decides about connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpOptions {
    /// Hosts that may lie in a private network: mirrors of the installation. Compared without regard to case.
    pub private_hosts: Vec<String>,
    /// A proxy for everything; empty = what the environment names (`HTTPS_PROXY`), else none.
    pub proxy: String,
}

/// The network.
pub struct Network<'p> {
    client: Client,
    guard: Guard,
    patience: Box<dyn Patience>,
    paces: Mutex<Paces>,
    progress: &'p dyn Progress,
    /// Where permanent redirections lead, so that the second question goes straight.
    moved: Mutex<BTreeMap<String, String>>,
}

/// Redirections followed for one document.
const MOST_STEPS: usize = 6;
/// Most time for one answer, whole. A large archive over a slow line takes its time.
const ANSWER_TIME: Duration = Duration::from_secs(3600);
const CONNECT_TIME: Duration = Duration::from_secs(30);
/// Bytes passed on at a time.
const PIECE: usize = 64 << 10;

/// Why one try failed.
enum Failure {
    /// It may work later: when the source says so, or when we think.
    Later(Later, FetchError),
    /// It will not.
    Final(FetchError),
}

impl<'p> Network<'p> {
    /// Makes a client with the clock of the machine.
    ///
    /// # Errors
    /// When the proxy cannot be used, or the system has no certificates.
    pub fn new(options: &HttpOptions, progress: &'p dyn Progress) -> Result<Network<'p>, FetchError> {
        Network::with_patience(options, progress, Box::<Machine>::default())
    }

    /// As [`Network::new`], with a clock of the caller's.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn with_patience(
        options: &HttpOptions,
        progress: &'p dyn Progress,
        patience: Box<dyn Patience>,
    ) -> Result<Network<'p>, FetchError> {
        // One provider for the whole program; a second installation of the same one is no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(&options.private_hosts);
        let mut builder = Client::builder()
            .user_agent(concat!("patchwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .timeout(ANSWER_TIME)
            .dns_resolver(Arc::new(Resolver(guard.clone())));
        if !options.proxy.is_empty() {
            let proxy = reqwest::Proxy::all(&options.proxy).map_err(|error| {
                FetchError::new(FetchCode::BadSetting, "proxy", error.without_url().to_string())
            })?;
            builder = builder.proxy(proxy);
        }
        let client = builder.build().map_err(|error| {
            FetchError::new(FetchCode::BadSetting, "client", format!("cannot be made: {error}"))
        })?;
        Ok(Network { client, guard, patience, paces: Mutex::default(), progress, moved: Mutex::default() })
    }

    /// One try, redirections included.
    fn attempt(&self, request: &Request, body: &mut dyn Body) -> Result<Answer, Failure> {
        let mut url = self.first_step(&request.url).map_err(Failure::Final)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        for _ in 0..MOST_STEPS {
            self.guard.check(&url).map_err(Failure::Final)?;
            let response = self.ask(request, &url, &host)?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return self.answer(request, response, body);
            }
            url = self.next_step(&url, &response).map_err(Failure::Final)?;
        }
        Err(Failure::Final(FetchError::new(FetchCode::Refused, &request.url, "redirected again and again")))
    }

    fn first_step(&self, asked: &str) -> Result<Url, FetchError> {
        let moved = lock(&self.moved).get(asked).cloned();
        let url = moved.as_deref().unwrap_or(asked);
        Url::parse(url)
            .map_err(|error| FetchError::new(FetchCode::BadSetting, asked, format!("is no address: {error}")))
    }

    fn ask(&self, request: &Request, url: &Url, host: &str) -> Result<Response, Failure> {
        if let Some(pace) = request.pace {
            let wait = lock(&self.paces).reserve(host, pace, self.patience.elapsed());
            self.patience.wait(wait);
        }
        let mut question = self.client.get(url.clone());
        if !request.known.etag.is_empty() {
            question = question.header(header::IF_NONE_MATCH, &request.known.etag);
        }
        if !request.known.last_modified.is_empty() {
            question = question.header(header::IF_MODIFIED_SINCE, &request.known.last_modified);
        }
        if let Some((name, key)) = &request.key
            && url.host_str() == Some(host)
        {
            let mut value = header::HeaderValue::from_str(key.expose()).map_err(|_| {
                let detail = "the key holds characters that no header may hold";
                Failure::Final(FetchError::new(FetchCode::BadSetting, &request.url, detail))
            })?;
            value.set_sensitive(true);
            question = question.header(*name, value);
        }
        question.send().map_err(|error| not_sent(request, &error))
    }

    /// The address of the next step. Leaving encryption is refused: whoever is on the way could send anything.
    fn next_step(&self, from: &Url, response: &Response) -> Result<Url, FetchError> {
        let refused = |code, why: &str| Err(FetchError::new(code, from.as_str(), why));
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let Some(next) = location.and_then(|location| from.join(location).ok()) else {
            return refused(FetchCode::Refused, "redirected to nowhere");
        };
        if from.scheme() == "https" && next.scheme() != "https" {
            return refused(FetchCode::Forbidden, "redirected from https to an unencrypted address");
        }
        if matches!(response.status(), StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT) {
            lock(&self.moved).insert(from.to_string(), next.to_string());
        }
        Ok(next)
    }

    fn answer(&self, request: &Request, response: Response, body: &mut dyn Body) -> Result<Answer, Failure> {
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Answer::Unchanged);
        }
        if status != StatusCode::OK {
            return Err(patience::of_status(request, status, response.headers()));
        }
        let text = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().trim().to_owned()
        };
        let validators = Validators { etag: text(header::ETAG), last_modified: text(header::LAST_MODIFIED) };
        let content_type = text(header::CONTENT_TYPE).to_ascii_lowercase();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        self.body(request, response, body)?;
        Ok(Answer::Sent { validators, content_type })
    }

    fn body(&self, request: &Request, mut response: Response, body: &mut dyn Body) -> Result<(), Failure> {
        let too_large = || {
            let detail = format!("more than the limit of {} bytes", request.most_bytes);
            Failure::Final(FetchError::new(FetchCode::TooLarge, &request.url, detail))
        };
        let kept = |error: std::io::Error| {
            Failure::Final(FetchError::new(FetchCode::NotKept, &request.url, error.to_string()))
        };
        let announced = response.content_length();
        if announced.is_some_and(|bytes| bytes > request.most_bytes) {
            return Err(too_large());
        }
        self.progress.total(announced.unwrap_or_default());
        body.begin().map_err(kept)?;
        let (mut piece, mut sum) = (vec![0; PIECE], 0u64);
        loop {
            let read = response.read(&mut piece).map_err(|error| cut_short(request, sum, &error))?;
            if read == 0 {
                return Ok(());
            }
            sum += read as u64;
            if sum > request.most_bytes {
                return Err(too_large());
            }
            self.progress.advance(read as u64);
            body.take(piece.get(..read).unwrap_or_default()).map_err(kept)?;
        }
    }
}

impl Transport for Network<'_> {
    fn get(&self, request: &Request, body: &mut dyn Body) -> Result<Answer, FetchError> {
        let mut delays = delays();
        loop {
            match self.attempt(request, body) {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Later(later, error)) => match later.wait(delays.next()) {
                    Some(wait) => {
                        self.progress.phase(&format!("waiting {} s: {}", wait.as_secs(), error.detail));
                        self.patience.wait(wait);
                    }
                    None => return Err(error),
                },
            }
        }
    }
}

fn not_sent(request: &Request, error: &reqwest::Error) -> Failure {
    if let Some(forbidden) = guard::forbidden(error) {
        return Failure::Final(FetchError::new(FetchCode::Forbidden, &request.url, forbidden));
    }
    let error = FetchError::new(FetchCode::Unavailable, &request.url, chain(error));
    Failure::Later(Later::Whenever, error)
}

fn cut_short(request: &Request, after: u64, error: &std::io::Error) -> Failure {
    let detail = format!("the answer ended after {after} bytes: {}", chain(error));
    Failure::Later(Later::Whenever, FetchError::new(FetchCode::Truncated, &request.url, detail))
}

/// The innermost cause says most.
fn chain(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
