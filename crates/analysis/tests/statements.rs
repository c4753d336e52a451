//! Statements applied to findings: identity, trust, precedence, and the reason for each statement.

use analysis::statements::{self, Application, Import, Rank, Release, Specificity, Tier, Trust};
use formats::vex;
use model::component::Component;
use model::finding::{Confidence, Evidence, Finding, Verdict};
use model::reason::Reason;
use model::vex::{Instant, Justification, ProductRef, VexDocument, VexFormat, VexStatement, VexStatus};
use proptest::prelude::*;
use testkit::records::component;

fn finding(id: &str, at: usize, verdict: Verdict) -> Finding {
    Finding {
        vulnerability: id.to_owned(),
        aliases: Vec::new(),
        component: at,
        verdict,
        reason: Reason::VInRange,
        qualifiers: Vec::new(),
        confidence: Confidence::High,
        evidence: Vec::new(),
        opinions: Vec::new(),
        fixed: String::new(),
        files: Vec::new(),
        facts: Default::default(),
    }
}

fn statement(id: &str, status: VexStatus, products: Vec<ProductRef>) -> VexStatement {
    let mut statement = VexStatement::new(id, status);
    if status == VexStatus::NotAffected {
        statement.justification = Some(Justification::VulnerableCodeNotPresent);
    }
    statement.products = products;
    let document = VexDocument::new(VexFormat::OpenVex);
    vex::settle::finish(statement, &document, &mut Vec::new())
}

fn document(name: &str, statements: Vec<VexStatement>) -> VexDocument {
    let mut document = VexDocument::new(VexFormat::OpenVex);
    document.hash = format!("sha256:{name}");
    document.statements = statements;
    document
}

fn supplier(document: &VexDocument) -> Import<'_> {
    Import { document, tier: Tier::Upstream, trust: Trust::supplier(), vouched: false }
}

fn purl(text: &str) -> ProductRef {
    ProductRef { purls: vec![text.to_owned()], ..ProductRef::default() }
}

fn cpe(text: &str) -> ProductRef {
    ProductRef { cpes: vec![text.to_owned()], ..ProductRef::default() }
}

fn limited(product: ProductRef, versions: &[&str]) -> ProductRef {
    ProductRef { versions: versions.iter().map(|version| (*version).to_owned()).collect(), ..product }
}

fn inside(outer: ProductRef, parts: Vec<ProductRef>) -> ProductRef {
    ProductRef { subcomponents: parts, ..outer }
}

/// One statement on one component: `applied specificity`, or the code of the reason.
fn verdict_on(product: ProductRef, component: &Component, release: Option<&Component>) -> String {
    let statements = document("one", vec![statement("CVE-2024-1", VexStatus::NotAffected, vec![product])]);
    let components = [component.clone()];
    let release =
        Release { product: release, components: &components, documents: &["urn:uuid:1-2".to_owned()] };
    let findings = [finding("CVE-2024-1", 0, Verdict::Affected)];
    let application = statements::apply(&[supplier(&statements)], &release, &findings);
    let result = &application.results[0];
    match (&application.effective[0], &result.why) {
        (Some(effective), None) => {
            assert_eq!((result.applied.as_slice(), effective.verdict), (&[0][..], Verdict::NotAffected));
            format!("applied {}", effective.specificity.word())
        }
        (None, Some(why)) => {
            assert!(!why.to_string().is_empty());
            why.code().to_owned()
        }
        other => panic!("neither applied nor explained: {other:?}"),
    }
}

