//! The inferred profile: what is assumed of a product that nobody has described (assessment.md 1.5).
//!
//! Every value that does not come from the inputs is marked as assumed, every other one as inferred; the marks are the
//! comments of `patchwright profile init`. Start with [`infer`].

use std::collections::{BTreeMap, BTreeSet};

use model::build::ConfigOf;
use model::component::{Component, Role};
use model::identity::name::same_name;
use model::profile::{
    Access, Basis, ComponentRole, Credentials, Direction, Enabled, Filter, Firewall, Function, Hardening,
    HeldBy, Impact, InputFrom, InteractiveUser, Interface, LocalCode, Measure, Mission, Peer, Physical,
    PhysicalAccess, Port, Privilege, Profile, ProfilePlatform, ProfileStatus, Proto, Provenance, RadioReach,
    Requirement, Role as PersonRole, RoleOfComponent, Rootfs, RunsAs, Safety, SecureBoot, Service, Start,
    Update, UpdateChannel, ValueDensity, Zone,
};
use model::sbom::Inventory;

use super::defaults::{self, Part, Usual, on_device};
use super::graph::Graph;

/// Programs that show pages to a browser.
const WEB_SERVERS: [&str; 5] = ["lighttpd", "nginx", "boa", "uhttpd", "apache2"];
/// Programs that run containers of the customer.
const CONTAINER_RUNTIMES: [&str; 7] =
    ["docker", "containerd", "podman", "lxc", "runc", "crun", "balena-engine"];
/// Programs that fetch updates.
const UPDATERS: [&str; 3] = ["swupdate", "rauc", "mender"];
/// C libraries.
const C_LIBRARIES: [&str; 4] = ["glibc", "musl", "uclibc-ng", "uclibc"];
/// Programs that start the others; BusyBox last, as it is nearly always there.
const INITS: [&str; 6] = ["systemd", "openrc", "sysvinit", "runit", "s6", "busybox"];
/// The one function of an inferred profile.
const DEVICE: &str = "device";

/// A profile made from an SBOM, with what each line of it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Inferred {
    /// The profile; `is_inferred` is set. Bits are 0 where the inputs do not tell, `valid_from` is empty.
    pub profile: Profile,
    /// Key path to `inferred: …` or `assumed: …`.
    pub assumptions: BTreeMap<String, String>,
}

/// Collects comments beside the values they belong to.
#[derive(Default)]
struct Marks(BTreeMap<String, String>);

impl Marks {
    fn assumed(&mut self, key: impl Into<String>, why: impl std::fmt::Display) {
        self.0.insert(key.into(), format!("assumed: {why}"));
    }

    fn inferred(&mut self, key: impl Into<String>, why: impl std::fmt::Display) {
        self.0.insert(key.into(), format!("inferred: {why}"));
    }
}

/// What is on the device, and what is known of it.
struct Device<'i> {
    inventory: &'i Inventory,
    components: Vec<(&'i Component, Vec<&'static Usual>)>,
}

impl<'i> Device<'i> {
    fn of(inventory: &'i Inventory) -> Device<'i> {
        let components = on_device(inventory).map(|component| (component, defaults::of(component)));
        Device { inventory, components: components.collect() }
    }

    /// The first of some names that something on the device goes by.
    fn first_of<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let is = |name: &str, component: &Component, usual: &[&Usual]| {
            let is_named = same_name(&component.name, name) && !defaults::is_of_language(component);
            is_named || usual.iter().any(|usual| usual.component == name)
        };
        let has = |name: &&&str| self.components.iter().any(|(component, usual)| is(name, component, usual));
        names.iter().find(has).copied()
    }
}

