//! Advisories of suppliers, entries of the EU's database, lists of exploits and the life of branches, as far as they reach
//! a finding.

use analysis::matching::fixes::FixReader;
use analysis::policy::remedy::advise;
use analysis::{Options, StatementPolicy, scan};
use model::component::Role;
use model::finding::Finding;
use testkit::records::{Building, Knowledge, component, inventory};

const AT: &str = "2026-07-21";

/// An advisory about one product: tree and status in the words of CSAF.
fn advisory(tree: &str, status: &str) -> String {
    format!(
        r#"{{"document":{{"category":"csaf_security_advisory","csaf_version":"2.0","title":"t",
        "publisher":{{"category":"coordinator","name":"CISA","namespace":"https://example.org"}},
        "tracking":{{"id":"ICSA-24-001-01","status":"final","version":"1","initial_release_date":"2024-01-01T00:00:00Z",
        "current_release_date":"2024-01-01T00:00:00Z"}}}},"product_tree":{{{tree}}},
        "vulnerabilities":[{{"cve":"CVE-2024-1","product_status":{{{status}}},
        "flags":[{{"label":"vulnerable_code_not_in_execute_path","product_ids":["P"]}}]}}]}}"#
    )
}

fn branch(vendor: &str, product: &str, version: &str) -> String {
    format!(
        r#""branches":[{{"category":"vendor","name":"{vendor}","branches":[{{"category":"product_name","name":"{product}",
        "branches":[{{"category":"product_version_range","name":"{version}","product":{{"product_id":"P","name":"p"}}}}]}}]}}]"#
    )
}

fn found(knowledge: Knowledge, of: Building, policy: StatementPolicy) -> Vec<Finding> {
    let options =
        Options { at: AT.to_owned(), with_not_affected: true, statements: policy, ..Options::default() };
    scan(&knowledge.index(), &inventory(vec![of]), &options).findings
}

/// `affected S_SUPPLIER_AFFECTED [C_SOURCES_DISAGREE]` of the only finding; `-` for none.
fn told(knowledge: Knowledge, of: Building, accepts: bool) -> String {
    let policy = StatementPolicy { accept_supplier: accepts, ..StatementPolicy::default() };
    match found(knowledge, of, policy).as_slice() {
        [] => "-".to_owned(),
        [one] => {
            let others: Vec<&str> = one.qualifiers.iter().map(|reason| reason.code()).collect();
            format!("{} {} [{}]", one.verdict.word(), one.reason.code(), others.join(" "))
        }
        many => panic!("{} findings", many.len()),
    }
}

fn openssl() -> Building {
    component("openssl", "3.0.7").cpe("cpe:2.3:a:openssl:openssl:3.0.7:*:*:*:*:*:*:*")
}

fn gateway(version: &str) -> Building {
    component("gateway_firmware", version)
        .cpe(&format!("cpe:2.3:o:example:gateway_firmware:{version}:*:*:*:*:*:*:*"))
}

fn csaf(tree: &str, status: &str) -> Knowledge {
    Knowledge::new().document("csaf/a.json", advisory(tree, status).as_bytes())
}

