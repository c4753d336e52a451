//! Ways in: from somebody who can send to the vulnerable code (assessment.md 2.4, 3.2).
//!
//! Start with [`ways`]. What must hold besides, on each way, is `preconditions`.

use model::assessment::Reach;
use model::identity::name::same_name;
use model::profile::{
    Basis, ComponentRole, Direction, Enabled, Filter, InputFrom, Interface, Peer, Profile, RunsAs, Service,
    Start, Zone,
};

use super::facts::{EntryKind, FactSheet};
use super::impact::Touched;

/// A way to the vulnerable code.
#[derive(Clone, Debug)]
pub struct Way<'p> {
    /// In words: `web-ui on lan0 (site)`.
    pub words: String,
    /// What is named when the way is closed: the service, or the interface.
    pub source: String,
    /// Who can send.
    pub reach: Reach,
    /// What it rests on that this way leads to the component, where that is not the profile's word.
    pub basis: Option<Basis>,
    /// The zone it comes from.
    pub zone: Zone,
    /// The interface; none for local code.
    pub interface: Option<&'p Interface>,
    /// The service that takes the input; none for the kernel, the boot loader and local code.
    pub service: Option<&'p Service>,
    /// Whom the service connects to.
    pub peer: Option<Peer>,
    /// What lies at the end of it.
    pub touched: Touched<'p>,
    /// A local tool: where its input comes from.
    pub tool: Option<InputFrom>,
}

impl Way<'_> {
    /// The way leads through code that runs on the device.
    pub fn is_local(&self) -> bool {
        self.zone == Zone::Local
    }

    /// Others connect to the service.
    pub fn is_listening(&self) -> bool {
        self.service.is_none_or(|service| service.direction == Direction::Listen)
    }
}

/// What part the component plays, as the profile says.
pub fn role_of(profile: &Profile, component: &str) -> Option<ComponentRole> {
    let stated = profile.component_roles.iter().find(|row| same_name(&row.component, component));
    stated
        .map(|row| row.role)
        .or_else(|| same_name(&profile.platform.kernel, component).then_some(ComponentRole::Kernel))
}

/// All ways to a component, in the order of the profile.
pub fn ways<'p>(profile: &'p Profile, facts: &FactSheet) -> Vec<Way<'p>> {
    let role = role_of(profile, &facts.component);
    match role {
        Some(ComponentRole::NotStarted | ComponentRole::BuildOnly) => Vec::new(),
        Some(ComponentRole::Kernel) => to_kernel(profile, facts),
        Some(ComponentRole::Bootloader) => at_the_device(profile, facts, RunsAs::Bootloader),
        Some(ComponentRole::SecureWorld) => vec![local(profile, RunsAs::Kernel, true, None)],
        Some(ComponentRole::LocalTool) => to_tool(profile, facts),
        Some(ComponentRole::Library) | None => to_user_space(profile, facts),
    }
}

fn to_kernel<'p>(profile: &'p Profile, facts: &FactSheet) -> Vec<Way<'p>> {
    match facts.entry.kind {
        EntryKind::Local => vec![local(profile, RunsAs::Kernel, true, None)],
        EntryKind::Physical => at_the_device(profile, facts, RunsAs::Kernel),
        EntryKind::Radio => {
            let interfaces = live(profile).filter(|interface| is_of(interface, &facts.entry.subsystem));
            interfaces.map(|interface| at_interface(profile, interface, RunsAs::Kernel)).collect()
        }
        EntryKind::Server | EntryKind::Client | EntryKind::ServerOrClient => live(profile)
            .filter(|interface| carries_ip(interface))
            .filter(|interface| !is_deaf(interface, facts.entry.kind))
            .map(|interface| at_interface(profile, interface, RunsAs::Kernel))
            .collect(),
    }
}

