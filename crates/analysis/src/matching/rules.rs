//! Reviewed rules about single vulnerabilities (matching.md 4.4): they only make an answer more precise.
//!
//! Rules about options and patches are handed to the build judges; the others are applied here, after the
//! sources are combined and only to what would stay on the list.

use index::tables::{Rule, RuleKind, RuleTable};
use model::build::ConfigOf;
use model::component::Role;
use model::finding::{Confidence, Evidence, Opinion, Verdict};
use model::identity::name::name_key;
use model::reason::Reason;
use model::record::Source;

use super::build::{BuildRule, Need};
use super::distribution::{Distribution, family_of_word};
use super::identity::Identity;
use super::platforms::{Release, Truth, leaf, words};
use super::ranges::Trace;

/// The rules for a vulnerability in a component; `ids` are all its ids.
pub fn rules_of<'t>(table: &'t RuleTable, identity: &Identity<'t>, ids: &[&str]) -> Vec<&'t Rule> {
    let mut found: Vec<&Rule> = Vec::new();
    for row in &identity.rows {
        for id in ids {
            for rule in table.of(id, &row.canonical) {
                if !found.iter().any(|known| known.id == rule.id) {
                    found.push(rule);
                }
            }
        }
    }
    found
}

/// The rules of a component that the build judges decide.
pub fn build_rules<'t>(table: &'t RuleTable, identity: &Identity<'_>) -> Vec<BuildRule<'t>> {
    let of_component = |rule: &&Rule| identity.rows.iter().any(|row| row.canonical == rule.product);
    table.rules().iter().filter(of_component).filter_map(|rule| build_rule(rule, identity)).collect()
}

fn build_rule<'t>(rule: &'t Rule, identity: &Identity<'_>) -> Option<BuildRule<'t>> {
    let needs = match rule.kind {
        RuleKind::Applet => Need::Options(config_of(identity.component.role), &rule.condition),
        RuleKind::Feature => match config_of(identity.component.role) {
            ConfigOf::Unknown => Need::Feature(&rule.condition),
            of => Need::Options(of, &rule.condition),
        },
        RuleKind::RegressionPatch => Need::FurtherFix(&rule.condition),
        _ => return None,
    };
    Some(BuildRule { id: &rule.id, vulnerability: &rule.cve, needs, says: &rule.text })
}

fn config_of(role: Role) -> ConfigOf {
    match role {
        Role::Busybox => ConfigOf::Busybox,
        Role::Kernel => ConfigOf::Linux,
        Role::Bootloader => ConfigOf::Uboot,
        _ => ConfigOf::Unknown,
    }
}

/// What a rule does to an answer that would stay on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: what it asks for is there.
    None,
    /// The finding is excluded, with this reason.
    Excluded(Reason),
    /// What it asks for cannot be told.
    Open(Reason),
}

/// Applies one rule; `trace` notes what is asked of the rest of the release.
pub fn apply(rule: &Rule, identity: &Identity<'_>, release: &Release<'_>, trace: Option<&Trace>) -> Effect {
    match rule.kind {
        RuleKind::DistroOnly => distribution_only(rule, identity),
        RuleKind::Subcomponent | RuleKind::Tool => part(rule, identity, release, trace),
        RuleKind::Platform => match words::read_word(&rule.condition).map(|word| leaf::word(release, word)) {
            Some(Truth::False(_)) => Effect::Excluded(rule.effect),
            Some(Truth::Unknown) => Effect::Open(Reason::PUnproven),
            Some(Truth::True) | None => Effect::None,
        },
        RuleKind::Applet | RuleKind::Feature | RuleKind::RegressionPatch | RuleKind::ListReading => {
            Effect::None
        }
    }
}

fn distribution_only(rule: &Rule, identity: &Identity<'_>) -> Effect {
    let wanted = rule.condition.split([' ', ',', '|']).filter_map(|word| family_of_word(&name_key(word)));
    match identity.distribution {
        Distribution::OwnBuild(_) => Effect::Excluded(rule.effect),
        Distribution::Packages(family, _) if wanted.into_iter().any(|wanted| wanted == family) => {
            Effect::None
        }
        Distribution::Packages(..) => Effect::Excluded(rule.effect),
        Distribution::Unknown => Effect::Open(Reason::PUnproven),
    }
}

/// A part that is shipped beside the product: MiniZip beside zlib.
fn part(rule: &Rule, identity: &Identity<'_>, release: &Release<'_>, trace: Option<&Trace>) -> Effect {
    let mut parts = rule.condition.split([' ', ',', '|']).filter(|part| !part.is_empty()).peekable();
    let mut all_absent = parts.peek().is_some();
    for name in parts {
        match is_present(name, identity, release, trace) {
            Some(true) => return Effect::None,
            Some(false) => {}
            None => all_absent = false,
        }
    }
    if all_absent { Effect::Excluded(rule.effect) } else { Effect::Open(rule.effect) }
}

fn is_present(
    name: &str,
    identity: &Identity<'_>,
    release: &Release<'_>,
    trace: Option<&Trace>,
) -> Option<bool> {
    match release.fact(name).map(name_key).as_deref() {
        Some("absent" | "notbuilt" | "no" | "n" | "off" | "false") => return Some(false),
        Some("present" | "built" | "yes" | "y" | "on" | "true") => return Some(true),
        _ => {}
    }
    let key = name_key(name);
    let in_locations = identity.component.locations.iter().any(|place| name_key(place).contains(&key));
    let is_named = |name: &str| {
        let is_absent = release.named(name).is_empty();
        if let Some(trace) = trace {
            trace.asked_for(name, is_absent);
        }
        !is_absent
    };
    if in_locations || is_named(name) || is_named(&format!("lib{name}")) {
        return Some(true);
    }
    release.platform.inventory_complete.then_some(false)
}

/// The rule as an opinion of its own, for explain.
pub fn opinion(rule: &Rule, effect: Effect) -> Opinion {
    let (verdict, reason) = match effect {
        Effect::None => (None, Reason::RLocalRule),
        Effect::Excluded(reason) => (Some(Verdict::NotAffected), reason),
        Effect::Open(reason) => (Some(Verdict::NeedsReview), reason),
    };
    Opinion {
        source: Source::Rule,
        by: String::new(),
        record: rule.id.clone(),
        verdict,
        reason,
        qualifiers: Vec::new(),
        confidence: Confidence::High,
        evidence: vec![evidence(rule)],
        fixed: String::new(),
        modified: rule.date.clone(),
    }
}

/// The rule as evidence.
pub fn evidence(rule: &Rule) -> Evidence {
    Evidence::Rule { id: rule.id.clone(), says: format!("{} ({})", rule.text, rule.source) }
}
