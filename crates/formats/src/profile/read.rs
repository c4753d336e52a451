//! From the tree to the profile, key by key (assessment.md 1.1).

use std::collections::BTreeMap;

use model::profile::{
    Access, Assumption, Basis, ComponentRole, Condition, Credentials, Direction, Enabled, Filter, Firewall,
    Function, Hardening, HeldBy, Impact, InputFrom, InteractiveUser, Interface, Isolation, Likelihood,
    LocalCode, Measure, Mission, Misuse, Peer, PeerAuth, Physical, PhysicalAccess, Port, Privilege, Profile,
    ProfilePlatform, ProfileStatus, Proto, Provenance, RadioReach, Requirement, Role, RoleOfComponent,
    Rootfs, RunsAs, Safety, SecureBoot, Service, Start, Tls, Update, UpdateChannel, ValueDensity, Zone,
};

use super::table::{Faults, Table, unknown_word};
use super::tree::Document;
use super::{Fault, SCHEMA};

/// What a value may rest on in a profile.
const CONFIDENCES: &[Basis] = &[Basis::Evidence, Basis::Stated, Basis::Inferred, Basis::Assumed];
/// CSAF's values of `restart_required`.
const RESTARTS: &[&str] = &[
    "connected",
    "dependencies",
    "machine",
    "none",
    "parent",
    "service",
    "system",
    "vulnerable_component",
    "zone",
];
/// What a hardening value can rest on.
const GROUNDS: &[&str] = &["build", "test", "stated"];
/// Kinds of interfaces, without `ip_over_<id>`.
const KINDS: &[&str] = &[
    "ethernet",
    "wifi",
    "cellular",
    "bluetooth",
    "bluetooth_le",
    "ieee802154",
    "nfc",
    "lora",
    "can",
    "serial_bus",
    "usb",
    "sdcard",
    "debug_uart",
    "jtag",
    "virtual",
];
const ID_FORM: &str = "an id: lower-case letters, digits and -, not beginning with -";

/// Reads a document.
pub(super) fn profile(document: &Document<'_>) -> Result<Profile, Vec<Fault>> {
    let faults = Faults::default();
    let profile = whole(Table::new(&document.root, String::new(), &faults));
    let told = faults.told(document);
    match profile {
        Some(profile) if told.is_empty() => Ok(profile),
        _ if told.is_empty() => Err(vec![Fault { text: "it is no profile".to_owned(), ..Fault::default() }]),
        _ => Err(told),
    }
}

/// `None` only where a fault was added.
fn whole(mut top: Table<'_>) -> Option<Profile> {
    schema(&mut top);
    let id = top.formed("id", is_profile_id, "<product>/<name> in lower-case letters, digits and -");
    let product = id_of(&mut top, "product");
    let version = top.required_whole("version", 1..=u32::MAX);
    let status = top.word("status", ProfileStatus::ALL, ProfileStatus::word);
    let valid_from = top.date("valid_from");
    let (releases, hardware) = top.required_table("applies_to").map(applies_to).unwrap_or_default();
    let is_default = top.truth("default");
    let title = top.text("title");
    let provenance = top.required_table("provenance").and_then(provenance);
    let platform = top.required_table("platform").map(platform);
    let interfaces = all(top.required_tables("interface", 1), interface);
    let services = all(top.required_tables("service", 0), service);
    let component_roles = all(top.tables("component_role"), role_of_component);
    let conditions = top.table("condition").map(conditions).unwrap_or_default();
    let roles = all(top.required_tables("role", 0), role);
    let access = top.required_table("access").and_then(access);
    let functions = all(top.required_tables("function", 1), function);
    let impact = top.required_table("impact").and_then(impact);
    let hardening = top.required_table("hardening").and_then(hardening);
    let update = top.required_table("update").and_then(update);
    let physical = top.required_table("physical").and_then(physical);
    let misuses = all(top.tables("foreseeable_misuse"), misuse);
    let assumptions = all(top.tables("assumption"), assumption);
    top.finish();
    let provenance = provenance?;
    Some(Profile {
        id,
        product,
        version,
        status: status?,
        valid_from,
        releases,
        hardware,
        is_default,
        title,
        // A file whose author leaves the ground at "inferred" has confirmed nothing.
        is_inferred: provenance.default_confidence < Basis::Stated,
        provenance,
        platform: platform?,
        interfaces,
        services,
        component_roles,
        conditions,
        roles,
        access: access?,
        functions,
        impact: impact?,
        hardening: hardening?,
        update: update?,
        physical: physical?,
        misuses,
        assumptions,
    })
}

