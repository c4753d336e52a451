//! Exit codes, one table for all verbs (ARCHITECTURE.md, section "Exit codes"). Nothing else makes one.

use std::process::ExitCode;

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; the gate passed.
    Done,
    /// The gate failed, a check found something, or the result is partial.
    Failed,
    /// Wrong usage, including an unknown option value.
    Usage,
    /// An input could not be read, or a named object was not found.
    Unreadable,
    /// Cannot judge: the index is missing, unreadable or too old.
    CannotJudge,
    /// A fault in Patchwright.
    Fault,
}

impl Exit {
    /// The code of the table.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unreadable => 3,
            Exit::CannotJudge => 4,
            Exit::Fault => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a verb could not finish: what failed for which thing, and what to do next.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// Lower case, no full stop.
    pub message: String,
    /// What to do next; empty when the message says it.
    pub hint: String,
}

impl Failure {
    /// Makes a failure without a hint.
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: message.into(), hint: String::new() }
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = hint.into();
        self
    }
}

impl From<std::io::Error> for Failure {
    /// A reader of our output that went away (`| head`) is no failure of ours.
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::new(Exit::Done, ""),
            _ => Failure::new(Exit::Fault, format!("cannot write the output: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        match error.io_error_kind() {
            Some(kind) => std::io::Error::from(kind).into(),
            None => Failure::new(Exit::Fault, format!("cannot write JSON: {error}")),
        }
    }
}
