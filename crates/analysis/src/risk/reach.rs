//! Ways in: from somebody who can send to the vulnerable code (assessment.md 2.4, 3.2).
//!
//! Start with [`ways`]. What must hold besides, on each way, is `preconditions`.

use model::assessment::Reach;
use model::identity::name::same_name;
use model::profile::{
    ComponentRole, Direction, Enabled, Filter, InputFrom, Interface, Peer, Profile, RunsAs, Service, Start,
    Zone,
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
            let is_reached = services_of(profile, facts).next().is_some() || facts.entry.via.is_empty();
            let runs_as = services_of(profile, facts).map(|service| service.runs_as).max();
            let way = local(profile, runs_as.unwrap_or(RunsAs::ServiceUser), false, None);
            if is_reached { vec![way] } else { Vec::new() }
        }
        EntryKind::Physical => at_the_device(profile, facts, RunsAs::Root),
        EntryKind::Radio => services_of(profile, facts)
            .flat_map(|service| through(profile, service, facts))
            .filter(|way| way.interface.is_some_and(|interface| is_of(interface, &facts.entry.subsystem)))
            .map(|way| Way { source: way.interface.map_or(String::new(), |one| one.id.clone()), ..way })
            .collect(),
        EntryKind::Server | EntryKind::Client | EntryKind::ServerOrClient => {
            services_of(profile, facts).flat_map(|service| through(profile, service, facts)).collect()
        }
    }
}

fn to_tool<'p>(profile: &'p Profile, facts: &FactSheet) -> Vec<Way<'p>> {
    let row = profile.component_roles.iter().find(|row| same_name(&row.component, &facts.component));
    let input = row.and_then(|row| row.input_from).unwrap_or(InputFrom::LocalUsers);
    if input == InputFrom::NetworkData {
        return services_of(profile, facts).flat_map(|service| through(profile, service, facts)).collect();
    }
    vec![local(profile, RunsAs::Root, false, Some(input))]
}

/// The services that process input with the component: its own, those that say so, and those whose component
/// depends on it.
fn services_of<'p>(profile: &'p Profile, facts: &FactSheet) -> impl Iterator<Item = &'p Service> {
    let component = facts.component.clone();
    let dependants = facts.dependants.clone();
    let via = facts.entry.via.clone();
    // A product that nobody has described: a library may be reached from every service (1.5).
    let is_anybodys = profile.is_inferred
        && !profile.services.iter().any(|service| same_name(&service.component, &component));
    profile.services.iter().filter(move |service| {
        if !via.is_empty() {
            return via.contains(&service.id);
        }
        if is_anybodys {
            return true;
        }
        same_name(&service.component, &component)
            || service.reaches.iter().any(|name| same_name(name, &component))
            || dependants.iter().any(|name| same_name(name, &service.component))
    })
}

/// The open ports of a service that fit the entry.
fn through<'p>(profile: &'p Profile, service: &'p Service, facts: &FactSheet) -> Vec<Way<'p>> {
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
        let words = format!("{} on {} ({})", service.id, interface.id, zone.word());
        if found.iter().any(|way| way.words == words) {
            continue;
        }
        found.push(Way {
            words,
            source: service.id.clone(),
            reach: reach_of(zone, interface.shared_bus),
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
