//! The tables the program ships with: well formed, complete for what images hold, and right about namesakes.

use index::keys::{keys_of_component, keys_of_record, product_key};
use index::tables::{AliasTable, BranchTable, RuleKind, RuleTable, TableError, scheme_of};
use model::component::{Component, ComponentCpe, Role};
use model::identity::cpe::{Candidate, Criterion, Denial};
use model::identity::{Cpe, Purl};
use model::reason::Reason;
use model::record::{Claim, CpeHead, CpeLeaf, CpeNode, Record, Subject};
use model::version::Scheme;
use proptest::prelude::*;

const ALIASES: &str = include_str!("../tables/aliases.tsv");
const RULES: &str = include_str!("../tables/rules.tsv");
const BRANCHES: &str = include_str!("../tables/branches.tsv");

fn told(errors: Vec<TableError>) -> String {
    errors.iter().map(TableError::to_string).collect::<Vec<_>>().join("\n")
}

fn component(name: &str, cpe: &str) -> Component {
    let mut component = Component { name: name.to_owned(), ..Component::default() };
    if !cpe.is_empty() {
        add_cpe(&mut component, cpe);
    }
    component
}

fn add_cpe(component: &mut Component, text: &str) {
    let parsed = Cpe::parse(text).expect("a CPE of the test");
    component.cpes.push(ComponentCpe {
        wildcard_vendor: parsed.cpe.vendor == "*",
        wildcard_part: parsed.cpe.part == "*",
        was_22_uri: parsed.was_22_uri,
        repaired: parsed.repaired,
        cpe: parsed.cpe,
    });
}

fn canonicals(component: &Component) -> Vec<&'static str> {
    AliasTable::built_in().rows_of(component).into_iter().map(|row| row.canonical.as_str()).collect()
}

#[test]
fn well_formed() {
    let aliases = AliasTable::parse(ALIASES).unwrap_or_else(|errors| panic!("{}", told(errors)));
    assert_eq!(AliasTable::built_in().rows(), aliases.rows());
    assert!(aliases.rows().len() >= 400, "{} products", aliases.rows().len());
    assert!(aliases.rows().iter().all(|row| row.date.starts_with("20")), "every row is dated");
    let rules = RuleTable::parse(RULES).unwrap_or_else(|errors| panic!("{}", told(errors)));
    assert_eq!(RuleTable::built_in().rules(), rules.rules());
    for rule in rules.rules() {
        assert!(aliases.by_canonical(&rule.product).is_some(), "{}: no product {}", rule.id, rule.product);
    }
    let branches = BranchTable::parse(BRANCHES).unwrap_or_else(|errors| panic!("{}", told(errors)));
    assert_eq!(BranchTable::built_in().branches(), branches.branches());
    for branch in branches.branches() {
        assert!(aliases.by_canonical(&branch.product).is_some(), "no product {}", branch.product);
    }
}

