//! Sets of applied patches: complete, partial, reverted, verified by content or commit, not applied.

use analysis::matching::build::{BuildAnswer, BuildFacts, BuildRule, Need, NoMaps, Subject, judge};
use model::build::{BuildEvidence, Fix, Platform};
use model::component::{Component, Patch};

const FIX: &str = "\
diff --git a/net/core.c b/net/core.c
--- a/net/core.c
+++ b/net/core.c
@@ -10,4 +10,6 @@ int f(void)
 	int a;
-	return use(a);
+	if (a > LIMIT)
+		return -EINVAL;
+	return use(a, LIMIT);
 }
@@ -40,2 +42,3 @@
 	x();
+	y();
 	z();
";

const SHA: &str = "525b861a008143048535011f3816d407940f4bfa";

fn fix(diff: &str) -> Fix {
    Fix { commit: SHA.to_owned(), diff: diff.to_owned(), from: "a clone".to_owned() }
}

fn named(name: &str) -> Patch {
    Patch { name: name.to_owned(), origin: "sbom".to_owned(), ..Patch::default() }
}

fn with_content(name: &str, content: &str) -> Patch {
    Patch { content: content.to_owned(), ..named(name) }
}

fn answer(patches: Vec<Patch>, subject: &Subject<'_>, rules: &[BuildRule<'_>]) -> String {
    let component =
        Component { name: "libfoo".to_owned(), version: "1.0".to_owned(), patches, ..Component::default() };
    let (build, platform) = (BuildEvidence::default(), Platform::default());
    let facts =
        BuildFacts { component: &component, build: &build, platform: &platform, kbuild: &NoMaps, rules };
    match judge(&facts, subject) {
        BuildAnswer::Excluded { reason, confidence, evidence } => {
            assert!(!evidence.is_empty());
            format!("{reason} {}", confidence.word())
        }
        BuildAnswer::Kept { partial, qualifiers, .. } => {
            assert!(qualifiers.is_empty());
            partial.map_or("kept".to_owned(), |reason| format!("kept {reason}"))
        }
    }
}

fn subject<'a>() -> Subject<'a> {
    Subject {
        vulnerability: "CVE-2024-1234",
        ids: &["CVE-2024-1234", "GHSA-m538-c5qw-3cg4"],
        ..Subject::default()
    }
}

/// Names alone; separated by blanks.
fn check(names: &str, want: &str) {
    let patches = names.split_whitespace().map(named).collect();
    assert_eq!(answer(patches, &subject(), &[]), want, "{names}");
}

#[test]
fn names_of_whole_and_partial_sets() {
    check("", "kept");
    check("CVE-2024-9999.patch", "kept");
    check("CVE-2024-1234.patch", "E_PATCH_NAMED medium");
    check("GHSA-m538-c5qw-3cg4.patch", "E_PATCH_NAMED medium");
    check("CVE-2024-1234-1.patch CVE-2024-1234-2.patch", "E_PATCH_NAMED medium");
    check("CVE-2024-1234-0000.patch CVE-2024-1234-0001.patch", "E_PATCH_NAMED medium");
    check("CVE-2024-1234-2.patch CVE-2024-1234-1.patch", "E_PATCH_NAMED medium");
    check("CVE-2024-1234-2.patch", "kept E_PATCH_PARTIAL");
    check("CVE-2024-1234-1.patch CVE-2024-1234-3.patch", "kept E_PATCH_PARTIAL");
    check("CVE-2024-1234-1of3.patch CVE-2024-1234-2of3.patch", "kept E_PATCH_PARTIAL");
    check("CVE-2024-1234.patch CVE-2024-1234-2.patch", "E_PATCH_NAMED medium");
    check("CVE-2024-1234.patch CVE-2024-1234-3.patch", "kept E_PATCH_PARTIAL");
}

#[test]
fn accompanying_patches_alone_do_not_fix() {
    check("CVE-2024-1234-pre1.patch", "kept E_PATCH_PARTIAL");
    check("CVE-2024-1234-regression.patch", "kept E_PATCH_PARTIAL");
    check("CVE-2024-1234-followup.patch", "kept E_PATCH_PARTIAL");
    check("CVE-2024-1234-tests.patch", "kept");
    check(
        "CVE-2024-1234-pre1.patch CVE-2024-1234.patch CVE-2024-1234-regression.patch",
        "E_PATCH_NAMED medium",
    );
    check("CVE-2024-1234-tests.patch CVE-2024-1234-2.patch", "kept E_PATCH_PARTIAL");
    check("0010-testsuite-tar-tests-fix-test-after-cve-2024-1234.patch", "kept");
}

