//! Policy rules as a file: TOML, or the same as JSON (assessment.md 4.7).
//!
//! Strict, as profiles and decisions are: a misspelt key would make a rule say something else. What a rule may say is
//! checked in `analysis::policy::rules`; here only its form. Start with [`read`].
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod read;

use model::rule::Rule;

pub use crate::profile::Fault;
use crate::profile::tree;

/// What the optional key `schema` must say.
pub const SCHEMA: &str = "patchwright/rules/1";

/// The most rules of a file: each is tried on each finding.
pub const MOST_RULES: usize = 1_000;

/// Why a file holds no rules that may be used: every fault of it, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {file}: {}", first(faults))]
pub struct RulesError {
    /// The file.
    pub file: String,
    /// At least one.
    pub faults: Vec<Fault>,
}

fn first(faults: &[Fault]) -> String {
    match faults {
        [] => "it holds no rules".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} (and {} more)", rest.len()),
    }
}

/// Reads the rules of a file, in its order.
///
/// # Errors
/// When the bytes are neither TOML nor JSON, or a key or value is missing, unknown or of the wrong form.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<Rule>, RulesError> {
    let error = |faults| RulesError { file: name.to_owned(), faults };
    let document = tree::parse(bytes).map_err(|fault| error(vec![fault]))?;
    read::rules(&document, name).map_err(error)
}
