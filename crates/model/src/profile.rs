//! The deployment profile: how a product is meant to be installed and used (assessment.md 1.1).
//!
//! A profile is part of the product's definition. Assessment asks it who can send input to the vulnerable code, what
//! must hold besides, and what is lost. The file forms (TOML, JSON) are read in `formats`.

use std::collections::BTreeMap;

use crate::words::words;

words! {
    /// What a value rests on (assessment.md 0, principle 2). In the order of trust, weakest first.
    Basis {
        /// Nobody says anything.
        Unknown = "unknown",
        /// Taken for granted.
        Assumed = "assumed",
        /// Concluded from the SBOM.
        Inferred = "inferred",
        /// A record says so.
        Source = "source",
        /// The profile says so.
        Stated = "stated",
        /// Something that can be checked again says so.
        Evidence = "evidence",
    }
}

words! {
    /// The life of a profile version.
    ProfileStatus {
        /// For dry runs only.
        Draft = "draft",
        /// Used for the class.
        Approved = "approved",
        /// Replaced.
        Retired = "retired",
    }
}

words! {
    /// Who can send to an interface.
    Zone {
        /// Somebody at the device.
        Physical = "physical",
        /// Code on the device.
        Local = "local",
        /// Anyone wired to the bus.
        Bus = "bus",
        /// Anyone in radio range.
        Radio = "radio",
        /// A separate network of the installation.
        Isolated = "isolated",
        /// Anyone on the customer's network.
        Site = "site",
        /// Anyone.
        Internet = "internet",
    }
}

words! {
    /// When an interface works.
    Enabled {
        /// Never.
        Never = "never",
        /// When somebody asks for it.
        OnRequest = "on_request",
        /// While the device is being installed.
        Commissioning = "commissioning",
        /// Always.
        Always = "always",
    }
}

words! {
    /// What the device's own firewall lets through.
    Filter {
        /// Nothing.
        Deny = "deny",
        /// What is listed.
        AllowListed = "allow_listed",
        /// Everything.
        Allow = "allow",
    }
}

words! {
    /// Who may lawfully come into radio range.
    RadioReach {
        /// People on the premises.
        Premises = "premises",
        /// A stranger.
        Public = "public",
    }
}

words! {
    /// Which side opens the connection.
    Direction {
        /// Others connect to the device.
        Listen = "listen",
        /// The device connects to others.
        Connect = "connect",
    }
}

words! {
    /// Transport of a service.
    Proto {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
        /// SCTP.
        Sctp = "sctp",
        /// The link layer.
        L2 = "l2",
        /// A field bus or serial line.
        Bus = "bus",
    }
}

words! {
    /// Whom a client service talks to.
    Peer {
        /// The maker's own servers.
        MakerCloud = "maker_cloud",
        /// A broker on the site.
        SiteBroker = "site_broker",
        /// An access point on the site.
        SiteAccessPoint = "site_access_point",
        /// Servers of others on the internet.
        PublicServers = "public_servers",
        /// Somebody else.
        Other = "other",
    }
}

words! {
    /// Transport security of a service.
    Tls {
        /// None.
        None = "none",
        /// The device is the server.
        Server = "server",
        /// The device is the client.
        Client = "client",
        /// Both sides prove themselves.
        Mutual = "mutual",
    }
}

words! {
    /// How the peer proves itself before application data is accepted.
    PeerAuth {
        /// It does not.
        None = "none",
        /// A password.
        Password = "password",
        /// A secret that several share.
        SharedSecret = "shared_secret",
        /// A key.
        Key = "key",
        /// A client certificate.
        ClientCert = "client_cert",
        /// A server certificate of any public authority.
        PublicPki = "public_pki",
        /// One certain server.
        PinnedServer = "pinned_server",
    }
}

words! {
    /// With what rights a service runs.
    RunsAs {
        /// In a sandbox.
        Sandboxed = "sandboxed",
        /// As a user of its own.
        ServiceUser = "service_user",
        /// As root.
        Root = "root",
        /// In the kernel.
        Kernel = "kernel",
        /// In the boot loader.
        Bootloader = "bootloader",
    }
}

words! {
    /// When a service is started.
    Start {
        /// Never.
        Never = "never",
        /// When something asks for it.
        OnDemand = "on_demand",
        /// When the customer switches it on.
        Optional = "optional",
        /// In the standard configuration.
        Default = "default",
    }
}

