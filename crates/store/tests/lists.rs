//! Lists across releases: components, vulnerabilities, jobs, the log. Each page once forward and back, each count its rows.

use std::collections::BTreeMap;

use model::component::Coverage;
use model::effect::Tier;
use model::finding::Verdict;
use model::vex::VexStatus;
use serde_json::json;
use store::audit::AuditEntry;
use store::audit_list::AuditFilter;
use store::component_list::{ComponentFilter, ComponentSort, ListedComponent};
use store::finding_write::Turn;
use store::jobs::{JobFilter, Lane, NewJob, WorkState};
use store::vulnerability::Vulnerability;
use store::vulnerability_list::{VulnerabilityFilter, VulnerabilitySort};
use store::{Listed, Look, Page, Scope, Store};

use crate::findings::CLASSES;
use crate::harness::{
    NOW, add_product, add_release, begin, cell, component, judged, on_both, only, run, vulnerability,
};

/// All rows of a list, two at a time, forward and back.
macro_rules! both_ways {
    ($page:ident => $ask:expr) => {{
        let mut at = Page { after: None, limit: 2 };
        let mut rows = Vec::new();
        loop {
            let $page = &at;
            let listed = $ask.await.unwrap();
            rows.extend(listed.rows);
            if let Some(next) = listed.next {
                at.after = Some(next);
                continue;
            }
            assert_eq!(rows.len() as u64, listed.total);
            at.after = listed.previous;
            break;
        }
        let mut before = Vec::new();
        while at.after.is_some() {
            let $page = &at;
            let mut listed = $ask.await.unwrap();
            listed.rows.append(&mut before);
            before = listed.rows;
            at.after = listed.previous;
        }
        let rest = if rows.is_empty() { 0 } else { (rows.len() - 1) / 2 * 2 };
        assert_eq!(before, rows[..rest]);
        rows
    }};
}

struct House {
    scope: Scope,
    other: Scope,
    products: Vec<i64>,
    releases: Vec<i64>,
}

const NAMES: [&str; 3] = ["CVE-2024-1", "CVE-2024-2", "GHSA-aaaa-bbbb-cccc"];
const STATES: [Coverage; 4] =
    [Coverage::Matched, Coverage::Clean, Coverage::NoVersion, Coverage::UnknownProduct];

/// Two products with two releases each, and another organisation with one.
async fn house(store: &Store) -> House {
    let mut change = store.change().await.unwrap();
    let (scope, first, release) = begin(&mut change, "acme").await;
    let second = add_product(&mut change, &scope, "second").await;
    let (other, _, strange) = begin(&mut change, "umbrella").await;
    let mut releases = vec![release, add_release(&mut change, &scope, first, "1.1").await];
    for version in ["2.0", "2.1"] {
        releases.push(add_release(&mut change, &scope, second, version).await);
    }
    let known: Vec<Vulnerability> = NAMES
        .iter()
        .enumerate()
        .map(|(at, name)| Vulnerability {
            likelihood: Some(100 * at as u32),
            is_exploited: at == 1,
            published: NOW.plus(at as i64),
            aliases: vec![format!("ALIAS-{at}")],
            ..vulnerability(name)
        })
        .collect();
    change.put_vulnerabilities(&known).await.unwrap();
    let basis = change.put_basis("{}").await.unwrap();
    let names = ["openssl", "linux", "busybox", "linux-firmware"];
    for (at, release) in releases.iter().chain([&strange]).enumerate() {
        let scope = if *release == strange { &other } else { &scope };
        let all: Vec<_> = names.iter().map(|name| component(name, &format!("{}", at % 2))).collect();
        let ids = change.put_inventory(scope, *release, &all).await.unwrap();
        let mut rows = Vec::new();
        for (place, (id, _)) in ids.iter().enumerate().take(3) {
            for (number, name) in NAMES.iter().enumerate() {
                let mut one = judged(*release, *id, name, basis);
                one.cell = cell(Verdict::Affected, CLASSES[(at + place + number) % 4]);
                one.rank = (at * 10 + place) as u32;
                if (at + place * 2 + number) % 3 == 0 {
                    one.cell.status = VexStatus::NotAffected;
                    one.cell.tier = Tier::Human;
                }
                one.reason = ["V_IN_RANGE", "E_CONFIG_INCOMPLETE"][number % 2].to_owned();
                rows.push(one);
            }
        }
        change.put_findings(&rows, NOW).await.unwrap();
        let states: Vec<Coverage> = (0..4).map(|place| STATES[(at + place) % 4]).collect();
        change.put_coverage(scope, *release, &states).await.unwrap();
    }
    change.commit().await.unwrap();
    House { scope, other, products: vec![first, second], releases }
}

