//! SBOMs as documents: checked, written in another form, merged, compared. What the rules are stands in `analysis`, what
//! the forms look like in `formats`.

use formats::detect::Part;
use formats::limits::Limits;
use model::component::Scope;
use model::note::Read;
use model::quality::Survey;
use model::sbom::Inventory;

pub use analysis::contents;
pub use analysis::quality;
pub use formats::writing::{Context, Heading};

use crate::scan::{Document, ReadError, Request};

/// Forms that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// CycloneDX 1.6, JSON.
    CycloneDx16,
    /// SPDX 3.0.1, JSON-LD.
    Spdx301,
}

impl Target {
    /// The form that the name of a file stands for.
    pub fn of_name(name: &str) -> Option<Target> {
        let name = name.to_ascii_lowercase();
        let ends = |list: &[&str]| list.iter().any(|end| name.ends_with(end));
        if ends(&[".cdx.json", "bom.json", ".cyclonedx.json"]) && !ends(&["spdx.json"]) {
            Some(Target::CycloneDx16)
        } else if ends(&[".spdx.json", ".spdx3.json", ".jsonld"]) {
            Some(Target::Spdx301)
        } else {
            None
        }
    }
}

/// Writes an inventory; a note tells of each thing that the form has no place for.
///
/// # Errors
/// When the heading has no usable time.
pub fn write(inventory: &Inventory, heading: &Heading, target: Target) -> Result<Read<String>, String> {
    let written = match target {
        Target::CycloneDx16 => formats::cyclonedx::write::write(inventory, heading),
        Target::Spdx301 => formats::spdx3::write::write(inventory, heading),
    };
    written.map_err(|error| error.to_string())
}

/// Reads several SBOMs of one product, each of a part of it: an image, a boot loader, the firmware of a second
/// processor. Components that are one become one; each remembers by its locations which parts it is in.
///
/// # Errors
/// When a file is of no known kind or damaged, or none names a component.
pub fn merge(request: &Request) -> Result<Inventory, ReadError> {
    let mut read = Vec::new();
    for document in &request.documents {
        read.push(crate::scan::read_one(document)?);
    }
    let mut parts = formats::detect::groups(read);
    parts.iter_mut().for_each(settle_part);
    let holding = || parts.iter().filter(|part| !part.components.is_empty());
    // The whole is known when every part is.
    let complete = holding().count() > 0 && holding().all(|part| part.platform.inventory_complete);
    let parts = parts.into_iter().map(|part| Part::Whole(Box::new(part))).collect();
    let mut whole = crate::scan::join_parts(parts, &request.documents)?;
    whole.platform.inventory_complete = complete;
    Ok(whole)
}

/// What was said of the whole part is said of each of its components, not of the whole product.
fn settle_part(part: &mut Inventory) {
    let file = part.documents.first().map_or("", |document| document.file.as_str());
    let label = if part.product.is_empty() { file } else { &part.product };
    let label = format!("{label} {}", part.release).trim_end().to_owned();
    let mut references = Vec::new();
    for component in part.components.iter_mut().filter(|component| component.scope != Scope::BuildOnly) {
        component.locations.push(label.clone());
        references.push(component.source_ref.clone());
    }
    if references.is_empty() {
        return;
    }
    for statement in part.statements.iter_mut().filter(|statement| statement.components.is_empty()) {
        statement.components.clone_from(&references);
    }
}

/// Looks at the fields of one SBOM.
///
/// # Errors
/// When it is no SBOM, or not a whole one.
pub fn survey(document: &Document) -> Result<Survey, String> {
    formats::quality::survey(&document.bytes, &document.name, &Limits::INVENTORY)
        .map_err(|error| error.to_string())
}
