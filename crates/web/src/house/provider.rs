//! The way in by an identity provider: what is said of each refusal. What would help somebody else stands in the log only.

use service::access::oidc::{Arrival, Entry, Refusal};

use super::HouseBackend;
use super::translate::failure;
use crate::backend::Failure;
use crate::desk::AtProvider;

pub(super) async fn begin(
    of: &HouseBackend,
    back: &str,
    next: &str,
    link: &str,
) -> Result<AtProvider, Failure> {
    let Some(provider) = &of.provider else { return Ok(AtProvider::none()) };
    Ok(match provider.begin(back, next, link, of.moment()).await.map_err(failure)? {
        Ok(begun) => AtProvider::Go(begun),
        Err(refusal) => {
            if let Refusal::Unavailable(why) = &refusal {
                tracing::error!(issuer = provider.issuer(), why, "the identity provider cannot be used");
            }
            AtProvider::Refused(says(&refusal, provider.name()))
        }
    })
}

pub(super) async fn enter(of: &HouseBackend, arrival: Arrival<'_>) -> Result<AtProvider, Failure> {
    let Some(provider) = &of.provider else { return Ok(AtProvider::none()) };
    Ok(match of.door.enter_by_provider(provider, arrival, of.moment()).await.map_err(failure)? {
        Entry::In { secret, next } => AtProvider::In(secret, next),
        Entry::Refused(refusal) => AtProvider::Refused(says(&refusal, provider.name())),
        // The next whole second: one less would be too early.
        Entry::Wait { milliseconds } => AtProvider::Wait(milliseconds.unsigned_abs().div_ceil(1000)),
    })
}

fn says(refusal: &Refusal, name: &str) -> String {
    match refusal {
        Refusal::NotBegun(_) => {
            "This sign-in was not begun in this browser, or it took too long. Begin again.".to_owned()
        }
        Refusal::ByProvider => format!("There was no sign-in at {name}. Begin again."),
        Refusal::Unavailable(_) => {
            format!(
                "Nobody can sign in with {name} at the moment. Try again later; the server's log says why."
            )
        }
        Refusal::NotBelieved(_) => format!("The sign-in with {name} did not work. Begin again."),
        Refusal::NoAccount(_) => {
            format!("{name} knows you, but you have no account here. Ask an administrator for an invitation.")
        }
        Refusal::LinkOver => "The link was used or is over. Ask for a new one.".to_owned(),
        Refusal::Taken => {
            format!("Your account at {name} belongs to another person here. Ask an administrator.")
        }
    }
}