fn to_user_space<'p>(profile: &'p Profile, facts: &FactSheet) -> Vec<Way<'p>> {
    match facts.entry.kind {
        EntryKind::Local => {
            let users = services_of(profile, facts);
            let is_reached = !users.is_empty() || facts.entry.via.is_empty();
            let runs_as = users.iter().map(|user| user.service.runs_as).max();
            let way = local(profile, runs_as.unwrap_or(RunsAs::ServiceUser), false, None);
            if is_reached { vec![way] } else { Vec::new() }
        }
        EntryKind::Physical => at_the_device(profile, facts, RunsAs::Root),
        EntryKind::Radio => services_of(profile, facts)
            .iter()
            .flat_map(|user| through(profile, user, facts))
            .filter(|way| way.interface.is_some_and(|interface| is_of(interface, &facts.entry.subsystem)))
            .map(|way| Way { source: way.interface.map_or(String::new(), |one| one.id.clone()), ..way })
            .collect(),
        EntryKind::Server | EntryKind::Client | EntryKind::ServerOrClient => {
            services_of(profile, facts).iter().flat_map(|user| through(profile, user, facts)).collect()
        }
    }
}

fn to_tool<'p>(profile: &'p Profile, facts: &FactSheet) -> Vec<Way<'p>> {
    let row = profile.component_roles.iter().find(|row| same_name(&row.component, &facts.component));
    let input = row.and_then(|row| row.input_from).unwrap_or(InputFrom::LocalUsers);
    if input == InputFrom::NetworkData {
        return services_of(profile, facts).iter().flat_map(|user| through(profile, user, facts)).collect();
    }
    vec![local(profile, RunsAs::Root, false, Some(input))]
}

/// A service whose input reaches the component.
struct User<'p> {
    service: &'p Service,
    /// The way through the graph (`lighttpd -> openssl`); empty where there is none, or it is the service's own.
    through: String,
    /// What that rests on; `None` for the profile's word.
    basis: Option<Basis>,
}

/// The services that process input with the component: its own, those that say so, those whose component depends on
/// it, and those of which nobody tells what they need.
fn services_of<'p>(profile: &'p Profile, facts: &FactSheet) -> Vec<User<'p>> {
    let component = facts.component.as_str();
    let reached = &*facts.reached;
    let is_own = |service: &Service| same_name(&service.component, component);
    // A product that nobody has described: what is no library, or was held against no graph, may be anybody's (1.5).
    // Who runs the code of a library is not known either.
    let is_settled = reached.is_settled && facts.entry.kind != EntryKind::Local;
    // The record itself tells by which services.
    let has_via = !facts.entry.via.is_empty();
    let is_anybodys = profile.is_inferred && !is_settled && !profile.services.iter().any(is_own);
    let user = |service: &'p Service| {
        let dependant = reached.by.iter().find(|one| one.service == service.id);
        let through = dependant.map_or(String::new(), |one| one.way.clone());
        let is_named = service.reaches.iter().any(|name| same_name(name, component));
        let is_said = is_own(service) || has_via || (is_named && !profile.is_inferred);
        let basis = match dependant {
            _ if is_said => None,
            Some(dependant) => Some(dependant.basis),
            None if is_anybodys => Some(Basis::Assumed),
            None => return None,
        };
        Some(User { service, through: if is_own(service) { String::new() } else { through }, basis })
    };
    let is_meant = |service: &&Service| !has_via || facts.entry.via.contains(&service.id);
    profile.services.iter().filter(is_meant).filter_map(user).collect()
}

/// The open ports of a service that fit the entry.
fn through<'p>(profile: &'p Profile, user: &User<'p>, facts: &FactSheet) -> Vec<Way<'p>> {
    let service = user.service;
    let fits = match facts.entry.kind {
        EntryKind::Server => service.direction == Direction::Listen,
        EntryKind::Client => service.direction == Direction::Connect,
        _ => true,
    };
    if !fits || service.start == Start::Never {
        return Vec::new();
    }
    let function = profile.functions.iter().find(|function| function.id == service.function);
    let mut found: Vec<Way<'_>> = Vec::new();
    for port in &service.ports {
        let Some(interface) = live(profile).find(|interface| interface.id == port.interface) else {
            continue;
        };
        if service.direction == Direction::Listen && interface.inbound == Some(Filter::Deny) {
            continue;
        }
        let zone = service.zone.unwrap_or(interface.zone);
        let words = format!("{} on {} ({})", told(user), interface.id, zone.word());
        if found.iter().any(|way| way.words == words) {
            continue;
        }
        found.push(Way {
            words,
            source: service.id.clone(),
            reach: reach_of(zone, interface.shared_bus),
            basis: user.basis,
            zone,
            interface: Some(interface),
            service: Some(service),
            peer: port.peer,
            touched: Touched { runs_as: service.runs_as, function, is_all: false },
            tool: None,
        });
    }
    found
}

