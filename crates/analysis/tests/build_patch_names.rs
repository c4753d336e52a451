//! What patch names and headers say: every row of `patch-names.tsv`, and oddities met elsewhere.

use analysis::matching::build::patch_names::{PatchReading, read};

fn rows() -> Vec<std::collections::BTreeMap<String, String>> {
    testkit::shared::table(include_str!("../../../fixtures/cases/patch-names.tsv"))
}

#[test]
fn every_row_of_the_table() {
    let rows = rows();
    let mut wrong = Vec::new();
    for row in &rows {
        let reading = read(&row["file"], &row["header"].replace("\\n", "\n"));
        let got = (reading.ids.join(","), reading.role.word(), reading.effect().to_owned());
        let want = (row["ids"].clone(), row["role"].clone(), row["effect"].clone());
        if got != want {
            wrong.push(format!("{} {}: got {got:?}, want {want:?}", row["id"], row["file"]));
        }
    }
    testkit::quality("cases/patch-names.tsv", rows.len() - wrong.len(), rows.len(), "");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), 46);
}

fn check(file: &str, header: &str, want: &str) {
    let PatchReading { ids, role, parts, commits, reverts, .. } = &read(file, header);
    let effect = read(file, header).effect();
    let mut got =
        format!("{} {} {effect}", if ids.is_empty() { "-".to_owned() } else { ids.join(",") }, role.word());
    if let Some(parts) = parts {
        got.push_str(&format!(" of {parts}"));
    }
    if !commits.is_empty() {
        got.push_str(&format!(" from {}", commits.join(",")));
    }
    if !reverts.is_empty() {
        got.push_str(&format!(" reverts {}", reverts.join(",")));
    }
    assert_eq!(got, want, "{file}");
}

#[test]
fn names_with_parameters_and_folders() {
    check("file://CVE-2023-0001.patch;striplevel=2", "", "CVE-2023-0001 single claims_fix_content_unread");
    check("files/CVE-2023-0001.patch", "", "CVE-2023-0001 single claims_fix");
    check("https://x.org/p?id=1/CVE-2023-0001.patch", "", "- none hint_only");
    check("CVE-2023-0001.PATCH", "", "CVE-2023-0001 single claims_fix");
}

#[test]
fn parts_are_not_versions_or_bug_numbers() {
    check("CVE-2021-41773-2.4.49.patch", "", "CVE-2021-41773 single claims_fix");
    check("CVE-2021-41773-15874.patch", "", "CVE-2021-41773 single claims_fix");
    check("CVE-2021-41773-1of3.patch", "", "CVE-2021-41773 part:1 claims_fix_if_set_complete of 3");
    check("CVE-2021-41773_part-2.patch", "", "CVE-2021-41773 part:2 incomplete_if_alone");
    check("CVE-2021-41773-0000.patch", "", "CVE-2021-41773 part:0 claims_fix_if_set_complete");
    check("CVE-2021-41773-p2-fix-leak.patch", "", "CVE-2021-41773 part:2 incomplete_if_alone");
    check("CVE-2021-41773-2.patch.xz", "", "CVE-2021-41773 part:2 incomplete_if_alone");
    check("CVE-2021-41773-1.patch.xz", "", "CVE-2021-41773 part:1 claims_fix_if_set_complete_content_unread");
}

#[test]
fn roles_by_words_before_and_after_the_id() {
    check("CVE-2024-1234-add-test-case.patch", "", "CVE-2024-1234 test no_fix");
    check("0003-tests-add-a-test-for-CVE-2024-1234.patch", "", "CVE-2024-1234 test no_fix");
    check("CVE-2024-1234-fix-testing-of-length.patch", "", "CVE-2024-1234 single claims_fix");
    check("prereq-CVE-2024-1234.patch", "", "CVE-2024-1234 prerequisite no_fix_alone");
    check("0002-follow-up-to-CVE-2024-1234.patch", "", "CVE-2024-1234 followup no_fix_alone");
    check("CVE-2024-1234-follow-up.patch", "", "CVE-2024-1234 followup no_fix_alone");
    check("0004-fix-regression-of-CVE-2024-1234.patch", "", "CVE-2024-1234 regression no_fix_alone");
    check("0001-Revert-CVE-2024-1234.patch", "", "- revert cancels reverts CVE-2024-1234");
}

#[test]
fn headers_claim_only_in_their_own_lines() {
    check("a.patch", "Fixes-CVE: CVE-2024-1234\nSubject: x", "CVE-2024-1234 single claims_fix");
    check("a.patch", "cve-id: cve_2024_1234", "CVE-2024-1234 single claims_fix");
    check("a.patch", "Subject: fix CVE-2024-1234", "- none hint_only");
    check("a.patch", "CVE: N/A", "- none hint_only");
    check("a.patch", "Subject: x\ndiff --git a/b b/b\n+CVE: CVE-2024-1234", "- none hint_only");
    // After the lone `---` comes the diffstat, which still belongs to the header.
    check(
        "a.patch",
        "CVE: CVE-2024-1234\n---\n tests/a.c | 3 +\n t/b.sh | 1 -\n",
        "CVE-2024-1234 test no_fix",
    );
    check(
        "a.patch",
        "CVE: CVE-2024-1234\n---\n tests/a.c | 3 +\n src/b.c | 1 -\n",
        "CVE-2024-1234 single claims_fix",
    );
}

#[test]
fn commits_by_their_origin_lines() {
    let sha = "525b861a008143048535011f3816d407940f4bfa";
    check("a.patch", &format!("[ Upstream commit {sha} ]"), &format!("- none by_commit from {sha}"));
    check(
        "a.patch",
        &format!("From {sha} Mon Sep 17 00:00:00 2001"),
        &format!("- none by_commit from {sha}"),
    );
    check(
        "a.patch",
        &format!("Upstream: https://github.com/a/b/commit/{sha}"),
        &format!("- none by_commit from {sha}"),
    );
    check("a.patch", &format!("Fixes: {sha} (\"x\")"), "- none hint_only");
    check("a.patch", &format!("Upstream-Status: Pending {sha}"), "- none hint_only");
    check("a.patch", "Upstream-Status: Backport [525b861]", "- none hint_only");
    let revert = format!("Subject: [PATCH] Revert \"x\"\n\nThis reverts commit {sha}.");
    check("a.patch", &revert, &format!("- revert cancels reverts {sha}"));
    check(
        "a.patch",
        "Subject: Revert \"Revert \"x\"\"\nCVE: CVE-2024-1234",
        "CVE-2024-1234 single claims_fix",
    );
}

#[test]
fn ids_are_whole_words() {
    check("xCVE-2023-0001.patch", "", "- none hint_only");
    check("CVE-2023-001.patch", "", "- none hint_only");
    check("CVE-3023-0001.patch", "", "- none hint_only");
    check("GHSA-m538-c5qw-3cg4x.patch", "", "- none hint_only");
    check("ghsa-M538-c5qw-3cg4.patch", "", "GHSA-m538-c5qw-3cg4 single claims_fix");
    check("OSV-2021-12.patch", "", "OSV-2021-12 single claims_fix");
    check("fix-ÄCVE-2023-0001-ß.patch", "", "CVE-2023-0001 single claims_fix");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(name in "\\PC{0,80}", header in "(\\PC|\n){0,200}") {
        let reading = read(&name, &header);
        proptest::prop_assert!(reading.ids.iter().all(|id| id.len() >= 9));
    }

    #[test]
    fn near_ids_never_panic(name in "(cve|CVE|ghsa|Ä|-|_|\\.|[0-9]|p|of|part){0,24}") {
        let _ = read(&name, &name);
    }
}
