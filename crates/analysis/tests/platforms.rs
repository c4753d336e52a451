//! Platform words, conditions and CPE trees over a release (matching.md 5.6).

use analysis::matching::identity::{Fits, Identity, Vendors};
use analysis::matching::platforms::leaf::{own_condition, stated_platforms, word};
use analysis::matching::platforms::tree::{TreeAnswer, TreeContext, judge_configurations};
use analysis::matching::platforms::words::read_word;
use analysis::matching::platforms::{Release, Truth};
use index::tables::AliasTable;
use model::record::{CpeBounds, CpeHead, CpeLeaf, CpeNode, CpeRow, Record, Source, Text};
use model::sbom::Inventory;
use testkit::records::{Building, component, normalise};

/// `os=linux arch=arm bits=32 distro=yocto complete xen=absent`.
fn release_of(facts: &str, components: Vec<Building>) -> Inventory {
    let mut inventory = Inventory::default();
    for fact in facts.split_whitespace() {
        let platform = &mut inventory.platform;
        match fact.split_once('=') {
            Some(("os", value)) => platform.os = value.to_owned(),
            Some(("arch", value)) => platform.arch = value.to_owned(),
            Some(("bits", value)) => platform.bits = value.parse().unwrap(),
            Some(("distro", value)) => platform.distribution = value.to_owned(),
            Some((key, value)) => {
                platform.facts.insert(key.to_owned(), value.to_owned());
            }
            None => platform.inventory_complete = fact == "complete",
        }
    }
    inventory.components = components.into_iter().map(|one| one.component).collect();
    normalise(inventory)
}

fn truth(value: Truth) -> String {
    match value {
        Truth::False(reason) => format!("false {reason}"),
        other => other.word().to_owned(),
    }
}

/// The value of one platform word.
fn check_word(facts: &str, text: &str, expected: &str) {
    let inventory = release_of(facts, Vec::new());
    let aliases = AliasTable::default();
    let release = Release::of(&inventory, &aliases);
    let answer = read_word(text).map_or("no condition".to_owned(), |found| truth(word(&release, found)));
    assert_eq!(answer, expected, "{text} on {facts}");
}

#[test]
fn words_of_operating_systems() {
    let yocto = "os=linux arch=aarch64 distro=yocto";
    check_word(yocto, "Windows", "false P_OS_MISMATCH");
    check_word(yocto, "Windows 10 Version 1809 for x64-based Systems", "false P_OS_MISMATCH");
    check_word(yocto, "MacOS", "false P_OS_MISMATCH");
    check_word(yocto, "mac_os_x", "false P_OS_MISMATCH");
    check_word(yocto, "iOS", "false P_OS_MISMATCH");
    check_word(yocto, "Android", "false P_OS_MISMATCH");
    check_word(yocto, "Linux", "true");
    check_word(yocto, "Unix", "true");
    check_word(yocto, "All", "true");
    check_word(yocto, "C", "no condition");
    check_word(yocto, "Docker", "no condition");
    check_word(yocto, "MX Series", "no condition");
    check_word("", "Windows", "unknown");
    check_word("distro=buildroot", "Windows", "false P_OS_MISMATCH");
    check_word("os=zephyr", "Linux", "false P_OS_MISMATCH");
    check_word("os=optee", "Windows", "false P_OS_MISMATCH");
    check_word("os=optee", "Linux", "unknown");
    check_word("os=myownos", "Windows", "unknown");
}

/// Programs of 32 bits above a kernel of 64: neither width is excluded.
#[test]
fn a_product_of_both_widths() {
    let mut inventory = release_of("os=linux arch=aarch64", Vec::new());
    inventory.platform.bits = 0;
    inventory.platform.facts.insert("bits".to_owned(), "mixed".to_owned());
    let aliases = AliasTable::default();
    let release = Release::of(&inventory, &aliases);
    assert_eq!(truth(word(&release, read_word("32 bit").unwrap())), "unknown");
}

