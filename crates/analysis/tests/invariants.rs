//! What must hold for any knowledge and any inventory (architecture.md, section 5: 5, 6, 7; matching.md 11).

use std::collections::{BTreeMap, BTreeSet};

use analysis::{Options, Scan, Views, scan, scan_with};
use index::Index;
use model::build::{CompiledFiles, Config, ConfigOf};
use model::component::{Component, Coverage};
use model::finding::{Finding, Verdict};
use model::record::{CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Record, Source, Status};
use model::sbom::Inventory;
use proptest::prelude::*;
use testkit::records::{Building, Knowledge, component, cve, inventory, rows};

use crate::packs;
use crate::tricky;

const PRODUCTS: [(&str, &str); 4] =
    [("acme", "widget"), ("other", "widget"), ("acme", "gadget"), ("n/a", "gadget")];
const VERSIONS: [&str; 6] = ["0.9", "1.0", "1.2", "1.5", "2.0", "3.1"];

/// A record in a few numbers: id, form, product, bounds, platform.
#[derive(Clone, Debug)]
pub struct Sketch {
    pub id: usize,
    pub form: usize,
    pub product: usize,
    pub start: usize,
    pub end: usize,
    pub windows: bool,
    pub default: usize,
}

pub fn sketch() -> impl Strategy<Value = Sketch> {
    (0..6_usize, 0..4_usize, 0..4_usize, 0..6_usize, 0..6_usize, any::<bool>(), 0..4_usize).prop_map(
        |(id, form, product, start, end, windows, default)| Sketch {
            id,
            form,
            product,
            start,
            end,
            windows,
            default,
        },
    )
}

pub fn without_texts(finding: &Finding) -> Finding {
    Finding { opinions: Vec::new(), evidence: Vec::new(), ..finding.clone() }
}

fn id_of(sketch: &Sketch) -> String {
    format!("CVE-2024-{}", 10_000 + sketch.id)
}

/// The record of a sketch: a CNA claim, an ADP claim, an NVD tree or a GitHub advisory.
pub fn record(sketch: &Sketch) -> Record<'static> {
    let (vendor, product) = PRODUCTS[sketch.product];
    // A range that can hold nothing is read as a break point (5.5), which a garbled end undoes: not the point here.
    let (low, high) = (sketch.start.min(sketch.end), sketch.start.max(sketch.end));
    let (start, end) = if low == high { ("0", VERSIONS[high]) } else { (VERSIONS[low], VERSIONS[high]) };
    let id = id_of(sketch);
    let mut record = match sketch.form {
        2 => tree(vendor, product, start, end, sketch.windows),
        _ => {
            let mut record = cve("CVE-2024-0", "a:b", "");
            record.claims[0].subject.vendor = vendor.into();
            record.claims[0].subject.product = product.into();
            record.claims[0].entries = rows("0..1");
            record.claims[0].entries[0].start = start.into();
            record.claims[0].entries[0].end = End::Before(end.into());
            record.claims[0].default_status =
                [None, Some(Status::Affected), Some(Status::Unaffected), Some(Status::Unknown)]
                    [sketch.default];
            if sketch.windows {
                record.claims[0].subject.platforms = vec!["Windows".into()];
            }
            record.source = Some([Source::CveCna, Source::CisaAdp, Source::Nvd2, Source::Ghsa][sketch.form]);
            record
        }
    };
    record.id = id.into();
    record
}

pub fn tree(
    vendor: &'static str,
    product: &'static str,
    start: &'static str,
    end: &'static str,
    windows: bool,
) -> Record<'static> {
    let head = |part: &'static str, vendor: &'static str, product: &'static str| CpeHead {
        part: part.into(),
        vendor: vendor.into(),
        product: product.into(),
        edition: "*".into(),
        language: "*".into(),
        sw_edition: "*".into(),
        target_sw: "*".into(),
        target_hw: "*".into(),
        other: "*".into(),
    };
    let bounds =
        CpeBounds { start_including: start.into(), end_excluding: end.into(), ..CpeBounds::default() };
    let row = CpeRow { version: "*".into(), update: "*".into(), bounds: Some(Box::new(bounds)) };
    let own = CpeLeaf { vulnerable: true, head: head("a", vendor, product), rows: vec![row] };
    let any_row = CpeRow { version: "-".into(), update: "*".into(), bounds: None };
    let platform =
        CpeLeaf { vulnerable: false, head: head("o", "microsoft", "windows"), rows: vec![any_row] };
    let or = |leaf: CpeLeaf<'static>| CpeNode { leaves: vec![leaf], ..CpeNode::default() };
    let node = match windows {
        true => CpeNode { is_and: true, children: vec![or(own), or(platform)], ..CpeNode::default() },
        false => or(own),
    };
    Record { source: Some(Source::Nvd2), configurations: vec![node], ..Record::default() }
}

