//! Which vulnerabilities share a key with a component: candidates, nothing more.

use index::keys::keys_of_component;
use index::{Index, VulnRef};
use model::component::Component;

/// The keys of a component and the vulnerabilities filed under them, ascending, each once.
pub struct Candidates {
    /// The keys, sorted.
    pub keys: Vec<String>,
    /// The vulnerabilities.
    pub vulnerabilities: Vec<VulnRef>,
}

/// Looks a component up.
pub fn candidates_of(index: &Index, component: &Component) -> Candidates {
    let keys = keys_of_component(component, index.alias_table());
    let mut vulnerabilities = Vec::new();
    for key in &keys {
        index.candidates(key, &mut vulnerabilities);
    }
    // The stable sort joins runs, and the postings of each key are one.
    vulnerabilities.sort();
    vulnerabilities.dedup();
    Candidates { keys, vulnerabilities }
}
