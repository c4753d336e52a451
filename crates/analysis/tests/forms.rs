//! Forms in which sources speak: trackers beside OSV, lists in several files, notices, advisories nobody has looked at.

use analysis::scan;
use index::Index;
use model::record::{Claim, ClaimForm, End, Entry, Record, Source, Subject};
use testkit::records::{Knowledge, component, inventory};

use crate::matching::{check, debian, lines, of_debian, options, removed};

/// A reason that concerns one package in one release is nobody else's, and is told.
#[test]
fn what_the_distribution_will_not_mend() {
    let with = |tags: &[&'static str]| {
        let tags = tags.iter().map(|tag| (*tag).into()).collect();
        let record = Record { tags, ..debian("CVE-2024-1", "12", End::Open) };
        let index = Knowledge::new().record("debian", record).index();
        let found = scan(&index, &of_debian("1.2-3", "12"), &options());
        let finding = &found.findings[0];
        let told =
            finding.opinions.iter().flat_map(|opinion| &opinion.evidence).find_map(
                |evidence| match evidence {
                    model::finding::Evidence::Remark(words) => Some(words.clone()),
                    _ => None,
                },
            );
        format!("{} {} {}", finding.verdict.word(), finding.reason, told.unwrap_or_default())
    };
    assert_eq!(
        with(&["no-dsa:12:widget:Minor issue: later"]),
        "affected D_IGNORED the distribution says: no-dsa, Minor issue: later"
    );
    assert_eq!(with(&["end-of-life:12:widget"]), "affected D_IGNORED the distribution says: end-of-life");
    assert_eq!(with(&["ignored"]), "affected D_IGNORED the distribution says: ignored");
    assert_eq!(with(&["no-dsa:11:widget", "unimportant:12:gadget", "scope:local"]), "affected D_VULNERABLE ");
}

/// Tracker and OSV say the same thing in two forms: one finding; the newer one counts where both bear a date.
#[test]
fn two_forms_of_one_distributions_word() {
    let with =
        |tracker: End<'static>, tracker_date: &'static str, osv: End<'static>, osv_date: &'static str| {
            let mut by_tracker = Record {
                by: "Debian security tracker".into(),
                modified: tracker_date.into(),
                ..debian("CVE-2024-1", "12", tracker)
            };
            by_tracker.claims[0].form = ClaimForm::SecFix;
            let by_osv = Record {
                aliases: vec![model::record::Alias {
                    id: "CVE-2024-1".into(),
                    kind: model::record::AliasKind::Same,
                }],
                modified: osv_date.into(),
                ..debian("DEBIAN-CVE-2024-1", "12", osv)
            };
            let index = Knowledge::new().record("debian", by_tracker).record("debian", by_osv).index();
            let found = scan(&index, &of_debian("1.2-3", "12"), &options());
            lines(&found, &of_debian("1.2-3", "12"))
        };
    let fixed = || End::Before("1.2-3".into());
    assert_eq!(with(End::Open, "", End::Open, "2025-01-01"), "widget: CVE-2024-1 affected/D_VULNERABLE high");
    assert_eq!(
        with(fixed(), "2025-02-01", End::Open, "2025-01-01"),
        "widget: CVE-2024-1 not_affected/D_FIXED high"
    );
    assert_eq!(
        with(fixed(), "2025-01-01", End::Open, "2025-02-01"),
        "widget: CVE-2024-1 affected/D_VULNERABLE high"
    );
    let undated = with(fixed(), "", End::Open, "2025-02-01");
    assert!(undated.starts_with("widget: CVE-2024-1 affected/D_VULNERABLE"), "{undated}");
}

/// What nobody at the distribution has looked at is a question.
#[test]
fn undetermined_is_no_all_clear() {
    let mut record = debian("CVE-2024-1", "12", End::Open);
    record.claims[0].entries.clear();
    record.claims[0].form = ClaimForm::SecFix;
    let index = Knowledge::new().record("debian", record).index();
    check(&index, &of_debian("1.2-3", "12"), "widget: CVE-2024-1 needs_review/V_NO_USABLE_RANGE high");
}

/// Package URLs and platforms name releases by number or by code name.
#[test]
fn releases_by_code_name() {
    let index = Knowledge::new().record("debian", debian("CVE-2024-1", "12", End::Open)).index();
    for distro in ["bookworm", "debian-bookworm", "debian-12", "12.5"] {
        let purl = format!("pkg:deb/debian/widget@1.2-3?distro={distro}");
        let mut found = inventory(vec![component("widget", "1.2-3").purl(&purl)]);
        found.platform.distribution.clear();
        check(&index, &found, "widget: CVE-2024-1 affected/D_VULNERABLE high");
    }
    let mut by_platform = inventory(vec![component("widget", "1.2-3").purl("pkg:deb/debian/widget@1.2-3")]);
    by_platform.platform.distribution = "debian:trixie".to_owned();
    check(&index, &by_platform, "");
}

