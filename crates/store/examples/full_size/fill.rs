//! Data of full size: two organisations, 100 products, their releases with inventories, findings, decisions, log, jobs.

use std::time::Instant;

use model::assessment::ResponseClass;
use model::component::{Component, Coverage};
use model::decision::DecisionState;
use model::effect::Tier;
use model::finding::Verdict;
use model::product::ReleaseState;
use model::vex::VexStatus;
use serde_json::json;
use store::audit::AuditEntry;
use store::cell::Cell;
use store::decision::{Act, DecisionText};
use store::finding_write::Judged;
use store::jobs::{Lane, NewJob};
use store::product::ProductText;
use store::release::ReleaseText;
use store::vulnerability::Vulnerability;
use store::{Change, Moment, Result, Scope, Store};

/// Products of the large organisation.
pub const PRODUCTS: i64 = 100;
/// Distinct components.
pub const DISTINCT: usize = 20_000;
/// Vulnerabilities that some component matches.
pub const VULNERABILITIES: usize = 20_000;
/// Components of a release.
const PER_INVENTORY: usize = 1_000;
/// When the data end.
pub const NOW: Moment = Moment(1_790_000_000_000);
const DAY: i64 = 86_400_000;

/// The classes in the order of the counts.
pub const CLASSES: [Option<ResponseClass>; 5] = [
    None,
    Some(ResponseClass::None),
    Some(ResponseClass::Routine),
    Some(ResponseClass::Planned),
    Some(ResponseClass::Immediate),
];

/// A number that looks like chance and is the same every time.
pub fn mix(a: i64, b: i64) -> usize {
    let mut x =
        (a as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (b as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x >> 33) as usize
}

fn cell(chance: usize) -> Cell {
    // Most are settled; immediate ones are rare, as in the field.
    let (verdict, class) = match chance % 1000 {
        0 => (Verdict::Affected, CLASSES[4]),
        1..=20 => (Verdict::Affected, CLASSES[3]),
        21..=200 => (Verdict::Affected, CLASSES[2]),
        201..=260 => (Verdict::NeedsReview, CLASSES[2]),
        261..=280 => (Verdict::NeedsReview, CLASSES[0]),
        281..=320 => (Verdict::Affected, CLASSES[1]),
        _ => (Verdict::NotAffected, CLASSES[0]),
    };
    let (status, tier) = match verdict {
        Verdict::Affected => (VexStatus::Affected, Tier::Match),
        Verdict::NeedsReview => (VexStatus::UnderInvestigation, Tier::Match),
        Verdict::NotAffected if chance.is_multiple_of(3) => (VexStatus::NotAffected, Tier::Human),
        Verdict::NotAffected => (VexStatus::NotAffected, Tier::Policy),
    };
    Cell {
        is_active: true,
        verdict,
        class,
        ceiling: class,
        status,
        tier,
        is_contested: chance.is_multiple_of(1009),
        is_build_only: chance.is_multiple_of(53),
    }
}

/// Mostly the same, some rare.
fn reason(chance: usize) -> &'static str {
    match chance % 1000 {
        0..=699 => "V_IN_RANGE",
        700..=899 => "E_FILES_NOT_BUILT",
        900..=979 => "G_FIX_MISSING",
        980..=997 => "E_CONFIG_INCOMPLETE",
        _ => "V_SCHEME_MISMATCH",
    }
}

/// Everything that releases share.
struct Shared {
    components: Vec<Component>,
    ids: Vec<i64>,
    names: Vec<String>,
    basis: i64,
}

