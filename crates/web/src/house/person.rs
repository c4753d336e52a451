//! One person: rights, and the way in.

use model::access::{Act as Right, Role};
use service::access::secret::Secret;

use super::HouseBackend;
use super::once::{once, shown_once};
use super::translate::{failure, id, known, maker, missing, scope};
use crate::backend::{Act, Failure, Identity};
use crate::pages::person::{Grant, Person};

pub(super) async fn person(of: &HouseBackend, who: &Identity, person: &str) -> Result<Person, Failure> {
    let (known, wanted) = (known(who)?, id(person, "person")?);
    let people = of.door.people(known).await.map_err(failure)?;
    let info = people.iter().find(|one| one.person.id == wanted).ok_or_else(|| missing("person"))?;
    let administered = scope(who, Right::Administer)?;
    let products = maker(of, who)?.product_names().await.map_err(failure)?;
    let name = |wanted: i64| {
        let known = products.iter().find(|(id, _, _)| *id == wanted);
        known.map_or_else(|| "another product".to_owned(), |(_, _, name)| name.clone())
    };
    let mut grants: Vec<Grant> = (info.grants.iter())
        .map(|grant| Grant {
            role: grant.role.word().to_owned(),
            product: grant.product.map_or_else(String::new, |product| product.to_string()),
            of: grant.product.map_or_else(|| "all products".to_owned(), name),
        })
        .collect();
    grants.sort_by(|a, b| (&a.of, &a.role).cmp(&(&b.of, &b.role)));
    let reached = products.iter().filter(|(id, _, _)| administered.reaches(*id));
    Ok(Person {
        row: super::people::row(info),
        grants,
        products: reached.map(|(id, _, name)| (id.to_string(), name.clone())).collect(),
        is_self: info.person.id == known.person,
        made: String::new(),
        complaints: Default::default(),
    })
}

pub(super) async fn grant(
    of: &HouseBackend,
    act: &Act,
    person: &str,
    role: Role,
    product: Option<&str>,
    holds: bool,
) -> Result<String, Failure> {
    let (who, person) = (known(&act.who)?, id(person, "person")?);
    let product = product.map(|product| id(product, "product")).transpose()?;
    let says = crate::pages::role::says(&role);
    once(of, act, async |_, door| {
        let done = if holds {
            door.grant(who, person, role, product, of.moment()).await
        } else {
            door.revoke(who, person, role, product, of.moment()).await
        };
        done.map_err(failure)?;
        Ok(if holds { format!("The role {says} is given") } else { format!("The role {says} is taken away") })
    })
    .await
}

pub(super) async fn set_active(
    of: &HouseBackend,
    act: &Act,
    person: &str,
    is_active: bool,
) -> Result<String, Failure> {
    let (who, person) = (known(&act.who)?, id(person, "person")?);
    once(of, act, async |_, door| {
        door.set_active(who, person, is_active, of.moment()).await.map_err(failure)?;
        let says = if is_active {
            "They may sign in again"
        } else {
            "They are shut out; sessions and tokens have ended"
        };
        Ok(says.to_owned())
    })
    .await
}

pub(super) async fn reset_link(of: &HouseBackend, act: &Act, person: &str) -> Result<Secret, Failure> {
    let (who, person) = (known(&act.who)?, id(person, "person")?);
    shown_once(of, act, async |_, door| door.reset_link(who, person, of.moment()).await.map_err(failure))
        .await
}

pub(super) async fn set_four_eyes(
    of: &HouseBackend,
    act: &Act,
    is_demanded: bool,
) -> Result<String, Failure> {
    let who = known(&act.who)?;
    once(of, act, async |_, door| {
        door.set_four_eyes(who, !is_demanded, of.moment()).await.map_err(failure)?;
        let word = if is_demanded { "demanded" } else { "advisory" };
        Ok(format!("The second person is {word} now"))
    })
    .await
}
