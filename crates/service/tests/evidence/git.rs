//! Fixes looked for in the history of the kernel's own commit: main line, stable branch, vendor's tree.

use std::path::Path;

use model::finding::Finding;
use model::record::{Claim, ClaimForm, End, Entry, RangeKind, Record, Source, Status, Subject, Text};
use service::history::GitFolder;
use service::knowledge::Knowledge;
use service::outside::git::{GitError, Repository as Outside};
use service::scan::{Document, Options, ReadError, Request};

use super::repository::{Repository, has_git};
use crate::loop_house::knowledge;

/// A main line with a flaw and its fix, a stable branch that got the fix as a copy, and what a vendor may make of it.
struct Linux {
    repository: Repository,
    begin: String,
    flaw: String,
    fix: String,
    stable_fix: String,
}

const SAFE: &str = "int f(int a)\n{\n\treturn a;\n}\n";
const FLAWED: &str = "int f(int a)\n{\n\tuse_without_check(a);\n\treturn a;\n}\n";
const FIXED: &str =
    "int f(int a)\n{\n\tif (a > LIMIT)\n\t\treturn -EINVAL;\n\tuse_without_check(a);\n\treturn a;\n}\n";

impl Linux {
    fn new() -> Linux {
        let repository = Repository::new("linux");
        let begin = repository.commit("net/core.c", SAFE, "net: begin");
        repository.release("6.0.0");
        let flaw = repository.commit("net/core.c", FLAWED, "net: use it");
        repository.release("6.1.0");
        repository.git(&["tag", "v6.1"]);
        repository.git(&["branch", "linux-6.1.y"]);
        repository.git(&["branch", "vendor"]);
        let fix =
            repository.commit("net/core.c", FIXED, "net: check it\n\nFixes: 0123456789ab (\"net: use it\")");
        repository.release("6.2.0");
        repository.git(&["checkout", "--quiet", "linux-6.1.y"]);
        let message = format!("net: check it\n\ncommit {fix} upstream.\n\nSigned-off-by: A <a@example.org>");
        let stable_fix = repository.commit("net/core.c", FIXED, &message);
        repository.release("6.1.5");
        Linux { repository, begin, flaw, fix, stable_fix }
    }

    /// The record of the kernel's own CNA on the flaw.
    fn knowledge(&self) -> Knowledge {
        let row = |end: &str, kind, start: &str| Entry {
            status: Status::Affected,
            kind,
            version_type: Text::Owned(if kind == RangeKind::Git { "git" } else { "semver" }.to_owned()),
            start: Text::Owned(start.to_owned()),
            end: End::Before(Text::Owned(end.to_owned())),
            ..Entry::default()
        };
        let subject = || Subject {
            vendor: "Linux".into(),
            product: "Linux".into(),
            repo: "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git".into(),
            program_files: vec!["net/core.c".into()],
            ..Subject::default()
        };
        let claim = |entries, default_status| Claim {
            subject: subject(),
            entries,
            default_status: Some(default_status),
            form: ClaimForm::CveVersions,
        };
        let unaffected = |start: &str, end: End<'static>| Entry {
            status: Status::Unaffected,
            start: Text::Owned(start.to_owned()),
            end,
            version_type: "semver".into(),
            ..Entry::default()
        };
        let git = vec![
            row(&self.fix, RangeKind::Git, &self.flaw),
            row(&self.stable_fix, RangeKind::Git, &self.flaw),
        ];
        let releases = vec![
            Entry { status: Status::Affected, start: "6.1".into(), end: End::Single, ..Entry::default() },
            unaffected("0", End::Before("6.1".into())),
            unaffected("6.1.5", End::Through("6.1.*".into())),
            Entry {
                version_type: "original_commit_for_fix".into(),
                ..unaffected("6.2", End::Through("*".into()))
            },
        ];
        let record = Record {
            source: Some(Source::KernelCna),
            by: "Linux".into(),
            id: "CVE-2024-1000".into(),
            claims: vec![claim(git, Status::Unaffected), claim(releases, Status::Affected)],
            fix_commits: vec![Text::Owned(self.fix.clone()), Text::Owned(self.stable_fix.clone())],
            ..Record::default()
        };
        // Any history of the project holds fixes that records name; here it is one of a flaw before all releases.
        let old = Record {
            fix_commits: vec![Text::Owned(self.begin.clone())],
            ..testkit::records::cve("CVE-2000-1000", "other:thing", "< 1")
        };
        let knowledge_of = testkit::records::Knowledge::new().record("kernel-cna", record);
        knowledge(knowledge_of.record("cve-list", old).index())
    }

    fn check_out(&self, branch: &str) {
        self.repository.git(&["checkout", "--quiet", branch]);
    }
}

