//! The earlier EPSS score of a vulnerability.

use model::day::Day;
use model::vulnerability::EarlierEpss;

use super::by_vulnerability::VulnRef;
use super::facts::NO_SCORE;
use super::open::Index;
use crate::layout::codec::{Corrupt, Cursor, Decoded, Numbers};
use crate::layout::sections::Section;

/// The section as in the file; empty in a file of an older layout.
#[derive(Default)]
pub(crate) struct Scores<'a> {
    days: Numbers<'a>,
    probabilities: Numbers<'a>,
    day_of: &'a [u8],
}

impl<'a> Scores<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Decoded<Scores<'a>> {
        if bytes.is_empty() {
            return Ok(Scores::default());
        }
        let mut cursor = Cursor::new(bytes);
        let mut numbers = || {
            let count = cursor.u32()? as usize;
            Ok(Numbers::new(cursor.take(count.checked_mul(4).ok_or(Corrupt)?)?))
        };
        let (days, probabilities) = (numbers()?, numbers()?);
        let day_of = cursor.take(probabilities.len())?;
        if cursor.is_empty() { Ok(Scores { days, probabilities, day_of }) } else { Err(Corrupt) }
    }

    pub(crate) fn len(&self) -> usize {
        self.probabilities.len()
    }

    pub(crate) fn get(&self, number: VulnRef) -> Decoded<Option<EarlierEpss>> {
        let at = number.0 as usize;
        if self.len() == 0 {
            return Ok(None);
        }
        let bits = self.probabilities.get(at)?;
        if bits == NO_SCORE {
            return Ok(None);
        }
        let day = self.days.get(usize::from(*self.day_of.get(at).ok_or(Corrupt)?))?;
        let on = Day::from_number(day).ok_or(Corrupt)?;
        Ok(Some(EarlierEpss { probability: f32::from_bits(bits), on }))
    }
}

impl Index {
    pub(super) fn scores(&self) -> Decoded<Scores<'_>> {
        Scores::read(self.section(Section::Scores))
    }
}
