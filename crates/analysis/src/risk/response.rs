//! The response table: five inputs, 324 rows, one class (assessment.md 3.5).
//!
//! The row number alone holds all five inputs: a finding is stored as a row, its class is looked up.

use std::sync::LazyLock;

use model::assessment::{
    Exploitation, Preconditions, ProductImpact, Reach, ResponseClass, Row, TechnicalImpact, WouldChange,
};

use super::tables::{Axis, Frame, Table, TableError};

/// The table that is compiled in.
const BUILT_IN: &str = include_str!("tables/response.csv");
const BUILT_IN_ID: &str = "patchwright/response";
const BUILT_IN_VERSION: &str = "1.0.0";

/// At most so many answers to "what would change this?".
const MOST_CHANGES: usize = 5;

/// An axis of the response table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResponseAxis {
    /// Who can deliver input.
    Reach,
    /// State of exploitation.
    Exploitation,
    /// What else must hold.
    Preconditions,
    /// Control over the component.
    TechnicalImpact,
    /// Consequence for the product.
    ProductImpact,
}

impl ResponseAxis {
    /// All axes, in the order of the table.
    pub const ALL: [ResponseAxis; 5] = [
        ResponseAxis::Reach,
        ResponseAxis::Exploitation,
        ResponseAxis::Preconditions,
        ResponseAxis::TechnicalImpact,
        ResponseAxis::ProductImpact,
    ];

    /// The stable word.
    pub fn word(self) -> &'static str {
        match self {
            ResponseAxis::Reach => "reach",
            ResponseAxis::Exploitation => "exploitation",
            ResponseAxis::Preconditions => "preconditions",
            ResponseAxis::TechnicalImpact => "technical_impact",
            ResponseAxis::ProductImpact => "product_impact",
        }
    }

    /// Words of its values, harmless first.
    pub fn values(self) -> Vec<&'static str> {
        match self {
            ResponseAxis::Reach => Reach::ALL.iter().map(|value| value.word()).collect(),
            ResponseAxis::Exploitation => Exploitation::ALL.iter().map(|value| value.word()).collect(),
            ResponseAxis::Preconditions => Preconditions::ALL.iter().map(|value| value.word()).collect(),
            ResponseAxis::TechnicalImpact => TechnicalImpact::ALL.iter().map(|value| value.word()).collect(),
            ResponseAxis::ProductImpact => ProductImpact::ALL.iter().map(|value| value.word()).collect(),
        }
    }
}

/// The five inputs. Ordered values: harmless first on every axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inputs {
    /// Who can deliver input.
    pub reach: Reach,
    /// State of exploitation.
    pub exploitation: Exploitation,
    /// What else must hold.
    pub preconditions: Preconditions,
    /// Control over the component.
    pub technical_impact: TechnicalImpact,
    /// Consequence for the product.
    pub product_impact: ProductImpact,
}

impl Inputs {
    fn positions(self) -> [usize; 5] {
        [
            self.reach as usize,
            self.exploitation as usize,
            self.preconditions as usize,
            self.technical_impact as usize,
            self.product_impact as usize,
        ]
    }

    fn at(positions: &[usize]) -> Option<Inputs> {
        let [reach, exploitation, preconditions, technical, product] = positions else { return None };
        Some(Inputs {
            reach: *Reach::ALL.get(*reach)?,
            exploitation: *Exploitation::ALL.get(*exploitation)?,
            preconditions: *Preconditions::ALL.get(*preconditions)?,
            technical_impact: *TechnicalImpact::ALL.get(*technical)?,
            product_impact: *ProductImpact::ALL.get(*product)?,
        })
    }
}

/// The response table, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseTable {
    table: Table<'static>,
    /// By row number less one, which is the place of the inputs.
    rows: Vec<Row>,
}

/// The built-in table.
pub fn response() -> &'static ResponseTable {
    static TABLE: LazyLock<ResponseTable> = LazyLock::new(|| {
        ResponseTable::read(BUILT_IN_ID, BUILT_IN_VERSION, BUILT_IN).expect("the built-in table is tested")
    });
    &TABLE
}

/// The text of the built-in table, to start one's own from; its first line is to be changed to a name of one's own.
pub fn text() -> String {
    format!("#table,{BUILT_IN_ID},{BUILT_IN_VERSION}\n{BUILT_IN}")
}

impl ResponseTable {
    /// Reads a table of the user's own, in the columns of the built-in one. Its first line names it:
    /// `#table,patchwright/response,1.0.0-acme`. It lives as long as the program.
    ///
    /// # Errors
    /// The first line or row that cannot be used, or that breaks a rule of this table.
    pub fn parse(text: &'static str) -> Result<ResponseTable, TableError> {
        let first = text.lines().next().unwrap_or_default();
        let names: Vec<&str> = first.split(',').map(str::trim).collect();
        match names[..] {
            ["#table", id, version] if !id.is_empty() && !version.is_empty() => {
                ResponseTable::read(id, version, text)
            }
            _ => Err(TableError::Form { line: 1, why: "`#table,ID,VERSION` belongs here".to_owned() }),
        }
    }

