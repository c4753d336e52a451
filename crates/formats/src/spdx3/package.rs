//! One package element as a component: identity, addresses, hashes.

use model::component::{Component, Role};
use model::licence::{Acknowledgement, Licence};
use model::note::Note;

use super::graph::Graph;
use super::said;
use super::schema::Element;
use crate::normalise::identity::{
    add_cpe, add_download, add_hash, add_purl, add_repository, push_new, usable,
};
use crate::text::loose::Text;

/// Adds what the element says to the component. Name, reference and version are the caller's.
pub fn describe(component: &mut Component, element: &Element<'_>, id: &str, graph: &Graph<'_>) {
    for identifier in &element.identifiers {
        let value = identifier.value.get();
        match identifier.kind.get() {
            "cpe23" | "cpe22" => add_cpe(component, value, id),
            "packageUrl" => add_purl(component, value, id),
            "gitoid" | "swid" | "swhid" | "email" | "urlScheme" => {}
            _ if value.starts_with("cpe:") => add_cpe(component, value, id),
            _ if value.starts_with("pkg:") => add_purl(component, value, id),
            _ => {}
        }
    }
    add_purl(component, said(&element.package_url), id);
    add_download(component, said(&element.download));
    for reference in &element.references {
        let locators = reference.locator.iter().map(Text::get);
        match reference.kind.get() {
            "vcs" => locators.for_each(|url| add_repository(component, url)),
            "sourceArtifact" | "binaryArtifact" | "altDownloadLocation" => {
                locators.for_each(|url| add_download(component, url));
            }
            "altWebPage" if component.homepage.is_empty() => {
                component.homepage = locators.take(1).collect();
            }
            _ => {}
        }
    }
    for hash in &element.verified {
        add_hash(component, hash.algorithm.get(), hash.value.get());
    }
    let home_page = said(&element.home_page);
    if !home_page.is_empty() {
        component.homepage = home_page.to_owned();
    }
    let supplier = said(&element.supplied_by);
    if component.supplier.is_empty() && !supplier.is_empty() {
        component.supplier = graph.names.get(supplier).map_or(supplier, |name| name.as_ref()).to_owned();
    }
    if let Some(day) = element.release_time.get().get(..10) {
        component.released = day.to_owned();
    }
    component.role = role(element.purpose.get());
}

pub fn role(purpose: &str) -> Role {
    match purpose {
        "application" => Role::Application,
        "library" | "framework" => Role::Library,
        "firmware" => Role::Firmware,
        _ => Role::Other,
    }
}

/// Adds licences by the ids of their elements; one that the document does not hold says nothing.
pub fn license<'g>(
    component: &mut Component,
    ids: impl IntoIterator<Item = &'g str>,
    said: Acknowledgement,
    graph: &Graph<'_>,
) {
    for id in ids {
        let text = graph.licences.get(id).and_then(|text| usable(text));
        if let Some(text) = text {
            push_new(&mut component.licences, Licence::new(text, said));
        }
    }
}

/// The version as written; a number is taken as written too, with a note.
pub fn version(element: &Element<'_>, id: &str, notes: &mut Vec<Note>) -> String {
    let version = element.version.noted(|| format!("{id}#software_packageVersion"), notes);
    crate::normalise::identity::usable(version).unwrap_or_default().to_owned()
}
