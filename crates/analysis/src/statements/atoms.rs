//! The smallest facts on which decisions rest, held against a release (assessment.md 4.4). A fact that cannot be seen
//! is never taken for unchanged.

use std::collections::BTreeMap;

use model::assessment::{Assessment, Exploitation};
use model::build::{CompiledFiles, Config, ConfigOf};
use model::component::{Component, Patch, Role};
use model::decision::{Atom, AtomKind};
use model::finding::Finding;
use model::identity::Purl;
use model::profile::{ComponentRole, Profile, Start};
use model::sbom::Inventory;

use crate::matching::build::kbuild::same_branch;
use crate::matching::build::patch_content::Changes;
use crate::policy::pattern::like;

/// What a fact has become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// As decided.
    Same,
    /// Another value.
    Changed(String),
    /// Nothing here tells.
    Missing(String),
}

/// Everything that facts are looked up in.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The release.
    pub inventory: &'a Inventory,
    /// The deployment.
    pub profile: &'a Profile,
    /// The profile's values by key path, as JSON texts.
    pub values: &'a BTreeMap<String, String>,
}

/// One finding with its component and assessment.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Its component.
    pub component: &'a Component,
    /// Its assessment; none where nothing is open.
    pub assessment: Option<&'a Assessment>,
}

/// Evaluates one fact.
pub fn evaluate(atom: &Atom, ground: &Ground<'_>, subject: &Subject<'_>) -> Seen {
    match atom.kind {
        AtomKind::Config => config(atom, ground, subject.component),
        AtomKind::FileAbsent => file_absent(atom, ground, subject.component),
        AtomKind::Patch => patch(atom, subject.component),
        AtomKind::PackageAbsent => package_absent(atom, ground.inventory),
        AtomKind::Binary => match ground.inventory.platform.facts.get(&atom.subject) {
            Some(value) => compare(value, atom),
            None => missing("no look into the binaries is at hand"),
        },
        AtomKind::Profile => profile(atom, ground),
        AtomKind::ServiceStart => service_start(atom, ground.profile),
        AtomKind::Fact => match fact(&atom.subject, subject.finding) {
            Some(value) => compare(&value, atom),
            None => missing("the records do not tell it"),
        },
        AtomKind::Exploitation => exploitation(atom, subject),
        AtomKind::Manual => compare(&subject.component.version, atom),
    }
}

fn compare(value: &str, atom: &Atom) -> Seen {
    if value == atom.expected { Seen::Same } else { Seen::Changed(value.to_owned()) }
}

fn missing(why: &str) -> Seen {
    Seen::Missing(why.to_owned())
}

/// File kind and symbol of `linux:CONFIG_X`, the symbol without its prefix.
pub fn symbol(subject: &str) -> Option<(ConfigOf, &str)> {
    let (kind, symbol) = subject.split_once(':')?;
    let of = match kind {
        "linux" => ConfigOf::Linux,
        "uboot" => ConfigOf::Uboot,
        "busybox" => ConfigOf::Busybox,
        _ => return None,
    };
    let symbol = symbol.strip_prefix("CONFIG_").unwrap_or(symbol);
    let is_symbol = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!symbol.is_empty() && symbol.bytes().all(is_symbol)).then_some((of, symbol))
}

fn config(atom: &Atom, ground: &Ground<'_>, component: &Component) -> Seen {
    let Some((of, symbol)) = symbol(&atom.subject) else { return missing("it names no symbol") };
    let is_own = component_tree(component) == Some(of);
    let fits = |config: &&Config| {
        config.of == of
            && (!is_own || config.version.is_empty() || same_branch(&config.version, &component.version))
    };
    let mut values =
        ground.inventory.build.configs.iter().filter(fits).map(|config| config.value(symbol)).peekable();
    if values.peek().is_none() {
        return missing("there is no configuration file of this kind and version");
    }
    let mut seen = Seen::Same;
    for value in values {
        match value {
            Some(value) if value == atom.expected => {}
            Some(value) => return Seen::Changed(value.to_owned()),
            None => seen = missing("the configuration file is incomplete and does not name the symbol"),
        }
    }
    seen
}

fn component_tree(component: &Component) -> Option<ConfigOf> {
    match component.role {
        Role::Kernel => Some(ConfigOf::Linux),
        Role::Busybox => Some(ConfigOf::Busybox),
        Role::Bootloader => Some(ConfigOf::Uboot),
        _ => None,
    }
}

fn file_absent(atom: &Atom, ground: &Ground<'_>, component: &Component) -> Seen {
    let tree = component_tree(component).unwrap_or(ConfigOf::Unknown);
    let lists: Vec<&CompiledFiles> =
        ground.inventory.build.compiled.iter().filter(|list| list.of == tree).collect();
    // A list names sources, or objects without their ending.
    let stem = atom.subject.rsplit_once('.').map_or(atom.subject.as_str(), |(stem, _)| stem);
    let is_meant = |path: &&String| like(&atom.subject, path) || (!stem.is_empty() && like(stem, path));
    if let Some(path) = lists.iter().flat_map(|list| &list.paths).find(is_meant) {
        return Seen::Changed(format!("compiled: {path}"));
    }
    if lists.iter().any(|list| list.incomplete.is_empty()) {
        return Seen::Same;
    }
    missing("there is no complete list of compiled files")
}

