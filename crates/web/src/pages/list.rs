//! What all lists share: which filters and orders there are, the address as the state, chips, order links, pages by
//! key, exports. A list is described by one [`Spec`]; [`Query`] is what an address asks of it.
//!
//! Words that the list does not know are refused with their place, never passed over: a list that ignores half of its
//! address shows other rows than the link promised.

use std::collections::BTreeMap;

use serde::Serialize;

use super::links::encode;
use crate::words;

/// Rows on a page where the address names no number.
pub const ROWS: usize = 50;

/// Most rows on one page, and in one answer of the API.
pub const MOST: usize = 100;

/// Longest text of a search or a free filter, in letters.
const LONGEST: usize = 200;

/// One filter.
pub struct Filter {
    /// Its name in the address.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// The values it knows: (word, for people). Empty: any text.
    pub values: &'static [(&'static str, &'static str)],
}

/// A list: its place, filters, orders and columns.
pub struct Spec {
    /// Its address.
    pub path: &'static str,
    /// One row, many rows.
    pub noun: (&'static str, &'static str),
    /// Filters in reading order.
    pub filters: &'static [Filter],
    /// Orders: (word, for people); the first holds where none is named.
    pub sorts: &'static [(&'static str, &'static str)],
    /// True where texts can be searched for.
    pub find: bool,
    /// Heads of the CSV export, in the order of [`Cells::cells`].
    pub columns: &'static [&'static str],
}

/// A row that can leave as CSV.
pub trait Cells: Serialize {
    /// Its values in the order of the list's columns.
    fn cells(&self) -> Vec<String>;
}

/// One page of rows, with the exact number of all.
#[derive(Clone, Debug, Serialize)]
pub struct Page<Row> {
    /// The rows.
    pub items: Vec<Row>,
    /// All rows that the filter leaves, on all pages.
    pub total: u64,
    /// The key after which the next page begins; empty on the last page.
    pub next: String,
    /// The key before which the previous page ends; empty on the first page.
    pub previous: String,
}

impl<Row> Default for Page<Row> {
    fn default() -> Page<Row> {
        Page { items: Vec::new(), total: 0, next: String::new(), previous: String::new() }
    }
}

/// A word of the address that the list does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The word before the `=`.
    pub key: String,
    /// What is wrong, and what is possible.
    pub says: String,
}

/// What an address asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Filter to its values; several values of one filter mean any of them.
    pub chosen: BTreeMap<&'static str, Vec<String>>,
    /// Text searched for; empty for none.
    pub find: String,
    /// Order; empty for the list's first.
    pub sort: &'static str,
    /// The page after this key.
    pub after: String,
    /// The page before this key.
    pub before: String,
    /// Rows a page.
    pub limit: usize,
}

impl Query {
    /// Reads the pairs of an address.
    ///
    /// # Errors
    /// The first pair that the list does not know.
    pub fn parse(spec: &'static Spec, pairs: &[(String, String)]) -> Result<Query, Refusal> {
        let mut query = Query { limit: ROWS, ..Query::default() };
        for (key, value) in pairs {
            query.take(spec, key, value).map_err(|says| Refusal { key: key.clone(), says })?;
        }
        if !query.after.is_empty() && !query.before.is_empty() {
            let says = "`after` and `before` together name no page; give one".to_owned();
            return Err(Refusal { key: "before".to_owned(), says });
        }
        Ok(query)
    }

    fn take(&mut self, spec: &'static Spec, key: &str, value: &str) -> Result<(), String> {
        if value.chars().count() > LONGEST {
            return Err(format!("longer than {LONGEST} letters"));
        }
        match key {
            "find" if spec.find => value.trim().clone_into(&mut self.find),
            "after" => value.clone_into(&mut self.after),
            "before" => value.clone_into(&mut self.before),
            "sort" => {
                let known = spec.sorts.iter().find(|(word, _)| *word == value);
                self.sort = known.ok_or_else(|| unknown(value, spec.sorts))?.0;
            }
            "limit" => {
                let number = value.parse().ok().filter(|number| (1..=MOST).contains(number));
                self.limit = number.ok_or_else(|| format!("`{value}` is no number from 1 to {MOST}"))?;
            }
            _ => return self.take_filter(spec, key, value),
        }
        Ok(())
    }

