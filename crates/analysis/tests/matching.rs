//! The whole matcher on small written-down knowledge: identity, distributions, states, statements, evidence.

use analysis::{Options, Scan, StatementPolicy, explain, scan};
use index::Index;
use model::build::{Config, ConfigOf, KbuildMap};
use model::component::{Patch, Role};
use model::record::{
    Alias, AliasKind, Claim, ClaimForm, CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, End, Entry, Record,
    RecordState, Source, Status, Subject,
};
use model::sbom::Inventory;
use model::statement::{Statement, StatementOrigin, StatementStatus};
use testkit::records::{Knowledge, component, cve, inventory, rows};

pub fn options() -> Options {
    Options { at: "2026-07-21".to_owned(), with_not_affected: true, ..Options::default() }
}

/// One line per finding: `name: CVE verdict/REASON confidence +qualifiers`.
pub fn lines(scan: &Scan, inventory: &Inventory) -> String {
    let line = |finding: &model::finding::Finding| {
        let name = &inventory.components[finding.component].name;
        let mut line = format!(
            "{name}: {} {}/{} {}",
            finding.vulnerability,
            finding.verdict.word(),
            finding.reason,
            finding.confidence.word()
        );
        for qualifier in &finding.qualifiers {
            line.push_str(&format!(" +{qualifier}"));
        }
        line
    };
    scan.findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub fn check(index: &Index, inventory: &Inventory, expected: &str) {
    let found = scan(index, inventory, &options());
    assert_eq!(lines(&found, inventory), expected);
}

/// The reason of a removed candidate, as explain shows it.
pub fn removed(index: &Index, inventory: &Inventory, id: &str, name: &str) -> String {
    let explained = explain(index, inventory, id, Some(name), &options());
    let component = &explained.components[0];
    let verdict = component.verdict.map_or("none", |verdict| verdict.word());
    format!("{verdict}/{}", component.reason)
}

/// An NVD record with one criterion in an OR node.
fn nvd<'a>(id: &'a str, product: &'a str, below: &'a str) -> Record<'a> {
    nvd_for(id, product, below, "*")
}

fn nvd_for<'a>(id: &'a str, product: &'a str, below: &'a str, target_sw: &'a str) -> Record<'a> {
    let (vendor, product) = product.split_once(':').unwrap();
    let any = "*";
    let head = CpeHead {
        part: "a".into(),
        vendor: vendor.into(),
        product: product.into(),
        edition: any.into(),
        language: any.into(),
        sw_edition: any.into(),
        target_sw: target_sw.into(),
        target_hw: any.into(),
        other: any.into(),
    };
    let bounds = CpeBounds { end_excluding: below.into(), ..CpeBounds::default() };
    let row = CpeRow { version: any.into(), update: any.into(), bounds: Some(Box::new(bounds)) };
    let leaf = CpeLeaf { vulnerable: true, head, rows: vec![row] };
    Record {
        source: Some(Source::Nvd2),
        id: id.into(),
        configurations: vec![CpeNode { leaves: vec![leaf], ..CpeNode::default() }],
        ..Record::default()
    }
}

fn widget(version: &str) -> testkit::records::Building {
    component("widget", version).cpe(&format!("cpe:2.3:a:acme:widget:{version}:*:*:*:*:*:*:*"))
}

#[test]
fn vendor_and_product_agree() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "1.0..1.5").index();
    check(&index, &inventory(vec![widget("1.2")]), "widget: CVE-2024-1 affected/V_IN_RANGE high");
    check(&index, &inventory(vec![widget("1.5")]), "widget: CVE-2024-1 not_affected/V_FIXED high");
    check(&index, &inventory(vec![widget("0.9")]), "widget: CVE-2024-1 not_affected/V_BEFORE_RANGE high");
}

