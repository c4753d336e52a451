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
    Record { source: Some(Source::KernelCna), id: Text::Borrowed("CVE-2026-68085"), claims, ..Record::default() }
}

/// The same facts as the CNA writes them into its JSON: a git block with semver rows, and a release block.
fn blocks(spans: &[(&'static str, &'static str)], release: &[(&'static str, &'static str)]) -> Record<'static> {
    let git = Entry {
        kind: RangeKind::Git,
        version_type: Text::Borrowed("git"),
        ..entry(Status::Affected, "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2", End::Single)
    };
    let mut span_rows = vec![git];
    span_rows
        .extend(spans.iter().map(|(start, end)| entry(Status::Affected, start, End::Before(Text::Borrowed(end)))));
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
        &[("5.3", ""), ("0", "5.3"), ("6.6.64", "6.6.*"), ("6.6.140", "6.6.*"), ("6.6.70", "6.6.*"), ("6.8", "*")],
    );
    check(&record, "6.6.63", "affected/K_IN_BRANCH_RANGE 6.6.140");
    check(&record, "6.6.100", "affected/K_IN_BRANCH_RANGE 6.6.140");
    check(&record, "6.6.140", "not_affected/K_FIXED_IN_BRANCH 6.6.140");
}

#[test]
fn fixed_and_introduced_again() {
    // CVE-2020-36785: 4.12 to 4.18 and 5.8 to 5.13.
    let rows = [("4.12", ""), ("5.8", ""), ("0", "4.12"), ("4.18", "5.8"), ("5.10.37", "5.10.*"), ("5.13", "*")];
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
    let vendor = judge(ComponentVersion { vendor_tree: true, ..linux("6.12.94-lf-6.12.y+gitAUTOINC+0123abcd") });
    assert_eq!(vendor.confidence, Confidence::Medium);
    assert_eq!(vendor.qualifiers, [Reason::VBaseVersion, Reason::KVendorTree]);
    let derived = judge(ComponentVersion { origin: VersionOrigin::FromUrl, ..linux("6.12.94") });
    assert_eq!((derived.confidence, &derived.qualifiers[..]), (Confidence::Medium, &[Reason::VVersionDerived][..]));
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

/// All records of the kernel CNA's tree: (path, JSON).
fn each_kernel_record(mut with: impl FnMut(&str, &Value) -> ControlFlow<()>) {
    let is_record = |path: &str| path.contains("/cve/") && path.ends_with(".json");
    cve_json::each_in_pack(KERNEL_PACK, is_record, |path, bytes| {
        with(path, &serde_json::from_slice(bytes).unwrap())
    });
}

/// Twenty kernels: long-term branches at several ages, ended branches, old numbering, a candidate-free mainline.
const KERNELS: [&str; 24] = [
    "2.6.32.60", "2.6.39", "3.10.108", "3.16.85", "4.4.302", "4.9.337", "4.14.120", "4.14.336", "4.19.300", "5.4.290",
    "5.10.30", "5.10.201", "5.11.22", "5.15.80", "5.15.160", "6.1.60", "6.1.176", "6.4.6", "6.6.21", "6.6.130",
    "6.7.12", "6.12.38", "6.19.1", "7.1.2",
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

    fn rows<'j>(json: &'j Value, default: &'j str, status: &'j str) -> impl Iterator<Item = (&'j str, &'j str)> {
        let blocks = json["containers"]["cna"]["affected"].as_array().into_iter().flatten();
        let blocks = blocks.filter(move |block| block["defaultStatus"] == default);
        blocks.flat_map(|block| block["versions"].as_array().into_iter().flatten()).filter_map(move |row| {
            let end = row["lessThan"].as_str().or(row["lessThanOrEqual"].as_str()).unwrap_or("");
            let is_release = row["versionType"] != "git" && row["status"] == status;
            is_release.then(|| (row["version"].as_str().unwrap(), end))
        })
    }

    /// The affected intervals of the branch of `kernel`, as (first affected, first not affected) numbers.
    fn intervals(json: &Value, kernel: &Version) -> Vec<(u32, u32)> {
        let branch = &kernel.0;
        let mut intervals = Vec::new();
        for (start, end) in rows(json, "unaffected", "affected") {
            let start = if start == "0" { (vec![0], 0) } else { version(start) };
            let end = version(end);
            // From the beginning of history: one pair among many, the fix of exactly one branch.
            if start.0 == [0] && end.0 != *branch {
                continue;
            }
            let first = if start.0 == *branch { start.1 } else { 0 };
            let last = if end.0 == *branch { end.1 } else { u32::MAX };
            if start.0 <= *branch && (end.0 > *branch || end.0 == *branch) {
                intervals.push((first, last));
            }
        }
        intervals.extend(mainline(json, branch));
        intervals
    }

    /// The interval that the release block leaves to a branch: the branch's first release decides whether the
    /// mainline was affected when it began, its own fixes where it ends.
    fn mainline(json: &Value, branch: &Vec<u32>) -> Option<(u32, u32)> {
        let mut is_block = false;
        let mut fixes = Vec::new();
        for (start, end) in rows(json, "affected", "unaffected") {
            is_block = true;
            if end.len() > 1 && end.ends_with('*') {
                let fix = version(start);
                if fix.0 == *branch {
                    fixes.push(fix.1);
                }
                continue;
            }
            let starts_after = start != "0" && version(start).0 > *branch;
            let ends_before = end != "*" && version(end).0 <= *branch;
            if !starts_after && !ends_before {
                return None;
            }
        }
        is_block.then(|| (0, fixes.into_iter().max().unwrap_or(u32::MAX)))
    }

    pub fn is_affected(json: &Value, kernel: &str) -> bool {
        let kernel = version(kernel);
        intervals(json, &kernel).into_iter().any(|(first, last)| first <= kernel.1 && kernel.1 < last)
    }
}

