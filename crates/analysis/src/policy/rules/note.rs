//! The note of a rule, with what is in double braces filled in from the finding.

use model::rule::Rule;

use super::super::expression::{Fault, nearest};
use super::super::facts::{Subject, files};

/// What a note can name.
pub(super) const PLACEHOLDERS: &[&str] =
    &["class", "component", "cve", "files", "fixed", "product", "reason", "release", "rule", "version"];
/// Files that are told; the rest is counted.
const MOST_FILES: usize = 8;

/// The names in double braces, with their byte offsets.
fn placeholders(note: &str) -> impl Iterator<Item = (usize, Option<&str>)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let open = from + note.get(from..)?.find("{{")?;
        let inside = open + 2;
        let close = note.get(inside..).and_then(|rest| rest.find("}}"));
        from = close.map_or(note.len(), |close| inside + close + 2);
        Some((open, close.and_then(|close| note.get(inside..inside + close))))
    })
}

/// The first placeholder that is none.
pub(super) fn wrong(note: &str) -> Option<Fault> {
    placeholders(note).find_map(|(at, name)| match name {
        None => Some(Fault::at(at, 2, "`{{` is never closed".to_owned())),
        Some(name) if PLACEHOLDERS.contains(&name.trim()) => None,
        Some(name) => {
            let near = nearest(name.trim(), PLACEHOLDERS.iter().copied());
            let hint = near.map_or_else(
                || format!("known: {}", PLACEHOLDERS.join(", ")),
                |near| format!("did you mean {{{{{near}}}}}?"),
            );
            Some(Fault::at(at, name.len() + 4, format!("unknown placeholder {{{{{name}}}}}")).hint(hint))
        }
    })
}

/// The note for a finding.
pub(super) fn fill(rule: &Rule, subject: &Subject<'_>) -> String {
    let note = rule.then.note.as_str();
    let mut filled = String::new();
    let mut done = 0;
    for (at, name) in placeholders(note) {
        let Some(name) = name else { break };
        filled.push_str(note.get(done..at).unwrap_or_default());
        filled.push_str(&value(name.trim(), rule, subject));
        done = at + name.len() + 4;
    }
    filled.push_str(note.get(done..).unwrap_or_default());
    filled
}

fn value(name: &str, rule: &Rule, subject: &Subject<'_>) -> String {
    let (finding, component) = (subject.finding, subject.component);
    let or = |text: &str, empty: &str| if text.is_empty() { empty.to_owned() } else { text.to_owned() };
    match name {
        "class" => subject.effect.class.map_or("none", |class| class.word()).to_owned(),
        "component" => component.name.clone(),
        "cve" => finding.vulnerability.clone(),
        "files" => told(&files(finding)),
        "fixed" => or(&finding.fixed, "no version known"),
        "product" => subject.scene.product().to_owned(),
        "reason" => finding.reason.meaning().to_owned(),
        "release" => or(&subject.scene.inventory.release, "unnamed release"),
        "rule" => rule.id.clone(),
        "version" => or(&component.version, "unknown version"),
        _ => String::new(),
    }
}

fn told(files: &[&str]) -> String {
    if files.is_empty() {
        return "(no file is named)".to_owned();
    }
    let mut told = files.iter().take(MOST_FILES).copied().collect::<Vec<_>>().join(", ");
    if files.len() > MOST_FILES {
        told.push_str(&format!(" and {} more", files.len() - MOST_FILES));
    }
    told
}