/// Strict identity, row by row: what is missing, broken or different matches nothing.
#[test]
fn identity_is_strict() {
    let openssl = component("openssl", "3.0.8-1")
        .purl("pkg:deb/debian/openssl@3.0.8-1?arch=arm64&distro=debian-12")
        .cpe("cpe:2.3:a:openssl:openssl:3.0.8:*:*:*:*:*:*:*")
        .component;
    let only_cpe =
        component("openssl", "3.0.8").cpe("cpe:2.3:a:openssl:openssl:3.0.8:*:*:*:*:*:*:*").component;
    let nothing = component("openssl", "3.0.8").component;
    let no_version = component("openssl", "").purl("pkg:deb/debian/openssl").component;
    let hash = format!("sha256:{}", "a".repeat(64));
    let file = component("openssl", "3").with(|component| component.hashes = vec![hash.clone()]).component;
    let hashed = |hash: &str| ProductRef { hashes: vec![hash.to_owned()], ..ProductRef::default() };
    let named = ProductRef { name: "openssl".to_owned(), ..ProductRef::default() };
    let both = |purl_text: &str| ProductRef {
        cpes: vec!["cpe:2.3:a:openssl:openssl:3.0.8:*:*:*:*:*:*:*".to_owned()],
        ..purl(purl_text)
    };
    let rows: Vec<(ProductRef, &Component, &str)> = vec![
        (purl("pkg:deb/debian/openssl@3.0.8-1"), &openssl, "applied component_version"),
        (purl("pkg:deb/debian/openssl"), &openssl, "applied component"),
        (purl("pkg:deb/debian/openssl@3.0.8-1?arch=arm64"), &openssl, "applied component_version"),
        (purl("pkg:DEB/Debian/openssl@3.0.8-1"), &openssl, "applied component_version"),
        (purl("pkg:deb/debian/openssl@3.0.8-1?arch=amd64"), &openssl, "qualifier"),
        (purl("pkg:deb/debian/openssl@3.0.8-1?epoch=1"), &openssl, "qualifier"),
        (purl("pkg:deb/debian/openssl@3.0.8"), &openssl, "other_version"),
        (purl("pkg:deb/ubuntu/openssl@3.0.8-1"), &openssl, "other_product"),
        (purl("pkg:deb/debian/libssl3@3.0.8-1"), &openssl, "other_product"),
        (purl("pkg:rpm/debian/openssl@3.0.8-1"), &openssl, "other_product"),
        (purl("pkg:deb/openssl@3.0.8-1"), &openssl, "invalid_identifier"),
        (purl("pkg:deb"), &openssl, "invalid_identifier"),
        (purl("openssl"), &openssl, "invalid_identifier"),
        (named.clone(), &openssl, "no_identifier"),
        (ProductRef::default(), &openssl, "no_identifier"),
        (purl("pkg:deb/debian/openssl"), &nothing, "other_product"),
        // Ranges and listed versions.
        (
            limited(purl("pkg:deb/debian/openssl"), &["vers:deb/>=3.0.0|<3.0.9"]),
            &openssl,
            "applied component_version",
        ),
        (limited(purl("pkg:deb/debian/openssl"), &["vers:deb/<3.0.8-1"]), &openssl, "other_version"),
        (
            limited(purl("pkg:deb/debian/openssl"), &["vers:deb/<3.0.8-1", "3.0.8-1"]),
            &openssl,
            "applied component_version",
        ),
        (limited(purl("pkg:deb/debian/openssl"), &["vers:npm/>=1.0.0"]), &openssl, "unreadable_range"),
        (limited(purl("pkg:deb/debian/openssl"), &["vers:klingon/>=1"]), &openssl, "unreadable_range"),
        (limited(purl("pkg:deb/debian/openssl"), &["vers:none/*"]), &openssl, "other_version"),
        (limited(purl("pkg:deb/debian/openssl"), &["vers:all/*"]), &openssl, "applied component_version"),
        (limited(purl("pkg:deb/debian/openssl"), &["<=3.1"]), &openssl, "other_version"),
        (limited(purl("pkg:deb/debian/openssl@3.0.8-1"), &["3.0.9"]), &openssl, "other_version"),
        (limited(purl("pkg:deb/debian/openssl"), &["vers:deb/>=1"]), &no_version, "no_version"),
        (purl("pkg:deb/debian/openssl@3"), &no_version, "no_version"),
        // CPE only where one side has no package URL.
        (cpe("cpe:2.3:a:openssl:openssl:3.0.8:*:*:*:*:*:*:*"), &only_cpe, "applied component_version"),
        (cpe("cpe:/a:openssl:openssl:3.0.8"), &only_cpe, "applied component_version"),
        (cpe("cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*"), &only_cpe, "applied component"),
        (cpe("cpe:2.3:a:openssl:openssl:3.0.9:*:*:*:*:*:*:*"), &only_cpe, "other_version"),
        (cpe("cpe:2.3:a:*:openssl:3.0.8:*:*:*:*:*:*:*"), &only_cpe, "other_product"),
        (cpe("cpe:2.3:a:sfackler:openssl:3.0.8:*:*:*:*:*:*:*"), &only_cpe, "other_product"),
        (cpe("cpe:2.3:a:openssl:openssl:3.0.8:*:*:*:*:rust:*:*"), &only_cpe, "qualifier"),
        (cpe("cpe:2.3:a:openssl"), &only_cpe, "invalid_identifier"),
        (both("pkg:deb/ubuntu/openssl@3.0.8-1"), &openssl, "other_product"),
        (both("pkg:deb/ubuntu/openssl@3.0.8-1"), &only_cpe, "applied component_version"),
        (both("pkg:deb/openssl"), &only_cpe, "invalid_identifier"),
        // Hashes.
        (hashed(&hash), &file, "applied component_version"),
        (hashed(&hash.replace("aa", "ab")), &file, "other_product"),
        (hashed("md5:0123"), &file, "no_identifier"),
    ];
    for (product, component, expected) in rows {
        assert_eq!(verdict_on(product.clone(), component, None), expected, "{product:?}");
    }
    let unnamed = document("none", vec![statement("CVE-2024-1", VexStatus::Fixed, Vec::new())]);
    let release = Release { product: None, components: &[openssl], documents: &[] };
    let findings = [finding("CVE-2024-1", 0, Verdict::Affected)];
    let application = statements::apply(&[supplier(&unnamed)], &release, &findings);
    assert_eq!(application.results[0].why.as_ref().map(statements::Why::code), Some("no_product"));
}

