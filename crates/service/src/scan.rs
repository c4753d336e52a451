//! Bytes in, answer out; no store. The binary reads files and prints, this module calls reader and matcher.

pub use formats::detect::Part;
use formats::limits::Limits;
use model::finding::Verdict;
use model::note::Note;
use model::sbom::Inventory;

pub use analysis::matching::{Explained, Explanation, Options, Scan, Views};

pub use crate::history::GitFolder;
use crate::image;
use crate::knowledge::Knowledge;
use crate::outside::git::GitError;
use crate::{history, patches, remedy};

/// A file as received.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Its name, for messages and evidence.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is given for one release.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// SBOMs and evidence; the kind is found by content.
    pub documents: Vec<Document>,
    /// Files that the caller says are kernel, U-Boot or BusyBox configurations.
    pub configs: Vec<Document>,
    /// Files that the caller says are compiled-file lists.
    pub compiled_files: Vec<Document>,
    /// Patch files, applied by the build.
    pub patches: Vec<Document>,
    /// Fixes as their projects made them, to compare applied patches with.
    pub fixes: Vec<Document>,
    /// Clones of the components' repositories.
    pub git: Vec<GitFolder>,
}

/// Why inputs could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// One file is not what it should be.
    #[error("cannot read {file}: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        why: String,
    },
    /// A clone cannot be asked.
    #[error("cannot read the git tree {folder}: {error}")]
    Git {
        /// The folder.
        folder: String,
        /// Why not.
        error: GitError,
    },
    /// Nothing to judge: no document names a component.
    #[error("no component found in {files}")]
    Empty {
        /// The files looked at.
        files: String,
    },
}

/// Reads all inputs of one release into one inventory. The order of the inputs does not matter.
///
/// # Errors
/// When a file is of no known kind, damaged, or not of the kind the caller says.
pub fn read(request: &Request) -> Result<Inventory, ReadError> {
    let mut parts = Vec::new();
    for document in &request.documents {
        parts.push(read_one(document)?);
    }
    for document in &request.configs {
        parts.push(Part::Whole(Box::new(read_config(document)?)));
    }
    for document in &request.compiled_files {
        parts.push(Part::Whole(Box::new(read_compiled_files(document)?)));
    }
    for document in &request.patches {
        let read = formats::patch_files::read(&document.bytes, &document.name);
        let mut inventory = Inventory::default();
        inventory.build.patches.push(read.value);
        parts.push(Part::Whole(Box::new(with_notes(inventory, read.notes, &document.name))));
    }
    let mut inventory = named(whole(parts), &request.documents)?;
    for folder in &request.git {
        history::add(&mut inventory, folder)?;
    }
    Ok(inventory)
}

/// One inventory of all parts; patch files find the components that list them.
fn whole(parts: Vec<Part>) -> Inventory {
    let mut inventory = formats::detect::join(parts);
    patches::attach(&mut inventory);
    inventory
}

/// One inventory of documents that [`read_one`] has read, each with its part.
///
/// # Errors
/// When none of them names a component.
pub fn join(read: Vec<(Document, Part)>) -> Result<Inventory, ReadError> {
    let (documents, parts): (Vec<Document>, Vec<Part>) = read.into_iter().unzip();
    join_parts(parts, &documents)
}

/// As [`join`], where parts are no longer one to a document.
///
/// # Errors
/// When none of them names a component.
pub fn join_parts(parts: Vec<Part>, documents: &[Document]) -> Result<Inventory, ReadError> {
    named(whole(parts), documents)
}

fn named(inventory: Inventory, documents: &[Document]) -> Result<Inventory, ReadError> {
    if inventory.components.is_empty() {
        let files: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
        // What is missing beside it, where a reader knows.
        let hint = inventory.notes.iter().find(|note| note.code == model::note::NoteCode::EvidenceIncomplete);
        let hint = hint.map(|note| format!(" ({})", note.value)).unwrap_or_default();
        return Err(ReadError::Empty { files: files.join(", ") + &hint });
    }
    Ok(inventory)
}

