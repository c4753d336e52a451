//! The JSON shape of what is known of a vulnerability, for every output that shows it; members may be added, never
//! renamed.

use std::collections::BTreeMap;

use serde::Serialize;

/// Facts about a vulnerability.
#[derive(Serialize)]
pub struct Facts<'a> {
    published: &'a str,
    modified: &'a str,
    severities: Vec<Severity<'a>>,
    cwes: &'a [String],
    kev: Option<Kev<'a>>,
    epss: Option<Epss>,
    ssvc: BTreeMap<&'a str, &'a str>,
    exploits: Vec<Exploit<'a>>,
}

#[derive(Serialize)]
struct Severity<'a> {
    vector: &'a str,
    base: Option<f32>,
    by: &'a str,
}

#[derive(Serialize)]
struct Kev<'a> {
    date_added: &'a str,
    due_date: &'a str,
    ransomware: &'a str,
    /// The catalogue, where it is not CISA's.
    #[serde(skip_serializing_if = "str::is_empty")]
    catalogue: &'a str,
}

#[derive(Serialize)]
struct Epss {
    probability: f32,
    percentile: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<EarlierEpss>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<f64>,
    rising: bool,
}

#[derive(Serialize)]
struct EarlierEpss {
    probability: f32,
    date: String,
}

/// A public reference to an exploit; `tagged_by` is null where only the address tells.
#[derive(Serialize)]
pub struct Exploit<'a> {
    kind: &'static str,
    tagged_by: Option<&'a str>,
    url: &'a str,
}

/// The JSON shape of facts.
pub fn facts(facts: &model::vulnerability::Facts) -> Facts<'_> {
    Facts {
        published: &facts.published,
        modified: &facts.modified,
        severities: facts
            .severities
            .iter()
            .map(|severity| Severity {
                vector: &severity.vector,
                base: severity.base_tenths.map(|tenths| f32::from(tenths) / 10.0),
                by: &severity.by,
            })
            .collect(),
        cwes: &facts.cwes,
        kev: facts.kev.as_ref().map(|kev| Kev {
            date_added: &kev.date_added,
            due_date: &kev.due_date,
            ransomware: &kev.ransomware,
            catalogue: &kev.by,
        }),
        epss: facts.epss.map(|epss| Epss {
            probability: epss.probability,
            percentile: epss.percentile,
            before: epss
                .before
                .map(|before| EarlierEpss { probability: before.probability, date: before.on.to_string() }),
            trend: epss.trend(),
            rising: epss.is_rising(),
        }),
        ssvc: facts.ssvc.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        exploits: exploits(facts),
    }
}

/// The JSON shape of references to exploits.
pub fn exploits(facts: &model::vulnerability::Facts) -> Vec<Exploit<'_>> {
    facts
        .exploits
        .iter()
        .map(|one| Exploit {
            kind: one.kind.word(),
            tagged_by: Some(one.tagged_by.as_str()).filter(|by| !by.is_empty()),
            url: &one.url,
        })
        .collect()
}
