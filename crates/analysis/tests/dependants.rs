//! Who can send to a component by the dependency graph: ways, assumptions, monotony, and paths by pattern.

use std::fmt::Write as _;
use std::sync::Arc;

use analysis::policy::paths::Paths;
use analysis::risk::assess::assess;
use analysis::risk::dependants::Dependants;
use analysis::risk::facts::{Entry, EntryKind, FactSheet};
use analysis::risk::infer::infer;
use model::assessment::ResponseClass;
use model::component::{Role, Scope};
use model::dependency::{Need, Tie};
use model::finding::Verdict;
use model::profile::{Basis, Profile};
use model::sbom::Inventory;
use proptest::prelude::*;
use testkit::records::{component, inventory};

/// A release in lines: `name`, `name: needs`, with `tie=` before a need, `!` after a name that is a library, `?` after
/// one of which nobody tells what it needs, `#` after one that only took part in the build, `@` before what contains it.
fn release(text: &str) -> Inventory {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let plain = |name: &str| name.trim().trim_end_matches(['!', '?', '#']).to_owned();
    let components = lines.iter().map(|line| {
        let (name, needs) = line.split_once(':').unwrap_or((line, ""));
        let mut built = component(&plain(name), "1.0");
        built.component.source_ref = plain(name);
        let one = &mut built.component;
        one.role = if name.contains('!') { Role::Library } else { Role::Other };
        if name.contains('#') {
            one.scope = Scope::BuildOnly;
        }
        if !name.contains('?') {
            one.needs = Some(Vec::new());
        }
        for need in needs.split_whitespace() {
            match (need.strip_prefix('@'), need.split_once('=')) {
                (Some(whole), _) => one.parents.push(whole.to_owned()),
                (None, Some((tie, on))) => {
                    one.needs.get_or_insert_default().push(Need::new(on, Tie::parse(tie).expect("a tie")));
                }
                (None, None) => one.needs.get_or_insert_default().push(Need::new(need, Tie::Runtime)),
            }
        }
        built
    });
    inventory(components.collect())
}

fn described(inventory: &Inventory, services: &[(&str, &[&str])]) -> Profile {
    let mut profile = infer(inventory).profile;
    profile.is_inferred = false;
    profile.provenance.default_confidence = Basis::Stated;
    let sample = infer(&release("lighttpd")).profile.services.remove(0);
    profile.component_roles.clear();
    profile.services = (services.iter())
        .map(|(component, reaches)| {
            let mut service = sample.clone();
            service.id = format!("{component}-service");
            service.component = (*component).to_owned();
            service.reaches = reaches.iter().map(|name| (*name).to_owned()).collect();
            service
        })
        .collect();
    profile
}

fn told(inventory: &Inventory, profile: &Profile) -> String {
    let dependants = Dependants::of(inventory, profile);
    let mut told = String::new();
    for (at, component) in inventory.components.iter().enumerate() {
        for one in &dependants.at(at).by {
            let _ = writeln!(told, "{}: {} {} ({})", component.name, one.service, one.way, one.basis.word());
        }
    }
    told
}

