//! The stable JSON of `scan` and `inventory`. The shapes are documented in `docs/manual/scan.schema.json`;
//! members may be added, never renamed.

use std::io::{BufWriter, Result, Write};

use model::assessment::ResponseClass;
use model::component::{Component, Coverage};
use model::effect::Effect;
use model::finding::{Evidence, Finding, Opinion, Verdict};
use model::fix::FixAdvice;
use model::note::Note;
use model::reason::Reason;
use model::sbom::{Inventory, SourceDocument};
use serde::Serialize;
use service::assess::Assessed;

use super::answer::Answer;
use super::facts_json;
use super::fix::{self, FixView};
use super::policy;
use super::statements;

/// The schema id of a scan.
pub const SCAN: &str = "patchwright/scan/1";
/// The schema id of an inventory.
pub const INVENTORY: &str = "patchwright/inventory/1";

#[derive(Serialize)]
struct Scan<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    at: String,
    inputs: Vec<Input<'a>>,
    evidence: Vec<EvidenceInput<'a>>,
    knowledge: Knowledge<'a>,
    profile: ProfileView<'a>,
    coverage: CoverageSum<'a>,
    counts: Counts,
    components: Vec<ComponentView<'a>>,
    findings: Vec<FindingView<'a>>,
    settled: statements::Summary,
    statements: Vec<statements::StatementView<'a>>,
    decisions: Vec<statements::DecisionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<policy::PolicyView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<policy::GateView<'a>>,
    obsolete_statements: Vec<Obsolete<'a>>,
    notes: Vec<NoteView<'a>>,
}

/// The deployment that classes were assessed in.
#[derive(Serialize)]
struct ProfileView<'a> {
    id: &'a str,
    version: u32,
    is_inferred: bool,
}

/// What holds on a finding after everybody has spoken.
#[derive(Serialize)]
struct Obsolete<'a> {
    vulnerability: &'a str,
    component: &'a str,
    reason: &'static str,
    says: &'a str,
}

#[derive(Serialize)]
struct InventoryView<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    inputs: Vec<Input<'a>>,
    platform: Platform<'a>,
    components: Vec<ComponentView<'a>>,
    dependencies: Vec<super::dependencies::Needing<'a>>,
    evidence: Vec<EvidenceInput<'a>>,
    statements: Vec<Statement<'a>>,
    notes: Vec<NoteView<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    file: &'a str,
    kind: &'a str,
    spec_version: &'a str,
    hash: &'a str,
    bytes: u64,
    created: &'a str,
    tool: &'a str,
}

#[derive(Serialize)]
struct Platform<'a> {
    os: &'a str,
    arch: &'a str,
    bits: u8,
    distribution: &'a str,
    inventory_complete: bool,
}

#[derive(Serialize)]
struct EvidenceInput<'a> {
    kind: &'static str,
    file: &'a str,
    hash: &'a str,
    of: String,
    version: &'a str,
    entries: usize,
    complete: bool,
    incomplete_because: &'a [String],
}

#[derive(Serialize)]
struct Statement<'a> {
    vulnerability: &'a str,
    components: &'a [String],
    status: &'static str,
    justification: &'a str,
    text: &'a str,
    place: &'a str,
}

#[derive(Serialize)]
struct Knowledge<'a> {
    origin: String,
    is_starter: bool,
    vulnerabilities: usize,
    fingerprint: &'a str,
    as_of: &'a str,
    age_days: Option<i64>,
    feeds: Vec<Feed<'a>>,
}

#[derive(Serialize)]
struct Feed<'a> {
    id: &'a str,
    revision: &'a str,
    as_of: &'a str,
    records: u64,
    fingerprint: &'a str,
    max_age_days: u16,
}

#[derive(Serialize)]
struct CoverageSum<'a> {
    components: usize,
    states: std::collections::BTreeMap<&'static str, usize>,
    not_evaluable: Vec<NotEvaluable<'a>>,
}

#[derive(Serialize)]
struct NotEvaluable<'a> {
    component: &'a str,
    version: &'a str,
    state: &'static str,
    because: &'a str,
}

