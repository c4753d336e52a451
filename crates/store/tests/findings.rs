//! Findings: what is written, what stays, and that lists and counts always agree.

use std::collections::BTreeMap;

use model::assessment::ResponseClass;
use model::decision::DecisionState;
use model::effect::Tier;
use model::finding::Verdict;
use proptest::prelude::*;
use store::cell::Stop;
use store::decision::{Act, DecisionText};
use store::finding::Finding;
use store::finding_list::{FindingFilter, Sort, SortBy, Standing};
use store::finding_write::{Judged, Turn};
use store::vulnerability::Vulnerability;
use store::{Moment, Page, Scope, Store};

use crate::harness::{
    NOW, add_product, add_release, begin, cell, component, judged, on_both, only, vulnerability,
};

pub const CLASSES: [Option<ResponseClass>; 4] =
    [None, Some(ResponseClass::Routine), Some(ResponseClass::Planned), Some(ResponseClass::Immediate)];
const VERDICTS: [Verdict; 3] = [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected];

/// A store with three products of two releases each, three components and four vulnerabilities.
struct House {
    scope: Scope,
    products: Vec<i64>,
    releases: Vec<i64>,
    components: Vec<i64>,
    basis: i64,
}

const NAMES: [&str; 4] = ["CVE-2024-9999", "CVE-2024-10000", "CVE-2023-0001", "GHSA-aaaa-bbbb-cccc"];

async fn house(store: &Store) -> House {
    let mut change = store.change().await.unwrap();
    let (scope, product, release) = begin(&mut change, "acme").await;
    let mut house =
        House { scope, products: vec![product], releases: vec![release], components: vec![], basis: 0 };
    house.releases.push(add_release(&mut change, &house.scope, product, "1.1.0").await);
    for slug in ["b", "c"] {
        let product = add_product(&mut change, &house.scope, slug).await;
        house.products.push(product);
        for version in ["1", "2"] {
            house.releases.push(add_release(&mut change, &house.scope, product, version).await);
        }
    }
    let all = [component("openssl", "3.0"), component("linux", "6.6"), component("BusyBox", "1.36")];
    house.components = change.put_components(&all).await.unwrap().into_iter().map(|(id, _)| id).collect();
    let facts = |(at, name): (usize, &&str)| Vulnerability {
        likelihood: (at != 2).then_some(at as u32 % 2 * 1000),
        score: (at != 1).then_some(70 + at as u16 % 2),
        is_exploited: at == 1,
        ..vulnerability(name)
    };
    let known: Vec<Vulnerability> = NAMES.iter().enumerate().map(facts).collect();
    change.put_vulnerabilities(&known).await.unwrap();
    for (name, component, state) in
        [(NAMES[0], "openssl", DecisionState::Proposed), (NAMES[1], "linux", DecisionState::Overtaken)]
    {
        let text = DecisionText {
            product: None,
            name: format!("D-{name}"),
            vulnerability: name.into(),
            component: component.into(),
            state,
            bulk: String::new(),
            author: 1,
            reviewer: None,
            expires: Moment::NEVER,
            body: String::new(),
        };
        let act = Act { act: "made", actor: "person/1", note: "", at: NOW };
        change.add_decision(&house.scope, &text, &act).await.unwrap();
    }
    house.basis = change.put_basis("{\"profile\":\"p@1\"}").await.unwrap();
    change.commit().await.unwrap();
    house
}

#[test]
fn equal_input_writes_nothing_and_a_change_is_told_once() {
    on_both(|store| async move {
        let house = house(&store).await;
        let mut one = judged(house.releases[0], house.components[0], NAMES[0], house.basis);
        let mut change = store.change().await.unwrap();
        let first = change.put_findings(&[one.clone()], NOW).await.unwrap();
        assert_eq!((first.len(), first[0].before), (1, None));
        assert!(change.put_findings(&[one.clone()], NOW.plus(1)).await.unwrap().is_empty());
        one.cell = cell(Verdict::Affected, Some(ResponseClass::Immediate));
        one.input_hash = 2;
        let second = change.put_findings(&[one.clone()], NOW.plus(2)).await.unwrap();
        assert_eq!(second[0].before.unwrap().class, Some(ResponseClass::Planned));
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let found = look.finding(&house.scope, first[0].id).await.unwrap().unwrap();
        assert_eq!((found.first_seen, found.changed), (NOW, NOW.plus(2)));
        assert_eq!(found.cell.class, Some(ResponseClass::Immediate));
        assert_eq!(
            (found.component_name.as_str(), found.basis.as_str()),
            ("openssl", "{\"profile\":\"p@1\"}")
        );
        assert_eq!((found.title.as_str(), found.score, found.due), ("about CVE-2024-9999", Some(70), None));
    });
}

