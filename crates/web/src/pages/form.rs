//! Forms: what was sent, read by closed words; what is wrong stands beside its field, and nothing that was written is lost.

use std::collections::BTreeMap;

/// Names that forms carry beside their own fields.
const CARRIED: [&str; 2] = ["csrf", "return"];

/// Longest text of a field, in bytes.
const LONGEST: usize = 20_000;

/// What a form or a JSON object sent: name to values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    fields: Vec<(String, String)>,
}

/// What is wrong with fields: name to what to do.
pub type Complaints = BTreeMap<String, String>;

impl Sent {
    /// Of pairs.
    pub fn of(fields: Vec<(String, String)>) -> Sent {
        Sent { fields }
    }

    /// The first value of a name, without blanks around it; empty where it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value of a name as it was written, blanks included: passwords.
    pub fn whole(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// What was sent as one text, without what forms carry along: equal for equal requests.
    pub fn content(&self) -> String {
        let own = self.fields.iter().filter(|(key, _)| !CARRIED.contains(&key.as_str()));
        own.map(|(key, value)| format!("{key}\0{value}\0")).collect()
    }

    /// All values of a name.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Complaints about names that the form does not have, and about texts that are too long.
    pub fn complaints(&self, known: &[&str]) -> Complaints {
        let mut complaints = Complaints::new();
        for (key, value) in &self.fields {
            if !known.contains(&key.as_str()) && !CARRIED.contains(&key.as_str()) {
                complaints.insert(key.clone(), format!("unknown field; known are {}", known.join(", ")));
            } else if value.len() > LONGEST {
                complaints.insert(key.clone(), format!("longer than {LONGEST} bytes"));
            }
        }
        complaints
    }
}

/// The complaint about a field; empty where there is none.
pub fn complaint<'a>(complaints: &'a Complaints, name: &str) -> &'a str {
    complaints.get(name).map_or("", String::as_str)
}