/// Makes a profile from what is in a release.
pub fn infer(inventory: &Inventory) -> Inferred {
    let mut marks = Marks::default();
    let device = Device::of(inventory);
    let interfaces = interfaces(&Radios::of(&device), &mut marks);
    let (services, component_roles) = parts(&device, &mut marks);
    let product = slug(&inventory.product, "product");
    let access = access(&device, &mut marks);
    let update = update(&device, &mut marks);
    let platform = platform(&device, &mut marks);
    head(inventory, &mut marks);
    fixed(&mut marks);
    let profile = Profile {
        id: format!("{product}/inferred"),
        product,
        version: 1,
        status: ProfileStatus::Draft,
        valid_from: String::new(),
        releases: "*".to_owned(),
        hardware: Vec::new(),
        is_default: None,
        title: "Assumed deployment: made from the SBOM, confirmed by nobody".to_owned(),
        provenance: Provenance {
            author: "patchwright profile init".to_owned(),
            approved_by: String::new(),
            basis: String::new(),
            default_confidence: Basis::Inferred,
        },
        platform,
        interfaces,
        services,
        component_roles,
        conditions: BTreeMap::new(),
        roles: people(),
        access,
        functions: vec![whole_device()],
        impact: Impact {
            safety: Safety::Marginal,
            mission: Mission::MefSupportCrippled,
            value_density: ValueDensity::Diffuse,
            connected_systems: vec![(Zone::Site, true)],
        },
        hardening: hardening(),
        update,
        physical: Physical { access: PhysicalAccess::Restricted, tamper_evidence: false },
        misuses: Vec::new(),
        assumptions: Vec::new(),
        is_inferred: true,
    };
    Inferred { profile, assumptions: marks.0 }
}

/// An id out of any text.
pub fn slug(text: &str, otherwise: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { otherwise.to_owned() } else { slug.to_owned() }
}

fn head(inventory: &Inventory, marks: &mut Marks) {
    match inventory.product.as_str() {
        "" => marks.assumed("product", "the inputs name no product"),
        name => marks.inferred("product", format_args!("the inputs name {name:?}")),
    }
    marks.assumed("id", "the name of the product, and that this profile is inferred");
    marks.assumed("title", "to be written");
    marks.assumed("valid_from", "the day on which this was made");
    let example = if inventory.release.is_empty() { "4.1.0" } else { &inventory.release };
    marks.assumed("applies_to", format_args!("every release; a range looks like \">={}\"", example.trim()));
    marks.assumed(
        "provenance.default_confidence",
        "say \"stated\" once every line is true; until then no finding is lowered by this profile",
    );
}

/// What is the same for every inferred profile.
fn fixed(marks: &mut Marks) {
    for (key, why) in [
        ("role[0]", "anybody who reaches the device"),
        ("role[1]", "the customer's people"),
        ("role[2]", "the customer's administrator"),
        ("function[0]", "one function; give each thing worth protecting its own"),
        ("function[0].confidentiality", "nobody says how much it matters"),
        ("function[0].integrity", "nobody says how much it matters"),
        ("function[0].availability", "nobody says how much it matters"),
        ("impact.safety", "somebody may be hurt slightly"),
        ("impact.mission", "an essential function suffers"),
        ("impact.value_density", "little is gained in each place"),
        ("impact.connected_systems", "who owns the device reaches the site's network"),
        ("hardening", "no evidence of the build is at hand; what is not known is taken as absent"),
        ("hardening.aslr", "not known"),
        ("hardening.pie", "not known"),
        ("hardening.stack_protector", "not known"),
        ("hardening.nx", "not known"),
        ("hardening.fortify", "not known"),
        ("hardening.secure_boot", "absent"),
        ("hardening.rootfs", "can be changed"),
        ("hardening.lsm", "absent"),
        ("hardening.firewall", "absent"),
        ("hardening.sandboxed_services", "none"),
        ("hardening.anti_rollback", "absent"),
        ("update.authenticated", "nobody says so"),
        ("update.customer_controls_time", "the customer chooses when"),
        ("physical.access", "people on the premises get at it"),
        ("physical.tamper_evidence", "absent"),
        ("access.credentials", "the customer sets them"),
    ] {
        marks.assumed(key, why);
    }
}

fn people() -> Vec<PersonRole> {
    [
        ("anonymous", Privilege::None, HeldBy::Anyone),
        ("user", Privilege::Low, HeldBy::Customer),
        ("admin", Privilege::High, HeldBy::Customer),
    ]
    .into_iter()
    .map(|(id, privilege, holder)| PersonRole { id: id.to_owned(), privilege, held_by: Some(holder) })
    .collect()
}

