//! Deltas as files: the old index and the delta give the new index, byte for byte.

use index::compile::delta_file::{DeltaFile, between};
use index::{Error, Index};
use model::record::{Item, RecordState};
use proptest::prelude::*;

use crate::samples::{Knowledge, arbitrary_record, compile, compile_small, maps, sample};

/// Makes the delta and applies it; returns its size.
fn round(old: &[u8], new: &[u8]) -> usize {
    let (before, after) =
        (Index::from_bytes(old.to_vec()).unwrap(), Index::from_bytes(new.to_vec()).unwrap());
    let (delta, report) = between(&before, &after).unwrap();
    assert_eq!(report.bytes, delta.len() as u64);
    let file = DeltaFile::read(&delta).unwrap();
    assert_eq!(file.header, *after.header());
    assert!(file.apply_to_bytes(&before).unwrap() == new, "the result is not the new index");
    delta.len()
}

/// As the sample, with records gone, changed and new, other scores, and another map.
fn changed() -> Knowledge {
    let mut knowledge = sample();
    let mut number = 0;
    knowledge.items.retain_mut(|(_, item)| {
        number += 1;
        match item {
            Item::Record(record) if number % 7 == 0 => {
                record.state = RecordState::Rejected;
                record.claims.clear();
                true
            }
            Item::Record(record) if number % 5 == 0 => {
                record.title = "another title".into();
                true
            }
            Item::Record(_) => number % 11 != 0,
            Item::Epss(_, epss) => {
                epss.probability += 0.001;
                true
            }
            Item::Kev(_) | Item::Branch(_) => number % 2 == 0,
        }
    });
    let mut new = crate::samples::kernel_record();
    new.id = "CVE-2026-1".into();
    knowledge.items.push(("kernel-cna".to_owned(), Item::Record(Box::new(new))));
    knowledge.maps.truncate(2);
    knowledge.feeds[0].as_of = "2024-06-02".to_owned();
    knowledge
}

#[test]
fn old_and_delta_are_the_new_index() {
    let (old, new) = (compile(&sample()).0, compile(&changed()).0);
    round(&old, &new);
    round(&new, &old);
}

#[test]
fn other_tables_come_with_the_delta() {
    let (old, new) = (compile_small(&sample()), compile(&changed()).0);
    round(&old, &new);
    round(&new, &old);
}

#[test]
fn nothing_changed_is_a_small_delta() {
    let bytes = compile(&sample()).0;
    let empty = compile(&Knowledge::default()).0;
    let nothing = round(&bytes, &bytes);
    assert!(nothing < round(&empty, &bytes), "{nothing} bytes for nothing");
    round(&bytes, &empty);
}

#[test]
fn only_maps_differ() {
    let (old, mut knowledge) = (compile(&sample()).0, sample());
    knowledge.maps = maps().into_iter().rev().take(1).collect();
    round(&old, &compile(&knowledge).0);
}

#[test]
fn another_base_is_refused() {
    let (old, new) = (compile(&sample()).0, compile(&changed()).0);
    let (before, after) = (Index::from_bytes(old).unwrap(), Index::from_bytes(new).unwrap());
    let (delta, _) = between(&before, &after).unwrap();
    let file = DeltaFile::read(&delta).unwrap();
    assert!(matches!(file.apply_to_bytes(&after), Err(Error::OtherBase)));
}

#[test]
fn damaged_deltas_are_refused() {
    let (old, new) = (compile_small(&sample()), compile_small(&changed()));
    let (before, after) = (Index::from_bytes(old).unwrap(), Index::from_bytes(new).unwrap());
    let (delta, _) = between(&before, &after).unwrap();
    for at in (0..delta.len()).step_by(delta.len() / 100) {
        assert!(DeltaFile::read(&delta[..at]).is_err(), "cut at {at}");
        let mut other = delta.clone();
        other[at] ^= 0x41;
        assert!(DeltaFile::read(&other).is_err(), "changed at {at}");
    }
    assert!(matches!(DeltaFile::read(b"no delta"), Err(Error::NotAnIndex(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_two_indexes(
        both in prop::collection::vec(arbitrary_record(), 0..6),
        old in prop::collection::vec(arbitrary_record(), 0..4),
        new in prop::collection::vec(arbitrary_record(), 0..4),
    ) {
        let of = |own: &[model::record::Record<'static>]| {
            let records = both.iter().chain(own).cloned();
            let items = records.map(|record| ("feed".to_owned(), Item::Record(Box::new(record))));
            compile_small(&Knowledge { items: items.collect(), ..Knowledge::default() })
        };
        round(&of(&old), &of(&new));
    }
}
