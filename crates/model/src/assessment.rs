//! The assessment of a finding: five inputs, the response class, and why (assessment.md 3).

use crate::profile::Basis;
use crate::words::words;

words! {
    /// Who can deliver input to the vulnerable code; harmless first.
    Reach {
        /// Nobody.
        None = "none",
        /// Somebody at the device.
        Physical = "physical",
        /// Code on the device.
        Local = "local",
        /// A neighbour: radio, shared bus, separate network.
        Adjacent = "adjacent",
        /// Anyone on the customer's network.
        Site = "site",
        /// Anyone.
        Open = "open",
    }
}

words! {
    /// State of exploitation.
    Exploitation {
        /// Nothing is known.
        None = "none",
        /// An exploit is public.
        PublicPoc = "public_poc",
        /// It is being exploited.
        Active = "active",
    }
}

words! {
    /// What else must hold; harmless first.
    Preconditions {
        /// Outside the standard configuration, or a chain of unlikely things.
        Rare = "rare",
        /// Something an attacker can expect to get.
        Common = "common",
        /// Nothing.
        None = "none",
    }
}

words! {
    /// Control gained over the component (SSVC).
    TechnicalImpact {
        /// Limited.
        Partial = "partial",
        /// Complete.
        Total = "total",
    }
}

words! {
    /// Consequence for the device, its functions and connected systems.
    ProductImpact {
        /// Minor.
        Minor = "minor",
        /// Serious.
        Serious = "serious",
        /// Severe.
        Severe = "severe",
    }
}

words! {
    /// The response class; harmless first.
    ResponseClass {
        /// Not exploitable in the standard deployment, or without consequence.
        None = "none",
        /// Real, low urgency, or only under rare circumstances.
        Routine = "routine",
        /// Serious, but not easy or not reachable by strangers.
        Planned = "planned",
        /// An attacker could easily compromise the device in the standard deployment.
        Immediate = "immediate",
    }
}

/// A value with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input<T> {
    /// The value.
    pub value: T,
    /// What it rests on.
    pub basis: Basis,
    /// Why, in words.
    pub because: Vec<String>,
}

/// A row of the response table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// Number, 1 to 324.
    pub number: u16,
    /// Class.
    pub class: ResponseClass,
    /// Rule family (`T05`, `C03`, `R10`).
    pub rule: &'static str,
}

/// Which input would have to change, and to what, for another class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldChange {
    /// Axis (`reach`, `exploitation`, …).
    pub input: &'static str,
    /// The value it has.
    pub from: &'static str,
    /// The nearest value that flips the class.
    pub to: &'static str,
    /// The class then.
    pub class: ResponseClass,
}

/// A way in: from somebody who sends to the vulnerable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// In words: `web-ui on lan0 (site)`.
    pub words: String,
    /// Who can send.
    pub reach: Reach,
    /// What else must hold.
    pub preconditions: Preconditions,
    /// Consequence along this way.
    pub product_impact: ProductImpact,
    /// Why it is closed; empty when it is open.
    pub closed: String,
    /// Notes of the rules that fired (`P2b: …`).
    pub notes: Vec<String>,
}

/// The outcome of one SSVC table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsvcOutcome {
    /// Table (`supplier`, `deployer`, `cisa_coordinator`, `bod_26_04`).
    pub table: &'static str,
    /// Its inputs in the order of the table: (decision point, value).
    pub inputs: Vec<(&'static str, &'static str)>,
    /// Row number in the official table, from 0.
    pub row: u16,
    /// Outcome.
    pub outcome: &'static str,
}

/// The answer on one finding in one profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Class after overrides.
    pub class: ResponseClass,
    /// The worst class that the unknowns still allow.
    pub ceiling: ResponseClass,
    /// The row looked up.
    pub row: Row,
    /// Reach of the easiest way in.
    pub reach: Input<Reach>,
    /// Exploitation.
    pub exploitation: Input<Exploitation>,
    /// Preconditions of the easiest way in.
    pub preconditions: Input<Preconditions>,
    /// Technical impact.
    pub technical_impact: Input<TechnicalImpact>,
    /// Product impact of the easiest way in.
    pub product_impact: Input<ProductImpact>,
    /// All ways in, the easiest first.
    pub paths: Vec<Path>,
    /// Overrides that fired (`O2`).
    pub overrides: Vec<&'static str>,
    /// Reasons in words.
    pub reasons: Vec<String>,
    /// Circumstances that the easiest way in rests on and nobody has stated, by name: open questions.
    pub questions: Vec<String>,
    /// What would change the answer, nearest first.
    pub would_change: Vec<WouldChange>,
    /// At most four sentences and a line of assumptions.
    pub rationale: Vec<String>,
    /// Environmental vector and score in tenths: (vector, base, environmental).
    pub environmental: Option<(String, u16, u16)>,
    /// The metrics of that vector which the deployment gives: (rule `M1`, metric, value).
    pub environmental_metrics: Vec<(&'static str, &'static str, &'static str)>,
    /// SSVC and BOD outcomes; none where nothing reaches the code.
    pub ssvc: Vec<SsvcOutcome>,
    /// The profile: (id, version).
    pub profile: (String, u32),
}
