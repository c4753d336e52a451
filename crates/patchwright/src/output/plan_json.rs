//! The plan for machines: every step, and every target that was matched.

use std::io::{Result, Write};

use model::fix::FixTarget;
use serde::Serialize;
use service::plan::{Candidate, Choices, Moved, Reach, Step, Tally};

use super::json::pretty;
use super::plan::View;

/// The schema id of a plan.
pub const PLAN: &str = "patchwright/plan/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    at: String,
    profile: Profile<'a>,
    knowledge: Knowledge<'a>,
    goal: &'static str,
    branch_changes: &'static str,
    says: String,
    open: Classes,
    remaining: Classes,
    build_only: usize,
    steps: Vec<StepView<'a>>,
    components: Vec<Component<'a>>,
}

#[derive(Serialize)]
struct Profile<'a> {
    id: &'a str,
    version: u32,
    is_inferred: bool,
}

#[derive(Serialize)]
struct Knowledge<'a> {
    origin: String,
    fingerprint: &'a str,
    as_of: &'a str,
}

/// Findings by response class.
#[derive(Serialize)]
struct Classes {
    total: usize,
    immediate: usize,
    planned: usize,
    routine: usize,
    none: usize,
}

#[derive(Serialize)]
struct StepView<'a> {
    says: String,
    component: &'a str,
    keys: Vec<&'a str>,
    from: &'a str,
    #[serde(flatten)]
    target: TargetView<'a>,
    cures: Classes,
    adds: Classes,
    left: Classes,
    remaining: Classes,
    cured: Vec<Finding<'a>>,
    added: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct TargetView<'a> {
    to: &'a str,
    line: &'a str,
    is_branch_change: bool,
    is_lts: bool,
    end_of_life: &'a str,
    has_ended: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    told_by: &'a str,
}

#[derive(Serialize)]
struct Finding<'a> {
    component: &'a str,
    vulnerability: &'a str,
    class: &'static str,
}

#[derive(Serialize)]
struct Component<'a> {
    component: &'a str,
    version: &'a str,
    keys: Vec<&'a str>,
    open: Classes,
    no_step_because: &'static str,
    named: Vec<Named<'a>>,
    candidates: Vec<CandidateView<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    version: &'a str,
    findings: usize,
}

#[derive(Serialize)]
struct CandidateView<'a> {
    #[serde(flatten)]
    target: TargetView<'a>,
    cures: Classes,
    adds: Classes,
    left: Classes,
}

/// Writes the plan.
pub fn write(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let plan = view.plan;
    pretty(
        out,
        &Document {
            schema: PLAN,
            product: &view.inventory.product,
            release: &view.inventory.release,
            at: view.at.to_string(),
            profile: Profile {
                id: &view.profile.id,
                version: view.profile.version,
                is_inferred: view.profile.is_inferred,
            },
            knowledge: Knowledge {
                origin: view.knowledge.name(),
                fingerprint: &view.knowledge.index.header().fingerprint,
                as_of: view.knowledge.as_of(),
            },
            goal: plan.aim.goal.word(),
            branch_changes: match plan.aim.reach {
                Reach::OnLine => "never",
                Reach::IfNeeded => "if-needed",
                Reach::Free => "free",
            },
            says: view.sentence(),
            open: classes(&plan.open),
            remaining: classes(&plan.remaining()),
            build_only: plan.build_only,
            steps: plan.steps.iter().map(|one| step(view, one)).collect(),
            components: plan.choices.iter().map(|one| component(view, one)).collect(),
        },
    )
}

fn classes(tally: &Tally) -> Classes {
    Classes {
        total: tally.total(),
        immediate: tally.immediate,
        planned: tally.planned,
        routine: tally.routine,
        none: tally.none,
    }
}

fn target<'a>(target: &'a FixTarget, is_branch_change: bool) -> TargetView<'a> {
    TargetView {
        to: &target.version,
        line: &target.line,
        is_branch_change,
        is_lts: target.is_lts,
        end_of_life: &target.end_of_life,
        has_ended: target.has_ended,
        told_by: &target.told_by,
    }
}

fn step<'a>(view: &View<'a>, step: &'a Step) -> StepView<'a> {
    let chosen = &step.chosen;
    let component = view.component(&step.members);
    StepView {
        says: view.headline(step),
        component: component.map_or("", |component| &component.name),
        keys: keys(view, &step.members),
        from: component.map_or("", |component| &component.version),
        target: target(&chosen.target, chosen.is_branch_change),
        cures: classes(&chosen.change.cures()),
        adds: classes(&chosen.change.adds()),
        left: classes(&chosen.left),
        remaining: classes(&step.remaining),
        cured: chosen.change.cured.iter().map(|moved| finding(view, moved)).collect(),
        added: chosen.change.added.iter().map(|moved| finding(view, moved)).collect(),
    }
}

fn keys<'a>(view: &View<'a>, members: &[usize]) -> Vec<&'a str> {
    members.iter().filter_map(|at| view.inventory.components.get(*at)).map(|one| one.key.as_str()).collect()
}

fn finding<'a>(view: &View<'a>, moved: &'a Moved) -> Finding<'a> {
    let component = view.inventory.components.get(moved.component);
    Finding {
        component: component.map_or("", |component| &component.name),
        vulnerability: &moved.vulnerability,
        class: moved.class.word(),
    }
}

fn component<'a>(view: &View<'a>, choices: &'a Choices) -> Component<'a> {
    let of = view.component(&choices.members);
    let candidate = |one: &'a Candidate| CandidateView {
        target: target(&one.target, one.is_branch_change),
        cures: classes(&one.change.cures()),
        adds: classes(&one.change.adds()),
        left: classes(&one.left),
    };
    Component {
        component: of.map_or("", |component| &component.name),
        version: of.map_or("", |component| &component.version),
        keys: keys(view, &choices.members),
        open: classes(&choices.open),
        no_step_because: choices.why_none,
        named: (choices.named.iter())
            .map(|named| Named { version: &named.version, findings: named.findings })
            .collect(),
        candidates: choices.candidates.iter().map(candidate).collect(),
    }
}
