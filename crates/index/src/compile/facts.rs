//! KEV and EPSS: sections of their own, so that the daily scores do not need a compilation. The earlier scores stand
//! apart from today's, which every finding shows.

use std::io::Write;

use model::feed::FeedStatus;
use model::record::Item;
use model::vulnerability::{Epss, Kev};
use rustc_hash::FxHashMap;

use super::feeds;
use super::merge::Merged;
use super::scores;
use crate::layout::codec::put_u32;
use crate::layout::directory::FileWriter;
use crate::layout::sections::Section;
use crate::layout::strings::TextTable;
use crate::lookup::facts::NO_SCORE;
use crate::{Error, Index};

/// A fact of the vulnerability with a number.
type Numbered<T> = (u32, T);

/// The sections this module writes.
pub(super) struct Sections {
    pub(super) facts: Vec<u8>,
    pub(super) scores: Vec<u8>,
    pub(super) catalogues: Vec<u8>,
}

/// Writes the sections; returns them with the number of facts that no record speaks of.
pub(super) fn write(merged: &Merged) -> Result<(Sections, u64), Error> {
    let mut group_of: FxHashMap<u32, u32> = FxHashMap::default();
    for (number, group) in (0u32..).zip(&merged.groups) {
        group_of.extend(merged.ids[group.ids.clone()].iter().map(|id| (id.upper, number)));
    }
    let epss = merged.epss.iter().filter_map(|fact| Some((*group_of.get(&fact.id)?, fact.value)));
    let kev = merged.kev.iter().filter_map(|fact| Some((*group_of.get(&fact.id)?, fact.value.clone())));
    let (epss, kev): (Vec<_>, Vec<_>) = (epss.collect(), kev.collect());
    let unknown = merged.epss.len() + merged.kev.len() - epss.len() - kev.len();
    Ok((section(merged.groups.len(), epss, kev)?, unknown as u64))
}

/// Several entries of one vulnerability: the highest score stands, of the entries CISA's before another catalogue's, then
/// the latest.
fn section(count: usize, epss: Vec<Numbered<Epss>>, mut kev: Vec<Numbered<Kev>>) -> Result<Sections, Error> {
    let key = |(number, kev): &Numbered<Kev>| {
        let rank = (kev.by.is_empty(), kev.date_added.clone(), kev.due_date.clone(), kev.ransomware.clone());
        (*number, rank, kev.id.clone(), kev.by.clone())
    };
    kev.sort_by_cached_key(key);
    kev.reverse();
    kev.dedup_by_key(|(number, _)| *number);
    kev.reverse();
    let mut section = Vec::new();
    put_u32(&mut section, kev.len() as u32);
    kev.iter().for_each(|(number, _)| put_u32(&mut section, *number));
    let texts = kev.iter().flat_map(|(_, kev)| [&kev.id, &kev.date_added, &kev.due_date, &kev.ransomware]);
    TextTable::write(texts.map(String::as_str), &mut section)
        .ok_or(Error::TooLarge("more than 4 GiB of exploitation facts"))?;
    put_u32(&mut section, u32::try_from(count).map_err(|_| Error::TooLarge("too many vulnerabilities"))?);
    let best = best(count, epss);
    for score in &best {
        let bits =
            score.map_or([NO_SCORE; 2], |epss| [epss.probability.to_bits(), epss.percentile.to_bits()]);
        bits.into_iter().for_each(|bits| put_u32(&mut section, bits));
    }
    Ok(Sections { facts: section, scores: scores::write(&best)?, catalogues: catalogues(&kev)? })
}

/// The catalogues of entries that are not CISA's: numbers of vulnerabilities, then the names.
fn catalogues(kev: &[Numbered<Kev>]) -> Result<Vec<u8>, Error> {
    let others = || kev.iter().filter(|(_, kev)| !kev.by.is_empty());
    let mut section = Vec::new();
    put_u32(&mut section, others().count() as u32);
    others().for_each(|(number, _)| put_u32(&mut section, *number));
    TextTable::write(others().map(|(_, kev)| kev.by.as_str()), &mut section)
        .ok_or(Error::TooLarge("more than 4 GiB of names of catalogues"))?;
    Ok(section)
}

/// The score of each vulnerability.
fn best(count: usize, epss: Vec<Numbered<Epss>>) -> Vec<Option<Epss>> {
    let mut scores: Vec<Option<Epss>> = vec![None; count];
    for (number, epss) in epss {
        let score = &mut scores[number as usize];
        let before = |epss: &Epss| epss.before.map(|before| (before.on, before.probability.to_bits()));
        let order = |epss: &Epss| (epss.probability, epss.percentile, before(epss));
        if score.is_none_or(|known| order(&known) < order(&epss)) {
            *score = Some(epss);
        }
    }
    scores
}

/// What came of a replacement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Facts taken over.
    pub taken: u64,
    /// Facts about ids that the index does not know.
    pub unknown: u64,
}

/// Writes a copy of an index with new KEV and EPSS facts in place of all the old ones: the daily scores,
/// without compiling the rest. `statuses` stand for their feeds from then on; feeds not named keep theirs.
///
/// # Errors
/// When writing fails.
pub fn replace_facts<'i>(
    index: &Index,
    statuses: Vec<FeedStatus>,
    items: impl IntoIterator<Item = (&'i str, Item<'i>)>,
    out: &mut dyn Write,
) -> Result<Replaced, Error> {
    let (mut epss, mut kev, mut replaced) = (Vec::new(), Vec::new(), Replaced::default());
    let mut tally = feeds::Tally::default();
    for (feed, item) in items {
        let id = match &item {
            Item::Epss(id, _) => id.as_ref(),
            Item::Kev(kev) => kev.id.as_str(),
            Item::Record(_) | Item::Branch(_) => continue,
        };
        tally.fact(feed, &item);
        let Some(number) = index.find(id) else {
            replaced.unknown += 1;
            continue;
        };
        replaced.taken += 1;
        match item {
            Item::Epss(_, score) => epss.push((number.0, score)),
            Item::Kev(entry) => kev.push((number.0, entry)),
            Item::Record(_) | Item::Branch(_) => {}
        }
    }
    let new = section(index.len(), epss, kev)?;
    let mut header = index.header().clone();
    feeds::replace(&mut header, statuses, tally);
    let error = |source| Error::Io { action: "write", path: "index".to_owned(), source };
    let mut writer = FileWriter::start(out).map_err(error)?;
    for place in Section::ALL {
        let bytes = match place {
            Section::Facts => &new.facts,
            Section::Scores => &new.scores,
            Section::Catalogues => &new.catalogues,
            other => index.section(*other),
        };
        writer.section(*place, bytes).map_err(error)?;
    }
    writer.finish(&header).map_err(error)?;
    Ok(replaced)
}
