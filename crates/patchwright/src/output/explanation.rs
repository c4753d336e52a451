//! Why, for people and machines: the order of matching.md, section 9.

use std::io::{Result, Write};

use model::finding::{Evidence, Opinion, Verdict};
use model::record::RecordState;
use model::sbom::Inventory;
use serde::Serialize;
use service::scan::{Explained, Explanation};

use super::json::{EvidenceView, OpinionView, codes, evidence, opinion};
use super::table::printable;
use super::words::{self, colour};

/// The schema id of an explanation.
pub const EXPLAIN: &str = "patchwright/explain/1";

/// How many characters of a description are shown to people; the JSON has all.
const MOST_TEXT: usize = 600;

/// How many files of one kind are listed to people; the JSON has all.
const MOST_FILES: usize = 8;

/// Writes everything for people.
pub fn write(out: &mut dyn Write, explanation: &Explanation, inventory: &Inventory) -> Result<()> {
    let aliases = explanation.aliases.join(", ");
    writeln!(out, "{}{}{} {}", colour::BOLD, explanation.vulnerability, colour::END, printable(&aliases))?;
    facts(out, explanation)?;
    if explanation.components.is_empty() {
        writeln!(out, "\nNo component of this release is named by its records: no finding.")?;
    }
    for explained in &explanation.components {
        writeln!(out)?;
        component(out, explained, inventory)?;
        section(out, "What each source says")?;
        for opinion in &explained.opinions {
            one_opinion(out, opinion)?;
        }
        list(out, "Looked at, and not sufficient", &explained.considered)?;
        list(out, "Statements that came with the SBOM", &explained.statements)?;
        changes(out, explained)?;
        writeln!(
            out,
            "  {}keys tried: {}{}",
            colour::DIM,
            printable(&explained.keys.join(", ")),
            colour::END
        )?;
    }
    texts(out, explanation)?;
    foot(out, explanation)
}

/// Files named in a short explanation.
const FEW_FILES: usize = 2;

/// Writes verdict, comparison and the first files only, for the demo.
pub fn write_short(out: &mut dyn Write, explanation: &Explanation, inventory: &Inventory) -> Result<()> {
    for explained in &explanation.components {
        verdict(out, explained, inventory)?;
        let is_range = |one: &&Evidence| matches!(one, Evidence::Range { .. });
        let is_file = |one: &&Evidence| matches!(one, Evidence::File { .. });
        let ranges = explained.evidence.iter().filter(is_range).take(1);
        for one in ranges.chain(explained.evidence.iter().filter(is_file).take(FEW_FILES)) {
            writeln!(out, "  {}", printable(&line(one)))?;
        }
        let files = explained.evidence.iter().filter(is_file).count();
        if files > FEW_FILES {
            writeln!(out, "  and {}", words::counted(files - FEW_FILES, "more file", "more files"))?;
        }
        changes(out, explained)?;
    }
    Ok(())
}

fn facts(out: &mut dyn Write, explanation: &Explanation) -> Result<()> {
    let facts = &explanation.facts;
    let mut words = Vec::new();
    if !facts.published.is_empty() {
        words.push(format!("published {}", day(&facts.published)));
    }
    for severity in &facts.severities {
        let base =
            severity.base_tenths.map_or(String::new(), |tenths| format!("{}.{} ", tenths / 10, tenths % 10));
        words.push(format!("{base}{} ({})", printable(&severity.vector), printable(&severity.by)));
    }
    if let Some(kev) = &facts.kev {
        let by =
            if kev.by.is_empty() { String::new() } else { format!(", says {}", printable(kev.catalogue())) };
        words.push(format!("known exploited since {}{by}", kev.date_added));
    }
    if let Some(epss) = facts.epss {
        let trend = web::words::trend(&epss).map_or(String::new(), |trend| format!(", {trend}"));
        words.push(format!("EPSS {:.1} %{trend}", epss.probability * 100.0));
    }
    for exploit in &facts.exploits {
        words.push(format!("exploit {} ({})", printable(&exploit.url), web::words::exploit(exploit)));
    }
    if !facts.cwes.is_empty() {
        words.push(facts.cwes.join(" "));
    }
    if explanation.vulnerability.starts_with("CVE-") {
        words.push(format!("https://www.cve.org/CVERecord?id={}", printable(&explanation.vulnerability)));
    }
    for word in words {
        writeln!(out, "  {}{word}{}", colour::DIM, colour::END)?;
    }
    Ok(())
}

