//! People and their rights, for whoever administers.

use model::access::Role;

use super::acts::{Done, again};
use super::asked::{Asked, Wants};
use super::errors::Fault;
use super::reply::{Cache, Reply};
use crate::backend::{Failure, Kind};
use crate::pages::links;
use crate::pages::list::Query;
use crate::pages::people::{Invitation, LIST, People};
use crate::pages::person::Person;

async fn listed(asked: &Asked, invitation: Invitation, made: (String, String)) -> Result<People, Fault> {
    let query = Query::parse(&LIST, &[]).unwrap_or_default();
    let page = asked.app.backend.people(asked.who()?, &query).await?;
    Ok(People { page, query, invitation, made })
}

/// Where a one-time link leads, as it is handed over: with the host by which the asker came here.
fn link(asked: &Asked, secret: &str) -> String {
    let scheme = if asked.app.options.secure { "https" } else { "http" };
    if !asked.app.options.base_url.is_empty() {
        return format!("{}/join/{secret}", asked.app.options.base_url);
    }
    match asked.host.as_str() {
        "" => format!("/join/{secret}"),
        host => format!("{scheme}://{host}/join/{secret}"),
    }
}

/// Shows a link this once: as JSON for programs.
fn shown(link: &str) -> Reply {
    let body = serde_json::json!({ "link": link });
    Reply::json(body.to_string().into_bytes()).cached(Cache::Never)
}

/// Invites somebody.
pub async fn invite(asked: Asked) -> Done {
    let invited = match Invitation::read(&asked.sent) {
        Ok(invited) => invited,
        Err(invitation) => {
            let complaints = invitation.complaints.clone();
            let view = listed(&asked, invitation, Default::default()).await?;
            return again(&asked, &view, &complaints);
        }
    };
    let name = invited.name.clone();
    let again = Invitation {
        login: invited.login.clone(),
        name: name.clone(),
        mail: invited.mail.clone(),
        ..Default::default()
    };
    let secret = match asked.app.backend.invite(&asked.act()?, invited).await {
        Ok(secret) => secret,
        Err(failure)
            if asked.wants == Wants::Page && matches!(failure.kind, Kind::Invalid | Kind::Conflict) =>
        {
            let complaints = [("login".to_owned(), failure.says)].into();
            let view = listed(&asked, Invitation { complaints, ..again }, Default::default()).await?;
            return Ok(asked.show(&view)?.again());
        }
        Err(failure) => return Err(failure.into()),
    };
    let link = link(&asked, secret.reveal());
    if asked.wants == Wants::Json {
        return Ok(shown(&link));
    }
    let view = listed(&asked, Invitation::default(), (name, link)).await?;
    Ok(asked.show(&view)?.cached(Cache::Never))
}

async fn view(asked: &Asked) -> Result<Person, Fault> {
    Ok(asked.app.backend.person(asked.who()?, asked.part("person")).await?)
}

/// One person.
pub async fn person(asked: Asked) -> Done {
    asked.only(&[])?;
    asked.show(&view(&asked).await?)
}

async fn change(asked: Asked, holds: bool) -> Done {
    let person = asked.part("person").to_owned();
    let Some(role) = Role::parse(asked.sent.text("role")) else {
        let complaints = [("role".to_owned(), "choose a role of the list".to_owned())].into();
        let mut view = view(&asked).await?;
        view.complaints.clone_from(&complaints);
        return again(&asked, &view, &complaints);
    };
    let product = Some(asked.sent.text("product")).filter(|product| !product.is_empty());
    match asked.app.backend.grant(&asked.act()?, &person, role, product, holds).await {
        Ok(says) => Ok(asked.done(&says, &links::person(&person))),
        Err(failure) => refused(&asked, failure).await,
    }
}

/// What the services refuse stands on the page.
async fn refused(asked: &Asked, failure: Failure) -> Done {
    if asked.wants == Wants::Json || !matches!(failure.kind, Kind::Invalid | Kind::Conflict) {
        return Err(failure.into());
    }
    let mut view = view(asked).await?;
    view.complaints.insert("form".into(), failure.says);
    Ok(asked.show(&view)?.again())
}

/// Gives a role.
pub async fn grant(asked: Asked) -> Done {
    change(asked, true).await
}

/// Takes a role away.
pub async fn revoke(asked: Asked) -> Done {
    change(asked, false).await
}

async fn set_active(asked: Asked, is_active: bool) -> Done {
    let person = asked.part("person").to_owned();
    match asked.app.backend.set_active(&asked.act()?, &person, is_active).await {
        Ok(says) => Ok(asked.done(&says, &links::person(&person))),
        Err(failure) => refused(&asked, failure).await,
    }
}

/// Lets somebody sign in again.
pub async fn allow(asked: Asked) -> Done {
    set_active(asked, true).await
}

/// Shuts somebody out.
pub async fn lock(asked: Asked) -> Done {
    set_active(asked, false).await
}

/// Makes a link to a new password, shown this once.
pub async fn reset(asked: Asked) -> Done {
    let secret = match asked.app.backend.reset_link(&asked.act()?, asked.part("person")).await {
        Ok(secret) => secret,
        Err(failure) => return refused(&asked, failure).await,
    };
    let link = link(&asked, secret.reveal());
    if asked.wants == Wants::Json {
        return Ok(shown(&link));
    }
    let view = Person { made: link, ..view(&asked).await? };
    Ok(asked.show(&view)?.cached(Cache::Never))
}

/// Changes how somebody is called and reached.
pub async fn rename(asked: Asked) -> Done {
    let person = asked.part("person").to_owned();
    let (name, mail) = (asked.sent.text("name"), asked.sent.text("mail"));
    match asked.app.backend.rename(&asked.act()?, &person, name, mail).await {
        Ok(says) => Ok(asked.done(&says, &links::person(&person))),
        Err(failure) => refused(&asked, failure).await,
    }
}

/// Demands a second person, or makes it advisory.
pub async fn four_eyes(asked: Asked) -> Done {
    let is_demanded = match asked.sent.text("four_eyes") {
        "demanded" => true,
        "advisory" => false,
        _ => {
            let failure = Failure::new(Kind::Invalid, "There is no such setting");
            return Err(failure.field("four_eyes", "write demanded or advisory").into());
        }
    };
    let says = asked.app.backend.set_four_eyes(&asked.act()?, is_demanded).await?;
    Ok(asked.done(&says, "/settings"))
}