#[test]
fn a_finding_that_is_gone_stays_with_its_reason_and_may_come_back() {
    on_both(|store| async move {
        let house = house(&store).await;
        let one = judged(house.releases[0], house.components[0], NAMES[0], house.basis);
        let mut change = store.change().await.unwrap();
        let id = change.put_findings(std::slice::from_ref(&one), NOW).await.unwrap()[0].id;
        let pair = (one.release, one.component, one.vulnerability.clone());
        assert_eq!(
            change
                .retire_findings(std::slice::from_ref(&pair), "record withdrawn", NOW.plus(1))
                .await
                .unwrap()
                .len(),
            1
        );
        assert!(change.retire_findings(&[pair], "again", NOW.plus(2)).await.unwrap().is_empty());
        assert_eq!(change.judged_of(&[one.release]).await.unwrap(), vec![]);
        let gone = change.finding(&house.scope, id).await.unwrap().unwrap();
        assert_eq!((gone.gone.as_str(), gone.cell.is_active), ("record withdrawn", false));
        let active = FindingFilter::default();
        assert_eq!(
            change.findings(&house.scope, &active, Sort::default(), &Page::default()).await.unwrap().total,
            0
        );
        let every = FindingFilter { is_active: None, ..FindingFilter::default() };
        assert_eq!(
            change.findings(&house.scope, &every, Sort::default(), &Page::default()).await.unwrap().total,
            1
        );
        // The same input as before it went: it is written nevertheless.
        let back = change.put_findings(&[one], NOW.plus(3)).await.unwrap();
        assert_eq!((back.len(), back[0].id, back[0].before.unwrap().is_active), (1, id, false));
        let back = change.finding(&house.scope, id).await.unwrap().unwrap();
        assert_eq!((back.gone.as_str(), back.first_seen), ("", NOW));
        change.commit().await.unwrap();
    });
}

#[test]
fn what_does_not_exist_is_refused() {
    on_both(|store| async move {
        let house = house(&store).await;
        let mut change = store.change().await.unwrap();
        let one = judged(999_999, house.components[0], NAMES[0], house.basis);
        assert!(matches!(change.put_findings(&[one], NOW).await, Err(store::Error::NotFound(_))));
        let one = judged(house.releases[0], house.components[0], "CVE-1999-0001", house.basis);
        assert!(matches!(change.put_findings(&[one], NOW).await, Err(store::Error::NotFound(_))));
    });
}

#[test]
fn cve_numbers_are_sorted_as_numbers_and_names_by_letter() {
    on_both(|store| async move {
        let house = house(&store).await;
        let mut change = store.change().await.unwrap();
        let all: Vec<Judged> = NAMES
            .iter()
            .map(|name| judged(house.releases[0], house.components[0], name, house.basis))
            .chain(
                house.components[1..].iter().map(|id| judged(house.releases[0], *id, NAMES[0], house.basis)),
            )
            .collect();
        change.put_findings(&all, NOW).await.unwrap();
        change.commit().await.unwrap();
        let mut look = store.look().await.unwrap();
        let sort = Sort { by: SortBy::Vulnerability, descending: false };
        let filter = FindingFilter { component: Some(house.components[0]), ..FindingFilter::default() };
        let listed = look.findings(&house.scope, &filter, sort, &Page::default()).await.unwrap();
        let names: Vec<&str> = listed.rows.iter().map(|row| row.vulnerability.as_str()).collect();
        assert_eq!(names, ["CVE-2023-0001", "CVE-2024-9999", "CVE-2024-10000", "GHSA-aaaa-bbbb-cccc"]);
        let sort = Sort { by: SortBy::Component, descending: true };
        let listed =
            look.findings(&house.scope, &FindingFilter::default(), sort, &Page::default()).await.unwrap();
        assert_eq!(
            (listed.rows[0].component_name.as_str(), listed.rows[5].component_name.as_str()),
            ("openssl", "BusyBox")
        );
        let filter = FindingFilter { text: "BUSY".into(), ..FindingFilter::default() };
        assert_eq!(look.findings(&house.scope, &filter, sort, &Page::default()).await.unwrap().total, 1);
        let filter = FindingFilter { text: "2024-100".into(), ..FindingFilter::default() };
        assert_eq!(look.findings(&house.scope, &filter, sort, &Page::default()).await.unwrap().total, 1);
        let filter = FindingFilter { text: "%".into(), ..FindingFilter::default() };
        assert_eq!(look.findings(&house.scope, &filter, sort, &Page::default()).await.unwrap().total, 0);
        let foreign = Page { after: Some("zz".into()), limit: 5 };
        assert!(look.findings(&house.scope, &FindingFilter::default(), sort, &foreign).await.is_err());
    });
}

