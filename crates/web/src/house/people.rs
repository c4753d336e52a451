//! People: the list, and inviting somebody.

use service::access::people::{Invitation, PersonInfo};
use service::access::secret::Secret;

use super::HouseBackend;
use super::once::shown_once;
use super::translate::{at_some, failure, known};
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::people::{Invited, Person};

pub(super) async fn people(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<Person>, Failure> {
    let known = of.door.people(known(who)?).await.map_err(failure)?;
    let mut rows: Vec<Person> = known.iter().map(row).filter(|row| fits(row, query)).collect();
    match query.sort {
        "seen" => rows.sort_by_key(|row| std::cmp::Reverse(row.seen.map(|at| at.0))),
        _ => rows.sort_by_key(|row| row.name.to_lowercase()),
    }
    page(rows, query, |row| &row.id)
}

/// A person as the list shows it.
pub(super) fn row(info: &PersonInfo) -> Person {
    let mut roles: Vec<_> = info.grants.iter().map(|grant| grant.role).collect();
    roles.sort_unstable();
    roles.dedup();
    Person {
        id: info.person.id.to_string(),
        login: info.person.login.clone(),
        name: info.person.name.clone(),
        mail: info.person.mail.clone(),
        roles,
        state: state(info).to_owned(),
        seen: at_some(info.seen),
    }
}

/// `active`, `invited` or `locked`.
pub(super) fn state(info: &PersonInfo) -> &'static str {
    match (info.person.is_active, info.has_come) {
        (false, _) => "locked",
        (true, false) => "invited",
        (true, true) => "active",
    }
}

fn fits(row: &Person, query: &Query) -> bool {
    let wanted = query.of("role");
    let text = format!("{} {} {}", row.login, row.name, row.mail).to_lowercase();
    (wanted.is_empty() || row.roles.iter().any(|role| wanted.iter().any(|word| word == role.word())))
        && query.allows("state", &row.state)
        && text.contains(&query.find.to_lowercase())
}

/// The page of rows that a query names, by the key of a row.
///
/// # Errors
/// `Invalid` for a key of no row: a page without rows would read as the end of the list.
pub(super) fn page<Row>(
    mut rows: Vec<Row>,
    query: &Query,
    key: fn(&Row) -> &String,
) -> Result<Page<Row>, Failure> {
    let total = rows.len();
    let place = |wanted: &str| {
        let gone = || {
            Failure::new(Kind::Invalid, "the cursor is none of this list, or no longer")
                .hint("Begin with the first page.")
        };
        rows.iter().position(|row| key(row) == wanted).ok_or_else(gone)
    };
    let from = match (query.after.as_str(), query.before.as_str()) {
        ("", "") => 0,
        ("", before) => place(before)?.saturating_sub(query.limit),
        (after, _) => place(after)? + 1,
    };
    let to = (from + query.limit).min(total);
    let edge = |at: usize| rows.get(at).map_or_else(String::new, |row| key(row).clone());
    let next = if to < total { edge(to.saturating_sub(1)) } else { String::new() };
    let previous = if from > 0 { edge(from) } else { String::new() };
    let items = rows.drain(from.min(to)..to).collect();
    Ok(Page { items, total: total as u64, next, previous })
}

pub(super) async fn invite(of: &HouseBackend, act: &Act, invited: Invited) -> Result<Secret, Failure> {
    let (who, now) = (known(&act.who)?, of.moment());
    let invitation = Invitation {
        login: invited.login,
        name: invited.name,
        mail: invited.mail,
        roles: invited.roles.into_iter().map(|role| (role, None)).collect(),
    };
    shown_once(of, act, async |_, door| Ok(door.invite(who, &invitation, now).await.map_err(failure)?.1))
        .await
}
