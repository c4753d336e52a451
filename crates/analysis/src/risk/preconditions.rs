//! What must hold on a way besides reaching the code: rules P1 to P11 (assessment.md 3.2).

use model::assessment::{Exploitation, Preconditions, TechnicalImpact};
use model::profile::{
    Basis, Condition, Credentials, Direction, Enabled, Filter, InputFrom, InteractiveUser, LocalCode,
    Measure, PeerAuth, PhysicalAccess, Profile, RadioReach, RunsAs, Start, Zone,
};

use super::facts::{EntryKind, FactSheet};
use super::reach::Way;

/// What a way requires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// The notes of the rules that fired, in order.
    pub notes: Vec<String>,
    /// The rarest of what they give.
    pub preconditions: Option<Preconditions>,
    /// A rule closes the way.
    pub is_closed: bool,
    /// Circumstances that nobody has stated: each is a question.
    pub questions: Vec<String>,
    /// Rights that a login must give, for the environmental vector.
    pub login: Option<&'static str>,
}

impl Required {
    fn rare(&mut self, note: impl Into<String>) {
        self.gives(Preconditions::Rare, format!("{} -> rare", note.into()));
    }

    fn common(&mut self, note: impl Into<String>) {
        self.gives(Preconditions::Common, format!("{} -> common", note.into()));
    }

    fn gives(&mut self, value: Preconditions, note: String) {
        self.notes.push(note);
        self.preconditions = Some(self.preconditions.map_or(value, |known| known.min(value)));
    }

    fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The value; nothing required where no rule fired.
    pub fn value(&self) -> Preconditions {
        self.preconditions.unwrap_or(Preconditions::None)
    }

    /// What the value rests on: a circumstance that nobody has stated is assumed.
    pub fn basis(&self, profile: &Profile) -> Basis {
        match self.questions.is_empty() {
            true if profile.is_inferred => Basis::Inferred,
            true => Basis::Stated,
            false => Basis::Assumed,
        }
    }
}

/// The rules on one way.
pub fn required(
    profile: &Profile,
    facts: &FactSheet,
    way: &Way<'_>,
    technical: TechnicalImpact,
    exploitation: Exploitation,
) -> Required {
    let mut required = Required::default();
    outbound(facts, way, &mut required);
    local(profile, way, &mut required);
    time_of_use(way, &mut required);
    radio(way, &mut required);
    physical(profile, way, &mut required);
    score(profile, facts, way, &mut required);
    login(profile, facts, way, &mut required);
    hardened(profile, facts, way, technical, exploitation, &mut required);
    for name in &facts.requires {
        condition(profile, name, &mut required);
    }
    if way.service.is_some_and(|service| service.direction == Direction::Listen)
        && !facts.entry.server_requires.is_empty()
    {
        condition(profile, &facts.entry.server_requires, &mut required);
    }
    required
}

/// P5, P5b.
fn outbound(facts: &FactSheet, way: &Way<'_>, required: &mut Required) {
    // The kernel answers what its own filter lets in; where that is nothing, only answers to its own requests arrive.
    let is_kernel_asking = way.service.is_none()
        && way.touched.is_all
        && way.interface.is_some_and(|interface| interface.inbound == Some(Filter::Deny))
        && matches!(facts.entry.kind, EntryKind::Server | EntryKind::Client | EntryKind::ServerOrClient);
    if is_kernel_asking {
        return required.common("nothing is let in: attacker must be a peer of the device or on path");
    }
    let Some(service) = way.service.filter(|service| service.direction == Direction::Connect) else { return };
    let peer = way.peer.map_or("a server", |peer| peer.word());
    required.common(format!("outbound to {peer}: attacker must be the peer or on path"));
    if service.peer_auth == PeerAuth::PinnedServer && !facts.entry.before_peer_auth {
        required.rare("only after the pinned peer is authenticated");
    }
}

/// P6.
fn local(profile: &Profile, way: &Way<'_>, required: &mut Required) {
    if !way.is_local() {
        return;
    }
    if way.tool == Some(InputFrom::MakerScripts) {
        return required.rare("only scripts of the maker call it");
    }
    match profile.access.local_code {
        LocalCode::ThirdParty => required.note("third-party code runs on the device"),
        LocalCode::CustomerApps => required.common("customer applications run on the device"),
        LocalCode::None | LocalCode::MakerOnly => match unprivileged_exposed(profile) {
            Some(service) => required.common(format!(
                "no foreign local code, but the exposed service {service} runs unprivileged"
            )),
            None => required.rare("no foreign local code; no unprivileged exposed service to start from"),
        },
    }
}

/// A service that strangers reach and that has fewer rights than a local flaw would give.
fn unprivileged_exposed(profile: &Profile) -> Option<&str> {
    let is_exposed = |interface: &str| {
        profile.interfaces.iter().any(|known| {
            known.id == interface
                && known.enabled != Enabled::Never
                && !matches!(known.zone, Zone::Local | Zone::Physical)
        })
    };
    profile
        .services
        .iter()
        .filter(|service| service.start != Start::Never)
        .filter(|service| matches!(service.runs_as, RunsAs::ServiceUser | RunsAs::Sandboxed))
        .find(|service| service.ports.iter().any(|port| is_exposed(&port.interface)))
        .map(|service| service.id.as_str())
}

/// P7.
fn time_of_use(way: &Way<'_>, required: &mut Required) {
    match way.interface.map(|interface| (interface.enabled, interface.id.as_str())) {
        Some((Enabled::Commissioning, id)) => {
            return required.rare(format!("{id} only during commissioning"));
        }
        Some((Enabled::OnRequest, id)) => return required.rare(format!("{id} only on request")),
        _ => {}
    }
    match way.service.map(|service| (service.start, service.id.as_str())) {
        Some((Start::Optional, id)) => required.rare(format!("{id} only when the customer switches it on")),
        Some((Start::OnDemand, id)) => required.rare(format!("{id} only on demand")),
        _ => {}
    }
}

