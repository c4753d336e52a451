//! Ids that name the same flaw.

use model::record::Source::{self, CveCna, Debian, Ghsa, Osv};

use crate::samples::{index_of, record};

/// Checks the vulnerabilities (`display id: other ids, …`) and the refused assertions.
fn check(records: &[(Source, &str)], vulnerabilities: &[&str], conflicts: &[&str]) {
    let records: Vec<_> = records.iter().map(|(source, text)| record(*source, text)).collect();
    let reversed = records.iter().rev().cloned().collect();
    for records in [records, reversed] {
        let (index, report) = index_of(records);
        let found: Vec<String> = index
            .vulnerabilities()
            .map(|number| index.vulnerability(number).unwrap())
            .map(|of| format!("{}: {} x{}", of.id(), of.aliases().join(", "), of.record_count()))
            .collect();
        assert_eq!(found, vulnerabilities);
        let notes: Vec<String> =
            report.notes.iter().map(|note| format!("{} {} {}", note.code, note.place, note.value)).collect();
        assert_eq!(notes, conflicts);
    }
}

#[test]
fn same_ids_are_one_vulnerability() {
    check(
        &[(CveCna, "CVE-2024-1"), (Ghsa, "GHSA-a = CVE-2024-1"), (Osv, "PYSEC-1 = GHSA-a")],
        &["CVE-2024-1: GHSA-a, PYSEC-1 x3"],
        &[],
    );
}

#[test]
fn display_id_prefers_cve_then_ghsa() {
    check(
        &[(Osv, "AAA-1 = GHSA-x, ZZZ-1"), (Osv, "ZZZ-2 = CVE-2030-5")],
        &["CVE-2030-5: ZZZ-2 x1", "GHSA-x: AAA-1, ZZZ-1 x1"],
        &[],
    );
}

#[test]
fn contained_and_related_are_not_merged() {
    check(
        &[(Debian, "DSA-1 = ~CVE-2024-1, ~CVE-2024-2"), (CveCna, "CVE-2024-1"), (Osv, "OSV-1 = ?CVE-2024-1")],
        &["CVE-2024-1:  x1", "DSA-1:  x1", "OSV-1:  x1"],
        &[],
    );
}

#[test]
fn an_id_of_two_cves_stays_alone() {
    check(
        &[(CveCna, "CVE-2024-1"), (CveCna, "CVE-2024-2"), (Osv, "GO-1 = CVE-2024-1, CVE-2024-2")],
        &["CVE-2024-1:  x1", "CVE-2024-2:  x1", "GO-1:  x1"],
        &["F_ALIAS_CONFLICT GO-1 CVE-2024-1", "F_ALIAS_CONFLICT GO-1 CVE-2024-2"],
    );
}

#[test]
fn a_chain_never_joins_two_cves() {
    check(
        &[(Osv, "PYSEC-1 = CVE-2024-1, GHSA-a"), (Ghsa, "GHSA-a = CVE-2024-2"), (CveCna, "CVE-2024-1")],
        &["CVE-2024-1: PYSEC-1 x2", "CVE-2024-2: GHSA-a x1"],
        &["F_ALIAS_CONFLICT PYSEC-1 GHSA-A"],
    );
}

#[test]
fn two_cves_that_claim_each_other_stay_two() {
    check(
        &[(CveCna, "CVE-2024-1 = CVE-2024-2"), (CveCna, "CVE-2024-2")],
        &["CVE-2024-1:  x1", "CVE-2024-2:  x1"],
        &["F_ALIAS_CONFLICT CVE-2024-2 CVE-2024-1"],
    );
}

#[test]
fn case_does_not_matter_and_spelling_is_kept() {
    check(
        &[(CveCna, "cve-2024-1"), (Ghsa, "GHSA-AbCd = CVE-2024-1"), (Osv, "X-1 = ghsa-abcd")],
        &["CVE-2024-1: ghsa-abcd, X-1 x3"],
        &[],
    );
}

#[test]
fn cve_ids_are_ordered_by_number() {
    check(
        &[(CveCna, "CVE-2024-10000"), (CveCna, "CVE-2024-9999"), (CveCna, "CVE-1999-1"), (CveCna, "CVE-odd")],
        &["CVE-1999-1:  x1", "CVE-2024-9999:  x1", "CVE-2024-10000:  x1", "CVE-ODD:  x1"],
        &[],
    );
}

#[test]
fn every_id_finds_its_vulnerability() {
    let (index, _) = index_of(vec![
        record(CveCna, "CVE-2024-1"),
        record(Ghsa, "GHSA-a = CVE-2024-1, OTHER-9"),
        record(CveCna, "CVE-2024-2"),
    ]);
    for id in ["CVE-2024-1", "cve-2024-1", "ghsa-A", "other-9", " CVE-2024-1 "] {
        assert_eq!(index.find(id), index.find("CVE-2024-1"), "{id}");
    }
    assert_ne!(index.find("CVE-2024-2"), index.find("CVE-2024-1"));
    assert_eq!(index.find("CVE-2024-3"), None);
    assert_eq!(index.find(""), None);
}