#[derive(Serialize)]
struct Counts {
    candidates: usize,
    affected: usize,
    needs_review: usize,
    not_affected: usize,
    removed: usize,
    excluded_by_build_evidence: usize,
    by_reason: std::collections::BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct ComponentView<'a> {
    key: &'a str,
    name: &'a str,
    names: &'a [String],
    version: &'a str,
    version_origin: &'static str,
    identities: Vec<String>,
    scope: &'static str,
    role: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    instance: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    vendor_tree: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    source_package: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    supplier: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    homepage: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    download_urls: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    hashes: &'a [String],
    locations: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    parents: &'a [String],
    patches: Vec<&'a str>,
    source_ref: &'a str,
    coverage: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    coverage_because: &'a str,
    notes: Vec<NoteView<'a>>,
}

#[derive(Serialize)]
pub struct NoteView<'a> {
    code: &'static str,
    severity: &'static str,
    file: &'a str,
    place: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct FindingView<'a> {
    vulnerability: &'a str,
    aliases: &'a [String],
    component: FindingComponent<'a>,
    verdict: &'static str,
    reason: &'static str,
    qualifiers: Vec<&'static str>,
    confidence: &'static str,
    fixed: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixView<'a>>,
    class: Option<&'static str>,
    ceiling: Option<&'static str>,
    effect: statements::EffectView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessment: Option<AssessmentView>,
    facts: facts_json::Facts<'a>,
    evidence: Vec<EvidenceView<'a>>,
    opinions: Vec<OpinionView<'a>>,
}

/// The judgement in short; `assess` has it in full.
#[derive(Serialize)]
struct AssessmentView {
    class: &'static str,
    ceiling: &'static str,
    row: u16,
    rule: &'static str,
    reach: &'static str,
    exploitation: &'static str,
    preconditions: &'static str,
    technical_impact: &'static str,
    product_impact: &'static str,
}

#[derive(Serialize)]
struct FindingComponent<'a> {
    key: &'a str,
    name: &'a str,
    version: &'a str,
    purl: Option<String>,
    cpe: Option<String>,
}

/// One piece of evidence; `kind` tells which members are there.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EvidenceView<'a> {
    #[allow(missing_docs)]
    Identity { rank: u8, component: &'a str, subject: &'a str, second_signal: &'a str },
    #[allow(missing_docs)]
    Range { entry: &'a str, version: &'a str, scheme: &'static str, outcome: &'a str },
    #[allow(missing_docs)]
    Platform { condition: &'a str, value: &'a str, because: &'a str },
    #[allow(missing_docs)]
    File { path: &'a str, class: &'a str, result: &'a str, expression: &'a str, proof: &'a str },
    #[allow(missing_docs)]
    Patch { name: &'a str, says: &'a str },
    #[allow(missing_docs)]
    Statement { by: &'a str, says: &'a str, text: &'a str },
    #[allow(missing_docs)]
    Input { what: &'a str, says: &'a str },
    #[allow(missing_docs)]
    Rule { id: &'a str, says: &'a str },
    #[allow(missing_docs)]
    Remark { text: &'a str },
}

/// One source's answer.
#[derive(Serialize)]
pub struct OpinionView<'a> {
    source: &'static str,
    by: &'a str,
    record: &'a str,
    verdict: Option<&'static str>,
    reason: &'static str,
    qualifiers: Vec<&'static str>,
    confidence: &'static str,
    fixed: &'a str,
    modified: &'a str,
    evidence: Vec<EvidenceView<'a>>,
}

/// Indented, with a line break at the end. The buffer is of a known type so that the many small pieces of a document
/// are copied in place.
pub fn pretty(out: &mut dyn Write, view: &impl Serialize) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    serde_json::to_writer_pretty(&mut out, view)?;
    writeln!(out)?;
    out.flush()
}

/// Writes the whole scan.
pub fn write_scan(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let rows: Vec<Judgement<'_>> = answer.judged().collect();
    let advice = advice(answer, &rows);
    let view = scan_view(answer, &rows, &advice);
    pretty(out, &view)
}

/// The advice on findings that call for a patch; for others the fixed version says enough, and `explain` tells all.
fn advice(answer: &Answer<'_>, rows: &[Judgement<'_>]) -> Vec<Option<FixAdvice>> {
    let calls = |(at, (_, _, effect)): (usize, &Judgement<'_>)| {
        (effect.class >= Some(ResponseClass::Planned)).then_some(at)
    };
    let wanted: Vec<usize> = rows.iter().enumerate().filter_map(calls).collect();
    let findings: Vec<&Finding> =
        wanted.iter().filter_map(|at| rows.get(*at)).map(|(finding, _, _)| *finding).collect();
    let options = service::scan::Options { at: answer.at.to_string(), ..Default::default() };
    let found = service::remedy::advise(answer.knowledge, answer.inventory, &findings, &options);
    let mut advice = vec![None; rows.len()];
    for (at, one) in wanted.into_iter().zip(found) {
        if let Some(slot) = advice.get_mut(at) {
            *slot = one;
        }
    }
    advice
}

/// A finding with what was computed and what holds.
type Judgement<'a> = (&'a Finding, Option<&'a Assessed>, &'a Effect);

