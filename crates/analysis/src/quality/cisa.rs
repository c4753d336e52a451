//! CISA, "2025 Minimum Elements for a Software Bill of Materials (SBOM)", draft of August 2025: four new elements, others
//! under new names.

use super::Level::{Recommended, Required};
use super::Test::{Document, Parts};
use super::{Rule, advice, asked};

const FIELDS: &str = "Data Fields";
const AUTOMATION: &str = "Automation Support";
const PRACTICES: &str = "Practices and Processes";

/// The rules.
pub const RULES: &[Rule] = rules![
    ("author", FIELDS, "SBOM Author", Required, Document(asked::author), advice::AUTHOR),
    (
        "producer",
        FIELDS,
        "Software Producer (was Supplier Name)",
        Required,
        Parts(asked::supplier),
        advice::SUPPLIER
    ),
    ("component-name", FIELDS, "Component Name", Required, Parts(asked::name), advice::NAME),
    ("component-version", FIELDS, "Component Version", Required, Parts(asked::version), advice::VERSION),
    (
        "software-identifiers",
        FIELDS,
        "Software Identifiers (was Other Unique Identifiers)",
        Required,
        Parts(asked::identifier),
        advice::IDENTIFIER
    ),
    ("component-hash", FIELDS, "Component Hash (new)", Required, Parts(asked::hash), advice::HASH),
    ("license", FIELDS, "License (new)", Required, Parts(asked::licence), advice::LICENCE),
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
    ("tool-name", FIELDS, "Tool Name (new)", Required, Document(asked::tool), advice::TOOL),
    ("timestamp", FIELDS, "Timestamp", Required, Document(asked::timestamp), advice::TIMESTAMP),
    (
        "generation-context",
        FIELDS,
        "Generation Context (new)",
        Required,
        Document(asked::context),
        advice::CONTEXT
    ),
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