#[test]
fn components_are_listed_over_all_releases() {
    on_both(|store| async move {
        let house = house(&store).await;
        let mut look = store.look().await.unwrap();
        let base = ComponentFilter::default();
        let all = look.component_list(&house.scope, &base, ComponentSort::Name, &Page::default()).await;
        let all = all.unwrap().rows;
        assert_eq!(all.len(), 16);
        let counts = look.coverage_of_all(&house.scope).await.unwrap();
        assert_eq!(counts.iter().map(|(_, n)| n).sum::<u64>(), 16);
        let text = |word: &str| vec![word.to_owned()];
        let filters = [
            base.clone(),
            ComponentFilter { products: vec![house.products[1]], ..base.clone() },
            ComponentFilter { releases: house.releases[1..3].to_vec(), ..base.clone() },
            ComponentFilter { coverages: text("not_evaluable/no_version"), ..base.clone() },
            ComponentFilter { coverages: vec!["matched".into(), "clean".into()], ..base.clone() },
            ComponentFilter { coverages: text(""), ..base.clone() },
            ComponentFilter { names: text("linux"), ..base.clone() },
            ComponentFilter { text: "LINUX".into(), ..base.clone() },
            ComponentFilter { text: "ss".into(), coverages: text("clean"), ..base.clone() },
            ComponentFilter { reasons: text("E_CONFIG_INCOMPLETE"), ..base.clone() },
        ];
        let has = |wanted: &[String], text: &String| wanted.is_empty() || wanted.contains(text);
        let one = |wanted: &[i64], id: i64| wanted.is_empty() || wanted.contains(&id);
        for filter in &filters {
            for scope in [house.scope.clone(), only(&house.scope, &house.products[..1]), house.other.clone()]
            {
                let expected = all
                    .iter()
                    .filter(|_| scope.organisation == house.scope.organisation)
                    .filter(|row| scope.is_whole() || row.product == house.products[0])
                    .filter(|row| one(&filter.products, row.product) && one(&filter.releases, row.release))
                    .filter(|row| has(&filter.coverages, &row.coverage) && has(&filter.names, &row.name))
                    .filter(|row| row.name.contains(&filter.text.to_lowercase()))
                    .count();
                for sort in ComponentSort::ALL {
                    let mut found: Vec<Vec<ListedComponent>> = Vec::new();
                    for few in [20_000, 0] {
                        look.walk_above(few);
                        found.push(both_ways!(page => look.component_list(&scope, filter, *sort, page)));
                    }
                    assert_eq!(found[0], found[1], "{filter:?} {sort:?}");
                    let rows = &found[0];
                    if filter.reasons.is_empty() && scope.organisation == house.scope.organisation {
                        assert_eq!(rows.len(), expected, "{filter:?}");
                    }
                    match sort {
                        ComponentSort::Name => assert!(rows.is_sorted_by_key(|row| row.name.clone())),
                        ComponentSort::Urgency => assert!(rows.is_sorted_by_key(|row| -row.urgency)),
                    }
                    for row in rows {
                        assert_eq!(row.urgency > 0, row.open.iter().sum::<u64>() > 0, "{row:?}");
                    }
                }
            }
        }
        for few in [20_000, 0] {
            look.walk_above(few);
            let named = look.components_named(&house.scope, "LINUX", 3).await.unwrap();
            assert_eq!(named[0], ("linux".into(), "0".into(), 2));
            assert_eq!(named[1], ("linux".into(), "1".into(), 2));
            assert_eq!(named.len(), 3);
        }
    });
}

/// What the findings themselves say: (open by class, releases).
async fn counted(look: &mut Look, scope: &Scope, products: &[i64]) -> BTreeMap<String, ([u64; 5], u64)> {
    let filter = store::finding_list::FindingFilter {
        is_open: Some(true),
        products: products.to_vec(),
        ..Default::default()
    };
    let page = Page { after: None, limit: 1000 };
    let rows = look.findings(scope, &filter, Default::default(), &page).await.unwrap().rows;
    let mut releases: BTreeMap<String, std::collections::BTreeSet<i64>> = BTreeMap::new();
    let mut found: BTreeMap<String, ([u64; 5], u64)> = BTreeMap::new();
    for row in rows {
        let at = CLASSES.iter().position(|class| *class == row.cell.class).unwrap();
        // The tests know no class `none`.
        found.entry(row.vulnerability.clone()).or_default().0[if at == 0 { 0 } else { at + 1 }] += 1;
        releases.entry(row.vulnerability).or_default().insert(row.release);
    }
    for (name, releases) in releases {
        found.get_mut(&name).unwrap().1 = releases.len() as u64;
    }
    found
}