/// Writes what was read, without matching.
pub fn write_inventory(out: &mut dyn Write, inventory: &Inventory) -> Result<()> {
    let view = InventoryView {
        schema: INVENTORY,
        product: &inventory.product,
        release: &inventory.release,
        inputs: inventory.documents.iter().map(input).collect(),
        platform: platform(inventory),
        components: inventory
            .components
            .iter()
            .map(|component| component_view(component, component.coverage, ""))
            .collect(),
        dependencies: super::dependencies::dependencies(inventory),
        evidence: evidence_inputs(inventory),
        statements: inventory.statements.iter().map(statement).collect(),
        notes: inventory.notes.iter().map(note).collect(),
    };
    pretty(out, &view)
}

fn scan_view<'a>(
    answer: &'a Answer<'_>,
    rows: &'a [Judgement<'a>],
    advice: &'a [Option<FixAdvice>],
) -> Scan<'a> {
    let inventory = answer.inventory;
    let judgement = &answer.judged.profile;
    Scan {
        schema: SCAN,
        product: &inventory.product,
        release: &inventory.release,
        at: answer.at.to_string(),
        inputs: inventory.documents.iter().map(input).collect(),
        evidence: evidence_inputs(inventory),
        knowledge: knowledge_view(answer.knowledge, answer.at),
        profile: ProfileView {
            id: &judgement.id,
            version: judgement.version,
            is_inferred: judgement.is_inferred,
        },
        coverage: coverage(answer),
        counts: Counts {
            candidates: answer.judged.scan.counts.candidates,
            affected: answer.number(Verdict::Affected),
            needs_review: answer.number(Verdict::NeedsReview),
            not_affected: answer.number(Verdict::NotAffected),
            removed: answer.judged.scan.counts.removed,
            by_reason: answer
                .judged
                .scan
                .counts
                .by_reason
                .iter()
                .map(|(reason, number)| (reason.code(), *number))
                .collect(),
            excluded_by_build_evidence: answer.excluded_by_evidence(),
        },
        components: (inventory.components.iter().zip(&answer.judged.scan.coverage))
            .map(|(component, (state, because))| component_view(component, *state, because))
            .collect(),
        findings: (rows.iter().zip(advice))
            .map(|(row, advice)| finding_view(row, answer.component(row.0), advice.as_ref()))
            .collect(),
        settled: statements::Summary::of(answer.judged),
        statements: statements::statements(answer.judged, inventory),
        decisions: statements::decision_views(answer.judged, inventory),
        policy: policy::policy(answer.judged, answer.inventory),
        gate: policy::gate(answer.judged, answer.inventory),
        obsolete_statements: answer
            .judged
            .scan
            .obsolete_statements
            .iter()
            .map(|statement| Obsolete {
                vulnerability: &statement.vulnerability,
                component: &statement.component,
                reason: statement.reason.code(),
                says: &statement.says,
            })
            .collect(),
        notes: inventory.notes.iter().chain(&answer.judged.scan.notes).map(note).collect(),
    }
}

fn input(document: &SourceDocument) -> Input<'_> {
    Input {
        file: &document.file,
        kind: &document.kind,
        spec_version: &document.spec_version,
        hash: &document.hash,
        bytes: document.bytes,
        created: &document.created,
        tool: &document.tool,
    }
}

fn platform(inventory: &Inventory) -> Platform<'_> {
    let platform = &inventory.platform;
    Platform {
        os: &platform.os,
        arch: &platform.arch,
        bits: platform.bits,
        distribution: &platform.distribution,
        inventory_complete: platform.inventory_complete,
    }
}

fn evidence_inputs(inventory: &Inventory) -> Vec<EvidenceInput<'_>> {
    let configs = inventory.build.configs.iter().map(|config| EvidenceInput {
        kind: "config",
        file: &config.file,
        hash: &config.hash,
        of: format!("{:?}", config.of).to_lowercase(),
        version: &config.version,
        entries: config.symbols.len(),
        complete: config.incomplete.is_empty(),
        incomplete_because: &config.incomplete,
    });
    let lists = inventory.build.compiled.iter().map(|list| EvidenceInput {
        kind: "compiled_files",
        file: &list.file,
        hash: &list.hash,
        of: format!("{:?}", list.of).to_lowercase(),
        version: "",
        entries: list.paths.len(),
        complete: list.incomplete.is_empty(),
        incomplete_because: &list.incomplete,
    });
    configs.chain(lists).chain(further_inputs(inventory)).collect()
}

