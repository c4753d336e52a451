//! Our own answers, read back: the JSON of an earlier `scan` or `assess`, as a baseline for a gate.
//!
//! Only what comparing needs is read; members that a later version adds are passed over.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod schema;

use model::assessment::ResponseClass;
use model::finding::Verdict;
use model::vex::VexStatus;

use schema::{Component, Document, Finding};

/// Schemas that are read.
const SCHEMAS: [&str; 2] = ["patchwright/scan/1", "patchwright/assessment/1"];

/// An earlier answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Product.
    pub product: String,
    /// Release; empty when unknown.
    pub release: String,
    /// Its findings.
    pub findings: Vec<SavedFinding>,
}

/// A finding of an earlier answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFinding {
    /// All ids of the vulnerability.
    pub ids: Vec<String>,
    /// The component's name.
    pub component: String,
    /// The verdict that held.
    pub verdict: Verdict,
    /// The class that held; `None` where the answer does not tell.
    pub class: Option<ResponseClass>,
}

/// Why a file is no earlier answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {file}: {why}")]
pub struct SavedError {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub why: String,
}

/// Reads an earlier answer.
///
/// # Errors
/// When it is no JSON of ours, or says something that we never write.
pub fn read(bytes: &[u8], name: &str) -> Result<Saved, SavedError> {
    let error = |why: String| SavedError { file: name.to_owned(), why };
    let text = std::str::from_utf8(bytes).map_err(|_| error("it is not UTF-8".to_owned()))?;
    let document: Document<'_> = serde_json::from_str(text)
        .map_err(|fault| error(format!("it is no saved answer of scan or assess: {fault}")))?;
    if !SCHEMAS.contains(&document.schema.as_ref()) {
        return Err(error(format!("its schema is {:?}, not {}", document.schema, SCHEMAS.join(" or "))));
    }
    let findings = document.findings.into_iter().enumerate().map(|(number, finding)| {
        finding_of(finding).map_err(|why| error(format!("findings[{number}]: {why}")))
    });
    Ok(Saved {
        findings: findings.collect::<Result<_, _>>()?,
        product: document.product.into_owned(),
        release: document.release.into_owned(),
    })
}

fn finding_of(finding: Finding<'_>) -> Result<SavedFinding, String> {
    let verdict = match finding.verdict.as_ref() {
        "affected" => Verdict::Affected,
        "needs_review" => Verdict::NeedsReview,
        "not_affected" => Verdict::NotAffected,
        word => return Err(format!("unknown verdict {word:?}")),
    };
    let class = |word: &str| ResponseClass::parse(word).ok_or_else(|| format!("unknown class {word:?}"));
    let computed = finding.class.or_else(|| finding.assessment.map(|one| one.class));
    let (verdict, word) = match &finding.effect {
        None => (verdict, computed),
        Some(effect) => {
            let status = VexStatus::parse(&effect.status);
            let status = status.ok_or_else(|| format!("unknown status {:?}", effect.status))?;
            (status.verdict(), effect.class.clone())
        }
    };
    let mut ids: Vec<String> = vec![finding.vulnerability.into_owned()];
    ids.extend(finding.aliases.into_iter().map(|id| id.into_owned()));
    let component = match finding.component {
        Component::Name(name) | Component::Full { name } => name.into_owned(),
    };
    Ok(SavedFinding { ids, component, verdict, class: word.as_deref().map(class).transpose()? })
}
