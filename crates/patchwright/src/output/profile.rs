//! What `profile` prints: broken rules, a profile in words, changed keys; for people and for machines.

use std::io::{Result, Write};

use comfy_table::{ContentArrangement, Table, presets};
use model::profile::Profile;
use serde::Serialize;
use serde_json::Value;
use service::profile::{Change, Checked, Effect, Explained, Section, Statement};

use super::table::printable;
use super::words::{colour, counted};

/// The schema ids of the JSON outputs.
const CHECK: &str = "patchwright/profile-check/1";
const EXPLAINED: &str = "patchwright/profile-explained/1";
const DIFF: &str = "patchwright/profile-diff/1";

/// A line on standard error that says what to do next.
pub fn hint(text: &str) -> Result<()> {
    writeln!(anstream::stderr(), "{}hint:{}  {text}", colour::BOLD, colour::END)
}

fn table(width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width.unwrap_or(120));
    table
}

/// Lines of a table without the blanks at their ends.
fn write_trimmed(out: &mut dyn Write, table: &Table) -> Result<()> {
    for line in table.to_string().lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn level(checked: &Checked) -> &'static str {
    if checked.finding.is_error { "error" } else { "warning" }
}

fn sums(found: &[Checked]) -> (usize, usize) {
    let errors = found.iter().filter(|checked| checked.finding.is_error).count();
    (errors, found.len() - errors)
}

/// Broken rules as a table, and a line that sums them up.
pub fn write_check(
    out: &mut dyn Write,
    profiles: &[(String, Profile)],
    found: &[Checked],
    width: Option<u16>,
) -> Result<()> {
    for (file, profile) in profiles {
        let mut table = table(width);
        table.set_header(["rule", "", "key", "what is wrong"]);
        let of_file: Vec<&Checked> = found.iter().filter(|checked| checked.file == *file).collect();
        for checked in &of_file {
            let finding = &checked.finding;
            table.add_row([
                finding.id.to_owned(),
                level(checked).to_owned(),
                printable(&finding.key),
                printable(&finding.text),
            ]);
        }
        writeln!(
            out,
            "{}{}{}: {} version {}, {}",
            colour::BOLD,
            printable(file),
            colour::END,
            profile.id,
            profile.version,
            profile.status.word()
        )?;
        if !of_file.is_empty() {
            write_trimmed(out, &table)?;
        }
    }
    let (errors, warnings) = sums(found);
    let paint = match (errors, warnings) {
        (0, 0) => colour::FINE,
        (0, _) => colour::REVIEW,
        _ => colour::ACTION,
    };
    let (errors, warnings) = (counted(errors, "error", "errors"), counted(warnings, "warning", "warnings"));
    writeln!(out, "{paint}{errors}, {warnings}{}", colour::END)
}

#[derive(Serialize)]
struct CheckView<'a> {
    schema: &'static str,
    profiles: Vec<ProfileView<'a>>,
    errors: usize,
    warnings: usize,
    findings: Vec<FindingView<'a>>,
}

#[derive(Serialize)]
struct ProfileView<'a> {
    file: &'a str,
    #[serde(flatten)]
    named: Named<'a>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    version: u32,
    status: &'static str,
    hash: String,
}

#[derive(Serialize)]
struct FindingView<'a> {
    file: &'a str,
    rule: &'static str,
    level: &'static str,
    key: &'a str,
    text: &'a str,
}

fn named(profile: &Profile) -> Named<'_> {
    Named {
        id: &profile.id,
        version: profile.version,
        status: profile.status.word(),
        hash: service::profile::hash(profile),
    }
}

/// Broken rules for machines.
pub fn write_check_json(
    out: &mut dyn Write,
    profiles: &[(String, Profile)],
    found: &[Checked],
) -> Result<()> {
    let (errors, warnings) = sums(found);
    let view = CheckView {
        schema: CHECK,
        profiles: profiles
            .iter()
            .map(|(file, profile)| ProfileView { file, named: named(profile) })
            .collect(),
        errors,
        warnings,
        findings: found.iter().map(finding_view).collect(),
    };
    write_json(out, &view)
}

fn finding_view(checked: &Checked) -> FindingView<'_> {
    let finding = &checked.finding;
    let level = level(checked);
    FindingView { file: &checked.file, rule: finding.id, level, key: &finding.key, text: &finding.text }
}