/// The components of the shared SBOMs (two Yocto images, five Buildroot products), names only.
#[test]
fn covers_real_images() {
    let text = include_str!("component-names.tsv");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, part, vendor, product, canonical] = fields[..] else { panic!("five fields: {line}") };
        let cpe = if part == "-" { String::new() } else { format!("cpe:2.3:{part}:{vendor}:{product}:1.0") };
        rows += 1;
        let found = canonicals(&component(name, &cpe));
        if found != [canonical] {
            wrong.push(format!("{name} {cpe}: {found:?}, not {canonical}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 200, "{rows} names");
}

/// A criterion of a record, read from a formatted string.
fn criterion_parts(text: &str) -> (CpeHead<'static>, String, String) {
    let parsed = Cpe::parse(text).expect("a criterion of the test").cpe;
    let head = CpeHead {
        part: parsed.part.into(),
        vendor: parsed.vendor.into(),
        product: parsed.product.into(),
        edition: parsed.edition.into(),
        language: parsed.language.into(),
        sw_edition: parsed.sw_edition.into(),
        target_sw: parsed.target_sw.into(),
        target_hw: parsed.target_hw.into(),
        other: parsed.other.into(),
    };
    (head, parsed.version, parsed.update)
}

fn candidate(component: &str, criterion: &str) -> Candidate {
    let component = Cpe::parse(component).expect("a component of the test").cpe;
    let (head, version, update) = criterion_parts(criterion);
    let criterion = Criterion { head: &head, version: &version, update: &update };
    AliasTable::built_in().candidate(&component, &criterion)
}

fn word(candidate: Candidate) -> &'static str {
    match candidate {
        Candidate::Match => "match",
        Candidate::Possible => "possible",
        Candidate::Alias => "alias",
        Candidate::Platform => "platform",
        Candidate::No(_) => "no",
    }
}

#[test]
fn relation_table() {
    let text = include_str!("../../../fixtures/cases/cpe-relations.tsv");
    let mut rows = 0;
    for row in testkit::shared::table(text).into_iter().filter(|row| row["kind"] == "match") {
        rows += 1;
        assert_eq!(word(candidate(&row["source"], &row["target"])), row["result"], "{row:?}");
    }
    testkit::quality("cases/cpe-relations.tsv match", rows, 28, "attribute and name rows: tests of model");
    assert_eq!(rows, 28);
}

/// Cases of the same kinds as the relation table, of our own.
#[test]
fn more_relations() {
    for (component, criterion, result) in [
        ("cpe:2.3:a:openbsd:openssh:9.3p2", "cpe:2.3:a:openbsd:openssh:9.3:p1", "no"),
        ("cpe:2.3:a:openbsd:openssh:9.3p2", "cpe:2.3:a:openbsd:openssh:9.3:*", "match"),
        ("cpe:2.3:a:sudo_project:sudo:1.9.5:p1", "cpe:2.3:a:sudo_project:sudo:1.9.5:patch1", "match"),
        ("cpe:2.3:a:sudo_project:sudo:1.9.5:p1", "cpe:2.3:a:todd_miller:sudo:*", "alias"),
        ("cpe:2.3:a:ntp:ntp:4.2.8", "cpe:2.3:a:ntp:ntp:4.2.8:-", "match"),
        ("cpe:2.3:a:ntp:ntp:4.2.8", "cpe:2.3:a:ntp:ntp:4.2.8:p15", "no"),
        ("cpe:2.3:a:isc:bind:9.6-ESV-R3", "cpe:2.3:a:isc:bind:9.6:*:*:*:esv", "match"),
        ("cpe:2.3:a:isc:bind:9.18.19-S1", "cpe:2.3:a:isc:bind:*:*:*:*:supported_preview", "match"),
        ("cpe:2.3:a:isc:bind:9.18.19", "cpe:2.3:a:isc:bind:*:*:*:*:esv", "no"),
        ("cpe:2.3:a:nodejs:node.js:18.17.0", "cpe:2.3:a:nodejs:node.js:*:*:*:*:lts", "match"),
        ("cpe:2.3:a:nodejs:node.js:19.0.0", "cpe:2.3:a:nodejs:node.js:*:*:*:*:lts", "no"),
        ("cpe:2.3:*:*:openssl:3.4.2", "cpe:2.3:a:sfackler:openssl:*:*:*:*:*:rust", "no"),
        ("cpe:2.3:*:*:coreutils:9.5", "cpe:2.3:a:uutils:coreutils:*", "no"),
        ("cpe:2.3:*:*:u_boot:2022.01", "cpe:2.3:o:denx:u-boot:*", "possible"),
        ("cpe:2.3:a:nginx:nginx:1.20.1", "cpe:2.3:a:f5:nginx:*", "alias"),
        ("cpe:2.3:a:f5:nginx:1.24.0", "cpe:2.3:a:f5:nginx_plus:*", "no"),
        (
            "cpe:2.3:a:palletsprojects:jinja:3.1.4",
            "cpe:2.3:a:palletsprojects:jinja:*:*:*:*:*:python",
            "match",
        ),
        ("cpe:2.3:a:python:jinja2:3.1.4", "cpe:2.3:a:pocoo:jinja2:*:*:*:*:*:python", "alias"),
        ("cpe:2.3:a:ruby-lang:ruby:3.2.0", "cpe:2.3:a:ruby-lang:ruby:*:*:*:*:*:ruby", "match"),
        ("cpe:2.3:a:php:php:8.2.0", "cpe:2.3:a:php:php:*:*:*:*:*:wordpress", "no"),
        ("cpe:2.3:a:openvpn:openvpn:2.6.8", "cpe:2.3:a:openvpn:openvpn:*:*:*:*:*:-", "match"),
        ("cpe:2.3:a:openvpn:openvpn:2.6.8", "cpe:2.3:a:openvpn:openvpn:*:*:*:*:*:macos", "platform"),
        ("cpe:2.3:o:linux:linux_kernel:5.10", "cpe:2.3:o:linux:linux_kernel:*:*:x86", "platform"),
        ("cpe:2.3:h:avahi:avahi:1", "cpe:2.3:h:avahi:avahi:*", "match"),
        ("cpe:2.3:a:x:n/a:1", "cpe:2.3:a:x:n\\/a:*", "no"),
        ("cpe:2.3:*:*:linux:6.1", "cpe:2.3:o:linux:linux_kernel:*", "alias"),
        ("cpe:2.3:*:*:expat:2.6.3", "cpe:2.3:a:libexpat_project:libexpat:*", "alias"),
        ("cpe:2.3:*:*:curl:8.7.1", "cpe:2.3:a:curl_project:curl:*:*:*:*:*:ruby", "no"),
    ] {
        assert_eq!(word(candidate(component, criterion)), result, "{component} / {criterion}");
    }
}

/// The namesakes of matching.md 4.3, by CPE, with the reason that explain shows.
#[test]
fn namesakes() {
    for (component, criterion, denial) in [
        ("cpe:2.3:*:zlib:zlib:1.3.1", "cpe:2.3:a:cloudflare:zlib:*", Denial::OtherProduct),
        ("cpe:2.3:*:*:zlib:1.3.1", "cpe:2.3:a:cloudflare:zlib:*", Denial::OtherProduct),
        (
            "cpe:2.3:*:sudo_project:sudo:1.9.17p2",
            "cpe:2.3:a:trifectatech:sudo:*:*:*:*:*:rust",
            Denial::OtherProduct,
        ),
        (
            "cpe:2.3:*:openssl:openssl:3.4.2",
            "cpe:2.3:a:sfackler:openssl:*:*:*:*:*:rust",
            Denial::OtherEcosystem,
        ),
        ("cpe:2.3:*:*:xz:5.8.1", "cpe:2.3:a:ulikunitz:xz:*:*:*:*:*:go", Denial::OtherEcosystem),
        ("cpe:2.3:*:*:tar:1.34", "cpe:2.3:a:tar_project:tar:*:*:*:*:*:node.js", Denial::OtherEcosystem),
        ("cpe:2.3:*:*:git:1.9.0", "cpe:2.3:a:git:git:*:*:*:*:*:ruby", Denial::OtherEcosystem),
        (
            "cpe:2.3:*:*:cmake:3.28.3",
            "cpe:2.3:a:cmake_project:cmake:*:*:*:*:*:node.js",
            Denial::OtherEcosystem,
        ),
        ("cpe:2.3:*:*:coreutils:9.5", "cpe:2.3:a:uutils:coreutils:*", Denial::OtherProduct),
        (
            "cpe:2.3:o:zephyrproject:zephyr:3.2.0",
            "cpe:2.3:a:zephyr_project_manager_project:zephyr_project_manager:*:*:*:*:*:wordpress",
            Denial::OtherEcosystem,
        ),
        ("cpe:2.3:*:*:ninja:1.11.1", "cpe:2.3:a:itrsgroup:monitor_ninja:*", Denial::OtherProduct),
        ("cpe:2.3:a:golang:go:1.21.5", "cpe:2.3:a:null:null:*", Denial::NoProduct),
        (
            "cpe:2.3:*:git-scm:git:2.39.1",
            "cpe:2.3:a:gitforwindows:git:*:*:*:*:*:windows",
            Denial::OtherProduct,
        ),
    ] {
        assert_eq!(candidate(component, criterion), Candidate::No(denial), "{component} / {criterion}");
    }
    // The wildcard lets it be a candidate; its platform condition is left to the tree.
    assert_eq!(candidate("cpe:2.3:*:*:git:2.39.1", "cpe:2.3:a:gitforwindows:git:*"), Candidate::Possible);
    assert_eq!(Denial::OtherEcosystem.reason(), Reason::IOtherEcosystem);
}

#[test]
fn spellings() {
    let table = AliasTable::built_in();
    for (vendor, product, canonical) in [
        ("The GNU C Library", "glibc", "glibc"),
        ("GNU C LIBRARY", "Glibc", "glibc"),
        ("n/a", "GNU C Library", "glibc"),
        ("ISC", "BIND 9", "bind"),
        ("ISC", "bind9", "bind"),
        ("OpenVPN", "OpenVPN 2", "openvpn"),
        ("Linux", "Linux", "linux"),
        ("Linux", "Linux Kernel", "linux"),
        ("The Linux Kernel Organization", "linux", "linux"),
        ("n/a", "XZ Utils", "xz"),
        ("tukaani-project", "xz", "xz"),
        ("Python Software Foundation", "CPython", "python"),
        ("OP-TEE", "optee_os", "op-tee"),
        ("Go standard library", "net/http", "go"),
        ("F5", "NGINX Plus", "nginx-plus"),
    ] {
        let row = table.by_cpe(vendor, product).or_else(|| table.by_spelling(vendor, product));
        assert_eq!(row.map(|row| row.canonical.as_str()), Some(canonical), "{vendor} / {product}");
    }
    for (vendor, product) in [("n/a", "orc"), ("Dylan James", "Zephyr Project Manager"), ("Red Hat", "linux")]
    {
        let row = table.by_cpe(vendor, product).or_else(|| table.by_spelling(vendor, product));
        assert_eq!(row, None, "{vendor} / {product}");
    }
}

#[test]
fn schemes_and_roles() {
    for (name, scheme, role) in [
        ("openssl", Scheme::Openssl, Role::Library),
        ("openssh", Scheme::Openssh, Role::Application),
        ("ntp", Scheme::Patchlevel, Role::Application),
        ("sudo", Scheme::Patchlevel, Role::Application),
        ("pppd", Scheme::Patchlevel, Role::Application),
        ("bind9", Scheme::Isc, Role::Application),
        ("linux-imx", Scheme::Linux, Role::Kernel),
        ("u-boot-fslc", Scheme::Uboot, Role::Bootloader),
        ("runc-opencontainers", Scheme::Runc, Role::Application),
        ("tzdata", Scheme::Calver, Role::Other),
        ("edk2", Scheme::Calver, Role::Firmware),
        ("perl", Scheme::Perl, Role::Application),
        ("openjdk-17", Scheme::Java, Role::Application),
        ("squid", Scheme::Squid, Role::Application),
        ("ffmpeg", Scheme::Ffmpeg, Role::Application),
        ("vim", Scheme::Vim, Role::Application),
        ("sqlite3", Scheme::Sqlite, Role::Library),
        ("nginx-plus", Scheme::NginxPlus, Role::Application),
        ("libressl", Scheme::Generic, Role::Library),
        ("busybox", Scheme::Generic, Role::Busybox),
    ] {
        let component = component(name, "");
        assert_eq!(scheme_of(AliasTable::built_in(), &component), scheme, "{name}");
        let row = AliasTable::built_in().by_name(name).expect(name);
        assert_eq!(row.role, Some(role), "{name}");
    }
    let with_purl = |purl: &str| {
        let mut component = component("thing", "");
        component.purls.push(Purl::parse(purl).expect(purl));
        scheme_of(AliasTable::built_in(), &component)
    };
    assert_eq!(with_purl("pkg:pypi/some-thing@1"), Scheme::Pep440);
    assert_eq!(with_purl("pkg:deb/debian/some-thing@1"), Scheme::Deb);
    assert_eq!(with_purl("pkg:generic/some-thing@1"), Scheme::Generic);
}

#[test]
fn own_cnas() {
    let table = AliasTable::built_in();
    for (name, cna) in [
        ("curl", "curl"),
        ("openssl", "openssl"),
        ("glibc", "glibc"),
        ("python", "PSF"),
        ("bind", "isc"),
        ("wolfssl", "wolfSSL"),
        ("zephyr", "zephyr"),
        ("openvpn", "OpenVPN"),
        ("linux", "Linux"),
    ] {
        assert!(table.by_name(name).is_some_and(|row| row.is_own_cna(cna)), "{name}: {cna}");
    }
    assert!(!table.by_name("busybox").expect("row").is_own_cna("mitre"));
}

/// A name alone does not join what a stronger identity keeps apart.
#[test]
fn names_do_not_override() {
    let mut npm = component("tar", "");
    npm.purls.push(Purl::parse("pkg:npm/tar@6.1.0").expect("purl"));
    assert_eq!(canonicals(&npm), Vec::<&str>::new());
    assert_eq!(canonicals(&component("zlib", "cpe:2.3:a:cloudflare:zlib:1.2")), Vec::<&str>::new());
    assert_eq!(canonicals(&component("sudo", "cpe:2.3:a:trifectatech:sudo:0.2.8")), ["sudo-rs"]);
    let mut jinja = component("anything", "");
    jinja.purls.push(Purl::parse("pkg:pypi/Jinja2@3.1.4").expect("purl"));
    assert_eq!(canonicals(&jinja), ["python-jinja2"]);
    let mut by_repo = component("renamed", "");
    by_repo
        .download_urls
        .push("https://github.com/tukaani-project/xz/releases/download/v5.6.4/xz.tar.gz".to_owned());
    assert_eq!(canonicals(&by_repo), ["xz"]);
}

#[test]
fn local_rows() {
    let local = "canonical\tcpes\tnames\trepos\tscheme\tnot\tsource\tdate\n\
        orc\tgstreamer:orc\torc\t-\tgeneric\tapache:orc\tlocal\t2026-01-02\n\
        acme-tool\tacme:tool zlib:zlib\tzlib-acme\tgit.acme.example/tool\t-\t-\tlocal\t2026-01-02\n\
        busybox\tacme:busybox\tacme-busybox\t-\t-\t-\tlocal\t2026-01-02\n";
    let table = AliasTable::built_in().with_local(local).unwrap_or_else(|errors| panic!("{}", told(errors)));
    let canonical = |row: Option<&index::tables::AliasRow>| row.map(|row| row.canonical.clone());
    assert_eq!(canonical(table.by_name("orc")).as_deref(), Some("orc"));
    assert_eq!(canonical(table.by_cpe("acme", "busybox")).as_deref(), Some("busybox"));
    assert_eq!(canonical(table.by_cpe("busybox", "busybox")).as_deref(), Some("busybox"));
    // What a local row claims, it gets.
    assert_eq!(canonical(table.by_cpe("zlib", "zlib")).as_deref(), Some("acme-tool"));
    assert_eq!(canonical(table.by_cpe("gnu", "zlib")).as_deref(), Some("zlib"));
    assert_eq!(canonical(table.by_repo("git.acme.example/tool")).as_deref(), Some("acme-tool"));
    // The merged table can be carried along as text.
    let again = AliasTable::parse(&table.to_text()).unwrap_or_else(|errors| panic!("{}", told(errors)));
    assert_eq!(again.rows(), table.rows());
}

#[test]
fn errors_name_line_and_reason() {
    let text = "# comment\ncanonical\tcpes\tnot\tscheme\tflags\trepos\tpurls\tspellings\tsource\tdate\n\
        a\tno-colon\t-\t-\t-\t-\t-\t-\town\t2026-01-01\n\
        b\tv:b\t-\tsemantic\t-\t-\t-\t-\town\t2026-01-01\n\
        c\tv:c\t-\t-\todd\t-\t-\t-\town\t2026-01-01\n\
        d\tv:d\t-\t-\t-\thttps://github.com/a/b\t-\t-\town\t2026-01-01\n\
        e\tv:e\t-\t-\t-\t-\tpkg:npm\t-\town\t2026-01-01\n\
        f\tv:f\t-\t-\t-\t-\t-\tnothing\town\t2026-01-01\n\
        g\tv:g\t-\t-\t-\t-\t-\t-\t-\t2026-01-01\n\
        h\tv:h\t-\t-\t-\t-\t-\t-\town\tyesterday\n\
        i\tv:i\tv:i\t-\t-\t-\t-\t-\town\t2026-01-01\n\
        j\tv:I\t-\t-\t-\t-\t-\t-\town\t2026-01-01\n";
    let errors = AliasTable::parse(text).expect_err("every row is wrong");
    let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, (3..=12).collect::<Vec<_>>(), "{}", told(errors));
    assert!(AliasTable::parse("canonical\tcolour\n").is_err());
    assert!(AliasTable::parse("cpes\tdate\n").is_err());
    assert!(RuleTable::parse("id\tcve\tproduct\tkind\tcondition\teffect\tsource\tdate\ttext\n1\tCVE-1\tx\tapplet\tA\tE_APPLET_OFF\ts\t2026\tt\n").is_err());
    assert!(BranchTable::parse("product\tbranch\tkind\tsource\tdate\nlinux\t6.6\tmaybe\ts\t2026\n").is_err());
}

