//! SMTP: the only place that connects to a mail server.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::notify::channel::Outcome;
use crate::notify::secret::Secret;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Plain at first, encrypted before anything is said; refused where the server does not offer it.
    #[default]
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// Not at all: for a server on the same machine or in a network that is trusted.
    None,
}

/// Whom to connect to.
pub(crate) struct Server<'a> {
    pub host: &'a str,
    pub port: Option<u16>,
    pub encryption: Encryption,
    pub authority: Option<&'a str>,
    pub login: Option<(&'a str, &'a Secret)>,
}

/// How long a connection may take to come about; the whole delivery has its own limit, see `notify::dispatch`.
const PATIENCE: Duration = Duration::from_secs(30);

/// True for names of the machine itself: read as an address, because `127.0.0.1.example` is a name of anybody.
pub(crate) fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Refuses what is no certificate.
pub(crate) fn check_authority(pem: &str) -> Result<(), String> {
    certificate(pem).map(|_| ())
}

fn certificate(pem: &str) -> Result<Certificate, String> {
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Err("no certificate in PEM form".to_owned());
    }
    Certificate::from_pem(pem.as_bytes()).map_err(|_| "the certificate cannot be read".to_owned())
}

/// Sends one letter.
///
/// # Errors
/// Refused for good, or not now.
pub(crate) async fn send(server: &Server<'_>, letter: Message) -> Result<(), Outcome> {
    let transport = transport(server, &letter).map_err(Outcome::Refused)?;
    transport.send(letter).await.map(|_| ()).map_err(|error| outcome(server, &error))
}

fn transport(server: &Server<'_>, letter: &Message) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let (tls, port) = match server.encryption {
        Encryption::Starttls => (Tls::Required(parameters(server)?), 587),
        Encryption::Tls => (Tls::Wrapper(parameters(server)?), 465),
        Encryption::None => (Tls::None, 25),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
        .port(server.port.unwrap_or(port))
        .tls(tls)
        .timeout(Some(PATIENCE));
    // Servers look at the name; the sender's domain is the only one that is known to be ours.
    if let Some(from) = letter.envelope().from() {
        builder = builder.hello_name(ClientId::Domain(from.domain().to_owned()));
    }
    if let Some((user, password)) = server.login {
        builder = builder.credentials(Credentials::new(user.to_owned(), password.expose().to_owned()));
    }
    Ok(builder.build())
}

fn parameters(server: &Server<'_>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(server.host.to_owned());
    if let Some(pem) = server.authority {
        builder = builder.add_root_certificate(certificate(pem)?);
    }
    builder.build_rustls().map_err(|error| format!("no encrypted connection can be made: {error}"))
}

/// What an error means. A server's word of the 500s is final, but for those that speak of the login: a password may be
/// mended, and the message still waits.
fn outcome(server: &Server<'_>, error: &Error) -> Outcome {
    let mut why = format!("mail server {}: {error}", server.host);
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !why.contains(&cause_text) {
            why = format!("{why}: {cause_text}");
        }
        source = cause.source();
    }
    let why = crate::notify::one_line(&why);
    let code = error.status().map(u16::from);
    match code {
        Some(530 | 534 | 535 | 538) => Outcome::Failed { why, wait: 0 },
        _ if error.is_permanent() => Outcome::Refused(why),
        _ => Outcome::Failed { why, wait: 0 },
    }
}
