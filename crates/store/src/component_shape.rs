//! The stored form of a component: what is the same wherever it ships, and what is of one release.
//!
//! Names of members are short, because there are many rows, and never change their meaning: old rows stay readable.

use model::component::{Component, ComponentCpe, Coverage, Git, Patch, Role, Scope};
use model::dependency::{Need, Tie};
use model::identity::{Cpe, Purl};
use model::licence::{Acknowledgement, Licence};
use model::note::{Note, NoteCode, Severity};
use model::version::VersionOrigin;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What is the same in every release that ships it.
#[derive(Serialize, Deserialize)]
struct Shared {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "ns", default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
    #[serde(rename = "v")]
    version: String,
    #[serde(rename = "vo")]
    version_origin: String,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    cpes: Vec<StoredCpe>,
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    purls: Vec<StoredPurl>,
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    repositories: Vec<String>,
    #[serde(rename = "gc", default, skip_serializing_if = "String::is_empty")]
    commit: String,
    #[serde(rename = "gt", default, skip_serializing_if = "String::is_empty")]
    tag: String,
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<String>,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    download_urls: Vec<String>,
    #[serde(rename = "w", default, skip_serializing_if = "String::is_empty")]
    homepage: String,
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    supplier: String,
    #[serde(rename = "sc")]
    scope: String,
    #[serde(rename = "r")]
    role: String,
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    instance: String,
    #[serde(rename = "vt", default, skip_serializing_if = "String::is_empty")]
    vendor_tree: String,
    #[serde(rename = "sp", default, skip_serializing_if = "String::is_empty")]
    source_package: String,
    #[serde(rename = "pa", default, skip_serializing_if = "Vec::is_empty")]
    patches: Vec<StoredPatch>,
    #[serde(rename = "m", default, skip_serializing_if = "String::is_empty")]
    released: String,
    /// (text, who came to it).
    #[serde(rename = "li", default, skip_serializing_if = "Vec::is_empty")]
    licences: Vec<(String, String)>,
}

/// What belongs to one release.
#[derive(Serialize, Deserialize)]
struct Occurrence {
    #[serde(rename = "k")]
    key: String,
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    source_ref: String,
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    locations: Vec<String>,
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    parents: Vec<String>,
    /// (component that is needed, how); absent = no input tells, which is not the same as nothing.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    needs: Option<Vec<(String, String)>>,
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<(String, String, String, String, String)>,
}

/// The eleven attributes, and which of (wildcard vendor, wildcard part, URI, repaired) hold.
#[derive(Serialize, Deserialize)]
struct StoredCpe([String; 11], [bool; 4]);

#[derive(Serialize, Deserialize)]
struct StoredPurl {
    #[serde(rename = "k")]
    kind: String,
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "v", default, skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(rename = "q", default, skip_serializing_if = "Vec::is_empty")]
    qualifiers: Vec<(String, String)>,
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    subpath: String,
}

#[derive(Serialize, Deserialize)]
struct StoredPatch {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    hash: String,
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    header: String,
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    content: String,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    resolves: Vec<String>,
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    origin: String,
}

/// Writes both halves of a component: (shared body, occurrence). Equal content gives equal bytes.
pub(crate) fn write(component: &Component) -> Result<(String, String)> {
    let broken = |error: serde_json::Error| Error::Broken(error.to_string());
    let body = serde_json::to_string(&shared(component)).map_err(broken)?;
    Ok((body, serde_json::to_string(&occurrence(component)).map_err(broken)?))
}

/// Reads a shared body; what belongs to a release stays empty.
pub(crate) fn read_shared(body: &str) -> Result<Component> {
    let shared: Shared = serde_json::from_str(body).map_err(damaged)?;
    component(shared)
}

/// Reads a component of a release.
pub(crate) fn read(body: &str, occurrence: &str, coverage: &str) -> Result<Component> {
    let mut component = read_shared(body)?;
    let here: Occurrence = serde_json::from_str(occurrence).map_err(damaged)?;
    component.key = here.key;
    component.source_ref = here.source_ref;
    component.locations = here.locations;
    component.parents = here.parents;
    component.needs = here.needs.map(|needs| needs.into_iter().map(need).collect()).transpose()?;
    component.coverage = word(Coverage::ALL, coverage, |known| known.word())?;
    let notes: Result<Vec<Note>> = here.notes.into_iter().map(note).collect();
    component.notes = notes?;
    Ok(component)
}

fn need((on, tie): (String, String)) -> Result<Need> {
    Ok(Need { on, tie: word(Tie::ALL, &tie, |known| known.word())? })
}

fn shared(component: &Component) -> Shared {
    Shared {
        name: component.name.clone(),
        names: component.names.clone(),
        version: component.version.clone(),
        version_origin: component.version_origin.word().to_owned(),
        cpes: component.cpes.iter().map(stored_cpe).collect(),
        purls: component.purls.iter().map(stored_purl).collect(),
        repositories: component.git.repositories.clone(),
        commit: component.git.commit.clone(),
        tag: component.git.tag.clone(),
        hashes: component.hashes.clone(),
        download_urls: component.download_urls.clone(),
        homepage: component.homepage.clone(),
        supplier: component.supplier.clone(),
        scope: component.scope.word().to_owned(),
        role: component.role.word().to_owned(),
        instance: component.instance.clone(),
        vendor_tree: component.vendor_tree.clone(),
        source_package: component.source_package.clone(),
        patches: component.patches.iter().map(stored_patch).collect(),
        released: component.released.clone(),
        licences: (component.licences.iter())
            .map(|licence| (licence.text.clone(), licence.said.word().to_owned()))
            .collect(),
    }
}