/// What else was taken as evidence: modules, device trees, histories, fixes.
fn further_inputs(inventory: &Inventory) -> impl Iterator<Item = EvidenceInput<'_>> {
    let plain = |kind, file, hash, entries| EvidenceInput {
        kind,
        file,
        hash,
        of: "linux".to_owned(),
        version: "",
        entries,
        complete: true,
        incomplete_because: &[],
    };
    let build = &inventory.build;
    let modules = build.modules.iter().flat_map(move |list| {
        // `NAME sha256:HEX`, as evidence names it.
        list.files.iter().map(move |file| {
            let (name, hash) = file.rsplit_once(' ').unwrap_or((file, ""));
            let entries = list.present.len() + list.builtin.len();
            EvidenceInput { complete: list.complete, ..plain("module_list", name, hash, entries) }
        })
    });
    let trees = build.device_trees.iter();
    let trees = trees.map(move |tree| plain("device_tree", &tree.file, &tree.hash, tree.devices.len()));
    let histories = build.histories.iter().map(move |history| EvidenceInput {
        of: history.component.clone(),
        version: &history.found,
        complete: history.whole,
        ..plain("git", &history.repository, &history.commit, history.commits.len())
    });
    let fixes = build.fixes.iter().map(move |fix| EvidenceInput {
        of: String::new(),
        ..plain("fix", &fix.from, &fix.commit, fix.diff.lines().count())
    });
    modules.chain(trees).chain(histories).chain(fixes)
}

fn statement(statement: &model::statement::Statement) -> Statement<'_> {
    Statement {
        vulnerability: &statement.vulnerability,
        components: &statement.components,
        status: statement.status.word(),
        justification: &statement.justification,
        text: &statement.text,
        place: &statement.place,
    }
}

/// Writes what an index holds.
pub fn write_status(
    out: &mut dyn Write,
    knowledge: &service::knowledge::Knowledge,
    at: jiff::Timestamp,
) -> Result<()> {
    pretty(out, &knowledge_view(knowledge, at))
}

fn knowledge_view(knowledge: &service::knowledge::Knowledge, at: jiff::Timestamp) -> Knowledge<'_> {
    let header = knowledge.index.header();
    Knowledge {
        origin: knowledge.name(),
        is_starter: knowledge.is_starter(),
        vulnerabilities: knowledge.index.len(),
        fingerprint: &header.fingerprint,
        as_of: knowledge.as_of(),
        age_days: knowledge.age_days(at),
        feeds: header
            .feeds
            .iter()
            .map(|feed| Feed {
                id: &feed.id,
                revision: &feed.revision,
                as_of: &feed.as_of,
                records: feed.records,
                fingerprint: &feed.fingerprint,
                max_age_days: feed.max_age_days,
            })
            .collect(),
    }
}

fn coverage<'a>(answer: &'a Answer<'_>) -> CoverageSum<'a> {
    let components = &answer.inventory.components;
    let states =
        answer.coverage().into_iter().map(|(state, members)| (state.word(), members.len())).collect();
    let not_evaluable = (components.iter().zip(&answer.judged.scan.coverage))
        .filter(|(_, (state, _))| state.word().starts_with("not_evaluable"))
        .map(|(component, (state, because))| NotEvaluable {
            component: &component.name,
            version: &component.version,
            state: state.word(),
            because,
        })
        .collect();
    CoverageSum { components: components.len(), states, not_evaluable }
}

fn component_view<'a>(component: &'a Component, coverage: Coverage, because: &'a str) -> ComponentView<'a> {
    ComponentView {
        key: &component.key,
        name: &component.name,
        names: &component.names,
        version: &component.version,
        version_origin: component.version_origin.word(),
        identities: identities(component),
        scope: component.scope.word(),
        role: component.role.word(),
        instance: &component.instance,
        vendor_tree: &component.vendor_tree,
        source_package: &component.source_package,
        supplier: &component.supplier,
        homepage: &component.homepage,
        download_urls: &component.download_urls,
        hashes: &component.hashes,
        locations: &component.locations,
        parents: &component.parents,
        patches: component.patches.iter().map(|patch| patch.name.as_str()).collect(),
        source_ref: &component.source_ref,
        coverage: coverage.word(),
        coverage_because: because,
        notes: component.notes.iter().map(note).collect(),
    }
}