/// What an advisory says of a device that holds a library is not said of the library.
#[test]
fn a_library_is_not_the_device_that_holds_it() {
    let device = branch("Siemens", "SIMATIC S7-1500 using OpenSSL", "vers:all/*");
    let part = r#","full_product_names":[{"product_id":"L","name":"OpenSSL","product_identification_helper":
        {"cpe":"cpe:2.3:a:openssl:openssl:3.0.7:*:*:*:*:*:*:*","purl":"pkg:generic/openssl@3.0.7"}}],
        "relationships":[{"category":"default_component_of","product_reference":"L","relates_to_product_reference":"P",
        "full_product_name":{"product_id":"LP","name":"OpenSSL in SIMATIC"}}]"#;
    for (tree, status) in [
        (device.clone() + part, r#""known_affected":["LP"]"#),
        (device.clone(), r#""known_affected":["P"]"#),
        (branch("Siemens", "OpenSSL", "vers:all/*"), r#""known_affected":["P"]"#),
        (branch("Siemens", "openssl", "3.0.7"), r#""known_affected":["P"]"#),
    ] {
        assert_eq!(told(csaf(&tree, status), openssl(), true), "-", "{tree}");
        let bare = component("openssl", "3.0.7");
        assert_eq!(told(csaf(&tree, status), bare, true), "-", "{tree}");
    }
}

#[test]
fn a_suppliers_own_product() {
    let of = |range: &str, status: &str| csaf(&branch("Example", "gateway-firmware", range), status);
    let affected = r#""known_affected":["P"]"#;
    assert_eq!(
        told(of("vers:generic/<1.3", affected), gateway("1.2"), false),
        "affected S_SUPPLIER_AFFECTED []"
    );
    assert_eq!(
        told(of("All versions < V1.3", affected), gateway("1.2"), false),
        "affected S_SUPPLIER_AFFECTED [V_TEXT_PARSED]"
    );
    let other =
        component("gateway_firmware", "1.2").cpe("cpe:2.3:o:other:gateway_firmware:1.2:*:*:*:*:*:*:*");
    assert_eq!(told(of("vers:generic/<1.3", affected), other, false), "-", "another maker's gateway");
}

/// A supplier's word in favour of its product counts where the policy takes it, and is visible where not.
#[test]
fn pleas_count_by_policy() {
    let plea = |status: &str| {
        csaf(&branch("Example", "gateway-firmware", "1.2"), status).claim(
            "CVE-2024-1",
            "example:gateway_firmware",
            "< 1.3",
        )
    };
    for (status, accepted) in [
        (r#""known_not_affected":["P"]"#, "S_SUPPLIER_NOT_AFFECTED"),
        (r#""fixed":["P"]"#, "S_SUPPLIER_FIXED"),
    ] {
        assert_eq!(told(plea(status), gateway("1.2"), false), "affected V_IN_RANGE [C_SOURCES_DISAGREE]");
        let taken = told(plea(status), gateway("1.2"), true);
        assert!(taken.contains(accepted) || taken.contains("C_SOURCES_DISAGREE"), "{taken}");
        let alone = csaf(&branch("Example", "gateway-firmware", "1.2"), status);
        assert_eq!(told(alone, gateway("1.2"), true), format!("not_affected {accepted} []"));
    }
    let alone = csaf(&branch("Example", "gateway-firmware", "1.2"), r#""known_not_affected":["P"]"#);
    assert_eq!(told(alone, gateway("1.2"), false), "-");
}

#[test]
fn a_withdrawn_advisory_says_nothing_and_takes_nothing_with_it() {
    let text = advisory(&branch("Example", "gateway-firmware", "1.2"), r#""known_affected":["P"]"#);
    let withdrawn = text.replace("csaf_security_advisory", "csaf_withdrawn");
    let other = text.replace("ICSA-24-001-01", "ICSA-24-002-01");
    let knowledge = || Knowledge::new().document("a.json", withdrawn.as_bytes());
    assert_eq!(told(knowledge(), gateway("1.2"), false), "-");
    assert_eq!(
        told(knowledge().document("b.json", other.as_bytes()), gateway("1.2"), false),
        "affected S_SUPPLIER_AFFECTED []"
    );
}

const EUVD: &str = r#"{"id":"EUVD-2024-1","aliases":"CVE-2024-1\n","exploitedSince":"Feb 5, 2024, 12:00:00 AM",
    "dateUpdated":"Feb 6, 2024, 12:00:00 AM","assigner":"x","baseScoreVector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "enisaIdProduct":[{"product":{"name":"widget"},"product_version":"<1.3"}],"enisaIdVendor":[{"vendor":{"name":"acme"}}]}"#;

fn widget(version: &str) -> Building {
    component("widget", version).cpe(&format!("cpe:2.3:a:acme:widget:{version}:*:*:*:*:*:*:*"))
}

#[test]
fn exploited_since_by_the_eus_database() {
    let euvd = || Knowledge::new().document("euvd.json", EUVD.as_bytes());
    let kev = |knowledge: Knowledge| {
        let findings = found(knowledge, widget("1.2"), StatementPolicy::default());
        let kev = findings[0].facts.kev.clone().expect("an entry");
        format!("{} {} {}", findings[0].vulnerability, kev.date_added, kev.catalogue())
    };
    let known = euvd().claim("CVE-2024-1", "acme:widget", "< 1.3");
    assert_eq!(kev(known), "CVE-2024-1 2024-02-05 EUVD");
    let cisa =
        r#"{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2024-1","dateAdded":"2024-03-01"}]}"#;
    let both = euvd().claim("CVE-2024-1", "acme:widget", "< 1.3").document("kev.json", cisa.as_bytes());
    assert_eq!(kev(both), "CVE-2024-1 2024-03-01 CISA KEV", "CISA's entry stands before others");
    assert_eq!(told(euvd(), widget("1.2"), false), "affected V_IN_RANGE []");
    // What the assigner says wins over the text that was made of it, without noise.
    let narrower = euvd().claim("CVE-2024-1", "acme:widget", "1.0..1.1");
    assert_eq!(told(narrower, widget("1.2"), false), "not_affected V_FIXED []");
}

#[test]
fn lists_of_exploits_are_facts_and_no_findings() {
    let lists = |knowledge: Knowledge| {
        knowledge
            .document("files_exploits.csv", b"id,file,description,codes\n7,f,d,CVE-2024-1000\n")
            .document("msf.txt", b"/exploits/x.rb:CVE-2024-1000\n")
            .document(
                "links.csv",
                b"CVE-2024-1000,https://example.org/1\nCVE-2024-1000,https://example.org/2\n",
            )
    };
    assert_eq!(told(lists(Knowledge::new()), widget("1.2"), false), "-");
    let known = lists(Knowledge::new().claim("CVE-2024-1000", "acme:widget", "< 1.3"));
    let findings = found(known, widget("1.2"), StatementPolicy::default());
    let exploits: Vec<String> = findings[0]
        .facts
        .exploits
        .iter()
        .map(|one| format!("{} {} {}", one.kind.word(), one.tagged_by, one.url.rsplit('/').next().unwrap()))
        .collect();
    assert_eq!(
        exploits,
        ["metasploit exploit-refs x.rb", "exploit_db exploit-refs 7", "tagged exploit-refs 1"]
    );
}

/// `affected K_BRANCH_UNFIXED K_BRANCH_EOL; line 6.12 ended without a fix …`: the qualifier and the advice follow what
/// the feed says of the branch.
#[test]
fn the_life_of_branches_by_a_feed() {
    let table = "product\tbranch\treleased\tend_of_support\tend_of_life\tlts\tsource\tdate\n\
                 linux\t6.12\t2024-11-17\t-\t2026-06-01\tyes\tour own\t2026-11-01\n\
                 widget\t1\t-\t-\t2026-01\tno\tacme\t2026-11-02\n\
                 widget\t2\t-\t-\t2028-01\tyes\tacme\t2026-11-02\n";
    let kernel = || {
        component("linux-yocto", "6.12.5")
            .cpe("cpe:2.3:o:linux:linux_kernel:6.12.5:*:*:*:*:*:*:*")
            .with(|component| component.role = Role::Kernel)
    };
    let record = || Knowledge::new().claim("CVE-2024-1", "linux:linux_kernel", "< 6.13");
    let has_ended = |knowledge: Knowledge| told(knowledge, kernel(), false).contains("K_BRANCH_EOL");
    assert!(!has_ended(record()), "the program's own table lets it live");
    assert!(has_ended(record().document("x.tsv", table.as_bytes())));
    let index = Knowledge::new()
        .claim("CVE-2024-2", "acme:widget", "< 2.1")
        .document("x.tsv", table.as_bytes())
        .index();
    let inventory = inventory(vec![widget("1.2")]);
    let options = Options { at: AT.to_owned(), ..Options::default() };
    let reader = FixReader::of(&index, &inventory, &options);
    let advice = advise(&reader, 0, &["CVE-2024-2"], AT).remove(0).expect("known");
    // The record's bound is of line 2, which lives; line 1 ended, and the feed that says so is named.
    assert_eq!(
        advice.sentence,
        "line 1 ended without a fix (end of life by acme, 2026-11-02); branch change to 2.1 (long-term line, maintained until 2028-01, says acme, 2026-11-02)"
    );
    assert!(index.branches().of("widget", "2").is_some_and(|row| row.told_by() == "acme, 2026-11-02"));
}

/// A project's own records name no package: the repository beside the range of versions says whose versions they are.
#[test]
fn a_projects_own_records() {
    let text = r#"[{"id":"CURL-CVE-2024-1","aliases":["CVE-2024-1"],"modified":"2026-07-01T00:00:00Z","affected":[{"ranges":[
        {"type":"SEMVER","events":[{"introduced":"7.41.0"},{"fixed":"8.10.0"}]},
        {"type":"GIT","repo":"https://github.com/curl/curl.git","events":[{"introduced":"0123456789abcdef0123456789abcdef01234567"},
        {"fixed":"89abcdef0123456789abcdef0123456789abcdef"}]}],"versions":["8.9.1","7.41.0"]}]}]"#;
    let curl = |version: &str| {
        let of = component("curl", version).cpe(&format!("cpe:2.3:a:haxx:curl:{version}:*:*:*:*:*:*:*"));
        told(Knowledge::new().document("vuln.json", text.as_bytes()), of, false)
    };
    assert_eq!(curl("8.9.1"), "affected V_IN_RANGE []");
    assert_eq!(curl("8.10.0"), "not_affected V_FIXED []");
    assert_eq!(curl("7.40.0"), "not_affected V_BEFORE_RANGE []");
}

/// All advisories of CISA together, against libraries that thousands of them mention: not one finding.
#[test]
fn advisories_of_cisa_say_nothing_of_plain_libraries() {
    let Some(pack) = testkit::shared::shared("data/csaf-cisa.tar.zst") else { return };
    let bytes = std::fs::read(pack).unwrap();
    let mut documents = Vec::new();
    formats::archives::members(&bytes, "csaf-cisa", &formats::limits::Limits::FEED, &mut |name, bytes| {
        if name.ends_with(".json") && name.contains("/white/2") {
            documents.push((name.to_owned(), bytes.to_vec()));
        }
        Ok(std::ops::ControlFlow::Continue(()))
    })
    .unwrap();
    let mut knowledge = Knowledge::new();
    for (name, bytes) in &documents {
        knowledge = knowledge.document(name, bytes);
    }
    let index = knowledge.index();
    assert_eq!(documents.len(), 2_383);
    assert_eq!(index.header().feed("csaf").unwrap().records, 7_916);
    let of = |name: &str, vendor: &str, version: &str| {
        component(name, version).cpe(&format!("cpe:2.3:a:{vendor}:{name}:{version}:*:*:*:*:*:*:*"))
    };
    let plain = vec![
        of("openssl", "openssl", "1.0.1"),
        of("curl", "haxx", "7.50.0"),
        of("zlib", "zlib", "1.2.8"),
        of("busybox", "busybox", "1.20.0"),
        of("openssh", "openbsd", "7.0"),
        of("sqlite", "sqlite", "3.8.0"),
        of("expat", "libexpat", "2.2.0"),
        component("openssl", "1.0.1"),
        component("lwip", "2.0.0"),
        component("linux-yocto", "4.4.0").with(|component| component.role = Role::Kernel),
    ];
    let options = Options { at: AT.to_owned(), with_not_affected: true, ..Options::default() };
    let found = scan(&index, &inventory(plain), &options).findings;
    let told: Vec<String> =
        found.iter().map(|one| format!("{} in component {}", one.vulnerability, one.component)).collect();
    assert!(told.is_empty(), "{told:?}");
}
