//! Fix advice: a component and a record in, the advised version out. Never lower, never another line's number.

use analysis::matching::fixes::FixReader;
use analysis::matching::lines::Lines;
use analysis::policy::plan::{
    Candidate, Change, Goal, Open, Reach, Tally, choose, with_version, worth_matching,
};
use analysis::policy::remedy::advise;
use analysis::{Options, scan};
use model::assessment::ResponseClass;
use model::component::Role;
use model::fix::FixTarget;
use model::record::{Claim, ClaimForm, End, Entry, RangeKind, Record, Source, Subject};
use model::version::Scheme;
use proptest::prelude::*;
use testkit::records::{Building, Knowledge, component, inventory};

const AT: &str = "2026-01-10";

/// `fixed 3.0.14; fixed on line 3.0 in 3.0.14`: what the finding says, then the advice.
fn advice(knowledge: Knowledge, of: Building, id: &str) -> String {
    let index = knowledge.index();
    let inventory = inventory(vec![of]);
    let options = Options { at: AT.to_owned(), with_not_affected: true, ..Options::default() };
    let found = scan(&index, &inventory, &options);
    let finding = found.findings.iter().find(|finding| finding.vulnerability == id).expect(id);
    let reader = FixReader::of(&index, &inventory, &options);
    let advice = advise(&reader, finding.component, &[id], AT).remove(0).expect("known");
    let fixed = if finding.fixed.is_empty() { "-" } else { &finding.fixed };
    format!("{fixed}; {}", advice.sentence)
}

fn openssl(version: &str) -> Building {
    component("openssl", version).cpe(&format!("cpe:2.3:a:openssl:openssl:{version}:*:*:*:*:*:*:*"))
}

fn curl(version: &str) -> Building {
    component("curl", version).cpe(&format!("cpe:2.3:a:haxx:curl:{version}:*:*:*:*:*:*:*"))
}

fn linux(version: &str) -> Building {
    component("linux-yocto", version)
        .cpe(&format!("cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*"))
        .with(|component| component.role = Role::Kernel)
}

