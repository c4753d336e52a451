//! Gates and rules as people and machines see them.

use std::io::{Result, Write};

use model::effect::Effect;
use model::sbom::Inventory;
use serde::Serialize;
use service::gate::{Failing, GateAnswer, GateEnd};
use service::judge::Judged;
use service::rules::{Policy, RuleReport, RuleState};

use super::table::printable;
use super::words::{self, colour};

/// How a gate ended, every failing finding in one line.
pub fn write_gate(
    out: &mut dyn Write,
    answer: &GateAnswer,
    judged: &Judged,
    inventory: &Inventory,
    is_quiet: bool,
) -> Result<()> {
    let (colour, word) = match answer.end() {
        GateEnd::Passed => (colour::FINE, "gate passed"),
        GateEnd::Failed => (colour::ACTION, "gate failed"),
        GateEnd::CannotJudge => (colour::REVIEW, "gate cannot judge"),
    };
    let failing = words::counted(answer.failing.len(), "finding fails", "findings fail");
    let known = match answer.known {
        0 => String::new(),
        number => format!("; {} as bad before", words::counted(number, "was", "were")),
    };
    writeln!(out, "{colour}{word}{}: {failing} `{}`{known}", colour::END, printable(&answer.condition))?;
    for blind in &answer.blind {
        writeln!(out, "  {}{}{}", colour::REVIEW, printable(blind), colour::END)?;
    }
    if let Some((at, fault)) = &answer.fault {
        let of = judged.scan.findings.get(*at).map_or("", |finding| finding.vulnerability.as_str());
        writeln!(out, "  on {}: {} ({})", printable(of), printable(&fault.message), printable(&fault.hint))?;
    }
    if is_quiet {
        return Ok(());
    }
    for failing in &answer.failing {
        let Some(line) = line(failing, judged, inventory) else { continue };
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// `immediate  CVE-2024-6387 openssh 9.6p1: …`
fn line(failing: &Failing, judged: &Judged, inventory: &Inventory) -> Option<String> {
    let finding = judged.scan.findings.get(failing.finding)?;
    let component = inventory.components.get(finding.component)?;
    let class = failing.class.map_or(failing.status.word(), |class| class.word());
    Some(format!(
        "{class:9}  {} {} {}: {}",
        printable(&finding.vulnerability),
        printable(&component.name),
        printable(&component.version),
        printable(&failing.says),
    ))
}

#[derive(Serialize)]
pub struct GateView<'a> {
    condition: &'a str,
    result: &'static str,
    failing: Vec<FailingView<'a>>,
    /// Findings that would fail and were as bad in the baseline.
    known: usize,
    cannot_judge_because: &'a [String],
}

#[derive(Serialize)]
struct FailingView<'a> {
    vulnerability: &'a str,
    component: &'a str,
    version: &'a str,
    component_key: &'a str,
    status: &'static str,
    class: Option<&'static str>,
    by: &'a [String],
    says: &'a str,
}

/// The gate in JSON; `None` where there was none.
pub fn gate<'a>(judged: &'a Judged, inventory: &'a Inventory) -> Option<GateView<'a>> {
    let answer = judged.gate.as_ref()?;
    let failing = answer.failing.iter().filter_map(|failing| {
        let finding = judged.scan.findings.get(failing.finding)?;
        let component = inventory.components.get(finding.component)?;
        Some(FailingView {
            vulnerability: &finding.vulnerability,
            component: &component.name,
            version: &component.version,
            component_key: &component.key,
            status: failing.status.word(),
            class: failing.class.map(|class| class.word()),
            by: &failing.by,
            says: &failing.says,
        })
    });
    Some(GateView {
        condition: &answer.condition,
        result: answer.end().word(),
        failing: failing.collect(),
        known: answer.known,
        cannot_judge_because: &answer.blind,
    })
}

