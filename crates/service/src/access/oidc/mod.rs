//! Signing in at an identity provider by OpenID Connect: authorisation code with PKCE (S256), state and nonce. Start with
//! [`Provider`]; who somebody is here says [`person`].
//!
//! The library that the design names was left out for its weight; see decision 0036.

mod key;
mod person;
mod provider;
mod token;
mod way;

pub use person::{Arrival, Entry};
pub use provider::{Begun, Provider, ProviderSettings};
pub use token::Claims;
pub use way::HOLDS;

/// Why somebody was not let in. The page says little of it, log and audit log name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The browser did not begin here, took too long, or brings something that does not fit what it took along.
    NotBegun(&'static str),
    /// The provider did not let the person in, or the person did not want to.
    ByProvider,
    /// The provider does not answer, or not as the standard says; why, for the log.
    Unavailable(String),
    /// What the provider says cannot be believed.
    NotBelieved(&'static str),
    /// The provider knows the person, and there is no account here that may be used.
    NoAccount(&'static str),
    /// The one-time link does not hold.
    LinkOver,
    /// The account at the provider belongs to another person here.
    Taken,
}

impl Refusal {
    /// The stable word of the audit log.
    pub fn word(&self) -> &'static str {
        match self {
            Refusal::ByProvider => "refused_by_provider",
            Refusal::Unavailable(_) => "provider_unavailable",
            Refusal::NotBegun(word) | Refusal::NotBelieved(word) | Refusal::NoAccount(word) => word,
            Refusal::LinkOver => "link_over",
            Refusal::Taken => "linked_to_another",
        }
    }
}
