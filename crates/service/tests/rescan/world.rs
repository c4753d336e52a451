//! Small worlds that change at random, in every kind of fact.

use std::collections::BTreeSet;

use index::Index;
use model::day::Day;
use model::record::{
    ClaimForm, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Item, Record, RecordState, Reference,
    Severity, Source, Status,
};
use model::vulnerability::{EarlierEpss, Epss, Kev};
use proptest::prelude::*;
use service::scan::Document;
use testkit::records::{Knowledge, cve, rows};

use super::{compare, filled, follow};
use crate::loop_house::{bom, run};

const PRODUCTS: [(&str, &str); 5] =
    [("acme", "widget"), ("acme", "gadget"), ("other", "gizmo"), ("kit", "part"), ("linux", "linux_kernel")];
const KERNEL: usize = 4;
const VERSIONS: [&str; 5] = ["0.9", "1.0", "1.2", "2.0", "3.1"];
const VECTORS: [&str; 2] =
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"];
const FILES: [&str; 3] = ["drivers/usb/core/hub.c", "fs/ext4/inode.c", "net/ipv4/tcp.c"];
const URLS: [&str; 2] = ["https://www.exploit-db.com/exploits/50001", "https://example.org/poc"];

/// What is said of a vulnerability, in a few numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sketch {
    id: usize,
    product: usize,
    start: usize,
    end: usize,
    is_unaffected: bool,
    is_rejected: bool,
    /// Platform words of the claim, or a CPE configuration beside it.
    form: usize,
    facts: Facts,
}

/// What assessments read.
#[derive(Clone, Debug, Default, PartialEq)]
struct Facts {
    severity: usize,
    has_cwe: bool,
    has_ssvc: bool,
    modified: usize,
    kev: usize,
    epss: usize,
    epss_before: usize,
    exploit: usize,
    files: usize,
}

fn facts() -> impl Strategy<Value = Facts> {
    let rare = || prop::bool::weighted(0.3);
    let numbers = (0..3_usize, 0..3_usize, 0..3_usize, 0..4_usize, 0..3_usize, 0..3_usize, 0..3_usize);
    (numbers, rare(), rare()).prop_map(
        |((severity, modified, kev, epss, epss_before, exploit, files), has_cwe, has_ssvc)| Facts {
            severity,
            has_cwe,
            has_ssvc,
            modified,
            kev,
            epss,
            epss_before,
            exploit,
            files,
        },
    )
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let place = (0..6_usize, 0..PRODUCTS.len(), 0..5_usize, 0..5_usize);
    let rare = || prop::bool::weighted(0.2);
    (place, rare(), rare(), 0..4_usize, facts()).prop_map(
        |((id, product, start, end), is_unaffected, is_rejected, form, facts)| Sketch {
            id,
            product,
            start,
            end,
            is_unaffected,
            is_rejected,
            form,
            facts,
        },
    )
}

/// One vulnerability each, and each of them again with one side altered, dropped, or as it was.
fn next(world: Vec<Sketch>) -> impl Strategy<Value = (Vec<Sketch>, Vec<Sketch>)> {
    let alterations = prop::collection::vec((0..8_usize, sketch()), world.len());
    (alterations, prop::collection::vec(sketch(), 0..3)).prop_map(move |(alterations, new)| {
        let mut after: Vec<Sketch> = Vec::new();
        for (was, (how, other)) in world.iter().zip(alterations) {
            match how {
                0 => {}
                1 => after.push(Sketch { id: was.id, ..other }),
                2 | 3 => after.push(Sketch { facts: other.facts, ..was.clone() }),
                4 => after.push(Sketch { form: other.form, ..was.clone() }),
                _ => after.push(was.clone()),
            }
        }
        after.extend(new);
        (world.clone(), one_each(&after))
    })
}

fn name(sketch: &Sketch) -> String {
    format!("CVE-2024-{}", 1000 + sketch.id)
}

fn windows() -> CpeNode<'static> {
    let head =
        CpeHead { part: "o".into(), vendor: "microsoft".into(), product: "windows".into(), ..any_head() };
    leaf(false, head, CpeRow { version: "-".into(), update: "*".into(), bounds: None })
}

