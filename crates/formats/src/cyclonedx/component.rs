//! One CycloneDX component, and those inside of it, as ours.

use model::component::{Component, Patch, Role, Scope};
use model::licence::{Acknowledgement, Licence};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;

use super::{checks, schema};
use crate::fingerprint::sha256;
use crate::kept;
use crate::normalise::identity::{add_cpe, add_download, add_hash, add_purl, add_repository, push_new};
use crate::text::base64;
use crate::text::loose::List;

/// Adds a component and everything nested in it. `place` is its JSON pointer, `parent` the reference of what
/// it lies in. Returns its reference.
pub fn add(
    inventory: &mut Inventory,
    wire: schema::Component<'_>,
    place: &str,
    parent: Option<&str>,
) -> String {
    if wire.wrong {
        inventory.notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "not an object, ignored"));
        return String::new();
    }
    if names_distribution(&wire) {
        inventory.platform.distribution = distribution(&wire);
        return String::new();
    }
    let mut component = make(&wire, place);
    if let Some(parent) = parent {
        component.parents.push(parent.to_owned());
    }
    kept::apply(&mut component, &pairs(&wire.properties), place);
    let reference = component.source_ref.clone();
    inventory.components.push(component);
    for (at, inner) in wire.components.items.into_iter().enumerate() {
        add(inventory, inner, &format!("{place}/components/{at}"), Some(&reference));
    }
    reference
}

/// What a document of ours says in properties.
pub fn pairs<'w>(properties: &'w List<schema::Property<'_>>) -> Vec<(&'w str, &'w str)> {
    let ours = properties.iter().filter_map(|property| {
        Some((property.name.get().strip_prefix(kept::PREFIX)?, property.value.whole()))
    });
    ours.collect()
}

/// Makes our component of one of theirs, without what is nested.
pub fn make(wire: &schema::Component<'_>, place: &str) -> Component {
    let mut notes = Vec::new();
    let reference =
        [&wire.reference, &wire.purl].into_iter().map(|text| text.get()).find(|text| !text.is_empty());
    let mut component = Component {
        source_ref: reference.unwrap_or(place).to_owned(),
        name: wire.name.noted(|| format!("{place}/name"), &mut notes).to_owned(),
        version: wire.version.noted(|| format!("{place}/version"), &mut notes).to_owned(),
        ..Component::default()
    };
    component.role = role(wire.kind.get());
    if component.role == Role::Other && !KNOWN_TYPES.contains(&wire.kind.get()) && !wire.kind.is_empty() {
        notes.push(Note::new(
            NoteCode::UnknownEnum,
            Severity::Info,
            format!("{place}/type"),
            wire.kind.get(),
        ));
    }
    for (wrong, field) in [
        (wire.supplier.wrong, "supplier"),
        (wire.hashes.wrong, "hashes"),
        (wire.references.wrong, "externalReferences"),
        (wire.properties.wrong, "properties"),
        (wire.pedigree.wrong, "pedigree"),
        (wire.evidence.wrong, "evidence"),
        (wire.components.wrong, "components"),
    ] {
        if wrong {
            let place = format!("{place}/{field}");
            notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place, "of another type, ignored"));
        }
    }
    checks::component(wire, place, &mut notes);
    for (at, hash) in wire.hashes.iter().enumerate() {
        if checks::hash(hash, || format!("{place}/hashes/{at}"), &mut notes) {
            add_hash(&mut component, hash.algorithm.get(), hash.value.get());
        }
    }
    component.notes = notes;
    if wire.scope.get() == "excluded" {
        component.scope = Scope::Test;
    }
    add_cpe(&mut component, wire.cpe.get(), format_args!("{place}/cpe"));
    add_purl(&mut component, wire.purl.get(), format_args!("{place}/purl"));
    let parties = [wire.supplier.name.get(), wire.manufacturer.name.get(), wire.publisher.get()];
    component.supplier = parties.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
    add_licences(&mut component, wire);
    add_references(&mut component, wire);
    add_properties(&mut component, wire);
    add_identities(&mut component, wire, place);
    for occurrence in &wire.evidence.occurrences {
        if !occurrence.location.is_empty() {
            push_new(&mut component.locations, occurrence.location.get().to_owned());
        }
    }
    take_pedigree(&mut component, &wire.pedigree, place);
    component
}

const KNOWN_TYPES: &[&str] = &[
    "application",
    "framework",
    "library",
    "container",
    "platform",
    "operating-system",
    "device",
    "device-driver",
    "firmware",
    "file",
    "machine-learning-model",
    "data",
    "cryptographic-asset",
];

pub fn role(kind: &str) -> Role {
    match kind {
        "application" => Role::Application,
        "library" | "framework" => Role::Library,
        "firmware" => Role::Firmware,
        _ => Role::Other,
    }
}

fn add_licences(component: &mut Component, wire: &schema::Component<'_>) {
    for choice in &wire.licences {
        let texts = [&choice.expression, &choice.licence.id, &choice.licence.name];
        let Some(text) = texts.into_iter().map(|text| text.get()).find(|text| !text.is_empty()) else {
            continue;
        };
        let said = [&choice.acknowledgement, &choice.licence.acknowledgement];
        let said = said.into_iter().find_map(|word| Acknowledgement::parse(word.get()));
        push_new(&mut component.licences, Licence::new(text, said.unwrap_or(Acknowledgement::Stated)));
    }
}

