//! The own account: name, password, sessions, tokens.

use super::acts::{Done, again, wrong};
use super::asked::{Asked, Wants};
use super::reply::{Cache, Reply};
use super::session;
use crate::backend::Kind;
use crate::pages::account::{Account, new_password};
use crate::pages::form::Complaints;
use crate::pages::settings::TokenDraft;

/// Where these pages are.
const PLACE: &str = "/account";

async fn view(asked: &Asked) -> Result<Account, super::errors::Fault> {
    Ok(asked.app.backend.account(asked.who()?, &asked.cookie).await?)
}

/// The account.
pub async fn account(asked: Asked) -> Done {
    asked.only(&[])?;
    asked.show(&view(&asked).await?)
}

/// Changes the own name and mail address.
pub async fn rename(asked: Asked) -> Done {
    let mut complaints = asked.sent.complaints(&["person", "mail"]);
    if asked.sent.text("person").is_empty() {
        complaints.insert("person".into(), "write your name".into());
    }
    if !complaints.is_empty() {
        let view = Account { complaints: complaints.clone(), ..view(&asked).await? };
        return again(&asked, &view, &complaints);
    }
    let act = asked.act()?;
    let (name, mail) = (asked.sent.text("person"), asked.sent.text("mail"));
    let says = asked.app.backend.rename(&act, &act.who.person, name, mail).await?;
    Ok(asked.done(&says, PLACE))
}

/// Changes the own password; then one signs in again.
pub async fn change_password(asked: Asked) -> Done {
    let complaints = match new_password(&asked.sent) {
        Ok((old, new)) => match asked.app.backend.change_password(&asked.act()?, &old, &new).await {
            Ok(says) => {
                let secure = asked.app.options.secure;
                let names = session::names(secure);
                return Ok(asked.done(&says, "/sign-in").cookie(session::set(names.session, "", 0, secure)));
            }
            Err(failure) if failure.kind == Kind::Forbidden => {
                Complaints::from([("old".to_owned(), failure.says)])
            }
            Err(failure) if failure.kind == Kind::Invalid => {
                Complaints::from([("password".to_owned(), failure.says)])
            }
            Err(failure) => return Err(failure.into()),
        },
        Err(complaints) => complaints,
    };
    let view = Account { complaints: complaints.clone(), ..view(&asked).await? };
    again(&asked, &view, &complaints)
}

/// Ends one of the own sessions.
pub async fn end_session(asked: Asked) -> Done {
    let says = asked.app.backend.end_session(&asked.act()?, asked.part("session"), &asked.cookie).await?;
    Ok(asked.done(&says, PLACE))
}

/// Ends all of the own sessions but the one that asks.
pub async fn end_sessions(asked: Asked) -> Done {
    let says = asked.app.backend.end_session(&asked.act()?, "", &asked.cookie).await?;
    Ok(asked.done(&says, PLACE))
}

/// Makes a token and shows it this once.
pub async fn make_token(asked: Asked) -> Done {
    let new = match TokenDraft::read(&asked.sent) {
        Ok(new) => new,
        Err(draft) if asked.wants == Wants::Json => return Err(wrong(&draft.complaints)),
        Err(draft) => return Ok(asked.show(&Account { draft, ..view(&asked).await? })?.again()),
    };
    let token = match asked.app.backend.make_token(&asked.act()?, new.clone()).await {
        Ok(token) => token,
        // What is wrong with a field stands beside it; the rest was not written in vain.
        Err(failure) if asked.wants != Wants::Json && !failure.fields.is_empty() => {
            let draft = TokenDraft::again(&new, failure.fields.into_iter().collect());
            return Ok(asked.show(&Account { draft, ..view(&asked).await? })?.again());
        }
        Err(failure) => return Err(failure.into()),
    };
    let made = token.reveal().to_owned();
    if asked.wants == Wants::Json {
        let prefix = made.split('_').nth(1).unwrap_or_default();
        let body = serde_json::json!({ "prefix": prefix, "token": made });
        return Ok(Reply::json(body.to_string().into_bytes()).cached(Cache::Never));
    }
    Ok(asked.show(&Account { made, ..view(&asked).await? })?.cached(Cache::Never))
}

/// Ends a token.
pub async fn end_token(asked: Asked) -> Done {
    let says = asked.app.backend.end_token(&asked.act()?, asked.part("token")).await?;
    Ok(asked.done(&says, "/account#tokens"))
}
