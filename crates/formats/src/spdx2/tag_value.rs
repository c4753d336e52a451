//! SPDX 2 tag-value: lines `Tag: value`, a value in `<text>…</text>` may go over several lines, and a tag that begins
//! an element ends the one before. It becomes the JSON form, so that one reader serves all; what is found on the way is
//! noted with its line.
//!
//! Source: SPDX 2.3, chapters 6 to 13, the tag-value format of each field.

mod lines;
mod record;

use model::note::{Note, NoteCode, Severity};
use rustc_hash::FxHashSet;

use crate::limits::FormatError;
use crate::text::quoted;
use lines::{Found, Lines};
use record::Record;

/// A document as JSON, and where its parts came from.
pub struct Converted {
    /// The JSON text.
    pub json: String,
    /// Lines of the packages, in order.
    pub packages: Vec<usize>,
    /// Lines of the relationships, in order.
    pub relationships: Vec<usize>,
    /// What was found on the way.
    pub notes: Vec<Note>,
}

/// Notes of one document that are kept: whoever writes a million wrong lines learns of the first.
const NOTES: usize = 1_000;

/// Turns a document into JSON text.
///
/// # Errors
/// When the text ends within a `<text>`.
pub fn to_json(text: &str, name: &str) -> Result<Converted, FormatError> {
    let mut writer = Writer::default();
    let mut lines = Lines::new(text);
    while let Some((line, found)) = lines.next() {
        match found {
            Found::Pair(tag, value) => writer.take(tag, value, line),
            Found::Other(content) => {
                let value = format!("no `Tag: value`: {content}");
                writer.note(NoteCode::FieldType, line, &value);
            }
            Found::Open => {
                let why = format!("the <text> that begins in line {line} has no </text>");
                return Err(FormatError::Truncated { name: name.to_owned(), why });
            }
        }
    }
    writer.close();
    if !text.is_empty() && !text.ends_with(['\n', '\r']) {
        writer.note(NoteCode::Truncated, lines.line(), "the last line has no end; the file may be cut off");
    }
    Ok(writer.finish())
}

/// What the lines are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Document,
    Package,
    File,
    /// A snippet, a license text or a review: passed over.
    Other,
}

#[derive(Default)]
struct Writer {
    part: Part,
    document: Record,
    /// The package that is being told of; files that follow it are its own.
    package: Record,
    file: Record,
    creators: Vec<String>,
    references: Vec<String>,
    packages: String,
    files: String,
    links: String,
    /// The relationship that a comment may follow.
    link: Option<Record>,
    /// What an annotation is about, and what it says.
    annotation: Option<(String, String)>,
    package_lines: Vec<usize>,
    link_lines: Vec<usize>,
    unknown: FxHashSet<String>,
    notes: Vec<Note>,
}

impl Writer {
    fn take(&mut self, tag: &str, value: &str, line: usize) {
        let tag = tag.to_ascii_lowercase();
        if tag != "relationshipcomment" {
            self.close_link();
        }
        match tag.as_str() {
            "packagename" => {
                self.close();
                self.part = Part::Package;
                self.package_lines.push(line);
                self.package.begin();
                self.package.set("name", value);
            }
            "filename" => {
                self.close_file();
                self.part = Part::File;
                self.file.begin();
                self.file.set("fileName", value);
            }
            "snippetspdxid" | "snippetspdxidentifier" | "licenseid" | "reviewer" => self.part = Part::Other,
            "spdxid" | "spdxidentifier" => self.take_id(value),
            "relationship" => self.take_link(value, line),
            "relationshipcomment" => {
                if let Some(link) = &mut self.link {
                    link.set("comment", value);
                }
            }
            "annotator" => self.annotation = Some(Default::default()),
            "spdxref" | "annotationcomment" => self.take_annotation(&tag, value),
            _ => self.take_field(&tag, value, line),
        }
    }

    fn take_id(&mut self, value: &str) {
        match self.part {
            Part::Package => self.package.set("SPDXID", value),
            Part::File => {
                self.file.set("SPDXID", value);
                if self.package.is_open() {
                    self.package.push("hasFiles", quoted(value));
                }
            }
            Part::Document => self.document.set("SPDXID", value),
            Part::Other => {}
        }
    }

