//! Statements and decisions for machines: what was said, and what became of it.

use model::sbom::Inventory;
use serde::Serialize;
use service::decisions::{DecisionResult, Standing};
use service::judge::Judged;
use service::statements::StatementResult;

use super::statements::{of, product};

/// One statement and what became of it.
#[derive(Serialize)]
pub struct StatementView<'a> {
    file: &'a str,
    form: &'static str,
    author: &'a str,
    place: &'a str,
    hash: &'a str,
    tier: &'static str,
    vulnerability: &'a str,
    status: &'static str,
    justification: Option<&'static str>,
    timestamp: &'a str,
    product: String,
    applied: bool,
    findings: Vec<OnFinding<'a>>,
    not_applied: Option<NotApplied>,
}

/// A finding by vulnerability and component.
#[derive(Serialize)]
pub struct OnFinding<'a> {
    vulnerability: &'a str,
    component: &'a str,
    version: &'a str,
    component_key: &'a str,
}

#[derive(Serialize)]
struct NotApplied {
    code: &'static str,
    because: String,
}

/// One decision and what became of it.
#[derive(Serialize)]
pub struct DecisionView<'a> {
    id: &'a str,
    file: &'a str,
    line: usize,
    state: &'static str,
    vulnerability: &'a str,
    component: &'a str,
    versions: &'a str,
    says: String,
    author: &'a str,
    reviewer: &'a str,
    created: &'a str,
    expires: &'a str,
    unused: Option<NotApplied>,
    uses: Vec<UseView<'a>>,
}

#[derive(Serialize)]
struct UseView<'a> {
    finding: OnFinding<'a>,
    standing: &'static str,
    because: Vec<NotApplied>,
}

fn on_finding<'a>(judged: &'a Judged, inventory: &'a Inventory, at: usize) -> Option<OnFinding<'a>> {
    let finding = judged.scan.findings.get(at)?;
    let component = inventory.components.get(finding.component)?;
    Some(OnFinding {
        vulnerability: &finding.vulnerability,
        component: &component.name,
        version: &component.version,
        component_key: &component.key,
    })
}

/// Every statement, in the order given.
pub fn statements<'a>(judged: &'a Judged, inventory: &'a Inventory) -> Vec<StatementView<'a>> {
    let view = |result: &'a StatementResult| {
        let (input, statement) = of(judged, result)?;
        let why = result.why.as_ref().map(|why| NotApplied { code: why.code(), because: why.to_string() });
        Some(StatementView {
            file: &input.document.file,
            form: input.document.format.word(),
            author: &input.document.author,
            place: &statement.position,
            hash: &input.document.hash,
            tier: input.tier.word(),
            vulnerability: &statement.vulnerability,
            status: statement.status.word(),
            justification: statement.justification.map(|known| known.word()),
            timestamp: &statement.timestamp,
            product: product(statement),
            applied: result.is_applied(),
            findings: result.applied.iter().filter_map(|at| on_finding(judged, inventory, *at)).collect(),
            not_applied: why,
        })
    };
    judged.statements.results.iter().filter_map(view).collect()
}

/// Every decision, in the order given.
pub fn decision_views<'a>(judged: &'a Judged, inventory: &'a Inventory) -> Vec<DecisionView<'a>> {
    (judged.decisions.iter().zip(&judged.carried))
        .map(|(decision, result)| DecisionView {
            id: &decision.id,
            file: &decision.place.file,
            line: decision.place.line(""),
            state: decision.state.word(),
            vulnerability: &decision.vulnerability,
            component: &decision.component.name,
            versions: &decision.versions,
            says: decision.says(),
            author: &decision.author,
            reviewer: &decision.reviewer,
            created: &decision.created,
            expires: &decision.expires,
            unused: result
                .unused
                .as_ref()
                .map(|why| NotApplied { code: why.code(), because: why.to_string() }),
            uses: uses(judged, inventory, result),
        })
        .collect()
}

fn uses<'a>(judged: &'a Judged, inventory: &'a Inventory, result: &'a DecisionResult) -> Vec<UseView<'a>> {
    let because = |standing: &Standing| match standing {
        Standing::Active | Standing::Carried => Vec::new(),
        Standing::Overtaken(shifts) => {
            shifts.iter().map(|shift| NotApplied { code: shift.code(), because: shift.to_string() }).collect()
        }
        Standing::Disagrees(others) => (others.iter().filter_map(|at| judged.decisions.get(*at)))
            .map(|other| NotApplied {
                code: "disagrees",
                because: format!("{} says {}", other.id, other.says()),
            })
            .collect(),
    };
    let view = |one: &'a service::decisions::Use| {
        Some(UseView {
            finding: on_finding(judged, inventory, one.finding)?,
            standing: one.standing.code(),
            because: because(&one.standing),
        })
    };
    result.uses.iter().filter_map(view).collect()
}

/// What holds on a finding, where it is more than the verdict.
#[derive(Serialize)]
pub struct EffectView<'a> {
    tier: &'static str,
    status: &'static str,
    justification: Option<&'static str>,
    class: Option<&'static str>,
    ceiling: Option<&'static str>,
    source: &'a str,
    says: &'a str,
    contested: &'a [String],
}

/// What holds on a finding, whoever says it.
pub fn effect(effect: &model::effect::Effect) -> EffectView<'_> {
    EffectView {
        tier: effect.tier.word(),
        status: effect.status.word(),
        justification: effect.justification.map(|known| known.word()),
        class: effect.class.map(|class| class.word()),
        ceiling: effect.ceiling.map(|class| class.word()),
        source: &effect.source,
        says: &effect.says,
        contested: &effect.contested,
    }
}