#[test]
fn vulnerabilities_are_counted_as_their_findings_are() {
    on_both(|store| async move {
        let house = house(&store).await;
        // Some change, some go: the counts go with them.
        let mut change = store.change().await.unwrap();
        let basis = change.put_basis("{}").await.unwrap();
        let inventory = change.inventory(&house.scope, house.releases[0]).await.unwrap();
        let mut one = judged(house.releases[0], inventory[0].0, NAMES[0], basis);
        one.cell = cell(Verdict::Affected, CLASSES[3]);
        one.input_hash = 99;
        change.put_findings(&[one], NOW.plus(5)).await.unwrap();
        let gone: Vec<(i64, i64, String)> =
            inventory.iter().map(|(id, _)| (house.releases[0], *id, NAMES[2].to_owned())).collect();
        change.retire_findings(&gone, "gone", NOW.plus(6)).await.unwrap();
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let base = VulnerabilityFilter::default();
        for (scope, products) in [
            (house.scope.clone(), vec![]),
            (house.scope.clone(), vec![house.products[1]]),
            (only(&house.scope, &house.products[..1]), vec![]),
            (only(&house.scope, &[]), vec![]),
            (house.other.clone(), vec![]),
        ] {
            let expected = counted(&mut look, &scope, &products).await;
            let filter = VulnerabilityFilter { products: products.clone(), ..base.clone() };
            for sort in VulnerabilitySort::ALL {
                let rows = both_ways!(page => look.vulnerability_list(&scope, &filter, *sort, page));
                let found: BTreeMap<String, ([u64; 5], u64)> =
                    rows.iter().map(|row| (row.name.clone(), (row.open, row.releases))).collect();
                assert_eq!((found, rows.len()), (expected.clone(), expected.len()), "{sort:?}");
                match sort {
                    VulnerabilitySort::Likelihood => {
                        assert!(rows.is_sorted_by_key(|row| -(row.likelihood.unwrap() as i64)))
                    }
                    VulnerabilitySort::Published => assert!(rows.is_sorted_by_key(|row| -row.published.0)),
                    VulnerabilitySort::Releases => {
                        assert!(rows.is_sorted_by_key(|row| -(row.releases as i64)))
                    }
                    VulnerabilitySort::Urgency => {
                        assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row.worst)))
                    }
                }
                for worst in CLASSES {
                    let filter = VulnerabilityFilter { worst: vec![worst], ..filter.clone() };
                    let of = both_ways!(page => look.vulnerability_list(&scope, &filter, *sort, page));
                    assert_eq!(of.len(), rows.iter().filter(|row| row.worst == worst).count());
                }
            }
            let exploited = VulnerabilityFilter { is_exploited: Some(true), ..filter.clone() };
            let rows = both_ways!(page => look.vulnerability_list(&scope, &exploited, VulnerabilitySort::Urgency, page));
            assert!(rows.iter().all(|row| row.name == NAMES[1]));
            assert_eq!(rows.len(), usize::from(expected.contains_key(NAMES[1])));
            let text = VulnerabilityFilter { text: "alias-2".into(), ..filter.clone() };
            let rows =
                both_ways!(page => look.vulnerability_list(&scope, &text, VulnerabilitySort::Urgency, page));
            assert_eq!(rows.len(), usize::from(expected.contains_key(NAMES[2])));
        }
        let settled = look.settled_releases(&house.scope, NAMES[0]).await.unwrap();
        assert!(settled > 0 && settled <= 4);
        assert_eq!(look.settled_releases(&only(&house.scope, &[]), NAMES[0]).await.unwrap(), 0);
    });
}

#[test]
fn a_finding_remembers_which_way_it_turned() {
    let open = |class: usize| cell(Verdict::Affected, CLASSES[class]);
    let settled = cell(Verdict::NotAffected, None);
    let unknown_at_most = |ceiling: usize| store::cell::Cell { ceiling: CLASSES[ceiling], ..open(0) };
    for (before, after, turn) in [
        (open(1), open(2), Some(Turn::Worse)),
        (open(3), open(2), Some(Turn::Better)),
        (open(2), open(2), None),
        (open(2), settled, Some(Turn::Gone)),
        (settled, open(1), Some(Turn::Worse)),
        (settled, settled, None),
        // Nobody knows any more: that is not better.
        (open(2), open(0), Some(Turn::Worse)),
        (open(3), open(0), None),
        (unknown_at_most(3), open(2), Some(Turn::Better)),
        (open(2), store::cell::Cell { is_active: false, ..open(2) }, Some(Turn::Gone)),
    ] {
        assert_eq!(Turn::of(&before, &after), turn, "{before:?} {after:?}");
    }
}

