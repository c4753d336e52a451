//! The assessment as people see it: what needs action now on top, the rest counted, one finding in full on demand.

use std::io::{Result, Write};
use std::sync::Arc;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use model::assessment::{Assessment, ResponseClass};
use model::component::Component;
use model::effect::Effect;
use model::finding::{Finding, Verdict};
use model::fix::FixAdvice;
use model::sbom::Inventory;
use service::assess::{Assessed, Proposal};
use service::judge::Judged;

use super::table::printable;
use super::words::{self, colour};

/// Rows of one class before the rest is counted.
const SHOWN: usize = 25;

/// Columns below which some of the table's are left out.
const NARROW: u16 = 110;

/// Everything the outputs need.
pub struct View<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What was concluded, in which deployment.
    pub judged: &'a Judged,
    /// The same under changed facts.
    pub instead: Option<&'a [Option<Arc<Assessed>>]>,
    /// The changed facts, as written.
    pub what_if: &'a [String],
}

/// A finding with its assessment.
pub struct Row<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Its component.
    pub component: &'a Component,
    /// Its assessment.
    pub assessed: &'a Assessed,
    /// The class under changed facts.
    pub instead: Option<&'a Assessed>,
    /// What holds.
    pub effect: &'a Effect,
    /// Place of the finding.
    pub at: usize,
}

impl Row<'_> {
    /// True for any of the vulnerability's ids.
    pub fn is_called(&self, id: &str) -> bool {
        self.finding.vulnerability.eq_ignore_ascii_case(id)
            || self.finding.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id))
    }

    /// The class in effect.
    pub fn class(&self) -> ResponseClass {
        self.effect.class.unwrap_or(ResponseClass::None)
    }

    /// The ceiling in effect.
    pub fn ceiling(&self) -> ResponseClass {
        self.effect.ceiling.unwrap_or(self.class())
    }

    fn assessment(&self) -> &Assessment {
        &self.assessed.assessment
    }
}

/// What only an explanation reads of a finding: the records' texts.
pub struct Explained {
    /// Place of the finding in the scan.
    pub at: usize,
    /// What can be done about it.
    pub fix: Option<FixAdvice>,
    /// The question that its description raises.
    pub proposal: Option<Proposal>,
}

impl<'a> View<'a> {
    /// Open and contested findings, the most urgent first: class, ceiling, exploitation, a rising EPSS, EPSS,
    /// environmental score.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        self.all().filter(|row| row.effect.is_open() || !row.effect.contested.is_empty())
    }

    /// The findings of one vulnerability, those that people settled among them.
    pub fn rows_of(&self, id: &str) -> impl Iterator<Item = Row<'a>> {
        self.all().filter(move |row| row.is_called(id))
    }

    /// Everything that was assessed, the most urgent first.
    fn all(&self) -> impl Iterator<Item = Row<'a>> {
        let instead = self.instead;
        let mut rows: Vec<Row<'a>> = (self.judged.rows().enumerate())
            .filter_map(|(at, (finding, assessed, effect))| {
                Some(Row {
                    finding,
                    component: self.inventory.components.get(finding.component)?,
                    assessed: assessed?,
                    effect,
                    at,
                    instead: instead.and_then(|list| list.get(at)).and_then(Option::as_deref),
                })
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(urgency(row)));
        rows.into_iter()
    }

    /// Findings of a vulnerability that matching settled and on which people spoke: nothing was assessed there.
    pub fn settled(&self, id: &str) -> Vec<usize> {
        let is_called = |finding: &Finding| {
            finding.vulnerability.eq_ignore_ascii_case(id)
                || finding.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id))
        };
        (self.judged.rows().enumerate())
            .filter(|(at, (finding, assessed, _))| {
                assessed.is_none() && is_called(finding) && super::statements::is_spoken_of(self.judged, *at)
            })
            .map(|(at, _)| at)
            .collect()
    }

    /// How many findings are of each class, the worst first.
    pub fn counts(&self) -> Vec<(ResponseClass, usize)> {
        self.judged.classes()
    }
}

/// How many findings are of each class, the worst first.
pub fn counts(assessed: &[Option<Arc<Assessed>>]) -> Vec<(ResponseClass, usize)> {
    let of =
        |class: ResponseClass| assessed.iter().flatten().filter(|one| one.assessment.class == class).count();
    ResponseClass::ALL.iter().rev().map(|class| (*class, of(*class))).collect()
}

fn urgency(row: &Row<'_>) -> service::ranking::Urgency {
    service::ranking::urgency(row.finding, Some(row.assessed), row.effect)
}

