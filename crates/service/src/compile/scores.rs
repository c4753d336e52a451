//! EPSS scores of several days: the newest count, and of the older ones the day nearest to thirty days before
//! (assessment.md 2.6).
//!
//! A folder may hold a year of daily files, read in any order and in pieces. Days that can no longer be the nearest
//! are dropped on the way, so that no more than about a month of them is ever in memory.

use std::collections::BTreeMap;

use model::day::Day;
use model::vulnerability::{EarlierEpss, Epss};
use rustc_hash::FxHashMap;

/// How far back the earlier score is looked for.
const BACK: u32 = 30;

/// The scores seen so far.
#[derive(Default)]
pub struct Scores {
    ids: FxHashMap<String, u32>,
    names: Vec<String>,
    /// The scores of each date as its document bears it; empty where it bears none.
    sets: BTreeMap<String, FxHashMap<u32, Epss>>,
}

impl Scores {
    /// Adds the scores of a document. Of two scores of one id and date the higher stands.
    pub fn add(&mut self, scores: Vec<(String, Epss)>, date: &str) {
        if scores.is_empty() || self.is_outdated(date) {
            return;
        }
        let numbered: Vec<(u32, Epss)> =
            scores.into_iter().map(|(id, epss)| (self.number(id), epss)).collect();
        let set = self.sets.entry(date.to_owned()).or_default();
        for (number, epss) in numbered {
            let known = set.entry(number).or_insert(epss);
            if rank(known) < rank(&epss) {
                *known = epss;
            }
        }
        let outdated: Vec<String> = self.sets.keys().filter(|date| self.is_outdated(date)).cloned().collect();
        for date in outdated {
            self.sets.remove(&date);
        }
    }

    fn number(&mut self, id: String) -> u32 {
        if let Some(number) = self.ids.get(&id) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(id.clone());
        self.ids.insert(id, number);
        number
    }

    fn newest(&self) -> Option<&String> {
        self.sets.keys().next_back()
    }

    /// True for a date that can never be the nearest: another one lies between it and the day looked for, which only
    /// moves on when newer scores come.
    fn is_outdated(&self, date: &str) -> bool {
        let (Some(newest), Some(day)) =
            (self.newest().and_then(|newest| Day::parse(newest)), Day::parse(date))
        else {
            // Without a day there is no trend; such scores only count where no others are.
            return self.newest().is_some_and(|newest| newest.as_str() > date);
        };
        let wanted = newest.before(BACK);
        self.days().any(|(_, other)| other <= wanted && other > day)
    }

    /// The sets that bear a day.
    fn days(&self) -> impl Iterator<Item = (&String, Day)> {
        self.sets.keys().filter_map(|date| Some((date, Day::parse(date)?)))
    }

    /// The older set nearest to thirty days before the newest; of two as near the older one.
    fn earlier(&self) -> Option<(&FxHashMap<u32, Epss>, Day)> {
        let newest = Day::parse(self.newest()?)?;
        let wanted = newest.before(BACK).number();
        let (date, day) = self
            .days()
            .filter(|(_, day)| *day < newest)
            .min_by_key(|(_, day)| (day.number().abs_diff(wanted), *day))?;
        Some((self.sets.get(date)?, day))
    }

    /// Calls `each` with every id of the newest set, by id.
    pub fn for_each(&self, each: &mut dyn FnMut(&str, Epss)) {
        let Some(newest) = self.newest().and_then(|date| self.sets.get(date)) else { return };
        let earlier = self.earlier();
        let mut rows: Vec<(&str, Epss)> = Vec::with_capacity(newest.len());
        for (number, epss) in newest {
            let Some(name) = self.names.get(*number as usize) else { continue };
            let before = earlier.and_then(|(set, on)| {
                set.get(number).map(|old| EarlierEpss { probability: old.probability, on })
            });
            rows.push((name, Epss { before: before.or(epss.before), ..*epss }));
        }
        rows.sort_unstable_by_key(|(name, _)| *name);
        rows.into_iter().for_each(|(name, epss)| each(name, epss));
    }
}

/// Of equal probabilities any rule will do that does not depend on the order of reading.
fn rank(epss: &Epss) -> (u32, u32, Option<(Day, u32)>) {
    let before = epss.before.map(|before| (before.on, before.probability.to_bits()));
    (epss.probability.to_bits(), epss.percentile.to_bits(), before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days with the probability of one id, in the order in which they are read: today, the earlier one.
    fn check(days: &[(&str, f32)]) -> String {
        let mut scores = Scores::default();
        for (date, probability) in days {
            let epss = Epss { probability: *probability, ..Epss::default() };
            scores.add(vec![("CVE-2026-1".to_owned(), epss)], date);
        }
        let mut said = String::new();
        scores.for_each(&mut |id, epss| {
            let before = epss
                .before
                .map_or("nothing before".to_owned(), |one| format!("{} on {}", one.probability, one.on));
            said = format!("{id} {} / {before}; {} sets", epss.probability, scores.sets.len());
        });
        said
    }

    #[test]
    fn the_day_nearest_to_thirty_days_before_is_kept() {
        let forwards = [
            ("2025-08-25", 0.01),
            ("2026-06-10", 0.02),
            ("2026-06-20", 0.03),
            ("2026-07-15T00:00:00+0000", 0.04),
            ("2026-07-16", 0.05),
        ];
        let mut backwards = forwards;
        backwards.reverse();
        for days in [forwards, backwards] {
            assert_eq!(check(&days), "CVE-2026-1 0.05 / 0.03 on 2026-06-20; 4 sets");
        }
        assert_eq!(
            check(&[("2025-08-25", 0.1), ("2026-07-16", 0.2)]),
            "CVE-2026-1 0.2 / 0.1 on 2025-08-25; 2 sets"
        );
    }

    #[test]
    fn a_score_without_a_day_tells_no_trend() {
        assert_eq!(check(&[("", 0.9), ("2026-07-16", 0.2)]), "CVE-2026-1 0.2 / nothing before; 1 sets");
        assert_eq!(check(&[("2026-07-16", 0.2), ("", 0.9)]), "CVE-2026-1 0.2 / nothing before; 1 sets");
        assert_eq!(check(&[("", 0.9), ("", 0.3)]), "CVE-2026-1 0.9 / nothing before; 1 sets");
    }

    #[test]
    fn a_year_of_days_is_never_in_memory() {
        let first = Day::parse("2025-07-16").unwrap().number();
        let mut scores = Scores::default();
        for at in 0..365 {
            let date = Day::from_number(first + at).unwrap().to_string();
            scores.add(vec![("CVE-2026-1".to_owned(), Epss::default())], &date);
            assert!(scores.sets.len() <= 32, "{} sets after {date}", scores.sets.len());
        }
        assert_eq!(scores.earlier().unwrap().1.to_string(), "2026-06-15");
    }
}
