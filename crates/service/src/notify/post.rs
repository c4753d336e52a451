//! The seam to the HTTP client: JSON goes out, a status comes back. Guards against addresses inside the own network,
//! redirections and time limits are the client's; what a status means is said in [`Answer::outcome`].

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::channel::Outcome;
use super::secret::Secret;

/// What is posted. Its address and headers may hold secrets: it prints neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// `POST` or, where the receiver drops repetitions by the address, `PUT`.
    pub method: &'static str,
    /// The address, http or https.
    pub url: Secret,
    /// Further headers; `Content-Type` is `application/json`.
    pub headers: Vec<(&'static str, Secret)>,
    /// The JSON, byte for byte as signed.
    pub body: Vec<u8>,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Question({} {} bytes)", self.method, self.body.len())
    }
}

/// What the receiver said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Seconds that the receiver asks for (`Retry-After`).
    pub retry_after: Option<u32>,
    /// The first part of the body, for people.
    pub excerpt: String,
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It may work later: no connection, no name, too slow.
    Later(String),
    /// It will not work: the address is not allowed, or is none.
    Never(String),
}

/// What a client answers with.
pub type Answered<'a> = Pin<Box<dyn Future<Output = Result<Answer, NoAnswer>> + Send + 'a>>;

/// An HTTP client. Its errors never hold the address: it may be a key.
pub trait Post: Send + Sync {
    /// Posts once, without following redirections: a message is not for whoever is pointed to.
    fn post<'a>(&'a self, question: &'a Question) -> Answered<'a>;
}

/// Most of what a receiver says that is kept.
const MOST_SAID: usize = 200;

impl Answer {
    /// What the status means for the message.
    pub fn outcome(&self) -> Outcome {
        let said = super::plain::shortened(&self.excerpt, MOST_SAID);
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        match self.status {
            200..=299 => Outcome::Accepted,
            300..=399 => Outcome::Refused(format!(
                "answered {}, a redirection: enter the address that it leads to",
                self.status
            )),
            408 | 425 | 429 | 500..=599 => Outcome::Failed {
                why: format!("answered {}{said}", self.status),
                wait: i64::from(self.retry_after.unwrap_or(0)).saturating_mul(1000),
            },
            401 | 403 => {
                Outcome::Refused(format!("answered {}, it does not know the key{said}", self.status))
            }
            _ => Outcome::Refused(format!("answered {}{said}", self.status)),
        }
    }
}

/// The outcome of a question.
pub(super) async fn ask(post: &dyn Post, question: &Question) -> Outcome {
    match post.post(question).await {
        Ok(answer) => answer.outcome(),
        Err(NoAnswer::Later(why)) => Outcome::Failed { why, wait: 0 },
        Err(NoAnswer::Never(why)) => Outcome::Refused(why),
    }
}

/// Refuses what is no address to post to.
pub(super) fn check_url(url: &str) -> Result<(), String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or("an address begins with https:// (or http:// inside of the own network)")?;
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("an address holds no blanks, controls or letters beyond ASCII".to_owned());
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err(
            "a name and password in an address are stored as a secret, not in the settings".to_owned()
        );
    }
    if host.is_empty() || host.starts_with(':') {
        return Err("the address names no host".to_owned());
    }
    Ok(())
}