fn feed_of(source: Option<Source>) -> &'static str {
    match source {
        Some(Source::Nvd2) => "nvd2",
        Some(Source::Ghsa) => "ghsa",
        _ => "cve-list",
    }
}

pub fn index_of(records: &[Record<'_>]) -> Index {
    let knowledge = Knowledge::new().feed("cve-list").feed("nvd2").feed("ghsa");
    records
        .iter()
        .fold(knowledge, |knowledge, record| knowledge.record(feed_of(record.source), record.clone()))
        .index()
}

/// Components of different name or version: what is equal in both is told apart by the order of the input.
pub fn components(most: usize) -> impl Strategy<Value = Vec<Building>> {
    prop::collection::vec(any_component(), 1..most).prop_map(|mut components| {
        let mut seen = BTreeSet::new();
        components.retain(|one| seen.insert((one.component.name.clone(), one.component.version.clone())));
        components
    })
}

fn any_component() -> impl Strategy<Value = Building> {
    (0..3_usize, 0..3_usize, 0..6_usize).prop_map(|(product, form, version)| {
        let (vendor, product) = PRODUCTS[product];
        let version = VERSIONS[version];
        let built = component(product, version);
        match form {
            0 => built.cpe(&format!("cpe:2.3:a:{vendor}:{product}:{version}:*:*:*:*:*:*:*")),
            1 => built.cpe(&format!("cpe:2.3:*:*:{product}:{version}:*:*:*:*:*:*:*")),
            _ => built.purl(&format!("pkg:generic/{product}@{version}")),
        }
    })
}

pub fn options() -> Options {
    Options { at: "2026-07-21".to_owned(), with_not_affected: true, ..Options::default() }
}

type Verdicts = BTreeMap<(String, String), Verdict>;

/// Verdicts by (component key, vulnerability).
fn verdicts(scan: &Scan, inventory: &Inventory) -> Verdicts {
    let key = |at: usize| inventory.components[at].key.clone();
    scan.findings.iter().map(|one| ((key(one.component), one.vulnerability.clone()), one.verdict)).collect()
}

/// Everything a finding says, without the number of its component.
fn whole(scan: &Scan, inventory: &Inventory) -> Vec<String> {
    let line = |finding: &model::finding::Finding| {
        let key = &inventory.components[finding.component].key;
        format!("{key} {:?}", model::finding::Finding { component: 0, ..finding.clone() })
    };
    let mut lines: Vec<String> = scan.findings.iter().map(line).collect();
    let states = inventory.components.iter().zip(&scan.coverage);
    let mut coverage: Vec<String> =
        states.map(|(component, state)| format!("{} {state:?}", component.key)).collect();
    coverage.sort();
    lines.extend(coverage);
    lines
}

fn is_open(verdict: Option<&Verdict>) -> bool {
    matches!(verdict, Some(Verdict::Affected | Verdict::NeedsReview))
}

/// Nothing that was open may become *not affected*; what vanishes needs a coverage reason.
fn only_towards_questions(
    before: &Verdicts,
    after: &Verdicts,
    scan: &Scan,
    inventory: &Inventory,
) -> Result<(), String> {
    for ((component, id), verdict) in before.iter().filter(|(_, verdict)| is_open(Some(verdict))) {
        let now = after.get(&(component.clone(), id.clone()));
        if now == Some(&Verdict::NotAffected) {
            return Err(format!("{component} {id}: {} became not_affected", verdict.word()));
        }
        if now.is_none() {
            let at = inventory.components.iter().position(|known| known.key == *component);
            let state = at.and_then(|at| scan.coverage.get(at)).map(|(state, _)| *state);
            if matches!(state, Some(Coverage::Clean) | None) {
                return Err(format!("{component} {id}: vanished, and the component is {state:?}"));
            }
        }
    }
    Ok(())
}

/// Changes components without changing their keys, so that verdicts can be compared.
fn changed(inventory: &Inventory, change: impl Fn(&mut Component)) -> Inventory {
    let mut changed = inventory.clone();
    changed.components.iter_mut().for_each(change);
    changed
}

/// One record per vulnerability: nobody else can answer in its place.
fn one_each(sketches: &[Sketch]) -> Vec<Record<'static>> {
    let mut seen = BTreeSet::new();
    sketches.iter().filter(|sketch| seen.insert(sketch.id)).map(record).collect()
}