/// The CPE that Yocto writes names no vendor: only the very same one of the very same recipe is meant.
#[test]
fn vendorless_names_of_recipes() {
    let busybox = component("busybox", "1.36.1").cpe("cpe:2.3:*:*:busybox:1.36.1:*:*:*:*:*:*:*").component;
    let said = |name: &str, text: &str| ProductRef { name: name.to_owned(), ..cpe(text) };
    let same = "cpe:2.3:*:*:busybox:1.36.1:*:*:*:*:*:*:*";
    assert_eq!(verdict_on(said("busybox", same), &busybox, None), "applied component_version");
    assert_eq!(verdict_on(said("toybox", same), &busybox, None), "other_product");
    assert_eq!(verdict_on(said("", same), &busybox, None), "other_product");
    let newer = "cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*";
    assert_eq!(verdict_on(said("busybox", newer), &busybox, None), "other_product");
    let any = "cpe:2.3:*:*:busybox:*:*:*:*:*:*:*:*";
    assert_eq!(verdict_on(said("busybox", any), &busybox, None), "other_product");
    let vendor = "cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*";
    assert_eq!(verdict_on(said("busybox", vendor), &busybox, None), "other_product");
}

/// Parts of products, the product as a whole, and references that are unique in the world.
#[test]
fn products_and_parts() {
    let gateway = component("gateway", "4.2").purl("pkg:generic/gateway@4.2").component;
    let mut library = component("a", "1").purl("pkg:npm/a@1").component;
    let part = || vec![purl("pkg:npm/a@1")];
    let rows = [
        (inside(purl("pkg:generic/gateway@4.2"), part()), "applied component_version"),
        (inside(purl("pkg:generic/gateway"), part()), "applied component_version"),
        (inside(purl("pkg:generic/gateway@4.3"), part()), "other_context"),
        (inside(purl("pkg:generic/sensor@4.2"), part()), "other_context"),
        (inside(ProductRef { name: "gateway".to_owned(), ..ProductRef::default() }, part()), "no_identifier"),
        (inside(purl("pkg:generic/gateway@4.2"), vec![purl("pkg:npm/a@2")]), "other_version"),
        (
            inside(purl("pkg:generic/gateway@4.2"), vec![purl("pkg:npm/b@1"), purl("pkg:npm/a")]),
            "applied component",
        ),
        (purl("pkg:generic/gateway@4.2"), "applied product"),
        (purl("pkg:generic/gateway"), "applied line"),
        (purl("pkg:generic/gateway@4.1"), "other_version"),
        (purl("pkg:npm/a@1"), "applied component_version"),
    ];
    for (product, expected) in rows {
        assert_eq!(verdict_on(product.clone(), &library, Some(&gateway)), expected, "{product:?}");
    }
    let nested = inside(purl("pkg:generic/gateway@4.2"), vec![inside(purl("pkg:npm/frame"), part())]);
    assert_eq!(verdict_on(nested, &library, Some(&gateway)), "other_context");
    let refer = |text: &str| ProductRef { reference: text.to_owned(), ..ProductRef::default() };
    for (own, reference, expected) in [
        ("https://example.com/spdx/a", "https://example.com/spdx/a", "applied component_version"),
        ("https://example.com/spdx/a", "https://example.com/spdx/b", "no_identifier"),
        ("SPDXRef-a", "SPDXRef-a", "no_identifier"),
        ("c-1", "urn:cdx:1-2/1#c-1", "applied component_version"),
        ("c-1", "urn:cdx:3-4/1#c-1", "no_identifier"),
        ("c-1", "urn:cdx:1-2/1#c-2", "no_identifier"),
    ] {
        own.clone_into(&mut library.source_ref);
        assert_eq!(verdict_on(refer(reference), &library, None), expected, "{reference}");
    }
}

/// A part inside of a component that contains it, and a document that somebody vouches for.
#[test]
fn containers_and_vouchers() {
    let frame = component("frame", "1").purl("pkg:npm/frame@1").component;
    let library = component("a", "1")
        .purl("pkg:npm/a@1")
        .with(|component| component.parents = vec!["frame@1".to_owned(), "gone".to_owned()])
        .component;
    let alone =
        component("a", "1").purl("pkg:npm/a@1").with(|one| one.source_ref = "other".to_owned()).component;
    let components = [frame, library, alone];
    let release = Release { product: None, components: &components, documents: &[] };
    let findings = [finding("CVE-2024-1", 1, Verdict::Affected), finding("CVE-2024-1", 2, Verdict::Affected)];
    let applied = |product: ProductRef, vouched: bool| {
        let one = document("one", vec![statement("CVE-2024-1", VexStatus::NotAffected, vec![product])]);
        let import = Import { vouched, ..supplier(&one) };
        statements::apply(&[import], &release, &findings).results.remove(0).applied
    };
    let part = || vec![purl("pkg:npm/a@1")];
    assert_eq!(applied(inside(purl("pkg:npm/frame@1"), part()), false), [0]);
    assert_eq!(applied(inside(purl("pkg:npm/frame@2"), part()), false), [0; 0]);
    let nameless = ProductRef { name: "our image".to_owned(), ..ProductRef::default() };
    assert_eq!(applied(inside(nameless.clone(), part()), false), [0; 0]);
    assert_eq!(applied(inside(nameless, part()), true), [0, 1]);
    assert_eq!(
        applied(inside(purl("pkg:oci/other"), part()), true),
        [0; 0],
        "an identifier is never vouched away"
    );
}