#[test]
fn a_later_revert_cancels() {
    check("CVE-2024-1234.patch CVE-2024-1234-revert.patch", "kept");
    check("CVE-2024-1234-revert.patch CVE-2024-1234.patch", "E_PATCH_NAMED medium");
    check("CVE-2024-1234-1.patch CVE-2024-1234-2.patch CVE-2024-1234-revert.patch", "kept");
    let fix = Patch {
        header: "Subject: [PATCH] core: check length\nCVE: CVE-2024-1234".to_owned(),
        ..named("a.patch")
    };
    let revert = Patch { header: "Subject: Revert \"core: check length\"".to_owned(), ..named("b.patch") };
    assert_eq!(answer(vec![fix.clone(), revert.clone()], &subject(), &[]), "kept");
    assert_eq!(answer(vec![revert, fix], &subject(), &[]), "E_PATCH_NAMED medium");
}

#[test]
fn a_patch_in_a_layer_was_not_applied() {
    let layer = Patch { origin: "layer".to_owned(), ..named("CVE-2024-1234.patch") };
    assert_eq!(answer(vec![layer.clone()], &subject(), &[]), "kept E_PATCH_UNREADABLE");
    assert_eq!(answer(vec![layer, named("CVE-2024-1234.patch")], &subject(), &[]), "E_PATCH_NAMED medium");
}

#[test]
fn resolves_of_the_input_counts_as_a_name() {
    let patch = Patch { resolves: vec!["cve-2024-1234".to_owned()], ..named("0001-fix.patch") };
    assert_eq!(answer(vec![patch], &subject(), &[]), "E_PATCH_NAMED medium");
}

#[test]
fn commits_verify() {
    let fixes = [SHA];
    let subject = Subject { fix_commits: &fixes, ..subject() };
    let header = format!("commit {} upstream.", &SHA[..14]);
    let patch = Patch { header, ..named("fix.patch") };
    assert_eq!(answer(vec![patch.clone()], &subject, &[]), "E_PATCH_VERIFIED high");
    let fix = fix(FIX);
    let diffs = [&fix];
    let with_diff = Subject { fix_diffs: &diffs, ..subject };
    let other = Patch { content: FIX.replace("LIMIT", "other").replace("y()", "w()"), ..patch };
    // The header names the commit, but the content is something else.
    assert_eq!(answer(vec![other], &with_diff, &[]), "kept");
}

#[test]
fn content_verifies_lifts_and_lowers() {
    let fix = fix(FIX);
    let diffs = [&fix];
    let subject = Subject { fix_diffs: &diffs, ..subject() };
    let moved = FIX
        .replace("@@ -10,4 +10,6 @@ int f(void)", "@@ -110,4 +310,6 @@")
        .replace("net/core.c", "net/old.c")
        .replace('\t', "    ");
    assert_eq!(answer(vec![with_content("any.patch", &moved)], &subject, &[]), "E_PATCH_VERIFIED exact");
    let more = format!("{FIX}@@ -60,1 +60,2 @@\n 	q();\n+	r();\n");
    assert_eq!(answer(vec![with_content("any.patch", &more)], &subject, &[]), "E_PATCH_VERIFIED high");
    let (most, _) = FIX.split_once("@@ -40").unwrap();
    assert_eq!(answer(vec![with_content("any.patch", most)], &subject, &[]), "kept");
    assert_eq!(answer(vec![with_content("CVE-2024-1234.patch", most)], &subject, &[]), "E_PATCH_NAMED high");
    let other = "--- a/x.c\n+++ b/x.c\n@@ -1,1 +1,2 @@\n a\n+unrelated\n";
    assert_eq!(answer(vec![with_content("CVE-2024-1234.patch", other)], &subject, &[]), "E_PATCH_NAMED low");
}

#[test]
fn changed_paths_tell_a_test_patch() {
    let content = "CVE: CVE-2024-1234\n--- a/tests/x.c\n+++ b/tests/x.c\n@@ -1,1 +1,2 @@\n a\n+b\n";
    assert_eq!(answer(vec![with_content("fix.patch", content)], &subject(), &[]), "kept");
}

#[test]
fn known_regression_pairs_need_both() {
    let rules = [BuildRule {
        id: "pair-1",
        vulnerability: "CVE-2024-1234",
        needs: Need::FurtherFix(SHA),
        says: "the first fix opened a second hole",
    }];
    let first = named("CVE-2024-1234.patch");
    let second = Patch { header: format!("(cherry picked from commit {SHA})"), ..named("second.patch") };
    assert_eq!(answer(vec![first.clone()], &subject(), &rules), "kept E_PATCH_PARTIAL");
    assert_eq!(answer(vec![first, second], &subject(), &rules), "E_PATCH_NAMED medium");
}