fn occurrence(component: &Component) -> Occurrence {
    let notes = component.notes.iter().map(|note| {
        let (code, severity) = (note.code.code().to_owned(), note.severity.word().to_owned());
        (code, severity, note.file.clone(), note.place.clone(), note.value.clone())
    });
    Occurrence {
        key: component.key.clone(),
        source_ref: component.source_ref.clone(),
        locations: component.locations.clone(),
        parents: component.parents.clone(),
        needs: component
            .needs
            .as_ref()
            .map(|needs| needs.iter().map(|need| (need.on.clone(), need.tie.word().to_owned())).collect()),
        notes: notes.collect(),
    }
}

fn component(shared: Shared) -> Result<Component> {
    Ok(Component {
        name: shared.name,
        names: shared.names,
        version: shared.version,
        version_origin: word(VERSION_ORIGINS, &shared.version_origin, |known| known.word())?,
        cpes: shared.cpes.into_iter().map(cpe).collect(),
        purls: shared.purls.into_iter().map(purl).collect(),
        git: Git { repositories: shared.repositories, commit: shared.commit, tag: shared.tag },
        hashes: shared.hashes,
        download_urls: shared.download_urls,
        homepage: shared.homepage,
        supplier: shared.supplier,
        scope: word(SCOPES, &shared.scope, |known| known.word())?,
        role: word(ROLES, &shared.role, |known| known.word())?,
        instance: shared.instance,
        vendor_tree: shared.vendor_tree,
        source_package: shared.source_package,
        patches: shared.patches.into_iter().map(patch).collect(),
        released: shared.released,
        licences: shared.licences.into_iter().map(licence).collect::<Result<_>>()?,
        ..Component::default()
    })
}

fn licence((text, said): (String, String)) -> Result<Licence> {
    Ok(Licence { text, said: word(Acknowledgement::ALL, &said, |known| known.word())? })
}

fn stored_cpe(known: &ComponentCpe) -> StoredCpe {
    let flags = [known.wildcard_vendor, known.wildcard_part, known.was_22_uri, known.repaired];
    StoredCpe(known.cpe.attributes().map(str::to_owned), flags)
}

fn cpe(stored: StoredCpe) -> ComponentCpe {
    let [part, vendor, product, version, update, edition, language, sw_edition, target_sw, target_hw, other] =
        stored.0;
    let [wildcard_vendor, wildcard_part, was_22_uri, repaired] = stored.1;
    let cpe = Cpe {
        part,
        vendor,
        product,
        version,
        update,
        edition,
        language,
        sw_edition,
        target_sw,
        target_hw,
        other,
    };
    ComponentCpe { cpe, wildcard_vendor, wildcard_part, was_22_uri, repaired }
}

fn stored_purl(purl: &Purl) -> StoredPurl {
    StoredPurl {
        kind: purl.kind.clone(),
        namespace: purl.namespace.clone(),
        name: purl.name.clone(),
        version: purl.version.clone(),
        qualifiers: purl.qualifiers.clone(),
        subpath: purl.subpath.clone(),
    }
}

fn purl(stored: StoredPurl) -> Purl {
    Purl {
        kind: stored.kind,
        namespace: stored.namespace,
        name: stored.name,
        version: stored.version,
        qualifiers: stored.qualifiers,
        subpath: stored.subpath,
    }
}

fn stored_patch(patch: &Patch) -> StoredPatch {
    StoredPatch {
        name: patch.name.clone(),
        hash: patch.hash.clone(),
        header: patch.header.clone(),
        content: patch.content.clone(),
        resolves: patch.resolves.clone(),
        origin: patch.origin.clone(),
    }
}

fn patch(stored: StoredPatch) -> Patch {
    Patch {
        name: stored.name,
        hash: stored.hash,
        header: stored.header,
        content: stored.content,
        resolves: stored.resolves,
        origin: stored.origin,
    }
}

fn note((code, severity, file, place, value): (String, String, String, String, String)) -> Result<Note> {
    Ok(Note {
        code: word(NoteCode::ALL, &code, |known| known.code())?,
        severity: word(SEVERITIES, &severity, |known| known.word())?,
        file,
        place,
        value,
    })
}

const VERSION_ORIGINS: &[VersionOrigin] = &[
    VersionOrigin::Stated,
    VersionOrigin::FromCpe,
    VersionOrigin::FromPurl,
    VersionOrigin::FromUrl,
    VersionOrigin::FromFile,
    VersionOrigin::FromCommit,
    VersionOrigin::GivenByUser,
];

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

const SEVERITIES: &[Severity] = &[Severity::Info, Severity::Warn, Severity::Error];

fn word<T: Copy>(known: &[T], text: &str, of: impl Fn(T) -> &'static str) -> Result<T> {
    known.iter().copied().find(|value| of(*value) == text).ok_or_else(|| {
        Error::Broken(format!("a stored component says {text}, which this program does not know"))
    })
}

fn damaged(error: serde_json::Error) -> Error {
    Error::Broken(format!("a stored component cannot be read: {error}"))
}