    fn take_field(&mut self, tag: &str, value: &str, line: usize) {
        if let Some((_, key)) = DOCUMENT.iter().find(|(known, _)| *known == tag) {
            self.document.set(key, value);
        } else if let Some((_, key)) = PACKAGE.iter().find(|(known, _)| *known == tag) {
            self.set_in_package(key, value, line);
        } else {
            match tag {
                "creator" => self.creators.push(quoted(value)),
                "externaldocumentref" => self.take_reference(value, line),
                "externalref" => self.take_external(value, line),
                "packagechecksum" => self.take_checksum(value, line),
                "filechecksum" => match checksum(value) {
                    Some(sum) if self.part == Part::File => self.file.push("checksums", sum),
                    _ => self.note(NoteCode::FieldType, line, "a FileChecksum without a file or a value"),
                },
                _ if PASSED.contains(&tag) => {}
                // Told once; the tag of an extension may stand in every package.
                _ if self.unknown.len() < NOTES && self.unknown.insert(tag.to_owned()) => {
                    let value = format!("the tag `{tag}` is unknown, its value was not used");
                    let note =
                        Note::new(NoteCode::UnknownEnum, Severity::Info, format!("line {line}"), &value);
                    self.notes.push(note);
                }
                _ => {}
            }
        }
    }

    fn set_in_package(&mut self, key: &'static str, value: &str, line: usize) {
        if !self.package.is_open() {
            self.note(NoteCode::FieldType, line, &format!("`{key}` in front of any PackageName, not used"));
        } else if self.package.has(key) {
            self.note(NoteCode::FieldType, line, &format!("`{key}` is given twice, the first is used"));
        } else {
            self.package.set(key, value);
        }
    }

    /// `DocumentRef-x URI SHA1: hash`.
    fn take_reference(&mut self, value: &str, line: usize) {
        let mut words = value.split_whitespace();
        let (Some(id), Some(uri)) = (words.next(), words.next()) else {
            self.note(NoteCode::FieldType, line, "an ExternalDocumentRef without an address");
            return;
        };
        let mut record = Record::default();
        record.set("externalDocumentId", id);
        record.set("spdxDocument", uri);
        self.references.push(record.json());
    }

    /// `CATEGORY type locator`.
    fn take_external(&mut self, value: &str, line: usize) {
        let mut words = value.splitn(2, char::is_whitespace);
        let (category, rest) =
            (words.next().unwrap_or_default(), words.next().unwrap_or_default().trim_start());
        let Some((kind, locator)) = rest.split_once(char::is_whitespace) else {
            self.note(NoteCode::FieldType, line, "an ExternalRef has a category, a type and a locator");
            return;
        };
        let mut record = Record::default();
        record.set("referenceCategory", category);
        record.set("referenceType", kind);
        record.set("referenceLocator", locator);
        if self.package.is_open() {
            self.package.push("externalRefs", record.json());
        } else {
            self.note(NoteCode::FieldType, line, "an ExternalRef in front of any PackageName, not used");
        }
    }

    fn take_checksum(&mut self, value: &str, line: usize) {
        match checksum(value) {
            Some(sum) if self.package.is_open() => self.package.push("checksums", sum),
            _ => self.note(NoteCode::FieldType, line, "a PackageChecksum without a package or a value"),
        }
    }

    /// `SPDXRef-a TYPE SPDXRef-b`.
    fn take_link(&mut self, value: &str, line: usize) {
        let words: Vec<&str> = value.split_whitespace().collect();
        let [from, kind, to] = words.as_slice() else {
            let value = format!("a relationship is two elements with a type between them: {value}");
            self.note(NoteCode::DanglingRef, line, &value);
            return;
        };
        let mut record = Record::default();
        record.set("spdxElementId", from);
        record.set("relationshipType", kind);
        record.set("relatedSpdxElement", to);
        self.link_lines.push(line);
        self.link = Some(record);
    }

    /// An annotation of the package that is being told of belongs to it.
    fn take_annotation(&mut self, tag: &str, value: &str) {
        let Some((about, comment)) = &mut self.annotation else { return };
        let part = if tag == "spdxref" { &mut *about } else { &mut *comment };
        value.clone_into(part);
        if about.is_empty() || comment.is_empty() {
            return;
        }
        if self.package.get("SPDXID") == Some(about.as_str()) {
            let mut record = Record::default();
            record.set("comment", comment);
            self.package.push("annotations", record.json());
        }
        self.annotation = None;
    }