#[test]
fn rules() {
    let table = RuleTable::built_in();
    let only = |cve: &str, product: &'static str, kind: RuleKind| {
        let mut found = table.of(cve, product).filter(move |rule| rule.kind == kind);
        let rule = found.next().unwrap_or_else(|| panic!("no rule for {cve}"));
        assert!(found.next().is_none(), "{cve} has one rule of its kind");
        (rule.condition.as_str(), rule.effect)
    };
    assert_eq!(only("CVE-2021-26720", "avahi", RuleKind::DistroOnly).1, Reason::IDistroOnly);
    assert_eq!(only("CVE-2023-45853", "zlib", RuleKind::Subcomponent), ("minizip", Reason::ISubcomponent));
    assert_eq!(
        only("CVE-2024-58251", "busybox", RuleKind::Applet),
        ("NETSTAT && FEATURE_NETSTAT_PRG", Reason::EAppletOff)
    );
    assert!(only("CVE-2025-46394", "busybox", RuleKind::Applet).0.starts_with("TAR || CPIO"));
    assert_eq!(only("CVE-2016-2148", "busybox", RuleKind::Applet).0, "UDHCPC");
    assert_eq!(only("CVE-2022-30790", "u-boot", RuleKind::Applet).0, "IP_DEFRAG");
    // Code of libbb is always built: no applet's absence excludes it.
    assert_eq!(table.of("CVE-2022-28391", "busybox").count(), 0);
    assert!(table.of("CVE-2099-0001", "nodejs").any(|rule| rule.kind == RuleKind::ListReading));
}

