//! Questions that the index answers beside records: products, commits, maps, facts.

use index::compile::replace_facts;
use index::{FixedIn, Index};
use model::build::ConfigOf;
use model::day::Day;
use model::feed::FeedStatus;
use model::record::*;
use model::vulnerability::{EarlierEpss, Epss, Kev};

use crate::samples::{Knowledge, branch, compile, index_of, kernel_record, kev, leaf, maps, record, sample};

fn nvd(id: &str, leaves: Vec<CpeLeaf<'static>>) -> Record<'static> {
    let node = CpeNode { leaves, ..CpeNode::default() };
    Record { configurations: vec![node], ..record(Source::Nvd2, id) }
}

#[test]
fn vendors_are_counted_by_vulnerability() {
    let named = |vendor: &'static str, product: &'static str| {
        let subject = Subject { vendor: vendor.into(), product: product.into(), ..Subject::default() };
        vec![Claim { subject, ..Claim::default() }]
    };
    let (index, _) = index_of(vec![
        nvd(
            "CVE-2024-1",
            vec![leaf(true, "a:tukaani:xz", &["5.6.0"]), leaf(true, "a:tukaani:xz", &["5.6.1"])],
        ),
        Record { claims: named("Tukaani", "XZ"), ..record(Source::CveCna, "CVE-2024-1") },
        nvd("CVE-2024-2", vec![leaf(true, "a:tukaani:xz", &["1"])]),
        nvd("CVE-2024-3", vec![leaf(true, "a:ulikunitz:xz:go", &["1"])]),
        nvd("CVE-2024-4", vec![leaf(true, "a:other:xz", &["1"]), leaf(false, "a:platform:xz", &["1"])]),
        nvd("CVE-2024-5", vec![leaf(true, "h:hard:xz", &["1"])]),
        Record { claims: named("n/a", "xz"), ..record(Source::CveCna, "CVE-2024-6") },
    ]);
    let facts = index.product_facts("xz").unwrap();
    assert_eq!(facts.vendors, [("tukaani".to_owned(), 2), ("other".to_owned(), 1)]);
    assert!(index.product_facts("unheard").is_none());
}

#[test]
fn ecosystems_are_counted_by_vulnerability() {
    let package = |ecosystem: &'static str| {
        let subject =
            Subject { package_name: "Curl".into(), ecosystem: ecosystem.into(), ..Subject::default() };
        vec![Claim { subject, ..Claim::default() }]
    };
    let (index, _) = index_of(vec![
        Record { claims: package("Debian"), ..record(Source::Debian, "CVE-2024-1") },
        Record { claims: package("Debian"), ..record(Source::Debian, "CVE-2024-2") },
        Record { claims: package("npm"), ..record(Source::Osv, "CVE-2024-3") },
    ]);
    let facts = index.product_facts("curl").unwrap();
    assert_eq!(facts.ecosystems, [("debian".to_owned(), 2), ("npm".to_owned(), 1)]);
    assert!(facts.vendors.is_empty());
}

fn release(branch: &str, version: &str) -> FixedIn {
    FixedIn { branch: branch.to_owned(), version: version.to_owned() }
}

#[test]
fn kernel_commits_know_their_releases() {
    let (index, _) = index_of(vec![kernel_record()]);
    let commit = |digit: &str| digit.repeat(40);
    assert_eq!(index.fixed_in(&commit("b")), [release("5.10", "5.10.200")]);
    assert_eq!(index.fixed_in(&commit("c")), [release("6.1", "6.1.60")]);
    assert_eq!(index.fixed_in(&commit("d")), [release("mainline", "6.6")]);
    assert_eq!(index.fixed_in(&commit("D")), [release("mainline", "6.6")]);
    assert_eq!(index.fixed_in("ddddddddddd"), [release("mainline", "6.6")]);
    assert!(index.fixed_in(&commit("a")).is_empty(), "the first block does not say when it was introduced");
    assert!(index.fixed_in("dddddd").is_empty(), "too short to name a commit");
    assert!(index.fixed_in("not a commit").is_empty());
    let fixed = index.find("CVE-2023-7000").into_iter().collect::<Vec<_>>();
    assert_eq!(index.vulnerabilities_of_commit(&commit("b")), fixed);
    assert!(index.vulnerabilities_of_commit(&commit("a")).is_empty(), "it introduces, it does not fix");
}

#[test]
fn unequal_blocks_are_not_paired() {
    let mut record = kernel_record();
    record.claims[1].entries.pop();
    let (index, _) = index_of(vec![record]);
    assert!(index.fixed_in(&"b".repeat(40)).is_empty());
    assert_eq!(index.vulnerabilities_of_commit(&"b".repeat(40)).len(), 1);
}

