//! Decision tables as data: complete, unique, monotone, looked up by row.
//!
//! A table has axes, each with its values from harmless to dangerous, and one outcome per combination. Two text
//! forms are read: *compact* ([`Table::parse`], axes and outcomes in one file) and *rows* ([`Table::parse_rows`],
//! one line per combination for axes that are known beforehand). Whatever is read is checked before it is used, so a
//! lookup cannot fail for want of a row, and raising an input can never lower an outcome.

mod reading;

/// More combinations than this are taken for a mistake.
pub const MOST_ROWS: usize = 10_000;

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A line that is not of the form.
    #[error("line {line}: {why}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A value that the axis (or the outcome) does not have.
    #[error("row {row}: `{value}` is no value of `{column}`")]
    Value {
        /// Row as written.
        row: String,
        /// Axis or outcome.
        column: String,
        /// The value.
        value: String,
    },
    /// A row number that is not one, stands twice, or does not belong to the combination.
    #[error("row {row}: {why}")]
    Number {
        /// Row as written.
        row: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A combination that stands twice.
    #[error("row {row}: the same combination as row {earlier} ({inputs})")]
    Twice {
        /// The later row.
        row: u16,
        /// The earlier row.
        earlier: u16,
        /// Its values.
        inputs: String,
    },
    /// A combination that is missing.
    #[error("no row for {inputs}")]
    Missing {
        /// Its values.
        inputs: String,
    },
    /// A worse input with a better outcome.
    #[error("row {row}: `{outcome}`, although row {milder} with a lower `{axis}` gives `{worse}`")]
    Falls {
        /// The row that is too low.
        row: u16,
        /// Its outcome.
        outcome: String,
        /// The row with the lower value.
        milder: u16,
        /// The axis in which the two differ.
        axis: String,
        /// The outcome of the milder row.
        worse: String,
    },
    /// Not the axes of the table to be replaced.
    #[error("not the axes of `{table}`: {why}")]
    Axes {
        /// The table to be replaced.
        table: String,
        /// The first difference.
        why: String,
    },
    /// A row that breaks a rule of this table.
    #[error("row {row}: {rule}")]
    Rule {
        /// The row.
        row: u16,
        /// The rule.
        rule: &'static str,
    },
}

/// A value of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'t> {
    /// The word.
    pub word: &'t str,
    /// Its key in the registry the axis comes from (`A`); the word where there is none.
    pub key: &'t str,
}

/// An axis, or the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis<'t> {
    /// Name (`technical_impact`).
    pub name: &'t str,
    /// Versioned key of the decision point (`ssvc:TI:1.0.0`); the name where there is none.
    pub key: &'t str,
    /// Values, harmless first.
    pub values: Vec<Value<'t>>,
}

impl<'t> Axis<'t> {
    /// An axis of our own: without registry keys.
    pub fn of_words(name: &'t str, words: impl IntoIterator<Item = &'t str>) -> Axis<'t> {
        let values = words.into_iter().map(|word| Value { word, key: word }).collect();
        Axis { name, key: name, values }
    }

    /// The position of a word.
    pub fn position(&self, word: &str) -> Option<usize> {
        self.values.iter().position(|value| value.word == word)
    }
}

/// What a table is called and which questions it asks; everything but the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'t> {
    /// Short name (`supplier`).
    pub name: &'t str,
    /// Id (`ssvc:DT_SP`, `patchwright/response`).
    pub id: &'t str,
    /// Version.
    pub version: &'t str,
    /// Axes.
    pub axes: Vec<Axis<'t>>,
    /// Outcome.
    pub outcome: Axis<'t>,
    /// The number of the first row.
    pub first_row: u16,
}

