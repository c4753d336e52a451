//! Deployment profiles: the rules V01 to V16, each broken alone, and the profile inferred from an SBOM.

use std::path::Path;

use analysis::risk::profile_check::{Finding, check, check_together, covers, overlap};
use analysis::risk::{defaults, infer};
use model::build::{Config, ConfigOf};
use model::component::{Component, Role, Scope};
use model::identity::Purl;
use model::profile::{
    ComponentRole, Direction, InputFrom, InteractiveUser, LocalCode, Peer, PeerAuth, Profile, Proto, RunsAs,
    Start, Zone,
};
use model::sbom::Inventory;

const DAY: &str = "2026-11-22T10:00:00Z";

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/profiles").join(name);
    std::fs::read_to_string(path).expect("the example is there")
}

fn read(text: &str) -> Profile {
    formats::profile::read(text.as_bytes(), "p.toml").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The gateway's profile after replacements.
fn gateway(changes: &[(&str, &str)]) -> Profile {
    let mut text = example("example-gateway.toml");
    for (from, to) in changes {
        assert!(text.contains(from), "{from:?} is in the example");
        text = text.replacen(from, to, 1);
    }
    read(&text)
}

fn told(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let kind = if finding.is_error { 'E' } else { 'W' };
        format!("{} {kind} {}: {}", finding.id, finding.key, finding.text)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the rules say to the gateway's profile after replacements.
fn broken(changes: &[(&str, &str)]) -> String {
    told(&check(&gateway(changes), None, DAY))
}

fn component(name: &str) -> Component {
    Component { name: name.to_owned(), version: "1.0".to_owned(), ..Component::default() }
}

fn inventory(names: &[&str]) -> Inventory {
    let of = |name: &&str| match *name {
        "linux-yocto" => Component { role: Role::Kernel, ..component(name) },
        "u-boot" => Component { role: Role::Bootloader, ..component(name) },
        name => component(name),
    };
    Inventory { components: names.iter().map(of).collect(), ..Inventory::default() }
}

/// Everything that the gateway's profile names.
const GATEWAY: [&str; 11] = [
    "lighttpd",
    "openssh",
    "dnsmasq",
    "mosquitto-clients",
    "swupdate",
    "hostapd",
    "bluez5",
    "linux-yocto",
    "u-boot",
    "busybox",
    "wpa-supplicant",
];

fn kernel_config(symbols: &[(&str, &str)]) -> Config {
    let symbols = symbols.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config {
        file: "gateway.config".to_owned(),
        of: ConfigOf::Linux,
        symbols: symbols.collect(),
        ..Config::default()
    }
}

/// A complete configuration that contradicts nothing.
const HONEST: [(&str, &str); 7] = [
    ("MMU", "y"),
    ("STACKPROTECTOR", "y"),
    ("STRICT_KERNEL_RWX", "y"),
    ("FORTIFY_SOURCE", "y"),
    ("DM_VERITY", "y"),
    ("NETFILTER", "y"),
    ("SECURITY_APPARMOR", "y"),
];

#[test]
fn the_examples_break_no_rule() {
    assert_eq!(told(&check(&read(&example("example-gateway.toml")), None, DAY)), "");
    assert_eq!(told(&check(&read(&example("example-sensor.toml")), None, DAY)), "");
    let mut release = inventory(&GATEWAY);
    release.build.configs.push(kernel_config(&HONEST));
    assert_eq!(told(&check(&gateway(&[]), Some(&release), DAY)), "");
}

#[test]
fn v01_ids_are_unique_and_references_resolve() {
    for (from, to, expected) in [
        (
            "id = \"ssh\"",
            "id = \"web-ui\"",
            "V01 E service[1].id: \"web-ui\" is the id of an earlier service too; give each its own\n\
             V01 E foreseeable_misuse[0].effect: service.ssh.zone names nothing in the profile that can be changed; \
             try interface.<id>.zone, service.<id>.zone, access.<key> or condition.<name>.state",
        ),
        (
            "function = \"telemetry\"",
            "function = \"telemetri\"",
            "V01 E service[3].function: there is no function \"telemetri\"; known: machine-control, field-network, \
             telemetry, management, update, commissioning",
        ),
        (
            "interface = \"fld0\", port = 67",
            "interface = \"fld1\", port = 67",
            "V01 E service[2].listen[1].interface: there is no interface \"fld1\"; known: wan0, lan0, fld0, rs485, \
             wlan0, bt0, usb0, uart0",
        ),
        (
            "sandboxed_services = []",
            "sandboxed_services = [\"web\"]",
            "V01 E hardening.sandboxed_services[0]: there is no service \"web\"; known: web-ui, ssh, dns-dhcp, \
             telemetry, update-agent, wifi-commissioning, bt-commissioning",
        ),
        (
            "breaks = [\"lan0\"]",
            "breaks = [\"lan0\", \"lan1\"]",
            "V01 E assumption[0].breaks[1]: there is no interface or service \"lan1\"; known: wan0, lan0, fld0, rs485, \
             wlan0, bt0, usb0, uart0, web-ui, ssh, dns-dhcp, telemetry, update-agent, wifi-commissioning, \
             bt-commissioning",
        ),
        (
            "set = \"interface.fld0.zone\", to = \"site\"",
            "set = \"interface.fld0.zone\", to = \"town\"",
            "V01 E foreseeable_misuse[1].effect: \"town\" is no value of interface.fld0.zone; it takes physical, local, \
             bus, radio, isolated, site, internet",
        ),
        (
            "set = \"interface.fld0.zone\", to = \"site\"",
            "set = \"condition.open_door.state\", to = true",
            "V01 E foreseeable_misuse[1].effect: there is no condition \"open_door\"",
        ),
        (
            "kind = \"cellular\"",
            "kind = \"ip_over_wan1\"",
            "V01 E interface[0].kind: there is no interface \"wan1\"; known: wan0, lan0, fld0, rs485, wlan0, bt0, usb0, \
             uart0",
        ),
        (
            "evidence = { aslr = \"build\"",
            "evidence = { asrl = \"build\"",
            "V01 E hardening.evidence.asrl: there is no hardening value \"asrl\"; known: aslr, pie, stack_protector, \
             nx, fortify, secure_boot, rootfs, lsm, firewall, anti_rollback",
        ),
    ] {
        assert_eq!(broken(&[(from, to)]), expected);
    }
}

#[test]
fn v02_a_second_person_approves() {
    assert_eq!(
        broken(&[("approved_by  = \"product-owner\"", "approved_by  = \"product-security\"")]),
        "V02 E provenance.approved_by: \"product-security\" wrote the profile; a second person approves it"
    );
    assert_eq!(
        broken(&[("approved_by  = \"product-owner\"", "")]),
        "V02 E provenance.approved_by: an approved profile names who approved it, or its status is draft"
    );
    let basis = "basis        = \"Installation manual EG-200 rev. 7, chapter 3; threat model TM-EG-12\"";
    assert_eq!(
        broken(&[(basis, "")]),
        "V02 E provenance.basis: an approved profile names the documents it rests on"
    );
    assert_eq!(broken(&[(basis, ""), ("status   = \"approved\"", "status = \"draft\"")]), "");
}

#[test]
fn v03_a_service_says_where() {
    assert_eq!(
        broken(&[("listen = [{ interface = \"lan0\", port = 22, proto = \"tcp\" }]", "")]),
        "V03 E service[1].listen: ssh has direction \"listen\" and says nowhere where"
    );
    let connect =
        "connect = [{ interface = \"wan0\", port = 8883, proto = \"tcp\", peer = \"maker_cloud\" }]";
    assert_eq!(
        broken(&[(connect, "connect = []")]),
        "V03 E service[3].connect: telemetry has direction \"connect\" and says nowhere where"
    );
}

#[test]
fn v04_nothing_listens_where_nothing_comes_in() {
    assert_eq!(
        broken(&[("interface = \"lan0\", port = 22", "interface = \"wan0\", port = 22")]),
        "V04 E service[1].listen[0].interface: ssh listens on wan0, which has inbound = \"deny\": either the interface \
         or the service is wrong"
    );
    assert_eq!(
        broken(&[("interface = \"lan0\", port = 22", "interface = \"uart0\", port = 22")]),
        "V04 E service[1].listen[0].interface: ssh listens on uart0, which has enabled = \"never\": either the \
         interface or the service is wrong"
    );
}

#[test]
fn v05_one_approved_profile_for_a_release() {
    let first = gateway(&[]);
    let newer = ("version  = 3", "version  = 4");
    assert_eq!(
        told(&check_together(&[first.clone(), gateway(&[newer])])),
        "V05 E profile[1].applies_to: example-gateway/standard version 4 and version 3 of profile[0] are both approved \
         and apply to the same releases; retire the older one"
    );
    for other in [
        gateway(&[newer, ("status   = \"approved\"", "status = \"draft\"")]),
        gateway(&[newer, (">=4.0.0,<6.0.0", ">=6.0.0")]),
        gateway(&[newer, ("\"EG-200\", \"EG-210\"", "\"EG-300\"")]),
        gateway(&[newer, ("id       = \"example-gateway/standard\"", "id = \"example-gateway/cloud\"")]),
        read(&example("example-sensor.toml")),
    ] {
        assert_eq!(told(&check_together(&[first.clone(), other])), "");
    }
    // A range of a form that cannot be read may hold anything.
    let odd = gateway(&[newer, (">=4.0.0,<6.0.0", "spring and summer")]);
    assert_eq!(check_together(&[first, odd]).len(), 1);
}

#[test]
fn v06_what_is_open_to_the_internet_is_listed() {
    let spare = "[[interface]]\nid = \"wan1\"\nkind = \"cellular\"\nzone = \"internet\"\nenabled = \"always\"\n\
                 inbound = \"allow\"\n\n[[service]]";
    assert_eq!(
        broken(&[("[[service]]", spare)]),
        "V06 E interface[8].inbound: wan1 lets everything in from the internet and no service is on it: list the \
         services, or set \"allow_listed\""
    );
    assert_eq!(broken(&[("inbound = \"deny\"", "inbound = \"allow\"")]), "", "services are on it");
}

#[test]
fn v07_components_are_in_the_sbom() {
    let names: Vec<&str> =
        GATEWAY.into_iter().filter(|name| !["dnsmasq", "busybox"].contains(name)).collect();
    assert_eq!(
        told(&check(&gateway(&[]), Some(&inventory(&names)), DAY)),
        "V07 W service[2].component: \"dnsmasq\" is not in the SBOM: check the name, or take it out\n\
         V07 W component_role[2].component: \"busybox\" is not in the SBOM: check the name, or take it out"
    );
}

#[test]
fn v08_known_services_are_mentioned() {
    let mut release = inventory(&GATEWAY);
    release.components.extend(["avahi", "openssl", "systemd", "zlib"].map(component));
    release.components.push(Component { scope: Scope::BuildOnly, ..component("rsync") });
    release.components.push(component("iw"));
    assert_eq!(
        told(&check(&gateway(&[]), Some(&release), DAY)),
        "V08 W service: avahi is in the SBOM and talks over the network where it is started; describe it as a service, \
         or as a component_role (\"not_started\")"
    );
}

#[test]
fn v09_somebody_may_be_hurt_by_something() {
    let critical = ("safety = \"marginal\"", "safety = \"critical\"");
    assert_eq!(broken(&[critical]), "");
    assert_eq!(
        broken(&[critical, ("safety_related = true", "")]),
        "V09 W impact.safety: safety is \"critical\" and no function is safety_related: say which one it is"
    );
}

#[test]
fn v10_credentials_are_not_shared() {
    assert_eq!(
        broken(&[("credentials = \"unique_per_device\"", "credentials = \"shared_default\"")]),
        "V10 W access.credentials: all devices have the same credentials: a weakness of the product itself, and \
         published as one"
    );
}

#[test]
fn v11_the_build_does_not_contradict() {
    let with = |symbol: &str| {
        let mut symbols = HONEST.to_vec();
        symbols.iter_mut().filter(|(name, _)| *name == symbol).for_each(|(_, value)| *value = "n");
        let mut release = inventory(&GATEWAY);
        release.build.configs.push(kernel_config(&symbols));
        release
    };
    let say = |release: &Inventory| told(&check(&gateway(&[]), Some(release), DAY));
    for (symbol, expected) in [
        (
            "DM_VERITY",
            "V11 E hardening.rootfs: the build contradicts it: CONFIG_DM_VERITY is off in gateway.config",
        ),
        (
            "NETFILTER",
            "V11 E hardening.firewall: the build contradicts it: CONFIG_NETFILTER is off in gateway.config",
        ),
        (
            "SECURITY_APPARMOR",
            "V11 E hardening.lsm: the build contradicts it: CONFIG_SECURITY_APPARMOR is off in gateway.config",
        ),
        (
            "FORTIFY_SOURCE",
            "V11 W hardening.fortify: the build says otherwise: CONFIG_FORTIFY_SOURCE is off in gateway.config",
        ),
        // The profile says that the build itself proves it.
        ("STACKPROTECTOR", ""),
    ] {
        assert_eq!(say(&with(symbol)), expected);
    }
    let mut release = inventory(&GATEWAY);
    release.platform.facts.insert("hardening:pie".to_owned(), "no".to_owned());
    assert_eq!(say(&release), "V11 E hardening.pie: the build contradicts it: hardening:pie is \"no\"");
    // What is missing in an incomplete configuration is not off.
    let mut release = inventory(&GATEWAY);
    let incomplete = vec!["a fragment".to_owned()];
    release.build.configs.push(Config { incomplete, ..kernel_config(&[]) });
    assert_eq!(say(&release), "");
}

#[test]
fn v12_what_does_not_hold_has_evidence() {
    assert_eq!(
        broken(&[(", evidence = \"update agent has no proxy option\"", "")]),
        "V12 W condition.curl_socks5_proxy.evidence: it does not hold, without evidence: it makes exploitation rare, \
         and closes no way in"
    );
    assert_eq!(broken(&[("evidence = \"update agent has no proxy option\"", "refs = [\"E7\"]")]), "");
}

#[test]
fn v13_what_is_not_started_is_started_by_no_service() {
    assert_eq!(
        broken(&[("component = \"wpa-supplicant\"", "component = \"Lighttpd\"")]),
        "V13 E component_role[3].role: Lighttpd is \"not_started\", and service web-ui starts it"
    );
    assert_eq!(broken(&[("component = \"wpa-supplicant\"", "component = \"hostapd\"")]), "", "on demand");
}

#[test]
fn v14_profiles_are_reviewed() {
    assert_eq!(told(&check(&gateway(&[]), None, "2027-09-01")), "");
    assert_eq!(
        told(&check(&gateway(&[]), None, "2027-09-02T00:00:00Z")),
        "V14 W valid_from: valid since 366 days: review it and give it a new version"
    );
}

#[test]
fn v15_debug_interfaces_are_off() {
    assert_eq!(
        broken(&[("enabled = \"never\"", "enabled = \"always\"")]),
        "V15 W interface[7].enabled: the debug interface uart0 is always enabled"
    );
}

#[test]
fn v16_the_kernel_is_in_the_sbom() {
    assert_eq!(
        told(&check(&gateway(&[("\"linux-yocto\"", "\"zephyr\"")]), Some(&inventory(&GATEWAY)), DAY)),
        "V16 E platform.kernel: \"zephyr\" is not in the SBOM; the SBOM has linux-yocto"
    );
}

#[test]
fn ranges_of_releases() {
    assert_eq!(covers(">=4.0.0,<6.0.0", "4.1.0"), Some(true));
    assert_eq!(covers(">=4.0.0,<6.0.0", "6.0.0"), Some(false));
    assert_eq!(covers("*", "anything"), Some(true));
    assert_eq!(covers("spring", "4.1.0"), None);
    assert_eq!(covers("^4", "4.1.0"), None);
    assert!(overlap(">=4.0.0,<=6.0.0", ">=6.0.0") && !overlap(">=4.0.0,<6.0.0", ">=6.0.0"));
    assert!(overlap("^4", ">=6.0.0"));
}

#[test]
fn every_row_of_the_table_is_read() {
    let table = include_str!("../src/risk/tables/service-defaults.csv");
    assert_eq!(defaults::all().len(), table.lines().count() - 1);
    for (usual, line) in defaults::all().iter().zip(table.lines().skip(1)) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(usual.component, cells[0]);
        let sides = cells[2].split(';').filter(|word| ["listen", "connect"].contains(word)).count();
        assert_eq!(usual.directions.len(), sides, "{line}");
        let is_word = |word: &str, others: &[&str]| !others.contains(&word);
        let has_zone = is_word(cells[5], &["", "inherit", "by_subsystem"]);
        assert_eq!(usual.zone.is_some(), has_zone, "{line}");
        assert_eq!(usual.runs_as.is_some(), is_word(cells[8], &["", "inherit"]), "{line}");
    }
}

fn service_words(profile: &Profile) -> Vec<String> {
    let words = |service: &model::profile::Service| {
        let ports: Vec<String> = service
            .ports
            .iter()
            .map(|port| format!("{}:{}/{}", port.interface, port.port, port.proto.word()))
            .collect();
        format!(
            "{} ({}) {} {} zone={} auth={} pre_auth={} {} {}",
            service.id,
            service.component,
            service.direction.word(),
            ports.join(" "),
            service.zone.map_or("-", Zone::word),
            service.peer_auth.word(),
            service.pre_auth_surface,
            service.runs_as.word(),
            service.start.word(),
        )
    };
    profile.services.iter().map(words).collect()
}

#[test]
fn services_are_inferred_as_the_table_says() {
    let release =
        inventory(&["openssh", "dropbear", "lighttpd", "dnsmasq", "bluez5", "ntp", "swupdate", "tftp-hpa"]);
    let inferred = infer::infer(&release);
    let profile = &inferred.profile;
    assert!(profile.is_inferred);
    assert_eq!(
        service_words(profile),
        [
            "openssh (openssh) listen eth0:22/tcp zone=- auth=password pre_auth=true root default",
            "dropbear (dropbear) listen eth0:22/tcp zone=- auth=password pre_auth=true root default",
            "lighttpd (lighttpd) listen eth0:80/tcp eth0:443/tcp zone=- auth=none pre_auth=true service_user default",
            "dnsmasq (dnsmasq) listen eth0:53/udp eth0:67/udp zone=- auth=none pre_auth=true service_user default",
            "bluez (bluez5) listen bt0:0/l2 zone=- auth=none pre_auth=true root default",
            "ntp (ntp) listen eth0:123/udp zone=- auth=none pre_auth=true service_user default",
            "ntp-client (ntp) connect eth0:123/udp zone=- auth=none pre_auth=true service_user default",
            "swupdate (swupdate) connect eth0:443/tcp zone=internet auth=pinned_server pre_auth=false root default",
            "tftp-hpa (tftp-hpa) listen eth0:69/udp zone=- auth=none pre_auth=true root optional",
        ]
    );
    let ids: Vec<&str> = profile.interfaces.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["eth0", "bt0", "usb0"]);
    assert_eq!(profile.access.interactive_user, InteractiveUser::BrowserUi);
    assert_eq!(profile.access.local_code, LocalCode::MakerOnly);
}