/// The lists of the time before the kernel's own CNA: mainline and streams together, never against the CNA's own word.
#[test]
fn lists_of_before_the_kernels_cna() {
    let pairs = |source, by: &'static str, rows: &[(&'static str, &'static str)]| Record {
        source: Some(source),
        id: "CVE-2020-0040".into(),
        by: by.into(),
        claims: vec![Claim {
            subject: Subject { vendor: "Linux".into(), product: "Linux".into(), ..Subject::default() },
            entries: rows
                .iter()
                .map(|(start, end)| Entry {
                    start: (*start).into(),
                    end: End::Before((*end).into()),
                    version_type: "dyad".into(),
                    ..Entry::default()
                })
                .collect(),
            form: ClaimForm::KernelPairs,
            ..Claim::default()
        }],
        ..Record::default()
    };
    let list = |by, rows: &[(&'static str, &'static str)]| pairs(Source::LinuxKernelCves, by, rows);
    let feed = "linux-kernel-cves";
    let with_streams = Knowledge::new()
        .record(feed, list("kernel_cves.json", &[("5.8-rc1", "5.12-rc1")]))
        .record(feed, list("5.10", &[("5.10.1", "5.10.20")]))
        .record(feed, list("5.10 list", &[("5.10.1", "5.10.20")]));
    let kernel = |version: &str| {
        let cpe = format!("cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*");
        inventory(vec![component("linux", version).cpe(&cpe)])
    };
    let told = |index: &Index, version: &str| {
        let found = scan(index, &kernel(version), &options());
        let of = |finding: &model::finding::Finding| format!("{} {}", finding.reason, finding.opinions.len());
        found.findings.iter().map(of).collect::<Vec<_>>().join("; ")
    };
    let index = with_streams.index();
    // One voice, however many files the lists have.
    assert_eq!(told(&index, "5.10.0"), "K_IN_BRANCH_RANGE 1", "the stream alone could not say this");
    assert_eq!(told(&index, "5.10.20"), "K_FIXED_IN_BRANCH 1");
    assert_eq!(told(&index, "5.9.16"), "K_BRANCH_UNFIXED 1");
    assert_eq!(told(&index, "5.7.1"), "K_NOT_INTRODUCED 1");
    assert_eq!(told(&index, "5.12"), "K_FIXED_MAINLINE 1");
    // A stream that was still kept when the lists ended may have got the fix since.
    let kept = Knowledge::new().record(feed, list("CVEs.txt", &[("5.8-rc1", "6.9-rc1")])).index();
    assert_eq!(told(&kept, "6.6.24"), "K_BRANCH_UNFIXED 1");
    assert_eq!(told(&kept, "6.6.25"), "K_MAINLINE_BOUND_ONLY 1");
    let against = Knowledge::new()
        .record(feed, list("kernel_cves.json", &[("5.8-rc1", "5.12-rc1")]))
        .record("kernel-cna", pairs(Source::KernelCna, "Linux dyad", &[("5.8", "5.9.3"), ("5.8", "5.12")]))
        .index();
    let found = scan(&against, &kernel("5.9.16"), &options());
    assert_eq!(found.findings[0].reason, model::reason::Reason::KFixedInBranch);
}

/// A notice that nobody maintains a crate is no vulnerability; an unsound interface is told as one.
#[test]
fn notices_are_no_findings() {
    let crates = |tag: &'static str| {
        let record = Record {
            source: Some(Source::Rustsec),
            id: "RUSTSEC-2024-0001".into(),
            tags: vec![tag.into()],
            claims: vec![Claim {
                subject: Subject {
                    ecosystem: "crates.io".into(),
                    package_name: "widget".into(),
                    ..Subject::default()
                },
                entries: vec![Entry {
                    start: "0.0.0-0".into(),
                    end: End::Open,
                    version_type: "SEMVER".into(),
                    ..Entry::default()
                }],
                form: ClaimForm::Osv,
                ..Claim::default()
            }],
            ..Record::default()
        };
        let index = Knowledge::new().record("rustsec", record).index();
        let found = inventory(vec![component("widget", "1.2.0").purl("pkg:cargo/widget@1.2.0")]);
        (
            lines(&scan(&index, &found, &options()), &found),
            removed(&index, &found, "RUSTSEC-2024-0001", "widget"),
        )
    };
    assert_eq!(crates("informational:unmaintained"), (String::new(), "none/R_INFORMATIONAL".to_owned()));
    assert_eq!(crates("informational:notice").0, "");
    assert_eq!(crates("informational:unsound").0, "widget: RUSTSEC-2024-0001 affected/V_IN_RANGE high");
}

/// What nobody at GitHub has looked at weighs less than what the CNA wrote; what somebody has looked at, more.
#[test]
fn unreviewed_advisories_weigh_little() {
    let told = |tags: Vec<std::borrow::Cow<'static, str>>| {
        let advisory = Record {
            source: Some(Source::Ghsa),
            id: "GHSA-1".into(),
            aliases: vec![model::record::Alias {
                id: "CVE-2024-1".into(),
                kind: model::record::AliasKind::Same,
            }],
            tags,
            claims: vec![Claim {
                subject: Subject {
                    ecosystem: "PyPI".into(),
                    package_name: "widget".into(),
                    ..Subject::default()
                },
                entries: vec![Entry {
                    start: "0".into(),
                    end: End::Before("2.0".into()),
                    ..Entry::default()
                }],
                form: ClaimForm::Osv,
                ..Claim::default()
            }],
            ..Record::default()
        };
        let index =
            Knowledge::new().record("ghsa", advisory).claim("CVE-2024-1", "acme:widget", "0..1.0").index();
        let cpe = "cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*";
        let found = inventory(vec![component("widget", "1.2").purl("pkg:pypi/widget@1.2").cpe(cpe)]);
        scan(&index, &found, &options()).findings[0].verdict.word()
    };
    assert_eq!(told(Vec::new()), "affected");
    assert_eq!(told(vec!["unreviewed".into()]), "not_affected");
}
