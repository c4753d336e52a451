//! The plan for people: one line for each upgrade, how much remains after it, and what no upgrade helps.

use std::io::{Result, Write};

use model::component::Component;
use model::fix::FixTarget;
use model::profile::Profile;
use model::sbom::Inventory;
use service::knowledge::Knowledge;
use service::plan::{Candidate, Choices, Goal, Plan, Step, Tally};

use super::table::printable;
use super::words::{self, colour};

/// Columns of the longest bar.
const BAR: usize = 30;

/// Steps shown before the rest is counted.
const SHOWN: usize = 40;

/// Components without an upgrade that are listed.
const LISTED: usize = 12;

/// Everything the outputs need.
pub struct View<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What it was compared with.
    pub knowledge: &'a Knowledge,
    /// The deployment.
    pub profile: &'a Profile,
    /// The plan.
    pub plan: &'a Plan,
    /// The given time.
    pub at: jiff::Timestamp,
}

impl<'a> View<'a> {
    /// The first component of a step or choice: all of them have its name and version.
    pub fn component(&self, members: &[usize]) -> Option<&'a Component> {
        members.first().and_then(|at| self.inventory.components.get(*at))
    }

    /// `linux-yocto 6.12.38 -> 6.12.96 cures 214 (3 immediate), adds 3`.
    pub fn headline(&self, step: &Step) -> String {
        let (name, version) = self.name_and_version(&step.members);
        format!("{name} {version} -> {}", change_words(&step.chosen))
    }

    /// Name and version of a step or choice, printable.
    pub fn name_and_version(&self, members: &[usize]) -> (String, String) {
        let component = self.component(members);
        let version = component.map_or("", |component| component.version.as_str());
        let version = if version.is_empty() { "(no version)".to_owned() } else { printable(version) };
        (component.map(|component| printable(&component.name)).unwrap_or_default(), version)
    }

    /// What the product is called.
    pub fn title(&self) -> String {
        let inventory = self.inventory;
        match (inventory.product.as_str(), inventory.release.as_str()) {
            ("", _) => {
                inventory.documents.first().map_or("release", |document| document.file.as_str()).to_owned()
            }
            (product, release) => format!("{product} {release}").trim_end().to_owned(),
        }
    }

    /// Components with open findings and no step, those with most open findings first.
    pub fn unhelped(&self) -> Vec<&'a Choices> {
        let mut unhelped: Vec<&Choices> =
            self.plan.choices.iter().filter(|choices| !choices.why_none.is_empty()).collect();
        unhelped.sort_by_key(|choices| std::cmp::Reverse(choices.open.total()));
        unhelped
    }

    /// What the plan says in one sentence.
    pub fn sentence(&self) -> String {
        let plan = self.plan;
        let goal = plan.aim.goal;
        let before = plan.open.at_least(goal);
        let what = match goal {
            Goal::All => "open findings",
            Goal::Planned => "immediate or planned findings",
            Goal::Immediate => "immediate findings",
        };
        if before == 0 {
            return format!("No {what} on the device: nothing is to be upgraded.");
        }
        if plan.steps.is_empty() {
            return format!("{} {what}, and no upgrade is known that helps.", words::count(before));
        }
        format!(
            "{} leave {} of {} {what}.",
            words::counted(plan.steps.len(), "upgrade", "upgrades"),
            words::count(plan.remaining().at_least(goal)),
            words::count(before)
        )
    }
}

/// `6.12.96 cures 214 (3 immediate), adds 3`.
pub fn change_words(candidate: &Candidate) -> String {
    let mark = if candidate.is_branch_change { " (branch change)" } else { "" };
    format!(
        "{}{mark} cures {}, adds {}",
        printable(&candidate.target.version),
        tally_words(&candidate.change.cures()),
        tally_words(&candidate.change.adds())
    )
}