#[test]
fn every_kernel_cna_record_agrees_with_a_naive_reading_of_it() {
    let (mut records, mut rejected, mut checked) = (0, 0, 0);
    let mut differences = Vec::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    each_kernel_record(|path, json| {
        let mut record = cve_json::cna_record(json);
        record.source = Some(Source::KernelCna);
        if path.contains("/rejected/") {
            // The tree keeps the ranges of rejected records; the folder is the state.
            record.state = RecordState::Rejected;
            rejected += 1;
        } else {
            records += 1;
        }
        for kernel in KERNELS {
            let answer = judge_kernel_record(&record, &ComponentVersion { detail: Detail::Brief, ..linux(kernel) }, &NoCommits);
            *reasons.entry(answer.reason.code()).or_default() += 1;
            checked += 1;
            let naive = record.state != RecordState::Rejected && naive::is_affected(json, kernel);
            let expected = if naive { Verdict::Affected } else { Verdict::NotAffected };
            if answer.verdict != Some(expected) {
                differences.push(format!("{} {kernel}: {} but naive {}", record.id, words(&answer), expected.word()));
            }
        }
        ControlFlow::Continue(())
    });
    if checked == 0 {
        return;
    }
    println!("kernel oracle: {checked} verdicts of {records} records, {rejected} rejected, reasons {reasons:?}");
    assert_eq!((records, rejected), (13_009, 301));
    assert!(differences.is_empty(), "{} of {checked}: {:#?}", differences.len(), &differences[..differences.len().min(20)]);
}

/// The rows of the case table that a kernel record alone decides.
#[test]
fn kernel_rows_of_the_case_table() {
    let table = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cases/tricky-records.tsv"));
    let rows: Vec<BTreeMap<String, String>> = testkit::shared::table(&table.unwrap())
        .into_iter()
        .filter(|row| row["cpe"].contains(":linux:linux_kernel:"))
        .filter(|row| ["K_", "R_REJECTED"].iter().any(|code| row["reason"].starts_with(code)))
        .filter(|row| row["version"] != "custom")
        .collect();
    let wanted: BTreeSet<&str> = rows.iter().map(|row| row["cve"].as_str()).collect();
    let mut records = BTreeMap::new();
    each_kernel_record(|path, json| {
        let id = json["cveMetadata"]["cveID"].as_str().or(json["cveMetadata"]["cveId"].as_str()).unwrap_or_default();
        if wanted.contains(id) {
            let mut record = cve_json::cna_record(json);
            record.source = Some(Source::KernelCna);
            if path.contains("/rejected/") {
                record.state = RecordState::Rejected;
            }
            records.insert(id.to_owned(), record);
        }
        ControlFlow::Continue(())
    });
    if records.is_empty() {
        return;
    }
    records.insert("CVE-2026-68085".to_owned(), dyads(HCI_LDISC));
    let mut passed = 0;
    for row in &rows {
        let Some(record) = records.get(&row["cve"]) else {
            // Records of other CNAs are in `ranges::case_table`.
            assert!(row["reason"].starts_with("K_MAINLINE"), "{}: no record", row["id"]);
            continue;
        };
        let answer = judge_kernel_record(record, &linux(&row["version"]), &NoCommits);
        let got = format!("{}/{}", answer.verdict.map_or("none", Verdict::word), answer.reason);
        let expected = format!("{}/{}", row["verdict"], row["reason"]);
        assert!(got == expected || row["accept"].split('|').any(|other| other == got), "{}: {got}", row["id"]);
        passed += 1;
    }
    println!("kernel rows of the case table: {passed} of {}", rows.len());
    assert_eq!(passed, 18);
}

#[test]
fn releases_have_an_order_that_numbers_give() {
    let order = |a: &str, b: &str| Release::parse(a).unwrap().cmp(&Release::parse(b).unwrap());
    assert!(order("6.2-rc8", "6.2").is_lt() && order("6.2", "6.2.1").is_lt() && order("2.6.39.4", "3.0-rc1").is_lt());
}
