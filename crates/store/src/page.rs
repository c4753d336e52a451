//! Lists in pages: by key, never by offset, so that page 1,000 costs what page 1 costs and nothing slips between two.

use serde_json::Value as Json;

use crate::database::Value;
use crate::database::dialect::Kind;
use crate::error::{Error, Result};
use crate::hash;

/// Which page of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `next` or `previous` of another page; `None` for the first. Opaque: it says nothing to anybody else, and knows
    /// itself which way it leads.
    pub after: Option<String>,
    /// Rows at most, 1 to 1,000.
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Page {
        Page { after: None, limit: 50 }
    }
}

impl Page {
    pub(crate) fn limit(&self) -> u32 {
        self.limit.clamp(1, 1000)
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// What leads to the next page; `None` on the last.
    pub next: Option<String>,
    /// What leads to the page before; `None` on the first.
    pub previous: Option<String>,
    /// How many rows all pages have together, exactly.
    pub total: u64,
}

impl<T> Listed<T> {
    /// A page without rows of a list without any.
    pub fn empty() -> Listed<T> {
        Listed { rows: Vec::new(), next: None, previous: None, total: 0 }
    }

    /// The same page with each row made into something else.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Listed<U> {
        let rows = self.rows.into_iter().map(make).collect();
        Listed { rows, next: self.next, previous: self.previous, total: self.total }
    }

    /// A page of rows that are all at hand. `key` sorts them, letter by letter, and tells them apart; `word` names the
    /// order.
    ///
    /// # Errors
    /// `Invalid` for a cursor of another list.
    pub fn of(mut rows: Vec<T>, word: &str, page: &Page, key: impl Fn(&T) -> String) -> Result<Listed<T>> {
        let place = Place::read(page, word)?;
        rows.sort_by_cached_key(&key);
        let (total, limit) = (rows.len(), page.limit() as usize);
        let before = |at: &str, is_in: bool| {
            rows.partition_point(|row| if is_in { key(row).as_str() <= at } else { key(row).as_str() < at })
        };
        let at = place.as_ref().map(|place| place.values.first().and_then(Json::as_str).unwrap_or_default());
        let from = match (&place, at) {
            (Some(place), Some(at)) if place.is_back => before(at, false).saturating_sub(limit),
            (Some(_), Some(at)) => before(at, true),
            _ => 0,
        };
        let to = match (&place, at) {
            (Some(place), Some(at)) if place.is_back => before(at, false),
            _ => from.saturating_add(limit).min(total),
        };
        let cursor = |row: &T, is_back: bool| Place { values: vec![key(row).into()], is_back }.write(word);
        let previous = rows.get(from).filter(|_| from > 0).map(|row| cursor(row, true));
        let next =
            rows.get(to.saturating_sub(1)).filter(|_| to < total && to > 0).map(|row| cursor(row, false));
        let rows = rows.into_iter().skip(from).take(to.saturating_sub(from)).collect();
        Ok(Listed { rows, next, previous, total: total as u64 })
    }
}

/// The row at which a page begins or ends, by the sort's values.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    values: Vec<Json>,
    is_back: bool,
}

impl Place {
    /// The place of a page, for a list in the order `word`. A cursor of another order is refused.
    fn read(page: &Page, word: &str) -> Result<Option<Place>> {
        let Some(cursor) = &page.after else { return Ok(None) };
        let text = unhex(cursor).and_then(|bytes| String::from_utf8(bytes).ok());
        let parts: Option<(String, bool, Vec<Json>)> = text.and_then(|text| serde_json::from_str(&text).ok());
        match parts {
            Some((of, is_back, values)) if of == word => Ok(Some(Place { values, is_back })),
            Some((of, ..)) => {
                Err(Error::Invalid(format!("the cursor belongs to a list sorted by {of}, not by {word}")))
            }
            None => Err(foreign()),
        }
    }

    fn write(&self, word: &str) -> String {
        hash::hex(serde_json::json!([word, self.is_back, self.values]).to_string().as_bytes())
    }
}

fn foreign() -> Error {
    Error::Invalid("the cursor is none of ours; begin with the first page".to_owned())
}

/// The order of a list in SQL: its word, and the columns that make it; the last ones tell equal rows apart.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) word: String,
    pub(crate) columns: Vec<(String, Kind)>,
    pub(crate) descending: bool,
}

