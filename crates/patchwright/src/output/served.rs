//! Views of a server for people: the same JSON that machines get, as lines on a terminal.

use std::io::{self, Write};

use serde_json::Value;

use super::table::printable;
use super::words::{colour, counted};
use crate::client::{number, rows, text};

/// Classes in order, with the word for people.
const CLASSES: [(&str, &str, &str); 5] = [
    ("immediate", "immediate", colour::ACTION),
    ("planned", "planned", colour::PLANNED),
    ("routine", "routine", colour::ROUTINE),
    ("none", "no action", colour::FINE),
    ("unknown", "needs review", colour::REVIEW),
];

fn count(number: u64, one: &str, many: &str) -> String {
    counted(usize::try_from(number).unwrap_or(usize::MAX), one, many)
}

/// A class with its colour, padded to the widest.
fn class(word: &str) -> String {
    let known = CLASSES.iter().find(|(known, _, _)| *known == word);
    let (says, paint) = known.map_or((word, colour::REVIEW), |(_, says, paint)| (*says, *paint));
    format!("{paint}{:<12}{}", printable(says), colour::END)
}

/// `3 immediate, 12 planned, 4 needs review`; `nothing open` for none.
fn counts(of: &Value) -> String {
    let some: Vec<String> = CLASSES
        .iter()
        .filter(|(word, _, _)| number(of, word) > 0)
        .map(|(word, says, paint)| format!("{paint}{} {says}{}", number(of, word), colour::END))
        .collect();
    if some.is_empty() { "nothing open".to_owned() } else { some.join(", ") }
}