/// Ids: any alias of the finding; an alias of the statement never leads from one CVE to another.
#[test]
fn vulnerabilities_are_found_by_any_id() {
    let one = component("a", "1").purl("pkg:npm/a@1").component;
    let components = [one];
    let release = Release { product: None, components: &components, documents: &[] };
    let mut found = finding("CVE-2024-1", 0, Verdict::Affected);
    found.aliases = vec!["GHSA-aaaa-bbbb-cccc".to_owned()];
    for (id, aliases, applies) in [
        ("CVE-2024-1", &[][..], true),
        ("cve-2024-1", &[], true),
        ("GHSA-aaaa-bbbb-cccc", &[], true),
        ("GHSA-xxxx-yyyy-zzzz", &["CVE-2024-1"], true),
        ("CVE-2024-2", &["CVE-2024-1"], false),
        ("CVE-2024-10", &[], false),
    ] {
        let mut said = statement(id, VexStatus::Fixed, vec![purl("pkg:npm/a@1")]);
        said.aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let statements = document("x", vec![said]);
        let application = statements::apply(&[supplier(&statements)], &release, std::slice::from_ref(&found));
        assert_eq!(application.results[0].is_applied(), applies, "{id}");
        if !applies {
            assert_eq!(application.results[0].why.as_ref().map(statements::Why::code), Some("no_finding"));
        }
    }
}

#[test]
fn trust_has_a_scope() {
    let one = component("a", "1").purl("pkg:npm/%40scope/a@1").component;
    let components = [one];
    let release = Release { product: None, components: &components, documents: &[] };
    let findings = [finding("CVE-2024-1", 0, Verdict::Affected)];
    let code = |said: &VexStatement, trust: Trust| {
        let document = document("x", vec![said.clone()]);
        let import = Import { trust, ..supplier(&document) };
        let application = statements::apply(&[import], &release, &findings);
        application.results[0].why.as_ref().map_or("applied", statements::Why::code)
    };
    let scoped = |pattern: &str| Trust { components: vec![pattern.to_owned()], ..Trust::supplier() };
    let product = || vec![purl("pkg:npm/%40scope/a@1")];
    let mut said = statement("CVE-2024-1", VexStatus::NotAffected, product());
    assert_eq!(code(&said, Trust::none()), "not_accepted");
    for (pattern, expected) in [
        ("npm/@scope/*", "applied"),
        ("*", "applied"),
        ("a", "applied"),
        ("n*/@s*/a", "applied"),
        ("npm/@scope", "component_not_in_scope"),
        ("*b*", "component_not_in_scope"),
        ("aa*a", "component_not_in_scope"),
    ] {
        assert_eq!(code(&said, scoped(pattern)), expected, "{pattern}");
    }
    let fixed_only = Trust { statuses: vec![VexStatus::Fixed], ..Trust::supplier() };
    assert_eq!(code(&said, fixed_only), "status_not_in_scope");
    for justification in Justification::ALL {
        said.justification = Some(*justification);
        let expected = if justification.number() <= 3 { "applied" } else { "justification_not_in_scope" };
        assert_eq!(code(&said, Trust::supplier()), expected, "{}", justification.word());
        assert_eq!(code(&said, Trust::own()), "applied");
    }
    said.justification = None;
    assert_eq!(code(&said, Trust::supplier()), "no_justification");
    assert_eq!(code(&said, Trust::own()), "applied");
}