words! {
    /// What part a component plays that is no service.
    ComponentRole {
        /// The kernel.
        Kernel = "kernel",
        /// A boot loader.
        Bootloader = "bootloader",
        /// Code of the secure world.
        SecureWorld = "secure_world",
        /// A program that people or scripts on the device run.
        LocalTool = "local_tool",
        /// A library.
        Library = "library",
        /// Installed and never started.
        NotStarted = "not_started",
        /// Not on the device.
        BuildOnly = "build_only",
    }
}

words! {
    /// Where a local tool's input comes from.
    InputFrom {
        /// Scripts of the maker.
        MakerScripts = "maker_scripts",
        /// People with a login.
        LocalUsers = "local_users",
        /// Applications of the customer.
        CustomerApps = "customer_apps",
        /// Data that services have received.
        NetworkData = "network_data",
    }
}

words! {
    /// Rights of a role.
    Privilege {
        /// None.
        None = "none",
        /// Those of a user.
        Low = "low",
        /// Those of an administrator.
        High = "high",
        /// All.
        Root = "root",
    }
}

words! {
    /// Who holds a role.
    HeldBy {
        /// The maker.
        Maker = "maker",
        /// The customer.
        Customer = "customer",
        /// Anyone.
        Anyone = "anyone",
    }
}

words! {
    /// What credentials the device is delivered with.
    Credentials {
        /// Each device has its own.
        UniquePerDevice = "unique_per_device",
        /// The customer sets them.
        SetByCustomer = "set_by_customer",
        /// All devices have the same.
        SharedDefault = "shared_default",
    }
}

words! {
    /// Whether a person works at the device's surface.
    InteractiveUser {
        /// Nobody.
        None = "none",
        /// Through a browser.
        BrowserUi = "browser_ui",
        /// At a display.
        LocalDisplay = "local_display",
    }
}

words! {
    /// Whose code runs on the device.
    LocalCode {
        /// None beside the firmware.
        None = "none",
        /// The maker's only.
        MakerOnly = "maker_only",
        /// The customer's applications.
        CustomerApps = "customer_apps",
        /// Anybody's.
        ThirdParty = "third_party",
    }
}

words! {
    /// What separates local code from the rest.
    Isolation {
        /// A virtual machine.
        Vm = "vm",
        /// A container.
        Container = "container",
        /// A user of its own.
        User = "user",
        /// Nothing.
        None = "none",
    }
}

