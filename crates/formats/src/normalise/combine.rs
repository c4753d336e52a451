//! Two components that are one: a union that loses nothing.

use model::component::{Component, Patch, Role, Scope};
use model::version::VersionOrigin;

use super::identity::{SEARCHED, push_new};

/// Adds everything that `other` knows to `keep`. Locations and parents are joined, never components.
pub fn absorb(keep: &mut Component, other: Component) {
    let name = other.name.clone();
    if name != keep.name {
        push_new(&mut keep.names, name);
    }
    extend_new(&mut keep.names, other.names);
    keep.names.retain(|name| *name != keep.name);
    if keep.version.is_empty()
        || (rank(other.version_origin) < rank(keep.version_origin) && !other.version.is_empty())
    {
        keep.version = other.version;
        keep.version_origin = other.version_origin;
    }
    for cpe in other.cpes {
        if keep.cpes.len() >= SEARCHED || !keep.cpes.iter().any(|known| known.cpe == cpe.cpe) {
            keep.cpes.push(cpe);
        }
    }
    extend_new(&mut keep.purls, other.purls);
    extend_new(&mut keep.git.repositories, other.git.repositories);
    fill(&mut keep.git.commit, other.git.commit);
    fill(&mut keep.git.tag, other.git.tag);
    extend_new(&mut keep.hashes, other.hashes);
    extend_new(&mut keep.download_urls, other.download_urls);
    fill(&mut keep.homepage, other.homepage);
    fill(&mut keep.supplier, other.supplier);
    extend_new(&mut keep.licences, other.licences);
    fill(&mut keep.vendor_tree, other.vendor_tree);
    fill(&mut keep.source_package, other.source_package);
    fill(&mut keep.released, other.released);
    fill(&mut keep.instance, other.instance);
    extend_new(&mut keep.locations, other.locations);
    extend_new(&mut keep.parents, other.parents);
    if let Some(needs) = other.needs {
        // Each edge once: `needs::settle`.
        keep.needs.get_or_insert_default().extend(needs);
    }
    if !pair_patches(&mut keep.patches, &other.patches) {
        for patch in other.patches {
            add_patch(&mut keep.patches, patch);
        }
    }
    if keep.role == Role::Other {
        keep.role = other.role;
    }
    // What one input saw on the target is on the target.
    if keep.scope == Scope::BuildOnly && other.scope != Scope::BuildOnly {
        keep.scope = other.scope;
    }
    extend_new(&mut keep.notes, other.notes);
}

/// Joins two lists of the same series, one with contents and made-up names (a pedigree), one with names only
/// (Buildroot's `show-info`): both stand in the order of application.
fn pair_patches(keep: &mut [Patch], other: &[Patch]) -> bool {
    let nameless = |patches: &[Patch]| {
        !patches.is_empty() && patches.iter().all(|patch| patch.name.starts_with("pedigree-"))
    };
    let empty = |patches: &[Patch]| patches.iter().all(|patch| patch.content.is_empty());
    let fits = (nameless(keep) && empty(other)) || (nameless(other) && empty(keep));
    if keep.len() != other.len() || !fits || (nameless(keep) && nameless(other)) {
        return false;
    }
    for (mine, theirs) in keep.iter_mut().zip(other) {
        let named = if mine.name.starts_with("pedigree-") { &theirs.name } else { &mine.name }.clone();
        let full = if mine.content.is_empty() { theirs } else { &*mine }.clone();
        *mine = Patch { name: named, ..full };
    }
    true
}

/// Adds a patch, or what it adds to one of the same name.
fn add_patch(patches: &mut Vec<Patch>, patch: Patch) {
    let same = |known: &&mut Patch| {
        !patch.name.is_empty() && known.name == patch.name && hashes_agree(known, &patch)
    };
    match patches.iter_mut().find(same) {
        Some(known) => {
            fill(&mut known.hash, patch.hash);
            fill(&mut known.header, patch.header);
            fill(&mut known.content, patch.content);
            extend_new(&mut known.resolves, patch.resolves);
        }
        None => push_new(patches, patch),
    }
}

fn hashes_agree(one: &Patch, other: &Patch) -> bool {
    let algorithm = |hash: &str| hash.split(':').next().unwrap_or_default().to_owned();
    one.hash.is_empty()
        || other.hash.is_empty()
        || one.hash == other.hash
        || algorithm(&one.hash) != algorithm(&other.hash)
}

/// How far a version's origin is from the input's own word.
fn rank(origin: VersionOrigin) -> u8 {
    match origin {
        VersionOrigin::GivenByUser => 0,
        VersionOrigin::Stated => 1,
        VersionOrigin::FromFile => 2,
        VersionOrigin::FromCpe | VersionOrigin::FromPurl => 3,
        VersionOrigin::FromCommit => 4,
        VersionOrigin::FromUrl => 5,
    }
}

fn fill(keep: &mut String, other: String) {
    if keep.is_empty() {
        *keep = other;
    }
}

fn extend_new<T: PartialEq>(keep: &mut Vec<T>, other: Vec<T>) {
    for item in other {
        push_new(keep, item);
    }
}
