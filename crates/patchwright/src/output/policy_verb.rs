//! What `policy check` and `policy dry-run` print.

use std::io::{Result, Write};

use model::assessment::ResponseClass;
use model::effect::Effect;
use model::sbom::Inventory;
use serde::Serialize;
use service::judge::Judged;
use service::rules::{Change, RuleFault, RuleSet, RuleState};

use super::policy::{RuleView, deeds, rules, write_faults};
use super::table::printable;
use super::words::{self, colour};

/// Findings named for each rule; the rest is counted.
const SHOWN: usize = 15;

/// What a check found.
pub struct Checked {
    /// The rules, where they may be used.
    pub set: Option<RuleSet>,
    /// What forbids it.
    pub faults: Vec<RuleFault>,
    /// What is allowed and probably not meant.
    pub warnings: Vec<RuleFault>,
}

/// A fault with its condition and a caret, and what to do.
pub fn told(fault: &RuleFault) -> String {
    let mut told = printable(&fault.to_string());
    for line in fault.shown.lines() {
        told.push_str(&format!("\n  | {}", printable(line)));
    }
    if !fault.hint.is_empty() {
        told.push_str(&format!("\n  = {}", printable(&fault.hint)));
    }
    told
}

/// Writes the result of a check.
pub fn write_check(out: &mut dyn Write, checked: &Checked) -> Result<()> {
    for fault in &checked.faults {
        writeln!(out, "{}error{} {}", colour::ACTION, colour::END, told(fault))?;
    }
    for warning in &checked.warnings {
        writeln!(out, "{}warning{} {}", colour::REVIEW, colour::END, told(warning))?;
    }
    let Some(set) = &checked.set else {
        return writeln!(out, "{}", words::counted(checked.faults.len(), "error", "errors"));
    };
    for one in set.rules() {
        let rule = &one.rule;
        let window = match (rule.valid_from.as_str(), rule.valid_until.as_str()) {
            ("", "") => String::new(),
            (from, "") => format!(", from {from}"),
            ("", until) => format!(", until {until}"),
            (from, until) => format!(", from {from} until {until}"),
        };
        writeln!(out, "  {:3}  {} ({}{window})", rule.priority, printable(&rule.id), rule.mode.word())?;
    }
    for one in set.rules().iter().filter(|one| !one.rule.auto_revert) {
        let id = printable(&one.rule.id);
        writeln!(out, "  {id}: auto_revert = false needs a store; here every effect ends with its rule")?;
    }
    let warnings = words::counted(checked.warnings.len(), "warning", "warnings");
    writeln!(out, "{} can be used; {warnings}", words::counted(set.rules().len(), "rule", "rules"))
}

#[derive(Serialize)]
struct CheckView<'a> {
    schema: &'static str,
    usable: bool,
    rules: Vec<RuleLine<'a>>,
    errors: Vec<FaultLine<'a>>,
    warnings: Vec<FaultLine<'a>>,
}

#[derive(Serialize)]
struct RuleLine<'a> {
    id: &'a str,
    file: &'a str,
    line: usize,
    priority: u8,
    mode: &'static str,
    valid_from: &'a str,
    valid_until: &'a str,
}

#[derive(Serialize)]
struct FaultLine<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    rule: &'a str,
    message: &'a str,
    hint: &'a str,
}

fn fault_line(fault: &RuleFault) -> FaultLine<'_> {
    FaultLine {
        file: &fault.file,
        line: fault.line,
        column: fault.column,
        rule: &fault.rule,
        message: &fault.message,
        hint: &fault.hint,
    }
}

/// The result of a check as JSON.
pub fn write_check_json(out: &mut dyn Write, checked: &Checked) -> Result<()> {
    let rules = checked.set.iter().flat_map(|set| set.rules()).map(|one| RuleLine {
        id: &one.rule.id,
        file: &one.rule.place.file,
        line: one.rule.place.line,
        priority: one.rule.priority,
        mode: one.rule.mode.word(),
        valid_from: &one.rule.valid_from,
        valid_until: &one.rule.valid_until,
    });
    super::json::pretty(
        out,
        &CheckView {
            schema: "patchwright/policy-check/1",
            usable: checked.set.is_some(),
            rules: rules.collect(),
            errors: checked.faults.iter().map(fault_line).collect(),
            warnings: checked.warnings.iter().map(fault_line).collect(),
        },
    )
}