/// What the rules did, a line for each that did or should have done something.
pub fn write_rules(out: &mut dyn Write, judged: &Judged) -> Result<()> {
    let policy = &judged.policy;
    if policy.set.is_empty() {
        return Ok(());
    }
    let holding = policy.applied.reports.iter().filter(|report| report.state == RuleState::Holds).count();
    writeln!(
        out,
        "\n{}Rules{}: {} of {} tried on {}",
        colour::BOLD,
        colour::END,
        words::count(holding),
        words::count(policy.set.rules().len()),
        words::counted(judged.scan.findings.len(), "finding", "findings")
    )?;
    for (one, report) in policy.set.rules().iter().zip(&policy.applied.reports) {
        let rule = &one.rule;
        writeln!(
            out,
            "  {} ({}): {}",
            printable(&rule.id),
            rule.mode.word(),
            deeds(report, rule.mode.word())
        )?;
        write_faults(out, policy, judged, &rule.id, "    ")?;
    }
    Ok(())
}

/// `matches 12, changes 3 · 4 decided by a person`
pub fn deeds(report: &RuleReport, mode: &str) -> String {
    if report.state != RuleState::Holds {
        return match report.state {
            RuleState::NotYet => "its time has not begun".to_owned(),
            RuleState::Ended => "its time is over".to_owned(),
            RuleState::OtherProduct => "its scope names other products".to_owned(),
            RuleState::OtherRelease => "its scope names other releases".to_owned(),
            RuleState::Off | RuleState::Holds => "switched off".to_owned(),
        };
    }
    let changes = if mode == "active" { "changes" } else { "would change" };
    let mut words = vec![format!(
        "matches {}, {changes} {}",
        words::count(report.matched),
        words::count(report.changed.len())
    )];
    for (number, what) in [
        (report.behind, "settled by a higher rule"),
        (report.protected, "left to the decision of a person"),
        (report.refused, "refused: not for a rule"),
        (report.failed, "could not be evaluated"),
    ] {
        if number > 0 {
            words.push(format!("{} {what}", words::count(number)));
        }
    }
    words.join(" · ")
}

/// The first faults of evaluation of a rule, with their places in the file.
pub fn write_faults(
    out: &mut dyn Write,
    policy: &Policy,
    judged: &Judged,
    id: &str,
    indent: &str,
) -> Result<()> {
    let found = policy.set.rules().iter().zip(&policy.applied.reports).find(|(one, _)| one.rule.id == id);
    let Some((one, report)) = found else { return Ok(()) };
    for (at, fault) in report.faults.iter().take(2) {
        let (line, column) = fault.place(&one.rule.when);
        let (line, column) = one.rule.place.inside(line, column);
        let of = judged.scan.findings.get(*at).map_or("", |finding| finding.vulnerability.as_str());
        let file = printable(&one.rule.place.file);
        writeln!(
            out,
            "{indent}{}{file}:{line}:{column}: on {}: {}{}",
            colour::REVIEW,
            printable(of),
            printable(&fault.message),
            colour::END
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
pub struct PolicyView<'a> {
    rules: Vec<RuleView<'a>>,
    touched: Vec<TouchView<'a>>,
}

#[derive(Serialize)]
pub struct RuleView<'a> {
    pub id: &'a str,
    pub file: &'a str,
    pub line: usize,
    pub priority: u8,
    pub mode: &'static str,
    pub state: &'static str,
    pub matched: usize,
    pub changed: Vec<ChangeView<'a>>,
    pub behind: usize,
    pub protected: usize,
    pub refused: usize,
    pub failed: usize,
    pub faults: Vec<FaultView<'a>>,
}

#[derive(Serialize)]
pub struct ChangeView<'a> {
    vulnerability: &'a str,
    component: &'a str,
    version: &'a str,
    component_key: &'a str,
    before: HoldsView,
    after: HoldsView,
    says: &'a str,
}

#[derive(Serialize)]
struct HoldsView {
    status: &'static str,
    justification: Option<&'static str>,
    class: Option<&'static str>,
    ceiling: Option<&'static str>,
}

#[derive(Serialize)]
pub struct FaultView<'a> {
    vulnerability: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
}

