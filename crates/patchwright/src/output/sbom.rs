//! `sbom check` and `sbom diff`, for people and for machines.

use std::io::{Result, Write};

use comfy_table::{ContentArrangement, Table, presets};
use model::quality::Survey;
use serde::Serialize;
use service::sbom::contents::{Change, Difference, Kind};
use service::sbom::quality::{Answer, How, Outcome, RuleSet};

use super::json;
use super::table::{printable, wrapped};
use super::words::{self, colour};

/// One SBOM held against one rule set.
pub struct Checked {
    file: String,
    form: String,
    components: usize,
    set: RuleSet,
    answers: Vec<Answer>,
    /// The gate passed.
    pub passed: bool,
}

impl Checked {
    /// An answer with what it is about.
    pub fn new(survey: &Survey, set: RuleSet, answers: Vec<Answer>, passed: bool) -> Checked {
        let form = format!("{} {}", survey.form.word(), survey.spec_version).trim_end().to_owned();
        Checked { file: survey.file.clone(), form, components: survey.parts.len(), set, answers, passed }
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.answers.iter().filter(|answer| answer.outcome == outcome).count()
    }
}

/// Writes checks for people: one line a rule, then what is missing and how to produce it.
pub fn write_checks(out: &mut dyn Write, checked: &[Checked]) -> Result<()> {
    for (at, one) in checked.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        write_check(out, one)?;
    }
    Ok(())
}

fn write_check(out: &mut dyn Write, checked: &Checked) -> Result<()> {
    let (bold, end) = (colour::BOLD, colour::END);
    writeln!(
        out,
        "{bold}{}{end} ({}, {})\n{}\n",
        printable(&checked.file),
        printable(&checked.form),
        words::counted(checked.components, "component", "components"),
        checked.set.title()
    )?;
    let width = checked.answers.iter().map(|answer| answer.rule.element.chars().count()).max().unwrap_or(0);
    for answer in &checked.answers {
        let (paint, word) = match answer.outcome {
            Outcome::Passed => (colour::FINE, "passed"),
            Outcome::Failed => (colour::ACTION, "failed"),
            Outcome::CannotTell => (colour::REVIEW, "cannot tell"),
        };
        let element = answer.rule.element;
        let level = answer.rule.level.word();
        let row = format!("  {paint}{word:<11}{end}  {element:<width$}  {level:<11}  {}", tally(answer));
        writeln!(out, "{}", row.trim_end())?;
    }
    writeln!(
        out,
        "\n{bold}{} passed, {} failed, {} cannot be told{end}",
        checked.count(Outcome::Passed),
        checked.count(Outcome::Failed),
        checked.count(Outcome::CannotTell)
    )?;
    for answer in checked.answers.iter().filter(|answer| answer.outcome != Outcome::Passed) {
        write_answer(out, answer)?;
    }
    Ok(())
}

/// Of how many components it does not hold; nothing for rules on the document.
fn tally(answer: &Answer) -> String {
    let places = answer.failed + answer.unknown;
    match (places, answer.of) {
        (0, _) | (_, 0 | 1) => String::new(),
        (_, of) => format!("{places} of {of} components"),
    }
}

fn write_answer(out: &mut dyn Write, answer: &Answer) -> Result<()> {
    let rule = answer.rule;
    writeln!(out, "\n{}{}{} ({}; {})", colour::BOLD, rule.element, colour::END, rule.id, rule.clause)?;
    for example in &answer.examples {
        let name = if example.name.is_empty() { "" } else { &format!("{}: ", example.name) };
        let place = if example.place.is_empty() { String::new() } else { format!("  {}", example.place) };
        writeln!(
            out,
            "  - {}{}{}{}{}",
            printable(name),
            printable(&example.why),
            colour::DIM,
            printable(&place),
            colour::END
        )?;
    }
    let shown = answer.examples.len();
    let more = (answer.failed + answer.unknown).saturating_sub(shown);
    if more > 0 {
        writeln!(out, "  - {more} more")?;
    }
    for (label, text) in advice(&rule.how) {
        for (at, line) in wrapped(text, 100).iter().enumerate() {
            writeln!(out, "  {:<11}{line}", if at == 0 { label } else { "" })?;
        }
    }
    Ok(())
}

fn advice(how: &How) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = [("Yocto", how.yocto), ("Buildroot", how.buildroot), ("afterwards", how.afterwards)];
    all.into_iter().filter(|(_, text)| !text.is_empty())
}

#[derive(Serialize)]
struct ChecksView<'a> {
    schema: &'static str,
    checks: Vec<CheckView<'a>>,
}

#[derive(Serialize)]
struct CheckView<'a> {
    file: &'a str,
    form: &'a str,
    components: usize,
    rules: &'static str,
    title: &'static str,
    gate_passed: bool,
    passed: usize,
    failed: usize,
    cannot_tell: usize,
    answers: Vec<AnswerView<'a>>,
}

#[derive(Serialize)]
struct AnswerView<'a> {
    id: &'static str,
    clause: &'static str,
    element: &'static str,
    level: &'static str,
    outcome: &'static str,
    failed: usize,
    unknown: usize,
    of: usize,
    examples: Vec<ExampleView<'a>>,
    how: HowView,
}

