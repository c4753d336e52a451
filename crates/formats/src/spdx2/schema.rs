//! The wire shape of SPDX 2.2 and 2.3 JSON, as far as we use it.

use crate::text::loose::{List, Text, loose};

loose! {
    /// `creationInfo`.
    pub struct Creation<'a> {
        created: Text<'a> = "created",
        creators: List<Text<'a>> = "creators",
    }
}

loose! {
    /// One package.
    pub struct Package<'a> {
        id: Text<'a> = "SPDXID",
        name: Text<'a> = "name",
        version: Text<'a> = "versionInfo",
        purpose: Text<'a> = "primaryPackagePurpose",
        download: Text<'a> = "downloadLocation",
        home_page: Text<'a> = "homepage",
        supplier: Text<'a> = "supplier",
        originator: Text<'a> = "originator",
        declared: Text<'a> = "licenseDeclared",
        concluded: Text<'a> = "licenseConcluded",
        source_info: Text<'a> = "sourceInfo",
        release_date: Text<'a> = "releaseDate",
        references: List<Reference<'a>> = "externalRefs",
        checksums: List<Checksum<'a>> = "checksums",
        annotations: List<Annotation<'a>> = "annotations",
        files: List<Text<'a>> = "hasFiles",
    }
}

loose! {
    /// One external reference.
    pub struct Reference<'a> {
        category: Text<'a> = "referenceCategory",
        kind: Text<'a> = "referenceType",
        locator: Text<'a> = "referenceLocator",
    }
}

loose! {
    /// One checksum.
    pub struct Checksum<'a> {
        algorithm: Text<'a> = "algorithm",
        value: Text<'a> = "checksumValue",
    }
}

loose! {
    /// One annotation.
    pub struct Annotation<'a> {
        comment: Text<'a> = "comment",
    }
}

loose! {
    /// One file; only patches are kept.
    pub struct File<'a> {
        id: Text<'a> = "SPDXID",
        name: Text<'a> = "fileName",
        checksums: List<Checksum<'a>> = "checksums",
    }
}

loose! {
    /// One relationship.
    pub struct Relationship<'a> {
        from: Text<'a> = "spdxElementId",
        to: Text<'a> = "relatedSpdxElement",
        kind: Text<'a> = "relationshipType",
        comment: Text<'a> = "comment",
    }
}

loose! {
    /// One reference to another document.
    pub struct DocumentRef<'a> {
        id: Text<'a> = "externalDocumentId",
        namespace: Text<'a> = "spdxDocument",
    }
}
