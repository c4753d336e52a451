//! What differs between two generations of the index, as the watch keeps it.

use std::collections::BTreeSet;

use index::compile::delta::Delta;
use serde::{Deserialize, Serialize};

use crate::house::Fault;

/// What differs between two generations of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeDelta {
    /// Tables or maps differ: everything is judged again.
    #[serde(default)]
    pub everything: bool,
    /// Lookup keys whose components are judged again as a whole, whatever vulnerabilities they meet.
    #[serde(default)]
    pub surroundings: Vec<String>,
    /// Ids of the vulnerabilities that were added, changed or withdrawn, display ids and others.
    pub vulnerabilities: Vec<String>,
    /// Lookup keys under which they are or were filed.
    pub keys: Vec<String>,
}

impl From<&Delta> for KnowledgeDelta {
    fn from(delta: &Delta) -> KnowledgeDelta {
        let ids: BTreeSet<&String> = delta.changes.iter().flat_map(|change| &change.ids).collect();
        let keys: BTreeSet<&String> = delta.changes.iter().flat_map(|change| &change.keys).collect();
        KnowledgeDelta {
            everything: delta.everything,
            surroundings: delta.surroundings.clone(),
            vulnerabilities: ids.into_iter().cloned().collect(),
            keys: keys.into_iter().cloned().collect(),
        }
    }
}

impl KnowledgeDelta {
    /// Reads a delta.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Result<KnowledgeDelta, Fault> {
        serde_json::from_slice(bytes)
            .map_err(|error| Fault::Broken(format!("the delta cannot be read: {error}")))
    }

    /// Writes a delta.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
