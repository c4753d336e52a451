//! The own account.

use super::HouseBackend;
use super::once::once;
use super::settings::tokens;
use super::translate::{at, failure, id, known};
use crate::backend::{Act, Failure, Identity};
use crate::pages::account::{Account, Session};
use crate::words::counted;

pub(super) async fn account(of: &HouseBackend, who: &Identity, cookie: &str) -> Result<Account, Failure> {
    let known = known(who)?;
    let sessions = of.door.sessions(known, cookie, of.moment()).await.map_err(failure)?;
    let sessions = sessions.into_iter().map(|one| Session {
        id: one.id,
        address: one.address,
        agent: one.agent,
        made: at(one.created),
        seen: at(one.last_seen),
        is_this: one.is_this,
    });
    let mail = of.door.mail(known).await.map_err(failure)?;
    Ok(Account {
        id: known.person.to_string(),
        login: known.login.clone(),
        name: known.name.clone(),
        mail,
        roles: who.roles.clone(),
        sessions: sessions.collect(),
        tokens: tokens(of, who, false).await?,
        ..Account::default()
    })
}

pub(super) async fn rename(
    of: &HouseBackend,
    act: &Act,
    person: &str,
    name: &str,
    mail: &str,
) -> Result<String, Failure> {
    let (who, person) = (known(&act.who)?, id(person, "person")?);
    once(of, act, async |_, door| {
        door.rename_person(who, person, name, mail, of.moment()).await.map_err(failure)?;
        Ok(format!("{name} is kept"))
    })
    .await
}

pub(super) async fn change_password(
    of: &HouseBackend,
    act: &Act,
    old: &str,
    new: &str,
) -> Result<String, Failure> {
    of.door.change_password(known(&act.who)?, old, new, of.moment()).await.map_err(failure)?;
    Ok("The password is changed; sign in with the new one".to_owned())
}

pub(super) async fn end_session(
    of: &HouseBackend,
    act: &Act,
    session: &str,
    cookie: &str,
) -> Result<String, Failure> {
    let who = known(&act.who)?;
    if session.is_empty() {
        let ended = of.door.end_other_sessions(who, cookie, of.moment()).await.map_err(failure)?;
        let ended = usize::try_from(ended).unwrap_or(usize::MAX);
        return Ok(format!("{} ended", counted(ended, "session has", "sessions have")));
    }
    of.door.end_session(who, session, of.moment()).await.map_err(failure)?;
    Ok("The session has ended".to_owned())
}