/// Writes the overview.
pub fn write(out: &mut dyn Write, view: &View<'_>, width: Option<u16>) -> Result<()> {
    heading(out, view)?;
    for class in [ResponseClass::Immediate, ResponseClass::Planned] {
        section(out, view, class, width)?;
    }
    possible(out, view)?;
    if view.instead.is_some() {
        difference(out, view)?;
    }
    super::policy::write_rules(out, view.judged)?;
    ending(out, view)
}

fn heading(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let profile = &view.judged.profile;
    let deployment = match profile.is_inferred {
        true => format!("{}assumed deployment{}: nobody has described it yet", colour::REVIEW, colour::END),
        false => {
            format!("{} version {} ({})", printable(&profile.id), profile.version, profile.status.word())
        }
    };
    writeln!(
        out,
        "{}{} {}{}  {deployment}",
        colour::BOLD,
        printable(&view.inventory.product),
        printable(&view.inventory.release),
        colour::END
    )?;
    if !profile.title.is_empty() {
        writeln!(out, "{}{}{}", colour::DIM, printable(&profile.title), colour::END)?;
    }
    let words: Vec<String> = view
        .counts()
        .into_iter()
        .map(|(class, number)| {
            format!("{}{} {}{}", colour_of(class), words::count(number), class.word(), colour::END)
        })
        .collect();
    writeln!(
        out,
        "{} · {} not affected",
        words.join(" · "),
        words::count(view.judged.number(Verdict::NotAffected))
    )?;
    super::statements::write_summary(out, view.judged, view.inventory)
}

fn colour_of(class: ResponseClass) -> &'static str {
    match class {
        ResponseClass::Immediate => colour::ACTION,
        ResponseClass::Planned => colour::REVIEW,
        ResponseClass::Routine => colour::DIM,
        ResponseClass::None => colour::FINE,
    }
}

fn section(out: &mut dyn Write, view: &View<'_>, class: ResponseClass, width: Option<u16>) -> Result<()> {
    let rows: Vec<Row<'_>> = view.rows().filter(|row| row.class() == class).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let what = match class {
        ResponseClass::Immediate => "notify customers now, mitigate, patch out of band",
        _ => "notice of the issue and of the pending fix, patch with a date",
    };
    writeln!(out, "\n{}{}{}: {what}", colour_of(class), capital(class.word()), colour::END)?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width.unwrap_or(120));
    let is_narrow = width.is_some_and(|width| width < NARROW);
    let header = ["vulnerability", "component", "way in", "must hold", "attacks", "impact", "fixed in"];
    table.set_header(kept(header.map(str::to_owned).to_vec(), is_narrow));
    for row in rows.iter().take(SHOWN) {
        table.add_row(kept(cells(row), is_narrow));
    }
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    writeln!(out, "{table}")?;
    match rows.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => {
            writeln!(out, "{}and {} more (--format json){}", colour::DIM, words::count(more), colour::END)
        }
    }
}

/// On a narrow terminal what must hold and the impact are left to `--explain`.
fn kept(mut cells: Vec<String>, is_narrow: bool) -> Vec<String> {
    if is_narrow {
        cells.retain({
            let mut at = 0;
            move |_| {
                at += 1;
                !matches!(at, 4 | 6)
            }
        });
    }
    cells
}

fn cells(row: &Row<'_>) -> Vec<String> {
    let assessment = row.assessment();
    let review = if row.finding.verdict == Verdict::NeedsReview { " ?" } else { "" };
    let way = assessment.paths.first().map_or("no way in", |path| path.words.as_str());
    vec![
        format!("{}{review}", printable(&row.finding.vulnerability)),
        format!("{} {}", printable(&row.component.name), printable(&row.component.version)),
        printable(way),
        assessment.preconditions.value.word().replace("none", "nothing"),
        attacks(row),
        format!("{}, {}", assessment.technical_impact.value.word(), assessment.product_impact.value.word()),
        printable(&row.finding.fixed),
    ]
}