#[test]
fn branches() {
    let table = BranchTable::built_in();
    let branch = table.of("linux", "5.5").expect("5.5");
    assert!(!branch.is_lts && branch.has_ended("2026-01-01") && !branch.has_ended("2020-04-30"));
    let lts = table.of("linux", "6.1").expect("6.1");
    assert!(lts.is_lts && !lts.has_ended("2026-11-22"));
    assert!(table.of_product("curl").any(|row| row.is_rolling && row.branch == "*"));
    let head = "product\tbranch\tkind\treleased\tend_of_life\tsource\tdate\n";
    let errors =
        BranchTable::parse(&format!("{head}curl\t8.0\trolling\t-\t-\tupstream\t2026-11\n")).unwrap_err();
    let errors = told(errors);
    assert!(errors.contains("write `*`"), "{errors}");
    for product in ["linux", "openssl"] {
        let released: Vec<&str> =
            table.of_product(product).map(|branch| branch.released.get(..7).expect("a month")).collect();
        assert!(released.is_sorted(), "{product}: oldest first");
    }
}

fn leaf(vulnerable: bool, vendor: &'static str, product: &'static str) -> CpeLeaf<'static> {
    let head =
        CpeHead { part: "a".into(), vendor: vendor.into(), product: product.into(), ..CpeHead::default() };
    CpeLeaf { vulnerable, head, rows: Vec::new() }
}

