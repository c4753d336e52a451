//! Signing in at an identity provider: there, and back. Both are plain links: a form that leads away is refused by the
//! policy of our own pages. A one-time link begins with a form of ours all the same, whose answer holds the link that
//! leads away: an address alone, on which somebody was lured, links nobody's account. Without a provider all of them lead
//! to the form.

use service::access::oidc::{Arrival, Begun, HOLDS};

use super::asked::Asked;
use super::errors::Fault;
use super::reply::{Cache, Reply, ours};
use super::session;
use super::sign::inside;
use crate::desk::AtProvider;
use crate::pages::onward::Onward;
use crate::pages::sign_in::SignIn;

/// What these handlers return.
type Done = Result<Reply, Fault>;

/// Where the provider sends browsers back to.
const BACK: &str = "/sign-in/oidc/back";

/// Goes to the provider.
pub async fn begin(asked: Asked) -> Done {
    asked.only(&["next"])?;
    if asked.app.backend.provider().is_none() {
        return Ok(Reply::go("/sign-in"));
    }
    let next = ours(asked.word("next")).to_owned();
    if asked.frames.who.is_some() {
        return Ok(Reply::go(&next));
    }
    let begun = asked.app.backend.begin_at_provider(&back_address(&asked), &next, "").await?;
    answer(&asked, begun).await
}

/// Begins with a one-time link, which is used up on the way back.
pub async fn join(asked: Asked) -> Done {
    let Some(provider) = asked.app.backend.provider().map(str::to_owned) else {
        return Ok(Reply::go("/sign-in"));
    };
    let secret = asked.part("secret").to_owned();
    let Some(open) = asked.app.backend.link(&secret).await? else {
        return Ok(Reply::go(&format!("/join/{secret}")));
    };
    let begun = asked.app.backend.begin_at_provider(&back_address(&asked), "/", &secret).await?;
    match begun {
        AtProvider::Go(begun) => {
            let view = Onward { provider, login: open.login, to: begun.to.clone() };
            Ok(asked.show(&view)?.cached(Cache::Never).cookie(way(&asked, &begun)))
        }
        refused => answer(&asked, refused).await,
    }
}

/// What the browser keeps until it comes back.
fn way(asked: &Asked, begun: &Begun) -> String {
    let secure = asked.app.options.secure;
    session::set(session::names(secure).way, begun.way.reveal(), HOLDS / 1000, secure)
}

/// Comes back. What the provider adds to the address beyond the standard is not looked at.
pub async fn back(asked: Asked) -> Done {
    if asked.app.backend.provider().is_none() {
        return Ok(Reply::go("/sign-in"));
    }
    let back = back_address(&asked);
    let arrival = Arrival {
        way: &asked.way,
        state: asked.word("state"),
        code: asked.word("code"),
        issuer: asked.word("iss"),
        error: asked.word("error"),
        back: &back,
        address: &asked.client,
        agent: &asked.agent,
    };
    let entered = asked.app.backend.enter_by_provider(arrival).await?;
    answer(&asked, entered).await
}

async fn answer(asked: &Asked, what: AtProvider) -> Done {
    let secure = asked.app.options.secure;
    let name = session::names(secure).way;
    let over = session::set(name, "", 0, secure);
    match what {
        AtProvider::Go(begun) => Ok(Reply::away(&begun.to).cookie(way(asked, &begun))),
        AtProvider::In(secret, next) => {
            // An old session of this browser ends here; its secret is worth nothing afterwards.
            if !asked.cookie.is_empty() {
                asked.app.backend.sign_out(&asked.cookie).await?;
            }
            Ok(inside(asked, &secret, &next).cookie(over))
        }
        AtProvider::Refused(complaint) => {
            tracing::warn!(request = asked.id, client = asked.client, "sign-in by provider refused");
            let provider = asked.app.backend.provider().unwrap_or_default().to_owned();
            let view = SignIn { complaint, provider, ..SignIn::default() };
            Ok(asked.show(&view)?.again().cookie(over))
        }
        AtProvider::Wait(seconds) => Err(Fault::TooMany(seconds)),
    }
}

/// Our address as the provider has it in its settings.
fn back_address(asked: &Asked) -> String {
    let options = &asked.app.options;
    if !options.base_url.is_empty() {
        return format!("{}{BACK}", options.base_url);
    }
    let scheme = if options.secure { "https" } else { "http" };
    format!("{scheme}://{}{BACK}", asked.host)
}