/// CPE and purl have room for one each; others that somebody is sure of stand in the evidence.
fn add_identities(component: &mut Component, wire: &schema::Component<'_>, place: &str) {
    for identity in &wire.evidence.identity {
        if !matches!(identity.confidence.get(), "1" | "1.0") {
            continue;
        }
        match identity.field.get() {
            "cpe" => add_cpe(component, identity.value.get(), format_args!("{place}/evidence/identity")),
            "purl" => add_purl(component, identity.value.get(), format_args!("{place}/evidence/identity")),
            _ => {}
        }
    }
}

fn add_references(component: &mut Component, wire: &schema::Component<'_>) {
    for reference in &wire.references {
        let url = reference.url.get();
        match reference.kind.get() {
            "vcs" => add_repository(component, url),
            "distribution" | "source-distribution" | "distribution-intake" => add_download(component, url),
            "website" if component.homepage.is_empty() => url.clone_into(&mut component.homepage),
            _ => {}
        }
    }
}

fn add_properties(component: &mut Component, wire: &schema::Component<'_>) {
    for property in &wire.properties {
        let value = property.value.get();
        match property.name.get() {
            // Buildroot: built for the build host.
            "BR_TYPE" if value == "host" => component.scope = Scope::BuildOnly,
            "aquasecurity:trivy:SrcName" | "syft:metadata:source" | "syft:metadata:originPackage" => {
                value.clone_into(&mut component.source_package);
            }
            "aquasecurity:trivy:FilePath" => push_new(&mut component.locations, value.to_owned()),
            name if name.starts_with("syft:location:") && name.ends_with(":path") => {
                push_new(&mut component.locations, value.to_owned());
            }
            _ => {}
        }
    }
}

/// Patches, and the ancestor's identity for a component that has none of its own.
fn take_pedigree(component: &mut Component, pedigree: &schema::Pedigree<'_>, place: &str) {
    for (at, wire) in pedigree.patches.iter().enumerate() {
        component.patches.push(patch(wire, at));
    }
    if let ([ancestor], true) =
        (pedigree.ancestors.items.as_slice(), component.cpes.is_empty() && component.purls.is_empty())
    {
        let place = format!("{place}/pedigree/ancestors/0");
        add_cpe(component, ancestor.cpe.get(), &place);
        add_purl(component, ancestor.purl.get(), &place);
        if !ancestor.name.is_empty() {
            push_new(&mut component.names, ancestor.name.get().to_owned());
        }
    }
}

fn patch(wire: &schema::Patch<'_>, at: usize) -> Patch {
    let content = content(&wire.diff.text);
    let file = wire
        .diff
        .url
        .get()
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let ids = wire.resolves.iter().flat_map(|issue| [issue.id.get(), issue.name.get()]);
    let mut resolves: Vec<String> = ids.filter(|id| is_vulnerability(id)).map(str::to_owned).collect();
    resolves.sort();
    resolves.dedup();
    Patch {
        // The subject may mention any CVE; a made-up name mentions none.
        name: if file.is_empty() { format!("pedigree-{}.patch", at + 1) } else { file.to_owned() },
        hash: if content.is_empty() { String::new() } else { sha256(content.as_bytes()) },
        header: crate::patch_files::header(&content).to_owned(),
        content,
        resolves,
        origin: "pedigree".to_owned(),
    }
}

/// True for ids of vulnerabilities; patches also resolve plain defects.
pub fn is_vulnerability(id: &str) -> bool {
    ["CVE-", "GHSA-", "OSV-", "DSA-", "RUSTSEC-", "PYSEC-", "GO-"].iter().any(|start| id.starts_with(start))
}

fn content(text: &schema::Attachment<'_>) -> String {
    if text.encoding.get().eq_ignore_ascii_case("base64") {
        return String::from_utf8_lossy(&base64::decode(text.content.get())).into_owned();
    }
    match &text.content {
        crate::text::loose::Text::Str(content) => content.to_string(),
        other => other.get().to_owned(),
    }
}

const DISTRIBUTIONS: &[&str] = &[
    "debian",
    "ubuntu",
    "alpine",
    "openwrt",
    "rhel",
    "fedora",
    "centos",
    "rocky",
    "almalinux",
    "opensuse",
    "sles",
    "poky",
    "arch",
    "wolfi",
    "photon",
    "amzn",
    "ol",
    "raspbian",
];

/// An operating system by name only is the platform, not a piece of software.
fn names_distribution(wire: &schema::Component<'_>) -> bool {
    wire.kind.get() == "operating-system"
        && wire.cpe.is_empty()
        && wire.purl.is_empty()
        && wire.components.items.is_empty()
        && DISTRIBUTIONS.contains(&wire.name.get().to_ascii_lowercase().as_str())
}

/// `debian:12`, `alpine:3.19`; Poky is Yocto's own.
pub fn distribution(wire: &schema::Component<'_>) -> String {
    let name = wire.name.get().to_ascii_lowercase();
    let parts = match name.as_str() {
        "poky" => return "yocto".to_owned(),
        "openwrt" => return name,
        "debian" | "raspbian" | "rhel" | "centos" => 1,
        _ => 2,
    };
    let release: Vec<&str> = wire.version.get().split('.').take(parts).collect();
    let release = release.join(".");
    if release.is_empty() { name } else { format!("{name}:{release}") }
}
