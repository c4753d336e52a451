//! Taking a table apart, key by key, strictly: what is missing, unknown or of the wrong form is a fault with its path.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use super::Fault;
use super::tree::{Document, Entry, Node, Value};

/// The faults found so far: (key path, byte offset, text).
#[derive(Default)]
pub(crate) struct Faults(RefCell<Vec<(String, usize, String)>>);

impl Faults {
    /// Adds a fault.
    pub fn add(&self, key: impl Into<String>, at: usize, text: impl Into<String>) {
        self.0.borrow_mut().push((key.into(), at, text.into()));
    }

    /// All faults with their places, in the order of the file.
    pub fn told(self, document: &Document<'_>) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort_by_key(|(_, at, _)| *at);
        faults.into_iter().map(|(key, at, text)| document.fault(&key, at, text)).collect()
    }
}

/// A table being read. Values that fail come back as some value of their type: the faults refuse the file anyway.
pub(crate) struct Table<'t> {
    /// Key path; empty for the top level.
    pub path: String,
    /// Where it begins.
    pub at: usize,
    entries: &'t [Entry],
    asked: Vec<&'static str>,
    faults: &'t Faults,
    /// It is no table at all; what it lacks is not worth telling.
    is_wrong: bool,
}

impl<'t> Table<'t> {
    /// Begins to read a table.
    pub fn new(node: &'t Node, path: String, faults: &'t Faults) -> Table<'t> {
        let (entries, is_wrong) = match &node.value {
            Value::Table(entries) => (entries.as_slice(), false),
            other => {
                faults.add(path.clone(), node.at, format!("it is {}, and must be a table", other.kind()));
                (&[][..], true)
            }
        };
        Table { path, at: node.at, entries, asked: Vec::new(), faults, is_wrong }
    }

    /// The path of a key in this table.
    pub fn path_of(&self, key: &str) -> String {
        let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        let key = if plain { key.to_owned() } else { format!("{key:?}") };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }

    /// Adds a fault at a key, or at the table where the key is absent.
    pub fn fault(&self, key: &str, text: impl Into<String>) {
        if self.is_wrong {
            return;
        }
        let at = self.entries.iter().find(|entry| entry.key == key).map_or(self.at, |entry| entry.node.at);
        self.faults.add(self.path_of(key), at, text);
    }

    /// Adds a fault at the table itself.
    pub fn fault_here(&self, text: impl Into<String>) {
        self.faults.add(self.path.clone(), self.at, text);
    }

    fn find(&mut self, key: &'static str) -> Option<&'t Node> {
        self.asked.push(key);
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// True when the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    fn required(&mut self, key: &'static str) -> Option<&'t Node> {
        let found = self.find(key);
        if found.is_none() {
            self.fault(key, "it is missing");
        }
        found
    }

    fn wrong(&self, key: &str, value: &Value, wanted: &str) {
        self.fault(key, format!("it is {}, and must be {wanted}", value.kind()));
    }

    /// A text that must be there.
    pub fn text(&mut self, key: &'static str) -> String {
        self.required(key).map(|node| self.text_of(key, node)).unwrap_or_default()
    }

    /// A text that may be absent; empty then.
    pub fn optional_text(&mut self, key: &'static str) -> String {
        self.find(key).map(|node| self.text_of(key, node)).unwrap_or_default()
    }

    fn text_of(&self, key: &str, node: &Node) -> String {
        match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                self.fault(key, "it is empty; leave the key out where there is nothing to say");
                String::new()
            }
            Value::Text(text) => text.clone(),
            other => {
                self.wrong(key, other, "a text");
                String::new()
            }
        }
    }

    /// A text of which a test says whether it has the right form.
    pub fn formed(&mut self, key: &'static str, is_formed: fn(&str) -> bool, form: &str) -> String {
        let text = self.text(key);
        if !text.is_empty() && !is_formed(&text) {
            self.fault(key, format!("{text:?} is not {form}"));
        }
        text
    }

    /// A calendar day, as TOML date or as text.
    pub fn date(&mut self, key: &'static str) -> String {
        let Some(node) = self.required(key) else { return String::new() };
        let text = match &node.value {
            Value::Text(text) | Value::Date(text) => text.clone(),
            other => {
                self.wrong(key, other, "a date");
                return String::new();
            }
        };
        if !is_day(&text) {
            self.fault(key, format!("{text:?} is no date of the form YYYY-MM-DD"));
        }
        text
    }

    /// A day or a time of RFC 3339, as TOML date or as text; empty where it is absent.
    pub fn optional_time(&mut self, key: &'static str) -> String {
        let Some(node) = self.find(key) else { return String::new() };
        let text = match &node.value {
            Value::Text(text) | Value::Date(text) => text.clone(),
            other => {
                self.wrong(key, other, "a date or a time");
                return String::new();
            }
        };
        if model::vex::Instant::parse(&text).is_none() {
            self.fault(key, format!("{text:?} is no date (2026-11-22) and no time (2026-11-22T14:00:00Z)"));
        }
        text
    }

    /// A day or a time that must be there.
    pub fn time(&mut self, key: &'static str) -> String {
        if !self.has(key) {
            self.fault(key, "it is missing");
        }
        self.optional_time(key)
    }

    /// True or false; `None` where it is absent.
    pub fn truth(&mut self, key: &'static str) -> Option<bool> {
        let node = self.find(key)?;
        match &node.value {
            Value::Truth(truth) => Some(*truth),
            other => {
                self.wrong(key, other, "true or false");
                None
            }
        }
    }

    /// True or false that must be there.
    pub fn required_truth(&mut self, key: &'static str) -> bool {
        if !self.has(key) {
            self.fault(key, "it is missing");
        }
        self.truth(key).unwrap_or_default()
    }

    /// A whole number that may be absent.
    pub fn whole(&mut self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let node = self.find(key)?;
        match &node.value {
            Value::Whole(number) => {
                let fitting = u32::try_from(*number).ok().filter(|number| range.contains(number));
                if fitting.is_none() {
                    let (least, most) = (range.start(), range.end());
                    self.fault(key, format!("{number} is not between {least} and {most}"));
                }
                fitting
            }
            other => {
                self.wrong(key, other, "a whole number");
                None
            }
        }
    }

    /// A whole number that must be there.
    pub fn required_whole(&mut self, key: &'static str, range: RangeInclusive<u32>) -> u32 {
        if !self.has(key) {
            self.fault(key, "it is missing");
        }
        self.whole(key, range).unwrap_or_default()
    }

    /// A word of a closed list that must be there.
    pub fn word<T: Copy>(&mut self, key: &'static str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        if !self.has(key) {
            let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
            self.fault(key, format!("it is missing; one of {}", words.join(", ")));
        }
        self.optional_word(key, all, word)
    }

    /// A word of a closed list that may be absent.
    pub fn optional_word<T: Copy>(
        &mut self,
        key: &'static str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let node = self.find(key)?;
        let Value::Text(text) = &node.value else {
            self.wrong(key, &node.value, "a text");
            return None;
        };
        let found = all.iter().copied().find(|value| word(*value) == text);
        if found.is_none() {
            let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
            self.fault(key, unknown_word(text, &words));
        }
        found
    }

    /// A list of texts; empty where it is absent.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(node) = self.find(key) else { return Vec::new() };
        let Value::List(rows) = &node.value else {
            self.wrong(key, &node.value, "a list of texts");
            return Vec::new();
        };
        let path = self.path_of(key);
        let text = |(number, row): (usize, &Node)| match &row.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Text(_) => {
                self.faults.add(format!("{path}[{number}]"), row.at, "it is empty");
                None
            }
            other => {
                let why = format!("it is {}, and must be a text", other.kind());
                self.faults.add(format!("{path}[{number}]"), row.at, why);
                None
            }
        };
        rows.iter().enumerate().filter_map(text).collect()
    }

    /// One text, or a list of texts; empty where it is absent.
    pub fn patterns(&mut self, key: &'static str) -> Vec<String> {
        let one = self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node.value);
        match one {
            Some(Value::Text(_)) => vec![self.optional_text(key)],
            _ => self.texts(key),
        }
    }

    /// Where the value of a key begins.
    pub fn place_of(&self, key: &str) -> Option<usize> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.node.at)
    }

    /// A table below this one; an absent one reads as empty.
    pub fn table(&mut self, key: &'static str) -> Option<Table<'t>> {
        let path = self.path_of(key);
        self.find(key).map(|node| Table::new(node, path, self.faults))
    }

    /// A table that must be there.
    pub fn required_table(&mut self, key: &'static str) -> Option<Table<'t>> {
        if !self.has(key) {
            self.fault(key, "it is missing");
        }
        self.table(key)
    }

    /// A list of tables; empty where it is absent.
    pub fn tables(&mut self, key: &'static str) -> Vec<Table<'t>> {
        let Some(node) = self.find(key) else { return Vec::new() };
        let Value::List(rows) = &node.value else {
            self.wrong(key, &node.value, "a list of tables");
            return Vec::new();
        };
        let path = self.path_of(key);
        let table = |(number, row)| Table::new(row, format!("{path}[{number}]"), self.faults);
        rows.iter().enumerate().map(table).collect()
    }

    /// A list of tables that must be there with at least `least` rows.
    pub fn required_tables(&mut self, key: &'static str, least: usize) -> Vec<Table<'t>> {
        let tables = self.tables(key);
        if !self.has(key) {
            self.fault(key, "it is missing; an empty list is written as []");
        } else if tables.len() < least {
            self.fault(key, format!("it needs at least {least}"));
        }
        tables
    }

    /// The members of a table whose keys are names of the author's choice.
    pub fn members(self) -> Vec<(&'t str, Table<'t>)> {
        let faults = self.faults;
        let members = |entry: &'t Entry| {
            let path = self.path_of(&entry.key);
            (entry.key.as_str(), Table::new(&entry.node, path, faults))
        };
        let members = self.entries.iter().map(members).collect();
        self.report_twice();
        members
    }

    /// The members of a table from names of the author's choice to texts.
    pub fn texts_by_name(&self) -> Vec<(String, String)> {
        let members = self.entries.iter().map(|entry| {
            let text = self.text_of(&entry.key, &entry.node);
            (entry.key.clone(), text)
        });
        self.report_twice();
        members.collect()
    }

    /// The value of a key that takes a text, a number or true and false, as text.
    pub fn scalar(&mut self, key: &'static str) -> String {
        let Some(node) = self.required(key) else { return String::new() };
        match &node.value {
            Value::Text(text) => text.clone(),
            Value::Truth(truth) => truth.to_string(),
            Value::Whole(number) => number.to_string(),
            other => {
                self.wrong(key, other, "a text, a number, or true or false");
                String::new()
            }
        }
    }

    /// Ends the reading: keys that nobody asked for are faults.
    pub fn finish(self) {
        for entry in self.entries.iter().filter(|entry| !self.asked.contains(&entry.key.as_str())) {
            let nearest = nearest(&entry.key, &self.asked);
            let hint = match nearest {
                Some(near) => format!("did you mean {near}?"),
                None => format!("known here: {}", self.asked.join(", ")),
            };
            self.faults.add(self.path_of(&entry.key), entry.at, format!("unknown key; {hint}"));
        }
        self.report_twice();
    }

    fn report_twice(&self) {
        for (number, entry) in self.entries.iter().enumerate() {
            if self.entries.iter().take(number).any(|earlier| earlier.key == entry.key) {
                self.faults.add(self.path_of(&entry.key), entry.at, "it is given twice");
            }
        }
    }
}

/// Says that a word is not in a closed list: the list, and the nearest of it.
pub(crate) fn unknown_word(word: &str, known: &[&str]) -> String {
    let list = known.join(", ");
    match nearest(word, known) {
        Some(near) => format!("unknown word {word:?}; did you mean {near:?}? One of {list}"),
        None => format!("unknown word {word:?}; one of {list}"),
    }
}

/// The most similar of some words, when one is similar at all.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let written = word.to_lowercase().replace('-', "_");
    let scored = known.iter().map(|known| (distance(&written, known), *known));
    let (distance, near) = scored.min_by_key(|(distance, _)| *distance)?;
    let is_part = written.len() >= 3 && (near.contains(written.as_str()) || written.contains(near));
    (distance <= near.len().max(3) / 3 || is_part).then_some(near)
}

/// How many letters differ (Levenshtein); long texts count as far away.
fn distance(one: &str, other: &str) -> usize {
    if one.len() > 64 {
        return usize::MAX;
    }
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (above, second) in row.iter_mut().skip(1).zip(&other) {
            let changed = diagonal + usize::from(letter != *second);
            diagonal = *above;
            left = changed.min(diagonal + 1).min(left + 1);
            *above = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// True for a day of the calendar, `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(year), number(month), number(day));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}