fn sbom(name: &str, version: &str, commit: &str) -> Document {
    let purl = format!("pkg:generic/{name}@{version}");
    let address = if commit.is_empty() {
        String::new()
    } else {
        format!(
            r#","externalReferences":[{{"type":"vcs","url":"git+https://git.example.org/{name}.git@{commit}"}}]"#
        )
    };
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{{"type":"operating-system","bom-ref":"k",
        "name":"{name}","version":"{version}","purl":"{purl}","cpe":"cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*"{address}}}]}}"#
    );
    Document { name: "bom.json".to_owned(), bytes: text.into_bytes() }
}

fn read(folder: &Path, sbom: Document) -> Result<model::sbom::Inventory, ReadError> {
    service::scan::read(&Request {
        documents: vec![sbom],
        git: vec![GitFolder { component: String::new(), folder: folder.to_owned() }],
        ..Request::default()
    })
}

/// `verdict reason confidence`, and the notes about the tree.
fn judge(knowledge: &Knowledge, folder: &Path, sbom: Document) -> (String, String) {
    let inventory = read(folder, sbom).unwrap();
    let options = Options { at: "2026-01-01".to_owned(), with_not_affected: true, ..Options::default() };
    let scan = service::scan::judge(knowledge, &inventory, &options);
    let words = |finding: &Finding| {
        format!("{} {} {}", finding.verdict.word(), finding.reason, finding.confidence.word())
    };
    let answer: Vec<String> = scan.findings.iter().map(words).collect();
    let notes = inventory.notes.iter().filter(|note| note.place == "git");
    let notes: Vec<&str> = notes.map(|note| note.value.as_str()).collect();
    (answer.join("; "), notes.join("; "))
}

#[test]
fn main_line_and_stable_branch_are_decided_by_their_own_commits() {
    if !has_git() {
        return;
    }
    let linux = Linux::new();
    let (knowledge, folder) = (linux.knowledge(), &linux.repository.folder);
    let check = |at: &str, version: &str, want: &str| {
        linux.check_out(at);
        let (answer, notes) = judge(&knowledge, folder, sbom("linux-yocto", version, ""));
        assert_eq!(answer, want, "{at}");
        assert!(notes.contains("HEAD of the tree"), "{notes}");
    };
    check("v6.0.0", "6.0.0", "not_affected G_NOT_INTRODUCED high");
    check("v6.1.0", "6.1", "affected G_IN_RANGE high");
    check("main", "6.2.0-standard", "not_affected G_FIX_IN_HISTORY high");
    check("linux-6.1.y", "6.1.5", "not_affected G_FIX_IN_HISTORY high");
    // The commit before the release has the fix, and the release's number would have said so only after it.
    check("v6.1.5~1", "6.1.0", "not_affected G_FIX_IN_HISTORY high");
}