/// Line by line, whatever the indentation.
fn same(told: &str, expected: &str) {
    let lines = |text: &str| {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(lines(told), lines(expected));
}

fn check(text: &str, services: &[(&str, &[&str])], expected: &str) {
    let inventory = release(text);
    let profile = described(&inventory, services);
    same(&told(&inventory, &profile), expected);
}

#[test]
fn near_and_far_by_the_shortest_way() {
    check(
        "lighttpd: openssl pcre2\nopenssl!: zlib\nzlib!\npcre2!: zlib\ntar: acl\nacl!",
        &[("lighttpd", &[])],
        r#"
            openssl: lighttpd-service lighttpd -> openssl (inferred)
            pcre2: lighttpd-service lighttpd -> pcre2 (inferred)
            zlib: lighttpd-service lighttpd -> openssl -> zlib (inferred)
        "#,
    );
}

#[test]
fn circles_and_edges_to_oneself() {
    check(
        "lighttpd: liba lighttpd\nliba!: libb liba\nlibb!: liba lighttpd gone",
        &[("lighttpd", &[])],
        r#"
            liba: lighttpd-service lighttpd -> liba (inferred)
            libb: lighttpd-service lighttpd -> liba -> libb (inferred)
        "#,
    );
}

#[test]
fn built_against_a_tool_is_no_way_and_against_a_library_is_one() {
    check(
        "lighttpd: built_against=gdb built_against=expat built_against=flex\ngdb\nexpat\nflex#",
        &[("lighttpd", &[])],
        r#"
            expat: lighttpd-service lighttpd -> expat (inferred)
        "#,
    );
}

#[test]
fn through_what_was_not_installed() {
    check(
        "lighttpd: built_against=libstatic\nlibstatic#: built_against=libz\nlibz!",
        &[("lighttpd", &[])],
        r#"
            libz: lighttpd-service lighttpd -> libz (inferred)
        "#,
    );
}

#[test]
fn what_is_contained_is_reached() {
    check(
        "lighttpd\nlibinside!: @lighttpd\n",
        &[("lighttpd", &[])],
        r#"
            libinside: lighttpd-service lighttpd -> libinside (inferred)
        "#,
    );
}

#[test]
fn beyond_what_the_profile_says_is_reached() {
    check(
        "lighttpd\nopenssl!: zlib\nzlib!",
        &[("lighttpd", &["openssl"])],
        r#"
            zlib: lighttpd-service openssl -> zlib (inferred)
        "#,
    );
}

/// A library that nobody placed and a service of which nobody tells: assumed. One that people placed stays there.
#[test]
fn without_a_graph_a_library_that_the_profile_does_not_mention_is_assumed() {
    check(
        "lighttpd?\nopenssh?\nopenssl!?\nlibfoo!?\ntar?",
        &[("lighttpd", &["openssl"]), ("openssh", &[])],
        r#"
            libfoo: lighttpd-service  (assumed)
            libfoo: openssh-service  (assumed)
        "#,
    );
}

#[test]
fn a_service_with_a_graph_assumes_nothing() {
    check(
        "lighttpd\nopenssh?\nlibfoo!",
        &[("lighttpd", &[]), ("openssh", &[])],
        r#"
        libfoo: openssh-service  (assumed)
    "#,
    );
}

#[test]
fn everything_rests_on_the_c_library() {
    check(
        "lighttpd\nglibc!\n",
        &[("lighttpd", &[])],
        r#"
        glibc: lighttpd-service lighttpd -> glibc (inferred)
    "#,
    );
}

/// An inferred profile: by the graph where there is one, from every service where there is none.
#[test]
fn products_that_nobody_has_described() {
    let inventory = release("lighttpd: openssl\nopenssl!\nlibfoo!\ndropbear?");
    let profile = infer(&inventory).profile;
    same(
        &told(&inventory, &profile),
        "libfoo: dropbear  (assumed)
        openssl: dropbear  (assumed)
        openssl: lighttpd lighttpd -> openssl (inferred)",
    );
    let reaches = |id: &str| {
        let service = profile.services.iter().find(|one| one.id == id).expect("a service");
        service.reaches.join(" ")
    };
    assert_eq!((reaches("lighttpd"), reaches("dropbear")), ("openssl".into(), "libfoo openssl".into()));
}

fn sheet(inventory: &Inventory, profile: &Profile, at: usize) -> FactSheet {
    FactSheet {
        component: inventory.components[at].name.clone(),
        verdict: Some(Verdict::Affected),
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
        entry: Entry { kind: EntryKind::ServerOrClient, ..Entry::default() },
        reached: Arc::clone(Dependants::of(inventory, profile).at(at)),
        ..FactSheet::default()
    }
}

#[test]
fn the_path_tells_the_way() {
    let inventory = release("lighttpd: openssl\nopenssl!");
    let profile = described(&inventory, &[("lighttpd", &[])]);
    let at = inventory.components.iter().position(|one| one.name == "openssl").expect("openssl");
    let outcome = assess(&sheet(&inventory, &profile, at), &profile);
    let analysis::risk::assess::Outcome::Assessed(one) = outcome else { panic!("assessed") };
    assert_eq!(one.paths[0].words, "lighttpd-service -> lighttpd -> openssl on eth0 (site)");
    assert_eq!(
        (one.reach.basis, one.reach.because[1].as_str()),
        (Basis::Inferred, "by the SBOM's dependency graph")
    );
}

/// What is taken for granted leaves the ceiling open.
#[test]
fn an_assumed_way_raises_class_and_ceiling() {
    let inventory = release("lighttpd?\nlibfoo!?");
    let profile = described(&inventory, &[("lighttpd", &[])]);
    let at = inventory.components.iter().position(|one| one.name == "libfoo").expect("libfoo");
    let outcome = assess(&sheet(&inventory, &profile, at), &profile);
    let analysis::risk::assess::Outcome::Assessed(one) = outcome else { panic!("assessed") };
    assert_eq!((one.class, one.ceiling), (ResponseClass::Planned, ResponseClass::Immediate));
    assert_eq!(one.reach.basis, Basis::Assumed);
}

const NAMES: [&str; 6] = ["lighttpd", "openssh", "liba", "libb", "libc1", "tool"];

fn classes(edges: &[(usize, usize)], services: &[&str], is_inferred: bool) -> Vec<Option<ResponseClass>> {
    let lines = NAMES.iter().enumerate().map(|(at, name)| {
        let needs = edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| NAMES[*to]);
        let mark = if name.starts_with("lib") { "!" } else { "" };
        format!("{name}{mark}: {}", needs.collect::<Vec<_>>().join(" "))
    });
    let inventory = release(&lines.collect::<Vec<_>>().join("\n"));
    let services: Vec<(&str, &[&str])> = services.iter().map(|name| (*name, &[][..])).collect();
    let mut profile = described(&inventory, &services);
    profile.is_inferred = is_inferred;
    let places = NAMES.iter().map(|name| inventory.components.iter().position(|one| one.name == *name));
    places
        .map(|at| assess(&sheet(&inventory, &profile, at.expect("it is there")), &profile).class())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Where the inputs tell what components need, one edge or one service more never lowers a class.
    #[test]
    fn an_edge_or_a_service_never_lowers_a_class(
        edges in prop::collection::vec((0..NAMES.len(), 0..NAMES.len()), 0..10),
        more in (0..NAMES.len(), 0..NAMES.len()),
        is_inferred in any::<bool>(),
    ) {
        let before = classes(&edges, &["lighttpd"], is_inferred);
        let with_edge = classes(&[edges.as_slice(), &[more]].concat(), &["lighttpd"], is_inferred);
        let with_service = classes(&edges, &["lighttpd", "openssh"], is_inferred);
        for (at, class) in before.iter().enumerate() {
            prop_assert!(with_edge[at] >= *class, "{} with {more:?}: {class:?} -> {:?}", NAMES[at], with_edge[at]);
            prop_assert!(with_service[at] >= *class, "{}: {class:?} -> {:?}", NAMES[at], with_service[at]);
        }
    }
}

#[test]
fn paths_by_pattern() {
    let inventory = release("lighttpd: openssl\nopenssl!: zlib\nzlib!: openssl\ntar: zlib");
    let paths = Paths::of(&inventory);
    let zlib = inventory.components.iter().position(|one| one.name == "zlib").expect("zlib");
    for (pattern, expected) in [
        ("zlib", true),
        ("z*", true),
        ("**", true),
        ("lighttpd/**", true),
        ("lighttpd/**/zlib", true),
        ("lighttpd/*/zlib", true),
        ("lighttpd/*", false),
        ("lighttpd/zlib", false),
        ("tar/zlib", true),
        ("tar/openssl", false),
        ("**/tar/**/openssl/zlib", true),
        ("nginx/**", false),
        ("zlib/**", true),
        ("zlib/openssl/zlib", true),
        ("**/**/**", true),
    ] {
        assert_eq!(paths.leads(pattern, zlib), Some(expected), "{pattern}");
    }
    let without = release("lighttpd?\nzlib!?");
    let paths = Paths::of(&without);
    assert_eq!((paths.leads("lighttpd/**", 1), paths.leads("zlib", 1)), (None, Some(true)));
}
