//! Records for tests: arbitrary ones, and small ones written by hand.

use std::borrow::Cow;

use index::{CompileOptions, CompileReport, Compiler, Index};
use model::build::{ConfigOf, KbuildMap};
use model::day::Day;
use model::feed::FeedStatus;
use model::lifecycle::Branch;
use model::record::*;
use model::vulnerability::{EarlierEpss, Epss, Kev};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// Everything a compilation is fed with.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    pub items: Vec<(String, Item<'static>)>,
    pub feeds: Vec<FeedStatus>,
    pub maps: Vec<KbuildMap>,
}

pub fn options() -> CompileOptions {
    CompileOptions {
        compiled_at: "2026-11-22T12:00:00Z".to_owned(),
        builder: "test".to_owned(),
        ..CompileOptions::default()
    }
}

/// Compiles in the order given.
pub fn compile(knowledge: &Knowledge) -> (Vec<u8>, CompileReport) {
    compile_with(options(), knowledge)
}

/// Compiles with tables of one row: most of a small file would be tables otherwise.
pub fn compile_small(knowledge: &Knowledge) -> Vec<u8> {
    let aliases = "canonical\tcpes\tsource\tdate\nlinux\tlinux:linux_kernel\town\t2026-11-22\n";
    let tables = CompileOptions {
        alias_table: Some(aliases.to_owned()),
        rule_table: Some("id\n".to_owned()),
        ..options()
    };
    compile_with(tables, knowledge).0
}

fn compile_with(options: CompileOptions, knowledge: &Knowledge) -> (Vec<u8>, CompileReport) {
    let compiler = Compiler::new(options).unwrap();
    knowledge.items.iter().for_each(|(feed, item)| compiler.add(feed, item));
    knowledge.feeds.iter().cloned().for_each(|status| compiler.feed(status));
    knowledge.maps.iter().cloned().for_each(|map| compiler.add_kbuild(map));
    compiler.finish_to_bytes().unwrap()
}

/// Compiles records of one feed and opens the result.
pub fn index_of(records: Vec<Record<'static>>) -> (Index, CompileReport) {
    let items =
        records.into_iter().map(|record| ("feed".to_owned(), Item::Record(Box::new(record)))).collect();
    let (bytes, report) = compile(&Knowledge { items, ..Knowledge::default() });
    let index = Index::from_bytes(bytes).unwrap();
    index.verify().unwrap();
    (index, report)
}

/// A record with an id and aliases, written `GHSA-1 = CVE-2024-1, ~DSA-1, ?CVE-2024-2`
/// (`~` contained, `?` related).
pub fn record(source: Source, text: &str) -> Record<'static> {
    let (id, aliases) = text.split_once('=').unwrap_or((text, ""));
    let alias = |text: &str| {
        let (kind, id) = match text.trim().split_at_checked(1) {
            Some(("~", id)) => (AliasKind::Contained, id),
            Some(("?", id)) => (AliasKind::Related, id),
            _ => (AliasKind::Same, text.trim()),
        };
        Alias { id: Cow::Owned(id.to_owned()), kind }
    };
    Record {
        source: Some(source),
        id: Cow::Owned(id.trim().to_owned()),
        aliases: aliases.split(',').filter(|text| !text.trim().is_empty()).map(alias).collect(),
        ..Record::default()
    }
}

/// A leaf of a CPE tree (`a:haxx:curl`), with version rows.
pub fn leaf(vulnerable: bool, name: &'static str, versions: &[&'static str]) -> CpeLeaf<'static> {
    let mut parts = name.split(':');
    let mut part = || Cow::Borrowed(parts.next().unwrap_or("*"));
    let any = || Cow::Borrowed("*");
    let row =
        |version: &&'static str| CpeRow { version: Cow::Borrowed(*version), update: any(), bounds: None };
    CpeLeaf {
        vulnerable,
        head: CpeHead {
            part: part(),
            vendor: part(),
            product: part(),
            target_sw: part(),
            edition: any(),
            language: any(),
            sw_edition: any(),
            target_hw: any(),
            other: any(),
        },
        rows: versions.iter().map(row).collect(),
    }
}