/// P8.
fn radio(way: &Way<'_>, required: &mut Required) {
    let reach = way.interface.filter(|_| way.zone == Zone::Radio).and_then(|interface| interface.radio_reach);
    if reach == Some(RadioReach::Premises) {
        required.common("radio reaches the premises only");
    }
}

/// P9.
fn physical(profile: &Profile, way: &Way<'_>, required: &mut Required) {
    if way.zone != Zone::Physical {
        return;
    }
    match profile.physical.access {
        PhysicalAccess::Public => required.note("physical access public -> none"),
        PhysicalAccess::Restricted => required.common("physical access restricted"),
        PhysicalAccess::Controlled => required.rare("physical access controlled"),
    }
}

/// P1, P1b, P3: what the vector says about the difficulty. Who is on the device already needs no person's help.
fn score(profile: &Profile, facts: &FactSheet, way: &Way<'_>, required: &mut Required) {
    if facts.metric("AC") == "H" {
        required.common("AC:H");
    } else if facts.metric("AT") == "P" {
        required.common("AT:P");
    }
    let interaction = facts.metric("UI");
    if way.is_local() || !matches!(interaction, "R" | "P" | "A") {
        return;
    }
    if facts.entry.ui_is_automatic {
        required.note(format!("UI:{interaction} but the component consumes the input without a person"));
    } else if profile.access.interactive_user == InteractiveUser::None {
        required.rare(format!("UI:{interaction} and nobody works at the device"));
    } else {
        required.common(format!("UI:{interaction}"));
    }
}

/// P2, P2b, P2c.
fn login(profile: &Profile, facts: &FactSheet, way: &Way<'_>, required: &mut Required) {
    if way.is_local() || way.zone == Zone::Physical {
        return;
    }
    let is_after_login = way.service.is_some_and(|service| {
        service.direction == Direction::Listen
            && !service.pre_auth_surface
            && !facts.entry.before_peer_auth
            && matches!(service.peer_auth, PeerAuth::Password | PeerAuth::Key | PeerAuth::ClientCert)
    });
    let privileges = facts.metric("PR");
    let needs = match privileges {
        "H" => Some("H"),
        "L" => Some("L"),
        _ if is_after_login => Some("L"),
        _ => None,
    };
    let Some(needs) = needs else { return };
    if profile.access.credentials == Credentials::SharedDefault {
        return required.note("every device has the same credentials: a login is no obstacle");
    }
    required.login = Some(needs);
    match needs {
        "H" => required.rare("an administrator's login is needed"),
        _ => required.common("a login is needed"),
    }
}

/// Memory errors that hardening makes hard to use.
const MEMORY: [u32; 8] = [119, 120, 121, 122, 125, 415, 416, 787];

/// P10.
fn hardened(
    profile: &Profile,
    facts: &FactSheet,
    way: &Way<'_>,
    technical: TechnicalImpact,
    exploitation: Exploitation,
    required: &mut Required,
) {
    let hardening = &profile.hardening;
    let proven = |key: &str, value: Measure| {
        let by = hardening.evidence.get(key).map(String::as_str);
        value == Measure::Yes && matches!(by, Some("build" | "test"))
    };
    let is_user_space = !matches!(way.touched.runs_as, RunsAs::Kernel | RunsAs::Bootloader);
    if is_user_space
        && technical == TechnicalImpact::Total
        && exploitation == Exploitation::None
        && facts.has_cwe(&MEMORY)
        && proven("aslr", hardening.aslr)
        && proven("pie", hardening.pie)
        && proven("nx", hardening.nx)
        && proven("stack_protector", hardening.stack_protector)
    {
        required.common("memory error in a program that is proven to be hardened");
    }
}

/// P4, P11.
fn condition(profile: &Profile, name: &str, required: &mut Required) {
    if let Some(fits) = platform_fits(profile, name) {
        if !fits {
            required.is_closed = true;
            required.note(format!("condition {name}: not this platform -> path closed"));
        }
        return;
    }
    match profile.conditions.get(name) {
        None => {
            required.questions.push(name.to_owned());
            required
                .gives(Preconditions::Common, format!("condition {name}: unknown -> common (open question)"));
        }
        Some(Condition { state: true, .. }) => {
            required.note(format!("condition {name}: true in the standard deployment"));
        }
        Some(Condition { customer_can_enable: true, .. }) => {
            required.rare(format!("condition {name}: off by default, customer can enable"));
        }
        Some(Condition { evidence, .. }) if evidence.is_empty() => {
            required.rare(format!("condition {name}: off and not changeable, without evidence"));
        }
        // What an inferred profile says is nobody's evidence.
        Some(_) if profile.is_inferred => {
            required.rare(format!("condition {name}: off by inference"));
        }
        Some(_) => {
            required.is_closed = true;
            required.note(format!("condition {name}: off and not changeable -> path closed"));
        }
    }
}

/// `bits_32`, `arch_arm64`: conditions that the platform answers, where somebody has stated it.
fn platform_fits(profile: &Profile, name: &str) -> Option<bool> {
    let platform = &profile.platform;
    if profile.is_inferred || platform.bits == 0 || matches!(platform.arch.as_str(), "" | "unknown") {
        return None;
    }
    if let Some(bits) = name.strip_prefix("bits_") {
        return Some(bits.parse() == Ok(profile.platform.bits));
    }
    name.strip_prefix("arch_").map(|arch| profile.platform.arch.eq_ignore_ascii_case(arch))
}