fn all<'t, T>(tables: Vec<Table<'t>>, read: fn(Table<'t>) -> Option<T>) -> Vec<T> {
    tables.into_iter().filter_map(read).collect()
}

fn schema(top: &mut Table<'_>) {
    let schema = top.text("schema");
    if !schema.is_empty() && schema != SCHEMA {
        top.fault("schema", format!("{schema:?} is not {SCHEMA:?}, the only form that is read"));
    }
}

fn is_id(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.bytes().next().is_some_and(is_letter) && text.bytes().all(|byte| is_letter(byte) || byte == b'-')
}

fn is_profile_id(text: &str) -> bool {
    text.split_once('/').is_some_and(|(product, name)| is_id(product) && is_id(name))
}

fn id_of(table: &mut Table<'_>, key: &'static str) -> String {
    table.formed(key, is_id, ID_FORM)
}

/// A list of ids.
fn ids_of(table: &mut Table<'_>, key: &'static str) -> Vec<String> {
    let ids = table.texts(key);
    for id in ids.iter().filter(|id| !is_id(id)) {
        table.fault(key, format!("{id:?} is not {ID_FORM}"));
    }
    ids
}

fn applies_to(mut table: Table<'_>) -> (String, Vec<String>) {
    let value = (table.text("releases"), table.texts("hardware"));
    table.finish();
    value
}

fn provenance(mut table: Table<'_>) -> Option<Provenance> {
    let author = table.text("author");
    let approved_by = table.optional_text("approved_by");
    let basis = table.optional_text("basis");
    let default_confidence = table.word("default_confidence", CONFIDENCES, Basis::word);
    table.finish();
    Some(Provenance { author, approved_by, basis, default_confidence: default_confidence? })
}

fn platform(mut table: Table<'_>) -> ProfilePlatform {
    let arch = table.text("arch");
    let bits = table.required_whole("bits", 32..=64);
    if table.has("bits") && !matches!(bits, 0 | 32 | 64) {
        table.fault("bits", format!("{bits} is neither 32 nor 64"));
    }
    let platform = ProfilePlatform {
        arch,
        bits: u8::try_from(bits).unwrap_or_default(),
        libc: table.text("libc"),
        init: table.text("init"),
        os: table.text("os"),
        kernel: table.text("kernel"),
        soc: table.optional_text("soc"),
        hardware_cpes: table.texts("hardware_cpes"),
    };
    table.finish();
    platform
}

fn kind(table: &mut Table<'_>) -> String {
    let kind = table.text("kind");
    let is_known = KINDS.contains(&kind.as_str()) || kind.strip_prefix("ip_over_").is_some_and(is_id);
    if !kind.is_empty() && !is_known {
        let known: Vec<&str> = KINDS.iter().copied().chain(["ip_over_<id>"]).collect();
        table.fault("kind", unknown_word(&kind, &known));
    }
    kind
}

fn interface(mut table: Table<'_>) -> Option<Interface> {
    let id = id_of(&mut table, "id");
    let kind = kind(&mut table);
    let zone = table.word("zone", Zone::ALL, Zone::word);
    let enabled = table.word("enabled", Enabled::ALL, Enabled::word);
    let inbound = table.optional_word("inbound", Filter::ALL, Filter::word);
    let outbound = table.optional_word("outbound", Filter::ALL, Filter::word);
    let radio_reach = table.optional_word("radio_reach", RadioReach::ALL, RadioReach::word);
    let shared_bus = table.truth("shared_bus").unwrap_or_default();
    table.finish();
    let (zone, enabled) = (zone?, enabled?);
    Some(Interface { id, kind, zone, enabled, inbound, outbound, radio_reach, shared_bus })
}

fn service(mut table: Table<'_>) -> Option<Service> {
    let id = id_of(&mut table, "id");
    let component = table.text("component");
    let executables = table.texts("executables");
    let direction = table.word("direction", Direction::ALL, Direction::word);
    let zone = table.optional_word("zone", Zone::ALL, Zone::word);
    let ports = ports(&mut table, direction);
    let tls = table.optional_word("tls", Tls::ALL, Tls::word);
    let peer_auth = table.word("peer_auth", PeerAuth::ALL, PeerAuth::word);
    let pre_auth_surface = table.truth("pre_auth_surface");
    let runs_as = table.word("runs_as", RunsAs::ALL, RunsAs::word);
    let start = table.word("start", Start::ALL, Start::word);
    let function = id_of(&mut table, "function");
    let modules_disabled = table.texts("modules_disabled");
    let modules_enabled = table.texts("modules_enabled");
    let reaches = table.texts("reaches");
    table.finish();
    let direction = direction?;
    Some(Service {
        id,
        component,
        executables,
        direction,
        zone,
        ports,
        tls,
        peer_auth: peer_auth?,
        pre_auth_surface: pre_auth_surface.unwrap_or(direction == Direction::Listen),
        runs_as: runs_as?,
        start: start?,
        function,
        modules_disabled,
        modules_enabled,
        reaches,
    })
}

