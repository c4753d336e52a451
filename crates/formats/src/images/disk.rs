//! A disk: each partition is looked into by its content. What is not read is told; a disk of which nothing can be read is
//! an error.

use model::note::{NoteCode, Severity};

use super::kind::{Container, HEAD};
use super::source::View;
use super::{FormatError, Ledger, image};
use crate::partitions;

/// Reads every partition that holds something we read.
pub fn read(ledger: &mut Ledger<'_>, view: &View, depth: usize) -> Result<(), FormatError> {
    let partitions = partitions::read(ledger, view)?;
    let mut passed = Vec::new();
    let mut read = 0;
    for partition in &partitions {
        let part = view.part(partition.start, partition.length);
        let label = partition.label();
        let head = part.head(HEAD).map_err(|error| ledger.io(&label, &error))?;
        let what = match Container::of(&head) {
            Container::Foreign(foreign) => {
                let severity = if foreign.is_storage { Severity::Warn } else { Severity::Info };
                let value = if foreign.is_storage {
                    format!("{} is not read; {}", foreign.what, foreign.advice)
                } else {
                    format!("{}, passed over", foreign.what)
                };
                ledger.note(NoteCode::UnknownKind, severity, &label, &value);
                foreign.what
            }
            Container::Unknown | Container::UImage | Container::Disk => {
                let is_empty = head.iter().all(|byte| *byte == 0);
                let (severity, value) = match is_empty {
                    true => (Severity::Info, "begins with zeros, passed over"),
                    false => (Severity::Warn, "holds nothing that is known, passed over"),
                };
                ledger.note(NoteCode::UnknownKind, severity, &label, value);
                if is_empty { "zeros" } else { "something unknown" }
            }
            _ => {
                ledger.enter(&label);
                image(ledger, &part, depth + 1)?;
                ledger.leave();
                read += 1;
                continue;
            }
        };
        passed.push(format!("{label}: {what}"));
    }
    if read == 0 {
        let why = match passed.is_empty() {
            true => "the disk has no partition".to_owned(),
            false => format!("no partition holds a file system that is read ({})", passed.join(", ")),
        };
        return Err(ledger.malformed("", &why));
    }
    Ok(())
}
