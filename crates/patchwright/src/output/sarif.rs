//! SARIF 2.1.0 for code-scanning services: rules are vulnerabilities, results are open findings. Numbers in comments are
//! sections of the OASIS standard.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use model::assessment::ResponseClass;
use model::component::Component;
use model::effect::{Effect, Tier};
use model::finding::{Finding, Verdict};
use serde::Serialize;
use service::assess::Assessed;

use super::answer::{self, Answer, Part, part_of};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    automation_details: Automation,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact<'a>>,
    results: Vec<SarifResult<'a>>,
    column_kind: &'static str,
    properties: RunProperties<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
struct Automation {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Artifact<'a> {
    location: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    hashes: BTreeMap<&'static str, &'a str>,
    roles: [&'static str; 1],
}

#[derive(Clone, Serialize)]
struct Place {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Message,
    help: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties<'a> {
    tags: Vec<String>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aliases: &'a [String],
}

/// A result (3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprint,
    suppressions: Vec<Suppression>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    logical_locations: [Logical; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Place,
    region: Region,
}

/// The services that read SARIF show nothing without a line; an SBOM has none worth naming but the first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct Fingerprint {
    #[serde(rename = "patchwrightFinding/v1")]
    finding: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    verdict: &'static str,
    reason: &'static str,
    confidence: &'static str,
    status: &'static str,
    by: &'static str,
    class: Option<&'static str>,
    ceiling: Option<&'static str>,
    way_in: &'a str,
    fixed_in: &'a str,
    on_device: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_exploited: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'a> {
    product: &'a str,
    release: &'a str,
    at: String,
    knowledge: KnowledgeView<'a>,
    profile: ProfileView<'a>,
    response_table: String,
    components: usize,
    not_evaluable: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KnowledgeView<'a> {
    origin: String,
    is_starter: bool,
    fingerprint: &'a str,
    as_of: &'a str,
    age_days: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileView<'a> {
    id: &'a str,
    version: u32,
    is_inferred: bool,
}

type Row<'a> = (&'a Finding, Option<&'a Assessed>, &'a Effect);

/// Writes the log.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    // Excluded findings are no results, whoever asked for them elsewhere.
    let is_result = |row: &Row<'_>| row.0.verdict != Verdict::NotAffected || row.2.is_open();
    let rows: Vec<Row<'_>> = answer.judged.rows().filter(is_result).collect();
    let (rules, index) = rules(&rows);
    let artifacts = artifacts(answer);
    let results = results(answer, &rows, &index, &artifacts);
    let version = env!("CARGO_PKG_VERSION");
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "Patchwright",
                    version,
                    semantic_version: version,
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules,
                },
            },
            automation_details: Automation { id: format!("patchwright/{}/", name_of(answer)) },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications(answer),
            }],
            artifacts,
            results,
            column_kind: "unicodeCodePoints",
            properties: properties(answer),
        }],
    };
    super::json::pretty(out, &log)
}

/// The product without its release: what is found again in the next release is the same result (3.17.3).
fn name_of<'a>(answer: &'a Answer<'_>) -> &'a str {
    if answer.inventory.product.is_empty() { "release" } else { &answer.inventory.product }
}

/// One rule for each vulnerability, and where it stands (3.19.23).
fn rules<'a>(rows: &[Row<'a>]) -> (Vec<Rule<'a>>, BTreeMap<&'a str, usize>) {
    let mut members: BTreeMap<&'a str, Vec<&Row<'a>>> = BTreeMap::new();
    for row in rows {
        members.entry(&row.0.vulnerability).or_default().push(row);
    }
    let index = members.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let rules = members.into_iter().filter_map(|(id, rows)| rule(id, &rows)).collect();
    (rules, index)
}

fn rule<'a>(id: &'a str, rows: &[&Row<'a>]) -> Option<Rule<'a>> {
    let worst = rows.iter().max_by_key(|row| service::ranking::urgency(row.0, row.1, row.2))?;
    let (finding, assessed, effect) = **worst;
    let mut tags = vec!["security".to_owned(), "vulnerability".to_owned()];
    tags.extend(finding.facts.cwes.iter().map(|cwe| format!("external/cwe/{}", cwe.to_lowercase())));
    let fixed =
        if finding.fixed.is_empty() { String::new() } else { format!(" Fixed in {}.", finding.fixed) };
    Some(Rule {
        id,
        short_description: Message { text: format!("{id}: {}", finding.reason.meaning()) },
        help: Message { text: format!("{}{fixed}", service::sentence::sentence(finding, assessed, effect)) },
        help_uri: web::link::of_vulnerability(id),
        default_configuration: Configuration { level: grade(class_of(assessed, effect)).1 },
        properties: RuleProperties {
            tags,
            security_severity: answer::base_tenths(finding)
                .map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)),
            aliases: &finding.aliases,
        },
    })
}