/// The rows that fit the direction. A service without any is well-formed; rule V03 rejects it.
fn ports(table: &mut Table<'_>, direction: Option<Direction>) -> Vec<Port> {
    let listen = all(table.tables("listen"), |row| port(row, Direction::Listen));
    let connect = all(table.tables("connect"), |row| port(row, Direction::Connect));
    let split = "describe a component that does both as two services, one for each direction";
    let refused = |wrong: &str| format!("this service does not {wrong} (see its direction); {split}");
    match direction {
        Some(Direction::Connect) => {
            if table.has("listen") {
                table.fault("listen", refused("listen"));
            }
            connect
        }
        Some(Direction::Listen) => {
            if table.has("connect") {
                table.fault("connect", refused("connect"));
            }
            listen
        }
        None => Vec::new(),
    }
}

fn port(mut table: Table<'_>, direction: Direction) -> Option<Port> {
    let interface = id_of(&mut table, "interface");
    let port = table.required_whole("port", 0..=65_535);
    let proto = table.word("proto", Proto::ALL, Proto::word);
    let peer = match direction {
        Direction::Connect => Some(table.word("peer", Peer::ALL, Peer::word)?),
        Direction::Listen => None,
    };
    table.finish();
    Some(Port { interface, port: u16::try_from(port).unwrap_or_default(), proto: proto?, peer })
}

fn role_of_component(mut table: Table<'_>) -> Option<RoleOfComponent> {
    let component = table.text("component");
    let role = table.word("role", ComponentRole::ALL, ComponentRole::word);
    let input_from = table.optional_word("input_from", InputFrom::ALL, InputFrom::word);
    table.finish();
    Some(RoleOfComponent { component, role: role?, input_from })
}

fn conditions(table: Table<'_>) -> BTreeMap<String, Condition> {
    table.members().into_iter().map(|(name, member)| (name.to_owned(), condition(name, member))).collect()
}

fn condition(name: &str, mut table: Table<'_>) -> Condition {
    let is_letter = |byte: u8| byte.is_ascii_lowercase();
    let is_formed = name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit() || byte == b'_');
    if !is_formed {
        table.fault_here("the name of a condition is of lower-case letters, digits and _");
    }
    let condition = Condition {
        state: table.required_truth("state"),
        customer_can_enable: table.required_truth("customer_can_enable"),
        evidence: table.optional_text("evidence"),
        refs: table.texts("refs"),
    };
    table.finish();
    condition
}

fn role(mut table: Table<'_>) -> Option<Role> {
    let id = id_of(&mut table, "id");
    let privilege = table.word("privilege", Privilege::ALL, Privilege::word);
    let held_by = table.optional_word("held_by", HeldBy::ALL, HeldBy::word);
    table.finish();
    Some(Role { id, privilege: privilege?, held_by })
}

fn access(mut table: Table<'_>) -> Option<Access> {
    let credentials = table.word("credentials", Credentials::ALL, Credentials::word);
    let interactive_user = table.word("interactive_user", InteractiveUser::ALL, InteractiveUser::word);
    let local_code = table.word("local_code", LocalCode::ALL, LocalCode::word);
    let local_code_isolation = table.optional_word("local_code_isolation", Isolation::ALL, Isolation::word);
    table.finish();
    Some(Access {
        credentials: credentials?,
        interactive_user: interactive_user?,
        local_code: local_code?,
        local_code_isolation,
    })
}

fn function(mut table: Table<'_>) -> Option<Function> {
    let id = id_of(&mut table, "id");
    let confidentiality = table.word("confidentiality", Requirement::ALL, Requirement::word);
    let integrity = table.word("integrity", Requirement::ALL, Requirement::word);
    let availability = table.word("availability", Requirement::ALL, Requirement::word);
    let depends_on = table.texts("depends_on");
    let safety_related = table.truth("safety_related").unwrap_or_default();
    table.finish();
    Some(Function {
        id,
        confidentiality: confidentiality?,
        integrity: integrity?,
        availability: availability?,
        depends_on,
        safety_related,
    })
}