fn write_json(out: &mut dyn Write, view: &impl Serialize) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, view)?;
    writeln!(out)
}

fn paint(effect: Effect) -> &'static str {
    match effect {
        Effect::Opens => colour::ACTION,
        Effect::Narrows => colour::REVIEW,
        Effect::Closes => colour::FINE,
        Effect::Tells => colour::DIM,
    }
}

/// A profile in words.
pub fn write_explained(out: &mut dyn Write, profile: &Profile, explained: &Explained) -> Result<()> {
    writeln!(out, "{}{} version {}{}", colour::BOLD, profile.id, profile.version, colour::END)?;
    for line in &explained.summary {
        writeln!(out, "  {}", printable(line))?;
    }
    for section in &explained.sections {
        writeln!(out, "\n{}{}{}", colour::BOLD, section.title, colour::END)?;
        for statement in &section.statements {
            writeln!(out, "  {}: {}", printable(&statement.subject), printable(&statement.states))?;
            if !statement.follows.is_empty() {
                let (paint, word) = (paint(statement.effect), statement.effect.word());
                writeln!(out, "    {paint}{word}{}: {}", colour::END, printable(&statement.follows))?;
            }
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct ExplainedView<'a> {
    schema: &'static str,
    #[serde(flatten)]
    named: Named<'a>,
    is_inferred: bool,
    summary: &'a [String],
    sections: Vec<SectionView<'a>>,
}

#[derive(Serialize)]
struct SectionView<'a> {
    title: &'static str,
    statements: Vec<StatementView<'a>>,
}

#[derive(Serialize)]
struct StatementView<'a> {
    subject: &'a str,
    states: &'a str,
    effect: &'static str,
    follows: &'a str,
}

/// A profile in words for machines.
pub fn write_explained_json(out: &mut dyn Write, profile: &Profile, explained: &Explained) -> Result<()> {
    let view = ExplainedView {
        schema: EXPLAINED,
        named: named(profile),
        is_inferred: profile.is_inferred,
        summary: &explained.summary,
        sections: explained.sections.iter().map(section_view).collect(),
    };
    write_json(out, &view)
}

fn section_view(section: &Section) -> SectionView<'_> {
    SectionView { title: section.title, statements: section.statements.iter().map(statement_view).collect() }
}

fn statement_view(statement: &Statement) -> StatementView<'_> {
    let Statement { subject, states, effect, follows } = statement;
    StatementView { subject, states, effect: effect.word(), follows }
}

/// Changed keys.
pub fn write_diff(out: &mut dyn Write, changes: &[Change]) -> Result<()> {
    for change in changes {
        let key = printable(&change.key);
        match (change.from.as_deref().map(printable), change.to.as_deref().map(printable)) {
            (Some(from), Some(to)) => {
                writeln!(out, "{}~{} {key}: {from} -> {to}", colour::REVIEW, colour::END)?
            }
            (Some(from), None) => writeln!(out, "{}-{} {key}: {from}", colour::ACTION, colour::END)?,
            (_, to) => writeln!(out, "{}+{} {key}: {}", colour::FINE, colour::END, to.unwrap_or_default())?,
        }
    }
    match changes.len() {
        0 => writeln!(out, "the profiles say the same"),
        number => writeln!(out, "{}", counted(number, "key differs", "keys differ")),
    }
}

#[derive(Serialize)]
struct DiffView<'a> {
    schema: &'static str,
    changes: Vec<ChangeView<'a>>,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    key: &'a str,
    from: Option<Value>,
    to: Option<Value>,
}

/// Changed keys for machines; a value is the JSON of the profile, null where there is no such key.
pub fn write_diff_json(out: &mut dyn Write, changes: &[Change]) -> Result<()> {
    let changes = changes.iter().map(change_view).collect::<serde_json::Result<_>>()?;
    write_json(out, &DiffView { schema: DIFF, changes })
}

fn change_view(change: &Change) -> serde_json::Result<ChangeView<'_>> {
    let value = |text: &Option<String>| text.as_deref().map(serde_json::from_str).transpose();
    Ok(ChangeView { key: &change.key, from: value(&change.from)?, to: value(&change.to)? })
}
