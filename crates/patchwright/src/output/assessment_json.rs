//! The assessment as stable JSON, `patchwright/assessment/1`; members may be added, never renamed.

use std::io::{Result, Write};
use std::sync::Arc;

use model::assessment::{Assessment, Input};
use serde::Serialize;
use service::assess::Assessed;

use super::assessment::{Explained, Row, View, counts};
use super::policy;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    product: &'a str,
    release: &'a str,
    profile: ProfileView<'a>,
    table: String,
    counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIf<'a>>,
    deadlines: Vec<Deadlines>,
    settled: super::statements::Summary,
    findings: Vec<FindingView<'a>>,
    statements: Vec<super::statements::StatementView<'a>>,
    decisions: Vec<super::statements::DecisionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<policy::PolicyView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<policy::GateView<'a>>,
}

#[derive(Serialize)]
struct ProfileView<'a> {
    id: &'a str,
    version: u32,
    inferred: bool,
}

#[derive(Serialize)]
struct Counts {
    immediate: usize,
    planned: usize,
    routine: usize,
    none: usize,
    not_affected: usize,
}

#[derive(Serialize)]
struct WhatIf<'a> {
    changes: &'a [String],
    counts: Counts,
}

#[derive(Serialize)]
struct FindingView<'a> {
    vulnerability: &'a str,
    aliases: &'a [String],
    component: &'a str,
    version: &'a str,
    component_key: &'a str,
    verdict: &'static str,
    class: &'static str,
    ceiling: &'static str,
    effect: super::statements::EffectView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class_if: Option<&'static str>,
    row: u16,
    rule: &'static str,
    inputs: Inputs<'a>,
    paths: Vec<PathView<'a>>,
    overrides: &'a [&'static str],
    open_questions: Vec<Question<'a>>,
    reasons: &'a [String],
    would_change: Vec<Change>,
    rationale: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    cvss: Option<Cvss<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scores_differ: Option<String>,
    facts: super::facts_json::Facts<'a>,
    ssvc: Vec<Ssvc<'a>>,
    under_misuse: Vec<Misuse<'a>>,
    fixed: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<super::fix::FixView<'a>>,
}

/// What a class asks, by when.
#[derive(Serialize)]
struct Deadlines {
    class: &'static str,
    due: Vec<Due>,
}

#[derive(Serialize)]
struct Due {
    who: &'static str,
    task: &'static str,
    within_hours: u64,
    after: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeats: bool,
    says: String,
}

#[derive(Serialize)]
struct Inputs<'a> {
    reach: InputView<'a>,
    exploitation: InputView<'a>,
    preconditions: InputView<'a>,
    technical_impact: InputView<'a>,
    product_impact: InputView<'a>,
}

#[derive(Serialize)]
struct InputView<'a> {
    value: &'static str,
    basis: &'static str,
    because: &'a [String],
}

#[derive(Serialize)]
struct PathView<'a> {
    path: &'a str,
    reach: &'static str,
    preconditions: &'static str,
    product_impact: &'static str,
    closed: &'a str,
    notes: &'a [String],
}

/// Something that nobody has stated. `from` says whether our tables ask it or only a description suggests it.
#[derive(Serialize)]
struct Question<'a> {
    from: &'static str,
    condition: Option<&'a str>,
    question: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    quote: &'a str,
}

#[derive(Serialize)]
struct Change {
    input: &'static str,
    from: &'static str,
    to: &'static str,
    class: &'static str,
}

#[derive(Serialize)]
struct Cvss<'a> {
    vector: &'a str,
    base: f64,
    environmental: f64,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'static str,
    metrics: Vec<CvssMetric>,
}

/// A metric that the deployment gives, with its rule.
#[derive(Serialize)]
struct CvssMetric {
    metric: &'static str,
    value: &'static str,
    rule: &'static str,
}

#[derive(Serialize)]
struct Ssvc<'a> {
    table: &'static str,
    inputs: Vec<(&'a str, &'a str)>,
    row: u16,
    outcome: &'static str,
}

#[derive(Serialize)]
struct Misuse<'a> {
    misuse: &'a str,
    class: &'static str,
}

/// Writes all findings, or those of one vulnerability with what only an explanation reads.
pub fn write(
    out: &mut dyn Write,
    view: &View<'_>,
    only: Option<&str>,
    explained: &[Explained],
) -> Result<()> {
    let rows: Vec<Row<'_>> = match only {
        Some(id) => view.rows_of(id).collect(),
        None => view.rows().collect(),
    };
    let document = Document {
        schema: "patchwright/assessment/1",
        product: &view.inventory.product,
        release: &view.inventory.release,
        profile: ProfileView {
            id: &view.judged.profile.id,
            version: view.judged.profile.version,
            inferred: view.judged.profile.is_inferred,
        },
        table: service::tables::named(&view.judged.tables),
        counts: counts_of(view.counts(), view.judged.number(model::finding::Verdict::NotAffected)),
        what_if: view.instead.map(|assessed| WhatIf {
            changes: view.what_if,
            counts: counted(assessed, view.judged.scan.counts.not_affected),
        }),
        deadlines: deadlines(view),
        settled: super::statements::Summary::of(view.judged),
        findings: rows
            .iter()
            .map(|row| finding(row, explained.iter().find(|one| one.at == row.at)))
            .collect(),
        statements: super::statements::statements(view.judged, view.inventory),
        decisions: super::statements::decision_views(view.judged, view.inventory),
        policy: policy::policy(view.judged, view.inventory),
        gate: policy::gate(view.judged, view.inventory),
    };
    super::json::pretty(out, &document)
}