/// Something that changes findings: (release, component, vulnerability, verdict, class, due, other traits, gone).
type Deed = (usize, usize, usize, usize, usize, i64, usize, bool);

fn deed() -> impl Strategy<Value = Deed> {
    let what = (0..6_usize, 0..3_usize, 0..4_usize);
    let how = (0..3_usize, 0..4_usize, 0..5_i64, 0..24_usize, prop::bool::weighted(0.2));
    (what, how).prop_map(|((a, b, c), (d, e, f, g, h))| (a, b, c, d, e, f, g, h))
}

const REASONS: [&str; 3] = ["V_IN_RANGE", "E_CONFIG_INCOMPLETE", "V_RANGE_UNKNOWN"];

async fn apply(store: &Store, house: &House, at: usize, deed: &Deed) {
    let (release, component, name, verdict, class, due, traits, is_gone) = *deed;
    let now = NOW.plus(at as i64);
    let mut change = store.change().await.unwrap();
    if is_gone {
        let pair = (house.releases[release], house.components[component], NAMES[name].to_owned());
        change.retire_findings(&[pair], "gone", now).await.unwrap();
    } else {
        let mut one = judged(house.releases[release], house.components[component], NAMES[name], house.basis);
        one.cell = cell(VERDICTS[verdict], CLASSES[class]);
        one.cell.tier = if traits % 2 == 0 { Tier::Match } else { Tier::Human };
        one.cell.is_contested = traits % 4 == 3;
        one.cell.is_build_only = traits % 8 > 5;
        one.reason = REASONS[traits % 3].to_owned();
        one.due = (due > 0).then(|| NOW.plus(due));
        one.input_hash = at as i64 + 1;
        change.put_findings(&[one], now).await.unwrap();
    }
    change.commit().await.unwrap();
}

/// All rows of a list, two at a time.
async fn walk(store: &Store, scope: &Scope, filter: &FindingFilter, sort: Sort) -> Vec<Finding> {
    walk_by(store, scope, filter, sort, 20_000).await
}

async fn walk_by(store: &Store, scope: &Scope, filter: &FindingFilter, sort: Sort, few: u64) -> Vec<Finding> {
    let mut look = store.look().await.unwrap();
    look.walk_above(few);
    let mut page = Page { after: None, limit: 2 };
    let mut rows = Vec::new();
    loop {
        let listed = look.findings(scope, filter, sort, &page).await.unwrap();
        rows.extend(listed.rows);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => {
                assert_eq!(rows.len() as u64, listed.total, "{filter:?} {sort:?}");
                page.after = listed.previous;
                break;
            }
        }
    }
    // And back again: the same rows, but for those of the last page.
    let mut before: Vec<Finding> = Vec::new();
    while page.after.is_some() {
        let mut listed = look.findings(scope, filter, sort, &page).await.unwrap();
        assert_eq!(listed.total, rows.len() as u64);
        assert!(listed.next.is_some());
        listed.rows.append(&mut before);
        before = listed.rows;
        page.after = listed.previous;
    }
    let rest = if rows.is_empty() { 0 } else { (rows.len() - 1) / 2 * 2 };
    assert_eq!(before, rows[..rest], "backwards {filter:?} {sort:?}");
    rows
}