/// A mixed set that fills every section.
pub fn sample() -> Knowledge {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut items: Vec<(String, Item<'static>)> = Vec::new();
    let strategy = arbitrary_record();
    for number in 0..60 {
        let mut record = strategy.new_tree(&mut runner).unwrap().current();
        record.id = Cow::Owned(format!("CVE-2024-{}", number % 45));
        if number % 5 == 0 {
            record
                .aliases
                .push(Alias { id: Cow::Owned(format!("GHSA-aaaa-{number:04}")), kind: AliasKind::Same });
        }
        let source = record.source.map_or("", Source::name).to_owned();
        items.push((source, Item::Record(Box::new(record))));
    }
    items.push(("kernel-cna".to_owned(), Item::Record(Box::new(kernel_record()))));
    for number in 0..30 {
        let on = Day::parse(if number % 2 == 0 { "2026-06-16" } else { "2025-08-25" }).unwrap();
        let before = (number % 3 > 0).then_some(EarlierEpss { probability: 0.01, on });
        let epss = Epss { probability: number as f32 / 100.0, percentile: 0.5, before };
        items.push(("epss".to_owned(), Item::Epss(Cow::Owned(format!("CVE-2024-{number}")), epss)));
    }
    for number in [3, 7, 11] {
        items.push(("kev".to_owned(), Item::Kev(kev(&format!("CVE-2024-{number}"), "2024-05-01"))));
    }
    let other = Kev { by: "euvd".to_owned(), ..kev("CVE-2024-12", "2024-05-02") };
    items.push(("euvd".to_owned(), Item::Kev(other)));
    items.push(("lifecycle".to_owned(), Item::Branch(Box::new(branch("thing", "1.2", "2027-12-31")))));
    let feeds = vec![FeedStatus {
        id: "nvd2".to_owned(),
        revision: "r1".to_owned(),
        as_of: "2024-06-01".to_owned(),
        max_age_days: 3,
        ..FeedStatus::default()
    }];
    Knowledge { items, feeds, maps: maps() }
}

pub fn kev(id: &str, date: &str) -> Kev {
    Kev {
        id: id.to_owned(),
        date_added: date.to_owned(),
        due_date: "2024-06-01".to_owned(),
        ransomware: "Unknown".to_owned(),
        by: String::new(),
    }
}

/// A record in the shape of the kernel CNA: commits in one block, releases in the other, same order.
pub fn kernel_record() -> Record<'static> {
    let commit = |digit: char| Text::Owned(digit.to_string().repeat(40));
    let git = |from: char, to: char| Entry {
        kind: RangeKind::Git,
        start: commit(from),
        end: End::Before(commit(to)),
        version_type: "git".into(),
        ..Entry::default()
    };
    let unaffected = |start: &'static str, end: &'static str| Entry {
        status: Status::Unaffected,
        start: start.into(),
        end: End::Through(end.into()),
        ..Entry::default()
    };
    let subject = || Subject { vendor: "Linux".into(), product: "Linux".into(), ..Subject::default() };
    let first = Claim {
        subject: Subject { program_files: vec!["net/core/dev.c".into()], ..subject() },
        entries: vec![git('a', 'b'), git('a', 'c'), git('a', 'd')],
        default_status: Some(Status::Unaffected),
        form: ClaimForm::CveVersions,
    };
    let second = Claim {
        subject: subject(),
        entries: vec![
            Entry { start: "4.19".into(), ..Entry::default() },
            Entry {
                status: Status::Unaffected,
                start: "0".into(),
                end: End::Before("4.19".into()),
                ..Entry::default()
            },
            unaffected("5.10.200", "5.10.*"),
            unaffected("6.1.60", "6.1.*"),
            unaffected("6.6", "*"),
        ],
        default_status: Some(Status::Affected),
        form: ClaimForm::CveVersions,
    };
    Record {
        source: Some(Source::KernelCna),
        id: "CVE-2023-7000".into(),
        claims: vec![first, second],
        ..Record::default()
    }
}

