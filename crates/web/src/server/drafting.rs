//! Profiles and rules: written as drafts, looked at, approved, retired.

use super::acts::{Done, again};
use super::asked::Asked;
use super::errors::Fault;
use crate::backend::{Failure, Kind};
use crate::pages::drafts::{Drafts, Form, Written};
use crate::pages::links;

/// The product of the address; none for the whole organisation.
fn product(asked: &Asked) -> Option<&str> {
    Some(asked.part("product")).filter(|product| !product.is_empty())
}

fn kind(asked: &Asked) -> Result<Written, Fault> {
    let none = || Failure::new(Kind::NotFound, "There is no such version").into();
    Written::parse(asked.part("kind")).ok_or_else(none)
}

/// Profiles and rules of a product, or rules of all products.
pub async fn drafts(asked: Asked) -> Done {
    asked.only(&[])?;
    let view = asked.app.backend.drafts(asked.who()?, product(&asked)).await?;
    asked.show(&view)
}

/// Keeps a draft.
pub async fn write(asked: Asked) -> Done {
    let mut form = Form {
        kind: asked.sent.text("kind").to_owned(),
        name: asked.sent.text("name").to_owned(),
        text: asked.sent.whole("text").to_owned(),
        complaints: asked.sent.complaints(&["kind", "name", "text"]),
    };
    let read = Written::parse(&form.kind);
    if read.is_none() {
        form.complaints.insert("kind".into(), "choose profile or rules".into());
    }
    if form.name.is_empty() {
        form.complaints.insert("name".into(), "write a name; that of a profile is its id".into());
    }
    if let Some(kind) = read.filter(|_| form.complaints.is_empty()) {
        let backend = &asked.app.backend;
        match backend.write_draft(&asked.act()?, kind, product(&asked), &form.name, &form.text).await {
            Ok(id) => {
                return Ok(
                    asked.done("The draft is kept; look at its effect", &links::draft(kind.word(), &id))
                );
            }
            Err(failure) if matches!(failure.kind, Kind::Invalid | Kind::Conflict) => {
                form.complaints.insert("text".into(), failure.says);
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    let complaints = form.complaints.clone();
    let view = Drafts { form, ..asked.app.backend.drafts(asked.who()?, product(&asked)).await? };
    again(&asked, &view, &complaints)
}

/// One version.
pub async fn draft(asked: Asked) -> Done {
    asked.only(&[])?;
    let view = asked.app.backend.draft(asked.who()?, kind(&asked)?, asked.part("id")).await?;
    asked.show(&view)
}

/// Puts a draft into force.
pub async fn approve(asked: Asked) -> Done {
    let (kind, id) = (kind(&asked)?, asked.part("id"));
    let says = asked.app.backend.approve_draft(&asked.act()?, kind, id, asked.sent.text("hash")).await?;
    Ok(asked.done(&says, &links::draft(kind.word(), id)))
}

/// Takes a version out of force.
pub async fn retire(asked: Asked) -> Done {
    let (kind, id) = (kind(&asked)?, asked.part("id"));
    let says = asked.app.backend.retire_draft(&asked.act()?, kind, id, asked.sent.text("why")).await?;
    Ok(asked.done(&says, &links::draft(kind.word(), id)))
}