#[derive(Serialize)]
struct ExampleView<'a> {
    place: &'a str,
    name: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct HowView {
    yocto: &'static str,
    buildroot: &'static str,
    afterwards: &'static str,
}

/// Writes checks for machines.
pub fn write_checks_json(out: &mut dyn Write, checked: &[Checked]) -> Result<()> {
    let checks = checked.iter().map(|one| CheckView {
        file: &one.file,
        form: &one.form,
        components: one.components,
        rules: one.set.word(),
        title: one.set.title(),
        gate_passed: one.passed,
        passed: one.count(Outcome::Passed),
        failed: one.count(Outcome::Failed),
        cannot_tell: one.count(Outcome::CannotTell),
        answers: one.answers.iter().map(answer_view).collect(),
    });
    json::pretty(out, &ChecksView { schema: "patchwright/sbom-check/1", checks: checks.collect() })
}

fn answer_view(answer: &Answer) -> AnswerView<'_> {
    let (rule, how) = (answer.rule, answer.rule.how);
    let examples = answer.examples.iter();
    AnswerView {
        id: rule.id,
        clause: rule.clause,
        element: rule.element,
        level: rule.level.word(),
        outcome: answer.outcome.word(),
        failed: answer.failed,
        unknown: answer.unknown,
        of: answer.of,
        examples: examples
            .map(|one| ExampleView { place: &one.place, name: &one.name, why: &one.why })
            .collect(),
        how: HowView { yocto: how.yocto, buildroot: how.buildroot, afterwards: how.afterwards },
    }
}

/// Two releases and what differs.
pub struct Compared<'a> {
    /// The old one.
    pub old: String,
    /// The new one.
    pub new: String,
    /// What differs.
    pub differences: &'a [Difference],
}

#[derive(Serialize)]
struct ComparedView<'a> {
    schema: &'static str,
    old: &'a str,
    new: &'a str,
    added: usize,
    removed: usize,
    version: usize,
    changed: usize,
    differences: Vec<DifferenceView<'a>>,
}

#[derive(Serialize)]
struct DifferenceView<'a> {
    kind: &'static str,
    name: &'a str,
    instance: &'a str,
    build_only: bool,
    old_version: &'a str,
    new_version: &'a str,
    changes: Vec<ChangeView<'a>>,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    field: &'static str,
    added: &'a [String],
    removed: &'a [String],
}

impl Compared<'_> {
    fn count(&self, kind: Kind) -> usize {
        self.differences.iter().filter(|difference| difference.kind == kind).count()
    }

    /// For machines.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<()> {
        let differences = self.differences.iter().map(|one| DifferenceView {
            kind: one.kind.word(),
            name: &one.name,
            instance: &one.instance,
            build_only: one.build_only,
            old_version: &one.old_version,
            new_version: &one.new_version,
            changes: one.changes.iter().map(change_view).collect(),
        });
        let view = ComparedView {
            schema: "patchwright/sbom-diff/1",
            old: &self.old,
            new: &self.new,
            added: self.count(Kind::Added),
            removed: self.count(Kind::Removed),
            version: self.count(Kind::Version),
            changed: self.count(Kind::Changed),
            differences: differences.collect(),
        };
        json::pretty(out, &view)
    }

    /// For people.
    pub fn write_table(&self, out: &mut dyn Write, width: Option<u16>) -> Result<()> {
        let (bold, end) = (colour::BOLD, colour::END);
        writeln!(out, "{bold}{} → {}{end}\n", printable(&self.old), printable(&self.new))?;
        if !self.differences.is_empty() {
            let mut table = Table::new();
            table.load_style(presets::NOTHING);
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width.unwrap_or(120));
            table.set_header(["", "component", "old", "new", "also"]);
            for one in self.differences {
                let name = match one.instance.as_str() {
                    "" => one.name.clone(),
                    instance => format!("{} ({instance})", one.name),
                };
                let also: Vec<String> = one.changes.iter().map(told).collect();
                table.add_row([
                    one.kind.word().to_owned(),
                    printable(&name),
                    printable(&one.old_version),
                    printable(&one.new_version),
                    printable(&also.join("; ")),
                ]);
            }
            writeln!(out, "{table}\n")?;
        }
        writeln!(
            out,
            "{bold}{} added, {} removed, {} with another version, {} changed otherwise{end}",
            self.count(Kind::Added),
            self.count(Kind::Removed),
            self.count(Kind::Version),
            self.count(Kind::Changed)
        )
    }
}

fn change_view(change: &Change) -> ChangeView<'_> {
    ChangeView { field: change.field, added: &change.added, removed: &change.removed }
}

/// `patches +CVE-2024-1.patch -old.patch`; long lists are cut.
fn told(change: &Change) -> String {
    let added = change.added.iter().map(|text| format!("+{text}"));
    let all: Vec<String> = added.chain(change.removed.iter().map(|text| format!("-{text}"))).collect();
    let more = all.len().saturating_sub(SHOWN);
    let mut text =
        format!("{} {}", change.field, all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" "));
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// Entries of a list that are shown.
const SHOWN: usize = 4;
