//! Signing in and out, and the theme.

use super::asked::Asked;
use super::errors::Fault;
use super::reply::{Cache, Reply, ours};
use super::session::{self, Secret};
use crate::backend::{Failure, KeptSession, Kind};
use crate::pages::sign_in::SignIn;

/// What these handlers return.
type Done = Result<Reply, Fault>;

/// The form.
pub async fn form(asked: Asked) -> Done {
    asked.only(&["next"])?;
    if asked.frames.who.is_some() {
        return Ok(Reply::go(ours(asked.word("next"))));
    }
    let view = SignIn { next: asked.word("next").to_owned(), ..SignIn::default() };
    Ok(asked.show(&view)?.cached(Cache::Never))
}

/// Signs in: a new session with a new secret, whatever the browser held before.
pub async fn now(asked: Asked) -> Done {
    let (name, password) = (asked.sent.text("name").to_owned(), asked.sent.text("password").to_owned());
    asked.app.limits.sign_in(&asked.client, &name).map_err(Fault::TooMany)?;
    let who = match asked.app.backend.check_password(&name, &password).await {
        Ok(who) => who,
        Err(Failure { kind: Kind::Forbidden, .. }) => return refused(&asked, name),
        Err(failure) => return Err(failure.into()),
    };
    let options = &asked.app.options;
    let secret = Secret::random()?;
    let made = asked.frames.now;
    let until = made.checked_add(jiff::SignedDuration::from_secs(options.session)).unwrap_or(made);
    // An old session of this browser ends here; its secret is worth nothing afterwards.
    if let Some(old) = &asked.secret {
        asked.app.backend.end_session(old.digest()).await?;
    }
    asked.app.backend.keep_session(KeptSession { digest: secret.digest(), who, made, until }).await?;
    let names = session::names(options.secure);
    Ok(Reply::go(asked.sent.text("next"))
        .cookie(session::set(names.session, secret.reveal(), options.session, options.secure))
        .cookie(session::set(names.form, "", 0, options.secure)))
}

fn refused(asked: &Asked, name: String) -> Done {
    tracing::warn!(request = asked.id, client = asked.client, "sign-in refused");
    let complaint = "This name and password do not fit. Check both and try again.".to_owned();
    let view = SignIn { name, next: asked.sent.text("next").to_owned(), complaint };
    Ok(asked.show(&view)?.again())
}

/// Signs out.
pub async fn out(asked: Asked) -> Done {
    if let Some(secret) = &asked.secret {
        asked.app.backend.end_session(secret.digest()).await?;
    }
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