fn identities(component: &Component) -> Vec<String> {
    let cpes = component.cpes.iter().map(|cpe| cpe.cpe.to_23());
    let purls = component.purls.iter().map(ToString::to_string);
    let repositories = component.git.repositories.iter().map(|repository| format!("git:{repository}"));
    let commit = (!component.git.commit.is_empty()).then(|| format!("commit:{}", component.git.commit));
    cpes.chain(purls).chain(repositories).chain(commit).collect()
}

/// The JSON shape of a note.
pub fn note(note: &Note) -> NoteView<'_> {
    NoteView {
        code: note.code.code(),
        severity: note.severity.word(),
        file: &note.file,
        place: &note.place,
        value: &note.value,
    }
}

fn assessment(assessed: &Assessed) -> AssessmentView {
    let assessment = &assessed.assessment;
    AssessmentView {
        class: assessment.class.word(),
        ceiling: assessment.ceiling.word(),
        row: assessment.row.number,
        rule: assessment.row.rule,
        reach: assessment.reach.value.word(),
        exploitation: assessment.exploitation.value.word(),
        preconditions: assessment.preconditions.value.word(),
        technical_impact: assessment.technical_impact.value.word(),
        product_impact: assessment.product_impact.value.word(),
    }
}

fn finding_view<'a>(
    (finding, assessed, effect): &Judgement<'a>,
    component: &'a Component,
    advice: Option<&'a FixAdvice>,
) -> FindingView<'a> {
    FindingView {
        vulnerability: &finding.vulnerability,
        aliases: &finding.aliases,
        component: FindingComponent {
            key: &component.key,
            name: &component.name,
            version: &component.version,
            purl: component.purls.first().map(ToString::to_string),
            cpe: component.cpes.first().map(|cpe| cpe.cpe.to_23()),
        },
        verdict: finding.verdict.word(),
        reason: finding.reason.code(),
        qualifiers: codes(&finding.qualifiers),
        confidence: finding.confidence.word(),
        fixed: &finding.fixed,
        fix: advice.map(fix::view),
        class: effect.class.map(ResponseClass::word),
        ceiling: effect.ceiling.map(ResponseClass::word),
        effect: statements::effect(effect),
        assessment: assessed.map(assessment),
        facts: facts_json::facts(&finding.facts),
        evidence: finding.evidence.iter().map(evidence).collect(),
        opinions: finding.opinions.iter().map(opinion).collect(),
    }
}

/// The JSON shape of one opinion; `explain` uses it too.
pub fn opinion(opinion: &Opinion) -> OpinionView<'_> {
    OpinionView {
        source: opinion.source.name(),
        by: &opinion.by,
        record: &opinion.record,
        verdict: opinion.verdict.map(|verdict| verdict.word()),
        reason: opinion.reason.code(),
        qualifiers: codes(&opinion.qualifiers),
        confidence: opinion.confidence.word(),
        fixed: &opinion.fixed,
        modified: &opinion.modified,
        evidence: opinion.evidence.iter().map(evidence).collect(),
    }
}

/// Reason codes as texts.
pub fn codes(reasons: &[Reason]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.code()).collect()
}

/// The JSON shape of one piece of evidence.
pub fn evidence(evidence: &Evidence) -> EvidenceView<'_> {
    match evidence {
        Evidence::Identity { rank, component, subject, second_signal } => {
            EvidenceView::Identity { rank: *rank, component, subject, second_signal }
        }
        Evidence::Range { entry, version, scheme, outcome } => {
            EvidenceView::Range { entry, version, scheme: scheme.name(), outcome }
        }
        Evidence::Platform { condition, value, because } => {
            EvidenceView::Platform { condition, value, because }
        }
        Evidence::File { path, class, result, expression, proof } => {
            EvidenceView::File { path, class, result, expression, proof }
        }
        Evidence::Patch { name, says } => EvidenceView::Patch { name, says },
        Evidence::Statement { by, says, text } => EvidenceView::Statement { by, says, text },
        Evidence::Input { what, says } => EvidenceView::Input { what, says },
        Evidence::Rule { id, says } => EvidenceView::Rule { id, says },
        Evidence::Remark(text) => EvidenceView::Remark { text },
    }
}
