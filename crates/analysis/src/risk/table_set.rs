//! The tables in force: those that are compiled in, or a user's own with the same axes.
//!
//! They are given with the knowledge, so that an answer depends on nothing but its inputs.

use super::response::{ResponseTable, response};
use super::ssvc::{SsvcTables, ssvc};
use super::tables::TableError;
use crate::policy::due::{DeadlineError, Deadlines, built_in};

/// What judges.
#[derive(Clone, Copy, Debug)]
pub struct TableSet {
    /// The class.
    pub response: &'static ResponseTable,
    /// SSVC and BOD outcomes.
    pub ssvc: &'static SsvcTables,
    /// Deadlines per class.
    pub deadlines: &'static Deadlines,
}

impl Default for TableSet {
    fn default() -> TableSet {
        TableSet { response: response(), ssvc: ssvc(), deadlines: built_in() }
    }
}

/// Which table a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Response,
    Ssvc,
    Deadlines,
}

/// Why a text cannot stand in for a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceError {
    /// It is none of the tables that can be replaced.
    #[error("it is no table that can be replaced: {0}")]
    Unknown(String),
    /// A table of inputs and outcomes that is incomplete, falls, or has other axes.
    #[error("{0}")]
    Table(#[from] TableError),
    /// A table of deadlines that cannot be used.
    #[error("{0}")]
    Deadlines(#[from] DeadlineError),
}

impl TableSet {
    /// Puts a table in the place of the one with the same inputs; its name is returned. It lives as long as the
    /// program: tables are read once, at its start.
    ///
    /// # Errors
    /// When it is of no known kind, incomplete, not monotone, or asks other questions. Nothing is replaced then.
    pub fn replace(&mut self, text: &str) -> Result<&'static str, ReplaceError> {
        let kind = kind(text)?;
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        match kind {
            Kind::Response => {
                self.response = Box::leak(Box::new(ResponseTable::parse(text)?));
                Ok("response")
            }
            Kind::Ssvc => {
                let tables = self.ssvc.clone().replace(text)?;
                let name = tables.all().iter().zip(self.ssvc.all()).find(|(new, old)| new != old);
                let name = name.map_or("ssvc", |(new, _)| new.frame().name);
                self.ssvc = Box::leak(Box::new(tables));
                Ok(name)
            }
            Kind::Deadlines => {
                self.deadlines = Box::leak(Box::new(Deadlines::parse(text)?));
                Ok("deadlines")
            }
        }
    }
}

/// What a text is, by its first line that is no comment.
fn kind(text: &str) -> Result<Kind, ReplaceError> {
    let is_said = |line: &&str| !line.is_empty() && (!line.starts_with('#') || line.starts_with("#table,"));
    let first = text.lines().map(str::trim).find(is_said).unwrap_or_default();
    let word = first.split(',').next().unwrap_or_default();
    match word {
        "#table" => Ok(Kind::Response),
        "table" => Ok(Kind::Ssvc),
        "class" => Ok(Kind::Deadlines),
        "row" => Err(ReplaceError::Unknown(
            "a response table of your own begins with its name: `#table,acme/response,1.0.0`".to_owned(),
        )),
        _ => {
            let told: String = first.chars().take(60).collect();
            Err(ReplaceError::Unknown(format!(
                "it begins with `{told}`; see patchwright tables show response"
            )))
        }
    }
}