fn whole_device() -> Function {
    Function {
        id: DEVICE.to_owned(),
        confidentiality: Requirement::Medium,
        integrity: Requirement::Medium,
        availability: Requirement::Medium,
        depends_on: Vec::new(),
        safety_related: false,
    }
}

fn hardening() -> Hardening {
    Hardening {
        aslr: Measure::Unknown,
        pie: Measure::Unknown,
        stack_protector: Measure::Unknown,
        nx: Measure::Unknown,
        fortify: Measure::Unknown,
        secure_boot: SecureBoot::None,
        rootfs: Rootfs::Writable,
        lsm: "none".to_owned(),
        firewall: Firewall::None,
        sandboxed_services: Vec::new(),
        anti_rollback: false,
        evidence: BTreeMap::new(),
    }
}

fn access(device: &Device<'_>, marks: &mut Marks) -> Access {
    let interactive_user = match device.first_of(&WEB_SERVERS) {
        Some(server) => {
            marks.inferred("access.interactive_user", format_args!("{server} is a web server"));
            InteractiveUser::BrowserUi
        }
        None => {
            marks.assumed("access.interactive_user", "no web server is known to be there");
            InteractiveUser::None
        }
    };
    let local_code = match device.first_of(&CONTAINER_RUNTIMES) {
        Some(runtime) => {
            marks.inferred("access.local_code", format_args!("{runtime} runs containers"));
            LocalCode::CustomerApps
        }
        None => {
            marks.assumed("access.local_code", "no container runtime is known to be there");
            LocalCode::MakerOnly
        }
    };
    let credentials = Credentials::SetByCustomer;
    Access { credentials, interactive_user, local_code, local_code_isolation: None }
}

fn update(device: &Device<'_>, marks: &mut Marks) -> Update {
    let channel = match device.first_of(&UPDATERS) {
        Some(updater) => {
            marks.inferred("update.channel", format_args!("{updater} fetches updates"));
            UpdateChannel::Online
        }
        None => {
            marks.assumed("update.channel", "no updater is known to be there");
            UpdateChannel::ManualMedia
        }
    };
    Update {
        channel,
        authenticated: false,
        customer_controls_time: true,
        typical_latency_days: None,
        restart_required: String::new(),
    }
}

fn platform(device: &Device<'_>, marks: &mut Marks) -> ProfilePlatform {
    let inventory = device.inventory;
    let known = &inventory.platform;
    let by_config = inventory.build.configs.iter().find(|config| config.of == ConfigOf::Linux);
    let arch = match (known.arch.as_str(), by_config.map_or("", |config| config.arch.as_str())) {
        ("", "") => {
            marks.assumed("platform.arch", "the inputs name none");
            "unknown".to_owned()
        }
        ("", arch) | (arch, _) => {
            marks.inferred("platform.arch", "named by the inputs");
            arch.to_owned()
        }
    };
    let bits = if known.bits > 0 { known.bits } else { bits_of(&arch) };
    match bits {
        0 => marks.assumed("platform.bits", "the inputs do not tell; correct it if it is not so"),
        _ => marks.inferred("platform.bits", "of the architecture"),
    }
    let mut named = |key: &str, found: Option<&str>, otherwise: &str| match found {
        Some(name) => {
            marks.inferred(key, "in the inputs");
            name.to_owned()
        }
        None => {
            marks.assumed(key, "the inputs name none");
            otherwise.to_owned()
        }
    };
    let is_kernel = |usual: &[&Usual]| usual.iter().any(|usual| usual.part == Part::Kernel);
    let kernel = device.components.iter().find(|(_, usual)| is_kernel(usual)).map(|(kernel, _)| *kernel);
    ProfilePlatform {
        libc: named("platform.libc", device.first_of(&C_LIBRARIES), "unknown"),
        init: named("platform.init", device.first_of(&INITS), "unknown"),
        os: named("platform.os", Some(known.os.as_str()).filter(|os| !os.is_empty()), "linux"),
        kernel: named("platform.kernel", kernel.map(|kernel| kernel.name.as_str()), "linux"),
        arch,
        bits,
        soc: String::new(),
        hardware_cpes: Vec::new(),
    }
}

