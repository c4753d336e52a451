//! Events of findings with their names, for digests and feeds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use store::event::Event;
use store::{Look, Moment, Scope};

use super::facts::ProductName;
use crate::house::Fault;

/// What an event's body says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Body {
    pub vulnerability: Option<String>,
    #[serde(default)]
    pub component: i64,
    #[serde(default)]
    pub class: Course,
    #[serde(default)]
    pub status: Course,
}

/// From what to what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Course {
    pub from: Option<String>,
    pub to: Option<String>,
}

/// The body of an event of a finding; `None` for other events.
pub(super) fn body(event: &Event) -> Option<Body> {
    let body: Body = serde_json::from_str(&event.body).ok()?;
    (event.finding != 0 && body.vulnerability.is_some()).then_some(body)
}

/// The rank of a class word: what is more urgent is greater; nothing to do is 0.
pub(super) fn rank(class: Option<&str>) -> usize {
    use model::assessment::ResponseClass;
    let class = class.and_then(|word| ResponseClass::ALL.iter().find(|class| class.word() == word));
    match class {
        None | Some(ResponseClass::None) => 0,
        Some(ResponseClass::Routine) => 1,
        Some(ResponseClass::Planned) => 2,
        Some(ResponseClass::Immediate) => 3,
    }
}

/// Names by id.
#[derive(Default)]
pub(super) struct Names {
    pub products: BTreeMap<i64, ProductName>,
    /// Name and version.
    pub components: BTreeMap<i64, (String, String)>,
    pub releases: BTreeMap<i64, String>,
}

impl Names {
    /// Names of all products of the scope, of some components and releases.
    pub(super) async fn of(
        look: &mut Look,
        scope: &Scope,
        components: &BTreeSet<i64>,
        releases: &BTreeSet<i64>,
    ) -> Result<Names, Fault> {
        let mut names = Names::default();
        for product in look.products(scope).await? {
            let name = ProductName { id: product.id, slug: product.slug, name: product.name };
            names.products.insert(product.id, name);
        }
        let components: Vec<i64> = components.iter().copied().collect();
        for (id, component) in look.components_by_id(&components).await? {
            names.components.insert(id, (component.name, component.version));
        }
        for id in releases {
            if let Some(release) = look.release(scope, *id).await? {
                names.releases.insert(*id, release.version);
            }
        }
        Ok(names)
    }

    pub(super) fn component(&self, id: i64) -> (String, String) {
        self.components.get(&id).cloned().unwrap_or_else(|| ("a component".to_owned(), String::new()))
    }
}

/// Most events that are read for one answer: more than a person reads, few enough for memory.
pub(super) const MOST_EVENTS: usize = 200_000;

/// The events of a time, newest first, up to and not including `until`.
pub(super) async fn events(
    look: &mut Look,
    scope: &Scope,
    since: Moment,
    until: Moment,
    mut take: impl FnMut(Event) -> bool,
) -> Result<(), Fault> {
    let mut page = store::Page { after: None, limit: 1000 };
    let mut seen = 0;
    loop {
        let listed = look.events(scope, "", since, &page).await?;
        for event in listed.rows {
            seen += 1;
            if event.at < until && !take(event) {
                return Ok(());
            }
        }
        match listed.next {
            Some(next) if seen < MOST_EVENTS => page.after = Some(next),
            _ => return Ok(()),
        }
    }
}