#[test]
fn jobs_of_another_organisation_are_not_shown() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, ..) = begin(&mut change, "acme").await;
        let (other, ..) = begin(&mut change, "umbrella").await;
        for (at, whose) in [None, Some(&scope), Some(&other), Some(&scope), Some(&scope)].iter().enumerate() {
            let new = NewJob {
                kind: if at == 3 { "other" } else { "judge" }.into(),
                key: at.to_string(),
                lane: Lane::Background,
                body: "{}".into(),
                organisation: whose.map(|scope| scope.organisation),
                run_after: NOW.plus(at as i64),
                most_attempts: 2,
            };
            change.enqueue(&new, NOW).await.unwrap();
        }
        let job = change.claim(&[Lane::Background], "w", 10, NOW.plus(9)).await.unwrap().unwrap();
        change.complete(job.id, job.lease_no, NOW.plus(10)).await.unwrap();
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let keys =
            |rows: Vec<store::jobs::Job>| -> Vec<String> { rows.into_iter().map(|job| job.key).collect() };
        let all = JobFilter::default();
        assert_eq!(keys(both_ways!(page => look.jobs_of(&scope, &all, page))), ["4", "3", "1", "0"]);
        assert_eq!(keys(both_ways!(page => look.jobs_of(&other, &all, page))), ["2", "0"]);
        let waiting = JobFilter { states: vec![WorkState::Waiting, WorkState::Leased], ..all.clone() };
        assert_eq!(keys(both_ways!(page => look.jobs_of(&scope, &waiting, page))), ["4", "3", "1"]);
        let kind = JobFilter { kinds: vec!["other".into(), "none".into()], ..all };
        assert_eq!(keys(both_ways!(page => look.jobs_of(&scope, &kind, page))), ["3"]);
    });
}

#[test]
fn the_log_is_listed_over_its_chains() {
    on_both(|store| async move {
        let mut change = store.change().await.unwrap();
        let (scope, product, _) = begin(&mut change, "acme").await;
        let second = add_product(&mut change, &scope, "second").await;
        let (other, foreign, _) = begin(&mut change, "umbrella").await;
        for (at, (of, product)) in [
            (&scope, Some(product)),
            (&scope, None),
            (&scope, Some(second)),
            (&scope, Some(product)),
            (&other, Some(foreign)),
            (&scope, None),
        ]
        .into_iter()
        .enumerate()
        {
            let entry = AuditEntry {
                product,
                at: NOW.plus(at as i64 / 2),
                actor: format!("person/{}", at % 2),
                act: if at < 3 { "decision.made" } else { "product.renamed" }.into(),
                subject: format!("decision/{at}"),
                body: json!({ "why": format!("reason number {at}") }),
            };
            change.log(of, &entry).await.unwrap();
        }
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let of = |listed: Vec<store::audit::Audited>| -> Vec<String> {
            listed.into_iter().map(|one| one.entry.subject.replace("decision/", "")).collect()
        };
        let all = AuditFilter::default();
        let newest = of(both_ways!(page => look.audit_list(&scope, &all, true, page)));
        assert_eq!(newest, ["5", "2", "3", "0", "1"]);
        let mut oldest = of(both_ways!(page => look.audit_list(&scope, &all, false, page)));
        oldest.reverse();
        assert_eq!(newest, oldest);
        let narrow = only(&scope, &[product]);
        assert_eq!(of(both_ways!(page => look.audit_list(&narrow, &all, true, page))), ["3", "0"]);
        assert_eq!(of(both_ways!(page => look.audit_list(&other, &all, true, page))), ["4"]);
        for (filter, expected) in [
            (AuditFilter { actors: vec!["person/1".into()], ..all.clone() }, vec!["5", "3", "1"]),
            (AuditFilter { acts: vec!["decision.made".into()], ..all.clone() }, vec!["2", "0", "1"]),
            (AuditFilter { products: vec![second], ..all.clone() }, vec!["2"]),
            (
                AuditFilter { subjects: vec!["decision/3".into(), "decision/4".into()], ..all.clone() },
                vec!["3"],
            ),
            (AuditFilter { text: "NUMBER 2".into(), ..all.clone() }, vec!["2"]),
            (AuditFilter { text: "_".into(), ..all.clone() }, vec![]),
        ] {
            assert_eq!(of(both_ways!(page => look.audit_list(&scope, &filter, true, page))), expected);
        }
    });
}

#[test]
fn rows_at_hand_are_paged_like_any_others() {
    for number in 0..8_usize {
        let rows: Vec<usize> = (0..number).rev().collect();
        let ask = |page: &Page| Listed::of(rows.clone(), "number", page, |row| format!("{row:04}"));
        let all = run(async { both_ways!(page => std::future::ready(ask(page))) });
        assert_eq!(all, (0..number).collect::<Vec<_>>());
    }
    let page = Page { after: None, limit: 1 };
    let next = Listed::of(vec![1, 2], "number", &page, |row| row.to_string()).unwrap().next;
    let foreign = Listed::of(vec![1, 2], "name", &Page { after: next, limit: 1 }, |row| row.to_string());
    assert!(foreign.unwrap_err().to_string().contains("sorted by number"));
}