#[test]
fn a_doubtful_name_stays_low() {
    let one = Subject { vulnerability: "CVE-2016-0774", ids: &[], ..Subject::default() };
    assert_eq!(answer(vec![named("CVE-2016-0774.patch")], &one, &[]), "E_PATCH_NAMED low");
    let told = Subject { doubtful_fix: true, ..subject() };
    assert_eq!(answer(vec![named("CVE-2024-1234.patch")], &told, &[]), "E_PATCH_NAMED low");
}

/// A fix of two commits, and the same fix as another branch has it.
#[test]
fn all_parts_of_a_fix_must_be_there() {
    let second = "--- a/net/dev.c\n+++ b/net/dev.c\n@@ -1,1 +1,3 @@\n a\n+\tif (overflows(length))\n+\t\treturn -ERANGE;\n";
    let backport = FIX.replace("net/core.c", "net/older.c").replace("	int a;", "	long a;");
    let (one, other, part) = (fix(FIX), fix(&backport), fix(second));
    let answer = |patches: Vec<Patch>, diffs: &[&Fix]| {
        answer(patches, &Subject { fix_diffs: diffs, ..subject() }, &[])
    };
    let both = || vec![with_content("a.patch", FIX), with_content("b.patch", second)];
    assert_eq!(answer(vec![with_content("a.patch", FIX)], &[&one, &other]), "E_PATCH_VERIFIED exact");
    assert_eq!(answer(vec![with_content("a.patch", FIX)], &[&one, &part]), "kept");
    assert_eq!(answer(both(), &[&one, &part, &other]), "E_PATCH_VERIFIED exact");
    let joined = format!("{FIX}{second}");
    assert_eq!(answer(vec![with_content("a.patch", &joined)], &[&one, &part]), "E_PATCH_VERIFIED high");
    // The name says so, and one part is there: no more than a claim.
    let half = vec![with_content("CVE-2024-1234.patch", FIX)];
    assert_eq!(answer(half, &[&one, &part]), "E_PATCH_NAMED medium");
    // A commit that changes tests only is no part.
    let test = fix(&second.replace("net/dev.c", "tests/dev.c"));
    assert_eq!(answer(vec![with_content("a.patch", FIX)], &[&one, &test]), "E_PATCH_VERIFIED exact");
}

/// Hunks of one file may come in any order and with any context; a line alike by chance proves nothing.
#[test]
fn order_and_context_do_not_count_and_chance_does_not_prove() {
    let known = fix(FIX);
    let answer = |name: &str, content: &str, known: &Fix| {
        answer(vec![with_content(name, content)], &Subject { fix_diffs: &[known], ..subject() }, &[])
    };
    let (head, rest) = FIX.split_once("@@ -10").unwrap();
    let (first, second) = rest.split_once("@@ -40").unwrap();
    let turned = format!("{head}@@ -40{second}@@ -10{first}");
    assert_eq!(answer("any.patch", &turned, &known), "E_PATCH_VERIFIED exact");
    // One hunk of both, as a tool with more context prints it.
    let whole = "--- a/net/core.c\n+++ b/net/core.c\n@@ -10,6 +10,9 @@\n \tint a;\n-\treturn use(a);\n+\tif (a > LIMIT)\n+\t\treturn -EINVAL;\n+\treturn use(a, LIMIT);\n }\n \tx();\n+\ty();\n \tz();\n";
    assert_eq!(answer("any.patch", whole, &known), "E_PATCH_VERIFIED exact");
    let short = fix("--- a/x.c\n+++ b/x.c\n@@ -1,1 +1,2 @@\n a\n+\treturn 0;\n");
    assert_eq!(
        answer("any.patch", "--- a/x.c\n+++ b/x.c\n@@ -9,1 +9,2 @@\n b\n+  return 0;\n", &short),
        "kept"
    );
    let named =
        answer("CVE-2024-1234.patch", "--- a/x.c\n+++ b/x.c\n@@ -9,1 +9,2 @@\n b\n+ return 0;\n", &short);
    assert_eq!(named, "E_PATCH_VERIFIED exact");
    // All the lines, in other files: most of it, and no proof.
    let elsewhere =
        format!("{}@@ -60,1 +60,2 @@\n \tq();\n+\tr();\n", FIX.replace("net/core.c", "net/other.c"));
    assert_eq!(answer("any.patch", &elsewhere, &known), "kept");
    assert_eq!(answer("CVE-2024-1234.patch", &elsewhere, &known), "E_PATCH_NAMED high");
}
