//! A comparison for people: what the build did first, then what the data did, then what people decided.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use model::assessment::ResponseClass;
use service::compare::{Comparison, Difference, Kind, Origin, Side, State};

use super::table::printable;
use super::words::{self, colour};

/// Differences listed for one cause; the rest is counted.
const SHOWN: usize = 8;

/// Causes listed of one origin.
const CAUSES: usize = 24;

/// Everything the outputs need.
pub struct View<'a> {
    /// What the old side is called.
    pub old_title: &'a str,
    /// What the new side is called.
    pub new_title: &'a str,
    /// The old side.
    pub old: &'a Side,
    /// The new side.
    pub new: &'a Side,
    /// What is different.
    pub comparison: &'a Comparison,
    /// What makes the sides hard to compare, in words.
    pub remarks: &'a [String],
}

impl<'a> View<'a> {
    /// The differences of an origin by their last cause, the causes with most of them first.
    fn by_cause(&self, origin: Origin) -> Vec<(&'a str, Vec<&'a Difference>)> {
        let mut causes: BTreeMap<&str, Vec<&Difference>> = BTreeMap::new();
        for difference in self.comparison.differences.iter().filter(|one| one.origin() == origin) {
            let says = difference.causes.last().map_or("", |cause| cause.says.as_str());
            causes.entry(says).or_default().push(difference);
        }
        let mut causes: Vec<(&str, Vec<&Difference>)> = causes.into_iter().collect();
        causes.sort_by_key(|(_, differences)| {
            let worst =
                differences.iter().filter(|one| one.kind != Kind::Gone).filter_map(|one| one.class()).max();
            std::cmp::Reverse((worst, differences.len()))
        });
        causes
    }

    /// The name and version of a difference's component.
    fn component(&self, difference: &Difference) -> String {
        let new = difference.new_component.and_then(|at| self.new.components.get(at));
        let old = difference.old_component.and_then(|at| self.old.components.get(at));
        let component = new.or(old);
        component.map_or(String::new(), |one| format!("{} {}", printable(&one.name), printable(&one.version)))
    }

    /// `12 new · 30 gone · 4 changed · 200 the same`.
    fn counts(&self) -> String {
        let of = |kind| words::count(self.comparison.number(kind, None));
        format!(
            "{} new · {} gone · {} changed · {} the same",
            of(Kind::New),
            of(Kind::Gone),
            of(Kind::Changed),
            words::count(self.comparison.same)
        )
    }
}

fn heading(origin: Origin) -> &'static str {
    match origin {
        Origin::Build => "By the build",
        Origin::Data => "By the data, not by the build",
        Origin::Judgement => "By profile and decisions",
        Origin::Unseparated => "By the build or by the data: these results do not tell which",
    }
}

fn kinds(comparison: &[&Difference]) -> String {
    Kind::ALL
        .into_iter()
        .map(|kind| (comparison.iter().filter(|one| one.kind == kind).count(), kind.word()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", words::count(number)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `affected, planned`: where a finding stands.
fn stands(state: Option<&State>) -> String {
    let Some(state) = state else { return "no finding".to_owned() };
    let status = state.status.replace('_', " ");
    match state.class.filter(|_| state.is_open) {
        Some(class) => format!("{status}, {}", class.word()),
        None => status,
    }
}

/// What a line says of a difference.
fn move_of(difference: &Difference) -> String {
    let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
    match difference.kind {
        Kind::New => stands(after),
        Kind::Gone => match after {
            Some(state) => format!("was {}, now {} ({})", stands(before), stands(after), state.reason),
            None => format!("was {}", stands(before)),
        },
        Kind::Changed => format!("{} -> {}", stands(before), stands(after)),
    }
}

fn mark(difference: &Difference) -> &'static str {
    match (difference.kind, difference.class()) {
        (Kind::Gone, _) => colour::FINE,
        (_, Some(ResponseClass::Immediate)) => colour::ACTION,
        (_, Some(ResponseClass::Planned)) => colour::REVIEW,
        _ => colour::DIM,
    }
}

/// Writes the comparison for people.
pub fn write(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    writeln!(
        out,
        "{}{}  →  {}{}",
        colour::BOLD,
        printable(view.old_title),
        printable(view.new_title),
        colour::END
    )?;
    for remark in view.remarks {
        writeln!(out, "{}{}{}", colour::REVIEW, printable(remark), colour::END)?;
    }
    writeln!(out, "{}", view.counts())?;
    if view.comparison.differences.is_empty() {
        return writeln!(out, "No difference: every open finding stands as it stood.");
    }
    for origin in Origin::ALL {
        let causes = view.by_cause(origin);
        if causes.is_empty() {
            continue;
        }
        let all: Vec<&Difference> = causes.iter().flat_map(|(_, list)| list.iter().copied()).collect();
        writeln!(out, "\n{}{}{}: {}", colour::BOLD, heading(origin), colour::END, kinds(&all))?;
        for (says, differences) in causes.iter().take(CAUSES) {
            writeln!(out, "  {}: {}", printable(says), kinds(differences))?;
            for difference in differences.iter().take(SHOWN) {
                writeln!(
                    out,
                    "    {}{:<8}{} {:<20} {}  {}",
                    mark(difference),
                    difference.kind.word(),
                    colour::END,
                    printable(&difference.vulnerability),
                    view.component(difference),
                    printable(&move_of(difference))
                )?;
            }
            rest(out, differences.len().saturating_sub(SHOWN), "    ")?;
        }
        rest(out, causes.len().saturating_sub(CAUSES), "  ")?;
    }
    Ok(())
}

fn rest(out: &mut dyn Write, more: usize, indent: &str) -> Result<()> {
    match more {
        0 => Ok(()),
        more => {
            writeln!(
                out,
                "{indent}{}and {} more (--format json){}",
                colour::DIM,
                words::count(more),
                colour::END
            )
        }
    }
}

/// Writes the comparison for merge requests.
pub fn write_markdown(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    writeln!(out, "# {} → {}\n", cell(view.old_title), cell(view.new_title))?;
    for remark in view.remarks {
        writeln!(out, "> {}\n", cell(remark))?;
    }
    writeln!(out, "{}", view.counts())?;
    if view.comparison.differences.is_empty() {
        return writeln!(out, "\nNo difference: every open finding stands as it stood.");
    }
    for origin in Origin::ALL {
        let causes = view.by_cause(origin);
        if causes.is_empty() {
            continue;
        }
        writeln!(out, "\n## {}\n", heading(origin))?;
        writeln!(out, "| kind | vulnerability | component | what | cause |\n|---|---|---|---|---|")?;
        for (says, differences) in causes.iter().take(CAUSES) {
            for difference in differences.iter().take(SHOWN) {
                writeln!(
                    out,
                    "| {} | {} | {} | {} | {} |",
                    difference.kind.word(),
                    cell(&difference.vulnerability),
                    cell(&view.component(difference)),
                    cell(&move_of(difference)),
                    cell(says)
                )?;
            }
            let more = differences.len().saturating_sub(SHOWN);
            if more > 0 {
                writeln!(out, "| … | {} more | | | {} |", words::count(more), cell(says))?;
            }
        }
    }
    Ok(())
}

/// Text that cannot end a cell or begin markup.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' => {
                safe.push('\\');
                safe.push(character);
            }
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}
