//! Known-exploited entries and EPSS scores of several documents: of each kind the newest set is kept. A folder
//! may hold the sets of several days, and what a newer set has left out (a withdrawn entry, a rejected CVE) is
//! no longer said. Of the older scores [`super::scores`] keeps those that tell the trend.

use std::collections::BTreeMap;

use model::record::{Item, Text};
use model::vulnerability::{Epss, Kev};

use super::scores::Scores;

/// How a known-exploited entry is weighed: by the date of its catalogue (empty: the mention in another feed);
/// the rest only makes the choice the same in any order.
type KevRank = (String, String, String, String);
/// A vulnerability in a catalogue; the catalogue is a feed id, empty for CISA's.
type KevKey = (String, String);

/// What has been seen so far.
#[derive(Default)]
pub struct Facts {
    kev: BTreeMap<KevKey, (KevRank, Kev)>,
    /// The newest date of each catalogue.
    newest_kev: BTreeMap<String, String>,
    scores: Scores,
}

/// Facts of one document, before its date is known.
#[derive(Default)]
pub struct DocumentFacts {
    kev: Vec<Kev>,
    epss: Vec<(String, Epss)>,
}

impl DocumentFacts {
    /// Takes a fact; gives back an item that is none.
    pub fn take<'a>(&mut self, item: Item<'a>) -> Option<Item<'a>> {
        match item {
            Item::Kev(kev) => self.kev.push(kev),
            Item::Epss(id, epss) => self.epss.push((id.into_owned(), epss)),
            record => return Some(record),
        }
        None
    }
}

impl Facts {
    /// Adds the facts of a document: the dates of the catalogue and of the scores in it, empty where it is no
    /// catalogue or bears no date.
    pub fn add(&mut self, facts: DocumentFacts, kev_date: &str, epss_date: &str) {
        for kev in facts.kev {
            let rank =
                (kev_date.to_owned(), kev.date_added.clone(), kev.due_date.clone(), kev.ransomware.clone());
            let newest = self.newest_kev.entry(kev.by.clone()).or_default();
            if kev_date > newest.as_str() {
                kev_date.clone_into(newest);
            }
            let key = (kev.id.clone(), kev.by.clone());
            match self.kev.get(&key) {
                Some((known, _)) if *known >= rank => {}
                _ => {
                    self.kev.insert(key, (rank, kev));
                }
            }
        }
        self.scores.add(facts.epss, epss_date);
    }

    /// Leaves only what the newest sets hold, and what other feeds mention beside the catalogue.
    pub fn settle(&mut self) {
        let newest = std::mem::take(&mut self.newest_kev);
        self.kev.retain(|(_, by), (rank, _)| rank.0.is_empty() || newest.get(by) == Some(&rank.0));
    }

    /// Calls `each` with the feed and the item of every fact, by id.
    pub fn for_each(self, each: &mut dyn FnMut(&'static str, Item<'_>)) {
        for ((_, by), (_, kev)) in self.kev {
            let feed = feeds::list::by_id(&by).map_or("kev", |feed| feed.id);
            each(feed, Item::Kev(kev));
        }
        self.scores.for_each(&mut |id, epss| each("epss", Item::Epss(Text::Borrowed(id), epss)));
    }
}
