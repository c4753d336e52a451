//! Questions to an identity provider: its description and its keys are read, a code is exchanged. Nothing is followed
//! elsewhere, and what is not encrypted is asked on this machine only.

use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder};
use reqwest::{Url, header};

use super::guard::{Guard, Resolver, forbidden};
use super::{HttpOptions, chain};

/// Most time for one answer: somebody waits at the door.
const TIME: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read; keys and tokens are far smaller.
const MOST: u64 = 1 << 20;
/// A file that is longer holds no client secret.
const MOST_SECRET: u64 = 16 << 10;

/// The way to a provider.
#[derive(Clone)]
pub struct Line(Arc<Inner>);

struct Inner {
    options: HttpOptions,
    guard: Guard,
    /// Made at the first question, on a thread that may wait.
    client: OnceLock<Result<Client, String>>,
}

/// What a provider answered.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body, at most 1 MiB.
    pub body: Vec<u8>,
}

/// Name and secret of the client for the header of a question.
#[derive(Clone)]
pub struct Login {
    /// Client id.
    pub name: String,
    /// Client secret.
    pub secret: String,
}

impl Line {
    /// A way to the provider of an issuer. Its host may be in a private network, since the setting names it; other
    /// hosts may only where the options name them.
    ///
    /// # Errors
    /// When the issuer is no address that may be asked.
    pub fn new(issuer: &str, mut options: HttpOptions) -> Result<Line, String> {
        let url = address(issuer)?;
        options.private_hosts.extend(url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned()));
        let guard = Guard::new(&options.private_hosts);
        Ok(Line(Arc::new(Inner { options, guard, client: OnceLock::new() })))
    }

    /// Reads an address.
    ///
    /// # Errors
    /// When there is no answer, or it is another one than 200.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let url = address(url)?;
        let shown = url.to_string();
        let answer = self.ask(url.clone(), move |client| client.get(url)).await?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(format!("{shown} answers {status}")),
        }
    }

    /// Sends a form.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(
        &self,
        url: &str,
        form: &[(&str, &str)],
        login: Option<Login>,
    ) -> Result<Answer, String> {
        let url = address(url)?;
        let body = query("", form).trim_start_matches('?').to_owned();
        self.ask(url.clone(), move |client| {
            let question = client
                .post(url)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ACCEPT, "application/json")
                .body(body);
            match login {
                // RFC 6749, 2.3.1: both are encoded like words of a form first.
                Some(login) => question.basic_auth(encoded(&login.name), Some(encoded(&login.secret))),
                None => question,
            }
        })
        .await
    }

    async fn ask(
        &self,
        url: Url,
        question: impl FnOnce(&Client) -> RequestBuilder + Send + 'static,
    ) -> Result<Answer, String> {
        self.0.guard.check(&url).map_err(|error| error.detail)?;
        let inner = Arc::clone(&self.0);
        let asked = tokio::task::spawn_blocking(move || inner.answer(question));
        asked.await.map_err(|_| "the connection ended unexpectedly".to_owned())?
    }
}

impl Inner {
    fn answer(&self, question: impl FnOnce(&Client) -> RequestBuilder) -> Result<Answer, String> {
        let client = self.client.get_or_init(|| self.client());
        let client = client.as_ref().map_err(Clone::clone)?;
        let response = question(client)
            .send()
            .map_err(|error| forbidden(&error).unwrap_or_else(|| format!("no answer: {}", chain(&error))))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        response
            .take(MOST + 1)
            .read_to_end(&mut body)
            .map_err(|error| format!("the answer broke off: {error}"))?;
        if body.len() as u64 > MOST {
            return Err(format!("the answer is longer than {MOST} bytes"));
        }
        Ok(Answer { status, body })
    }

    fn client(&self) -> Result<Client, String> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("patchwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(TIME)
            .timeout(TIME)
            .dns_resolver(Arc::new(Resolver(self.guard.clone())));
        if !self.options.proxy.is_empty() {
            let proxy = reqwest::Proxy::all(&self.options.proxy);
            builder = builder.proxy(proxy.map_err(|error| error.without_url().to_string())?);
        }
        builder.build().map_err(|error| format!("the client cannot be made: {error}"))
    }
}

/// An address that may be asked, or that a browser may be sent to: encrypted, or on this machine.
///
/// # Errors
/// What is wrong with it.
pub fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is no address: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let is_here = crate::outside::smtp::is_this_machine(host.trim_matches(['[', ']']));
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        _ => Err(format!("{text:?} is not encrypted: it has to begin with https://")),
    }
}

/// An address with more words behind it.
pub fn query(address: &str, pairs: &[(&str, &str)]) -> String {
    let Ok(mut words) = Url::parse("http://localhost/") else { return address.to_owned() };
    words.query_pairs_mut().extend_pairs(pairs);
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{}", words.query().unwrap_or_default())
}

fn encoded(text: &str) -> String {
    query("", &[(text, "")]).trim_start_matches('?').trim_end_matches('=').to_owned()
}

/// The client secret in a file; read each time, so that a new one needs no restart.
///
/// # Errors
/// When it cannot be read or holds none.
pub fn client_secret(file: &str) -> Result<String, String> {
    let why = |why: String| format!("cannot read the client secret in {file}: {why}");
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|error| why(error.to_string()))?;
    opened.take(MOST_SECRET).read_to_string(&mut text).map_err(|error| why(error.to_string()))?;
    match text.trim() {
        "" => Err(why("the file is empty".to_owned())),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_addresses_and_this_machine_are_asked() {
        for good in
            ["https://id.example/realms/a", "http://127.0.0.1:8080/x", "http://localhost/", "http://[::1]/"]
        {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in ["http://id.example/", "ftp://id.example/", "id.example", "", "http://127.0.0.1.example/"]
        {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_are_encoded() {
        assert_eq!(query("https://a/b", &[("x", "1 2"), ("y", "&=")]), "https://a/b?x=1+2&y=%26%3D");
        assert_eq!(query("https://a/b?c=d", &[("x", "1")]), "https://a/b?c=d&x=1");
        assert_eq!(encoded("a:b="), "a%3Ab%3D");
    }
}
