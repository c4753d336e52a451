//! Values of the services as the pages know them, and back.

use std::sync::Arc;

use jiff::Timestamp;
use model::access::{Act, Role};
use model::assessment::ResponseClass;
use service::access::identity::Identity as Known;
use service::house::Fault;
use service::maker::{Cell, Counts as Counted, Listed, Maker, Moment, Scope, StoreError, is_open};

use super::HouseBackend;
use crate::backend::{Failure, Identity, Kind};
use crate::pages::at::At;
use crate::pages::class::{Class, Counts};
use crate::pages::list::{Page, Query};

/// Milliseconds of a day: what "since yesterday" looks back.
pub(super) const DAY: i64 = 24 * 3_600_000;

/// Why a deed was not done, by what the caller can do about it.
pub(super) fn failure(fault: Fault) -> Failure {
    let says = fault.to_string();
    match fault {
        Fault::Store(StoreError::NotFound(_)) => Failure::new(Kind::NotFound, says),
        Fault::Store(StoreError::Invalid(_)) | Fault::Refused(_) | Fault::Document(_) => {
            Failure::new(Kind::Invalid, says)
        }
        Fault::Store(StoreError::Conflict(_)) => Failure::new(Kind::Conflict, says),
        Fault::Store(StoreError::Unavailable(_)) => Failure::new(Kind::Unavailable, says),
        Fault::Denied(_) => Failure::new(Kind::Forbidden, says),
        Fault::Store(StoreError::Broken(_)) | Fault::Broken(_) => Failure::new(Kind::Broken, says),
    }
}

/// Who asks, as pages and the API know them.
pub(super) async fn identity(of: &HouseBackend, known: Known) -> Result<Identity, Failure> {
    let organisation_name = of.door.organisation_name(&known).await.map_err(failure)?;
    let mut roles: Vec<Role> = known.grants.iter().map(|grant| grant.role).collect();
    if let Some(limits) = &known.token {
        roles.retain(|role| limits.roles.contains(role));
    }
    roles.sort_unstable();
    roles.dedup();
    Ok(Identity {
        person: known.person.to_string(),
        name: known.name.clone(),
        organisation: known.organisation.to_string(),
        organisation_name,
        roles,
        token: known.token.as_ref().map_or_else(String::new, |_| known.actor()),
        known: Some(Arc::new(known)),
    })
}

/// Who asks, as the services know them.
pub(super) fn known(who: &Identity) -> Result<&Known, Failure> {
    who.known.as_deref().ok_or_else(|| Failure::new(Kind::Forbidden, "Nobody of this server asks"))
}

/// The border for an act.
pub(super) fn scope(who: &Identity, act: Act) -> Result<Scope, Failure> {
    known(who)?.scope(act).map_err(failure)
}

/// The handle for reading.
pub(super) fn maker(of: &HouseBackend, who: &Identity) -> Result<Maker, Failure> {
    Ok(Maker::new(of.house.clone(), scope(who, Act::Read)?))
}

/// There is no such thing, or it is somebody else's: the same words for both.
pub(super) fn missing(what: &str) -> Failure {
    Failure::new(Kind::NotFound, format!("There is no such {what}"))
}

/// A number of an address.
pub(super) fn id(text: &str, what: &str) -> Result<i64, Failure> {
    // Anything else is the address of nothing.
    text.parse().map_err(|_| missing(what))
}

/// A moment of the store.
pub(super) fn at(moment: Moment) -> At {
    At(Timestamp::from_millisecond(moment.0).unwrap_or_default())
}

/// A moment that may be missing: 0 stands for never.
pub(super) fn at_some(moment: Moment) -> Option<At> {
    (moment.0 != 0).then(|| at(moment))
}

/// A date or moment as text, as feeds write it; none for what is neither.
pub(super) fn moment_of(text: &str) -> Option<At> {
    let at = text.parse::<Timestamp>().ok().or_else(|| {
        let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
        Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    });
    at.map(At)
}

/// The class that pages show; without one nobody has assessed it.
pub(super) fn class(class: Option<ResponseClass>) -> Class {
    match class {
        Some(ResponseClass::Immediate) => Class::Immediate,
        Some(ResponseClass::Planned) => Class::Planned,
        Some(ResponseClass::Routine) => Class::Routine,
        Some(ResponseClass::None) => Class::None,
        None => Class::Unknown,
    }
}

/// The ceiling, where it is worse than the class.
pub(super) fn ceiling(cell: &Cell) -> Option<Class> {
    let of = |wanted: Option<ResponseClass>| wanted.map(|one| class(Some(one)));
    match (of(cell.class), of(cell.ceiling)) {
        (Some(class), Some(ceiling)) if ceiling < class => Some(ceiling),
        (None, Some(ceiling)) => Some(ceiling),
        _ => None,
    }
}

/// True while nobody has settled it.
pub(super) fn open(cell: &Cell) -> bool {
    is_open(cell)
}

/// The numbers of a filter; what is none is the id of nothing.
pub(super) fn ids(texts: &[String]) -> Vec<i64> {
    texts.iter().map(|text| text.parse().ok().filter(|id| *id > 0).unwrap_or(-1)).collect()
}

/// The classes of a filter; `unknown` = nobody has assessed it.
pub(super) fn wanted_classes(words: &[String]) -> Vec<Option<ResponseClass>> {
    let is = |class: &Option<ResponseClass>| words.iter().any(|word| word == self::class(*class).word());
    let known = ResponseClass::ALL.iter().copied().map(Some);
    known.chain([None]).filter(is).collect()
}

/// Which page an address asks for. A cursor says itself which way it leads.
pub(super) fn page_of(query: &Query) -> service::maker::Page {
    let cursor = if query.before.is_empty() { &query.after } else { &query.before };
    service::maker::Page {
        after: (!cursor.is_empty()).then(|| cursor.clone()),
        limit: u32::try_from(query.limit).unwrap_or(u32::MAX),
    }
}

/// A page of the services as the pages know it.
pub(super) fn paged<From, Row>(listed: Listed<From>, row: impl FnMut(From) -> Row) -> Page<Row> {
    let listed = listed.map(row);
    Page {
        items: listed.rows,
        total: listed.total,
        next: listed.next.unwrap_or_default(),
        previous: listed.previous.unwrap_or_default(),
    }
}

/// Counts by class.
pub(super) fn counts(of: &Counted) -> Counts {
    Counts {
        immediate: of.immediate,
        planned: of.planned,
        routine: of.routine,
        none: of.none,
        unknown: of.unknown,
    }
}
