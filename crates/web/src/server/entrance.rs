//! The ways in that are opened by a link: the first start, and choosing a password. Their secrets stand in the address, which
//! the log therefore does not hold.

use service::access::door::Knock;

use super::acts::Done;
use super::asked::Asked;
use super::errors::Fault;
use super::reply::Cache;
use super::sign::inside;
use crate::backend::{Failure, Kind, Signed};
use crate::pages::form::Complaints;
use crate::pages::join::Join;
use crate::pages::set_up::{Founding, SetUp, password};

/// The form of the first start.
pub async fn set_up(asked: Asked) -> Done {
    asked.only(&[])?;
    let secret = asked.part("secret");
    let holds = asked.app.backend.set_up_holds(secret).await?;
    let secret = if holds { secret.to_owned() } else { String::new() };
    Ok(asked.show(&SetUp { secret, ..SetUp::default() })?.cached(Cache::Never))
}

/// Makes the organisation and its administrator, who is signed in then.
pub async fn set_up_now(asked: Asked) -> Done {
    let secret = asked.part("secret").to_owned();
    let (founding, mut complaints) = Founding::read(&asked.sent);
    if complaints.is_empty() {
        let knock = knock(&asked, &founding.login);
        match asked.app.backend.set_up(&secret, &founding, knock).await {
            Ok(signed) => return enter(&asked, signed),
            Err(failure) => complaints = told(failure)?,
        }
    }
    let view = SetUp { secret, founding, complaints };
    Ok(asked.show(&view)?.again())
}

/// The form of a one-time link.
pub async fn join(asked: Asked) -> Done {
    asked.only(&[])?;
    let view = asked.app.backend.link(asked.part("secret")).await?.unwrap_or_default();
    Ok(asked.show(&view)?.cached(Cache::Never))
}

/// Chooses a password, and signs in with it.
pub async fn join_now(asked: Asked) -> Done {
    let secret = asked.part("secret").to_owned();
    let Some(open) = asked.app.backend.link(&secret).await? else {
        return Ok(asked.show(&Join::default())?.again());
    };
    let mut complaints = asked.sent.complaints(&["login", "password", "again"]);
    password(&asked.sent, &mut complaints);
    if complaints.is_empty() {
        match asked.app.backend.join(&secret, knock(&asked, &open.login)).await {
            Ok(signed) => return enter(&asked, signed),
            Err(failure) => complaints = told(failure)?,
        }
    }
    let view = Join { complaints, ..open };
    Ok(asked.show(&view)?.again())
}

fn knock<'a>(asked: &'a Asked, login: &'a str) -> Knock<'a> {
    Knock { login, password: asked.sent.whole("password"), address: &asked.client, agent: &asked.agent }
}

fn enter(asked: &Asked, signed: Signed) -> Done {
    match signed {
        Signed::In(secret) => Ok(inside(asked, &secret, "/")),
        // Somebody has guessed at this login: the password is chosen, and signing in has to wait.
        Signed::Wait(seconds) => Err(Fault::TooMany(seconds)),
        Signed::Wrong => Err(Fault::WrongPassword),
    }
}

/// What the services refuse stands at its field, or above the form.
fn told(failure: Failure) -> Result<Complaints, Fault> {
    if !matches!(failure.kind, Kind::Invalid | Kind::Conflict) {
        return Err(failure.into());
    }
    let mut complaints: Complaints = failure.fields.into_iter().collect();
    if complaints.is_empty() {
        complaints.insert("form".into(), failure.says);
    }
    Ok(complaints)
}