#[test]
fn words_of_machines() {
    check_word("os=linux arch=arm", "64 bit", "false P_BITS_MISMATCH");
    check_word("os=linux arch=arm bits=32", "x64", "false P_BITS_MISMATCH");
    check_word("os=linux arch=aarch64", "x64", "unknown");
    check_word("os=linux arch=x86_64", "x64", "true");
    check_word("os=linux arch=aarch64", "x86", "false P_ARCH_MISMATCH");
    check_word("os=linux arch=x86_64", "x86", "unknown");
    check_word("os=linux arch=aarch64", "arm64", "true");
    check_word("os=linux arch=aarch64", "ARM", "unknown");
    check_word("os=linux arch=arm", "arm64", "false P_ARCH_MISMATCH");
    check_word("os=linux", "64 bit", "unknown");
    check_word("os=linux arch=aarch64 bits=0", "32 bit", "false P_BITS_MISMATCH");
    check_word("os=linux arch=arm endian=little", "big-endian", "false P_ARCH_MISMATCH");
    check_word("os=linux arch=mips endian=big", "Big Endian systems", "true");
    check_word("os=linux arch=mips", "big-endian", "unknown");
}

fn check_stated(facts: &str, platforms: &[&str], expected: &str) {
    let inventory = release_of(facts, Vec::new());
    let aliases = AliasTable::default();
    let release = Release::of(&inventory, &aliases);
    let platforms: Vec<Text<'_>> = platforms.iter().map(|word| Text::from(*word)).collect();
    let answer = stated_platforms(&release, &platforms).map_or("nothing".to_owned(), truth);
    assert_eq!(answer, expected, "{platforms:?} on {facts}");
}

#[test]
fn lists_of_platforms() {
    let arm = "os=linux arch=arm distro=yocto";
    check_stated(arm, &["Windows"], "false P_OS_MISMATCH");
    check_stated(arm, &["Windows", "Linux"], "true");
    check_stated(arm, &[], "nothing");
    check_stated(arm, &["C"], "nothing");
    // What cannot be read may be us.
    check_stated(arm, &["Windows", "Yocto-like things"], "nothing");
    check_stated(arm, &["Linux", "64 bit"], "false P_BITS_MISMATCH");
    check_stated(arm, &["Linux", "64 bit", "32 bit"], "true");
    check_stated(arm, &["Windows", "ARM"], "false P_OS_MISMATCH");
    check_stated(arm, &["x86", "ARM"], "true");
    check_stated("os=linux", &["x86"], "unknown");
}

/// `a:bluez:bluez < 5.57`, `F o:linux:linux_kernel < 5.13`, `a:x:y`, `a:x:y = 1.0`, `a:x:y@target_sw=windows`.
fn leaf(text: &str) -> CpeLeaf<'static> {
    let (vulnerable, text) = match text.trim().strip_prefix("F ") {
        Some(rest) => (false, rest.trim()),
        None => (true, text.trim()),
    };
    let (name, bound) = text.split_once(' ').unwrap_or((text, ""));
    let (name, extra) = name.split_once('@').unwrap_or((name, ""));
    let parts: Vec<String> = name.split(':').map(str::to_owned).collect();
    let any = || Text::from("*");
    let mut head = CpeHead {
        part: parts[0].clone().into(),
        vendor: parts[1].clone().into(),
        product: parts[2].clone().into(),
        edition: any(),
        language: any(),
        sw_edition: any(),
        target_sw: any(),
        target_hw: any(),
        other: any(),
    };
    match extra.split_once('=') {
        Some(("target_sw", value)) => head.target_sw = value.to_owned().into(),
        Some(("target_hw", value)) => head.target_hw = value.to_owned().into(),
        Some(("sw_edition", value)) => head.sw_edition = value.to_owned().into(),
        _ => {}
    }
    let mut row = CpeRow { version: any(), update: any(), bounds: None };
    let mut bounds = CpeBounds::default();
    for part in bound.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (sign, value) = part.split_once(' ').unwrap();
        let value: Text<'static> = value.trim().to_owned().into();
        match sign {
            "<" => bounds.end_excluding = value,
            "<=" => bounds.end_including = value,
            ">=" => bounds.start_including = value,
            "=" => row.version = value,
            other => panic!("no sign {other}"),
        }
    }
    if bounds != CpeBounds::default() {
        row.bounds = Some(Box::new(bounds));
    }
    CpeLeaf { vulnerable, head, rows: vec![row] }
}

