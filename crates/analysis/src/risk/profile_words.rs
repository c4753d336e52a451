//! A profile in words: what each line of it states, and what that opens or closes for an attacker (assessment.md 2.4,
//! 3.2). Start with [`explain`].

use model::profile::{
    Basis, ComponentRole, Condition, Credentials, Direction, Enabled, Filter, InputFrom, InteractiveUser,
    Interface, Likelihood, LocalCode, Measure, PeerAuth, PhysicalAccess, Port, Profile, ProfileStatus,
    RadioReach, RoleOfComponent, RunsAs, Service, Start, Zone,
};

use super::reach::reach_of;

/// What a statement does to the ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Somebody can get in here.
    Opens,
    /// Somebody can get in here, and something must hold besides.
    Narrows,
    /// Nobody can get in here.
    Closes,
    /// It changes no way in.
    Tells,
}

impl Effect {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Opens => "opens",
            Effect::Narrows => "narrows",
            Effect::Closes => "closes",
            Effect::Tells => "tells",
        }
    }
}

/// A statement of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is about (`lan0`, `ssh`).
    pub subject: String,
    /// What the profile says.
    pub states: String,
    /// What it does.
    pub effect: Effect,
    /// What follows, with the rule (`P7`).
    pub follows: String,
}

/// Statements of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// In the order of the profile.
    pub statements: Vec<Statement>,
}

/// A profile in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What it is, in sentences.
    pub summary: Vec<String>,
    /// Sections that say something.
    pub sections: Vec<Section>,
}

/// Says what a profile states.
pub fn explain(profile: &Profile) -> Explained {
    let section = |title, statements| Section { title, statements };
    let sections = [
        section("Interfaces", profile.interfaces.iter().map(interface).collect()),
        section("Services", profile.services.iter().map(|row| service(profile, row)).collect()),
        section("Components that are no service", profile.component_roles.iter().map(part).collect()),
        section("Circumstances", profile.conditions.iter().map(circumstance).collect()),
        section("Access to the device", access(profile)),
        section("What is protected", protected(profile)),
        section("Hardening and updates", hardening(profile)),
        section("Foreseeable misuse", profile.misuses.iter().map(misuse).collect()),
        section("Assumptions", profile.assumptions.iter().map(assumption).collect()),
    ];
    Explained {
        summary: summary(profile),
        sections: sections.into_iter().filter(|section| !section.statements.is_empty()).collect(),
    }
}

fn statement(
    subject: &str,
    states: impl Into<String>,
    effect: Effect,
    follows: impl Into<String>,
) -> Statement {
    Statement { subject: subject.to_owned(), states: states.into(), effect, follows: follows.into() }
}

fn summary(profile: &Profile) -> Vec<String> {
    let releases =
        if profile.releases == "*" { "every release".to_owned() } else { profile.releases.clone() };
    let hardware =
        if profile.hardware.is_empty() { "all hardware".to_owned() } else { profile.hardware.join(", ") };
    let mut lines = vec![
        profile.title.clone(),
        format!("applies to {releases} of {} on {hardware}, from {}", profile.product, profile.valid_from),
    ];
    lines.push(match profile.status {
        ProfileStatus::Approved => {
            format!(
                "approved by {}, written by {}",
                profile.provenance.approved_by, profile.provenance.author
            )
        }
        ProfileStatus::Draft => "a draft: for dry runs only, until a second person approves it".to_owned(),
        ProfileStatus::Retired => "retired: a newer version has taken its place".to_owned(),
    });
    let rests_on = match profile.provenance.default_confidence {
        Basis::Evidence => "its values rest on evidence",
        Basis::Inferred => {
            "its values are inferred and nobody has confirmed them: no finding is lowered to none by them, and no \
             statement may cite them"
        }
        Basis::Assumed => {
            "its values are assumed: no finding is lowered to none by them, and no statement may cite them"
        }
        _ => "its values are stated by the maker",
    };
    lines.push(rests_on.to_owned());
    lines
}

fn who(zone: Zone) -> &'static str {
    match zone {
        Zone::Internet => "anyone can send",
        Zone::Site => "anyone on the customer's network can send",
        Zone::Isolated => "only a separate network of the installation can send",
        Zone::Radio => "anyone in radio range can send",
        Zone::Bus => "anyone wired to the bus can send",
        Zone::Local => "only code on the device can send",
        Zone::Physical => "only somebody at the device can send",
    }
}

fn when(enabled: Enabled) -> &'static str {
    match enabled {
        Enabled::Always => "always enabled",
        Enabled::Commissioning => "enabled while the device is being installed",
        Enabled::OnRequest => "enabled on request",
        Enabled::Never => "never enabled",
    }
}

