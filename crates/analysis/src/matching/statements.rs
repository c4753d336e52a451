//! Statements that came with the SBOM (matching.md 7.6): a claim of the build system or of a supplier, shown
//! always, applied only as far as the policy goes.

use model::component::Component;
use model::finding::{Confidence, Evidence, Verdict};
use model::reason::Reason;
use model::sbom::Inventory;
use model::statement::{Statement, StatementOrigin, StatementStatus};
use rustc_hash::FxHashMap;

/// Which statements change a verdict without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementPolicy {
    /// *Fixed*, *patched* and version statements of the build system.
    pub accept_build_fixed: bool,
    /// "Ignored" statements of the build system (`cpe-incorrect`, `not-applicable-config`, …); else they ask
    /// for review.
    pub accept_build_ignored: bool,
    /// Statements of suppliers; else they are shown without effect.
    pub accept_supplier: bool,
}

impl Default for StatementPolicy {
    fn default() -> StatementPolicy {
        StatementPolicy { accept_build_fixed: true, accept_build_ignored: false, accept_supplier: false }
    }
}

/// The statements of an inventory, by vulnerability.
pub struct Statements<'a> {
    by_id: FxHashMap<String, Vec<&'a Statement>>,
}

impl<'a> Statements<'a> {
    /// Sorts the statements of an inventory.
    pub fn of(inventory: &'a Inventory) -> Statements<'a> {
        let mut by_id: FxHashMap<String, Vec<&Statement>> = FxHashMap::default();
        for statement in &inventory.statements {
            by_id.entry(statement.vulnerability.trim().to_ascii_uppercase()).or_default().push(statement);
        }
        Statements { by_id }
    }

    /// The statements on a vulnerability (any of its ids) in a component.
    pub fn about(&self, ids: &[&str], component: &Component) -> Vec<&'a Statement> {
        if self.by_id.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<&Statement> = Vec::new();
        for id in ids {
            let list = if id.bytes().any(|byte| byte.is_ascii_lowercase()) {
                self.by_id.get(*id).or_else(|| self.by_id.get(&id.to_ascii_uppercase()))
            } else {
                self.by_id.get(*id)
            };
            for statement in list.into_iter().flatten() {
                if concerns(statement, component) && !found.contains(statement) {
                    found.push(statement);
                }
            }
        }
        found
    }
}

/// An empty list means the whole product.
fn concerns(statement: &Statement, component: &Component) -> bool {
    statement.components.is_empty()
        || statement.components.iter().any(|name| {
            *name == component.source_ref
                || name.eq_ignore_ascii_case(&component.name)
                || component.names.iter().any(|known| known.eq_ignore_ascii_case(name))
                || component.locations.iter().any(|known| known == name)
        })
}

/// What a statement does to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Shown, no effect.
    Shown,
    /// Replaces the verdict.
    Decides(Verdict, Reason, Confidence),
}

/// The effect of a statement under a policy, on a finding with this verdict.
pub fn weigh(statement: &Statement, policy: StatementPolicy, verdict: Verdict) -> Weight {
    let stays = verdict != Verdict::NotAffected;
    match (statement.origin, statement.status) {
        (StatementOrigin::IgnoreList | StatementOrigin::VigilesWhitelist, _) => Weight::Shown,
        (StatementOrigin::Build, StatementStatus::Fixed) if stays => {
            decided(policy.accept_build_fixed, Verdict::NotAffected, Reason::SBuildStatus)
        }
        (StatementOrigin::Build, StatementStatus::NotAffected) if stays => {
            let is_accepted = if is_version_statement(statement) {
                policy.accept_build_fixed
            } else {
                policy.accept_build_ignored
            };
            decided(is_accepted, Verdict::NotAffected, Reason::SBuildStatus)
        }
        // `disputed`, `upstream-wontfix`: a person looked and did not exclude it.
        (StatementOrigin::Build, StatementStatus::UnderInvestigation) if verdict == Verdict::Affected => {
            Weight::Decides(Verdict::NeedsReview, Reason::SBuildStatus, Confidence::Low)
        }
        (StatementOrigin::Build, StatementStatus::Affected) if verdict == Verdict::NeedsReview => {
            Weight::Decides(Verdict::Affected, Reason::SBuildStatus, Confidence::Medium)
        }
        (StatementOrigin::Supplier, StatementStatus::Fixed) if stays && policy.accept_supplier => {
            Weight::Decides(Verdict::NotAffected, Reason::SSupplierFixed, Confidence::Medium)
        }
        (StatementOrigin::Supplier, StatementStatus::NotAffected) if stays && policy.accept_supplier => {
            Weight::Decides(Verdict::NotAffected, Reason::SSupplierNotAffected, Confidence::Medium)
        }
        (StatementOrigin::Supplier, StatementStatus::Affected)
            if verdict == Verdict::NeedsReview && policy.accept_supplier =>
        {
            Weight::Decides(Verdict::Affected, Reason::SSupplierAffected, Confidence::Medium)
        }
        _ => Weight::Shown,
    }
}

/// What is not accepted at once asks a person.
fn decided(is_accepted: bool, verdict: Verdict, reason: Reason) -> Weight {
    if is_accepted {
        Weight::Decides(verdict, reason, Confidence::Medium)
    } else {
        Weight::Decides(Verdict::NeedsReview, reason, Confidence::Low)
    }
}

/// The build system says that the version is not in range, or that the fix is in: not an opinion on the
/// product's use of the code.
fn is_version_statement(statement: &Statement) -> bool {
    const WORDS: [&str; 7] = [
        "patched",
        "backported-patch",
        "cpe-stable-backport",
        "fixed-version",
        "fix-file-included",
        "version-not-in-range",
        "fixed",
    ];
    let first = |text: &str| text.split([':', ' ']).next().unwrap_or_default().to_ascii_lowercase();
    WORDS.contains(&first(&statement.justification).as_str())
        || WORDS.contains(&first(&statement.text).as_str())
}

/// True when the statement says the opposite of a decided verdict.
pub fn contradicts(statement: &Statement, verdict: Verdict) -> bool {
    matches!(
        (statement.status, verdict),
        (StatementStatus::Fixed | StatementStatus::NotAffected, Verdict::Affected)
            | (StatementStatus::Affected, Verdict::NotAffected)
    )
}

/// The statement as evidence.
pub fn evidence(statement: &Statement) -> Evidence {
    let by = match statement.origin {
        StatementOrigin::Build => "build system",
        StatementOrigin::Supplier => "supplier",
        StatementOrigin::IgnoreList => "ignore list",
        StatementOrigin::VigilesWhitelist => "vigiles_whitelist",
    };
    let mut says = statement.status.word().to_owned();
    if !statement.justification.is_empty() {
        says.push_str(&format!(" ({})", statement.justification));
    }
    let place = if statement.place.is_empty() { String::new() } else { format!("{by}, {}", statement.place) };
    let by = if place.is_empty() { by.to_owned() } else { place };
    Evidence::Statement { by, says, text: statement.text.clone() }
}
