//! What differs between two generations, where one vulnerability's record speaks for another's commits.

use index::compile::delta::{ChangeKind, compare};
use model::record::{Claim, ClaimForm, End, Entry, RangeKind, Record, Source, Subject};

use crate::samples::{index_of, kernel_record};

/// A record that names the commits of the kernel's record and none of its releases.
fn neighbour() -> Record<'static> {
    let entry = Entry {
        kind: RangeKind::Git,
        start: "a".repeat(40).into(),
        end: End::Before("b".repeat(40).into()),
        version_type: "git".into(),
        ..Entry::default()
    };
    let claim = Claim {
        subject: Subject { repo: "https://example.org/linux".into(), ..Subject::default() },
        entries: vec![entry],
        default_status: None,
        form: ClaimForm::Osv,
    };
    Record { source: Some(Source::Osv), id: "CVE-2023-8000".into(), claims: vec![claim], ..Record::default() }
}

#[test]
fn a_commit_that_gains_releases_names_its_neighbours() {
    let (before, _) = index_of(vec![neighbour()]);
    let (after, _) = index_of(vec![neighbour(), kernel_record()]);
    assert!(!after.fixed_in(&"b".repeat(40)).is_empty(), "the kernel's record tells the release");
    let delta = compare(&before, &after).unwrap();
    let named: Vec<(&str, ChangeKind)> =
        delta.changes.iter().map(|change| (change.id.as_str(), change.kind)).collect();
    assert_eq!(named, [("CVE-2023-7000", ChangeKind::Added), ("CVE-2023-8000", ChangeKind::Ranges)]);
    assert!(delta.changes[1].keys.contains(&"r:example.org/linux".to_owned()), "{delta:?}");
}

#[test]
fn kinds_have_words_that_lead_back() {
    for kind in ChangeKind::ALL {
        assert_eq!(ChangeKind::parse(kind.word()), Some(*kind));
    }
    assert_eq!(ChangeKind::parse("other"), None);
}
