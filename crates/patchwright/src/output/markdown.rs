//! Markdown for merge requests and wikis: what needs action first, as much as a person reads in a review.

use std::io::{Result, Write};

use model::assessment::ResponseClass;
use model::effect::Effect;
use model::finding::{Finding, Verdict};
use service::assess::Assessed;
use service::funnel::Funnel;

use super::answer::{self, Answer, Part};
use super::words::{self, counted};

/// The most findings listed of one class; the rest is counted.
const MOST: usize = 15;

/// The most components listed.
const COMPONENTS: usize = 15;

/// Writes the answer, what needs action now, what needs a date, the components, and what the answer rests on.
pub fn write(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    writeln!(out, "# {}\n", escape(&answer.title()))?;
    heading(out, answer)?;
    class(out, answer, ResponseClass::Immediate, "Needs action now")?;
    class(out, answer, ResponseClass::Planned, "Planned")?;
    components(out, answer)?;
    coverage(out, answer)?;
    foot(out, answer)
}

fn heading(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let funnel = Funnel::of(answer.judged, answer.inventory);
    let classes: Vec<String> = (answer.judged.classes().into_iter())
        .map(|(class, number)| format!("**{}** {}", words::count(number), class.word()))
        .collect();
    writeln!(
        out,
        "{} of {}. {} affected and {} to review on the device, {} not affected.\n",
        classes.join(", "),
        counted(funnel.all, "match", "matches"),
        words::count(answer.number_of(Part::Device, Verdict::Affected)),
        words::count(answer.number_of(Part::Device, Verdict::NeedsReview)),
        words::count(answer.number(Verdict::NotAffected)),
    )
}

fn class(out: &mut dyn Write, answer: &Answer<'_>, class: ResponseClass, title: &str) -> Result<()> {
    let rows: Vec<_> = answer.of_class(class).collect();
    if rows.is_empty() {
        if class == ResponseClass::Immediate {
            writeln!(out, "## {title}\n\nNothing is known to need action now.\n")?;
        }
        return Ok(());
    }
    writeln!(out, "## {title}\n")?;
    writeln!(out, "| vulnerability | component | answer | fixed in |\n|---|---|---|---|")?;
    for row in rows.iter().take(MOST) {
        finding(out, answer, *row)?;
    }
    if rows.len() > MOST {
        writeln!(out, "\n{} more: see the HTML or JSON output.", words::count(rows.len() - MOST))?;
    }
    writeln!(out)
}

fn finding(
    out: &mut dyn Write,
    answer: &Answer<'_>,
    (finding, assessed, effect): (&Finding, Option<&Assessed>, &Effect),
) -> Result<()> {
    let component = answer.component(finding);
    let name = escape(&finding.vulnerability);
    let vulnerability = match web::link::of_vulnerability(&finding.vulnerability) {
        Some(href) => format!("[{name}]({href})"),
        None => name,
    };
    let exploited = if finding.facts.kev.is_some() { " **exploited**" } else { "" };
    writeln!(
        out,
        "| {vulnerability}{exploited} | {} {} | {} | {} |",
        escape(&component.name),
        escape(&component.version),
        escape(&service::sentence::sentence(finding, assessed, effect)),
        if finding.fixed.is_empty() { "-".to_owned() } else { escape(&finding.fixed) },
    )
}

fn components(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let groups = answer.groups(Part::Device);
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "## Components\n\n| component | immediate | planned | routine | none | to review | worst CVSS |"
    )?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|---:|")?;
    for group in groups.iter().take(COMPONENTS) {
        let [immediate, planned, routine, none] = group.classes;
        let worst = group.findings().filter_map(answer::base_tenths).max();
        writeln!(
            out,
            "| {} {} | {immediate} | {planned} | {routine} | {none} | {} | {} |",
            escape(&group.component.name),
            escape(&group.component.version),
            group.review.len(),
            worst.map_or("-".to_owned(), words::tenths),
        )?;
    }
    if groups.len() > COMPONENTS {
        writeln!(out, "\n{} more components.", groups.len() - COMPONENTS)?;
    }
    writeln!(out)
}

fn coverage(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    writeln!(out, "## Coverage\n\n| state | components |\n|---|---:|")?;
    for (state, components) in answer.coverage() {
        writeln!(out, "| {} | {} |", state.word(), components.len())?;
    }
    let build_only = answer.number_of(Part::BuildOnly, Verdict::Affected);
    if build_only > 0 {
        writeln!(out, "\nOnly in the build, not on the device: {} affected.", words::count(build_only))?;
    }
    writeln!(out)
}

fn foot(out: &mut dyn Write, answer: &Answer<'_>) -> Result<()> {
    let profile = &answer.judged.profile;
    let deployment = match profile.is_inferred {
        true => "assumed from the SBOM".to_owned(),
        false => format!("{} version {}", escape(&profile.id), profile.version),
    };
    writeln!(
        out,
        "Deployment: {deployment}. Knowledge: {}, {}{}.",
        escape(&answer.knowledge.name()),
        words::age(answer.knowledge.age_days(answer.at)),
        if answer.knowledge.is_starter() { ", a small sample that proves nothing clean" } else { "" },
    )
}

/// Names come from foreign documents: no markup of theirs may reach the page.
fn escape(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&' => {
                safe.push('\\');
                safe.push(letter);
            }
            // A forge turns a bare address or a name after @ into a link or a mention.
            '@' => safe.push_str("&#64;"),
            ':' if safe.ends_with("http") || safe.ends_with("https") => safe.push_str("&#58;"),
            letter if letter.is_control() || web::escape::is_acting(letter) => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn no_markup_survives() {
        assert_eq!(escape("a|b<img>"), "a\\|b\\<img\\>");
        assert_eq!(escape("[x](http://y)"), "\\[x\\](http&#58;//y)");
        assert_eq!(escape("@everyone"), "&#64;everyone");
        assert_eq!(escape("one\ntwo"), "one two");
    }
}