/// Tier, specificity, time, version, content: each decides only where the ones before it are equal.
#[test]
fn the_order_of_ranks() {
    let low = Rank {
        tier: Tier::Upstream,
        specificity: Specificity::Line,
        time: None,
        version: "",
        hash: "a",
        document: "a",
        position: "a",
    };
    let time = |text: &str| Instant::parse(text);
    let rising = [
        low,
        Rank { position: "b", ..low },
        Rank { document: "b", ..low },
        Rank { hash: "b", ..low },
        Rank { version: "1", ..low },
        Rank { version: "1.9", ..low },
        Rank { version: "1.10", ..low },
        Rank { version: "2", ..low },
        Rank { time: time("2024-01-01T00:00:00Z"), ..low },
        Rank { time: time("2024-01-01T00:00:00-01:00"), ..low },
        Rank { time: time("2024-01-01T01:00:00.5Z"), version: "", ..low },
        Rank { specificity: Specificity::Product, ..low },
        Rank { specificity: Specificity::Component, ..low },
        Rank { specificity: Specificity::ComponentVersion, ..low },
        Rank { tier: Tier::Policy, ..low },
        Rank { tier: Tier::Human, ..low },
    ];
    for (at, one) in rising.iter().enumerate() {
        for (other_at, other) in rising.iter().enumerate() {
            assert_eq!(one.cmp(other), at.cmp(&other_at), "{one:?} {other:?}");
        }
    }
    assert_eq!(Tier::Human.number(), 1);
}

/// What an effective statement makes of a verdict.
#[test]
fn verdicts_that_follow() {
    use Verdict::{Affected, NeedsReview, NotAffected};
    let one = component("a", "1").purl("pkg:npm/a@1").component;
    let components = [one];
    let release = Release { product: None, components: &components, documents: &[] };
    for (status, tier, before, after, reason) in [
        (VexStatus::NotAffected, Tier::Upstream, Affected, NotAffected, Reason::SSupplierNotAffected),
        (VexStatus::FalsePositive, Tier::Upstream, Affected, NotAffected, Reason::SSupplierNotAffected),
        (VexStatus::Fixed, Tier::Upstream, NeedsReview, NotAffected, Reason::SSupplierFixed),
        (VexStatus::FixedBackport, Tier::Upstream, Affected, NotAffected, Reason::SSupplierFixed),
        (VexStatus::Affected, Tier::Upstream, NotAffected, Affected, Reason::SSupplierAffected),
        (VexStatus::Affected, Tier::Upstream, Affected, Affected, Reason::VInRange),
        // Who does not know takes nothing away.
        (VexStatus::UnderInvestigation, Tier::Upstream, Affected, Affected, Reason::VInRange),
        (VexStatus::Unknown, Tier::Upstream, NotAffected, NotAffected, Reason::VInRange),
        (VexStatus::UnderInvestigation, Tier::Human, NotAffected, NeedsReview, Reason::RLocalRule),
        (VexStatus::NotAffected, Tier::Human, Affected, NotAffected, Reason::RLocalRule),
    ] {
        let statements = document("x", vec![statement("CVE-2024-1", status, vec![purl("pkg:npm/a@1")])]);
        let imports = [Import { tier, ..supplier(&statements) }];
        let mut findings = [finding("CVE-2024-1", 0, before)];
        let application = statements::apply(&imports, &release, &findings);
        statements::settle(&application, &imports, &mut findings);
        assert_eq!((findings[0].verdict, findings[0].reason), (after, reason), "{status:?} {before:?}");
        assert_eq!(findings[0].evidence.len(), 1, "the statement is shown");
        let contradicts = before == Affected && after != Affected;
        assert_eq!(findings[0].qualifiers.contains(&Reason::CSourcesDisagree), contradicts);
    }
}

/// The same document twice is one document; two that disagree are both named.
#[test]
fn repeated_and_disagreeing_documents() {
    let one = component("a", "1").purl("pkg:npm/a@1").component;
    let components = [one];
    let release = Release { product: None, components: &components, documents: &[] };
    let findings = [finding("CVE-2024-1", 0, Verdict::Affected)];
    let product = || vec![purl("pkg:npm/a@1")];
    let fixed = document("fixed", vec![statement("CVE-2024-1", VexStatus::Fixed, product())]);
    let mut affected = document("affected", vec![statement("CVE-2024-1", VexStatus::Affected, product())]);
    affected.statements[0].timestamp = "2024-01-01T00:00:00Z".to_owned();
    let imports = [supplier(&fixed), supplier(&affected), supplier(&fixed)];
    let application = statements::apply(&imports, &release, &findings);
    let codes: Vec<Option<&str>> =
        application.results.iter().map(|result| result.why.as_ref().map(statements::Why::code)).collect();
    assert_eq!(codes, [Some("outranked"), None, Some("repeated")]);
    let effective = application.effective[0].as_ref().expect("one holds");
    assert_eq!((effective.verdict, effective.disagreeing.as_slice()), (Verdict::Affected, &[(0, 0)][..]));
}

fn read(name: &str) -> Option<VexDocument> {
    let path = testkit::shared(&format!("conformance/{name}"))?;
    let bytes = std::fs::read(path).expect("a document");
    Some(vex::read(&bytes, name).expect("it is read").value)
}