/// A record of the kernel's CNA: `introduced:fixed` pairs, and commits beside them.
fn pairs<'a>(id: &'a str, pairs: &[(&'a str, &'a str)], commit: &'a str) -> Record<'a> {
    let entries = pairs.iter().map(|(start, fixed)| Entry {
        start: (*start).into(),
        end: if *fixed == "0" { End::Open } else { End::Before((*fixed).into()) },
        ..Entry::default()
    });
    let git = Entry {
        kind: RangeKind::Git,
        version_type: "git".into(),
        start: "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2".into(),
        end: End::Before(commit.into()),
        ..Entry::default()
    };
    Record {
        source: Some(Source::KernelCna),
        id: id.into(),
        by: "Linux".into(),
        claims: vec![Claim {
            subject: Subject {
                vendor: "Linux".into(),
                product: "Linux".into(),
                repo: "https://git.kernel.org/pub/scm/linux/kernel/git/stable/linux.git".into(),
                ..Subject::default()
            },
            entries: entries.chain([git]).collect(),
            default_status: None,
            form: ClaimForm::KernelPairs,
        }],
        ..Record::default()
    }
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn the_fix_of_this_line_and_no_other() {
    let rows = "3.0.0..3.0.14; 3.1.0..3.1.6; 1.1.1..1.1.1y";
    let told = |version| {
        advice(Knowledge::new().claim("CVE-2024-1", "openssl:openssl", rows), openssl(version), "CVE-2024-1")
    };
    assert_eq!(told("3.0.9"), "3.0.14; fixed on line 3.0 in 3.0.14");
    assert_eq!(told("3.1.2"), "3.1.6; fixed on line 3.1 in 3.1.6");
    assert_eq!(told("1.1.1w"), "1.1.1y; fixed on line 1.1.1 in 1.1.1y");
}

#[test]
fn a_number_of_another_line_is_a_branch_change() {
    // The only bound is the newest line's: 3.1 got no fix of its own and has ended.
    let knowledge = Knowledge::new().claim("CVE-2024-1", "openssl:openssl", "3.0.0..3.5.2");
    assert_eq!(
        advice(knowledge, openssl("3.1.2"), "CVE-2024-1"),
        "-; line 3.1 ended without a fix; branch change to 3.5.2 (long-term line, maintained until 2030-04-08)"
    );
}

#[test]
fn a_fix_of_this_line_named_by_another_row_wins_over_the_end_of_the_own_row() {
    let knowledge =
        Knowledge::new().claim("CVE-2024-1", "openssl:openssl", "!1.1.1q..=1.1.1zz; 1.0.2..3.0.7");
    assert_eq!(advice(knowledge, openssl("1.1.1k"), "CVE-2024-1"), "1.1.1q; fixed on line 1.1.1 in 1.1.1q");
}

#[test]
fn a_project_of_one_line_has_no_branch_changes() {
    let knowledge = Knowledge::new().claim("CVE-2024-1", "haxx:curl", "7.0..8.4.0");
    assert_eq!(advice(knowledge, curl("8.1.2"), "CVE-2024-1"), "8.4.0; fixed in 8.4.0");
}

#[test]
fn nothing_named_is_said() {
    let knowledge = Knowledge::new().claim("CVE-2024-1", "haxx:curl", "7.0..=8.4.0");
    assert_eq!(advice(knowledge, curl("8.1.2"), "CVE-2024-1"), "-; no source names a fixed version");
}

#[test]
fn kernel_branches() {
    let record = || pairs("CVE-2026-1", &[("4.0", "6.1.175"), ("4.0", "6.12.96"), ("4.0", "6.16")], COMMIT);
    let told = |version| {
        let knowledge = Knowledge::new().record("kernel-cna", record());
        advice(knowledge, linux(version), "CVE-2026-1")
    };
    assert_eq!(told("6.12.38"), "6.12.96; fixed on line 6.12 in 6.12.96");
    assert_eq!(told("6.1.22"), "6.1.175; fixed on line 6.1 in 6.1.175");
    // 6.6 has no fix. 6.12 is the nearest long-term line; 6.18 began after the mainline fix.
    assert_eq!(
        told("6.6.21"),
        "-; line 6.6 has no fix; branch change to 6.12.96 (long-term line, maintained until 2026-12)"
    );
    assert_eq!(
        told("6.13.2"),
        "-; line 6.13 ended without a fix; branch change to 6.18 (long-term line, maintained until 2027-12)"
    );
}

#[test]
fn commits_can_be_read_where_the_repository_is_known() {
    let index =
        Knowledge::new().record("kernel-cna", pairs("CVE-2026-1", &[("4.0", "6.12.96")], COMMIT)).index();
    let inventory = inventory(vec![linux("6.12.38")]);
    let options = Options { at: AT.to_owned(), ..Options::default() };
    let reader = FixReader::of(&index, &inventory, &options);
    let advice = advise(&reader, 0, &["CVE-2026-1"], AT).remove(0).expect("known");
    let urls: Vec<&str> = advice.commits.iter().map(|commit| commit.url.as_str()).collect();
    assert_eq!(urls, [format!("https://git.kernel.org/stable/c/{COMMIT}")]);
}

#[test]
fn packages_of_distributions_are_references() {
    let debian = Record {
        source: Some(Source::Debian),
        id: "DEBIAN-CVE-2024-1".into(),
        aliases: vec![model::record::Alias { id: "CVE-2024-1".into(), kind: model::record::AliasKind::Same }],
        claims: vec![Claim {
            subject: Subject {
                ecosystem: "Debian".into(),
                distro_release: "12".into(),
                package_name: "openssl".into(),
                ..Subject::default()
            },
            entries: vec![Entry {
                start: "0".into(),
                end: End::Before("3.0.15-1~deb12u1".into()),
                ..Entry::default()
            }],
            default_status: None,
            form: ClaimForm::Osv,
        }],
        ..Record::default()
    };
    let index = Knowledge::new()
        .claim("CVE-2024-1", "openssl:openssl", "3.0.0..3.0.15")
        .record("debian", debian)
        .index();
    let inventory = inventory(vec![openssl("3.0.9")]);
    let options = Options { at: AT.to_owned(), ..Options::default() };
    let reader = FixReader::of(&index, &inventory, &options);
    let advice = advise(&reader, 0, &["CVE-2024-1"], AT).remove(0).expect("known");
    let package = advice.packages.first().expect("one package");
    assert_eq!(
        (package.distribution.as_str(), package.release.as_str(), package.version.as_str()),
        ("Debian", "12", "3.0.15-1~deb12u1")
    );
    assert_eq!(advice.on_line.expect("a fix").version, "3.0.15");
}

#[test]
fn what_a_line_is_depends_on_the_product() {
    let line = |product: &'static str, scheme, version: &str| {
        Lines::of(index::tables::BranchTable::built_in(), [product].into_iter(), scheme)
            .line_of(version)
            .unwrap_or_else(|| "none".to_owned())
    };
    for (product, scheme, version, expected) in [
        ("linux", Scheme::Linux, "6.12.38-yocto-standard", "6.12"),
        ("linux", Scheme::Linux, "2.6.32.5", "2.6.32"),
        ("openssl", Scheme::Openssl, "1.1.1k", "1.1.1"),
        ("nodejs", Scheme::Semver, "20.11.1", "20"),
        ("python", Scheme::Pep440, "3.11.2", "3.11"),
        ("widget", Scheme::Generic, "2.41", "2.41"),
        ("widget", Scheme::Npm, "4.17.21", "4"),
        ("widget", Scheme::Npm, "0.3.1", "0.3"),
        ("edk2", Scheme::Calver, "edk2-stable202402", ""),
        ("curl", Scheme::Generic, "8.4.0", ""),
        ("openssl", Scheme::Deb, "3.0.11-1~deb12u2", ""),
        ("widget", Scheme::Generic, "custom", "none"),
    ] {
        assert_eq!(line(product, scheme, version), expected, "{product} {version}");
    }
}

