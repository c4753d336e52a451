//! What the forms that we write have no field for: pairs of a name with our prefix and a text, kept as properties, so
//! that a document of ours is read back as it was written.
//!
//! A writer says what a reader makes of the plain fields alone; what differs from that is written as pairs. Any document
//! may carry them: they say no more than its author could say in other ways.

use model::build::ModuleList;
use model::component::{Component, Patch, Role, Scope};
use model::dependency::{Need, Tie};
use model::licence::{Acknowledgement, Licence};
use model::sbom::Inventory;
use model::statement::{Statement, StatementOrigin, StatementStatus};
use model::version::VersionOrigin;

use crate::normalise::identity::{add_cpe, add_purl};

/// Every name begins with it.
pub const PREFIX: &str = "patchwright:";

/// Stands in every document of ours.
pub const WRITTEN: &str = "written";

/// Name without prefix, and text.
pub type Pair = (String, String);

const SCOPES: &[Scope] =
    &[Scope::Target, Scope::BuildOnly, Scope::FirmwareBlob, Scope::ToolchainRuntime, Scope::Test];

const ROLES: &[Role] = &[
    Role::Kernel,
    Role::Bootloader,
    Role::Libc,
    Role::Busybox,
    Role::Tee,
    Role::Rtos,
    Role::Module,
    Role::Application,
    Role::Library,
    Role::Firmware,
    Role::Other,
];

const ORIGINS: &[VersionOrigin] = &[
    VersionOrigin::Stated,
    VersionOrigin::FromCpe,
    VersionOrigin::FromPurl,
    VersionOrigin::FromUrl,
    VersionOrigin::FromFile,
    VersionOrigin::FromCommit,
    VersionOrigin::GivenByUser,
];

const SPEAKERS: &[(StatementOrigin, &str)] = &[
    (StatementOrigin::Build, "build"),
    (StatementOrigin::Supplier, "supplier"),
    (StatementOrigin::IgnoreList, "ignore_list"),
];

/// What of a component a reader of the plain fields alone (`plain`) would not know.
pub fn of_component(component: &Component, plain: &Component) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut put = |name: &str, text: &str| pairs.push((name.to_owned(), text.to_owned()));
    for (name, mine, theirs) in [
        ("version", component.version.as_str(), plain.version.as_str()),
        ("version-origin", component.version_origin.word(), plain.version_origin.word()),
        ("supplier", &component.supplier, &plain.supplier),
        ("homepage", &component.homepage, &plain.homepage),
        ("commit", &component.git.commit, &plain.git.commit),
        ("tag", &component.git.tag, &plain.git.tag),
        ("scope", component.scope.word(), plain.scope.word()),
        ("role", component.role.word(), plain.role.word()),
        ("instance", &component.instance, &plain.instance),
        ("vendor-tree", &component.vendor_tree, &plain.vendor_tree),
        ("source-package", &component.source_package, &plain.source_package),
        ("released", &component.released, &plain.released),
    ] {
        if mine != theirs {
            put(name, mine);
        }
    }
    for (name, mine, theirs) in [
        ("name", component.names.clone(), plain.names.clone()),
        ("repository", component.git.repositories.clone(), plain.git.repositories.clone()),
        ("cpe", cpes(component), cpes(plain)),
        ("purl", purls(component), purls(plain)),
        ("hash", component.hashes.clone(), plain.hashes.clone()),
        ("download", component.download_urls.clone(), plain.download_urls.clone()),
        ("location", component.locations.clone(), plain.locations.clone()),
        ("parent", component.parents.clone(), plain.parents.clone()),
        ("licence", licences(component), licences(plain)),
    ] {
        if mine != theirs {
            // The whole list takes the place of what was read; an empty text alone is an empty list.
            mine.iter().for_each(|text| put(name, text));
            if mine.is_empty() {
                put(name, "");
            }
        }
    }
    if let Some(needs) = component.needs.as_ref().filter(|needs| Some(*needs) != plain.needs.as_ref()) {
        needs.iter().for_each(|need| put("need", &format!("{} {}", need.tie.word(), need.on)));
        if needs.is_empty() {
            put("need", "");
        }
    }
    for (at, patch) in component.patches.iter().enumerate() {
        let default = Patch::default();
        let known = plain.patches.get(at).unwrap_or(&default);
        let (mine, theirs) = (patch_texts(patch), patch_texts(known));
        for ((field, mine), (_, theirs)) in mine.iter().zip(&theirs) {
            if mine != theirs {
                put("patch", &format!("{at} {field} {mine}"));
            }
        }
    }
    pairs
}

fn cpes(component: &Component) -> Vec<String> {
    component.cpes.iter().map(|cpe| cpe.cpe.to_23()).collect()
}

fn purls(component: &Component) -> Vec<String> {
    component.purls.iter().map(ToString::to_string).collect()
}