#[test]
fn findings_that_are_not_affected_are_counted_and_kept_back() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 1.5").index();
    let inventory = inventory(vec![widget("2.0")]);
    let found = scan(&index, &inventory, &Options { with_not_affected: false, ..options() });
    assert!(found.findings.is_empty());
    assert_eq!((found.counts.candidates, found.counts.not_affected), (1, 1));
}

#[test]
fn an_unknown_vendor_needs_a_second_signal() {
    let yocto = || component("widget", "1.2").cpe("cpe:2.3:*:*:widget:1.2:*:*:*:*:*:*:*");
    let one = Knowledge::new().record("nvd2", nvd("CVE-2024-1", "acme:widget", "1.5")).index();
    check(&one, &inventory(vec![yocto()]), "widget: CVE-2024-1 needs_review/I_NAME_ONLY low");
    let three = Knowledge::new()
        .record("nvd2", nvd("CVE-2024-1", "acme:widget", "1.5"))
        .record("nvd2", nvd("CVE-2024-2", "acme:widget", "1.1"))
        .record("nvd2", nvd("CVE-2024-3", "acme:widget", "1.1"));
    check(
        &three.index(),
        &inventory(vec![yocto()]),
        "widget: CVE-2024-1 affected/V_IN_RANGE medium\n\
         widget: CVE-2024-2 not_affected/V_FIXED medium\n\
         widget: CVE-2024-3 not_affected/V_FIXED medium",
    );
    let several = Knowledge::new()
        .record("nvd2", nvd("CVE-2024-1", "acme:widget", "1.5"))
        .record("nvd2", nvd("CVE-2024-2", "acme:widget", "1.5"))
        .record("nvd2", nvd("CVE-2024-3", "acme:widget", "1.5"))
        .record("nvd2", nvd("CVE-2024-4", "other:widget", "1.5"));
    let found = scan(&several.index(), &inventory(vec![yocto()]), &options());
    assert!(found.findings.iter().all(|finding| finding.reason.code() == "I_NAME_ONLY"), "{found:?}");
}

#[test]
fn a_repository_is_a_second_signal() {
    let record = || {
        let mut record = cve("CVE-2024-1", "Somebody:widget", "< 1.5");
        record.claims[0].subject.repo = "https://github.com/acme/widget".into();
        record
    };
    let index = Knowledge::new().record("cve-list", record()).index();
    let from = |url: &str| {
        inventory(vec![component("widget", "1.2").cpe("cpe:2.3:*:*:widget:1.2:*:*:*:*:*:*:*").download(url)])
    };
    let here = from("https://github.com/acme/widget/archive/v1.2.tar.gz");
    check(&index, &here, "widget: CVE-2024-1 affected/V_IN_RANGE high");
    let fork = from("https://github.com/somebody-else/widget/archive/v1.2.tar.gz");
    check(&index, &fork, "");
    assert_eq!(removed(&index, &fork, "CVE-2024-1", "widget"), "none/I_OTHER_PRODUCT");
}

#[test]
fn namesakes_are_removed_and_explained() {
    let index = Knowledge::new()
        .record("nvd2", nvd("CVE-2024-1", "other:widget", "9"))
        .record("nvd2", nvd_for("CVE-2024-2", "other:widget", "9", "node.js"))
        .index();
    let inventory = inventory(vec![widget("1.2")]);
    check(&index, &inventory, "");
    assert_eq!(removed(&index, &inventory, "CVE-2024-1", "widget"), "none/I_OTHER_PRODUCT");
    assert_eq!(removed(&index, &inventory, "CVE-2024-2", "widget"), "none/I_OTHER_ECOSYSTEM");
    let found = scan(&index, &inventory, &options());
    assert_eq!((found.counts.candidates, found.counts.removed), (2, 2));
}

