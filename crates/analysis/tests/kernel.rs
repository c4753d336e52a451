//! The Linux rules: worked examples, properties, and every record of the kernel CNA against a second,
//! deliberately naive derivation.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use analysis::matching::kernel::{Release, judge_kernel_record};
use analysis::matching::ranges::{CommitTable, ComponentVersion, Detail, NoCommits, RangeAnswer};
use model::finding::Verdict;
use model::reason::Reason;
use model::record::{Claim, ClaimForm, End, Entry, RangeKind, Record, RecordState, Source, Status, Text};
use model::version::Scheme;
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::Value;

use crate::cve_json;

fn linux(text: &str) -> ComponentVersion<'_> {
    ComponentVersion::new(text, Scheme::Linux)
}

/// `affected/K_IN_BRANCH_RANGE 6.12.96`: verdict, reason and fixed version.
fn words(answer: &RangeAnswer) -> String {
    let verdict = answer.verdict.map_or("none", Verdict::word);
    format!("{verdict}/{} {}", answer.reason, answer.fixed).trim_end().to_owned()
}

fn entry(status: Status, start: &'static str, end: End<'static>) -> Entry<'static> {
    Entry { status, start: Text::Borrowed(start), end, ..Entry::default() }
}

/// A kernel CNA record from pairs, one claim in the form of a dyad: `6.12.92:6.12.96 6.1.175:0`.
fn dyads(pairs: &'static str) -> Record<'static> {
    let entries = pairs
        .split(' ')
        .map(|pair| {
            let (introduced, fixed) = pair.split_once(':').unwrap();
            let end = if fixed == "0" { End::Open } else { End::Before(Text::Borrowed(fixed)) };
            entry(Status::Affected, introduced, end)
        })
        .collect();
    let claim = Claim {
        entries,
        form: ClaimForm::KernelPairs,
        default_status: Some(Status::Unaffected),
        ..Claim::default()
    };
    kernel_record(vec![claim])
}

fn kernel_record(claims: Vec<Claim<'static>>) -> Record<'static> {
    Record {
        source: Some(Source::KernelCna),
        id: Text::Borrowed("CVE-2026-68085"),
        claims,
        ..Record::default()
    }
}

/// The same facts as the CNA writes them into its JSON: a git block with semver rows, and a release block.
fn blocks(
    spans: &[(&'static str, &'static str)],
    release: &[(&'static str, &'static str)],
) -> Record<'static> {
    let git = Entry {
        kind: RangeKind::Git,
        version_type: Text::Borrowed("git"),
        ..entry(Status::Affected, "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2", End::Single)
    };
    let mut span_rows = vec![git];
    span_rows.extend(
        spans.iter().map(|(start, end)| entry(Status::Affected, start, End::Before(Text::Borrowed(end)))),
    );
    let release_rows = release
        .iter()
        .map(|(start, end)| match *end {
            "" => entry(Status::Affected, start, End::Single),
            end if end.contains('*') => entry(Status::Unaffected, start, End::Through(Text::Borrowed(end))),
            end => entry(Status::Unaffected, start, End::Before(Text::Borrowed(end))),
        })
        .collect();
    let block = |entries, default| Claim { entries, default_status: Some(default), ..Claim::default() };
    kernel_record(vec![block(span_rows, Status::Unaffected), block(release_rows, Status::Affected)])
}

fn check(record: &Record<'_>, version: &str, expected: &str) {
    let answer = judge_kernel_record(record, &linux(version), &NoCommits);
    assert_eq!(words(&answer), expected, "linux {version}");
}

/// CVE-2026-68085 of the manual, with the introductions that stable backports brought.
const HCI_LDISC: &str =
    "6.12.92:6.12.96 6.18.34:6.18.39 7.1:7.1.4 7.1:7.2 5.10.258:0 5.15.209:0 6.1.175:0 6.6.142:0 7.0.11:0";

const HCI_LDISC_ROWS: [(&str, &str); 6] = [
    ("6.12.90", "not_affected/K_NOT_INTRODUCED"),
    ("6.12.94", "affected/K_IN_BRANCH_RANGE 6.12.96"),
    ("6.12.96", "not_affected/K_FIXED_IN_BRANCH 6.12.96"),
    ("6.1.176", "affected/K_BRANCH_UNFIXED"),
    ("5.4.290", "not_affected/K_NOT_INTRODUCED"),
    ("7.1.2", "affected/K_IN_BRANCH_RANGE 7.1.4"),
];

#[test]
fn the_worked_example_holds_for_pairs_and_for_blocks() {
    let from_pairs = dyads(HCI_LDISC);
    let from_blocks = blocks(
        &[
            ("6.12.92", "6.12.96"),
            ("6.18.34", "6.18.39"),
            ("5.10.258", "5.11"),
            ("5.15.209", "5.16"),
            ("6.1.175", "6.2"),
            ("6.6.142", "6.7"),
            ("7.0.11", "7.1"),
        ],
        &[("7.1", ""), ("0", "7.1"), ("7.1.4", "7.1.*"), ("7.2", "*")],
    );
    for (version, expected) in HCI_LDISC_ROWS {
        check(&from_pairs, version, expected);
        check(&from_blocks, version, expected);
    }
    for (version, expected) in [
        ("6.2", "not_affected/K_NOT_INTRODUCED"),
        ("6.13.5", "not_affected/K_NOT_INTRODUCED"),
        ("7.0.12", "affected/K_BRANCH_UNFIXED"),
        ("7.1.4", "not_affected/K_FIXED_IN_BRANCH 7.1.4"),
        ("7.2", "not_affected/K_FIXED_MAINLINE 7.2"),
        ("7.3.1", "not_affected/K_FIXED_MAINLINE 7.2"),
    ] {
        check(&from_pairs, version, expected);
        check(&from_blocks, version, expected);
    }
}

#[test]
fn the_release_block_alone_would_be_wrong() {
    let record = blocks(&[], &[("7.1", ""), ("0", "7.1"), ("7.1.4", "7.1.*"), ("7.2", "*")]);
    check(&record, "6.12.94", "not_affected/K_NOT_INTRODUCED");
}

#[test]
fn candidates_of_a_bound_are_not_decided_by_numbers() {
    let record = dyads("6.8:6.12.3 6.8:6.13");
    check(&record, "6.13-rc4", "needs_review/K_RC 6.12.3");
    check(&record, "6.8-rc2", "needs_review/K_RC 6.12.3");
    check(&record, "6.9-rc1", "affected/K_BRANCH_UNFIXED");
    check(&record, "6.14-rc1", "not_affected/K_FIXED_MAINLINE 6.13");
    check(&record, "6.7-rc8", "not_affected/K_NOT_INTRODUCED");
    // Where the record names a candidate itself, candidates are ordered by number.
    check(&dyads("6.8:6.13-rc3"), "6.13-rc4", "not_affected/K_FIXED_MAINLINE 6.13-rc3");
    check(&dyads("6.8:6.13-rc3"), "6.13-rc2", "affected/K_BRANCH_UNFIXED");
    let record = blocks(&[], &[("6.8", ""), ("0", "6.8"), ("6.12.3", "6.12.*"), ("6.13", "*")]);
    for (version, expected) in [
        ("6.13-rc4", "needs_review/K_RC 6.13"),
        ("6.8-rc2", "needs_review/K_RC"),
        ("6.9-rc1", "affected/K_BRANCH_UNFIXED"),
        ("6.12.3-rc1", "needs_review/K_RC 6.12.3"),
        ("6.14-rc1", "not_affected/K_FIXED_MAINLINE 6.13"),
        ("6.7-rc8", "not_affected/K_NOT_INTRODUCED"),
    ] {
        check(&record, version, expected);
    }
}

#[test]
fn a_bug_that_no_release_contains() {
    check(&dyads("6.12:6.12 5.10.227:0"), "6.12.38", "not_affected/K_NO_RELEASE_AFFECTED 6.12");
    check(&dyads("6.5:6.5"), "6.12.38", "not_affected/K_FIXED_MAINLINE 6.5");
    check(&dyads("6.5:6.5"), "6.4.9", "not_affected/K_NOT_INTRODUCED");
}

#[test]
fn several_fixes_of_one_branch_are_closed_by_the_last() {
    let record = blocks(
        &[],
        &[
            ("5.3", ""),
            ("0", "5.3"),
            ("6.6.64", "6.6.*"),
            ("6.6.140", "6.6.*"),
            ("6.6.70", "6.6.*"),
            ("6.8", "*"),
        ],
    );
    check(&record, "6.6.63", "affected/K_IN_BRANCH_RANGE 6.6.140");
    check(&record, "6.6.100", "affected/K_IN_BRANCH_RANGE 6.6.140");
    check(&record, "6.6.140", "not_affected/K_FIXED_IN_BRANCH 6.6.140");
}

#[test]
fn fixed_and_introduced_again() {
    // CVE-2020-36785: 4.12 to 4.18 and 5.8 to 5.13.
    let rows =
        [("4.12", ""), ("5.8", ""), ("0", "4.12"), ("4.18", "5.8"), ("5.10.37", "5.10.*"), ("5.13", "*")];
    let record = blocks(&[], &rows);
    check(&record, "4.14.300", "affected/K_BRANCH_UNFIXED");
    check(&record, "4.19.20", "not_affected/K_FIXED_MAINLINE 4.18");
    check(&record, "5.9.1", "affected/K_BRANCH_UNFIXED");
    check(&record, "5.10.37", "not_affected/K_FIXED_IN_BRANCH 5.10.37");
    let record = dyads("4.12:4.18 5.8:5.10.37 5.8:5.13");
    check(&record, "4.14.300", "affected/K_BRANCH_UNFIXED");
    check(&record, "4.19.20", "not_affected/K_FIXED_MAINLINE 4.18");
    check(&record, "5.10.37", "not_affected/K_FIXED_IN_BRANCH 5.10.37");
}

#[test]
fn old_numbering_has_three_part_branches() {
    let record = dyads("2.6.32.19:2.6.32.60 2.6.36:3.0.5 2.6.36:3.2");
    check(&record, "2.6.32.20", "affected/K_IN_BRANCH_RANGE 2.6.32.60");
    check(&record, "2.6.32.60", "not_affected/K_FIXED_IN_BRANCH 2.6.32.60");
    check(&record, "2.6.32", "not_affected/K_NOT_INTRODUCED");
    check(&record, "2.6.37.2", "affected/K_BRANCH_UNFIXED");
    check(&record, "3.0.4", "affected/K_IN_BRANCH_RANGE 3.0.5");
}

#[test]
fn unknown_never_becomes_not_affected() {
    let mut record = dyads(HCI_LDISC);
    for version in ["", "custom", "6.12.y", "master", "2c02d41d71f90a5168391b6a5f2954112ba2307c", "next"] {
        let answer = judge_kernel_record(&record, &linux(version), &NoCommits);
        assert_eq!(answer.verdict, Some(Verdict::NeedsReview), "{version}");
    }
    // An unreadable row takes the certainty away from every version that was safe.
    record.claims[0].entries.push(entry(Status::Affected, "yesterday", End::Before(Text::Borrowed("6.1"))));
    check(&record, "6.12.90", "needs_review/V_NO_USABLE_RANGE");
    check(&record, "6.12.94", "affected/K_IN_BRANCH_RANGE 6.12.96");
    check(&kernel_record(vec![]), "6.12.90", "needs_review/R_NO_AFFECTED_DATA");
}

#[test]
fn rejected_records_are_not_judged_by_their_ranges() {
    let record = Record { state: RecordState::Rejected, ..dyads(HCI_LDISC) };
    check(&record, "6.12.94", "not_affected/R_REJECTED");
}

#[test]
fn vendor_trees_and_derived_versions_lower_the_confidence() {
    use model::finding::Confidence;
    use model::version::VersionOrigin;
    let record = dyads(HCI_LDISC);
    let judge = |version: ComponentVersion<'_>| judge_kernel_record(&record, &version, &NoCommits);
    assert_eq!(judge(linux("6.12.94")).confidence, Confidence::Exact);
    let vendor =
        judge(ComponentVersion { vendor_tree: true, ..linux("6.12.94-lf-6.12.y+gitAUTOINC+0123abcd") });
    assert_eq!(vendor.confidence, Confidence::Medium);
    assert_eq!(vendor.qualifiers, [Reason::VBaseVersion, Reason::KVendorTree]);
    let derived = judge(ComponentVersion { origin: VersionOrigin::FromUrl, ..linux("6.12.94") });
    assert_eq!(
        (derived.confidence, &derived.qualifiers[..]),
        (Confidence::Medium, &[Reason::VVersionDerived][..])
    );
}

/// A history given as a list of commits; everything else is not in it.
struct History(&'static [&'static str]);

