//! The shell: HTTP in, pages and JSON out. Start with [`routes`], the one table of addresses.
//!
//! The way of a request: [`shell`] (id, time limit, headers, log, numbers) -> [`guard`] (who asks, may they, did the form
//! come from our page) -> [`asked`] (what was asked) -> a handler of [`answers`] or [`acts`] -> [`reply`]. Status codes are in
//! [`errors`] and nowhere else.

pub mod acts;
pub mod answers;
pub mod asked;
pub mod assets;
pub mod drafting;
pub mod clean;
mod entrance;
pub mod errors;
pub mod export;
pub mod folk;
pub mod guard;
pub mod judging;
pub mod listen;
pub mod metrics;
pub mod openapi;
pub mod own;
pub mod provider;
pub mod reply;
pub mod routes;
pub mod session;
pub mod shell;
pub mod sign;
pub mod told;

use std::sync::Arc;
use std::time::Duration;

use crate::backend::Backend;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// True where people reach us by TLS, ours or that of a proxy: cookies are marked so, and browsers told to insist.
    pub secure: bool,
    /// True where a proxy of ours stands before us and names the client in the last part of `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Longest time for one answer.
    pub timeout: Duration,
    /// Longest body of a form or JSON document, in bytes.
    pub body: usize,
    /// Longest document that is handed in, in bytes.
    pub document: usize,
    /// Where people reach us, without a slash at the end; empty: as each of them says.
    pub base_url: String,
    /// The program and its version, for the foot.
    pub program: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            secure: true,
            behind_proxy: false,
            timeout: Duration::from_secs(30),
            body: 1 << 20,
            document: 128 << 20,
            base_url: String::new(),
            program: concat!("Patchwright ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// What every handler is given.
#[derive(Clone)]
pub struct App {
    /// The answers.
    pub backend: Arc<dyn Backend>,
    /// How we behave.
    pub options: Arc<Options>,
    /// Numbers of the shell.
    pub metrics: Arc<metrics::Metrics>,
}

impl App {
    /// Of a backend and options.
    pub fn new(backend: Arc<dyn Backend>, options: Options) -> App {
        App { backend, options: Arc::new(options), metrics: Arc::default() }
    }
}