#[test]
fn a_package_of_a_language_is_matched_in_its_ecosystem() {
    let record = Record {
        source: Some(Source::Ghsa),
        id: "GHSA-aaaa-bbbb-cccc".into(),
        claims: vec![Claim {
            subject: Subject { ecosystem: "npm".into(), package_name: "tar".into(), ..Subject::default() },
            entries: rows("0..6.1.1"),
            form: ClaimForm::Osv,
            ..Claim::default()
        }],
        ..Record::default()
    };
    let index = Knowledge::new().record("ghsa", record).index();
    let npm = inventory(vec![component("tar", "6.1.0").purl("pkg:npm/tar@6.1.0")]);
    check(&index, &npm, "tar: GHSA-aaaa-bbbb-cccc affected/V_IN_RANGE high");
    let gnu = inventory(vec![component("tar", "1.34").cpe("cpe:2.3:a:gnu:tar:1.34:*:*:*:*:*:*:*")]);
    check(&index, &gnu, "");
}

#[test]
fn one_finding_however_many_names_and_ids() {
    let mut ghsa = cve("GHSA-aaaa-bbbb-cccc", "acme:widget", "< 1.5");
    ghsa.source = Some(Source::Ghsa);
    ghsa.aliases = vec![Alias { id: "CVE-2024-1".into(), kind: AliasKind::Same }];
    let index = Knowledge::new()
        .claim("CVE-2024-1", "acme:widget", "< 1.5")
        .record("nvd2", nvd("CVE-2024-1", "widget_project:libwidget", "1.5"))
        .record("ghsa", ghsa)
        .index();
    let two_names = widget("1.2").cpe("cpe:2.3:a:widget_project:libwidget:1.2:*:*:*:*:*:*:*");
    let inventory = inventory(vec![two_names]);
    let found = scan(&index, &inventory, &options());
    assert_eq!(found.findings.len(), 1);
    assert_eq!(found.findings[0].aliases, ["GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(found.findings[0].opinions.len(), 3);
}

fn build_claim<'a>(product: &'a str, package: &'a str) -> Claim<'a> {
    Claim {
        subject: Subject {
            vendor: "Red Hat".into(),
            product: product.into(),
            package_name: package.into(),
            collection_url: "https://access.redhat.com/downloads/content/package-browser/".into(),
            ..Subject::default()
        },
        default_status: Some(Status::Affected),
        ..Claim::default()
    }
}

#[test]
fn a_distributions_own_defect_is_not_ours() {
    let mut record = cve("CVE-2024-1", "x:y", "");
    record.claims = vec![build_claim("Red Hat Enterprise Linux 9", "widget")];
    let answer = |knowledge: Knowledge| {
        removed(
            &knowledge.record("cve-list", record.clone()).index(),
            &inventory(vec![widget("1.2")]),
            "CVE-2024-1",
            "widget",
        )
    };
    // Red Hat files upstream's flaws for its products alone, too: that is no proof.
    assert_eq!(answer(Knowledge::new()), "needs_review/R_NO_AFFECTED_DATA");
    // Debian has the package, tracks its flaws, and does not list this one.
    let other = debian("CVE-2024-7", "12", End::Before("0.3-1".into()));
    assert_eq!(answer(Knowledge::new().record("debian", other)), "not_affected/I_DISTRO_ONLY");
    // Debian lists it as well: then it is upstream's.
    let listed = debian("CVE-2024-1", "12", End::Before("1.3-1".into()));
    assert_eq!(answer(Knowledge::new().record("debian", listed)), "needs_review/R_NO_AFFECTED_DATA");
    // The record itself names the distribution's variant.
    let mut variant = record.clone();
    variant.claims[0].subject.vendor = "Debian".into();
    variant.claims[0].subject.product = "Debian based Widget".into();
    variant.claims[0].subject.collection_url = "".into();
    let index = Knowledge::new().record("cve-list", variant).index();
    assert_eq!(
        removed(&index, &inventory(vec![widget("1.2")]), "CVE-2024-1", "widget"),
        "not_affected/I_DISTRO_ONLY"
    );
    // With an upstream claim beside it, upstream decides.
    let mut with_upstream = record.clone();
    with_upstream.claims.push(cve("CVE-2024-1", "acme:widget", "1.0..1.5").claims.remove(0));
    let index = Knowledge::new().record("cve-list", with_upstream).index();
    check(&index, &inventory(vec![widget("1.2")]), "widget: CVE-2024-1 affected/V_IN_RANGE high");
    // And where nobody knows who built it, nothing is excluded.
    let mut unknown = inventory(vec![widget("1.2")]);
    unknown.platform.distribution.clear();
    let index = Knowledge::new().record("cve-list", record).index();
    assert_eq!(removed(&index, &unknown, "CVE-2024-1", "widget"), "needs_review/P_UNPROVEN");
}

#[test]
fn an_adp_entry_that_repeats_a_foreign_claim_does_not_widen_it() {
    let mut cna = cve("CVE-2024-1", "example.org/other:example.org/other/json", "0..1.33.0");
    cna.claims[0].subject.package_name = "example.org/other/json".into();
    cna.claims[0].subject.collection_url = "https://pkg.go.dev".into();
    let adp = |versions: &'static str| Record {
        source: Some(Source::CisaAdp),
        ..cve("CVE-2024-1", "acme:widget", versions)
    };
    let repeated =
        Knowledge::new().record("cve-list", cna.clone()).record("cve-list", adp("0..1.33.0")).index();
    check(&repeated, &inventory(vec![widget("1.2")]), "");
    assert_eq!(
        removed(&repeated, &inventory(vec![widget("1.2")]), "CVE-2024-1", "widget"),
        "none/I_OTHER_PRODUCT"
    );
    let own = Knowledge::new().record("cve-list", cna).record("cve-list", adp("0..1.4")).index();
    let found = scan(&own, &inventory(vec![widget("1.2")]), &options());
    assert_eq!(found.findings[0].verdict.word(), "affected");
}

pub fn debian<'a>(id: &'a str, release: &'a str, end: End<'a>) -> Record<'a> {
    Record {
        source: Some(Source::Debian),
        id: id.into(),
        claims: vec![Claim {
            subject: Subject {
                ecosystem: "Debian".into(),
                distro_release: release.into(),
                package_name: "widget".into(),
                ..Subject::default()
            },
            entries: vec![Entry {
                start: "0".into(),
                end,
                version_type: "ECOSYSTEM".into(),
                ..Entry::default()
            }],
            form: ClaimForm::Osv,
            ..Claim::default()
        }],
        ..Record::default()
    }
}