pub fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(40))]

    /// Invariant 5: the order of records and components does not matter, nor does the number of threads.
    #[test]
    fn order_and_threads_do_not_matter(
        sketches in prop::collection::vec(sketch(), 1..12),
        components in components(6),
        turn in 1..6_usize,
    ) {
        let records: Vec<Record<'_>> = sketches.iter().map(record).collect();
        let straight = inventory(components.clone());
        let answer = whole(&scan(&index_of(&records), &straight, &options()), &straight);
        let mut turned_records = records;
        turned_records.reverse();
        let mut turned = components;
        let length = turned.len();
        turned.rotate_left(turn % length);
        let other = inventory(turned);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1 + turn % 4).build().unwrap();
        let again = pool.install(|| scan(&index_of(&turned_records), &other, &options()));
        prop_assert_eq!(whole(&again, &other), answer);
    }

    /// The short ways give what the long way gives: a record that settles a candidate, and verdicts without texts.
    #[test]
    fn short_ways_end_where_the_long_way_ends(
        sketches in prop::collection::vec(sketch(), 1..12),
        components in components(6),
    ) {
        let index = index_of(&sketches.iter().map(record).collect::<Vec<_>>());
        let inventory = inventory(components);
        let long = scan(&index, &inventory, &options());
        let short = scan(&index, &inventory, &Options { with_not_affected: false, ..options() });
        let bare =
            scan(&index, &inventory, &Options { with_not_affected: false, verdicts_only: true, ..options() });
        prop_assert_eq!(&long.counts, &short.counts);
        prop_assert_eq!(&long.counts, &bare.counts);
        let open = long.findings.iter().filter(|finding| finding.verdict != Verdict::NotAffected);
        prop_assert_eq!(open.collect::<Vec<_>>(), short.findings.iter().collect::<Vec<_>>());
        prop_assert_eq!(short.findings.iter().map(without_texts).collect::<Vec<_>>(), bare.findings);
    }

    /// Prepared answers are those of the long way: releases with the same products in other versions, one after the
    /// other, with what was learned from those before.
    #[test]
    fn views_change_no_answer(
        sketches in prop::collection::vec(sketch(), 1..12),
        releases in prop::collection::vec(components(5), 2..7),
        odd in prop::sample::select(&["", "1.0-r2", "v1.2", "custom", "2.0rc1", "1", "1.5.0", "20240101"][..]),
    ) {
        let index = index_of(&sketches.iter().map(record).collect::<Vec<_>>());
        let views = Views::default();
        let bare = Options { with_not_affected: false, verdicts_only: true, ..options() };
        let oddly = changed(&inventory(releases[0].clone()), |component| component.version = odd.to_owned());
        for release in releases.into_iter().map(inventory).chain([oddly]) {
            let long = scan(&index, &release, &Options { verdicts_only: false, ..bare.clone() });
            let by_view = scan_with(&index, &release, &bare, &views);
            prop_assert_eq!(&long.counts, &by_view.counts);
            prop_assert_eq!(&long.coverage, &by_view.coverage);
            let findings = long.findings.iter().map(without_texts).collect::<Vec<_>>();
            prop_assert_eq!(findings, by_view.findings);
        }
    }

    /// Invariant 6: without a version nothing becomes not affected, unless no version was needed for it.
    #[test]
    fn a_missing_version_never_excludes(
        sketches in prop::collection::vec(sketch(), 1..12),
        components in components(4),
    ) {
        let index = index_of(&sketches.iter().map(record).collect::<Vec<_>>());
        let full = inventory(components);
        let before = verdicts(&scan(&index, &full, &options()), &full);
        for word in ["", "git", "no-such-version", "AUTOINC"] {
            let without = changed(&full, |component| {
                component.version = word.to_owned();
                component.cpes.iter_mut().for_each(|cpe| cpe.cpe.version = "*".to_owned());
                component.purls.iter_mut().for_each(|purl| purl.version.clear());
            });
            let after = scan(&index, &without, &options());
            let result = only_towards_questions(&before, &verdicts(&after, &without), &after, &without);
            prop_assert!(result.is_ok(), "version `{word}`: {result:?}");
        }
    }

    /// Invariant 6: a range made unreadable never excludes.
    #[test]
    fn a_garbled_range_never_excludes(
        sketches in prop::collection::vec(sketch(), 1..8),
        components in components(4),
        garbage in prop::sample::select(&["???", "see advisory", "x", "unspecified build"][..]),
    ) {
        let records = one_each(&sketches);
        let full = inventory(components);
        let before = verdicts(&scan(&index_of(&records), &full, &options()), &full);
        let mut garbled = records;
        for record in &mut garbled {
            for claim in &mut record.claims {
                for entry in &mut claim.entries {
                    entry.end = End::Before(garbage.into());
                }
            }
            garble(&mut record.configurations, garbage);
        }
        let index = index_of(&garbled);
        let after = scan(&index, &full, &options());
        let result = only_towards_questions(&before, &verdicts(&after, &full), &after, &full);
        prop_assert!(result.is_ok(), "{result:?}");
    }

    /// Unknown or incomplete evidence never excludes.
    #[test]
    fn incomplete_evidence_never_excludes(
        sketches in prop::collection::vec(sketch(), 1..8),
        components in components(4),
    ) {
        let index = index_of(&sketches.iter().map(record).collect::<Vec<_>>());
        let full = inventory(components);
        let before = verdicts(&scan(&index, &full, &options()), &full);
        let mut with = full.clone();
        with.build.configs.push(Config {
            of: ConfigOf::Linux,
            incomplete: vec!["a fragment".to_owned()],
            ..Config::default()
        });
        with.build.compiled.push(CompiledFiles { incomplete: vec!["cut short".to_owned()], ..CompiledFiles::default() });
        prop_assert_eq!(verdicts(&scan(&index, &with, &options()), &with), before);
    }

    /// A feed taken away: nothing becomes not affected that nobody left had called so before.
    #[test]
    fn a_missing_feed_never_excludes(
        sketches in prop::collection::vec(sketch(), 1..12),
        components in components(4),
        gone in prop::sample::select(&[Source::CveCna, Source::CisaAdp, Source::Nvd2, Source::Ghsa][..]),
    ) {
        let index = index_of(&sketches.iter().map(record).collect::<Vec<_>>());
        let full = inventory(components);
        let with = scan(&index, &full, &options());
        let without = scan(&index, &full, &Options { disregard: vec![gone], ..options() });
        for finding in without.findings.iter().filter(|finding| finding.verdict == Verdict::NotAffected) {
            let same = |other: &&model::finding::Finding| {
                other.component == finding.component && other.vulnerability == finding.vulnerability
            };
            let Some(before) = with.findings.iter().find(same) else { continue };
            let said_so = before.opinions.iter().any(|opinion| {
                opinion.source != gone && opinion.verdict == Some(Verdict::NotAffected)
            });
            prop_assert!(before.verdict == Verdict::NotAffected || said_so, "{finding:?}\nbefore {before:?}");
        }
    }

    /// Invariant 7: states add up, and every candidate ends under one reason.
    #[test]
    fn everything_is_counted_once(
        sketches in prop::collection::vec(sketch(), 0..12),
        components in components(6),
    ) {
        let index = index_of(&sketches.iter().map(record).collect::<Vec<_>>());
        let inventory = inventory(components);
        let found = scan(&index, &inventory, &options());
        prop_assert_eq!(found.coverage.len(), inventory.components.len());
        prop_assert!(found.coverage.iter().all(|(state, _)| *state != Coverage::Pending));
        let counts = &found.counts;
        let sum = counts.affected + counts.needs_review + counts.not_affected + counts.removed;
        prop_assert_eq!(counts.candidates, sum);
        prop_assert_eq!(counts.by_reason.values().sum::<usize>(), sum);
        prop_assert_eq!(found.findings.len(), sum - counts.removed);
        let distinct: BTreeSet<_> = found.findings.iter().map(|one| (one.component, &one.vulnerability)).collect();
        prop_assert_eq!(distinct.len(), found.findings.len());
        for finding in &found.findings {
            let letters = finding.reason.letters();
            let letter = match finding.verdict { Verdict::Affected => "A", Verdict::NotAffected => "N", Verdict::NeedsReview => "R" };
            prop_assert!(letters.contains(letter) || letters == "any", "{} with {}", finding.verdict.word(), finding.reason);
            prop_assert!(finding.qualifiers.iter().all(|code| code.letters().contains('Q')), "{:?}", finding.qualifiers);
            prop_assert!(!finding.evidence.is_empty(), "{finding:?}");
        }
    }
}

