//! A saved scan read back: what comparing needs of `patchwright/scan/1`, and nothing more.
//!
//! Members that later versions of the program add are passed over; a missing one that older versions did not write
//! has a default that says so.

use model::assessment::ResponseClass;
use model::finding::Verdict;
use model::vex::VexStatus;
use serde::Deserialize;
use service::compare::{Side, SideComponent, SideFinding, State};

use super::json::SCAN;

/// Why a document is no saved scan that could be compared.
#[derive(Debug, PartialEq, Eq)]
pub enum SavedError {
    /// Not JSON, cut off, or members of another kind than the schema says; with the place.
    Damaged(String),
    /// Another document of ours.
    Other(String),
}

#[derive(Deserialize)]
struct Peek {
    #[serde(default)]
    schema: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    product: String,
    #[serde(default)]
    release: String,
    at: String,
    knowledge: Knowledge,
    #[serde(default)]
    profile: Option<Profile>,
    #[serde(default)]
    evidence: Vec<Evidence>,
    components: Vec<Component>,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Knowledge {
    fingerprint: String,
}

#[derive(Deserialize)]
struct Profile {
    id: String,
    version: u32,
    is_inferred: bool,
}

#[derive(Deserialize)]
struct Evidence {
    kind: String,
    hash: String,
}

#[derive(Deserialize)]
struct Component {
    key: String,
    name: String,
    version: String,
    #[serde(default)]
    instance: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    patches: Vec<String>,
}

#[derive(Deserialize)]
struct Finding {
    vulnerability: String,
    #[serde(default)]
    aliases: Vec<String>,
    component: FindingComponent,
    verdict: String,
    reason: String,
    #[serde(default)]
    fixed: String,
    #[serde(default)]
    class: Option<String>,
    #[serde(default)]
    assessment: Option<Assessment>,
    #[serde(default)]
    effect: Option<Effect>,
}

#[derive(Deserialize)]
struct FindingComponent {
    key: String,
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Assessment {
    class: String,
}

#[derive(Deserialize)]
struct Effect {
    status: String,
    source: String,
}

/// A saved scan as a side, with what it is called.
#[derive(Debug)]
pub struct Saved {
    /// Product and release.
    pub title: String,
    /// The state.
    pub side: Side,
}

/// Reads a saved scan; `None` when the bytes are none of our documents: then they may be an SBOM.
pub fn read(bytes: &[u8]) -> Option<Result<Saved, SavedError>> {
    let is_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_json || !names_us(bytes) {
        return None;
    }
    match serde_json::from_slice::<Peek>(bytes) {
        // A document that is cut off, and whose beginning calls itself ours.
        Err(error) if begins_as_ours(bytes) => Some(Err(SavedError::Damaged(error.to_string()))),
        Err(_) | Ok(Peek { schema: None }) => None,
        Ok(Peek { schema: Some(schema) }) if schema == SCAN => Some(document(bytes)),
        Ok(Peek { schema: Some(schema) }) if schema.starts_with("patchwright/") => {
            Some(Err(SavedError::Other(schema)))
        }
        Ok(_) => None,
    }
}

const OURS: &[u8] = b"\"patchwright/";

fn names_us(bytes: &[u8]) -> bool {
    bytes.windows(OURS.len()).any(|window| window == OURS)
}

fn begins_as_ours(bytes: &[u8]) -> bool {
    bytes.get(..200.min(bytes.len())).is_some_and(names_us)
}

fn document(bytes: &[u8]) -> Result<Saved, SavedError> {
    let document: Document =
        serde_json::from_slice(bytes).map_err(|error| SavedError::Damaged(error.to_string()))?;
    let mut findings = Vec::with_capacity(document.findings.len());
    let places: std::collections::BTreeMap<(&str, &str, &str), usize> =
        (document.components.iter().enumerate())
            .map(|(at, one)| ((one.key.as_str(), one.name.as_str(), one.version.as_str()), at))
            .collect();
    for (number, finding) in document.findings.iter().enumerate() {
        let of = &finding.component;
        let Some(component) = places.get(&(of.key.as_str(), of.name.as_str(), of.version.as_str())) else {
            let why = format!("findings[{number}] names component {} that is not in the list", of.name);
            return Err(SavedError::Damaged(why));
        };
        findings.push(SideFinding {
            component: *component,
            vulnerability: finding.vulnerability.clone(),
            aliases: finding.aliases.clone(),
            state: state(finding).map_err(|why| SavedError::Damaged(format!("findings[{number}]: {why}")))?,
            fixed: finding.fixed.clone(),
        });
    }
    let mut evidence: Vec<String> =
        document.evidence.iter().map(|one| format!("{} {}", one.kind, one.hash)).collect();
    evidence.sort_unstable();
    let title = match (document.product.as_str(), document.release.as_str()) {
        ("", _) => String::new(),
        (product, release) => format!("{product} {release}").trim_end().to_owned(),
    };
    let side = Side {
        components: document.components.into_iter().map(component).collect(),
        findings,
        knowledge: document.knowledge.fingerprint,
        evidence,
        profile: document.profile.map_or("not told".to_owned(), |profile| match profile.is_inferred {
            true => "inferred".to_owned(),
            false => format!("{} version {}", profile.id, profile.version),
        }),
        at: document.at,
    };
    Ok(Saved { title, side })
}

fn component(component: Component) -> SideComponent {
    let Component { name, version, instance, scope, role, mut patches, key: _ } = component;
    patches.sort_unstable();
    patches.dedup();
    SideComponent { name, version, instance, scope, is_kernel: role == "kernel", patches }
}

fn state(finding: &Finding) -> Result<State, String> {
    let verdict = [Verdict::Affected, Verdict::NeedsReview, Verdict::NotAffected]
        .into_iter()
        .find(|verdict| verdict.word() == finding.verdict)
        .ok_or_else(|| format!("{} is no verdict", finding.verdict))?;
    let class = finding.class.as_ref().or(finding.assessment.as_ref().map(|one| &one.class));
    let class = class
        .map(|word| ResponseClass::parse(word).ok_or_else(|| format!("{word} is no response class")))
        .transpose()?;
    let (status, source) = match &finding.effect {
        Some(effect) => {
            let status =
                VexStatus::parse(&effect.status).ok_or_else(|| format!("{} is no status", effect.status))?;
            (status, effect.source.clone())
        }
        // Results of before the effect was written: what matching says holds.
        None => (plain_status(verdict), "matching".to_owned()),
    };
    Ok(State {
        verdict,
        reason: finding.reason.clone(),
        status: status.word().to_owned(),
        class,
        source,
        is_open: status.verdict() != Verdict::NotAffected,
    })
}

fn plain_status(verdict: Verdict) -> VexStatus {
    match verdict {
        Verdict::Affected => VexStatus::Affected,
        Verdict::NeedsReview => VexStatus::UnderInvestigation,
        Verdict::NotAffected => VexStatus::NotAffected,
    }
}