    fn close_link(&mut self) {
        if let Some(link) = self.link.take() {
            append(&mut self.links, &link.json());
        }
    }

    /// Files that no reader uses leave only their id, in their package.
    fn close_file(&mut self) {
        if self.file.is_open() {
            let name = self.file.get("fileName").unwrap_or_default();
            if name.ends_with(".patch") || name.ends_with(".diff") {
                append(&mut self.files, &self.file.json());
            }
            self.file = Record::default();
        }
    }

    fn close(&mut self) {
        self.close_link();
        self.close_file();
        if self.package.is_open() {
            append(&mut self.packages, &self.package.json());
            self.package = Record::default();
        }
    }

    fn finish(self) -> Converted {
        let text = |key: &str| quoted(self.document.get(key).unwrap_or_default());
        let json = format!(
            "{{\"spdxVersion\":{},\"documentNamespace\":{},\"name\":{},\"creationInfo\":{{\"created\":{},\"creators\":[{}]}},\
             \"externalDocumentRefs\":[{}],\"packages\":[{}],\"files\":[{}],\"relationships\":[{}]}}",
            text("spdxVersion"),
            text("documentNamespace"),
            text("name"),
            text("created"),
            self.creators.join(","),
            self.references.join(","),
            self.packages,
            self.files,
            self.links,
        );
        Converted { json, packages: self.package_lines, relationships: self.link_lines, notes: self.notes }
    }

    fn note(&mut self, code: NoteCode, line: usize, value: &str) {
        if self.notes.len() < NOTES {
            self.notes.push(Note::new(code, Severity::Warn, format!("line {line}"), value));
        }
    }
}

fn append(list: &mut String, json: &str) {
    if !list.is_empty() {
        list.push(',');
    }
    list.push_str(json);
}

/// `SHA1: 85ed…`.
fn checksum(value: &str) -> Option<String> {
    let (algorithm, hex) = value.split_once(':')?;
    let mut record = Record::default();
    record.set("algorithm", algorithm.trim());
    record.set("checksumValue", hex.trim());
    Some(record.json())
}

/// Tags of the document and their keys.
const DOCUMENT: &[(&str, &str)] = &[
    ("spdxversion", "spdxVersion"),
    ("documentnamespace", "documentNamespace"),
    ("documentname", "name"),
    ("created", "created"),
];

/// Tags of a package and their keys.
const PACKAGE: &[(&str, &str)] = &[
    ("packageversion", "versionInfo"),
    ("packagesupplier", "supplier"),
    ("packageoriginator", "originator"),
    ("packagedownloadlocation", "downloadLocation"),
    ("packagehomepage", "homepage"),
    ("packagesourceinfo", "sourceInfo"),
    ("primarypackagepurpose", "primaryPackagePurpose"),
    ("packagelicenseconcluded", "licenseConcluded"),
    ("packagelicensedeclared", "licenseDeclared"),
    ("packagecopyrighttext", "copyrightText"),
    ("releasedate", "releaseDate"),
];

/// Tags that are known and hold nothing that an inventory uses.
const PASSED: &[&str] = &[
    "annotationdate",
    "annotationtype",
    "artifactofprojecthomepage",
    "artifactofprojectname",
    "artifactofprojecturi",
    "builtdate",
    "creatorcomment",
    "datalicense",
    "documentcomment",
    "externalrefcomment",
    "extractedtext",
    "fileattributiontext",
    "filecomment",
    "filecontributor",
    "filecopyrighttext",
    "filedependency",
    "filenotice",
    "filesanalyzed",
    "filetype",
    "licensecomment",
    "licensecomments",
    "licenseconcluded",
    "licensecrossreference",
    "licenseinfoinfile",
    "licenseinfoinsnippet",
    "licenselistversion",
    "licensename",
    "packageattributiontext",
    "packagecomment",
    "packagedescription",
    "packagefilename",
    "packagelicensecomments",
    "packagelicenseinfofromfiles",
    "packagesummary",
    "packageverificationcode",
    "reviewcomment",
    "reviewdate",
    "snippetattributiontext",
    "snippetbyterange",
    "snippetcomment",
    "snippetcopyrighttext",
    "snippetfromfilespdxid",
    "snippetlicensecomments",
    "snippetlicenseconcluded",
    "snippetlinerange",
    "snippetname",
    "validuntildate",
];