#[test]
fn a_stated_commit_goes_before_head() {
    if !has_git() {
        return;
    }
    let linux = Linux::new();
    let (knowledge, folder) = (linux.knowledge(), &linux.repository.folder);
    linux.check_out("linux-6.1.y");
    let old = linux.repository.git(&["rev-parse", "v6.1.0"]);
    let (answer, notes) = judge(&knowledge, folder, sbom("linux-yocto", "6.1.0", &old));
    assert_eq!(answer, "affected G_IN_RANGE high");
    assert!(notes.contains("stated by the input"), "{notes}");
    // A commit that is not there is told, and nothing follows from it.
    let (answer, notes) = judge(&knowledge, folder, sbom("linux-yocto", "6.1.0", &"a".repeat(40)));
    assert_eq!(answer, "affected K_IN_BRANCH_RANGE exact");
    assert!(notes.contains("is not in it"), "{notes}");
    // Another release is checked out than the SBOM says.
    let (answer, notes) = judge(&knowledge, folder, sbom("linux-yocto", "6.1.4", ""));
    assert_eq!(answer, "affected K_IN_BRANCH_RANGE exact");
    assert!(notes.contains("the tree is 6.1.5 at HEAD of the tree") && notes.contains("6.1.4"), "{notes}");
}

#[test]
fn a_vendor_tree_is_decided_by_what_was_brought_over() {
    if !has_git() {
        return;
    }
    let linux = Linux::new();
    let (knowledge, repository) = (linux.knowledge(), &linux.repository);
    let check = |want: &str| {
        let (answer, _) = judge(&knowledge, &repository.folder, sbom("linux-imx", "6.1.0", ""));
        assert_eq!(answer, want);
    };
    linux.check_out("vendor");
    repository.commit("drivers/own.c", "int own;\n", "own driver");
    check("affected G_IN_RANGE high");
    let message = format!("LF-1: net: check it\n\n(cherry picked from commit {})", linux.fix);
    let pick = repository.commit("net/core.c", FIXED, &message);
    check("not_affected G_FIX_IN_HISTORY high");
    let message = format!("Revert \"LF-1: net: check it\"\n\nThis reverts commit {pick}.");
    let revert = repository.commit("net/core.c", FLAWED, &message);
    check("affected G_IN_RANGE high");
    let message = format!("Reapply \"LF-1: net: check it\"\n\nThis reverts commit {revert}.");
    repository.commit("net/core.c", FIXED, &message);
    check("not_affected G_FIX_IN_HISTORY high");
    // The same fix taken from the stable branch, under the stable branch's id.
    linux.check_out("v6.1.0");
    let message = format!("net: check it\n\n[ Upstream commit {} ]", linux.stable_fix);
    repository.commit("net/core.c", FIXED, &message);
    check("not_affected G_FIX_IN_HISTORY high");
    // Nothing of the flaw was ever there: vendors bring code over without a word, too.
    linux.check_out("v6.0.0");
    let (answer, _) = judge(&knowledge, &repository.folder, sbom("linux-imx", "6.0.0", ""));
    assert_eq!(answer, "not_affected G_NOT_INTRODUCED medium");
}