async fn lists_agree(store: &Store, house: &House) {
    let every = FindingFilter { is_active: None, ..FindingFilter::default() };
    let all = walk(store, &house.scope, &every, Sort::default()).await;
    let mut look = store.look().await.unwrap();
    let mut counted: BTreeMap<(Option<i64>, i64), u64> = BTreeMap::new();
    for finding in &all {
        *counted.entry((None, finding.product)).or_default() += 1;
        *counted.entry((Some(finding.release), finding.product)).or_default() += 1;
    }
    let mut counts = look.counts_by_product(&house.scope).await.unwrap();
    for product in &house.products {
        counts.extend(look.counts_by_release(&house.scope, *product).await.unwrap());
    }
    let mut told: BTreeMap<(Option<i64>, i64), u64> = BTreeMap::new();
    for count in &counts {
        *told.entry((count.release, count.product)).or_default() += count.n;
    }
    assert_eq!(told, counted);
    let filters = [
        FindingFilter::default(),
        FindingFilter { classes: vec![Some(ResponseClass::Immediate), None], ..every.clone() },
        FindingFilter {
            verdicts: vec![Verdict::Affected],
            product: Some(house.products[1]),
            ..every.clone()
        },
        FindingFilter { release: Some(house.releases[3]), ..every.clone() },
        FindingFilter { vulnerability: Some(NAMES[1].into()), ..FindingFilter::default() },
        FindingFilter { text: "lin".into(), ..FindingFilter::default() },
        FindingFilter { due_by: Some(NOW.plus(3)), ..FindingFilter::default() },
        FindingFilter { changed_since: Some(NOW.plus(4)), ..every.clone() },
        FindingFilter { is_open: Some(true), ..FindingFilter::default() },
        FindingFilter { is_open: Some(false), ..FindingFilter::default() },
        FindingFilter { standings: vec![Standing::Undecided], ..FindingFilter::default() },
        FindingFilter { standings: vec![Standing::Contested, Standing::Decided], ..every.clone() },
        FindingFilter { standings: vec![Standing::Proposed], ..FindingFilter::default() },
        FindingFilter { standings: vec![Standing::Overtaken, Standing::Decided], ..FindingFilter::default() },
        FindingFilter { turned: Some((vec![Turn::New], NOW.plus(6))), ..FindingFilter::default() },
        FindingFilter { turned: Some((vec![Turn::Worse, Turn::Better], NOW.plus(3))), ..every.clone() },
        FindingFilter { turned: Some((vec![Turn::New, Turn::Gone], NOW.plus(5))), ..every.clone() },
        FindingFilter { is_exploited: Some(true), ..FindingFilter::default() },
        FindingFilter { products: house.products[1..].to_vec(), ..FindingFilter::default() },
        FindingFilter { releases: house.releases[2..5].to_vec(), ..FindingFilter::default() },
        FindingFilter { component_names: vec!["linux".into(), "BusyBox".into()], ..every.clone() },
        FindingFilter { vulnerabilities: vec![NAMES[0].into(), NAMES[3].into()], ..every.clone() },
        FindingFilter { reasons: vec![REASONS[0].into(), REASONS[2].into()], ..every.clone() },
        FindingFilter {
            reasons: vec![REASONS[1].into()],
            releases: house.releases[..4].to_vec(),
            component_names: vec!["openssl".into()],
            ..every.clone()
        },
        FindingFilter { stops: vec![Stop::Settled, Stop::Device], ..FindingFilter::default() },
        FindingFilter { stops: vec![Stop::Date, Stop::Now], ..FindingFilter::default() },
    ];
    for (number, filter) in filters.iter().enumerate() {
        for (scope, products) in [
            (house.scope.clone(), house.products.clone()),
            (only(&house.scope, &house.products[1..]), house.products[1..].to_vec()),
            (only(&house.scope, &[]), vec![]),
        ] {
            let expected: std::collections::BTreeSet<i64> = all
                .iter()
                .filter(|row| products.contains(&row.product) && passes(filter, row))
                .map(|row| row.id)
                .collect();
            for (at, by) in SortBy::ALL.iter().enumerate() {
                // Each order is walked up by one filter and down by the next.
                let descending = (number + at) % 2 == 0;
                let sort = Sort { by: *by, descending };
                let rows = walk(store, &scope, filter, sort).await;
                if scope.is_whole() {
                    let walked = walk_by(store, &scope, filter, sort, 0).await;
                    assert_eq!(rows, walked, "sorted and walked {filter:?} {sort:?}");
                }
                let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
                let found: std::collections::BTreeSet<_> = ids.iter().copied().collect();
                assert_eq!(found, expected, "{filter:?}");
                let mut keys: Vec<_> = rows.iter().map(|row| (key(row, *by), row.id)).collect();
                if descending {
                    keys.reverse();
                }
                assert!(keys.is_sorted(), "{by:?} {keys:?}");
            }
        }
    }
}