impl CommitTable for History {
    fn fixed_in(&self, _commit: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    fn is_ancestor(&self, ancestor: &str, _commit: &str) -> Option<bool> {
        Some(self.0.contains(&ancestor))
    }
}

#[test]
fn the_history_of_the_own_commit_decides_before_numbers() {
    let git = |start, end| Entry {
        kind: RangeKind::Git,
        version_type: Text::Borrowed("git"),
        ..entry(Status::Affected, start, End::Before(Text::Borrowed(end)))
    };
    let claim = Claim {
        entries: vec![
            git("aaaaaaaaaaa1", "fffffffffff1"),
            git("aaaaaaaaaaa1", "fffffffffff2"),
            git("bbbbbbbbbbb1", "eeeeeeeeeee1"),
            entry(Status::Affected, "6.12.92", End::Before(Text::Borrowed("6.12.96"))),
        ],
        default_status: Some(Status::Unaffected),
        ..Claim::default()
    };
    let record = kernel_record(vec![claim]);
    let judge = |history| {
        let version = ComponentVersion { commit: "c0ffee0c0ffee", vendor_tree: true, ..linux("6.12.94") };
        let answer = judge_kernel_record(&record, &version, &History(history));
        (words(&answer), answer.decided_by_git)
    };
    assert_eq!(judge(&["aaaaaaaaaaa1", "fffffffffff2"]), ("not_affected/G_FIX_IN_HISTORY".to_owned(), true));
    assert_eq!(judge(&["aaaaaaaaaaa1"]), ("affected/G_IN_RANGE".to_owned(), true));
    assert_eq!(judge(&[]), ("not_affected/G_NOT_INTRODUCED".to_owned(), true));
    // Two introductions, one of them fixed.
    assert_eq!(judge(&["aaaaaaaaaaa1", "fffffffffff1", "bbbbbbbbbbb1"]).0, "affected/G_IN_RANGE");
    // Without a history the numbers decide.
    let version = ComponentVersion { commit: "c0ffee0c0ffee", vendor_tree: true, ..linux("6.12.94") };
    assert_eq!(
        words(&judge_kernel_record(&record, &version, &NoCommits)),
        "affected/K_IN_BRANCH_RANGE 6.12.96"
    );
}

const KERNEL_PACK: &str = "kernel-cna-and-overrides-2026-07-20";

/// The id of a path of the kernel CNA's tree.
fn is_kernel_record(path: &str) -> Option<&str> {
    let id = path.rsplit('/').next()?.strip_suffix(".json")?;
    path.contains("/cve/").then_some(id)
}

/// Two dozen kernels: long-term branches at several ages, ended branches, old numbering, a candidate-free mainline.
const KERNELS: [&str; 24] = [
    "2.6.32.60",
    "2.6.39",
    "3.10.108",
    "3.16.85",
    "4.4.302",
    "4.9.337",
    "4.14.120",
    "4.14.336",
    "4.19.300",
    "5.4.290",
    "5.10.30",
    "5.10.201",
    "5.11.22",
    "5.15.80",
    "5.15.160",
    "6.1.60",
    "6.1.176",
    "6.4.6",
    "6.6.21",
    "6.6.130",
    "6.7.12",
    "6.12.38",
    "6.19.1",
    "7.1.2",
];

/// A second reading of a kernel CNA record, written without looking at the first: no reasons, no branches, only
/// sets. A release is a tuple of numbers; a record makes one list of affected half-open intervals per branch.
mod naive {
    use serde_json::Value;