/// Two small file-to-option maps.
pub fn maps() -> Vec<KbuildMap> {
    let map = |version: &str, driver: &str| KbuildMap {
        of: ConfigOf::Linux,
        version: version.to_owned(),
        files: [("init/main.c", "y"), ("net/core/dev.c", "NET"), ("drivers/a.c", driver)]
            .into_iter()
            .map(|(path, condition)| (path.to_owned(), condition.to_owned()))
            .collect(),
        includers: [(
            "include/net.h".to_owned(),
            vec!["net/core/dev.c".to_owned(), "include/all.h".to_owned(), "net/core/dev.c".to_owned()],
        )]
        .into_iter()
        .collect(),
    };
    vec![map("6.1.100", "A"), map("5.10.9", "A && !B"), map("6.6.3", "C")]
}

/// Short texts that often repeat, with the oddities of real ones.
pub fn text() -> impl Strategy<Value = Text<'static>> {
    prop_oneof![
        4 => prop::sample::select(vec!["", "*", "-", "1.2.3", "n/a", "linux", "openssl", "0", "ü€", "a\u{0}b"])
            .prop_map(Cow::Borrowed),
        1 => ".{0,12}".prop_map(Cow::Owned),
        1 => "[0-9a-f]{40}".prop_map(Cow::Owned),
        1 => "[a-z]{1,6}".prop_map(Cow::Owned),
    ]
}

fn texts() -> impl Strategy<Value = Vec<Text<'static>>> {
    vec(text(), 0..3)
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(vec![Status::Affected, Status::Unaffected, Status::Unknown])
}

fn entry() -> impl Strategy<Value = Entry<'static>> {
    let end = prop_oneof![
        Just(End::Single),
        Just(End::Open),
        text().prop_map(End::Before),
        text().prop_map(End::Through)
    ];
    let kind = prop::sample::select(vec![RangeKind::Version, RangeKind::Git]);
    let change = (text(), status()).prop_map(|(at, status)| Change { at, status });
    (status(), kind, text(), end, text(), vec(change, 0..3)).prop_map(
        |(status, kind, start, end, version_type, changes)| Entry {
            status,
            kind,
            start,
            end,
            version_type,
            changes,
        },
    )
}

fn subject() -> impl Strategy<Value = Subject<'static>> {
    let names = (text(), text(), text(), text(), text(), text(), text(), text());
    let lists = (texts(), texts(), texts(), texts());
    (names, lists).prop_map(|(names, lists)| Subject {
        vendor: names.0,
        product: names.1,
        package_name: names.2,
        collection_url: names.3,
        purl: names.4,
        repo: names.5,
        ecosystem: names.6,
        distro_release: names.7,
        cpes: lists.0,
        modules: lists.1,
        program_files: lists.2,
        platforms: lists.3,
    })
}

fn claim() -> impl Strategy<Value = Claim<'static>> {
    let form = prop::sample::select(vec![
        ClaimForm::CveVersions,
        ClaimForm::Osv,
        ClaimForm::SecFix,
        ClaimForm::KernelPairs,
    ]);
    (subject(), vec(entry(), 0..4), option::of(status()), form)
        .prop_map(|(subject, entries, default_status, form)| Claim { subject, entries, default_status, form })
}

fn row() -> impl Strategy<Value = CpeRow<'static>> {
    let bounds = (text(), text(), text(), text()).prop_map(|bounds| {
        Box::new(CpeBounds {
            start_including: bounds.0,
            start_excluding: bounds.1,
            end_including: bounds.2,
            end_excluding: bounds.3,
        })
    });
    (text(), text(), option::of(bounds)).prop_map(|(version, update, bounds)| CpeRow {
        version,
        update,
        bounds,
    })
}

