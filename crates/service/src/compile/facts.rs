//! Known-exploited entries and EPSS scores of several documents, one of each kept per CVE: the one of the
//! newest document. A folder may hold the sets of several days.

use std::collections::BTreeMap;

use model::record::{Item, Text};
use model::vulnerability::{Epss, Kev};

/// How a known-exploited entry is weighed: the catalogue's own word before the mention in another feed, then
/// the newer document; the rest only makes the choice the same in any order.
type KevRank = (bool, String, String, String, String);

/// What has been seen so far.
#[derive(Default)]
pub struct Facts {
    kev: BTreeMap<String, (KevRank, Kev)>,
    epss: BTreeMap<String, (String, u32, Epss)>,
}

/// Facts of one document, before its date is known.
#[derive(Default)]
pub struct DocumentFacts {
    kev: Vec<(bool, Kev)>,
    epss: Vec<(String, Epss)>,
}

impl DocumentFacts {
    /// Takes a fact; gives back an item that is none.
    pub fn take<'a>(&mut self, feed: &str, item: Item<'a>) -> Option<Item<'a>> {
        match item {
            Item::Kev(kev) => self.kev.push((feed == "kev", kev)),
            Item::Epss(id, epss) => self.epss.push((id.into_owned(), epss)),
            record => return Some(record),
        }
        None
    }
}

impl Facts {
    /// Adds the facts of a document of a date (empty when it bears none).
    pub fn add(&mut self, facts: DocumentFacts, kev_date: &str, epss_date: &str) {
        for (own, kev) in facts.kev {
            let date = if own { kev_date.to_owned() } else { String::new() };
            let rank = (own, date, kev.date_added.clone(), kev.due_date.clone(), kev.ransomware.clone());
            let slot = self.kev.entry(kev.id.clone()).or_insert_with(|| (rank.clone(), kev.clone()));
            if rank > slot.0 {
                *slot = (rank, kev);
            }
        }
        for (id, epss) in facts.epss {
            let rank = (epss_date, epss.probability.to_bits());
            match self.epss.get(&id) {
                Some((date, bits, _)) if (date.as_str(), *bits) >= rank => {}
                _ => {
                    self.epss.insert(id, (epss_date.to_owned(), rank.1, epss));
                }
            }
        }
    }

    /// Calls `each` with the feed and the item of every fact kept, by id.
    pub fn for_each(self, each: &mut dyn FnMut(&'static str, Item<'_>)) {
        for (_, (_, kev)) in self.kev {
            each("kev", Item::Kev(kev));
        }
        for (id, (_, _, epss)) in self.epss {
            each("epss", Item::Epss(Text::Owned(id), epss));
        }
    }

    /// How many entries and scores are kept.
    pub fn counts(&self) -> (u64, u64) {
        (self.kev.len() as u64, self.epss.len() as u64)
    }
}
