//! What the header says of each feed: counts and fingerprints over its items.

use std::collections::BTreeMap;

use model::feed::FeedStatus;
use model::record::Item;
use rayon::slice::ParallelSliceMut;
use sha2::{Digest, Sha256};

use super::merge::Merged;
use crate::layout::checksum::{Fingerprint, hash};
use crate::layout::header::Header;

/// Items of each feed.
#[derive(Debug, Default)]
pub(super) struct Tally {
    feeds: BTreeMap<String, Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    fingerprints: Vec<u128>,
    newest: String,
}

impl Tally {
    /// Counts all kept records and facts.
    pub(super) fn of(merged: &Merged) -> Tally {
        let mut tally = Tally::default();
        let text = |number: u32| merged.texts.text(number);
        for kept in &merged.records {
            let counted = tally.feed(text(kept.record.feed));
            counted.fingerprints.push(kept.record.fingerprint);
            let modified = text(kept.record.modified);
            if modified > counted.newest.as_str() {
                modified.clone_into(&mut counted.newest);
            }
        }
        for fact in &merged.epss {
            let item = Item::Epss(text(fact.id).into(), fact.value);
            tally.fact(text(fact.feed), &item);
        }
        for fact in &merged.kev {
            tally.fact(text(fact.feed), &Item::Kev(fact.value.clone()));
        }
        for fact in &merged.branches {
            tally.fact(text(fact.feed), &Item::Branch(Box::new(fact.value.clone())));
        }
        tally
    }

    /// Counts a fact.
    pub(super) fn fact(&mut self, feed: &str, item: &Item<'_>) {
        let mut fingerprint = Fingerprint::new();
        let counted = self.feed(feed);
        match item {
            Item::Epss(id, epss) => {
                fingerprint.add(hash(id.trim().to_ascii_uppercase().as_bytes()));
                fingerprint.add(u64::from(epss.probability.to_bits()));
                fingerprint.add(u64::from(epss.percentile.to_bits()));
                if let Some(before) = epss.before {
                    fingerprint.add(u64::from(before.probability.to_bits()));
                    fingerprint.add(u64::from(before.on.number()));
                }
            }
            Item::Kev(kev) => {
                for text in [&kev.id, &kev.date_added, &kev.due_date, &kev.ransomware] {
                    fingerprint.add(hash(text.as_bytes()));
                }
                if !kev.by.is_empty() {
                    fingerprint.add(hash(kev.by.as_bytes()));
                }
                if kev.date_added > counted.newest {
                    kev.date_added.clone_into(&mut counted.newest);
                }
            }
            Item::Branch(branch) => {
                let dates = [&branch.released, &branch.end_of_support, &branch.end_of_life, &branch.date];
                for text in [&branch.product, &branch.branch, &branch.source].into_iter().chain(dates) {
                    fingerprint.add(hash(text.as_bytes()));
                }
                fingerprint.add(u64::from(branch.is_lts));
                if branch.date > counted.newest {
                    branch.date.clone_into(&mut counted.newest);
                }
            }
            Item::Record(_) => return,
        }
        counted.fingerprints.push(fingerprint.value());
    }

    fn feed(&mut self, id: &str) -> &mut Counted {
        if !self.feeds.contains_key(id) {
            self.feeds.insert(id.to_owned(), Counted::default());
        }
        self.feeds.entry(id.to_owned()).or_default()
    }
}

/// The feeds of the header: those announced, with what was counted, and those counted without announcement.
pub(super) fn statuses(announced: Vec<FeedStatus>, tally: Tally) -> Vec<FeedStatus> {
    let mut statuses: BTreeMap<String, FeedStatus> = BTreeMap::new();
    for status in announced {
        let known = statuses.entry(status.id.clone()).or_default();
        // Announced twice (two folders of one feed): the newer announcement stands, whatever the order.
        let rank =
            |status: &FeedStatus| (status.as_of.clone(), status.fetched_at.clone(), status.revision.clone());
        if known.id.is_empty() || rank(&status) > rank(known) {
            *known = FeedStatus { records: 0, fingerprint: String::new(), ..status };
        }
    }
    for (id, mut counted) in tally.feeds {
        let status = statuses.entry(id.clone()).or_insert_with(|| FeedStatus { id, ..FeedStatus::default() });
        status.records = counted.fingerprints.len() as u64;
        status.fingerprint = fingerprint(&mut counted.fingerprints);
        if status.as_of.is_empty() {
            status.as_of = counted.newest.chars().take(10).collect();
        }
    }
    statuses.into_values().collect()
}

/// The fingerprint over all feeds, which are sorted by id.
pub(super) fn total(feeds: &[FeedStatus]) -> String {
    let mut digest = Sha256::new();
    for feed in feeds.iter().filter(|feed| feed.records > 0) {
        digest.update(feed.id.as_bytes());
        digest.update([0]);
        digest.update(feed.fingerprint.as_bytes());
    }
    hex(&digest.finalize())
}

/// Puts new statuses and counts of facts into a header.
pub(super) fn replace(header: &mut Header, announced: Vec<FeedStatus>, tally: Tally) {
    let new = statuses(announced, tally);
    header.feeds.retain(|feed| !new.iter().any(|other| other.id == feed.id));
    header.feeds.extend(new);
    header.feeds.sort_by(|one, other| one.id.cmp(&other.id));
    header.fingerprint = total(&header.feeds);
}

/// Equal sets give an equal text, whatever their order.
fn fingerprint(records: &mut [u128]) -> String {
    records.par_sort_unstable();
    let mut digest = Sha256::new();
    for record in records {
        digest.update(record.to_be_bytes());
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