fn licences(component: &Component) -> Vec<String> {
    component.licences.iter().map(|licence| format!("{} {}", licence.said.word(), licence.text)).collect()
}

fn patch_texts(patch: &Patch) -> [(&'static str, String); 6] {
    [
        ("name", patch.name.clone()),
        ("hash", patch.hash.clone()),
        ("header", patch.header.clone()),
        ("content", patch.content.clone()),
        ("resolves", patch.resolves.join(" ")),
        ("origin", patch.origin.clone()),
    ]
}

/// Gives a component what its pairs say, after everything else was read of it. `place` is for notes.
pub fn apply(component: &mut Component, pairs: &[(&str, &str)], place: &str) {
    if pairs.is_empty() {
        return;
    }
    for (name, text) in pairs.iter().copied() {
        let owned = || text.to_owned();
        match name {
            "version" => component.version = owned(),
            "version-origin" => set(&mut component.version_origin, ORIGINS, text, |known| known.word()),
            "supplier" => component.supplier = owned(),
            "homepage" => component.homepage = owned(),
            "commit" => component.git.commit = owned(),
            "tag" => component.git.tag = owned(),
            "scope" => set(&mut component.scope, SCOPES, text, |known| known.word()),
            "role" => set(&mut component.role, ROLES, text, |known| known.word()),
            "instance" => component.instance = owned(),
            "vendor-tree" => component.vendor_tree = owned(),
            "source-package" => component.source_package = owned(),
            "released" => component.released = owned(),
            "patch" => apply_patch(&mut component.patches, text),
            _ => {}
        }
    }
    for (name, list) in [
        ("name", &mut component.names),
        ("repository", &mut component.git.repositories),
        ("hash", &mut component.hashes),
        ("download", &mut component.download_urls),
        ("location", &mut component.locations),
        ("parent", &mut component.parents),
    ] {
        if let Some(texts) = listed(pairs, name) {
            *list = texts.into_iter().map(str::to_owned).collect();
        }
    }
    if let Some(texts) = listed(pairs, "cpe") {
        component.cpes.clear();
        texts.into_iter().for_each(|text| add_cpe(component, text, place));
    }
    if let Some(texts) = listed(pairs, "purl") {
        component.purls.clear();
        texts.into_iter().for_each(|text| add_purl(component, text, place));
    }
    if let Some(texts) = listed(pairs, "licence") {
        let licences = texts.into_iter().filter_map(|text| {
            let (said, text) = text.split_once(' ')?;
            Some(Licence::new(text, Acknowledgement::parse(said)?))
        });
        component.licences = licences.collect();
    }
    if let Some(texts) = listed(pairs, "need") {
        let needs = texts.into_iter().filter_map(|text| {
            let (tie, on) = text.split_once(' ')?;
            Some(Need::new(on, Tie::parse(tie)?))
        });
        component.needs = Some(needs.collect());
    }
}

/// The texts of a list; `None` where no pair speaks of it.
fn listed<'p>(pairs: &[(&str, &'p str)], name: &str) -> Option<Vec<&'p str>> {
    let mut texts: Vec<&str> =
        pairs.iter().filter(|(known, _)| *known == name).map(|(_, text)| *text).collect();
    if texts.is_empty() {
        return None;
    }
    texts.retain(|text| !text.is_empty());
    Some(texts)
}

fn set<T: Copy>(field: &mut T, known: &[T], text: &str, word: impl Fn(T) -> &'static str) {
    if let Some(value) = known.iter().copied().find(|value| word(*value) == text) {
        *field = value;
    }
}

/// Patches of one component; more than this are no patches but an attack.
const MOST_PATCHES: usize = 100_000;

fn apply_patch(patches: &mut Vec<Patch>, text: &str) {
    let mut words = text.splitn(3, ' ');
    let (at, field) =
        (words.next().and_then(|at| at.parse::<usize>().ok()), words.next().unwrap_or_default());
    let text = words.next().unwrap_or_default();
    // Pairs are written in order, so a patch that is missing is the next one.
    let Some(at) = at.filter(|at| *at <= patches.len() && *at < MOST_PATCHES) else { return };
    if at == patches.len() {
        patches.push(Patch::default());
    }
    let Some(patch) = patches.get_mut(at) else { return };
    match field {
        "name" => text.clone_into(&mut patch.name),
        "hash" => text.clone_into(&mut patch.hash),
        "header" => text.clone_into(&mut patch.header),
        "content" => text.clone_into(&mut patch.content),
        "resolves" => patch.resolves = text.split_whitespace().map(str::to_owned).collect(),
        "origin" => text.clone_into(&mut patch.origin),
        _ => {}
    }
}