fn any_head() -> CpeHead<'static> {
    CpeHead {
        edition: "*".into(),
        language: "*".into(),
        sw_edition: "*".into(),
        target_sw: "*".into(),
        target_hw: "*".into(),
        other: "*".into(),
        ..CpeHead::default()
    }
}

fn leaf(vulnerable: bool, head: CpeHead<'static>, row: CpeRow<'static>) -> CpeNode<'static> {
    CpeNode { leaves: vec![CpeLeaf { vulnerable, head, rows: vec![row] }], ..CpeNode::default() }
}

/// The record of NVD that says by configurations what the CNA says by claims.
fn configured(sketch: &Sketch, on_windows: bool) -> Record<'static> {
    let (vendor, product) = PRODUCTS[sketch.product];
    let high = sketch.start.max(sketch.end);
    let part = if sketch.product == KERNEL { "o" } else { "a" };
    let head = CpeHead { part: part.into(), vendor: vendor.into(), product: product.into(), ..any_head() };
    let bounds = CpeBounds { end_excluding: VERSIONS[high].into(), ..CpeBounds::default() };
    let own =
        leaf(true, head, CpeRow { version: "*".into(), update: "*".into(), bounds: Some(Box::new(bounds)) });
    let tree = match on_windows {
        true => CpeNode { is_and: true, children: vec![own, windows()], ..CpeNode::default() },
        false => own,
    };
    Record {
        source: Some(Source::Nvd2),
        id: name(sketch).into(),
        configurations: vec![tree],
        ..Record::default()
    }
}

fn record(sketch: &Sketch) -> Record<'static> {
    let (vendor, product) = PRODUCTS[sketch.product];
    let (low, high) = (sketch.start.min(sketch.end), sketch.start.max(sketch.end));
    let facts = &sketch.facts;
    let mut record = cve("CVE-2024-0", "a:b", "");
    record.id = name(sketch).into();
    let is_kernel = sketch.product == KERNEL;
    let claim = &mut record.claims[0];
    claim.subject.vendor = if is_kernel { "Linux" } else { vendor }.into();
    claim.subject.product = if is_kernel { "Linux" } else { product }.into();
    claim.entries = rows("0..1");
    claim.entries[0].start = if low == high { "0" } else { VERSIONS[low] }.into();
    claim.entries[0].end = End::Before(VERSIONS[high].into());
    claim.default_status = sketch.is_unaffected.then_some(Status::Unaffected);
    claim.form = ClaimForm::CveVersions;
    if sketch.form == 1 {
        claim.subject.platforms = vec!["Windows".into()];
    }
    if is_kernel {
        claim.subject.program_files = FILES.iter().take(facts.files).map(|file| (*file).into()).collect();
    }
    record.source = Some(if is_kernel { Source::KernelCna } else { Source::CveCna });
    record.state = if sketch.is_rejected { RecordState::Rejected } else { RecordState::Published };
    let vector = VECTORS.get(facts.severity);
    record
        .severities
        .extend(vector.map(|vector| Severity { vector: (*vector).into(), ..Severity::default() }));
    record.cwes = facts.has_cwe.then_some("CWE-787".into()).into_iter().collect();
    record.ssvc = facts.has_ssvc.then_some(("Exploitation".into(), "active".into())).into_iter().collect();
    record.modified = ["2026-01-01", "2026-02-01", "2026-03-01"][facts.modified].into();
    let url = URLS.get(facts.exploit);
    record.references.extend(url.map(|url| Reference { url: (*url).into(), tags: vec!["exploit".into()] }));
    record
}

/// One record each: of equal ids the first.
fn one_each(sketches: &[Sketch]) -> Vec<Sketch> {
    let mut seen = BTreeSet::new();
    sketches.iter().filter(|sketch| seen.insert(sketch.id)).cloned().collect()
}

fn index(sketches: &[Sketch]) -> Index {
    let feeds = ["cve-list", "kernel-cna", "nvd2", "kev", "epss"];
    let start = feeds.into_iter().fold(Knowledge::new(), Knowledge::feed);
    sketches.iter().fold(start, add).index()
}