fn verdict(out: &mut dyn Write, explained: &Explained, inventory: &Inventory) -> Result<()> {
    let Some(component) = inventory.components.get(explained.component) else { return Ok(()) };
    let (mark, word) = match explained.verdict {
        Some(Verdict::Affected) => (colour::ACTION, "affected"),
        Some(Verdict::NeedsReview) => (colour::REVIEW, "needs review"),
        Some(Verdict::NotAffected) => (colour::FINE, "not affected"),
        None => (colour::DIM, "no finding"),
    };
    writeln!(
        out,
        "{} {}: {mark}{word}{}, {}, confidence {}",
        printable(&component.name),
        printable(&component.version),
        colour::END,
        explained.reason.code(),
        explained.confidence.word()
    )?;
    if !explained.sentence.is_empty() {
        writeln!(out, "  {}", printable(&explained.sentence))?;
    }
    Ok(())
}

fn component(out: &mut dyn Write, explained: &Explained, inventory: &Inventory) -> Result<()> {
    verdict(out, explained, inventory)?;
    if !explained.qualifiers.is_empty() {
        for qualifier in &explained.qualifiers {
            writeln!(out, "  {}{}: {}{}", colour::DIM, qualifier.code(), qualifier.meaning(), colour::END)?;
        }
    }
    evidence_lines(out, &explained.evidence, "  ")?;
    match &explained.fix {
        Some(advice) => {
            section(out, "What to do")?;
            super::fix::write(out, advice, "    ")
        }
        None if !explained.fixed.is_empty() => {
            writeln!(out, "  fixed on this line in {}", printable(&explained.fixed))
        }
        None => Ok(()),
    }
}

fn section(out: &mut dyn Write, title: &str) -> Result<()> {
    writeln!(out, "  {}{title}{}", colour::BOLD, colour::END)
}

fn list(out: &mut dyn Write, title: &str, evidence: &[Evidence]) -> Result<()> {
    if evidence.is_empty() {
        return Ok(());
    }
    section(out, title)?;
    evidence_lines(out, evidence, "    ")
}

fn changes(out: &mut dyn Write, explained: &Explained) -> Result<()> {
    if explained.what_would_change.is_empty() {
        return Ok(());
    }
    section(out, "What would change the answer")?;
    for change in &explained.what_would_change {
        writeln!(out, "    {}", printable(change))?;
    }
    Ok(())
}

fn one_opinion(out: &mut dyn Write, opinion: &Opinion) -> Result<()> {
    let verdict = opinion.verdict.map_or("no opinion", Verdict::word);
    let by = if opinion.by.is_empty() { String::new() } else { format!(" ({})", printable(&opinion.by)) };
    let date =
        if opinion.modified.is_empty() { String::new() } else { format!(", {}", day(&opinion.modified)) };
    writeln!(
        out,
        "    {}{by} {}{date}: {verdict}, {}, {}",
        opinion.source.name(),
        printable(&opinion.record),
        opinion.reason.code(),
        opinion.confidence.word()
    )?;
    evidence_lines(out, &opinion.evidence, "      ")
}

/// Writes evidence line by line; long file lists are cut with their number.
fn evidence_lines(out: &mut dyn Write, evidence: &[Evidence], indent: &str) -> Result<()> {
    let mut files = 0;
    for one in evidence {
        if let Evidence::File { .. } = one {
            files += 1;
            if files > MOST_FILES {
                continue;
            }
        }
        writeln!(out, "{indent}{}", printable(&line(one)))?;
    }
    if files > MOST_FILES {
        writeln!(out, "{indent}{} more", words::counted(files - MOST_FILES, "file", "files"))?;
    }
    Ok(())
}

/// One piece of evidence in words.
fn line(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Identity { rank, component, subject, second_signal } => {
            let second = if second_signal.is_empty() { String::new() } else { format!("; {second_signal}") };
            format!("identity: {component} is {subject} (rank {rank}{second})")
        }
        Evidence::Range { entry, version, scheme, outcome } => {
            format!("range: {entry}; {version} is {outcome} (scheme {scheme})")
        }
        Evidence::Platform { condition, value, because } => {
            format!("platform: {condition} is {value}: {because}")
        }
        Evidence::File { path, class, result, expression, proof } => {
            let expression =
                if expression.is_empty() { String::new() } else { format!(", built when {expression}") };
            let proof = if proof.is_empty() { String::new() } else { format!(": {proof}") };
            format!("file: {path} ({class}) is {result}{expression}{proof}")
        }
        Evidence::Patch { name, says } => format!("patch: {name}: {says}"),
        Evidence::Statement { by, says, text } => {
            let text = if text.is_empty() { String::new() } else { format!(" \"{text}\"") };
            format!("statement by {by}: {says}{text}")
        }
        Evidence::Input { what, says } => format!("input: {what}: {says}"),
        Evidence::Rule { id, says } => format!("rule {id}: {says}"),
        Evidence::Remark(text) => text.clone(),
    }
}

