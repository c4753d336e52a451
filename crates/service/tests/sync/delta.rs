//! What a delta names, against what a full analysis finds different.

use std::collections::{BTreeMap, BTreeSet};

use analysis::matching::{self, Options};
use index::compile::delta::{ChangeKind, Delta, compare};
use index::keys::keys_of_component;
use index::{CompileOptions, Compiler, Index};
use model::record::{Item, Record, RecordState, Severity};
use model::sbom::Inventory;
use model::vulnerability::{Epss, Kev};
use proptest::prelude::*;
use testkit::records::{component, cve, inventory};

/// What is known of one vulnerability in a small world.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    product: usize,
    end: usize,
    is_rejected: bool,
    modified: usize,
    severity: usize,
    epss: usize,
    is_exploited: bool,
}

const PRODUCTS: [&str; 6] =
    ["acme:thing", "other:thing", "acme:widget", "third:widget", ":gadget", "debian:gadget"];
const ENDS: [&str; 4] = ["< 1.0", "< 2.0", "1.5..3.0", "1.5"];
const DATES: [&str; 3] = ["2026-01-01", "2026-02-01", "2026-03-01"];
const VECTORS: [&str; 2] =
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"];

/// A world: number of the vulnerability to what is known of it.
type World = BTreeMap<usize, Known>;

fn known() -> impl Strategy<Value = Known> {
    let rare = || prop::bool::weighted(0.15);
    (0..PRODUCTS.len(), 0..ENDS.len(), rare(), 0..DATES.len(), 0..=VECTORS.len(), 0..4usize, rare()).prop_map(
        |(product, end, is_rejected, modified, severity, epss, is_exploited)| Known {
            product,
            end,
            is_rejected,
            modified,
            severity,
            epss,
            is_exploited,
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    prop::collection::btree_map(0..14usize, known(), 0..12)
}

/// A world, and the same with some vulnerabilities altered, added or taken away.
fn worlds() -> impl Strategy<Value = (World, World)> {
    let altered = prop::collection::btree_map(0..16usize, prop::option::of(known()), 0..5);
    (world(), altered).prop_map(|(old, altered)| {
        let mut new = old.clone();
        for (number, known) in altered {
            match known {
                Some(known) => drop(new.insert(number, known)),
                None => drop(new.remove(&number)),
            }
        }
        (old, new)
    })
}

fn id(number: usize) -> String {
    format!("CVE-2026-{number:04}")
}

fn record<'a>(id: &'a str, known: &Known) -> Record<'a> {
    let severity = VECTORS
        .get(known.severity)
        .map(|vector| Severity { vector: (*vector).into(), ..Severity::default() });
    Record {
        state: if known.is_rejected { RecordState::Rejected } else { RecordState::Published },
        modified: DATES[known.modified].into(),
        severities: severity.into_iter().collect(),
        ..cve(id, PRODUCTS[known.product], ENDS[known.end])
    }
}

fn compile(world: &World) -> Index {
    let compiler = Compiler::new(CompileOptions::default()).unwrap();
    for (number, known) in world {
        let id = id(*number);
        compiler.add("cve-list", &Item::Record(Box::new(record(&id, known))));
        if known.epss > 0 {
            let probability = known.epss as f32 / 4.0;
            compiler.add(
                "epss",
                &Item::Epss(id.as_str().into(), Epss { probability, percentile: 0.5, before: None }),
            );
        }
        if known.is_exploited {
            let kev = Kev { id: id.clone(), date_added: "2026-02-02".to_owned(), ..Kev::default() };
            compiler.add("kev", &Item::Kev(kev));
        }
    }
    Index::from_bytes(compiler.finish_to_bytes().unwrap().0).unwrap()
}