fn claim(subject: Subject<'static>) -> Record<'static> {
    Record { claims: vec![Claim { subject, ..Claim::default() }], ..Record::default() }
}

#[test]
fn keys_of_records() {
    let table = AliasTable::built_in();
    let keys = |record: &Record<'_>| keys_of_record(record, table).join(" ");
    let pair = |vendor: &'static str, product: &'static str| {
        claim(Subject { vendor: vendor.into(), product: product.into(), ..Subject::default() })
    };
    assert_eq!(keys(&pair("The GNU C Library", "glibc")), "a:glibc p:glibc");
    assert_eq!(keys(&pair("ISC", "BIND 9")), "a:bind p:bind9");
    assert_eq!(keys(&pair("n/a", "n/a")), "");
    assert_eq!(keys(&pair("null", "null")), "");
    assert_eq!(keys(&pair("", "")), "");
    assert_eq!(keys(&pair("n/a", "https://github.com/curl/curl")), "a:curl r:github.com/curl/curl");
    assert_eq!(keys(&pair("vim", "vim/vim")), "a:vim p:vim p:vimvim");
    assert_eq!(keys(&pair("DENX", "Das U-Boot")), "a:u-boot p:dasuboot");
    let osv =
        claim(Subject { ecosystem: "Debian".into(), package_name: "OpenSSL".into(), ..Subject::default() });
    assert_eq!(keys(&osv), "e:debian/openssl");
    let go = claim(Subject {
        ecosystem: "Go".into(),
        package_name: "github.com/ulikunitz/xz".into(),
        ..Subject::default()
    });
    assert_eq!(keys(&go), "e:go/github.com/ulikunitz/xz");
    let fuzz =
        claim(Subject { ecosystem: "OSS-Fuzz".into(), package_name: "libxml2".into(), ..Subject::default() });
    assert_eq!(keys(&fuzz), "e:oss-fuzz/libxml2 p:libxml2");
    let git =
        claim(Subject { repo: "https://gitlab.gnome.org/GNOME/libxml2.git".into(), ..Subject::default() });
    assert_eq!(keys(&git), "a:libxml2 r:gitlab.gnome.org/gnome/libxml2");
    let purl = claim(Subject { purl: "pkg:pypi/Jinja2@3.1".into(), ..Subject::default() });
    assert_eq!(keys(&purl), "a:python-jinja2 e:pypi/jinja2 u:pypi//jinja2");
    let registry = claim(Subject {
        collection_url: "https://www.npmjs.com".into(),
        package_name: "tar".into(),
        ..Subject::default()
    });
    assert_eq!(keys(&registry), "e:npm/tar");
    let folder = claim(Subject {
        collection_url: "https://github.com/avahi/".into(),
        package_name: "avahi".into(),
        ..Subject::default()
    });
    assert_eq!(keys(&folder), "a:avahi p:avahi r:github.com/avahi r:github.com/avahi/avahi");
    let cpes = claim(Subject {
        cpes: vec!["cpe:2.3:a:denx:u-boot:2022.01:*:*:*:*:*:*:*".into()],
        ..Subject::default()
    });
    assert_eq!(keys(&cpes), "a:u-boot p:uboot");
}

#[test]
fn platform_mentions_give_no_key() {
    let platform = CpeNode { leaves: vec![leaf(false, "linux", "linux_kernel")], ..CpeNode::default() };
    let product = CpeNode { leaves: vec![leaf(true, "nvidia", "cuda_toolkit")], ..CpeNode::default() };
    let record = Record {
        configurations: vec![CpeNode {
            is_and: true,
            children: vec![product, platform],
            ..CpeNode::default()
        }],
        ..Record::default()
    };
    assert_eq!(keys_of_record(&record, AliasTable::built_in()), ["p:cudatoolkit"]);
}

#[test]
fn component_meets_record() {
    let table = AliasTable::built_in();
    let meets = |component: &Component, record: &Record<'_>| {
        let keys = keys_of_component(component, table);
        keys_of_record(record, table).iter().any(|key| keys.contains(key))
    };
    let named = |product: &'static str| claim(Subject { product: product.into(), ..Subject::default() });
    assert!(meets(&component("samba4", ""), &named("samba")));
    assert!(meets(&component("bluez5", ""), &named("BlueZ")));
    assert!(meets(&component("python3-jinja2", "cpe:2.3:*:*:jinja2:3.1.4"), &named("jinja")));
    assert!(meets(&component("das_u-boot", ""), &named("dasuboot")));
    assert!(meets(&component("thing", "cpe:2.3:a:haxx:libcurl:7.68.0"), &named("curl")));
    assert!(!meets(&component("orc", ""), &named("samba")));
    let mut deb = component("libssl3", "");
    deb.source_package = "openssl".to_owned();
    deb.purls.push(Purl::parse("pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12").expect("purl"));
    let osv =
        claim(Subject { ecosystem: "Debian".into(), package_name: "openssl".into(), ..Subject::default() });
    assert!(meets(&deb, &osv));
    assert!(!meets(&component("openssl", ""), &osv), "a Debian record speaks of Debian's package");
    let mut wrt = component("openssl", "");
    wrt.purls.push(Purl::parse("pkg:apk/openwrt/openssl@3.0.11-r1").expect("purl"));
    let alpine =
        claim(Subject { ecosystem: "Alpine".into(), package_name: "openssl".into(), ..Subject::default() });
    assert!(!meets(&wrt, &alpine), "OpenWrt packages are not Alpine's");
}

