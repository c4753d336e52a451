//! Earlier EPSS scores.
//!
//! ```text
//! number of days, the days; number of vulnerabilities; per vulnerability the probability; per vulnerability its day
//! ```
//! There is one day in practice: all older scores come from one state of the feed.

use model::day::Day;
use model::vulnerability::Epss;

use crate::Error;
use crate::layout::codec::put_u32;
use crate::lookup::facts::NO_SCORE;

/// Writes the section.
pub(super) fn write(scores: &[Option<Epss>]) -> Result<Vec<u8>, Error> {
    let before = || scores.iter().map(|score| score.and_then(|score| score.before));
    let mut days: Vec<Day> = before().flatten().map(|before| before.on).collect();
    days.sort_unstable();
    days.dedup();
    let too_many = || Error::TooLarge("earlier scores of more than 256 days");
    let mut section = Vec::new();
    put_u32(&mut section, days.len() as u32);
    days.iter().for_each(|day| put_u32(&mut section, day.number()));
    put_u32(&mut section, u32::try_from(scores.len()).map_err(|_| too_many())?);
    for one in before() {
        put_u32(&mut section, one.map_or(NO_SCORE, |one| one.probability.to_bits()));
    }
    for one in before() {
        let day = one.and_then(|one| days.binary_search(&one.on).ok()).unwrap_or_default();
        section.push(u8::try_from(day).map_err(|_| too_many())?);
    }
    Ok(section)
}
