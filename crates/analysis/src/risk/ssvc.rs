//! SSVC and BOD 26-04: further outcomes of the same inputs, shown beside the class (assessment.md 3.8).
//!
//! Four tables answer (supplier, deployer, CISA coordinator, BOD 26-04), four smaller ones derive what they ask for.
//! Nothing of this feeds back into the response class.

use std::sync::LazyLock;

use model::assessment::{Exploitation, SsvcOutcome, TechnicalImpact};
use model::profile::{Mission, Safety, ValueDensity};

use super::tables::{Cell, Table, TableError};

/// SSVC System Exposure 1.0.1: the coarser form of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SystemExposure {
    /// Isolated, local, physical, or a bus of the device's own.
    Small,
    /// The customer's network, or radio.
    Controlled,
    /// The internet.
    Open,
}

impl SystemExposure {
    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            SystemExposure::Small => "small",
            SystemExposure::Controlled => "controlled",
            SystemExposure::Open => "open",
        }
    }
}

/// Decision points, already derived from profile and facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SsvcInputs {
    /// State of exploitation.
    pub exploitation: Exploitation,
    /// An attack can be automated, on a way that the product offers.
    pub automatable: bool,
    /// How much is in one place.
    pub value_density: ValueDensity,
    /// Control over the component.
    pub technical_impact: TechnicalImpact,
    /// Exposure of the system.
    pub exposure: SystemExposure,
    /// Harm to people along this way.
    pub safety: Safety,
    /// Harm to the mission along this way.
    pub mission: Mission,
    /// In the catalogue of known exploited vulnerabilities.
    pub in_kev: bool,
    /// Anyone on the internet can connect.
    pub publicly_exposed: bool,
}

/// All tables of this kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsvcTables {
    tables: [Table<'static>; 8],
}

/// Places in [`SsvcTables`].
const SUPPLIER: usize = 0;
const DEPLOYER: usize = 1;
const CISA_COORDINATOR: usize = 2;
const BOD_26_04: usize = 3;
const UTILITY: usize = 4;
const PUBLIC_SAFETY_IMPACT: usize = 5;
const HUMAN_IMPACT: usize = 6;
const MISSION_AND_WELL_BEING: usize = 7;

/// The tables that are compiled in, by place.
const BUILT_IN: [&str; 8] = [
    include_str!("tables/ssvc-supplier.csv"),
    include_str!("tables/ssvc-deployer.csv"),
    include_str!("tables/ssvc-cisa-coordinator.csv"),
    include_str!("tables/ssvc-bod-26-04.csv"),
    include_str!("tables/ssvc-utility.csv"),
    include_str!("tables/ssvc-public-safety-impact.csv"),
    include_str!("tables/ssvc-human-impact.csv"),
    include_str!("tables/ssvc-mission-and-well-being.csv"),
];

/// The built-in tables.
pub fn ssvc() -> &'static SsvcTables {
    static TABLES: LazyLock<SsvcTables> = LazyLock::new(|| SsvcTables {
        tables: BUILT_IN.map(|text| Table::parse(text).expect("the built-in tables are tested")),
    });
    &TABLES
}

/// The outcomes of the built-in tables: supplier, deployer, CISA coordinator, BOD 26-04.
pub fn outcomes(inputs: &SsvcInputs) -> Vec<SsvcOutcome> {
    ssvc().outcomes(inputs)
}

impl SsvcTables {
    /// These tables with one of them replaced by a table of the user's own, in the compact form. It is found by its
    /// name and must ask the same questions. It lives as long as the program.
    ///
    /// # Errors
    /// The first line or row that cannot be used, or the first difference in the axes.
    pub fn replace(mut self, text: &'static str) -> Result<SsvcTables, TableError> {
        let table = Table::parse(text)?;
        let name = table.frame().name;
        let unknown =
            || TableError::Axes { table: name.to_owned(), why: "there is no such table".to_owned() };
        let known = self.tables.iter_mut().find(|known| known.frame().name == name).ok_or_else(unknown)?;
        table.can_replace(known)?;
        *known = table;
        Ok(self)
    }

    /// A table by its name (`supplier`, `human_impact`, …).
    pub fn table(&self, name: &str) -> Option<&Table<'static>> {
        self.tables.iter().find(|table| table.frame().name == name)
    }

    /// All tables: the four that answer, then those that derive.
    pub fn all(&self) -> &[Table<'static>] {
        &self.tables
    }

    /// The outcomes: supplier, deployer, CISA coordinator, BOD 26-04.
    pub fn outcomes(&self, inputs: &SsvcInputs) -> Vec<SsvcOutcome> {
        let people = [inputs.safety as usize, inputs.mission as usize];
        let exploitation = inputs.exploitation as usize;
        let automatable = usize::from(inputs.automatable);
        let technical = inputs.technical_impact as usize;
        let utility = self.rank(UTILITY, &[automatable, inputs.value_density as usize]);
        let public_safety = self.rank(PUBLIC_SAFETY_IMPACT, &people[..1]);
        let human = self.rank(HUMAN_IMPACT, &people);
        let well_being = self.rank(MISSION_AND_WELL_BEING, &people);
        let exposed = [usize::from(inputs.in_kev), usize::from(inputs.publicly_exposed)];
        vec![
            self.outcome(SUPPLIER, &[exploitation, utility, technical, public_safety]),
            self.outcome(DEPLOYER, &[exploitation, inputs.exposure as usize, automatable, human]),
            self.outcome(CISA_COORDINATOR, &[exploitation, automatable, technical, well_being]),
            self.outcome(BOD_26_04, &[exposed[0], exposed[1], automatable, technical]),
        ]
    }

    /// Every position comes from an enumeration with as many values as the axis, or from the table that ends in it;
    /// a test compares them. Tables of the user's own have the same axes.
    fn cell(&self, table: usize, positions: &[usize]) -> Cell<'static> {
        self.tables[table].at(positions).expect("the positions are those of the axes")
    }

    fn rank(&self, table: usize, positions: &[usize]) -> usize {
        self.cell(table, positions).rank
    }

    fn outcome(&self, table: usize, positions: &[usize]) -> SsvcOutcome {
        let cell = self.cell(table, positions);
        let frame = self.tables[table].frame();
        let inputs =
            frame.axes.iter().zip(positions).map(|(axis, at)| (axis.name, axis.values[*at].word)).collect();
        SsvcOutcome { table: frame.name, inputs, row: cell.row, outcome: cell.outcome }
    }
}

/// The text of a built-in table by its name, to start one's own from.
pub fn text(name: &str) -> Option<&'static str> {
    let at = ssvc().all().iter().position(|table| table.frame().name == name)?;
    BUILT_IN.get(at).copied()
}
