//! One release.

use std::collections::BTreeMap;

use service::maker::{Coverage as Covered, GroupRow, ReleaseDetail};
use service::summary::{StepSummary, Summary};

use super::HouseBackend;
use super::translate::{at, at_some, counts, failure, id, maker, missing, moment_of};
use super::words;
use crate::backend::{Failure, Identity};
use crate::pages::chart::{Cause, QUESTIONS, Step};
use crate::pages::class::Counts;
use crate::pages::release::{Coverage, Document, Evidence, Group, Reason, Release, Upgrade};

/// Components of the page before the rest is a link.
const SHOWN: usize = 40;

pub(super) async fn release(of: &HouseBackend, who: &Identity, release: &str) -> Result<Release, Failure> {
    let number = id(release, "release")?;
    let found = maker(of, who)?.release(number).await.map_err(failure)?.ok_or_else(|| missing("release"))?;
    let row = &found.release;
    let shown = found.groups.len().min(SHOWN);
    Ok(Release {
        id: row.id.to_string(),
        version: row.version.clone(),
        product: found.product.0.clone(),
        product_name: found.product.1.clone(),
        before: found.before.as_ref().map(|(id, version)| (id.to_string(), version.clone())),
        judged: at_some(row.judged),
        knowledge: moment_of(&found.knowledge),
        open: counts(&found.open),
        matches: row.matches,
        funnel: found.summary.funnel.steps.iter().filter_map(step).collect(),
        components: found.groups.iter().take(SHOWN).map(group).collect(),
        more_components: (found.groups.len() - shown) as u64,
        coverage: coverage(&found.coverage),
        upgrades: found.summary.upgrades.iter().map(upgrade).collect(),
        evidence: evidence(&found),
        documents: documents(&found),
        gate: String::new(),
        passes: None,
    })
}

fn step(step: &StepSummary) -> Option<Step> {
    let (question, _) = QUESTIONS.iter().find(|(word, _)| *word == step.question)?;
    let cause = |(code, says, number): &(String, String, usize)| Cause {
        code: code.clone(),
        says: says.clone(),
        number: *number as u64,
    };
    Some(Step {
        question,
        left_says: step.says.clone(),
        lost_says: step.gone.clone(),
        left: step.left as u64,
        lost: step.lost as u64,
        causes: step.causes.iter().map(cause).collect(),
    })
}

fn group(group: &GroupRow) -> Group {
    Group {
        component: group.component.clone(),
        version: group.version.clone(),
        open: counts(&group.open),
        fixed: group.fixed.clone(),
    }
}

fn coverage(of: &Covered) -> Coverage {
    let mut reasons: Vec<Reason> = of
        .not_evaluated()
        .map(|(state, number)| {
            let (says, remedy) = words::coverage(state);
            Reason {
                word: words::reason(state).to_owned(),
                says: says.to_owned(),
                remedy: remedy.to_owned(),
                number,
            }
        })
        .collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.number));
    Coverage {
        all: of.all(),
        matched: of.of(&["matched"]),
        clean: of.of(&["clean"]),
        excluded: of.of(&["excluded"]),
        not_evaluated: reasons.iter().map(|reason| reason.number).sum(),
        reasons,
    }
}

fn upgrade(upgrade: &service::summary::Upgrade) -> Upgrade {
    Upgrade {
        component: upgrade.component.clone(),
        from: upgrade.from.clone(),
        to: upgrade.to.clone(),
        removes: by_word(&upgrade.removes),
    }
}

fn by_word(numbers: &BTreeMap<String, usize>) -> Counts {
    let of = |word: &str| numbers.get(word).copied().unwrap_or_default() as u64;
    Counts {
        immediate: of("immediate"),
        planned: of("planned"),
        routine: of("routine"),
        none: of("none"),
        unknown: of("unknown"),
    }
}

fn evidence(found: &ReleaseDetail) -> Vec<Evidence> {
    let settled = |summary: &Summary, codes: &[&str]| -> u64 {
        codes.iter().map(|code| summary.by_reason(code) as u64).sum()
    };
    let of_kind = found.documents.iter().filter_map(|document| {
        let codes = words::evidence(&document.kind)?;
        Some(Evidence {
            kind: words::document(&document.kind).to_owned(),
            file: document.name.clone(),
            at: at(document.received),
            settled: settled(&found.summary, codes),
            reason: String::new(),
            note: String::new(),
        })
    });
    of_kind.collect()
}

fn documents(found: &ReleaseDetail) -> Vec<Document> {
    let by = |id: i64| match found.senders.get(&id) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => "the installation".to_owned(),
    };
    (found.documents.iter())
        .map(|document| Document {
            file: document.name.clone(),
            kind: words::document(&document.kind).to_owned(),
            hash: document.hash.clone(),
            bytes: document.size,
            at: at(document.received),
            by: by(document.received_by),
        })
        .collect()
}