pub fn of_debian(version: &str, release: &str) -> Inventory {
    let purl = format!("pkg:deb/debian/widget@{version}?distro=debian-{release}");
    let mut inventory = inventory(vec![component("widget", version).purl(&purl)]);
    inventory.platform.distribution = format!("debian:{release}");
    inventory
}

#[test]
fn the_components_own_distribution_decides() {
    let index = Knowledge::new()
        .record("debian", debian("CVE-2024-1", "12", End::Before("1.2-3+deb12u1".into())))
        .record("debian", debian("CVE-2024-2", "12", End::Open))
        .record("debian", debian("CVE-2024-3", "12", End::Before("0".into())))
        .claim("CVE-2024-1", "acme:widget", "< 9")
        .index();
    check(
        &index,
        &of_debian("1.2-3", "12"),
        "widget: CVE-2024-1 affected/D_VULNERABLE high\n\
         widget: CVE-2024-2 affected/D_VULNERABLE high\n\
         widget: CVE-2024-3 not_affected/D_NOT_AFFECTED high",
    );
    let fixed = scan(&index, &of_debian("1.2-3+deb12u1", "12"), &options());
    assert!(lines(&fixed, &of_debian("1.2-3+deb12u1", "12")).contains("CVE-2024-1 not_affected/D_FIXED"));
    // Another distribution's build of the same name is not judged by Debian's numbers.
    let yocto = scan(&index, &inventory(vec![widget("1.2")]), &options());
    assert!(yocto.findings.iter().all(|finding| !finding.reason.code().starts_with("D_")));
}

