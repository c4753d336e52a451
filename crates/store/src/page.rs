//! Lists in pages: by key, never by offset, so that page 1,000 costs what page 1 costs and nothing slips between two.

use crate::error::{Error, Result};
use crate::hash;

/// Which page of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// `next` of the page before; `None` for the first. Opaque: it says nothing to anybody else.
    pub after: Option<String>,
    /// Rows at most, 1 to 1,000.
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Page {
        Page { after: None, limit: 50 }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// What leads to the next page; `None` on the last.
    pub next: Option<String>,
    /// How many rows all pages have together, exactly.
    pub total: u64,
}

/// The place after which a page begins: the sort's value and the id that breaks ties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) value: String,
    pub(crate) id: i64,
}

impl Page {
    /// Rows to ask for: one more than wanted tells whether there is another page.
    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit()) + 1
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit.clamp(1, 1000)
    }

    /// The place after which it begins, for a list in the order `sort`. A cursor of another order is refused.
    pub(crate) fn place(&self, sort: &str) -> Result<Option<Place>> {
        let Some(cursor) = &self.after else { return Ok(None) };
        let text = unhex(cursor).and_then(|bytes| String::from_utf8(bytes).ok());
        let parts: Option<(String, String, i64)> = text.and_then(|text| serde_json::from_str(&text).ok());
        match parts {
            Some((of, value, id)) if of == sort => Ok(Some(Place { value, id })),
            Some((of, ..)) => {
                Err(Error::Invalid(format!("the cursor belongs to a list sorted by {of}, not by {sort}")))
            }
            None => Err(Error::Invalid("the cursor is none of ours; begin with the first page".to_owned())),
        }
    }

    /// Cuts the answer to the page and makes the cursor of the next one.
    pub(crate) fn cut<T>(
        &self,
        sort: &str,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> (String, i64),
    ) -> (Vec<T>, Option<String>) {
        let limit = self.limit() as usize;
        if rows.len() <= limit {
            return (rows, None);
        }
        rows.truncate(limit);
        let next = rows.last().map(|last| {
            let (value, id) = place(last);
            hash::hex(serde_json::json!([sort, value, id]).to_string().as_bytes())
        });
        (rows, next)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let pairs = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(pairs.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect())
}