fn interface(row: &Interface) -> Statement {
    let mut states = format!("{}: {}, {}", row.kind, who(row.zone), when(row.enabled));
    if let Some(inbound) = row.inbound {
        states.push_str(match inbound {
            Filter::Deny => ", nothing is let in",
            Filter::AllowListed => ", what is listed is let in",
            Filter::Allow => ", everything is let in",
        });
    }
    if row.shared_bus {
        states.push_str(", other parties' devices are on the same bus");
    }
    let reach = reach_of(row.zone, row.shared_bus).word();
    let (effect, follows) = match (row.enabled, row.inbound, row.radio_reach) {
        (Enabled::Never, _, _) => (Effect::Closes, "no way leads over it".to_owned()),
        (Enabled::Commissioning | Enabled::OnRequest, _, _) => {
            (Effect::Narrows, format!("reach {reach}, and exploitation over it is rare (P7)"))
        }
        (_, Some(Filter::Deny), _) => (
            Effect::Narrows,
            format!("reach {reach} for the device's own connections only (P5); nobody connects to it"),
        ),
        (_, _, Some(RadioReach::Premises)) => {
            (Effect::Narrows, format!("reach {reach}, from the premises (P8: common)"))
        }
        _ => (Effect::Opens, format!("reach {reach}")),
    };
    statement(&row.id, states, effect, follows)
}

fn at(direction: Direction, port: &Port) -> String {
    let number = if port.port == 0 { String::new() } else { format!("{}/", port.port) };
    let peer = port.peer.map(|peer| format!(" to {}", peer.word())).unwrap_or_default();
    match direction {
        Direction::Listen => format!("{} ({number}{})", port.interface, port.proto.word()),
        Direction::Connect => format!("{} ({number}{}{peer})", port.interface, port.proto.word()),
    }
}

fn proof(auth: PeerAuth) -> &'static str {
    match auth {
        PeerAuth::None => "the peer proves nothing",
        PeerAuth::Password => "the peer gives a password",
        PeerAuth::SharedSecret => "the peers share a secret",
        PeerAuth::Key => "the peer has a key",
        PeerAuth::ClientCert => "the peer has a client certificate",
        PeerAuth::PublicPki => "the server has a certificate of any public authority",
        PeerAuth::PinnedServer => "the server is one certain one",
    }
}

fn service(profile: &Profile, row: &Service) -> Statement {
    let ports: Vec<String> = row.ports.iter().map(|port| at(row.direction, port)).collect();
    let places = if ports.is_empty() { "nowhere".to_owned() } else { ports.join(", ") };
    let deed = match row.direction {
        Direction::Listen => "listens on",
        Direction::Connect => "connects over",
    };
    let start = match row.start {
        Start::Default => "started by default",
        Start::Optional => "started when the customer switches it on",
        Start::OnDemand => "started on demand",
        Start::Never => "never started",
    };
    let rights = match row.runs_as {
        RunsAs::Root => "as root",
        RunsAs::Kernel => "in the kernel",
        RunsAs::Bootloader => "in the boot loader",
        RunsAs::ServiceUser => "as a user of its own",
        RunsAs::Sandboxed => "in a sandbox",
    };
    let mut states = format!("{} {deed} {places} {rights}, {start}; {}", row.component, proof(row.peer_auth));
    if !row.reaches.is_empty() {
        states.push_str(&format!("; its input reaches {}", row.reaches.join(", ")));
    }
    let (effect, follows) = ways(profile, row);
    statement(&row.id, states, effect, follows)
}

/// What follows for a service from its ports, its start and its authentication.
fn ways(profile: &Profile, row: &Service) -> (Effect, String) {
    if row.start == Start::Never {
        return (Effect::Closes, "no way leads to it".to_owned());
    }
    let open = row.ports.iter().filter_map(|port| {
        let interface = profile.interfaces.iter().find(|known| known.id == port.interface)?;
        let is_shut = interface.enabled == Enabled::Never
            || (row.direction == Direction::Listen && interface.inbound == Some(Filter::Deny));
        (!is_shut).then(|| (reach_of(row.zone.unwrap_or(interface.zone), interface.shared_bus), interface))
    });
    let open: Vec<_> = open.collect();
    let Some(reach) = open.iter().map(|(reach, _)| *reach).max() else {
        return (Effect::Closes, "none of its interfaces lets anything in".to_owned());
    };
    let mut rules = Vec::new();
    if row.direction == Direction::Connect {
        rules.push("attacker must be the peer or on the path (P5: common)");
        if row.peer_auth == PeerAuth::PinnedServer {
            rules.push("behind the peer's proof exploitation is rare (P5b)");
        }
    } else if !row.pre_auth_surface && row.peer_auth != PeerAuth::None {
        rules.push("input is taken after the proof only (P2b: common)");
    }
    if matches!(row.start, Start::Optional | Start::OnDemand) {
        rules.push("it is not always started (P7: rare)");
    }
    let is_now_and_then = |interface: &Interface| interface.enabled != Enabled::Always;
    if open.iter().all(|(_, interface)| is_now_and_then(interface)) {
        rules.push("its interfaces are not always enabled (P7: rare)");
    }
    let effect = if rules.is_empty() { Effect::Opens } else { Effect::Narrows };
    let reach = format!("reach {}", reach.word());
    (effect, std::iter::once(reach.as_str()).chain(rules).collect::<Vec<_>>().join("; "))
}