fn or(leaves: &[&str]) -> CpeNode<'static> {
    CpeNode { leaves: leaves.iter().map(|text| leaf(text)).collect(), ..CpeNode::default() }
}

fn and(children: Vec<CpeNode<'static>>) -> CpeNode<'static> {
    CpeNode { is_and: true, children, ..CpeNode::default() }
}

/// The answer for the first component.
fn judged(inventory: &Inventory, configurations: Vec<CpeNode<'static>>) -> String {
    let record =
        Record { source: Some(Source::Nvd2), id: "CVE-2024-1".into(), configurations, ..Record::default() };
    let aliases = AliasTable::built_in();
    let release = Release::of(inventory, aliases);
    let identity = Identity::of(&inventory.components[0], &inventory.platform, aliases);
    let version = release.version_of(identity.component);
    let vendors = |_: &str| Vendors::default();
    let fits = Fits::of(&identity, &vendors);
    let context = TreeContext { identity: &identity, version: &version, release: &release, fits: &fits };
    match judge_configurations(&context, &record) {
        TreeAnswer::Silent => "silent".to_owned(),
        TreeAnswer::Removed(reason) => format!("removed {reason}"),
        TreeAnswer::Named { answer, recognition, foreign_platform, states_our_platform, .. } => {
            let mut words =
                format!("{}/{}", answer.verdict.map_or("none", |verdict| verdict.word()), answer.reason);
            if recognition.is_none() {
                words.push_str(" by name");
            }
            if foreign_platform.is_some() {
                words.push_str(" by platform");
            }
            if states_our_platform {
                words.push_str(" on our platform");
            }
            words
        }
    }
}

fn bluez() -> Building {
    component("bluez5", "5.55").cpe("cpe:2.3:a:bluez:bluez:5.55:*:*:*:*:*:*:*")
}

fn linux(version: &str) -> Building {
    component("linux-yocto", version).cpe(&format!("cpe:2.3:o:linux:linux_kernel:{version}:*:*:*:*:*:*:*"))
}

const YOCTO: &str = "os=linux arch=aarch64 distro=yocto";

#[test]
fn the_kernel_of_the_release_is_a_condition() {
    let tree = || vec![and(vec![or(&["a:bluez:bluez < 5.57"]), or(&["F o:linux:linux_kernel < 5.13"])])];
    let with = |kernel: &str| release_of(YOCTO, vec![bluez(), linux(kernel)]);
    assert_eq!(judged(&with("6.1.50"), tree()), "not_affected/P_CO_COMPONENT_ABSENT by platform");
    assert_eq!(judged(&with("5.10.20"), tree()), "affected/V_IN_RANGE on our platform");
    let without = release_of(YOCTO, vec![bluez()]);
    assert_eq!(judged(&without, tree()), "needs_review/P_UNPROVEN");
}

#[test]
fn the_version_decides_first() {
    let tree = vec![and(vec![or(&["a:bluez:bluez < 5.50"]), or(&["F o:microsoft:windows"])])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), tree), "not_affected/V_FIXED by platform");
}

