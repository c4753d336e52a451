//! What a person sees first: short, the kernel folded, what needs action on top, unknown never hidden.

use std::io::{Result, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use model::finding::{Finding, Verdict};

use super::answer::{self, Answer, Group, Part};
use super::words::{self, colour};

/// Vulnerabilities named per component; the rest is counted.
const NAMED: usize = 3;

/// Columns below which only the most pressing one is named.
const NARROW: u16 = 110;

/// Names of components listed per coverage state.
const LISTED: usize = 6;

/// Writes the whole view.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>, width: Option<u16>) -> Result<()> {
    heading(out, answer)?;
    let groups = answer.groups(Part::Device);
    if groups.is_empty() {
        writeln!(out, "\nNothing to do for what could be evaluated.")?;
    } else {
        writeln!(out, "\n{}", components(&groups, width))?;
    }
    build_only(out, answer)?;
    super::policy::write_rules(out, answer.judged)?;
    coverage(out, answer)?;
    knowledge(out, answer)?;
    next(out, answer, &groups)
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
        "{}{}{}  {} {} {}",
        colour::BOLD,
        printable(&answer.title()),
        colour::END,
        colour::DIM,
        words::counted(inventory.components.len(), "component", "components"),
        format_args!("· {}{}", kinds.join(", "), colour::END),
    )?;
    let excluded = match answer.excluded_by_evidence() {
        0 => String::new(),
        number => format!(" ({} of them by build evidence)", words::count(number)),
    };
    writeln!(
        out,
        "{}{} affected{} · {}{} to review{} · {}{} not affected{}{excluded}",
        colour::ACTION,
        words::count(answer.number_of(Part::Device, Verdict::Affected)),
        colour::END,
        colour::REVIEW,
        words::count(answer.number_of(Part::Device, Verdict::NeedsReview)),
        colour::END,
        colour::FINE,
        words::count(answer.number(Verdict::NotAffected)),
        colour::END,
    )?;
    deployment(out, answer)?;
    super::statements::write_summary(out, answer.judged, answer.inventory)
}

/// The classes in the deployment.
fn deployment(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let classes: Vec<String> = (answer.judged.classes().into_iter())
        .map(|(class, number)| format!("{} {}", words::count(number), class.word()))
        .collect();
    let profile = &answer.judged.profile;
    let where_to = match profile.is_inferred {
        true => "in an assumed deployment (--profile states yours)".to_owned(),
        false => format!("in {} version {}", printable(&profile.id), profile.version),
    };
    writeln!(
        out,
        "{where_to}: {}  {}(patchwright assess says why){}",
        classes.join(" · "),
        colour::DIM,
        colour::END
    )
}

/// Build tools are named and counted, never mixed with what is on the device.
fn build_only(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let groups = answer.groups(Part::BuildOnly);
    if groups.is_empty() {
        return Ok(());
    }
    let affected = answer.number_of(Part::BuildOnly, Verdict::Affected);
    let review = answer.number_of(Part::BuildOnly, Verdict::NeedsReview);
    let names: Vec<String> =
        groups.iter().take(LISTED).map(|group| printable(&group.component.name)).collect();
    let more = groups.len().saturating_sub(LISTED);
    writeln!(
        out,
        "\n{}Only in the build{}, not on the device: {} affected, {} to review in {}{} (see --format json)",
        colour::BOLD,
        colour::END,
        words::count(affected),
        words::count(review),
        names.join(", "),
        if more == 0 { String::new() } else { format!(" and {more} more") },
    )
}

fn components(groups: &[Group<'_>], width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width.unwrap_or(120));
    table.set_header(["component", "version", "affected", "review", "exploited", "worst", "most pressing"]);
    let named = if width.is_some_and(|width| width < NARROW) { 1 } else { NAMED };
    for group in groups {
        table.add_row(row(group, named));
    }
    for column in 2..=5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn row(group: &Group<'_>, named: usize) -> Vec<String> {
    let every = || group.affected.iter().chain(&group.review);
    let exploited = every().filter(|finding| finding.facts.kev.is_some()).count();
    let worst = every().filter_map(|finding| answer::base_tenths(finding)).max();
    vec![
        printable(&group.component.name),
        if group.component.version.is_empty() {
            "unknown".to_owned()
        } else {
            printable(&group.component.version)
        },
        number(group.affected.len()),
        number(group.review.len()),
        number(exploited),
        worst.map_or("-".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10)),
        pressing(group, named),
    ]
}

fn number(number: usize) -> String {
    if number == 0 { "·".to_owned() } else { words::count(number) }
}

fn pressing(group: &Group<'_>, number: usize) -> String {
    let findings: Vec<&&Finding> = group.affected.iter().chain(&group.review).collect();
    let named: Vec<String> = findings
        .iter()
        .take(number)
        .map(|finding| match (finding.verdict, finding.fixed.as_str()) {
            (Verdict::Affected, "") => finding.vulnerability.clone(),
            (Verdict::Affected, fixed) => format!("{} → {}", finding.vulnerability, printable(fixed)),
            (_, _) => format!("{}?", finding.vulnerability),
        })
        .collect();
    match findings.len().saturating_sub(number) {
        0 => named.join(", "),
        more => format!("{}, {} more", named.join(", "), words::count(more)),
    }
}

fn coverage(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    writeln!(out, "\n{}Coverage{}", colour::BOLD, colour::END)?;
    for (state, components) in answer.coverage() {
        let unknown = state.word().starts_with("not_evaluable");
        let mark = if unknown { colour::REVIEW } else { "" };
        let mut line =
            format!("  {mark}{:>5} {}{}", words::count(components.len()), state.word(), colour::END);
        if unknown {
            let names: Vec<String> =
                components.iter().take(LISTED).map(|component| printable(&component.name)).collect();
            line.push_str(&format!(": {}", names.join(", ")));
            if components.len() > LISTED {
                line.push_str(&format!(", {} more", components.len() - LISTED));
            }
        }
        writeln!(out, "{line}")?;
    }
    let notes = answer.inventory.notes.len()
        + answer.inventory.components.iter().map(|component| component.notes.len()).sum::<usize>();
    if notes > 0 {
        writeln!(out, "        {} on the input (see --format json)", words::counted(notes, "note", "notes"))?;
    }
    Ok(())
}

fn knowledge(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let knowledge = answer.knowledge;
    writeln!(
        out,
        "{}Knowledge{}  {}, {} of {}, {}",
        colour::BOLD,
        colour::END,
        printable(&knowledge.name()),
        words::counted(knowledge.index.len(), "vulnerability", "vulnerabilities"),
        knowledge.as_of().get(..10).unwrap_or("unknown date"),
        words::age(knowledge.age_days(answer.at)),
    )
}

fn next(out: &mut dyn Write, answer: &Answer<'_>, groups: &[Group<'_>]) -> Result<()> {
    let Some(finding) = groups.iter().find_map(|group| group.affected.first().or(group.review.first()))
    else {
        return Ok(());
    };
    let sbom = answer.inventory.documents.first().map_or("SBOM", |document| document.file.as_str());
    writeln!(
        out,
        "{}Why, and what would change it: patchwright explain {} --sbom {}{}",
        colour::DIM,
        finding.vulnerability,
        printable(sbom),
        colour::END
    )
}

/// Foreign text on a terminal: control characters (escape sequences among them) are replaced.
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
