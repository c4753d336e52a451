//! Knowledge changes: what the delta leads to equals judging everything again.

use std::collections::BTreeSet;

use index::tables::AliasTable;
use model::record::{End, Record, Source, Status};
use proptest::prelude::*;
use service::jobs::list::Job;
use service::rescan::KnowledgeDelta;
use service::scan::Document;
use store::jobs::Lane;
use testkit::records::{Knowledge, cve, rows};

use crate::loop_house::{NOW, Site, bom, knowledge, run};

const PRODUCTS: [(&str, &str); 4] =
    [("acme", "widget"), ("acme", "gadget"), ("other", "gizmo"), ("kit", "part")];
const VERSIONS: [&str; 5] = ["0.9", "1.0", "1.2", "2.0", "3.1"];

/// A record in a few numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sketch {
    id: usize,
    product: usize,
    start: usize,
    end: usize,
    windows: bool,
    unaffected: bool,
}

fn sketch() -> impl Strategy<Value = Sketch> {
    (0..6_usize, 0..4_usize, 0..5_usize, 0..5_usize, prop::bool::weighted(0.2), prop::bool::weighted(0.2))
        .prop_map(|(id, product, start, end, windows, unaffected)| Sketch {
            id,
            product,
            start,
            end,
            windows,
            unaffected,
        })
}

fn name(sketch: &Sketch) -> String {
    format!("CVE-2024-{}", 1000 + sketch.id)
}

fn record(sketch: &Sketch) -> Record<'static> {
    let (vendor, product) = PRODUCTS[sketch.product];
    let (low, high) = (sketch.start.min(sketch.end), sketch.start.max(sketch.end));
    let mut record = cve("CVE-2024-0", "a:b", "");
    record.id = name(sketch).into();
    let claim = &mut record.claims[0];
    claim.subject.vendor = vendor.into();
    claim.subject.product = product.into();
    claim.entries = rows("0..1");
    claim.entries[0].start = if low == high { "0" } else { VERSIONS[low] }.into();
    claim.entries[0].end = End::Before(VERSIONS[high].into());
    claim.default_status = sketch.unaffected.then_some(Status::Unaffected);
    if sketch.windows {
        claim.subject.platforms = vec!["Windows".into()];
    }
    record.source = Some(Source::CveCna);
    record
}

/// One record each: of equal ids the first.
fn one_each(sketches: &[Sketch]) -> Vec<Sketch> {
    let mut seen = BTreeSet::new();
    sketches.iter().filter(|sketch| seen.insert(sketch.id)).cloned().collect()
}

fn index(sketches: &[Sketch]) -> index::Index {
    let start = Knowledge::new().feed("cve-list");
    sketches.iter().fold(start, |knowledge, sketch| knowledge.record("cve-list", record(sketch))).index()
}

fn delta(before: &[Sketch], after: &[Sketch]) -> KnowledgeDelta {
    let differ: Vec<&Sketch> = before
        .iter()
        .filter(|sketch| !after.contains(sketch))
        .chain(after.iter().filter(|sketch| !before.contains(sketch)))
        .collect();
    let vulnerabilities: BTreeSet<String> = differ.iter().map(|sketch| name(sketch)).collect();
    let keys: BTreeSet<String> = differ
        .iter()
        .flat_map(|sketch| index::keys::keys_of_record(&record(sketch), AliasTable::built_in()))
        .collect();
    KnowledgeDelta {
        vulnerabilities: vulnerabilities.into_iter().collect(),
        keys: keys.into_iter().collect(),
        ..KnowledgeDelta::default()
    }
}

fn release(parts: &[(usize, usize)]) -> Document {
    let parts: BTreeSet<(usize, usize)> = parts.iter().copied().collect();
    let components: Vec<(&str, &str, String)> = parts
        .into_iter()
        .map(|(product, version)| {
            let ((vendor, product), version) = (PRODUCTS[product], VERSIONS[version]);
            (product, version, format!("cpe:2.3:a:{vendor}:{product}:{version}:*:*:*:*:*:*:*"))
        })
        .collect();
    bom(&components)
}

async fn filled(sketches: &[Sketch], generation: &str, releases: &[Vec<(usize, usize)>]) -> Site {
    let site = Site::new(index(sketches), generation).await;
    for (number, parts) in releases.iter().enumerate() {
        site.upload(&format!("{number}.0"), vec![release(parts)]).await;
    }
    site.work(NOW).await;
    site
}

/// Takes newer knowledge into use and follows its delta, as the index compares the two.
async fn follow(site: &Site, before: &[Sketch], after: &[Sketch], generation: &str) -> Vec<(String, String)> {
    let compared = index::compile::delta::compare(&index(before), &index(after)).unwrap();
    let compared = KnowledgeDelta::from(&compared);
    let expected = delta(before, after);
    assert_eq!(compared.vulnerabilities, expected.vulnerabilities);
    assert!(compared.keys.iter().all(|key| expected.keys.contains(key)));
    let bytes = compared.to_bytes();
    let hash = site.house.blobs.put(bytes).await.unwrap();
    site.house.renew(knowledge(index(after)), generation.to_owned());
    let job = Job::RescanChanged { generation: generation.to_owned(), delta: hash };
    let mut change = site.house.store.change().await.unwrap();
    change.enqueue(&job.queued(Lane::Background, NOW), NOW).await.unwrap();
    change.commit().await.unwrap();
    site.work(NOW).await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 9: delta rescan equals full analysis, over two steps of knowledge one after the other.
    #[test]
    fn following_deltas_equals_judging_everything_again(
        first in prop::collection::vec(sketch(), 0..7),
        second in prop::collection::vec(sketch(), 0..7),
        third in prop::collection::vec(sketch(), 0..7),
        releases in prop::collection::vec(prop::collection::vec((0..4_usize, 0..5_usize), 1..4), 1..4),
    ) {
        let [first, second, third] = [first, second, third].map(|sketches| one_each(&sketches));
        run(async {
            let site = filled(&first, "g1", &releases).await;
            follow(&site, &first, &second, "g2").await;
            follow(&site, &second, &third, "g3").await;
            let fresh = filled(&third, "g3", &releases).await;
            assert_eq!(site.findings().await, fresh.findings().await);
        });
    }
}

#[test]
fn only_releases_that_are_touched_are_judged_again() {
    run(async {
        let sketch =
            |id, product, end| Sketch { id, product, start: 0, end, windows: false, unaffected: false };
        let before = [sketch(0, 0, 2)];
        let after = [sketch(0, 0, 2), sketch(1, 1, 4), sketch(2, 2, 4)];
        // Widget 1.0; gadget 1.0; gadget 3.1, which is above the end; part.
        let releases = [vec![(0, 1)], vec![(1, 1)], vec![(1, 4)], vec![(3, 1)]];
        let site = filled(&before, "g1", &releases).await;
        let done = follow(&site, &before, &after, "g2").await;
        let kinds: Vec<&str> = done.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["rescan_changed", "analyse_release"], "{done:?}");
        assert_eq!(done[1].1, "2 knowledge g2");
        let lines = site.findings().await;
        assert_eq!(lines.len(), 2, "{lines:?}");
    });
}