#[test]
fn abbreviated_commits_of_records_are_found() {
    let fixes = |id: &str, commit: &'static str| Record {
        fix_commits: vec![commit.into()],
        ..record(Source::Osv, id)
    };
    let (index, _) = index_of(vec![
        fixes("CVE-2024-1", "0123456789ab"),
        fixes("CVE-2024-2", "0123456789abcdef0123456789abcdef01234567"),
        fixes("CVE-2024-3", "0123456fffff"),
    ]);
    let ids = |commit: &str| -> Vec<String> {
        let fixed = index.vulnerabilities_of_commit(commit).into_iter();
        fixed.map(|number| index.vulnerability(number).unwrap().id().to_owned()).collect()
    };
    assert_eq!(ids("0123456789abcdef0123456789abcdef01234567"), ["CVE-2024-1", "CVE-2024-2"]);
    assert_eq!(ids("0123456fffffffff"), ["CVE-2024-3"]);
    assert_eq!(ids("0123456789ab0000"), ["CVE-2024-1"]);
}

#[test]
fn maps_answer_by_path() {
    let (bytes, _) = compile(&Knowledge { maps: maps(), ..Knowledge::default() });
    let index = Index::from_bytes(bytes).unwrap();
    index.verify().unwrap();
    let versions: Vec<&str> = index.kbuild(ConfigOf::Linux).iter().map(|map| map.version()).collect();
    assert_eq!(versions, ["5.10.9", "6.1.100", "6.6.3"]);
    let nearest = |version: &str| index.kbuild_nearest(ConfigOf::Linux, version).map(|map| map.version());
    assert_eq!(nearest("6.1.22"), Some("6.1.100"));
    assert_eq!(nearest("6.4.1"), Some("6.1.100"));
    assert_eq!(nearest("6.12.5-rt1"), Some("6.6.3"));
    assert_eq!(nearest("5.4.1"), None, "a later tree says nothing of an earlier one");
    assert_eq!(index.kbuild_nearest(ConfigOf::Uboot, "2024.01").map(|map| map.version()), None);
    let map = index.kbuild_nearest(ConfigOf::Linux, "5.10.1").unwrap();
    assert_eq!(map.condition("drivers/a.c"), Some("A && !B"));
    assert_eq!(map.condition("include/net.h"), None);
    assert_eq!(map.condition("nowhere.c"), None);
    assert_eq!(map.includers("include/net.h"), ["include/all.h", "net/core/dev.c"]);
    assert!(map.includers("init/main.c").is_empty());
    assert_eq!(map.files().count(), 3);
}

#[test]
fn facts_come_from_all_records() {
    let severity = |vector: &'static str, by: &'static str| Severity {
        vector: vector.into(),
        base_tenths: Some(98),
        by: by.into(),
    };
    let one = Record {
        published: "2024-02-01".into(),
        modified: "2024-02-03".into(),
        severities: vec![severity("CVSS:3.1/x", "NVD")],
        cwes: vec!["CWE-787".into()],
        ..record(Source::Nvd2, "CVE-2024-1")
    };
    let other = Record {
        published: "2024-01-31".into(),
        severities: vec![severity("CVSS:3.1/x", "NVD"), severity("CVSS:4.0/y", "CNA")],
        cwes: vec!["CWE-787".into(), "CWE-20".into()],
        ssvc: vec![("Exploitation".into(), "poc".into())],
        ..record(Source::CveCna, "CVE-2024-1")
    };
    let epss = Epss { probability: 0.25, percentile: 0.9, before: None };
    let items = vec![
        ("nvd2".to_owned(), Item::Record(Box::new(one))),
        ("cve-list".to_owned(), Item::Record(Box::new(other))),
        ("epss".to_owned(), Item::Epss("cve-2024-1".into(), epss)),
        ("epss".to_owned(), Item::Epss("CVE-2024-404".into(), epss)),
        ("kev".to_owned(), Item::Kev(kev("CVE-2024-1", "2024-05-01"))),
        ("kev".to_owned(), Item::Kev(kev("CVE-2024-1", "2024-04-01"))),
    ];
    let (bytes, report) = compile(&Knowledge { items, ..Knowledge::default() });
    assert_eq!(report.facts_without_record, 1);
    let index = Index::from_bytes(bytes).unwrap();
    index.verify().unwrap();
    let facts = index.vulnerability(index.find("CVE-2024-1").unwrap()).unwrap().facts().unwrap();
    assert_eq!((facts.published.as_str(), facts.modified.as_str()), ("2024-01-31", "2024-02-03"));
    assert_eq!(facts.epss, Some(epss));
    assert_eq!(facts.kev, Some(kev("CVE-2024-1", "2024-05-01")));
    assert_eq!(facts.severities.len(), 2);
    assert_eq!(facts.cwes.len(), 2);
    assert_eq!(facts.ssvc.len(), 1);
    let feeds: Vec<(&str, u64)> =
        index.header().feeds.iter().map(|feed| (feed.id.as_str(), feed.records)).collect();
    assert_eq!(feeds, [("cve-list", 1), ("epss", 2), ("kev", 2), ("nvd2", 1)]);
}

