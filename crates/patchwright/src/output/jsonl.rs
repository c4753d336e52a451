//! JSON lines: one finding a line, flat, complete in itself, for streams and log stores. Members may be added, never
//! renamed.

use std::io::{BufWriter, Result, Write};

use model::effect::Effect;
use model::finding::Finding;
use serde::Serialize;
use service::assess::Assessed;

use super::answer::{Answer, Part, part_of};
use super::json::{EvidenceView, codes, evidence};

/// The schema id of a line.
const FINDING: &str = "patchwright/finding/1";

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    at: &'a str,
    vulnerability: &'a str,
    aliases: &'a [String],
    component: &'a str,
    version: &'a str,
    component_key: &'a str,
    purl: Option<String>,
    on_device: bool,
    verdict: &'static str,
    reason: &'static str,
    qualifiers: Vec<&'static str>,
    confidence: &'static str,
    status: &'static str,
    by: &'static str,
    source: &'a str,
    class: Option<&'static str>,
    ceiling: Option<&'static str>,
    answer: String,
    way_in: &'a str,
    fixed: &'a str,
    cvss: Option<f32>,
    epss: Option<f32>,
    epss_trend: Option<f64>,
    epss_rising: bool,
    exploits: Vec<super::facts_json::Exploit<'a>>,
    kev: Option<&'a str>,
    evidence: Vec<EvidenceView<'a>>,
}

/// Writes the findings in the order of the scan.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let at = answer.at.to_string();
    for (finding, assessed, effect) in answer.judged() {
        serde_json::to_writer(&mut out, &line(answer, &at, finding, assessed, effect))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn line<'a>(
    answer: &Answer<'a>,
    at: &'a str,
    finding: &'a Finding,
    assessed: Option<&'a Assessed>,
    effect: &'a Effect,
) -> Line<'a> {
    let component = answer.component(finding);
    let facts = &finding.facts;
    Line {
        schema: FINDING,
        product: &answer.inventory.product,
        release: &answer.inventory.release,
        at,
        vulnerability: &finding.vulnerability,
        aliases: &finding.aliases,
        component: &component.name,
        version: &component.version,
        component_key: &component.key,
        purl: component.purls.first().map(ToString::to_string),
        on_device: part_of(component) == Part::Device,
        verdict: finding.verdict.word(),
        reason: finding.reason.code(),
        qualifiers: codes(&finding.qualifiers),
        confidence: finding.confidence.word(),
        status: effect.status.word(),
        by: effect.tier.word(),
        source: &effect.source,
        class: effect.class.map(|class| class.word()),
        ceiling: effect.ceiling.map(|class| class.word()),
        answer: service::sentence::sentence(finding, assessed, effect),
        way_in: super::answer::way_in(assessed),
        fixed: &finding.fixed,
        cvss: super::answer::base_tenths(finding).map(|tenths| f32::from(tenths) / 10.0),
        epss: facts.epss.map(|epss| epss.probability),
        epss_trend: facts.epss.and_then(|epss| epss.trend()),
        epss_rising: facts.epss.is_some_and(|epss| epss.is_rising()),
        exploits: super::facts_json::exploits(facts),
        kev: facts.kev.as_ref().map(|kev| kev.date_added.as_str()),
        evidence: finding.evidence.iter().map(evidence).collect(),
    }
}