/// Reads one document by itself, which need not name a component; [`join`] makes components of what it is a part of.
///
/// # Errors
/// When it is of no known kind or damaged.
pub fn read_one(document: &Document) -> Result<Part, ReadError> {
    if image::is_image_in_memory(&document.bytes) {
        let source = image::Source::Bytes(&document.bytes);
        return read_text(&image::facts(&source, &document.name, &image::Bounds::of_environment())?);
    }
    read_text(document)
}

fn read_text(document: &Document) -> Result<Part, ReadError> {
    formats::detect::read_part(&document.bytes, &document.name, &Limits::INVENTORY)
        .map_err(|error| unreadable(document, error))
}

/// Adds the fingerprints of the documents, for outputs that name their inputs: hashing a large document takes as
/// long as judging it.
pub fn add_fingerprints(inventory: &mut Inventory, request: &Request) {
    for known in &mut inventory.documents {
        if let Some(document) = request.documents.iter().find(|document| document.name == known.file) {
            known.hash = formats::fingerprint::sha256(&document.bytes);
        }
    }
}

fn read_config(document: &Document) -> Result<Inventory, ReadError> {
    let read = formats::kconfig::read(&document.bytes, &document.name)
        .map_err(|error| unreadable(document, error))?;
    let mut inventory = Inventory::default();
    inventory.build.configs.push(read.value);
    Ok(with_notes(inventory, read.notes, &document.name))
}

fn read_compiled_files(document: &Document) -> Result<Inventory, ReadError> {
    let read = formats::compiled_files::read(&document.bytes, &document.name)
        .map_err(|error| unreadable(document, error))?;
    let mut inventory = Inventory::default();
    inventory.build.compiled.push(read.value);
    Ok(with_notes(inventory, read.notes, &document.name))
}

/// A reader names the document in its own words; the file is not named twice.
fn unreadable(document: &Document, error: impl std::fmt::Display) -> ReadError {
    let (file, told) = (document.name.clone(), error.to_string());
    let why = told.strip_prefix("cannot read ").unwrap_or(&told);
    let why = why.strip_prefix(file.as_str()).unwrap_or(why);
    let why = why.trim_start_matches([':', ' ']);
    let why = why.strip_prefix("is ").map_or_else(|| why.to_owned(), |rest| format!("it is {rest}"));
    ReadError::Unreadable { file, why }
}

fn with_notes(mut inventory: Inventory, notes: Vec<Note>, file: &str) -> Inventory {
    for mut note in notes {
        if note.file.is_empty() {
            file.clone_into(&mut note.file);
        }
        inventory.notes.push(note);
    }
    inventory
}

/// Judges an inventory.
pub fn judge(knowledge: &Knowledge, inventory: &Inventory, options: &Options) -> Scan {
    judge_with(knowledge, inventory, options, &knowledge.views)
}

/// As [`judge`], with views of the caller's own instead of those that all scans of this knowledge share.
pub fn judge_with(knowledge: &Knowledge, inventory: &Inventory, options: &Options, views: &Views) -> Scan {
    analysis::matching::scan_with(&knowledge.index, inventory, options, views)
}

/// Explains one vulnerability in an inventory, with advice on what to do where it is not excluded.
pub fn explain(
    knowledge: &Knowledge,
    inventory: &Inventory,
    vulnerability: &str,
    component: Option<&str>,
    options: &Options,
) -> Explanation {
    let mut explanation =
        analysis::matching::explain(&knowledge.index, inventory, vulnerability, component, options);
    let id = explanation.vulnerability.clone();
    for explained in &mut explanation.components {
        if matches!(explained.verdict, None | Some(Verdict::NotAffected)) {
            continue;
        }
        explained.fix = remedy::advise_on(knowledge, inventory, explained.component, &id, options);
        if let Some(advice) = &mut explained.fix {
            remedy::add_patches(advice, explanation.texts.iter().flat_map(|text| &text.references));
        }
    }
    explanation
}