/// Documents of other tools' tests, on the components of those tests.
#[test]
fn documents_of_other_tools() {
    let image = component("alpine", "")
        .purl("pkg:oci/alpine@sha256%3A124c7d2707904eea7431fffe91522a01e5a861a624ee31d03372cc1d138a3126?repository_url=index.docker.io/library")
        .component;
    let libcrypto = component("libcrypto3", "3.0.8-r3")
        .purl("pkg:apk/alpine/libcrypto3@3.0.8-r3?arch=x86_64&upstream=openssl&distro=alpine-3.17.3")
        .component;
    let spring = component("spring-boot", "2.6.0")
        .purl("pkg:maven/org.springframework.boot/spring-boot@2.6.0")
        .component;
    let transitive = component("go-transitive", "v4.0.0")
        .purl("pkg:golang/github.com/aquasecurity/go-transitive@v4.0.0")
        .component;
    let direct = component("go-direct1", "v2.0.0")
        .purl("pkg:golang/github.com/aquasecurity/go-direct1@v2.0.0")
        .component;
    let bash = component("bash", "5.3").purl("pkg:deb/debian/bash@5.3?distro=debian-12").component;
    let debian = component("debian", "").purl("pkg:oci/debian").component;
    let grype = "vex-grype-testdata/grype/vex/testdata/vex-docs";
    let rows: Vec<(String, &Component, Option<&Component>, &str, &str)> = vec![
        (format!("{grype}/openvex-demo1.json"), &libcrypto, Some(&image), "CVE-2023-1255", "applied"),
        (format!("{grype}/openvex-demo1.json"), &libcrypto, None, "CVE-2023-1255", "other_context"),
        (format!("{grype}/openvex-demo1.json"), &libcrypto, Some(&image), "CVE-2023-9", "no_finding"),
        (
            format!("{grype}/openvex-image-no-subcomponents.json"),
            &libcrypto,
            Some(&image),
            "CVE-2023-1255",
            "applied",
        ),
        (format!("{grype}/openvex-package-product.json"), &libcrypto, None, "CVE-2023-1255", "applied"),
        (
            format!("{grype}/openvex-debian.json"),
            &libcrypto,
            Some(&image),
            "CVE-2014-fake-1",
            "other_product",
        ),
        (format!("{grype}/csaf-demo1.json"), &libcrypto, None, "CVE-2023-1255", "applied"),
        ("vex-trivy-testdata/openvex.json".into(), &spring, None, "CVE-2021-44228", "applied"),
        ("vex-trivy-testdata/openvex.json".into(), &bash, None, "CVE-2021-44228", "other_product"),
        (
            "vex-trivy-testdata/openvex-nested.json".into(),
            &transitive,
            Some(&direct),
            "CVE-2024-0001",
            "applied",
        ),
        (
            "vex-trivy-testdata/openvex-nested.json".into(),
            &transitive,
            Some(&spring),
            "CVE-2024-0001",
            "other_context",
        ),
        ("vex-trivy-testdata/openvex-oci.json".into(), &bash, Some(&debian), "CVE-2022-3715", "applied"),
        (
            "vex-trivy-testdata/openvex-oci-mismatch.json".into(),
            &bash,
            Some(&debian),
            "CVE-2022-3715",
            "other_context",
        ),
        // A free text is no justification, even when it has the word of one.
        ("vex-trivy-testdata/csaf.json".into(), &transitive, None, "CVE-2024-0001", "no_justification"),
        (
            "vex-trivy-testdata/csaf-relationships.json".into(),
            &transitive,
            Some(&direct),
            "CVE-2024-0001",
            "justification_not_in_scope",
        ),
        (
            "vex-trivy-testdata/csaf-relationships.json".into(),
            &transitive,
            Some(&bash),
            "CVE-2024-0001",
            "other_context",
        ),
    ];
    for (name, subject, product, id, expected) in rows {
        let Some(document) = read(&name) else { return };
        let components = std::slice::from_ref(subject);
        let release = Release { product, components, documents: &[] };
        let findings = [finding(id, 0, Verdict::Affected)];
        let application = statements::apply(&[supplier(&document)], &release, &findings);
        let first = &application.results[0];
        assert_eq!(first.why.as_ref().map_or("applied", statements::Why::code), expected, "{name} {id}");
    }
    // Two statements on the same thing: the later one holds.
    let Some(multiple) = read("vex-trivy-testdata/openvex-multiple.json") else { return };
    let release = Release { product: None, components: &[spring], documents: &[] };
    let findings = [finding("CVE-2021-44228", 0, Verdict::Affected)];
    let application = statements::apply(&[supplier(&multiple)], &release, &findings);
    assert_eq!(application.effective[0].as_ref().map(|effective| effective.statement), Some(1));
}