#[test]
fn every_line_of_an_inferred_profile_is_marked() {
    let names = [
        "openssh",
        "hostapd",
        "modemmanager",
        "docker-moby",
        "busybox",
        "gdb",
        "curl",
        "libpng",
        "linux-yocto",
        "musl",
    ];
    let mut release = inventory(&names);
    release.build.configs.push(kernel_config(&[("BT", "m"), ("CFG80211", "y")]));
    let inferred = infer::infer(&release);
    let mut dated = inferred.profile.clone();
    dated.valid_from = "2026-11-22".to_owned();
    dated.platform.bits = 64;
    let text = formats::profile::to_toml(&dated, &inferred.assumptions);
    assert_eq!(formats::profile::read(text.as_bytes(), "p.toml").expect("the draft is read"), dated);
    // Names and fixed words need no mark; a row is marked above.
    let is_plain = |line: &str| {
        let key = line.split(" = ").next().unwrap_or_default();
        line.is_empty()
            || line.starts_with(['#', '[', ' ', ']'])
            || ["schema", "version", "status", "author", "id", "component", "kind"].contains(&key)
            || ["privilege", "held_by"].contains(&key)
    };
    for line in text.lines().filter(|line| !is_plain(line)) {
        let is_long = line.ends_with('[');
        assert!(
            is_long || line.contains("# assumed: ") || line.contains("# inferred: "),
            "{line}\nin\n{text}"
        );
    }
    let keys: Vec<String> = formats::profile::values(&dated).into_keys().collect();
    assert!(keys.len() > 100, "{}", keys.len());
    for key in inferred.assumptions.keys() {
        assert!(!key.contains("[]"), "{key}");
    }
}

