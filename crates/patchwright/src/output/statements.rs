//! What people said of a release and what became of it: statements and decisions, for people; for machines see
//! `statements_json`.

use std::io::{Result, Write};

use model::effect::Tier;
use model::finding::{Finding, Verdict};
use model::sbom::Inventory;
use model::vex::VexStatement;
use serde::Serialize;
use service::decisions::{Shift, Standing, Unused};
use service::judge::Judged;
use service::statements::{StatementResult, VexInput};

pub use super::statements_json::{
    DecisionView, EffectView, StatementView, decision_views, effect, statements,
};
use super::table::printable;
use super::words::{self, colour};

/// Lines of one kind before the rest is counted.
const SHOWN: usize = 8;

/// How many findings and statements are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings on which a decision of the own organisation holds.
    pub by_decision: usize,
    /// Findings on which an own statement holds.
    pub by_own_statement: usize,
    /// Findings on which an upstream statement holds.
    pub by_upstream_statement: usize,
    /// Findings whose verdict in effect is not that of matching.
    pub verdicts_changed: usize,
    /// Findings that something contests.
    pub contested: usize,
    /// Decisions carried from an earlier release.
    pub carried: usize,
    /// Decisions whose ground has shifted.
    pub overtaken: usize,
    /// Decisions that contradict each other.
    pub disagreeing: usize,
    /// Decisions without a finding.
    pub obsolete: usize,
    /// Statements that hold on at least one finding.
    pub statements_applied: usize,
    /// Statements that hold on none.
    pub statements_not_applied: usize,
}

impl Summary {
    /// Counts what was said of a release.
    pub fn of(judged: &Judged) -> Summary {
        let is_decision = |source: &str| source.starts_with("decision ");
        let mut summary = Summary::default();
        for (finding, _, effect) in judged.rows() {
            summary.verdicts_changed += usize::from(finding.verdict != effect.verdict());
            match effect.tier {
                Tier::Human if is_decision(&effect.source) => summary.by_decision += 1,
                Tier::Human => summary.by_own_statement += 1,
                Tier::Upstream => summary.by_upstream_statement += 1,
                Tier::Policy | Tier::Match => {}
            }
            summary.contested += usize::from(!effect.contested.is_empty());
        }
        for result in &judged.carried {
            let any = |is: fn(&Standing) -> bool| result.uses.iter().any(|one| is(&one.standing));
            summary.carried += usize::from(any(|one| matches!(one, Standing::Carried)));
            summary.overtaken += usize::from(any(|one| matches!(one, Standing::Overtaken(_))));
            summary.disagreeing += usize::from(any(|one| matches!(one, Standing::Disagrees(_))));
            summary.obsolete +=
                usize::from(matches!(result.unused, Some(Unused::Obsolete | Unused::NoComponent)));
        }
        for result in &judged.statements.results {
            match result.is_applied() {
                true => summary.statements_applied += 1,
                false => summary.statements_not_applied += 1,
            }
        }
        summary
    }

    /// True when nobody said anything.
    pub fn is_empty(&self) -> bool {
        *self == Summary::default()
    }
}

/// The lines of `scan` and `assess`: what is settled, and aloud what is contested or overtaken.
pub fn write_summary(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    let summary = Summary::of(judged);
    if summary.is_empty() && judged.decisions.is_empty() && judged.vex.is_empty() {
        return Ok(());
    }
    let told = [
        (summary.by_decision, "decided by people"),
        (summary.by_own_statement, "by own statements"),
        (summary.by_upstream_statement, "by upstream statements"),
    ];
    let told: Vec<String> = (told.iter().filter(|(number, _)| *number > 0))
        .map(|(number, what)| format!("{} {what}", words::count(*number)))
        .collect();
    let told = if told.is_empty() { "nothing".to_owned() } else { told.join(" · ") };
    let changed = words::counted(summary.verdicts_changed, "verdict", "verdicts");
    writeln!(out, "Settled: {told} ({changed} of matching changed)")?;
    contested(out, judged, inventory)?;
    decisions(out, judged, inventory)?;
    if summary.statements_not_applied > 0 {
        writeln!(
            out,
            "{}{} not applied{}: {} (patchwright vex check says each)",
            colour::REVIEW,
            words::counted(summary.statements_not_applied, "statement", "statements"),
            colour::END,
            reasons(judged),
        )?;
    }
    Ok(())
}

/// `3 other_product, 1 no_finding`.
fn reasons(judged: &Judged) -> String {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for result in judged.statements.results.iter().filter(|result| !result.is_applied()) {
        *counts.entry(result.why.as_ref().map_or("no_finding", |why| why.code())).or_default() += 1;
    }
    let told: Vec<String> = counts.iter().map(|(code, number)| format!("{number} {code}")).collect();
    told.join(", ")
}

fn contested(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    let rows: Vec<_> = judged.rows().filter(|(_, _, effect)| !effect.contested.is_empty()).collect();
    for (finding, _, effect) in rows.iter().take(SHOWN) {
        let told = printable(&effect.contested.join("; "));
        writeln!(out, "{}contested{} {}: {told}", colour::ACTION, colour::END, subject(finding, inventory))?;
    }
    more(out, rows.len(), "contested")
}

