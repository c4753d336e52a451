//! What holds on a finding after everybody has spoken: matching, statements, policy, people (assessment.md 4.5).

use crate::assessment::ResponseClass;
use crate::finding::Verdict;
use crate::vex::{Justification, VexStatus};
use crate::words::words;

words! {
    /// Who speaks; the greater one wins.
    Tier {
        /// The verdict of matching: what holds where nobody says anything.
        Match = "match",
        /// An upstream statement inside of its trust scope.
        Upstream = "upstream",
        /// A policy of the own organisation.
        Policy = "policy",
        /// A person of the own organisation.
        Human = "human",
    }
}

impl Tier {
    /// The number of assessment.md 4.5: 1 is the strongest.
    pub fn number(self) -> u8 {
        match self {
            Tier::Human => 1,
            Tier::Policy => 2,
            Tier::Upstream => 3,
            Tier::Match => 4,
        }
    }
}

/// The effective result of one finding. The verdict, every statement and every decision stay as they are beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Whose word holds.
    pub tier: Tier,
    /// The status that holds.
    pub status: VexStatus,
    /// Why it is not affected, coded; where the status needs a reason and has one.
    pub justification: Option<Justification>,
    /// The response class that holds; none where nothing is to be done (not affected, or only took part in the build).
    pub class: Option<ResponseClass>,
    /// The worst class that the unknowns still allow.
    pub ceiling: Option<ResponseClass>,
    /// Where the word comes from, for people: `matching`, `rule kernel-not-compiled`, `decision D-12 by jane`.
    pub source: String,
    /// Its reason in words; empty where the finding's own reason says it.
    pub says: String,
    /// What contradicts it with new evidence, in words. Urgency then follows the worse of the two.
    pub contested: Vec<String>,
}

impl Effect {
    /// The verdict that holds.
    pub fn verdict(&self) -> Verdict {
        self.status.verdict()
    }

    /// True while somebody has something to do with it: affected, or not known.
    pub fn is_open(&self) -> bool {
        self.verdict() != Verdict::NotAffected
    }
}
