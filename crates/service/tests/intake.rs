//! An SBOM arrives, is judged, and is judged again.

use model::finding::Verdict;
use service::house::Fault;
use service::intake::{Upload, receive};
use service::scan::Document;
use store::Moment;
use store::Page;
use store::finding_list::{FindingFilter, Sort};
use testkit::records::Knowledge;

use crate::loop_house::{NOW, Site, bom, run};

fn cpe(vendor: &str, product: &str, version: &str) -> String {
    format!("cpe:2.3:a:{vendor}:{product}:{version}:*:*:*:*:*:*:*")
}

fn index() -> index::Index {
    Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 1.2")
        .claim("CVE-2024-2", "acme:widget", "< 3")
        .claim("CVE-2024-3", "acme:gadget", "< 9")
        .index()
}

#[test]
fn an_upload_is_judged_and_a_second_one_of_the_same_is_no_work() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let document =
            bom(&[("widget", "1.5", cpe("acme", "widget", "1.5")), ("thing", "1", cpe("a", "thing", "1"))]);
        let received = site.upload("1.0.0", vec![document.clone()]).await;
        assert!(received.is_new_release && received.job.is_some());
        assert_eq!((received.new_documents, received.components, received.new_components), (1, 2, 2));
        assert_eq!(site.work(NOW).await.len(), 1);
        let lines = site.findings().await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("1.0.0 widget 1.5 CVE-2024-2 Affected"), "{lines:?}");

        let again = site.upload("1.0.0", vec![document.clone()]).await;
        assert!(!again.is_new_release);
        assert_eq!((again.new_documents, again.job), (0, None));
        assert_eq!(site.work(NOW).await, []);

        // The same components in another release are not kept a second time.
        let other = site.upload("1.1.0", vec![document]).await;
        assert_eq!((other.new_components, other.components), (0, 2));
        assert_eq!(site.work(NOW).await.len(), 1);
        assert_eq!(site.findings().await.len(), 2);
    });
}

#[test]
fn judging_twice_writes_nothing_the_second_time() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let received = site.upload("1", vec![bom(&[("widget", "1.0", cpe("acme", "widget", "1.0"))])]).await;
        site.work(NOW).await;
        let later = NOW.plus(3_600_000);
        let again =
            service::analyse::analyse(&site.house, &site.scope, received.release, later, async |_| Ok(()));
        let again = again.await.unwrap();
        assert_eq!((again.active, again.differences), (2, vec![]));
        let mut look = site.house.store.look().await.unwrap();
        let events = look.events(&site.scope, "", Moment(0), &Page::default()).await.unwrap();
        assert_eq!(events.total, 2);
    });
}

#[test]
fn a_corrected_sbom_retires_what_is_gone_and_keeps_it_in_sight() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let widget = ("widget", "1.0", cpe("acme", "widget", "1.0"));
        site.upload("1", vec![bom(&[widget, ("gadget", "2", cpe("acme", "gadget", "2"))])]).await;
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 3);
        // Knowledge that has withdrawn one of them.
        let newer = Knowledge::new().claim("CVE-2024-2", "acme:widget", "< 3").feed("cve-list").index();
        site.house.renew(crate::loop_house::knowledge(newer), "g2".to_owned());
        let release = 1;
        service::analyse::analyse(&site.house, &site.scope, release, NOW.plus(1), async |_| Ok(()))
            .await
            .unwrap();
        let lines = site.findings().await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        let gone = FindingFilter { is_active: Some(false), ..FindingFilter::default() };
        let mut look = site.house.store.look().await.unwrap();
        let listed = look.findings(&site.scope, &gone, Sort::default(), &Page::default()).await.unwrap();
        assert_eq!(listed.total, 2);
        assert!(listed.rows.iter().all(|one| !one.gone.is_empty() && one.cell.verdict == Verdict::Affected));
    });
}

#[test]
fn what_cannot_be_read_is_refused_with_its_name_and_leaves_no_release() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let garbage = Document { name: "notes.txt".to_owned(), bytes: b"hello".to_vec() };
        let fault = site.try_upload("1", vec![garbage]).await.unwrap_err();
        assert!(matches!(&fault, Fault::Document(_)) && fault.to_string().contains("notes.txt"), "{fault}");
        let fault = site.try_upload(" ", vec![]).await.unwrap_err();
        assert!(matches!(fault, Fault::Refused(_)));
        let mut look = site.house.store.look().await.unwrap();
        assert_eq!(look.releases(&site.scope, None, &Page::default()).await.unwrap().total, 0);
    });
}

#[test]
fn evidence_may_come_after_the_sbom() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let widget = bom(&[("widget", "1.5", cpe("acme", "widget", "1.5"))]);
        site.upload("1", vec![widget]).await;
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 1);
        // A second document of the same release: another part of the product.
        let mut more = bom(&[("gadget", "2", cpe("acme", "gadget", "2"))]);
        more.name = "more.cdx.json".to_owned();
        let received = site.upload("1", vec![more]).await;
        assert_eq!((received.components, received.is_new_release), (2, false));
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 2);
    });
}

#[test]
fn two_uploads_to_one_release_at_the_same_time_are_both_in_its_inventory() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let widget = bom(&[("widget", "1.0", cpe("acme", "widget", "1.0"))]);
        let mut gadget = bom(&[("gadget", "2", cpe("acme", "gadget", "2"))]);
        gadget.name = "gadget.cdx.json".to_owned();
        let (house, scope) = (site.house.clone(), site.scope.clone());
        let upload = Upload {
            product: site.product,
            version: "1".to_owned(),
            documents: vec![widget],
            actor: "person/1".to_owned(),
            person: 1,
        };
        let beside = tokio::spawn(async move { receive(&house, &scope, upload, NOW).await });
        let one = site.upload("1", vec![gadget]).await;
        let other = beside.await.unwrap().unwrap();
        assert_eq!(one.release, other.release);
        assert_eq!(one.components.max(other.components), 2);
        let mut look = site.house.store.look().await.unwrap();
        assert_eq!(look.inventory(&site.scope, one.release).await.unwrap().len(), 2);
        assert_eq!(look.documents(&site.scope, one.release).await.unwrap().len(), 2);
    });
}

#[test]
fn the_same_document_twice_in_one_upload_is_one() {
    run(async {
        let site = Site::new(index(), "g1").await;
        let widget = bom(&[("widget", "1.0", cpe("acme", "widget", "1.0"))]);
        let received = site.upload("1", vec![widget.clone(), widget]).await;
        assert_eq!((received.new_documents, received.components), (1, 1));
    });
}