/// A file of the image that no package owns is not Debian's, though the system is: Debian's "not affected" says nothing of it.
#[test]
fn a_file_of_no_package_is_not_the_distributions() {
    let index = Knowledge::new()
        .record("debian", debian("CVE-2024-1", "12", End::Before("0".into())))
        .record("cve-list", cve("CVE-2024-1", "acme:widget", "< 9"))
        .index();
    let mut release = inventory(vec![widget("1.2")]);
    release.platform.distribution = "debian:12".to_owned();
    release.components[0].purls.clear();
    release.components[0].version_origin = model::version::VersionOrigin::FromFile;
    let found = scan(&index, &release, &options());
    let finding = &found.findings[0];
    assert!(!finding.reason.code().starts_with("D_"), "{finding:?}");
    assert_eq!(finding.verdict.word(), "affected", "{finding:?}");
}

#[test]
fn a_release_out_of_support_falls_back_to_upstream() {
    let mut upstream = cve("CVE-2024-1", "acme:widget", "< 9");
    upstream.claims[0].subject.vendor = "acme".into();
    let index = Knowledge::new()
        .record("debian", debian("CVE-2024-1", "12", End::Before("1.2-4".into())))
        .record("cve-list", upstream)
        .index();
    let mut old = of_debian("1.2-3", "9");
    old.components[0].cpes = widget("1.2-3").component.cpes;
    let found = scan(&index, &old, &options());
    let finding = &found.findings[0];
    assert!(finding.qualifiers.iter().any(|code| code.code() == "D_EOL_FALLBACK"), "{finding:?}");
    assert_ne!(finding.verdict.word(), "not_affected");
}

#[test]
fn states_of_records() {
    let rejected = Record { state: RecordState::Rejected, ..cve("CVE-2024-1", "acme:widget", "< 9") };
    let index = Knowledge::new()
        .record("cve-list", rejected)
        .record("nvd2", nvd("CVE-2024-1", "acme:widget", "9"))
        .index();
    check(&index, &inventory(vec![widget("1.2")]), "widget: CVE-2024-1 not_affected/R_REJECTED high");

    let withdrawn = Record {
        source: Some(Source::Ghsa),
        state: RecordState::Withdrawn,
        ..cve("CVE-2024-1", "acme:widget", "< 1.0")
    };
    let index = Knowledge::new().record("ghsa", withdrawn).claim("CVE-2024-1", "acme:widget", "< 9").index();
    check(&index, &inventory(vec![widget("1.2")]), "widget: CVE-2024-1 affected/V_IN_RANGE high");

    let disputed = Record { disputed: true, ..cve("CVE-2024-1", "acme:widget", "< 9") };
    let index = Knowledge::new().record("cve-list", disputed).index();
    check(&index, &inventory(vec![widget("1.2")]), "widget: CVE-2024-1 affected/V_IN_RANGE low +R_DISPUTED");

    let hosted =
        Record { tags: vec!["exclusively-hosted-service".into()], ..cve("CVE-2024-1", "acme:widget", "< 9") };
    let index = Knowledge::new().record("cve-list", hosted).index();
    check(&index, &inventory(vec![widget("1.2")]), "widget: CVE-2024-1 not_affected/R_HOSTED_SERVICE high");
}

#[test]
fn a_missing_version_is_a_question() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 9").index();
    let without = inventory(vec![component("widget", "").cpe("cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*")]);
    check(&index, &without, "widget: CVE-2024-1 needs_review/V_MISSING low");
}

fn statement(status: StatementStatus, justification: &str, origin: StatementOrigin) -> Statement {
    Statement {
        vulnerability: "CVE-2024-1".to_owned(),
        components: vec!["widget".to_owned()],
        status,
        justification: justification.to_owned(),
        text: String::new(),
        origin,
        place: "recipe widget".to_owned(),
    }
}

fn with_statement(statement: Statement) -> Inventory {
    Inventory { statements: vec![statement], ..inventory(vec![widget("1.2")]) }
}

