//! What the analysis found of decisions, written back: one whose ground has shifted somewhere is marked as overtaken,
//! with the reason, by `system`. The mark asks a person to look again. It takes nothing away: the text stays as it was
//! written, and where its ground holds the decision goes on to hold.

use model::decision::DecisionState;
use model::sbom::Inventory;
use serde_json::json;
use store::audit::AuditEntry;
use store::decision::Act;
use store::{Change, Moment, Scope};

use crate::decisions::{DecisionResult, Standing};
use crate::house::Fault;
use crate::judge::Judged;
use crate::triage::decide::in_state;

/// Who marks.
const SYSTEM: &str = "system";

/// Marks the decisions that a judged release overtakes. One that is marked already stays as it is.
pub(crate) async fn mark(
    change: &mut Change,
    scope: &Scope,
    release: i64,
    inventory: &Inventory,
    judged: &Judged,
    now: Moment,
) -> Result<(), Fault> {
    let mut version = None;
    for (decision, result) in judged.decisions.iter().zip(&judged.carried) {
        let Some(why) = why(result, inventory, judged) else { continue };
        let Some(row) = change.decision_by_name(scope, &decision.id).await? else { continue };
        if row.state != DecisionState::Active {
            continue;
        }
        if version.is_none() {
            version = change.release(scope, release).await?.map(|release| release.version);
        }
        let note = format!("release {}: {why}", version.as_deref().unwrap_or_default());
        let act = Act { act: "overtaken", actor: SYSTEM, note: &note, at: now };
        let text = in_state(&row, DecisionState::Overtaken);
        let number = change.change_decision(scope, row.id, row.version, &text, &act).await?;
        let entry = AuditEntry {
            product: row.product,
            at: now,
            actor: SYSTEM.to_owned(),
            act: "decision.overtaken".to_owned(),
            subject: format!("decision/{}", row.id),
            body: json!({ "name": row.name, "version": number, "release": release, "why": note }),
        };
        change.log(scope, &entry).await?;
    }
    Ok(())
}

/// Why a decision does not hold on a finding of the release; `None` while it holds on all of them.
fn why(result: &DecisionResult, inventory: &Inventory, judged: &Judged) -> Option<String> {
    let of = |one: &crate::decisions::Use| match &one.standing {
        Standing::Overtaken(shifts) => {
            let finding = judged.scan.findings.get(one.finding)?;
            let component = inventory.components.get(finding.component)?;
            let shifts: Vec<String> = shifts.iter().map(ToString::to_string).collect();
            Some(format!(
                "{} in {} {}: {}",
                finding.vulnerability,
                component.name,
                component.version,
                shifts.join("; ")
            ))
        }
        _ => None,
    };
    result.uses.iter().find_map(of)
}
