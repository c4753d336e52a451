//! What the maker's handle answers, after releases were judged.

use model::assessment::ResponseClass;
use model::finding::Verdict;
use service::maker::{
    ComponentFilter, ComponentSort, FindingQuestion, Maker, Page, VulnerabilityFilter, VulnerabilitySort,
};
use store::{Products, Scope};
use testkit::records::Knowledge;

use crate::loop_house::{NOW, Site, bom, run};

fn cpe(product: &str, version: &str) -> String {
    format!("cpe:2.3:a:acme:{product}:{version}:*:*:*:*:*:*:*")
}

async fn site() -> Site {
    let index = Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 1.2")
        .claim("CVE-2024-2", "acme:widget", "< 3")
        .claim("CVE-2024-3", "acme:gadget", "< 9")
        .index();
    let site = Site::new(index, "g1").await;
    let one = bom(&[("widget", "1.0", cpe("widget", "1.0")), ("gadget", "2", cpe("gadget", "2"))]);
    let two = bom(&[("widget", "1.5", cpe("widget", "1.5")), ("nameless", "", String::new())]);
    site.upload("1.0", vec![one]).await;
    site.upload("1.1", vec![two]).await;
    site.work(NOW).await;
    site
}

#[test]
fn products_releases_and_today_count_the_same_findings() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let products = maker.products().await.unwrap();
        assert_eq!(products.len(), 1);
        let releases: Vec<(&str, u64)> = products[0]
            .releases
            .iter()
            .map(|(release, open)| {
                (
                    release.version.as_str(),
                    open.immediate + open.planned + open.routine + open.none + open.unknown,
                )
            })
            .collect();
        assert_eq!(releases, [("1.1", 1), ("1.0", 3)]);
        let all = maker.findings(&FindingQuestion::default()).await.unwrap();
        assert_eq!(all.total, 4);
        let today = maker.today(NOW).await.unwrap();
        assert_eq!(today.releases, 2);
        assert!(today.matches >= 4, "{today:?}");
        assert_eq!(today.not_evaluated, 1, "the nameless component");
        let open = today.open;
        assert_eq!(open.immediate + open.planned + open.routine + open.none + open.unknown, 4);
        for urgent in &today.urgent {
            assert!(urgent.cell.class >= Some(ResponseClass::Planned));
        }
    });
}

#[test]
fn a_release_tells_groups_coverage_documents_and_the_one_before() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let release = maker.release(2).await.unwrap().unwrap();
        assert_eq!(release.before, Some((1, "1.0".to_owned())));
        assert_eq!(release.coverage.all(), 2);
        assert_eq!(release.coverage.not_evaluated().map(|(_, number)| number).sum::<u64>(), 1);
        assert_eq!(release.documents.len(), 1);
        let groups: Vec<&str> = release.groups.iter().map(|group| group.component.as_str()).collect();
        assert_eq!(groups, ["widget"]);
        let funnel = &release.summary.funnel;
        assert!(funnel.all > 0 && funnel.all as u64 == release.release.matches);
        assert_eq!(funnel.steps.len(), 10, "{funnel:?}");
        assert_eq!(release.senders.len(), 1);
        assert_eq!(maker.release(77).await.unwrap(), None);
    });
}

#[test]
fn a_finding_is_explained_from_the_grounds_of_its_row() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let all = maker.findings(&FindingQuestion::default()).await.unwrap();
        for row in all.rows {
            let detail = maker.finding(row.id, NOW).await.unwrap().unwrap();
            let finding = detail.finding.as_ref().expect("it is found again");
            assert_eq!((finding.verdict, finding.reason.code()), (row.cell.verdict, row.reason.as_str()));
            assert!(!finding.evidence.is_empty(), "with its texts");
            assert_eq!(detail.effect.as_ref().and_then(|effect| effect.class), row.cell.class);
            assert_eq!(detail.assessment().map(|one| one.row.number), Some(row.row));
            assert_eq!(detail.history.len(), 1);
            let others = detail
                .elsewhere
                .iter()
                .all(|one| one.finding.vulnerability == row.vulnerability && one.is_open);
            assert!(others && detail.elsewhere.iter().all(|one| one.finding.id != row.id));
        }
    });
}