fn garble(nodes: &mut [CpeNode<'static>], garbage: &'static str) {
    for node in nodes {
        for bounds in
            node.leaves.iter_mut().flat_map(|leaf| &mut leaf.rows).filter_map(|row| row.bounds.as_mut())
        {
            bounds.end_excluding = garbage.into();
        }
        garble(&mut node.children, garbage);
    }
}

/// Prepared answers on real records: every product of the table of tricky records under many versions, odd ones among
/// them, each with what the versions before it have taught.
#[test]
fn views_change_no_answer_on_real_records() {
    let Some(documents) = packs::documents(&tricky::ids()) else { return };
    let mut knowledge = Knowledge::new();
    for document in &documents {
        knowledge = knowledge.document(&document.path, &document.bytes);
    }
    let index = knowledge.index();
    let rows = tricky::rows();
    let stated: Vec<String> = rows
        .iter()
        .flat_map(|row| tricky::inventory_of(row).components)
        .map(|component| component.version)
        .collect();
    let views = Views::default();
    let bare = Options { with_not_affected: false, verdicts_only: true, ..options() };
    let mut judged = 0;
    for row in &rows {
        let whole = tricky::inventory_of(row);
        let odd =
            ["", "0", "1.0", "2.4", "1.2.3-r4", "v3.1.4", "9.8p1", "1.1.1w", "git", "2024.01", "4.20-lf"];
        // Versions that other rows name are near the bounds of other records, some of them of this product.
        let versions = odd.into_iter().chain(stated.iter().map(String::as_str).step_by(15));
        for version in versions {
            let release = changed(&whole, |component| {
                let before = std::mem::replace(&mut component.version, version.to_owned());
                for cpe in component.cpes.iter_mut().filter(|cpe| cpe.cpe.version == before) {
                    cpe.cpe.version = version.to_owned();
                }
                for purl in component.purls.iter_mut().filter(|purl| purl.version == before) {
                    purl.version = version.to_owned();
                }
            });
            let long = scan(&index, &release, &Options { verdicts_only: false, ..bare.clone() });
            let by_view = scan_with(&index, &release, &bare, &views);
            let findings: Vec<_> = long.findings.iter().map(without_texts).collect();
            assert_eq!(findings, by_view.findings, "{row:?} as {version}");
            assert_eq!(long.counts, by_view.counts, "{row:?} as {version}");
            judged += long.counts.candidates;
        }
    }
    assert!(judged > 10_000, "{judged} candidates");
}

/// The short way of the kernel and the long way come to the same open findings.
#[test]
fn the_kernels_short_way_is_no_other_way() {
    let Some(documents) = packs::documents(&tricky::ids()) else { return };
    let mut knowledge = Knowledge::new();
    for document in &documents {
        knowledge = knowledge.document(&document.path, &document.bytes);
    }
    let index = knowledge.index();
    for version in [
        "4.19.100", "5.4.200", "5.10.201", "5.15.80", "6.1.22", "6.1.100", "6.6.21", "6.12.38", "6.18.28",
        "7.0.5",
    ] {
        let linux = component("linux-yocto", version)
            .cpe(&format!("cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*"));
        let inventory = inventory(vec![linux.with(|linux| linux.role = model::component::Role::Kernel)]);
        let all = scan(&index, &inventory, &options());
        let open = scan(&index, &inventory, &Options { with_not_affected: false, ..options() });
        // The short way shows the other sources' opinions without their evidence.
        let in_short = |mut finding: model::finding::Finding| {
            finding.opinions.iter_mut().for_each(|opinion| opinion.evidence.clear());
            finding
        };
        let wanted: Vec<_> = all
            .findings
            .into_iter()
            .filter(|one| one.verdict != Verdict::NotAffected)
            .map(in_short)
            .collect();
        let found: Vec<_> = open.findings.into_iter().map(in_short).collect();
        assert_eq!(found, wanted, "{version}");
        assert_eq!(open.counts.candidates, all.counts.candidates);
        assert_eq!(open.counts.not_affected, all.counts.not_affected, "{version}");
    }
}