fn candidate(version: &str, is_branch_change: bool, cured: usize, added: usize) -> Candidate {
    let moved = |prefix: &str, number: usize| {
        (0..number)
            .map(|at| analysis::policy::plan::Moved {
                component: 0,
                vulnerability: format!("{prefix}-{at}"),
                class: ResponseClass::Planned,
            })
            .collect()
    };
    Candidate {
        target: FixTarget { version: version.to_owned(), ..FixTarget::default() },
        is_branch_change,
        change: Change { cured: moved("C", cured), added: moved("A", added) },
        left: Tally::default(),
    }
}

#[test]
fn the_least_version_that_cures_most_is_chosen_and_a_line_is_left_only_where_it_must() {
    let line = [candidate("1.1", false, 5, 0), candidate("1.2", false, 9, 1), candidate("1.3", false, 8, 0)];
    assert_eq!(choose(&line, Goal::All, Reach::IfNeeded), Some(1), "equal gain: the nearer one");
    let with_change = [candidate("1.1", false, 5, 0), candidate("2.0", true, 20, 1)];
    assert_eq!(choose(&with_change, Goal::All, Reach::IfNeeded), Some(0));
    assert_eq!(choose(&with_change, Goal::All, Reach::Free), Some(1));
    let only_change = [candidate("1.1", false, 2, 2), candidate("2.0", true, 20, 1)];
    assert_eq!(choose(&only_change, Goal::All, Reach::IfNeeded), Some(1));
    assert_eq!(choose(&only_change, Goal::All, Reach::OnLine), None);
    assert_eq!(choose(&only_change, Goal::Immediate, Reach::Free), None, "none of them is immediate");
}

#[test]
fn a_changed_component_says_its_version_everywhere() {
    let old = component("widget", "1.2")
        .cpe("cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*")
        .purl("pkg:github/acme/widget@1.2")
        .with(|component| component.git.commit = "abc".to_owned())
        .component;
    let new = with_version(&old, "1.3");
    assert_eq!((new.version.as_str(), new.git.commit.as_str()), ("1.3", ""));
    assert_eq!(new.cpes[0].cpe.version, "1.3");
    assert_eq!(new.purls[0].version, "1.3");
}

proptest! {
    /// Few versions are all matched; of many, the one that finishes each class and the last one are.
    #[test]
    fn what_finishes_a_class_is_always_matched(classes in prop::collection::vec(0usize..4, 1..80), most in 6usize..12) {
        let named: Vec<(String, ResponseClass)> =
            classes.iter().enumerate().map(|(at, class)| (format!("1.{at}"), ResponseClass::ALL[*class])).collect();
        let chosen = worth_matching(&named, most);
        prop_assert!(chosen.is_sorted() && chosen.last() == Some(&(named.len() - 1)));
        prop_assert!(chosen.len() <= most.max(6) || named.len() <= most);
        for class in ResponseClass::ALL {
            let last = named.iter().rposition(|(_, of)| of >= class);
            prop_assert!(last.is_none_or(|last| chosen.contains(&last)));
        }
    }

    /// What is cured and what is added never overlap, and taking them accounts for the difference of the totals.
    #[test]
    fn changes_add_up(before in prop::collection::btree_set(0usize..40, 0..30), after in prop::collection::btree_set(0usize..40, 0..30)) {
        let open = |set: &std::collections::BTreeSet<usize>| -> Open {
            set.iter().map(|at| ((0, format!("CVE-{at}")), ResponseClass::ALL[at % 4])).collect()
        };
        let (one, other) = (open(&before), open(&after));
        let change = Change::between(&one, &other);
        prop_assert_eq!(one.len() - change.cured.len() + change.added.len(), other.len());
        prop_assert!(change.cured.iter().all(|moved| !change.added.contains(moved)));
        prop_assert_eq!(change.cures().total(), change.cured.len());
    }
}