/// The service, and by what components its input comes: `web-ui -> lighttpd -> openssl`.
fn told(user: &User<'_>) -> String {
    let service = &user.service.id;
    match user.through.split(" -> ").next() {
        _ if user.through.is_empty() => service.clone(),
        Some(first) if same_name(first, service) => user.through.clone(),
        _ => format!("{service} -> {}", user.through),
    }
}

fn live(profile: &Profile) -> impl Iterator<Item = &Interface> {
    profile.interfaces.iter().filter(|interface| interface.enabled != Enabled::Never)
}

/// The device's own filter lets nothing through on the side by which the input comes.
fn is_deaf(interface: &Interface, kind: EntryKind) -> bool {
    let closed = |filter: Option<Filter>| filter == Some(Filter::Deny);
    match kind {
        EntryKind::Server => closed(interface.inbound),
        EntryKind::Client => closed(interface.outbound),
        _ => closed(interface.inbound) && closed(interface.outbound),
    }
}

fn at_interface<'p>(_: &'p Profile, interface: &'p Interface, runs_as: RunsAs) -> Way<'p> {
    Way {
        words: format!("{} ({})", interface.id, interface.zone.word()),
        source: interface.id.clone(),
        reach: reach_of(interface.zone, interface.shared_bus),
        basis: None,
        zone: interface.zone,
        interface: Some(interface),
        service: None,
        peer: None,
        touched: Touched { runs_as, function: None, is_all: true },
        tool: None,
    }
}

/// Interfaces that somebody at the device can touch.
fn at_the_device<'p>(profile: &'p Profile, facts: &FactSheet, runs_as: RunsAs) -> Vec<Way<'p>> {
    let is_wanted = |interface: &&Interface| {
        interface.zone == Zone::Physical
            && (facts.entry.subsystem.is_empty() || is_of(interface, &facts.entry.subsystem))
    };
    live(profile).filter(is_wanted).map(|interface| at_interface(profile, interface, runs_as)).collect()
}

fn local(_: &Profile, runs_as: RunsAs, is_all: bool, tool: Option<InputFrom>) -> Way<'_> {
    Way {
        words: "local code on the device".to_owned(),
        source: "local code on the device".to_owned(),
        reach: Reach::Local,
        basis: None,
        zone: Zone::Local,
        interface: None,
        service: None,
        peer: None,
        touched: Touched { runs_as, function: None, is_all },
        tool,
    }
}

/// The reach of a zone (3.2).
pub fn reach_of(zone: Zone, is_shared_bus: bool) -> Reach {
    match zone {
        Zone::Internet => Reach::Open,
        Zone::Site => Reach::Site,
        Zone::Isolated | Zone::Radio => Reach::Adjacent,
        Zone::Bus if is_shared_bus => Reach::Adjacent,
        Zone::Bus | Zone::Physical => Reach::Physical,
        Zone::Local => Reach::Local,
    }
}

/// The interface carries the subsystem's signals.
fn is_of(interface: &Interface, subsystem: &str) -> bool {
    match subsystem {
        "" => matches!(interface.zone, Zone::Radio | Zone::Bus),
        "wifi" => interface.kind == "wifi",
        "bluetooth" => matches!(interface.kind.as_str(), "bluetooth" | "bluetooth_le"),
        "802154" => interface.kind == "ieee802154",
        "hid" => interface.kind == "usb",
        "storage" => interface.kind == "sdcard",
        other => interface.kind == other,
    }
}

fn carries_ip(interface: &Interface) -> bool {
    matches!(interface.kind.as_str(), "ethernet" | "cellular" | "virtual")
        || interface.kind.starts_with("ip_over_")
        || (interface.kind == "wifi" && interface.zone != Zone::Radio)
}
