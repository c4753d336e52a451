//! From a finding to its fact sheets: what the sources say, in the order of trust (assessment.md 2.1, 2.2).

use std::sync::Arc;

use model::component::Component;
use model::finding::{Finding, Verdict};
use model::reason::Reason;
use model::vulnerability::{Facts, SeverityFact};

use super::dependants::Reached;
use super::entry;
use super::facts::{AdpPoints, FactSheet};

/// The sheets of a finding, one for each side by which input may come; `reached` tells who uses its component, `files`
/// are the affected files as the record names them. The worst of their assessments counts.
pub fn sheets(
    finding: &Finding,
    component: &Component,
    reached: &Arc<Reached>,
    files: &[String],
) -> Vec<FactSheet> {
    let ids =
        || std::iter::once(finding.vulnerability.as_str()).chain(finding.aliases.iter().map(String::as_str));
    let facts = &finding.facts;
    let chosen = chosen_vector(facts);
    let vector = chosen.map_or(String::new(), |severity| severity.vector.clone());
    let mut sheet = FactSheet {
        component: component.name.clone(),
        // Every output names the version beside the judgement, and all versions of a product share it.
        version: String::new(),
        verdict: Some(finding.verdict),
        verdict_because: match finding.verdict {
            Verdict::NotAffected => finding.reason.meaning().to_owned(),
            Verdict::Affected | Verdict::NeedsReview => String::new(),
        },
        vector,
        cwes: facts.cwes.clone(),
        kev_since: facts.kev.as_ref().map_or(String::new(), |kev| kev.date_added.clone()),
        kev_by: facts.kev.as_ref().map_or("", model::vulnerability::Kev::catalogue).to_owned(),
        epss: facts.epss.map(|epss| f64::from(epss.probability)),
        epss_before: facts.epss.and_then(|epss| epss.before).map(|before| f64::from(before.probability)),
        exploit_reference: exploit_reference(facts),
        adp: adp_points(facts),
        requires: entry::conditions(ids()),
        is_disputed: finding.qualifiers.contains(&Reason::RDisputed),
        reached: Arc::clone(reached),
        ..FactSheet::default()
    };
    if let Some(row) = entry::curated(ids()) {
        return vec![FactSheet { entry: row.entry.clone(), is_malicious: row.is_malicious, ..sheet }];
    }
    let access = sheet.metric("AV");
    let needs_account = access == "L" && matches!(sheet.metric("PR"), "L" | "H");
    let entries = match chosen {
        Some(severity) if needs_account && severity.by == "CNA" => entry::local(component.role, files),
        _ => entry::entries(component.role, files, access),
    };
    let mut rest = entries.len();
    let mut next = || {
        rest -= 1;
        // Most findings have one side, which takes the sheet itself.
        if rest == 0 { std::mem::take(&mut sheet) } else { sheet.clone() }
    };
    entries
        .into_iter()
        .map(|entry| {
            let mut sheet = next();
            sheet.requires.extend(entry::condition_of(&entry));
            FactSheet { entry, ..sheet }
        })
        .collect()
}

/// The base vector shown first: CNA 4.0, CNA 3.1, ADP, NVD 3.1, any 3.0, any 2.0.
pub fn chosen_vector(facts: &Facts) -> Option<&SeverityFact> {
    let rank = |severity: &SeverityFact| {
        let version = if severity.vector.starts_with("CVSS:4") {
            0
        } else if severity.vector.starts_with("CVSS:3.1") {
            1
        } else if severity.vector.starts_with("CVSS:3.0") {
            2
        } else {
            3
        };
        let by = match severity.by.as_str() {
            "CNA" => 0,
            "CISA-ADP" => 1,
            _ => 2,
        };
        // A 3.0 or 2.0 vector is the last choice, whoever wrote it.
        if version >= 2 { (3 + version, by) } else { (by, version) }
    };
    facts.severities.iter().filter(|severity| !severity.vector.is_empty()).min_by_key(|one| rank(one))
}

/// The most telling reference in words: what it is, and who tags it as an exploit.
fn exploit_reference(facts: &Facts) -> String {
    match facts.exploits.first() {
        None => String::new(),
        Some(first) if first.tagged_by.is_empty() => first.kind.title().to_owned(),
        Some(first) => format!("{} (tagged by {})", first.kind.title(), first.tagged_by),
    }
}

fn adp_points(facts: &Facts) -> Option<AdpPoints> {
    let point = |name: &str| {
        let found = facts.ssvc.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or(String::new(), |(_, value)| value.to_ascii_lowercase())
    };
    (!facts.ssvc.is_empty()).then(|| AdpPoints {
        exploitation: point("Exploitation"),
        automatable: point("Automatable"),
        technical_impact: point("Technical Impact"),
    })
}

/// From this many tenths on sources disagree about a score (assessment.md 2.2).
const DIFFER: u16 = 20;

/// What sources say whose scores differ by 2.0 points or more, each by its own first choice of vector; scores are
/// computed here. `None` where they agree.
pub fn scores_differ(facts: &Facts) -> Option<String> {
    let mut by_source: Vec<(&str, u16)> = Vec::new();
    for severity in &facts.severities {
        if by_source.iter().any(|(by, _)| *by == severity.by) {
            continue;
        }
        let own = Facts {
            severities: facts.severities.iter().filter(|one| one.by == severity.by).cloned().collect(),
            ..Facts::default()
        };
        let chosen = chosen_vector(&own).and_then(|one| super::vectors::score(&one.vector).ok()?.base);
        by_source.extend(chosen.map(|score| (severity.by.as_str(), score)));
    }
    let (low, high) = (by_source.iter().min_by_key(|one| one.1)?, by_source.iter().max_by_key(|one| one.1)?);
    let told = |(by, score): &(&str, u16)| format!("{}.{} by {by}", score / 10, score % 10);
    (high.1 - low.1 >= DIFFER).then(|| format!("scores differ: {}, {}", told(high), told(low)))
}