#[test]
fn a_history_that_is_not_whole_proves_no_absence() {
    if !has_git() {
        return;
    }
    let linux = Linux::new();
    let knowledge = linux.knowledge();
    linux.check_out("main");
    let bare = linux.repository.cloned(&["--bare"]);
    let (answer, _) = judge(&knowledge, &bare.folder, sbom("linux-yocto", "6.2.0", ""));
    assert_eq!(answer, "not_affected G_FIX_IN_HISTORY high", "a bare clone");
    // The release alone: the flaw and its fix lie before it.
    let shallow = linux.repository.cloned(&["--depth=1", "--branch=v6.1.0"]);
    let (answer, notes) = judge(&knowledge, &shallow.folder, sbom("linux-yocto", "6.1.0", ""));
    assert_eq!(answer, "affected K_IN_BRANCH_RANGE exact");
    assert!(notes.contains("a shallow clone"), "{notes}");
    // What a shallow clone does hold is there all the same.
    let shallow = linux.repository.cloned(&["--depth=2", "--branch=linux-6.1.y"]);
    let (answer, _) = judge(&knowledge, &shallow.folder, sbom("linux-yocto", "6.1.5", ""));
    assert_eq!(answer, "not_affected G_FIX_IN_HISTORY high");
    // A vendor's tree that begins with a copy of the release holds no commit of the project, neither flaw nor fix.
    let copy = Repository::new("copy");
    copy.commit("net/core.c", FLAWED, "import");
    copy.release("6.1.0");
    let (answer, _) = judge(&knowledge, &copy.folder, sbom("linux-imx", "6.1.0", ""));
    assert_eq!(answer, "affected K_IN_BRANCH_RANGE medium");
    let message = format!("net: check it\n\ncommit {} upstream.", linux.fix);
    copy.commit("net/core.c", FIXED, &message);
    let (answer, _) = judge(&knowledge, &copy.folder, sbom("linux-imx", "6.1.0", ""));
    assert_eq!(answer, "not_affected G_FIX_IN_HISTORY high", "what it says of itself counts");
}

#[test]
fn a_tree_that_cannot_be_asked_is_an_error() {
    if !has_git() {
        return;
    }
    let linux = Linux::new();
    let refused = |folder: &Path| read(folder, sbom("linux-yocto", "6.1.0", "")).unwrap_err().to_string();
    let folder = std::env::temp_dir().join(format!("patchwright-no-git-{}", std::process::id()));
    assert!(refused(&folder).contains("cannot read the git tree"), "{}", refused(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    assert!(refused(&folder).contains("it is no git repository"), "{}", refused(&folder));
    std::fs::remove_dir_all(&folder).unwrap();
    // A folder inside of a repository is none: the tree around it is another project's.
    assert!(refused(&linux.repository.folder.join("net")).contains("it is no git repository"));
    let error = Outside::open_with(Path::new("/nonexistent/git"), &linux.repository.folder).unwrap_err();
    assert!(matches!(error, GitError::NoProgram(_)), "{error}");
    // A damaged object: what git says is handed on.
    linux.check_out("v6.1.0");
    let object = format!(".git/objects/{}/{}", &linux.flaw[..2], &linux.flaw[2..]);
    std::fs::remove_file(linux.repository.folder.join(object)).unwrap();
    let said = refused(&linux.repository.folder);
    assert!(said.contains("git says"), "{said}");
}

/// Settings of a repository may name programs; none of them is run.
#[test]
fn a_repository_runs_nothing() {
    if !has_git() {
        return;
    }
    let linux = Linux::new();
    linux.check_out("main");
    let folder = &linux.repository.folder;
    let mark = folder.join("was-run");
    let script = folder.join("run.sh");
    std::fs::write(&script, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = script.display().to_string();
    std::fs::write(folder.join(".git/info/attributes"), "*.c diff=own\n").unwrap();
    for name in [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.own.textconv",
        "diff.own.command",
        "gpg.program",
    ] {
        linux.repository.git(&["config", name, &script]);
    }
    linux.repository.git(&["config", "log.showSignature", "true"]);
    let knowledge = linux.knowledge();
    let (answer, _) = judge(&knowledge, folder, sbom("linux-yocto", "6.2.0", ""));
    assert_eq!(answer, "not_affected G_FIX_IN_HISTORY high");
    let outside = Outside::open(folder).unwrap();
    let diffs = outside.diffs(std::slice::from_ref(&linux.fix)).unwrap();
    assert!(diffs[0].1.contains("+\tif (a > LIMIT)"), "{diffs:?}");
    assert!(!mark.exists(), "a program of the repository was run");
    // Words of an SBOM are no options.
    assert_eq!(outside.commit("--output=x").unwrap(), None);
    assert_eq!(outside.known(&["--all".to_owned(), linux.fix[..12].to_owned()]).unwrap().len(), 1);
}