words! {
    /// A requirement on a property of a function, as CVSS CR, IR and AR.
    Requirement {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

words! {
    /// SSVC Safety Impact 2.0.1.
    Safety {
        /// Negligible.
        Negligible = "negligible",
        /// Marginal.
        Marginal = "marginal",
        /// Critical.
        Critical = "critical",
        /// Catastrophic.
        Catastrophic = "catastrophic",
    }
}

words! {
    /// SSVC Mission Impact 2.0.0.
    Mission {
        /// Degraded.
        Degraded = "degraded",
        /// The support of an essential function is crippled.
        MefSupportCrippled = "mef_support_crippled",
        /// An essential function fails.
        MefFailure = "mef_failure",
        /// The mission fails.
        MissionFailure = "mission_failure",
    }
}

words! {
    /// SSVC Value Density 1.0.0.
    ValueDensity {
        /// Little in each place.
        Diffuse = "diffuse",
        /// Much in one place.
        Concentrated = "concentrated",
    }
}

words! {
    /// A hardening measure.
    Measure {
        /// Not known.
        Unknown = "unknown",
        /// Absent.
        No = "no",
        /// Present.
        Yes = "yes",
    }
}

words! {
    /// How the boot chain is verified.
    SecureBoot {
        /// Not at all.
        None = "none",
        /// Verified.
        Verified = "verified",
        /// Verified, and nothing else starts.
        Enforced = "enforced",
    }
}

words! {
    /// Whether the root file system can be changed.
    Rootfs {
        /// It can.
        Writable = "writable",
        /// It is mounted read-only.
        ReadOnly = "read_only",
        /// Its blocks are verified.
        ReadOnlyVerity = "read_only_verity",
    }
}

words! {
    /// The device's packet filter.
    Firewall {
        /// None.
        None = "none",
        /// Open unless closed.
        DefaultAllow = "default_allow",
        /// Closed unless opened.
        DefaultDeny = "default_deny",
    }
}

words! {
    /// How updates arrive.
    UpdateChannel {
        /// Not at all.
        None = "none",
        /// On a medium that somebody carries.
        ManualMedia = "manual_media",
        /// From the site's network.
        LocalNetwork = "local_network",
        /// From the maker, online.
        Online = "online",
    }
}

words! {
    /// Who gets at the device.
    PhysicalAccess {
        /// Only authorised staff.
        Controlled = "controlled",
        /// People on the premises.
        Restricted = "restricted",
        /// Anybody.
        Public = "public",
    }
}

words! {
    /// How likely a foreseeable misuse is.
    Likelihood {
        /// For documentation only.
        Remote = "remote",
        /// Shown beside the result.
        Occasional = "occasional",
        /// Applied before assessment.
        Common = "common",
    }
}

/// A deployment profile. Texts are empty and lists are empty where nothing is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// `<product>/<name>`.
    pub id: String,
    /// Product id.
    pub product: String,
    /// Version, from 1.
    pub version: u32,
    /// State of this version.
    pub status: ProfileStatus,
    /// `YYYY-MM-DD`.
    pub valid_from: String,
    /// Range of releases, in the product's own version scheme.
    pub releases: String,
    /// Hardware it applies to; empty = all.
    pub hardware: Vec<String>,
    /// It counts where none is named.
    pub is_default: Option<bool>,
    /// One line for customers.
    pub title: String,
    /// Who wrote it, and on what ground.
    pub provenance: Provenance,
    /// The platform.
    pub platform: ProfilePlatform,
    /// Where signals enter.
    pub interfaces: Vec<Interface>,
    /// Programs that take input from an interface.
    pub services: Vec<Service>,
    /// Components that are no service.
    pub component_roles: Vec<RoleOfComponent>,
    /// Circumstances, by name.
    pub conditions: BTreeMap<String, Condition>,
    /// Roles of people.
    pub roles: Vec<Role>,
    /// Access to the device.
    pub access: Access,
    /// Functions worth protecting.
    pub functions: Vec<Function>,
    /// What a compromise means.
    pub impact: Impact,
    /// Hardening.
    pub hardening: Hardening,
    /// Updates.
    pub update: Update,
    /// Physical access.
    pub physical: Physical,
    /// Uses that are not meant and must be expected.
    pub misuses: Vec<Misuse>,
    /// What is taken for granted about the surroundings.
    pub assumptions: Vec<Assumption>,
    /// It was made from an SBOM, and nobody has confirmed it.
    pub is_inferred: bool,
}

/// Who wrote a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// Author.
    pub author: String,
    /// Approver; empty for drafts.
    pub approved_by: String,
    /// Documents it rests on.
    pub basis: String,
    /// Basis of values that state none.
    pub default_confidence: Basis,
}

/// Platform facts of a profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfilePlatform {
    /// Architecture as written.
    pub arch: String,
    /// 32 or 64.
    pub bits: u8,
    /// C library.
    pub libc: String,
    /// Init system.
    pub init: String,
    /// Operating system.
    pub os: String,
    /// Component name of the kernel.
    pub kernel: String,
    /// System on chip.
    pub soc: String,
    /// CPE names of the hardware.
    pub hardware_cpes: Vec<String>,
}

/// Where signals enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Interface {
    /// Its id.
    pub id: String,
    /// Kind as written (`ethernet`, `wifi`, `ip_over_wlan0`, …).
    pub kind: String,
    /// Who can send.
    pub zone: Zone,
    /// When it works.
    pub enabled: Enabled,
    /// Inbound filter.
    pub inbound: Option<Filter>,
    /// Outbound filter.
    pub outbound: Option<Filter>,
    /// Radio only.
    pub radio_reach: Option<RadioReach>,
    /// Other parties' devices are on the same bus.
    pub shared_bus: bool,
}

/// A program that takes input from an interface.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Component name as in the SBOM.
    pub component: String,
    /// Paths of its programs.
    pub executables: Vec<String>,
    /// Which side opens the connection.
    pub direction: Direction,
    /// Overrides the zone of its interfaces (misuse, overlay).
    pub zone: Option<Zone>,
    /// Where it listens or connects.
    pub ports: Vec<Port>,
    /// Transport security.
    pub tls: Option<Tls>,
    /// How the peer proves itself.
    pub peer_auth: PeerAuth,
    /// Parser code runs before authentication.
    pub pre_auth_surface: bool,
    /// Its rights.
    pub runs_as: RunsAs,
    /// When it is started.
    pub start: Start,
    /// Function id.
    pub function: String,
    /// Switches of the component that are off.
    pub modules_disabled: Vec<String>,
    /// Switches of the component that are on.
    pub modules_enabled: Vec<String>,
    /// Libraries and helpers that process its input.
    pub reaches: Vec<String>,
}