#[test]
fn replaced_facts_equal_compiled_facts() {
    let knowledge = sample();
    let is_fact = |item: &Item<'_>| !matches!(item, Item::Record(_));
    let mut old = knowledge.clone();
    for (_, item) in &mut old.items {
        if let Item::Epss(_, epss) = item {
            epss.probability = 0.99;
        }
    }
    old.items.retain(|(feed, _)| feed != "kev" && feed != "euvd");
    let old = Index::from_bytes(compile(&old).0).unwrap();
    let facts = knowledge.items.iter().filter(|(_, item)| is_fact(item));
    let mut bytes = Vec::new();
    let statuses =
        ["epss", "euvd", "kev"].map(|id| FeedStatus { id: id.to_owned(), ..FeedStatus::default() });
    let replaced = replace_facts(
        &old,
        statuses.to_vec(),
        facts.map(|(feed, item)| (feed.as_str(), item.clone())),
        &mut bytes,
    );
    assert_eq!(replaced.unwrap().taken, 34);
    assert!(bytes == compile(&knowledge).0, "a compilation with the same facts gives the same bytes");
}

#[test]
fn dates_of_feeds_come_from_their_records_unless_given() {
    let dated = |id: &str, date: &'static str| Record { modified: date.into(), ..record(Source::Osv, id) };
    let items = vec![
        ("osv".to_owned(), Item::Record(Box::new(dated("A-1", "2024-05-06T07:08:09Z")))),
        ("ghsa".to_owned(), Item::Record(Box::new(dated("B-1", "2024-05-06T07:08:09Z")))),
    ];
    let given = FeedStatus { id: "ghsa".to_owned(), as_of: "2025-01-01".to_owned(), ..FeedStatus::default() };
    let (_, report) = compile(&Knowledge { items, feeds: vec![given], ..Knowledge::default() });
    let as_of = |id: &str| report.header.feed(id).map(|feed| feed.as_of.clone());
    assert_eq!(as_of("osv").as_deref(), Some("2024-05-06"));
    assert_eq!(as_of("ghsa").as_deref(), Some("2025-01-01"));
}

#[test]
fn a_table_of_ones_own_travels_with_the_index() {
    let text = "canonical\tcpes\tsource\tdate\nwidget\tacme:widget\town\t2026-11-22\n";
    let own = index::CompileOptions { alias_table: Some(text.to_owned()), ..crate::samples::options() };
    let compiler = index::Compiler::new(own).unwrap();
    let bytes = compiler.finish_to_bytes().unwrap().0;
    let index = Index::from_bytes(bytes).unwrap();
    assert!(index.alias_table().by_canonical("widget").is_some());
    assert_eq!(index.alias_table().rows().len(), 1);
    assert!(!index.rule_table().rules().is_empty(), "the built-in rules");
}

/// References of records of one vulnerability, `source: url tags…`, and what the index says of them.
fn exploits(references: &[(Source, &'static str, &[&'static str])]) -> Vec<String> {
    let mut records: Vec<Record<'static>> = vec![record(Source::Osv, "CVE-2024-1")];
    for (source, url, tags) in references {
        let tags = tags.iter().map(|tag| (*tag).into()).collect();
        let reference = Reference { url: (*url).into(), tags };
        match records.iter_mut().find(|record| record.source == Some(*source)) {
            Some(record) => record.references.push(reference),
            None => records.push(Record { references: vec![reference], ..record(*source, "CVE-2024-1") }),
        }
    }
    records.push(record(Source::Nvd2, "CVE-2024-2"));
    let (index, _) = index_of(records);
    let of = |id: &str| index.vulnerability(index.find(id).unwrap()).unwrap().facts().unwrap().exploits;
    assert!(of("CVE-2024-2").is_empty());
    let told = |one: &model::vulnerability::ExploitReference| {
        format!(
            "{} by {}: {}",
            one.kind.word(),
            if one.tagged_by.is_empty() { "nobody" } else { &one.tagged_by },
            one.url
        )
    };
    of("CVE-2024-1").iter().map(told).collect()
}