fn patch(atom: &Atom, component: &Component) -> Seen {
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let wanted = base(&atom.subject);
    let Some(found) = component.patches.iter().find(|patch| base(&patch.name) == wanted) else {
        return Seen::Changed("not applied".to_owned());
    };
    if atom.hash.is_empty() {
        return Seen::Same;
    }
    match patch_id(found) {
        Some(id) if id == atom.hash => Seen::Same,
        Some(id) => Seen::Changed(format!("applied with other content ({id})")),
        None if found.hash == atom.hash => Seen::Same,
        None => missing("the content of the patch is not at hand (--patches DIR)"),
    }
}

/// The id of a patch by what it changes: white space, offsets and order do not count. `None` without its content.
pub fn patch_id(patch: &Patch) -> Option<String> {
    let changes = Changes::of(&patch.content);
    (!changes.is_empty()).then(|| changes.id())
}

fn package_absent(atom: &Atom, inventory: &Inventory) -> Seen {
    let wanted = Purl::parse(&atom.subject).ok();
    let is_meant = |component: &&Component| match &wanted {
        Some(wanted) => component.purls.iter().any(|known| same_package(wanted, known)),
        None => component.name == atom.subject || component.names.contains(&atom.subject),
    };
    if let Some(found) = inventory.components.iter().find(is_meant) {
        return Seen::Changed(format!("present in version {}", found.version));
    }
    if inventory.platform.inventory_complete {
        return Seen::Same;
    }
    missing("the SBOM is not known to name every component")
}

/// Type, namespace and name.
pub fn same_package(one: &Purl, other: &Purl) -> bool {
    one.kind == other.kind && one.namespace == other.namespace && one.name == other.name
}

/// `interface[lan0].zone` and `interface.lan0.zone` are the same key.
fn plain_key(key: &str) -> String {
    key.replace('[', ".").replace(']', "")
}

fn profile(atom: &Atom, ground: &Ground<'_>) -> Seen {
    if ground.profile.is_inferred {
        return missing("nobody has described the deployment (--profile)");
    }
    let wanted = plain_key(&atom.subject);
    match ground.values.iter().find(|(key, _)| plain_key(key) == wanted) {
        Some((_, value)) => compare(value.trim_matches('"'), atom),
        None => missing("the deployment profile does not say it"),
    }
}

fn service_start(atom: &Atom, profile: &Profile) -> Seen {
    if profile.is_inferred {
        return missing("nobody has described the deployment (--profile)");
    }
    let unit = atom.subject.strip_suffix(".service").unwrap_or(&atom.subject);
    let is_meant = |id: &str, component: &str| id == unit || component == unit;
    let mut starts = profile
        .services
        .iter()
        .filter(|row| is_meant(&row.id, &row.component))
        .map(|row| row.start)
        .peekable();
    if starts.peek().is_some() {
        return match starts.find(|start| *start != Start::Never) {
            Some(start) => Seen::Changed(start.word().to_owned()),
            None => Seen::Same,
        };
    }
    let role = profile.component_roles.iter().find(|row| row.component == unit).map(|row| row.role);
    match role {
        Some(ComponentRole::NotStarted | ComponentRole::BuildOnly) => Seen::Same,
        Some(role) => Seen::Changed(role.word().to_owned()),
        None => missing("the deployment profile does not name the service"),
    }
}

/// A fact of the record by its name; `None` when nothing tells it.
pub fn fact(name: &str, finding: &Finding) -> Option<String> {
    let facts = &finding.facts;
    let joined = |mut texts: Vec<&str>| {
        texts.sort_unstable();
        texts.dedup();
        (!texts.is_empty()).then(|| texts.join(" "))
    };
    match name {
        "cvss" => base_tenths(finding).map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)),
        "cvss_vector" => joined(facts.severities.iter().map(|severity| severity.vector.as_str()).collect()),
        "cwe" => joined(facts.cwes.iter().map(String::as_str).collect()),
        "kev" => Some(if facts.kev.is_some() { "listed" } else { "not listed" }.to_owned()),
        "fixed" => (!finding.fixed.is_empty()).then(|| finding.fixed.clone()),
        "reason" => Some(finding.reason.code().to_owned()),
        "verdict" => Some(finding.verdict.word().to_owned()),
        _ => None,
    }
}

/// The highest base score that a source states, in tenths.
pub fn base_tenths(finding: &Finding) -> Option<u16> {
    finding.facts.severities.iter().filter_map(|severity| severity.base_tenths).max()
}

/// The level of exploitation: of the assessment, or at least what the facts say.
pub fn level(subject: &Subject<'_>) -> Option<Exploitation> {
    match subject.assessment {
        Some(assessment) => Some(assessment.exploitation.value),
        None => subject.finding.facts.kev.is_some().then_some(Exploitation::Active),
    }
}

fn exploitation(atom: &Atom, subject: &Subject<'_>) -> Seen {
    let most = Exploitation::parse(&atom.expected);
    match (level(subject), most) {
        (Some(level), Some(most)) if level <= most => Seen::Same,
        (Some(level), _) => Seen::Changed(level.word().to_owned()),
        // Where nothing is open, nothing was assessed, and nothing rests on it.
        (None, _) => Seen::Same,
    }
}