fn part(row: &RoleOfComponent) -> Statement {
    let (states, effect, follows) = match (row.role, row.input_from) {
        (ComponentRole::Kernel, _) => ("the kernel", Effect::Opens, "each subsystem by its own interfaces"),
        (ComponentRole::Bootloader, _) => (
            "a boot loader",
            Effect::Narrows,
            "somebody at the device (P9); the network only where it boots from it",
        ),
        (ComponentRole::SecureWorld, _) => {
            ("code of the secure world", Effect::Narrows, "code on the device (P6)")
        }
        (ComponentRole::LocalTool, Some(InputFrom::MakerScripts)) => {
            ("a program that the maker's scripts run", Effect::Narrows, "exploitation is rare (P6)")
        }
        (ComponentRole::LocalTool, Some(InputFrom::NetworkData)) => {
            ("a program that services feed", Effect::Opens, "the ways of those services")
        }
        (ComponentRole::LocalTool, Some(InputFrom::CustomerApps)) => {
            ("a program that the customer's applications run", Effect::Narrows, "code on the device (P6)")
        }
        (ComponentRole::LocalTool, _) => {
            ("a program that people with a login run", Effect::Narrows, "code on the device (P6)")
        }
        (ComponentRole::Library, _) => ("a library", Effect::Tells, "the ways of the services that use it"),
        (ComponentRole::NotStarted, _) => {
            ("installed and never started", Effect::Closes, "no way leads to it")
        }
        (ComponentRole::BuildOnly, _) => ("not on the device", Effect::Closes, "no way leads to it"),
    };
    statement(&row.component, states, effect, follows)
}

fn circumstance((name, condition): (&String, &Condition)) -> Statement {
    let ground = match (condition.evidence.as_str(), condition.refs.as_slice()) {
        ("", []) => String::new(),
        ("", refs) => format!(" ({})", refs.join(", ")),
        (evidence, _) => format!(" ({evidence})"),
    };
    let has_ground = !ground.is_empty();
    let (states, effect, follows) = match (condition.state, condition.customer_can_enable) {
        (true, _) => ("holds", Effect::Opens, "what needs it needs nothing more (P4)"),
        (false, true) => ("does not hold, the customer can bring it about", Effect::Narrows, "rare (P4)"),
        (false, false) if has_ground => {
            ("does not hold and cannot be brought about", Effect::Closes, "what needs it has no way in (P4)")
        }
        (false, false) => (
            "does not hold and cannot be brought about, without evidence",
            Effect::Narrows,
            "rare, not closed (P4)",
        ),
    };
    statement(name, format!("{states}{ground}"), effect, follows)
}

fn access(profile: &Profile) -> Vec<Statement> {
    let access = &profile.access;
    let (states, effect, follows) = match access.credentials {
        Credentials::UniquePerDevice => {
            ("each device has its own", Effect::Narrows, "what needs a login needs a stolen one (P2, P2b)")
        }
        Credentials::SetByCustomer => {
            ("the customer sets them", Effect::Narrows, "what needs a login needs a stolen one (P2, P2b)")
        }
        Credentials::SharedDefault => {
            ("all devices have the same", Effect::Opens, "a login is no obstacle (P2c)")
        }
    };
    let mut statements = vec![statement("credentials", states, effect, follows)];
    let (states, effect, follows) = match access.interactive_user {
        InteractiveUser::None => ("nobody", Effect::Narrows, "what needs a person's help is rare (P1)"),
        InteractiveUser::BrowserUi => {
            ("through a browser", Effect::Opens, "what needs a person's help is common (P1b)")
        }
        InteractiveUser::LocalDisplay => {
            ("at a display", Effect::Opens, "what needs a person's help is common (P1b)")
        }
    };
    statements.push(statement("people at the surface", states, effect, follows));
    let isolation =
        access.local_code_isolation.map(|isolation| format!(", separated by {}", isolation.word()));
    let (states, effect, follows) = match access.local_code {
        LocalCode::None => {
            ("none beside the firmware", Effect::Narrows, "local flaws need a way in first (P6)")
        }
        LocalCode::MakerOnly => ("the maker's only", Effect::Narrows, "local flaws need a way in first (P6)"),
        LocalCode::CustomerApps => {
            ("the customer's applications", Effect::Narrows, "local flaws are common (P6)")
        }
        LocalCode::ThirdParty => ("anybody's", Effect::Opens, "local flaws need nothing more (P6)"),
    };
    let states = format!("{states}{}", isolation.unwrap_or_default());
    statements.push(statement("code on the device", states, effect, follows));
    let (states, effect, follows) = match profile.physical.access {
        PhysicalAccess::Controlled => ("authorised staff only", Effect::Narrows, "rare (P9)"),
        PhysicalAccess::Restricted => ("people on the premises", Effect::Narrows, "common (P9)"),
        PhysicalAccess::Public => ("anybody", Effect::Opens, "nothing more is needed (P9)"),
    };
    statements.push(statement("people at the device", states, effect, follows));
    statements
}