/// `214 (3 immediate, 12 planned)`.
pub fn tally_words(tally: &Tally) -> String {
    let urgent: Vec<String> = [(tally.immediate, "immediate"), (tally.planned, "planned")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", words::count(number)))
        .collect();
    match urgent.is_empty() {
        true => words::count(tally.total()),
        false => format!("{} ({})", words::count(tally.total()), urgent.join(", ")),
    }
}

/// What is known of the line a target is on; empty for nothing.
pub fn life_of(target: &FixTarget) -> String {
    let kind = if target.is_lts { "long-term line" } else { "line" };
    let by = if target.told_by.is_empty() { String::new() } else { format!(", says {}", target.told_by) };
    match (target.end_of_life.as_str(), target.has_ended) {
        ("", false) if target.is_lts => kind.to_owned(),
        ("", _) => String::new(),
        (end, false) => format!("{kind} {}, maintained until {end}{by}", target.line),
        (end, true) => format!("{kind} {}, ended {end}{by}", target.line),
    }
}

/// Writes the whole view.
pub fn write(out: &mut dyn Write, view: &View<'_>, width: Option<u16>) -> Result<()> {
    heading(out, view)?;
    if !view.plan.steps.is_empty() {
        steps(out, view, width)?;
        curve(out, view)?;
    }
    unhelped(out, view)?;
    ending(out, view)
}

fn heading(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let profile = view.profile;
    let deployment = match profile.is_inferred {
        true => "an assumed deployment (--profile states yours)".to_owned(),
        false => format!("{} version {}", printable(&profile.id), profile.version),
    };
    writeln!(out, "{}{}{}  in {deployment}", colour::BOLD, printable(&view.title()), colour::END)?;
    let open = view.plan.open;
    writeln!(
        out,
        "open on the device: {}{} immediate{} · {}{} planned{} · {} routine · {} none",
        colour::ACTION,
        words::count(open.immediate),
        colour::END,
        colour::REVIEW,
        words::count(open.planned),
        colour::END,
        words::count(open.routine),
        words::count(open.none)
    )?;
    writeln!(out, "{}", view.sentence())
}

fn steps(out: &mut dyn Write, view: &View<'_>, width: Option<u16>) -> Result<()> {
    let steps = &view.plan.steps;
    let most = steps.iter().map(|step| step.chosen.change.cured.len()).max().unwrap_or(1);
    let longest = usize::from(width.unwrap_or(100).saturating_sub(8)).min(BAR);
    writeln!(out)?;
    for (number, step) in steps.iter().take(SHOWN).enumerate() {
        writeln!(out, "{:>3}. {}{}{}", number + 1, colour::BOLD, view.headline(step), colour::END)?;
        let bar = bar(step.chosen.change.cured.len(), most, longest);
        let rest = rest(step);
        writeln!(out, "     {}{bar}{} {}{rest}{}", colour::FINE, colour::END, colour::DIM, colour::END)?;
        if let Some(other) = alternative(view, step) {
            writeln!(out, "     {}or {}{}", colour::DIM, change_words(other), colour::END)?;
        }
    }
    match steps.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "     and {} more (--format json)", words::counted(more, "step", "steps")),
    }
}

/// What stays open in the component, and how long its line lives.
fn rest(step: &Step) -> String {
    let left = match step.chosen.left.total() {
        0 => "nothing stays open in it".to_owned(),
        _ => format!("{} stay open in it", tally_words(&step.chosen.left)),
    };
    match life_of(&step.chosen.target) {
        life if life.is_empty() => left,
        life => format!("{left} · {life}"),
    }
}

/// The best other line of a component that is upgraded on its own.
pub fn alternative<'a>(view: &View<'a>, step: &Step) -> Option<&'a Candidate> {
    if step.chosen.is_branch_change {
        return None;
    }
    let choices = view.plan.choices.iter().find(|choices| choices.members == step.members)?;
    let others = choices.candidates.iter().filter(|candidate| candidate.is_branch_change);
    others
        .filter(|other| other.left.total() < step.chosen.left.total())
        .min_by_key(|other| (other.left.immediate, other.left.total()))
}

/// A bar of a length that tells the share, never empty for what is there.
fn bar(number: usize, most: usize, longest: usize) -> String {
    let eighths =
        (number * longest * 8).checked_div(most.max(1)).unwrap_or_default().max(usize::from(number > 0));
    let full = "█".repeat(eighths / 8);
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"].get(eighths % 8).copied().unwrap_or_default();
    format!("{full}{part}")
}

/// What remains after each step, as a row of columns.
fn curve(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let goal = view.plan.aim.goal;
    let remaining: Vec<usize> = std::iter::once(view.plan.open.at_least(goal))
        .chain(view.plan.steps.iter().map(|step| step.remaining.at_least(goal)))
        .collect();
    let most = remaining.iter().copied().max().unwrap_or(1).max(1);
    let columns = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let drawn: String = remaining
        .iter()
        .take(SHOWN + 1)
        .map(|number| match number {
            0 => "·",
            number => columns.get((number * columns.len()).div_ceil(most) - 1).copied().unwrap_or("█"),
        })
        .collect();
    let numbers: Vec<String> = remaining.iter().take(8).map(|number| words::count(*number)).collect();
    let more = if remaining.len() > 8 { " …" } else { "" };
    writeln!(out, "\nremaining after each step  {drawn}  {}{more}", numbers.join(" → "))
}

fn unhelped(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let unhelped = view.unhelped();
    if unhelped.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}No upgrade helps{}", colour::REVIEW, colour::END)?;
    for choices in unhelped.iter().take(LISTED) {
        let (name, version) = view.name_and_version(&choices.members);
        writeln!(out, "  {name} {version}: {} open, {}", tally_words(&choices.open), choices.why_none)?;
    }
    match unhelped.len().saturating_sub(LISTED) {
        0 => Ok(()),
        more => {
            writeln!(out, "  and {} more (--format json)", words::counted(more, "component", "components"))
        }
    }
}

fn ending(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    if view.plan.build_only > 0 {
        writeln!(
            out,
            "\n{}{} in components that only took part in the build are not planned here{}",
            colour::DIM,
            words::counted(view.plan.build_only, "open finding", "open findings"),
            colour::END
        )?;
    }
    writeln!(
        out,
        "\n{}{}, {}{}",
        colour::DIM,
        printable(&view.knowledge.name()),
        words::age(view.knowledge.age_days(view.at)),
        colour::END
    )?;
    if view.plan.open.total() == 0 {
        return writeln!(
            out,
            "Next: patchwright scan FILE shows what could not be evaluated; a component without a version is never planned"
        );
    }
    writeln!(
        out,
        "Next: set the version in the recipe, build, and see with patchwright compare OLD NEW that the findings are gone"
    )
}
