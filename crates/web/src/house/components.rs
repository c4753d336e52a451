//! Components.

use model::component::Coverage;
use service::maker::{ComponentFilter, ComponentSort, Counts, ListedComponent};

use super::HouseBackend;
use super::named::named;
use super::translate::{counts, failure, ids, maker, page_of, paged};
use crate::backend::{Failure, Identity};
use crate::pages::components::ComponentRow;
use crate::pages::list::{Page, Query};
use crate::report::components::todo;

pub(super) async fn components(
    of: &HouseBackend,
    who: &Identity,
    query: &Query,
) -> Result<Page<ComponentRow>, Failure> {
    let sort = if query.sort == "name" { ComponentSort::Name } else { ComponentSort::Urgency };
    let maker = maker(of, who)?;
    let query = &named(&maker, query).await?;
    let listed = maker.component_lines(&filter(query), sort, &page_of(query)).await;
    Ok(paged(listed.map_err(failure)?, row))
}

/// The word of a coverage state that pages show: what waits for its first judgement has not been evaluated.
fn shown(state: Coverage) -> &'static str {
    match state {
        Coverage::Pending => "not_evaluable",
        other => other.word().split('/').next().unwrap_or_default(),
    }
}

/// Why it was not evaluated, or excluded: the stable word of `reason`; empty where it was.
fn why(state: Coverage) -> &'static str {
    match state {
        Coverage::Pending => "pending",
        other => other.word().split_once('/').map_or("", |(_, why)| why),
    }
}

fn filter(query: &Query) -> ComponentFilter {
    // A code is a reason of findings, any other word one of the coverage.
    let is_code = |word: &&String| word.starts_with(|letter: char| letter.is_ascii_uppercase());
    let reasons: Vec<String> = query.of("reason").iter().filter(is_code).cloned().collect();
    let whys: Vec<&String> = query.of("reason").iter().filter(|word| !is_code(word)).collect();
    let mut coverages = Vec::new();
    if !query.of("coverage").is_empty() || !whys.is_empty() {
        let states = Coverage::ALL.iter().copied().filter(|state| {
            query.allows("coverage", shown(*state))
                && (whys.is_empty() || whys.iter().any(|word| *word == why(*state)))
        });
        coverages.extend(states.map(|state| state.word().to_owned()));
        // A word that no state has names no component.
        if coverages.is_empty() {
            coverages.push(String::new());
        }
    }
    ComponentFilter {
        products: ids(query.of("product")),
        releases: ids(query.of("release")),
        coverages,
        names: query.of("name").to_vec(),
        text: query.find.clone(),
        reasons,
    }
}

fn row((one, identities): (ListedComponent, Vec<String>)) -> ComponentRow {
    let state = Coverage::ALL.iter().copied().find(|state| state.word() == one.coverage).unwrap_or_default();
    let says = match shown(state) {
        "not_evaluable" | "excluded" => format!("{}: {}", why(state).replace('_', " "), todo(state)),
        _ => String::new(),
    };
    ComponentRow {
        name: one.name,
        version: one.version,
        product: one.product_name,
        release: one.release_version,
        release_id: one.release.to_string(),
        coverage: shown(state),
        reason: why(state).to_owned(),
        says,
        open: counts(&Counts::by_class(&one.open)),
        identities,
    }
}