    fn take_filter(&mut self, spec: &'static Spec, key: &str, value: &str) -> Result<(), String> {
        let Some(filter) = spec.filters.iter().find(|filter| filter.key == key) else {
            let known: Vec<&str> = spec.filters.iter().map(|filter| filter.key).collect();
            return Err(format!("this list has no filter `{key}`; it knows {}", known.join(", ")));
        };
        // An empty field of a form is a filter that was not used.
        if value.is_empty() {
            return Ok(());
        }
        if !filter.values.is_empty() && !filter.values.iter().any(|(word, _)| *word == value) {
            return Err(unknown(value, filter.values));
        }
        let values = self.chosen.entry(filter.key).or_default();
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
        Ok(())
    }

    /// The values of a filter.
    pub fn of(&self, key: &str) -> &[String] {
        self.chosen.get(key).map_or(&[], Vec::as_slice)
    }

    /// True where a value is chosen, or the filter is not used.
    pub fn allows(&self, key: &str, value: &str) -> bool {
        let chosen = self.of(key);
        chosen.is_empty() || chosen.iter().any(|one| one == value)
    }

    /// The pairs of filters and search, without order and place.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<_> = (self.chosen.iter())
            .flat_map(|(key, values)| values.iter().map(|value| (*key, value.clone())))
            .collect();
        if !self.find.is_empty() {
            pairs.push(("find", self.find.clone()));
        }
        pairs
    }

    fn kept(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.pairs();
        if !self.sort.is_empty() {
            pairs.push(("sort", self.sort.to_owned()));
        }
        if self.limit != ROWS {
            pairs.push(("limit", self.limit.to_string()));
        }
        pairs
    }
}

fn unknown(value: &str, known: &[(&str, &str)]) -> String {
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    format!("`{value}` is none of {}", words.join(", "))
}

/// An address of pairs.
pub fn address(path: &str, pairs: &[(&str, String)]) -> String {
    let words: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    if words.is_empty() { path.to_owned() } else { format!("{path}?{}", words.join("&")) }
}

/// A chip: a value that can be switched on or off.
pub struct Chip {
    /// For people.
    pub says: String,
    /// The address with it switched.
    pub link: String,
    /// True where it is on.
    pub on: bool,
    /// The face of a class; empty for other filters.
    pub face: &'static str,
}

/// The chips of one filter.
pub struct Chips {
    /// The filter's name for people.
    pub label: &'static str,
    /// Its values.
    pub chips: Vec<Chip>,
}

/// An order to choose.
pub struct Sort {
    /// For people.
    pub says: &'static str,
    /// The address.
    pub link: String,
    /// True for the order that holds.
    pub on: bool,
}

/// Everything around the rows of a list.
pub struct Furniture {
    /// `1 612 findings`.
    pub counted: String,
    /// The exact number of rows.
    pub total: u64,
    /// The list's own address.
    pub path: String,
    /// True where texts can be searched for.
    pub find: bool,
    /// The text searched for.
    pub found: String,
    /// What the search form must carry on: (name, value).
    pub hidden: Vec<(&'static str, String)>,
    /// Chips by filter.
    pub filters: Vec<Chips>,
    /// Orders.
    pub sorts: Vec<Sort>,
    /// The next page; empty for none.
    pub next: String,
    /// The previous page; empty for none.
    pub previous: String,
    /// CSV of all rows that the filter leaves.
    pub csv: String,
    /// JSON of all rows that the filter leaves.
    pub json: String,
    /// The list without any filter; empty where none is used.
    pub clear: String,
}

/// Makes the furniture; `path` is the address of the list, which for lists inside another page is not the spec's.
pub fn furniture<Row>(spec: &'static Spec, path: &str, query: &Query, page: &Page<Row>) -> Furniture {
    let kept = query.kept();
    let at = |key: &'static str, value: &str| {
        let mut pairs = kept.clone();
        pairs.push((key, value.to_owned()));
        if value.is_empty() { String::new() } else { address(path, &pairs) }
    };
    let export = |kind: &str| {
        let mut pairs = query.pairs();
        pairs.push(("export", kind.to_owned()));
        address(path, &pairs)
    };
    let noun = if page.total == 1 { spec.noun.0 } else { spec.noun.1 };
    Furniture {
        counted: format!("{} {noun}", words::separated(&page.total.to_string())),
        total: page.total,
        path: path.to_owned(),
        find: spec.find,
        found: query.find.clone(),
        hidden: kept.iter().filter(|(key, _)| *key != "find").cloned().collect(),
        filters: spec.filters.iter().filter_map(|filter| chips(filter, path, query)).collect(),
        sorts: sorts(spec, path, query),
        next: at("after", &page.next),
        previous: at("before", &page.previous),
        csv: export("csv"),
        json: export("json"),
        clear: if query.pairs().is_empty() { String::new() } else { path.to_owned() },
    }
}

