//! What a person sees first: what needs action now, then what needs a date, then where it is; short, unknown never
//! hidden. Everything else is one verb or one output away.

use std::io::{Result, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use model::assessment::ResponseClass;
use model::effect::Effect;
use model::finding::{Finding, Verdict};
use service::assess::Assessed;
use service::funnel::Funnel;

use super::answer::{self, Answer, Group, Part};
use super::words::{self, colour, count, counted};

/// Findings told one by one of those that need action now.
const IMMEDIATE: usize = 8;

/// Findings listed of those that need a date.
const PLANNED: usize = 5;

/// Components listed.
const COMPONENTS: usize = 10;

/// Columns below which a table leaves out what can be asked for.
const NARROW: u16 = 100;

/// Columns where nobody tells.
const USUAL: u16 = 110;

/// Names of components listed per coverage state.
const LISTED: usize = 6;

/// A finding with what was computed and what holds.
type Row<'a> = (&'a Finding, Option<&'a Assessed>, &'a Effect);

/// Writes the whole view.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>, width: Option<u16>) -> Result<()> {
    let width = usize::from(width.unwrap_or(USUAL).clamp(40, 160));
    heading(out, answer)?;
    immediate(out, answer, width)?;
    planned(out, answer, width)?;
    let groups = answer.groups(Part::Device);
    components(out, &groups, width)?;
    writeln!(out)?;
    funnel(out, answer, width)?;
    build_only(out, answer, width)?;
    super::policy::write_rules(out, answer.judged)?;
    coverage(out, answer, width)?;
    knowledge(out, answer, width)?;
    next(out, answer)
}

fn heading(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let inventory = answer.inventory;
    let kinds: Vec<String> = inventory
        .documents
        .iter()
        .map(|document| format!("{} {}", document.kind, document.spec_version).trim().to_owned())
        .collect();
    writeln!(
        out,
        "{}{}{}  {}{} · {}{}",
        colour::BOLD,
        printable(&answer.title()),
        colour::END,
        colour::DIM,
        counted(inventory.components.len(), "component", "components"),
        kinds.join(", "),
        colour::END,
    )?;
    let classes: Vec<String> = (answer.judged.classes().into_iter())
        .map(|(class, number)| classed(class, &format!("{} {}", count(number), class.word())))
        .collect();
    let profile = &answer.judged.profile;
    let deployment = match profile.is_inferred {
        true => format!("{}in an assumed deployment (--profile states yours){}", colour::REVIEW, colour::END),
        false => format!("in {} version {}", printable(&profile.id), profile.version),
    };
    writeln!(out, "{}  {deployment}", classes.join(" · "))?;
    super::statements::write_summary(out, answer.judged, answer.inventory)
}

fn classed(class: ResponseClass, text: &str) -> String {
    format!("{}{text}{}", colour_of(class), colour::END)
}

fn colour_of(class: ResponseClass) -> &'static str {
    match class {
        ResponseClass::Immediate => colour::ACTION,
        ResponseClass::Planned => colour::PLANNED,
        ResponseClass::Routine => colour::ROUTINE,
        ResponseClass::None => colour::FINE,
    }
}

/// What needs action now, each with its answer in full.
fn immediate(out: &mut dyn Write, answer: &Answer<'_>, width: usize) -> Result<()> {
    let rows: Vec<Row<'_>> = answer.of_class(ResponseClass::Immediate).collect();
    if rows.is_empty() {
        writeln!(out, "\n{}Nothing is known to need action now.{}", colour::BOLD, colour::END)?;
    } else {
        writeln!(out, "\n{}▲ Needs action now{}", colour::ACTION, colour::END)?;
    }
    for (finding, assessed, effect) in rows.iter().take(IMMEDIATE) {
        writeln!(out, "  {}", title(answer, finding))?;
        let sentence = printable(&service::sentence::sentence(finding, *assessed, effect));
        for line in wrapped(&sentence, width.saturating_sub(4)) {
            writeln!(out, "    {line}")?;
        }
    }
    more(out, rows.len(), IMMEDIATE)?;
    let possible = possible(answer);
    if possible > 0 {
        let verb = if possible == 1 { "rests" } else { "rest" };
        let text = format!(
            "{} more may be immediate: what decides {verb} on facts that nobody has stated",
            count(possible)
        );
        for line in wrapped(&text, width.saturating_sub(2)) {
            writeln!(out, "  {}{line}{}", colour::REVIEW, colour::END)?;
        }
    }
    Ok(())
}

/// `CVE-2024-6387  openssh 9.6p1 → 9.8p1  exploited`.
fn title(answer: &Answer<'_>, finding: &Finding) -> String {
    let component = answer.component(finding);
    let fixed = match finding.fixed.as_str() {
        "" => ", no fixed version known".to_owned(),
        fixed => format!(" → {}", printable(fixed)),
    };
    let exploited = match finding.facts.kev.is_some() {
        true => format!("  {}known exploited{}", colour::ACTION, colour::END),
        false => String::new(),
    };
    let rising = rising(finding).map_or(String::new(), |rising| format!("  {rising}"));
    format!(
        "{}{}{}  {} {}{fixed}{exploited}{rising}",
        colour::BOLD,
        printable(&finding.vulnerability),
        colour::END,
        printable(&component.name),
        printable(&component.version),
    )
}