fn components() -> Inventory {
    inventory(vec![
        component("thing", "1.6"),
        component("thing", "1.6").cpe("cpe:2.3:a:acme:thing:1.6:*:*:*:*:*:*:*"),
        component("thing", "2.5").cpe("cpe:2.3:a:other:thing:2.5:*:*:*:*:*:*:*"),
        component("widget", "0.9").cpe("cpe:2.3:a:*:widget:0.9:*:*:*:*:*:*:*"),
        component("widget", "1.5").purl("pkg:generic/widget@1.5"),
        component("gadget", "1.5").cpe("cpe:2.3:a:gadget:gadget:1.5:*:*:*:*:*:*:*"),
    ])
}

/// Everything that is judged of each pair. Numbers of records in texts of evidence are left out: they say how large a
/// majority is, not what follows from it.
fn judgements(index: &Index, inventory: &Inventory) -> BTreeMap<(usize, String), String> {
    let options = Options {
        at: "2026-11-22".to_owned(),
        with_not_affected: true,
        verdicts_only: true,
        ..Options::default()
    };
    let findings = matching::scan(index, inventory, &options).findings;
    let judged = findings.into_iter().map(|finding| {
        let text = format!(
            "{:?} {:?} {:?} {:?} {} {:?} {:?}",
            finding.verdict,
            finding.reason,
            finding.qualifiers,
            finding.confidence,
            finding.fixed,
            finding.aliases,
            finding.facts
        );
        ((finding.component, finding.vulnerability), text)
    });
    judged.collect()
}

/// True when the watch would judge the pair again.
fn reaches(delta: &Delta, keys: &BTreeSet<String>, vulnerability: &str) -> bool {
    delta.everything
        || delta.surroundings.iter().any(|key| keys.contains(key))
        || delta.changes.iter().any(|change| change.ids.iter().any(|id| id == vulnerability))
}

fn check((old, new): (World, World)) -> Result<(), TestCaseError> {
    let (before, after, inventory) = (compile(&old), compile(&new), components());
    let delta = compare(&before, &after).unwrap();
    // Whatever is judged differently is named.
    let (was, is) = (judgements(&before, &inventory), judgements(&after, &inventory));
    for pair in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        if was.get(pair) != is.get(pair) {
            let of = &inventory.components[pair.0];
            let keys: BTreeSet<String> = keys_of_component(of, after.alias_table()).into_iter().collect();
            prop_assert!(reaches(&delta, &keys, &pair.1), "{pair:?} is not in {delta:?}");
            // A change of verdicts is reached by a key of the component.
            let change = delta.changes.iter().find(|change| change.id == pair.1);
            if let Some(change) = change.filter(|change| change.kind.touches_verdicts()) {
                prop_assert!(change.keys.iter().any(|key| keys.contains(key)), "{change:?} misses {keys:?}");
            }
        }
    }
    // Nothing is named that was not altered, and each alteration under its name.
    let altered: BTreeMap<String, ChangeKind> =
        (0..16).filter_map(|at| Some((id(at), kind(old.get(&at), new.get(&at))?))).collect();
    let named: BTreeMap<String, ChangeKind> =
        delta.changes.iter().map(|change| (change.id.clone(), change.kind)).collect();
    prop_assert_eq!(named, altered);
    prop_assert!(!delta.everything);
    // A delta of nothing is empty.
    prop_assert!(compare(&after, &after).unwrap().is_empty());
    Ok(())
}

/// What an alteration is.
fn kind(old: Option<&Known>, new: Option<&Known>) -> Option<ChangeKind> {
    let (old, new) = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => return Some(ChangeKind::Added),
        (Some(_), None) => return Some(ChangeKind::Gone),
        (Some(old), Some(new)) => (old, new),
    };
    let ranges = |of: &Known| (of.product, of.end, of.is_rejected);
    let ratings = |of: &Known| (of.modified, of.severity);
    if new.is_rejected && !old.is_rejected {
        Some(ChangeKind::Withdrawn)
    } else if ranges(old) != ranges(new) {
        Some(ChangeKind::Ranges)
    } else if ratings(old) != ratings(new) {
        Some(ChangeKind::Ratings)
    } else {
        (old != new).then_some(ChangeKind::Facts)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_delta_names_what_is_judged_differently_and_nothing_else(worlds in worlds()) {
        check(worlds)?;
    }
}