/// Where a service listens or connects.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Interface id.
    pub interface: String,
    /// Port; 0 where there is none.
    pub port: u16,
    /// Transport.
    pub proto: Proto,
    /// Whom it connects to.
    pub peer: Option<Peer>,
}

/// The part of a component that is no service.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleOfComponent {
    /// Component name.
    pub component: String,
    /// Its part.
    pub role: ComponentRole,
    /// For local tools.
    pub input_from: Option<InputFrom>,
}

/// Whether a circumstance is part of the standard deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// It holds.
    pub state: bool,
    /// The customer can bring it about.
    pub customer_can_enable: bool,
    /// Why that is so; empty = no evidence.
    pub evidence: String,
    /// Evidence ids.
    pub refs: Vec<String>,
}

/// A role of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Its rights.
    pub privilege: Privilege,
    /// Who holds it.
    pub held_by: Option<HeldBy>,
}

/// Access to the device.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    /// Credentials as delivered.
    pub credentials: Credentials,
    /// A person at the surface.
    pub interactive_user: InteractiveUser,
    /// Whose code runs.
    pub local_code: LocalCode,
    /// What separates it.
    pub local_code_isolation: Option<Isolation>,
}

/// A function worth protecting.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its id.
    pub id: String,
    /// Requirement on confidentiality.
    pub confidentiality: Requirement,
    /// Requirement on integrity.
    pub integrity: Requirement,
    /// Requirement on availability.
    pub availability: Requirement,
    /// Components it depends on.
    pub depends_on: Vec<String>,
    /// People may be hurt when it fails.
    pub safety_related: bool,
}

/// What a compromise means.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// For people.
    pub safety: Safety,
    /// For the mission.
    pub mission: Mission,
    /// How much is in one place.
    pub value_density: ValueDensity,
    /// Systems beyond the device: (zone, somebody who owns the device reaches them).
    pub connected_systems: Vec<(Zone, bool)>,
}

/// Hardening.
#[derive(Clone, Debug, PartialEq)]
pub struct Hardening {
    /// Address space layout randomisation.
    pub aslr: Measure,
    /// Position-independent executables.
    pub pie: Measure,
    /// Stack protector.
    pub stack_protector: Measure,
    /// Non-executable data.
    pub nx: Measure,
    /// Fortified library calls.
    pub fortify: Measure,
    /// Boot chain.
    pub secure_boot: SecureBoot,
    /// Root file system.
    pub rootfs: Rootfs,
    /// Security module as written (`apparmor_enforcing`, `none`).
    pub lsm: String,
    /// Packet filter.
    pub firewall: Firewall,
    /// Ids of services in a sandbox.
    pub sandboxed_services: Vec<String>,
    /// Older firmware is refused.
    pub anti_rollback: bool,
    /// What each value rests on (`build`, `test`, `stated`), by key.
    pub evidence: BTreeMap<String, String>,
}

/// Updates.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// How they arrive.
    pub channel: UpdateChannel,
    /// They are verified.
    pub authenticated: bool,
    /// The customer chooses when.
    pub customer_controls_time: bool,
    /// Days until they are usually installed.
    pub typical_latency_days: Option<u32>,
    /// CSAF `restart_required` value; empty when not given.
    pub restart_required: String,
}

/// Physical access.
#[derive(Clone, Debug, PartialEq)]
pub struct Physical {
    /// Who gets at the device.
    pub access: PhysicalAccess,
    /// Opening it leaves traces.
    pub tamper_evidence: bool,
}

/// A use that is not meant and must be expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Misuse {
    /// Its id.
    pub id: String,
    /// In words.
    pub text: String,
    /// The key it changes (`service.ssh.zone`).
    pub set: String,
    /// The value it sets, as text.
    pub to: String,
    /// How likely.
    pub likelihood: Likelihood,
}

/// Something taken for granted about the surroundings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assumption {
    /// Its id.
    pub id: String,
    /// In words.
    pub text: String,
    /// Interfaces and services whose judgement rests on it.
    pub breaks: Vec<String>,
}