/// What of the release itself no field holds.
pub fn of_inventory(inventory: &Inventory) -> Vec<Pair> {
    let mut pairs = vec![(WRITTEN.to_owned(), "1".to_owned())];
    let mut put = |name: &str, text: &str| pairs.push((name.to_owned(), text.to_owned()));
    let platform = &inventory.platform;
    let bits = if platform.bits == 0 { String::new() } else { platform.bits.to_string() };
    for (name, text) in [
        ("platform-os", platform.os.as_str()),
        ("platform-arch", &platform.arch),
        ("platform-bits", &bits),
        ("platform-distribution", &platform.distribution),
        ("inventory-complete", if platform.inventory_complete { "true" } else { "" }),
    ] {
        if !text.is_empty() {
            put(name, text);
        }
    }
    for (fact, text) in &platform.facts {
        put("fact", &format!("{fact} {text}"));
    }
    if let Some(modules) = &inventory.build.modules {
        let whole = if modules.complete { "complete" } else { "partial" };
        put("modules", &words([whole], &modules.present));
        if !modules.blacklisted.is_empty() {
            put("modules-blacklisted", &words([], &modules.blacklisted));
        }
    }
    if !inventory.build.applets.is_empty() {
        put("applets", &words([], &inventory.build.applets));
    }
    for document in &inventory.documents {
        let parts = [
            ("", document.file.as_str()),
            ("", &document.kind),
            ("", &document.spec_version),
            ("created ", &document.created),
            ("by ", &document.tool),
            ("", &document.hash),
        ];
        let parts = parts.iter().filter(|(_, text)| !text.is_empty());
        put("input", &parts.map(|(label, text)| format!("{label}{text}")).collect::<Vec<_>>().join(", "));
    }
    pairs
}

fn words<'w, const N: usize>(first: [&'w str; N], rest: impl IntoIterator<Item = &'w String>) -> String {
    let all = first.into_iter().chain(rest.into_iter().map(String::as_str));
    all.collect::<Vec<_>>().join(" ")
}

/// Gives a release what its pairs say. True when the document is one of ours.
pub fn apply_to_inventory(inventory: &mut Inventory, pairs: &[(&str, &str)]) -> bool {
    let is_ours = pairs.iter().any(|(name, _)| *name == WRITTEN);
    let (platform, build) = (&mut inventory.platform, &mut inventory.build);
    for (name, text) in pairs.iter().copied() {
        match name {
            "platform-os" => text.clone_into(&mut platform.os),
            "platform-arch" => text.clone_into(&mut platform.arch),
            "platform-bits" => platform.bits = text.parse().unwrap_or_default(),
            "platform-distribution" => text.clone_into(&mut platform.distribution),
            "inventory-complete" => platform.inventory_complete = text == "true",
            "fact" => {
                if let Some((fact, text)) = text.split_once(' ') {
                    platform.facts.insert(fact.to_owned(), text.to_owned());
                }
            }
            "modules" => {
                let list = build.modules.get_or_insert_with(ModuleList::default);
                let (whole, names) = text.split_once(' ').unwrap_or((text, ""));
                list.complete = whole == "complete";
                list.present.extend(names.split_whitespace().map(str::to_owned));
            }
            "modules-blacklisted" => {
                let list = build.modules.get_or_insert_with(ModuleList::default);
                list.blacklisted.extend(text.split_whitespace().map(str::to_owned));
            }
            "applets" => build.applets.extend(text.split_whitespace().map(str::to_owned)),
            _ => {}
        }
    }
    is_ours
}

/// What of a statement a reader of the plain fields alone (`plain`) would not know.
pub fn of_statement(statement: &Statement, plain: &Statement) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, mine, theirs) in [
        ("status", statement.status.word(), plain.status.word()),
        ("justification", &statement.justification, &plain.justification),
        ("text", &statement.text, &plain.text),
        ("origin", speaker(statement.origin), speaker(plain.origin)),
    ] {
        if mine != theirs {
            pairs.push((name.to_owned(), mine.to_owned()));
        }
    }
    pairs
}

fn speaker(origin: StatementOrigin) -> &'static str {
    SPEAKERS.iter().find(|(known, _)| *known == origin).map_or("", |(_, word)| word)
}

/// Gives a statement what its pairs say.
pub fn apply_to_statement(statement: &mut Statement, pairs: &[(&str, &str)]) {
    const STATUSES: &[StatementStatus] = &[
        StatementStatus::NotAffected,
        StatementStatus::Affected,
        StatementStatus::Fixed,
        StatementStatus::UnderInvestigation,
    ];
    for (name, text) in pairs.iter().copied() {
        match name {
            "status" => set(&mut statement.status, STATUSES, text, |known| known.word()),
            "justification" => text.clone_into(&mut statement.justification),
            "text" => text.clone_into(&mut statement.text),
            "origin" => {
                if let Some((origin, _)) = SPEAKERS.iter().find(|(_, word)| *word == text) {
                    statement.origin = *origin;
                }
            }
            _ => {}
        }
    }
}
