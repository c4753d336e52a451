//! Markdown for merge requests and wikis: the same short summary as the table.

use std::io::{Result, Write};

use model::finding::{Finding, Verdict};

use super::answer::{self, Answer, Part};
use super::words;

/// The most findings listed per component; the rest is counted.
const MOST: usize = 20;

/// Writes summary, table of components, and findings per component.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    writeln!(out, "# {}\n", escape(&answer.title()))?;
    writeln!(
        out,
        "**{}** affected, **{}** to review, {} not affected. Knowledge: {}, {}.\n",
        words::count(answer.number_of(Part::Device, Verdict::Affected)),
        words::count(answer.number_of(Part::Device, Verdict::NeedsReview)),
        words::count(answer.number(Verdict::NotAffected)),
        escape(&answer.knowledge.name()),
        words::age(answer.knowledge.age_days(answer.at)),
    )?;
    writeln!(out, "| coverage | components |\n|---|---:|")?;
    for (state, components) in answer.coverage() {
        writeln!(out, "| {} | {} |", state.word(), components.len())?;
    }
    let build_only = answer.number_of(Part::BuildOnly, Verdict::Affected);
    if build_only > 0 {
        writeln!(out, "\nOnly in the build, not on the device: {} affected.", words::count(build_only))?;
    }
    for group in answer.groups(Part::Device) {
        let component = group.component;
        writeln!(out, "\n## {} {}\n", escape(&component.name), escape(&component.version))?;
        writeln!(
            out,
            "| vulnerability | verdict | reason | fixed in | CVSS | known exploited |\n|---|---|---|---|---:|---|"
        )?;
        let findings: Vec<&Finding> = group.affected.into_iter().chain(group.review).collect();
        for finding in findings.iter().take(MOST) {
            row(out, finding)?;
        }
        if findings.len() > MOST {
            writeln!(out, "\n{} more: see the JSON output.", findings.len() - MOST)?;
        }
    }
    Ok(())
}

fn row(out: &mut dyn Write, finding: &Finding) -> Result<()> {
    writeln!(
        out,
        "| {} | {} | `{}` | {} | {} | {} |",
        escape(&finding.vulnerability),
        finding.verdict.word(),
        finding.reason.code(),
        if finding.fixed.is_empty() { "-".to_owned() } else { escape(&finding.fixed) },
        answer::base(finding),
        finding.facts.kev.as_ref().map_or("", |kev| kev.date_added.as_str()),
    )
}

/// Names come from foreign documents: no markup of theirs may reach the page.
fn escape(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' => {
                safe.push('\\');
                safe.push(letter);
            }
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
