use model::statement::{StatementOrigin, StatementStatus};

use crate::{expect, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("yocto-cve-check");
}

/// matching.md 7.6, word for word.
#[test]
fn the_vocabulary_of_cve_status() {
    let read = summary::read(&expect::document("yocto-cve-check", "every-status-word.json"), "x");
    let of = |id: &str| {
        read.value
            .statements
            .iter()
            .find(|statement| statement.vulnerability == id)
            .map(|statement| statement.status)
    };
    use StatementStatus::{Affected, Fixed, NotAffected, UnderInvestigation};
    for (id, expected) in [
        ("CVE-1-1", Some(Fixed)),
        ("CVE-1-2", Some(Fixed)),
        ("CVE-1-3", Some(Fixed)),
        ("CVE-1-4", Some(Fixed)),
        ("CVE-1-5", Some(Fixed)),
        ("CVE-1-6", Some(NotAffected)),
        ("CVE-2-1", Some(NotAffected)),
        ("CVE-2-2", Some(NotAffected)),
        ("CVE-2-3", Some(NotAffected)),
        ("CVE-2-4", Some(NotAffected)),
        // A dispute and a refusal to fix never exclude.
        ("CVE-2-5", Some(UnderInvestigation)),
        ("CVE-2-6", Some(UnderInvestigation)),
        ("CVE-3-1", Some(UnderInvestigation)),
        ("CVE-3-2", Some(Affected)),
        // Another tool's matches are no statements.
        ("CVE-3-3", None),
        ("CVE-3-4", None),
        ("CVE-4-1", None),
        // Words we do not know never exclude.
        ("CVE-4-2", Some(UnderInvestigation)),
        ("CVE-4-3", None),
        ("CVE-4-4", Some(Fixed)),
        ("CVE-4-5", Some(NotAffected)),
    ] {
        assert_eq!(of(id), expected, "{id}");
    }
    assert!(read.value.statements.iter().all(|statement| statement.origin == StatementOrigin::Build));
}