fn impact(mut table: Table<'_>) -> Option<Impact> {
    let safety = table.word("safety", Safety::ALL, Safety::word);
    let mission = table.word("mission", Mission::ALL, Mission::word);
    let value_density = table.word("value_density", ValueDensity::ALL, ValueDensity::word);
    let connected_systems = all(table.tables("connected_systems"), |mut row| {
        let zone = row.word("zone", Zone::ALL, Zone::word);
        let pivot = row.required_truth("pivot");
        row.finish();
        Some((zone?, pivot))
    });
    table.finish();
    Some(Impact { safety: safety?, mission: mission?, value_density: value_density?, connected_systems })
}

fn hardening(mut table: Table<'_>) -> Option<Hardening> {
    let aslr = table.word("aslr", Measure::ALL, Measure::word);
    let pie = table.word("pie", Measure::ALL, Measure::word);
    let stack_protector = table.word("stack_protector", Measure::ALL, Measure::word);
    let nx = table.word("nx", Measure::ALL, Measure::word);
    let fortify = table.optional_word("fortify", Measure::ALL, Measure::word).unwrap_or(Measure::Unknown);
    let secure_boot = table.word("secure_boot", SecureBoot::ALL, SecureBoot::word);
    let rootfs = table.word("rootfs", Rootfs::ALL, Rootfs::word);
    let lsm = table.formed("lsm", is_lsm, "none, <name>_permissive or <name>_enforcing");
    let firewall = table.word("firewall", Firewall::ALL, Firewall::word);
    let sandboxed_services = ids_of(&mut table, "sandboxed_services");
    let anti_rollback = table.truth("anti_rollback").unwrap_or_default();
    let evidence = table.table("evidence").map(grounds).unwrap_or_default();
    table.finish();
    Some(Hardening {
        aslr: aslr?,
        pie: pie?,
        stack_protector: stack_protector?,
        nx: nx?,
        fortify,
        secure_boot: secure_boot?,
        rootfs: rootfs?,
        lsm,
        firewall: firewall?,
        sandboxed_services,
        anti_rollback,
        evidence,
    })
}

fn is_lsm(text: &str) -> bool {
    let name = text.strip_suffix("_permissive").or_else(|| text.strip_suffix("_enforcing"));
    text == "none"
        || name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn grounds(table: Table<'_>) -> BTreeMap<String, String> {
    let grounds: BTreeMap<String, String> = table.texts_by_name().into_iter().collect();
    for (key, ground) in grounds.iter().filter(|(_, ground)| !ground.is_empty()) {
        if !GROUNDS.contains(&ground.as_str()) {
            table.fault(key, unknown_word(ground, GROUNDS));
        }
    }
    grounds
}

fn update(mut table: Table<'_>) -> Option<Update> {
    let channel = table.word("channel", UpdateChannel::ALL, UpdateChannel::word);
    let authenticated = table.required_truth("authenticated");
    let customer_controls_time = table.truth("customer_controls_time").unwrap_or_default();
    let typical_latency_days = table.whole("typical_latency_days", 0..=u32::MAX);
    let restart_required = table.optional_text("restart_required");
    if !restart_required.is_empty() && !RESTARTS.contains(&restart_required.as_str()) {
        table.fault("restart_required", unknown_word(&restart_required, RESTARTS));
    }
    table.finish();
    let channel = channel?;
    Some(Update { channel, authenticated, customer_controls_time, typical_latency_days, restart_required })
}

fn physical(mut table: Table<'_>) -> Option<Physical> {
    let access = table.word("access", PhysicalAccess::ALL, PhysicalAccess::word);
    let tamper_evidence = table.truth("tamper_evidence").unwrap_or_default();
    table.finish();
    Some(Physical { access: access?, tamper_evidence })
}

fn misuse(mut table: Table<'_>) -> Option<Misuse> {
    let id = id_of(&mut table, "id");
    let text = table.text("text");
    let (set, to) = table.required_table("effect").map(effect).unwrap_or_default();
    let likelihood = table.word("likelihood", Likelihood::ALL, Likelihood::word);
    table.finish();
    Some(Misuse { id, text, set, to, likelihood: likelihood? })
}

fn effect(mut table: Table<'_>) -> (String, String) {
    let value = (table.text("set"), table.scalar("to"));
    table.finish();
    value
}

fn assumption(mut table: Table<'_>) -> Option<Assumption> {
    let assumption =
        Assumption { id: table.text("id"), text: table.text("text"), breaks: ids_of(&mut table, "breaks") };
    table.finish();
    Some(assumption)
}
