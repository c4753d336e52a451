//! What goes in comes out; what must not matter does not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use index::{Compiler, Index};
use model::record::*;
use proptest::prelude::*;
use rayon::prelude::*;

use crate::samples::{Knowledge, arbitrary_record, compile, index_of, leaf, options, record, sample};

/// The record with its cold texts, as the index has it.
fn whole(record: &index::RecordRef<'_>) -> Record<'static> {
    let mut decoded = owned(record.decode().unwrap());
    let texts = record.texts().unwrap();
    decoded.title = Cow::Owned(texts.title);
    decoded.description = Cow::Owned(texts.description);
    decoded.references = texts.references;
    decoded
}

/// The record with texts of its own.
fn owned(record: Record<'_>) -> Record<'static> {
    fn text(text: Text<'_>) -> Text<'static> {
        Cow::Owned(text.into_owned())
    }
    fn texts(list: Vec<Text<'_>>) -> Vec<Text<'static>> {
        list.into_iter().map(text).collect()
    }
    fn node(of: CpeNode<'_>) -> CpeNode<'static> {
        CpeNode {
            is_and: of.is_and,
            negate: of.negate,
            children: of.children.into_iter().map(node).collect(),
            leaves: of.leaves.into_iter().map(leaf).collect(),
        }
    }
    fn leaf(of: CpeLeaf<'_>) -> CpeLeaf<'static> {
        let head = of.head;
        CpeLeaf {
            vulnerable: of.vulnerable,
            head: CpeHead {
                part: text(head.part),
                vendor: text(head.vendor),
                product: text(head.product),
                edition: text(head.edition),
                language: text(head.language),
                sw_edition: text(head.sw_edition),
                target_sw: text(head.target_sw),
                target_hw: text(head.target_hw),
                other: text(head.other),
            },
            rows: of.rows.into_iter().map(row).collect(),
        }
    }
    fn row(of: CpeRow<'_>) -> CpeRow<'static> {
        let bounds = |bounds: CpeBounds<'_>| CpeBounds {
            start_including: text(bounds.start_including),
            start_excluding: text(bounds.start_excluding),
            end_including: text(bounds.end_including),
            end_excluding: text(bounds.end_excluding),
        };
        CpeRow {
            version: text(of.version),
            update: text(of.update),
            bounds: of.bounds.map(|of| Box::new(bounds(*of))),
        }
    }
    fn entry(of: Entry<'_>) -> Entry<'static> {
        Entry {
            status: of.status,
            kind: of.kind,
            start: text(of.start),
            end: match of.end {
                End::Single => End::Single,
                End::Open => End::Open,
                End::Before(at) => End::Before(text(at)),
                End::Through(at) => End::Through(text(at)),
            },
            version_type: text(of.version_type),
            changes: of.changes.into_iter().map(|of| Change { at: text(of.at), status: of.status }).collect(),
        }
    }
    fn claim(of: Claim<'_>) -> Claim<'static> {
        let subject = of.subject;
        Claim {
            subject: Subject {
                vendor: text(subject.vendor),
                product: text(subject.product),
                package_name: text(subject.package_name),
                collection_url: text(subject.collection_url),
                purl: text(subject.purl),
                cpes: texts(subject.cpes),
                repo: text(subject.repo),
                ecosystem: text(subject.ecosystem),
                distro_release: text(subject.distro_release),
                modules: texts(subject.modules),
                program_files: texts(subject.program_files),
                platforms: texts(subject.platforms),
            },
            entries: of.entries.into_iter().map(entry).collect(),
            default_status: of.default_status,
            form: of.form,
        }
    }
    Record {
        source: record.source,
        id: text(record.id),
        aliases: record.aliases.into_iter().map(|of| Alias { id: text(of.id), kind: of.kind }).collect(),
        state: record.state,
        disputed: record.disputed,
        tags: texts(record.tags),
        published: text(record.published),
        modified: text(record.modified),
        by: text(record.by),
        title: text(record.title),
        description: text(record.description),
        references: record
            .references
            .into_iter()
            .map(|of| Reference { url: text(of.url), tags: texts(of.tags) })
            .collect(),
        severities: record
            .severities
            .into_iter()
            .map(|of| Severity { vector: text(of.vector), base_tenths: of.base_tenths, by: text(of.by) })
            .collect(),
        cwes: texts(record.cwes),
        ssvc: record.ssvc.into_iter().map(|(name, value)| (text(name), text(value))).collect(),
        claims: record.claims.into_iter().map(claim).collect(),
        configurations: record.configurations.into_iter().map(node).collect(),
        fix_commits: texts(record.fix_commits),
    }
}

/// Two sources speak several times of one id.
fn author(source: Source, record: &Record<'_>) -> String {
    let often = matches!(source, Source::CveAdp | Source::KernelCna);
    if often { record.by.to_string() } else { String::new() }
}

/// All records by source, id and author; of equal ones the newest, as the compiler keeps them.
fn expected(records: &[Record<'static>]) -> BTreeMap<(Source, String, String), Vec<Record<'static>>> {
    let mut all: BTreeMap<_, Vec<Record<'static>>> = BTreeMap::new();
    for record in records {
        let source = record.source.unwrap();
        let by = author(source, record);
        let newest = all.entry((source, record.id.to_ascii_uppercase(), by)).or_default();
        match newest.first().map(|known| known.modified.cmp(&record.modified)) {
            Some(std::cmp::Ordering::Greater) => {}
            Some(std::cmp::Ordering::Equal) => newest.push(record.clone()),
            _ => *newest = vec![record.clone()],
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn records_come_out_as_they_went_in(records in prop::collection::vec(arbitrary_record(), 1..25)) {
        let (index, report) = index_of(records.clone());
        let expected = expected(&records);
        prop_assert_eq!(report.records as usize, expected.len());
        let mut seen = 0;
        for number in index.vulnerabilities() {
            let vulnerability = index.vulnerability(number).unwrap();
            let mut last = None;
            for record in vulnerability.records() {
                let decoded = whole(&record);
                let by = author(record.source(), &decoded);
                let candidates = &expected[&(record.source(), decoded.id.to_ascii_uppercase(), by)];
                prop_assert!(candidates.contains(&decoded), "{decoded:?} is none of {candidates:?}");
                prop_assert_eq!(index.find(&decoded.id), Some(number));
                prop_assert!(last.is_none_or(|last| last <= record.source()));
                last = Some(record.source());
                seen += 1;
            }
        }
        prop_assert_eq!(seen, expected.len());
    }

    #[test]
    fn keys_lead_to_their_records(records in prop::collection::vec(arbitrary_record(), 1..12)) {
        let (index, _) = index_of(records);
        let mut filed = 0;
        for number in index.vulnerabilities() {
            for record in index.vulnerability(number).unwrap().records() {
                for key in index::keys::keys_of_record(&record.decode().unwrap(), index.alias_table()) {
                    let mut found = Vec::new();
                    index.candidates(&key, &mut found);
                    prop_assert!(found.contains(&number), "{key} does not lead to {number:?}");
                    prop_assert!(found.is_sorted());
                    filed += 1;
                }
            }
        }
        let keys = index.keys().count();
        prop_assert!(keys <= filed);
    }
}

fn compile_shuffled(knowledge: &Knowledge, seed: u64, threads: usize) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut order: Vec<usize> = (0..knowledge.items.len()).collect();
    let mut state = seed;
    for at in (1..order.len()).rev() {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        order.swap(at, (state >> 33) as usize % (at + 1));
    }
    pool.install(|| {
        let compiler = Compiler::new(options()).unwrap();
        order.par_iter().for_each(|at| {
            let (feed, item) = &knowledge.items[*at];
            compiler.add(feed, item);
        });
        knowledge.feeds.iter().rev().cloned().for_each(|status| compiler.feed(status));
        knowledge.maps.iter().rev().cloned().for_each(|map| compiler.add_kbuild(map));
        compiler.finish_to_bytes().unwrap().0
    })
}

#[test]
fn order_and_threads_do_not_matter() {
    let knowledge = sample();
    let (bytes, _) = compile(&knowledge);
    for (seed, threads) in [(1, 1), (2, 2), (3, 3), (4, 8), (5, 2)] {
        assert!(compile_shuffled(&knowledge, seed, threads) == bytes, "seed {seed}, {threads} threads");
    }
}

#[test]
fn fingerprint_follows_content_alone() {
    let one = vec![record(Source::Osv, "CVE-2024-1"), record(Source::Osv, "CVE-2024-2")];
    let fingerprint = |records: Vec<Record<'static>>| index_of(records).0.header().fingerprint.clone();
    let reversed = one.iter().rev().cloned().collect();
    assert_eq!(fingerprint(one.clone()), fingerprint(reversed));
    for change in [
        |record: &mut Record<'static>| record.title = "new".into(),
        |record: &mut Record<'static>| record.state = RecordState::Rejected,
        |record: &mut Record<'static>| record.cwes.push("CWE-1".into()),
        |record: &mut Record<'static>| record.claims.push(Claim::default()),
    ] {
        let mut other = one.clone();
        change(&mut other[1]);
        assert_ne!(fingerprint(one.clone()), fingerprint(other));
    }
}

#[test]
fn the_newest_of_equal_records_stands() {
    let dated = |date: &'static str, title: &'static str| Record {
        modified: date.into(),
        title: title.into(),
        ..record(Source::CveCna, "CVE-2024-1")
    };
    let records = [dated("2024-01-02", "b"), dated("2024-03-01", "c"), dated("", "a")];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let (index, report) = index_of(order.map(|at| records[at].clone()).to_vec());
        assert_eq!((report.records, report.superseded), (1, 2));
        let vulnerability = index.vulnerability(index.find("cve-2024-1").unwrap()).unwrap();
        let titles: Vec<String> =
            vulnerability.records().map(|record| record.texts().unwrap().title).collect();
        assert_eq!(titles, ["c"]);
    }
}

#[test]
fn containers_of_several_authors_are_all_kept() {
    let by = |by: &'static str| Record { by: by.into(), ..record(Source::CveAdp, "CVE-2024-1") };
    let (_, report) = index_of(vec![by("CVE"), by("other"), by("CVE")]);
    assert_eq!((report.records, report.superseded), (2, 1));
    let dyad = Record { by: "Linux dyad".into(), ..record(Source::KernelCna, "CVE-2024-1") };
    let full = Record { by: "Linux".into(), modified: "2024-05-05".into(), ..dyad.clone() };
    let (_, report) = index_of(vec![dyad, full]);
    assert_eq!((report.records, report.superseded), (2, 0));
    // A distribution's own files beside its records in OSV form, a file for each release, a list for each stream.
    for source in [Source::Alpine, Source::Debian, Source::Ubuntu, Source::LinuxKernelCves] {
        let by = |by: &'static str| Record { by: by.into(), ..record(source, "CVE-2024-1") };
        let (_, report) = index_of(vec![by(""), by("v3.19 main"), by("v3.20 main"), by("v3.20 main")]);
        assert_eq!((report.records, report.superseded), (3, 1), "{source:?}");
    }
}

#[test]
fn repeated_rows_are_kept_once() {
    let mut record = record(Source::Nvd2, "CVE-2024-20433");
    let mut criterion = leaf(true, "o:cisco:ios", &["1", "2", "3"]);
    let rows = criterion.rows.clone();
    for _ in 0..1000 {
        criterion.rows.extend(rows.iter().rev().cloned());
    }
    record.configurations = vec![CpeNode { leaves: vec![criterion], ..CpeNode::default() }];
    let (index, _) = index_of(vec![record]);
    let vulnerability = index.vulnerability(index.find("CVE-2024-20433").unwrap()).unwrap();
    let decoded = vulnerability.records().next().unwrap().decode().unwrap();
    assert_eq!(decoded.configurations[0].leaves[0].rows, rows);
}

#[test]
fn what_cannot_be_kept_is_told() {
    let mut deep = record(Source::Nvd2, "CVE-2024-1");
    let mut node = CpeNode::default();
    for _ in 0..300 {
        node = CpeNode { children: vec![node], ..CpeNode::default() };
    }
    deep.configurations = vec![node];
    let nobody = Record { source: None, ..record(Source::Osv, "CVE-2024-2") };
    let nameless = record(Source::Osv, "  ");
    let long = Record { description: "x".repeat(3 << 20).into(), ..record(Source::Osv, "CVE-2024-3") };
    let (index, report) = index_of(vec![deep, nobody, nameless, long]);
    let notes: Vec<String> =
        report.notes.iter().map(|note| format!("{} {}", note.code, note.value)).collect();
    assert_eq!(
        notes,
        ["F_TOO_DEEP CVE-2024-1", "F_TOO_BIG CVE-2024-3", "F_BAD_RECORD no id", "F_BAD_RECORD no source"]
    );
    assert_eq!(index.len(), 1);
}

#[test]
fn an_empty_index_answers() {
    let (bytes, report) = compile(&Knowledge::default());
    let index = Index::from_bytes(bytes).unwrap();
    index.verify().unwrap();
    assert_eq!((index.len(), report.keys), (0, 0));
    assert_eq!(index.find("CVE-2024-1"), None);
    assert!(index.product_facts("curl").is_none());
}