#[test]
fn references_to_exploits_are_known_without_the_cold_texts() {
    use Source::{CveCna, Nvd2};
    assert_eq!(exploits(&[(Nvd2, "https://example.org/advisory", &["Vendor Advisory"])]), [""; 0]);
    assert_eq!(
        exploits(&[
            (CveCna, "https://www.exploit-db.com/exploits/51234", &[]),
            (Nvd2, "http://exploit-db.com/exploits/51234/", &["Exploit"]),
            (Nvd2, "https://example.org/poc", &["Exploit", "Third Party Advisory"]),
            (Nvd2, "https://github.com/RAPID7/metasploit-framework/pull/1", &[]),
        ]),
        [
            "metasploit by nobody: https://github.com/RAPID7/metasploit-framework/pull/1",
            "exploit_db by nvd2: http://exploit-db.com/exploits/51234/",
            "tagged by nvd2: https://example.org/poc",
        ]
    );
    // A host that keeps advisories, too, needs the tag; what mends the flaw is no exploit.
    let packet_storm = "https://packetstormsecurity.com/files/1/x.html";
    assert_eq!(exploits(&[(Nvd2, packet_storm, &["Third Party Advisory"])]), [""; 0]);
    assert_eq!(
        exploits(&[(Nvd2, packet_storm, &["exploit"])]),
        [format!("packet_storm by nvd2: {packet_storm}")]
    );
    assert_eq!(exploits(&[(Nvd2, "https://git.kernel.org/x", &["Exploit", "Patch"])]), [""; 0]);
    // Of a foreign host that only sounds alike nothing is believed.
    assert_eq!(exploits(&[(Nvd2, "https://exploit-db.com.example.org/exploits/1", &[])]), [""; 0]);
    let many: Vec<String> = (0..9).map(|number| format!("https://example.org/{number}")).collect();
    let many: Vec<(Source, &'static str, &[&'static str])> =
        many.into_iter().map(|url| (Nvd2, &*url.leak(), &["Exploit"] as &[_])).collect();
    assert_eq!(exploits(&many).len(), 3);
}

#[test]
fn the_table_of_exploit_hosts_is_checked() {
    use index::tables::ExploitHosts;
    assert!(ExploitHosts::built_in().rows().len() > 10);
    let line = |row: &str| {
        let text = format!("kind\thost\tpath\tneeds\tsource\tdate\ttext\n{row}\n");
        ExploitHosts::parse(&text).map(|_| String::new()).unwrap_or_else(|errors| errors[0].to_string())
    };
    assert_eq!(line("nuclei\texample.org\t/\t-\town\t2026-11-22\tx"), "");
    assert!(
        line("nucleus\texample.org\t/\t-\town\t2026-11-22\tx").starts_with("line 2: `nucleus` is none of")
    );
    assert!(line("nuclei\twww.example.org\t/\t-\town\t2026-11-22\tx").contains("no host without `www.`"));
    assert!(line("nuclei\texample.org\tx\t-\town\t2026-11-22\tx").contains("does not begin with `/`"));
    assert!(line("nuclei\texample.org\t/\tluck\town\t2026-11-22\tx").contains("neither `tag` nor `-`"));
    assert!(line("nuclei\texample.org\t/\t-\town\tsoon\tx").contains("no date"));
}