    /// `[6, 12, 38]` as (branch, number): branches of 2.6 have three parts.
    type Version = (Vec<u32>, u32);

    pub fn version(text: &str) -> Version {
        // The newest fixes are named by the candidate they are in: before the release, so in the release.
        let text = text.split("-rc").next().unwrap();
        let mut parts: Vec<u32> = text.split('.').map(|part| part.parse().unwrap()).collect();
        let length = if parts[0] == 2 { 3 } else { 2 };
        parts.resize(length + 1, 0);
        let number = parts.pop().unwrap();
        (parts, number)
    }

    /// The rows of a record that hold releases, as numbers; `None` for a start at zero and an end of `*`.
    pub struct Rows {
        spans: Vec<(Option<Version>, Version)>,
        outside: Vec<(Option<Version>, Option<Version>)>,
        fixes: Vec<Version>,
        has_block: bool,
    }

    impl Rows {
        pub fn read(json: &Value) -> Rows {
            let mut rows = Rows { spans: vec![], outside: vec![], fixes: vec![], has_block: false };
            for block in json["containers"]["cna"]["affected"].as_array().into_iter().flatten() {
                let is_block = block["defaultStatus"] == "affected";
                for row in block["versions"].as_array().into_iter().flatten() {
                    if row["versionType"] != "git" {
                        rows.add(row, is_block);
                    }
                }
            }
            rows
        }

