//! Two releases side by side.

use service::compare::{Difference as Differs, Kind as Sort, Origin, Side as Judged, State};
use service::maker::ReleasesCompared;

use super::HouseBackend;
use super::translate::{class, failure, id, maker, missing};
use super::words;
use crate::backend::{Failure, Identity};
use crate::pages::class::Class;
use crate::pages::compare::{Compare, Difference, Side};

pub(super) async fn compare(
    of: &HouseBackend,
    who: &Identity,
    from: &str,
    to: &str,
) -> Result<Compare, Failure> {
    let maker = maker(of, who)?;
    let known = maker.choices().await.map_err(failure)?;
    let side = |text: &str| match known.iter().find(|(id, ..)| id.to_string() == text) {
        Some((id, product, version)) => {
            Side { id: id.to_string(), product: product.clone(), version: version.clone() }
        }
        None => Side { id: text.to_owned(), ..Side::default() },
    };
    let mut view = Compare {
        from: side(from),
        to: side(to),
        choices: known
            .iter()
            .map(|(id, product, version)| (id.to_string(), format!("{product} {version}")))
            .collect(),
        new: Vec::new(),
        gone: Vec::new(),
        changed: Vec::new(),
        numbers: [0; 4],
    };
    if from.is_empty() || to.is_empty() {
        return Ok(view);
    }
    let (from, to) = (id(from, "release")?, id(to, "release")?);
    let found =
        maker.compare(from, to, of.moment()).await.map_err(failure)?.ok_or_else(|| missing("release"))?;
    // Also releases beyond the choices have names.
    let [from, to] = &found.products;
    view.from = Side { product: from.clone(), version: found.from.version.clone(), ..view.from };
    view.to = Side { product: to.clone(), version: found.to.version.clone(), ..view.to };
    let comparison = &found.compared.comparison;
    for one in &comparison.differences {
        let row = difference(&found, one);
        match one.kind {
            Sort::New => view.new.push(row),
            Sort::Gone => view.gone.push(row),
            Sort::Changed => view.changed.push(row),
        }
    }
    let [new, gone, changed] = Sort::ALL.map(|kind| comparison.number(kind, None) as u64);
    view.numbers = [new, gone, changed, comparison.same as u64];
    Ok(view)
}

fn difference(found: &ReleasesCompared, one: &Differs) -> Difference {
    let (old, new) = (&found.compared.old, &found.compared.new);
    let name = |side: &Judged, at: Option<usize>| {
        at.and_then(|at| side.components.get(at)).map(|one| (one.name.clone(), one.version.clone()))
    };
    let (before, after) = (name(old, one.old_component), name(new, one.new_component));
    let component = match (&before, &after) {
        (Some((_, from)), Some((name, to))) if from != to => format!("{name} {from} → {to}"),
        (_, Some((name, version))) | (Some((name, version)), None) => words::component(name, version),
        (None, None) => String::new(),
    };
    // Where it is open; of one that is gone that is the older release.
    let stored = |release: i64, name: &Option<(String, String)>| {
        let (name, _) = name.as_ref()?;
        found.findings.get(&(release, name.clone(), one.vulnerability.clone()))
    };
    let finding = match one.kind {
        Sort::Gone => stored(found.from.id, &before),
        Sort::New | Sort::Changed => stored(found.to.id, &after),
    };
    let causes: Vec<&str> = one.causes.iter().map(|cause| cause.says.as_str()).collect();
    Difference {
        finding: finding.map_or_else(String::new, i64::to_string),
        vulnerability: one.vulnerability.clone(),
        component,
        before: one.before.as_ref().and_then(shown),
        after: one.after.as_ref().and_then(shown),
        because: causes.join("; ").replace("->", "→"),
        by_build: one.origin() == Origin::Build,
    }
}

fn shown(state: &State) -> Option<Class> {
    state.is_open.then(|| class(state.class))
}