#[test]
fn radios_platform_and_local_code_are_inferred() {
    let mut release = inventory(&["modemmanager", "docker-moby", "linux-yocto", "musl", "systemd"]);
    release.build.configs.push(kernel_config(&[("BT", "m"), ("CFG80211", "y")]));
    release.build.configs[0].arch = "arm64".to_owned();
    release.product = "Example Gateway 2".to_owned();
    let inferred = infer::infer(&release);
    let profile = inferred.profile;
    assert_eq!(
        (profile.id.as_str(), profile.product.as_str()),
        ("example-gateway-2/inferred", "example-gateway-2")
    );
    let kinds: Vec<(&str, Zone)> =
        profile.interfaces.iter().map(|row| (row.kind.as_str(), row.zone)).collect();
    assert_eq!(
        kinds,
        [
            ("ethernet", Zone::Site),
            ("wifi", Zone::Radio),
            ("bluetooth", Zone::Radio),
            ("cellular", Zone::Internet),
            ("usb", Zone::Physical)
        ]
    );
    assert_eq!(inferred.assumptions["interface[1]"], "inferred: CONFIG_CFG80211 is on in gateway.config");
    assert_eq!(profile.access.local_code, LocalCode::CustomerApps);
    let platform = &profile.platform;
    assert_eq!((platform.arch.as_str(), platform.bits), ("arm64", 64));
    assert_eq!(
        (platform.libc.as_str(), platform.init.as_str(), platform.kernel.as_str()),
        ("musl", "systemd", "linux-yocto")
    );
}