fn add(knowledge: Knowledge, sketch: &Sketch) -> Knowledge {
    let facts = &sketch.facts;
    let feed = if sketch.product == KERNEL { "kernel-cna" } else { "cve-list" };
    let mut knowledge = knowledge.record(feed, record(sketch));
    if sketch.form > 1 {
        knowledge = knowledge.record("nvd2", configured(sketch, sketch.form == 3));
    }
    if facts.kev > 0 {
        let due_date = format!("2026-0{}-01", facts.kev);
        let kev = Kev { id: name(sketch), date_added: "2026-01-01".to_owned(), due_date, ..Kev::default() };
        knowledge = knowledge.item("kev", &Item::Kev(kev));
    }
    if facts.epss > 0 {
        let on = Day::parse("2026-06-20").unwrap();
        let probability = facts.epss_before as f32 / 20.0;
        let before = (facts.epss_before > 0).then_some(EarlierEpss { probability, on });
        let epss = Epss { probability: facts.epss as f32 / 4.0, percentile: 0.5, before };
        knowledge = knowledge.item("epss", &Item::Epss(name(sketch).into(), epss));
    }
    knowledge
}

fn release(parts: &[(usize, usize)]) -> Document {
    let parts: BTreeSet<(usize, usize)> = parts.iter().copied().collect();
    let components: Vec<(&str, &str, String)> = parts
        .into_iter()
        .map(|(product, version)| {
            let ((vendor, product), version) = (PRODUCTS[product], VERSIONS[version]);
            let part = if vendor == "linux" { "o" } else { "a" };
            (product, version, format!("cpe:2.3:{part}:{vendor}:{product}:{version}:*:*:*:*:*:*:*"))
        })
        .collect();
    bom(&components)
}

fn worlds() -> impl Strategy<Value = (Vec<Sketch>, Vec<Sketch>)> {
    prop::collection::vec(sketch(), 0..7).prop_map(|sketches| one_each(&sketches)).prop_flat_map(next)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 9: delta rescan equals full analysis, over steps of knowledge one after the other.
    #[test]
    fn following_deltas_equals_judging_everything_again(
        (first, second) in worlds(),
        third in prop::collection::vec(sketch(), 0..7),
        parts in prop::collection::vec(prop::collection::vec((0..PRODUCTS.len(), 0..5_usize), 1..4), 1..4),
    ) {
        let third = one_each(&third);
        let releases: Vec<Document> = parts.iter().map(|parts| release(parts)).collect();
        run(async {
            let site = filled(index(&first), "g1", &releases).await;
            follow(&site, index(&second), &compare(&index(&first), &index(&second)), "g2").await;
            follow(&site, index(&third), &compare(&index(&second), &index(&third)), "g3").await;
            let fresh = filled(index(&third), "g3", &releases).await;
            assert_eq!(site.state().await, fresh.state().await);
        });
    }
}

#[test]
fn only_releases_that_are_touched_are_judged_again() {
    run(async {
        let sketch = |id, product, end| Sketch {
            id,
            product,
            start: 0,
            end,
            is_unaffected: false,
            is_rejected: false,
            form: 0,
            facts: Facts::default(),
        };
        // The products are known before, or their names would have new vendors, which touches all who bear them.
        let before = [sketch(0, 0, 2), sketch(3, 1, 1), sketch(4, 2, 1)];
        let after = [before.to_vec(), vec![sketch(1, 1, 4), sketch(2, 2, 4)]].concat();
        // Widget 1.0; gadget 1.0; gadget 3.1, which is above the end; part.
        let releases = [vec![(0, 1)], vec![(1, 1)], vec![(1, 4)], vec![(3, 1)]].map(|parts| release(&parts));
        let site = filled(index(&before), "g1", &releases).await;
        let delta = compare(&index(&before), &index(&after));
        let done = follow(&site, index(&after), &delta, "g2").await;
        let judged: Vec<&str> =
            done.iter().filter(|(kind, _)| kind == "analyse_release").map(|(_, key)| key.as_str()).collect();
        // The other release of the gadget is looked at too: what is known of the vendors of its name weighs differently.
        assert_eq!(judged, ["2 knowledge g2", "3 knowledge g2"], "{done:?}");
        let lines = site.findings().await;
        assert_eq!(lines.len(), 2, "{lines:?}");
    });
}
