//! Signing in and out, and the theme.

use service::access::door::Knock;
use service::access::secret::Secret;

use super::asked::Asked;
use super::errors::Fault;
use super::reply::{Cache, Reply, ours};
use super::session;
use crate::backend::{Failure, Kind, Signed};
use crate::pages::sign_in::SignIn;

/// What these handlers return.
type Done = Result<Reply, Fault>;

/// The form.
pub async fn form(asked: Asked) -> Done {
    asked.only(&["next"])?;
    if asked.frames.who.is_some() {
        return Ok(Reply::go(ours(asked.word("next"))));
    }
    let provider = provider(&asked);
    let view = SignIn { next: asked.word("next").to_owned(), provider, ..SignIn::default() };
    Ok(asked.show(&view)?.cached(Cache::Never))
}

/// Signs in: a new session with a new secret, whatever the browser held before.
pub async fn now(asked: Asked) -> Done {
    let name = asked.sent.text("name").to_owned();
    let knock = Knock {
        login: &name,
        password: asked.sent.whole("password"),
        address: &asked.client,
        agent: &asked.agent,
    };
    let backend = &asked.app.backend;
    let secret = match backend.sign_in(knock).await? {
        Signed::In(secret) => secret,
        Signed::Wrong => return refused(&asked, name),
        Signed::Wait(seconds) => return Err(Fault::TooMany(seconds)),
    };
    // An old session of this browser ends here; its secret is worth nothing afterwards.
    if !asked.cookie.is_empty() {
        backend.sign_out(&asked.cookie).await?;
    }
    Ok(inside(&asked, &secret, asked.sent.text("next")))
}

/// The way on for a browser with a new session.
pub fn inside(asked: &Asked, secret: &Secret, next: &str) -> Reply {
    let secure = asked.app.options.secure;
    let names = session::names(secure);
    Reply::go(next)
        .cookie(session::set(names.session, secret.reveal(), session::WEEK, secure))
        .cookie(session::set(names.form, "", 0, secure))
}

/// What people call the identity provider; empty where there is none.
fn provider(asked: &Asked) -> String {
    asked.app.backend.provider().unwrap_or_default().to_owned()
}

fn refused(asked: &Asked, name: String) -> Done {
    tracing::warn!(request = asked.id, client = asked.client, "sign-in refused");
    let complaint = "This name and password do not fit. Check both and try again.".to_owned();
    let provider = provider(asked);
    let view = SignIn { name, next: asked.sent.text("next").to_owned(), complaint, provider };
    Ok(asked.show(&view)?.again())
}

/// Signs out.
pub async fn out(asked: Asked) -> Done {
    asked.app.backend.sign_out(&asked.cookie).await?;
    let secure = asked.app.options.secure;
    Ok(Reply::go("/sign-in").cookie(session::set(session::names(secure).session, "", 0, secure)))
}

/// Light or dark: a cookie, so that the first byte of the next page knows.
pub async fn theme(asked: Asked) -> Done {
    let word = asked.sent.text("theme");
    if !matches!(word, "system" | "light" | "dark") {
        return Err(Failure::new(Kind::Invalid, "No such theme")
            .field("theme", "choose system, light or dark")
            .into());
    }
    let value = if word == "system" { "" } else { word };
    let line = session::set(session::THEME, value, 365 * 24 * 3600, asked.app.options.secure);
    Ok(Reply::go(asked.sent.text("return")).cookie(line))
}