fn chips(filter: &Filter, path: &str, query: &Query) -> Option<Chips> {
    let chosen = query.of(filter.key);
    let free: Vec<(&str, &str)> = chosen.iter().map(|value| (value.as_str(), value.as_str())).collect();
    let values = if filter.values.is_empty() { free.as_slice() } else { filter.values };
    let chips: Vec<Chip> = (values.iter())
        .map(|(word, says)| Chip {
            says: (*says).to_owned(),
            link: switched(path, query, filter.key, word),
            on: chosen.iter().any(|one| one == word),
            face: if filter.key == "class" { face(word) } else { "" },
        })
        .collect();
    (!chips.is_empty()).then_some(Chips { label: filter.label, chips })
}

fn face(word: &str) -> &'static str {
    super::class::Class::ALL.iter().find(|class| class.word() == word).map_or("", |class| class.word())
}

fn switched(path: &str, query: &Query, key: &'static str, value: &str) -> String {
    let mut pairs = query.kept();
    let before = pairs.len();
    pairs.retain(|(name, one)| *name != key || one != value);
    if pairs.len() == before {
        pairs.insert(0, (key, value.to_owned()));
    }
    address(path, &pairs)
}

fn sorts(spec: &'static Spec, path: &str, query: &Query) -> Vec<Sort> {
    let first = spec.sorts.first().map_or("", |(word, _)| *word);
    let held = if query.sort.is_empty() { first } else { query.sort };
    let link = |word: &'static str| {
        let mut pairs = query.pairs();
        if word != first {
            pairs.push(("sort", word.to_owned()));
        }
        address(path, &pairs)
    };
    (spec.sorts.iter()).map(|(word, says)| Sort { says, link: link(word), on: *word == held }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    static SPEC: Spec = Spec {
        path: "/things",
        noun: ("thing", "things"),
        filters: &[
            Filter { key: "class", label: "Class", values: &[("immediate", "immediate"), ("none", "none")] },
            Filter { key: "component", label: "Component", values: &[] },
        ],
        sorts: &[("urgency", "Most urgent"), ("new", "Newest")],
        find: true,
        columns: &[],
    };

    fn parse(text: &str) -> Result<Query, Refusal> {
        let pairs: Vec<(String, String)> = (text.split('&').filter(|pair| !pair.is_empty()))
            .map(|pair| pair.split_once('=').expect("a pair"))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        Query::parse(&SPEC, &pairs)
    }

    #[test]
    fn unknown_words_are_refused_with_what_is_known() {
        for (text, key, says) in [
            ("colour=red", "colour", "this list has no filter `colour`; it knows class, component"),
            ("class=urgent", "class", "`urgent` is none of immediate, none"),
            ("sort=size", "sort", "`size` is none of urgency, new"),
            ("limit=0", "limit", "`0` is no number from 1 to 100"),
            ("limit=99999", "limit", "`99999` is no number from 1 to 100"),
            ("after=a&before=b", "before", "`after` and `before` together name no page; give one"),
        ] {
            let refusal = parse(text).expect_err(text);
            assert_eq!((refusal.key.as_str(), refusal.says.as_str()), (key, says), "{text}");
        }
        assert!(parse(&format!("component={}", "x".repeat(201))).is_err());
    }

    #[test]
    fn the_address_is_the_state() {
        let query = parse("class=immediate&component=a b/c&find= x &sort=new&after=k").expect("known");
        assert_eq!(
            address("/things", &query.kept()),
            "/things?class=immediate&component=a%20b%2Fc&find=x&sort=new"
        );
    }

    #[test]
    fn chips_switch_on_and_off() {
        let query = parse("class=immediate").expect("known");
        let furniture = furniture(
            &SPEC,
            "/things",
            &query,
            &Page::<u8> { total: 1, next: "z".into(), ..Page::default() },
        );
        let chips = &furniture.filters[0].chips;
        assert!(chips[0].on && chips[0].link == "/things");
        assert!(!chips[1].on && chips[1].link == "/things?class=none&class=immediate");
        assert_eq!(furniture.filters.len(), 1, "a free filter shows only what is chosen");
        assert_eq!(furniture.next, "/things?class=immediate&after=z");
        assert_eq!((furniture.previous.as_str(), furniture.counted.as_str()), ("", "1 thing"));
        assert_eq!(furniture.csv, "/things?class=immediate&export=csv");
    }
}
