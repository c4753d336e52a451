//! What an SBOM says, field by field and as written: what rules for its quality ask for. An inventory is no help there,
//! because it folds packages and recovers what is missing.

use crate::licence::Licence;
use crate::words::words;

words! {
    /// The family of a document's form.
    Form {
        /// CycloneDX.
        CycloneDx = "cyclonedx",
        /// SPDX 2.
        Spdx2 = "spdx-2",
        /// SPDX 3.
        Spdx3 = "spdx-3",
    }
}

/// One SBOM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// File name as given.
    pub file: String,
    /// The form.
    pub form: Form,
    /// Its version as written.
    pub spec_version: String,
    /// The document's own id: serial number, namespace; empty when it has none.
    pub id: String,
    /// Who made the SBOM: persons and organisations, not tools.
    pub authors: Vec<Party>,
    /// The tools that made it.
    pub tools: Vec<String>,
    /// When, as written.
    pub timestamp: String,
    /// From what it was made: the phase of the life cycle, the type of the SBOM; empty when not said.
    pub context: String,
    /// Something is said on how complete the list of components or the dependencies are.
    pub states_completeness: bool,
    /// The product is named, and something says what it is made of.
    pub has_root: bool,
    /// The place of the first vulnerability, and how many there are.
    pub vulnerabilities: Option<(String, usize)>,
    /// The components.
    pub parts: Vec<Part>,
}

impl Survey {
    /// A document of which nothing is known yet.
    pub fn new(file: &str, form: Form) -> Survey {
        Survey {
            file: file.to_owned(),
            form,
            spec_version: String::new(),
            id: String::new(),
            authors: Vec::new(),
            tools: Vec::new(),
            timestamp: String::new(),
            context: String::new(),
            states_completeness: false,
            has_root: false,
            vulnerabilities: None,
            parts: Vec::new(),
        }
    }
}

/// A person or an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Name; may be empty where only an address is given.
    pub name: String,
    /// Mail address or URL; empty when none.
    pub contact: String,
}

/// One component of an SBOM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Where it stands: JSON pointer or id.
    pub place: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Suppliers.
    pub suppliers: Vec<Party>,
    /// Who made it: manufacturer, author, originator, publisher.
    pub creators: Vec<Party>,
    /// CPE, purl, SWID, SWHID and the like.
    pub identifiers: Vec<String>,
    /// Licences.
    pub licences: Vec<Licence>,
    /// Algorithms of its hashes, lower case without dashes (`sha512`).
    pub hashes: Vec<String>,
    /// The name of the file that is shipped.
    pub filename: String,
    /// Where its sources are.
    pub source_uri: String,
    /// Where it can be had in the form that is shipped.
    pub deployable_uri: String,
    /// Executable, archive, structured (BSI): which of them are said, one way or the other.
    pub kinds_said: [bool; 3],
    /// The graph says what it needs, were it nothing.
    pub has_dependencies: bool,
}