#[test]
fn components_that_are_no_service_have_their_part() {
    let mut release = inventory(&["linux-yocto", "u-boot", "busybox", "gdb", "openssl", "containerd"]);
    release.components.push(Component { role: Role::Tee, ..component("op-tee-vendor") });
    let profile = infer::infer(&release).profile;
    let parts: Vec<(&str, ComponentRole, Option<InputFrom>)> = profile
        .component_roles
        .iter()
        .map(|row| (row.component.as_str(), row.role, row.input_from))
        .collect();
    assert_eq!(
        parts,
        [
            ("linux-yocto", ComponentRole::Kernel, None),
            ("u-boot", ComponentRole::Bootloader, None),
            ("busybox", ComponentRole::LocalTool, Some(InputFrom::LocalUsers)),
            ("gdb", ComponentRole::NotStarted, None),
            ("openssl", ComponentRole::Library, None),
            ("containerd", ComponentRole::LocalTool, Some(InputFrom::CustomerApps)),
            ("op-tee-vendor", ComponentRole::SecureWorld, None),
        ]
    );
    assert!(profile.services.is_empty());
}

#[test]
fn libraries_are_reached_from_every_service() {
    let mut release = inventory(&["openssh", "openssl", "libpng", "curl", "bash"]);
    release.components.push(Component { role: Role::Library, ..component("pcre2") });
    let profile = infer::infer(&release).profile;
    assert_eq!(profile.services[0].reaches, ["curl", "libpng", "openssl", "pcre2"]);
    assert_eq!(profile.services[1].component, "curl");
    assert_eq!(profile.services[1].reaches, ["libpng", "openssl", "pcre2"]);
    assert_eq!(profile.services[1].ports[0].peer, Some(Peer::PublicServers));
}

