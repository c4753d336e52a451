//! A store per test and engine, and small data to put into it.

use std::sync::atomic::{AtomicU64, Ordering};

use model::access::Role;
use model::assessment::ResponseClass;
use model::component::Component;
use model::effect::Tier;
use model::finding::Verdict;
use model::product::ReleaseState;
use model::vex::VexStatus;
use sqlx::Connection;
use store::cell::Cell;
use store::finding_write::Judged;
use store::product::ProductText;
use store::release::ReleaseText;
use store::vulnerability::Vulnerability;
use store::{Change, Moment, Scope, Store};

/// The moment at which tests begin.
pub const NOW: Moment = Moment(1_790_000_000_000);

/// Runs a test's future.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs a test on SQLite, and on PostgreSQL where there is one.
pub fn on_both<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    run(async {
        test(Store::temporary().await.unwrap()).await;
        match postgres_url().await {
            Some(url) => test(Store::open(&url).await.unwrap()).await,
            None => eprintln!("skipped on PostgreSQL: PATCHWRIGHT_TEST_POSTGRES is not set"),
        }
    });
}

/// The URL of a schema of its own on the test server; `None` where there is no server.
pub async fn postgres_url() -> Option<String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let server = std::env::var("PATCHWRIGHT_TEST_POSTGRES").ok()?;
    let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = sqlx::PgConnection::connect(&server).await.expect("the test server answers");
    let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    let sign = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{sign}options[search_path]={schema}"))
}

/// An organisation with a product and a release: (scope, product, release).
pub async fn begin(change: &mut Change, slug: &str) -> (Scope, i64, i64) {
    let scope = change.add_organisation(slug, slug, NOW).await.unwrap();
    let product = add_product(change, &scope, &format!("{slug}-gateway")).await;
    let release = add_release(change, &scope, product, "1.0.0").await;
    (scope, product, release)
}

pub async fn add_product(change: &mut Change, scope: &Scope, slug: &str) -> i64 {
    let text = ProductText {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        settings: "{}".into(),
        ..ProductText::default()
    };
    change.add_product(scope, &text, NOW).await.unwrap()
}

pub async fn add_release(change: &mut Change, scope: &Scope, product: i64, version: &str) -> i64 {
    let text = ReleaseText {
        version: version.to_owned(),
        state: ReleaseState::Released,
        support_until: Moment::NEVER,
        released: NOW,
    };
    change.add_release(scope, product, &text, NOW).await.unwrap()
}

pub fn component(name: &str, version: &str) -> Component {
    Component {
        key: format!("{name}-{version}"),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Component::default()
    }
}

pub fn vulnerability(name: &str) -> Vulnerability {
    Vulnerability {
        name: name.to_owned(),
        title: format!("about {name}"),
        score: Some(75),
        ..Vulnerability::default()
    }
}

pub fn cell(verdict: Verdict, class: Option<ResponseClass>) -> Cell {
    let status = match verdict {
        Verdict::Affected => VexStatus::Affected,
        Verdict::NeedsReview => VexStatus::UnderInvestigation,
        Verdict::NotAffected => VexStatus::NotAffected,
    };
    Cell {
        is_active: true,
        verdict,
        class,
        ceiling: class,
        status,
        tier: Tier::Match,
        is_contested: false,
        is_build_only: false,
    }
}

pub fn judged(release: i64, component: i64, vulnerability: &str, basis: i64) -> Judged {
    Judged {
        release,
        component,
        vulnerability: vulnerability.to_owned(),
        cell: cell(Verdict::Affected, Some(ResponseClass::Planned)),
        row: 100,
        ceiling_row: 120,
        reason: "V_IN_RANGE".into(),
        fixed: "2.0".into(),
        rank: 7,
        due: None,
        basis,
        decision: None,
        input_hash: 1,
    }
}

/// A scope of one organisation that reaches some products only.
pub fn only(scope: &Scope, products: &[i64]) -> Scope {
    let products = store::Products::Some(products.iter().copied().collect());
    Scope { organisation: scope.organisation, products, role: Role::Triager }
}
