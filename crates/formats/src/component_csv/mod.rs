//! A plain list of components in columns: what a team keeps in a spreadsheet. The first row names the columns, in any order
//! and in the usual words; the separator is a comma, a semicolon or a tab. Start with [`read`]; which words are known
//! stands in [`columns`].
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod columns;

use model::component::{Component, Role, Scope};
use model::identity::Cpe;
use model::identity::cpe::ParsedCpe;
use model::note::{Note, NoteCode, Read, Severity};
use model::sbom::{Inventory, SourceDocument};

use crate::limits::{FormatError, Limits};
use crate::normalise::identity::{
    add_cpe, add_download, add_hash, add_purl, add_repository, is_commit, push_cpe, push_new, usable,
};
use crate::records::csv;
use columns::{Column, Header};

/// What is expected, for messages.
const EXPECTED: &str = "its first row names no usable columns; expected is at least one of `name`, `purl`, `cpe`, with \
                        `version`, `vendor`, `license`, `url`, `type`, `scope`, `commit`, `sha256` as far as known";

/// Reads one list.
///
/// # Errors
/// When the first row names no usable columns, no row follows, or a limit is passed.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Read<Inventory>, FormatError> {
    let (text, mut notes) = crate::text::decode(bytes);
    let malformed = |why: &str| FormatError::Malformed { name: name.to_owned(), why: why.to_owned() };
    let header = Header::find(&text).ok_or_else(|| malformed(EXPECTED))?;
    let mut inventory = Inventory::default();
    for unknown in &header.unknown {
        notes.push(Note::new(
            NoteCode::UnknownEnum,
            Severity::Info,
            "row 1",
            &format!("column `{unknown}` is not used"),
        ));
    }
    for (at, fields) in csv::rows(header.rows, header.separator).enumerate() {
        let place = format!("row {}", at + 2);
        if fields.iter().all(|field| field.trim().is_empty())
            || fields.first().is_some_and(|f| f.starts_with('#'))
        {
            continue;
        }
        if fields.len() > header.columns.len() {
            let value = format!("{} fields under {} columns", fields.len(), header.columns.len());
            notes.push(Note::new(NoteCode::FieldType, Severity::Warn, &*place, &value));
        }
        let row = Row { header: &header, fields: &fields };
        inventory.components.push(component(&row, &place, &mut notes));
        if inventory.components.len() >= limits.components {
            let what = format!("it has more than {} components", limits.components);
            return Err(FormatError::TooBig { name: name.to_owned(), what });
        }
    }
    if inventory.components.is_empty() {
        return Err(malformed("it has a row of column names and nothing below"));
    }
    inventory.documents.push(SourceDocument::default());
    Ok(Read { value: inventory, notes })
}

/// One row under its header.
struct Row<'r> {
    header: &'r Header<'r>,
    fields: &'r [std::borrow::Cow<'r, str>],
}

impl Row<'_> {
    /// The first column of a kind that says something.
    fn get(&self, column: Column) -> &str {
        self.all(column).next().unwrap_or_default()
    }

    fn all(&self, column: Column) -> impl Iterator<Item = &str> {
        let pairs = self.header.columns.iter().zip(self.fields);
        pairs.filter(move |(known, _)| **known == Some(column)).filter_map(|(_, field)| usable(field))
    }
}

