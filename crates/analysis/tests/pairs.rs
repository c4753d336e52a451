//! Chosen pairs of component and vulnerability: the answer of the full scan, and whether it holds in every release.

use std::collections::BTreeMap;

use analysis::{Options, Pair, scan, scan_pairs};
use index::{Index, VulnRef};
use model::finding::Finding;
use model::record::{CpeLeaf, CpeNode, Record};
use model::sbom::Inventory;
use proptest::prelude::*;
use testkit::records::inventory;

use crate::invariants::{Sketch, cases, components, index_of, options, record, sketch, tree, without_texts};

/// The record of a sketch; some are about the widget only where the gadget is beside it.
fn joined(sketch: &Sketch, needs_gadget: bool) -> Record<'static> {
    let mut record = record(sketch);
    if let (true, [node]) = (needs_gadget, &mut record.configurations[..]) {
        let beside = tree("acme", "gadget", "0", "9", false).configurations.remove(0);
        let beside = CpeNode {
            leaves: beside.leaves.into_iter().map(|leaf| CpeLeaf { vulnerable: false, ..leaf }).collect(),
            ..beside
        };
        let own = std::mem::take(node);
        *node = CpeNode { is_and: true, children: vec![own, beside], ..CpeNode::default() };
    }
    record
}

fn bare() -> Options {
    Options { with_not_affected: false, verdicts_only: true, ..options() }
}

fn name(index: &Index, number: VulnRef) -> String {
    index.vulnerability(number).expect("a vulnerability").id().to_owned()
}

/// Findings by component key and vulnerability.
fn found(
    inventory: &Inventory,
    findings: impl Iterator<Item = Finding>,
) -> BTreeMap<(String, String), Finding> {
    let key = |finding: &Finding| inventory.components[finding.component].key.clone();
    findings
        .map(|finding| {
            let place = (key(&finding), finding.vulnerability.clone());
            (place, Finding { component: 0, ..without_texts(&finding) })
        })
        .collect()
}

fn all(_: usize) -> bool {
    true
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn pairs_are_judged_as_in_a_full_scan(
        sketches in prop::collection::vec((sketch(), any::<bool>()), 1..12),
        components in components(6),
        chosen in prop::collection::vec(any::<bool>(), 12),
    ) {
        let records: Vec<Record<'_>> = sketches.iter().map(|(sketch, needs)| joined(sketch, *needs)).collect();
        let index = index_of(&records);
        let inventory = inventory(components);
        let wanted: Vec<VulnRef> = index.vulnerabilities().zip(&chosen).filter(|(_, is)| **is).map(|(n, _)| n).collect();
        let ids: Vec<String> = wanted.iter().map(|number| name(&index, *number)).collect();
        let full = scan(&index, &inventory, &bare());
        let expected = full.findings.into_iter().filter(|finding| ids.contains(&finding.vulnerability));
        let pairs = scan_pairs(&index, &inventory, &bare(), &all, &wanted);
        let answer = pairs.pairs.iter().filter_map(|pair| pair.finding.clone());
        prop_assert_eq!(found(&inventory, answer), found(&inventory, expected));
        for pair in &pairs.pairs {
            prop_assert!(pair.is_whole && wanted.contains(&pair.vulnerability));
            prop_assert_eq!(pair.finding.as_ref().map(|finding| finding.verdict), pair.finding.as_ref().and(pair.verdict));
        }
    }

    /// What does not ask the release is the same in every release that holds the component.
    #[test]
    fn an_answer_that_asks_nobody_else_holds_everywhere(
        sketches in prop::collection::vec((sketch(), any::<bool>()), 1..12),
        one in components(4),
        other in components(4),
    ) {
        let records: Vec<Record<'_>> = sketches.iter().map(|(sketch, needs)| joined(sketch, *needs)).collect();
        let index = index_of(&records);
        let every: Vec<VulnRef> = index.vulnerabilities().collect();
        let of = |inventory: &Inventory| -> BTreeMap<(String, VulnRef), Pair> {
            let pairs = scan_pairs(&index, inventory, &bare(), &all, &every).pairs;
            let key = |pair: &Pair| inventory.components[pair.component].key.clone();
            pairs.into_iter().map(|pair| ((key(&pair), pair.vulnerability), pair)).collect()
        };
        let small = inventory(one.clone());
        let mut both = one;
        for component in other {
            if !both.iter().any(|known| known.component.key == component.component.key) {
                both.push(component);
            }
        }
        let large = inventory(both);
        let (in_small, in_large) = (of(&small), of(&large));
        for (place, pair) in in_small.iter().filter(|(_, pair)| !pair.asks_release) {
            let again = &in_large[place];
            prop_assert!(!again.asks_release);
            prop_assert_eq!((pair.verdict, pair.reason), (again.verdict, again.reason));
            let bare = |pair: &Pair| pair.finding.clone().map(|finding| Finding { component: 0, ..finding });
            prop_assert_eq!(bare(pair), bare(again));
        }
    }
}

/// Both kinds of pairs come about, so that the properties above are about something.
#[test]
fn a_condition_on_another_component_asks_the_release() {
    let sketch = |id, windows| Sketch { id, form: 2, product: 0, start: 0, end: 5, windows, default: 0 };
    let records = [joined(&sketch(0, false), false), joined(&sketch(1, false), true)];
    let index = index_of(&records);
    let widget = testkit::records::component("widget", "1.2").cpe("cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*");
    let every: Vec<VulnRef> = index.vulnerabilities().collect();
    let pairs = scan_pairs(&index, &inventory(vec![widget]), &bare(), &all, &every).pairs;
    let asks: Vec<(String, bool, bool)> = pairs
        .iter()
        .map(|pair| (name(&index, pair.vulnerability), pair.asks_release, pair.finding.is_some()))
        .collect();
    assert_eq!(asks, [("CVE-2024-10000".to_owned(), false, true), ("CVE-2024-10001".to_owned(), true, true)]);
}
