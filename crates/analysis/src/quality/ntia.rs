//! NTIA, "The Minimum Elements For a Software Bill of Materials (SBOM)", 12 July 2021.

use super::Level::{Recommended, Required};
use super::Test::{Document, Parts};
use super::{Rule, advice, asked};

const FIELDS: &str = "Data Fields";
const AUTOMATION: &str = "Automation Support";
const PRACTICES: &str = "Practices and Processes";

/// The rules.
pub const RULES: &[Rule] = rules![
    ("supplier-name", FIELDS, "Supplier Name", Required, Parts(asked::supplier), advice::SUPPLIER),
    ("component-name", FIELDS, "Component Name", Required, Parts(asked::name), advice::NAME),
    (
        "component-version",
        FIELDS,
        "Version of the Component",
        Required,
        Parts(asked::version),
        advice::VERSION
    ),
    (
        "unique-identifiers",
        FIELDS,
        "Other Unique Identifiers",
        Required,
        Parts(asked::identifier),
        advice::IDENTIFIER
    ),
    (
        "product",
        FIELDS,
        "Dependency Relationship: of the product",
        Required,
        Document(asked::root),
        advice::FORM
    ),
    (
        "dependencies",
        FIELDS,
        "Dependency Relationship: of its components",
        Recommended,
        Parts(asked::dependencies),
        advice::DEPENDENCIES
    ),
    ("author", FIELDS, "Author of SBOM Data", Required, Document(asked::author), advice::AUTHOR),
    ("timestamp", FIELDS, "Timestamp", Required, Document(asked::timestamp), advice::TIMESTAMP),
    (
        "machine-readable",
        AUTOMATION,
        "SPDX or CycloneDX",
        Required,
        Document(asked::machine_readable),
        advice::FORM
    ),
    (
        "known-unknowns",
        PRACTICES,
        "Known Unknowns",
        Recommended,
        Document(asked::completeness),
        advice::COMPLETENESS
    ),
];