/// Fills an empty store.
pub async fn fill(store: &Store, releases: i64, each: usize) -> Result<()> {
    let mut change = store.change().await?;
    let scope = change.add_organisation("acme", "Acme", NOW).await?;
    let other = change.add_organisation("umbrella", "Umbrella", NOW).await?;
    let shared = shared(&mut change).await?;
    let mut products = Vec::new();
    for at in 0..PRODUCTS {
        products.push(product(&mut change, &scope, &format!("product-{at}")).await?);
    }
    let foreign = product(&mut change, &other, "walkie").await?;
    for (at, name) in shared.names.iter().enumerate().filter(|(at, _)| at % 100 == 7) {
        let state = if at % 200 == 7 { DecisionState::Proposed } else { DecisionState::Overtaken };
        decide(&mut change, &scope, at, name, state).await?;
    }
    change.commit().await?;
    let begun = Instant::now();
    for number in 0..releases {
        let of = products[(number % PRODUCTS) as usize];
        release(store, &scope, of, number, releases, each, &shared).await?;
        if number % 1000 == 999 {
            eprintln!("{} releases after {:.0} s", number + 1, begun.elapsed().as_secs_f64());
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "lists\tintake\t{releases} releases of {PER_INVENTORY} components and {each} findings in {seconds:.0} s: \
         {:.0} releases and {:.0} findings a second",
        releases as f64 / seconds,
        releases as f64 * each as f64 / seconds
    );
    for number in 0..20 {
        release(store, &other, foreign, number, 20, each, &shared).await?;
    }
    jobs(store, &scope).await?;
    store.analyse().await
}

async fn shared(change: &mut Change) -> Result<Shared> {
    let components: Vec<Component> = (0..DISTINCT)
        .map(|at| Component {
            name: format!("component-{:05}", mix(at as i64, 3) % 6_000),
            version: format!("{}.{at}", at % 9),
            ..Component::default()
        })
        .collect();
    let ids: Vec<i64> = change.put_components(&components).await?.into_iter().map(|(id, _)| id).collect();
    let keys: Vec<(i64, Vec<String>)> =
        ids.iter().zip(&components).map(|(id, one)| (*id, vec![format!("name:{}", one.name)])).collect();
    change.put_component_keys(&keys, 1).await?;
    let names: Vec<String> =
        (0..VULNERABILITIES).map(|at| format!("CVE-{}-{}", 2015 + at % 11, 1000 + at)).collect();
    let known: Vec<Vulnerability> = names
        .iter()
        .enumerate()
        .map(|(at, name)| Vulnerability {
            name: name.clone(),
            score: (at % 17 != 0).then_some((mix(at as i64, 5) % 100) as u16),
            likelihood: (at % 23 != 0).then_some((mix(at as i64, 9) % 1_000_000) as u32),
            is_exploited: at % 200 == 0,
            published: NOW.plus(-(at as i64) * DAY / 5),
            ..Vulnerability::default()
        })
        .collect();
    change.put_vulnerabilities(&known).await?;
    let basis = change.put_basis("{\"profile\":\"standard@3\"}").await?;
    Ok(Shared { components, ids, names, basis })
}

async fn product(change: &mut Change, scope: &Scope, slug: &str) -> Result<i64> {
    let text = ProductText { slug: slug.to_owned(), name: slug.to_owned(), ..ProductText::default() };
    change.add_product(scope, &text, NOW).await
}

async fn decide(
    change: &mut Change,
    scope: &Scope,
    at: usize,
    name: &str,
    state: DecisionState,
) -> Result<()> {
    let text = DecisionText {
        product: None,
        name: format!("D-{at}"),
        vulnerability: name.to_owned(),
        component: format!("component-{:05}", mix(at as i64, 3) % 6_000),
        state,
        bulk: String::new(),
        author: 1,
        reviewer: None,
        expires: Moment::NEVER,
        body: String::new(),
    };
    let act = Act { act: "made", actor: "person/1", note: "", at: NOW };
    change.add_decision(scope, &text, &act).await.map(|_| ())
}

async fn release(
    store: &Store,
    scope: &Scope,
    product: i64,
    number: i64,
    of: i64,
    each: usize,
    shared: &Shared,
) -> Result<()> {
    // Two years of releases, the last one of today.
    let now = NOW.plus(-(of - 1 - number) * 730 * DAY / of);
    let mut change = store.change().await?;
    let text = ReleaseText {
        version: format!("1.{number}"),
        state: ReleaseState::Released,
        support_until: Moment::NEVER,
        released: now,
    };
    let release = change.add_release(scope, product, &text, now).await?;
    let first = mix(product, 7) % DISTINCT;
    let place = |at: usize| (first + at * 7 + number as usize % 13) % DISTINCT;
    let inventory: Vec<Component> =
        (0..PER_INVENTORY).map(|at| shared.components[place(at)].clone()).collect();
    change.put_inventory(scope, release, &inventory).await?;
    let mut judged: Vec<Judged> = (0..each)
        .map(|at| {
            let chance = mix(release, at as i64);
            Judged {
                release,
                component: shared.ids[place(chance % PER_INVENTORY)],
                vulnerability: shared.names[mix(product, at as i64) % VULNERABILITIES].clone(),
                cell: cell(chance),
                row: 100,
                ceiling_row: 120,
                reason: reason(mix(release, at as i64 + 77)).into(),
                fixed: "1.2.3".into(),
                rank: (chance % 100_000) as u32,
                due: (chance % 1000 <= 200).then(|| now.plus((chance % 9_999) as i64 * 60_000)),
                basis: shared.basis,
                decision: None,
                input_hash: 1,
            }
        })
        .collect();
    change.put_findings(&judged, now).await?;
    // A fiftieth of the releases was judged again today: some are worse, some better, some gone.
    if number % 50 == 3 {
        for one in judged.iter_mut().step_by(9) {
            one.cell = cell(one.rank as usize + 150);
            one.input_hash = 2;
        }
        change.put_findings(&judged, NOW).await?;
        let gone: Vec<(i64, i64, String)> = judged
            .iter()
            .step_by(31)
            .map(|one| (one.release, one.component, one.vulnerability.clone()))
            .collect();
        change.retire_findings(&gone, "no longer found", NOW).await?;
    }
    let states: Vec<Coverage> = (0..PER_INVENTORY)
        .map(|at| match mix(release, at as i64 + 999) % 100 {
            0..=29 => Coverage::Matched,
            30..=89 => Coverage::Clean,
            90..=94 => Coverage::BuildOnly,
            95..=97 => Coverage::NoVersion,
            98 => Coverage::UnknownProduct,
            _ => Coverage::NoIdentity,
        })
        .collect();
    change.put_coverage(scope, release, &states).await?;
    change.mark_judged(release, "g1", "{}", 0, now).await?;
    for act in ["release.uploaded", "document.received", "decision.made"] {
        let entry = AuditEntry {
            product: Some(product),
            at: now,
            actor: format!("person/{}", number % 40),
            act: act.to_owned(),
            subject: format!("release/{release}"),
            body: json!({ "why": "as received" }),
        };
        change.log(scope, &entry).await?;
    }
    change.commit().await
}

/// A week's jobs.
async fn jobs(store: &Store, scope: &Scope) -> Result<()> {
    let mut change = store.change().await?;
    for number in 0..10_000_i64 {
        let new = NewJob {
            kind: if number % 50 == 0 { "sweep" } else { "analyse_release" }.to_owned(),
            key: number.to_string(),
            lane: Lane::Background,
            body: "{}".to_owned(),
            organisation: Some(scope.organisation),
            run_after: NOW,
            most_attempts: 3,
        };
        change.enqueue(&new, NOW.plus(number)).await?;
        if number % 100 != 0
            && let Some(job) = change.claim(&[Lane::Background], "bench", 60_000, NOW).await?
        {
            change.complete(job.id, job.lease_no, NOW).await?;
        }
    }
    change.commit().await
}