/// Columns of plain text, each as wide as its widest cell; the last one is not filled up.
fn columns(out: &mut dyn Write, lines: &[Vec<String>]) -> io::Result<()> {
    let width = |at: usize| {
        let cells = lines.iter().filter_map(|line| line.get(at));
        cells.map(|cell| console::measure_text_width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..lines.iter().map(Vec::len).max().unwrap_or(0)).map(width).collect();
    for line in lines {
        let mut text = String::from(" ");
        for (at, cell) in line.iter().enumerate() {
            let fill = widths.get(at).unwrap_or(&0).saturating_sub(console::measure_text_width(cell));
            text.push_str(&format!(" {cell}{}", " ".repeat(fill)));
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

/// A text of several lines as one.
fn line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn cell(of: &Value, name: &str) -> String {
    printable(text(of, name))
}

/// The day of a moment.
fn day(of: &Value, name: &str) -> String {
    let moment = text(of, name);
    printable(moment.get(..10).unwrap_or(moment))
}

/// A probability; `-` where none is known.
fn share(of: &Value, name: &str) -> String {
    of.get(name)
        .and_then(Value::as_f64)
        .map_or_else(|| "-".to_owned(), |share| format!("{:.2}%", share * 100.0))
}

fn end(out: &mut dyn Write, of: &Value, one: &str, many: &str) -> io::Result<()> {
    let (shown, all) = (rows(of, "items").count() as u64, number(of, "total"));
    writeln!(out, "{}", count(all, one, many))?;
    if shown < all {
        writeln!(out, "{}{shown} are shown; --limit N shows more{}", colour::DIM, colour::END)?;
    }
    Ok(())
}

/// The list of findings.
pub fn findings(out: &mut dyn Write, of: &Value) -> io::Result<()> {
    let lines: Vec<Vec<String>> = rows(of, "items").map(finding_row).collect();
    columns(out, &lines)?;
    end(out, of, "finding", "findings")
}

fn finding_row(of: &Value) -> Vec<String> {
    let decision = text(of, "decision");
    vec![
        class(text(of, "class")),
        cell(of, "vulnerability"),
        format!("{} {}", cell(of, "component"), cell(of, "version")),
        format!("{}@{}", cell(of, "product"), cell(of, "release")),
        share(of, "epss"),
        if of["exploited"] == true { "exploited".to_owned() } else { String::new() },
        if decision == "none" { String::new() } else { printable(decision) },
        cell(of, "id"),
    ]
}

/// The releases of products.
pub fn releases(out: &mut dyn Write, products: &[Value]) -> io::Result<()> {
    for product in products {
        writeln!(out, "{}{}{} ({})", colour::BOLD, cell(product, "name"), colour::END, cell(product, "id"))?;
        let lines: Vec<Vec<String>> = rows(product, "releases")
            .map(|release| {
                vec![
                    cell(release, "version"),
                    day(release, "at"),
                    count(number(release, "components"), "component", "components"),
                    // Of one that waits, no number says anything.
                    match release["is_judged"].as_bool() {
                        Some(false) => format!("{}not judged yet{}", colour::REVIEW, colour::END),
                        _ => counts(&release["open"]),
                    },
                ]
            })
            .collect();
        columns(out, &lines)?;
        if lines.is_empty() {
            writeln!(out, "  no release yet")?;
        }
    }
    Ok(())
}

/// A release in a few lines.
pub fn release(out: &mut dyn Write, of: &Value) -> io::Result<()> {
    writeln!(out, "{}{} {}{}", colour::BOLD, cell(of, "product_name"), cell(of, "version"), colour::END)?;
    match text(of, "judged") {
        "" => writeln!(out, "  {}not judged yet{}", colour::REVIEW, colour::END)?,
        judged => writeln!(out, "  judged {}, knowledge as of {}", printable(judged), day(of, "knowledge"))?,
    }
    writeln!(out, "  {}", counts(&of["open"]))?;
    let coverage = &of["coverage"];
    writeln!(
        out,
        "  {}, {} of them could not be evaluated",
        count(number(coverage, "all"), "component", "components"),
        number(coverage, "not_evaluated")
    )?;
    for reason in rows(coverage, "reasons") {
        writeln!(out, "    {:>5} {}", number(reason, "number"), cell(reason, "says"))?;
    }
    let worst: Vec<Vec<String>> = rows(of, "components")
        .take(10)
        .map(|group| {
            let fixed = cell(group, "fixed");
            let fixed = if fixed.is_empty() { fixed } else { format!("fixed in {fixed}") };
            vec![
                format!("{} {}", cell(group, "component"), cell(group, "version")),
                counts(&group["open"]),
                fixed,
            ]
        })
        .collect();
    columns(out, &worst)
}

/// A finding with its reasons.
pub fn finding(out: &mut dyn Write, of: &Value) -> io::Result<()> {
    let bold = |text: String| format!("{}{text}{}", colour::BOLD, colour::END);
    writeln!(
        out,
        "{} {}",
        class(text(of, "class")),
        bold(format!("{} in {} {}", cell(of, "vulnerability"), cell(of, "component"), cell(of, "version")))
    )?;
    let name = |of: &Value| of.get(1).and_then(Value::as_str).map(printable).unwrap_or_default();
    writeln!(out, "  {} {}, finding {}", name(&of["product"]), name(&of["release"]), cell(of, "id"))?;
    if !text(of, "about").is_empty() {
        writeln!(out, "  {}", line(text(of, "about")))?;
    }
    let texts = |name: &str| rows(of, name).filter_map(Value::as_str).map(printable).collect::<Vec<_>>();
    for line in texts("rationale") {
        writeln!(out, "  {line}")?;
    }
    let evidence: Vec<String> = rows(of, "evidence")
        .map(|link| format!("{} {}", cell(link, "question"), cell(link, "says")))
        .collect();
    let said: Vec<String> = rows(of, "said")
        .map(|said| {
            let holds = if said["holds"] == true { "" } else { " (no longer holds)" };
            format!("{} {}: {}{holds}", day(said, "at"), cell(said, "by"), cell(said, "says"))
        })
        .collect();
    let history: Vec<String> = rows(of, "history")
        .map(|event| format!("{} {}: {}", day(event, "at"), cell(event, "by"), cell(event, "says")))
        .collect();
    for (heading, lines) in [
        ("evidence", evidence),
        ("what would change it", texts("would_change")),
        ("what to do", texts("advice")),
        ("decided", said),
        ("history", history),
    ] {
        if !lines.is_empty() {
            writeln!(out, "{}", bold(heading.to_owned()))?;
        }
        for line in lines {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// A vulnerability: where we have it, also when that is nowhere.
pub fn vulnerability(out: &mut dyn Write, of: &Value) -> io::Result<()> {
    let also: Vec<String> = rows(of, "aliases").filter_map(Value::as_str).map(printable).collect();
    let also = if also.is_empty() { String::new() } else { format!(" ({})", also.join(", ")) };
    writeln!(out, "{}{}{}{also}", colour::BOLD, cell(of, "id"), colour::END)?;
    if of["is_known"] == false {
        writeln!(out, "  {}no source in use knows it{}", colour::REVIEW, colour::END)?;
    }
    if !text(of, "about").is_empty() {
        writeln!(out, "  {}", line(text(of, "about")))?;
    }
    let places: Vec<Vec<String>> = rows(of, "places")
        .map(|place| {
            vec![
                class(text(place, "class")),
                format!("{}@{}", cell(place, "product"), cell(place, "release")),
                cell(place, "component"),
                cell(place, "says"),
            ]
        })
        .collect();
    let checked = count(number(of, "checked"), "release", "releases");
    match number(of, "releases") {
        0 => writeln!(out, "  nowhere: {checked} checked")?,
        some => writeln!(out, "  in {some} of {checked}")?,
    }
    columns(out, &places)?;
    let (more, settled) = (number(of, "more"), number(of, "settled"));
    if more > 0 {
        writeln!(out, "  {more} more")?;
    }
    if settled > 0 {
        writeln!(out, "  {settled} settled: not affected, or decided")?;
    }
    match number(of, "not_evaluated") {
        0 => Ok(()),
        unseen => writeln!(
            out,
            "  {}{unseen} components could not be evaluated, and might have it{}",
            colour::REVIEW,
            colour::END
        ),
    }
}

/// What needs action.
pub fn today(out: &mut dyn Write, of: &Value) -> io::Result<()> {
    writeln!(out, "{}: {}", count(number(of, "releases"), "release", "releases"), counts(&of["open"]))?;
    let urgent: Vec<Vec<String>> = rows(of, "urgent")
        .map(|urgent| {
            vec![
                class(text(urgent, "class")),
                cell(urgent, "vulnerability"),
                cell(urgent, "component"),
                count(number(urgent, "releases"), "release", "releases"),
                day(urgent, "due"),
                cell(urgent, "because"),
            ]
        })
        .collect();
    columns(out, &urgent)?;
    let changes = &of["changes"];
    let changed: Vec<String> = ["new", "worse", "better", "gone"]
        .iter()
        .filter(|kind| number(changes, kind) > 0)
        .map(|kind| format!("{} {kind}", number(changes, kind)))
        .collect();
    let changed = if changed.is_empty() { "nothing changed".to_owned() } else { changed.join(", ") };
    writeln!(out, "since {}: {changed}; {} undecided", day(of, "since"), number(of, "undecided"))?;
    for feed in rows(of, "feeds").filter(|feed| !matches!(text(feed, "state"), "fresh" | "off")) {
        writeln!(
            out,
            "  {}feed {} is {}{} {}",
            colour::REVIEW,
            cell(feed, "id"),
            cell(feed, "state"),
            colour::END,
            cell(feed, "says")
        )?;
    }
    Ok(())
}

/// The jobs.
pub fn jobs(out: &mut dyn Write, of: &Value) -> io::Result<()> {
    let lines: Vec<Vec<String>> = rows(of, "items")
        .map(|job| {
            let state = text(job, "state");
            let paint = if state == "failed" { colour::ACTION } else { "" };
            vec![
                format!("{paint}{:<8}{}", printable(state), colour::END),
                cell(job, "kind"),
                cell(job, "about"),
                printable(text(job, "asked").get(..19).unwrap_or_default()),
                cell(job, "says"),
            ]
        })
        .collect();
    columns(out, &lines)?;
    end(out, of, "job", "jobs")
}