/// The badge of a finding whose EPSS score has grown threefold.
fn rising(finding: &Finding) -> Option<String> {
    let epss = finding.facts.epss.filter(|epss| epss.is_rising())?;
    Some(format!("{}EPSS {}{}", colour::REVIEW, web::words::trend(&epss)?, colour::END))
}

fn possible(answer: &Answer<'_>) -> usize {
    let effects = answer.judged.effects.iter().filter(|effect| effect.is_open());
    effects
        .filter(|effect| effect.ceiling == Some(ResponseClass::Immediate))
        .filter(|effect| effect.class.is_some_and(|class| class < ResponseClass::Immediate))
        .count()
}

fn more(out: &mut dyn Write, all: usize, shown: usize) -> Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "  {}and {} more{}", colour::DIM, count(more), colour::END),
    }
}

/// What needs a date, one line each.
fn planned(out: &mut dyn Write, answer: &Answer<'_>, width: usize) -> Result<()> {
    let rows: Vec<Row<'_>> = answer.of_class(ResponseClass::Planned).collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}◆ Planned{}: a notice, and a patch with a date", colour::PLANNED, colour::END)?;
    let mut table = plain(width);
    for (finding, assessed, _) in rows.iter().take(PLANNED) {
        let component = answer.component(finding);
        let mut cells = vec![
            match finding.facts.epss.is_some_and(|epss| epss.is_rising()) {
                true => format!(" {} ↑", printable(&finding.vulnerability)),
                false => format!(" {}", printable(&finding.vulnerability)),
            },
            format!("{} {}", printable(&component.name), printable(&component.version)),
            if finding.fixed.is_empty() {
                "no fix known".to_owned()
            } else {
                format!("→ {}", printable(&finding.fixed))
            },
        ];
        if width >= usize::from(NARROW) {
            cells.push(printable(answer::way_in(*assessed)));
        }
        table.add_row(cells);
    }
    writeln!(out, "{table}")?;
    more(out, rows.len(), PLANNED)
}

fn plain(width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(USUAL));
    table
}

fn components(out: &mut dyn Write, groups: &[Group<'_>], width: usize) -> Result<()> {
    if groups.is_empty() {
        return writeln!(out, "\nNothing is open among what could be evaluated.");
    }
    writeln!(out)?;
    let is_narrow = width < usize::from(NARROW);
    let mut table = plain(width);
    let header =
        ["component", "version", "now", "planned", "routine", "none", "review", "exploited", "fix known"];
    table.set_header(kept(header.map(str::to_owned).to_vec(), is_narrow));
    for group in groups.iter().take(COMPONENTS) {
        table.add_row(kept(row(group), is_narrow));
    }
    for column in 2..=7 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out, "{table}")?;
    match groups.len().saturating_sub(COMPONENTS) {
        0 => Ok(()),
        rest => writeln!(
            out,
            " {}and {}{}",
            colour::DIM,
            counted(rest, "more component", "more components"),
            colour::END
        ),
    }
}

/// On a narrow terminal the harmless, the exploited and the version that cures are left to other outputs.
fn kept(cells: Vec<String>, is_narrow: bool) -> Vec<String> {
    let wanted = |at: usize| !is_narrow || !matches!(at, 5 | 7 | 8);
    cells.into_iter().enumerate().filter(|(at, _)| wanted(*at)).map(|(_, cell)| cell).collect()
}

fn row(group: &Group<'_>) -> Vec<String> {
    let component = group.component;
    let exploited = group.findings().filter(|finding| finding.facts.kev.is_some()).count();
    let version =
        if component.version.is_empty() { "unknown".to_owned() } else { printable(&component.version) };
    let mut cells = vec![printable(&component.name), version];
    cells.extend(group.classes.iter().map(|number| self::number(*number)));
    cells.extend([number(group.review.len()), number(exploited), fixable(group)]);
    cells
}

fn number(number: usize) -> String {
    if number == 0 { "·".to_owned() } else { count(number) }
}

/// How many have a fixed version on their line: `33 of 35`.
fn fixable(group: &Group<'_>) -> String {
    let all = group.affected.len() + group.review.len();
    let with_fix = group.findings().filter(|finding| !finding.fixed.is_empty()).count();
    format!("{} of {}", count(with_fix), count(all))
}

/// From all matches to what matters, in one line.
fn funnel(out: &mut dyn Write, answer: &Answer<'_>, width: usize) -> Result<()> {
    let funnel = Funnel::of(answer.judged, answer.inventory);
    let mut parts = vec![counted(funnel.all, "match", "matches")];
    for step in &funnel.steps {
        if step.lost > 0 || step.question == service::funnel::Question::Date {
            parts.push(format!("{} {}", count(step.left), step.question.left()));
        }
    }
    labelled(out, "Funnel", &parts.join(" › "), width)
}