fn protected(profile: &Profile) -> Vec<Statement> {
    let mut statements = Vec::new();
    for row in &profile.functions {
        let mut states = format!(
            "confidentiality {}, integrity {}, availability {}",
            row.confidentiality.word(),
            row.integrity.word(),
            row.availability.word()
        );
        if !row.depends_on.is_empty() {
            states.push_str(&format!("; depends on {}", row.depends_on.join(", ")));
        }
        let follows = if row.safety_related { "people may be hurt when it fails" } else { "" };
        statements.push(statement(&row.id, states, Effect::Tells, follows));
    }
    let impact = &profile.impact;
    let states = format!(
        "safety {}, mission {}, value {}",
        impact.safety.word(),
        impact.mission.word(),
        impact.value_density.word()
    );
    let pivots: Vec<&str> =
        impact.connected_systems.iter().filter(|(_, pivot)| *pivot).map(|(zone, _)| zone.word()).collect();
    let follows = match pivots.as_slice() {
        [] => "who owns the device reaches nothing beyond it".to_owned(),
        zones => format!("who owns the device reaches systems beyond it: {}", zones.join(", ")),
    };
    statements.push(statement("a compromise", states, Effect::Tells, follows));
    statements
}

fn hardening(profile: &Profile) -> Vec<Statement> {
    let hardening = &profile.hardening;
    let measures = [
        ("aslr", hardening.aslr),
        ("pie", hardening.pie),
        ("nx", hardening.nx),
        ("stack_protector", hardening.stack_protector),
    ];
    let is_proven =
        |key: &str| matches!(hardening.evidence.get(key).map(String::as_str), Some("build" | "test"));
    let lacking: Vec<&str> = measures
        .iter()
        .filter(|(key, measure)| *measure != Measure::Yes || !is_proven(key))
        .map(|(key, _)| *key)
        .collect();
    let words: Vec<String> =
        measures.iter().map(|(key, measure)| format!("{key} {}", measure.word())).collect();
    let (effect, follows) = if lacking.is_empty() {
        (Effect::Narrows, "memory corruption without a known exploit is common, not free (P10)".to_owned())
    } else {
        (Effect::Tells, format!("nothing: {} not proven by build or test (P10)", lacking.join(", ")))
    };
    let platform = format!(
        "secure_boot {}, rootfs {}, lsm {}, firewall {}",
        hardening.secure_boot.word(),
        hardening.rootfs.word(),
        hardening.lsm,
        hardening.firewall.word()
    );
    let update = &profile.update;
    let days = update.typical_latency_days.map(|days| format!(", usually installed after {days} days"));
    let authenticated = if update.authenticated { "verified" } else { "not verified" };
    let updates = format!("{}, {authenticated}{}", update.channel.word(), days.unwrap_or_default());
    vec![
        statement("programs", words.join(", "), effect, follows),
        statement(
            "platform",
            platform,
            Effect::Tells,
            "what remains after a compromise, not whether it happens",
        ),
        statement("updates", updates, Effect::Tells, ""),
    ]
}

fn misuse(row: &model::profile::Misuse) -> Statement {
    let states = format!("{} ({} = {})", row.text, row.set, row.to);
    match row.likelihood {
        Likelihood::Common => {
            statement(&row.id, states, Effect::Opens, "applied before assessment; the worse counts")
        }
        Likelihood::Occasional => statement(&row.id, states, Effect::Tells, "shown beside the result"),
        Likelihood::Remote => statement(&row.id, states, Effect::Tells, "for documentation only"),
    }
}

fn assumption(row: &model::profile::Assumption) -> Statement {
    let follows = match row.breaks.as_slice() {
        [] => String::new(),
        ids => format!("where it is false, the judgement of {} does not hold", ids.join(", ")),
    };
    statement(&row.id, row.text.clone(), Effect::Tells, follows)
}