#[test]
fn product_keys() {
    for (name, key) in [
        ("U-Boot", "uboot"),
        ("u_boot", "uboot"),
        ("node.js", "nodejs"),
        ("g++", "g++"),
        ("libstdc++", "libstdc++"),
        ("Das U-Boot", "dasuboot"),
        ("", ""),
    ] {
        assert_eq!(product_key(name), key);
    }
}

proptest! {
    #[test]
    fn any_text_is_a_table_or_an_error(text in "(canonical|id|product)?(\tcve|\tcpes|\tdate|\n|\t|[a-z:|-]{0,5}){0,30}") {
        for errors in [
            AliasTable::parse(&text).err(),
            RuleTable::parse(&text).err(),
            BranchTable::parse(&text).err(),
        ] {
            prop_assert!(errors.is_none_or(|errors| !errors.is_empty()), "an error without a reason");
        }
    }

    /// A damaged line of the shipped table costs an error with its line, never more.
    #[test]
    fn damaged_rows_are_named(line in 5_usize..30, cell in 0_usize..14, junk in "[a-z :|/-]{0,6}") {
        let mut lines: Vec<String> = ALIASES.lines().take(30).map(str::to_owned).collect();
        let mut cells: Vec<&str> = lines[line].split('\t').collect();
        cells[cell] = &junk;
        lines[line] = cells.join("\t");
        if let Err(errors) = AliasTable::parse(&lines.join("\n")) {
            prop_assert!(errors.iter().all(|error| error.line > 0 && !error.why.is_empty()));
        }
    }
}
