//! Each kind of fact changes in turn: the delta says so, and following it equals judging everything again.

use std::collections::BTreeMap;

use index::Index;
use model::build::{ConfigOf, KbuildMap};
use model::day::Day;
use model::record::{
    Alias, AliasKind, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, Item, Record, RecordState, Reference,
    Severity, Source,
};
use model::vulnerability::{EarlierEpss, Epss, Kev};
use service::scan::Document;
use testkit::records::{Knowledge, cve};

use super::{assert_followed, compare, filled};
use crate::loop_house::{bom, run};

const ID: &str = "CVE-2024-1000";

fn base() -> Knowledge {
    let feeds = ["cve-list", "kernel-cna", "nvd2", "kev", "epss"];
    feeds.into_iter().fold(Knowledge::new(), Knowledge::feed).claim("CVE-2024-9", "acme:widget", "< 9")
}

fn record() -> Record<'static> {
    Record {
        severities: vec![severity("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")],
        ..cve(ID, "acme:widget", "< 9")
    }
}

fn severity(vector: &'static str) -> Severity<'static> {
    Severity { vector: vector.into(), ..Severity::default() }
}

/// The record with something altered.
fn altered(change: impl FnOnce(&mut Record<'static>)) -> Knowledge {
    let mut record = record();
    change(&mut record);
    base().record("cve-list", record)
}

fn with(item: Item<'_>) -> Knowledge {
    let feed = if matches!(item, Item::Kev(_)) { "kev" } else { "epss" };
    base().record("cve-list", record()).item(feed, &item)
}

fn kev(due: &str) -> Knowledge {
    let kev = Kev {
        id: ID.to_owned(),
        date_added: "2024-02-02".to_owned(),
        due_date: due.to_owned(),
        ..Kev::default()
    };
    with(Item::Kev(kev))
}

fn epss(probability: f32, before: f32) -> Knowledge {
    let on = Day::parse("2026-06-20").unwrap();
    let before = Some(EarlierEpss { probability: before, on });
    with(Item::Epss(ID.into(), Epss { probability, percentile: 0.5, before }))
}

fn kernel(file: &'static str) -> Knowledge {
    let mut record = Record { source: Some(Source::KernelCna), ..cve(ID, "Linux:Linux", "< 9") };
    record.claims[0].subject.program_files = vec![file.into()];
    base().record("kernel-cna", record)
}

fn configuration(end: &'static str) -> Knowledge {
    let head = CpeHead {
        part: "a".into(),
        vendor: "acme".into(),
        product: "widget".into(),
        edition: "*".into(),
        language: "*".into(),
        sw_edition: "*".into(),
        target_sw: "*".into(),
        target_hw: "*".into(),
        other: "*".into(),
    };
    let bounds = Some(Box::new(CpeBounds { end_excluding: end.into(), ..CpeBounds::default() }));
    let row = CpeRow { version: "*".into(), update: "*".into(), bounds };
    let leaf = CpeLeaf { vulnerable: true, head, rows: vec![row] };
    let node = CpeNode { leaves: vec![leaf], ..CpeNode::default() };
    let record =
        Record { source: Some(Source::Nvd2), id: ID.into(), configurations: vec![node], ..Record::default() };
    base().record("nvd2", record)
}

fn map(condition: &str) -> Knowledge {
    let files = BTreeMap::from([("fs/ext4/inode.c".to_owned(), condition.to_owned())]);
    let map = KbuildMap { of: ConfigOf::Linux, version: "6.1".to_owned(), files, ..KbuildMap::default() };
    kernel("fs/ext4/inode.c").kbuild(map)
}

/// What changes: a name, the state before, the state after.
type Case = (&'static str, fn() -> Knowledge, fn() -> Knowledge);

const PLAIN: fn() -> Knowledge = || altered(|_| {});

const CASES: &[Case] = &[
    ("a record comes", base, PLAIN),
    ("a record is gone", PLAIN, base),
    ("it is rejected", PLAIN, || altered(|one| one.state = RecordState::Rejected)),
    ("it is withdrawn", PLAIN, || altered(|one| one.state = RecordState::Withdrawn)),
    ("it is disputed", PLAIN, || altered(|one| one.disputed = true)),
    ("a range", PLAIN, || altered(|one| one.claims = cve(ID, "acme:widget", "< 0.5").claims)),
    ("a fixed version", PLAIN, || altered(|one| one.claims = cve(ID, "acme:widget", "< 7").claims)),
    ("a platform", PLAIN, || altered(|one| one.claims[0].subject.platforms = vec!["Windows".into()])),
    ("another product", PLAIN, || altered(|one| one.claims = cve(ID, "acme:gadget", "< 9").claims)),
    ("an alias", PLAIN, || {
        altered(|one| one.aliases = vec![Alias { id: "GHSA-aaaa-bbbb-cccc".into(), kind: AliasKind::Same }])
    }),
    ("a CVSS vector", PLAIN, || {
        altered(|one| one.severities = vec![severity("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L")])
    }),
    ("a weakness", PLAIN, || altered(|one| one.cwes = vec!["CWE-787".into()])),
    ("an SSVC point", PLAIN, || altered(|one| one.ssvc = vec![("Exploitation".into(), "active".into())])),
    ("a tag", PLAIN, || altered(|one| one.tags = vec!["unsupported-when-assigned".into()])),
    ("a reference to an exploit", PLAIN, || {
        let url = "https://www.exploit-db.com/exploits/50001".into();
        altered(|one| one.references = vec![Reference { url, tags: vec!["exploit".into()] }])
    }),
    ("a known-exploited entry", PLAIN, || kev("2024-03-03")),
    ("its date", || kev("2024-03-03"), || kev("2024-04-04")),
    ("a score", PLAIN, || epss(0.6, 0.5)),
    ("another score", || epss(0.3, 0.3), || epss(0.9, 0.3)),
    ("the earlier score", || epss(0.3, 0.3), || epss(0.3, 0.01)),
    ("the files of the kernel's CNA", || kernel("drivers/usb/core/hub.c"), || kernel("net/ipv4/tcp.c")),
    ("a CPE configuration", || configuration("9"), || configuration("0.5")),
    ("a file-to-option map", || map("y"), || map("EXT4_FS")),
];

fn releases() -> [Document; 2] {
    let cpe = |part: &str, of: &str, version: &str| format!("cpe:2.3:{part}:{of}:{version}:*:*:*:*:*:*:*");
    [
        bom(&[("widget", "1.0", cpe("a", "acme:widget", "1.0"))]),
        bom(&[
            ("linux", "6.1.1", cpe("o", "linux:linux_kernel", "6.1.1")),
            ("gadget", "1.0", cpe("a", "acme:gadget", "1.0")),
        ]),
    ]
}

#[test]
fn the_delta_names_every_kind_of_fact() {
    for (what, before, after) in CASES {
        let delta = compare(&before().index(), &after().index());
        let names = delta.vulnerabilities.iter().any(|name| name == ID);
        assert!(names || delta.everything, "{what}: {delta:?}");
        assert!(compare(&after().index(), &after().index()) == Default::default(), "{what}");
    }
}

#[test]
fn every_kind_of_fact_is_followed() {
    for (what, before, after) in CASES {
        let index = |of: &fn() -> Knowledge| -> Index { of().index() };
        eprintln!("{what}");
        run(assert_followed(|| index(before), || index(after), &releases()));
    }
}

/// The cases are about something: nearly all of them leave another judgement than was there.
#[test]
fn most_kinds_of_fact_change_what_is_stored() {
    let idle: Vec<&str> = CASES
        .iter()
        .filter(|(_, before, after)| {
            run(async {
                let before = filled(before().index(), "g1", &releases()).await.state().await;
                before == filled(after().index(), "g1", &releases()).await.state().await
            })
        })
        .map(|(what, _, _)| *what)
        .collect();
    // These are shown, or weigh nothing here: a known-exploited flaw is one whatever the date, the vector says more than the
    // weakness, and no configuration of a kernel is at hand for the map.
    let expected = ["a fixed version", "an alias", "a weakness", "a tag", "its date", "a file-to-option map"];
    assert_eq!(idle, expected);
}