        fn add(&mut self, row: &Value, is_block: bool) {
            let start = row["version"].as_str().filter(|start| *start != "0").map(version);
            let end = row["lessThan"].as_str().or(row["lessThanOrEqual"].as_str()).unwrap_or("");
            match (is_block, row["status"] == "affected") {
                (false, true) if end.is_empty() => {}
                (false, true) => self.spans.push((start, version(end))),
                (true, false) if end.len() > 1 && end.ends_with('*') => self.fixes.extend(start),
                (true, false) => self.outside.push((start, (end != "*").then(|| version(end)))),
                _ => {}
            }
            self.has_block |= is_block;
        }

        /// The affected intervals of the branch of `kernel`, as (first affected, first not affected) numbers.
        fn intervals(&self, branch: &Vec<u32>) -> Vec<(u32, u32)> {
            let mut intervals = Vec::new();
            for (start, end) in &self.spans {
                let first = match start {
                    // From the beginning of history: one pair among many, the fix of exactly one branch.
                    None if end.0 != *branch => continue,
                    Some(start) if start.0 > *branch => continue,
                    Some(start) if start.0 == *branch => start.1,
                    _ => 0,
                };
                match end {
                    end if end.0 == *branch => intervals.push((first, end.1)),
                    end if end.0 > *branch => intervals.push((first, u32::MAX)),
                    _ => {}
                }
            }
            intervals.extend(self.mainline(branch));
            intervals
        }