fn component(row: &Row<'_>, place: &str, notes: &mut Vec<Note>) -> Component {
    let version = row.get(Column::Version);
    let mut component = Component {
        source_ref: place.to_owned(),
        name: row.get(Column::Name).to_owned(),
        version: version.to_owned(),
        supplier: row.get(Column::Vendor).to_owned(),
        homepage: row.get(Column::Homepage).to_owned(),
        released: row.get(Column::Released).to_owned(),
        scope: scope(row.get(Column::Scope), place, notes),
        role: role(row.get(Column::Type)),
        ..Component::default()
    };
    // Several identifiers may share a cell.
    for cpe in row.all(Column::Cpe).flat_map(|cell| several(cell, "cpe:")) {
        add_cpe(&mut component, cpe, format_args!("{place}, cpe"));
    }
    for purl in row.all(Column::Purl).flat_map(|cell| several(cell, "pkg:")) {
        add_purl(&mut component, purl, format_args!("{place}, purl"));
    }
    for url in row.all(Column::Download) {
        add_download(&mut component, url);
    }
    for url in row.all(Column::Repository) {
        add_repository(&mut component, url);
    }
    if let Some(commit) = row.all(Column::Commit).find(|commit| is_commit(commit)) {
        component.git.commit = commit.to_ascii_lowercase();
    }
    for (column, algorithm) in [(Column::Sha256, "sha256"), (Column::Sha1, "sha1"), (Column::Md5, "md5")] {
        add_hash(&mut component, algorithm, row.get(column));
    }
    for location in row.all(Column::Location) {
        push_new(&mut component.locations, location.to_owned());
    }
    name_by_identity(&mut component);
    if component.cpes.is_empty() && component.purls.is_empty() {
        add_name_as_product(&mut component);
    }
    component
}

/// The identifiers of a cell; a cell that holds anything else is one text.
fn several<'t>(cell: &'t str, start: &str) -> Vec<&'t str> {
    let parts = cell.split_whitespace().map(|part| part.trim_end_matches([',', ';']));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    if parts.iter().all(|part| part.starts_with(start)) { parts } else { vec![cell] }
}

/// A row with an identifier and no name is called as the identifier says.
fn name_by_identity(component: &mut Component) {
    if component.name.is_empty() {
        let purl = component.purls.first().map(|purl| purl.name.clone());
        let cpe = component.cpes.first().map(|cpe| cpe.cpe.product.clone());
        component.name = purl.or(cpe).filter(|name| name != "*").unwrap_or_default();
    }
    if component.version.is_empty()
        && let Some(version) =
            component.purls.iter().map(|purl| &purl.version).find(|version| !version.is_empty())
    {
        component.version.clone_from(version);
    }
}

/// A name is all the identity that many lists have: as a CPE of unknown part and vendor, it counts where a second sign
/// agrees.
pub fn add_name_as_product(component: &mut Component) {
    let product = component.name.trim().to_lowercase().replace(char::is_whitespace, "_");
    if product.is_empty() {
        return;
    }
    let cpe = Cpe::from_attributes(["*", "*", &product, &component.version, "", "", "", "", "", "", ""]);
    push_cpe(component, ParsedCpe { cpe, was_22_uri: false, repaired: false });
}

fn scope(word: &str, place: &str, notes: &mut Vec<Note>) -> Scope {
    match columns::key(word).as_str() {
        "" | "target" | "runtime" | "production" | "prod" | "required" | "optional" | "device" | "image" => {
            Scope::Target
        }
        "build" | "buildonly" | "host" | "native" | "tool" | "tools" | "sdk" | "dev" | "development"
        | "cross" => Scope::BuildOnly,
        "test" | "tests" | "testing" | "excluded" => Scope::Test,
        "firmware" | "firmwareblob" | "blob" => Scope::FirmwareBlob,
        "toolchain" | "toolchainruntime" => Scope::ToolchainRuntime,
        _ => {
            notes.push(Note::new(NoteCode::UnknownEnum, Severity::Warn, format!("{place}, scope"), word));
            Scope::Target
        }
    }
}

fn role(word: &str) -> Role {
    match columns::key(word).as_str() {
        "kernel" => Role::Kernel,
        "bootloader" => Role::Bootloader,
        "library" | "lib" => Role::Library,
        "application" | "app" | "program" => Role::Application,
        "firmware" => Role::Firmware,
        "rtos" => Role::Rtos,
        _ => Role::Other,
    }
}
