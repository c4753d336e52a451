//! Fills a store to full size and measures what pages ask: `full_size URL [RELEASES [FINDINGS_PER_RELEASE]]`.
//! Prints the 50th and 95th percentile and the worst of every kind of question, in milliseconds.

use std::time::Instant;

use model::access::Role;
use model::assessment::ResponseClass;
use model::component::Component;
use model::effect::Tier;
use model::finding::Verdict;
use model::product::ReleaseState;
use model::vex::VexStatus;
use store::cell::Cell;
use store::finding_list::{FindingFilter, Sort, SortBy};
use store::finding_write::Judged;
use store::product::ProductText;
use store::release::ReleaseText;
use store::vulnerability::Vulnerability;
use store::{Moment, Page, Products, Result, Scope, Store};

const PRODUCTS: i64 = 100;
const DISTINCT: usize = 20_000;
const VULNERABILITIES: usize = 20_000;
const PER_INVENTORY: usize = 1_000;
const CLASSES: [Option<ResponseClass>; 5] = [
    None,
    Some(ResponseClass::None),
    Some(ResponseClass::Routine),
    Some(ResponseClass::Planned),
    Some(ResponseClass::Immediate),
];

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let url = words.next().unwrap_or_else(|| "sqlite:full_size.db".to_owned());
    let releases: i64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(10_000);
    let each: usize = words.next().and_then(|word| word.parse().ok()).unwrap_or(500);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&url).await?;
        if store.look().await?.organisations().await?.is_empty() {
            fill(&store, releases, each).await?;
        }
        measure(&store).await
    })
}

