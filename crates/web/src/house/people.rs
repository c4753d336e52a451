//! People.

use super::HouseBackend;
use crate::backend::{Act, Failure, Identity, Kind};
use crate::pages::list::{Page, Query};
use crate::pages::people::{Invited, Person};

pub(super) async fn people(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<Person>, Failure> {
    let _ = (of, who, query);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}

pub(super) async fn invite(of: &HouseBackend, act: &Act, invited: Invited) -> Result<String, Failure> {
    let _ = (of, act, invited);
    Err(Failure::new(Kind::Unavailable, "This page has no answer yet"))
}
