//! Patch files: handed to the component that lists them, compared with the fix, uploaded in any order.

use model::record::{Record, Text};
use service::history::{GitFolder, add_fixes};
use service::knowledge::Knowledge;
use service::scan::{Document, Options, Request};

use super::repository::{Repository, has_git};
use crate::loop_house::{NOW, Site, knowledge, run};

const OLD: &str = "int f(int a)\n{\n\tuse(a);\n\treturn a;\n}\n";
const NEW: &str =
    "int f(int a)\n{\n\tif (a > THE_LIMIT_OF_IT)\n\t\treturn -EINVAL;\n\tuse(a);\n\treturn a;\n}\n";

/// The diff of the fix, as another tool prints it: other offsets, other white space, another prefix.
const PATCH: &str = "\
Subject: check the length

--- libfoo-1.0.orig/src/core.c
+++ libfoo-1.0/src/core.c
@@ -11,3 +11,5 @@
 {
+    if (a > THE_LIMIT_OF_IT)
+        return -EINVAL;
     use(a);
     return a;
";

fn with_fix(commit: &str) -> Knowledge {
    let record = Record {
        fix_commits: vec![Text::Owned(commit.to_owned())],
        ..testkit::records::cve("CVE-2024-1", "acme:libfoo", "< 2")
    };
    knowledge(testkit::records::Knowledge::new().record("cve-list", record).index())
}

fn sbom(patches: &[&str]) -> Document {
    let patches: Vec<String> = patches
        .iter()
        .map(|name| format!(r#"{{"type":"backport","diff":{{"url":"file://{name}"}}}}"#))
        .collect();
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{{"type":"library","bom-ref":"l","name":"libfoo",
        "version":"1.0","cpe":"cpe:2.3:a:acme:libfoo:1.0:*:*:*:*:*:*:*","pedigree":{{"patches":[{}]}}}}]}}"#,
        patches.join(",")
    );
    Document { name: "bom.json".to_owned(), bytes: text.into_bytes() }
}

fn file(name: &str, content: &str) -> Document {
    Document { name: name.to_owned(), bytes: content.as_bytes().to_vec() }
}

/// `verdict reason confidence`, and the notes about patches.
fn judge(knowledge: &Knowledge, request: &Request) -> (String, String) {
    let mut inventory = service::scan::read(request).unwrap();
    add_fixes(&mut inventory, request, knowledge).unwrap();
    let options = Options { at: "2026-01-01".to_owned(), with_not_affected: true, ..Options::default() };
    let scan = service::scan::judge(knowledge, &inventory, &options);
    let words = scan
        .findings
        .iter()
        .map(|one| format!("{} {} {}", one.verdict.word(), one.reason, one.confidence.word()));
    let notes: Vec<&str> = (inventory.notes.iter())
        .filter(|note| matches!(note.place.as_str(), "patch files" | "fixes"))
        .map(|note| note.value.as_str())
        .collect();
    (words.collect::<Vec<_>>().join("; "), notes.join("; "))
}

#[test]
fn content_is_compared_with_the_fix_of_a_clone() {
    if !has_git() {
        return;
    }
    let repository = Repository::new("libfoo");
    repository.commit("src/core.c", OLD, "begin");
    repository.git(&["tag", "v1.0"]);
    let fix = repository.commit("src/core.c", NEW, "check the length");
    let knowledge = with_fix(&fix);
    let git = vec![GitFolder::parse(&format!("libfoo={}", repository.folder.display())).unwrap()];
    let request = |listed: &[&str], patches: Vec<Document>| Request {
        documents: vec![sbom(listed)],
        patches,
        git: git.clone(),
        ..Request::default()
    };
    let check = |listed: &[&str], patches: Vec<Document>, want: &str| {
        assert_eq!(judge(&knowledge, &request(listed, patches)).0, want, "{listed:?}");
    };
    check(&[], Vec::new(), "affected V_IN_RANGE high");
    check(&["CVE-2024-1111.patch"], Vec::new(), "affected V_IN_RANGE high");
    // No name tells of the vulnerability: the content does.
    check(&["0001-fix.patch"], vec![file("p/0001-fix.patch", PATCH)], "not_affected E_PATCH_VERIFIED exact");
    let more = format!("{PATCH}@@ -60,1 +60,2 @@\n q();\n+r();\n");
    check(&["0001-fix.patch"], vec![file("0001-fix.patch", &more)], "not_affected E_PATCH_VERIFIED high");
    let other = PATCH.replace("if (a > THE_LIMIT_OF_IT)", "log(a);").replace("return -EINVAL", "done()");
    check(&["0001-fix.patch"], vec![file("0001-fix.patch", &other)], "affected V_IN_RANGE high");
    // Listed by nobody: it merely lies there.
    let (answer, notes) = judge(&knowledge, &request(&[], vec![file("0001-fix.patch", PATCH)]));
    assert_eq!(answer, "affected V_IN_RANGE high");
    assert_eq!(notes, "0001-fix.patch is listed by no component of the SBOM; not used");
}