/// A number that looks like chance and is the same every time.
fn mix(a: i64, b: i64) -> usize {
    let mut x =
        (a as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (b as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x >> 33) as usize
}

fn cell(chance: usize) -> Cell {
    // Most are not affected; immediate ones are rare, as in the field.
    let (verdict, class) = match chance % 1000 {
        0 => (Verdict::Affected, CLASSES[4]),
        1..=20 => (Verdict::Affected, CLASSES[3]),
        21..=200 => (Verdict::Affected, CLASSES[2]),
        201..=260 => (Verdict::NeedsReview, CLASSES[2]),
        261..=300 => (Verdict::Affected, CLASSES[1]),
        _ => (Verdict::NotAffected, CLASSES[0]),
    };
    let status = match verdict {
        Verdict::Affected => VexStatus::Affected,
        Verdict::NeedsReview => VexStatus::UnderInvestigation,
        Verdict::NotAffected => VexStatus::NotAffected,
    };
    let is_contested = chance.is_multiple_of(1009);
    Cell { is_active: true, verdict, class, ceiling: class, status, tier: Tier::Match, is_contested }
}

async fn fill(store: &Store, releases: i64, each: usize) -> Result<()> {
    let begun = Instant::now();
    let now = Moment(1_790_000_000_000);
    let mut change = store.change().await?;
    let scope = change.add_organisation("acme", "Acme", now).await?;
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
    let known: Vec<Vulnerability> =
        names.iter().map(|name| Vulnerability { name: name.clone(), ..Vulnerability::default() }).collect();
    change.put_vulnerabilities(&known).await?;
    let basis = change.put_basis("{\"profile\":\"standard@3\"}").await?;
    let mut products = Vec::new();
    for at in 0..PRODUCTS {
        let text = ProductText {
            slug: format!("product-{at}"),
            name: format!("Product {at}"),
            ..ProductText::default()
        };
        products.push(change.add_product(&scope, &text, now).await?);
    }
    change.commit().await?;
    for number in 0..releases {
        let mut change = store.change().await?;
        let text = ReleaseText {
            version: format!("1.{number}"),
            state: ReleaseState::Released,
            support_until: Moment::NEVER,
            released: now,
        };
        let product = products[(number % PRODUCTS) as usize];
        let release = change.add_release(&scope, product, &text, now).await?;
        let first = mix(product, 7) % DISTINCT;
        let place = |at: usize| (first + at * 7 + number as usize % 13) % DISTINCT;
        let inventory: Vec<Component> = (0..PER_INVENTORY).map(|at| components[place(at)].clone()).collect();
        change.put_inventory(&scope, release, &inventory).await?;
        let judged: Vec<Judged> = (0..each)
            .map(|at| {
                let chance = mix(release, at as i64);
                Judged {
                    release,
                    component: ids[place(chance % PER_INVENTORY)],
                    vulnerability: names[mix(product, at as i64) % VULNERABILITIES].clone(),
                    cell: cell(chance),
                    row: 100,
                    ceiling_row: 120,
                    reason: "V_IN_RANGE".into(),
                    fixed: "1.2.3".into(),
                    rank: (chance % 100_000) as u32,
                    due: (chance % 1000 <= 200).then(|| now.plus((chance % 9_999) as i64 * 60_000)),
                    basis,
                    decision: None,
                    input_hash: 1,
                }
            })
            .collect();
        change.put_findings(&judged, now.plus(number * 1000)).await?;
        change.commit().await?;
        if number % 1000 == 999 {
            println!("{} releases after {:.0} s", number + 1, begun.elapsed().as_secs_f64());
        }
    }
    store.analyse().await
}

/// Times of one kind of question.
struct Times(&'static str, Vec<f64>);

impl Times {
    fn print(mut self) {
        self.1.sort_by(f64::total_cmp);
        let at = |share: f64| self.1[((self.1.len() - 1) as f64 * share) as usize];
        println!(
            "{:<28} {:>5} questions  p50 {:>7.1}  p95 {:>7.1}  worst {:>7.1} ms",
            self.0,
            self.1.len(),
            at(0.5),
            at(0.95),
            at(1.0)
        );
    }
}

async fn measure(store: &Store) -> Result<()> {
    let whole = Scope::whole(1, Role::Lead);
    let mut look = store.look().await?;
    let products: Vec<i64> = look.products(&whole).await?.iter().map(|product| product.id).collect();
    let release = look.releases(&whole, Some(products[5]), &Page::default()).await?.rows[0].id;
    let some = |n: usize| Scope {
        organisation: 1,
        products: Products::Some(products.iter().copied().take(n).collect()),
        role: Role::Triager,
    };
    let scopes = [whole.clone(), some(1), some(7), some(60)];
    let base = FindingFilter::default();
    let component =
        look.release_components(&whole, release, "", "", &Page::default()).await?.rows[0].component;
    let kinds: Vec<(&'static str, FindingFilter)> = vec![
        ("all", base.clone()),
        ("immediate", FindingFilter { classes: vec![CLASSES[4]], ..base.clone() }),
        ("planned", FindingFilter { classes: vec![CLASSES[3]], ..base.clone() }),
        ("routine", FindingFilter { classes: vec![CLASSES[2]], ..base.clone() }),
        ("affected", FindingFilter { verdicts: vec![Verdict::Affected], ..base.clone() }),
        ("needs review", FindingFilter { verdicts: vec![Verdict::NeedsReview], ..base.clone() }),
        ("contested", FindingFilter { is_contested: Some(true), ..base.clone() }),
        ("a product", FindingFilter { product: Some(products[0]), ..base.clone() }),
        ("a release", FindingFilter { release: Some(release), ..base.clone() }),
        ("a component", FindingFilter { component: Some(component), ..base.clone() }),
        ("a vulnerability", FindingFilter { vulnerability: Some("CVE-2020-1005".into()), ..base.clone() }),
        ("text: a CVE", FindingFilter { text: "2020-1005".into(), ..base.clone() }),
        ("text: a component", FindingFilter { text: "component-00123".into(), ..base.clone() }),
        ("due soon", FindingFilter { due_by: Some(Moment(1_790_000_600_000)), ..base.clone() }),
    ];
    let mut every = Times("EVERY LIST PAGE", Vec::new());
    for (name, filter) in kinds {
        let mut times = Times(name, Vec::new());
        for scope in &scopes {
            for by in SortBy::ALL {
                for descending in [true, false] {
                    let mut page = Page::default();
                    for _ in 0..3 {
                        let begun = Instant::now();
                        let listed =
                            look.findings(scope, &filter, Sort { by: *by, descending }, &page).await?;
                        let time = begun.elapsed().as_secs_f64() * 1000.0;
                        if time > 200.0 {
                            println!(
                                "  {time:.0} ms: {name} {by:?} {descending} {:?} of {}",
                                scope.products, listed.total
                            );
                        }
                        times.1.push(time);
                        match listed.next {
                            Some(next) => page.after = Some(next),
                            None => break,
                        }
                    }
                }
            }
        }
        every.1.extend(&times.1);
        times.print();
    }
    every.print();
    let mut others = Times("counts, inventory, releases", Vec::new());
    for _ in 0..5 {
        for scope in &scopes {
            let begun = Instant::now();
            look.counts_by_product(scope).await?;
            others.1.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        let begun = Instant::now();
        look.counts_by_release(&whole, products[5]).await?;
        others.1.push(begun.elapsed().as_secs_f64() * 1000.0);
        let begun = Instant::now();
        look.inventory(&whole, release).await?;
        others.1.push(begun.elapsed().as_secs_f64() * 1000.0);
        let begun = Instant::now();
        look.releases(&whole, None, &Page::default()).await?;
        others.1.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    others.print();
    let keys: Vec<String> = (0..1000).map(|at| format!("name:component-{at:05}")).collect();
    let begun = Instant::now();
    let components = look.components_with_keys(&keys).await?;
    let middle = begun.elapsed();
    let releases = look.releases_with_components(&components).await?;
    println!(
        "1,000 keys -> {} components in {:.0} ms -> {} (component, release) pairs in {:.0} ms",
        components.len(),
        middle.as_secs_f64() * 1000.0,
        releases.iter().map(|(_, releases)| releases.len()).sum::<usize>(),
        (begun.elapsed() - middle).as_secs_f64() * 1000.0
    );
    Ok(())
}