/// 0 where the name does not tell (`mips`, `riscv`, `x86`).
fn bits_of(arch: &str) -> u8 {
    match arch.to_ascii_lowercase().as_str() {
        "i386" | "i486" | "i586" | "i686" => 32,
        arch if arch.contains("64") => 64,
        arch if arch.starts_with("arm") || arch.ends_with("32") => 32,
        _ => 0,
    }
}

/// What gives a radio away, by kind.
struct Radios {
    wifi: Vec<String>,
    bluetooth: Vec<String>,
    cellular: Vec<String>,
}

impl Radios {
    fn of(device: &Device<'_>) -> Radios {
        let mut radios = Radios { wifi: Vec::new(), bluetooth: Vec::new(), cellular: Vec::new() };
        for (component, usual) in &device.components {
            for usual in usual.iter().filter(|usual| usual.part == Part::Radio) {
                let kind = match interface_of(usual) {
                    "wlan0" => &mut radios.wifi,
                    "bt0" => &mut radios.bluetooth,
                    _ => &mut radios.cellular,
                };
                kind.push(format!("{} is in the SBOM", component.name));
            }
        }
        for (symbol, found) in [("CFG80211", &mut radios.wifi), ("BT", &mut radios.bluetooth)] {
            let configs = device.inventory.build.configs.iter().filter(|config| config.of == ConfigOf::Linux);
            let is_on = |value: Option<&String>| matches!(value.map(String::as_str), Some("y" | "m"));
            let on = configs.filter(|config| is_on(config.symbols.get(symbol)));
            found.extend(on.map(|config| format!("CONFIG_{symbol} is on in {}", config.file)));
        }
        radios
    }
}

/// The interface over which a well-known program works.
fn interface_of(usual: &Usual) -> &'static str {
    match (usual.part, usual.zone) {
        (Part::Radio, Some(Zone::Radio)) if usual.component == "bluez" => "bt0",
        (Part::Radio, Some(Zone::Radio)) => "wlan0",
        (Part::Radio, _) => "wwan0",
        _ => "eth0",
    }
}

fn interfaces(radios: &Radios, marks: &mut Marks) -> Vec<Interface> {
    let mut found = Vec::new();
    let mut add = |id: &str, kind: &str, zone: Zone, why: Option<&[String]>| {
        let key = format!("interface[{}]", found.len());
        match why {
            Some(why) => marks.inferred(&key, why.join(", ")),
            None => marks.assumed(&key, "nothing says so; most devices have one"),
        }
        let whom = match zone {
            Zone::Internet => "anyone can send",
            Zone::Radio => "anyone in range can send",
            Zone::Physical => "only somebody at the device can send",
            _ => "anyone on the customer's network can send",
        };
        marks.assumed(format!("{key}.zone"), whom);
        marks.assumed(format!("{key}.enabled"), "always");
        let is_network = zone != Zone::Physical;
        if is_network {
            marks.assumed(format!("{key}.inbound"), "no firewall is known");
            marks.assumed(format!("{key}.outbound"), "no firewall is known");
        }
        if zone == Zone::Radio {
            marks.assumed(format!("{key}.radio_reach"), "a stranger may come into range");
        }
        found.push(Interface {
            id: id.to_owned(),
            kind: kind.to_owned(),
            zone,
            enabled: Enabled::Always,
            inbound: is_network.then_some(Filter::Allow),
            outbound: is_network.then_some(Filter::Allow),
            radio_reach: (zone == Zone::Radio).then_some(RadioReach::Public),
            shared_bus: false,
        });
    };
    add("eth0", "ethernet", Zone::Site, None);
    for (id, kind, zone, why) in [
        ("wlan0", "wifi", Zone::Radio, &radios.wifi),
        ("bt0", "bluetooth", Zone::Radio, &radios.bluetooth),
        ("wwan0", "cellular", Zone::Internet, &radios.cellular),
    ] {
        if !why.is_empty() {
            add(id, kind, zone, Some(why));
        }
    }
    add("usb0", "usb", Zone::Physical, None);
    found
}