        /// The interval that the release block leaves to a branch: the branch's first release decides whether the
        /// mainline was affected when it began, its own fixes where it ends.
        fn mainline(&self, branch: &Vec<u32>) -> Option<(u32, u32)> {
            let holds = |(start, end): &(Option<Version>, Option<Version>)| {
                start.as_ref().is_none_or(|start| start.0 <= *branch)
                    && end.as_ref().is_none_or(|end| end.0 > *branch)
            };
            if !self.has_block || self.outside.iter().any(holds) {
                return None;
            }
            let own_fixes = self.fixes.iter().filter(|fix| fix.0 == *branch).map(|fix| fix.1);
            Some((0, own_fixes.max().unwrap_or(u32::MAX)))
        }

        /// The record's own CPE expansion, which the CNA derives from the same pairs. It is too wide (each fix
        /// becomes a range from the same start), so nothing may be affected outside of it.
        pub fn is_in_cpe_ranges(json: &Value, kernel: &str) -> bool {
            let kernel = version(kernel);
            let configurations =
                json["containers"]["cna"]["cpeApplicability"].as_array().into_iter().flatten();
            let nodes = configurations.flat_map(|one| one["nodes"].as_array().into_iter().flatten());
            nodes.flat_map(|node| node["cpeMatch"].as_array().into_iter().flatten()).any(|range| {
                let bound = |name: &str| range[name].as_str().map(version);
                bound("versionStartIncluding").is_none_or(|start| kernel >= start)
                    && bound("versionEndExcluding").is_none_or(|end| kernel < end)
                    && bound("versionEndIncluding").is_none_or(|end| kernel <= end)
            })
        }

        pub fn is_affected(&self, kernel: &str) -> bool {
            let (branch, number) = version(kernel);
            self.intervals(&branch).into_iter().any(|(first, last)| first <= number && number < last)
        }
    }
}

/// What the comparison of both readings found.
#[derive(Default)]
struct Compared {
    records: usize,
    rejected: usize,
    reasons: BTreeMap<&'static str, usize>,
    differences: Vec<String>,
}

impl Compared {
    fn of(path: &str, json: &Value) -> Compared {
        let mut compared = Compared::default();
        let mut record = cve_json::cna_record(json);
        record.source = Some(Source::KernelCna);
        if path.contains("/rejected/") {
            // The tree keeps the ranges of rejected records; the folder is the state.
            record.state = RecordState::Rejected;
            compared.rejected = 1;
        } else {
            compared.records = 1;
        }
        let rows = naive::Rows::read(json);
        for kernel in KERNELS {
            let version = ComponentVersion { detail: Detail::Brief, ..linux(kernel) };
            let answer = judge_kernel_record(&record, &version, &NoCommits);
            *compared.reasons.entry(answer.reason.code()).or_default() += 1;
            let is_affected = record.state != RecordState::Rejected && rows.is_affected(kernel);
            let expected = if is_affected { Verdict::Affected } else { Verdict::NotAffected };
            if answer.verdict == Some(Verdict::Affected) && !naive::Rows::is_in_cpe_ranges(json, kernel) {
                compared
                    .differences
                    .push(format!("{} {kernel}: affected outside of its own CPE ranges", record.id));
            }
            if answer.verdict != Some(expected) {
                compared.differences.push(format!(
                    "{} {kernel}: {} but {}",
                    record.id,
                    words(&answer),
                    expected.word()
                ));
            }
        }
        compared
    }

