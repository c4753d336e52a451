//! Judge: build features of a component that are off (`PACKAGECONFIG`, `no-xxx`), by reviewed rules and the
//! platform facts `feature:x = off`.

use model::finding::{Confidence, Evidence};
use model::reason::Reason;

use super::files::Sorted;
use super::prepared::Prepared;
use super::{Need, Opinion, Subject};

/// Excludes when a feature that the vulnerability needs is stated to be off.
pub fn judge(prepared: &Prepared<'_>, subject: &Subject<'_>, _: &Sorted<'_>) -> Opinion {
    let facts = &prepared.facts().platform.facts;
    for rule in prepared.rules_of(subject) {
        let Need::Feature(feature) = rule.needs else { continue };
        let stated = facts.get(&format!("feature:{feature}")).map_or("", String::as_str);
        if matches!(stated, "off" | "no" | "n" | "0" | "false" | "disabled") {
            let evidence = vec![
                Evidence::Rule { id: rule.id.to_owned(), says: rule.says.to_owned() },
                Evidence::Input {
                    what: format!("feature {feature}"),
                    says: format!("stated to be {stated}"),
                },
            ];
            return Opinion::Excluded(Reason::EFeatureOff, Confidence::Medium, evidence);
        }
    }
    Opinion::Silent
}