#[test]
fn another_operating_system_excludes() {
    let tree = || vec![and(vec![or(&["a:bluez:bluez < 5.57"]), or(&["F o:microsoft:windows"])])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), tree()), "not_affected/P_OS_MISMATCH by platform");
    assert_eq!(judged(&release_of("", vec![bluez()]), tree()), "needs_review/P_UNPROVEN");
    let either = vec![and(vec![
        or(&["a:bluez:bluez < 5.57"]),
        or(&["F o:microsoft:windows", "F o:linux:linux_kernel"]),
    ])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), either), "affected/V_IN_RANGE on our platform");
}

#[test]
fn one_configuration_is_enough() {
    let tree = vec![
        and(vec![or(&["a:bluez:bluez < 5.57"]), or(&["F o:microsoft:windows"])]),
        or(&["a:bluez:bluez < 5.56"]),
    ];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), tree), "affected/V_IN_RANGE");
}

#[test]
fn distributions_are_compared_with_ours() {
    let tree = || vec![and(vec![or(&["a:bluez:bluez < 5.57"]), or(&["F o:debian:debian_linux = 12.0"])])];
    let on = |facts: &str| judged(&release_of(facts, vec![bluez()]), tree());
    assert_eq!(on("os=linux distro=buildroot"), "not_affected/P_DISTRO_MISMATCH by platform");
    assert_eq!(on("os=linux distro=debian:12"), "affected/V_IN_RANGE on our platform");
    assert_eq!(on("os=linux distro=debian:11"), "not_affected/P_DISTRO_MISMATCH by platform");
    assert_eq!(on("os=linux distro=alpine:3.19"), "not_affected/P_DISTRO_MISMATCH by platform");
    assert_eq!(on("os=linux"), "needs_review/P_UNPROVEN");
}

#[test]
fn other_software_must_be_in_the_release() {
    let tree = || {
        vec![CpeNode {
            is_and: true,
            leaves: vec![leaf("o:linux:linux_kernel <= 5.11.3"), leaf("o:xen:xen")],
            ..CpeNode::default()
        }]
    };
    let on = |facts: &str| judged(&release_of(facts, vec![linux("5.10.10")]), tree());
    assert_eq!(
        on("os=linux distro=yocto complete xen=absent"),
        "not_affected/P_CO_COMPONENT_ABSENT by platform"
    );
    assert_eq!(on("os=linux distro=yocto xen=absent"), "not_affected/P_CO_COMPONENT_ABSENT by platform");
    let present = judged(&release_of("os=linux distro=yocto xen=present", vec![linux("5.10.10")]), tree());
    assert!(!present.contains("not_affected"), "{present}");
    let plugin = vec![and(vec![or(&["a:bluez:bluez < 5.57"]), or(&["F a:acme:plugin < 2.0"])])];
    let with = |version: &str| {
        let plugin =
            component("plugin", version).cpe(&format!("cpe:2.3:a:acme:plugin:{version}:*:*:*:*:*:*:*"));
        release_of(YOCTO, vec![bluez(), plugin])
    };
    assert_eq!(judged(&with("1.0"), plugin.clone()), "affected/V_IN_RANGE on our platform");
    assert_eq!(judged(&with("2.0"), plugin.clone()), "not_affected/P_CO_COMPONENT_ABSENT by platform");
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), plugin.clone()), "needs_review/P_UNPROVEN");
    assert_eq!(
        judged(&release_of("os=linux distro=yocto complete", vec![bluez()]), plugin),
        "not_affected/P_CO_COMPONENT_ABSENT by platform"
    );
}

#[test]
fn hardware_is_absent_unless_named() {
    let tree = || vec![and(vec![or(&["a:bluez:bluez < 5.57"]), or(&["F h:acme:router"])])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), tree()), "not_affected/P_HW_MISMATCH by platform");
    let named = release_of("os=linux arch=aarch64 distro=yocto router=present", vec![bluez()]);
    assert_eq!(judged(&named, tree()), "affected/V_IN_RANGE on our platform");
}

