//! Response classes as pages show them: a word, a face (shape and colour), and counts that link to their rows.

use serde::Serialize;

use crate::report::bars::{Piece, pieces};

/// The class of an open finding; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Needs action now.
    Immediate,
    /// Needs a date.
    Planned,
    /// With the next regular release.
    Routine,
    /// Harmless in the deployment.
    None,
    /// Not judged, or not judged to the end; never to be read as harmless.
    Unknown,
}

impl Class {
    /// All, the worst first; the unknown stands last and apart.
    pub const ALL: [Class; 5] =
        [Class::Immediate, Class::Planned, Class::Routine, Class::None, Class::Unknown];

    /// The stable word of addresses and JSON; also the name of its face.
    pub fn word(self) -> &'static str {
        match self {
            Class::Immediate => "immediate",
            Class::Planned => "planned",
            Class::Routine => "routine",
            Class::None => "none",
            Class::Unknown => "unknown",
        }
    }

    /// What people read.
    pub fn says(self) -> &'static str {
        match self {
            Class::None => "no action",
            Class::Unknown => "needs review",
            other => other.word(),
        }
    }
}

/// How many open findings of each class there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Needs action now.
    pub immediate: u64,
    /// Needs a date.
    pub planned: u64,
    /// With the next regular release.
    pub routine: u64,
    /// Harmless in the deployment.
    pub none: u64,
    /// Not judged.
    pub unknown: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, class: Class) {
        let number = match class {
            Class::Immediate => &mut self.immediate,
            Class::Planned => &mut self.planned,
            Class::Routine => &mut self.routine,
            Class::None => &mut self.none,
            Class::Unknown => &mut self.unknown,
        };
        *number = number.saturating_add(1);
    }

    /// The number of one class.
    pub fn of(&self, class: Class) -> u64 {
        match class {
            Class::Immediate => self.immediate,
            Class::Planned => self.planned,
            Class::Routine => self.routine,
            Class::None => self.none,
            Class::Unknown => self.unknown,
        }
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        Class::ALL.iter().fold(0, |sum: u64, class| sum.saturating_add(self.of(*class)))
    }

    /// Each class with its number, the worst first.
    pub fn parts(&self) -> [(Class, u64); 5] {
        Class::ALL.map(|class| (class, self.of(class)))
    }

    /// The bar, of which `whole` would fill the width.
    pub fn bar(&self, whole: &u64) -> Vec<Piece> {
        let parts = self.parts().map(|(class, number)| (class.word(), clamp(number)));
        pieces(&parts, clamp(*whole))
    }
}

/// A count as a length; what no machine can draw is drawn as very long.
pub fn clamp(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX / 2000).min(usize::MAX / 2000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let mut counts = Counts::default();
        for class in Class::ALL {
            counts.add(class);
            counts.add(class);
        }
        assert_eq!(counts.all(), 10);
        assert!(counts.parts().iter().all(|(_, number)| *number == 2));
    }
}