    fn read(
        id: &'static str,
        version: &'static str,
        text: &'static str,
    ) -> Result<ResponseTable, TableError> {
        let axes = ResponseAxis::ALL.map(|axis| Axis::of_words(axis.word(), axis.values())).to_vec();
        let outcome = Axis::of_words("class", ResponseClass::ALL.iter().map(|class| class.word()));
        let frame = Frame { name: "response", id, version, axes, outcome, first_row: 1 };
        let table = Table::parse_rows(frame, text)?;
        let rows = (1..).map_while(|number| table.row(number)).enumerate();
        let rows = rows.map(|(place, (positions, cell))| {
            // The number stands for the inputs where findings are stored: it cannot be another one.
            let inputs = Inputs::at(&positions).filter(|inputs| place_of(*inputs) == place);
            let why = "the number does not belong to this combination";
            let inputs = inputs.ok_or(TableError::Number { row: cell.row.to_string(), why })?;
            let row = Row { number: cell.row, class: ResponseClass::ALL[cell.rank], rule: cell.rule };
            check_row(inputs, row)?;
            Ok(row)
        });
        let rows = rows.collect::<Result<_, TableError>>()?;
        Ok(ResponseTable { table, rows })
    }

    /// Id (`patchwright/response`).
    pub fn id(&self) -> &'static str {
        self.table.frame().id
    }

    /// Version.
    pub fn version(&self) -> &'static str {
        self.table.frame().version
    }

    /// The table behind it.
    pub fn table(&self) -> &Table<'static> {
        &self.table
    }

    /// The row of five inputs.
    pub fn row(
        &self,
        reach: Reach,
        exploitation: Exploitation,
        preconditions: Preconditions,
        technical_impact: TechnicalImpact,
        product_impact: ProductImpact,
    ) -> Row {
        self.row_of(Inputs { reach, exploitation, preconditions, technical_impact, product_impact })
    }

    /// The row of five inputs.
    pub fn row_of(&self, inputs: Inputs) -> Row {
        self.rows[place_of(inputs)]
    }

    /// A row by its number, 1 to 324.
    pub fn row_by_number(&self, number: u16) -> Option<Row> {
        self.rows.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The inputs that a row number stands for.
    pub fn inputs_of(&self, number: u16) -> Option<Inputs> {
        Inputs::at(&self.table.row(number)?.0)
    }

    /// What would change the class: for each input and each class that it alone can bring about, the nearest value;
    /// nearest first, at most five.
    pub fn would_change(&self, inputs: Inputs) -> Vec<WouldChange> {
        let positions = inputs.positions();
        let word = |axis: usize, at: usize| self.table.frame().axes[axis].values[at].word;
        let turns = self.table.turns(&positions).into_iter().take(MOST_CHANGES);
        turns
            .map(|turn| WouldChange {
                input: ResponseAxis::ALL[turn.axis].word(),
                from: word(turn.axis, positions[turn.axis]),
                to: word(turn.axis, turn.to),
                class: ResponseClass::ALL[turn.rank],
            })
            .collect()
    }

    /// The row with the unsure inputs at their worst value: the worst class that they still allow.
    pub fn ceiling(&self, inputs: Inputs, unsure: &[ResponseAxis]) -> Row {
        let is_unsure = |axis: usize| unsure.iter().any(|unsure| *unsure as usize == axis);
        let worst = self.table.worst(&inputs.positions(), is_unsure);
        worst.and_then(|cell| self.row_by_number(cell.row)).unwrap_or_else(|| self.row_of(inputs))
    }
}

/// Row number less one: the axes in order, the last runs fastest.
fn place_of(inputs: Inputs) -> usize {
    let sizes = [
        Reach::ALL.len(),
        Exploitation::ALL.len(),
        Preconditions::ALL.len(),
        TechnicalImpact::ALL.len(),
        ProductImpact::ALL.len(),
    ];
    inputs.positions().iter().zip(sizes).fold(0, |place, (at, size)| place * size + at)
}

/// What no table of responses may say (3.5).
fn check_row(inputs: Inputs, row: Row) -> Result<(), TableError> {
    let broken = |rule| Err(TableError::Rule { row: row.number, rule });
    let is_open_door = inputs.reach == Reach::Open
        && inputs.exploitation == Exploitation::Active
        && inputs.preconditions == Preconditions::None;
    match row.class {
        _ if row.rule.is_empty() => broken("the rule family is missing"),
        ResponseClass::Immediate if inputs.preconditions == Preconditions::Rare => {
            broken("preconditions `rare` never yield `immediate`")
        }
        class if class > ResponseClass::Routine && inputs.reach == Reach::None => {
            broken("reach `none` never exceeds `routine`")
        }
        class if class < ResponseClass::Immediate && is_open_door => {
            broken("`open`, `active` and preconditions `none` are always `immediate`")
        }
        _ => Ok(()),
    }
}