impl Frame<'_> {
    /// How many combinations there are; `None` when there are none, or too many.
    pub fn combinations(&self) -> Option<usize> {
        let product = |all: usize, axis: &Axis<'_>| all.checked_mul(axis.values.len());
        let all = self.axes.iter().try_fold(1, product)?;
        (!self.axes.is_empty() && all > 0 && all <= MOST_ROWS).then_some(all)
    }

    /// The place of a combination: the last axis runs fastest.
    fn place(&self, positions: &[usize]) -> Option<usize> {
        if positions.len() != self.axes.len() {
            return None;
        }
        let step = |place: usize, (axis, at): (&Axis<'_>, &usize)| {
            (*at < axis.values.len()).then_some(place * axis.values.len() + at)
        };
        self.axes.iter().zip(positions).try_fold(0, step)
    }

    /// The combination at a place.
    fn positions(&self, mut place: usize) -> Vec<usize> {
        let mut positions = vec![0; self.axes.len()];
        for (at, axis) in positions.iter_mut().zip(&self.axes).rev() {
            *at = place % axis.values.len();
            place /= axis.values.len();
        }
        positions
    }

    /// `reach=site, exploitation=none, …`
    fn describe(&self, place: usize) -> String {
        let positions = self.positions(place);
        let named = self
            .axes
            .iter()
            .zip(positions)
            .map(|(axis, at)| format!("{}={}", axis.name, axis.values[at].word));
        named.collect::<Vec<_>>().join(", ")
    }
}

/// The answer to one combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'t> {
    /// Number of the row, in the official order.
    pub row: u16,
    /// Rank of the outcome, harmless first.
    pub rank: usize,
    /// Outcome.
    pub outcome: &'t str,
    /// Rule family; empty where the table has none.
    pub rule: &'t str,
}

/// One value of one input that leads to another outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which axis.
    pub axis: usize,
    /// Position it would have.
    pub to: usize,
    /// Steps between the two values.
    pub steps: usize,
    /// Rank of the outcome then.
    pub rank: usize,
}

/// A checked table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'t> {
    frame: Frame<'t>,
    /// By place.
    cells: Vec<Cell<'t>>,
    /// By row number: the place.
    places: Vec<usize>,
}

