//! What was read of one release: header, components, build evidence, statements.

use crate::build::{BuildEvidence, Platform};
use crate::component::Component;
use crate::note::Note;
use crate::statement::Statement;

/// The document an inventory came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceDocument {
    /// File name as given.
    pub file: String,
    /// The reader that took it: `spdx3`, `spdx2`, `spdx2-tag-value`, `spdx2-yaml`, `spdx2-xml`, `yocto-spdx2-archive`,
    /// `cyclonedx`, `cyclonedx-xml`, `yocto-cve-check`, `buildroot-show-info`, `kconfig`, `compiled-files`, `patches`.
    pub kind: String,
    /// Specification version as written (`3.0.1`, `1.6`).
    pub spec_version: String,
    /// `sha256:hex` of the bytes; empty where nobody asked for it.
    pub hash: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Creation time as written.
    pub created: String,
    /// The tool that wrote it, as written.
    pub tool: String,
}

/// Everything that was read of one release, from one or several inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The inputs, in reading order.
    pub documents: Vec<SourceDocument>,
    /// Proposed product name; empty when the input gives none.
    pub product: String,
    /// Proposed release version; empty when the input gives none.
    pub release: String,
    /// Normalised components.
    pub components: Vec<Component>,
    /// Build evidence.
    pub build: BuildEvidence,
    /// Platform facts as far as the inputs tell.
    pub platform: Platform,
    /// Statements that came with the inputs.
    pub statements: Vec<Statement>,
    /// Coded notes that belong to no single component.
    pub notes: Vec<Note>,
}
