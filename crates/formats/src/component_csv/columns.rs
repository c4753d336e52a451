//! Which words name which column.

use std::borrow::Cow;

use crate::records::csv;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// What it is called.
    Name,
    /// Its version.
    Version,
    /// Who makes it.
    Vendor,
    /// A CPE, 2.3 or 2.2.
    Cpe,
    /// A package URL.
    Purl,
    /// Its home page.
    Homepage,
    /// Where its source was loaded from.
    Download,
    /// Its repository.
    Repository,
    /// A commit id.
    Commit,
    /// What it is: library, application, firmware.
    Type,
    /// Where it is used: target, build, test.
    Scope,
    /// Where it lies.
    Location,
    /// SHA-256 of what was loaded.
    Sha256,
    /// SHA-1 of it.
    Sha1,
    /// MD5 of it.
    Md5,
    /// When it was released.
    Released,
    /// Known, and of no use here: licence, description.
    Passed,
}

/// Words without case, blanks and signs.
const WORDS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "name",
            "component",
            "componentname",
            "package",
            "packagename",
            "product",
            "productname",
            "software",
            "softwarename",
            "library",
            "libraryname",
            "module",
            "modulename",
            "artifact",
            "artifactid",
            "recipe",
            "project",
            "projectname",
            "item",
            "title",
        ],
    ),
    (
        Column::Version,
        &[
            "version",
            "componentversion",
            "packageversion",
            "productversion",
            "softwareversion",
            "ver",
            "installedversion",
            "currentversion",
            "release",
            "versioninfo",
        ],
    ),
    (
        Column::Vendor,
        &[
            "vendor",
            "vendorname",
            "supplier",
            "suppliername",
            "publisher",
            "manufacturer",
            "maker",
            "group",
            "groupid",
            "originator",
            "author",
        ],
    ),
    (Column::Cpe, &["cpe", "cpe23", "cpe22", "cpename", "cpeid", "cpeuri", "cpes"]),
    (Column::Purl, &["purl", "packageurl", "purls"]),
    (Column::Homepage, &["url", "homepage", "website", "web", "projecturl", "link", "home"]),
    (
        Column::Download,
        &["download", "downloadurl", "downloadlocation", "source", "sourceurl", "srcuri", "archive"],
    ),
    (Column::Repository, &["repository", "repo", "repositoryurl", "vcs", "vcsurl", "git", "giturl", "scm"]),
    (Column::Commit, &["commit", "commitid", "gitcommit", "githash", "srcrev", "revision"]),
    (Column::Type, &["type", "componenttype", "kind", "category"]),
    (Column::Scope, &["scope", "usage", "use", "environment"]),
    (Column::Location, &["location", "path", "file", "filename", "image", "partition"]),
    (Column::Sha256, &["sha256", "sha256sum", "checksum", "hash"]),
    (Column::Sha1, &["sha1", "sha1sum"]),
    (Column::Md5, &["md5", "md5sum"]),
    (Column::Released, &["released", "releasedate"]),
    (
        Column::Passed,
        &[
            "license",
            "licenses",
            "licence",
            "licences",
            "licenseid",
            "spdxlicense",
            "licenseconcluded",
            "licensedeclared",
            "copyright",
            "description",
            "comment",
            "comments",
            "notes",
            "summary",
            "id",
            "no",
            "nr",
            "#",
        ],
    ),
];

/// A word without case, blanks and signs.
pub fn key(word: &str) -> String {
    let word = word.trim().trim_matches('"').trim();
    if word == "#" {
        return word.to_owned();
    }
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The row of column names and what lies below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header<'t> {
    /// The separator.
    pub separator: u8,
    /// What each column holds; `None` for words that are not known.
    pub columns: Vec<Option<Column>>,
    /// Words that are not known, and columns of no use.
    pub unknown: Vec<String>,
    /// Everything below.
    pub rows: &'t str,
}

impl<'t> Header<'t> {
    /// Finds the header: the first line that is no comment. `None` when it names no usable columns.
    pub fn find(text: &'t str) -> Option<Header<'t>> {
        let mut rest = text.trim_start();
        // A spreadsheet may say the separator in a line of its own.
        if let Some(line) = rest.strip_prefix("sep=") {
            rest = line.split_once('\n').map_or("", |(_, rest)| rest);
        }
        while rest.starts_with('#') && Header::under(rest, b',').is_none() {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        }
        let headers = [b',', b';', b'\t'].into_iter().filter_map(|separator| Header::under(rest, separator));
        headers.max_by_key(|header| header.columns.iter().flatten().count())
    }

    fn under(text: &'t str, separator: u8) -> Option<Header<'t>> {
        let line = text.lines().next()?;
        if line.len() > LONGEST {
            return None;
        }
        let fields: Vec<Cow<'_, str>> = csv::rows(line, separator).next()?;
        let column =
            |word: &str| WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(column, _)| *column);
        let columns: Vec<Option<Column>> = fields.iter().map(|field| column(&key(field))).collect();
        let unknown =
            fields.iter().zip(&columns).filter(|(_, column)| matches!(column, None | Some(Column::Passed)));
        let unknown =
            unknown.map(|(field, _)| field.trim().to_owned()).filter(|word| !word.is_empty()).collect();
        let names =
            columns.iter().flatten().any(|one| matches!(one, Column::Name | Column::Cpe | Column::Purl));
        let is_identifier = columns.iter().flatten().any(|one| matches!(one, Column::Cpe | Column::Purl));
        // A list of findings or of records has components in it too, and is none of components.
        const FOREIGN: &[&str] =
            &["cve", "cveid", "cves", "vulnerability", "vulnerabilityid", "severity", "cvss", "epss"];
        if fields.iter().any(|field| FOREIGN.contains(&key(field).as_str())) {
            return None;
        }
        let known = columns.iter().flatten().filter(|column| **column != Column::Passed).count();
        // `name` alone is the first word of many texts; an identifier alone is a list.
        let is_header = names && (known >= 2 || (is_identifier && columns.len() == 1));
        let rows = text.get(line.len()..).unwrap_or_default();
        is_header.then_some(Header { separator, columns, unknown, rows })
    }
}

/// Bytes of a row of column names.
const LONGEST: usize = 8_192;