/// What held before the rules: what they changed, taken back.
fn before(judged: &Judged) -> Vec<Effect> {
    let mut effects = judged.effects.clone();
    for (number, report) in judged.policy.applied.reports.iter().enumerate() {
        for change in &report.changed {
            let touch = judged.policy.applied.touches.get(&change.finding);
            let is_settled = touch.is_some_and(|touch| touch.settled_by == Some(number));
            if let Some(effect) = effects.get_mut(change.finding).filter(|_| is_settled) {
                effect.clone_from(&change.before);
            }
        }
    }
    effects
}

/// How many findings are of each class, the worst first, then those on which nothing is to be done.
fn histogram(effects: &[Effect]) -> Vec<(&'static str, usize)> {
    let of = |class| effects.iter().filter(|effect| effect.class == class).count();
    let classes = ResponseClass::ALL.iter().rev().map(|class| (class.word(), of(Some(*class))));
    classes.chain([("closed or build only", of(None))]).collect()
}

/// Writes a dry run: what changes, then the classes, then each rule.
pub fn write_dry_run(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    let policy = &judged.policy;
    for (one, report) in policy.set.rules().iter().zip(&policy.applied.reports) {
        let id = printable(&one.rule.id);
        writeln!(out, "{}{id}{}: {}", colour::BOLD, colour::END, deeds(report, one.rule.mode.word()))?;
        for change in report.changed.iter().take(SHOWN) {
            writeln!(out, "  {}", changed(change, judged, inventory))?;
        }
        let more = report.changed.len().saturating_sub(SHOWN);
        if more > 0 {
            writeln!(out, "  {}and {} more (--json){}", colour::DIM, words::count(more), colour::END)?;
        }
        write_faults(out, policy, judged, &one.rule.id, "  ")?;
    }
    writeln!(out, "\n{}Findings by class{}      before    after", colour::BOLD, colour::END)?;
    let (before, after) = (histogram(&before(judged)), histogram(&judged.effects));
    for ((word, before), (_, after)) in before.into_iter().zip(after) {
        writeln!(out, "  {word:20} {:>8} {:>8}", words::count(before), words::count(after))?;
    }
    let holding = policy.applied.reports.iter().filter(|report| report.state == RuleState::Holds).count();
    if holding < policy.set.rules().len() {
        let at = words::counted(policy.set.rules().len() - holding, "rule", "rules");
        writeln!(out, "\n{at} not tried: see above for the reason")?;
    }
    Ok(())
}

fn changed(change: &Change, judged: &Judged, inventory: &Inventory) -> String {
    let finding = judged.scan.findings.get(change.finding);
    let component = finding.and_then(|finding| inventory.components.get(finding.component));
    let name = component.map_or(String::new(), |component| {
        format!("{} {}", printable(&component.name), printable(&component.version))
    });
    let id = finding.map_or("", |finding| finding.vulnerability.as_str());
    let says = match change.after.says.as_str() {
        "" => String::new(),
        says => format!(" ({})", printable(says)),
    };
    format!("{} {name}: {} -> {}{says}", printable(id), state(&change.before), state(&change.after))
}

/// `affected, planned`
fn state(effect: &Effect) -> String {
    let status = effect.status.word().replace('_', " ");
    match (effect.class, effect.justification) {
        (Some(class), _) => format!("{status}, {}", class.word()),
        (None, Some(why)) => format!("{status}, {}", why.word().replace('_', " ")),
        (None, None) => status,
    }
}

#[derive(Serialize)]
struct DryRunView<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    rules: Vec<RuleView<'a>>,
    classes: Vec<ClassView>,
}

#[derive(Serialize)]
struct ClassView {
    class: Option<&'static str>,
    before: usize,
    after: usize,
}

/// A dry run as JSON.
pub fn write_dry_run_json(out: &mut dyn Write, judged: &Judged, inventory: &Inventory) -> Result<()> {
    let (before, after) = (histogram(&before(judged)), histogram(&judged.effects));
    let classes = before.into_iter().zip(after).map(|((word, before), (_, after))| ClassView {
        class: ResponseClass::parse(word).map(ResponseClass::word),
        before,
        after,
    });
    super::json::pretty(
        out,
        &DryRunView {
            schema: "patchwright/policy-dry-run/1",
            product: &inventory.product,
            release: &inventory.release,
            rules: rules(judged, inventory),
            classes: classes.collect(),
        },
    )
}