#[test]
fn a_mention_as_platform_does_not_implicate() {
    let tree = vec![and(vec![
        or(&["a:nvidia:cuda_toolkit < 12"]),
        or(&["F o:linux:linux_kernel", "F o:microsoft:windows"]),
    ])];
    assert_eq!(judged(&release_of(YOCTO, vec![linux("6.6.21")]), tree), "removed I_PLATFORM_MENTION");
}

#[test]
fn lists_of_unaffected_versions() {
    let bind = |version: &str| {
        let bind = component("bind", version).cpe(&format!("cpe:2.3:a:isc:bind:{version}:*:*:*:*:*:*:*"));
        release_of(YOCTO, vec![bind])
    };
    let tree = || vec![or(&["a:isc:bind >= 9.20.0,< 9.20.11", "F a:isc:bind >= 9.18.0,<= 9.18.37"])];
    assert_eq!(judged(&bind("9.18.30"), tree()), "not_affected/V_LISTED_UNAFFECTED");
    assert_eq!(judged(&bind("9.20.5"), tree()), "affected/V_IN_RANGE");
}

#[test]
fn two_names_of_one_product_are_not_two_conditions() {
    let git = |cpe: &str| release_of(YOCTO, vec![component("git", "2.39.1").cpe(cpe)]);
    let tree = || {
        vec![and(vec![
            or(&["a:git_for_windows_project:git_for_windows < 2.40.1"]),
            or(&["a:gitforwindows:git < 2.40.1"]),
            or(&["F o:linux:linux_kernel"]),
        ])]
    };
    // On a platform that fits, the second name must not exclude.
    let answer = judged(&git("cpe:2.3:a:gitforwindows:git:2.39.1:*:*:*:*:*:*:*"), tree());
    assert!(answer.starts_with("affected/V_IN_RANGE"), "{answer}");
}

#[test]
fn editions_and_target_software_of_the_component_itself() {
    let bind =
        release_of(YOCTO, vec![component("bind", "9.18.19").cpe("cpe:2.3:a:isc:bind:9.18.19:*:*:*:*:*:*:*")]);
    let preview = vec![or(&["a:isc:bind@sw_edition=supported_preview < 9.18.24"])];
    assert_eq!(judged(&bind, preview), "not_affected/I_OTHER_EDITION");
    let windows = vec![or(&["a:bluez:bluez@target_sw=windows < 5.57"])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), windows), "not_affected/P_OS_MISMATCH by platform");
    let wordpress = vec![or(&["a:bluez:bluez@target_sw=wordpress < 5.57"])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), wordpress), "removed I_OTHER_ECOSYSTEM");
}

#[test]
fn rows_repeated_for_hardware_are_unspecific() {
    let mut plain = leaf("o:linux:linux_kernel = 3.17.3");
    let mut x86 = leaf("o:linux:linux_kernel@target_hw=x86 = 3.17.3");
    let more = ["3.17.2", "3.17.1"].map(|version| CpeRow {
        version: version.into(),
        update: "*".into(),
        bounds: None,
    });
    plain.rows.extend(more.clone());
    x86.rows.extend(more);
    let tree = vec![CpeNode { leaves: vec![plain, x86], ..CpeNode::default() }];
    assert_eq!(judged(&release_of(YOCTO, vec![linux("3.17.2")]), tree), "affected/V_EXACT");
}

#[test]
fn no_product_at_all() {
    let tree = vec![or(&["F a:null:null"])];
    assert_eq!(judged(&release_of(YOCTO, vec![bluez()]), tree), "removed I_NO_PRODUCT");
}

#[test]
fn own_conditions_are_read_from_the_head() {
    let inventory = release_of("os=linux arch=arm bits=32", vec![bluez()]);
    let aliases = AliasTable::default();
    let release = Release::of(&inventory, &aliases);
    let head = leaf("a:bluez:bluez@target_sw=x64").head;
    assert_eq!(truth(own_condition(&release, &inventory.components[0], &head)), "false P_BITS_MISMATCH");
}