/// A label in bold, and a text that is wrapped beside it.
fn labelled(out: &mut dyn Write, label: &str, text: &str, width: usize) -> Result<()> {
    for (at, line) in wrapped(text, width.saturating_sub(11)).into_iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        writeln!(out, "{}{label:<9}{}  {line}", colour::BOLD, colour::END)?;
    }
    Ok(())
}

/// Build tools are named and counted, never mixed with what is on the device.
fn build_only(out: &mut dyn Write, answer: &Answer<'_>, width: usize) -> Result<()> {
    let groups = answer.groups(Part::BuildOnly);
    if groups.is_empty() {
        return Ok(());
    }
    let text = format!(
        "not on the device: {} affected, {} to review in {}",
        count(answer.number_of(Part::BuildOnly, Verdict::Affected)),
        count(answer.number_of(Part::BuildOnly, Verdict::NeedsReview)),
        named(groups.iter().map(|group| group.component.name.as_str())),
    );
    labelled(out, "Build", &text, width)
}

/// The first names, and how many more.
fn named<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let mut list: Vec<String> = names.take(LISTED).map(printable).collect();
    if more > 0 {
        list.push(format!("{} more", count(more)));
    }
    list.join(", ")
}

fn coverage(out: &mut dyn Write, answer: &Answer<'_>, width: usize) -> Result<()> {
    let states = answer.coverage();
    let is_unknown = |word: &str| word.starts_with("not_evaluable/");
    let known: Vec<String> = (states.iter())
        .filter(|(state, _)| !is_unknown(state.word()))
        .map(|(state, components)| format!("{} {}", count(components.len()), plainly(state.word())))
        .collect();
    let unknown: usize =
        states.iter().filter(|(state, _)| is_unknown(state.word())).map(|(_, list)| list.len()).sum();
    let mut text = known.join(" · ");
    if unknown > 0 {
        text.push_str(&format!(" · {} could not be evaluated", count(unknown)));
    }
    labelled(out, "Coverage", &text, width)?;
    for (state, components) in states.iter().filter(|(state, _)| is_unknown(state.word())) {
        let names = named(components.iter().map(|component| component.name.as_str()));
        let line = format!("{} {}: {names}", count(components.len()), plainly(state.word()));
        for line in wrapped(&line, width.saturating_sub(11)) {
            writeln!(out, "           {}{line}{}", colour::REVIEW, colour::END)?;
        }
    }
    let notes = answer.inventory.notes.len()
        + answer.inventory.components.iter().map(|component| component.notes.len()).sum::<usize>();
    if notes > 0 {
        writeln!(
            out,
            "           {}{} on the input{}",
            colour::DIM,
            counted(notes, "note", "notes"),
            colour::END
        )?;
    }
    Ok(())
}

/// `not_evaluable/no_version` as a person says it.
fn plainly(word: &str) -> String {
    word.rsplit('/').next().unwrap_or(word).replace('_', " ")
}

fn knowledge(out: &mut dyn Write, answer: &Answer<'_>, width: usize) -> Result<()> {
    let knowledge = answer.knowledge;
    let newest = knowledge.as_of().get(..10).map_or("without a date".to_owned(), |day| format!("of {day}"));
    let text = format!(
        "{}, {} {newest}, {}{}",
        printable(&knowledge.name()),
        counted(knowledge.index.len(), "vulnerability", "vulnerabilities"),
        words::age(knowledge.age_days(answer.at)),
        if knowledge.is_starter() { "; it is small, and proves nothing clean" } else { "" },
    );
    labelled(out, "Knowledge", &text, width)
}

fn next(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let Some(at) = answer.judged.ranking().first().copied() else { return Ok(()) };
    let Some(finding) = answer.judged.scan.findings.get(at) else { return Ok(()) };
    let sbom = answer.inventory.documents.first().map_or("SBOM", |document| document.file.as_str());
    writeln!(
        out,
        "{}Why        patchwright assess {} --explain {}\nAll of it  --out html=report.html{}",
        colour::DIM,
        printable(sbom),
        printable(&finding.vulnerability),
        colour::END
    )
}

/// Words in lines of at most `width` columns; a longer word has a line of its own.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split(' ') {
        let long = console::measure_text_width(word);
        match lines.last_mut() {
            Some(line) if used + 1 + long <= width => {
                line.push(' ');
                line.push_str(word);
                used += 1 + long;
            }
            _ => {
                lines.push(word.to_owned());
                used = long;
            }
        }
    }
    lines
}

/// Foreign text on a terminal: control characters (escape sequences among them) and what turns a line around are
/// replaced.
pub fn printable(text: &str) -> String {
    let is_acting = |letter: char| letter.is_control() || web::escape::is_acting(letter);
    text.chars().map(|letter| if is_acting(letter) { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_wrapped_at_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("incomprehensible a", 5), ["incomprehensible", "a"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