/// The state of exploitation, and whether attacks grow likelier.
fn attacks(row: &Row<'_>) -> String {
    let word = row.assessment().exploitation.value.word().replace('_', " ");
    let is_rising = row.finding.facts.epss.is_some_and(|epss| epss.is_rising());
    if is_rising { format!("{word}, rising") } else { word }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Findings that unknown facts may still make immediate, and the questions behind them.
fn possible(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let possible: Vec<Row<'_>> = view
        .rows()
        .filter(|row| row.ceiling() == ResponseClass::Immediate)
        .filter(|row| row.class() < ResponseClass::Immediate)
        .collect();
    if possible.is_empty() {
        return Ok(());
    }
    let first: Vec<String> =
        possible.iter().take(3).map(|row| printable(&row.finding.vulnerability)).collect();
    writeln!(
        out,
        "\n{}Possibly immediate{}: {} rest on facts that nobody has stated ({}{})",
        colour::REVIEW,
        colour::END,
        words::counted(possible.len(), "finding", "findings"),
        first.join(", "),
        if possible.len() > first.len() { ", …" } else { "" },
    )
}

/// What the changed facts change.
fn difference(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    let changed: Vec<Row<'_>> = view
        .rows()
        .filter(|row| row.instead.is_some_and(|other| other.assessment.class != row.assessment().class))
        .collect();
    writeln!(out, "\n{}If {}{}:", colour::BOLD, view.what_if.join(" and "), colour::END)?;
    if changed.is_empty() {
        return writeln!(out, "  nothing changes its class");
    }
    for row in changed.iter().take(SHOWN) {
        let after = row.instead.map_or("", |other| other.assessment.class.word());
        writeln!(
            out,
            "  {} {}: {} -> {after}",
            printable(&row.finding.vulnerability),
            printable(&row.component.name),
            row.assessment().class.word(),
        )?;
    }
    match changed.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  and {} more", words::count(more)),
    }
}

fn ending(out: &mut dyn Write, view: &View<'_>) -> Result<()> {
    if view.judged.profile.is_inferred {
        writeln!(
            out,
            "\nNext: patchwright profile init SBOM > profile.toml, correct it, and give it with --profile"
        )
    } else {
        writeln!(
            out,
            "\nNext: --explain ID shows one finding in full · --what-if KEY=VALUE asks for another deployment"
        )
    }
}

/// Writes one finding in full.
pub fn write_panel(out: &mut dyn Write, view: &View<'_>, id: &str, explained: &[Explained]) -> Result<()> {
    for row in view.rows_of(id) {
        let explained = explained.iter().find(|one| one.at == row.at);
        panel(out, view, &row, explained)?;
        if let Some(advice) = explained.and_then(|one| one.fix.as_ref()) {
            writeln!(out, "  What to do about it in {}", printable(&row.component.name))?;
            super::fix::write(out, advice, "    ")?;
        }
    }
    for at in view.settled(id) {
        let Some(finding) = view.judged.scan.findings.get(at) else { continue };
        let name = view.inventory.components.get(finding.component).map_or("", |one| one.name.as_str());
        let verdict = view.judged.effects.get(at).map_or(finding.verdict, Effect::verdict);
        writeln!(
            out,
            "{}{} in {}{}: {}",
            colour::BOLD,
            printable(&finding.vulnerability),
            printable(name),
            colour::END,
            verdict.word()
        )?;
        super::statements::write_explained(out, view.judged, at)?;
    }
    Ok(())
}

fn panel(out: &mut dyn Write, view: &View<'_>, row: &Row<'_>, explained: Option<&Explained>) -> Result<()> {
    let assessment = row.assessment();
    writeln!(
        out,
        "{}{} in {} {}{}: {}{}{}",
        colour::BOLD,
        printable(&row.finding.vulnerability),
        printable(&row.component.name),
        printable(&row.component.version),
        colour::END,
        colour_of(row.class()),
        row.class().word(),
        colour::END
    )?;
    if row.class() != assessment.class {
        writeln!(out, "  computed: {}; {} holds", assessment.class.word(), printable(&row.effect.source))?;
    }
    super::statements::write_explained(out, view.judged, row.at)?;
    for sentence in &assessment.rationale {
        writeln!(out, "  {}", printable(sentence))?;
    }
    inputs(out, assessment)?;
    likelihood(out, row.finding)?;
    writeln!(out, "  Ways in")?;
    for path in &assessment.paths {
        let closed = if path.closed.is_empty() { String::new() } else { " (closed)".to_owned() };
        writeln!(out, "    {}{closed}: {}", printable(&path.words), notes(&path.notes))?;
    }
    if assessment.paths.is_empty() {
        writeln!(out, "    none")?;
    }
    questions(out, assessment, explained)?;
    if !assessment.would_change.is_empty() {
        writeln!(out, "  What would change it")?;
    }
    for change in &assessment.would_change {
        writeln!(
            out,
            "    {} {} instead of {}: {}",
            change.input,
            change.to,
            change.from,
            change.class.word()
        )?;
    }
    for (misuse, class) in &row.assessed.under_misuse {
        writeln!(out, "  Under misuse {}: {}", printable(misuse), class.word())?;
    }
    due(out, view, row.class())?;
    if let Some((vector, base, score)) = &assessment.environmental {
        let label = match service::cvss::label(vector) {
            "" => String::new(),
            label => format!(" ({label})"),
        };
        writeln!(
            out,
            "  CVSS {} base, {} here{label}: {}",
            tenths(*base),
            tenths(*score),
            printable(vector)
        )?;
        let metrics: Vec<String> = (assessment.environmental_metrics.iter())
            .map(|(rule, metric, value)| format!("{metric}:{value} {rule}"))
            .collect();
        writeln!(out, "    by {}", metrics.join(", "))?;
    }
    if let Some(differ) = service::cvss::scores_differ(&row.finding.facts) {
        writeln!(out, "  {}{}{}", colour::REVIEW, printable(&differ), colour::END)?;
    }
    for outcome in &assessment.ssvc {
        writeln!(out, "  {} (row {}): {}", outcome.table.replace('_', " "), outcome.row, outcome.outcome)?;
    }
    writeln!(
        out,
        "  {}{} row {} {} · ceiling {} · profile {} version {}{}{}",
        colour::DIM,
        service::tables::named(&view.judged.tables),
        assessment.row.number,
        assessment.row.rule,
        assessment.ceiling.word(),
        printable(&assessment.profile.0),
        assessment.profile.1,
        if view.judged.profile.is_inferred { " (inferred)" } else { "" },
        colour::END
    )
}

