//! Search.

use service::maker::FoundVulnerability;

use super::HouseBackend;
use super::translate::{at_some, class, failure, maker};
use crate::backend::{Failure, Identity};
use crate::pages::links;
use crate::pages::search::{Hit, Search};

pub(super) async fn search(of: &HouseBackend, who: &Identity, text: &str) -> Result<Search, Failure> {
    let found = maker(of, who)?.search(text).await.map_err(failure)?;
    let mut products: Vec<(String, String)> =
        found.products.into_iter().map(|(id, name)| (links::product(&id), name)).collect();
    products.extend(
        found
            .releases
            .into_iter()
            .map(|(id, product, version)| (links::release(&id.to_string()), format!("{product} {version}"))),
    );
    Ok(Search {
        text: text.to_owned(),
        vulnerabilities: found.vulnerabilities.into_iter().map(hit).collect(),
        components: found.components,
        products,
        checked: found.checked,
        checked_at: at_some(found.checked_at),
    })
}

fn hit(one: FoundVulnerability) -> Hit {
    let is_open = one.open.as_ref().is_some_and(|open| open.open.iter().any(|number| *number > 0));
    Hit {
        id: one.id,
        releases: one.open.as_ref().map_or(0, |open| open.releases),
        class: one.open.filter(|_| is_open).map(|open| class(open.worst)),
        settled: one.settled,
        not_evaluated: one.not_evaluated,
        about: super::vulnerabilities::in_a_line(&one.about),
    }
}