/// Of the classes that are in effect on some finding, the worst first.
fn deadlines(view: &View<'_>) -> Vec<Deadlines> {
    let due = |one: service::due::Due| Due {
        who: one.who,
        task: one.task,
        within_hours: one.within_hours,
        after: one.after,
        repeats: one.repeats,
        says: one.says,
    };
    let classes = view.judged.classes().into_iter().filter(|(_, number)| *number > 0);
    classes
        .map(|(class, _)| {
            let asked = service::due::of_class(&view.judged.tables, class);
            Deadlines { class: class.word(), due: asked.into_iter().map(due).collect() }
        })
        .collect()
}

fn counted(assessed: &[Option<Arc<Assessed>>], not_affected: usize) -> Counts {
    counts_of(counts(assessed), not_affected)
}

fn counts_of(counts: Vec<(model::assessment::ResponseClass, usize)>, not_affected: usize) -> Counts {
    let numbers: Vec<usize> = counts.into_iter().map(|(_, number)| number).collect();
    let of = |at: usize| numbers.get(at).copied().unwrap_or_default();
    Counts { immediate: of(0), planned: of(1), routine: of(2), none: of(3), not_affected }
}

fn finding<'r>(row: &'r Row<'_>, explained: Option<&'r Explained>) -> FindingView<'r> {
    let assessment = &row.assessed.assessment;
    FindingView {
        vulnerability: &row.finding.vulnerability,
        aliases: &row.finding.aliases,
        component: &row.component.name,
        version: &row.component.version,
        component_key: &row.component.key,
        verdict: row.finding.verdict.word(),
        class: row.class().word(),
        ceiling: row.ceiling().word(),
        effect: super::statements::effect(row.effect),
        class_if: row.instead.map(|other| other.assessment.class.word()),
        row: assessment.row.number,
        rule: assessment.row.rule,
        inputs: inputs(assessment),
        paths: assessment
            .paths
            .iter()
            .map(|path| PathView {
                path: &path.words,
                reach: path.reach.word(),
                preconditions: path.preconditions.word(),
                product_impact: path.product_impact.word(),
                closed: &path.closed,
                notes: &path.notes,
            })
            .collect(),
        overrides: &assessment.overrides,
        open_questions: questions(assessment, explained),
        reasons: &assessment.reasons,
        would_change: assessment
            .would_change
            .iter()
            .map(|one| Change { input: one.input, from: one.from, to: one.to, class: one.class.word() })
            .collect(),
        rationale: &assessment.rationale,
        cvss: assessment.environmental.as_ref().map(|(vector, base, environmental)| Cvss {
            vector,
            base: f64::from(*base) / 10.0,
            environmental: f64::from(*environmental) / 10.0,
            label: service::cvss::label(vector),
            metrics: (assessment.environmental_metrics.iter())
                .map(|(rule, metric, value)| CvssMetric { metric, value, rule })
                .collect(),
        }),
        scores_differ: service::cvss::scores_differ(&row.finding.facts),
        facts: super::facts_json::facts(&row.finding.facts),
        ssvc: assessment
            .ssvc
            .iter()
            .map(|one| Ssvc {
                table: one.table,
                inputs: one.inputs.clone(),
                row: one.row,
                outcome: one.outcome,
            })
            .collect(),
        under_misuse: row
            .assessed
            .under_misuse
            .iter()
            .map(|(misuse, class)| Misuse { misuse, class: class.word() })
            .collect(),
        fixed: &row.finding.fixed,
        fix: explained.and_then(|one| one.fix.as_ref()).map(super::fix::view),
    }
}

/// What our tables ask, then what a description suggests.
fn questions<'q>(assessment: &'q Assessment, explained: Option<&'q Explained>) -> Vec<Question<'q>> {
    let asked = assessment.questions.iter().map(|name| Question {
        from: "tables",
        condition: Some(name),
        question: service::assess::question_of(name),
        quote: "",
    });
    let suggested = explained.and_then(|one| one.proposal.as_ref()).map(|proposal| Question {
        from: "description",
        condition: proposal.condition.map(|known| known.name),
        question: service::assess::question_of_proposal(proposal),
        quote: &proposal.quote,
    });
    asked.chain(suggested).collect()
}

fn inputs(assessment: &Assessment) -> Inputs<'_> {
    fn view<'i, T: Copy>(input: &'i Input<T>, word: fn(T) -> &'static str) -> InputView<'i> {
        InputView { value: word(input.value), basis: input.basis.word(), because: &input.because }
    }
    use model::assessment::{Exploitation, Preconditions, ProductImpact, Reach, TechnicalImpact};
    Inputs {
        reach: view(&assessment.reach, Reach::word),
        exploitation: view(&assessment.exploitation, Exploitation::word),
        preconditions: view(&assessment.preconditions, Preconditions::word),
        technical_impact: view(&assessment.technical_impact, TechnicalImpact::word),
        product_impact: view(&assessment.product_impact, ProductImpact::word),
    }
}
