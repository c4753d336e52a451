//! An open element: what of it is known so far, and what it becomes when it is closed.

use rustc_hash::FxHashMap;

use super::{Form, Row};
use crate::text::quoted;

/// Members that are searched one by one; an element of more has an index.
const SEARCHED: usize = 24;

/// An open element.
pub struct Frame {
    name: String,
    row: Row,
    /// Members written beforehand, `"key":value,`.
    members: String,
    /// Attributes that were taken.
    attributes: Vec<(&'static str, String)>,
    text: String,
    /// Children that are items of this list.
    items: Vec<String>,
    /// Other children, as JSON, those of one key together.
    fields: Vec<Field>,
    /// Where the field of a key is, once there are many.
    index: FxHashMap<String, usize>,
}

struct Field {
    key: String,
    values: Vec<String>,
    is_list: bool,
}

/// Attributes that any element may have: an object keeps its reference, an attachment how it is written.
const COMMON: &[(&str, &str)] =
    &[("bom-ref", "bom-ref"), ("content-type", "contentType"), ("encoding", "encoding")];

impl Frame {
    /// Opens an element.
    pub fn new(name: &str, row: Row) -> Frame {
        Frame {
            name: name.to_owned(),
            row,
            members: String::new(),
            attributes: Vec::new(),
            text: String::new(),
            items: Vec::new(),
            fields: Vec::new(),
            index: FxHashMap::default(),
        }
    }

    /// Its name, without a prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts members in front of all others.
    pub fn begin_with(&mut self, members: String) {
        self.members = members;
    }

    /// True for an attribute that is wanted and not there yet.
    pub fn takes(&self, attribute: &str) -> bool {
        self.key_of(attribute).is_some_and(|key| !self.attributes.iter().any(|(known, _)| *known == key))
    }

    fn key_of(&self, attribute: &str) -> Option<&'static str> {
        let known = self.row.attributes.iter().chain(COMMON).find(|(name, _)| *name == attribute);
        known.map(|(_, key)| *key)
    }

    /// Takes an attribute.
    pub fn add_attribute(&mut self, attribute: &str, value: &str) {
        if let Some(key) = self.key_of(attribute) {
            self.attributes.push((key, value.to_owned()));
        }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) {
        // Blanks between elements are no text.
        if self.text.is_empty()
            && (!self.fields.is_empty() || !self.items.is_empty())
            && text.trim().is_empty()
        {
            return;
        }
        self.text.push_str(text);
    }

    /// Takes in a child that is complete.
    pub fn adopt(&mut self, child: Frame) {
        let key = child.row.key.map_or_else(|| child.name.clone(), str::to_owned);
        let is_list = matches!(child.row.form, Form::Repeated | Form::Reference);
        let is_item = self.row.items.contains(&child.name.as_str());
        let json = child.into_json();
        if is_item {
            self.items.push(json);
            return;
        }
        let at = self.place_of(&key);
        if let Some(field) = self.fields.get_mut(at) {
            field.values.push(json);
            field.is_list |= is_list;
        }
    }

    /// Where the field of a key is; a new one is added.
    fn place_of(&mut self, key: &str) -> usize {
        if let Some(last) = self.fields.len().checked_sub(1)
            && self.fields.get(last).is_some_and(|field| field.key == key)
        {
            return last;
        }
        let known = if self.fields.len() < SEARCHED {
            self.fields.iter().position(|field| field.key == key)
        } else {
            if self.index.is_empty() {
                let keys = self.fields.iter().enumerate().map(|(at, field)| (field.key.clone(), at));
                self.index = keys.collect();
            }
            self.index.get(key).copied()
        };
        known.unwrap_or_else(|| {
            let at = self.fields.len();
            if !self.index.is_empty() {
                self.index.insert(key.to_owned(), at);
            }
            self.fields.push(Field { key: key.to_owned(), values: Vec::new(), is_list: false });
            at
        })
    }

    /// The element as JSON.
    pub fn into_json(self) -> String {
        match self.row.form {
            Form::Reference => quoted(self.attributes.first().map_or("", |(_, value)| value.as_str())),
            Form::Text(key) => self.object(Some(key)),
            Form::Wrapped(key) => format!("{{{}:{}}}", quoted(key), self.plain()),
            Form::AsItLooks | Form::Repeated => self.plain(),
        }
    }

    fn plain(self) -> String {
        let is_text = !self.text.trim().is_empty();
        if !self.items.is_empty() || (!self.row.items.is_empty() && self.fields.is_empty() && !is_text) {
            return format!("[{}]", self.items.join(","));
        }
        let wanted = |key: &str| !COMMON.iter().any(|(_, common)| *common == key);
        let is_attachment = self.attributes.iter().any(|(key, _)| matches!(*key, "contentType" | "encoding"));
        let is_object = !self.fields.is_empty()
            || !self.members.is_empty()
            || self.attributes.iter().any(|(key, _)| wanted(key));
        match (is_object, is_attachment) {
            (true, _) => self.object(None),
            (false, true) => self.object(Some("content")),
            // An empty element may stand for a text, an object or a list.
            (false, false) if !is_text => "null".to_owned(),
            (false, false) => quoted(&self.text),
        }
    }

    fn object(self, text_key: Option<&str>) -> String {
        let mut out = String::from("{");
        out.push_str(&self.members);
        for (key, value) in &self.attributes {
            push_member(&mut out, key, &quoted(value));
        }
        if let Some(key) = text_key {
            push_member(&mut out, key, &quoted(&self.text));
        }
        for field in &self.fields {
            match field.values.as_slice() {
                [only] if !field.is_list => push_member(&mut out, &field.key, only),
                several => push_member(&mut out, &field.key, &format!("[{}]", several.join(","))),
            }
        }
        if out.ends_with(',') {
            out.pop();
        }
        out.push('}');
        out
    }
}

fn push_member(out: &mut String, key: &str, json: &str) {
    out.push_str(&quoted(key));
    out.push(':');
    out.push_str(json);
    out.push(',');
}
