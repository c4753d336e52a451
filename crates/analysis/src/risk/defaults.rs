//! What well-known components usually do on a device, from the table `service-defaults.csv`, and which of them a
//! component of an SBOM is (assessment.md 1.5).

use std::collections::BTreeSet;
use std::sync::OnceLock;

use index::tables::AliasTable;
use model::component::{Component, Role, Scope};
use model::identity::name::{is_no_name, name_key, same_name};
use model::profile::{Direction, PeerAuth, Proto, RunsAs, Start, Zone};
use model::sbom::Inventory;
use rustc_hash::FxHashMap;

const TABLE: &str = include_str!("tables/service-defaults.csv");

/// What part a well-known component plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A program that talks over the network.
    Service,
    /// A program that talks over a radio.
    Radio,
    /// A part of the system that other programs rest on.
    Core,
    /// A program that people or scripts on the device run.
    LocalTool,
    /// A library that is a program too.
    LibraryOrTool,
    /// A library.
    Library,
    /// The kernel.
    Kernel,
    /// A boot loader.
    Bootloader,
    /// Code of the secure world.
    SecureWorld,
}

/// A row of the table: what is assumed of a component where nobody says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Its name.
    pub component: &'static str,
    /// Its part.
    pub part: Part,
    /// Which sides open connections; none for what takes no input from a network.
    pub directions: Vec<Direction>,
    /// Ports; none where there are none.
    pub ports: Vec<u16>,
    /// Transports.
    pub protos: Vec<Proto>,
    /// Who can send to it; `None` where another part decides.
    pub zone: Option<Zone>,
    /// How the peer proves itself, the weakest of the usual ways.
    pub peer_auth: PeerAuth,
    /// Parser code runs before authentication.
    pub pre_auth_surface: bool,
    /// Its rights.
    pub runs_as: Option<RunsAs>,
    /// When it is started.
    pub start: Start,
    /// What it is for (`management`); empty where the table says nothing.
    pub function: &'static str,
}

impl Usual {
    /// It takes input from an interface.
    pub fn is_service(&self) -> bool {
        !self.directions.is_empty()
    }

    /// A profile that does not mention it has probably forgotten it (rule V08).
    pub fn is_network_service(&self) -> bool {
        matches!(self.part, Part::Service | Part::Radio)
    }
}

/// All rows, in the order of the table.
pub fn all() -> &'static [Usual] {
    static ROWS: OnceLock<Vec<Usual>> = OnceLock::new();
    // A row that cannot be read would be missing here: a test counts them.
    ROWS.get_or_init(|| TABLE.lines().skip(1).filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Usual> {
    let cells: Vec<&str> = line.split(',').collect();
    let [component, part, directions, ports, protos, zone, peer_auth, pre_auth, runs_as, start, function] =
        cells.as_slice()
    else {
        return None;
    };
    Some(Usual {
        component,
        part: part_of(part)?,
        directions: directions.split(';').filter_map(Direction::parse).collect(),
        ports: several(ports, |port| port.parse().ok())?,
        protos: several(protos, Proto::parse)?,
        zone: Zone::parse(zone),
        peer_auth: peer_auth_of(peer_auth)?,
        pre_auth_surface: *pre_auth == "true",
        runs_as: RunsAs::parse(runs_as),
        start: Start::parse(start)?,
        function,
    })
}

fn part_of(word: &str) -> Option<Part> {
    Some(match word {
        "service" => Part::Service,
        "radio" => Part::Radio,
        "core" => Part::Core,
        "local_tool" => Part::LocalTool,
        "library_or_tool" => Part::LibraryOrTool,
        "library" => Part::Library,
        "kernel" => Part::Kernel,
        "bootloader" => Part::Bootloader,
        "secure_world" => Part::SecureWorld,
        _ => return None,
    })
}

/// Where the table leaves it open, the weaker way counts.
fn peer_auth_of(word: &str) -> Option<PeerAuth> {
    match word {
        "key_or_password" => Some(PeerAuth::Password),
        "" => Some(PeerAuth::None),
        word => PeerAuth::parse(word),
    }
}

fn several<T>(cell: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    cell.split(';').filter(|word| !word.is_empty()).map(read).collect()
}

/// The rows by the names and products that lead to them.
struct Keys {
    by_name: FxHashMap<String, Vec<usize>>,
    by_product: FxHashMap<&'static str, Vec<usize>>,
}

impl Keys {
    fn get() -> &'static Keys {
        static KEYS: OnceLock<Keys> = OnceLock::new();
        KEYS.get_or_init(|| {
            let mut keys = Keys { by_name: FxHashMap::default(), by_product: FxHashMap::default() };
            for (number, usual) in all().iter().enumerate() {
                keys.by_name.entry(name_key(usual.component)).or_default().push(number);
                if let Some(product) = product(usual.component) {
                    keys.by_product.entry(product).or_default().push(number);
                }
            }
            keys
        })
    }
}

