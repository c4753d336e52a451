//! Every list with each of its filters, orders and scopes: the first page, two on, one back.

use std::time::Instant;

use model::access::Role;
use model::finding::Verdict;
use store::audit_list::AuditFilter;
use store::cell::Stop;
use store::component_list::{ComponentFilter, ComponentSort};
use store::decision::DecisionFilter;
use store::finding_list::{FindingFilter, Sort, SortBy, Standing};
use store::finding_write::Turn;
use store::jobs::{JobFilter, WorkState};
use store::vulnerability_list::{VulnerabilityFilter, VulnerabilitySort};
use store::{Listed, Look, Moment, Page, Products, Result, Scope, Store};

use crate::fill::{CLASSES, NOW};
use crate::times::Times;

/// Asks a list four times: the first page, the next two, and one back.
macro_rules! pages {
    ($times:expr, $what:expr, $page:ident => $ask:expr) => {
        let mut at = Page::default();
        for step in 0..4 {
            let $page = &at;
            let begun = Instant::now();
            let listed = $ask?;
            let total = listed.total;
            $times.add(begun, &|| format!("{} step {step} of {total}", $what));
            let (next, previous) = ends(&listed);
            let to = if step == 2 { previous } else { next };
            match to {
                Some(cursor) => at.after = Some(cursor),
                None => break,
            }
        }
    };
}

fn ends<T>(listed: &Listed<T>) -> (Option<String>, Option<String>) {
    (listed.next.clone(), listed.previous.clone())
}

/// Whole organisation, one product, few, many, and the other organisation.
fn scopes(products: &[i64]) -> Vec<(&'static str, Scope)> {
    let some = |n: usize| Scope {
        organisation: 1,
        products: Products::Some(products.iter().copied().take(n).collect()),
        role: Role::Triager,
    };
    vec![
        ("whole organisation", Scope::whole(1, Role::Lead)),
        ("one product", some(1)),
        ("7 products", some(7)),
        ("60 products", some(60)),
        ("other organisation", Scope::whole(2, Role::Lead)),
    ]
}

/// Measures everything and prints it.
pub async fn measure(store: &Store) -> Result<()> {
    let whole = Scope::whole(1, Role::Lead);
    let mut look = store.look().await?;
    let products: Vec<i64> = look.products(&whole).await?.iter().map(|product| product.id).collect();
    let scopes = scopes(&products);
    let mut every = Times::of("EVERY LIST PAGE");
    findings(&mut look, &scopes, &products, &mut every).await?;
    components(&mut look, &scopes, &products, &mut every).await?;
    vulnerabilities(&mut look, &scopes, &products, &mut every).await?;
    others(&mut look, &scopes, &products, &mut every).await?;
    every.print();
    numbers(&mut look, &scopes, &products).await
}

