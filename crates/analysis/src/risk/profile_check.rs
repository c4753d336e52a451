//! The rules a profile must keep, V01 to V16 (assessment.md 1.2). Start with [`check`].
//!
//! The form of the file was checked by its reader; here it is asked whether what it says hangs together, and whether
//! it fits what is in a release. One file of rules for each of the two: `alone`, `against`.

mod against;
mod alone;
mod releases;

use model::profile::Profile;
use model::sbom::Inventory;

pub use releases::{covers, overlap};

/// A rule that a profile breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Rule (`V01`).
    pub id: &'static str,
    /// It rejects the profile; else it warns.
    pub is_error: bool,
    /// Key path (`service[2].listen[0].interface`).
    pub key: String,
    /// What is wrong, and what to do.
    pub text: String,
}

fn error(id: &'static str, key: impl Into<String>, text: impl Into<String>) -> Finding {
    Finding { id, is_error: true, key: key.into(), text: text.into() }
}

fn warning(id: &'static str, key: impl Into<String>, text: impl Into<String>) -> Finding {
    Finding { id, is_error: false, key: key.into(), text: text.into() }
}

/// Checks a profile, against the SBOM of a covered release where one is given. `at` is the day of the check
/// (`YYYY-MM-DD…`). Findings come in the order of the rules.
pub fn check(profile: &Profile, inventory: Option<&Inventory>, at: &str) -> Vec<Finding> {
    let mut found = alone::check(profile, at);
    if let Some(inventory) = inventory {
        found.extend(against::check(profile, inventory));
    }
    // Within a rule, the order of the profile stays.
    found.sort_by_key(|finding| finding.id);
    found
}

/// Checks what several profiles of one maker say together (V05). Pairs are named by their places in the list.
pub fn check_together(profiles: &[Profile]) -> Vec<Finding> {
    alone::check_together(profiles)
}