fn more(out: &mut dyn Write, number: usize, what: &str) -> Result<()> {
    match number.saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "and {} more {what} (--json)", words::count(more)),
    }
}

fn decisions(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    let mut number = 0;
    for (decision, result) in judged.decisions.iter().zip(&judged.carried) {
        for one in &result.uses {
            let Standing::Overtaken(shifts) = &one.standing else { continue };
            number += 1;
            if number > SHOWN {
                continue;
            }
            let on = judged.scan.findings.get(one.finding).map(|finding| subject(finding, inventory));
            writeln!(
                out,
                "{}overtaken{} decision {} on {}: {}",
                colour::ACTION,
                colour::END,
                printable(&decision.id),
                on.unwrap_or_default(),
                printable(&told(shifts)),
            )?;
        }
    }
    more(out, number, "overtaken")?;
    let obsolete: Vec<String> = (judged.decisions.iter().zip(&judged.carried))
        .filter(|(_, result)| matches!(result.unused, Some(Unused::Obsolete | Unused::NoComponent)))
        .map(|(decision, _)| printable(&decision.id))
        .collect();
    if !obsolete.is_empty() {
        let shown: Vec<String> = obsolete.iter().take(SHOWN).cloned().collect();
        let number = words::counted(obsolete.len(), "obsolete decision", "obsolete decisions");
        writeln!(out, "{number}, no finding any more: {}", shown.join(", "))?;
    }
    let other = judged.carried.iter().filter(|result| result.unused == Some(Unused::OtherProduct)).count();
    if other > 0 {
        writeln!(out, "{} about another product, not used", words::counted(other, "decision", "decisions"))?;
    }
    Ok(())
}

fn told(shifts: &[Shift]) -> String {
    shifts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn subject(finding: &Finding, inventory: &Inventory) -> String {
    let component =
        inventory.components.get(finding.component).map_or("", |component| component.name.as_str());
    printable(&format!("{} in {component}", finding.vulnerability))
}

/// Statements and decisions on one finding, in force or not, and why what holds wins.
pub fn write_explained(out: &mut dyn Write, judged: &Judged, at: usize) -> Result<()> {
    let (Some(finding), Some(effect)) = (judged.scan.findings.get(at), judged.effects.get(at)) else {
        return Ok(());
    };
    if !is_spoken_of(judged, at) {
        return Ok(());
    }
    let number = effect.tier.number();
    writeln!(out, "  Statements and decisions")?;
    writeln!(
        out,
        "    holds: {} by {} (tier {number}, {}){}",
        effect.status.word(),
        printable(&effect.source),
        effect.tier.word(),
        if effect.says.is_empty() { String::new() } else { format!(": {}", printable(&effect.says)) },
    )?;
    writeln!(out, "    beside it: {} by matching (tier 4)", finding.verdict.word())?;
    for (decision, result) in judged.decisions.iter().zip(&judged.carried) {
        for one in result.uses.iter().filter(|one| one.finding == at) {
            let standing = standing(judged, &one.standing);
            let says = printable(&decision.says());
            writeln!(
                out,
                "    decision {} by {}: {says}; {standing}",
                printable(&decision.id),
                printable(&decision.author)
            )?;
        }
    }
    for result in judged.statements.results.iter().filter(|result| concerns(judged, result, finding)) {
        let Some((input, statement)) = of(judged, result) else { continue };
        let applied = match result.applied.contains(&at) {
            true => "applied".to_owned(),
            false => format!("not applied: {}", why(result)),
        };
        let place = format!("{} {}", input.document.file, statement.position);
        writeln!(out, "    {} says {}; {applied}", printable(&place), says(statement))?;
    }
    for one in &effect.contested {
        writeln!(out, "    {}contested{}: {}", colour::ACTION, colour::END, printable(one))?;
    }
    Ok(())
}

/// True for a finding of which a statement or decision speaks, in force or not.
pub fn is_spoken_of(judged: &Judged, at: usize) -> bool {
    let Some(finding) = judged.scan.findings.get(at) else { return false };
    judged.statements.results.iter().any(|result| concerns(judged, result, finding))
        || judged.carried.iter().any(|result| result.uses.iter().any(|one| one.finding == at))
}

fn concerns(judged: &Judged, result: &StatementResult, finding: &Finding) -> bool {
    let Some((_, statement)) = of(judged, result) else { return false };
    let is_known = |id: &str| {
        finding.vulnerability.eq_ignore_ascii_case(id)
            || finding.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id))
    };
    is_known(&statement.vulnerability) && result.components.contains(&finding.component)
}

fn standing(judged: &Judged, standing: &Standing) -> String {
    match standing {
        Standing::Active => "in force".to_owned(),
        Standing::Carried => "in force, carried from an earlier release".to_owned(),
        Standing::Overtaken(shifts) => {
            format!("{}: {}", standing.code().replace('_', " "), printable(&told(shifts)))
        }
        Standing::Disagrees(others) => {
            let names: Vec<String> = (others.iter().filter_map(|at| judged.decisions.get(*at)))
                .map(|other| printable(&other.id))
                .collect();
            format!("not in force: {} says otherwise", names.join(", "))
        }
    }
}