#[test]
fn content_is_compared_with_a_fix_given_as_a_file() {
    let commit = "525b861a008143048535011f3816d407940f4bfa";
    let knowledge = with_fix(commit);
    let fix = format!("From {commit} Mon Sep 17 00:00:00 2001\nSubject: check\n\n{PATCH}");
    let other = PATCH.replace("if (a > THE_LIMIT_OF_IT)", "log(a);").replace("return -EINVAL", "done()");
    let request = |content: &str, fixes: Vec<Document>| Request {
        documents: vec![sbom(&["CVE-2024-1.patch", "0001-fix.patch"])],
        patches: vec![file("0001-fix.patch", content)],
        fixes,
        ..Request::default()
    };
    let verified = judge(&knowledge, &request(PATCH, vec![file("fix.patch", &fix)]));
    assert_eq!(verified, ("not_affected E_PATCH_VERIFIED exact".to_owned(), String::new()));
    let by_name = file(&format!("{commit}.patch"), PATCH);
    assert_eq!(judge(&knowledge, &request(PATCH, vec![by_name])).0, "not_affected E_PATCH_VERIFIED exact");
    let without = judge(&knowledge, &request(&other, vec![file("fix.patch", &fix)]));
    assert_eq!(without.0, "affected V_IN_RANGE high");
    let nameless = judge(&knowledge, &request(PATCH, vec![file("fix.patch", PATCH)]));
    assert_eq!(nameless.0, "affected V_IN_RANGE high");
    assert!(nameless.1.contains("nothing names the commit"), "{}", nameless.1);
}

#[test]
fn a_file_finds_the_component_that_lists_it() {
    let attach = |listed: &[(&str, &str, &str)], files: &[(&str, &str)]| {
        let mut inventory = model::sbom::Inventory::default();
        for (component, patch, hash) in listed {
            let mut one = testkit::records::component(component, "1").component;
            one.patches.push(model::component::Patch {
                name: (*patch).to_owned(),
                hash: (*hash).to_owned(),
                ..Default::default()
            });
            inventory.components.push(one);
        }
        for (name, content) in files {
            inventory.build.patches.push(formats::patch_files::read(content.as_bytes(), name).value);
        }
        service::patches::attach(&mut inventory);
        let taken = inventory.components.iter().map(|one| {
            let content = one.patches.first().map_or("", |patch| patch.content.as_str());
            format!("{}={}", one.name, content.lines().next().unwrap_or("-"))
        });
        let notes = inventory.notes.iter().map(|note| note.value.clone());
        taken.chain(notes).collect::<Vec<_>>().join("; ")
    };
    let (a, b) = ("one\n--- a\n", "two\n--- a\n");
    assert_eq!(attach(&[("x", "file://fix.patch;striplevel=1", "")], &[("d/fix.patch", a)]), "x=one");
    // A name that merely ends alike is another patch.
    let said = attach(&[("x", "CVE-2024-1-fix.patch", "")], &[("fix.patch", a)]);
    assert_eq!(said, "x=-; fix.patch is listed by no component of the SBOM; not used");
    // Two recipes, two files of one name: the folder tells, or nobody does.
    let two = [("x", "fix.patch", ""), ("y", "fix.patch", "")];
    assert_eq!(attach(&two, &[("l/x/fix.patch", a), ("l/y-1.2/fix.patch", b)]), "x=one; y=two");
    let said = attach(&two, &[("l/p/fix.patch", a), ("l/q/fix.patch", b)]);
    assert!(said.starts_with("x=-; y=-; ") && said.contains("nothing tells which one x lists"), "{said}");
    // A stated hash decides, whatever the name.
    let hash = formats::fingerprint::sha256(b.as_bytes());
    assert_eq!(attach(&[("x", "other.patch", &hash)], &[("fix.patch", b)]), "x=two");
    let said = attach(&[("x", "fix.patch", &hash)], &[("fix.patch", a)]);
    assert!(said.contains("its hash is another"), "{said}");
}

#[test]
fn uploaded_patches_are_used_whatever_comes_first() {
    run(async {
        let commit = "525b861a008143048535011f3816d407940f4bfa";
        let header =
            format!("Subject: check\nUpstream-Status: Backport [https://example.org/c/{commit}]\n\n{PATCH}");
        let patch = || file("0001-fix.patch", &header);
        for first_patch in [true, false] {
            let site = Site::new(with_fix(commit).index, "g1").await;
            let (one, two) = if first_patch {
                (vec![patch(), sbom(&["0001-fix.patch"])], None)
            } else {
                (vec![sbom(&["0001-fix.patch"])], Some(vec![patch()]))
            };
            site.upload("1.0", one).await;
            site.work(NOW).await;
            if let Some(two) = two {
                assert_eq!(site.findings().await.len(), 1, "without the content it is open");
                let received = site.upload("1.0", two).await;
                assert_eq!(received.new_documents, 1);
                assert!(received.notes.is_empty(), "{:?}", received.notes);
                site.work(NOW).await;
            }
            assert_eq!(site.findings().await, Vec::<String>::new());
        }
        // One that no SBOM lists is kept, noted, and proves nothing.
        let site = Site::new(with_fix(commit).index, "g1").await;
        let received = site.upload("1.0", vec![sbom(&[]), patch()]).await;
        assert!(received.notes.iter().any(|note| note.value.contains("not used")), "{:?}", received.notes);
        site.work(NOW).await;
        assert_eq!(site.findings().await.len(), 1);
    });
}