fn key(row: &Finding, by: SortBy) -> (i64, i64, String) {
    let id = store::vulnerability::vulnerability_id(&row.vulnerability);
    let number = |number: i64| (number, 0, String::new());
    match by {
        SortBy::Urgency => number(row.cell.class.map_or(-1, |class| class as i64)),
        SortBy::Due => number(row.due.map_or(i64::MAX, |due| due.0)),
        SortBy::Changed => number(row.changed.0),
        SortBy::FirstSeen => number(row.first_seen.0),
        SortBy::Vulnerability => number(id),
        SortBy::Component => (0, 0, row.component_name.clone()),
        SortBy::Likelihood => (row.likelihood.map_or(-1, i64::from), id, String::new()),
        SortBy::Score => (row.score.map_or(-1, i64::from), id, String::new()),
    }
}

/// The filter once more, plainly.
fn passes(filter: &FindingFilter, row: &Finding) -> bool {
    filter.admits(&row.cell)
        && filter.product.is_none_or(|id| id == row.product)
        && filter.release.is_none_or(|id| id == row.release)
        && filter.vulnerability.as_ref().is_none_or(|name| *name == row.vulnerability)
        && (filter.text.is_empty() || row.component_name.contains(&filter.text))
        && filter.due_by.is_none_or(|by| row.due.is_some_and(|due| due <= by))
        && filter.changed_since.is_none_or(|since| row.changed >= since)
        && (filter.products.is_empty() || filter.products.contains(&row.product))
        && (filter.releases.is_empty() || filter.releases.contains(&row.release))
        && (filter.component_names.is_empty() || filter.component_names.contains(&row.component_name))
        && (filter.vulnerabilities.is_empty() || filter.vulnerabilities.contains(&row.vulnerability))
        && (filter.reasons.is_empty() || filter.reasons.contains(&row.reason))
        && filter.is_exploited.is_none_or(|wanted| wanted == row.is_exploited)
        && filter.turned.as_ref().is_none_or(|(turns, since)| has_turned(row, turns, *since))
        && (filter.standings.is_empty() || filter.standings.iter().any(|one| stands(row, *one)))
}

fn has_turned(row: &Finding, turns: &[Turn], since: Moment) -> bool {
    let is_new = row.first_seen >= since && row.gone.is_empty();
    let is_other = row.turned.is_some_and(|(turn, at)| at >= since && turns.contains(&turn));
    turns.contains(&Turn::New) && is_new || is_other
}

/// As `house` has decided.
fn stands(row: &Finding, standing: Standing) -> bool {
    let is = |name: &str, component: &str| row.vulnerability == name && row.component_name == component;
    match standing {
        Standing::Proposed => is(NAMES[0], "openssl"),
        Standing::Overtaken => is(NAMES[1], "linux"),
        other => Standing::of(&row.cell) == other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, ..ProptestConfig::default() })]

    #[test]
    fn counts_equal_lists_in_any_order_and_scope(deeds in prop::collection::vec(deed(), 1..25)) {
        on_both(|store| {
            let deeds = deeds.clone();
            async move {
                let house = house(&store).await;
                for (at, deed) in deeds.iter().enumerate() {
                    apply(&store, &house, at, deed).await;
                }
                lists_agree(&store, &house).await;
            }
        });
    }
}

#[test]
fn nobody_deletes_a_finding() {
    use sqlx::Connection;
    on_both(|store| async move {
        assert!(store::MIGRATIONS.iter().any(|step| step.text(store.dialect()).contains("finding_stays")));
    });
    crate::harness::run(async {
        let folder = std::env::temp_dir().join(format!("patchwright-stays-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let url = store::sqlite_url(&folder.join("x.db"));
        let store = Store::open(&url).await.unwrap();
        let house = house(&store).await;
        let mut change = store.change().await.unwrap();
        let one = judged(house.releases[0], house.components[0], NAMES[0], house.basis);
        change.put_findings(&[one], Moment(1)).await.unwrap();
        change.commit().await.unwrap();
        store.close().await;
        let mut line = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let error = sqlx::query("DELETE FROM finding").execute(&mut line).await.unwrap_err();
        assert!(error.to_string().contains("never deleted"), "{error}");
        drop(line);
        std::fs::remove_dir_all(folder).unwrap();
    });
}