#[test]
fn statements_of_the_build_system() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 9").index();
    let build = |status, word: &str| with_statement(statement(status, word, StatementOrigin::Build));
    check(
        &index,
        &build(StatementStatus::Fixed, "backported-patch"),
        "widget: CVE-2024-1 not_affected/S_BUILD_STATUS medium",
    );
    check(
        &index,
        &build(StatementStatus::Fixed, "fixed-version"),
        "widget: CVE-2024-1 not_affected/S_BUILD_STATUS medium +C_SOURCES_DISAGREE",
    );
    check(
        &index,
        &build(StatementStatus::NotAffected, "not-applicable-config"),
        "widget: CVE-2024-1 needs_review/S_BUILD_STATUS low +C_SOURCES_DISAGREE",
    );
    check(
        &index,
        &build(StatementStatus::UnderInvestigation, "disputed"),
        "widget: CVE-2024-1 needs_review/S_BUILD_STATUS low",
    );
    let accepting = Options {
        statements: StatementPolicy { accept_build_ignored: true, ..StatementPolicy::default() },
        ..options()
    };
    let ignored = build(StatementStatus::NotAffected, "not-applicable-config");
    assert_eq!(scan(&index, &ignored, &accepting).findings[0].verdict.word(), "not_affected");
}

#[test]
fn statements_of_others_are_shown_without_effect() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 9").index();
    for origin in [StatementOrigin::Supplier, StatementOrigin::IgnoreList] {
        let inventory =
            with_statement(statement(StatementStatus::NotAffected, "component_not_present", origin));
        let found = scan(&index, &inventory, &options());
        assert_eq!(found.findings[0].verdict.word(), "affected");
        let explained = explain(&index, &inventory, "CVE-2024-1", Some("widget"), &options());
        assert_eq!(explained.components[0].statements.len(), 1);
    }
}

#[test]
fn overtaken_statements_are_listed() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 1.0").index();
    let inventory =
        with_statement(statement(StatementStatus::NotAffected, "ignored", StatementOrigin::Build));
    let found = scan(&index, &inventory, &options());
    assert_eq!(found.obsolete_statements.len(), 1);
    assert_eq!(found.obsolete_statements[0].reason.code(), "V_FIXED");
}

#[test]
fn build_evidence_excludes_what_is_left() {
    let mut record = cve("CVE-2024-1", "Linux:Linux", "6.0..6.8");
    record.source = Some(Source::KernelCna);
    record.by = "Linux".into();
    record.claims[0].subject.program_files = vec!["net/acme/widget.c".into()];
    let map = KbuildMap {
        of: ConfigOf::Linux,
        version: "6.6.21".to_owned(),
        files: [("net/acme/widget.c".to_owned(), "ACME_WIDGET".to_owned())].into(),
        ..KbuildMap::default()
    };
    let index = Knowledge::new().record("kernel-cna", record).kbuild(map).index();
    let kernel = |symbol: &str| {
        let linux =
            component("linux-yocto", "6.6.21").cpe("cpe:2.3:o:linux:linux_kernel:6.6.21:*:*:*:*:*:*:*");
        let mut inventory = inventory(vec![linux.with(|linux| linux.role = Role::Kernel)]);
        inventory.build.configs.push(Config {
            of: ConfigOf::Linux,
            version: "6.6.21".to_owned(),
            symbols: [("ACME_WIDGET".to_owned(), symbol.to_owned())].into(),
            ..Config::default()
        });
        inventory
    };
    let found = |symbol: &str| {
        let inventory = kernel(symbol);
        let found = scan(&index, &inventory, &options());
        format!("{}/{}", found.findings[0].verdict.word(), found.findings[0].reason)
    };
    assert_eq!(found("n"), "not_affected/E_CONFIG_OFF");
    assert!(found("y").starts_with("affected/K_"), "{}", found("y"));
}

