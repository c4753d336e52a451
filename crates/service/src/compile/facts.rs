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

/// What has been seen so far.
#[derive(Default)]
pub struct Facts {
    kev: BTreeMap<String, (KevRank, Kev)>,
    newest_kev: String,
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
        if !facts.kev.is_empty() && kev_date > self.newest_kev.as_str() {
            self.newest_kev = kev_date.to_owned();
        }
        for kev in facts.kev {
            let rank =
                (kev_date.to_owned(), kev.date_added.clone(), kev.due_date.clone(), kev.ransomware.clone());
            match self.kev.get(&kev.id) {
                Some((known, _)) if *known >= rank => {}
                _ => {
                    self.kev.insert(kev.id.clone(), (rank, kev));
                }
            }
        }
        self.scores.add(facts.epss, epss_date);
    }

    /// Leaves only what the newest sets hold, and what other feeds mention beside the catalogue.
    pub fn settle(&mut self) {
        let newest = std::mem::take(&mut self.newest_kev);
        self.kev.retain(|_, (rank, _)| rank.0.is_empty() || rank.0 == newest);
    }

    /// Calls `each` with the feed and the item of every fact, by id.
    pub fn for_each(self, each: &mut dyn FnMut(&'static str, Item<'_>)) {
        for (_, (_, kev)) in self.kev {
            each("kev", Item::Kev(kev));
        }
        self.scores.for_each(&mut |id, epss| each("epss", Item::Epss(Text::Borrowed(id), epss)));
    }
}