    fn and(mut self, other: Compared) -> Compared {
        self.records += other.records;
        self.rejected += other.rejected;
        self.differences.extend(other.differences);
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        self
    }
}

#[test]
fn every_kernel_cna_record_agrees_with_a_naive_reading_of_it() {
    let mut documents: Vec<(String, Vec<u8>)> = Vec::new();
    let mut compared = Compared::default();
    let mut compare = |documents: &mut Vec<(String, Vec<u8>)>| {
        let found = documents
            .par_drain(..)
            .map(|(path, bytes)| Compared::of(&path, &serde_json::from_slice(&bytes).unwrap()))
            .reduce(Compared::default, Compared::and);
        compared = std::mem::take(&mut compared).and(found);
    };
    cve_json::each_in_pack(
        KERNEL_PACK,
        |path| is_kernel_record(path).is_some(),
        |path, bytes| {
            documents.push((path.to_owned(), bytes.to_vec()));
            if documents.len() == 1000 {
                compare(&mut documents);
            }
            ControlFlow::Continue(())
        },
    );
    compare(&mut documents);
    if testkit::shared::root().is_none() {
        return;
    }
    let Compared { records, rejected, reasons, differences } = compared;
    let checked: usize = reasons.values().sum();
    println!(
        "QUALITY\tkernel oracle\t{checked}\t{checked}\t24 kernels x all kernel CNA records against a second implementation\nkernel oracle: {checked} verdicts of {records} records, {rejected} rejected, reasons {reasons:?}"
    );
    assert_eq!((records, rejected), (13_009, 301));
    assert!(
        differences.is_empty(),
        "{} of {checked}: {:#?}",
        differences.len(),
        &differences[..differences.len().min(20)]
    );
}

/// The rows of the case table that a kernel record alone decides.
#[test]
fn kernel_rows_of_the_case_table() {
    let table = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/cases/tricky-records.tsv"
    ));
    let rows: Vec<BTreeMap<String, String>> = testkit::shared::table(&table.unwrap())
        .into_iter()
        .filter(|row| row["cpe"].contains(":linux:linux_kernel:"))
        .filter(|row| ["K_", "R_REJECTED"].iter().any(|code| row["reason"].starts_with(code)))
        .filter(|row| row["version"] != "custom")
        .collect();
    let wanted: BTreeSet<&str> = rows.iter().map(|row| row["cve"].as_str()).collect();
    let mut records = BTreeMap::new();
    let is_wanted = |path: &str| is_kernel_record(path).is_some_and(|id| wanted.contains(id));
    cve_json::each_in_pack(KERNEL_PACK, is_wanted, |path, bytes| {
        let mut record = cve_json::cna_record(&serde_json::from_slice(bytes).unwrap());
        record.source = Some(Source::KernelCna);
        if path.contains("/rejected/") {
            record.state = RecordState::Rejected;
        }
        records.insert(is_kernel_record(path).unwrap_or_default().to_owned(), record);
        ControlFlow::Continue(())
    });
    if records.is_empty() {
        return;
    }
    records.insert("CVE-2026-68085".to_owned(), dyads(HCI_LDISC));
    let mut passed = 0;
    for row in &rows {
        let Some(record) = records.get(&row["cve"]) else {
            // Records of other CNAs are below.
            assert!(row["reason"].starts_with("K_MAINLINE"), "{}: no record", row["id"]);
            continue;
        };
        let answer = judge_kernel_record(record, &linux(&row["version"]), &NoCommits);
        let got = format!("{}/{}", answer.verdict.map_or("none", Verdict::word), answer.reason);
        let expected = format!("{}/{}", row["verdict"], row["reason"]);
        assert!(
            got == expected || row["accept"].split('|').any(|other| other == got),
            "{}: {got}",
            row["id"]
        );
        passed += 1;
    }
    println!("kernel rows of the case table: {passed} of {}", rows.len());
    assert_eq!(passed, 18);
}

#[test]
fn releases_have_an_order_that_numbers_give() {
    let order = |a: &str, b: &str| Release::parse(a).unwrap().cmp(&Release::parse(b).unwrap());
    assert!(
        order("6.2-rc8", "6.2").is_lt()
            && order("6.2", "6.2.1").is_lt()
            && order("2.6.39.4", "3.0-rc1").is_lt()
    );
}

/// First releases as the index knows them from the kernel CNA's records.
struct FirstReleases;

