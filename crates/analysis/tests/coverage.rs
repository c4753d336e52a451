//! Every component ends in exactly one coverage state (matching.md 1.5).

use analysis::coverage::day_number;
use analysis::{Options, scan};
use model::component::{Coverage, Scope};
use model::sbom::Inventory;
use testkit::records::{Building, Knowledge, component, inventory};

fn options(at: &str) -> Options {
    Options { at: at.to_owned(), ..Options::default() }
}

/// The state of the only component, on knowledge of 2026-07-20.
fn state_at(at: &str, knowledge: Knowledge, components: Vec<Building>) -> &'static str {
    let inventory = inventory(components);
    scan(&knowledge.index(), &inventory, &options(at)).coverage[0].0.word()
}

fn state(knowledge: Knowledge, building: Building) -> &'static str {
    state_at("2026-07-21", knowledge, vec![building])
}

fn widget(version: &str) -> Building {
    component("widget", version).cpe(&format!("cpe:2.3:a:acme:widget:{version}:*:*:*:*:*:*:*"))
}

fn known() -> Knowledge {
    Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 2.0")
}

#[test]
fn matched_and_clean() {
    assert_eq!(state(known(), widget("1.0")), "matched");
    assert_eq!(state(known(), widget("2.0")), "clean");
}

#[test]
fn what_nobody_looks_at_is_not_clean() {
    let gadget = component("gadget", "1.0").cpe("cpe:2.3:a:acme:gadget:1.0:*:*:*:*:*:*:*");
    assert_eq!(state(known(), gadget), "not_evaluable/unknown_product");
}

#[test]
fn without_version_or_identity() {
    let without_version = component("widget", "").cpe("cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*");
    assert_eq!(state(known(), without_version), "not_evaluable/no_version");
    assert_eq!(state(known(), component("widget", "1.0")), "not_evaluable/no_identity");
}

#[test]
fn feeds_that_are_missing_or_old() {
    assert_eq!(state(Knowledge::new().feed("kev"), widget("2.0")), "not_evaluable/feed_missing");
    assert_eq!(state_at("2026-09-01", known(), vec![widget("2.0")]), "not_evaluable/feed_stale");
    assert_eq!(state_at("", known(), vec![widget("2.0")]), "not_evaluable/feed_stale");
    let python = component("widget", "1.0").purl("pkg:pypi/widget@1.0");
    assert_eq!(state(known(), python), "not_evaluable/feed_missing");
    let debian = component("widget", "1.0-1").purl("pkg:deb/debian/widget@1.0-1?distro=debian-12");
    let mut inventory = inventory(vec![debian]);
    inventory.platform.distribution = "debian:12".to_owned();
    let found = scan(&known().index(), &inventory, &options("2026-07-21"));
    assert_ne!(found.coverage[0].0, Coverage::Clean);
}

#[test]
fn a_given_age_replaces_the_limits_of_the_feeds() {
    let inventory = inventory(vec![widget("2.0")]);
    let with = |days| Options { max_index_age_days: Some(days), ..options("2026-07-30") };
    let word = |options: &Options| scan(&known().index(), &inventory, options).coverage[0].0.word();
    assert_eq!(word(&with(30)), "clean");
    assert_eq!(word(&with(5)), "not_evaluable/feed_stale");
}

#[test]
fn what_the_input_says_stays() {
    assert_eq!(
        state(known(), widget("1.0").with(|widget| widget.scope = Scope::BuildOnly)),
        "excluded/build_only"
    );
    let mut inventory = inventory(vec![widget("1.0"), widget("1.1")]);
    inventory.components[0].coverage = Coverage::ByUser;
    inventory.components[1].coverage = Coverage::Proprietary;
    let found = scan(&known().index(), &inventory, &options("2026-07-21"));
    let words: Vec<&str> = found.coverage.iter().map(|(state, _)| state.word()).collect();
    assert_eq!(words, ["excluded/by_user", "not_evaluable/proprietary"]);
}

#[test]
fn the_states_add_up() {
    let components = vec![
        widget("1.0"),
        widget("2.0"),
        component("gadget", "1.0").cpe("cpe:2.3:a:acme:gadget:1.0:*:*:*:*:*:*:*"),
        component("nameless", ""),
        widget("1.0").with(|widget| widget.scope = Scope::BuildOnly),
    ];
    let inventory: Inventory = inventory(components);
    let found = scan(&known().index(), &inventory, &options("2026-07-21"));
    assert_eq!(found.coverage.len(), inventory.components.len());
    let counted: usize = Coverage::ALL
        .iter()
        .map(|state| found.coverage.iter().filter(|(known, _)| known == state).count())
        .sum();
    assert_eq!(counted, inventory.components.len());
    assert!(found.coverage.iter().all(|(state, _)| *state != Coverage::Pending));
}

#[test]
fn days_are_counted_over_months_and_leap_years() {
    let between = |a: &str, b: &str| day_number(b).unwrap() - day_number(a).unwrap();
    assert_eq!(between("2024-02-28", "2024-03-01"), 2);
    assert_eq!(between("2025-02-28", "2025-03-01"), 1);
    assert_eq!(between("1999-12-31", "2000-01-01"), 1);
    assert_eq!(between("2026-01-01", "2027-01-01"), 365);
    assert_eq!(day_number("yesterday"), None);
    assert_eq!(day_number("2026-13-01"), None);
    assert_eq!(day_number("2026-07-20T10:00:00Z"), day_number("2026-07-20"));
}