fn texts(out: &mut dyn Write, explanation: &Explanation) -> Result<()> {
    let Some(text) = explanation.texts.iter().find(|text| !text.description.is_empty()) else {
        return Ok(());
    };
    writeln!(out, "\n{}In the words of {}{}", colour::BOLD, text.source.name(), colour::END)?;
    let flat = text.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = flat.chars().take(MOST_TEXT).collect();
    writeln!(out, "  {}{}", printable(&cut), if cut.len() < flat.len() { " …" } else { "" })?;
    for reference in text.references.iter().take(5) {
        writeln!(out, "  {}", printable(&reference.url))?;
    }
    Ok(())
}

fn foot(out: &mut dyn Write, explanation: &Explanation) -> Result<()> {
    let feeds: Vec<String> =
        explanation.feeds.iter().map(|(feed, age)| format!("{} {}", feed.id, words::age(*age))).collect();
    writeln!(
        out,
        "\n{}index {} · {}{}",
        colour::DIM,
        explanation.index_fingerprint.get(..16).unwrap_or(&explanation.index_fingerprint),
        feeds.join(" · "),
        colour::END
    )
}

/// The day of an ISO 8601 time.
fn day(time: &str) -> String {
    printable(time.get(..10).unwrap_or(time))
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    vulnerability: &'a str,
    aliases: &'a [String],
    is_known: bool,
    facts: super::facts_json::Facts<'a>,
    components: Vec<ComponentView<'a>>,
    records: Vec<RecordView<'a>>,
    index_fingerprint: &'a str,
    feeds: Vec<FeedView<'a>>,
}

#[derive(Serialize)]
struct ComponentView<'a> {
    name: &'a str,
    version: &'a str,
    key: &'a str,
    verdict: Option<&'static str>,
    reason: &'static str,
    qualifiers: Vec<&'static str>,
    confidence: &'static str,
    sentence: &'a str,
    is_candidate: bool,
    keys: &'a [String],
    fixed: &'a str,
    fix: Option<super::fix::FixView<'a>>,
    evidence: Vec<EvidenceView<'a>>,
    considered: Vec<EvidenceView<'a>>,
    statements: Vec<EvidenceView<'a>>,
    opinions: Vec<OpinionView<'a>>,
    what_would_change: &'a [String],
}

#[derive(Serialize)]
struct RecordView<'a> {
    source: &'static str,
    by: &'a str,
    record: &'a str,
    state: &'static str,
    published: &'a str,
    modified: &'a str,
    title: &'a str,
    description: &'a str,
    references: Vec<&'a str>,
    subjects: &'a [String],
}

#[derive(Serialize)]
struct FeedView<'a> {
    id: &'a str,
    as_of: &'a str,
    age_days: Option<i64>,
}

/// Writes the same content as JSON.
pub fn write_json(out: &mut dyn Write, explanation: &Explanation, inventory: &Inventory) -> Result<()> {
    let view = View {
        schema: EXPLAIN,
        vulnerability: &explanation.vulnerability,
        aliases: &explanation.aliases,
        is_known: explanation.is_known,
        facts: super::facts_json::facts(&explanation.facts),
        components: explanation.components.iter().filter_map(|one| component_view(one, inventory)).collect(),
        records: explanation
            .texts
            .iter()
            .map(|text| RecordView {
                source: text.source.name(),
                by: &text.by,
                record: &text.record,
                state: state(text.state),
                published: &text.published,
                modified: &text.modified,
                title: &text.title,
                description: &text.description,
                references: text.references.iter().map(|reference| reference.url.as_ref()).collect(),
                subjects: &text.subjects,
            })
            .collect(),
        index_fingerprint: &explanation.index_fingerprint,
        feeds: explanation
            .feeds
            .iter()
            .map(|(feed, age)| FeedView { id: &feed.id, as_of: &feed.as_of, age_days: *age })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &view)?;
    writeln!(out)
}

fn component_view<'a>(explained: &'a Explained, inventory: &'a Inventory) -> Option<ComponentView<'a>> {
    let component = inventory.components.get(explained.component)?;
    Some(ComponentView {
        name: &component.name,
        version: &component.version,
        key: &component.key,
        verdict: explained.verdict.map(Verdict::word),
        reason: explained.reason.code(),
        qualifiers: codes(&explained.qualifiers),
        confidence: explained.confidence.word(),
        sentence: &explained.sentence,
        is_candidate: explained.is_candidate,
        keys: &explained.keys,
        fixed: &explained.fixed,
        fix: explained.fix.as_ref().map(super::fix::view),
        evidence: explained.evidence.iter().map(evidence).collect(),
        considered: explained.considered.iter().map(evidence).collect(),
        statements: explained.statements.iter().map(evidence).collect(),
        opinions: explained.opinions.iter().map(opinion).collect(),
        what_would_change: &explained.what_would_change,
    })
}

fn state(state: RecordState) -> &'static str {
    match state {
        RecordState::Published => "published",
        RecordState::Rejected => "rejected",
        RecordState::Withdrawn => "withdrawn",
        RecordState::Reserved => "reserved",
    }
}