impl CommitTable for FirstReleases {
    fn fixed_in(&self, commit: &str) -> Vec<(String, String)> {
        let releases: &[&str] = match commit {
            "2c02d41d71f90a5168391b6a5f2954112ba2307c" => &["6.2", "6.1.5", "5.15.88", "5.10.163"],
            "74e19ef0ff8061ef55957c3abd71614ef0f42f47" => &["6.3", "6.2.1", "6.1.14", "5.15.96"],
            "4b842e4e25b12951fa10dedb4bc16bc47e3b850c" => &["5.12"],
            "f342de4e2f33e0e39165d8639387aa6c19dff660" => &["6.8", "6.7.3", "6.6.15", "6.1.76"],
            // A stable cherry-pick of which the table knows nothing else.
            "0123456789abcdef0123456789abcdef01234567" => &["5.4.100"],
            _ => &[],
        };
        let branch = |release: &str| Release::parse(release).unwrap().line().to_string();
        releases.iter().map(|release| (branch(release), (*release).to_owned())).collect()
    }

    fn is_ancestor(&self, _ancestor: &str, _commit: &str) -> Option<bool> {
        None
    }
}

/// A record of another CNA about Linux, in the notation of the range tests.
fn foreign(claim: &str, fix_commits: &[&'static str]) -> Record<'static> {
    let mut claim = crate::notation::claim(claim);
    claim.subject.vendor = "Linux".into();
    claim.subject.product = "Kernel".into();
    Record {
        source: Some(Source::CveCna),
        by: Text::Borrowed("Google"),
        claims: vec![claim],
        fix_commits: fix_commits.iter().map(|commit| Text::Borrowed(*commit)).collect(),
        ..Record::default()
    }
}

#[track_caller]
fn check_foreign(record: &Record<'_>, version: &str, commits: &dyn CommitTable, expected: &str) {
    assert_eq!(words(&judge_kernel_record(record, &linux(version), commits)), expected, "linux {version}");
}

#[test]
fn a_mainline_bound_does_not_judge_older_branches() {
    let record = foreign("affected 3.15 <= v < 6.8 | default unaffected", &[]);
    for (version, expected) in [
        ("6.6.20", "needs_review/K_MAINLINE_BOUND_ONLY 6.8"),
        ("6.8", "not_affected/V_FIXED 6.8"),
        ("6.9.3", "not_affected/V_FIXED 6.8"),
        ("6.8-rc2", "needs_review/K_RC 6.8"),
        ("3.10.108", "not_affected/V_BEFORE_RANGE"),
    ] {
        check_foreign(&record, version, &NoCommits, expected);
    }
    let record = foreign("affected v < 6.3~rc2 (semver)", &[]);
    check_foreign(&record, "6.3.1", &NoCommits, "not_affected/V_FIXED 6.3~rc2");
    check_foreign(&record, "6.2.9", &NoCommits, "needs_review/K_MAINLINE_BOUND_ONLY 6.3~rc2");
    let record = foreign("affected \"4.10 to 5.6\"", &[]);
    check_foreign(&record, "6.12.38", &NoCommits, "not_affected/V_FIXED");
    check_foreign(&record, "5.4.200", &NoCommits, "needs_review/K_MAINLINE_BOUND_ONLY");
}

#[test]
fn a_stable_bound_judges_its_own_branch() {
    let record = foreign("affected 5.10 <= v <= 5.10.161 | default unaffected", &[]);
    check_foreign(&record, "5.10.100", &NoCommits, "affected/V_IN_RANGE");
    check_foreign(&record, "5.10.162", &NoCommits, "not_affected/V_FIXED");
    check_foreign(&record, "5.4.100", &NoCommits, "not_affected/V_BEFORE_RANGE");
    // A higher number on another branch does not prove the fix.
    check_foreign(&record, "5.11.22", &NoCommits, "needs_review/K_MAINLINE_BOUND_ONLY");
}

#[test]
fn the_commit_table_decides_per_branch() {
    let git_only =
        foreign("affected 0 <= v < 2c02d41d71f90a5168391b6a5f2954112ba2307c (git) | default unaffected", &[]);
    check_foreign(&git_only, "5.15.80", &NoCommits, "needs_review/G_COMMIT_UNKNOWN");
    for (version, expected) in [
        ("5.15.80", "affected/K_IN_BRANCH_RANGE 5.15.88"),
        ("5.15.88", "not_affected/K_FIXED_IN_BRANCH 5.15.88"),
        ("5.16.20", "affected/K_BRANCH_UNFIXED"),
        ("6.2-rc3", "needs_review/K_RC 6.2"),
        ("6.5", "not_affected/K_FIXED_MAINLINE 6.2"),
    ] {
        check_foreign(&git_only, version, &FirstReleases, expected);
    }
    let introduced = foreign(
        "affected 4b842e4e25b12951fa10dedb4bc16bc47e3b850c <= v <= 74e19ef0ff8061ef55957c3abd71614ef0f42f47 (git)",
        &[],
    );
    check_foreign(&introduced, "5.10.30", &FirstReleases, "not_affected/K_NOT_INTRODUCED");
    check_foreign(&introduced, "5.15.90", &FirstReleases, "affected/K_IN_BRANCH_RANGE 5.15.96");
    let unknown_start =
        foreign("affected abcdef0123 <= v < 2c02d41d71f90a5168391b6a5f2954112ba2307c (git)", &[]);
    check_foreign(&unknown_start, "5.15.80", &FirstReleases, "needs_review/G_COMMIT_UNKNOWN");
    let bounds = "affected 3.15 <= v < 6.8 | default unaffected";
    let with_patch = foreign(bounds, &["f342de4e2f33e0e39165d8639387aa6c19dff660"]);
    check_foreign(&with_patch, "6.6.20", &FirstReleases, "not_affected/K_FIXED_IN_BRANCH 6.6.15");
    check_foreign(&with_patch, "6.6.14", &FirstReleases, "affected/K_IN_BRANCH_RANGE 6.6.15");
    check_foreign(&with_patch, "5.15.100", &FirstReleases, "affected/K_BRANCH_UNFIXED");
    // What is known of one stable branch only says nothing about the others.
    let cherry_pick = foreign(bounds, &["0123456789abcdef0123456789abcdef01234567"]);
    check_foreign(&cherry_pick, "6.6.14", &FirstReleases, "needs_review/K_MAINLINE_BOUND_ONLY 6.8");
}

#[test]
fn claims_about_other_products_are_passed_over() {
    let mut record = foreign("affected 3.15 <= v < 6.8 | default unaffected", &[]);
    record.claims[0].subject.product = "CUDA Toolkit".into();
    let answer = judge_kernel_record(&record, &linux("6.6.20"), &NoCommits);
    assert_eq!(answer.verdict, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Raising a kernel inside its branch past the fix never leaves it affected, and pairs in any order give the
    /// same answer.
    #[test]
    fn raised_past_the_fix_of_its_branch(fixes in prop::collection::btree_map(4u32..9, 1u32..50, 1..5), extra in 0u32..9) {
        let mut entries: Vec<Entry<'static>> = fixes
            .iter()
            .map(|(minor, number)| Entry {
                start: Text::Borrowed("5.2"),
                end: End::Before(Text::Owned(format!("5.{minor}.{number}"))),
                ..Entry::default()
            })
            .collect();
        entries.push(Entry { start: Text::Borrowed("5.2"), end: End::Before(Text::Borrowed("5.10")), ..Entry::default() });
        let claim = |entries| Claim { entries, form: ClaimForm::KernelPairs, ..Claim::default() };
        let record = kernel_record(vec![claim(entries.clone())]);
        entries.reverse();
        let reversed = kernel_record(vec![claim(entries)]);
        for (minor, number) in &fixes {
            for (patch, expected) in [(number + extra, Verdict::NotAffected), (number - 1, Verdict::Affected)] {
                let text = format!("5.{minor}.{patch}");
                let answer = judge_kernel_record(&record, &linux(&text), &NoCommits);
                prop_assert_eq!(answer.verdict, Some(expected), "{}", text);
                let other = judge_kernel_record(&reversed, &linux(&text), &NoCommits);
                prop_assert_eq!((other.reason, other.fixed), (answer.reason, answer.fixed));
            }
        }
    }

    /// Any text in any place gives an answer, and an unreadable kernel is never safe.
    #[test]
    fn any_text_gives_an_answer(start in ".{0,16}", end in ".{0,16}", version in ".{0,16}") {
        for form in [ClaimForm::KernelPairs, ClaimForm::CveVersions] {
            for default_status in [None, Some(Status::Affected), Some(Status::Unaffected)] {
                for end in [End::Single, End::Open, End::Before(Text::Owned(end.clone())), End::Through(Text::Owned(end.clone()))] {
                    let row = Entry { start: Text::Owned(start.clone()), end, ..Entry::default() };
                    let record = kernel_record(vec![Claim { entries: vec![row], form, default_status, ..Claim::default() }]);
                    let answer = judge_kernel_record(&record, &linux(&version), &NoCommits);
                    if Release::parse(&version).is_none() {
                        prop_assert_eq!(answer.verdict, Some(Verdict::NeedsReview));
                    }
                }
            }
        }
    }
}
