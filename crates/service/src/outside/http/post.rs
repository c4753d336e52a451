//! Messages leave by HTTP: posted once, to the address that the settings name and to no other.

use std::sync::Arc;
use std::time::Duration;

use feeds::transport::{FetchCode, FetchError};
use reqwest::blocking::Client;
use reqwest::{Method, Url, header};

use super::guard::{self, Guard, Resolver};
use super::{CONNECT_TIME, HttpOptions, chain};
use crate::notify::post::{Answer, Answered, NoAnswer, Post, Question};

/// Most time for one delivery.
const TIME: Duration = Duration::from_secs(60);
/// Bytes of an answer that are read: enough for a reason.
const EXCERPT: u64 = 2048;

/// The client of messages.
pub struct HttpPost {
    client: Client,
    guard: Guard,
}

impl HttpPost {
    /// Makes a client. Hosts in private networks are refused but for those of the options.
    ///
    /// # Errors
    /// When the proxy cannot be used, or the system has no certificates.
    pub fn new(options: &HttpOptions) -> Result<HttpPost, FetchError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(&options.private_hosts);
        let mut builder = Client::builder()
            .user_agent(concat!("patchwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .timeout(TIME)
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
        Ok(HttpPost { client, guard })
    }
}

impl Post for HttpPost {
    fn post<'a>(&'a self, question: &'a Question) -> Answered<'a> {
        let (client, guard, question) = (self.client.clone(), self.guard.clone(), question.clone());
        Box::pin(async move {
            let asked = tokio::task::spawn_blocking(move || ask(&client, &guard, &question)).await;
            asked.map_err(|_| NoAnswer::Later("the connection ended unexpectedly".to_owned()))?
        })
    }
}

fn ask(client: &Client, guard: &Guard, question: &Question) -> Result<Answer, NoAnswer> {
    let never = |why: &str| NoAnswer::Never(why.to_owned());
    let url = Url::parse(question.url.expose()).map_err(|_| never("the address is none"))?;
    // The detail of a refusal speaks of the host's address, never of the path, which may be a key.
    guard.check(&url).map_err(|error| NoAnswer::Never(error.detail))?;
    let method = if question.method == "PUT" { Method::PUT } else { Method::POST };
    let mut request = client.request(method, url).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in &question.headers {
        let mut value = header::HeaderValue::from_str(value.expose())
            .map_err(|_| never("a key holds characters that no header may hold"))?;
        value.set_sensitive(true);
        request = request.header(*name, value);
    }
    let response = request.body(question.body.clone()).send().map_err(|error| no_answer(&error))?;
    let status = response.status().as_u16();
    let wait = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = wait.and_then(|value| value.trim().parse().ok());
    let mut bytes = Vec::new();
    // The status is the answer; a body that breaks off changes nothing.
    let _ = std::io::Read::read_to_end(&mut std::io::Read::take(response, EXCERPT), &mut bytes);
    Ok(Answer { status, retry_after, excerpt: String::from_utf8_lossy(&bytes).into_owned() })
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    match guard::forbidden(error) {
        Some(why) => NoAnswer::Never(why),
        None => NoAnswer::Later(format!("no answer: {}", chain(error))),
    }
}
