//! BSI TR-03183-2, "Cyber Resilience Requirements for Manufacturers and Products, Part 2: Software Bill of Materials".
//! Versions 2.0.0 and 2.1.0 differ here in the versions of the forms only.

use super::Level::{Recommended, Required};
use super::Test::{Document, Parts};
use super::{Rule, advice, asked};

const FORMATS: &str = "4 (SBOM formats)";
const SBOM: &str = "5.2.1 (required, SBOM itself)";
const COMPONENT: &str = "5.2.2 (required, each component)";
const MORE_SBOM: &str = "5.2.3 (additional, SBOM itself)";
const MORE: &str = "5.2.4 (additional, each component)";

/// The rules.
pub const RULES: &[Rule] = rules![
    (
        "format",
        FORMATS,
        "CycloneDX 1.5 or SPDX 2.2.1, or newer (version 2.0)",
        Required,
        Document(asked::format_2_0),
        advice::FORM
    ),
    (
        "format-2.1",
        FORMATS,
        "CycloneDX 1.6 or SPDX 3.0.1, or newer (version 2.1)",
        Recommended,
        Document(asked::format_2_1),
        advice::FORM
    ),
    (
        "no-vulnerabilities",
        "vulnerability information",
        "no vulnerability information in the SBOM",
        Required,
        Document(asked::no_vulnerabilities),
        advice::NO_VULNERABILITIES
    ),
    (
        "sbom-creator",
        SBOM,
        "Creator of the SBOM: mail address or URL",
        Required,
        Document(asked::reachable_author),
        advice::AUTHOR
    ),
    ("timestamp", SBOM, "Timestamp", Required, Document(asked::timestamp), advice::TIMESTAMP),
    (
        "component-creator",
        COMPONENT,
        "Component creator: mail address or URL",
        Required,
        Parts(asked::reachable_creator),
        advice::SUPPLIER
    ),
    ("component-name", COMPONENT, "Component name", Required, Parts(asked::name), advice::NAME),
    ("component-version", COMPONENT, "Component version", Required, Parts(asked::version), advice::VERSION),
    ("filename", COMPONENT, "Filename of the component", Required, Parts(asked::filename), advice::FILENAME),
    (
        "dependencies",
        COMPONENT,
        "Dependencies on other components",
        Required,
        Parts(asked::dependencies),
        advice::DEPENDENCIES
    ),
    (
        "completeness",
        COMPONENT,
        "Completeness of the dependencies",
        Required,
        Document(asked::completeness),
        advice::COMPLETENESS
    ),
    (
        "licences",
        COMPONENT,
        "Distribution licences, as SPDX identifiers or expressions",
        Required,
        Parts(asked::spdx_licence),
        advice::LICENCE
    ),
    (
        "sha-512",
        COMPONENT,
        "Hash value of the deployable component: SHA-512",
        Required,
        Parts(asked::sha512),
        advice::HASH
    ),
    ("executable", COMPONENT, "Executable property", Required, Parts(asked::executable), advice::KINDS),
    ("archive", COMPONENT, "Archive property", Required, Parts(asked::archive), advice::KINDS),
    ("structured", COMPONENT, "Structured property", Required, Parts(asked::structured), advice::KINDS),
    ("sbom-uri", MORE_SBOM, "SBOM-URI", Recommended, Document(asked::document_id), advice::DOCUMENT_ID),
    ("source-uri", MORE, "Source code URI", Recommended, Parts(asked::source_uri), advice::SOURCE),
    (
        "deployable-uri",
        MORE,
        "URI of the deployable form of the component",
        Recommended,
        Parts(asked::deployable_uri),
        advice::SOURCE
    ),
    (
        "unique-identifiers",
        MORE,
        "Other unique identifiers: CPE, purl",
        Recommended,
        Parts(asked::identifier),
        advice::IDENTIFIER
    ),
    (
        "original-licences",
        MORE,
        "Original licences",
        Recommended,
        Parts(asked::concluded_licence),
        advice::LICENCE
    ),
];