#[test]
fn a_vulnerability_says_where_also_when_nowhere() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let here = maker.vulnerability("CVE-2024-2").await.unwrap();
        assert_eq!((here.places.len(), here.more, here.settled, here.checked), (2, 0, 0, 2));
        assert!(here.is_known && here.places.iter().all(|one| one.cell.verdict == Verdict::Affected));
        let nowhere = maker.vulnerability("CVE-1999-9999").await.unwrap();
        assert_eq!((nowhere.is_known, nowhere.places.len(), nowhere.checked), (false, 0, 2));
        let (filter, sort) = (VulnerabilityFilter::default(), VulnerabilitySort::Urgency);
        let known = maker.vulnerability_lines(&filter, sort, &Page::default()).await.unwrap().rows;
        let releases: Vec<(&str, u64)> =
            known.iter().map(|one| (one.row.name.as_str(), one.row.releases)).collect();
        assert_eq!(releases.len(), 3);
        assert!(releases.contains(&("CVE-2024-2", 2)), "{releases:?}");
    });
}

#[test]
fn a_product_tells_its_releases_and_the_assumed_deployment() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let slug = maker.products().await.unwrap()[0].product.slug.clone();
        let product = maker.product(&slug).await.unwrap().unwrap();
        let releases: Vec<(&str, u64, u64)> = (product.releases.iter())
            .map(|one| (one.release.version.as_str(), one.release.components, one.not_evaluated))
            .collect();
        assert_eq!(releases, [("1.1", 2, 1), ("1.0", 2, 0)]);
        let profile = product.profile.unwrap();
        assert!(profile.inferred && !profile.deployment.is_empty(), "{profile:?}");
        assert_eq!(maker.product("nothing").await.unwrap(), None);
    });
}

#[test]
fn two_releases_are_compared_and_each_difference_leads_to_its_finding() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let found = maker.compare(1, 2, NOW).await.unwrap().unwrap();
        let differences = &found.compared.comparison.differences;
        let says: Vec<(&str, &str)> =
            differences.iter().map(|one| (one.kind.word(), one.vulnerability.as_str())).collect();
        assert_eq!(says, [("gone", "CVE-2024-1"), ("gone", "CVE-2024-3")]);
        assert_eq!(found.compared.comparison.same, 1);
        assert!(differences.iter().all(|one| !one.causes.is_empty()), "{differences:?}");
        let place = (1, "widget".to_owned(), "CVE-2024-1".to_owned());
        assert!(found.findings.contains_key(&place), "{:?}", found.findings);
        assert!(maker.compare(1, 77, NOW).await.unwrap().is_none());
    });
}

#[test]
fn the_trend_has_the_open_findings_of_each_day() {
    run(async {
        let site = site().await;
        let maker = Maker::new(site.house.clone(), site.scope.clone());
        let in_a_week = NOW.plus(7 * 86_400_000);
        let today = maker.today(in_a_week).await.unwrap();
        let sums: Vec<u64> = today.trend.iter().map(|(_, open)| open.values().sum()).collect();
        assert_eq!(sums, [4; 8], "what was open a week ago is open on each day since");
    });
}

#[test]
fn the_border_holds() {
    run(async {
        let site = site().await;
        let none = Scope { products: Products::Some([99].into()), ..site.scope.clone() };
        let other = Maker::new(site.house.clone(), none);
        assert!(other.products().await.unwrap().is_empty());
        assert_eq!(other.findings(&FindingQuestion::default()).await.unwrap().total, 0);
        assert_eq!(other.release(1).await.unwrap(), None);
        assert!(other.compare(1, 2, NOW).await.unwrap().is_none());
        assert!(other.choices().await.unwrap().is_empty());
        assert!(other.finding(1, NOW).await.unwrap().is_none());
        let (filter, sort) = (ComponentFilter::default(), ComponentSort::Name);
        assert_eq!(other.component_lines(&filter, sort, &Page::default()).await.unwrap().total, 0);
        let today = other.today(NOW).await.unwrap();
        assert_eq!((today.releases, today.matches, today.urgent.len()), (0, 0, 0));
        assert_eq!(other.vulnerability("CVE-2024-2").await.unwrap().checked, 0);
    });
}