/// What holds, told by content: the fingerprints, not the places, of what was imported.
fn told(application: &Application, imports: &[Import<'_>]) -> Vec<String> {
    let name = |document: usize, statement: usize| {
        let import = &imports[document];
        format!("{} {}", import.document.hash, import.document.statements[statement].hash)
    };
    application
        .effective
        .iter()
        .map(|effective| match effective {
            None => "-".to_owned(),
            Some(effective) => {
                let others: Vec<String> = effective
                    .disagreeing
                    .iter()
                    .map(|(document, statement)| name(*document, *statement))
                    .collect();
                format!(
                    "{} {:?} {:?} {:?} {others:?}",
                    name(effective.document, effective.statement),
                    effective.verdict,
                    effective.tier,
                    effective.specificity
                )
            }
        })
        .collect()
}

/// Documents of five sources with statements that meet in many ways, equal times included.
fn sources() -> impl Strategy<Value = Vec<(VexDocument, Tier)>> {
    let products = prop::sample::select(vec![
        purl("pkg:npm/a@1"),
        purl("pkg:npm/a"),
        purl("pkg:npm/b@1"),
        purl("pkg:generic/gateway@4.2"),
        purl("pkg:generic/gateway"),
        limited(purl("pkg:npm/a"), &["vers:npm/<2.0.0"]),
    ]);
    let times = prop::sample::select(vec![
        "",
        "2024-01-01T00:00:00Z",
        "2024-01-01T01:00:00+01:00",
        "2024-01-02T00:00:00Z",
    ]);
    let statuses = prop::sample::select(VexStatus::ALL.to_vec());
    let ids = prop::sample::select(vec!["CVE-2024-1", "CVE-2024-2"]);
    let one = (ids, statuses, products, times).prop_map(|(id, status, product, time)| {
        let mut one = statement(id, status, vec![product]);
        one.timestamp = time.to_owned();
        one.hash = vex::settle::fingerprint(&one);
        one
    });
    let tiers = prop::sample::select(vec![Tier::Upstream, Tier::Policy, Tier::Human]);
    let versions = prop::sample::select(vec!["", "1", "2", "1.0.0"]);
    let source = (prop::collection::vec(one, 1..5), tiers, versions);
    prop::collection::vec(source, 5..8).prop_map(|sources| {
        let name = |at: usize| format!("{at}");
        let sources = sources.into_iter().enumerate();
        sources
            .map(|(at, (statements, tier, version))| {
                let mut document = document(&name(at), statements);
                document.version = version.to_owned();
                (document, tier)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any order of the documents, and any grouping of the statements into imports, gives the same answer.
    #[test]
    fn order_and_grouping_do_not_matter(sources in sources(), seed in any::<u64>()) {
        let gateway = component("gateway", "4.2").purl("pkg:generic/gateway@4.2").component;
        let components = [
            component("a", "1").purl("pkg:npm/a@1").component,
            component("b", "1").purl("pkg:npm/b@1").component,
        ];
        let release = Release { product: Some(&gateway), components: &components, documents: &[] };
        let findings: Vec<Finding> = ["CVE-2024-1", "CVE-2024-2"]
            .iter()
            .flat_map(|id| [finding(id, 0, Verdict::Affected), finding(id, 1, Verdict::NeedsReview)])
            .collect();
        let imports: Vec<Import<'_>> = sources
            .iter()
            .map(|(document, tier)| Import { tier: *tier, ..supplier(document) })
            .collect();
        let expected = told(&statements::apply(&imports, &release, &findings), &imports);

        let mut shuffled = imports.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(&told(&statements::apply(&shuffled, &release, &findings), &shuffled), &expected);

        // Groups: each source's statements one by one, as documents of the same fingerprint.
        let single: Vec<(VexDocument, Tier)> = sources
            .iter()
            .flat_map(|(document, tier)| {
                document.statements.iter().enumerate().map(move |(at, statement)| {
                    let mut one = document.clone();
                    one.statements = vec![statement.clone()];
                    // Another file, and the same name in the answer.
                    one.file = format!("{at}");
                    (one, *tier)
                })
            })
            .collect();
        let mut winners: Vec<Option<Rank<'_>>> = vec![None; findings.len()];
        for (document, tier) in &single {
            let imports = [Import { tier: *tier, ..supplier(document) }];
            let application = statements::apply(&imports, &release, &findings);
            for (winner, effective) in winners.iter_mut().zip(&application.effective) {
                let Some(effective) = effective else { continue };
                let said = &document.statements[effective.statement];
                let rank = Rank {
                    tier: effective.tier,
                    specificity: effective.specificity,
                    time: Instant::parse(&said.timestamp),
                    version: &document.version,
                    hash: &said.hash,
                    document: &document.hash,
                    position: &said.position,
                };
                *winner = (*winner).max(Some(rank));
            }
        }
        for (winner, line) in winners.iter().zip(&expected) {
            let name = winner.map_or("-".to_owned(), |rank| format!("{} {}", rank.document, rank.hash));
            prop_assert!(line.starts_with(&name), "{} {}", line, name);
        }
    }
}

/// Our own findings as statements: the status of the reason, a text made of the evidence, all identifiers.
#[test]
fn findings_become_statements() {
    use statements::publish;
    let busybox = component("busybox", "1.36.1")
        .purl("pkg:generic/busybox@1.36.1")
        .cpe("cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*")
        .component;
    let said = |verdict: Verdict, reason: Reason, evidence: Vec<Evidence>| {
        let found = Finding { reason, evidence, ..finding("CVE-2024-1", 0, verdict) };
        publish::statement(&purl("pkg:generic/gateway@4.2"), &busybox, &found)
    };
    let file = Evidence::File {
        path: "networking/netstat.c".to_owned(),
        class: "code".to_owned(),
        result: "not built".to_owned(),
        expression: String::new(),
        proof: "# CONFIG_NETSTAT is not set".to_owned(),
    };
    let off = said(Verdict::NotAffected, Reason::EConfigOff, vec![file]);
    assert_eq!(
        (off.status, off.justification),
        (VexStatus::NotAffected, Some(Justification::VulnerableCodeNotPresent))
    );
    assert_eq!(
        off.impact,
        "all affected files depend on options that are off [E_CONFIG_OFF]; networking/netstat.c is not built: # CONFIG_NETSTAT is not set"
    );
    let part = &off.products[0].subcomponents[0];
    assert_eq!(part.purls, ["pkg:generic/busybox@1.36.1"]);
    assert_eq!(part.cpes, ["cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*"]);
    let word = |verdict, reason| {
        let one = said(verdict, reason, Vec::new());
        format!("{} {}", one.status.word(), one.justification.map_or("", Justification::word))
    };
    for (reason, expected) in [
        (Reason::VFixed, "fixed "),
        (Reason::KFixedInBranch, "fixed "),
        (Reason::EPatchVerified, "fixed_backport "),
        (Reason::IOtherProduct, "false_positive component_not_present"),
        (Reason::RRejected, "false_positive component_not_present"),
        (Reason::VBeforeRange, "not_affected vulnerable_code_not_present"),
        (Reason::ENotOnTarget, "not_affected component_not_present"),
        // Somebody's word without a reason of the five is not repeated as ours.
        (Reason::SSupplierNotAffected, "under_investigation "),
    ] {
        assert_eq!(word(Verdict::NotAffected, reason), expected, "{reason}");
    }
    assert_eq!(word(Verdict::NeedsReview, Reason::VUnbounded), "under_investigation ");
    let mut open = finding("CVE-2024-1", 0, Verdict::Affected);
    assert!(
        publish::statement(&ProductRef::default(), &busybox, &open).action.starts_with("No fixed version")
    );
    open.fixed = "1.37.0".to_owned();
    let action = publish::statement(&ProductRef::default(), &busybox, &open).action;
    assert_eq!(action, "Update busybox from 1.36.1 to 1.37.0 or later.");
    let by_supplier = Evidence::Statement {
        by: "Vendor".to_owned(),
        says: "not_affected (component_not_present)".to_owned(),
        text: String::new(),
    };
    let repeated = said(Verdict::NotAffected, Reason::SSupplierNotAffected, vec![by_supplier]);
    assert_eq!(repeated.justification, Some(Justification::ComponentNotPresent));
}

/// What we publish of a release, we read and apply to the same release.
#[test]
fn published_statements_come_home() {
    let gateway = component("gateway", "4.2").purl("pkg:generic/gateway@4.2").component;
    let components = [
        component("busybox", "1.36.1").purl("pkg:generic/busybox@1.36.1").component,
        component("dropbear", "2022.83")
            .cpe("cpe:2.3:a:dropbear_ssh_project:dropbear_ssh:2022.83:*:*:*:*:*:*:*")
            .component,
    ];
    let mut findings =
        [finding("CVE-2024-1", 0, Verdict::NotAffected), finding("CVE-2024-2", 1, Verdict::NotAffected)];
    findings[0].reason = Reason::EConfigOff;
    findings[1].reason = Reason::EPatchVerified;
    let product = statements::publish::reference(&gateway);
    let mut document = VexDocument::new(VexFormat::OpenVex);
    document.author = "Maker".to_owned();
    document.timestamp = "2024-01-01T00:00:00Z".to_owned();
    document.statements = findings
        .iter()
        .map(|found| statements::publish::statement(&product, &components[found.component], found))
        .collect();
    let release = Release { product: Some(&gateway), components: &components, documents: &[] };
    let open = [finding("CVE-2024-1", 0, Verdict::Affected), finding("CVE-2024-2", 1, Verdict::Affected)];
    for form in [VexFormat::OpenVex, VexFormat::CycloneDx, VexFormat::Spdx3] {
        let written = vex::write(&document, form).expect("written").value;
        let again = vex::read(written.as_bytes(), "x").expect("read").value;
        let application = statements::apply(&[supplier(&again)], &release, &open);
        let verdicts: Vec<Option<Verdict>> =
            application.effective.iter().map(|effective| effective.as_ref().map(|one| one.verdict)).collect();
        assert_eq!(verdicts, [Some(Verdict::NotAffected); 2], "{}", form.word());
    }
}