#[test]
fn the_earlier_score_stands_beside_the_newest() {
    let on = Day::parse("2026-06-16").unwrap();
    let before = Some(EarlierEpss { probability: 0.01, on });
    let epss = Epss { probability: 0.03, percentile: 0.9, before };
    assert_eq!((epss.trend(), epss.is_rising()), (Some(3.0), true));
    let items = vec![
        ("nvd2".to_owned(), Item::Record(Box::new(record(Source::Nvd2, "CVE-2024-1")))),
        ("nvd2".to_owned(), Item::Record(Box::new(record(Source::Nvd2, "CVE-2024-2")))),
        ("epss".to_owned(), Item::Epss("CVE-2024-1".into(), epss)),
        ("epss".to_owned(), Item::Epss("CVE-2024-2".into(), Epss { before: None, ..epss })),
    ];
    let (bytes, _) = compile(&Knowledge { items, ..Knowledge::default() });
    let index = Index::from_bytes(bytes).unwrap();
    let of = |index: &Index, id: &str| index.vulnerability(index.find(id).unwrap()).unwrap().epss();
    assert_eq!(of(&index, "CVE-2024-1"), Some(epss));
    assert_eq!(of(&index, "CVE-2024-2").unwrap().before, None);
    // New daily scores take the earlier ones with them.
    let mut out = Vec::new();
    let new = Epss { probability: 0.5, percentile: 0.99, before: None };
    replace_facts(&index, Vec::new(), [("epss", Item::Epss("CVE-2024-1".into(), new))], &mut out).unwrap();
    let index = Index::from_bytes(out).unwrap();
    index.verify().unwrap();
    assert_eq!((of(&index, "CVE-2024-1"), of(&index, "CVE-2024-2")), (Some(new), None));
    let quiet = |now: f32, then: f32| {
        let before = Some(EarlierEpss { probability: then, on });
        !Epss { probability: now, percentile: 0.5, before }.is_rising()
    };
    assert!(quiet(0.019, 0.001) && quiet(0.03, 0.0101) && quiet(0.5, 0.0));
}

/// The life of branches: the newest word of a feed stands in the place of the program's own, and keeps what it leaves open.
#[test]
fn the_life_of_branches_by_a_feed() {
    let built_in = index::tables::BranchTable::built_in().of("linux", "6.12").unwrap().clone();
    let older =
        model::lifecycle::Branch { date: "2026-10-01".to_owned(), ..branch("Linux", "6.12", "2020-01-01") };
    let more = [
        branch("linux", "6.12", "2030-01-01"),
        older,
        branch("linux", "6.99", "2033-01-01"),
        branch("thing", "2", ""),
    ];
    let items: Vec<_> =
        more.into_iter().map(|branch| ("lifecycle".to_owned(), Item::Branch(Box::new(branch)))).collect();
    let (bytes, _) = compile(&Knowledge { items: items.clone(), ..Knowledge::default() });
    let index = Index::from_bytes(bytes.clone()).unwrap();
    index.verify().unwrap();
    let row = index.branches().of("linux", "6.12").unwrap();
    assert_eq!((row.end_of_life.as_str(), row.told_by().as_str()), ("2030-01-01", "vendor, 2026-11-01"));
    assert_eq!((row.is_lts, &row.released), (built_in.is_lts, &built_in.released));
    let linux: Vec<&str> = index.branches().of_product("linux").map(|row| row.branch.as_str()).collect();
    let place = |branch: &str| linux.iter().position(|known| *known == branch).unwrap();
    assert!(place("6.6") < place("6.12") && place("6.12") < place("6.99"), "{linux:?}");
    assert!(index.branches().of("thing", "2").is_some() && index.branches().of("openssl", "3.0").is_some());
    let feed = index.header().feed("lifecycle").unwrap();
    assert_eq!((feed.records, feed.as_of.as_str()), (4, "2026-11-01"));
    let mut turned = items;
    turned.reverse();
    assert!(
        compile(&Knowledge { items: turned, ..Knowledge::default() }).0 == bytes,
        "the order does not matter"
    );
}

/// Entries of several catalogues: CISA's stands; another one's bears its name.
#[test]
fn catalogues_of_exploited_vulnerabilities() {
    let of = |by: &str, id: &str, date: &str| {
        (by.to_owned(), Item::Kev(Kev { by: if by == "kev" { "" } else { by }.to_owned(), ..kev(id, date) }))
    };
    let items = vec![
        ("osv".to_owned(), Item::Record(Box::new(record(Source::Osv, "CVE-2024-1")))),
        ("osv".to_owned(), Item::Record(Box::new(record(Source::Osv, "CVE-2024-2")))),
        of("euvd", "CVE-2024-1", "2024-06-01"),
        of("kev", "CVE-2024-1", "2024-05-01"),
        of("euvd", "CVE-2024-2", "2024-04-01"),
        of("euvd", "CVE-2024-2", "2024-03-01"),
    ];
    let index = Index::from_bytes(compile(&Knowledge { items, ..Knowledge::default() }).0).unwrap();
    index.verify().unwrap();
    let told = |id: &str| {
        let kev = index.vulnerability(index.find(id).unwrap()).unwrap().kev().unwrap();
        format!("{} {}", kev.date_added, kev.catalogue())
    };
    assert_eq!(
        (told("CVE-2024-1").as_str(), told("CVE-2024-2").as_str()),
        ("2024-05-01 CISA KEV", "2024-04-01 EUVD")
    );
}
