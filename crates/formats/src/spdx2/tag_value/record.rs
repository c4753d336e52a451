//! One JSON object while its members come in, in their order.

use crate::text::quoted;

/// An object of texts and lists.
#[derive(Debug, Default)]
pub struct Record {
    open: bool,
    texts: Vec<(&'static str, String)>,
    /// Lists of JSON values.
    lists: Vec<(&'static str, Vec<String>)>,
}

impl Record {
    /// Marks it as begun.
    pub fn begin(&mut self) {
        self.open = true;
    }

    /// True between [`Record::begin`] and the end of the element.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The text of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| *known == key).map(|(_, text)| text.as_str())
    }

    /// True when the key has a text.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets a text; the first of two stays.
    pub fn set(&mut self, key: &'static str, value: &str) {
        if !self.has(key) {
            self.texts.push((key, value.to_owned()));
        }
    }

    /// Adds a JSON value to a list.
    pub fn push(&mut self, key: &'static str, json: String) {
        match self.lists.iter_mut().find(|(known, _)| *known == key) {
            Some((_, list)) => list.push(json),
            None => self.lists.push((key, vec![json])),
        }
    }

    /// The object as JSON.
    pub fn json(&self) -> String {
        let texts = self.texts.iter().map(|(key, text)| format!("{}:{}", quoted(key), quoted(text)));
        let lists = self.lists.iter().map(|(key, list)| format!("{}:[{}]", quoted(key), list.join(",")));
        let members: Vec<String> = texts.chain(lists).collect();
        format!("{{{}}}", members.join(","))
    }
}