#[test]
fn parts_of_the_kernels_tree_are_not_the_kernel() {
    let about = |file: &'static str| {
        let mut record = cve("CVE-2024-1", "Linux:Linux", "6.0..6.8");
        record.source = Some(Source::KernelCna);
        record.by = "Linux".into();
        record.claims[0].subject.program_files = vec![file.into()];
        Knowledge::new().record("kernel-cna", record).index()
    };
    let part = |name: &str| {
        inventory(vec![component(name, "6.6.21").cpe("cpe:2.3:o:linux:linux_kernel:6.6.21:*:*:*:*:*:*:*")])
    };
    let headers = part("linux-libc-headers");
    assert_ne!(headers.components[0].role, Role::Kernel);
    check(&about("net/core/dev.c"), &headers, "");
    assert_eq!(scan(&about("net/core/dev.c"), &headers, &options()).counts.removed, 1);
    check(&about("net/core/dev.c"), &part("perf"), "");
    check(
        &about("tools/perf/util/header.c"),
        &part("perf"),
        "perf: CVE-2024-1 affected/K_BRANCH_UNFIXED exact",
    );
}

#[test]
fn a_named_patch_excludes() {
    let index = Knowledge::new().claim("CVE-2024-11111", "acme:widget", "< 9").index();
    let patched = widget("1.2").with(|widget| {
        widget.patches.push(Patch {
            name: "CVE-2024-11111.patch".to_owned(),
            header: "CVE: CVE-2024-11111\n".to_owned(),
            origin: "sbom".to_owned(),
            ..Patch::default()
        });
    });
    let found = scan(&index, &inventory(vec![patched]), &options());
    assert_eq!(found.findings[0].reason.code(), "E_PATCH_NAMED");
}

#[test]
fn old_knowledge_is_said_to_be_old() {
    let index = Knowledge::new().as_of("2026-01-01").claim("CVE-2024-1", "acme:widget", "< 9").index();
    let inventory = inventory(vec![widget("1.2")]);
    check(&index, &inventory, "widget: CVE-2024-1 affected/V_IN_RANGE high +C_STALE_SOURCE");
    let relaxed = Options { max_index_age_days: Some(400), ..options() };
    assert!(scan(&index, &inventory, &relaxed).findings[0].qualifiers.is_empty());
}

#[test]
fn sources_can_be_passed_over() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "< 9").index();
    let without = Options { disregard: vec![Source::CveCna], ..options() };
    assert!(scan(&index, &inventory(vec![widget("1.2")]), &without).findings.is_empty());
}

#[test]
fn explain_tells_what_was_tried_and_what_would_change() {
    let index = Knowledge::new().claim("CVE-2024-1", "acme:widget", "1.0..1.2.5").index();
    let inventory = inventory(vec![widget("1.2"), component("gadget", "3")]);
    let explained = explain(&index, &inventory, "cve-2024-1", None, &options());
    assert!(explained.is_known);
    assert_eq!(explained.components.len(), 1, "only what a record speaks of");
    let component = &explained.components[0];
    assert!(component.is_candidate);
    assert!(component.keys.iter().any(|key| key == "p:widget"));
    assert_eq!(component.sentence, "widget is affected: inside an affected range; fixed in 1.2.5");
    assert!(component.what_would_change.iter().any(|advice| advice.contains("1.2.5")), "{component:?}");
    assert_eq!(explained.texts.len(), 1);
    assert_eq!(explained.texts[0].subjects, ["acme / widget"]);
    assert!(!explained.index_fingerprint.is_empty());
    assert_eq!(explained.feeds.len(), 1);
    assert_eq!(explained.feeds[0].1, Some(1));
    let unknown = explain(&index, &inventory, "CVE-1999-1", None, &options());
    assert!(!unknown.is_known && unknown.components.is_empty());
    let asked = explain(&index, &inventory, "CVE-2024-1", Some("gadget"), &options());
    assert_eq!((asked.components[0].verdict, asked.components[0].is_candidate), (None, false));
}
