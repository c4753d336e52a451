//! One component as a package, its patches as files.

use model::component::{Component, Patch, Role};
use model::dependency::Tie;
use serde_json::{Value, json};

use super::{Writer, element, extend};
use crate::kept;
use crate::normalise::identity::{add_cpe, add_download, add_hash, add_purl, add_repository, push_new};
use crate::spdx3::package::role;
use crate::vex::words::HASHES;
use crate::writing::{self, Object};

impl<'i> Writer<'i> {
    /// Adds a component.
    pub(super) fn package(&mut self, at: usize, component: &'i Component) {
        let id = self.component_id(at);
        let mut object = element("software_Package", &id, &component.name);
        let purpose = purpose(component.role);
        // What our reader makes of the fields below; what it would miss becomes properties.
        let mut plain = Component {
            source_ref: component.source_ref.clone(),
            name: component.name.clone(),
            version: component.version.clone(),
            supplier: component.supplier.clone(),
            role: role(purpose),
            parents: self.read_parents(component),
            needs: read_needs(component),
            ..Component::default()
        };
        object.text("software_packageVersion", &component.version).text("software_primaryPurpose", purpose);
        identifiers(component, &mut object, &mut plain);
        addresses(component, &mut object, &mut plain);
        object.list("verifiedUsing", hashes(component, &mut plain));
        if !component.supplier.is_empty() {
            let supplier = self.organisation(&component.supplier);
            object.text("suppliedBy", &supplier);
        }
        let day = component.released.as_str();
        if day.len() == 10 && model::vex::Instant::parse(day).is_some() {
            object.text("releaseTime", &format!("{day}T00:00:00Z"));
            day.clone_into(&mut plain.released);
        }
        plain.licences = self.licensed(&id, &component.licences);
        self.patches(&id, component, &mut plain);
        let mut pairs = vec![("ref".to_owned(), component.source_ref.clone())];
        pairs.extend(kept::of_component(component, &writing::settled(plain)));
        extend(&mut object, &pairs);
        self.elements.push(object.take());
    }

    /// The parents that a reader finds: whatever contains a component, in a static link, too.
    fn read_parents(&self, component: &Component) -> Vec<String> {
        let known =
            component.parents.iter().filter(|parent| self.out.at.contains_key(parent.as_str())).cloned();
        let mut parents: Vec<String> = known.collect();
        let linked = self.static_in.get(component.source_ref.as_str());
        parents.extend(linked.into_iter().flatten().map(|parent| (*parent).to_owned()));
        parents.sort();
        parents.dedup();
        parents
    }

    fn patches(&mut self, id: &str, component: &Component, plain: &mut Component) {
        let mut files = Vec::new();
        for (at, patch) in component.patches.iter().enumerate() {
            let file = format!("{id}-patch-{}", at + 1);
            let name = if patch.name.is_empty() { format!("patch-{}", at + 1) } else { patch.name.clone() };
            let mut object = element("software_File", &file, &name);
            object.text("software_primaryPurpose", "patch");
            let hash = patch.hash.split_once(':').and_then(|(algorithm, digits)| hash(algorithm, digits));
            let is_hashed = hash.is_some();
            object.list("verifiedUsing", hash.into_iter().collect());
            self.elements.push(object.take());
            files.push(file);
            let read = Patch {
                name: name.rsplit('/').next().unwrap_or_default().to_owned(),
                hash: if is_hashed { patch.hash.clone() } else { String::new() },
                origin: "sbom".to_owned(),
                ..Patch::default()
            };
            push_new(&mut plain.patches, read);
        }
        self.relate("Relationship", id, "patchedBy", &files, []);
    }
}

/// The needs that a reader takes from relationships; the others are properties.
fn read_needs(component: &Component) -> Option<Vec<model::dependency::Need>> {
    let needs = component.needs.as_ref()?;
    let read = |tie: Tie| matches!(tie, Tie::Stated | Tie::Runtime | Tie::DynamicLink);
    let known: Vec<_> = needs.iter().filter(|need| read(need.tie)).cloned().collect();
    (needs.is_empty() || !known.is_empty()).then_some(known)
}

fn purpose(role: Role) -> &'static str {
    match role {
        Role::Kernel | Role::Rtos => "operatingSystem",
        Role::Bootloader | Role::Tee | Role::Firmware => "firmware",
        Role::Module => "module",
        Role::Application | Role::Busybox => "application",
        Role::Library | Role::Libc => "library",
        Role::Other => "other",
    }
}

fn identifiers(component: &Component, object: &mut Object, plain: &mut Component) {
    let cpes = component.cpes.iter().map(|known| ("cpe23", known.cpe.to_23()));
    let purls = component.purls.iter().map(|purl| ("packageUrl", purl.to_string()));
    let mut identifiers = Vec::new();
    for (kind, text) in cpes.chain(purls) {
        match kind {
            "cpe23" => add_cpe(plain, &text, ""),
            _ => add_purl(plain, &text, ""),
        }
        identifiers.push(
            json!({ "type": "ExternalIdentifier", "externalIdentifierType": kind, "identifier": text }),
        );
    }
    if let Some(purl) = component.purls.first() {
        object.text("software_packageUrl", &purl.to_string());
    }
    object.list("externalIdentifier", identifiers);
}

/// Addresses in the order in which they are read: the download, repositories, further downloads, the home page.
fn addresses(component: &Component, object: &mut Object, plain: &mut Component) {
    let is_address = |url: &&String| writing::is_reference(url) && url.contains(':');
    let mut downloads = component.download_urls.iter().filter(is_address);
    if let Some(first) = downloads.next() {
        add_download(plain, first);
        object.text("software_downloadLocation", first);
    }
    let mut references = Vec::new();
    let mut push = |kind: &str, url: &str| {
        references.push(json!({ "type": "ExternalRef", "externalRefType": kind, "locator": [url] }));
    };
    for url in crate::cyclonedx::write::repositories(component) {
        add_repository(plain, &url);
        push("vcs", &url);
    }
    for url in downloads {
        add_download(plain, url);
        push("altDownloadLocation", url);
    }
    if is_address(&&component.homepage) {
        plain.homepage.clone_from(&component.homepage);
        object.text("software_homePage", &component.homepage);
    }
    object.list("externalRef", references);
}

fn hashes(component: &Component, plain: &mut Component) -> Vec<Value> {
    let mut hashes = Vec::new();
    for (algorithm, digits) in component.hashes.iter().filter_map(|hash| hash.split_once(':')) {
        if let Some(value) = hash(algorithm, digits) {
            add_hash(plain, algorithm, digits);
            hashes.push(value);
        }
    }
    hashes
}

fn hash(algorithm: &str, digits: &str) -> Option<Value> {
    let (_, _, _, theirs) = HASHES.iter().find(|known| known.0 == algorithm)?;
    (!digits.is_empty()).then(|| json!({ "type": "Hash", "algorithm": theirs, "hashValue": digits }))
}