/// The services and the components that are none, in the order of the SBOM.
fn parts(device: &Device<'_>, marks: &mut Marks) -> (Vec<Service>, Vec<RoleOfComponent>) {
    let libraries = libraries(device);
    let graph = Graph::of(device.inventory);
    let mut services: Vec<Service> = Vec::new();
    let mut roles: Vec<RoleOfComponent> = Vec::new();
    let mut seen = BTreeSet::new();
    for (component, known) in &device.components {
        for usual in known {
            // Two copies of a component are one part.
            if !seen.insert((component.name.clone(), usual.component)) {
                continue;
            }
            for direction in &usual.directions {
                let id = free_id(&services, usual, *direction);
                let key = format!("service[{}]", services.len());
                let reaches = Reach::of(device, &graph, &libraries, component);
                mark_service(&key, component, usual, &reaches, marks);
                services.push(service(id, component, usual, *direction, reaches.names().to_vec()));
            }
            if let (false, Some(role)) = (usual.is_service(), role_of(component, usual)) {
                let key = format!("component_role[{}]", roles.len());
                mark_role(&key, component, &role, marks);
                roles.push(role);
            }
        }
        if let (Some(role), true) = (firmware_role(component), known.is_empty()) {
            mark_role(&format!("component_role[{}]", roles.len()), component, &role, marks);
            roles.push(role);
        }
    }
    (services, roles)
}