/// The document and statement of a result.
pub fn of<'j>(judged: &'j Judged, result: &StatementResult) -> Option<(&'j VexInput, &'j VexStatement)> {
    let input = judged.vex.get(result.document)?;
    Some((input, input.document.statements.get(result.statement)?))
}

fn says(statement: &VexStatement) -> String {
    let coded = statement.justification.map(|known| format!(" ({})", known.word()));
    format!("{}{}", statement.status.word(), coded.unwrap_or_default())
}

fn why(result: &StatementResult) -> String {
    let why = result.why.as_ref().map_or("it holds on no finding".to_owned(), ToString::to_string);
    printable(&why)
}

/// What a statement is about, for people.
pub fn product(statement: &VexStatement) -> String {
    fn innermost<'p>(product: &'p model::vex::ProductRef, found: &mut Vec<&'p str>) {
        if product.subcomponents.is_empty() {
            let all = product.purls.iter().chain(&product.cpes).chain([&product.name, &product.reference]);
            found.extend(all.map(String::as_str).find(|text| !text.is_empty()));
        }
        product.subcomponents.iter().for_each(|part| innermost(part, found));
    }
    let mut found = Vec::new();
    statement.products.iter().for_each(|product| innermost(product, &mut found));
    match found.as_slice() {
        [] => "no product".to_owned(),
        [one] => printable(one),
        [one, rest @ ..] => format!("{} and {} more", printable(one), rest.len()),
    }
}

/// `vex check` for people: each statement, applied or not and why.
pub fn write_statements(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    for (at, input) in judged.vex.iter().enumerate() {
        let document = &input.document;
        let author = if document.author.is_empty() { "an unnamed author" } else { &document.author };
        writeln!(
            out,
            "{}{}{}  {} {} by {}, {}",
            colour::BOLD,
            printable(&document.file),
            colour::END,
            document.format.word(),
            printable(&document.spec_version),
            printable(author),
            words::counted(document.statements.len(), "statement", "statements"),
        )?;
        for note in &input.notes {
            writeln!(
                out,
                "  note {} {}: {}",
                note.code.code(),
                printable(&note.place),
                printable(&note.value)
            )?;
        }
        for result in judged.statements.results.iter().filter(|result| result.document == at) {
            let Some((_, statement)) = of(judged, result) else { continue };
            writeln!(
                out,
                "  {} {} {} {}",
                printable(&statement.position),
                printable(&statement.vulnerability),
                says(statement),
                product(statement)
            )?;
            if result.is_applied() {
                let on: Vec<String> = (result.applied.iter().take(SHOWN))
                    .filter_map(|place| judged.scan.findings.get(*place))
                    .filter_map(|finding| inventory.components.get(finding.component))
                    .map(|component| printable(&format!("{} {}", component.name, component.version)))
                    .collect();
                writeln!(out, "    {}applied{} to {}", colour::FINE, colour::END, on.join(", "))?;
            }
            if result.why.is_some() || !result.is_applied() {
                writeln!(out, "    {}not applied{}: {}", colour::REVIEW, colour::END, why(result))?;
            }
        }
    }
    let summary = Summary::of(judged);
    writeln!(
        out,
        "{} applied · {} not applied",
        words::count(summary.statements_applied),
        words::count(summary.statements_not_applied)
    )
}

/// `decisions check` for people: each decision and what it does on the release.
pub fn write_decisions(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    for (decision, result) in judged.decisions.iter().zip(&judged.carried) {
        writeln!(
            out,
            "{}{}{}  {} in {}: {}",
            colour::BOLD,
            printable(&decision.id),
            colour::END,
            printable(&decision.vulnerability),
            printable(&decision.component.name),
            printable(&decision.says()),
        )?;
        if let Some(unused) = &result.unused {
            writeln!(out, "  {}{}{}: {unused}", colour::REVIEW, unused.code(), colour::END)?;
        }
        for one in &result.uses {
            let component = judged
                .scan
                .findings
                .get(one.finding)
                .and_then(|finding| inventory.components.get(finding.component));
            let version = component
                .map_or(String::new(), |component| format!("{} {}", component.name, component.version));
            let colour = if one.standing.is_in_force() { colour::FINE } else { colour::ACTION };
            writeln!(
                out,
                "  {colour}{}{} on {}: {}",
                one.standing.code(),
                colour::END,
                printable(&version),
                standing(judged, &one.standing)
            )?;
            for told in
                judged.effects.get(one.finding).map(|effect| effect.contested.as_slice()).unwrap_or_default()
            {
                writeln!(out, "    {}contested{}: {}", colour::ACTION, colour::END, printable(told))?;
            }
        }
    }
    Ok(())
}

/// True for a finding that is shown without `--all`: open by matching or in effect, or contested.
pub fn is_shown(finding: &Finding, effect: &model::effect::Effect) -> bool {
    finding.verdict != Verdict::NotAffected || effect.is_open() || !effect.contested.is_empty()
}
