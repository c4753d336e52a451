//! The alias table changes: components are found under other keys.

use std::sync::Arc;

use index::Index;
use service::house::House;
use service::rescan::KnowledgeDelta;
use service::scan::Document;
use testkit::records::Knowledge;

use super::{assert_followed, compare, filled, follow};
use crate::loop_house::{NOW, bom, knowledge, run};

const HEAD: &str = "canonical\tcpes\tspellings\tpurls\trepos\tnames\tscheme\tnot\tflags\town_language\trole\town_cna\tsource\tdate\n";

fn table(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

/// A product that goes by a name of its own in SBOMs.
const ROW: &str = "widget\tacme:widget\t-\t-\t-\tgizmo-runtime\t-\t-\t-\t-\tlibrary\t-\tnvd\t2026-11-22\n";

fn without() -> Knowledge {
    Knowledge::with_tables(&table(""), "")
}

fn with() -> Knowledge {
    Knowledge::with_tables(&table(ROW), "")
}

fn release() -> Document {
    bom(&[("gizmo-runtime", "1.0", "cpe:2.3:a:*:gizmo-runtime:1.0:*:*:*:*:*:*:*".to_owned())])
}

fn known(knowledge: Knowledge) -> Index {
    knowledge.claim("CVE-2024-1", "acme:widget", "< 0.5").index()
}

#[test]
fn a_row_of_the_alias_table_leads_to_everything() {
    run(assert_followed(|| known(without()), || known(with()), &[release()]));
}

#[test]
fn keys_are_made_anew_with_the_table_and_lead_later_changes_to_the_component() {
    run(async {
        let site = filled(known(without()), "g1", &[release()]).await;
        let delta = compare(&known(without()), &known(with()));
        assert!(delta.everything);
        follow(&site, known(with()), &delta, "g2").await;
        assert!(site.findings().await.is_empty());
        // Found by the key that only the new table gives the component.
        let newer = || with().claim("CVE-2024-1", "acme:widget", "< 3").index();
        let delta = compare(&known(with()), &newer());
        assert!(!delta.everything);
        let done = follow(&site, newer(), &delta, "g3").await;
        assert_eq!(done.len(), 2, "{done:?}");
        assert_eq!(site.findings().await.len(), 1);
    });
}

#[test]
fn keys_of_an_older_node_are_made_anew_before_the_next_delta() {
    run(async {
        let site = filled(known(with()), "g2", &[]).await;
        // Another node, which still has the older table, takes a release in.
        let (store, blobs) = (site.house.store.clone(), Arc::clone(&site.house.blobs));
        let other = House::new(store, blobs, knowledge(known(without())), "g1".to_owned());
        site.upload_by(&other, "1.0", vec![release()]).await.unwrap();
        site.work(NOW).await;
        let newer = || with().claim("CVE-2024-1", "acme:widget", "< 3").index();
        let delta = compare(&known(with()), &newer());
        follow(&site, newer(), &delta, "g3").await;
        assert_eq!(site.findings().await.len(), 1);
    });
}

#[test]
fn many_components_are_filed_anew_in_steps() {
    run(async {
        let names: Vec<String> = (0..1_200).map(|at| format!("part-{at}")).collect();
        let parts: Vec<(&str, &str, String)> = names
            .iter()
            .map(|name| (name.as_str(), "1", format!("cpe:2.3:a:*:{name}:1:*:*:*:*:*:*:*")))
            .collect();
        let site = filled(known(without()), "g1", &[bom(&parts)]).await;
        let index = known(with());
        let mark = index.keys_mark().cast_signed();
        let old = async || {
            let mut look = site.house.store.look().await.unwrap();
            look.components_of_other_keys(mark, 9_999).await.unwrap().len()
        };
        assert_eq!(old().await, 1_200);
        follow(&site, index, &KnowledgeDelta::default(), "g2").await;
        assert_eq!(old().await, 0);
    });
}