impl Order {
    /// By an id, the greatest first.
    pub(crate) fn newest(id: &str) -> Order {
        Order { word: "newest".to_owned(), columns: vec![(id.to_owned(), Kind::Int)], descending: true }
    }

    /// The stretch of the list that a page wants.
    pub(crate) fn span(self, page: &Page) -> Result<Span> {
        let place = Place::read(page, &self.word)?;
        let values = place.as_ref().map(|place| self.values(&place.values)).transpose()?;
        let is_back = place.is_some_and(|place| place.is_back);
        Ok(Span { order: self, values, is_back, limit: page.limit() as usize })
    }

    fn values(&self, given: &[Json]) -> Result<Vec<Value>> {
        if given.len() != self.columns.len() {
            return Err(foreign());
        }
        let value = |((_, kind), given): (&(String, Kind), &Json)| match kind {
            Kind::Int => given.as_i64().map(Value::Int),
            Kind::Text => given.as_str().map(|text| Value::Text(text.to_owned())),
        };
        self.columns.iter().zip(given).map(|pair| value(pair).ok_or_else(foreign)).collect()
    }
}

/// A stretch of a list: where it begins, which way it runs, how long it is.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    order: Order,
    values: Option<Vec<Value>>,
    is_back: bool,
    limit: usize,
}

impl Span {
    /// The condition that a row lies beyond the place, with ` AND ` before it; empty on the first page. Its values are
    /// appended.
    pub(crate) fn condition(&self, values: &mut Vec<Value>) -> String {
        self.bound(self.order.columns.len(), "", values)
    }

    /// The same for the first `columns` alone, the place's own values included: a bound for an index.
    pub(crate) fn reaching(&self, columns: usize, values: &mut Vec<Value>) -> String {
        self.bound(columns, "=", values)
    }

    fn bound(&self, columns: usize, equal: &str, values: &mut Vec<Value>) -> String {
        let Some(place) = &self.values else { return String::new() };
        let names: Vec<&str> =
            self.order.columns.iter().take(columns).map(|(name, _)| name.as_str()).collect();
        let mut marks = Vec::new();
        for value in place.iter().take(columns) {
            values.push(value.clone());
            marks.push(format!("${}", values.len()));
        }
        let sign = if self.order.descending != self.is_back { "<" } else { ">" };
        format!(" AND ({}) {sign}{equal} ({})", names.join(", "), marks.join(", "))
    }

    /// What stands after ORDER BY.
    pub(crate) fn order(&self) -> String {
        let direction = if self.order.descending != self.is_back { "DESC" } else { "ASC" };
        let columns: Vec<String> =
            self.order.columns.iter().map(|(name, _)| format!("{name} {direction}")).collect();
        columns.join(", ")
    }

    /// Rows to ask for: one more than wanted tells whether there is another page.
    pub(crate) fn rows(&self) -> usize {
        self.limit + 1
    }

    /// The same stretch with its columns under other names.
    pub(crate) fn renamed(&self, columns: &[&str]) -> Span {
        let kinds = self.order.columns.iter().map(|(_, kind)| *kind);
        let columns = columns.iter().map(|name| (*name).to_owned()).zip(kinds).collect();
        Span { order: Order { columns, ..self.order.clone() }, ..self.clone() }
    }

    /// Cuts the answer to the page, in the list's order, and makes the cursors of its neighbours.
    pub(crate) fn cut<T>(self, mut rows: Vec<T>, total: u64, key: impl Fn(&T) -> Vec<Value>) -> Listed<T> {
        let is_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        if self.is_back {
            rows.reverse();
        }
        let cursor = |row: &T, is_back: bool| {
            let values = key(row).into_iter().map(|value| match value {
                Value::Int(number) => number.into(),
                Value::Text(text) => Json::String(text),
                Value::Null => Json::Null,
            });
            Place { values: values.collect(), is_back }.write(&self.order.word)
        };
        let has_place = self.values.is_some();
        let (has_previous, has_next) = if self.is_back { (is_more, has_place) } else { (has_place, is_more) };
        let previous = rows.first().filter(|_| has_previous).map(|row| cursor(row, true));
        let next = rows.last().filter(|_| has_next).map(|row| cursor(row, false));
        Listed { rows, next, previous, total }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let pairs = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(pairs.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect())
}