/// The product that a name stands for in the alias table.
fn product(name: &str) -> Option<&'static str> {
    let table = AliasTable::built_in();
    table.by_canonical(name).or_else(|| table.by_name(name)).map(|row| row.canonical.as_str())
}

/// The rows that a component is. Usually none or one; a recipe of which both server and client are known is two.
pub fn of(component: &Component) -> Vec<&'static Usual> {
    // A package of a language's registry is a library inside some program, whatever it is called.
    if is_of_language(component) {
        return Vec::new();
    }
    let keys = Keys::get();
    let by_name = names(component).filter_map(|name| keys.by_name.get(&name_key(name)));
    let products = AliasTable::built_in().rows_of(component);
    let by_product = products.iter().filter_map(|row| keys.by_product.get(row.canonical.as_str()));
    let numbers: BTreeSet<usize> = by_name.chain(by_product).flatten().copied().collect();
    let usual = numbers.into_iter().filter_map(|number| all().get(number));
    usual.filter(|usual| fits(component, usual)).collect()
}

/// Headers, tools and modules of the kernel bear its names without being it; of the boot loader likewise.
fn fits(component: &Component, usual: &Usual) -> bool {
    let is_firmware = matches!(component.role, Role::Bootloader | Role::Tee);
    match usual.part {
        Part::Kernel => component.role == Role::Kernel || same_name(&component.name, usual.component),
        Part::Bootloader | Part::SecureWorld => is_firmware || same_name(&component.name, usual.component),
        _ => component.role != Role::Kernel,
    }
}

/// True for a package of a language's registry.
pub fn is_of_language(component: &Component) -> bool {
    const LANGUAGES: [&str; 12] = [
        "cargo", "npm", "pypi", "gem", "golang", "maven", "nuget", "composer", "cpan", "luarocks", "hex",
        "pub",
    ];
    component.purls.iter().any(|purl| LANGUAGES.contains(&purl.kind.as_str()))
}

/// Everything that a component itself is called: its names, its sub-packages, those of its CPEs and package URLs.
pub(super) fn names(component: &Component) -> impl Iterator<Item = &str> {
    let own = [&component.name, &component.source_package];
    let products = component.cpes.iter().map(|cpe| &cpe.cpe.product);
    let packages = component.purls.iter().map(|purl| &purl.name);
    let all =
        own.into_iter().chain(&component.names).chain(&component.locations).chain(products).chain(packages);
    all.map(String::as_str).filter(|name| !is_no_name(name))
}

/// True when a component goes by a name: one of its own, or one of its product in the alias table.
pub fn is_called(component: &Component, name: &str) -> bool {
    if names(component).any(|known| same_name(known, name)) {
        return true;
    }
    let Some(product) = product(name) else { return false };
    AliasTable::built_in().rows_of(component).iter().any(|known| known.canonical == product)
}

/// A component that others may use: by the table, by what the input calls it, or by its name.
pub fn is_library(component: &Component) -> bool {
    let usual = || of(component);
    matches!(component.role, Role::Library | Role::Libc)
        || (component.role == Role::Other && component.name.starts_with("lib") && usual().is_empty())
        || usual().iter().any(|one| matches!(one.part, Part::Library | Part::LibraryOrTool))
}

/// The components of an inventory that are on the device.
pub fn on_device(inventory: &Inventory) -> impl Iterator<Item = &Component> {
    inventory.components.iter().filter(|component| !matches!(component.scope, Scope::BuildOnly | Scope::Test))
}