async fn findings(
    look: &mut Look,
    scopes: &[(&'static str, Scope)],
    products: &[i64],
    every: &mut Times,
) -> Result<()> {
    let whole = Scope::whole(1, Role::Lead);
    let release = look.releases(&whole, Some(products[5]), &Page::default()).await?.rows[0].id;
    let component =
        look.release_components(&whole, release, "", "", &Page::default()).await?.rows[0].name.clone();
    let base = FindingFilter::default();
    let open = FindingFilter { is_open: Some(true), ..base.clone() };
    let since = NOW.plus(-86_400_000);
    let turned = |turns: Vec<Turn>| FindingFilter {
        turned: Some((turns, since)),
        is_active: None,
        ..FindingFilter::default()
    };
    let kinds: Vec<(&'static str, FindingFilter)> = vec![
        ("all", base.clone()),
        ("open", open.clone()),
        ("settled", FindingFilter { is_open: Some(false), ..base.clone() }),
        ("immediate", FindingFilter { classes: vec![CLASSES[4]], ..open.clone() }),
        ("planned", FindingFilter { classes: vec![CLASSES[3]], ..open.clone() }),
        ("routine", FindingFilter { classes: vec![CLASSES[2]], ..open.clone() }),
        ("to be reviewed", FindingFilter { classes: vec![CLASSES[0]], ..open.clone() }),
        ("undecided", FindingFilter { standings: vec![Standing::Undecided], ..open.clone() }),
        ("decided", FindingFilter { standings: vec![Standing::Decided], ..base.clone() }),
        ("contested", FindingFilter { standings: vec![Standing::Contested], ..base.clone() }),
        ("overtaken", FindingFilter { standings: vec![Standing::Overtaken], ..base.clone() }),
        ("proposed", FindingFilter { standings: vec![Standing::Proposed], ..base.clone() }),
        ("new since yesterday", turned(vec![Turn::New])),
        ("worse since yesterday", turned(vec![Turn::Worse])),
        ("gone since yesterday", turned(vec![Turn::Gone])),
        ("exploited", FindingFilter { is_exploited: Some(true), ..base.clone() }),
        ("exploited and open", FindingFilter { is_exploited: Some(true), ..open.clone() }),
        ("a product", FindingFilter { products: vec![products[0]], ..open.clone() }),
        ("a release", FindingFilter { releases: vec![release], ..open.clone() }),
        ("a component", FindingFilter { component_names: vec![component.clone()], ..open.clone() }),
        ("a vulnerability", FindingFilter { vulnerabilities: vec!["CVE-2020-1005".into()], ..base.clone() }),
        ("a frequent reason", FindingFilter { reasons: vec!["E_FILES_NOT_BUILT".into()], ..base.clone() }),
        ("a rare reason", FindingFilter { reasons: vec!["V_SCHEME_MISMATCH".into()], ..base.clone() }),
        (
            "a gap",
            FindingFilter {
                reasons: vec!["E_CONFIG_INCOMPLETE".into()],
                verdicts: vec![Verdict::NeedsReview],
                ..base.clone()
            },
        ),
        ("left after the build", FindingFilter { stops: vec![Stop::Release, Stop::Date], ..base.clone() }),
        ("gone on the device", FindingFilter { stops: vec![Stop::Device], ..base.clone() }),
        ("text: a CVE", FindingFilter { text: "2020-1005".into(), ..base.clone() }),
        ("text: a component", FindingFilter { text: "component-00123".into(), ..open.clone() }),
        ("text: a year", FindingFilter { text: "CVE-2020".into(), ..open.clone() }),
        ("due soon", FindingFilter { due_by: Some(Moment(NOW.0 - 700 * 86_400_000)), ..base.clone() }),
    ];
    let mut all = Times::of("findings");
    for (name, filter) in kinds {
        let mut times = Times::of(&format!("findings: {name}"));
        for (of, scope) in scopes {
            for by in SortBy::ALL {
                for descending in [true, false] {
                    let sort = Sort { by: *by, descending };
                    pages!(times, format!("{of} {by:?} {descending}"),
                        page => look.findings(scope, &filter, sort, page).await);
                }
            }
        }
        times.print();
        all.1.extend(&times.1);
    }
    all.print();
    every.1.extend(&all.1);
    Ok(())
}

async fn components(
    look: &mut Look,
    scopes: &[(&'static str, Scope)],
    products: &[i64],
    every: &mut Times,
) -> Result<()> {
    let whole = Scope::whole(1, Role::Lead);
    let release = look.releases(&whole, Some(products[5]), &Page::default()).await?.rows[0].id;
    let base = ComponentFilter::default();
    let states = |words: &[&str]| ComponentFilter {
        coverages: words.iter().map(|word| (*word).to_owned()).collect(),
        ..ComponentFilter::default()
    };
    let kinds: Vec<(&'static str, ComponentFilter)> = vec![
        ("all", base.clone()),
        ("with matches", states(&["matched"])),
        ("nothing found", states(&["clean"])),
        ("not evaluated", states(&["pending", "not_evaluable/no_version", "not_evaluable/no_identity"])),
        ("a reason", states(&["not_evaluable/unknown_product"])),
        ("none such", states(&["not_evaluable/feed_stale"])),
        ("a product", ComponentFilter { products: vec![products[3]], ..base.clone() }),
        ("a release", ComponentFilter { releases: vec![release], ..base.clone() }),
        ("a name", ComponentFilter { names: vec!["component-00123".into()], ..base.clone() }),
        ("text", ComponentFilter { text: "component-0012".into(), ..base.clone() }),
    ];
    let mut all = Times::of("components");
    for (name, filter) in kinds {
        let mut times = Times::of(&format!("components: {name}"));
        for (of, scope) in scopes {
            for sort in ComponentSort::ALL {
                pages!(times, format!("{of} {sort:?}"),
                    page => look.component_list(scope, &filter, *sort, page).await);
            }
        }
        times.print();
        all.1.extend(&times.1);
    }
    all.print();
    every.1.extend(&all.1);
    Ok(())
}

async fn vulnerabilities(
    look: &mut Look,
    scopes: &[(&'static str, Scope)],
    products: &[i64],
    every: &mut Times,
) -> Result<()> {
    let base = VulnerabilityFilter::default();
    let kinds: Vec<(&'static str, VulnerabilityFilter)> = vec![
        ("all", base.clone()),
        ("immediate", VulnerabilityFilter { worst: vec![CLASSES[4]], ..base.clone() }),
        ("to be reviewed", VulnerabilityFilter { worst: vec![CLASSES[0]], ..base.clone() }),
        ("exploited", VulnerabilityFilter { is_exploited: Some(true), ..base.clone() }),
        ("a product", VulnerabilityFilter { products: vec![products[0]], ..base.clone() }),
        ("text", VulnerabilityFilter { text: "2020-1".into(), ..base.clone() }),
    ];
    let mut all = Times::of("vulnerabilities");
    for (name, filter) in kinds {
        for (of, scope) in scopes {
            for sort in VulnerabilitySort::ALL {
                pages!(all, format!("{name} {of} {sort:?}"),
                    page => look.vulnerability_list(scope, &filter, *sort, page).await);
            }
        }
    }
    all.print();
    every.1.extend(&all.1);
    Ok(())
}

async fn others(
    look: &mut Look,
    scopes: &[(&'static str, Scope)],
    products: &[i64],
    every: &mut Times,
) -> Result<()> {
    let mut log = Times::of("audit");
    let mut rest = Times::of("products, releases, jobs, decisions");
    let audits = [
        AuditFilter::default(),
        AuditFilter { actors: vec!["person/7".into()], ..AuditFilter::default() },
        AuditFilter { acts: vec!["decision.made".into()], ..AuditFilter::default() },
        AuditFilter { products: vec![products[2]], ..AuditFilter::default() },
        AuditFilter { subjects: vec!["release/12".into()], ..AuditFilter::default() },
        AuditFilter { text: "received".into(), ..AuditFilter::default() },
    ];
    let work = [
        JobFilter::default(),
        JobFilter { states: vec![WorkState::Waiting, WorkState::Leased], ..JobFilter::default() },
        JobFilter { kinds: vec!["sweep".into()], ..JobFilter::default() },
    ];
    for (of, scope) in scopes {
        for filter in &audits {
            for is_newest_first in [true, false] {
                pages!(log, format!("{of} {filter:?}"),
                    page => look.audit_list(scope, filter, is_newest_first, page).await);
            }
        }
        for filter in &work {
            pages!(rest, format!("jobs {of}"), page => look.jobs_of(scope, filter, page).await);
        }
        pages!(rest, format!("releases {of}"), page => look.releases(scope, None, page).await);
        let filter = DecisionFilter::default();
        pages!(rest, format!("decisions {of}"), page => look.decisions(scope, &filter, page).await);
        let begun = Instant::now();
        look.products(scope).await?;
        for head in look.release_heads(scope).await? {
            look.counts_of_release(scope, head.newest).await?;
        }
        rest.add(begun, &|| format!("products {of}"));
    }
    log.print();
    rest.print();
    every.1.extend(&log.1);
    every.1.extend(&rest.1);
    Ok(())
}

async fn numbers(look: &mut Look, scopes: &[(&'static str, Scope)], products: &[i64]) -> Result<()> {
    let whole = Scope::whole(1, Role::Lead);
    let release = look.releases(&whole, Some(products[5]), &Page::default()).await?.rows[0].id;
    let mut counts = Times::of("numbers: counts, coverage");
    let mut search = Times::of("search");
    for (of, scope) in scopes {
        let begun = Instant::now();
        look.counts_by_product(scope).await?;
        counts.add(begun, &|| format!("by product {of}"));
        let begun = Instant::now();
        look.coverage_of_all(scope).await?;
        counts.add(begun, &|| format!("coverage {of}"));
        for text in ["component-00123", "component-0012", "component"] {
            let begun = Instant::now();
            look.components_named(scope, text, 10).await?;
            search.add(begun, &|| format!("components {text} {of}"));
            let begun = Instant::now();
            look.releases_named(scope, text, 10).await?;
            search.add(begun, &|| format!("releases {text} {of}"));
        }
        let begun = Instant::now();
        look.settled_releases(scope, "CVE-2020-1005").await?;
        search.add(begun, &|| format!("settled {of}"));
    }
    let begun = Instant::now();
    look.counts_by_release(&whole, products[5]).await?;
    counts.add(begun, &|| "by release".to_owned());
    let begun = Instant::now();
    look.inventory(&whole, release).await?;
    counts.add(begun, &|| "inventory".to_owned());
    counts.print();
    search.print();
    let keys: Vec<String> = (0..1000).map(|at| format!("name:component-{at:05}")).collect();
    let begun = Instant::now();
    let components = look.components_with_keys(&keys).await?;
    let middle = begun.elapsed();
    let releases = look.releases_with_components(&components).await?;
    println!(
        "lists\treverse index\t1 000 keys to {} components in {:.0} ms, to {} pairs with releases in {:.0} ms",
        components.len(),
        middle.as_secs_f64() * 1000.0,
        releases.iter().map(|(_, releases)| releases.len()).sum::<usize>(),
        (begun.elapsed() - middle).as_secs_f64() * 1000.0
    );
    Ok(())
}