impl<'t> Table<'t> {
    /// Makes a table of its answers: (place, cell), in any order.
    fn new(frame: Frame<'t>, answers: Vec<(usize, Cell<'t>)>) -> Result<Table<'t>, TableError> {
        let all = frame.combinations().ok_or(TableError::Form {
            line: 1,
            why: format!("between 1 and {MOST_ROWS} combinations are possible"),
        })?;
        let mut cells: Vec<Option<Cell<'t>>> = vec![None; all];
        let mut places = vec![usize::MAX; all];
        for (place, cell) in answers {
            if let Some(earlier) = &cells[place] {
                let inputs = frame.describe(place);
                return Err(TableError::Twice { row: cell.row, earlier: earlier.row, inputs });
            }
            let number = |why| TableError::Number { row: cell.row.to_string(), why };
            let index = usize::from(cell.row).checked_sub(usize::from(frame.first_row));
            let by_row =
                index.and_then(|index| places.get_mut(index)).ok_or(number("a number beyond the table"))?;
            if *by_row != usize::MAX {
                return Err(number("the number stands twice"));
            }
            *by_row = place;
            cells[place] = Some(cell);
        }
        let missing = |place| TableError::Missing { inputs: frame.describe(place) };
        let cells = cells.into_iter().enumerate().map(|(place, cell)| cell.ok_or_else(|| missing(place)));
        let cells = cells.collect::<Result<_, _>>()?;
        let table = Table { frame, cells, places };
        table.check_monotone()?;
        Ok(table)
    }

    /// Raising one axis by one step never lowers the outcome; hence no raise ever does.
    fn check_monotone(&self) -> Result<(), TableError> {
        for (place, cell) in self.cells.iter().enumerate() {
            let mut positions = self.frame.positions(place);
            for axis in 0..positions.len() {
                positions[axis] += 1;
                if let Some(raised) = self.at(&positions).filter(|raised| raised.rank < cell.rank) {
                    return Err(TableError::Falls {
                        row: raised.row,
                        outcome: raised.outcome.to_owned(),
                        milder: cell.row,
                        axis: self.frame.axes[axis].name.to_owned(),
                        worse: cell.outcome.to_owned(),
                    });
                }
                positions[axis] -= 1;
            }
        }
        Ok(())
    }

    /// Name, version, axes and outcome.
    pub fn frame(&self) -> &Frame<'t> {
        &self.frame
    }

    /// The answer at axis positions; `None` when they are not positions of the axes.
    pub fn at(&self, positions: &[usize]) -> Option<Cell<'t>> {
        self.cells.get(self.frame.place(positions)?).copied()
    }

    /// The answer to values in words; the error names the first word that the axis does not have.
    pub fn find(&self, words: &[&str]) -> Result<Cell<'t>, TableError> {
        let axes = &self.frame.axes;
        let count = || TableError::Axes {
            table: self.frame.name.to_owned(),
            why: format!("{} values for {} axes", words.len(), axes.len()),
        };
        let unknown = |axis: &Axis<'_>, word: &str| TableError::Value {
            row: "-".to_owned(),
            column: axis.name.to_owned(),
            value: word.to_owned(),
        };
        let position =
            |(axis, word): (&Axis<'_>, &&str)| axis.position(word).ok_or_else(|| unknown(axis, word));
        let positions = axes.iter().zip(words).map(position).collect::<Result<Vec<_>, _>>()?;
        self.at(&positions).filter(|_| words.len() == axes.len()).ok_or_else(count)
    }

    /// A row by its number: (axis positions, answer).
    pub fn row(&self, number: u16) -> Option<(Vec<usize>, Cell<'t>)> {
        let index = usize::from(number).checked_sub(usize::from(self.frame.first_row))?;
        let place = *self.places.get(index)?;
        Some((self.frame.positions(place), *self.cells.get(place)?))
    }

    /// All answers in the order of their row numbers.
    pub fn rows(&self) -> impl Iterator<Item = Cell<'t>> + '_ {
        self.places.iter().filter_map(|place| self.cells.get(*place).copied())
    }

    /// What would change the outcome: for each axis and each other outcome that it alone can bring about, the nearest
    /// value. Nearest first; at equal distance in the order of the axes, and the lower value before the higher.
    pub fn turns(&self, positions: &[usize]) -> Vec<Turn> {
        let Some(now) = self.at(positions) else { return Vec::new() };
        let mut turns = Vec::new();
        for axis in 0..positions.len() {
            self.turns_of(axis, positions, now.rank, &mut turns);
        }
        turns.sort_by_key(|turn| (turn.steps, turn.axis, turn.to));
        turns
    }

    fn turns_of(&self, axis: usize, positions: &[usize], now: usize, turns: &mut Vec<Turn>) {
        let first = turns.len();
        let mut changed = positions.to_vec();
        for to in 0..self.frame.axes[axis].values.len() {
            changed[axis] = to;
            let Some(rank) = self.at(&changed).map(|cell| cell.rank).filter(|rank| *rank != now) else {
                continue;
            };
            let steps = to.abs_diff(positions[axis]);
            match turns[first..].iter_mut().find(|turn| turn.rank == rank) {
                Some(known) if known.steps <= steps => {}
                Some(known) => *known = Turn { axis, to, steps, rank },
                None => turns.push(Turn { axis, to, steps, rank }),
            }
        }
    }

    /// The answer with some axes at their worst value: the ceiling over what is not known. The table is monotone, so
    /// one lookup is enough.
    pub fn worst(&self, positions: &[usize], unsure: impl Fn(usize) -> bool) -> Option<Cell<'t>> {
        let worst = |(axis, at): (usize, &usize)| {
            if unsure(axis) {
                self.frame.axes.get(axis).map_or(*at, |axis| axis.values.len() - 1)
            } else {
                *at
            }
        };
        self.at(&positions.iter().enumerate().map(worst).collect::<Vec<_>>())
    }

    /// Whether this table may stand in for `other`: same axes, values and outcomes, in the same order.
    ///
    /// # Errors
    /// The first difference.
    pub fn can_replace(&self, other: &Table<'_>) -> Result<(), TableError> {
        let axes = |why: String| TableError::Axes { table: other.frame.name.to_owned(), why };
        let (ours, theirs) = (&self.frame, &other.frame);
        if ours.axes.len() != theirs.axes.len() {
            return Err(axes(format!("{} instead of {}", ours.axes.len(), theirs.axes.len())));
        }
        if ours.first_row != theirs.first_row {
            return Err(axes(format!("rows start at {} instead of {}", ours.first_row, theirs.first_row)));
        }
        let pairs = ours.axes.iter().chain([&ours.outcome]).zip(theirs.axes.iter().chain([&theirs.outcome]));
        match pairs.into_iter().find(|(ours, theirs)| ours != theirs) {
            Some((ours, theirs)) if ours.name == theirs.name => {
                Err(axes(format!("other values of `{}`", ours.name)))
            }
            Some((ours, theirs)) => Err(axes(format!("`{}` where `{}` belongs", ours.name, theirs.name))),
            None => Ok(()),
        }
    }
}
