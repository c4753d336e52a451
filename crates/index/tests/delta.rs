//! What differs between two generations, where one vulnerability's record speaks for another's commits.

use index::Index;
use index::compile::delta::{ChangeKind, compare};
use model::record::{Claim, ClaimForm, End, Entry, Item, RangeKind, Record, Reference, Source, Subject};

use crate::samples::{Knowledge, branch, compile, index_of, kernel_record};

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

/// A branch whose end has moved: the components of the product are judged again, those of others are not. An exploit list
/// more reaches no verdict.
#[test]
fn the_life_of_a_branch_reaches_its_product() {
    let known = |end: &str, with_list: bool| {
        let mut items = vec![("osv".to_owned(), Item::Record(Box::new(neighbour())))];
        items.push(("lifecycle".to_owned(), Item::Branch(Box::new(branch("linux", "6.12", end)))));
        if with_list {
            let references =
                vec![Reference { url: "https://example.org/1".into(), tags: vec!["exploit".into()] }];
            let list = Record {
                source: Some(Source::ExploitRefs),
                id: "CVE-2023-8000".into(),
                references,
                ..Record::default()
            };
            items.push(("exploit-refs".to_owned(), Item::Record(Box::new(list))));
        }
        Index::from_bytes(compile(&Knowledge { items, ..Knowledge::default() }).0).unwrap()
    };
    assert!(compare(&known("2028-01", false), &known("2028-01", false)).unwrap().is_empty());
    let moved = compare(&known("2028-01", false), &known("2029-01", false)).unwrap();
    assert_eq!(
        (moved.surroundings, moved.changes.len(), moved.everything),
        (vec!["a:linux".into(), "p:linux".into()], 0, false)
    );
    let listed = compare(&known("2028-01", false), &known("2028-01", true)).unwrap();
    assert_eq!(listed.changes.len(), 1);
    assert_eq!((listed.changes[0].kind, listed.surroundings.len()), (ChangeKind::Facts, 0));
}
