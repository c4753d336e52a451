//! The kernels of an image: the package, the directory of its modules and the image in `/boot` are one kernel, not three.

use std::collections::BTreeMap;

use model::component::{Component, Role, Scope};
use model::note::{Note, NoteCode, Severity};
use model::sbom::Inventory;
use model::version::VersionOrigin;

use super::super::kernel::{debian, release, version};
use super::super::schema::Facts;
use super::Place;
use super::programs::own_cpe;
use crate::normalise::identity::push_new;
use crate::normalise::names::vendor_of_release;

/// Kernels of one image that are told apart; nobody ships more.
const KERNELS: usize = 200;

/// What is known of one kernel, by its release (`6.6.21-yocto-standard`).
#[derive(Default)]
struct Seen {
    /// The version, where the image itself says it.
    version: String,
    /// The version of the distribution's package, where the banner says it.
    package_version: String,
    owners: Vec<String>,
    locations: Vec<String>,
}

/// Adds the kernels that no package names, and the places of those that one does.
pub(super) fn settle(inventory: &mut Inventory, facts: &Facts) {
    for (release, seen) in seen(facts) {
        match packaged(inventory, &release, &seen) {
            Some(component) => {
                seen.locations.iter().for_each(|at| push_new(&mut component.locations, at.clone()))
            }
            None => add(inventory, &release, seen),
        }
    }
}

fn seen(facts: &Facts) -> BTreeMap<String, Seen> {
    let mut all: BTreeMap<String, Seen> = BTreeMap::new();
    for (name, volume) in &facts.volumes {
        let place = Place { volume: name };
        for kernel in volume.kernels.iter().filter(|kernel| !kernel.banner.is_empty()) {
            let seen = all.entry(release(&kernel.banner).to_owned()).or_default();
            if let Some(of_package) = debian(&kernel.banner) {
                of_package.clone_into(&mut seen.package_version);
            }
            seen.version = version(&seen.package_version)
                .or_else(|| version(release(&kernel.banner)))
                .unwrap_or_default();
            seen.owners.extend((!kernel.owner.is_empty()).then(|| kernel.owner.clone()));
            seen.locations.push(place.of(&kernel.path));
        }
        for (release, modules) in &volume.modules {
            let seen = all.entry(release.clone()).or_default();
            seen.owners.extend((!modules.owner.is_empty()).then(|| modules.owner.clone()));
            seen.locations.push(place.of(&format!("lib/modules/{release}")));
        }
    }
    all.retain(|release, _| version(release).is_some());
    all.into_iter().take(KERNELS).collect()
}

/// The package of a kernel: the owner of its files, the package named after its release, or the only one of its version.
fn packaged<'i>(inventory: &'i mut Inventory, release: &str, seen: &Seen) -> Option<&'i mut Component> {
    let is_kernel =
        |component: &Component| component.role == Role::Kernel && component.scope != Scope::BuildOnly;
    let names = |component: &Component, name: &str| {
        let purls = component.purls.iter().map(|purl| purl.name.as_str());
        let all = component.locations.iter().chain(&component.names).map(String::as_str);
        purls
            .chain(all)
            .chain([component.name.as_str(), component.source_ref.as_str()])
            .any(|known| known == name)
    };
    let owned = |component: &Component| seen.owners.iter().any(|owner| names(component, owner));
    let named = |component: &Component| {
        ["linux-image-", "kernel-", "kernel-core-", "kernel-image-", "linux-modules-"]
            .iter()
            .any(|start| names(component, &format!("{start}{release}")))
    };
    let own = if seen.version.is_empty() { version(release) } else { Some(seen.version.clone()) };
    let of_version = |component: &Component| {
        !component.purls.is_empty() && own.is_some() && version(upstream(&component.version)) == own
    };
    let kernels: Vec<usize> = (inventory.components.iter().enumerate())
        .filter(|(_, component)| is_kernel(component))
        .map(|(at, _)| at)
        .take(KERNELS)
        .collect();
    let one = |is: &dyn Fn(&Component) -> bool| {
        kernels.iter().copied().find(|at| inventory.components.get(*at).is_some_and(is))
    };
    let at = one(&owned).or_else(|| one(&named)).or_else(|| one(&of_version))?;
    inventory.components.get_mut(at)
}

/// The version without its epoch.
fn upstream(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, rest)| rest)
}

fn add(inventory: &mut Inventory, release: &str, seen: Seen) {
    let own = if seen.version.is_empty() { version(release).unwrap_or_default() } else { seen.version };
    let mut component = Component {
        name: "linux".to_owned(),
        source_ref: format!("linux@{release}"),
        version: own,
        version_origin: VersionOrigin::FromFile,
        role: Role::Kernel,
        vendor_tree: vendor_of_release(release).unwrap_or_default().to_owned(),
        locations: seen.locations,
        ..Component::default()
    };
    // Debian and Ubuntu name the interface to modules and not the version: 6.1.0-13-amd64 is 6.1.55.
    let is_interface =
        seen.package_version.is_empty() && is_interface_name(release, &inventory.platform.distribution);
    let note = if is_interface {
        component.version.clear();
        let value =
            format!("{release} names an interface to modules; neither package nor banner tells the version");
        Note::new(NoteCode::NoVersion, Severity::Warn, release, &value)
    } else {
        let value = format!("{} from {release}", component.version);
        Note::new(NoteCode::VersionDerived, Severity::Info, release, &value)
    };
    component.notes.push(note);
    own_cpe(&mut component, ["o", "linux", "linux_kernel"]);
    inventory.components.push(component);
}

/// `6.1.0-13-amd64` on Debian, `5.15.0-91-generic` on Ubuntu.
fn is_interface_name(release: &str, distribution: &str) -> bool {
    let packaged = ["debian", "ubuntu", "devuan", "kali"].iter().any(|name| distribution.starts_with(name));
    let mut parts = release.splitn(3, '-');
    let (version, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    packaged
        && version.ends_with(".0")
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}
