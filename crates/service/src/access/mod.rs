//! Who somebody is and what he may do: passwords, sign-in, sessions, tokens, one-time links, people and their roles.
//!
//! Start with [`door::Door`], through which everybody comes in, and [`identity::Identity`], what one is afterwards.
//! [`table`] says which role may do what; nothing else in the program decides that. [`oidc`] is
//! the way in by an identity provider.

pub mod attempts;
pub mod door;
pub mod identity;
pub mod link;
pub mod oidc;
pub mod password;
pub mod people;
pub mod secret;
pub mod session;
pub mod set_up;
pub mod table;
pub mod token;
