//! The Atom feed (RFC 4287): the last events of a scope, for readers that come and ask.

use std::collections::BTreeSet;

use model::assessment::ResponseClass;
use serde::{Deserialize, Serialize};
use store::event::Event;
use store::organisation::Organisation;
use store::{Look, Moment, Scope, sha256};

use super::history::{self, Body, Names, rank};
use super::links::Links;
use super::plain::{escaped, plain};
use crate::house::{Fault, instant};

pub(super) const NOTHING_IS_SENT: &str = "a feed is read and not sent to: it needs no subscription";

/// Settings of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtomSettings {
    /// Title; absent = made of the organisation's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Least class before or after an event that is shown: `none` (everything), `routine`, `planned`, `immediate`; absent =
    /// `planned`.
    #[serde(default = "planned")]
    pub at_least: String,
    /// Ids of products; absent = all that the reader may see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<BTreeSet<i64>>,
}

fn planned() -> String {
    ResponseClass::Planned.word().to_owned()
}

impl Default for AtomSettings {
    fn default() -> AtomSettings {
        AtomSettings { title: None, at_least: planned(), products: None }
    }
}

impl AtomSettings {
    pub(super) fn check(&self) -> Result<(), String> {
        if ResponseClass::parse(&self.at_least).is_none() {
            let words: Vec<&str> = ResponseClass::ALL.iter().map(|class| class.word()).collect();
            return Err(format!("at_least {:?} is no class: {}", self.at_least, words.join(", ")));
        }
        Ok(())
    }
}

/// Most entries of a feed.
const MOST_ENTRIES: usize = 100;

/// Renders the feed of a scope. `own` is the address under which it is read; `now` stands in an empty feed only where the
/// organisation has no date.
///
/// # Errors
/// Those of the store; `Refused` where the organisation is not there.
pub async fn feed(
    look: &mut Look,
    scope: &Scope,
    settings: &AtomSettings,
    base_url: &str,
    own: &str,
    now: Moment,
) -> Result<String, Fault> {
    let organisation = look.organisation(scope).await?;
    let organisation =
        organisation.ok_or_else(|| Fault::Refused("there is no such organisation".to_owned()))?;
    let scope = narrowed(scope, settings);
    let least = rank(Some(&settings.at_least));
    let mut found: Vec<(Event, Body)> = Vec::new();
    history::events(look, &scope, Moment::NEVER, Moment(i64::MAX), |event| {
        if let Some(body) = history::body(&event) {
            let most = rank(body.class.from.as_deref()).max(rank(body.class.to.as_deref()));
            if most >= least {
                found.push((event, body));
            }
        }
        found.len() < MOST_ENTRIES
    })
    .await?;
    let components: BTreeSet<i64> = found.iter().map(|(_, body)| body.component).collect();
    let releases: BTreeSet<i64> = found.iter().map(|(event, _)| event.release).collect();
    let names = Names::of(look, &scope, &components, &releases).await?;
    let begun = if organisation.created == Moment::NEVER { now } else { organisation.created };
    let updated = found.iter().map(|(event, _)| event.at).max().unwrap_or(begun);
    let title = settings.title.clone().unwrap_or_else(|| format!("Patchwright: {}", organisation.name));
    let links = Links::new(base_url);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n  <id>{}</id>\n  \
         <title>{}</title>\n  <updated>{}</updated>\n  <author><name>Patchwright</name></author>\n  \
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n  <link rel=\"alternate\" href=\"{}\"/>\n",
        id(&organisation, &format!("feed {settings:?}")),
        escaped(&plain(&title)),
        instant(updated),
        escaped(own),
        escaped(&links.today())
    );
    for (event, body) in &found {
        xml.push_str(&entry(event, body, &organisation, &names, &links));
    }
    xml.push_str("</feed>\n");
    Ok(xml)
}

/// The reader's own border stays: settings only narrow it.
fn narrowed(scope: &Scope, settings: &AtomSettings) -> Scope {
    let Some(wanted) = &settings.products else { return scope.clone() };
    let products = match &scope.products {
        store::Products::All => wanted.clone(),
        store::Products::Some(own) => own.intersection(wanted).copied().collect(),
    };
    Scope { products: store::Products::Some(products), ..scope.clone() }
}

fn entry(event: &Event, body: &Body, organisation: &Organisation, names: &Names, links: &Links) -> String {
    let vulnerability = plain(body.vulnerability.as_deref().unwrap_or_default());
    let (component, version) = names.component(body.component);
    let component = plain(&format!("{component} {version}"));
    let product = names.products.get(&event.product).map_or("", |product| product.name.as_str());
    let release = names.releases.get(&event.release).map_or("", String::as_str);
    let place = plain(&format!("{product} {release}"));
    let course = course(event, body);
    let summary = format!("{vulnerability} in component {component}, release {place}: {course}.");
    format!(
        "  <entry>\n    <id>{}</id>\n    <title>{}</title>\n    <updated>{}</updated>\n    \
         <link rel=\"alternate\" href=\"{}\"/>\n    <category term=\"{}\"/>\n    <summary>{}</summary>\n  </entry>\n",
        id(organisation, &format!("event {}", event.id)),
        escaped(&format!("{vulnerability} in {component}, {place}: {course}")),
        instant(event.at),
        escaped(&links.finding(event.finding)),
        escaped(&plain(&event.kind)),
        escaped(&summary)
    )
}

fn course(event: &Event, body: &Body) -> String {
    let class = |class: &Option<String>| class.as_deref().map_or("nothing to do".to_owned(), plain);
    let status = |status: &Option<String>| {
        status.as_deref().map_or(String::new(), |word| plain(word).replace('_', " "))
    };
    match event.kind.as_str() {
        "finding_new" => format!("new, {}", class(&body.class.to)),
        "finding_gone" => format!("gone, was {}", class(&body.class.from)),
        "class_changed" => format!("{} → {}", class(&body.class.from), class(&body.class.to)),
        "status_changed" => format!("{} → {}", status(&body.status.from), status(&body.status.to)),
        _ => format!("judged anew, {}", class(&body.class.to)),
    }
}

/// A stable id: a UUID (RFC 9562, version 8) of the organisation and what it names. It does not change when the server
/// moves to another address.
fn id(organisation: &Organisation, what: &str) -> String {
    let text = format!("{} {} {} {what}", organisation.id, organisation.slug, organisation.created.0);
    let hash = sha256(text.as_bytes());
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}