fn due(out: &mut dyn Write, view: &View<'_>, class: ResponseClass) -> Result<()> {
    let deadlines = service::due::of_class(&view.judged.tables, class);
    if !deadlines.is_empty() {
        writeln!(out, "  Due, counted from the day it is {}", class.word())?;
    }
    for deadline in deadlines {
        writeln!(out, "    {}", printable(&deadline.says))?;
    }
    Ok(())
}

fn inputs(out: &mut dyn Write, assessment: &Assessment) -> Result<()> {
    let lines = [
        ("reach", assessment.reach.value.word(), assessment.reach.basis, &assessment.reach.because),
        (
            "exploitation",
            assessment.exploitation.value.word(),
            assessment.exploitation.basis,
            &assessment.exploitation.because,
        ),
        (
            "preconditions",
            assessment.preconditions.value.word(),
            assessment.preconditions.basis,
            &assessment.preconditions.because,
        ),
        (
            "technical impact",
            assessment.technical_impact.value.word(),
            assessment.technical_impact.basis,
            &assessment.technical_impact.because,
        ),
        (
            "product impact",
            assessment.product_impact.value.word(),
            assessment.product_impact.basis,
            &assessment.product_impact.because,
        ),
    ];
    for (name, value, basis, because) in lines {
        writeln!(out, "  {name}: {value} ({}; {})", basis.word(), notes(because))?;
    }
    if !assessment.overrides.is_empty() {
        writeln!(out, "  raised by {}", assessment.overrides.join(", "))?;
    }
    Ok(())
}

/// What nobody has stated, each with the key of the profile that answers it.
fn questions(out: &mut dyn Write, assessment: &Assessment, explained: Option<&Explained>) -> Result<()> {
    let proposal = explained.and_then(|one| one.proposal.as_ref());
    if assessment.questions.is_empty() && proposal.is_none() {
        return Ok(());
    }
    writeln!(out, "  Open questions")?;
    for name in &assessment.questions {
        writeln!(out, "    {} (condition.{})", service::assess::question_of(name), printable(name))?;
    }
    if let Some(proposal) = proposal {
        let key = proposal.condition.map_or(String::new(), |known| format!(" (condition.{})", known.name));
        writeln!(out, "    {}{key}", service::assess::question_of_proposal(proposal))?;
        writeln!(out, "      {}its description: {}{}", colour::DIM, printable(&proposal.quote), colour::END)?;
    }
    Ok(())
}

/// What the level of exploitation rests on, in full: EPSS with its trend, and the references themselves.
fn likelihood(out: &mut dyn Write, finding: &Finding) -> Result<()> {
    if let Some(epss) = finding.facts.epss {
        let trend = web::words::trend(&epss).map_or(String::new(), |trend| format!(", {trend}"));
        writeln!(out, "  EPSS {:.1} %{trend}", epss.probability * 100.0)?;
    }
    for exploit in &finding.facts.exploits {
        writeln!(out, "  exploit {} ({})", printable(&exploit.url), web::words::exploit(exploit))?;
    }
    Ok(())
}

fn notes(notes: &[String]) -> String {
    if notes.is_empty() { "no rule applies".to_owned() } else { printable(&notes.join("; ")) }
}

fn tenths(score: u16) -> String {
    format!("{}.{}", score / 10, score % 10)
}