#[test]
fn namesakes_are_no_services() {
    let mut release = inventory(&["linux-libc-headers", "python3-docker"]);
    let mut module = component("docker");
    module.purls.push(Purl::parse("pkg:pypi/docker@7.0").expect("a purl"));
    release.components.push(module);
    release.components.push(Component { scope: Scope::BuildOnly, ..component("openssh") });
    let profile = infer::infer(&release).profile;
    assert!(profile.services.is_empty(), "{:?}", service_words(&profile));
    assert_eq!(profile.component_roles, []);
    assert_eq!(profile.access.local_code, LocalCode::MakerOnly);
}

#[test]
fn two_copies_of_a_component_are_one_service() {
    let release = inventory(&["dropbear", "dropbear", "openssh", "openssh-server"]);
    let ids: Vec<String> = infer::infer(&release).profile.services.into_iter().map(|row| row.id).collect();
    assert!(ids.iter().filter(|id| id.starts_with("dropbear")).count() == 1, "{ids:?}");
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn an_inferred_profile_breaks_no_rule() {
    let names: Vec<&str> = defaults::all().iter().map(|usual| usual.component).collect();
    let release = inventory(&names);
    let profile = infer::infer(&release).profile;
    assert_eq!(told(&check(&profile, Some(&release), DAY)), "");
    // Every row of the table has its place.
    for usual in defaults::all() {
        let by_service = profile.services.iter().filter(|row| row.component == usual.component);
        let found: Vec<_> = by_service.collect();
        if usual.is_service() {
            assert_eq!(found.len(), usual.directions.len(), "{}", usual.component);
            assert_eq!(found[0].start, usual.start);
            assert_eq!(found[0].direction, usual.directions[0]);
        } else {
            assert!(profile.component_roles.iter().any(|row| row.component == usual.component));
        }
    }
    let by_id = |id: &str| profile.services.iter().find(|row| row.id == id).expect("a service");
    assert_eq!(by_id("wireguard").zone, Some(Zone::Internet));
    assert_eq!(by_id("wireguard").runs_as, RunsAs::Kernel);
    assert_eq!(by_id("mosquitto-clients").peer_auth, PeerAuth::PublicPki);
    assert_eq!(by_id("nfs-utils").start, Start::Optional);
    assert_eq!(by_id("wpa-supplicant").direction, Direction::Connect);
    assert_eq!(
        by_id("bind").ports.iter().map(|port| port.proto).collect::<Vec<_>>(),
        [Proto::Udp, Proto::Tcp]
    );
}

#[test]
fn ids_are_made_of_any_text() {
    assert_eq!(infer::slug("Édge Gateway (v2)!", "product"), "dge-gateway-v2");
    assert_eq!(infer::slug("--", "product"), "product");
}