/// The class in effect; of what somebody settled the one that was computed.
fn class_of(assessed: Option<&Assessed>, effect: &Effect) -> Option<ResponseClass> {
    effect.class.or(assessed.map(|one| one.assessment.class))
}

/// Kind and level. A level other than `none` goes with the kind `fail` only (3.27.9, 3.27.10).
fn grade(class: Option<ResponseClass>) -> (&'static str, &'static str) {
    match class {
        Some(ResponseClass::Immediate) => ("fail", "error"),
        Some(ResponseClass::Planned) => ("fail", "warning"),
        Some(ResponseClass::Routine) => ("fail", "note"),
        Some(ResponseClass::None) | None => ("informational", "none"),
    }
}

fn artifacts<'a>(answer: &'a Answer<'_>) -> Vec<Artifact<'a>> {
    let documents = answer.inventory.documents.iter().map(|document| Artifact {
        location: Place { uri: uri(&document.file), index: None },
        length: (document.bytes > 0).then_some(document.bytes),
        // 3.24.11: the names of hash functions are those of the IANA registry.
        hashes: document.hash.strip_prefix("sha256:").map(|hex| ("sha-256", hex)).into_iter().collect(),
        roles: ["analysisTarget"],
    });
    documents.collect()
}

fn results<'a>(
    answer: &Answer<'a>,
    rows: &[Row<'a>],
    index: &BTreeMap<&'a str, usize>,
    artifacts: &[Artifact<'_>],
) -> Vec<SarifResult<'a>> {
    let place = Place {
        uri: artifacts.first().map_or_else(String::new, |artifact| artifact.location.uri.clone()),
        index: artifacts.first().map(|_| 0),
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut results: Vec<SarifResult<'a>> = Vec::new();
    for row in rows {
        let mut result = result(answer, *row, index, &place);
        // Two copies of a component (A and B) have two results.
        let number = seen.entry(result.partial_fingerprints.finding.clone()).or_default();
        *number += 1;
        if *number > 1 {
            result.partial_fingerprints.finding.push_str(&format!("#{number}"));
        }
        results.push(result);
    }
    results
}

fn result<'a>(
    answer: &Answer<'a>,
    (finding, assessed, effect): Row<'a>,
    index: &BTreeMap<&'a str, usize>,
    place: &Place,
) -> SarifResult<'a> {
    let component = answer.component(finding);
    let (kind, level) = grade(class_of(assessed, effect));
    let name = format!("{} {}", component.name, component.version);
    let sentence = service::sentence::sentence(finding, assessed, effect);
    SarifResult {
        rule_id: &finding.vulnerability,
        rule_index: index.get(finding.vulnerability.as_str()).copied().unwrap_or_default(),
        kind,
        level,
        message: Message { text: format!("{} in {}: {sentence}", finding.vulnerability, name.trim_end()) },
        locations: [Location {
            physical_location: Physical {
                artifact_location: place.clone(),
                region: Region { start_line: 1 },
            },
            logical_locations: [Logical {
                name: name.trim_end().to_owned(),
                fully_qualified_name: qualified(component),
                kind: "package",
            }],
        }],
        partial_fingerprints: Fingerprint { finding: fingerprint(answer, component, finding) },
        suppressions: suppressions(finding, effect),
        properties: Properties {
            verdict: finding.verdict.word(),
            reason: finding.reason.code(),
            confidence: finding.confidence.word(),
            status: effect.status.word(),
            by: effect.tier.word(),
            class: effect.class.map(ResponseClass::word),
            ceiling: effect.ceiling.map(ResponseClass::word),
            way_in: answer::way_in(assessed),
            fixed_in: &finding.fixed,
            on_device: part_of(component) == Part::Device,
            epss: finding.facts.epss.map(|epss| epss.probability),
            known_exploited: finding.facts.kev.as_ref().map(|kev| kev.date_added.as_str()),
        },
    }
}