#[derive(Serialize)]
struct TouchView<'a> {
    vulnerability: &'a str,
    component: &'a str,
    component_key: &'a str,
    settled_by: Option<&'a str>,
    assign: &'a str,
    tags: &'a [String],
    due_in_hours: Option<u32>,
    require_review: bool,
    hold_notice_hours: Option<u32>,
    notify: &'a [String],
    /// Rules in the modes `log` and `propose`, and what they would do.
    would: Vec<WouldView<'a>>,
    refused: Vec<RefusedView<'a>>,
}

#[derive(Serialize)]
struct WouldView<'a> {
    rule: &'a str,
    mode: &'static str,
    holds: HoldsView,
    says: &'a str,
}

#[derive(Serialize)]
struct RefusedView<'a> {
    rule: &'a str,
    because: &'static str,
}

fn holds(effect: &Effect) -> HoldsView {
    HoldsView {
        status: effect.status.word(),
        justification: effect.justification.map(|one| one.word()),
        class: effect.class.map(|class| class.word()),
        ceiling: effect.ceiling.map(|class| class.word()),
    }
}

/// What the rules did, in JSON; `None` where there are none.
pub fn policy<'a>(judged: &'a Judged, inventory: &'a Inventory) -> Option<PolicyView<'a>> {
    let policy = &judged.policy;
    if policy.set.is_empty() {
        return None;
    }
    let rule = |at: usize| policy.set.rules().get(at).map(|one| &one.rule);
    let touched = policy.applied.touches.iter().filter_map(|(at, touch)| {
        let finding = judged.scan.findings.get(*at)?;
        let component = inventory.components.get(finding.component)?;
        let would = touch.would.iter().filter_map(|(at, effect)| {
            let rule = rule(*at)?;
            Some(WouldView {
                rule: &rule.id,
                mode: rule.mode.word(),
                holds: holds(effect),
                says: &effect.says,
            })
        });
        let refused = touch
            .refused
            .iter()
            .filter_map(|(at, why)| Some(RefusedView { rule: &rule(*at)?.id, because: why.word() }));
        Some(TouchView {
            vulnerability: &finding.vulnerability,
            component: &component.name,
            component_key: &component.key,
            settled_by: touch.settled_by.and_then(rule).map(|rule| rule.id.as_str()),
            assign: &touch.assign,
            tags: &touch.tags,
            due_in_hours: touch.due_in_hours,
            require_review: touch.require_review,
            hold_notice_hours: touch.hold_notice_hours,
            notify: &touch.notify,
            would: would.collect(),
            refused: refused.collect(),
        })
    });
    Some(PolicyView { rules: rules(judged, inventory), touched: touched.collect() })
}

/// Each rule with what it did.
pub fn rules<'a>(judged: &'a Judged, inventory: &'a Inventory) -> Vec<RuleView<'a>> {
    let policy = &judged.policy;
    let findings = &judged.scan.findings;
    let one = |(one, report): (&'a service::rules::ReadRule, &'a RuleReport)| {
        let rule = &one.rule;
        let changed = report.changed.iter().filter_map(|change| {
            let finding = findings.get(change.finding)?;
            let component = inventory.components.get(finding.component)?;
            Some(ChangeView {
                vulnerability: &finding.vulnerability,
                component: &component.name,
                version: &component.version,
                component_key: &component.key,
                before: holds(&change.before),
                after: holds(&change.after),
                says: &change.after.says,
            })
        });
        let faults = report.faults.iter().filter_map(|(at, fault)| {
            let (line, column) = fault.place(&rule.when);
            let (line, column) = rule.place.inside(line, column);
            let vulnerability = &findings.get(*at)?.vulnerability;
            Some(FaultView { vulnerability, line, column, message: &fault.message })
        });
        RuleView {
            id: &rule.id,
            file: &rule.place.file,
            line: rule.place.line,
            priority: rule.priority,
            mode: rule.mode.word(),
            state: report.state.word(),
            matched: report.matched,
            changed: changed.collect(),
            behind: report.behind,
            protected: report.protected,
            refused: report.refused,
            failed: report.failed,
            faults: faults.collect(),
        }
    };
    policy.set.rules().iter().zip(&policy.applied.reports).map(one).collect()
}