fn cpe_leaf() -> impl Strategy<Value = CpeLeaf<'static>> {
    let part =
        prop_oneof![prop::sample::select(vec!["a", "o", "h", "*", "-", ""]).prop_map(Cow::Borrowed), text()];
    let head = (part, text(), text(), (text(), text(), text(), text(), text(), text())).prop_map(
        |(part, vendor, product, rest)| CpeHead {
            part,
            vendor,
            product,
            edition: rest.0,
            language: rest.1,
            sw_edition: rest.2,
            target_sw: rest.3,
            target_hw: rest.4,
            other: rest.5,
        },
    );
    (any::<bool>(), head, vec(row(), 0..4)).prop_map(|(vulnerable, head, rows)| CpeLeaf {
        vulnerable,
        head,
        rows,
    })
}

fn node() -> impl Strategy<Value = CpeNode<'static>> {
    let leaf_node = (any::<bool>(), any::<bool>(), vec(cpe_leaf(), 0..3))
        .prop_map(|(is_and, negate, leaves)| CpeNode { is_and, negate, children: Vec::new(), leaves });
    leaf_node.prop_recursive(3, 8, 2, |inner| {
        (any::<bool>(), any::<bool>(), vec(inner, 0..3), vec(cpe_leaf(), 0..2))
            .prop_map(|(is_and, negate, children, leaves)| CpeNode { is_and, negate, children, leaves })
    })
}

/// Any record with a source and an id.
pub fn arbitrary_record() -> impl Strategy<Value = Record<'static>> {
    let source = (0u8..18).prop_map(|number| Source::from_number(number).unwrap());
    let id = prop_oneof!["CVE-20[12][0-9]-[0-9]{4,6}", "GHSA-[a-z0-9]{4}", "[A-Z]{2,4}-[0-9]{1,3}"];
    let kind = prop::sample::select(vec![AliasKind::Same, AliasKind::Contained, AliasKind::Related]);
    let alias = (text(), kind).prop_map(|(id, kind)| Alias { id, kind });
    let state = prop::sample::select(vec![
        RecordState::Published,
        RecordState::Rejected,
        RecordState::Withdrawn,
        RecordState::Reserved,
    ]);
    let reference = (text(), texts()).prop_map(|(url, tags)| Reference { url, tags });
    let severity = (text(), option::of(0u16..=1000), text()).prop_map(|(vector, base_tenths, by)| Severity {
        vector,
        base_tenths,
        by,
    });
    let head = (source, id, vec(alias, 0..3), state, any::<bool>(), texts());
    let dates = (text(), text(), text(), text(), text());
    let lists = (vec(reference, 0..3), vec(severity, 0..3), texts(), vec((text(), text()), 0..3));
    let body = (vec(claim(), 0..3), vec(node(), 0..3), texts());
    (head, dates, lists, body).prop_map(|(head, dates, lists, body)| Record {
        source: Some(head.0),
        id: Cow::Owned(head.1),
        aliases: head.2,
        state: head.3,
        disputed: head.4,
        tags: head.5,
        published: dates.0,
        modified: dates.1,
        by: dates.2,
        title: dates.3,
        description: dates.4,
        references: lists.0,
        severities: lists.1,
        cwes: lists.2,
        ssvc: lists.3,
        claims: body.0,
        configurations: body.1,
        fix_commits: body.2,
    })
}

/// What a feed says of a branch.
pub fn branch(product: &str, branch: &str, end: &str) -> Branch {
    Branch {
        product: product.to_owned(),
        branch: branch.to_owned(),
        end_of_life: end.to_owned(),
        source: "vendor".to_owned(),
        date: "2026-11-01".to_owned(),
        feed: "lifecycle".to_owned(),
        ..Branch::default()
    }
}
