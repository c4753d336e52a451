//! The cell of a finding: everything lists filter by and pages count, packed into one small number.
//!
//! The codes are written down here and never change their meaning: the order of the words in `model` may.

use model::assessment::ResponseClass;
use model::effect::Tier;
use model::finding::Verdict;
use model::vex::VexStatus;

use crate::error::{Error, Result};

/// What holds on a finding, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// It still exists: the component is in the release, the record names it.
    pub is_active: bool,
    /// Verdict of matching and build evidence.
    pub verdict: Verdict,
    /// Response class that holds; `None` = nothing is to be done.
    pub class: Option<ResponseClass>,
    /// The worst class that the unknowns still allow.
    pub ceiling: Option<ResponseClass>,
    /// Status in effect.
    pub status: VexStatus,
    /// Whose word it is.
    pub tier: Tier,
    /// New evidence contradicts it.
    pub is_contested: bool,
    /// The component only took part in the build (native, host, cross, test): it is not on the device.
    pub is_build_only: bool,
}

/// Where the way from all matches to what needs action ends for a finding (assessment.md 5.3). What matching closed is
/// stored only where somebody's word keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// Closed by matching: product, version, platform or build.
    Build,
    /// Settled by a statement, a rule or a decision.
    Settled,
    /// Only took part in the build.
    Device,
    /// Nobody could assess it.
    Assessed,
    /// Without consequence in the deployment.
    Deployment,
    /// With the next regular release.
    Release,
    /// A patch with a date.
    Date,
    /// It needs action now.
    Now,
}

impl Cell {
    /// It exists, and nobody has settled it.
    pub fn is_open(&self) -> bool {
        self.is_active && self.status.verdict() != Verdict::NotAffected
    }

    /// Where it ends. What matching closed and somebody's word opened again stands behind *settled* like the others.
    pub fn stop(&self) -> Stop {
        match (self.is_open(), self.verdict, self.class) {
            (false, Verdict::NotAffected, _) => Stop::Build,
            (false, ..) => Stop::Settled,
            _ if self.is_build_only => Stop::Device,
            (.., None) => Stop::Assessed,
            (.., Some(ResponseClass::None)) => Stop::Deployment,
            (.., Some(ResponseClass::Routine)) => Stop::Release,
            (.., Some(ResponseClass::Planned)) => Stop::Date,
            (.., Some(ResponseClass::Immediate)) => Stop::Now,
        }
    }

    /// The packed number: active 1 bit, verdict 2, class 3, ceiling 3, status 3, tier 2, contested 1, build only 1.
    pub fn number(&self) -> i64 {
        i64::from(self.is_active)
            | verdict_code(self.verdict) << 1
            | class_code(self.class) << 3
            | class_code(self.ceiling) << 6
            | code(&STATUSES, self.status) << 9
            | code(&TIERS, self.tier) << 12
            | i64::from(self.is_contested) << 14
            | i64::from(self.is_build_only) << 15
    }

    /// Unpacks a number.
    pub(crate) fn read(number: i64) -> Result<Cell> {
        Ok(Cell {
            is_active: number & 1 == 1,
            verdict: verdict(number >> 1 & 3)?,
            class: class(number >> 3 & 7)?,
            ceiling: class(number >> 6 & 7)?,
            status: known(&STATUSES, number >> 9 & 7)?,
            tier: known(&TIERS, number >> 12 & 3)?,
            is_contested: number >> 14 & 1 == 1,
            is_build_only: number >> 15 & 1 == 1,
        })
    }
}

/// The condition that the cell of a row is open, as [`Cell::is_open`] says it.
pub(crate) fn open_sql(table: &str) -> String {
    format!("({table}.cell & 1) = 1 AND (({table}.cell >> 9) & 7) IN (0, 1, 6)")
}

const VERDICTS: [Verdict; 3] = [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected];

const CLASSES: [Option<ResponseClass>; 5] = [
    None,
    Some(ResponseClass::None),
    Some(ResponseClass::Routine),
    Some(ResponseClass::Planned),
    Some(ResponseClass::Immediate),
];

const STATUSES: [VexStatus; 7] = [
    VexStatus::UnderInvestigation,
    VexStatus::Affected,
    VexStatus::NotAffected,
    VexStatus::Fixed,
    VexStatus::FixedBackport,
    VexStatus::FalsePositive,
    VexStatus::Unknown,
];

const TIERS: [Tier; 4] = [Tier::Match, Tier::Upstream, Tier::Policy, Tier::Human];

pub(crate) fn verdict_code(verdict: Verdict) -> i64 {
    code(&VERDICTS, verdict)
}

pub(crate) fn verdict(code: i64) -> Result<Verdict> {
    known(&VERDICTS, code)
}

/// 0 for nothing to do, then the classes, harmless first.
pub(crate) fn class_code(class: Option<ResponseClass>) -> i64 {
    code(&CLASSES, class)
}

/// The class of a code.
pub(crate) fn class_of(code: i64) -> Result<Option<ResponseClass>> {
    class(code)
}

fn class(code: i64) -> Result<Option<ResponseClass>> {
    known(&CLASSES, code)
}

fn code<T: PartialEq>(list: &[T], value: T) -> i64 {
    // Every list above names every value; the test of this file walks them all.
    list.iter().position(|known| *known == value).and_then(|at| i64::try_from(at).ok()).unwrap_or(7)
}

fn known<T: Copy>(list: &[T], code: i64) -> Result<T> {
    let at = usize::try_from(code).ok();
    at.and_then(|at| list.get(at))
        .copied()
        .ok_or_else(|| Error::Broken(format!("unknown code {code} in a cell")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_read_as_it_was_written() {
        let classes: Vec<Option<ResponseClass>> =
            std::iter::once(None).chain(ResponseClass::ALL.iter().copied().map(Some)).collect();
        for &verdict in &VERDICTS {
            for &class in &classes {
                for &ceiling in &classes {
                    for &status in VexStatus::ALL {
                        for &tier in Tier::ALL {
                            for flags in 0..8 {
                                let cell = Cell {
                                    is_active: flags & 1 == 1,
                                    verdict,
                                    class,
                                    ceiling,
                                    status,
                                    tier,
                                    is_contested: flags & 2 == 2,
                                    is_build_only: flags & 4 == 4,
                                };
                                assert_eq!(Cell::read(cell.number()).unwrap(), cell);
                                let number = cell.number();
                                // As `open_sql` asks for it.
                                let is_open = number & 1 == 1 && [0, 1, 6].contains(&(number >> 9 & 7));
                                assert_eq!(is_open, cell.is_open());
                            }
                        }
                    }
                }
            }
        }
    }
}