/// Components that others may use.
fn libraries(device: &Device<'_>) -> Vec<String> {
    let found = device.components.iter().filter(|(component, _)| defaults::is_library(component));
    found.map(|(component, _)| component.name.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What a service's input reaches beside its own component.
enum Reach {
    /// As the SBOM's graph tells.
    ByGraph(Vec<String>),
    /// Every library, as nobody tells.
    Assumed(Vec<String>),
}

impl Reach {
    fn names(&self) -> &[String] {
        let (Reach::ByGraph(names) | Reach::Assumed(names)) = self;
        names
    }

    fn of(device: &Device<'_>, graph: &Graph<'_>, libraries: &[String], component: &Component) -> Reach {
        if component.needs.is_none() {
            return Reach::Assumed(
                libraries.iter().filter(|name| **name != component.name).cloned().collect(),
            );
        }
        let all = &device.inventory.components;
        let own = all.iter().position(|one| one.source_ref == component.source_ref);
        let reached = graph.reached_from(&own.into_iter().collect::<Vec<_>>());
        let names = reached.keys().filter_map(|at| all.get(*at)).map(|one| one.name.clone());
        let names: BTreeSet<String> = names.filter(|name| *name != component.name).collect();
        Reach::ByGraph(names.into_iter().collect())
    }
}

fn free_id(services: &[Service], usual: &Usual, direction: Direction) -> String {
    let is_second = usual.directions.first() != Some(&direction);
    let id = slug(usual.component, "service");
    let id = if is_second { format!("{id}-client") } else { id };
    let is_free = |id: &str| !services.iter().any(|service| service.id == id);
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.clone()).chain(numbered).find(|id| is_free(id)).unwrap_or(id)
}

fn service(
    id: String,
    component: &Component,
    usual: &Usual,
    direction: Direction,
    reaches: Vec<String>,
) -> Service {
    let interface = interface_of(usual);
    let zone_of_interface = match interface {
        "eth0" => Zone::Site,
        "wwan0" => Zone::Internet,
        _ => Zone::Radio,
    };
    Service {
        id,
        component: component.name.clone(),
        executables: Vec::new(),
        direction,
        zone: usual.zone.filter(|zone| *zone != zone_of_interface),
        ports: ports(usual, interface, direction),
        tls: None,
        peer_auth: usual.peer_auth,
        pre_auth_surface: usual.pre_auth_surface,
        runs_as: usual.runs_as.unwrap_or(RunsAs::Root),
        start: usual.start,
        function: DEVICE.to_owned(),
        modules_disabled: Vec::new(),
        modules_enabled: Vec::new(),
        reaches,
    }
}

fn ports(usual: &Usual, interface: &str, direction: Direction) -> Vec<Port> {
    let peer = (direction == Direction::Connect).then_some(match usual.zone {
        Some(Zone::Internet) => Peer::PublicServers,
        Some(Zone::Radio) => Peer::SiteAccessPoint,
        _ => Peer::Other,
    });
    let numbers = if usual.ports.is_empty() { &[0][..] } else { &usual.ports };
    let protos = if usual.protos.is_empty() { &[Proto::Tcp][..] } else { &usual.protos };
    let pairs = numbers.iter().flat_map(|port| protos.iter().map(move |proto| (*port, *proto)));
    pairs.map(|(port, proto)| Port { interface: interface.to_owned(), port, proto, peer }).collect()
}

fn named(component: &Component) -> String {
    format!("{} {}", component.name, component.version).trim_end().to_owned()
}

fn mark_service(key: &str, component: &Component, usual: &Usual, reaches: &Reach, marks: &mut Marks) {
    marks.inferred(key, format_args!("{} is in the SBOM; what it does here is assumed", named(component)));
    let mut usually = |part: &str, why: &str| marks.assumed(format!("{key}.{part}"), why);
    usually("direction", "usual for it");
    for direction in &usual.directions {
        let ports = if *direction == Direction::Listen { "listen" } else { "connect" };
        usually(ports, if usual.ports.is_empty() { "it has no port of its own" } else { "the usual port" });
    }
    if usual.zone == Some(Zone::Internet) {
        usually("zone", "its peers are on the internet");
    }
    let auth = if usual.component == "openssh" || usual.component == "dropbear" {
        "key or password; the weaker counts"
    } else {
        "usual for it"
    };
    usually("peer_auth", auth);
    usually("pre_auth_surface", "usual for it");
    usually("runs_as", "usual for it");
    let start = match usual.start {
        Start::Default => "it is installed, so it is started",
        _ => "usual for it",
    };
    usually("start", start);
    usually("function", "the only one");
    match reaches {
        _ if reaches.names().is_empty() => {}
        Reach::ByGraph(_) => marks.inferred(format!("{key}.reaches"), "by the SBOM's dependency graph"),
        Reach::Assumed(_) => marks.assumed(
            format!("{key}.reaches"),
            "nobody says which libraries it uses, so all; take out those it does not use",
        ),
    }
}

fn mark_role(key: &str, component: &Component, role: &RoleOfComponent, marks: &mut Marks) {
    marks.inferred(key, format_args!("{} is in the SBOM", named(component)));
    marks.assumed(format!("{key}.role"), "usual for it");
    if role.input_from.is_some() {
        marks.assumed(format!("{key}.input_from"), "nobody says who gives it input");
    }
}

fn role_of(component: &Component, usual: &Usual) -> Option<RoleOfComponent> {
    let (role, input_from) = match usual.part {
        Part::Kernel => (ComponentRole::Kernel, None),
        Part::Bootloader => (ComponentRole::Bootloader, None),
        Part::SecureWorld => (ComponentRole::SecureWorld, None),
        Part::Library | Part::LibraryOrTool => (ComponentRole::Library, None),
        _ if usual.start == Start::Never => (ComponentRole::NotStarted, None),
        Part::Core => (ComponentRole::LocalTool, Some(InputFrom::CustomerApps)),
        Part::LocalTool => (ComponentRole::LocalTool, Some(InputFrom::LocalUsers)),
        Part::Service | Part::Radio => return None,
    };
    Some(RoleOfComponent { component: component.name.clone(), role, input_from })
}

/// Kernels, boot loaders and secure-world code that the table has no row for.
fn firmware_role(component: &Component) -> Option<RoleOfComponent> {
    let role = match component.role {
        Role::Kernel => ComponentRole::Kernel,
        Role::Bootloader => ComponentRole::Bootloader,
        Role::Tee => ComponentRole::SecureWorld,
        _ => return None,
    };
    Some(RoleOfComponent { component: component.name.clone(), role, input_from: None })
}