fn qualified(component: &Component) -> String {
    match component.purls.first() {
        Some(purl) => purl.to_string(),
        None => match component.cpes.first() {
            Some(known) => known.cpe.to_23(),
            None => format!("{}@{}", component.name, component.version),
        },
    }
}

/// The same finding in the next release has the same one: no version is in it (3.27.17).
fn fingerprint(answer: &Answer<'_>, component: &Component, finding: &Finding) -> String {
    let instance =
        if component.instance.is_empty() { String::new() } else { format!("({})", component.instance) };
    format!("{}/{}{instance}/{}", name_of(answer), component.name, finding.vulnerability)
}

/// What people, policy or suppliers settled (3.27.23). An empty list says that nobody did.
fn suppressions(finding: &Finding, effect: &Effect) -> Vec<Suppression> {
    if effect.tier == Tier::Match || effect.is_open() {
        return Vec::new();
    }
    let reason = effect.justification.map(|one| format!(" ({})", one.word())).unwrap_or_default();
    let says = if effect.says.is_empty() { String::new() } else { format!(": {}", effect.says) };
    vec![Suppression {
        kind: "external",
        // What new evidence contradicts asks for a second look.
        status: if effect.contested.is_empty() { "accepted" } else { "underReview" },
        justification: format!(
            "{} {} by {}{reason}{says}",
            finding.vulnerability,
            effect.status.word(),
            effect.source
        ),
    }]
}

/// What a reader must know before believing an empty list.
fn notifications(answer: &Answer<'_>) -> Vec<Notification> {
    let mut texts = Vec::new();
    if answer.knowledge.is_starter() {
        texts.push("judged on the starter knowledge inside the program, which is not complete".to_owned());
    }
    if answer.judged.profile.is_inferred {
        texts.push("the deployment is assumed from the SBOM; --profile states it".to_owned());
    }
    let unknown = unknown(answer);
    if unknown > 0 {
        texts.push(format!("{unknown} components could not be evaluated"));
    }
    let notification = |text| Notification { level: "warning", message: Message { text } };
    texts.into_iter().map(notification).collect()
}

fn unknown(answer: &Answer<'_>) -> usize {
    let states = answer.judged.scan.coverage.iter();
    states.filter(|(state, _)| state.word().starts_with("not_evaluable")).count()
}

fn properties<'a>(answer: &'a Answer<'_>) -> RunProperties<'a> {
    let knowledge = answer.knowledge;
    let profile = &answer.judged.profile;
    RunProperties {
        product: &answer.inventory.product,
        release: &answer.inventory.release,
        at: answer.at.to_string(),
        knowledge: KnowledgeView {
            origin: knowledge.name(),
            is_starter: knowledge.is_starter(),
            fingerprint: &knowledge.index.header().fingerprint,
            as_of: knowledge.as_of(),
            age_days: knowledge.age_days(answer.at),
        },
        profile: ProfileView { id: &profile.id, version: profile.version, is_inferred: profile.is_inferred },
        response_table: service::tables::named(&answer.judged.tables),
        components: answer.inventory.components.len(),
        not_evaluable: unknown(answer),
    }
}

/// A file name as a URI reference (RFC 3986, 3.4.3): relative stays relative, absolute becomes `file://`.
fn uri(file: &str) -> String {
    if file == "-" {
        return "stdin".to_owned();
    }
    let path = file.replace('\\', "/");
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    let start = match (path.starts_with('/'), has_drive) {
        (true, _) => "file://",
        (_, true) => "file:///",
        _ => "",
    };
    let mut uri = start.to_owned();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'+' | b'@' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_become_uris() {
        for (file, expected) in [
            ("a b.json", "a%20b.json"),
            ("/tmp/x.json", "file:///tmp/x.json"),
            ("C:\\x\\y.json", "file:///C%3A/x/y.json"),
            ("-", "stdin"),
            ("build/größe.json", "build/gr%C3%B6%C3%9Fe.json"),
        ] {
            assert_eq!(uri(file), expected);
        }
    }

    #[test]
    fn levels_follow_the_class() {
        let levels = ResponseClass::ALL.iter().map(|class| grade(Some(*class)).1);
        assert_eq!(levels.collect::<Vec<_>>(), ["none", "note", "warning", "error"]);
        // 3.27.10: where the kind is not `fail`, the level is `none`.
        assert_eq!(grade(None), ("informational", "none"));
    }
}
