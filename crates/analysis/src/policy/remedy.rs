//! Fix advice: what the records name as mended, put into the order in which a maker would take it (matching.md 8).
//!
//! The own line before any other; among the others lines that are maintained for long and still live. Nothing is
//! advised that was not judged as if installed ([`FixReader`]).

use index::tables::{Branch, BranchTable};
use model::fix::{FixAdvice, FixCommit, FixTarget};

use crate::matching::fixes::{FixReader, NamedFixes};
use crate::matching::lines::Lines;

/// Branch changes told; the JSON and the page list them all alike.
const MOST_CHANGES: usize = 3;

/// Commits told.
const MOST_COMMITS: usize = 4;

/// The advice on vulnerabilities in one component, in their order; `at` is the given time. `None` where either is not
/// known.
pub fn advise(
    reader: &FixReader<'_>,
    component: usize,
    vulnerabilities: &[&str],
    at: &str,
) -> Vec<Option<FixAdvice>> {
    let table = reader.branches();
    let named = reader.read(component, vulnerabilities, &|lines| living_lines(table, lines, at));
    named.into_iter().map(|named| named.map(|named| advice(table, named, at))).collect()
}

/// The first releases of the long maintained lines that live at the given time: a fix that reached the main line
/// before a line began is in that line from its first release on, which no record says.
pub fn living_lines(table: &BranchTable, lines: &Lines, at: &str) -> Vec<String> {
    let lives = |row: &&Branch| row.is_lts && !row.end_of_life.is_empty() && !row.has_ended(at);
    table.of_product(lines.product()).filter(lives).map(|row| row.branch.clone()).collect()
}

/// Puts what is named into order and words.
pub fn advice(table: &BranchTable, named: NamedFixes, at: &str) -> FixAdvice {
    let NamedFixes { product, line, fixed, mut commits, packages } = named;
    let mut targets: Vec<FixTarget> =
        fixed.into_iter().map(|(of, version)| target(table, &product, of, version, at)).collect();
    let own = targets.iter().position(|target| target.line == line);
    let on_line = own.map(|own| targets.remove(own));
    targets.sort_by_key(preference);
    targets.truncate(MOST_CHANGES);
    let wanted = match (&on_line, targets.first()) {
        (Some(_), _) | (None, None) => line.clone(),
        (None, Some(change)) => change.line.clone(),
    };
    order_commits(&mut commits, &wanted);
    let own = table.of(&product, &line);
    let line_has_ended = own.is_some_and(|row| ended(row, at));
    let line_told_by = own.map(Branch::told_by).unwrap_or_default();
    let mut advice = FixAdvice {
        line,
        line_has_ended,
        line_told_by,
        on_line,
        branch_changes: targets,
        commits,
        patches: Vec::new(),
        packages,
        sentence: String::new(),
    };
    advice.sentence = sentence(&advice);
    advice
}

/// A version with what is known of its line.
pub fn target(table: &BranchTable, product: &str, line: String, version: String, at: &str) -> FixTarget {
    let row = table.of(product, &line);
    FixTarget {
        is_lts: row.is_some_and(|row| row.is_lts),
        end_of_life: row.map(|row| row.end_of_life.clone()).unwrap_or_default(),
        has_ended: row.is_some_and(|row| ended(row, at)),
        told_by: row.map(Branch::told_by).unwrap_or_default(),
        line,
        version,
    }
}

fn ended(row: &Branch, at: &str) -> bool {
    !at.is_empty() && row.has_ended(at)
}

/// Living long maintained lines, then those of which no end is known or near, then ended ones. The sort is stable,
/// so that the nearest line stands first among its like.
fn preference(target: &FixTarget) -> u8 {
    match (target.has_ended, target.is_lts) {
        (false, true) => 0,
        (false, false) => 1,
        (true, _) => 2,
    }
}

/// The commits made for the wanted line; where there are none, those of the main line.
fn order_commits(commits: &mut Vec<FixCommit>, wanted: &str) {
    let rank = |commit: &FixCommit| match commit.line.as_str() {
        line if !line.is_empty() && line == wanted => 0,
        "mainline" => 1,
        "" => 2,
        _ => 3,
    };
    commits.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    let best = commits.first().map(rank).unwrap_or_default();
    commits.retain(|commit| rank(commit) == best);
    commits.truncate(MOST_COMMITS);
}

fn sentence(advice: &FixAdvice) -> String {
    let line = match advice.line.as_str() {
        "" => "this line".to_owned(),
        line => format!("line {line}"),
    };
    if let Some(target) = &advice.on_line {
        return match advice.line.as_str() {
            "" => format!("fixed in {}", target.version),
            _ => format!("fixed on {line} in {}", target.version),
        };
    }
    let state = match (advice.line_has_ended, advice.line_told_by.as_str()) {
        (true, "") => "ended without a fix".to_owned(),
        (true, by) => format!("ended without a fix (end of life by {by})"),
        (false, _) => "has no fix".to_owned(),
    };
    match advice.branch_changes.first() {
        Some(target) => {
            format!("{line} {state}; branch change to {}{}", target.version, life(target))
        }
        None => "no source names a fixed version".to_owned(),
    }
}

/// What is known of a target's line, in words: ` (long-term line, maintained until 2027-12)`.
pub fn life(target: &FixTarget) -> String {
    let kind = if target.is_lts { "long-term line" } else { "line" };
    let by = if target.told_by.is_empty() { String::new() } else { format!(", says {}", target.told_by) };
    match (target.end_of_life.as_str(), target.has_ended) {
        ("", _) if target.is_lts => format!(" ({kind})"),
        ("", _) => String::new(),
        (end, false) => format!(" ({kind}, maintained until {end}{by})"),
        (end, true) => format!(" ({kind}, ended {end}{by})"),
    }
}
