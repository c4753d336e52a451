//! The two text forms of a table.
//!
//! Compact: `table,NAME,ID,VERSION`, one `axis,NAME,KEY,WORD=KEY,…` each, `outcome,NAME,KEY,WORD=KEY,…`, `order,axes`
//! (the last axis runs fastest) or `order,levels` (by the number of steps above the harmless row, then by the last
//! axis), `rows,KEY KEY …` in that order. Rows: a header `row,AXIS,…,OUTCOME[,rule]`, then one line per combination.
//! In both, lines that start with `#` and empty lines say nothing.

use super::{Axis, Cell, Frame, Table, TableError, Value};

fn form(line: usize, why: impl Into<String>) -> TableError {
    TableError::Form { line, why: why.into() }
}

/// Lines that say something, with their number.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// In which order the answers of the compact form stand.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Axes,
    Levels,
}

/// What has been read of the compact form.
#[derive(Default)]
struct Draft<'t> {
    names: Option<(&'t str, &'t str, &'t str)>,
    axes: Vec<Axis<'t>>,
    outcome: Option<Axis<'t>>,
    order: Option<Order>,
    /// Outcome keys with their line.
    answers: Vec<(usize, &'t str)>,
}

impl<'t> Table<'t> {
    /// Reads the compact form.
    ///
    /// # Errors
    /// The first line or row that cannot be used.
    pub fn parse(text: &'t str) -> Result<Table<'t>, TableError> {
        let mut draft = Draft::default();
        for (line, content) in lines(text) {
            draft.read(line, content)?;
        }
        draft.finish(text.lines().count().max(1))
    }

    /// Reads one line per combination, for axes that are known beforehand.
    ///
    /// # Errors
    /// The first line or row that cannot be used.
    pub fn parse_rows(frame: Frame<'t>, text: &'t str) -> Result<Table<'t>, TableError> {
        let mut lines = lines(text);
        let (line, header) = lines.next().ok_or_else(|| form(1, "the table is empty"))?;
        let has_rule = check_header(&frame, line, header)?;
        let answers = lines
            .map(|(line, content)| read_row(&frame, has_rule, line, content))
            .collect::<Result<_, _>>()?;
        Table::new(frame, answers)
    }
}

impl<'t> Draft<'t> {
    fn read(&mut self, line: usize, content: &'t str) -> Result<(), TableError> {
        let (keyword, rest) =
            content.split_once(',').ok_or_else(|| form(line, "a keyword and a comma belong here"))?;
        let twice = || form(line, format!("a second line `{keyword}`"));
        match keyword {
            "table" if self.names.is_some() => Err(twice()),
            "outcome" if self.outcome.is_some() => Err(twice()),
            "order" if self.order.is_some() => Err(twice()),
            "axis" if self.axes.iter().any(|axis| rest.split(',').next() == Some(axis.name)) => Err(twice()),
            "table" => read_names(line, rest).map(|names| self.names = Some(names)),
            "axis" => read_axis(line, rest).map(|axis| self.axes.push(axis)),
            "outcome" => read_axis(line, rest).map(|axis| self.outcome = Some(axis)),
            "order" => read_order(line, rest).map(|order| self.order = Some(order)),
            "rows" => {
                self.answers.extend(rest.split_ascii_whitespace().map(|key| (line, key)));
                Ok(())
            }
            _ => Err(form(line, format!("`{keyword}` is not known: table, axis, outcome, order, rows"))),
        }
    }

    fn finish(self, last: usize) -> Result<Table<'t>, TableError> {
        let absent = |keyword| form(last, format!("a line `{keyword}` is missing"));
        let (name, id, version) = self.names.ok_or_else(|| absent("table"))?;
        let outcome = self.outcome.ok_or_else(|| absent("outcome"))?;
        let order = self.order.ok_or_else(|| absent("order"))?;
        let frame = Frame { name, id, version, axes: self.axes, outcome, first_row: 0 };
        let places =
            ordered_places(&frame, order).ok_or_else(|| form(last, "no axes, or too many combinations"))?;
        if places.len() != self.answers.len() {
            return Err(form(
                last,
                format!("{} answers to {} combinations", self.answers.len(), places.len()),
            ));
        }
        let answer = |(row, (place, (_, key))): (usize, (usize, (usize, &'t str)))| {
            let rank = frame.outcome.values.iter().position(|value| value.key == key);
            let unknown = || TableError::Value {
                row: row.to_string(),
                column: frame.outcome.name.to_owned(),
                value: key.to_owned(),
            };
            Ok((place, cell(&frame, row, rank.ok_or_else(unknown)?, "")?))
        };
        let answers = places
            .into_iter()
            .zip(self.answers)
            .enumerate()
            .map(answer)
            .collect::<Result<_, TableError>>()?;
        Table::new(frame, answers)
    }
}

fn cell<'t>(frame: &Frame<'t>, row: usize, rank: usize, rule: &'t str) -> Result<Cell<'t>, TableError> {
    let too_large = |_| TableError::Number { row: row.to_string(), why: "a number beyond the table" };
    Ok(Cell {
        row: u16::try_from(row).map_err(too_large)?,
        rank,
        outcome: frame.outcome.values[rank].word,
        rule,
    })
}

fn read_names(line: usize, rest: &str) -> Result<(&str, &str, &str), TableError> {
    match rest.split(',').map(str::trim).collect::<Vec<_>>()[..] {
        [name, id, version] if ![name, id, version].contains(&"") => Ok((name, id, version)),
        _ => Err(form(line, "`table,NAME,ID,VERSION` belongs here")),
    }
}

fn read_order(line: usize, rest: &str) -> Result<Order, TableError> {
    match rest.trim() {
        "axes" => Ok(Order::Axes),
        "levels" => Ok(Order::Levels),
        _ => Err(form(line, "the order is `axes` or `levels`")),
    }
}

/// `NAME,KEY,WORD=KEY,…`
fn read_axis(line: usize, rest: &str) -> Result<Axis<'_>, TableError> {
    let mut parts = rest.split(',').map(str::trim);
    let (name, key) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut axis = Axis { name, key, values: Vec::new() };
    for part in parts {
        let (word, key) = part.split_once('=').unwrap_or((part, part));
        if word.is_empty() || key.is_empty() || key.contains(char::is_whitespace) {
            return Err(form(line, format!("`{part}` is not `WORD=KEY`")));
        }
        if axis.values.iter().any(|value| value.word == word || value.key == key) {
            return Err(form(line, format!("`{part}` stands twice")));
        }
        axis.values.push(Value { word, key });
    }
    let is_usable = !name.is_empty() && !key.is_empty() && !axis.values.is_empty();
    is_usable.then_some(axis).ok_or_else(|| form(line, "name, key and values belong here"))
}

/// The places of all combinations in the order of their row numbers.
fn ordered_places(frame: &Frame<'_>, order: Order) -> Option<Vec<usize>> {
    let mut places: Vec<usize> = (0..frame.combinations()?).collect();
    if order == Order::Levels {
        places.sort_by_cached_key(|place| {
            let mut positions = frame.positions(*place);
            let level: usize = positions.iter().sum();
            positions.reverse();
            (level, positions)
        });
    }
    Some(places)
}

/// Whether the header has a rule column.
fn check_header(frame: &Frame<'_>, line: usize, header: &str) -> Result<bool, TableError> {
    let names = frame.axes.iter().chain([&frame.outcome]).map(|axis| axis.name);
    let expected = std::iter::once("row").chain(names).collect::<Vec<_>>().join(",");
    match header.strip_prefix(&expected) {
        Some("") => Ok(false),
        Some(",rule") => Ok(true),
        _ => Err(form(line, format!("the header is not `{expected}[,rule]`"))),
    }
}

fn read_row<'t>(
    frame: &Frame<'t>,
    has_rule: bool,
    line: usize,
    content: &'t str,
) -> Result<(usize, Cell<'t>), TableError> {
    let fields: Vec<&'t str> = content.split(',').collect();
    let axes = frame.axes.len();
    if fields.len() != axes + 2 + usize::from(has_rule) {
        return Err(form(
            line,
            format!("{} fields instead of {}", fields.len(), axes + 2 + usize::from(has_rule)),
        ));
    }
    let row = fields[0];
    let position = |axis: &Axis<'_>, word: &str| {
        let unknown = || TableError::Value {
            row: row.to_owned(),
            column: axis.name.to_owned(),
            value: word.to_owned(),
        };
        axis.position(word).ok_or_else(unknown)
    };
    let number =
        row.parse().map_err(|_| TableError::Number { row: row.to_owned(), why: "not a row number" })?;
    let positions = frame.axes.iter().zip(&fields[1..]).map(|(axis, word)| position(axis, word));
    let positions = positions.collect::<Result<Vec<_>, _>>()?;
    let place = frame.place(&positions).ok_or_else(|| form(line, "no such combination"))?;
    let rank = position(&frame.outcome, fields[axes + 1])?;
    let rule = if has_rule { fields[axes + 2] } else { "" };
    Ok((place, cell(frame, number, rank, rule)?))
}
